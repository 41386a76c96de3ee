/* What can be asked for: entity types, relations, events with their roles, types with their
 * attributes; and which labels are near which, so that they are hard to tell apart. */
#ifndef WEIR_KG2INSTRUCTION_IE_SCHEMA_H
#define WEIR_KG2INSTRUCTION_IE_SCHEMA_H

#include "kg2instruction/ie_facts.h"

struct ie_item {
    struct weir_span label;
    struct weir_span subject, predicate, object; // of SPO
    struct weir_span *role;                      // (n) of events; attributes of KG
    size_t n, cap;
    const uint32_t *near; // (n_near) items, the nearest first
    size_t n_near;
};

struct ie_schema {
    struct ie_doc doc; // holds the texts
    struct ie_item *item;
    size_t n, cap;
    uint32_t *slot; // hash table over labels
    size_t n_slots;
    uint64_t seed;
    size_t texts, names; // bytes and count of what was added
};

#define IE_MAX_LABELS 65536 // of a schema, with roles
#define IE_MAX_ROLES  256   // of a label

void ie_schema_init(struct ie_schema *s);
void ie_schema_free(struct ie_schema *s);
/* The item of a label, added when new.  NULL with err: too many labels, or memory is out. */
struct ie_item *ie_schema_add(struct ie_schema *s, enum ie_task task, struct weir_span label,
                              struct weir_err *err);
int ie_schema_add_role(struct ie_schema *s, struct ie_item *item, struct weir_span role,
                       struct weir_err *err);
/* Its number, or SIZE_MAX. */
size_t ie_schema_find(const struct ie_schema *s, struct weir_span label);
/* Adds what the facts of a record name. */
int ie_schema_add_facts(struct ie_schema *s, enum ie_task task, const struct ie_facts *f,
                        struct weir_err *err);
/* IEPile's three lines (types, roles, roles by type), DuEE's or DuIE's schema. */
int ie_schema_read(struct ie_schema *s, enum ie_task task, const char *path, struct weir_err *err);
/* Parts of a label of SPO, head_relation_tail: type, predicate (which may hold "_"), type. */
void ie_split_spo(struct weir_span label, struct weir_span part[3]);

/* ---- which labels are near ---- */

/* A dictionary {label: [near labels]}, or IEPile's of tasks and datasets, of which set is taken. */
int ie_near_read(struct ie_schema *s, enum ie_task task, const char *path, const char *set,
                 struct weir_err *err);

/* Learnt: the labels that stand in the same records most often. */
struct ie_pairs;
struct ie_pairs *ie_pairs_new(struct weir_err *err);
void ie_pairs_free(struct ie_pairs *p);
/* Counts the pairs of labels of one record; items by number, each once. */
int ie_pairs_add(struct ie_pairs *p, const uint32_t *item, size_t n, struct weir_err *err);
int ie_pairs_near(struct ie_pairs *p, struct ie_schema *s, struct weir_err *err);

#endif
