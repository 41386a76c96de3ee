/* What a text names and where: values, the subject, links, names of the index, parts of the
 * subject's name; what comes first in this order keeps its bytes. */
#include <stdlib.h>
#include <string.h>

#include "kg2instruction/ann_doc.h"
#include "kg2instruction/ann_mark.h"
#include "lib/json_tree.h"

int ann_place(struct ann_doc *d, size_t src, size_t n, uint32_t entity, uint32_t value,
              enum ann_by by)
{
    if (!n || memchr(d->taken + src, 1, n))
        return 0;
    if (weir_grow(&d->marks, &d->cap_marks, d->n_marks + 1, sizeof *d->marks))
        return WEIR_EMEM;
    memset(d->taken + src, 1, n);
    d->marks[d->n_marks++] = (struct ann_mark){.src = src,
                                               .n = n,
                                               .at = ann_folded_at(d, src),
                                               .end = ann_folded_at(d, src + n),
                                               .entity = entity,
                                               .value = value,
                                               .by = (uint8_t)by};
    return 0;
}

/* ---- titles ---- */

/* Is one of its names exactly this? */
static int is_named(const kg_file *kg, kg_id id, struct weir_span title)
{
    struct kg_cursor c;
    struct kg_name name;
    const uint32_t row = kg_find(kg, id);
    if (row == KG_NOT_FOUND || kg_names(kg, row, &c))
        return 0;
    while (kg_name_next(&c, &name) > 0)
        if (weir_span_eq(name.text, title))
            return 1;
    return 0;
}

/* How well a candidate fits a title: its article's in the wiki's language, a redirect there, of
 * another wiki, a label that nobody else has. */
static int fit(const struct ann_doc *d, const struct kg_candidate *c, struct weir_span title)
{
    const unsigned here = d->lang >= 0 ? 1u << d->lang : 0;
    int score = 0;
    if (c->kinds & KG_TITLE)
        score = c->langs & here ? 6 : 3;
    else if (c->kinds & KG_REDIRECT)
        score = c->langs & here ? 4 : 2;
    else if (c->kinds & KG_LABEL)
        score = 1;
    return score ? 2 * score + is_named(d->sh->kg, c->id, title) : 0;
}

/* The entity of an article's title, or ANN_NONE_ENTITY. */
static uint32_t of_title(struct ann_doc *d, struct weir_span title, struct weir_err *err)
{
    struct kg_cursor c;
    struct kg_candidate one;
    kg_id best = 0;
    int best_fit = 0, rivals = 0;
    d->key.n = 0;
    if (kg_fold_text(d->sh->fold, &d->text.scratch, title, &d->key)) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return ANN_NONE_ENTITY;
    }
    int rc = kg_lookup(d->sh->kg, weir_buf_span(&d->key), &c);
    while (rc > 0 && (rc = kg_candidate_next(&c, &one)) > 0) {
        const int now = fit(d, &one, title);
        rivals += now && now <= 3; // by label alone
        if (now > best_fit)
            best_fit = now, best = one.id;
        if (!one.popularity && (best_fit > 3 || rivals > 1))
            break; // behind it stand only labels without an article, thousands of some
    }
    if (rc < 0)
        weir_err_set(err, WEIR_EBAD, "the knowledge file is damaged: weir kg2instruction check");
    if (rc < 0 || !best || (best_fit <= 3 && rivals > 1) || best & KG_PROPERTY ||
        ann_is_page(d->sh->kg, best))
        return ANN_NONE_ENTITY;
    return ann_entity_add(d, best, err);
}

static int know(struct ann_doc *d, uint32_t e, struct weir_err *err)
{
    if (e == ANN_NONE_ENTITY || d->entities[e].known)
        return err->code;
    d->entities[e].known = 1;
    return ann_near_add(d, &d->entities[e], err);
}

/* ---- subject and links ---- */

/* The tree of a field, which can be too deep for one. */
static json_tree *parse(struct ann_doc *d, const struct weir_field *f, struct json_node *root,
                        struct weir_err *err)
{
    json_tree *t = json_tree_parse(f->raw, root, err);
    d->bad_field = !t && err->code == WEIR_EBAD;
    return t;
}

int ann_link_place(struct json_node node, size_t n_text, size_t *at, size_t *n)
{
    struct json_node v;
    int64_t a, len;
    if (!json_tree_get(node, "at", &v) || !json_tree_whole(v, &a) ||
        !json_tree_get(node, "n", &v) || !json_tree_whole(v, &len) || a < 0 || len < 0 ||
        (uint64_t)a > n_text || (uint64_t)len > n_text - (uint64_t)a)
        return 0;
    *at = (size_t)a;
    *n = (size_t)len;
    return 1;
}

static int malformed(struct ann_doc *d, struct weir_err *err, const char *field)
{
    d->bad_field = 1;
    return weir_err_set(err, WEIR_EBAD, "\"%s\" is not what weir ingest --links writes", field);
}

