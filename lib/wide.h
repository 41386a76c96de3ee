/* Characters of three bytes, of which Chinese text consists, eight at a time.  What a pass over the
 * text has to know of most characters is that they are none of its business: it has these decoded
 * together, looks all eight up and goes on behind them at one branch. */
#ifndef WEIR_WIDE_H
#define WEIR_WIDE_H

#include "weir/base.h"

enum {
    WIDE_CHARS = 8,
    WIDE_BYTES = 28, // that are read
    WIDE_LEAD = 0xE2 // runs that are worth it begin so or above: with a quote, a mark, Han
};

#if defined(__x86_64__)
#include <immintrin.h>

/* 1 when the functions below run here. */
static inline int weir_wide_here(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt");
}

#define WIDE_AVX2 __attribute__((target("avx2,popcnt")))

/* Which of these are no white space for certain: U+2010 to U+2027, and all above U+3000. */
WIDE_AVX2 static inline __m256i weir_wide_no_space(__m256i code)
{
    const __m256i mark = _mm256_and_si256(_mm256_cmpgt_epi32(code, _mm256_set1_epi32(0x200F)),
                                          _mm256_cmpgt_epi32(_mm256_set1_epi32(0x2028), code));
    return _mm256_or_si256(mark, _mm256_cmpgt_epi32(code, _mm256_set1_epi32(0x3000)));
}

/* Eight times three bytes, the first highest. */
WIDE_AVX2 static inline __m256i weir_wide_load(const char *p)
{
    const __m256i last_first =
        _mm256_setr_epi8(2, 1, 0, -1, 5, 4, 3, -1, 8, 7, 6, -1, 11, 10, 9, -1, //
                         2, 1, 0, -1, 5, 4, 3, -1, 8, 7, 6, -1, 11, 10, 9, -1);
    const __m128i low = _mm_loadu_si128((const void *)p);
    const __m128i high = _mm_loadu_si128((const void *)(p + 12));
    return _mm256_shuffle_epi8(_mm256_set_m128i(high, low), last_first);
}

/* Those of a character of three bytes, if all before are. */
WIDE_AVX2 static inline __m256i weir_wide_is_three(__m256i bytes)
{
    return _mm256_cmpeq_epi32(_mm256_and_si256(bytes, _mm256_set1_epi32(0xF00000)),
                              _mm256_set1_epi32(0xE00000));
}

/* How many of eight hold before the first that does not. */
WIDE_AVX2 static inline unsigned weir_wide_first(__m256i good)
{
    return (unsigned)__builtin_ctz(~(unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(good)));
}

/* How many characters at p (valid UTF-8, WIDE_BYTES to read) have three bytes, and, when asked, are
 * no white space for certain, before the first that is otherwise; their code points in c, with
 * room for WIDE_CHARS.  What stands in c behind them is below U+10000 and means nothing.
 *
 * Who goes on by the number waits for all of this; a run is read at speed only where the case of
 * WIDE_CHARS is a branch of its own, which the processor follows ahead. */
WIDE_AVX2 static inline unsigned weir_wide_decode(const char *p, uint32_t *c, int no_space)
{
    const __m256i v = weir_wide_load(p);
    const __m256i six = _mm256_and_si256(v, _mm256_set1_epi32(0x0F3F3F));
    const __m256i pair = _mm256_maddubs_epi16(six, _mm256_set1_epi32(0x00014001));
    const __m256i code = _mm256_madd_epi16(pair, _mm256_set1_epi32(0x10000001));
    __m256i good = weir_wide_is_three(v);
    if (no_space)
        good = _mm256_and_si256(good, weir_wide_no_space(code));
    _mm256_storeu_si256((void *)c, code);
    return weir_wide_first(good);
}
#else
static inline int weir_wide_here(void)
{
    return 0;
}
#endif

#endif
