/* A row as JSON in the shape that Wikidata gives entities, without what the file does not keep. */
#ifndef WEIR_KG_JSON_H
#define WEIR_KG_JSON_H

#include "kg2instruction/kg_file.h"
#include "weir/buf.h"

/* "Q42", "P31". */
void kg_add_id(struct weir_buf *to, kg_id id);
/* The value of a snak, {"type":…,"value":…}: what stands under "datavalue". */
void kg_add_datavalue(struct weir_buf *to, const struct kg_snak *s);
/* "+2001-12-31T00:00:00Z". */
void kg_add_clock(struct weir_buf *to, const struct kg_time *t);
/* The shortest digits that read back as the same number. */
void kg_add_double(struct weir_buf *to, double v);
/* One line with its newline.  0, or KG_DAMAGED. */
int kg_add_entity(struct weir_buf *to, const kg_file *f, uint32_t row);

const char *kg_rank_name(enum kg_rank rank);
const char *kg_snak_type_name(enum kg_snak_type type);

#endif
