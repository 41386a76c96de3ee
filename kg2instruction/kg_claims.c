/* Statements of an entity, grouped by property in ascending order (docs/formats.md). */
#include <stdlib.h>

#include "kg2instruction/kg_entity.h"
#include "kg2instruction/kg_layout.h"

/* A group as it is gathered: its bytes in e->group. */
struct group {
    uint32_t property; // number
    uint32_t order;    // of appearance: equal properties keep it
    size_t at, n;
    uint64_t n_statements;
    int has_preferred;
};

struct claims {
    struct kg_entity *e;
    struct group *group;
    size_t n, cap;
    struct group *now;
    uint64_t n_qualifiers; // of the statement at hand
    uint32_t qualifier;    // their property
};

static int add_qualifier(void *ctx, struct weir_span key, struct json_node snak)
{
    struct claims *c = ctx;
    struct kg_entity *e = c->e;
    const size_t at = e->list.n;
    (void)key;
    kg_put_varint(&e->list, c->qualifier);
    const int kept = kg_parse_snak(e, snak, &e->list);
    if (kept <= 0) {
        e->list.n = at;
        return kept;
    }
    c->n_qualifiers++;
    return 0;
}

static int add_qualifiers(void *ctx, struct weir_span key, struct json_node list)
{
    struct claims *c = ctx;
    kg_id id;
    if (!kg_parse_id(key, &id) || !(id & KG_PROPERTY))
        return kg_malformed(c->e, "qualifiers of no property");
    if (json_tree_type(list) != WEIR_JSON_ARRAY)
        return kg_malformed(c->e, "qualifiers that are no list");
    c->qualifier = id & ~KG_PROPERTY;
    return json_tree_each(list, add_qualifier, c);
}

static int rank_of(struct kg_entity *e, struct json_node statement)
{
    struct json_node n;
    struct weir_span s;
    if (json_tree_get(statement, "rank", &n) && json_tree_string(n, &s)) {
        if (weir_span_is(s, "normal"))
            return KG_NORMAL;
        if (weir_span_is(s, "preferred"))
            return KG_PREFERRED;
        if (weir_span_is(s, "deprecated"))
            return KG_DEPRECATED;
    }
    return kg_malformed(e, "a statement without \"rank\"");
}

static int add_parent(struct kg_entity *e, kg_id parent)
{
    if (weir_grow(&e->parents, &e->cap_parents, e->n_parents + 1, sizeof *e->parents))
        return weir_err_set(e->err, WEIR_EMEM, "out of memory");
    e->parents[e->n_parents++] = parent;
    return 0;
}

static int add_statement(void *ctx, struct weir_span key, struct json_node statement)
{
    struct claims *c = ctx;
    struct kg_entity *e = c->e;
    struct json_node main, qualifiers;
    (void)key;
    const int rank = rank_of(e, statement);
    if (rank < 0)
        return rank;
    if (!json_tree_get(statement, "mainsnak", &main))
        return kg_malformed(e, "a statement without \"mainsnak\"");
    e->snak.n = e->list.n = 0;
    c->n_qualifiers = 0;
    int rc = kg_parse_snak(e, main, &e->snak);
    if (rc <= 0)
        return rc;
    const kg_id target = c->now->property == 279 ? kg_snak_entity(weir_buf_span(&e->snak)) : 0;
    if (target && rank != KG_DEPRECATED && (rc = add_parent(e, target)) < 0)
        return rc;
    if (json_tree_get(statement, "qualifiers", &qualifiers) &&
        (rc = json_tree_each(qualifiers, add_qualifiers, c)) < 0)
        return rc;
    weir_buf_addc(&e->group, (char)(rank | (c->n_qualifiers ? KG_HAS_QUALIFIERS : 0)));
    weir_buf_add(&e->group, e->snak.p, e->snak.n);
    if (c->n_qualifiers) {
        kg_put_varint(&e->group, c->n_qualifiers);
        kg_put_span(&e->group, weir_buf_span(&e->list));
    }
    c->now->n_statements++;
    c->now->has_preferred |= rank == KG_PREFERRED;
    e->n_statements++;
    e->n_qualifiers += c->n_qualifiers;
    return 0;
}

static int add_property(void *ctx, struct weir_span key, struct json_node list)
{
    struct claims *c = ctx;
    struct kg_entity *e = c->e;
    kg_id id;
    if (!kg_parse_id(key, &id) || !(id & KG_PROPERTY))
        return kg_malformed(e, "claims of no property");
    if (json_tree_type(list) != WEIR_JSON_ARRAY)
        return kg_malformed(e, "claims that are no list");
    if (weir_grow(&c->group, &c->cap, c->n + 1, sizeof *c->group))
        return weir_err_set(e->err, WEIR_EMEM, "out of memory");
    c->now = &c->group[c->n];
    *c->now =
        (struct group){.property = id & ~KG_PROPERTY, .order = (uint32_t)c->n, .at = e->group.n};
    const int rc = json_tree_each(list, add_statement, c);
    c->now->n = e->group.n - c->now->at;
    c->n += c->now->n_statements != 0;
    return rc;
}

static int by_property(const void *a, const void *b)
{
    const struct group *x = a, *y = b;
    if (x->property != y->property)
        return x->property < y->property ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

/* Groups behind one another; a property that came twice is one group. */
static void put_groups(struct claims *c)
{
    struct kg_entity *e = c->e;
    uint64_t n_groups = 0;
    e->list.n = 0;
    for (size_t i = 0, k; i < c->n; i = k) {
        struct group all = c->group[i];
        for (k = i + 1; k < c->n && c->group[k].property == all.property; k++) {
            all.n_statements += c->group[k].n_statements;
            all.n += c->group[k].n;
            all.has_preferred |= c->group[k].has_preferred;
        }
        kg_put_varint(&e->list, (uint64_t)all.property << 1 | (unsigned)all.has_preferred);
        kg_put_varint(&e->list, all.n_statements);
        kg_put_varint(&e->list, all.n);
        for (size_t m = i; m < k; m++)
            weir_buf_add(&e->list, e->group.p + c->group[m].at, c->group[m].n);
        n_groups++;
    }
    kg_put_varint(&e->groups, n_groups);
    kg_put_span(&e->groups, weir_buf_span(&e->list));
}

int kg_parse_claims(struct kg_entity *e, struct json_node claims)
{
    struct claims c = {.e = e};
    struct json_node none;
    e->group.n = 0;
    int rc = 0;
    if (json_tree_type(claims) == WEIR_JSON_OBJECT)
        rc = json_tree_each(claims, add_property, &c);
    else if (json_tree_type(claims) != WEIR_JSON_ARRAY ||
             json_tree_first(claims, &none)) // PHP wrote an empty map as an empty list
        rc = kg_malformed(e, "\"claims\" is no object");
    if (c.n > 1)
        qsort(c.group, c.n, sizeof *c.group, by_property);
    if (!rc)
        put_groups(&c);
    free(c.group);
    return rc;
}
