#ifndef WEIR_INFER_KERNEL_SIMD_H
#define WEIR_INFER_KERNEL_SIMD_H

#include "infer/kernel.h"

/* NULL where the CPU, or the architecture, has them not. */
const struct kernels *kernels_avx2(void);
const struct kernels *kernels_avx512(void);
const struct kernels *kernels_avx512vnni(void);

/* Of a block whose largest number is top, NaN where one is: the unit, and the factor to integers.
 * Below 1e-30 all are 0, since 1 / top could be infinite. */
static inline float kernel_unit(float top)
{
    return top < 1e-30f ? 0 : top / 16383;
}

static inline float kernel_factor(float top)
{
    return top >= 1e-30f && top < 3e38f ? 16383 / top : 0;
}

#endif
