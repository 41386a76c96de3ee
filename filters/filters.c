#include "weir/filters.h"

#include <stdlib.h>
#include <string.h>
#include "filters/filter_run.h"

void weir_filters_opt_init(struct weir_filters_opt *opt)
{
    memset(opt, 0, sizeof *opt);
    opt->lang_sample = 1024;
    opt->max = opt->min = -1;
}

/* ---- a thread ---- */

static void thread_free(void *thread)
{
    struct filter_thread *t = thread;
    filter_doc_free(&t->doc);
    weir_json_free(t->json);
    weir_json_free(t->score_json);
    weir_buf_free(&t->value);
    free(t);
}

static void *thread_new(void *ctx, struct weir_err *err)
{
    struct filter_run *run = ctx;
    struct filter_thread *t = weir_calloc(1, sizeof *t);
    if (!t) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    t->run = run;
    t->json = weir_json_new(err);
    t->score_json = run->opt->from_scores ? weir_json_new(err) : NULL;
    if (filter_doc_init(&t->doc, &run->plan, run->job->seed, err) < 0 || !t->json ||
        (run->opt->from_scores && !t->score_json)) {
        thread_free(t);
        return NULL;
    }
    return t;
}

/* ---- a record ---- */

static int look(struct filter_thread *t, struct weir_batch *b, struct weir_rec *r,
                const struct weir_doc *doc)
{
    const struct weir_filters_opt *o = t->run->opt;
    const int rc = o->annotate  ? filter_annotate(t, b, r, doc)
                   : o->explain ? filter_explain(t, b, r, doc)
                                : filter_decide(t, b, r, doc);
    return t->doc.failed || t->value.failed ? WEIR_EMEM : rc;
}

/* Texts that take much memory are measured one at a time. */
static int look_within_memory(struct filter_thread *t, struct weir_batch *b, struct weir_rec *r,
                              const struct weir_doc *doc, struct weir_err *err)
{
    struct filter_run *run = t->run;
    const uint64_t need = filter_doc_memory(&t->doc);
    const int is_big = need > run->small;
    if (is_big && need > run->big)
        return weir_err_set(err, WEIR_EMEM,
                            "%s: a text of %zu bytes needs about -m %lluM for these rules", r->file,
                            doc->text.n, (unsigned long long)(need * 4 >> 20) + 32);
    if (is_big)
        pthread_mutex_lock(&run->big_lock);
    const int rc = look(t, b, r, doc);
    if (is_big) {
        filter_doc_shrink(&t->doc);
        pthread_mutex_unlock(&run->big_lock);
    }
    return rc < 0 ? weir_err_set(err, rc, "out of memory; a smaller -j or larger -m helps") : 0;
}

static int work(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                struct weir_err *err)
{
    struct filter_thread *t = thread;
    struct weir_doc doc;
    struct weir_err why = {0};
    (void)ctx;
    if (weir_doc_parse(t->json, weir_rec_raw(b, r), &doc, &why) < 0) {
        weir_rec_bad(b, r, "bad-document", "%s", why.msg);
        return 0;
    }
    weir_rec_source(b, r, doc.source);
    weir_buf_reset(&t->value, 1 << 20);
    filter_doc_start(&t->doc, &doc);
    return look_within_memory(t, b, r, &doc, err);
}

/* What rules changed in the texts is noted, so that no byte goes in silence. */
static int commit(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct filter_run *run = ctx;
    const struct weir_count none = {0};
    uint64_t pair[2];
    for (size_t i = 0; i < r->aux_n; i += sizeof pair) {
        memcpy(pair, b->aux.p + r->aux_at + i, sizeof pair);
        const struct weir_count n = {.records = pair[1]};
        const char *name = run->plan.at[pair[0]].name;
        if (weir_names_add(&run->job->tally.notes, weir_span(name, strlen(name)), n, none))
            return weir_err_set(err, WEIR_EMEM, "out of memory");
    }
    return 0;
}

