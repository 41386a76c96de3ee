/* Answers against what the texts say: precision, recall, F1. */
#include <stdlib.h>
#include <string.h>
#include "kg2instruction/ie_predict.h"
#include "lib/twice.h"
#include "weir/kg2instruction.h"
#include "weir/stream.h"

struct count {
    uint64_t right, said, gold, partly; // partly: right ones, and those that hold or are held
};

struct bucket { // of one type, or one value of --by
    struct count main, argument;
};

struct buckets {
    struct ie_schema names;
    struct bucket *at;
    size_t cap;
};

struct run {
    const struct weir_eval_opt *opt;
    enum ie_task task;
    struct ie_doc doc;  // of the record at hand
    struct ie_doc kept; // of the texts' tuples
    weir_json *strict;  // NULL: read what can be read
    struct ie_tuples said, gold;
    struct weir_buf id; // of the text at hand: source, NUL, id
    struct weir_buf by; // its value of --by
    int open;
    uint64_t texts, records, unread;
    struct bucket all;
    struct buckets types, groups;
};

void weir_eval_opt_init(void *opt)
{
    *(struct weir_eval_opt *)opt = (struct weir_eval_opt){0};
}

static struct bucket *bucket_of(struct buckets *b, struct weir_span name, struct weir_err *err)
{
    struct ie_item *item = ie_schema_add(&b->names, IE_NER, name, err);
    if (!item)
        return NULL;
    const size_t k = (size_t)(item - b->names.item), before = b->cap;
    if (weir_grow(&b->at, &b->cap, k + 1, sizeof *b->at)) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    if (b->cap > before)
        memset(b->at + before, 0, (b->cap - before) * sizeof *b->at);
    return &b->at[k];
}

/* ---- matching ---- */

static int compare_span(struct weir_span a, struct weir_span b)
{
    const size_t n = a.n < b.n ? a.n : b.n;
    const int c = n ? memcmp(a.p, b.p, n) : 0;
    return c ? c : a.n < b.n ? -1 : a.n > b.n;
}

static int compare(const void *x, const void *y)
{
    const struct ie_tuple *a = x, *b = y;
    if (a->is_argument != b->is_argument)
        return a->is_argument - b->is_argument;
    int c = compare_span(a->type, b->type);
    c = c ? c : compare_span(a->a, b->a);
    return c ? c : compare_span(a->b, b->b);
}

static void sort(struct ie_tuples *t, int once)
{
    size_t n = 0;
    if (!t->n)
        return;
    qsort(t->at, t->n, sizeof *t->at, compare);
    for (size_t i = 0; once && i < t->n; i++)
        if (!n || compare(&t->at[n - 1], &t->at[i]) != 0)
            t->at[n++] = t->at[i];
    t->n = once ? n : t->n;
}

static int holds(struct weir_span a, struct weir_span b)
{
    if (!a.n || !b.n)
        return a.n == b.n;
    return a.n >= b.n ? memmem(a.p, a.n, b.p, b.n) != NULL : memmem(b.p, b.n, a.p, a.n) != NULL;
}

/* Roles are labels: they must be the same. */
static int is_partly(const struct ie_tuple *x, const struct ie_tuple *y)
{
    return x->is_argument == y->is_argument && weir_span_eq(x->type, y->type) &&
           (x->is_argument ? weir_span_eq(x->a, y->a) : holds(x->a, y->a)) && holds(x->b, y->b);
}

static int count(struct run *run, const struct ie_tuple *t, size_t field, struct weir_err *err)
{
    struct bucket *b[3] = {&run->all, bucket_of(&run->types, t->type, err),
                           run->opt->by ? bucket_of(&run->groups, weir_buf_span(&run->by), err)
                                        : NULL};
    for (int i = 0; i < 3 && !err->code; i++)
        if (b[i])
            (&(t->is_argument ? &b[i]->argument : &b[i]->main)->right)[field]++;
    return err->code;
}

enum { RIGHT, SAID, GOLD, PARTLY };

#define MAX_LEFT 1024 // tuples of a text that are looked at for being partly right

/* Pairs off those that are the same; of the others each with the first that it holds or is held by.
 */
