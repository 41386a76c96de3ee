/* Which entity a name means: of those that the knowledge file has for it, the one that the text's
 * other entities point to or that points to them, then the best known. */
#include <string.h>

#include "kg2instruction/ann_doc.h"
#include "weir/utf8.h"

enum {
    CANDIDATES = 24,        // the best known of a name
    THEIR_STATEMENTS = 400, // of a candidate, looked at for entities of the text
    DOMINANT = 10,          // times as well known as the next
};

static int has_upper(struct weir_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= 'A' && s.p[i] <= 'Z')
            return 1;
    return 0;
}

static int is_latin(struct weir_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0xE3) // Han, kana
            return 0;
    return 1;
}

int ann_can_be_name(struct weir_span said)
{
    return !is_latin(said) || has_upper(said);
}

/* In scripts with cases the text must write a name as the knowledge file does, but for a capital at
 * a sentence's begin: "apple" is not Apple, "Physicist" may be a physicist. */
static int written_alike(const struct ann_doc *d, uint32_t row, struct weir_span key,
                         struct weir_span surface)
{
    struct kg_cursor c;
    struct kg_name name;
    struct weir_buf folded = {0};
    int alike = 0;
    if (!is_latin(surface) || kg_names(d->sh->kg, row, &c))
        return 1;
    while (!alike && kg_name_next(&c, &name) > 0) {
        folded.n = 0;
        kg_fold_simplified(name.text, &folded);
        if (!weir_span_eq(weir_buf_span(&folded), key))
            continue;
        alike = weir_span_eq(name.text, surface) ||
                (name.text.n == surface.n && surface.n > 1 &&
                 !memcmp(name.text.p + 1, surface.p + 1, surface.n - 1) && has_upper(surface));
    }
    weir_buf_free(&folded);
    return alike;
}

/* Does one of its statements name an entity of the text that is known? */
static int points_to_known(const struct ann_doc *d, uint32_t row)
{
    struct kg_cursor c;
    struct kg_statement s;
    if (kg_statements(d->sh->kg, row, 0, &c))
        return 0;
    for (int i = 0; i < THEIR_STATEMENTS && kg_statement_next(&c, &s) > 0; i++) {
        if (s.main.kind != KG_ENTITY || s.main.property == KG_P(1889))
            continue;
        const uint32_t e = ann_entity_find(d, s.main.u.entity);
        if (e != ANN_NONE_ENTITY && d->entities[e].known)
            return 1;
    }
    return 0;
}

struct choice {
    kg_id id;
    uint32_t popularity, kinds;
    int score; // 3: in the text already, 2: a statement between it and a known one
};

static int better(const struct choice *a, const struct choice *b)
{
    return a->score != b->score ? a->score > b->score : a->popularity > b->popularity;
}

static struct choice weigh(const struct ann_doc *d, const struct kg_candidate *c, uint32_t row)
{
    struct choice now = {c->id, c->popularity, c->kinds, 0};
    const uint32_t e = ann_entity_find(d, c->id);
    if (e != ANN_NONE_ENTITY && d->entities[e].known)
        now.score = 3;
    else if (ann_is_near(d, c->id) || points_to_known(d, row))
        now.score = 2;
    return now;
}

/* Is the best sure enough?  second: the next by the same order. */
static int sure(const struct ann_doc *d, const struct choice *best, const struct choice *second,
                int n, int lone)
{
    const int dominant = n == 1 || best->popularity >= DOMINANT * (uint64_t)second->popularity + 5;
    if (lone)
        return n == 1 && best->kinds & (KG_LABEL | KG_TITLE);
    if (d->sh->opt->precision == WEIR_KG_RECALL)
        return 1;
    if (best->score)
        return best->score > second->score || dominant || d->sh->opt->precision != WEIR_KG_HIGH ||
               best->popularity > second->popularity;
    return dominant &&
           (d->sh->opt->precision != WEIR_KG_HIGH || best->kinds & (KG_LABEL | KG_TITLE));
}

uint32_t ann_choose(struct ann_doc *d, struct weir_span key, struct weir_span surface, int lone,
                    struct weir_err *err)
{
    struct kg_cursor c;
    struct kg_candidate one;
    struct choice best = {0}, second = {0};
    int n = 0, rc = kg_lookup(d->sh->kg, key, &c);
    for (int i = 0; rc > 0 && i < CANDIDATES && (rc = kg_candidate_next(&c, &one)) > 0; i++) {
        const uint32_t row = kg_find(d->sh->kg, one.id);
        if (row == KG_NOT_FOUND || one.id & KG_PROPERTY || ann_is_page(d->sh->kg, one.id) ||
            !written_alike(d, row, key, surface))
            continue;
        const struct choice now = weigh(d, &one, row);
        n++;
        if (n == 1 || better(&now, &best)) {
            second = best;
            best = now;
        } else if (n == 2 || better(&now, &second))
            second = now;
    }
    if (rc < 0) {
        weir_err_set(err, WEIR_EBAD, "the knowledge file is damaged: weir kg2instruction check");
        return ANN_NONE_ENTITY;
    }
    /* A word in small letters is a thing only where the text's other things have to do with it. */
    const int plain =
        !ann_can_be_name(surface) && !best.score && d->sh->opt->precision != WEIR_KG_RECALL;
    if (!n || plain || !sure(d, &best, &second, n, lone))
        return ANN_NONE_ENTITY;
    return ann_entity_add(d, best.id, err);
}
