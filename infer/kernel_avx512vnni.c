/* AVX-512 with VNNI: products of integers are added in one instruction. */
#include "infer/kernel_simd.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,f16c,fma")))

static inline __attribute__((always_inline)) TARGET __m512i multiply_add(__m512i sum, __m512i a,
                                                                         __m512i b)
{
    return _mm512_dpwssd_epi32(sum, a, b);
}

#include "infer/kernel_avx512.h"

const struct kernels *kernels_avx512vnni(void)
{
    static const struct kernels k = {"avx512vnni", multiply, fix, dot, score, mix, softmax, gate,
                                     to_half};
    return kernels_avx512() && __builtin_cpu_supports("avx512vnni") ? &k : NULL;
}

#else

const struct kernels *kernels_avx512vnni(void)
{
    return NULL;
}

#endif
