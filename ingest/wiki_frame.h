/* Cuts <page>…</page> records out of MediaWiki XML dumps, with their exact places. */
#ifndef WEIR_INGEST_WIKI_FRAME_H
#define WEIR_INGEST_WIKI_FRAME_H

#include "ingest/source.h"
#include "lib/wiki.h"

/* A reader for struct ingest_source.  A record's user[0] is the address of its struct wiki_site,
 * which lives as long as the reader. */
int wiki_frame_open(struct ingest *in, void **reader, struct weir_err *err);
int wiki_frame_next(void *reader, struct weir_batch *b, struct weir_err *err);
void wiki_frame_close(void *reader);
uint64_t wiki_frame_tail(void *reader);

#endif
