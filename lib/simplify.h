/* Traditional Chinese to simplified with OpenCC's dictionaries and by OpenCC's algorithm: the text
 * is cut where the first dictionary has its longest matches, and each piece goes through the
 * conversions, longest match first.  The result is the library's, byte for byte; a NUL, at which
 * the library ends, is a character like others.
 *
 * A line in which no entry that changes anything can match is left alone: it has none of the
 * characters that alone are changed and none of the pairs that phrases without such a character
 * begin with.  No entry holds a line end, so that lines are converted apart. */
#ifndef WEIR_SIMPLIFY_H
#define WEIR_SIMPLIFY_H

#include "weir/buf.h"

typedef struct simplify simplify;

/* A configuration of OpenCC, "t2s.json"; read-only once open, shared by all threads. */
simplify *simplify_open(const char *config, struct weir_err *err);
void simplify_close(simplify *s);
uint64_t simplify_memory(const simplify *s);

/* Scratch of one thread. */
struct simplify_scratch {
    struct weir_buf a, b;
};
void simplify_scratch_free(struct simplify_scratch *s);

/* Appends the converted text to *out; returns the bytes that entries replaced, those that two
 * conversions replaced twice.  0: the text stays as it is and nothing was appended.  Negative:
 * WEIR_EMEM. */
int64_t simplify_text(const simplify *s, struct simplify_scratch *scratch, struct weir_span text,
                      struct weir_buf *out);

#endif
