#include "weir/filters.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "weir/stream.h"
#include "filters/filter.h"

struct stage {
    const struct weir_filters_opt *opt;
    struct filter_plan plan;
    lexicon *lexicon; // NULL when no rule asks for it
    struct weir_job *job;
    uint64_t small, big; // scratch that a thread may keep; that one thread at a time may take
    pthread_mutex_t big_lock;
};

struct thread {
    weir_json *json;
    struct filter_doc doc;
    struct weir_buf value;
};

void weir_filters_opt_init(struct weir_filters_opt *opt)
{
    memset(opt, 0, sizeof *opt);
}

/* ---- a thread's scratch ---- */

static void scratch_free(struct filter_doc *d)
{
    for (int i = 0; i < FILTER_N_SCHEMES; i++)
        filter_words_free(&d->words[i]);
    filter_ngrams_free(&d->ngrams);
    filter_edit_free(&d->edit);
    lexicon_scan_shrink(&d->harm);
}

static void thread_free(void *thread)
{
    struct thread *t = thread;
    if (!t)
        return;
    scratch_free(&t->doc);
    lexicon_scan_free(&t->doc.harm);
    weir_json_free(t->json);
    weir_buf_free(&t->value);
    free(t);
}

static void *thread_new(void *ctx, struct weir_err *err)
{
    struct stage *s = ctx;
    struct thread *t = weir_calloc(1, sizeof *t);
    if (!t) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    t->json = weir_json_new(err);
    t->doc.plan = &s->plan;
    t->doc.hash_seed = s->job->seed;
    if (!t->json || (s->lexicon && lexicon_scan_init(&t->doc.harm, s->lexicon, err) < 0)) {
        thread_free(t);
        return NULL;
    }
    return t;
}

/* ---- deciding ---- */

static double measure(struct filter_doc *d, const struct filter_check *c)
{
    d->scheme = c->scheme;
    return c->rule->measure(d, c->rule->arg);
}

static int fails(const struct filter_check *c, double v)
{
    return c->rule->kind == FILTER_MIN ? v < c->limit : v > c->limit;
}

/* JSON has no NaN and no infinity; measures give neither but for "does not apply". */
static void add_number(struct weir_buf *b, double v)
{
    if (isfinite(v))
        weir_buf_addf(b, "%.10g", v);
    else
        weir_buf_adds(b, "null");
}

static void drop(struct thread *t, struct weir_batch *b, struct weir_rec *r,
                 const struct filter_check *c, double v)
{
    t->value.n = 0;
    weir_buf_adds(&t->value, "\"rule\":\"");
    weir_buf_adds(&t->value, c->name);
    weir_buf_adds(&t->value, "\",\"value\":");
    add_number(&t->value, v);
    weir_buf_adds(&t->value, ",\"limit\":");
    add_number(&t->value, c->limit);
    if (c->rule->explain)
        c->rule->explain(&t->doc, c->rule->arg, &t->value);
    weir_buf_addc(&t->value, 0);
    weir_rec_drop(b, r, c->name, "%s", t->value.failed ? "" : t->value.p);
}

/* 1 when a rule of [from, to) dropped the record. */
static int check(struct thread *t, struct weir_batch *b, struct weir_rec *r, size_t from, size_t to)
{
    const struct filter_plan *plan = t->doc.plan;
    for (size_t i = from; i < to && !t->doc.failed; i++) {
        const double v = measure(&t->doc, plan->at + i);
        if (t->doc.failed || !fails(plan->at + i, v))
            continue;
        drop(t, b, r, plan->at + i, v);
        return 1;
    }
    return 0;
}

static void write_changed(struct thread *t, struct weir_batch *b, struct weir_rec *r,
                          const struct weir_doc *doc, const char *key)
{
    r->out_at = b->out.n;
    weir_doc_with(&b->out, doc, key, weir_buf_span(&t->value));
    weir_buf_addc(&b->out, '\n');
    r->out_n = b->out.n - r->out_at;
    r->n_out = 1;
    r->fate = WEIR_MADE;
}

