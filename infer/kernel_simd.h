#ifndef WEIR_INFER_KERNEL_SIMD_H
#define WEIR_INFER_KERNEL_SIMD_H

#include "infer/kernel.h"

/* NULL where the CPU, or the architecture, has them not. */
const struct kernels *kernels_avx2(void);
const struct kernels *kernels_avx512(void);

#endif
