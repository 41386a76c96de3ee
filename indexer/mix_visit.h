/* Every sample of every source, in the order of the datasets, offered to whoever takes some. */
#ifndef WEIR_MIX_VISIT_H
#define WEIR_MIX_VISIT_H

#include "indexer/mix_sink.h"
#include "indexer/mix_spec.h"

struct mix_visit {
    const struct mix_spec *spec;
    const struct index_parts *parts; // in the order of spec->names
    struct mix_sink *sink;
    struct weir_tally *tally; // each sample is counted once, as used or not
    const char *left;         // reason under which those that are not used are counted
    void *ctx;
    /* Sample number `ordinal` of a source.  *used: whether any of it was taken. */
    int (*take)(struct mix_visit *v, const struct mix_seq *q, uint32_t source, uint64_t ordinal,
                int *used, struct weir_err *err);
};

WEIR_MUST_CHECK int mix_visit(struct mix_visit *v, struct weir_err *err);

#endif
