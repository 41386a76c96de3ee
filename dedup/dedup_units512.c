/* Units of a text by vectors of AVX-512.
 *
 * A word's hash is the polynomial c[0] B^(l-1) + ... + c[l-1] mod 2^64, which rolling makes one
 * multiplication after another.  B is odd, so it has an inverse: with the sums
 * S[i] = c[0] B^0 + c[1] B^-1 + ... + c[i] B^-i over the letters of a run, which need none of each
 * other's products, a word that ends at e behind one that ends at d is (S[e] - S[d]) B^e. */
#include "dedup/dedup_internal.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#define INLINE WEIR_AVX512 __attribute__((always_inline)) static inline

WEIR_AVX512 static size_t characters(const uint32_t *text, size_t n,
                                     const struct dedup_class *class, uint64_t *unit)
{
    size_t n_units = 0;
    for (size_t i = 0; i < n; i += 16) {
        const uint64_t used = class->letter[i / 64] | class->cjk[i / 64];
        const __mmask16 keep = (__mmask16)(used >> i % 64);
        const __m512i c =
            _mm512_maskz_compress_epi32(keep, _mm512_maskz_loadu_epi32(keep, text + i));
        uint64_t *to = unit + n_units;
        _mm512_storeu_si512(to, _mm512_cvtepu32_epi64(_mm512_castsi512_si256(c)));
        _mm512_storeu_si512(to + 8, _mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64(c, 1)));
        n_units += (size_t)__builtin_popcount(keep);
    }
    return n_units;
}

struct bits { // a bit a code point
    uint64_t used[DEDUP_BLOCK / 64], end[DEDUP_BLOCK / 64];
};

/* Letters and characters that are words, and where words end.  A word that reaches the end of the
 * block is open. */
static void find_words(size_t n, const struct dedup_class *class, struct bits *b)
{
    const size_t n_words = (n + 63) / 64;
    for (size_t i = 0; i < n_words; i++) {
        const uint64_t letter = class->letter[i];
        const uint64_t next = letter >> 1 | class->letter[i + 1] << 63;
        b->used[i] = letter | class->cjk[i];
        b->end[i] = class->cjk[i] | (letter & ~next);
    }
    if (class->letter[(n - 1) / 64] >> (n - 1) % 64 & 1)
        b->end[(n - 1) / 64] &= ~(1ull << (n - 1) % 64);
}

struct sums { // of a run: at the ends of words
    uint64_t at[DEDUP_RUN + 9], power[DEDUP_RUN + 8];
    size_t n;
};

/* Sums over a run of code points, from that of the open word on; returns the last one. */
INLINE uint64_t sum_up(const dedup_fold *f, const uint32_t *text, size_t n, const struct bits *b,
                       size_t at, uint64_t from, struct sums *sums)
{
    const __m512i zero = _mm512_setzero_si512();
    __m512i carry = _mm512_set1_epi64((long long)from);
    sums->at[0] = 0;
    sums->n = 0;
    for (size_t i = 0; i < n; i += 8) {
        const unsigned shift = (unsigned)((at + i) % 64);
        const __mmask8 used = (__mmask8)(b->used[(at + i) / 64] >> shift);
        const __mmask8 end = (__mmask8)(b->end[(at + i) / 64] >> shift);
        const __m512i c = _mm512_cvtepu32_epi64(_mm256_maskz_loadu_epi32(used, text + i));
        __m512i sum = _mm512_mullo_epi64(c, _mm512_loadu_si512(f->inverse + i));
        sum = _mm512_add_epi64(sum, _mm512_alignr_epi64(sum, zero, 7));
        sum = _mm512_add_epi64(sum, _mm512_alignr_epi64(sum, zero, 6));
        sum = _mm512_add_epi64(sum, _mm512_alignr_epi64(sum, zero, 4));
        const __m512i all = _mm512_permutexvar_epi64(_mm512_set1_epi64(7), sum);
        sum = _mm512_add_epi64(sum, carry);
        carry = _mm512_add_epi64(carry, all);
        _mm512_storeu_si512(sums->at + 1 + sums->n, _mm512_maskz_compress_epi64(end, sum));
        _mm512_storeu_si512(sums->power + sums->n,
                            _mm512_maskz_compress_epi64(end, _mm512_loadu_si512(f->power + i)));
        sums->n += (size_t)__builtin_popcount(end);
    }
    return (uint64_t)_mm_cvtsi128_si64(_mm512_castsi512_si128(carry));
}

