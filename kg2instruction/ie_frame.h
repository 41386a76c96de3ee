/* Where the records of an information extraction dataset begin and end: blocks of lines (columns),
 * JSON objects a line, one behind another over many lines, in an array, or FewRel's object of
 * arrays by relation.  No more of an input is held than a chunk and the record at hand. */
#ifndef WEIR_KG2INSTRUCTION_IE_FRAME_H
#define WEIR_KG2INSTRUCTION_IE_FRAME_H

#include "weir/stream.h"

enum ie_form {
    IE_JSON,   // objects, however they stand
    IE_NAMED,  // the same, and arrays of objects under names: a record's aux is its name
    IE_BLOCKS, // lines up to a blank one
    IE_MARKED, // lines up to a blank one, or to one that begins with #doc
};

typedef struct ie_frame ie_frame;

/* Borrows all of it; stage tells how long a record may be. */
ie_frame *ie_frame_open(struct weir_job *job, weir_inputs *in, enum ie_form form,
                        const struct weir_stage *stage, struct weir_err *err);
/* For weir_stage.next. */
int ie_frame_next(void *frame, struct weir_batch *b, struct weir_err *err);
/* Input bytes behind the last record. */
uint64_t ie_frame_tail(const ie_frame *f);
void ie_frame_close(ie_frame *f);

#endif
