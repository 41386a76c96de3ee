/* The stage in one process.  Texts are signed in parallel and offered in input order; as long as
 * the index of kept documents has room, that decides, and nothing is kept but the index.  From the
 * first document that it cannot decide on, or from the start with --keep, everything is put aside:
 *
 *      records ── sign ──► greedy ── decided ──► output
 *                            │ left, or ranked
 *                            ▼
 *                          spool ── verdicts, when the greedy has finished ──► output        */
#include "weir/dedup.h"

#include "dedup/dedup_compat.h"
#include "dedup/dedup_greedy.h"
#include "dedup/dedup_releases.h"
#include "dedup/dedup_sign.h"
#include "dedup/dedup_work.h"

struct dedup {
    struct dedup_setup setup;
    struct weir_job *job;
    uint64_t memory; // for greedy and ranked together
    dedup_greedy *greedy;
    dedup_ranked *ranked; // --keep: all documents; NULL: in the order of the input
    weir_io *spool;       // records put aside, packed; NULL: none yet
    uint64_t order;       // of the next document
    uint64_t first;       // order of the first document in the spool
    uint64_t n_spooled;   // records in it
    uint64_t spool_bytes, ranked_bytes;
    struct dedup_drop next; // of what is in the spool
    int has_next;
    struct dedup_states states;
    struct dedup_releases releases; // --index
};

void weir_dedup_opt_init(struct weir_dedup_opt *opt)
{
    *opt = (struct weir_dedup_opt){.threshold = 0.8, .shingle = "auto", .keep = "first"};
}

static void *thread_new(void *ctx, struct weir_err *err)
{
    (void)ctx;
    return dedup_worker_new(err);
}

static int work(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                struct weir_err *err)
{
    return dedup_sign(&((const struct dedup *)ctx)->setup, thread, b, r, err);
}

static int put_aside(struct dedup *d, struct weir_err *err)
{
    d->first = d->order;
    d->spool = weir_io_open_temp_packed(d->job->temp_dir, err);
    return d->spool ? 0 : err ? err->code : WEIR_EIO;
}

/* A document that is new, put aside or dropped. */
static int offer(struct dedup *d, struct weir_batch *b, struct weir_rec *r,
                 const struct dedup_key *k, struct weir_err *err)
{
    struct dedup_drop drop;
    const int rc = dedup_greedy_offer(d->greedy, d->order, k, &drop, err);
    if (rc == DEDUP_LEFT && !d->spool)
        return put_aside(d, err);
    if (rc != DEDUP_EXACT && rc != DEDUP_NEAR)
        return rc < 0 ? rc : 0;
    return d->spool ? dedup_greedy_note(d->greedy, &drop, err)
                    : dedup_drop_record(b, r, rc, &drop.twin, err);
}

static int commit(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct dedup *d = ctx;
    struct dedup_key k;
    const struct weir_span record = weir_span(b->aux.p + r->aux_at, r->aux_n);
    int rc = dedup_record_get(record, &d->setup.plan, &k, err);
    if (!rc && !k.absent)
        rc = d->ranked ? dedup_ranked_add(d->ranked, d->order, &k, record, err)
                       : offer(d, b, r, &k, err);
    d->order++;
    if (!rc && !d->spool && r->fate == WEIR_PASS)
        dedup_states_count(&d->states, r, d->setup.plan.near);
    if (rc || !d->setup.opt->index)
        return rc;
    if (d->spool)
        return dedup_releases_aside(&d->releases, weir_span(record.p, k.absent ? 0 : record.n),
                                    d->job->temp_dir, err);
    return r->fate == WEIR_PASS && !k.absent ? dedup_releases_keep(&d->releases, record, err) : 0;
}

static int hold(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct dedup *d = ctx;
    if (!d->spool || (r->fate == WEIR_BAD && !d->job->rejects))
        return 0;
    const int rc = dedup_spool_put(d->spool, b, r, err);
    d->job->temp_bytes = weir_io_raw_offset(d->spool);
    d->job->aside.records++;
    d->job->aside.bytes += r->length + r->framing;
    return rc ? rc : 1;
}

/* ---- the second half: what was put aside ---- */

static int next_spooled(void *ctx, struct weir_batch *b, struct weir_err *err)
{
    return dedup_spool_get(((struct dedup *)ctx)->spool, b, err);
}

static int next_drop(struct dedup *d, struct weir_err *err)
{
    d->has_next = dedup_greedy_next(d->greedy, &d->next, err);
    return d->has_next < 0 ? d->has_next : 0;
}

static int commit_spooled(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct dedup *d = ctx;
    const uint64_t order = d->order++;
    struct weir_span record = {0};
    if (d->setup.opt->index) {
        const int rc = dedup_releases_again(&d->releases, &record, err);
        if (rc)
            return rc;
    }
    d->job->aside.records--;
    d->job->aside.bytes -= r->length + r->framing;
    weir_job_progress(d->job, 1 - (double)d->job->aside.records / (double)d->n_spooled);
    if (!d->has_next || d->next.order != order) {
        dedup_states_count(&d->states, r, d->setup.plan.near);
        return record.n ? dedup_releases_keep(&d->releases, record, err) : 0;
    }
    const int rc = dedup_drop_record(b, r, (int)d->next.verdict, &d->next.twin, err);
    return rc ? rc : next_drop(d, err);
}

