/* .prov of any bytes, its checksum made right: read, checked, asked for every document. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/index_prov.h"
#include "lib/xxh.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    struct weir_err err = {0};
    struct weir_buf buf = {0};
    char name[] = "fuzz";
    if (fd < 0)
        fd = memfd_create("prov", 0);
    if (size < 16 || ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
        return 0;
    const uint64_t sum = XXH3_64bits(data, size - 16);
    if (pwrite(fd, &sum, 8, (off_t)size - 16) != 8)
        return 0;
    struct index_prov p = {.file = {.path = {.p = name, .n = 5}, .fd = fd, .size = size}};
    if (index_prov_header(&p, &err))
        return 0;
    (void)!index_prov_check(&p, NULL, &err);
    for (uint64_t i = 0; i < p.n_docs; i++) {
        struct index_prov_doc d;
        uint64_t piece;
        if (!index_prov_doc(&p, i, &buf, &d, &err) && d.origin.p + d.origin.n > buf.p + buf.n)
            __builtin_trap();
        if (!index_prov_first(&p, i, &piece, &err) && piece > p.n_pieces)
            __builtin_trap();
    }
    for (uint64_t i = 0; i < p.n_seqs; i++) {
        uint64_t firsts[2];
        struct index_piece piece;
        if (!index_prov_firsts(&p, i, 1, firsts, &err) &&
            (firsts[1] < firsts[0] || firsts[1] > p.n_pieces))
            __builtin_trap();
        if (!err.code && firsts[0] < firsts[1] && index_prov_pieces(&p, firsts[0], 1, &piece, &err))
            __builtin_trap();
    }
    weir_buf_free(&buf);
    return 0;
}
