#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/pipe.h"
#include "lib/rejects.h"
#include "weir/stream.h"
#include "weir/utf8.h"

#define MAX_BATCH_RECORDS 16384
/* Memory a program takes before its first batch: code, libraries' tables, I/O blocks. */
#define BASE_MEMORY ((uint64_t)24 << 20)
/* Peak bytes a record costs over its own length while it is parsed, changed and written. */
#define RECORD_COST 8
/* Memory for which another thread is started: its stack, its scratch, its batch. */
#define MIN_THREAD_MEMORY ((uint64_t)1 << 20)

struct engine {
    const struct weir_stage *s;
    struct weir_job *job;
    weir_inputs *inputs; // when the engine reads lines itself
    weir_lines *lines;
    int (*next)(void *, struct weir_batch *, struct weir_err *);
    void *next_ctx;
    void **scratch;         // of each thread
    size_t target;          // bytes of raw records a batch aims at
    struct weir_err late;   // a failed read, told when the records before it are written
    uint64_t largest;       // longest record that fits the memory
    double share;           // of the input consumed, set by read, shown by write
    struct weir_buf reject; // the line for weir_stage.reject
};

static void batch_empty(const struct engine *e, struct weir_batch *b)
{
    weir_buf_reset(&b->raw, 2 * e->target);
    weir_buf_reset(&b->out, 4 * e->target);
    weir_buf_reset(&b->aux, 4 * e->target);
    b->n_rec = 0;
}

int weir_stage_too_large(const struct weir_stage *s, const char *file, uint64_t n,
                         struct weir_err *err)
{
    const uint64_t needs = n * RECORD_COST * (s->thread_memory ? 2 : 1) + BASE_MEMORY +
                           s->fixed_memory + s->thread_memory;
    return weir_err_set(err, WEIR_EMEM, "%s: a record of %llu bytes needs about -m %lluM", file,
                        (unsigned long long)n, (unsigned long long)(needs >> 20) + 1);
}

static int next_record(struct engine *e, struct weir_batch *b, struct weir_err *err)
{
    const int rc = e->next(e->next_ctx, b, err);
    if (rc <= 0)
        return rc;
    struct weir_rec *r = &b->rec[b->n_rec - 1];
    const uint64_t n = e->lines && r->fate != WEIR_BAD ? r->length : r->raw_n;
    if (n > e->largest)
        return weir_stage_too_large(e->s, r->file, n, err);
    const int arrived = e->s->arrive ? e->s->arrive(e->s->ctx, b, r, err) : 0;
    if (arrived < 0)
        return arrived;
    if (b->raw.failed || b->aux.failed)
        return weir_err_set(err, WEIR_EMEM, "out of memory; a smaller -j or larger -m helps");
    return 1;
}

/* When a read fails behind some records, they come first: what is written, and which of two errors
 * is the first, must not depend on where batches end. */
static int read_batch(void *ctx, void *batch, struct weir_err *err)
{
    struct engine *e = ctx;
    struct weir_batch *b = batch;
    int rc = e->late.code;
    while (!rc && b->raw.n < e->target && b->n_rec < MAX_BATCH_RECORDS) {
        const size_t n = b->n_rec;
        const int got = next_record(e, b, &e->late);
        if (!got)
            break;
        if (got < 0) {
            b->n_rec = n;
            rc = weir_err_set(&e->late, got, "cannot read");
        }
    }
    if (rc && !b->n_rec) {
        *err = e->late;
        return rc;
    }
    double share = e->job->reading ? weir_inputs_share(e->job->reading) : -1;
    __atomic_store(&e->share, &share, __ATOMIC_RELAXED);
    return !b->n_rec;
}

static size_t batch_cost(void *ctx, void *batch)
{
    (void)ctx;
    const struct weir_batch *b = batch;
    return b->raw.n * RECORD_COST;
}

/* Scratch grows with the largest record it met; one that met a giant would keep what no budget
 * counts. */
static void drop_large_scratch(struct engine *e, int thread, const struct weir_batch *b)
{
    size_t longest = 0;
    for (size_t i = 0; i < b->n_rec; i++)
        if (b->rec[i].raw_n > longest)
            longest = b->rec[i].raw_n;
    if (longest <= e->target || !e->scratch[thread] || !e->s->thread_free)
        return;
    e->s->thread_free(e->scratch[thread]);
    e->scratch[thread] = NULL;
}

