/* 16 numbers at a time, four columns share each load of the weights.  Number k of a row goes to sum
 * (k / 16) mod 4, and the four sums are added in one order, for any number of columns. */
#include "infer/kernel_simd.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,f16c,fma")))
#define INLINE static inline __attribute__((always_inline)) TARGET

enum { LANES = 16, SUMS = 4, COLS = 4 };

INLINE __mmask16 mask(size_t n)
{
    return n >= LANES ? 0xFFFF : (__mmask16)((1u << n) - 1);
}

/* n numbers of that type, zeros behind them. */
INLINE __m512 load(const uint8_t *p, enum matrix_type type, size_t n)
{
    const __mmask16 m = mask(n);
    switch (type) {
    case MATRIX_F32:
        return _mm512_maskz_loadu_ps(m, p);
    case MATRIX_F16:
        return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(m, p));
    case MATRIX_BF16:
        return _mm512_castsi512_ps(
            _mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(m, p)), 16));
    default:
        return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(m, p)));
    }
}

INLINE __m512 load_all(const uint8_t *p, enum matrix_type type)
{
    switch (type) {
    case MATRIX_F32:
        return _mm512_loadu_ps(p);
    case MATRIX_F16:
        return _mm512_cvtph_ps(_mm256_loadu_si256((const void *)p));
    case MATRIX_BF16:
        return _mm512_castsi512_ps(
            _mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256((const void *)p)), 16));
    default:
        return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const void *)p)));
    }
}

/* The dot products of a row with n_cols columns (a constant where it is inlined). */
INLINE void row(const uint8_t *w, enum matrix_type type, size_t bytes, size_t n, const float *x,
                size_t stride_x, int n_cols, float *sums)
{
    __m512 acc[COLS][SUMS];
    for (int c = 0; c < COLS; c++)
        for (int s = 0; s < SUMS; s++)
            acc[c][s] = _mm512_setzero_ps();
    size_t k = 0;
    for (; k + SUMS * LANES <= n; k += SUMS * LANES)
        for (int s = 0; s < SUMS; s++) {
            const size_t at = k + (size_t)s * LANES;
            const __m512 v = load_all(w + at * bytes, type);
            for (int c = 0; c < n_cols; c++)
                acc[c][s] =
                    _mm512_fmadd_ps(v, _mm512_loadu_ps(x + (size_t)c * stride_x + at), acc[c][s]);
        }
    for (int s = 0; k < n; s++, k += LANES) {
        const __m512 v = load(w + k * bytes, type, n - k);
        for (int c = 0; c < n_cols; c++)
            acc[c][s] = _mm512_fmadd_ps(
                v, _mm512_maskz_loadu_ps(mask(n - k), x + (size_t)c * stride_x + k), acc[c][s]);
    }
    for (int c = 0; c < n_cols; c++)
        sums[c] = _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(acc[c][0], acc[c][1]),
                                                     _mm512_add_ps(acc[c][2], acc[c][3])));
}

INLINE void add_row(const uint8_t *a, enum matrix_type type, size_t bytes, float f, float *to,
                    size_t n)
{
    const __m512 factor = _mm512_set1_ps(f);
    for (size_t i = 0; i < n; i += LANES) {
        const __mmask16 m = mask(n - i);
        const __m512 sum = _mm512_fmadd_ps(load(a + i * bytes, type, n - i), factor,
                                           _mm512_maskz_loadu_ps(m, to + i));
        _mm512_mask_storeu_ps(to + i, m, sum);
    }
}

#include "infer/kernel_rows.h"

const struct kernels *kernels_avx512(void)
{
    static const struct kernels k = {"avx512", multiply, dot_half, add_half, dot, add};
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                   __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")
               ? &k
               : NULL;
}

#else

const struct kernels *kernels_avx512(void)
{
    return NULL;
}

#endif