/* Leaves for commit() how many lines each line rule dropped. */
static void keep_line_counts(struct thread *t, struct weir_batch *b, struct weir_rec *r)
{
    const size_t n = t->doc.plan->n_line * sizeof *t->doc.edit.dropped;
    r->aux_at = b->aux.n;
    r->aux_n = n;
    weir_buf_add(&b->aux, t->doc.edit.dropped, n);
}

static int filter(struct thread *t, struct weir_batch *b, struct weir_rec *r,
                  const struct weir_doc *doc)
{
    struct filter_doc *d = &t->doc;
    const struct filter_plan *plan = d->plan;
    if (check(t, b, r, 0, plan->n_first) || d->failed)
        return 0;
    int changed = 0;
    if (plan->n_line) {
        if (filter_edit_run(d) < 0)
            return WEIR_EMEM;
        if (d->edit.stop) {
            drop(t, b, r, d->edit.stop, d->edit.stop_value);
            return 0;
        }
        const struct weir_span left = d->edit.result;
        changed = !weir_span_eq(left, doc->text);
        if (changed)
            filter_doc_set(d, left);
    }
    if (check(t, b, r, plan->n_first, plan->n) || d->failed)
        return 0;
    if (plan->n_line)
        keep_line_counts(t, b, r);
    if (changed && !d->text.n) {
        weir_rec_drop(b, r, "no-lines-left", "\"rule\":\"no-lines-left\",\"value\":0,\"limit\":1");
    } else if (changed) {
        t->value.n = 0;
        weir_buf_add_json(&t->value, d->text);
        write_changed(t, b, r, doc, "text");
    }
    return 0;
}

/* All values of the rules in force into "weir_filters"; for a line rule, the lines it would drop.
 */
static int annotate(struct thread *t, struct weir_batch *b, struct weir_rec *r,
                    const struct weir_doc *doc)
{
    struct filter_doc *d = &t->doc;
    const struct filter_plan *plan = d->plan;
    t->value.n = 0;
    weir_buf_addc(&t->value, '{');
    const char *last = "";
    for (size_t i = 0; i < plan->n; i++) {
        if (i == plan->n_first && plan->n_line && filter_edit_run(d) < 0)
            return WEIR_EMEM;
        const struct filter_check *c = plan->at + i;
        if (!strcmp(c->key, last))
            continue; // chars-min and chars-max are one measure
        last = c->key;
        weir_buf_addf(&t->value, "%s\"%s\":", t->value.n > 1 ? "," : "", c->key);
        add_number(&t->value, measure(d, c));
    }
    if (plan->n_line && plan->n_first == plan->n && filter_edit_run(d) < 0)
        return WEIR_EMEM;
    for (size_t i = 0; i < plan->n_line; i++)
        weir_buf_addf(&t->value, "%s\"%s\":%llu", t->value.n > 1 ? "," : "", plan->line[i].key,
                      (unsigned long long)d->edit.dropped[i]);
    weir_buf_addc(&t->value, '}');
    if (!d->failed)
        write_changed(t, b, r, doc, "weir_filters");
    return 0;
}

static int decide(struct stage *s, struct thread *t, struct weir_batch *b, struct weir_rec *r,
                  const struct weir_doc *doc, struct weir_err *err)
{
    filter_doc_set(&t->doc, doc->text);
    const uint64_t need = filter_doc_memory(&t->doc);
    const int is_big = need > s->small;
    if (is_big && need > s->big)
        return weir_err_set(err, WEIR_EMEM,
                            "%s: a text of %zu bytes needs about -m %lluM for these rules", r->file,
                            doc->text.n, (unsigned long long)(need * 4 >> 20) + 32);
    if (is_big)
        pthread_mutex_lock(&s->big_lock);
    int rc = s->opt->annotate ? annotate(t, b, r, doc) : filter(t, b, r, doc);
    if (t->doc.failed || t->value.failed)
        rc = WEIR_EMEM;
    if (is_big) {
        scratch_free(&t->doc);
        pthread_mutex_unlock(&s->big_lock);
    }
    return rc < 0 ? weir_err_set(err, rc, "out of memory; a smaller -j or larger -m helps") : 0;
}

