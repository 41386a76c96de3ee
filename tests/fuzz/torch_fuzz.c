/* KnowLM's .dis of any bytes; what can be read is written and read back the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/index_torch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t *v, *again;
    size_t n, n_again;
    if (index_torch_get(data, size, &v, &n, NULL))
        return 0;
    struct weir_buf b = {0};
    index_torch_put(&b, "fuzz", v, n);
    if (index_torch_get(b.p, b.n, &again, &n_again, NULL) || n_again != n ||
        (n && memcmp(v, again, n * sizeof *v)))
        __builtin_trap();
    free(v);
    free(again);
    weir_buf_free(&b);
    return 0;
}
