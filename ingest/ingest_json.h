/* Records that are JSON objects: which member is what, and the rest passed through. */
#ifndef WEIR_INGEST_JSON_H
#define WEIR_INGEST_JSON_H

#include "ingest/frame.h"

/* Names of members, the first that is there counts; --text, --title and --id come before them. */
struct ingest_json_names {
    const char *text[4], *title[3], *id[3];
    int says_source; // a member "source" is the document's source
    /* The document's source as its URL tells, in buf or absent; may be NULL. */
    struct weir_span (*source_of)(struct weir_span url, char *buf, size_t size);
    /* Judges the document before it is written: 0 after weir_rec_drop(), 1 to keep; may be NULL. */
    int (*check)(struct weir_batch *b, struct weir_rec *r, struct ingest_doc *d);
};

/* For struct ingest_source: the reader of JSON Lines and arrays, and a thread's scratch. */
int ingest_json_open(struct ingest *in, void **reader, struct weir_err *err);
void *ingest_json_thread_new(struct ingest *in, struct weir_err *err);
void ingest_json_thread_free(void *thread);

/* What convert() does for such a record. */
int ingest_json_convert(const struct ingest_json_names *names, struct ingest *in, void *thread,
                        struct ingest_out *out, struct weir_batch *b, struct weir_rec *r,
                        struct weir_err *err);

#define INGEST_JSON_READER                                                                         \
    .open = ingest_json_open, .next = ingest_frame_next, .close = ingest_frame_close,              \
    .tail = ingest_frame_tail, .thread_new = ingest_json_thread_new,                               \
    .thread_free = ingest_json_thread_free

#endif
