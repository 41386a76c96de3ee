/* What both encoders remember of chunks: text to pieces, exactly (keys are compared, not hashes),
 * in bounded memory that grows with what is seen.
 *
 * A line is a cache line of four units.  A chunk of at most 12 bytes is one unit when it is one
 * piece, or of 9 bytes and two; else a second unit behind it holds the other pieces.  Older chunks
 * stand before newer ones, as what is frequent comes early; the oldest leave.
 *
 *      unit   12 bytes text, zeros behind; of 9 bytes: 20 bits second id, 4 bits end of the first
 *             20 bits first id, 4 bits how many | 8 bits length, part << 4; 0: no chunk
 *      second 60 bits ids 2 to 4, 4 bits end of the first | 40 bits ids 5 and 6, 16 bits ends, 0
 *
 * Longer chunks, and those of more pieces (whose unit tells 0 pieces), have entries of two cache
 * lines in a table of their own, where each may be in two places. */
#ifndef WEIR_TOK_CACHE_H
#define WEIR_TOK_CACHE_H

#include <string.h>

#include "weir/spm.h"

enum {
    TOK_SHORT_KEY = 12,
    TOK_PAIR_KEY = 9,
    TOK_SHORT_IDS = 6,
    TOK_LONG_KEY = 40,
    TOK_LONG_IDS = 16,
    TOK_LINE_UNITS = 4,
    TOK_CACHE_ID_BITS = 20,
    TOK_CACHE_PART = 1 << 4, // in the last byte of a key: what tells equal texts apart
};

struct tok_slot {
    uint64_t low, high;
};
#define TOK_PAIR_MASK  0xFF000000000000FFu // of high, the key; of at most 9 bytes
#define TOK_SHORT_MASK 0xFF000000FFFFFFFFu
struct tok_line {
    struct tok_slot units[TOK_LINE_UNITS];
};
struct tok_long {
    uint64_t key[TOK_LONG_KEY / 8];
    uint32_t ids[TOK_LONG_IDS];
    uint8_t ends[TOK_LONG_IDS]; // in the chunk
    uint8_t len, part, n, pad;  // len 0: free
    uint32_t hash;
};
_Static_assert(sizeof(struct tok_line) == 64, "a cache line");
_Static_assert(sizeof(struct tok_long) == 128, "two cache lines");

struct tok_cache {
    struct tok_line *lines;
    struct tok_long *longs; // by twos
    uint32_t line_mask, long_mask;
    size_t n_units, n_longs; // put in; tables of more than half as many double
    size_t most_lines, most_longs;
    uint64_t seed[4];
    void *map;
    size_t map_bytes;
};

/* A chunk on its way: text[at, end). */
struct tok_chunk {
    uint64_t key[2];
    uint32_t at, end, hash, which; // which: the encoder's
};

/* Takes up to about `bytes`, 12 KB at least. */
int tok_cache_init(struct tok_cache *h, uint64_t bytes);
void tok_cache_free(struct tok_cache *h);
uint64_t tok_cache_memory(uint64_t bytes);
/* Remembers that c became n pieces, whose offsets are those in the text less shift. */
void tok_cache_add(struct tok_cache *h, const struct tok_chunk *c, const char *text,
                   const struct weir_piece *p, size_t n, uint32_t shift);
/* The entry of a chunk that is long or whose unit tells 0 pieces, or NULL. */
const struct tok_long *tok_cache_find_long(const struct tok_cache *h, const struct tok_chunk *c,
                                           const char *text);
/* Its key and hash, and a fetch of its entry. */
void tok_chunk_set_long(const struct tok_cache *h, struct tok_chunk *c, const char *text,
                        unsigned part);

static inline uint32_t tok_cache_hash(const struct tok_cache *h, uint64_t low, uint64_t high)
{
    const __uint128_t m = (__uint128_t)(low ^ h->seed[0]) * (high ^ h->seed[1]);
    return (uint32_t)((uint64_t)m ^ (uint64_t)(m >> 64));
}

static inline size_t tok_chunk_len(const struct tok_chunk *c)
{
    return c->end - c->at;
}

static inline unsigned tok_chunk_part(const struct tok_chunk *c)
{
    return (unsigned)(c->key[1] >> 60);
}

/* Takes text[at, end) for *c and has its line fetched; 40 bytes behind `at` are readable.  Chunks
 * of one text but another part, 0 to 15, are different ones. */
static inline void tok_chunk_set(const struct tok_cache *h, struct tok_chunk *c, const char *text,
                                 size_t at, size_t end, unsigned part)
{
    static const uint8_t masks[2 * 16] = {255, 255, 255, 255, 255, 255, 255, 255,
                                          255, 255, 255, 255, 255, 255, 255, 255};
    const size_t len = end - at;
    uint64_t v[2], mask[2];
    c->at = (uint32_t)at;
    c->end = (uint32_t)end;
    if (__builtin_expect(len > TOK_SHORT_KEY, 0)) {
        tok_chunk_set_long(h, c, text, part);
        return;
    }
    memcpy(v, text + at, 16);
    memcpy(mask, masks + 16 - len, 16);
    c->key[0] = v[0] & mask[0];
    c->key[1] = (v[1] & mask[1]) | (uint64_t)(len | part * (size_t)TOK_CACHE_PART) << 56;
    c->hash = tok_cache_hash(h, c->key[0], c->key[1]);
    __builtin_prefetch(&h->lines[c->hash & h->line_mask]);
}

