/* The two steps over one shard: sign says what is known of its documents, apply does what was
 * decided on them. */
#include <string.h>

#include "dedup/dedup_greedy.h"
#include "dedup/dedup_shards.h"
#include "dedup/dedup_sign.h"

/* What work() leaves in user[] beside the state of dedup_sign(). */
enum { USER_LINE_HASH = 1 };

static void leave_line_hash(const struct weir_batch *b, struct weir_rec *r)
{
    r->user[USER_LINE_HASH] = XXH3_64bits(b->raw.p + r->raw_at, r->raw_n);
}

/* ---- sign ---- */

struct sign {
    struct dedup_setup setup;
    struct weir_job *job;
    struct dedup_writer out;
    struct dedup_content content;
    struct dedup_states states;
};

static void *sign_thread(void *ctx, struct weir_err *err)
{
    (void)ctx;
    return dedup_worker_new(err);
}

static int sign_work(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                     struct weir_err *err)
{
    leave_line_hash(b, r);
    return dedup_sign(&((const struct sign *)ctx)->setup, thread, b, r, err);
}

static int sign_commit(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct sign *s = ctx;
    dedup_content_add(&s->content, r->user[USER_LINE_HASH]);
    dedup_states_count(&s->states, r, s->setup.plan.near);
    r->fate = WEIR_MADE; // written here, not by the engine
    r->n_out = 1;
    s->job->tally.out.bytes += r->aux_n;
    return dedup_write_record(&s->out, weir_span(b->aux.p + r->aux_at, r->aux_n), err);
}

static int sign_shard(struct sign *s, struct weir_err *err)
{
    const struct weir_stage stage = {.ctx = s,
                                     .thread_new = sign_thread,
                                     .thread_free = dedup_worker_free,
                                     .work = sign_work,
                                     .commit = sign_commit,
                                     .no_newline = 1};
    const struct dedup_params *p = &s->setup.params;
    int rc = weir_job_open_output(s->job, err);
    if (!rc)
        rc = dedup_content_init(&s->content, err);
    if (!rc)
        rc = dedup_write_begin(&s->out, s->job->out, DEDUP_SIG_MAGIC,
                               weir_span((const char *)p, sizeof *p), err);
    if (!rc)
        rc = weir_stage_run(&stage, s->job, err);
    if (!rc)
        rc = dedup_write_end(&s->out, dedup_content_get(&s->content), err);
    if (!rc)
        rc = dedup_states_note(&s->states, s->job, err);
    return weir_job_close_output(s->job, rc, err);
}

int weir_dedup_sign_run(const struct weir_dedup_opt *opt, struct weir_job *job,
                        struct weir_err *err)
{
    struct sign s = {.job = job};
    int rc = dedup_setup_init(&s.setup, opt, job->seed, err);
    if (!rc)
        rc = sign_shard(&s, err);
    dedup_setup_free(&s.setup);
    dedup_writer_free(&s.out);
    dedup_content_free(&s.content);
    return rc;
}

/* ---- apply ---- */

struct apply {
    struct weir_job *job;
    struct dedup_verdicts verdicts;
    struct dedup_content content;
};

static void *apply_thread(void *ctx, struct weir_err *err)
{
    (void)ctx;
    return weir_json_new(err);
}

static void apply_thread_free(void *thread)
{
    weir_json_free(thread);
}

static int apply_work(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                      struct weir_err *err)
{
    struct weir_doc doc;
    (void)ctx;
    leave_line_hash(b, r);
    return dedup_parse(thread, b, r, &doc, err);
}

static int apply_commit(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct apply *a = ctx;
    struct dedup_verdicts *v = &a->verdicts;
    const uint64_t row = a->content.n;
    dedup_content_add(&a->content, r->user[USER_LINE_HASH]);
    if (!v->has_next || v->next.order != row)
        return 0;
    const int rc = dedup_drop_record(b, r, (int)v->next.verdict, &v->next.twin, err);
    return rc ? rc : dedup_verdicts_step(v, err);
}

static int apply_shard(struct apply *a, const char *path, struct weir_err *err)
{
    const struct weir_stage stage = {.ctx = a,
                                     .thread_new = apply_thread,
                                     .thread_free = apply_thread_free,
                                     .work = apply_work,
                                     .commit = apply_commit};
    int rc = dedup_content_init(&a->content, err);
    if (!rc)
        rc = dedup_verdicts_open(&a->verdicts, path, err);
    if (rc)
        return rc;
    rc = weir_stage_run(&stage, a->job, err);
    if (!rc)
        rc = dedup_verdicts_check(&a->verdicts, &a->content, err);
    return weir_job_close_output(a->job, rc, err);
}

int weir_dedup_apply_run(const struct weir_dedup_apply_opt *opt, struct weir_job *job,
                         struct weir_err *err)
{
    struct apply a = {.job = job};
    if (!opt->verdict)
        return weir_err_set(err, WEIR_EUSAGE, "needs --verdict FILE, which cluster wrote");
    job->stage = "dedup"; // in rejects and ledger: all that came before only prepared this
    const int rc = apply_shard(&a, opt->verdict, err);
    dedup_verdicts_close(&a.verdicts);
    dedup_content_free(&a.content);
    return rc;
}
