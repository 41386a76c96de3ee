/* ACE 2005 as programs share it: OneIE's sentences a line, and the "golden" lists of sentences. */
#include <string.h>
#include "kg2instruction/ie_convert.h"

static int is_list(const struct ie_val *v)
{
    return v && v->type == WEIR_JSON_ARRAY;
}

static void place_of(const struct ie_words *w, const struct ie_val *v, size_t *start, size_t *end)
{
    uint64_t a, b;
    *start = *end = IE_NOWHERE;
    if (!ie_number(v, "start", &a) && !ie_number(v, "end", &b))
        ie_words_place(w, a, b, start, end);
}

/* What the text says there, else what the mention says. */
static struct weir_span words_of(const struct ie_conv *c, const struct ie_val *v, size_t start,
                                 size_t end)
{
    const struct weir_span at = ie_at(c, start, end);
    return at.n ? at : ie_text(v, "text");
}

/* ---- OneIE: tokens, entity_mentions, relation_mentions, event_mentions ---- */

static int oneie_entities(struct ie_conv *c, const struct ie_words *w, const struct ie_val *list)
{
    static const char *const used[] = {"text", "entity_type", "start", "end", NULL};
    c->entity.wanted = 1;
    for (size_t i = 0; is_list(list) && i < list->n; i++) {
        const struct ie_val *e = &list->kid[i];
        size_t start, end;
        place_of(w, e, &start, &end);
        const struct weir_span text = words_of(c, e, start, end), type = ie_text(e, "entity_type");
        if (!text.p || !type.p)
            return c->why = "an entity lacks its text or its entity_type", -1;
        ie_add_entity(c, text, type, start, end, e, used);
    }
    return 0;
}

static const struct ie_val *entity_of(const struct ie_val *entities, const struct ie_val *arg)
{
    const struct weir_span id = ie_text(arg, "entity_id");
    for (size_t i = 0; id.p && is_list(entities) && i < entities->n; i++)
        if (weir_span_eq(ie_text(&entities->kid[i], "id"), id))
            return &entities->kid[i];
    return NULL;
}

static struct ie_side side_of(struct ie_conv *c, const struct ie_words *w,
                              const struct ie_val *entities, const struct ie_val *arg)
{
    const struct ie_val *e = entity_of(entities, arg);
    struct ie_side s = {.text = ie_text(arg, "text"), .type = ie_text(e, "entity_type")};
    place_of(w, e, &s.start, &s.end);
    if (e)
        s.text = words_of(c, e, s.start, s.end);
    return s;
}

static int oneie_relations(struct ie_conv *c, const struct ie_words *w, const struct ie_val *rec)
{
    static const char *const used[] = {"relation_type", "arguments", NULL};
    const struct ie_val *list = ie_get(rec, "relation_mentions");
    const struct ie_val *entities = ie_get(rec, "entity_mentions");
    c->relation.wanted = list != NULL;
    for (size_t i = 0; is_list(list) && i < list->n; i++) {
        const struct ie_val *r = &list->kid[i], *args = ie_get(r, "arguments");
        const struct weir_span type = ie_text(r, "relation_type");
        if (!type.p || !is_list(args) || args->n != 2)
            return c->why = "a relation lacks its type or its two arguments", -1;
        const int swapped = weir_span_is(ie_text(&args->kid[0], "role"), "Arg-2");
        const struct ie_side head = side_of(c, w, entities, &args->kid[swapped]);
        const struct ie_side tail = side_of(c, w, entities, &args->kid[!swapped]);
        if (!head.text.p || !tail.text.p)
            return c->why = "an argument of a relation has no text", -1;
        ie_add_relation(c, head, type, tail, r, used);
    }
    return 0;
}

