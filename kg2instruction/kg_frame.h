/* Cuts inputs into records, recognised by content: entities of a Wikidata JSON dump (an array of
 * one a line, lines alone, or objects over many lines) and pages of a MediaWiki XML dump. */
#ifndef WEIR_KG_FRAME_H
#define WEIR_KG_FRAME_H

#include "weir/stream.h"

enum kg_record { KG_RECORD_ENTITY, KG_RECORD_PAGE };

typedef struct kg_frame kg_frame;

/* Borrows all of it; stage tells how long a record may be.  part: an input may end inside its array
 * or before </mediawiki>, as the beginning of a dump does. */
kg_frame *kg_frame_open(struct weir_job *job, const struct weir_stage *stage, int part,
                        struct weir_err *err);
/* For weir_stage.next: a record's user[0] is its enum kg_record, user[1] of a page the address of
 * its dump's struct wiki_site, which lives as long as the frame. */
int kg_frame_next(void *frame, struct weir_batch *b, struct weir_err *err);
/* Input bytes behind the last record. */
uint64_t kg_frame_tail(const kg_frame *f);
void kg_frame_close(kg_frame *f);

#endif
