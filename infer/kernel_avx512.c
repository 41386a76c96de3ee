/* AVX-512 as Skylake has it. */
#include "infer/kernel_simd.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,f16c,fma")))

static inline __attribute__((always_inline)) TARGET __m512i multiply_add(__m512i sum, __m512i a,
                                                                         __m512i b)
{
    return _mm512_add_epi32(sum, _mm512_madd_epi16(a, b));
}

#include "infer/kernel_avx512.h"

const struct kernels *kernels_avx512(void)
{
    static const struct kernels k = {"avx512", multiply, fix,  dot,    score,
                                     mix,      softmax,  gate, to_half};
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
