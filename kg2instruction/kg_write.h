/* Writing a knowledge file from front to back. */
#ifndef WEIR_KG_WRITE_H
#define WEIR_KG_WRITE_H

#include "kg2instruction/kg_entity.h"
#include "kg2instruction/kg_layout.h"
#include "lib/xxh.h"
#include "weir/extsort.h"
#include "weir/job.h"

struct kg_writer {
    weir_io *out; // borrowed
    const char *temp_dir;
    struct kg_trailer trailer;
    XXH3_state_t *hash; // of the section at hand
    uint64_t at;        // bytes written
    weir_io *aside;     // the array that belongs to the section at hand, until it is written
};

/* Writes the head.  Free also after a failure. */
int kg_writer_init(struct kg_writer *w, weir_io *out, const char *temp_dir, struct weir_err *err);
void kg_writer_free(struct kg_writer *w);
/* Sections in order: begin, put any number of times, end. */
int kg_section_begin(struct kg_writer *w, enum kg_section_number n, struct weir_err *err);
int kg_section_put(struct kg_writer *w, enum kg_section_number n, const void *p, size_t bytes,
                   struct weir_err *err);
int kg_section_end(struct kg_writer *w, enum kg_section_number n, struct weir_err *err);
/* The array behind a section, gathered in a temporary file meanwhile; end writes it. */
int kg_aside_begin(struct kg_writer *w, struct weir_err *err);
int kg_aside_put(struct kg_writer *w, const void *p, size_t bytes, struct weir_err *err);
int kg_aside_end(struct kg_writer *w, enum kg_section_number n, struct weir_err *err);
/* The trailer; totals and languages are in w->trailer. */
int kg_writer_finish(struct kg_writer *w, struct weir_err *err);

/* ---- the parts, each from its sorted stream ---- */

/* Keys of the sorters: ids and popularity big-endian, so that bytes sort as numbers do. */
enum {
    KG_NAME_TAIL = 7, // behind a name's key: NUL, 65535 - popularity (2), id (4)
    KG_SETS_MAX = 4,  // bytes of a posting's sets
};

static inline void kg_put_be32(char *p, uint32_t v)
{
    p[0] = (char)(v >> 24), p[1] = (char)(v >> 16), p[2] = (char)(v >> 8), p[3] = (char)v;
}

static inline uint32_t kg_get_be32(const char *s)
{
    const unsigned char *p = (const unsigned char *)s;
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Entities, key: id; value: popularity (u16), datatype (u16), data. */
int kg_write_entities(struct kg_writer *w, weir_extsort *entities, struct weir_job *job,
                      struct weir_err *err);
/* Names, key: a name's key and its tail; value: the posting's sets (varint).  Of a name that more
 * than KG_CANDIDATES_MAX entities have, the most popular stay; *n_cut counts the others. */
#define KG_CANDIDATES_MAX 10000
int kg_write_names(struct kg_writer *w, weir_extsort *names, struct weir_job *job, uint64_t *n_cut,
                   struct weir_err *err);
/* Edges, key: class id and parent id, no value.  Of a class with more than KG_ANCESTORS_MAX above
 * it the nearest stay; *n_cut counts such classes.  memory: for the graph. */
#define KG_ANCESTORS_MAX 4096
int kg_write_classes(struct kg_writer *w, weir_extsort *edges, struct weir_job *job,
                     uint64_t memory, uint64_t *n_cut, struct weir_err *err);

#endif
