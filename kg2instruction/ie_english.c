/* CASIE, FewRel, NYT. */
#include <string.h>
#include "kg2instruction/ie_convert.h"
#include "weir/utf8.h"

static const char *const none[] = {NULL};

static void place_of(const struct ie_val *v, size_t *start, size_t *end)
{
    uint64_t a, b;
    *start = *end = IE_NOWHERE;
    if (ie_number(v, "startOffset", &a) || ie_number(v, "endOffset", &b) || b > UINT32_MAX)
        return;
    *start = (size_t)a;
    *end = (size_t)b;
}

/* ---- CASIE: {"content", "cyberevent": {"hopper": [{"events": [{"nugget", "argument"}]}]}} ---- */

static int casie_arguments(struct ie_conv *c, const struct ie_val *args)
{
    static const char *const used[] = {"text", "role", "startOffset", "endOffset", NULL};
    for (size_t i = 0; args && args->type == WEIR_JSON_ARRAY && i < args->n; i++) {
        const struct ie_val *a = &args->kid[i];
        const struct weir_span text = ie_text(a, "text"), role = ie_text(ie_get(a, "role"), "type");
        size_t start, end;
        place_of(a, &start, &end);
        if (!text.p || !role.p)
            return c->why = "an argument lacks its text or its role's type", -1;
        ie_add_argument(c, text, role, start, end, a, used);
    }
    return 0;
}

static int casie_event(struct ie_conv *c, const struct ie_val *e, const struct ie_val *hopper)
{
    static const char *const used[] = {"nugget", "subtype", "argument", "type", NULL};
    const struct ie_val *nugget = ie_get(e, "nugget");
    const struct weir_span trigger = ie_text(nugget, "text"), kind = ie_text(e, "type");
    struct weir_span type = ie_text(e, "subtype");
    size_t start, end;
    place_of(nugget, &start, &end);
    if (!trigger.p || (!type.p && !kind.p))
        return c->why = "an event lacks its nugget or its type", -1;
    type = type.p ? type : kind;
    ie_add_event(c, trigger, type, start, end);
    if (casie_arguments(c, ie_get(e, "argument")))
        return -1;
    ie_end_event(c, e, used);
    struct weir_buf *b = &c->event.b;
    b->n -= b->n > 0;
    if (kind.p) {
        weir_buf_adds(b, ",\"class\":");
        weir_buf_add_json(b, kind);
    }
    if (ie_get(hopper, "index")) {
        weir_buf_adds(b, ",\"hopper\":");
        ie_put(b, ie_get(hopper, "index"), 0);
    }
    weir_buf_addc(b, '}');
    return 0;
}

static int from_casie(struct ie_conv *c, struct weir_span raw, const struct ie_val *rec)
{
    (void)raw;
    const struct weir_span text = ie_text(rec, "content");
    const struct ie_val *hoppers = ie_get(ie_get(rec, "cyberevent"), "hopper");
    if (!text.p || !hoppers || hoppers->type != WEIR_JSON_ARRAY)
        return c->why = "no \"content\", or no \"hopper\" in \"cyberevent\"", -1;
    if (ie_begin(c, text))
        return WEIR_EMEM;
    c->event.wanted = 1;
    for (size_t i = 0; i < hoppers->n; i++) {
        const struct ie_val *events = ie_get(&hoppers->kid[i], "events");
        for (size_t k = 0; events && events->type == WEIR_JSON_ARRAY && k < events->n; k++)
            if (casie_event(c, &events->kid[k], &hoppers->kid[i]))
                return -1;
    }
    return 0;
}

/* ---- FewRel: {"tokens", "h": [name, id, [[word, …], …]], "t"}; OpenNRE: "h": {"name", "pos"} ----
 */

static int fewrel_side(const struct ie_words *w, const struct ie_val *v, const struct ie_conv *c,
                       struct ie_side *s)
{
    *s = (struct ie_side){.start = IE_NOWHERE, .end = IE_NOWHERE};
    uint64_t from, to;
    if (v && v->type == WEIR_JSON_OBJECT) {
        const struct ie_val *pos = ie_get(v, "pos");
        s->text = ie_text(v, "name");
        if (pos && pos->type == WEIR_JSON_ARRAY && pos->n == 2 && !ie_whole(&pos->kid[0], &from) &&
            !ie_whole(&pos->kid[1], &to))
            ie_words_place(w, from, to, &s->start, &s->end);
    } else if (v && v->type == WEIR_JSON_ARRAY && v->n == 3 && v->kid[0].type == WEIR_JSON_STRING) {
        const struct ie_val *all = &v->kid[2];
        const struct ie_val *one = all->type == WEIR_JSON_ARRAY && all->n ? &all->kid[0] : NULL;
        s->text = v->kid[0].str;
        if (one && one->type == WEIR_JSON_ARRAY && one->n && !ie_whole(&one->kid[0], &from) &&
            !ie_whole(&one->kid[one->n - 1], &to))
            ie_words_place(w, from, to + 1, &s->start, &s->end);
    }
    /* The name is folded in some releases: what the text says counts. */
    if (ie_at(c, s->start, s->end).n)
        s->text = ie_at(c, s->start, s->end);
    return s->text.p ? 0 : -1;
}

/* A name's id in Wikidata, and all its places, as words. */
static void fewrel_more(struct weir_buf *b, const char *which, const struct ie_val *v)
{
    const struct ie_val *id = v->type == WEIR_JSON_OBJECT ? ie_get(v, "id") : &v->kid[1];
    if (id) {
        weir_buf_addf(b, ",\"%s_id\":", which);
        ie_put(b, id, 0);
    }
    if (v->type == WEIR_JSON_ARRAY && v->kid[2].n > 1) {
        weir_buf_addf(b, ",\"%s_words\":", which);
        ie_put(b, &v->kid[2], 0);
    }
}

