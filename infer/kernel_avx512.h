/* Vectors of 16 floats or 32 integers, for kernel_rows.h and kernel_page.h.  Behind TARGET and
 * multiply_add(), which differ between CPUs. */

#include <immintrin.h>
#include "infer/kernel_simd.h"

#define INLINE static inline __attribute__((always_inline)) TARGET

enum {
    LANES = 16, // floats of a vector
    FIXED = 32, // int16 of one
    ROWS = 6,   // of a tile, and
    COLS = 4,   // columns: 24 sums, 6 weights and a number of a column fill the 32 registers
    DIMS = 8    // vectors of a head's numbers that mix() keeps in registers
};

typedef __m512 vec;
typedef __m512i ints;
typedef __m128 four;

INLINE vec zero(void)
{
    return _mm512_setzero_ps();
}

INLINE vec all(float f)
{
    return _mm512_set1_ps(f);
}

INLINE vec madd(vec a, vec b, vec c)
{
    return _mm512_fmadd_ps(a, b, c);
}

INLINE vec add(vec a, vec b)
{
    return _mm512_add_ps(a, b);
}

INLINE vec sub(vec a, vec b)
{
    return _mm512_sub_ps(a, b);
}

INLINE vec mul(vec a, vec b)
{
    return _mm512_mul_ps(a, b);
}

INLINE __mmask16 mask(size_t n)
{
    return n >= LANES ? 0xFFFF : (__mmask16)((1u << n) - 1);
}

INLINE vec load(const uint8_t *p, enum matrix_type type)
{
    switch (type) {
    case MATRIX_F16:
        return _mm512_cvtph_ps(_mm256_loadu_si256((const void *)p));
    case MATRIX_BF16:
        return _mm512_castsi512_ps(
            _mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256((const void *)p)), 16));
    default:
        return _mm512_loadu_ps(p);
    }
}

/* n numbers, zeros behind them. */
INLINE vec load_some(const uint8_t *p, enum matrix_type type, size_t n)
{
    const __mmask16 m = mask(n);
    switch (type) {
    case MATRIX_F16:
        return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(m, p));
    case MATRIX_BF16:
        return _mm512_castsi512_ps(
            _mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(m, p)), 16));
    default:
        return _mm512_maskz_loadu_ps(m, p);
    }
}

INLINE void store(float *to, vec v)
{
    _mm512_storeu_ps(to, v);
}

INLINE void store_some(float *to, vec v, size_t n)
{
    _mm512_mask_storeu_ps(to, mask(n), v);
}

INLINE four sum_lanes(vec v)
{
    const __m256 h = _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
    return _mm_add_ps(_mm256_castps256_ps128(h), _mm256_extractf128_ps(h, 1));
}

/* The sums of four vectors, each in the same order wherever it stands. */
INLINE four sum4(vec a, vec b, vec c, vec d)
{
    const vec ab = _mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
    const vec cd = _mm512_add_ps(_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d));
    return sum_lanes(
        _mm512_add_ps(_mm512_shuffle_ps(ab, cd, 0x44), _mm512_shuffle_ps(ab, cd, 0xEE)));
}

/* ---- integers ---- */

INLINE ints zeros(void)
{
    return _mm512_setzero_si512();
}

INLINE ints load_bytes(const int8_t *p)
{
    return _mm512_cvtepi8_epi16(_mm256_loadu_si256((const void *)p));
}

INLINE ints load_some_bytes(const int8_t *p, size_t n)
{
    return _mm512_cvtepi8_epi16(
        _mm256_maskz_loadu_epi8(n >= FIXED ? ~0u : (1u << n) - 1, (const void *)p));
}

INLINE ints load_fixed(const int16_t *p)
{
    return _mm512_loadu_si512(p);
}

INLINE __m128i sum4_ints(ints a, ints b, ints c, ints d)
{
    const ints ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
    const ints cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
    const ints v = _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
    const __m256i h = _mm256_add_epi32(_mm512_castsi512_si256(v), _mm512_extracti32x8_epi32(v, 1));
    return _mm_add_epi32(_mm256_castsi256_si128(h), _mm256_extracti128_si256(h, 1));
}

/* ---- for softmax and the like ---- */

INLINE vec largest(vec a, vec b)
{
    return _mm512_max_ps(a, b);
}

INLINE float largest_lane(vec v)
{
    return _mm512_reduce_max_ps(v);
}

/* f behind the first n. */
INLINE vec pad(vec v, size_t n, float f)
{
    return _mm512_mask_mov_ps(all(f), mask(n), v);
}

INLINE vec magnitude(vec v)
{
    return _mm512_abs_ps(v);
}

INLINE vec divide(vec a, vec b)
{
    return _mm512_div_ps(a, b);
}

/* 2^n * v, n a whole number. */
INLINE vec scale_by(vec v, vec n)
{
    return _mm512_scalef_ps(v, n);
}

INLINE vec nearest(vec v)
{
    return _mm512_roundscale_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

/* NaN stays. */
INLINE vec between(vec low, vec high, vec v)
{
    return _mm512_max_ps(low, _mm512_min_ps(high, v));
}

INLINE void store_rounded(int16_t *to, vec v, size_t n)
{
    const __m512i i = _mm512_cvtps_epi32(v);
    _mm256_mask_storeu_epi16(to, mask(n), _mm512_cvtepi32_epi16(i));
}

INLINE void store_half(uint16_t *to, vec v, size_t n)
{
    _mm256_mask_storeu_epi16(to, mask(n), _mm512_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT));
}

#include "infer/kernel_rows.h"
#include "infer/kernel_page.h"