static int oneie_events(struct ie_conv *c, const struct ie_words *w, const struct ie_val *rec)
{
    static const char *const used[] = {"event_type", "trigger", "arguments", NULL};
    static const char *const arg_used[] = {"text", "role", NULL};
    const struct ie_val *list = ie_get(rec, "event_mentions");
    const struct ie_val *entities = ie_get(rec, "entity_mentions");
    c->event.wanted = list != NULL;
    for (size_t i = 0; is_list(list) && i < list->n; i++) {
        const struct ie_val *e = &list->kid[i], *args = ie_get(e, "arguments");
        const struct ie_val *trigger = ie_get(e, "trigger");
        size_t start, end;
        place_of(w, trigger, &start, &end);
        const struct weir_span text = words_of(c, trigger, start, end);
        const struct weir_span type = ie_text(e, "event_type");
        if (!type.p || !text.p)
            return c->why = "an event lacks its type or its trigger", -1;
        ie_add_event(c, text, type, start, end);
        for (size_t k = 0; is_list(args) && k < args->n; k++) {
            const struct ie_side s = side_of(c, w, entities, &args->kid[k]);
            const struct weir_span role = ie_text(&args->kid[k], "role");
            if (!s.text.p || !role.p)
                return c->why = "an argument of an event lacks its text or its role", -1;
            ie_add_argument(c, s.text, role, s.start, s.end, &args->kid[k], arg_used);
        }
        ie_end_event(c, e, used);
    }
    return 0;
}

static int from_oneie(struct ie_conv *c, const struct ie_val *rec)
{
    struct ie_words w;
    int rc = ie_begin_words(c, ie_get(rec, "tokens"), ie_text(rec, "sentence"), &w);
    if (!rc && !ie_text(rec, "sentence").p)
        ie_note(c, IE_LOST_SPACES);
    if (!rc)
        rc = oneie_entities(c, &w, ie_get(rec, "entity_mentions"));
    if (!rc)
        rc = oneie_relations(c, &w, rec);
    return rc ? rc : oneie_events(c, &w, rec);
}

/* ---- "golden": sentence, words, golden-entity-mentions, golden-event-mentions ---- */

static int golden_entities(struct ie_conv *c, const struct ie_words *w, const struct ie_val *list)
{
    static const char *const used[] = {"text", "entity-type", "start", "end", NULL};
    c->entity.wanted = 1;
    for (size_t i = 0; is_list(list) && i < list->n; i++) {
        const struct ie_val *e = &list->kid[i];
        const struct weir_span text = ie_text(e, "text"), type = ie_text(e, "entity-type");
        size_t start, end;
        place_of(w, e, &start, &end);
        if (!text.p || !type.p)
            return c->why = "an entity lacks its text or its entity-type", -1;
        ie_add_entity(c, text, type, start, end, e, used);
    }
    return 0;
}

static int golden_events(struct ie_conv *c, const struct ie_words *w, const struct ie_val *list)
{
    static const char *const used[] = {"trigger", "event_type", "arguments", NULL};
    static const char *const arg_used[] = {"text", "role", "start", "end", NULL};
    c->event.wanted = 1;
    for (size_t i = 0; is_list(list) && i < list->n; i++) {
        const struct ie_val *e = &list->kid[i], *args = ie_get(e, "arguments");
        const struct weir_span trigger = ie_text(ie_get(e, "trigger"), "text");
        const struct weir_span type = ie_text(e, "event_type");
        size_t start, end;
        place_of(w, ie_get(e, "trigger"), &start, &end);
        if (!trigger.p || !type.p)
            return c->why = "an event lacks its trigger or its event_type", -1;
        ie_add_event(c, trigger, type, start, end);
        for (size_t k = 0; is_list(args) && k < args->n; k++) {
            const struct ie_val *a = &args->kid[k];
            const struct weir_span text = ie_text(a, "text"), role = ie_text(a, "role");
            place_of(w, a, &start, &end);
            if (!text.p || !role.p)
                return c->why = "an argument lacks its text or its role", -1;
            ie_add_argument(c, text, role, start, end, a, arg_used);
        }
        ie_end_event(c, e, used);
    }
    return 0;
}

