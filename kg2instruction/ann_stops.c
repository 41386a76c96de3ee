/* weir kg2instruction stops: names that texts use as words.
 *
 * A page links a thing once, where it names it first, so that of the pages that hold a name those
 * count in which it is a link (the keyphraseness of Mihalcea and Csomai, "Wikify!", CIKM 2007): a
 * name that many pages hold and hardly any links is a word.
 *
 *      pages ──► (name, linked) once a page ──► table ──► extsort when full ──► sums ──► list */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kg2instruction/ann_mark.h"
#include "kg2instruction/ann_open.h"
#include "lib/json_tree.h"
#include "lib/xxh.h"
#include "weir/extsort.h"
#include "weir/stream.h"

enum { SLOT_BYTES = 64 }; // of the table, with the name

void weir_kg_stops_opt_init(void *opt)
{
    *(struct weir_kg_stops_opt *)opt = (struct weir_kg_stops_opt){.pages = 50, .linked = 0.005};
}

struct sums {
    uint64_t pages, linked;
};

struct entry {
    size_t at; // of the name in names
    uint32_t n;
    struct sums sums;
};

struct run {
    const struct weir_kg_stops_opt *opt;
    struct weir_job *job;
    struct ann_shared sh;
    weir_extsort *sort;
    struct entry *entries;
    size_t n_entries, cap_entries, most; // most: of entries, before they go to the sorting
    uint32_t *slots;                     // (n_slots) entry + 1
    size_t n_slots;
    uint64_t seed;
    struct weir_buf names;
};

/* ---- of one page ---- */

struct place {
    size_t at, n;
};

struct name {
    struct weir_span key;
    int linked;
};

struct thread {
    const struct run *run;
    weir_json *json;
    json_tree *tree;
    struct weir_doc doc;
    struct ann_text text;
    struct ann_matches matches;
    struct place *links;
    size_t n_links, cap_links;
    struct name *names;
    size_t n_names, cap_names;
};

static void thread_free(void *thread)
{
    struct thread *t = thread;
    if (!t)
        return;
    weir_json_free(t->json);
    json_tree_free(t->tree);
    ann_text_free(&t->text);
    free(t->matches.at);
    free(t->links);
    free(t->names);
    free(t);
}

static void *thread_new(void *ctx, struct weir_err *err)
{
    struct thread *t = weir_calloc(1, sizeof *t);
    if (!t) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    t->run = ctx;
    t->json = weir_json_new(err);
    t->tree = t->json ? json_tree_new(err) : NULL;
    if (t->tree)
        return t;
    thread_free(t);
    return NULL;
}

static int add_link(void *ctx, struct weir_span key, struct json_node node)
{
    struct thread *t = ctx;
    struct place p;
    (void)key;
    if (!ann_link_place(node, t->doc.text.n, &p.at, &p.n))
        return WEIR_EBAD;
    if (weir_grow(&t->links, &t->cap_links, t->n_links + 1, sizeof *t->links))
        return WEIR_EMEM;
    t->links[t->n_links++] = p;
    return 0;
}

static int by_place(const void *x, const void *y)
{
    const struct place *a = x, *b = y;
    return a->at < b->at ? -1 : a->at > b->at;
}

/* 0, WEIR_EBAD for links that are none, WEIR_EMEM. */
static int read_links(struct thread *t, const struct weir_field *f, struct weir_err *err)
{
    struct json_node node;
    t->n_links = 0;
    if (json_tree_read(t->tree, f->raw, &node, err))
        return err->code;
    const int rc = json_tree_each(node, add_link, t);
    if (t->n_links > 1)
        qsort(t->links, t->n_links, sizeof *t->links, by_place);
    return rc;
}

static int by_name(const void *x, const void *y)
{
    const struct name *a = x, *b = y;
    const int c = memcmp(a->key.p, b->key.p, a->key.n < b->key.n ? a->key.n : b->key.n);
    if (c || a->key.n != b->key.n)
        return c ? c : a->key.n < b->key.n ? -1 : 1;
    return b->linked - a->linked;
}

/* The names that would be taken for things, those inside a longer link left out, each once: linked
 * when one of its places is. */
