/* The token stream's parts that its writer (tokens.c) and reader (tokens_read.c) share. */
#ifndef WEIR_TOKENS_FRAME_H
#define WEIR_TOKENS_FRAME_H

#include <string.h>

#include "lib/xxh.h"
#include "weir/tokens.h"

/* Sizes of docs/formats.md; the first TOK_MARK bytes of a frame and of the end marker tell which it
 * is and how long. */
enum { TOK_HEADER = 80, TOK_HEADER_HASHED = 72, TOK_FRAME_HEAD = 48, TOK_MARK = 16, TOK_END = 64 };

extern const char tok_magic[8];

static inline uint32_t tok_get32(const void *p, size_t at)
{
    uint32_t v;
    memcpy(&v, (const char *)p + at, sizeof v);
    return v;
}

static inline uint64_t tok_get64(const void *p, size_t at)
{
    uint64_t v;
    memcpy(&v, (const char *)p + at, sizeof v);
    return v;
}

/* Parses TOK_HEADER bytes (8 are enough to be told that it is no token stream). */
int tok_get_header(const void *p, struct weir_tok_header *h, struct weir_err *err);

struct weir_tok_sum {
    XXH3_state_t *hash;
    uint64_t documents, units, tokens, samples, text_bytes;
};

int tok_sum_reset(struct weir_tok_sum *s);
/* A frame's counts; its bytes go to tok_sum_bytes(), in pieces if need be. */
void tok_sum_counts(struct weir_tok_sum *s, const void *head);
void tok_sum_bytes(struct weir_tok_sum *s, const void *p, size_t n);
void tok_make_end(char p[TOK_END], const struct weir_tok_sum *s);

#endif