static int offer_ranked(struct dedup *d, struct weir_err *err)
{
    const int rc = dedup_ranked_offer(d->ranked, &d->setup.plan, d->greedy, err);
    d->ranked_bytes = dedup_ranked_temp(d->ranked);
    dedup_ranked_free(d->ranked);
    d->ranked = NULL;
    return rc;
}

static int run_spooled(struct dedup *d, struct weir_err *err)
{
    const struct weir_stage stage = {
        .ctx = d, .next = next_spooled, .commit = commit_spooled, .fixed_memory = d->memory};
    dedup_greedy_watch(d->greedy, d->job);
    int rc = d->ranked ? offer_ranked(d, err) : 0;
    if (!rc)
        rc = dedup_greedy_finish(d->greedy, err);
    if (!rc)
        rc = next_drop(d, err);
    if (!rc)
        rc = weir_io_rewind(d->spool, err);
    if (!rc)
        rc = dedup_releases_rewind(&d->releases, err);
    d->spool_bytes = weir_io_raw_size(d->spool);
    d->order = d->first;
    d->n_spooled = d->job->aside.records;
    d->job->temp_bytes = d->spool_bytes;
    d->job->phase = "writing what was put aside";
    return rc ? rc : weir_stage_run(&stage, d->job, err);
}

/* What the ledger says beyond counts. */
static int report(const struct dedup *d, struct weir_err *err)
{
    struct weir_buf *extra = &d->job->extra;
    struct dedup_greedy_stats s;
    dedup_greedy_look(d->greedy, &s);
    weir_buf_addf(
        extra, ",\"index\":{\"documents\":%llu,\"bytes\":%llu,\"passes\":%u},\"temp_bytes\":%llu",
        (unsigned long long)s.indexed, (unsigned long long)s.index_bytes, s.passes,
        (unsigned long long)(s.temp_bytes + d->spool_bytes + d->ranked_bytes));
    return dedup_report(&d->setup, &d->states, d->job, err);
}

static int open_index(struct dedup *d, struct weir_err *err)
{
    const int rc =
        dedup_releases_open(&d->releases, d->setup.opt->index, &d->setup.params, d->job, err);
    return rc ? rc : dedup_releases_offer(&d->releases, &d->setup.plan, d->greedy, err);
}

static int run(struct dedup *d, struct weir_err *err)
{
    struct weir_job *job = d->job;
    const struct weir_stage stage = {.ctx = d,
                                     .thread_new = thread_new,
                                     .thread_free = dedup_worker_free,
                                     .work = work,
                                     .commit = commit,
                                     .hold = hold,
                                     .fixed_memory = d->memory};
    const uint64_t sorting = d->setup.keep.by == DEDUP_FIRST ? 0 : d->memory / 4;
    int rc = 0;
    d->greedy = dedup_greedy_new(&d->setup.plan, d->memory - sorting, job->temp_dir, err);
    if (!d->greedy)
        return err->code;
    if (sorting) {
        d->ranked = dedup_ranked_new(sorting, job->temp_dir, err);
        rc = d->ranked ? put_aside(d, err) : err->code;
    }
    if (!rc && d->setup.opt->index)
        rc = open_index(d, err);
    if (!rc)
        rc = weir_stage_run(&stage, job, err);
    if (!rc)
        rc = d->spool ? run_spooled(d, err) : dedup_greedy_finish(d->greedy, err);
    if (!rc)
        rc = report(d, err);
    if (!rc && d->setup.opt->index)
        rc = dedup_releases_finish(&d->releases, job, err);
    return weir_job_close_output(job, rc, err);
}

static int print_plan(const struct dedup_plan *plan, struct weir_job *job, struct weir_err *err)
{
    struct weir_buf b = {0};
    dedup_plan_print(plan, &b);
    int rc = weir_buf_check(&b, err);
    if (!rc)
        rc = weir_job_open_output(job, err);
    if (!rc)
        rc = weir_io_write(job->out, b.p, b.n, err);
    weir_buf_free(&b);
    return weir_job_close_output(job, rc, err);
}

int weir_dedup_run(const struct weir_dedup_opt *opt, struct weir_job *job, struct weir_err *err)
{
    if (opt->work && !opt->plan)
        return dedup_work_run(opt, job, err);
    if (opt->compat)
        return dedup_compat_run(opt, job, err);
    struct dedup d = {.job = job, .memory = dedup_own_memory(job)};
    int rc = dedup_setup_init(&d.setup, opt, job->seed, err);
    if (!rc)
        rc = opt->plan ? print_plan(&d.setup.plan, job, err) : run(&d, err);
    dedup_greedy_free(d.greedy);
    dedup_ranked_free(d.ranked);
    weir_io_abort(d.spool);
    dedup_releases_free(&d.releases);
    dedup_setup_free(&d.setup);
    return rc;
}
