/* Growable bytes.  All growth in Weir goes through here: sizes are checked for overflow, and a
 * failed allocation is remembered in the buffer, so that a run of appends is checked once. */
#ifndef WEIR_BUF_H
#define WEIR_BUF_H

#include "weir/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes behind the n used ones that are always allocated: simdjson and vector loops may read
 * (never use) that far. */
#define WEIR_PADDING 64

struct weir_buf {
    char *p;    // NULL until the first growth
    size_t n;   // bytes used
    size_t cap; // bytes that fit; cap + WEIR_PADDING are allocated
    int failed; // an allocation failed: the content is incomplete
};

/* Makes room for extra more bytes.  Returns 0, or WEIR_EMEM (and marks the buffer failed). */
WEIR_API int weir_buf_reserve(struct weir_buf *b, size_t extra);
/* Appends; on failure marks the buffer and appends nothing. */
WEIR_API void weir_buf_add(struct weir_buf *b, const void *p, size_t n);
WEIR_API void weir_buf_addc(struct weir_buf *b, char c);
WEIR_API void weir_buf_adds(struct weir_buf *b, const char *s);
WEIR_API void weir_buf_addf(struct weir_buf *b, const char *fmt, ...) WEIR_PRINTF(2, 3);
/* Appends a code point as UTF-8 (surrogates and values above 0x10FFFF become U+FFFD). */
WEIR_API void weir_buf_add_utf8(struct weir_buf *b, uint32_t c);
/* Appends v in decimal. */
WEIR_API void weir_buf_add_u64(struct weir_buf *b, uint64_t v);
/* Appends n bytes as 2 * n hexadecimal digits in lower case. */
WEIR_API void weir_buf_add_hex(struct weir_buf *b, const void *bytes, size_t n);
/* Appends s as a JSON string with its quotes; s must be valid UTF-8.  Only what JSON demands is
 * escaped (quote, backslash, control characters), so Chinese stays readable. */
WEIR_API void weir_buf_add_json(struct weir_buf *b, struct weir_span s);
/* The same for bytes that may not be UTF-8 (file names): what is invalid becomes U+FFFD. */
WEIR_API void weir_buf_add_json_lossy(struct weir_buf *b, struct weir_span s);
/* 0 when every append worked, WEIR_EMEM with a message when not. */
WEIR_API WEIR_MUST_CHECK int weir_buf_check(const struct weir_buf *b, struct weir_err *err);
/* Empties it and gives back memory above keep bytes: scratch that met one giant stays small. */
WEIR_API void weir_buf_reset(struct weir_buf *b, size_t keep);
WEIR_API void weir_buf_free(struct weir_buf *b);

/* calloc/realloc for arrays, overflow checked; NULL when it does not fit. */
WEIR_API void *weir_calloc(size_t n, size_t size);
WEIR_API void *weir_realloc_array(void *p, size_t n, size_t size);
/* Grows *p (elements of size bytes) so that need fit; doubles.  Returns 0 or WEIR_EMEM. */
WEIR_API int weir_grow(void *p, size_t *cap, size_t need, size_t size);

static inline struct weir_span weir_buf_span(const struct weir_buf *b)
{
    return weir_span(b->p, b->n);
}

#ifdef __cplusplus
}
#endif
#endif
