/* weir indexer resume and subtract: a dataset without what a broken run has read of it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/index_torch.h"
#include "indexer/mix_megatron.h"
#include "indexer/mix_part.h"
#include "weir/indexer.h"
#include "weir/io.h"
#include "weir/stream.h"

enum { MAX_TYPES = 256 };

struct rest {
    const struct weir_indexer_rest_opt *opt;
    struct mix_one one;
    uint64_t consumed; // places of the order
    uint64_t total;    // all of them
    uint8_t *seen;     // a bit a sequence
    struct mix_list list;
    uint64_t counts[MAX_TYPES]; // KnowLM's of a batch
    size_t n_counts;
    int in_order; // the rest in the order in which the run would have read it
};

void weir_indexer_rest_opt_init(void *opt)
{
    struct weir_indexer_rest_opt *o = opt;
    *o = (struct weir_indexer_rest_opt){.consumed = -1, .world = 1, .batch = 1, .drop = 3};
}

/* ---- what was read ---- */

static int mark(struct rest *r, uint64_t seq, struct weir_err *err)
{
    const uint64_t n = r->one.parts.at[0].n_seqs;
    if (seq >= n)
        return weir_err_set(err, WEIR_EBAD,
                            "%s has %" PRIu64 " sequences, there is no number %" PRIu64,
                            r->one.parts.at[0].prefix, n, seq);
    r->seen[seq / 8] |= (uint8_t)(1 << seq % 8);
    return 0;
}

static int mark_line(void *ctx, struct weir_span line, uint64_t number, struct weir_err *err)
{
    struct rest *r = ctx;
    uint64_t seq = 0;
    size_t i = 0;
    while (i < line.n && line.p[i] >= '0' && line.p[i] <= '9' && seq < UINT64_C(1) << 56)
        seq = 10 * seq + (uint64_t)(line.p[i++] - '0');
    if (!line.n)
        return 0;
    const int rc =
        i < line.n ? weir_err_set(err, WEIR_EBAD, "not a sequence number") : mark(r, seq, err);
    if (rc)
        weir_err_prefix(err, "%s:%" PRIu64, r->opt->seen, number);
    return rc;
}

/* torch.save() of a list, as KnowLM's tools write it. */
static int mark_torch(struct rest *r, weir_io *in, struct weir_buf *b, struct weir_err *err)
{
    uint64_t *v = NULL;
    size_t n_v = 0;
    ssize_t n = 1;
    int rc = 0;
    while (!rc && n > 0) {
        rc = weir_buf_reserve(b, 1 << 20) ? weir_buf_check(b, err) : 0;
        n = rc ? rc : weir_io_read(in, b->p + b->n, 1 << 20, err);
        b->n += n > 0 ? (size_t)n : 0;
        rc = n < 0 ? (int)n : rc;
        if (!rc && b->n > r->one.job->memory / 8)
            rc = weir_err_set(err, WEIR_EMEM, "needs a larger -m");
    }
    if (!rc)
        rc = index_torch_get(b->p, b->n, &v, &n_v, err);
    for (size_t i = 0; !rc && i < n_v; i++)
        rc = mark(r, v[i], err);
    if (rc)
        weir_err_prefix(err, "%s", r->opt->seen);
    free(v);
    return rc;
}

static int mark_file(struct rest *r, struct weir_err *err)
{
    struct weir_buf b = {0};
    char magic[4] = {0};
    weir_io *in = weir_io_open_read(r->opt->seen, err);
    ssize_t n = in ? weir_io_read(in, magic, sizeof magic, err) : err->code;
    int rc = n < 0 ? (int)n : 0;
    const int torch = n == 4 && !memcmp(magic, "PK\3\4", 4);
    if (!rc && torch) {
        weir_buf_add(&b, magic, sizeof magic);
        rc = mark_torch(r, in, &b, err);
    }
    weir_io_abort(in);
    weir_buf_free(&b);
    return rc || torch ? rc : mix_each_line(r->opt->seen, mark_line, r, err);
}

/* ---- the order of a run ---- */

static int place(void *ctx, size_t type, uint64_t sample, uint64_t at, struct weir_err *err)
{
    struct rest *r = ctx;
    for (size_t i = 0; i < type; i++)
        sample += r->one.types[i];
    if (at < r->consumed)
        return r->in_order ? 0 : mark(r, sample, err);
    return r->in_order ? mix_list_add(&r->list, 0, sample, at, err) : 0;
}

static int read_counts(struct rest *r, struct weir_err *err)
{
    const char *p = r->opt->batches;
    while (p && r->n_counts < MAX_TYPES) {
        char *end;
        const unsigned long long v = strtoull(p, &end, 10);
        if (*p < '0' || *p > '9' || (*end && *end != ',') || !v || v > UINT32_MAX)
            break;
        r->counts[r->n_counts++] = v;
        p = *end ? end + 1 : NULL;
    }
    if (!p && r->n_counts == r->one.n_types)
        return 0;
    return weir_err_set(err, WEIR_EUSAGE,
                        "--batches needs the samples of each of %zu types in a batch, \"3,2,1\"",
                        r->one.n_types);
}

