/* Framing of the simple kinds of input, recognised by content: JSON Lines, arrays of JSON objects,
 * WikiExtractor's <doc> blocks, and whole files.  Every record has its exact byte range; no more of
 * the input is held than a chunk and the record at hand. */
#ifndef WEIR_INGEST_FRAME_H
#define WEIR_INGEST_FRAME_H

#include "ingest/source.h"

/* What an input may be; the first that fits its beginning. */
enum ingest_form {
    INGEST_ARRAY = 1, // "[" of objects, also several arrays one after another
    INGEST_LINES = 2, // an object a line
    INGEST_DOCS = 4,  // <doc …> … </doc>
    INGEST_WHOLE = 8, // anything: one record
};

/* A reader for struct ingest_source: forms is a set of enum ingest_form.  A record's user[0] says
 * which one it came in. */
int ingest_frame_open(struct ingest *in, unsigned forms, void **reader, struct weir_err *err);
int ingest_frame_next(void *reader, struct weir_batch *b, struct weir_err *err);
void ingest_frame_close(void *reader);
uint64_t ingest_frame_tail(void *reader);

/* Finds the end of one JSON value over any number of pieces of input; strings are respected,
 * nothing else is checked.  Start with {0}. */
struct ingest_json_scan {
    uint32_t depth;
    int in_string;
    int two_byte; // GB18030 or Big5: a byte from 0x81 takes the next one with it
};
/* Goes on from p[*i]; returns 1 with *i behind the value, 0 when p[n] is needed. */
int ingest_json_scan(struct ingest_json_scan *s, const char *p, size_t *i, size_t n);
/* The same byte by byte where nothing else is quicker: the reference. */
int ingest_json_scan_portable(struct ingest_json_scan *s, const char *p, size_t *i, size_t n);

#endif
