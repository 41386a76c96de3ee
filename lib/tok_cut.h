/* Cutting a text into chunks: between characters that no piece holds side by side. */
#ifndef WEIR_TOK_CUT_H
#define WEIR_TOK_CUT_H

#include "tok_impl.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

struct tok_cutter {
    const struct tok_joins *joins;
    enum { TOK_ALL, TOK_UP_TO_HIGH, TOK_UP_TO_HAN } how; // what has a faster way
    unsigned part;                                       // see tok_chunk_set()
};

/* The end of the chunk that begins at `at`. */
static inline size_t tok_chunk_end(const struct tok_cutter *cut, const char *p, size_t at, size_t n)
{
    unsigned len;
    uint32_t left = tok_decode_char(p + at, &len);
    for (at += len; at < n; at += len) {
        const uint32_t right = tok_decode_char(p + at, &len);
        if (!tok_chars_join(cut->joins, left, right))
            return at;
        left = right;
    }
    return n;
}

/* Of 64 bytes, as bit sets: those that are not ASCII, those that begin no character, and those that
 * begin one of U+3000 to U+9FFF, or a part of a longer one. */
static inline void tok_look_at_bytes(const uint8_t *u, uint64_t *high, uint64_t *inner,
                                     uint64_t *han)
{
    *high = *inner = *han = 0;
#ifdef __SSE2__
    for (unsigned i = 0; i < 64; i += 16) {
        const __m128i v = _mm_loadu_si128((const __m128i *)(u + i));
        const __m128i continues = _mm_cmplt_epi8(v, _mm_set1_epi8((char)0xC0));
        *high |= (uint64_t)(uint16_t)_mm_movemask_epi8(v) << i;
        *inner |= (uint64_t)(uint16_t)_mm_movemask_epi8(continues) << i;
        const __m128i from_least = _mm_add_epi8(v, _mm_set1_epi8((char)(128 - 0xE3)));
        const __m128i begins = _mm_cmplt_epi8(from_least, _mm_set1_epi8(-128 + 7));
        *han |= (uint64_t)(uint16_t)_mm_movemask_epi8(begins) << i;
    }
#else
    for (unsigned i = 0; i < 64; i++) {
        *high |= (uint64_t)(u[i] >> 7) << i;
        *inner |= (uint64_t)((u[i] & 0xC0) == 0x80) << i;
        *han |= (uint64_t)tok_is_han(u[i]) << i;
    }
#endif
}

/* Of the first n places between the bytes at u, 0 before the second, those where no piece holds
 * both, if both are ASCII; n is a multiple of 7 and at most 63. */
static inline uint64_t tok_byte_cuts(const struct tok_joins *j, const uint8_t *u, unsigned n)
{
    uint64_t cuts = 0;
    for (unsigned i = 0; i < n; i += 7) { // seven pairs in eight bytes
        uint64_t w;
        memcpy(&w, u + i, sizeof w);
        const unsigned low = j->cuts[w & 0xFFFF] | j->cuts[w >> 8 & 0xFFFF] << 1 |
                             j->cuts[w >> 16 & 0xFFFF] << 2 | j->cuts[w >> 24 & 0xFFFF] << 3;
        const unsigned rest =
            j->cuts[w >> 32 & 0xFFFF] | j->cuts[w >> 40 & 0xFFFF] << 1 | j->cuts[w >> 48] << 2;
        cuts |= (uint64_t)(low | rest << 4) << i;
    }
    return cuts;
}

/* Where in the 64 bytes at p, which begin with a character, nothing joins what is before and
 * behind: as a bit set.  Without branches on what is found: whether a pair joins is a bad guess
 * every other time. */
static inline uint64_t tok_block_cuts(const struct tok_joins *j, const char *p, uint64_t high,
                                      uint64_t inner)
{
    const uint8_t *u = (const uint8_t *)p;
    const uint64_t beside = high | high << 1;
    uint64_t cuts = tok_byte_cuts(j, u, 63) << 1 & ~beside;
    uint32_t before = 0;
    unsigned len;
    for (uint64_t left = beside & ~inner; left; left &= left - 1) {
        const unsigned i = (unsigned)__builtin_ctzll(left);
        const uint32_t right = tok_decode_char(p + i, &len);
        const uint32_t last = u[i ? i - 1 : 0];
        cuts |= (uint64_t)!tok_pair_joins(j, last < 128 ? last : before, right) << i;
        before = right;
    }
    return cuts & ~(uint64_t)1;
}

/* The same of n bytes of ASCII, 1 to 63, and of the place behind them, where another character
 * begins. */
static inline uint64_t tok_ascii_cuts(const struct tok_joins *j, const char *p, unsigned n)
{
    const uint8_t *u = (const uint8_t *)p;
    unsigned len;
    const uint64_t inside = ((uint64_t)1 << n) - 2;
    const uint64_t joins = tok_pair_joins(j, u[n - 1], tok_decode_char(p + n, &len));
    return (tok_byte_cuts(j, u, (n + 5) / 7 * 7) << 1 & inside) | (joins ^ 1) << n;
}

/* Queues chunks from `at` on, up to the last cut in 64 bytes, or `end` where there is one; there is
 * room for 64.  Returns where the next one begins.  Finding chunks ahead of encoding them gives
 * their entries time to arrive from memory. */
static inline size_t tok_queue_block(const struct tok_cutter *cut, weir_tok_scratch *s, size_t at,
                                     size_t end)
{
    const char *p = s->text.p;
    const size_t base = at, left = end - at;
    const struct tok_cache cache = s->cache; // in registers
    struct tok_chunk *c = s->queue + s->n_queue;
    uint64_t high, inner, han, cuts = 0;
    tok_look_at_bytes((const uint8_t *)p + at, &high, &inner, &han);
    /* What has a faster way, and what stands before the first of it. */
    const uint64_t faster = cut->how == TOK_UP_TO_HIGH ? high : cut->how == TOK_UP_TO_HAN ? han : 0;
    const uint64_t before = (faster ^ (faster - 1)) >> 1;
    if (!(faster & 1) && faster && !(high & before))
        cuts = tok_ascii_cuts(cut->joins, p + at, (unsigned)__builtin_ctzll(faster));
    else if (!(faster & 0xFFFF)) // else it comes soon
        cuts = tok_block_cuts(cut->joins, p + at, high, inner);
    if (cuts & faster) {
        const uint64_t first = cuts & faster & -(cuts & faster);
        cuts &= first | (first - 1);
    }
    if (left < 64 && cuts)
        cuts = (cuts | (uint64_t)1 << left) & (((uint64_t)2 << left) - 1);
    if (!cuts) {
        const size_t to = tok_chunk_end(cut, p, at, end);
        tok_chunk_set(&cache, c++, p, at, to, cut->part);
        at = to;
    }
    for (; cuts; cuts &= cuts - 1, c++) {
        const size_t to = base + (size_t)__builtin_ctzll(cuts);
        tok_chunk_set(&cache, c, p, at, to, cut->part);
        at = to;
    }
    s->n_queue = (size_t)(c - s->queue);
    return at;
}

#endif
