/* weir dedup decontaminate: documents that share n-grams with benchmarks go (Brown et al. 2020,
 * appendix C; datatrove's decont).  The benchmarks are read first; from then on their table is only
 * asked, by all threads. */
#include <stdlib.h>
#include <string.h>

#include "dedup/dedup_grams.h"
#include "lib/twice.h"
#include "weir/doc.h"
#include "weir/utf8.h"

enum { USER_TASK, USER_HITS, USER_GRAMS };
enum { MAX_TASKS = 65536, KEEP_BYTES = 64 << 10 };

struct task {
    char *name;
    uint64_t n_items, n_grams, n_docs, n_hits;
};

struct decon {
    const struct weir_dedup_decontaminate_opt *opt;
    struct dedup_gram_rule rule;
    dedup_simple *simple;
    struct dedup_gram_table table; // from an n-gram to its task's number, from 1
    struct task *task;
    size_t n_task, cap_task;
    uint64_t n_short;        // items without an n-gram
    struct weir_buf against; // what the benchmarks' files are, for the ledger
};

void weir_dedup_decontaminate_opt_init(struct weir_dedup_decontaminate_opt *opt)
{
    *opt = (struct weir_dedup_decontaminate_opt){
        .task = "task", .words = 12, .chars = 20, .min_hits = 1};
}

/* ---- benchmarks ---- */

static int64_t task_number(struct decon *d, struct weir_span name)
{
    for (size_t i = d->n_task; i > 0; i--) // items of a task follow one another
        if (weir_span_is(name, d->task[i - 1].name))
            return (int64_t)i;
    if (d->n_task == MAX_TASKS || weir_grow(&d->task, &d->cap_task, d->n_task + 1, sizeof *d->task))
        return WEIR_EMEM;
    char *copy = strndup(name.p, strnlen(name.p, name.n));
    if (!copy)
        return WEIR_EMEM;
    d->task[d->n_task] = (struct task){.name = copy};
    return (int64_t)++d->n_task;
}

/* A file's name without folders and endings. */
static struct weir_span file_task(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strchr(*name ? name + 1 : name, '.');
    return weir_span(name, dot ? (size_t)(dot - name) : strlen(name));
}

struct item { // on its way into the table
    struct decon *d;
    uint32_t task;
    uint64_t label_from; // n-grams that end before this unit are of the query alone
    uint64_t n_grams;
    int failed;
};

static void keep_gram(void *ctx, const struct dedup_gram *gram)
{
    struct item *it = ctx;
    if (gram->end_unit < it->label_from)
        return;
    it->n_grams++;
    const int added = dedup_gram_table_add(&it->d->table, gram->hash, it->task);
    it->failed |= added < 0;
    it->d->task[it->task - 1].n_grams += added > 0;
}

static int add_item(struct decon *d, dedup_grams *g, struct weir_span task, struct weir_span query,
                    const struct weir_span *label, size_t n_label, struct weir_err *err)
{
    const int64_t number = task_number(d, task);
    if (number < 0)
        return weir_err_set(err, WEIR_EMEM, "more than %d tasks, or out of memory", MAX_TASKS);
    struct item it = {.d = d, .task = (uint32_t)number};
    int64_t n_units = 0;
    dedup_grams_start(g);
    if (query.p) {
        it.label_from = d->opt->query ? 0 : UINT64_MAX;
        n_units = dedup_grams_add(g, query, keep_gram, &it);
        it.label_from = d->opt->query ? 0 : (uint64_t)n_units;
    }
    for (size_t i = 0; i < n_label && n_units >= 0; i++)
        n_units = dedup_grams_add(g, label[i], keep_gram, &it);
    d->task[it.task - 1].n_items++;
    d->n_short += !it.n_grams;
    if (n_units >= 0 && !it.failed)
        return 0;
    return weir_err_set(err, WEIR_EMEM,
                        "the benchmarks' n-grams do not fit: %zu took %zu MiB; raise -m",
                        d->table.n, d->table.cap * 13 >> 20);
}

static struct weir_span string_of(const struct weir_field *f, size_t n_f, const char *key)
{
    const struct weir_field *x = weir_json_find(f, n_f, key);
    return x && x->type == WEIR_JSON_STRING ? x->str : weir_span(NULL, 0);
}

/* The members that --member names, else label and query, else text. */
static int json_item(struct decon *d, dedup_grams *g, weir_json *json, struct weir_span line,
                     const char *file, struct weir_err *err)
{
    struct weir_field *f;
    size_t n_f, n = 0;
    int rc = weir_json_object(json, line.p, line.n, &f, &n_f, err);
    if (rc)
        return rc;
    struct weir_span task = string_of(f, n_f, d->opt->task), query = {0};
    struct weir_span *label = weir_calloc(d->opt->member.n + 1, sizeof *label);
    if (!label)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    for (size_t i = 0; i < d->opt->member.n; i++)
        if ((label[n] = string_of(f, n_f, d->opt->member.at[i])).p)
            n++;
    if (!d->opt->member.n) {
        query = string_of(f, n_f, "query");
        label[0] = string_of(f, n_f, "label");
        if (!label[0].p)
            label[0] = string_of(f, n_f, "text");
        if (!label[0].p) {
            label[0] = query;
            query = weir_span(NULL, 0);
        }
        n = label[0].p != NULL;
    }
    if (!n)
        rc = weir_err_set(err, WEIR_EBAD, "no string under %s (--member NAME says what to compare)",
                          d->opt->member.n ? d->opt->member.at[0] : "label, text or query");
    else
        rc = add_item(d, g, task.p ? task : file_task(file), query, label, n, err);
    free(label);
    return rc;
}