static int work_batch(void *ctx, int thread, void *batch, struct weir_err *err)
{
    struct engine *e = ctx;
    struct weir_batch *b = batch;
    if (e->s->thread_new && !e->scratch[thread]) {
        e->scratch[thread] = e->s->thread_new(e->s->ctx, err);
        if (!e->scratch[thread])
            return weir_err_set(err, WEIR_EMEM, "out of memory");
    }
    for (size_t i = 0; i < b->n_rec; i++) {
        struct weir_rec *r = &b->rec[i];
        if (r->fate == WEIR_BAD)
            continue;
        const int rc = e->s->work ? e->s->work(e->s->ctx, e->scratch[thread], b, r, err) : 0;
        if (rc < 0)
            return rc;
        if (b->out.failed || b->aux.failed)
            return weir_err_set(err, WEIR_EMEM, "out of memory; a smaller -j or larger -m helps");
    }
    drop_large_scratch(e, thread, b);
    return 0;
}

static int count_record(struct weir_job *job, const struct weir_batch *b, const struct weir_rec *r,
                        struct weir_count out)
{
    struct weir_tally *t = &job->tally;
    const struct weir_count in = {1, r->length, r->n_tokens_in};
    struct weir_count *kind = r->fate == WEIR_DROP  ? &t->dropped
                              : r->fate == WEIR_BAD ? &t->bad
                                                    : &t->kept;
    t->in.records++, t->in.bytes += in.bytes, t->in.tokens += in.tokens;
    kind->records++, kind->bytes += in.bytes, kind->tokens += in.tokens;
    t->out.records += out.records, t->out.bytes += out.bytes, t->out.tokens += out.tokens;
    t->framing += r->framing;
    const struct weir_count none = {0};
    if (r->fate == WEIR_DROP || r->fate == WEIR_BAD)
        if (weir_names_add(&t->reasons, weir_span(r->reason, strlen(r->reason)), in, none))
            return WEIR_EMEM;
    const struct weir_span source =
        r->source_n ? weir_span(b->aux.p + r->source_at, r->source_n) : WEIR_LIT("(none)");
    return weir_names_add(&t->sources, source, in, out);
}

static int bad_record(const struct weir_batch *b, const struct weir_rec *r, struct weir_err *err)
{
    char place[64] = "";
    if (r->line)
        snprintf(place, sizeof place, ":%llu", (unsigned long long)r->line);
    else
        snprintf(place, sizeof place, ": byte %llu", (unsigned long long)r->offset);
    return weir_err_set(err, WEIR_EBAD, "%s%s: %.*s (--rejects FILE sets bad records aside)",
                        r->file ? r->file : "input", place, (int)r->detail_n,
                        b->aux.p + r->detail_at);
}

static int write_record(struct engine *e, struct weir_batch *b, struct weir_rec *r,
                        struct weir_err *err)
{
    struct weir_job *job = e->job;
    struct weir_count out = {0, 0, r->n_tokens_out};
    int rc = 0;
    if (r->fate == WEIR_PASS) {
        out.records = 1;
        out.bytes = r->raw_n;
        rc = weir_io_write(job->out, b->raw.p + r->raw_at, r->raw_n, err);
        if (!rc && !e->s->no_newline)
            rc = weir_io_write(job->out, "\n", 1, err);
    } else if (r->fate == WEIR_MADE) {
        out.records = r->n_out;
        out.bytes = r->out_n - (e->s->no_newline ? 0 : r->n_out);
        rc = r->out_n ? weir_io_write(job->out, b->out.p + r->out_at, r->out_n, err) : 0;
    } else if (job->rejects && e->s->reject && r->fate == WEIR_DROP) {
        rc = weir_reject_line(job, b, r, e->s->raw_rejects, &e->reject, err);
        if (!rc)
            rc = e->s->reject(e->s->ctx, b, r, weir_buf_span(&e->reject), err);
    } else if (job->rejects) {
        rc = weir_reject_write(job, b, r, e->s->raw_rejects, err);
    } else if (r->fate == WEIR_BAD) {
        rc = bad_record(b, r, err);
    }
    if (rc)
        return rc;
    return count_record(job, b, r, out) ? weir_err_set(err, WEIR_EMEM, "out of memory") : 0;
}

static int write_batch(void *ctx, void *batch, struct weir_err *err)
{
    struct engine *e = ctx;
    struct weir_batch *b = batch;
    for (size_t i = 0; i < b->n_rec; i++) {
        struct weir_rec *r = &b->rec[i];
        int rc = 0;
        if (e->s->commit && r->fate != WEIR_BAD)
            rc = e->s->commit(e->s->ctx, b, r, err);
        if (!rc && (b->out.failed || b->aux.failed))
            rc = weir_err_set(err, WEIR_EMEM, "out of memory; a smaller -j or larger -m helps");
        if (!rc && e->s->hold)
            rc = e->s->hold(e->s->ctx, b, r, err);
        if (!rc)
            rc = write_record(e, b, r, err);
        if (rc < 0)
            return rc;
    }
    batch_empty(e, b);
    double share;
    __atomic_load(&e->share, &share, __ATOMIC_RELAXED);
    weir_job_progress(e->job, share);
    return 0;
}