static int match(struct run *run, struct weir_err *err)
{
    struct ie_tuples *s = &run->said, *g = &run->gold;
    size_t n_said = 0, n_gold = 0;
    sort(s, run->opt->match);
    sort(g, run->opt->match);
    for (size_t i = 0; i < s->n; i++)
        if (count(run, &s->at[i], SAID, err))
            return err->code;
    for (size_t i = 0; i < g->n; i++)
        if (count(run, &g->at[i], GOLD, err))
            return err->code;
    for (size_t i = 0, k = 0; i < s->n || k < g->n;) {
        const int c = i == s->n ? 1 : k == g->n ? -1 : compare(&s->at[i], &g->at[k]);
        if (!c && (count(run, &s->at[i], RIGHT, err) || count(run, &s->at[i], PARTLY, err)))
            return err->code;
        if (c < 0)
            s->at[n_said++] = s->at[i];
        if (c > 0)
            g->at[n_gold++] = g->at[k];
        i += c <= 0;
        k += c >= 0;
    }
    n_gold = n_gold < MAX_LEFT ? n_gold : MAX_LEFT;
    for (size_t i = 0; i < n_said && i < MAX_LEFT; i++)
        for (size_t k = 0; k < n_gold; k++)
            if (is_partly(&s->at[i], &g->at[k])) {
                if (count(run, &s->at[i], PARTLY, err))
                    return err->code;
                g->at[k] = g->at[--n_gold];
                break;
            }
    return 0;
}

static int end_text(struct run *run, struct weir_err *err)
{
    const int rc = run->open ? match(run, err) : 0;
    run->texts += run->open;
    run->open = 0;
    run->said.n = run->gold.n = 0;
    ie_doc_reset(&run->kept);
    return rc;
}

/* ---- records ---- */

static struct weir_span answer_of(const struct run *run, const struct ie_val *rec)
{
    if (run->opt->field)
        return ie_text(rec, run->opt->field);
    const struct weir_span s = ie_text(rec, "response");
    return s.p ? s : ie_text(rec, "output");
}

static struct weir_span keep(struct run *run, struct weir_span s)
{
    char *p = ie_alloc(&run->kept, s.n);
    if (!p)
        return weir_span("", 0);
    memcpy(p, s.n ? s.p : "", s.n);
    return weir_span(p, s.n);
}

/* The gold list: "label", JSON in a string or as it is; without it "output", the answer that a
 * training record has. */
static int read_gold(struct run *run, const struct ie_val *rec, const char **why)
{
    static const char *const key[] = {"entity", "relation", "relation", "event",
                                      "event",  "event",    "relation"};
    const struct ie_val *label = ie_get(rec, "label");
    struct ie_val list = {.type = WEIR_JSON_OBJECT, .n = 1}, kid;
    struct ie_facts f;
    size_t at = 0;
    *why = "no \"label\", and no \"output\" beside the answer";
    if (!label) {
        const struct weir_span output = ie_text(rec, "output");
        if (!output.p || output.p == answer_of(run, rec).p)
            return -1;
        *why = "\"output\" says nothing that can be read";
        const int rc = ie_tuples_read(&run->gold, &run->kept, run->task, keep(run, output), NULL);
        return rc == 1 ? 0 : rc ? rc : -1;
    }
    run->kept.loose = 1;
    const struct ie_val *v =
        label->type == WEIR_JSON_STRING ? ie_parse(&run->kept, keep(run, label->str), &at) : label;
    *why = "\"label\" is no list";
    if (!v || v->type != WEIR_JSON_ARRAY)
        return run->kept.failed ? WEIR_EMEM : -1;
    kid = *v;
    kid.key = weir_span(key[run->task], strlen(key[run->task]));
    list.kid = &kid;
    const enum ie_task task = run->task == IE_SPO ? IE_RE : run->task;
    const int rc = ie_facts_read(&run->kept, task, &list, weir_span("", 0), &f, why);
    return rc ? rc : ie_tuples_of(&run->gold, task, &f);
}

/* Copies what a label that was no string refers to, for the record goes. */
static void keep_tuples(struct run *run, struct ie_tuples *t, size_t from)
{
    for (size_t i = from; i < t->n; i++) {
        t->at[i].type = keep(run, t->at[i].type);
        t->at[i].a = keep(run, t->at[i].a);
        t->at[i].b = keep(run, t->at[i].b);
    }
}

