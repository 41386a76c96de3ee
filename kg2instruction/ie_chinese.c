/* CLUENER 2020, DuIE 1 and 2, DuEE 1. */
#include <string.h>
#include "kg2instruction/ie_convert.h"
#include "weir/utf8.h"

static int begin_text(struct ie_conv *c, const struct ie_val *rec)
{
    const struct weir_span text = ie_text(rec, "text");
    if (!text.p)
        return c->why = "no \"text\"", -1;
    return ie_begin(c, text);
}

/* ---- CLUENER: {"text", "label": {type: {entity: [[first, last], …]}}} ---- */

static int add_places(struct ie_conv *c, struct weir_span type, const struct ie_val *e)
{
    static const char *const none[] = {NULL};
    if (e->type != WEIR_JSON_ARRAY)
        return c->why = "an entity has no list of places", -1;
    for (size_t i = 0; i < e->n; i++) {
        const struct ie_val *p = &e->kid[i];
        uint64_t first, last;
        if (p->type != WEIR_JSON_ARRAY || p->n != 2 || ie_whole(&p->kid[0], &first) ||
            ie_whole(&p->kid[1], &last))
            return c->why = "a place is not [first, last]", -1;
        ie_add_entity(c, e->key, type, (size_t)first, (size_t)last + 1, NULL, none);
    }
    return 0;
}

static int from_cluener(struct ie_conv *c, struct weir_span raw, const struct ie_val *rec)
{
    (void)raw;
    const struct ie_val *label = ie_get(rec, "label");
    int rc = begin_text(c, rec);
    if (!rc && (!label || label->type != WEIR_JSON_OBJECT))
        rc = (c->why = "no object \"label\"", -1);
    c->entity.wanted = 1;
    for (size_t i = 0; !rc && i < label->n; i++) {
        const struct ie_val *type = &label->kid[i];
        if (type->type != WEIR_JSON_OBJECT)
            return c->why = "a type has no object of entities", -1;
        for (size_t k = 0; !rc && k < type->n; k++)
            rc = add_places(c, type->key, &type->kid[k]);
    }
    return rc;
}

/* ---- DuIE: {"text", "spo_list": [{"predicate", "subject", "object", …types}]} ---- */

/* DuIE 2's object is {"@value": …, and what else belongs to it}, DuIE 1's a text. */
static struct weir_span value(const struct ie_val *v)
{
    if (v && v->type == WEIR_JSON_OBJECT)
        v = ie_get(v, "@value");
    return v && v->type == WEIR_JSON_STRING ? v->str : weir_span(NULL, 0);
}

/* The further values of DuIE 2's object, as {"role": {"value", "type"}}. */
static int add_qualifiers(struct ie_conv *c, const struct ie_val *object, const struct ie_val *type)
{
    struct weir_buf *b = &c->relation.b;
    int n = 0;
    for (size_t i = 0; object && object->type == WEIR_JSON_OBJECT && i < object->n; i++) {
        const struct ie_val *v = &object->kid[i];
        if (weir_span_is(v->key, "@value"))
            continue;
        weir_buf_adds(b, n++ ? "," : ",\"qualifiers\":{");
        weir_buf_add_json(b, v->key);
        weir_buf_adds(b, ":{\"value\":");
        ie_put(b, v, 0);
        for (size_t k = 0; type && type->type == WEIR_JSON_OBJECT && k < type->n; k++)
            if (weir_span_eq(type->kid[k].key, v->key)) {
                weir_buf_adds(b, ",\"type\":");
                ie_put(b, &type->kid[k], 0);
            }
        weir_buf_addc(b, '}');
    }
    if (n)
        weir_buf_addc(b, '}');
    return 0;
}

