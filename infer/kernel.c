/* Plain C: the reference that the others are tested against. */
#include "infer/kernel.h"

#include <math.h>
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

static float number(const void *from, enum matrix_type type, size_t at)
{
    const uint8_t *p = from; // may be unaligned: it is where the file has it
    uint16_t half;
    float f;
    if (type == MATRIX_F32) {
        memcpy(&f, p + 4 * at, 4);
        return f;
    }
    memcpy(&half, p + 2 * at, 2);
    return type == MATRIX_F16 ? half_to_float(half) : bf16_to_float(half);
}

static float multiply_float(const struct matrix *w, size_t r, const float *x)
{
    float sum = 0;
    for (size_t k = 0; k < w->cols; k++)
        sum += number(w->data, w->type, r * w->cols + k) * x[k];
    return sum;
}

static float multiply_fixed(const struct matrix *w, size_t r, const int16_t *x, const float *unit)
{
    const int8_t *p = (const int8_t *)w->data + r * w->cols;
    float all = 0;
    for (size_t k = 0; k < w->cols; unit++) {
        int32_t sum = 0;
        for (size_t end = k + KERNEL_BLOCK; k < w->cols && k < end; k++)
            sum += p[k] * x[k];
        all += (float)sum * *unit;
    }
    return all * w->scale[r];
}

static void multiply(const struct matrix *w, size_t from, size_t to, const struct columns *x,
                     float *y, size_t stride_y)
{
    for (size_t r = from; r < to; r++)
        for (size_t c = 0; c < x->n; c++)
            y[c * stride_y + r] =
                w->type == MATRIX_I8
                    ? multiply_fixed(w, r, x->fixed + c * x->k, x->unit + c * kernel_blocks(x->k))
                    : multiply_float(w, r, x->x + c * x->k);
}

static void fix(const float *x, size_t n, int16_t *fixed, float *unit)
{
    for (size_t from = 0; from < n; from += KERNEL_BLOCK) {
        const size_t end = n - from < KERNEL_BLOCK ? n : from + KERNEL_BLOCK;
        float top = 0, bad = 0;
        for (size_t i = from; i < end; i++) {
            top = fmaxf(top, fabsf(x[i]));
            bad += x[i] * 0; // NaN where x is not finite
        }
        *unit++ = isnan(bad) ? bad : kernel_unit(top);
        const float factor = isnan(bad) ? 0 : kernel_factor(top);
        for (size_t i = from; i < end; i++)
            fixed[i] = factor > 0 ? (int16_t)rintf(x[i] * factor) : 0;
    }
}

static void score(const struct page *keys, const struct query *q, size_t n_q, float scale)
{
    const enum matrix_type type = keys->half ? MATRIX_F16 : MATRIX_F32;
    for (; n_q--; q++)
        for (uint32_t i = 0; i < KERNEL_POSITIONS && keys->first + i < q->end; i++) {
            float sum = 0;
            for (uint32_t d = 0; d < keys->dim; d++)
                sum += number(keys->p + i * keys->stride, type, d) * q->q[d];
            q->score[keys->first + i] = sum * scale;
        }
}

static void mix(const struct page *values, const struct query *q, size_t n_q)
{
    const enum matrix_type type = values->half ? MATRIX_F16 : MATRIX_F32;
    for (; n_q--; q++)
        for (uint32_t i = 0; i < KERNEL_POSITIONS && values->first + i < q->end; i++)
            for (uint32_t d = 0; values->first + i >= q->from && d < values->dim; d++)
                q->to[d] +=
                    q->score[values->first + i] * number(values->p + i * values->stride, type, d);
}

static void softmax(float *x, size_t n)
{
    float top = -INFINITY, sum = 0;
    for (size_t i = 0; i < n; i++)
        top = fmaxf(top, x[i]);
    for (size_t i = 0; i < n; i++)
        sum += x[i] = expf(x[i] - top);
    for (size_t i = 0; i < n; i++)
        x[i] /= sum;
}

static void gate(float *a, const float *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        a[i] = a[i] / (1 + expf(-a[i])) * b[i];
}

static void to_half(const float *x, size_t n, uint16_t *to)
{
    for (size_t i = 0; i < n; i++)
        to[i] = half_from_float(x[i]);
}

static const struct kernels scalar = {"scalar", multiply, fix,  dot,    score,
                                      mix,      softmax,  gate, to_half};

const struct kernels *kernels_get(const char *name)
{
    const struct kernels *const all[] = {kernels_avx512vnni(), kernels_avx512(), kernels_avx2(),
                                         &scalar};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i] && (!name || !strcmp(name, all[i]->name)))
            return all[i];
    return NULL;
}
