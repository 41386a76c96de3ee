#include <stdlib.h>

#include "dedup/dedup_shards.h"
#include "dedup/dedup_work.h"

/* Beside the state in user[0]. */
enum { USER_LINE_HASH = 1, USER_PART };

static void leave_line_hash(const struct weir_batch *b, struct weir_rec *r)
{
    r->user[USER_LINE_HASH] = XXH3_64bits(b->raw.p + r->raw_at, r->raw_n);
}

static void *thread_new(void *ctx, struct weir_err *err)
{
    (void)ctx;
    return dedup_worker_new(err);
}

static int changed(const struct dedup_work *w, struct weir_err *err)
{
    return weir_err_set(
        err, WEIR_EBAD,
        "%s: the input is not the one whose signatures are there: delete the folder", w->dir);
}

/* ---- signing ---- */

struct sign {
    struct dedup_work *w;
    size_t n_there;     // parts that an earlier run signed
    size_t arriving;    // part of the record that arrives, which is ahead of what is committed
    uint64_t n_arrived; // bytes of it so far
    size_t part;        // committed
    struct dedup_content content;
    weir_io *io; // of the part's file; NULL: not begun
    struct dedup_writer out;
};

/* By bytes of the input, bad records too, so that borders are the same in every run. */
static int arrive(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct sign *s = ctx;
    (void)b, (void)err;
    if (s->n_arrived >= s->w->part_bytes) {
        s->arriving++;
        s->n_arrived = 0;
    }
    s->n_arrived += r->framing + r->length;
    r->user[USER_PART] = s->arriving;
    return 0;
}

static int sign_work(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                     struct weir_err *err)
{
    const struct sign *s = ctx;
    leave_line_hash(b, r);
    return r->user[USER_PART] < s->n_there ? dedup_look(thread, b, r, err)
                                           : dedup_sign(&s->w->setup, thread, b, r, err);
}

static int begin_part(struct sign *s, struct weir_err *err)
{
    const struct dedup_params *p = &s->w->setup.params;
    const char *path = dedup_work_part(s->w, s->part, "sig");
    s->io = path ? weir_io_open_write(path, err) : NULL;
    if (!s->io)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    return dedup_write_begin(&s->out, s->io, DEDUP_SIG_MAGIC, weir_span((const char *)p, sizeof *p),
                             err);
}

static int write_part(struct sign *s, struct weir_err *err)
{
    int rc = s->io ? 0 : begin_part(s, err);
    if (!rc)
        rc = dedup_write_end(&s->out, dedup_content_get(&s->content), err);
    dedup_writer_free(&s->out);
    if (!rc) {
        rc = weir_io_close(s->io, err);
        s->io = NULL;
    }
    return rc;
}

static int check_part(const struct sign *s, struct weir_err *err)
{
    uint64_t n, content;
    const char *path = dedup_work_part(s->w, s->part, "sig");
    const int rc = path ? dedup_read_totals(path, &n, &content, err)
                        : weir_err_set(err, WEIR_EMEM, "out of memory");
    if (rc)
        return rc;
    return n == s->content.n && content == dedup_content_get(&s->content) ? 0 : changed(s->w, err);
}

static int end_part(struct sign *s, struct weir_err *err)
{
    const int rc = s->part < s->n_there ? check_part(s, err) : write_part(s, err);
    s->w->documents += s->content.n;
    dedup_content_free(&s->content);
    s->part++;
    return rc ? rc : dedup_content_init(&s->content, err);
}

static int sign_commit(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct sign *s = ctx;
    int rc = 0;
    while (!rc && s->part < r->user[USER_PART])
        rc = end_part(s, err);
    if (rc)
        return rc;
    dedup_content_add(&s->content, r->user[USER_LINE_HASH]);
    r->fate = WEIR_MADE; // of nothing
    if (s->part < s->n_there)
        return 0;
    if (!s->io)
        rc = begin_part(s, err);
    return rc ? rc : dedup_write_record(&s->out, weir_span(b->aux.p + r->aux_at, r->aux_n), err);
}

int dedup_work_sign(struct dedup_work *w, struct weir_job *job, struct weir_err *err)
{
    struct sign s = {.w = w, .n_there = w->n_parts};
    const struct weir_stage stage = {.ctx = &s,
                                     .thread_new = thread_new,
                                     .thread_free = dedup_worker_free,
                                     .arrive = arrive,
                                     .work = sign_work,
                                     .commit = sign_commit,
                                     .no_newline = 1};
    w->documents = 0;
    int rc = dedup_content_init(&s.content, err);
    if (!rc)
        rc = weir_stage_run(&stage, job, err);
    if (!rc)
        rc = end_part(&s, err);
    if (!rc && s.part < s.n_there)
        rc = changed(w, err);
    w->n_parts = s.part;
    weir_io_abort(s.io);
    dedup_writer_free(&s.out);
    dedup_content_free(&s.content);
    return rc;
}

