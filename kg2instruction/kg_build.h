/* The parts of weir kg2instruction build. */
#ifndef WEIR_KG_BUILD_H
#define WEIR_KG_BUILD_H

#include "kg2instruction/kg_frame.h"
#include "kg2instruction/kg_write.h"
#include "weir/kg2instruction.h"

enum kg_sorter { KG_SORT_ENTITIES, KG_SORT_NAMES, KG_SORT_TITLES, KG_SORT_EDGES, KG_N_SORTERS };

/* Ids met so far: a bit each, in pages that come when they are needed. */
struct kg_seen {
    uint64_t **page;
    uint64_t n_bytes, memory; // taken, and allowed
};
/* 1 when id is new, 0 when it was there, WEIR_EMEM. */
int kg_seen_add(struct kg_seen *s, kg_id id, struct weir_err *err);
void kg_seen_free(struct kg_seen *s);

struct kg_build {
    const struct weir_kg_build_opt *opt;
    struct weir_job *job;
    struct kg_keep keep;
    kg_fold *fold;
    weir_extsort *sorter[KG_N_SORTERS];
    kg_frame *frame;
    struct kg_seen seen;
    struct kg_writer writer;
    uint64_t n_names, n_statements, n_qualifiers, n_external_ids; // of what was kept
    uint64_t n_rows, n_redirects; // added to the sorters, and compared with what came of them
    uint64_t n_joined;            // redirects that found their entity
    uint64_t n_long_names, n_other_pages, n_foreign_pages, n_section_redirects, n_lost_redirects;
    uint64_t n_cut_candidates, n_cut_classes;
};

/* Reads all inputs into the sorters; memory: what these hold. */
int kg_build_read(struct kg_build *k, uint64_t memory, struct weir_err *err);
/* Redirects find the entities of their targets, and become names. */
int kg_join_redirects(struct kg_build *k, struct weir_err *err);

/* Appends to the sorter of names a name in simplified characters of an entity; bare forms too,
 * kinds is a set.  add takes key and value.  Returns names that are too long (0, 1), or negative.
 */
typedef int (*kg_add_fn)(void *ctx, struct weir_span key, struct weir_span value,
                         struct weir_err *err);
int kg_add_name(struct weir_buf *scratch, struct weir_span simplified, kg_id id,
                uint32_t popularity, unsigned kinds, unsigned lang, kg_add_fn add, void *ctx,
                struct weir_err *err);

#endif