/* 1 when the record goes on with the text before. */
static int is_same_text(struct run *run, const struct ie_val *rec)
{
    struct weir_buf id = {0};
    const struct ie_val *v = ie_get(rec, "id"), *source = ie_get(rec, "source");
    if (source)
        ie_put(&id, source, 0);
    weir_buf_addc(&id, '\0');
    if (v)
        ie_put(&id, v, 0);
    const int same = run->open && v && weir_span_eq(weir_buf_span(&id), weir_buf_span(&run->id));
    weir_buf_free(&run->id);
    run->id = id;
    return same;
}

static void note_by(struct run *run, const struct ie_val *rec)
{
    const struct ie_val *v = run->opt->by ? ie_get(rec, run->opt->by) : NULL;
    run->by.n = 0;
    if (v && v->type == WEIR_JSON_STRING)
        weir_buf_add(&run->by, v->str.p, v->str.n);
    else if (v)
        ie_put(&run->by, v, 0);
}

static int commit(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct run *run = ctx;
    const struct weir_span raw = weir_rec_raw(b, r);
    const char *why;
    size_t at = 0;
    ie_doc_reset(&run->doc);
    run->doc.loose = 0;
    const struct ie_val *rec = ie_parse(&run->doc, raw, &at);
    if (!rec)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!is_same_text(run, rec)) {
        if (end_text(run, err))
            return err->code;
        note_by(run, rec);
        const int rc = read_gold(run, rec, &why);
        if (rc == WEIR_EMEM)
            return weir_err_set(err, WEIR_EMEM, "out of memory");
        if (rc) {
            run->gold.n = 0;
            weir_rec_bad(b, r, "bad-label", "%s", why);
            return 0;
        }
        keep_tuples(run, &run->gold, 0);
        run->open = 1;
    }
    const size_t before = run->said.n;
    const int rc =
        ie_tuples_read(&run->said, &run->doc, run->task, answer_of(run, rec), run->strict);
    if (rc < 0)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    keep_tuples(run, &run->said, before);
    run->records++;
    run->unread += rc == 0;
    if (run->kept.failed || run->id.failed || run->by.failed)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    weir_twice_pass(r);
    return 0;
}

static int work(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                struct weir_err *err)
{
    const struct run *run = ctx;
    struct weir_err why = {0};
    struct weir_field *f;
    size_t n;
    const struct weir_span raw = weir_rec_raw(b, r);
    if (weir_json_object(thread, raw.p, raw.n, &f, &n, &why) < 0) {
        if (why.code != WEIR_EBAD)
            return weir_err_set(err, why.code, "%s", why.msg);
        weir_rec_bad(b, r, "bad-json", "%s", why.msg);
        return 0;
    }
    const struct weir_field *a =
        weir_json_find(f, n, run->opt->field ? run->opt->field : "response");
    if (!a && !run->opt->field)
        a = weir_json_find(f, n, "output");
    if (!a || a->type != WEIR_JSON_STRING)
        weir_rec_bad(b, r, "no-answer", "no text \"%s\"",
                     run->opt->field ? run->opt->field : "response\" or \"output");
    return 0;
}

static void *thread_new(void *ctx, struct weir_err *err)
{
    (void)ctx;
    return weir_json_new(err);
}

static void thread_free(void *thread)
{
    weir_json_free(thread);
}

/* ---- the report ---- */

static int is_event(enum ie_task task)
{
    return task == IE_EE || task == IE_EEA;
}

static double ratio(uint64_t a, uint64_t b)
{
    return b ? (double)a / (double)b : 0;
}

static double f1(double p, double r)
{
    return p + r > 0 ? 2 * p * r / (p + r) : 0;
}

static void put_scores(struct weir_buf *b, const char *name, double p, double r)
{
    weir_buf_addf(b, "\"%s\":{\"p\":%.4f,\"r\":%.4f,\"f1\":%.4f}", name, p, r, f1(p, r));
}

static void put_count(struct weir_buf *b, const char *name, const struct count *c)
{
    const double p = ratio(c->right, c->said), r = ratio(c->right, c->gold);
    weir_buf_addf(b, "\"%s\":{\"p\":%.4f,\"r\":%.4f,\"f1\":%.4f,\"right\":%llu,\"said\":%llu,",
                  name, p, r, f1(p, r), (unsigned long long)c->right, (unsigned long long)c->said);
    weir_buf_addf(b, "\"gold\":%llu,", (unsigned long long)c->gold);
    put_scores(b, "partial", ratio(c->partly, c->said), ratio(c->partly, c->gold));
    weir_buf_addc(b, '}');
}

