/* The inner loops.  Each result is a sum in an order that depends on its own numbers alone, never
 * on how many columns, rows or queries are computed together or by which thread: a prompt's numbers
 * do not change with what else is in the batch. */
#ifndef WEIR_INFER_KERNEL_H
#define WEIR_INFER_KERNEL_H

#include "infer/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Numbers of a row that are summed apart, in lanes; sums of blocks are added in their order. */
enum { KERNEL_BLOCK = 1024, KERNEL_SLACK = 32 };
/* Positions that attention takes at once. */
enum { KERNEL_POSITIONS = 16 };

static inline size_t kernel_blocks(size_t n)
{
    return (n + KERNEL_BLOCK - 1) / KERNEL_BLOCK;
}

/* What matrices are multiplied with: n columns of k numbers.  For int8 matrices they are integers
 * of -16383…16383 and a unit for each block: products with weights of a block then fit 32 bits, so
 * that their sum is exact, the same in every order and with every kind of vectors; they are at
 * least as close to x as half precision is where the largest of a block is not over four times the
 * usual one, and far closer than the weights are in any case. */
struct columns {
    const float *x; // n × k
    size_t k, n;
    const int16_t *fixed; // n × k and KERNEL_SLACK more; NULL: only for other matrices
    const float *unit;    // n × kernel_blocks(k)
};

/* A query of one head, what it looks back on, and what becomes of it. */
struct query {
    const float *q; // dim numbers
    float *score;   // a number for each position below end
    float *to;      // dim numbers
    uint32_t from, end;
};

/* Keys or values of one head: positions first … first + KERNEL_POSITIONS - 1, those below a query's
 * end at least. */
struct page {
    const uint8_t *p;
    size_t stride; // bytes from one position to the next
    uint32_t first, dim;
    int half; // half precision; else floats
};

struct kernels {
    const char *name;
    /* y[c * stride_y + r] = sum over k of w[r][k] * x[c][k], for the rows r from ≤ r < to. */
    void (*multiply)(const struct matrix *w, size_t from, size_t to, const struct columns *x,
                     float *y, size_t stride_y);
    /* One column of struct columns. */
    void (*fix)(const float *x, size_t n, int16_t *fixed, float *unit);
    float (*dot)(const float *a, const float *b, size_t n);
    /* score[p] = scale * (key of p · q), for the page's positions below the query's end. */
    void (*score)(const struct page *keys, const struct query *q, size_t n_q, float scale);
    /* to += sum of score[p] * value of p, for those from ≤ p < end. */
    void (*mix)(const struct page *values, const struct query *q, size_t n_q);
    /* x = exp(x - largest), divided by their sum. */
    void (*softmax)(float *x, size_t n);
    /* a = a / (1 + exp(-a)) * b */
    void (*gate)(float *a, const float *b, size_t n);
    void (*to_half)(const float *x, size_t n, uint16_t *to);
};

/* "scalar", "avx2", "avx512", "avx512vnni", or NULL for the fastest; NULL where the CPU has it not.
 * Differences between them: rounding of float sums; none with int8 matrices. */
const struct kernels *kernels_get(const char *name);

#ifdef __cplusplus
}
#endif
#endif
