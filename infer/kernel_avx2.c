/* 8 numbers at a time, two columns share each load of the weights.  Number k of a row goes to sum
 * (k / 8) mod 4; what does not fill eight is added behind, one by one. */
#include "infer/kernel_simd.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>
#include "infer/half.h"

#define TARGET __attribute__((target("avx2,f16c,fma")))
#define INLINE static inline __attribute__((always_inline)) TARGET

enum { LANES = 8, SUMS = 4, COLS = 2 };

INLINE __m256 load(const uint8_t *p, enum matrix_type type)
{
    switch (type) {
    case MATRIX_F32:
        return _mm256_loadu_ps((const void *)p);
    case MATRIX_F16:
        return _mm256_cvtph_ps(_mm_loadu_si128((const void *)p));
    case MATRIX_BF16:
        return _mm256_castsi256_ps(
            _mm256_slli_epi32(_mm256_cvtepu16_epi32(_mm_loadu_si128((const void *)p)), 16));
    default:
        return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const void *)p)));
    }
}

INLINE float one(const uint8_t *p, enum matrix_type type)
{
    uint16_t half;
    float f;
    if (type == MATRIX_I8)
        return (float)*(const int8_t *)p;
    if (type == MATRIX_F32) {
        memcpy(&f, p, 4);
        return f;
    }
    memcpy(&half, p, 2);
    return type == MATRIX_F16 ? half_to_float(half) : bf16_to_float(half);
}

INLINE float total(const __m256 *acc)
{
    const __m256 all = _mm256_add_ps(_mm256_add_ps(acc[0], acc[1]), _mm256_add_ps(acc[2], acc[3]));
    __m128 v = _mm_add_ps(_mm256_castps256_ps128(all), _mm256_extractf128_ps(all, 1));
    v = _mm_add_ps(v, _mm_movehl_ps(v, v));
    return _mm_cvtss_f32(_mm_add_ss(v, _mm_movehdup_ps(v)));
}

INLINE void step(const uint8_t *w, enum matrix_type type, size_t bytes, size_t k, const float *x,
                 size_t stride_x, int n_cols, int s, __m256 acc[COLS][SUMS])
{
    const __m256 v = load(w + k * bytes, type);
    for (int c = 0; c < n_cols; c++)
        acc[c][s] = _mm256_fmadd_ps(v, _mm256_loadu_ps(x + (size_t)c * stride_x + k), acc[c][s]);
}

INLINE void row(const uint8_t *w, enum matrix_type type, size_t bytes, size_t n, const float *x,
                size_t stride_x, int n_cols, float *sums)
{
    __m256 acc[COLS][SUMS];
    size_t k = 0;
    for (int c = 0; c < COLS; c++)
        for (int s = 0; s < SUMS; s++)
            acc[c][s] = _mm256_setzero_ps();
    for (; k + SUMS * LANES <= n; k += SUMS * LANES)
        for (int s = 0; s < SUMS; s++)
            step(w, type, bytes, k + (size_t)s * LANES, x, stride_x, n_cols, s, acc);
    for (int s = 0; k + LANES <= n; s++, k += LANES)
        step(w, type, bytes, k, x, stride_x, n_cols, s, acc);
    for (int c = 0; c < n_cols; c++)
        sums[c] = total(acc[c]);
    for (; k < n; k++)
        for (int c = 0; c < n_cols; c++)
            sums[c] += one(w + k * bytes, type) * x[(size_t)c * stride_x + k];
}

INLINE void add_row(const uint8_t *a, enum matrix_type type, size_t bytes, float f, float *to,
                    size_t n)
{
    const __m256 factor = _mm256_set1_ps(f);
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        _mm256_storeu_ps(
            to + i, _mm256_fmadd_ps(load(a + i * bytes, type), factor, _mm256_loadu_ps(to + i)));
    for (; i < n; i++)
        to[i] += f * one(a + i * bytes, type);
}

#include "infer/kernel_rows.h"

const struct kernels *kernels_avx2(void)
{
    static const struct kernels k = {"avx2", multiply, dot_half, add_half, dot, add};
    /* What has AVX2 has F16C; not every compiler can ask for that. */
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &k : NULL;
}

#else

const struct kernels *kernels_avx2(void)
{
    return NULL;
}

#endif
