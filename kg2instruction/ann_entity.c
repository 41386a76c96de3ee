/* The entities of a document, and what stands near them in the knowledge file. */
#include <stdlib.h>
#include <string.h>

#include "kg2instruction/ann_doc.h"
#include "lib/xxh.h"

enum {
    NEAR_STATEMENTS = 2000, // of one entity
    NEAR_MAX = 1 << 17,     // of a document
};

int ann_is_page(const kg_file *kg, kg_id id)
{
    static const kg_id pages[] = {4167410, 13406463, 4167836,  11266439, 17362920,
                                  202444,  101352,   12308941, 11879590, 3409032};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        const int is = kg_is_a(kg, id, pages[i]);
        if (is)
            return is;
    }
    return 0;
}

static size_t slot_of(const struct ann_doc *d, kg_id id)
{
    size_t at = XXH3_64bits(&id, sizeof id) & (d->n_slots - 1);
    while (d->slots[at] && d->entities[d->slots[at] - 1].id != id)
        at = (at + 1) & (d->n_slots - 1);
    return at;
}

uint32_t ann_entity_find(const struct ann_doc *d, kg_id id)
{
    const uint32_t slot = d->n_slots ? d->slots[slot_of(d, id)] : 0;
    return slot ? slot - 1 : ANN_NONE_ENTITY;
}

static int rehash(struct ann_doc *d)
{
    const size_t n = d->n_slots ? 2 * d->n_slots : 64;
    if (weir_grow(&d->slots, &d->cap_slots, n, sizeof *d->slots))
        return WEIR_EMEM;
    d->n_slots = n;
    memset(d->slots, 0, n * sizeof *d->slots);
    for (size_t i = 0; i < d->n_entities; i++)
        d->slots[slot_of(d, d->entities[i].id)] = (uint32_t)i + 1;
    return 0;
}

uint32_t ann_entity_add(struct ann_doc *d, kg_id id, struct weir_err *err)
{
    const kg_file *kg = d->sh->kg;
    const uint32_t known = ann_entity_find(d, id), row = kg_find(kg, id);
    if (known != ANN_NONE_ENTITY || row == KG_NOT_FOUND)
        return known;
    const int topic = ann_topic_of(kg, id);
    if (topic < 0) {
        weir_err_set(err, WEIR_EBAD, "the knowledge file is damaged: weir kg2instruction check");
        return ANN_NONE_ENTITY;
    }
    if ((2 * d->n_entities >= d->n_slots && rehash(d)) ||
        weir_grow(&d->entities, &d->cap_entities, d->n_entities + 1, sizeof *d->entities)) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return ANN_NONE_ENTITY;
    }
    d->entities[d->n_entities] = (struct ann_entity){
        .id = id, .row = row, .popularity = kg_popularity(kg, row), .topic = (uint8_t)topic};
    d->slots[slot_of(d, id)] = (uint32_t)d->n_entities + 1;
    return (uint32_t)d->n_entities++;
}

/* ---- near ---- */

static size_t near_slot(const struct ann_doc *d, kg_id id)
{
    size_t at = XXH3_64bits(&id, sizeof id) & (d->n_near - 1);
    while (d->near[at] && d->near[at] != id)
        at = (at + 1) & (d->n_near - 1);
    return at;
}

int ann_is_near(const struct ann_doc *d, kg_id id)
{
    return d->n_near && d->near[near_slot(d, id)] == id;
}

static int near_put(struct ann_doc *d, kg_id id)
{
    if (2 * d->used_near >= d->n_near) {
        const size_t old = d->n_near, n = old ? 2 * old : 1024;
        uint64_t *was = weir_calloc(old ? old : 1, sizeof *was);
        if (!was || weir_grow(&d->near, &d->cap_near, n, sizeof *d->near)) {
            free(was);
            return WEIR_EMEM;
        }
        if (old)
            memcpy(was, d->near, old * sizeof *was);
        d->n_near = n;
        memset(d->near, 0, n * sizeof *d->near);
        for (size_t i = 0; i < old; i++)
            if (was[i])
                d->near[near_slot(d, (kg_id)was[i])] = was[i];
        free(was);
    }
    const size_t at = near_slot(d, id);
    d->used_near += !d->near[at];
    d->near[at] = id;
    return 0;
}

int ann_near_add(struct ann_doc *d, const struct ann_entity *e, struct weir_err *err)
{
    struct kg_cursor c;
    struct kg_statement s;
    int rc = kg_statements(d->sh->kg, e->row, 0, &c);
    for (int i = 0; !rc && i < NEAR_STATEMENTS && d->used_near < NEAR_MAX; i++) {
        rc = kg_statement_next(&c, &s);
        if (rc <= 0)
            break;
        rc = 0;
        if (s.main.kind != KG_ENTITY || s.main.property == KG_P(1889))
            continue;
        if (near_put(d, s.main.u.entity))
            return weir_err_set(err, WEIR_EMEM, "out of memory");
    }
    if (rc == KG_DAMAGED)
        return weir_err_set(err, rc, "the knowledge file is damaged: weir kg2instruction check");
    return 0;
}
