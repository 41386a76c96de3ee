/* What weir kg2instruction annotate writes: entities with their places in bytes, and relations that
 * name their sides by number. */
#include "kg2instruction/ie_convert.h"

/* The character that begins at a byte of the text, or nowhere. */
static size_t char_at(const struct ie_conv *c, uint64_t byte)
{
    size_t low = 0, high = c->n_chars + 1;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (c->chars[mid] < byte)
            low = mid + 1;
        else
            high = mid;
    }
    return low <= c->n_chars && c->chars[low] == byte ? low : IE_NOWHERE;
}

static void place_of(const struct ie_conv *c, const struct ie_val *entity, size_t *start,
                     size_t *end)
{
    uint64_t at, n;
    *start = *end = IE_NOWHERE;
    if (ie_number(entity, "at", &at) || ie_number(entity, "n", &n) || at > UINT32_MAX ||
        n > UINT32_MAX)
        return;
    *start = char_at(c, at);
    *end = char_at(c, at + n);
}

static struct ie_side side_of(const struct ie_conv *c, const struct ie_val *entities,
                              const struct ie_val *relation, const char *name, const char *type,
                              const char *number)
{
    struct ie_side s = {ie_text(relation, name), ie_text(relation, type), IE_NOWHERE, IE_NOWHERE};
    uint64_t i;
    if (!ie_number(relation, number, &i) && i < entities->n)
        place_of(c, &entities->kid[i], &s.start, &s.end);
    return s;
}

static int add_relations(struct ie_conv *c, const struct ie_val *entities,
                         const struct ie_val *relations)
{
    static const char *const used[] = {"head",      "head_type", "relation", "tail",
                                       "tail_type", "h",         "t",        NULL};
    for (size_t i = 0; i < relations->n; i++) {
        const struct ie_val *r = &relations->kid[i];
        const struct ie_side head = side_of(c, entities, r, "head", "head_type", "h");
        const struct ie_side tail = side_of(c, entities, r, "tail", "tail_type", "t");
        const struct weir_span name = ie_text(r, "relation");
        if (!head.text.p || !tail.text.p || !name.p)
            return c->why = "a relation lacks its head, name or tail", -1;
        ie_add_relation(c, head, name, tail, r, used);
    }
    return 0;
}

static int from_annotated(struct ie_conv *c, struct weir_span raw, const struct ie_val *rec)
{
    static const char *const used[] = {"at", "n", "name", "type", NULL};
    const struct weir_span text = ie_text(rec, "text");
    const struct ie_val *entities = ie_get(rec, "entities"), *relations = ie_get(rec, "relations");
    (void)raw;
    if (!text.p || !entities || entities->type != WEIR_JSON_ARRAY || !relations ||
        relations->type != WEIR_JSON_ARRAY)
        return c->why = "no \"text\", \"entities\" or \"relations\"", -1;
    if (ie_begin(c, text))
        return WEIR_EMEM;
    c->entity.wanted = c->relation.wanted = 1;
    for (size_t i = 0; i < entities->n; i++) {
        const struct ie_val *e = &entities->kid[i];
        const struct weir_span name = ie_text(e, "name"), type = ie_text(e, "type");
        size_t start, end;
        if (!name.p || !type.p)
            return c->why = "an entity lacks its name or type", -1;
        place_of(c, e, &start, &end);
        ie_add_entity(c, name, type, start, end, e, used);
    }
    return add_relations(c, entities, relations);
}

static const char *const annotated_used[] = {"text", "entities", "relations", NULL};
const struct ie_source ie_annotated = {"annotated", "what weir kg2instruction annotate writes",
                                       IE_JSON, from_annotated, annotated_used};
