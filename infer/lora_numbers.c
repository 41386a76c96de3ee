/* The product of an adapter, number by number. */
#include <math.h>
#include "infer/lora.h"
#include "infer/tensor_numbers.h"

enum { PART = 512 };

static inline __attribute__((always_inline)) void add_scaled(float w, const float *x, size_t n,
                                                             float *sum)
{
    for (size_t i = 0; i < n; i++)
        sum[i] = __builtin_fmaf(w, x[i], sum[i]);
}

/* The same numbers either way: fmaf() rounds once whether or not the processor can. */
#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) static void add_fused(float w, const float *x, size_t n,
                                                          float *sum)
{
    add_scaled(w, x, n, sum);
}

static int has_fused(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#else
static void add_fused(float w, const float *x, size_t n, float *sum)
{
    add_scaled(w, x, n, sum);
}

static int has_fused(void)
{
    return 1;
}
#endif

static void add_plain(float w, const float *x, size_t n, float *sum)
{
    add_scaled(w, x, n, sum);
}

/* n numbers of A's line k from column col: of a turned product they are a column of B. */
static void line(const struct low_rank *l, size_t k, size_t col, size_t n, float *to)
{
    if (!l->turned) {
        tensor_to_float(l->a, k * l->cols + col, n, to);
        return;
    }
    for (size_t i = 0; i < n; i++)
        tensor_to_float(l->b, (col + i) * l->rank + k, 1, &to[i]);
}

static float weight(const struct low_rank *l, size_t row, size_t k)
{
    float w;
    tensor_to_float(l->turned ? l->a : l->b, l->turned ? k * l->rows + row : row * l->rank + k, 1,
                    &w);
    return w;
}

static void add_row(const struct low_rank *l, size_t row, size_t col, size_t n, float *sum,
                    float *y)
{
    float x[PART];
    void (*const add)(float, const float *, size_t, float *) = has_fused() ? add_fused : add_plain;
    for (size_t i = 0; i < n; i++)
        sum[i] = 0;
    for (size_t k = 0; k < l->rank; k++) {
        line(l, k, col, n, x);
        add(weight(l, row, k), x, n, sum);
    }
    for (size_t i = 0; i < n; i++)
        y[i] += sum[i] * l->scale;
}

void low_rank_add(const struct low_rank *l, uint64_t from, size_t n, float *room, float *y)
{
    while (n) {
        const size_t row = from / l->cols, col = from % l->cols;
        size_t part = l->cols - col < n ? l->cols - col : n;
        part = part < PART ? part : PART;
        add_row(l, row, col, part, room, y);
        from += part, n -= part, y += part;
    }
}
