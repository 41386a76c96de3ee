/* Records of a Stack Exchange dump, sorted by question. */
#ifndef WEIR_STACKEXCHANGE_READER_H
#define WEIR_STACKEXCHANGE_READER_H

#include "ingest/source.h"

/* user[] of a question's record, and of the rest of its group, which follows it in the batch. */
enum { N_FOLLOWING, ROLE, POST_ID };
enum { ROLE_NONE, ROLE_ANSWER };

int stackexchange_open(struct ingest *in, void **reader, struct weir_err *err);
int stackexchange_next(void *reader, struct weir_batch *b, struct weir_err *err);
void stackexchange_close(void *reader);
uint64_t stackexchange_tail(void *reader);
/* The documents' source. */
struct weir_span stackexchange_name(const struct ingest *in);

#endif