static int add_spo(struct ie_conv *c, const struct ie_val *spo)
{
    static const char *const used[] = {"predicate",    "subject",     "object",
                                       "subject_type", "object_type", NULL};
    const struct ie_val *object = ie_get(spo, "object"), *type = ie_get(spo, "object_type");
    const struct ie_side head = {ie_text(spo, "subject"), ie_text(spo, "subject_type"), IE_NOWHERE,
                                 IE_NOWHERE};
    const struct ie_side tail = {value(object), value(type), IE_NOWHERE, IE_NOWHERE};
    const struct weir_span predicate = ie_text(spo, "predicate");
    if (!head.text.p || !tail.text.p || !predicate.p)
        return c->why = "an element of spo_list lacks subject, predicate or object", -1;
    ie_add_relation(c, head, predicate, tail, spo, used);
    c->relation.b.n -= c->relation.b.n > 0; // its bracket: more follows
    add_qualifiers(c, object, type);
    weir_buf_addc(&c->relation.b, '}');
    return 0;
}

static int from_duie(struct ie_conv *c, struct weir_span raw, const struct ie_val *rec)
{
    (void)raw;
    const struct ie_val *list = ie_get(rec, "spo_list");
    int rc = begin_text(c, rec);
    if (!rc && (!list || list->type != WEIR_JSON_ARRAY))
        rc = (c->why = "no \"spo_list\"", -1);
    c->relation.wanted = 1;
    for (size_t i = 0; !rc && i < list->n; i++)
        rc = add_spo(c, &list->kid[i]);
    return rc;
}

/* ---- DuEE: {"text", "event_list": [{"trigger", "event_type", "arguments": [{"role", …}]}]} ----
 */

static size_t start_of(const struct ie_val *v, const char *key, struct weir_span s, size_t *end)
{
    uint64_t n;
    *end = IE_NOWHERE;
    if (ie_number(v, key, &n) || n > UINT32_MAX)
        return IE_NOWHERE;
    *end = (size_t)n + weir_utf8_count(s.p, s.n);
    return (size_t)n;
}

static int add_event(struct ie_conv *c, const struct ie_val *e)
{
    static const char *const used[] = {"trigger", "event_type", "trigger_start_index", "arguments",
                                       NULL};
    static const char *const arg_used[] = {"argument", "role", "argument_start_index", NULL};
    const struct weir_span trigger = ie_text(e, "trigger"), type = ie_text(e, "event_type");
    const struct ie_val *args = ie_get(e, "arguments");
    size_t end, start = start_of(e, "trigger_start_index", trigger, &end);
    if (!type.p || !args || args->type != WEIR_JSON_ARRAY)
        return c->why = "an event lacks event_type or arguments", -1;
    ie_add_event(c, trigger.p ? trigger : weir_span("", 0), type, start, end);
    for (size_t i = 0; i < args->n; i++) {
        const struct ie_val *a = &args->kid[i];
        const struct weir_span argument = ie_text(a, "argument"), role = ie_text(a, "role");
        if (!argument.p || !role.p)
            return c->why = "an argument lacks its text or its role", -1;
        start = start_of(a, "argument_start_index", argument, &end);
        ie_add_argument(c, argument, role, start, end, a, arg_used);
    }
    ie_end_event(c, e, used);
    return 0;
}

static int from_duee(struct ie_conv *c, struct weir_span raw, const struct ie_val *rec)
{
    (void)raw;
    const struct ie_val *list = ie_get(rec, "event_list");
    int rc = begin_text(c, rec);
    if (!rc && (!list || list->type != WEIR_JSON_ARRAY))
        rc = (c->why = "no \"event_list\"", -1);
    c->event.wanted = 1;
    for (size_t i = 0; !rc && i < list->n; i++)
        rc = add_event(c, &list->kid[i]);
    return rc;
}

static const char *const cluener_used[] = {"text", "label", NULL};
static const char *const duie_used[] = {"text", "spo_list", NULL};
static const char *const duee_used[] = {"text", "event_list", NULL};

const struct ie_source ie_cluener = {"cluener", "CLUENER 2020", IE_JSON, from_cluener,
                                     cluener_used};
const struct ie_source ie_duie = {"duie", "DuIE 1 and 2", IE_JSON, from_duie, duie_used};
const struct ie_source ie_duee = {"duee", "DuEE 1", IE_JSON, from_duee, duee_used};
