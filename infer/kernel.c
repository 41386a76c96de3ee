/* Plain C: the reference that the others are tested against. */
#include "infer/kernel.h"

#include <string.h>
#include "infer/half.h"
#include "infer/kernel_simd.h"

static float dot(const float *a, const float *b, size_t n)
{
    float sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static void add(const float *a, float f, float *to, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] += f * a[i];
}

static float dot_half(const uint16_t *a, const float *b, size_t n)
{
    float sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += half_to_float(a[i]) * b[i];
    return sum;
}

static void add_half(const uint16_t *a, float f, float *to, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] += f * half_to_float(a[i]);
}

static float number(const struct matrix *w, size_t at)
{
    const uint8_t *p = w->data; // may be unaligned: it is where the file has it
    uint16_t half;
    float f;
    switch (w->type) {
    case MATRIX_F32:
        memcpy(&f, p + 4 * at, 4);
        return f;
    case MATRIX_I8:
        return (float)((const int8_t *)p)[at];
    default:
        memcpy(&half, p + 2 * at, 2);
        return w->type == MATRIX_F16 ? half_to_float(half) : bf16_to_float(half);
    }
}

static void multiply(const struct matrix *w, size_t from, size_t to, const float *x,
                     size_t stride_x, size_t n, float *y, size_t stride_y)
{
    for (size_t r = from; r < to; r++)
        for (size_t c = 0; c < n; c++) {
            float sum = 0;
            for (size_t k = 0; k < w->cols; k++)
                sum += number(w, r * w->cols + k) * x[c * stride_x + k];
            y[c * stride_y + r] = w->scale ? sum * w->scale[r] : sum;
        }
}

static const struct kernels scalar = {"scalar", multiply, dot_half, add_half, dot, add};

const struct kernels *kernels_get(const char *name)
{
    const struct kernels *const all[] = {kernels_avx512(), kernels_avx2(), &scalar};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i] && (!name || !strcmp(name, all[i]->name)))
            return all[i];
    return NULL;
}
