/* What the CUDA sources give to the rest, in C. */
#ifndef WEIR_INFER_CUDA_BACKEND_H
#define WEIR_INFER_CUDA_BACKEND_H

#include "infer/backend.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Devices that can be used, or 0 and why not, of n bytes. */
int cuda_backend_count(char *why, size_t n);
/* The first n_devices take the model. */
struct backend *cuda_backend_open(const model *m, int n_devices, struct weir_err *err);

#ifdef __cplusplus
}
#endif
#endif
