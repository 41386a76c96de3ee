#include "infer/tensor_numbers.h"

#include <math.h>
#include <sys/mman.h>
#include <unistd.h>
#include "infer/half.h"

int tensor_is_float(enum tensor_dtype d)
{
    return d == TENSOR_F16 || d == TENSOR_BF16 || d == TENSOR_F32 || d == TENSOR_F64;
}

void numbers_to_float(enum tensor_dtype d, const void *p, size_t n, float *to)
{
    const uint8_t *at = p;
    uint16_t half;
    double wide;
    if (d == TENSOR_F32 && n)
        memcpy(to, p, n * sizeof *to);
    else if (d == TENSOR_F16)
        for (size_t i = 0; i < n; i++) {
            memcpy(&half, at + 2 * i, 2);
            to[i] = half_to_float(half);
        }
    else if (d == TENSOR_BF16)
        for (size_t i = 0; i < n; i++) {
            memcpy(&half, at + 2 * i, 2);
            to[i] = bf16_to_float(half);
        }
    else if (d == TENSOR_F64)
        for (size_t i = 0; i < n; i++) {
            memcpy(&wide, at + 8 * i, 8);
            to[i] = (float)wide;
        }
}

void numbers_from_float(enum tensor_dtype d, const float *p, size_t n, void *to)
{
    uint8_t *at = to;
    uint16_t half;
    double wide;
    if (d == TENSOR_F32 && n)
        memcpy(to, p, n * sizeof *p);
    else if (d == TENSOR_F16)
        for (size_t i = 0; i < n; i++) {
            half = half_from_float(p[i]);
            memcpy(at + 2 * i, &half, 2);
        }
    else if (d == TENSOR_BF16)
        for (size_t i = 0; i < n; i++) {
            half = bf16_from_float(p[i]);
            memcpy(at + 2 * i, &half, 2);
        }
    else if (d == TENSOR_F64)
        for (size_t i = 0; i < n; i++) {
            wide = p[i];
            memcpy(at + 8 * i, &wide, 8);
        }
}

void tensor_to_float(const struct tensor *t, uint64_t from, size_t n, float *to)
{
    numbers_to_float(t->dtype, (const uint8_t *)t->data + from * tensor_dtype_bytes(t->dtype), n,
                     to);
}

enum { LANES = 8, PART = 4096 };

/* Lanes, so that an addition need not wait for the one before. */
static void add_part(struct number_sums *s, const double *x, size_t n)
{
    double lane[LANES] = {0}, largest = s->largest;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i])) {
            s->n_nan += isnan(x[i]) != 0;
            s->n_infinite += isnan(x[i]) == 0;
            continue;
        }
        lane[i % LANES] += x[i];
        largest = fmax(largest, fabs(x[i]));
    }
    s->largest = largest;
    s->sum +=
        ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
}

void numbers_add(struct number_sums *s, enum tensor_dtype d, const void *p, size_t n)
{
    float narrow[PART];
    double x[PART];
    const uint8_t *at = p;
    for (size_t part; n; n -= part, at += part * tensor_dtype_bytes(d)) {
        part = n < PART ? n : PART;
        if (d == TENSOR_F64) {
            memcpy(x, at, part * sizeof *x);
        } else {
            numbers_to_float(d, at, part, narrow);
            for (size_t i = 0; i < part; i++)
                x[i] = narrow[i];
        }
        add_part(s, x, part);
    }
}

void mapped_forget(const void *p, size_t n)
{
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from = (uintptr_t)p / page * page;
    if (n)
        madvise((void *)from, (uintptr_t)p + n - from, MADV_DONTNEED); // a hint: it may fail
}
