/* Megatron's .idx, byte for byte as its IndexedDatasetBuilder writes it: docs/formats.md. */
#include <string.h>

#include "indexer/index_writer.h"

static int put_header(struct index_writer *w, struct weir_err *err)
{
    const uint64_t version = 1, n_entries = w->m.n_docs + 1;
    char h[INDEX_MEGATRON_HEADER];
    memcpy(h, INDEX_MEGATRON_MAGIC, 9);
    memcpy(h + 9, &version, 8);
    h[17] = (char)w->m.dtype;
    memcpy(h + 18, &w->m.n_seqs, 8);
    memcpy(h + 26, &n_entries, 8);
    return weir_io_write(w->idx, h, sizeof h, err);
}

static int put_lengths(struct index_writer *w, const uint32_t *n, size_t n_n, uint64_t *at,
                       struct weir_err *err)
{
    (void)at;
    return weir_io_write(w->idx, n, n_n * sizeof *n, err);
}

static int put_pointers(struct index_writer *w, const uint32_t *n, size_t n_n, uint64_t *at,
                        struct weir_err *err)
{
    uint64_t pointers[INDEX_BLOCK];
    for (size_t i = 0; i < n_n; i++) {
        pointers[i] = *at;
        *at += (uint64_t)n[i] * index_dtype_width(w->m.dtype);
    }
    return weir_io_write(w->idx, pointers, n_n * sizeof *pointers, err);
}

static int put_docs(struct index_writer *w, struct weir_err *err)
{
    uint64_t block[INDEX_BLOCK];
    memset(block, 0, sizeof *block); // the first document begins at sequence 0
    int rc = weir_io_write(w->idx, block, sizeof *block, err);
    if (!rc)
        rc = weir_io_rewind(w->docs, err);
    while (!rc) {
        const ssize_t n = weir_io_read(w->docs, block, sizeof block, err);
        if (n <= 0)
            return (int)n;
        rc = weir_io_write(w->idx, block, (size_t)n, err);
    }
    return rc;
}

int index_put_megatron(struct index_writer *w, struct weir_err *err)
{
    int rc = put_header(w, err);
    if (!rc)
        rc = index_each_length(w, put_lengths, err);
    if (!rc)
        rc = index_each_length(w, put_pointers, err);
    return rc ? rc : put_docs(w, err);
}