static int add_line(struct decon *d, dedup_grams *g, weir_json *json, const struct weir_batch *b,
                    const struct weir_rec *r, struct weir_err *err)
{
    const struct weir_span line = weir_rec_raw(b, r);
    int rc;
    if (r->fate == WEIR_BAD)
        rc = weir_err_set(err, WEIR_EBAD, "%.*s", (int)r->detail_n, b->aux.p + r->detail_at);
    else if (line.p[0] == '{')
        rc = json_item(d, g, json, line, r->file, err);
    else if (weir_utf8_valid(line.p, line.n) != line.n)
        rc = weir_err_set(err, WEIR_EBAD, "not valid UTF-8");
    else
        rc = add_item(d, g, file_task(r->file), weir_span(NULL, 0), &line, 1, err);
    if (rc)
        weir_err_prefix(err, "%s:%llu", r->file, (unsigned long long)r->line);
    return rc;
}

static int read_lines(struct decon *d, weir_lines *lines, struct weir_err *err)
{
    struct weir_batch b = {0};
    dedup_grams *g = dedup_grams_new(&d->rule, err);
    weir_json *json = g ? weir_json_new(err) : NULL;
    int rc = json ? 0 : err->code, got = 1;
    while (!rc && (got = weir_lines_next(lines, &b, err)) > 0) {
        rc = weir_buf_reserve(&b.raw, WEIR_PADDING) ? weir_err_set(err, WEIR_EMEM, "out of memory")
                                                    : add_line(d, g, json, &b, &b.rec[0], err);
        weir_buf_reset(&b.raw, KEEP_BYTES);
        weir_buf_reset(&b.aux, KEEP_BYTES);
        b.n_rec = 0;
    }
    weir_json_free(json);
    dedup_grams_free(g);
    weir_buf_free(&b.raw);
    weir_buf_free(&b.aux);
    free(b.rec);
    return rc ? rc : got;
}

static int read_benchmarks(struct decon *d, const struct weir_job *job, struct weir_err *err)
{
    struct weir_job own;
    weir_job_init(&own, job->stage);
    own.inputs = d->opt->against.at;
    own.n_inputs = d->opt->against.n;
    weir_inputs *in = weir_inputs_open(&own, err);
    weir_lines *lines = in ? weir_lines_open(in, job->max_record, err) : NULL;
    int rc = lines ? read_lines(d, lines, err) : err->code;
    weir_lines_close(lines);
    weir_inputs_close(in);
    weir_buf_add(&d->against, own.input_list.p, own.input_list.n);
    weir_job_free(&own);
    if (!rc && !d->table.n)
        rc = weir_err_set(err, WEIR_EFAIL,
                          "--against: no text of at least %lld words or %lld characters",
                          (long long)d->opt->words, (long long)d->opt->chars);
    return rc ? rc : weir_buf_check(&d->against, err);
}

/* ---- documents ---- */

struct worker {
    weir_json *json;
    dedup_grams *grams;
    const struct decon *d;
    uint64_t hits, n_grams;
    uint32_t task; // of the first hit
    struct weir_buf shown, quoted;
};

static void worker_free(void *thread)
{
    struct worker *w = thread;
    if (!w)
        return;
    weir_json_free(w->json);
    dedup_grams_free(w->grams);
    weir_buf_free(&w->shown);
    weir_buf_free(&w->quoted);
    free(w);
}

static void *worker_new(void *ctx, struct weir_err *err)
{
    struct worker *w = weir_calloc(1, sizeof *w);
    if (!w)
        return NULL;
    w->d = ctx;
    w->json = weir_json_new(err);
    w->grams = w->json ? dedup_grams_new(&w->d->rule, err) : NULL;
    if (w->grams)
        return w;
    worker_free(w);
    return NULL;
}

static void look_up(void *ctx, const struct dedup_gram *gram)
{
    struct worker *w = ctx;
    const uint32_t task = dedup_gram_table_find(&w->d->table, gram->hash);
    w->n_grams++;
    if (!task)
        return;
    if (!w->hits++) {
        w->task = task;
        dedup_gram_show(&w->shown, gram->text);
    }
}

static int contaminated(const struct worker *w)
{
    const struct weir_dedup_decontaminate_opt *o = w->d->opt;
    return w->hits && w->hits >= (uint64_t)o->min_hits &&
           (double)w->hits >= o->min_ratio * (double)w->n_grams;
}

