/* One entity of a Wikidata dump, parsed into what the knowledge file keeps of it. */
#ifndef WEIR_KG_ENTITY_H
#define WEIR_KG_ENTITY_H

#include "kg2instruction/kg_file.h"
#include "kg2instruction/kg_fold.h"
#include "lib/json_tree.h"

/* What is kept; shared by all threads, read-only. */
struct kg_keep {
    const kg_fold *fold;
    char lang[KG_LANGS_MAX][12]; // "zh", "en", "mul"
    unsigned n_langs;
    int external_ids; // statements of that datatype too
    int unnamed;      // entities without a name too
    uint64_t seed;    // of hash tables on names
};

struct kg_name_item {
    size_t at, n; // in kg_entity.text
    uint8_t kinds, lang;
};

enum kg_left_out { KG_LEFT_EXTERNAL_ID, KG_N_LEFT_OUT };

/* Where an entity's parts are while it is parsed, and what became of it; one a thread, reused. */
struct kg_entity {
    const struct kg_keep *keep;
    kg_id id;
    uint32_t popularity;
    unsigned datatype;
    const char *drop;     // why it is left out, NULL when it is not
    struct weir_buf text; // of the names
    struct kg_name_item *name;
    size_t n_names, cap_names;
    uint32_t *slot; // name + 1 by hash of language and text; 0: none
    size_t n_slots;
    unsigned lang;                    // of the aliases at hand
    uint32_t best_rank[KG_LANGS_MAX]; // of the variants met, and the label that has it
    size_t best_name[KG_LANGS_MAX];
    struct weir_buf titles; // of articles, as they stand: language + 1 (a byte), title, NUL
    struct weir_buf data;   // as in KG_DATA
    uint64_t n_statements, n_qualifiers; // in data
    uint64_t n_left_out[KG_N_LEFT_OUT];  // statements
    uint32_t *parents;                   // of P279, not deprecated
    size_t n_parents, cap_parents;
    struct weir_buf groups, group, list, snak, raw; // scratch
    struct kg_fold_scratch fold;
    struct weir_err *err; // while parsing
};

void kg_entity_init(struct kg_entity *e, const struct kg_keep *keep);
void kg_entity_free(struct kg_entity *e);
/* 0 when e holds the entity (or e->drop says why it is left out; parents are there all the same),
 * WEIR_EBAD with the reason, WEIR_EMEM. */
WEIR_MUST_CHECK int kg_entity_parse(struct kg_entity *e, struct json_node root,
                                    struct weir_err *err);

/* ---- between its source files ---- */

/* "Q42", "P31": 1 and the id, or 0. */
int kg_parse_id(struct weir_span s, kg_id *id);
/* The number of the language whose Wikipedia a site is ("zhwiki"), or -1. */
int kg_site_lang(const struct kg_keep *k, struct weir_span site);
/* Labels, aliases and sitelinks into e->name. */
int kg_parse_names(struct kg_entity *e, struct json_node root);
/* Claims into e->groups as they follow the names in KG_DATA. */
int kg_parse_claims(struct kg_entity *e, struct json_node claims);
/* Appends a snak to *to; 1 when it is kept, 0 when it is left out, negative when malformed. */
int kg_parse_snak(struct kg_entity *e, struct json_node snak, struct weir_buf *to);
/* The entity that a snak in these bytes has as its value, 0 for none. */
kg_id kg_snak_entity(struct weir_span snak);
/* WEIR_EBAD with that reason. */
int kg_malformed(struct kg_entity *e, const char *fmt, ...) WEIR_PRINTF(2, 3);

#endif
