/* A look-ahead window on a byte stream, for sources that frame raw input themselves. */
#ifndef WEIR_INGEST_WINDOW_H
#define WEIR_INGEST_WINDOW_H

#include "weir/io.h"

struct window {
    weir_io *io;      // borrowed
    const char *name; // of the input, for messages; borrowed
    struct weir_buf buf;
    size_t at;       // first byte not consumed in buf
    uint64_t offset; // of that byte in the uncompressed input
    int eof;
};

/* Starts on another stream; keeps the memory. */
void window_start(struct window *w, weir_io *io, const char *name);
void window_free(struct window *w);

/* Unconsumed bytes that are there already. */
static inline struct weir_span window_span(const struct window *w)
{
    return weir_span(w->buf.p + w->at, w->buf.n - w->at);
}

/* Reads until need bytes are there or the input ends.  Returns 0; how many there are is told by
 * window_span().  Earlier spans are invalid afterwards. */
WEIR_MUST_CHECK int window_fill(struct window *w, size_t need, struct weir_err *err);
/* Consumes n bytes that are there. */
void window_take(struct window *w, size_t n);
/* Consumes n bytes wherever they are: copied to p unless that is NULL.  Fewer than n bytes left in
 * the input is WEIR_EBAD "truncated". */
WEIR_MUST_CHECK int window_read(struct window *w, void *p, uint64_t n, struct weir_err *err);

#endif
