/* Which backends this program has: the one place that asks how it was built. */
#include "infer/backend.h"

#include <stdio.h>
#include "weir_config.h"

#if WEIR_HAVE_CUDA
#include "infer/cuda/cuda_backend.h"

int backend_has_cuda(void)
{
    return 1;
}

static int open_cuda(backend **to, int needed, int n_devices, const model *m, char *why, size_t n,
                     struct weir_err *err)
{
    struct weir_err failed = {0};
    const int found = cuda_backend_count(why, n);
    if (!found)
        return needed ? weir_err_set(err, WEIR_EFAIL,
                                     "--device cuda: %s: use --device cpu, or auto, which takes a "
                                     "GPU where there is one",
                                     why)
                      : 0;
    if (n_devices > found)
        return weir_err_set(err, WEIR_EUSAGE, "--gpus %d: there are %d", n_devices, found);
    *to = cuda_backend_open(m, n_devices, &failed);
    if (*to)
        return 0;
    if (needed)
        return weir_err_set(err, failed.code, "%s", failed.msg);
    snprintf(why, n, "%s", failed.msg);
    return 0;
}
#else
int backend_has_cuda(void)
{
    return 0;
}

static int open_cuda(backend **to, int needed, int n_devices, const model *m, char *why, size_t n,
                     struct weir_err *err)
{
    (void)to, (void)n_devices, (void)m, (void)why, (void)n;
    return needed ? weir_err_set(err, WEIR_EUSAGE,
                                 "--device cuda: this program was built without CUDA (make CUDA=1, "
                                 "where nvcc is)")
                  : 0;
}
#endif

int backend_open(backend **to, int which, int n_devices, const model *m, char *why, size_t n,
                 struct weir_err *err)
{
    *to = NULL;
    *why = 0;
    if (which == BACKEND_CPU)
        return 0;
    return open_cuda(to, which == BACKEND_CUDA, n_devices < 1 ? 1 : n_devices, m, why, n, err);
}