static int work(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                struct weir_err *err)
{
    const struct decon *d = ctx;
    struct worker *w = thread;
    struct weir_doc doc;
    struct weir_err why = {0};
    if (weir_doc_parse(w->json, weir_rec_raw(b, r), &doc, &why)) {
        if (why.code != WEIR_EBAD)
            return weir_err_set(err, why.code, "%s", why.msg);
        weir_rec_bad(b, r, "bad-document", "%s", why.msg);
        return 0;
    }
    weir_rec_source(b, r, doc.source);
    w->hits = w->n_grams = 0;
    weir_buf_reset(&w->shown, KEEP_BYTES);
    weir_buf_reset(&w->quoted, KEEP_BYTES);
    dedup_grams_start(w->grams);
    if (dedup_grams_add(w->grams, doc.text, look_up, w) < 0)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!contaminated(w))
        return weir_buf_check(&w->shown, err);
    const char *name = d->task[w->task - 1].name;
    weir_buf_adds(&w->quoted, "\"task\":");
    weir_buf_add_json(&w->quoted, weir_span(name, strlen(name)));
    weir_buf_adds(&w->quoted, ",\"ngram\":");
    weir_buf_add_json(&w->quoted, weir_buf_span(&w->shown));
    weir_buf_addc(&w->quoted, '\0');
    r->user[USER_TASK] = w->task;
    r->user[USER_HITS] = w->hits;
    if (w->shown.failed || w->quoted.failed)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    weir_rec_drop(b, r, "contaminated", "%s,\"hits\":%llu,\"ngrams\":%llu", w->quoted.p,
                  (unsigned long long)w->hits, (unsigned long long)w->n_grams);
    return 0;
}

static int count(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct decon *d = ctx;
    (void)b, (void)err;
    if (r->fate == WEIR_DROP) {
        d->task[r->user[USER_TASK] - 1].n_docs++;
        d->task[r->user[USER_TASK] - 1].n_hits += r->user[USER_HITS];
    }
    return 0;
}

static int report(const struct decon *d, struct weir_job *job, struct weir_err *err)
{
    const struct weir_count none = {0}, n_short = {.records = d->n_short};
    int failed = 0;
    weir_buf_adds(&job->extra, ",\"against\":[");
    weir_buf_add(&job->extra, d->against.p, d->against.n);
    weir_buf_adds(&job->extra, "],\"tasks\":{");
    for (size_t i = 0; i < d->n_task; i++) {
        const struct task *t = &d->task[i];
        const struct weir_span name = weir_span(t->name, strlen(t->name));
        const struct weir_count docs = {.records = t->n_docs};
        weir_buf_adds(&job->extra, i ? "," : "");
        weir_buf_add_json(&job->extra, name);
        weir_buf_addf(&job->extra,
                      ":{\"items\":%llu,\"ngrams\":%llu,\"documents\":%llu,\"hits\":%llu}",
                      (unsigned long long)t->n_items, (unsigned long long)t->n_grams,
                      (unsigned long long)t->n_docs, (unsigned long long)t->n_hits);
        if (t->n_docs)
            failed |= weir_names_add(&job->tally.notes, name, docs, none) != 0;
    }
    weir_buf_addc(&job->extra, '}');
    if (d->n_short)
        failed |= weir_names_add(&job->tally.notes, WEIR_LIT("benchmark items too short"), n_short,
                                 none) != 0;
    if (failed)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    return weir_buf_check(&job->extra, err);
}

static int run(struct decon *d, struct weir_job *job, struct weir_err *err)
{
    if (dedup_gram_table_init(&d->table, weir_twice_memory(job)))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!(d->simple = dedup_simple_new(DEDUP_DATATROVE, err)))
        return err->code;
    d->rule = (struct dedup_gram_rule){(unsigned)d->opt->words, (unsigned)d->opt->chars, d->simple};
    int rc = read_benchmarks(d, job, err);
    const struct weir_stage stage = {.ctx = d,
                                     .thread_new = worker_new,
                                     .thread_free = worker_free,
                                     .work = work,
                                     .commit = count,
                                     .fixed_memory = d->table.cap * 13};
    if (!rc)
        rc = weir_stage_run(&stage, job, err);
    return rc ? rc : report(d, job, err);
}

int weir_dedup_decontaminate_run(const struct weir_dedup_decontaminate_opt *opt,
                                 struct weir_job *job, struct weir_err *err)
{
    struct decon d = {.opt = opt};
    int rc = 0;
    if (!opt->against.n)
        rc = weir_err_set(err, WEIR_EUSAGE, "needs --against FILE, the benchmarks");
    if (!rc)
        rc = run(&d, job, err);
    for (size_t i = 0; i < d.n_task; i++)
        free(d.task[i].name);
    free(d.task);
    dedup_gram_table_free(&d.table);
    dedup_simple_free(d.simple);
    weir_buf_free(&d.against);
    return weir_job_close_output(job, rc, err);
}
