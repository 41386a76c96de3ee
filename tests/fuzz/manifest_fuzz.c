/* A manifest of any bytes; what can be read is written and read back. */
#include <stdint.h>
#include <string.h>

#include "indexer/index_manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct weir_err err = {0}, again = {0};
    struct weir_buf in = {0}, out = {0};
    struct index_manifest m, back;
    weir_buf_add(&in, data, size);
    if (!weir_buf_reserve(&in, 1) && !index_manifest_get(&m, in.p, in.n, &err)) {
        index_manifest_put(&out, &m);
        if (index_manifest_get(&back, out.p, out.n, &again) || back.max_id != m.max_id ||
            strcmp(back.tokenizer, m.tokenizer))
            __builtin_trap();
        index_manifest_free(&back);
    }
    index_manifest_free(&m);
    weir_buf_free(&in);
    weir_buf_free(&out);
    return 0;
}
