/* AVX-512 with VNNI: products of integers are added in one instruction. */
#include "infer/kernel_simd.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,f16c,fma")))

/* Not _mm512_dpwssd_epi32(): GCC 12 copies every sum to another register and to memory around it.
 */
static inline __attribute__((always_inline)) TARGET __m512i multiply_add(__m512i sum, __m512i a,
                                                                         __m512i b)
{
    __asm__("vpdpwssd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
    return sum;
}

#include "infer/kernel_avx512.h"

const struct kernels *kernels_avx512vnni(void)
{
    static const struct kernels k = {"avx512vnni", multiply, fix,  dot,    score,
                                     mix,          softmax,  gate, to_half};
    return kernels_avx512() && __builtin_cpu_supports("avx512vnni") ? &k : NULL;
}

#else

const struct kernels *kernels_avx512vnni(void)
{
    return NULL;
}

#endif