static int replay_knowlm(struct rest *r, struct weir_err *err)
{
    const struct weir_indexer_rest_opt *o = r->opt;
    uint64_t per_batch = 0;
    if (!r->one.n_types)
        return weir_err_set(err, WEIR_EUSAGE, "--order knowlm is for KnowLM's format, with .dis");
    int rc = read_counts(r, err);
    if (rc)
        return rc;
    for (size_t i = 0; i < r->n_counts; i++)
        per_batch += r->counts[i];
    const struct mix_batching b = {.sizes = r->one.types,
                                   .counts = r->counts,
                                   .n_types = r->n_counts,
                                   .drop = (int)o->drop,
                                   .seed = r->one.job->seed + (uint64_t)o->epoch};
    if (o->consumed < 0)
        r->consumed = (uint64_t)o->steps * per_batch;
    if (r->consumed % per_batch)
        return weir_err_set(err, WEIR_EUSAGE,
                            "--consumed %" PRIu64 " are no whole batches of %" PRIu64, r->consumed,
                            per_batch);
    r->total = mix_batches_of(&b) * per_batch;
    return mix_replay_knowlm(&b, r->one.job->memory, place, r, err);
}

static int replay_given(struct rest *r, struct weir_err *err)
{
    int rc = 0;
    r->total = r->one.parts.at[0].n_seqs;
    for (uint64_t i = 0; !rc && i < r->consumed && i < r->total; i++)
        rc = mark(r, i, err);
    return rc;
}

static int replay(struct rest *r, struct weir_err *err)
{
    const struct weir_indexer_rest_opt *o = r->opt;
    const uint64_t epoch = (uint64_t)o->epoch;
    const struct mix_distributed d = {.n = r->one.parts.at[0].n_seqs,
                                      .world = (uint64_t)o->world,
                                      .seed = r->one.job->seed + epoch,
                                      .drop_last = o->drop_last};
    int rc;
    switch (o->order) {
    case WEIR_REST_DISTRIBUTED:
        rc = mix_replay_distributed(&d, r->one.job->memory, &r->total, place, r, err);
        break;
    case WEIR_REST_KNOWLM:
        rc = replay_knowlm(r, err);
        break;
    default:
        rc = replay_given(r, err);
    }
    if (!rc && r->consumed > r->total)
        rc = weir_err_set(err, WEIR_EUSAGE,
                          "%" PRIu64 " samples were read, an epoch has %" PRIu64
                          ": count those of the broken epoch, and give its number with --epoch",
                          r->consumed, r->total);
    return rc;
}

/* ---- the rest ---- */

static int not_seen(void *ctx, const struct mix_seq *q, struct weir_buf *b, struct weir_err *err)
{
    const struct rest *r = ctx;
    const uint32_t all[2] = {0, q->n};
    (void)err;
    if (!(r->seen[q->seq / 8] >> q->seq % 8 & 1))
        weir_buf_add(b, all, sizeof all);
    return 0;
}

static int check_options(struct rest *r, struct weir_err *err)
{
    const struct weir_indexer_rest_opt *o = r->opt;
    if (o->seen && (o->consumed >= 0 || o->steps))
        return weir_err_set(err, WEIR_EUSAGE, "--seen says it all: no --consumed, no --steps");
    if (!o->seen && o->consumed < 0 && !o->steps)
        return weir_err_set(err, WEIR_EUSAGE, "what was read? give --consumed or --steps%s",
                            r->in_order ? "" : " or --seen");
    if (o->consumed >= 0 && o->steps)
        return weir_err_set(err, WEIR_EUSAGE, "--consumed and --steps: give one");
    uint64_t n = (uint64_t)o->steps;
    if (__builtin_mul_overflow(n, (uint64_t)o->world, &n) ||
        __builtin_mul_overflow(n, (uint64_t)o->batch, &n))
        return weir_err_set(err, WEIR_EUSAGE, "--steps: too many");
    r->consumed = o->consumed >= 0 ? (uint64_t)o->consumed : n;
    return 0;
}

static int write_rest(struct rest *r, struct weir_err *err)
{
    struct weir_job *job = r->one.job;
    const uint64_t n = r->one.parts.at[0].n_seqs;
    const char *command = r->in_order ? "weir indexer resume" : "weir indexer subtract";
    struct mix_keep keep = {.ctx = r, .stretches = not_seen, .left = "seen"};
    if (r->opt->order == WEIR_REST_MEGATRON && !r->opt->seen)
        return mix_megatron_rest(&r->one, r->opt, r->consumed, command, err);
    r->in_order = r->in_order && r->opt->order != WEIR_REST_GIVEN;
    int rc = 0;
    if (r->in_order)
        rc = mix_list_open(&r->list, job->memory / 4, job->temp_dir, err);
    else if (n / 8 > job->memory / 4 || !(r->seen = weir_calloc(n / 8 + 1, 1)))
        rc = weir_err_set(err, WEIR_EMEM, "out of memory: give a larger -m");
    if (!rc)
        rc = r->opt->seen ? mark_file(r, err) : replay(r, err);
    if (!rc && r->in_order)
        rc = mix_list_sort(&r->list, err);
    if (rc)
        return rc;
    return r->in_order ? mix_one_list(&r->one, &r->list, command, err)
                       : mix_one_keep(&r->one, &keep, command, err);
}

static int run(const struct weir_indexer_rest_opt *opt, int in_order, struct weir_job *job,
               struct weir_err *err)
{
    struct rest r = {.opt = opt, .in_order = in_order};
    int rc = check_options(&r, err);
    if (!rc)
        rc = mix_one_open(&r.one, job, job->inputs[0], err);
    if (!rc)
        rc = write_rest(&r, err);
    free(r.seen);
    mix_list_close(&r.list);
    mix_one_close(&r.one);
    return weir_job_close_output(job, rc, err);
}

int weir_indexer_resume_run(const struct weir_indexer_rest_opt *opt, struct weir_job *job,
                            struct weir_err *err)
{
    return run(opt, 1, job, err);
}

int weir_indexer_subtract_run(const struct weir_indexer_rest_opt *opt, struct weir_job *job,
                              struct weir_err *err)
{
    return run(opt, 0, job, err);
}