INLINE __m512i mix8(__m512i x)
{
    const __m512i by = _mm512_set1_epi64((long long)0xD6E8FEB86659FD93);
    x = _mm512_xor_si512(x, _mm512_srli_epi64(x, 32));
    x = _mm512_mullo_epi64(x, by);
    x = _mm512_xor_si512(x, _mm512_srli_epi64(x, 32));
    return _mm512_mullo_epi64(x, by);
}

WEIR_AVX512 static size_t words(struct dedup_shingler *s, const uint32_t *text, size_t n,
                                const struct dedup_class *class, uint64_t *unit)
{
    struct bits b;
    struct sums sums;
    size_t n_units = 0;
    find_words(n, class, &b);
    if (s->in_word && !(class->letter[0] & 1)) {
        unit[n_units++] = (uint64_t)_mm_cvtsi128_si64(
            _mm512_castsi512_si128(mix8(_mm512_set1_epi64((long long)s->word))));
        s->word = 0;
    }
    for (size_t at = 0; at < n; at += DEDUP_RUN) {
        const size_t m = n - at < DEDUP_RUN ? n - at : DEDUP_RUN;
        const uint64_t sum = sum_up(s->fold, text + at, m, &b, at, s->word * DEDUP_BASE, &sums);
        for (size_t k = 0; k < sums.n; k += 8) {
            const __m512i word = _mm512_sub_epi64(_mm512_loadu_si512(sums.at + k + 1),
                                                  _mm512_loadu_si512(sums.at + k));
            _mm512_storeu_si512(unit + n_units + k,
                                mix8(_mm512_mullo_epi64(word, _mm512_loadu_si512(sums.power + k))));
        }
        n_units += sums.n;
        s->word = (sum - sums.at[sums.n]) * s->fold->power[m - 1];
    }
    s->in_word = class->letter[(n - 1) / 64] >> (n - 1) % 64 & 1;
    return n_units;
}

WEIR_AVX512 size_t dedup_units_avx512(struct dedup_shingler *s, const uint32_t *text, size_t n,
                                      const struct dedup_class *class, uint64_t *unit)
{
    return s->kind == DEDUP_CHAR ? characters(text, n, class, unit)
                                 : words(s, text, n, class, unit);
}

/* As dedup_unit_for(). */
WEIR_AVX512 enum dedup_unit dedup_unit_avx512(struct weir_span text)
{
    const __m512i cjk = _mm512_set1_epi8((char)0xE3), visible = _mm512_set1_epi8('!');
    size_t n_cjk = 0, n_visible = 0;
    for (size_t i = 0; i < text.n; i += 64) {
        const size_t left = text.n - i;
        const __mmask64 all = _bzhi_u64(~0ull, left < 64 ? (unsigned)left : 64);
        const __m512i b = _mm512_maskz_loadu_epi8(all, text.p + i);
        n_cjk += (size_t)_mm_popcnt_u64(
            _mm512_cmplt_epu8_mask(_mm512_sub_epi8(b, cjk), _mm512_set1_epi8(7)));
        n_visible += (size_t)_mm_popcnt_u64(
            _mm512_cmplt_epu8_mask(_mm512_sub_epi8(b, visible), _mm512_set1_epi8(0x5F)) |
            _mm512_cmpge_epu8_mask(b, _mm512_set1_epi8((char)0xC0)));
    }
    return n_cjk > 0 && n_cjk * 5 >= n_visible ? DEDUP_CHAR : DEDUP_WORD;
}
#endif