static int reject(void *ctx, const struct weir_batch *b, const struct weir_rec *r,
                  struct weir_span line, struct weir_err *err)
{
    struct filter_run *run = ctx;
    if (filter_sample_add(&run->sample, r->reason, weir_rec_raw(b, r), line, run->job->seed) < 0)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    return 0;
}

/* ---- the run ---- */

static void set_memory(struct filter_run *run)
{
    const int threads = run->job->threads > 1 ? run->job->threads : 1;
    run->small = run->job->memory / 16 / (unsigned)threads;
    run->big = run->job->memory / 4;
}

static int check_options(const struct filter_run *run, struct weir_err *err)
{
    const struct weir_filters_opt *o = run->opt;
    if (!run->plan.n)
        return weir_err_set(err, WEIR_EUSAGE, "no rules: give --preset, --rule or --annotate");
    if (!!o->annotate + !!o->from_scores + !!o->explain > 1)
        return weir_err_set(err, WEIR_EUSAGE,
                            "--annotate, --from-scores and --explain exclude each other");
    if (o->sample && !run->job->rejects)
        return weir_err_set(err, WEIR_EUSAGE, "--sample needs --rejects FILE, where it goes");
    if (!o->annotate && !o->explain && !filter_plan_drops(&run->plan))
        return weir_err_set(err, WEIR_EUSAGE,
                            "these rules have no limits and drop nothing: give --annotate, or "
                            "limits with --rule");
    return 0;
}

static int run_stage(struct filter_run *run, struct weir_err *err)
{
    int rc = check_options(run, err);
    run->plan.job = run->job;
    if (!rc)
        rc = filter_plan_open_tools(run->opt, &run->plan, err);
    if (rc)
        return rc;
    set_memory(run);
    const struct weir_stage stage = {
        .ctx = run,
        .thread_new = thread_new,
        .thread_free = thread_free,
        .work = work,
        .commit = commit,
        .reject = run->sample.n ? reject : NULL,
        .fixed_memory = run->job->memory / 16 + run->big + filter_plan_memory(&run->plan) +
                        (run->sample.n ? FILTER_SAMPLE_BYTES : 0),
        .thread_memory = filter_plan_thread_memory(&run->plan),
    };
    rc = weir_stage_run(&stage, run->job, err);
    if (!rc)
        rc = filter_sample_write(&run->sample, run->job->rejects, err);
    if (!rc && run->opt->explain && !run->n_explained)
        rc =
            weir_err_set(err, WEIR_EFAIL, "--explain %s: no record has that id", run->opt->explain);
    return rc;
}

static int print_list(const struct weir_filters_opt *opt, const struct filter_plan *plan,
                      struct weir_job *job, struct weir_err *err)
{
    struct weir_buf b = {0};
    if (opt->list_rules)
        filter_list_rules(&b);
    if (opt->list_presets)
        filter_list_presets(&b);
    if (opt->plan)
        filter_list_plan(plan, &b);
    int rc = weir_buf_check(&b, err);
    if (!rc)
        rc = weir_job_open_output(job, err);
    if (!rc)
        rc = weir_io_write(job->out, b.p, b.n, err);
    weir_buf_free(&b);
    return rc;
}

int weir_filters_run(const struct weir_filters_opt *opt, struct weir_job *job, struct weir_err *err)
{
    struct filter_run run = {.opt = opt, .job = job, .sample = {.n = (uint64_t)opt->sample}};
    pthread_mutex_init(&run.big_lock, NULL);
    int rc = filter_plan_make(opt, &run.plan, err);
    if (!rc)
        rc = opt->list_rules || opt->list_presets || opt->plan
                 ? print_list(opt, &run.plan, job, err)
                 : run_stage(&run, err);
    filter_plan_free(&run.plan);
    filter_sample_free(&run.sample);
    pthread_mutex_destroy(&run.big_lock);
    return weir_job_close_output(job, rc, err);
}