/* ---- writing ---- */

struct apply {
    struct dedup_work *w;
    size_t part;
    int is_open;
    struct dedup_verdicts verdicts;
    weir_io *sig_io; // the states of documents
    struct dedup_reader sigs;
    struct dedup_content content;
    struct dedup_states states;
};

static int apply_work(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                      struct weir_err *err)
{
    (void)ctx;
    leave_line_hash(b, r);
    return dedup_look(thread, b, r, err);
}

static void close_files(struct apply *a)
{
    dedup_verdicts_close(&a->verdicts);
    dedup_reader_free(&a->sigs);
    weir_io_abort(a->sig_io);
    a->sig_io = NULL;
    dedup_content_free(&a->content);
    a->is_open = 0;
}

static int open_files(struct apply *a, struct weir_err *err)
{
    int rc = dedup_content_init(&a->content, err);
    a->is_open = 1;
    const char *path = rc ? NULL : dedup_work_part(a->w, a->part, "verdict");
    if (!path)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    rc = dedup_verdicts_open(&a->verdicts, path, err);
    path = rc ? NULL : dedup_work_part(a->w, a->part, "sig");
    a->sig_io = path ? weir_io_open_read(path, err) : NULL;
    if (!a->sig_io)
        return rc ? rc : weir_err_set(err, WEIR_EMEM, "out of memory");
    return dedup_read_open(&a->sigs, a->sig_io, DEDUP_SIG_MAGIC, "signature", err);
}

/* Ends the open part, whose documents were all seen. */
static int close_part(struct apply *a, struct weir_err *err)
{
    struct weir_span none;
    if (a->content.n != a->verdicts.shard.documents ||
        dedup_content_get(&a->content) != a->verdicts.shard.content)
        return changed(a->w, err);
    const int got = dedup_read_next(&a->sigs, &none, err);
    close_files(a);
    a->part++;
    return got < 0 ? got : 0;
}

/* The part of the next document: behind those that have had all theirs. */
static int find_part(struct apply *a, struct weir_err *err)
{
    int rc = 0;
    while (!rc && (!a->is_open || a->content.n == a->verdicts.shard.documents)) {
        if (a->is_open)
            rc = close_part(a, err);
        if (!rc && a->part == a->w->n_parts)
            return changed(a->w, err);
        if (!rc)
            rc = open_files(a, err);
    }
    return rc;
}

static int apply_commit(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct apply *a = ctx;
    struct dedup_verdicts *v = &a->verdicts;
    struct weir_span record;
    struct dedup_key k;
    int rc = find_part(a, err);
    if (rc)
        return rc;
    const uint64_t row = a->content.n;
    const int got = dedup_read_next(&a->sigs, &record, err);
    if (got <= 0)
        return got ? got : changed(a->w, err);
    rc = dedup_record_get(record, &a->w->setup.plan, &k, err);
    if (rc)
        return rc;
    dedup_content_add(&a->content, r->user[USER_LINE_HASH]);
    if (v->has_next && v->next.order == row) {
        rc = dedup_drop_record(b, r, (int)v->next.verdict, &v->next.twin, err);
        return rc ? rc : dedup_verdicts_step(v, err);
    }
    r->user[0] = k.absent ? DEDUP_NO_FIELD : k.sig ? DEDUP_SIGNED : DEDUP_SHORT;
    dedup_states_count(&a->states, r, a->w->setup.plan.near);
    return 0;
}

int dedup_work_apply(struct dedup_work *w, struct weir_err *err)
{
    struct apply a = {.w = w};
    const struct weir_stage stage = {.ctx = &a,
                                     .thread_new = thread_new,
                                     .thread_free = dedup_worker_free,
                                     .work = apply_work,
                                     .commit = apply_commit};
    int rc = weir_stage_run(&stage, w->job, err);
    while (!rc && a.part < w->n_parts) {
        if (!a.is_open)
            rc = open_files(&a, err);
        if (!rc)
            rc = close_part(&a, err);
    }
    if (!rc)
        rc = dedup_report(&w->setup, &a.states, w->job, err);
    close_files(&a);
    return weir_job_close_output(w->job, rc, err);
}