static int work(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                struct weir_err *err)
{
    struct stage *s = ctx;
    struct thread *t = thread;
    struct weir_doc doc;
    struct weir_err why = {0};
    if (weir_doc_parse(t->json, weir_rec_raw(b, r), &doc, &why) < 0) {
        weir_rec_bad(b, r, "bad-document", "%s", why.msg);
        return 0;
    }
    weir_rec_source(b, r, doc.source);
    t->doc.doc = &doc;
    weir_buf_reset(&t->value, 1 << 20);
    return decide(s, t, b, r, &doc, err);
}

/* Lines dropped are noted, so that no byte goes in silence. */
static int commit(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct stage *s = ctx;
    const struct weir_count none = {0};
    for (size_t i = 0; i < r->aux_n / sizeof(uint64_t); i++) {
        struct weir_count n = {0};
        memcpy(&n.records, b->aux.p + r->aux_at + i * sizeof(uint64_t), sizeof(uint64_t));
        const char *name = s->plan.line[i].name;
        if (n.records &&
            weir_names_add(&s->job->tally.notes, weir_span(name, strlen(name)), n, none))
            return weir_err_set(err, WEIR_EMEM, "out of memory");
    }
    return 0;
}

/* ---- the run ---- */

static void set_memory(struct stage *s)
{
    const int threads = s->job->threads > 1 ? s->job->threads : 1;
    s->small = s->job->memory / 16 / (unsigned)threads;
    s->big = s->job->memory / 4;
}

static int open_lexicon(struct stage *s, struct weir_err *err)
{
    const struct weir_filters_opt *o = s->opt;
    if (!s->plan.harmful) {
        if (o->lexicons.n || o->allow.n)
            return weir_err_set(err, WEIR_EUSAGE,
                                "--lexicon and --allow need a rule that uses them, as of "
                                "--preset harmful");
        return 0;
    }
    s->lexicon = lexicon_open(o->lexicons.at, o->lexicons.n, o->allow.at, o->allow.n, err);
    return s->lexicon ? 0 : err->code;
}

static int run_stage(struct stage *s, struct weir_err *err)
{
    int rc = filter_plan_make(s->opt, &s->plan, err);
    if (!rc && !s->plan.n && !s->plan.n_line)
        rc = weir_err_set(err, WEIR_EUSAGE, "no rules: give --preset, --rule or --annotate");
    if (!rc)
        rc = open_lexicon(s, err);
    if (rc)
        return rc;
    set_memory(s);
    const struct weir_stage stage = {
        .ctx = s,
        .thread_new = thread_new,
        .thread_free = thread_free,
        .work = work,
        .commit = s->plan.n_line ? commit : NULL,
        .fixed_memory =
            s->job->memory / 16 + s->big + (s->lexicon ? lexicon_memory(s->lexicon) : 0),
    };
    return weir_stage_run(&stage, s->job, err);
}

static int print_list(const struct weir_filters_opt *opt, struct weir_job *job,
                      struct weir_err *err)
{
    struct weir_buf b = {0};
    if (opt->list_rules)
        filter_list_rules(&b);
    if (opt->list_presets)
        filter_list_presets(&b);
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
    int rc;
    if (opt->list_rules || opt->list_presets) {
        rc = print_list(opt, job, err);
    } else {
        struct stage s = {.opt = opt, .job = job};
        pthread_mutex_init(&s.big_lock, NULL);
        rc = run_stage(&s, err);
        lexicon_close(s.lexicon);
        filter_plan_free(&s.plan);
        pthread_mutex_destroy(&s.big_lock);
    }
    return weir_job_close_output(job, rc, err);
}