/* What of a unit is its key. */
static inline uint64_t tok_slot_mask(size_t len)
{
    return len <= TOK_PAIR_KEY ? TOK_PAIR_MASK : TOK_SHORT_MASK;
}

static inline int tok_slot_is(const struct tok_slot *u, const struct tok_chunk *c, uint64_t mask)
{
    return !((u->low ^ c->key[0]) | ((u->high & mask) ^ c->key[1]));
}

/* The unit of a short chunk, or NULL: of the first two without a branch. */
static inline const struct tok_slot *tok_cache_find(const struct tok_cache *h,
                                                    const struct tok_chunk *c, uint64_t mask)
{
    const struct tok_slot *u = h->lines[c->hash & h->line_mask].units;
    const struct tok_slot *likely = tok_slot_is(u, c, mask) ? u : u + 1;
    if (__builtin_expect(tok_slot_is(likely, c, mask), 1))
        return likely;
    return tok_slot_is(u + 2, c, mask) ? u + 2 : tok_slot_is(u + 3, c, mask) ? u + 3 : NULL;
}

static inline uint32_t tok_slot_first(const struct tok_slot *u)
{
    return (uint32_t)(u->high >> 32) & ((1u << TOK_CACHE_ID_BITS) - 1);
}

/* 0: see tok_cache_find_long(). */
static inline size_t tok_slot_pieces(const struct tok_slot *u)
{
    return u->high >> (32 + TOK_CACHE_ID_BITS) & 15;
}

/* Two stores, where compilers make detours of a struct. */
static inline void tok_piece_put(struct weir_piece *p, uint32_t id, uint32_t begin, uint32_t end)
{
    const uint64_t both = id | (uint64_t)begin << 32;
    memcpy(p, &both, sizeof both);
    p->end = end;
}

/* The n pieces, which are not 0, of c; there is room for 6.  Ends that are not told are the
 * chunk's, so that what is written behind its pieces does no harm. */
static inline void tok_slot_put(const struct tok_slot *u, const struct tok_chunk *c, size_t n,
                                uint32_t shift, struct weir_piece *p)
{
    const uint32_t id = (1u << TOK_CACHE_ID_BITS) - 1;
    const uint32_t at = c->at - shift, end = c->end - shift, first = tok_slot_first(u);
    if (n == 1) {
        tok_piece_put(p, first, at, end);
        return;
    }
    const uint64_t low = u[1].low, high = u[1].high;
    const uint32_t a = at + (uint32_t)(low >> 60), b = at + (high >> 40 & 15);
    const uint32_t d = at + (high >> 44 & 15), e = at + (high >> 48 & 15);
    const uint32_t f = at + (high >> 52 & 15);
    tok_piece_put(p, first, at, a);
    tok_piece_put(p + 1, low & id, a, b);
    tok_piece_put(p + 2, low >> 20 & id, b, d);
    tok_piece_put(p + 3, low >> 40 & id, d, e);
    tok_piece_put(p + 4, high & id, e, f);
    tok_piece_put(p + 5, high >> 20 & id, f, end);
}

/* Looks a chunk up and writes its pieces; there is room for 6.  Returns how many, or 0 when it is
 * not known here; then *u is its unit, if it has one. */
static inline size_t tok_cache_put(const struct tok_cache *h, const struct tok_chunk *c,
                                   uint32_t shift, struct weir_piece *p, const struct tok_slot **u)
{
    const uint32_t id = (1u << TOK_CACHE_ID_BITS) - 1, at = c->at - shift, end = c->end - shift;
    size_t n;
    if (__builtin_expect(end - at <= TOK_PAIR_KEY, 1)) {
        *u = tok_cache_find(h, c, TOK_PAIR_MASK);
        if (!*u)
            return 0;
        n = tok_slot_pieces(*u);
        const uint32_t a = at + (uint32_t)((*u)->high >> 28 & 15);
        if (__builtin_expect(n - 1 < 2, 1)) {
            tok_piece_put(p, tok_slot_first(*u), at, a);
            tok_piece_put(p + 1, (uint32_t)(*u)->high >> 8 & id, a, end);
            return n;
        }
    } else {
        *u = end - at <= TOK_SHORT_KEY ? tok_cache_find(h, c, TOK_SHORT_MASK) : NULL;
        n = *u ? tok_slot_pieces(*u) : 0;
    }
    if (n)
        tok_slot_put(*u, c, n, shift, p);
    return n;
}

/* There is room for TOK_LONG_IDS pieces. */
static inline void tok_long_put(const struct tok_long *e, uint32_t at, struct weir_piece *p)
{
    uint32_t from = at;
    for (size_t i = 0; i < e->n; i++) {
        p[i] = (struct weir_piece){e->ids[i], from, at + e->ends[i]};
        from = at + e->ends[i];
    }
}

#endif
