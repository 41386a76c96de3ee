/* The numbers of a tensor in other types, rounded as torch does: to nearest, ties to even. */
#ifndef WEIR_INFER_TENSOR_NUMBERS_H
#define WEIR_INFER_TENSOR_NUMBERS_H

#include "infer/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* 1 for F16, BF16, F32 and F64. */
int tensor_is_float(enum tensor_dtype d);
/* n numbers of that floating type at p (any alignment), as float. */
void numbers_to_float(enum tensor_dtype d, const void *p, size_t n, float *to);
void numbers_from_float(enum tensor_dtype d, const float *p, size_t n, void *to);
/* Number `from` and those behind it, n of a floating tensor. */
void tensor_to_float(const struct tensor *t, uint64_t from, size_t n, float *to);

struct number_sums {     // of floating numbers; NaN and infinite ones are counted and not added
    double sum, largest; // largest: of their absolute values
    uint64_t n_nan, n_infinite;
};

/* Adds n numbers.  The order of addition depends on n alone. */
void numbers_add(struct number_sums *s, enum tensor_dtype d, const void *p, size_t n);

/* Takes the pages of the n bytes at p of a mapped file from memory; they are read anew when they
 * are needed. */
void mapped_forget(const void *p, size_t n);

#ifdef __cplusplus
}
#endif
#endif
