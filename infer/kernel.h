/* The inner loops.  Each result is a sum in an order that depends on the length alone, never on how
 * many columns are computed together or by which thread: a prompt's numbers do not change with what
 * else is in the batch. */
#ifndef WEIR_INFER_KERNEL_H
#define WEIR_INFER_KERNEL_H

#include "infer/model.h"

#ifdef __cplusplus
extern "C" {
#endif

struct kernels {
    const char *name;
    /* y[c * stride_y + r] = sum over k of w[r][k] * x[c * stride_x + k], for the rows r from ≤ r <
     * to and columns c < n. */
    void (*multiply)(const struct matrix *w, size_t from, size_t to, const float *x,
                     size_t stride_x, size_t n, float *y, size_t stride_y);
    /* Of the cache, half precision: sum of a[i] * b[i], and to[i] += f * a[i]. */
    float (*dot_half)(const uint16_t *a, const float *b, size_t n);
    void (*add_half)(const uint16_t *a, float f, float *to, size_t n);
    float (*dot)(const float *a, const float *b, size_t n);
    void (*add)(const float *a, float f, float *to, size_t n);
};

/* "scalar", "avx2", "avx512", or NULL for the fastest; NULL where the CPU has it not. */
const struct kernels *kernels_get(const char *name);

#ifdef __cplusplus
}
#endif
#endif
