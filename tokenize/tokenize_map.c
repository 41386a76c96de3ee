/* Sentences and places of a text that was encoded as one. */
#include "tokenize/tokenize_stage.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "weir/utf8.h"

/* ---- ids and bounds ---- */

static void tokens_scalar(const struct weir_piece *p, size_t n, const uint8_t *places, uint32_t *ids,
                          uint8_t *bounds)
{
    for (size_t i = 0; i < n; i++) {
        const unsigned moves = p[i].end != p[i].begin; // no branch: a bad guess every few tokens
        ids[i] = p[i].id;
        bounds[i] = places[p[i].end] & (uint8_t)((0 - moves) & WEIR_PLACE_BOUND);
    }
}

#if defined(__x86_64__)
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl")))

/* Of 16 pieces, 48 numbers in three vectors, the k-th numbers of each. */
AVX512 static inline __m512i nth(const __m512i v[3], __m512i from_two, __m512i from_third)
{
    const __m512i two = _mm512_permutex2var_epi32(v[0], from_two, v[1]);
    return _mm512_permutex2var_epi32(two, from_third, v[2]);
}

AVX512 static void tokens_avx512(const struct weir_piece *p, size_t n, const uint8_t *places,
                                 uint32_t *ids, uint8_t *bounds)
{
    const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    __m512i from_two[3], from_third[3];
    for (int k = 0; k < 3; k++) {
        const __m512i at = _mm512_add_epi32(_mm512_mullo_epi32(lane, _mm512_set1_epi32(3)),
                                            _mm512_set1_epi32(k));
        from_two[k] = at;
        from_third[k] = _mm512_mask_sub_epi32(
            lane, _mm512_cmpge_epi32_mask(at, _mm512_set1_epi32(32)), at, _mm512_set1_epi32(16));
    }
    size_t i = 0;
    for (; n - i >= 16; i += 16) {
        const __m512i v[3] = {_mm512_loadu_si512(p + i), _mm512_loadu_si512((const char *)(p + i) + 64),
                              _mm512_loadu_si512((const char *)(p + i) + 128)};
        const __m512i begin = nth(v, from_two[1], from_third[1]);
        const __m512i end = nth(v, from_two[2], from_third[2]);
        const __mmask16 moves = _mm512_cmpneq_epi32_mask(begin, end);
        const __m512i there = _mm512_i32gather_epi32(end, places, 1);
        const __m512i bound =
            _mm512_maskz_and_epi32(moves, there, _mm512_set1_epi32(WEIR_PLACE_BOUND));
        _mm512_storeu_si512(ids + i, nth(v, from_two[0], from_third[0]));
        _mm_storeu_si128((__m128i *)(bounds + i), _mm512_cvtepi32_epi8(bound));
    }
    tokens_scalar(p + i, n - i, places, ids + i, bounds + i);
}
#endif

tokenize_tokens_kernel *tokenize_tokens(const char *name)
{
#if defined(__x86_64__)
    if (!strcmp(name, "avx512"))
        return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")
                   ? tokens_avx512
                   : NULL;
#endif
    return !strcmp(name, "scalar") ? tokens_scalar : NULL;
}

/* ---- sentences ---- */

/* The end of the sentence without the white space behind it. */
static size_t content_end(struct weir_span text, size_t begin, size_t end)
{
    unsigned len;
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

/* The first piece from the i-th on that ends at or behind `end`, or n.  Ends never fall. */
static size_t ends_behind(const struct weir_piece *p, size_t i, size_t n, size_t end)
{
    enum { STEP = 8 };
    while (n - i >= STEP && p[i + STEP - 1].end < end)
        i += STEP;
    while (i < n && p[i].end < end)
        i++;
    return i;
}

int tokenize_map(struct tokenize_thread *th, struct weir_span text, size_t n,
                 enum weir_sentence_rules rules, struct weir_err *err)
{
    const struct weir_piece *p = th->pieces;
    const uint8_t *const places = th->places;
    tokenize_tokens_kernel *const wide = tokenize_tokens("avx512");
    struct sentence s = {0, 0, 0};
    (wide ? wide : tokens_scalar)(p, n, places, th->ids, th->bounds);
    next_sentence(&s, text, places, rules);
    for (size_t i = 0; (i = ends_behind(p, i, n, s.end)) < n && s.end < text.n; i++)
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
