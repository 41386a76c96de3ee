/* Records of all inputs become records of the sorters: parsed by many threads, added in order by
 * one.  What work() makes of a record waits in the batch:
 *
 *      counts (5 varints) | sorter (a byte) | key length | value length | key | value | sorter | …
 */
#include <stdlib.h>

#include "kg2instruction/kg_build.h"
#include "lib/wiki.h"

enum { N_COUNTS = 5, PAGE_BITS = 1 << 15 };
/* What a parser, its tape and the names of an ordinary entity take. */
#define THREAD_MEMORY ((uint64_t)6 << 20)

int kg_seen_add(struct kg_seen *s, kg_id id, struct weir_err *err)
{
    const size_t n_pages = ((size_t)UINT32_MAX + 1) / PAGE_BITS;
    if (!s->page && !(s->page = weir_calloc(n_pages, sizeof *s->page)))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    uint64_t **page = &s->page[id / PAGE_BITS];
    if (!*page) {
        if (s->n_bytes + PAGE_BITS / 8 > s->memory)
            return weir_err_set(err, WEIR_EMEM,
                                "the ids of all entities do not fit -m: twice as much may do");
        *page = weir_calloc(PAGE_BITS / 64, 8);
        if (!*page)
            return weir_err_set(err, WEIR_EMEM, "out of memory");
        s->n_bytes += PAGE_BITS / 8;
    }
    uint64_t *word = &(*page)[id % PAGE_BITS / 64];
    const uint64_t bit = (uint64_t)1 << id % 64;
    const int is_new = !(*word & bit);
    *word |= bit;
    return is_new;
}

void kg_seen_free(struct kg_seen *s)
{
    for (size_t i = 0; s->page && i < ((size_t)UINT32_MAX + 1) / PAGE_BITS; i++)
        free(s->page[i]);
    free(s->page);
    s->page = NULL;
}

struct thread {
    struct kg_build *k;
    json_tree *json;
    wiki_parser *xml;
    struct kg_entity entity;
    struct weir_buf name, value, key, made;
    uint64_t n_long;
};

static void thread_free(void *thread)
{
    struct thread *t = thread;
    if (!t)
        return;
    json_tree_free(t->json);
    wiki_parser_free(t->xml);
    kg_entity_free(&t->entity);
    weir_buf_free(&t->name);
    weir_buf_free(&t->value);
    weir_buf_free(&t->key);
    weir_buf_free(&t->made);
    free(t);
}

static void *thread_new(void *ctx, struct weir_err *err)
{
    struct kg_build *k = ctx;
    struct thread *t = weir_calloc(1, sizeof *t);
    if (!t) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    t->k = k;
    kg_entity_init(&t->entity, &k->keep);
    t->json = json_tree_new(err);
    if (t->json)
        t->xml = wiki_parser_new(err);
    if (t->xml)
        return t;
    thread_free(t);
    return NULL;
}

/* ---- work ---- */

static void put_record(struct weir_buf *to, enum kg_sorter sorter, struct weir_span key,
                       struct weir_span value)
{
    weir_buf_addc(to, (char)sorter);
    kg_put_varint(to, key.n);
    kg_put_varint(to, value.n);
    weir_buf_add(to, key.p, key.n);
    weir_buf_add(to, value.p, value.n);
}

static int put_name(void *ctx, struct weir_span key, struct weir_span value, struct weir_err *err)
{
    (void)err;
    put_record(ctx, KG_SORT_NAMES, key, value);
    return 0;
}

/* Look-ups of one more name; Chinese names are simplified already, others may hold Han too. */
static int put_names(struct thread *t, struct weir_buf *to, struct weir_err *err)
{
    const struct kg_entity *e = &t->entity;
    for (size_t i = 0; i < e->n_names; i++) {
        const struct kg_name_item *m = &e->name[i];
        t->name.n = 0;
        if (kg_fold_simplify(t->k->fold, &t->entity.fold, weir_span(e->text.p + m->at, m->n),
                             &t->name))
            return weir_err_set(err, WEIR_EMEM, "out of memory");
        const int n_long = kg_add_name(&t->key, weir_buf_span(&t->name), e->id, e->popularity,
                                       m->kinds, m->lang, put_name, to, err);
        if (n_long < 0)
            return n_long;
        t->n_long += (uint64_t)n_long;
    }
    return 0;
}