static int list_names(struct thread *t)
{
    size_t l = 0, n = 0;
    t->n_names = 0;
    for (size_t i = 0; i < t->matches.n; i++) {
        const struct ann_match *m = &t->matches.at[i];
        const struct weir_span said = weir_span(t->doc.text.p + m->src, m->src_n);
        while (l < t->n_links && t->links[l].at + t->links[l].n <= m->src)
            l++;
        const int touches = l < t->n_links && t->links[l].at < m->src + m->src_n;
        const int linked = touches && t->links[l].at == m->src && t->links[l].n == m->src_n;
        if (m->weak || (touches && !linked) || (!linked && !ann_can_be_name(said)))
            continue;
        if (weir_grow(&t->names, &t->cap_names, t->n_names + 1, sizeof *t->names))
            return WEIR_EMEM;
        t->names[t->n_names++] =
            (struct name){weir_span(t->text.folded.p + m->at, m->end - m->at), linked};
    }
    if (t->n_names > 1)
        qsort(t->names, t->n_names, sizeof *t->names, by_name);
    for (size_t i = 0; i < t->n_names; i++)
        if (!n || !weir_span_eq(t->names[n - 1].key, t->names[i].key))
            t->names[n++] = t->names[i];
    t->n_names = n;
    return 0;
}

static int work(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                struct weir_err *err)
{
    struct thread *t = thread;
    struct weir_err why = {0};
    (void)ctx;
    if (weir_doc_parse(t->json, weir_rec_raw(b, r), &t->doc, &why)) {
        weir_rec_bad(b, r, "bad-document", "%s", why.msg);
        return 0;
    }
    weir_rec_source(b, r, t->doc.source);
    const struct weir_field *f = weir_json_find(t->doc.f, t->doc.n_f, "links");
    if (!f || f->type != WEIR_JSON_ARRAY) {
        weir_rec_drop(b, r, "no-links", NULL);
        return 0;
    }
    int rc = read_links(t, f, &why);
    if (rc == WEIR_EBAD) {
        weir_rec_bad(b, r, "bad-links", "\"links\" is not what weir ingest --links writes");
        return 0;
    }
    if (!rc)
        rc = ann_text_set(&t->text, t->run->sh.fold, t->doc.text);
    if (!rc)
        rc = ann_text_match(&t->text, t->run->sh.index, &t->matches);
    if (rc || list_names(t))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    r->aux_at = b->aux.n;
    for (size_t i = 0; i < t->n_names; i++) {
        const uint16_t n = (uint16_t)t->names[i].key.n; // at most KG_KEY_MAX
        weir_buf_add(&b->aux, &n, sizeof n);
        weir_buf_addc(&b->aux, (char)t->names[i].linked);
        weir_buf_add(&b->aux, t->names[i].key.p, n);
    }
    r->aux_n = b->aux.n - r->aux_at;
    r->fate = WEIR_MADE;
    return weir_buf_check(&b->aux, err);
}

/* ---- of all ---- */

static struct weir_span name_of(const struct run *run, const struct entry *e)
{
    return weir_span(run->names.p + e->at, e->n);
}

/* Gives all entries to the sorting. */
static int spill(struct run *run, struct weir_err *err)
{
    for (size_t i = 0; i < run->n_entries; i++) {
        const struct entry *e = &run->entries[i];
        if (weir_extsort_add(run->sort, name_of(run, e),
                             weir_span((const char *)&e->sums, sizeof e->sums), err))
            return err->code;
    }
    run->n_entries = 0;
    run->names.n = 0;
    memset(run->slots, 0, run->n_slots * sizeof *run->slots);
    return 0;
}

static int count(struct run *run, struct weir_span key, int linked, struct weir_err *err)
{
    size_t at = XXH3_64bits_withSeed(key.p, key.n, run->seed) & (run->n_slots - 1);
    while (run->slots[at] && !weir_span_eq(name_of(run, &run->entries[run->slots[at] - 1]), key))
        at = (at + 1) & (run->n_slots - 1);
    if (!run->slots[at]) {
        if (weir_grow(&run->entries, &run->cap_entries, run->n_entries + 1, sizeof *run->entries))
            return weir_err_set(err, WEIR_EMEM, "out of memory");
        run->entries[run->n_entries++] = (struct entry){run->names.n, (uint32_t)key.n, {0, 0}};
        run->slots[at] = (uint32_t)run->n_entries;
        weir_buf_add(&run->names, key.p, key.n);
        if (weir_buf_check(&run->names, err))
            return err->code;
    }
    struct entry *e = &run->entries[run->slots[at] - 1];
    e->sums.pages++;
    e->sums.linked += (uint64_t)linked;
    const int full = run->n_entries >= run->most || run->names.n >= run->most * 32;
    return full ? spill(run, err) : 0;
}