static int add_subject(struct ann_doc *d, struct weir_err *err)
{
    const struct weir_field *f = weir_json_find(d->doc.f, d->doc.n_f, "subject");
    d->subject = ANN_NONE_ENTITY;
    if (d->doc.title.n)
        d->subject = of_title(d, d->doc.title, err);
    if (know(d, d->subject, err) || !f || f->type == WEIR_JSON_NULL)
        return err->code;
    struct json_node node;
    size_t at, n;
    json_tree *t = parse(d, f, &node, err);
    if (!t)
        return err->code;
    const int ok = ann_link_place(node, d->doc.text.n, &at, &n);
    json_tree_free(t);
    if (!ok)
        return malformed(d, err, "subject");
    if (d->subject == ANN_NONE_ENTITY)
        return 0;
    return ann_place(d, at, n, d->subject, 0, ANN_BY_SUBJECT)
               ? weir_err_set(err, WEIR_EMEM, "out of memory")
               : 0;
}

/* A link that is a date or a quantity as a whole is one. */
static int is_value(const struct ann_doc *d, size_t at, size_t n)
{
    for (size_t i = 0; i < d->values.n && d->values.at[i].at <= at; i++)
        if (d->values.at[i].at + d->values.at[i].n >= at + n &&
            !(d->values.at[i].is_time == 0 && d->values.at[i].quantity.bare))
            return 1;
    return 0;
}

struct adding {
    struct ann_doc *d;
    struct weir_err *err;
};

static int add_link(void *ctx, struct weir_span key, struct json_node node)
{
    const struct adding *a = ctx;
    struct ann_doc *d = a->d;
    struct json_node v;
    struct weir_span target;
    size_t at, n;
    (void)key;
    if (!ann_link_place(node, d->doc.text.n, &at, &n) || !json_tree_get(node, "target", &v) ||
        !json_tree_string(v, &target))
        return malformed(d, a->err, "links");
    if (is_value(d, at, n) || memchr(d->doc.text.p + at, '\n', n))
        return 0;
    const uint32_t e = of_title(d, target, a->err);
    if (know(d, e, a->err) || e == ANN_NONE_ENTITY)
        return a->err->code;
    return ann_place(d, at, n, e, 0, ANN_BY_LINK) ? weir_err_set(a->err, WEIR_EMEM, "out of memory")
                                                  : 0;
}

static int add_links(struct ann_doc *d, struct weir_err *err)
{
    const struct weir_field *f = weir_json_find(d->doc.f, d->doc.n_f, "links");
    if (!f || f->type == WEIR_JSON_NULL)
        return 0;
    if (f->type != WEIR_JSON_ARRAY)
        return malformed(d, err, "links");
    struct json_node node;
    json_tree *t = parse(d, f, &node, err);
    if (!t)
        return err->code;
    struct adding a = {d, err};
    const int rc = json_tree_each(node, add_link, &a);
    json_tree_free(t);
    return rc;
}

/* ---- names ---- */

static int by_spelling(const void *x, const void *y, void *text)
{
    const struct ann_match *a = x, *b = y;
    const int c = memcmp((const char *)text + a->src, (const char *)text + b->src,
                         a->src_n < b->src_n ? a->src_n : b->src_n);
    if (c || a->src_n != b->src_n)
        return c ? c : a->src_n < b->src_n ? -1 : 1;
    return a->src < b->src ? -1 : a->src > b->src;
}

/* Names told apart without help of others count as known: a text without links begins with them.
 * A name of one short word of letters proves nothing. */
static int is_telling(const struct ann_doc *d, const struct ann_match *m)
{
    const char *const p = d->doc.text.p + m->src;
    return !m->weak && ((unsigned char)*p >= 0xE3 || m->src_n >= 9 || memchr(p, ' ', m->src_n));
}

/* Gives every group of names written alike its entity; lone: only those without a rival. */
static int choose_all(struct ann_doc *d, int lone, struct weir_err *err)
{
    const char *const t = d->doc.text.p;
    for (size_t i = 0, end; i < d->matches.n; i = end) {
        struct ann_match *m = &d->matches.at[i];
        const struct weir_span surface = weir_span(t + m->src, m->src_n);
        const struct weir_span key = weir_span(d->text.folded.p + m->at, m->end - m->at);
        for (end = i + 1; end < d->matches.n && weir_span_eq(weir_span(t + d->matches.at[end].src,
                                                                       d->matches.at[end].src_n),
                                                             surface);)
            end++;
        if (ann_stop_has(d->sh->stop, key) || (lone && !is_telling(d, m)))
            continue;
        const uint32_t e = ann_choose(d, key, surface, lone, err);
        if (err->code || (lone && know(d, e, err)))
            return err->code;
        for (size_t k = i; k < end && !lone; k++)
            d->matches.at[k].entity = e;
    }
    return 0;
}