static int from_ace(struct ie_conv *c, struct weir_span raw, const struct ie_val *rec)
{
    (void)raw;
    if (ie_get(rec, "tokens"))
        return from_oneie(c, rec);
    const struct ie_val *words = ie_get(rec, "words");
    const struct weir_span sentence = ie_text(rec, "sentence");
    struct ie_words w = {0};
    if (!words && !sentence.p)
        return c->why = "no \"tokens\", \"words\" or \"sentence\"", -1;
    int rc = words ? ie_begin_words(c, words, sentence, &w) : ie_begin(c, sentence);
    if (!rc)
        rc = golden_entities(c, &w, ie_get(rec, "golden-entity-mentions"));
    return rc ? rc : golden_events(c, &w, ie_get(rec, "golden-event-mentions"));
}

/* ---- IEPile's sample files, which are in the common form ---- */

static int is_text(const struct ie_val *v, const char *key, int may_lack)
{
    return ie_text(v, key).p || (may_lack && !ie_get(v, key));
}

static int copy(struct ie_conv *c, struct ie_list *l, const struct ie_val *list,
                const char *const *need, const char *why)
{
    l->wanted = list != NULL;
    if (list && !is_list(list))
        return c->why = why, -1;
    for (size_t i = 0; list && i < list->n; i++) {
        for (const char *const *n = need; *n; n++)
            if (!is_text(&list->kid[i], *n + (**n == '?'), **n == '?'))
                return c->why = why, -1;
        weir_buf_adds(&l->b, l->n++ ? "," : "");
        ie_put(&l->b, &list->kid[i], 0);
    }
    return 0;
}

static int check_arguments(struct ie_conv *c, const struct ie_val *events)
{
    for (size_t i = 0; events && i < events->n; i++) {
        const struct ie_val *args = ie_get(&events->kid[i], "arguments");
        if (!is_list(args))
            return c->why = "an event has no list of arguments", -1;
        for (size_t k = 0; k < args->n; k++)
            if (!is_text(&args->kid[k], "argument", 0) || !is_text(&args->kid[k], "role", 0))
                return c->why = "an argument lacks its text or its role", -1;
    }
    return 0;
}

static int from_iepile(struct ie_conv *c, struct weir_span raw, const struct ie_val *rec)
{
    static const char *const entity[] = {"entity", "entity_type", NULL};
    static const char *const relation[] = {"head",       "relation",   "tail",
                                           "?head_type", "?tail_type", NULL};
    static const char *const event[] = {"?event_trigger", "event_type", NULL};
    (void)raw;
    const struct weir_span text = ie_text(rec, "text");
    const struct ie_val *events = ie_get(rec, "event");
    if (!text.p)
        return c->why = "no \"text\"", -1;
    int rc = ie_begin(c, text);
    if (!rc)
        rc = copy(c, &c->entity, ie_get(rec, "entity"), entity,
                  "\"entity\" is not a list of {\"entity\", \"entity_type\"}");
    if (!rc)
        rc = copy(c, &c->relation, ie_get(rec, "relation"), relation,
                  "\"relation\" is not a list of {\"head\", \"relation\", \"tail\"}");
    if (!rc)
        rc = copy(c, &c->event, events, event,
                  "\"event\" is not a list of {\"event_trigger\", \"event_type\", \"arguments\"}");
    return rc ? rc : check_arguments(c, events);
}

static const char *const ace_used[] = {"tokens",
                                       "words",
                                       "sentence",
                                       "entity_mentions",
                                       "relation_mentions",
                                       "event_mentions",
                                       "golden-entity-mentions",
                                       "golden-event-mentions",
                                       NULL};
static const char *const iepile_used[] = {"text", "entity", "relation", "event", NULL};

const struct ie_source ie_ace2005 = {"ace2005",
                                     "ACE 2005: OneIE's lines, or lists of sentences with "
                                     "golden-event-mentions",
                                     IE_JSON, from_ace, ace_used};
const struct ie_source ie_iepile = {"iepile", "the common form itself, as IEPile's sample files",
                                    IE_JSON, from_iepile, iepile_used};
