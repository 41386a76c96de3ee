/* Vectors of 8 floats or 16 integers, for kernel_rows.h and kernel_page.h. */
#include "infer/kernel_simd.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define TARGET __attribute__((target("avx2,f16c,fma")))
#define INLINE static inline __attribute__((always_inline)) TARGET

enum {
    LANES = 8,  // floats of a vector
    FIXED = 16, // int16 of one
    ROWS = 3,   // of a tile, and
    COLS = 4,   // columns: 12 sums, 3 weights and a number of a column fill the 16 registers
    DIMS = 8    // vectors of a head's numbers that mix() keeps in registers
};

typedef __m256 vec;
typedef __m256i ints;
typedef __m128 four;

INLINE vec zero(void)
{
    return _mm256_setzero_ps();
}

INLINE vec all(float f)
{
    return _mm256_set1_ps(f);
}

INLINE vec madd(vec a, vec b, vec c)
{
    return _mm256_fmadd_ps(a, b, c);
}

INLINE vec add(vec a, vec b)
{
    return _mm256_add_ps(a, b);
}

INLINE vec sub(vec a, vec b)
{
    return _mm256_sub_ps(a, b);
}

INLINE vec mul(vec a, vec b)
{
    return _mm256_mul_ps(a, b);
}

INLINE vec load(const uint8_t *p, enum matrix_type type)
{
    switch (type) {
    case MATRIX_F16:
        return _mm256_cvtph_ps(_mm_loadu_si128((const void *)p));
    case MATRIX_BF16:
        return _mm256_castsi256_ps(
            _mm256_slli_epi32(_mm256_cvtepu16_epi32(_mm_loadu_si128((const void *)p)), 16));
    default:
        return _mm256_loadu_ps((const void *)p);
    }
}

/* n numbers, zeros behind them. */
INLINE vec load_some(const uint8_t *p, enum matrix_type type, size_t n)
{
    if (n >= LANES)
        return load(p, type);
    uint8_t copy[LANES * sizeof(float)] = {0};
    memcpy(copy, p, n * (type == MATRIX_F32 ? 4 : 2));
    return load(copy, type);
}

INLINE void store(float *to, vec v)
{
    _mm256_storeu_ps(to, v);
}

INLINE void store_some(float *to, vec v, size_t n)
{
    float copy[LANES];
    _mm256_storeu_ps(n >= LANES ? to : copy, v);
    if (n < LANES)
        memcpy(to, copy, n * sizeof *to);
}

/* The sums of four vectors, each in the same order wherever it stands. */
INLINE four sum4(vec a, vec b, vec c, vec d)
{
    const vec ab = add(_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
    const vec cd = add(_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d));
    const vec v = add(_mm256_shuffle_ps(ab, cd, 0x44), _mm256_shuffle_ps(ab, cd, 0xEE));
    return _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
}

/* ---- integers ---- */

INLINE ints zeros(void)
{
    return _mm256_setzero_si256();
}

INLINE ints load_bytes(const int8_t *p)
{
    return _mm256_cvtepi8_epi16(_mm_loadu_si128((const void *)p));
}

INLINE ints load_some_bytes(const int8_t *p, size_t n)
{
    int8_t copy[FIXED] = {0};
    if (n >= FIXED)
        return load_bytes(p);
    memcpy(copy, p, n);
    return load_bytes(copy);
}

INLINE ints load_fixed(const int16_t *p)
{
    return _mm256_loadu_si256((const void *)p);
}

INLINE ints multiply_add(ints sum, ints a, ints b)
{
    return _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
}

INLINE __m128i sum4_ints(ints a, ints b, ints c, ints d)
{
    const ints ab = _mm256_add_epi32(_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b));
    const ints cd = _mm256_add_epi32(_mm256_unpacklo_epi32(c, d), _mm256_unpackhi_epi32(c, d));
    const ints v = _mm256_add_epi32(_mm256_unpacklo_epi64(ab, cd), _mm256_unpackhi_epi64(ab, cd));
    return _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
}

/* ---- for softmax and the like ---- */

INLINE vec largest(vec a, vec b)
{
    return _mm256_max_ps(a, b);
}

INLINE float largest_lane(vec v)
{
    __m128 h = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    h = _mm_max_ps(h, _mm_movehl_ps(h, h));
    return _mm_cvtss_f32(_mm_max_ss(h, _mm_movehdup_ps(h)));
}

/* f behind the first n. */
INLINE vec pad(vec v, size_t n, float f)
{
    float copy[LANES];
    _mm256_storeu_ps(copy, v);
    for (; n < LANES; n++)
        copy[n] = f;
    return _mm256_loadu_ps(copy);
}

INLINE vec magnitude(vec v)
{
    return _mm256_andnot_ps(all(-0.0f), v);
}

INLINE vec divide(vec a, vec b)
{
    return _mm256_div_ps(a, b);
}

/* 2^n, |n| < 127. */
INLINE vec power(__m256i n)
{
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(n, _mm256_set1_epi32(127)), 23));
}

/* 2^n * v, n a whole number, |n| < 250: in two steps, since 2^n alone may be out of range. */
INLINE vec scale_by(vec v, vec n)
{
    const __m256i i = _mm256_cvtps_epi32(n), half = _mm256_srai_epi32(i, 1);
    return mul(mul(v, power(half)), power(_mm256_sub_epi32(i, half)));
}

INLINE vec nearest(vec v)
{
    return _mm256_round_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

/* NaN stays. */
INLINE vec between(vec low, vec high, vec v)
{
    return _mm256_max_ps(low, _mm256_min_ps(high, v));
}

INLINE void store_rounded(int16_t *to, vec v, size_t n)
{
    const __m256i i = _mm256_cvtps_epi32(v);
    int16_t copy[LANES];
    _mm_storeu_si128((void *)copy,
                     _mm_packs_epi32(_mm256_castsi256_si128(i), _mm256_extracti128_si256(i, 1)));
    memcpy(to, copy, (n < LANES ? n : LANES) * sizeof *to);
}

INLINE void store_half(uint16_t *to, vec v, size_t n)
{
    uint16_t copy[LANES];
    _mm_storeu_si128((void *)copy, _mm256_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT));
    memcpy(to, copy, (n < LANES ? n : LANES) * sizeof *to);
}

#include "infer/kernel_rows.h"
#include "infer/kernel_page.h"

const struct kernels *kernels_avx2(void)
{
    static const struct kernels k = {"avx2", multiply, fix,  dot,    score,
                                     mix,    softmax,  gate, to_half};
    /* What has AVX2 has F16C; not every compiler can ask for that. */
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &k : NULL;
}

#else

const struct kernels *kernels_avx2(void)
{
    return NULL;
}

#endif
