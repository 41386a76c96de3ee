/* The bytes of a text 32 at a time; lib/wide.h has its characters, eight at a time. */
#ifndef WEIR_FILTER_WIDE_H
#define WEIR_FILTER_WIDE_H

#include "lib/wide.h"

#if defined(__x86_64__)
WIDE_AVX2 static inline unsigned filter_wide_bits(__m256i v)
{
    return (unsigned)_mm256_movemask_epi8(v);
}

/* 0xFF where lo <= byte <= lo + span, unsigned. */
WIDE_AVX2 static inline __m256i filter_wide_between(__m256i v, int lo, int span)
{
    const __m256i d = _mm256_sub_epi8(v, _mm256_set1_epi8((char)lo));
    return _mm256_cmpeq_epi8(_mm256_min_epu8(d, _mm256_set1_epi8((char)span)), d);
}

WIDE_AVX2 static inline __m256i filter_wide_is(__m256i v, int c)
{
    return _mm256_cmpeq_epi8(v, _mm256_set1_epi8((char)c));
}

/* Where a character of U+4E00 to U+9FFF begins, most of Han: E5 to E9, and E4 with B8 or more
 * behind.  second: the bytes one further on. */
WIDE_AVX2 static inline unsigned filter_wide_han(__m256i v, __m256i second)
{
    const __m256i e4 =
        _mm256_and_si256(filter_wide_is(v, 0xE4), filter_wide_between(second, 0xB8, 0xBF - 0xB8));
    return filter_wide_bits(_mm256_or_si256(filter_wide_between(v, 0xE5, 4), e4));
}

/* The marks of Chinese text that have three bytes and are punctuation: of U+2010 to U+2027, U+3001
 * to U+301F and U+FF01 to U+FF20.  What the first two bytes leave open is told by the halves of the
 * third: WIDE_BY_THIRD_HIGH names a bit, and the others say for which bits a low half is a mark. */
#define WIDE_BY_THIRD_HIGH 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 0, 0, 0, 0, 0
#define WIDE_BY_LOW_E2     6, 6, 6, 6, 6, 6, 6, 6, 2, 2, 2, 2, 2, 2, 2, 2
#define WIDE_BY_LOW_E3     2, 3, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3
#define WIDE_BY_LOW_EF     4, 1, 1, 1, 0, 1, 1, 1, 1, 1, 3, 2, 1, 1, 1, 3

WIDE_AVX2 static inline unsigned filter_wide_marks(__m256i v, __m256i second, __m256i third)
{
    const __m256i nibble = _mm256_set1_epi8(15);
    const __m256i low = _mm256_and_si256(third, nibble);
    const __m256i high =
        _mm256_shuffle_epi8(_mm256_setr_epi8(WIDE_BY_THIRD_HIGH, WIDE_BY_THIRD_HIGH),
                            _mm256_and_si256(_mm256_srli_epi16(third, 4), nibble));
    const __m256i is_80 = filter_wide_is(second, 0x80);
    const __m256i e2 = _mm256_and_si256(
        _mm256_and_si256(filter_wide_is(v, 0xE2), is_80),
        _mm256_shuffle_epi8(_mm256_setr_epi8(WIDE_BY_LOW_E2, WIDE_BY_LOW_E2), low));
    const __m256i e3 = _mm256_and_si256(
        _mm256_and_si256(filter_wide_is(v, 0xE3), is_80),
        _mm256_shuffle_epi8(_mm256_setr_epi8(WIDE_BY_LOW_E3, WIDE_BY_LOW_E3), low));
    const __m256i ef = _mm256_and_si256(
        _mm256_and_si256(filter_wide_is(v, 0xEF), filter_wide_is(second, 0xBC)),
        _mm256_shuffle_epi8(_mm256_setr_epi8(WIDE_BY_LOW_EF, WIDE_BY_LOW_EF), low));
    const __m256i any = _mm256_and_si256(_mm256_or_si256(_mm256_or_si256(e2, e3), ef), high);
    return ~filter_wide_bits(_mm256_cmpeq_epi8(any, _mm256_setzero_si256()));
}
#endif

#endif
