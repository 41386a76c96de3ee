/* torch checkpoints, archive and pickle: what is accepted lies inside the file. */
#include <stdint.h>
#include <stdlib.h>

#include "infer/tensor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct tensors t = {0};
    struct weir_err err = {0};
    if (!torch_read(data, n, "f", &t, &err) && !tensors_sort(&t, &err))
        for (size_t i = 0; i < t.n; i++) {
            const uint8_t *p = t.at[i].data;
            if (p < data || t.at[i].n_bytes > (size_t)(data + n - p))
                abort();
        }
    tensors_free(&t);
    return 0;
}