static int commit(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    const char *p = b->aux.p + r->aux_at;
    const char *const end = p + r->aux_n;
    for (uint16_t n; r->fate == WEIR_MADE && p < end; p += 3 + n) {
        memcpy(&n, p, 2);
        if (count(ctx, weir_span(p + 3, n), p[2], err))
            return err->code;
    }
    return 0;
}

static int put(struct run *run, struct weir_span key, struct sums s, struct weir_buf *line,
               struct weir_err *err)
{
    if (!key.n || s.pages < (uint64_t)run->opt->pages ||
        (double)s.linked >= run->opt->linked * (double)s.pages)
        return 0;
    line->n = 0;
    weir_buf_add(line, key.p, key.n);
    weir_buf_addf(line, "\t%llu\t%llu\n", (unsigned long long)s.pages,
                  (unsigned long long)s.linked);
    if (weir_buf_check(line, err))
        return err->code;
    run->job->tally.out.records++;
    run->job->tally.out.bytes += line->n;
    return weir_io_write(run->job->out, line->p, line->n, err);
}

/* The sums of every name, in order, and the names that are words. */
static int report(struct run *run, struct weir_err *err)
{
    struct weir_span key, value;
    struct weir_buf last = {0}, line = {0};
    struct sums sum = {0, 0}, one;
    int rc = spill(run, err);
    if (!rc)
        rc = weir_extsort_sort(run->sort, err);
    while (!rc && (rc = weir_extsort_next(run->sort, &key, &value, err)) > 0) {
        memcpy(&one, value.p, sizeof one);
        rc = 0;
        if (weir_span_eq(weir_buf_span(&last), key)) {
            sum.pages += one.pages, sum.linked += one.linked;
            continue;
        }
        rc = put(run, weir_buf_span(&last), sum, &line, err);
        last.n = 0;
        weir_buf_add(&last, key.p, key.n);
        sum = one;
        if (!rc)
            rc = weir_buf_check(&last, err);
    }
    if (!rc)
        rc = put(run, weir_buf_span(&last), sum, &line, err);
    weir_buf_free(&last);
    weir_buf_free(&line);
    return rc;
}

static int start(struct run *run, struct weir_err *err)
{
    const struct ann_paths paths = {run->opt->kg, run->opt->index, NULL};
    if (run->opt->pages < 1 || !(run->opt->linked > 0 && run->opt->linked <= 1))
        return weir_err_set(err, WEIR_EUSAGE, "--pages is at least 1, --linked above 0, at most 1");
    if (ann_shared_open(&run->sh, &paths, run->job, err))
        return err->code;
    run->most = (size_t)(run->job->memory / 64 / SLOT_BYTES);
    run->most = run->most < UINT32_MAX / 2 ? run->most : UINT32_MAX / 2;
    for (run->n_slots = 1024; run->n_slots < run->most * 3 / 2; run->n_slots *= 2)
        ;
    run->seed = (uint64_t)time(NULL) ^ (uintptr_t)run;
    run->slots = weir_calloc(run->n_slots, sizeof *run->slots);
    if (!run->slots)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    run->sort = weir_extsort_new(run->job->memory / 4, run->job->temp_dir, err);
    return run->sort ? 0 : err->code;
}

int weir_kg_stops_run(const struct weir_kg_stops_opt *opt, struct weir_job *job,
                      struct weir_err *err)
{
    struct run run = {.opt = opt, .job = job};
    int rc = start(&run, err);
    if (!rc) {
        const struct weir_stage stage = {.ctx = &run,
                                         .thread_new = thread_new,
                                         .thread_free = thread_free,
                                         .work = work,
                                         .commit = commit,
                                         .fixed_memory = kg_fold_memory(run.sh.fold) +
                                                         job->memory / 4 + job->memory / 16,
                                         .thread_memory = 8 << 20};
        rc = weir_stage_run(&stage, job, err);
    }
    if (!rc)
        rc = report(&run, err);
    weir_extsort_free(run.sort);
    free(run.entries);
    free(run.slots);
    weir_buf_free(&run.names);
    ann_shared_close(&run.sh);
    return weir_job_close_output(job, rc, err);
}