static void batches_free(struct weir_batch *batch, size_t n)
{
    for (size_t i = 0; batch && i < n; i++) {
        weir_buf_free(&batch[i].raw);
        weir_buf_free(&batch[i].out);
        weir_buf_free(&batch[i].aux);
        free(batch[i].rec);
    }
    free(batch);
}

/* Threads that fit: a part of the memory for their batches, as much for scratch of any size. */
static size_t threads_that_fit(const struct engine *e, uint64_t memory)
{
    const uint64_t asked = (uint64_t)(e->job->threads > 1 ? e->job->threads : 1);
    const uint64_t scratch = e->s->thread_memory;
    const uint64_t each = scratch > MIN_THREAD_MEMORY ? scratch : MIN_THREAD_MEMORY;
    const uint64_t room = memory / each;
    return (size_t)(asked <= room ? asked : room > 1 ? room : 1);
}

static int run_batches(struct engine *e, uint64_t memory, struct weir_err *err)
{
    const size_t threads = threads_that_fit(e, memory);
    const size_t n = threads > 1 ? threads + 2 : 1;
    struct weir_batch *batch = weir_calloc(n, sizeof *batch);
    void **ring = weir_calloc(n, sizeof *ring);
    int rc;
    e->scratch = weir_calloc(threads, sizeof *e->scratch);
    if (!batch || !ring || !e->scratch) {
        rc = weir_err_set(err, WEIR_EMEM, "out of memory");
        goto done;
    }
    for (size_t i = 0; i < n; i++)
        ring[i] = &batch[i];
    e->target = memory / (n * RECORD_COST * 2);
    if (e->target > 1u << 20)
        e->target = 1u << 20;
    const struct weir_pipe p = {.read = read_batch,
                                .work = work_batch,
                                .write = write_batch,
                                .cost = batch_cost,
                                .ctx = e,
                                .batches = ring,
                                .n_batches = n,
                                .budget = memory / 2,
                                .threads = (int)threads};
    rc = weir_pipe_run(&p, err);
done:
    for (size_t i = 0; e->scratch && i < threads; i++)
        if (e->scratch[i] && e->s->thread_free)
            e->s->thread_free(e->scratch[i]);
    free(e->scratch);
    free(ring);
    batches_free(batch, n);
    return rc;
}

/* What is left for records, 0 when that is next to nothing.  Not by the number of threads: what
 * fits, and so the first error, is the same for any -j. */
static uint64_t record_memory(const struct weir_stage *s, const struct weir_job *job)
{
    const uint64_t fixed = s->fixed_memory + s->thread_memory + BASE_MEMORY;
    if (job->memory < fixed + ((uint64_t)8 << 20))
        return 0;
    return (job->memory - fixed) / (s->thread_memory ? 2 : 1);
}

uint64_t weir_stage_largest(const struct weir_stage *s, const struct weir_job *job)
{
    return record_memory(s, job) / RECORD_COST;
}

int weir_stage_run(const struct weir_stage *s, struct weir_job *job, struct weir_err *err)
{
    struct engine e = {.s = s, .job = job, .next = s->next, .next_ctx = s->ctx, .share = -1};
    const uint64_t fixed = s->fixed_memory + s->thread_memory + BASE_MEMORY;
    const uint64_t memory = record_memory(s, job);
    if (!memory)
        return weir_err_set(err, WEIR_EMEM, "-m %lluM is too small: this needs at least -m %lluM",
                            (unsigned long long)(job->memory >> 20),
                            (unsigned long long)(fixed >> 20) + 8);
    e.largest = weir_stage_largest(s, job);
    int rc = weir_job_open_output(job, err);
    if (rc)
        return rc;
    if (!s->next) {
        e.inputs = weir_inputs_open(job, err);
        e.lines = e.inputs ? weir_lines_open(e.inputs, job->max_record, err) : NULL;
        if (!e.lines) {
            weir_inputs_close(e.inputs);
            return err->code;
        }
        weir_lines_keep(e.lines, e.largest);
        e.next = weir_lines_next;
        e.next_ctx = e.lines;
        weir_job_use_inputs(job, e.inputs);
    }
    rc = run_batches(&e, memory, err);
    weir_buf_free(&e.reject);
    if (e.lines)
        job->tally.framing += weir_lines_tail(e.lines);
    weir_lines_close(e.lines);
    weir_inputs_close(e.inputs);
    return rc;
}
