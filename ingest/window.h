/* The part of an input that a framer looks at: bytes ahead of a place, with that place's offset and
 * line, and the count of bytes that belong to no record. */
#ifndef WEIR_INGEST_WINDOW_H
#define WEIR_INGEST_WINDOW_H

#include "ingest/source.h"
#include "weir/io.h"

#define INGEST_HEAD 256 // bytes kept of a record that is too long

struct ingest_window {
    weir_io *io;         // the input at hand, NULL between inputs
    const char *name;    // its name
    int eof;             // nothing behind buf
    struct weir_buf buf; // input bytes, from offset base on
    uint64_t base;
    size_t at;        // buf.p[at]: first byte not given out
    uint64_t line;    // its line, from 1
    uint64_t framing; // bytes since the last record that belong to none
};

/* Turns to the beginning of another input. */
void ingest_window_start(struct ingest_window *w, weir_io *io, const char *name);
/* Reads more; everything from at on stays, and moves to the front.  Returns 0 or WEIR_E…. */
int ingest_window_fill(struct ingest_window *w, struct weir_err *err);
/* Goes on to buf.p[end]; returns the bytes gone over. */
size_t ingest_window_advance(struct ingest_window *w, size_t end);
/* The same over bytes that belong to no record. */
void ingest_window_skip(struct ingest_window *w, size_t end);
/* Skips white space; 1 when something stands behind it, 0 at the end of the input. */
int ingest_window_skip_blank(struct ingest_window *w, struct weir_err *err);
/* WEIR_EBAD with the input's name and the line. */
int ingest_window_bad(const struct ingest_window *w, struct weir_err *err, const char *why);
/* Gives out a record that begins at the present line: p[0..n) is all of it, or at least its first
 * INGEST_HEAD bytes when length is more than is gathered.  user goes to the record's user[0].
 * Returns 1, or WEIR_EMEM when the record is allowed but does not fit -m. */
int ingest_window_give(struct ingest_window *w, const struct ingest *in, struct weir_batch *b,
                       const char *p, size_t n, uint64_t offset, uint64_t length, uint64_t user,
                       struct weir_err *err);
size_t ingest_count_lines(const char *p, size_t n);

static inline int ingest_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

#endif
