/* What both encoders remember of chunks: text to pieces, exactly (keys are compared, not hashes),
 * in bounded memory that grows with what is seen.
 *
 * A line is a cache line of four units.  A chunk of at most 12 bytes is one unit when it is one
 * piece, or of 9 bytes and two; else a second unit behind it holds the other pieces.  Newer chunks
 * stand before older ones; the oldest leave.
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

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "weir/spm.h"

enum {
    TOK_SHORT_KEY = 12,
    TOK_PAIR_KEY = 9,
    TOK_SHORT_IDS = 6,
    TOK_LONG_KEY = 40,
    TOK_LONG_IDS = 16,
    TOK_LINE_UNITS = 4,
    TOK_CACHE_ID_BITS = 20,
    TOK_CACHE_PART = 1 << 4, // in the last byte of a key: of a text that was cut
};

struct tok_unit {
    uint64_t low, high;
};
struct tok_line {
    struct tok_unit units[TOK_LINE_UNITS];
};
struct tok_long {
    uint64_t key[TOK_LONG_KEY / 8];
    uint32_t ids[TOK_LONG_IDS];
    uint8_t ends[TOK_LONG_IDS]; // in the chunk
    uint8_t len, part, n;       // len 0: free
    uint8_t unused[5];
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
void tok_chunk_set_long(const struct tok_cache *h, struct tok_chunk *c, const char *text, int part);

static inline uint32_t tok_cache_hash(const struct tok_cache *h, uint64_t low, uint64_t high)
{
    const __uint128_t m = (__uint128_t)(low ^ h->seed[0]) * (high ^ h->seed[1]);
    return (uint32_t)((uint64_t)m ^ (uint64_t)(m >> 64));
}

static inline size_t tok_chunk_len(const struct tok_chunk *c)
{
    return c->end - c->at;
}

/* Takes text[at, end) for *c and has its line fetched; 16 bytes behind `at` are readable.  A part
 * of a text that was cut is a chunk of its own. */
static inline void tok_chunk_set(const struct tok_cache *h, struct tok_chunk *c, const char *text,
                                 size_t at, size_t end, int part)
{
    static const uint8_t masks[2 * 16] = {255, 255, 255, 255, 255, 255, 255, 255,
                                          255, 255, 255, 255, 255, 255, 255, 255};
    const size_t len = end - at;
    uint64_t v[2], mask[2];
    c->at = (uint32_t)at;
    c->end = (uint32_t)end;
    if (len > TOK_SHORT_KEY) {
        tok_chunk_set_long(h, c, text, part);
        return;
    }
    memcpy(v, text + at, 16);
    memcpy(mask, masks + 16 - len, 16);
    c->key[0] = v[0] & mask[0];
    c->key[1] = (v[1] & mask[1]) | (uint64_t)(len | (part ? TOK_CACHE_PART : 0)) << 56;
    c->hash = tok_cache_hash(h, c->key[0], c->key[1]);
    __builtin_prefetch(&h->lines[c->hash & h->line_mask]);
}

/* What of a unit is its key. */
static inline uint64_t tok_unit_mask(size_t len)
{
    return len <= TOK_PAIR_KEY ? 0xFF000000000000FFu : 0xFF000000FFFFFFFFu;
}

/* The unit of a short chunk, or NULL. */
static inline const struct tok_unit *tok_cache_find(const struct tok_cache *h,
                                                    const struct tok_chunk *c)
{
    const struct tok_unit *u = h->lines[c->hash & h->line_mask].units;
    const uint64_t high_mask = tok_unit_mask(tok_chunk_len(c));
#ifdef __SSE2__
    const __m128i key = _mm_loadu_si128((const __m128i *)c->key);
    const __m128i mask = _mm_set_epi64x((long long)high_mask, -1);
#define SAME(i)                                                                                    \
    _mm_cmpeq_epi32(_mm_and_si128(_mm_load_si128((const __m128i *)(u + (i))), mask), key)
    const __m128i same = _mm_packs_epi16(_mm_packs_epi32(SAME(0), SAME(1)), //
                                         _mm_packs_epi32(SAME(2), SAME(3)));
#undef SAME
    const int found = _mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(same, _mm_set1_epi32(-1))));
    return found ? u + __builtin_ctz((unsigned)found) : NULL;
#else
    for (size_t i = 0; i < TOK_LINE_UNITS; i++)
        if (u[i].low == c->key[0] && (u[i].high & high_mask) == c->key[1])
            return &u[i];
    return NULL;
#endif
}

static inline uint32_t tok_unit_first(const struct tok_unit *u)
{
    return (uint32_t)(u->high >> 32) & ((1u << TOK_CACHE_ID_BITS) - 1);
}

/* 0: see tok_cache_find_long(). */
static inline size_t tok_unit_pieces(const struct tok_unit *u)
{
    return u->high >> (32 + TOK_CACHE_ID_BITS) & 15;
}

/* Writes the n pieces of c, which are not 0; there is room for 6.  Ends that are not told are the
 * chunk's, so that what is written behind its pieces does no harm. */
static inline void tok_unit_put(const struct tok_unit *u, const struct tok_chunk *c, size_t n,
                                uint32_t shift, struct weir_piece *p)
{
    const uint32_t id = (1u << TOK_CACHE_ID_BITS) - 1;
    const uint32_t at = c->at - shift, end = c->end - shift, first = tok_unit_first(u);
    const uint64_t low = u[1].low, high = u[1].high;
    if (n <= 2 && end - at <= TOK_PAIR_KEY) {
        const uint32_t a = at + (uint32_t)(u->high >> 28 & 15);
        p[0] = (struct weir_piece){first, at, a};
        p[1] = (struct weir_piece){(uint32_t)u->high >> 8 & id, a, end};
        return;
    }
    if (n == 1) {
        p[0] = (struct weir_piece){first, at, end};
        return;
    }
    const uint32_t a = at + (uint32_t)(low >> 60), b = at + (high >> 40 & 15);
    p[0] = (struct weir_piece){first, at, a};
    p[1] = (struct weir_piece){low & id, a, b};
    p[2] = (struct weir_piece){low >> 20 & id, b, at + (high >> 44 & 15)};
    if (n > 3) {
        const uint32_t d = at + (high >> 48 & 15), e = at + (high >> 52 & 15);
        p[3] = (struct weir_piece){low >> 40 & id, p[2].end, d};
        p[4] = (struct weir_piece){high & id, d, e};
        p[5] = (struct weir_piece){high >> 20 & id, e, end};
    }
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
