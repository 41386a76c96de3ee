#include "kg2instruction/kg_entity.h"

#include <stdio.h>
#include <stdlib.h>

#include "kg2instruction/kg_layout.h"
#include "weir/utf8.h"

void kg_entity_init(struct kg_entity *e, const struct kg_keep *keep)
{
    memset(e, 0, sizeof *e);
    e->keep = keep;
}

enum { N_BUFFERS = 8 };

static void buffers(struct kg_entity *e, struct weir_buf *all[N_BUFFERS])
{
    struct weir_buf *const list[N_BUFFERS] = {&e->text,  &e->titles, &e->data, &e->groups,
                                              &e->group, &e->list,   &e->snak, &e->raw};
    memcpy(all, list, sizeof list);
}

void kg_entity_free(struct kg_entity *e)
{
    struct weir_buf *all[N_BUFFERS];
    buffers(e, all);
    for (size_t i = 0; i < N_BUFFERS; i++)
        weir_buf_free(all[i]);
    kg_fold_scratch_free(&e->fold);
    free(e->name);
    free(e->slot);
    free(e->parents);
}

int kg_malformed(struct kg_entity *e, const char *fmt, ...)
{
    char what[200];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    return weir_err_set(e->err, WEIR_EBAD, "%s", what);
}

int kg_parse_id(struct weir_span s, kg_id *id)
{
    uint32_t n = 0;
    if (s.n < 2 || s.n > 11 || (s.p[0] != 'Q' && s.p[0] != 'P') || s.p[1] == '0')
        return 0;
    for (size_t i = 1; i < s.n; i++) {
        if (!weir_is_ascii_digit((unsigned char)s.p[i]) || n > (KG_PROPERTY - 1 - 9) / 10)
            return 0;
        n = n * 10 + (uint32_t)(s.p[i] - '0');
    }
    *id = s.p[0] == 'P' ? n | KG_PROPERTY : n;
    return 1;
}

static void reset(struct kg_entity *e)
{
    e->id = 0;
    e->popularity = 0;
    e->datatype = KG_DT_OTHER;
    e->drop = NULL;
    e->text.n = e->titles.n = e->data.n = e->groups.n = 0;
    e->n_names = e->n_parents = 0;
    e->n_statements = e->n_qualifiers = 0;
    memset(e->n_left_out, 0, sizeof e->n_left_out);
}

/* The id, and whether this is an item or a property at all. */
static int parse_head(struct kg_entity *e, struct json_node root)
{
    struct json_node n;
    struct weir_span s, id;
    if (json_tree_type(root) != WEIR_JSON_OBJECT)
        return kg_malformed(e, "not a JSON object");
    if (json_tree_get(root, "redirect", &n)) {
        e->drop = "redirect";
        return 0;
    }
    if (!json_tree_get(root, "id", &n) || !json_tree_string(n, &id))
        return kg_malformed(e, "an entity without \"id\"");
    if (!json_tree_get(root, "type", &n) || !json_tree_string(n, &s))
        return kg_malformed(e, "an entity without \"type\"");
    const int item = weir_span_is(s, "item"), property = weir_span_is(s, "property");
    if (!item && !property) {
        e->drop = "other-type";
        return 0;
    }
    if (!kg_parse_id(id, &e->id) || (e->id & KG_PROPERTY ? property : item) == 0)
        return kg_malformed(e, "\"id\" is no %s", item ? "Q-id" : "P-id");
    if (property && json_tree_get(root, "datatype", &n) && json_tree_string(n, &s))
        for (unsigned i = 1; i < KG_N_DATATYPES; i++)
            if (weir_span_is(s, kg_datatype_name(i)))
                e->datatype = i;
    return 0;
}

static void put_names(struct kg_entity *e)
{
    e->list.n = 0;
    for (size_t i = 0; i < e->n_names; i++) {
        const struct kg_name_item *m = &e->name[i];
        weir_buf_addc(&e->list, (char)(m->kinds | m->lang << KG_NAME_BITS));
        kg_put_span(&e->list, weir_span(e->text.p + m->at, m->n));
    }
    kg_put_varint(&e->data, e->n_names);
    kg_put_span(&e->data, weir_buf_span(&e->list));
}

int kg_entity_parse(struct kg_entity *e, struct json_node root, struct weir_err *err)
{
    struct json_node claims;
    reset(e);
    e->err = err;
    int rc = parse_head(e, root);
    if (rc || e->drop)
        return rc;
    rc = kg_parse_names(e, root);
    if (!rc && !e->n_names && !e->keep->unnamed)
        e->drop = "no-name";
    if (!rc && json_tree_get(root, "claims", &claims))
        rc = kg_parse_claims(e, claims);
    else if (!rc)
        kg_put_varint(&e->groups, 0), kg_put_varint(&e->groups, 0);
    if (rc)
        return rc;
    put_names(e);
    weir_buf_add(&e->data, e->groups.p, e->groups.n);
    struct weir_buf *all[N_BUFFERS];
    buffers(e, all);
    for (size_t i = 0; i < N_BUFFERS; i++)
        if (weir_buf_check(all[i], err))
            return WEIR_EMEM;
    return 0;
}
