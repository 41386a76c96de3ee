/* Sentences and places of a text that was encoded as one. */
#include "tokenize/tokenize_stage.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "lib/cpu.h"
#include "weir/utf8.h"

/* ---- ids and bounds ---- */

static size_t tokens_scalar(const struct weir_piece *p, size_t i, size_t n, size_t end,
                            const uint8_t *places, uint32_t *ids, uint8_t *bounds)
{
    for (; i < n; i++) {
        const unsigned moves = p[i].end != p[i].begin; // no branch: a bad guess every few tokens
        ids[i] = p[i].id;
        bounds[i] = places[p[i].end] & (uint8_t)((0 - moves) & WEIR_PLACE_BOUND);
        if (p[i].end >= end)
            break;
    }
    return i;
}

#if defined(__x86_64__)
/* Of 16 pieces, 48 numbers in three vectors, the k-th numbers of each: where they stand in the
 * first two vectors, then in what those gave (as they are) and the third. */
#define PICK(k)                                                                                    \
    {                                                                                              \
        k, k + 3, k + 6, k + 9, k + 12, k + 15, k + 18, k + 21, k + 24, k + 27, k + 30, k + 33,    \
            k + 36, k + 39, k + 42, k + 45                                                         \
    }
static const _Alignas(64) int32_t from_two[3][16] = {PICK(0), PICK(1), PICK(2)};
static const _Alignas(64) int32_t from_third[3][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 17, 20, 23, 26, 29},
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 18, 21, 24, 27, 30},
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 19, 22, 25, 28, 31}};

WEIR_AVX512 static inline __m512i nth(const __m512i v[3], int k)
{
    const __m512i two = _mm512_permutex2var_epi32(v[0], _mm512_load_si512(from_two[k]), v[1]);
    return _mm512_permutex2var_epi32(two, _mm512_load_si512(from_third[k]), v[2]);
}

WEIR_AVX512 static size_t tokens_avx512(const struct weir_piece *p, size_t i, size_t n, size_t end,
                                        const uint8_t *places, uint32_t *ids, uint8_t *bounds)
{
    const __m512i limit = _mm512_set1_epi32((int)end);
    for (; n - i >= 16; i += 16) {
        const char *const from = (const char *)(p + i);
        const __m512i v[3] = {_mm512_loadu_si512(from), _mm512_loadu_si512(from + 64),
                              _mm512_loadu_si512(from + 128)};
        const __m512i begins = nth(v, 1);
        const __m512i ends = nth(v, 2);
        const __mmask16 moves = _mm512_cmpneq_epi32_mask(begins, ends);
        /* A vector of places holds those of most 16 tokens, which are read together. */
        const __m512i near = _mm512_sub_epi32(ends, _mm512_set1_epi32((int)p[i].end));
        __m512i there = _mm512_permutexvar_epi8(near, _mm512_loadu_si512(places + p[i].end));
        if (p[i + 15].end - p[i].end >= 64)
            there = _mm512_i32gather_epi32(ends, places, 1);
        const __m512i bound =
            _mm512_maskz_and_epi32(moves, there, _mm512_set1_epi32(WEIR_PLACE_BOUND));
        _mm512_storeu_si512(ids + i, nth(v, 0));
        _mm_storeu_si128((__m128i *)(bounds + i), _mm512_cvtepi32_epi8(bound));
        const unsigned behind = _mm512_cmpge_epu32_mask(ends, limit);
        if (behind)
            return i + (unsigned)__builtin_ctz(behind);
    }
    return tokens_scalar(p, i, n, end, places, ids, bounds);
}
#endif

tokenize_tokens_kernel *tokenize_tokens(const char *name)
{
#if defined(__x86_64__)
    if (!strcmp(name, "avx512"))
        return weir_has_avx512() ? tokens_avx512 : NULL;
#endif
    return !strcmp(name, "scalar") ? tokens_scalar : NULL;
}

/* ---- sentences ---- */

/* Does no white space end at `end` for certain?  Of the characters that begin with E3 and above
 * only U+3000, E3 80 80, is some. */
static int ends_in_ink(struct weir_span text, size_t end)
{
    const uint8_t *u = (const uint8_t *)text.p + end;
    return u[-1] < 0x80 ? u[-1] > ' ' : end >= 3 && u[-3] >= 0xE3 && u[-1] != 0x80;
}

/* The end of the sentence without the white space behind it. */
static size_t content_end(struct weir_span text, size_t begin, size_t end)
{
    unsigned len;
    while (end > begin && (text.p[end - 1] == ' ' || text.p[end - 1] == '\n'))
        end--;
    if (end == begin || ends_in_ink(text, end))
        return end;
    for (size_t at; end > begin; end = at) {
        at = weir_utf8_prev(text.p, end);
        if (!weir_is_space(weir_utf8_decode(text.p + at, end - at, &len)))
            break;
    }
    return end;
}

/* The sentence that tokens are being given to. */
struct sentence {
    size_t end, content; // bytes of the text; content: without the white space behind
    size_t first;        // its first token
};

static void next_sentence(struct sentence *s, struct weir_span text, const uint8_t *places,
                          enum weir_sentence_rules rules)
{
    const size_t begin = s->end;
    s->end = weir_sentence_end_in(text, places, begin, rules);
    s->content = content_end(text, begin, s->end);
}

/* A token belongs to the sentence in which it begins; but "▁The", which begins in the space between
 * two sentences and reaches into the second, belongs to the second. */
static int is_behind(const struct weir_piece *p, const struct sentence *s)
{
    return p->begin >= s->end || (p->begin >= s->content && p->end > s->end);
}

int tokenize_map(struct tokenize_thread *th, struct weir_span text, size_t n,
                 enum weir_sentence_rules rules, struct weir_err *err)
{
    const struct weir_piece *p = th->pieces;
    const uint8_t *const places = th->places;
    tokenize_tokens_kernel *const wide = tokenize_tokens("avx512");
    tokenize_tokens_kernel *const tokens = wide ? wide : tokens_scalar;
    struct sentence s = {0, 0, 0};
    next_sentence(&s, text, places, rules);
    for (size_t i = 0; (i = tokens(p, i, n, s.end, places, th->ids, th->bounds)) < n; i++)
        while (s.end < text.n && is_behind(&p[i], &s)) {
            if (tokenize_add_unit(th, i - s.first, err))
                return err->code;
            s.first = i;
            next_sentence(&s, text, places, rules);
        }
    if (p[0].end == p[0].begin && !(n > 1 && p[1].end == p[1].begin))
        th->bounds[0] = places[p[0].end] & WEIR_PLACE_BOUND;
    return tokenize_add_unit(th, n - s.first, err);
}