static void put_bucket(struct weir_buf *b, const struct run *run, const struct bucket *x)
{
    static const char *const main_name[IE_N_TASKS] = {"entity",  "relation", "relation", "event",
                                                      "trigger", "event",    "relation"};
    put_count(b, main_name[run->task], &x->main);
    if (is_event(run->task)) {
        weir_buf_addc(b, ',');
        put_count(b, "argument", &x->argument);
    }
}

/* The mean over all types that are said or gold. */
static void put_macro(struct weir_buf *b, const char *name, const struct buckets *t, int argument)
{
    double p = 0, r = 0, f = 0;
    size_t n = 0;
    for (size_t i = 0; i < t->names.n; i++) {
        const struct count *c = argument ? &t->at[i].argument : &t->at[i].main;
        if (!c->said && !c->gold)
            continue;
        const double pi = ratio(c->right, c->said), ri = ratio(c->right, c->gold);
        p += pi, r += ri, f += f1(pi, ri), n++;
    }
    n = n ? n : 1;
    weir_buf_addf(b, "\"%s\":{\"p\":%.4f,\"r\":%.4f,\"f1\":%.4f}", name, p / (double)n,
                  r / (double)n, f / (double)n);
}

static void put_buckets(struct weir_buf *b, const struct run *run, const char *name,
                        const struct buckets *t)
{
    weir_buf_addf(b, ",\n\"%s\":{", name);
    for (size_t i = 0; i < t->names.n; i++) {
        weir_buf_adds(b, i ? ",\n  " : "\n  ");
        weir_buf_add_json(b, t->names.item[i].label);
        weir_buf_adds(b, ":{");
        put_bucket(b, run, &t->at[i]);
        weir_buf_addc(b, '}');
    }
    weir_buf_addc(b, '}');
}

static int report(const struct run *run, weir_io *out, struct weir_err *err)
{
    struct weir_buf b = {0};
    weir_buf_addf(&b, "{\"task\":\"%s\",\"match\":\"%s\",\"texts\":%llu,\"records\":%llu,",
                  ie_task_names[run->task], run->opt->match ? "set" : "normal",
                  (unsigned long long)run->texts, (unsigned long long)run->records);
    weir_buf_addf(&b, "\"unread\":%llu,\n\"micro\":{", (unsigned long long)run->unread);
    put_bucket(&b, run, &run->all);
    weir_buf_adds(&b, "},\n\"macro\":{");
    put_macro(&b, "main", &run->types, 0);
    if (is_event(run->task)) {
        weir_buf_addc(&b, ',');
        put_macro(&b, "argument", &run->types, 1);
    }
    weir_buf_addc(&b, '}');
    put_buckets(&b, run, "types", &run->types);
    if (run->opt->by)
        put_buckets(&b, run, "by", &run->groups);
    weir_buf_adds(&b, "}\n");
    const int rc = weir_buf_check(&b, err) ? err->code : weir_io_write(out, b.p, b.n, err);
    weir_buf_free(&b);
    return rc;
}

static void close_all(struct run *run)
{
    weir_json_free(run->strict);
    ie_doc_free(&run->doc);
    ie_doc_free(&run->kept);
    free(run->said.at);
    free(run->gold.at);
    weir_buf_free(&run->id);
    weir_buf_free(&run->by);
    ie_schema_free(&run->types.names);
    ie_schema_free(&run->groups.names);
    free(run->types.at);
    free(run->groups.at);
}

int weir_eval_run(const struct weir_eval_opt *opt, struct weir_job *job, struct weir_err *err)
{
    struct run run = {.opt = opt, .task = (enum ie_task)opt->task};
    const struct weir_stage stage = {.ctx = &run,
                                     .thread_new = thread_new,
                                     .thread_free = thread_free,
                                     .work = work,
                                     .commit = commit,
                                     .fixed_memory = (uint64_t)24 << 20};
    ie_schema_init(&run.types.names);
    ie_schema_init(&run.groups.names);
    run.strict = opt->strict ? weir_json_new(err) : NULL;
    int rc = err->code ? err->code : weir_stage_run(&stage, job, err);
    if (!rc)
        rc = end_text(&run, err);
    if (!rc)
        rc = report(&run, job->out, err);
    close_all(&run);
    return weir_job_close_output(job, rc, err);
}
