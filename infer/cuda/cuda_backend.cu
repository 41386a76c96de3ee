#include "infer/cuda/cuda_backend.h"

#include "infer/cuda/gpu_cuda.h"
#include "infer/cuda/cuda_run.h"

int cuda_backend_count(char *why, size_t n)
{
    return SIMT_SPACE::gpu::count(why, n);
}

struct backend *cuda_backend_open(const model *m, int n_devices, struct weir_err *err)
{
    return SIMT_SPACE::run_open(m, static_cast<unsigned>(n_devices), err);
}
