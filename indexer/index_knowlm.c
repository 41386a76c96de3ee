/* KnowLM's .idx: all starts in tokens as u64, then all lengths as u16. */
#include <inttypes.h>

#include "indexer/index_writer.h"

static int put_starts(struct index_writer *w, const uint32_t *n, size_t n_n, uint64_t *at,
                      struct weir_err *err)
{
    uint64_t starts[INDEX_BLOCK];
    for (size_t i = 0; i < n_n; i++) {
        starts[i] = *at;
        *at += n[i];
    }
    return weir_io_write(w->idx, starts, n_n * sizeof *starts, err);
}

static int put_lengths(struct index_writer *w, const uint32_t *n, size_t n_n, uint64_t *at,
                       struct weir_err *err)
{
    uint16_t lengths[INDEX_BLOCK];
    for (size_t i = 0; i < n_n; i++, ++*at) {
        if (n[i] > UINT16_MAX)
            return weir_err_set(err, WEIR_EBAD,
                                "sequence %" PRIu64 ": %" PRIu32
                                " tokens, KnowLM's index holds at most 65535",
                                *at, n[i]);
        lengths[i] = (uint16_t)n[i];
    }
    return weir_io_write(w->idx, lengths, n_n * sizeof *lengths, err);
}

int index_put_knowlm(struct index_writer *w, struct weir_err *err)
{
    const int rc = index_each_length(w, put_starts, err);
    return rc ? rc : index_each_length(w, put_lengths, err);
}