static int from_fewrel(struct ie_conv *c, struct weir_span raw, const struct ie_val *rec)
{
    (void)raw;
    const struct ie_val *words = ie_get(rec, "tokens"), *h = ie_get(rec, "h"),
                        *t = ie_get(rec, "t");
    const struct weir_span own = ie_text(rec, "relation"), name = own.p ? own : c->label;
    struct ie_words w;
    struct ie_side head, tail;
    const int rc = ie_begin_words(c, words ? words : ie_get(rec, "token"), weir_span(NULL, 0), &w);
    if (rc)
        return rc;
    ie_note(c, IE_LOST_SPACES);
    if (!name.p || fewrel_side(&w, h, c, &head) || fewrel_side(&w, t, c, &tail))
        return c->why = "no relation, \"h\" or \"t\"", -1;
    ie_add_relation(c, head, name, tail, NULL, none);
    struct weir_buf *b = &c->relation.b;
    b->n -= b->n > 0;
    fewrel_more(b, "head", h);
    fewrel_more(b, "tail", t);
    if (c->names && !weir_span_eq(ie_name(c->names, name), name)) {
        weir_buf_adds(b, ",\"relation_id\":");
        weir_buf_add_json(b, name);
    }
    weir_buf_addc(b, '}');
    return 0;
}

/* ---- NYT: {"text", "triple_list": [[head, relation, tail]]}, or {"sentText", "relationMentions":
 * [{"em1Text", "label", "em2Text"}], "entityMentions": [{"text", "label"}]} ---- */

static struct ie_side plain(struct weir_span s)
{
    return (struct ie_side){s, weir_span(NULL, 0), IE_NOWHERE, IE_NOWHERE};
}

static int nyt_triples(struct ie_conv *c, const struct ie_val *list)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct ie_val *t = &list->kid[i];
        if (t->type != WEIR_JSON_ARRAY || t->n != 3 || t->kid[0].type != WEIR_JSON_STRING ||
            t->kid[1].type != WEIR_JSON_STRING || t->kid[2].type != WEIR_JSON_STRING)
            return c->why = "an element of triple_list is not [head, relation, tail]", -1;
        ie_add_relation(c, plain(t->kid[0].str), t->kid[1].str, plain(t->kid[2].str), NULL, none);
    }
    return 0;
}

static int nyt_mentions(struct ie_conv *c, const struct ie_val *rec)
{
    static const char *const e_used[] = {"text", "label", NULL};
    static const char *const r_used[] = {"em1Text", "em2Text", "label", NULL};
    const struct ie_val *e = ie_get(rec, "entityMentions"), *m = ie_get(rec, "relationMentions");
    for (size_t i = 0; e && e->type == WEIR_JSON_ARRAY && i < e->n; i++) {
        const struct weir_span text = ie_text(&e->kid[i], "text"), l = ie_text(&e->kid[i], "label");
        if (!text.p || !l.p)
            return c->why = "an element of entityMentions lacks text or label", -1;
        ie_add_entity(c, text, l, IE_NOWHERE, IE_NOWHERE, &e->kid[i], e_used);
    }
    c->entity.wanted = e != NULL;
    for (size_t i = 0; m && m->type == WEIR_JSON_ARRAY && i < m->n; i++) {
        const struct ie_val *r = &m->kid[i];
        const struct weir_span head = ie_text(r, "em1Text"), tail = ie_text(r, "em2Text");
        const struct weir_span label = ie_text(r, "label");
        if (!head.p || !tail.p || !label.p)
            return c->why = "an element of relationMentions lacks em1Text, label or em2Text", -1;
        if (!weir_span_is(label, "None")) // no relation between the two
            ie_add_relation(c, plain(head), label, plain(tail), r, r_used);
    }
    return 0;
}

static int from_nyt(struct ie_conv *c, struct weir_span raw, const struct ie_val *rec)
{
    (void)raw;
    const struct ie_val *triples = ie_get(rec, "triple_list");
    struct weir_span text = ie_text(rec, "text");
    if (!text.p)
        text = ie_text(rec, "sentText");
    if (!text.p)
        return c->why = "no \"text\" or \"sentText\"", -1;
    if (ie_begin(c, text))
        return WEIR_EMEM;
    c->relation.wanted = 1;
    if (triples && triples->type == WEIR_JSON_ARRAY)
        return nyt_triples(c, triples);
    if (!ie_get(rec, "relationMentions"))
        return c->why = "no \"triple_list\" or \"relationMentions\"", -1;
    return nyt_mentions(c, rec);
}

static const char *const casie_used[] = {"content", "cyberevent", NULL};
static const char *const fewrel_used[] = {"tokens", "token", "h", "t", "relation", NULL};
static const char *const nyt_used[] = {"text",           "sentText",         "triple_list",
                                       "entityMentions", "relationMentions", NULL};

const struct ie_source ie_casie = {"casie", "CASIE's annotation files", IE_JSON, from_casie,
                                   casie_used};
const struct ie_source ie_fewrel = {"fewrel",
                                    "FewRel: examples by relation, or an example a line (OpenNRE)",
                                    IE_NAMED, from_fewrel, fewrel_used};
const struct ie_source ie_nyt = {"nyt", "NYT: triple_list, or sentText with relationMentions",
                                 IE_JSON, from_nyt, nyt_used};