static int add_names(struct ann_doc *d, struct weir_err *err)
{
    if (ann_text_match(&d->text, d->sh->index, &d->matches))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    for (size_t i = 0; i < d->matches.n; i++)
        d->matches.at[i].entity = ANN_NONE_ENTITY;
    if (d->matches.n > 1)
        qsort_r(d->matches.at, d->matches.n, sizeof *d->matches.at, by_spelling,
                (void *)(uintptr_t)d->doc.text.p);
    if ((!d->used_near && choose_all(d, 1, err)) || choose_all(d, 0, err))
        return err->code;
    for (int weak = 0; weak < 2; weak++)
        for (size_t i = 0; i < d->matches.n; i++) {
            const struct ann_match *m = &d->matches.at[i];
            if (m->entity == ANN_NONE_ENTITY || m->weak != weak ||
                (weak && !d->entities[m->entity].known))
                continue;
            if (ann_place(d, m->src, m->src_n, m->entity, 0, ANN_BY_ALIAS))
                return weir_err_set(err, WEIR_EMEM, "out of memory");
        }
    return 0;
}

/* ---- all ---- */

/* bare: numbers without a unit, which any name may hold. */
static int add_values(struct ann_doc *d, int bare)
{
    for (size_t i = 0; i < d->values.n; i++) {
        const struct ann_value *v = &d->values.at[i];
        if ((!v->is_time && v->quantity.bare) == bare &&
            ann_place(d, v->at, v->n, ANN_NONE_ENTITY, (uint32_t)i, ANN_BY_VALUE))
            return WEIR_EMEM;
    }
    return 0;
}

static int by_place(const void *x, const void *y)
{
    const struct ann_mark *a = x, *b = y;
    return a->src < b->src ? -1 : a->src > b->src;
}

/* Sentence and piece of every mark; a mark that no sentence holds whole is dropped. */
static void settle(struct ann_doc *d)
{
    size_t s = 0, p = 0, n = 0;
    if (d->n_marks > 1)
        qsort(d->marks, d->n_marks, sizeof *d->marks, by_place);
    for (size_t i = 0; i < d->n_marks; i++) {
        struct ann_mark m = d->marks[i];
        while (s < d->n_sentences && d->sentences[s].end <= m.src)
            s++;
        while (p < d->n_pieces && d->pieces[p].end <= m.src)
            p++;
        if (s == d->n_sentences || p == d->n_pieces || m.src < d->sentences[s].src ||
            m.src + m.n > d->sentences[s].end || m.src < d->pieces[p].src ||
            m.src + m.n > d->pieces[p].end || m.at == m.end)
            continue;
        m.sentence = (uint32_t)s;
        m.piece = (uint32_t)p;
        d->marks[n++] = m;
    }
    d->n_marks = n;
}

/* Lists the marks of each entity. */
static int list_marks(struct ann_doc *d)
{
    uint32_t at = 0;
    if (weir_grow(&d->by_entity, &d->cap_by_entity, d->n_marks + 1, sizeof *d->by_entity))
        return WEIR_EMEM;
    for (size_t i = 0; i < d->n_entities; i++)
        d->entities[i].n = 0;
    for (size_t i = 0; i < d->n_marks; i++)
        if (d->marks[i].entity != ANN_NONE_ENTITY)
            d->entities[d->marks[i].entity].n++;
    for (size_t i = 0; i < d->n_entities; i++) {
        d->entities[i].first = at;
        at += d->entities[i].n;
        d->entities[i].n = 0;
    }
    for (size_t i = 0; i < d->n_marks; i++)
        if (d->marks[i].entity != ANN_NONE_ENTITY) {
            struct ann_entity *e = &d->entities[d->marks[i].entity];
            d->by_entity[e->first + e->n++] = (uint32_t)i;
        }
    return 0;
}

static int reset(struct ann_doc *d)
{
    const size_t n = d->doc.text.n;
    d->n_marks = d->n_entities = d->n_triples = d->used_near = 0;
    d->n_contradictory = d->n_negated = 0;
    d->work = 0;
    d->cut = 0;
    if (d->n_slots)
        memset(d->slots, 0, d->n_slots * sizeof *d->slots);
    if (d->n_near)
        memset(d->near, 0, d->n_near * sizeof *d->near);
    if (weir_grow(&d->taken, &d->cap_taken, n + 1, 1))
        return WEIR_EMEM;
    memset(d->taken, 0, n + 1);
    return ann_values_find(d->doc.text, &d->values);
}

int ann_mark_all(struct ann_doc *d, struct weir_err *err)
{
    if (reset(d))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    if (add_subject(d, err) || add_links(d, err))
        return err->code;
    if (add_values(d, 0))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    if (add_names(d, err))
        return err->code;
    if (ann_name_parts(d) || add_values(d, 1))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    settle(d);
    return list_marks(d) ? weir_err_set(err, WEIR_EMEM, "out of memory") : 0;
}