/* Titles as they stand, for the redirects that name them. */
static void put_titles(struct thread *t, struct weir_buf *to)
{
    const struct kg_entity *e = &t->entity;
    const uint16_t popularity = (uint16_t)e->popularity;
    char value[6];
    kg_put_be32(value, e->id);
    memcpy(value + 4, &popularity, 2);
    for (size_t i = 0; i < e->titles.n;) {
        const size_t n = strlen(e->titles.p + i) + 1; // NUL behind, then 0: a title
        t->key.n = 0;
        weir_buf_add(&t->key, e->titles.p + i, n);
        weir_buf_addc(&t->key, 0);
        put_record(to, KG_SORT_TITLES, weir_buf_span(&t->key), weir_span(value, sizeof value));
        i += n;
    }
}

static void put_parents(struct thread *t, struct weir_buf *to)
{
    const struct kg_entity *e = &t->entity;
    char key[8];
    kg_put_be32(key, e->id);
    for (size_t i = 0; i < e->n_parents; i++) {
        kg_put_be32(key + 4, e->parents[i]);
        put_record(to, KG_SORT_EDGES, weir_span(key, sizeof key), weir_span("", 0));
    }
}

static void put_counts(struct weir_buf *to, const uint64_t counts[N_COUNTS])
{
    for (int i = 0; i < N_COUNTS; i++)
        kg_put_varint(to, counts[i]);
}

static int put_entity(struct thread *t, struct weir_buf *to, struct weir_err *err)
{
    const struct kg_entity *e = &t->entity;
    const uint16_t head[2] = {(uint16_t)e->popularity, (uint16_t)e->datatype};
    char key[4];
    kg_put_be32(key, e->id);
    t->value.n = 0;
    weir_buf_add(&t->value, head, sizeof head);
    weir_buf_add(&t->value, e->data.p, e->data.n);
    put_record(to, KG_SORT_ENTITIES, weir_span(key, sizeof key), weir_buf_span(&t->value));
    put_titles(t, to);
    return put_names(t, to, err);
}

static int work_entity(struct thread *t, struct weir_batch *b, struct weir_rec *r,
                       struct weir_err *err)
{
    struct kg_entity *e = &t->entity;
    struct weir_err why = {0};
    struct json_node root;
    int rc = json_tree_read(t->json, weir_rec_raw(b, r), &root, &why);
    if (!rc)
        rc = kg_entity_parse(e, root, &why);
    if (rc == WEIR_EBAD) {
        weir_rec_bad(b, r, "malformed", "%s", why.msg);
        return 0;
    }
    if (rc)
        return weir_err_set(err, rc, "%s", why.msg);
    r->fate = WEIR_MADE;
    r->n_out = 1;
    r->user[2] = e->id;
    if (e->drop)
        weir_rec_drop(b, r, e->drop, NULL);
    t->n_long = 0;
    t->name.n = 0;
    struct weir_buf *to = &t->made;
    to->n = 0;
    put_parents(t, to);
    rc = e->drop ? 0 : put_entity(t, to, err);
    const uint64_t counts[N_COUNTS] = {e->n_names, e->n_statements, e->n_qualifiers,
                                       e->n_left_out[KG_LEFT_EXTERNAL_ID], t->n_long};
    r->aux_at = b->aux.n;
    put_counts(&b->aux, counts);
    weir_buf_add(&b->aux, to->p, to->n);
    r->aux_n = b->aux.n - r->aux_at;
    if (weir_buf_check(to, err) || weir_buf_check(&t->value, err) || weir_buf_check(&t->key, err))
        return WEIR_EMEM;
    weir_buf_reset(to, 1 << 20);
    return rc;
}

/* What a page says of a redirect. */
enum { PAGE_OTHER, PAGE_FOREIGN, PAGE_REDIRECT, PAGE_SECTION };

static int work_page(struct thread *t, struct weir_batch *b, struct weir_rec *r,
                     struct weir_err *err)
{
    const struct weir_span raw = weir_rec_raw(b, r);
    const struct wiki_site *site = (const struct wiki_site *)(uintptr_t)r->user[1];
    const struct wiki_page *page;
    const uint64_t none[N_COUNTS] = {0};
    struct weir_err why = {0};
    r->fate = WEIR_MADE;
    const int lang = kg_site_lang(&t->k->keep, site->name);
    r->user[2] = lang < 0 ? PAGE_FOREIGN : PAGE_OTHER;
    r->user[3] = r->n_out = 0;
    if (lang < 0 || !memmem(raw.p, raw.n, "<redirect", 9))
        return 0;
    const int rc = wiki_parser_page(t->xml, raw, &page, &why);
    if (rc == WEIR_EBAD) {
        weir_rec_bad(b, r, "malformed", "%s", why.msg);
        return 0;
    }
    if (rc)
        return weir_err_set(err, rc, "%s", why.msg);
    size_t rest;
    const struct weir_span title = weir_buf_span(&page->title), to = weir_buf_span(&page->redirect);
    const int main_space = page->ns.n ? weir_span_is(weir_buf_span(&page->ns), "0")
                                      : wiki_site_ns(site, title, &rest) == WIKI_NS_MAIN;
    if (!page->has_redirect || !main_space || !title.n || !to.n)
        return 0;
    r->user[2] = memchr(to.p, '#', to.n) ? PAGE_SECTION : PAGE_REDIRECT;
    t->key.n = 0;
    weir_buf_addc(&t->key, (char)(lang + 1));
    weir_buf_add(&t->key, to.p, to.n);
    weir_buf_add(&t->key, "\0\1", 2);
    r->aux_at = b->aux.n;
    put_counts(&b->aux, none);
    if (r->user[2] == PAGE_REDIRECT)
        put_record(&b->aux, KG_SORT_TITLES, weir_buf_span(&t->key), title);
    r->aux_n = b->aux.n - r->aux_at;
    return weir_buf_check(&t->key, err);
}

