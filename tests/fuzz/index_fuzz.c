/* .idx of any bytes, beside a small .bin: read, walked, searched. */
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/index_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int ignore(void *ctx, const struct index_seq *s, size_t n, struct weir_err *err)
{
    (void)err;
    for (size_t i = 0; i < n; i++)
        *(uint64_t *)ctx += (uint64_t)s[i].n;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int idx = -1, bin = -1;
    struct weir_err err = {0};
    if (idx < 0) {
        idx = memfd_create("idx", 0);
        bin = memfd_create("bin", 0);
    }
    if (ftruncate(idx, 0) || pwrite(idx, data, size, 0) != (ssize_t)size || ftruncate(bin, 64))
        return 0;
    char name[] = "fuzz";
    struct index_reader r = {.idx = {.path = {.p = name, .n = 5}, .fd = idx, .size = size},
                             .bin = {.path = {.p = name, .n = 5}, .fd = bin, .size = 64}};
    if (index_reader_header(&r, &err))
        return 0;
    uint64_t n_tokens, sum = 0, seq;
    struct index_seq s;
    uint32_t ids[8];
    if (!index_reader_walk(&r, &n_tokens, ignore, &sum, &err) && n_tokens != sum)
        __builtin_trap();
    for (uint64_t token = 0; token < 64 / r.width; token += 7)
        if (!index_reader_find(&r, token, &seq, &err) && seq < r.n_seqs &&
            !index_reader_seqs(&r, seq, 1, &s, &err))
            (void)!index_reader_ids(&r, s.at, 8, ids, &err);
    return 0;
}