static int work(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                struct weir_err *err)
{
    (void)ctx;
    if (r->user[0] != KG_RECORD_PAGE) {
        weir_rec_source(b, r, WEIR_LIT("wikidata"));
        return work_entity(thread, b, r, err);
    }
    weir_rec_source(b, r, ((const struct wiki_site *)(uintptr_t)r->user[1])->name);
    return work_page(thread, b, r, err);
}

/* ---- commit ---- */

static int add_records(struct kg_build *k, const unsigned char *p, const unsigned char *end,
                       struct weir_err *err)
{
    uint64_t n_key, n_value;
    while (p < end) {
        const unsigned sorter = *p++;
        if (!kg_get_varint(&p, end, &n_key) || !kg_get_varint(&p, end, &n_value))
            return weir_err_set(err, WEIR_EFAIL, "a record between threads is broken");
        const struct weir_span key = weir_span((const char *)p, (size_t)n_key);
        const struct weir_span value = weir_span((const char *)p + n_key, (size_t)n_value);
        const int rc = weir_extsort_add(k->sorter[sorter], key, value, err);
        if (rc)
            return rc;
        p += n_key + n_value;
    }
    return 0;
}

/* Only what is kept counts; the class graph also takes what has no name. */
static int commit(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct kg_build *k = ctx;
    const int page = r->user[0] == KG_RECORD_PAGE;
    if (page) {
        k->n_other_pages += r->user[2] == PAGE_OTHER;
        k->n_foreign_pages += r->user[2] == PAGE_FOREIGN;
        k->n_section_redirects += r->user[2] == PAGE_SECTION;
        k->n_redirects += r->user[2] == PAGE_REDIRECT;
    } else if (r->fate == WEIR_MADE) {
        const int is_new = kg_seen_add(&k->seen, (kg_id)r->user[2], err);
        if (is_new < 0)
            return is_new;
        if (!is_new) {
            weir_rec_drop(b, r, "duplicate", NULL);
            return 0;
        }
    }
    if (!r->aux_n)
        return 0;
    const unsigned char *p = (const unsigned char *)b->aux.p + r->aux_at, *end = p + r->aux_n;
    uint64_t counts[N_COUNTS];
    for (int i = 0; i < N_COUNTS; i++)
        if (!kg_get_varint(&p, end, &counts[i]))
            return weir_err_set(err, WEIR_EFAIL, "a record between threads is broken");
    if (r->fate == WEIR_MADE && !page) {
        k->n_rows++;
        k->n_names += counts[0];
        k->n_statements += counts[1];
        k->n_qualifiers += counts[2];
        k->n_external_ids += counts[3];
        k->n_long_names += counts[4];
    }
    return add_records(k, p, end, err);
}

static int next(void *ctx, struct weir_batch *b, struct weir_err *err)
{
    return kg_frame_next(((struct kg_build *)ctx)->frame, b, err);
}

int kg_build_read(struct kg_build *k, uint64_t memory, struct weir_err *err)
{
    const struct weir_stage stage = {.ctx = k,
                                     .next = next,
                                     .thread_new = thread_new,
                                     .thread_free = thread_free,
                                     .work = work,
                                     .commit = commit,
                                     .fixed_memory =
                                         memory + k->seen.memory + kg_fold_memory(k->fold),
                                     .thread_memory = THREAD_MEMORY,
                                     .no_newline = 1,
                                     .raw_rejects = 1};
    k->frame = kg_frame_open(k->job, &stage, k->opt->part, err);
    int rc = k->frame ? weir_stage_run(&stage, k->job, err) : err->code;
    if (!rc)
        k->job->tally.framing += kg_frame_tail(k->frame);
    k->job->reading = NULL;
    kg_frame_close(k->frame);
    return rc;
}
