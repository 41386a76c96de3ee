/* A mix in KnowLM's batches: every take of the spec is one of its types. */
#ifndef WEIR_MIX_BATCHES_H
#define WEIR_MIX_BATCHES_H

#include "indexer/mix_replay.h"

struct mix_batches {
    const struct mix_plan *plan;
    int drop;
    uint64_t epochs;
    struct weir_job *job;
};

/* Lists every sample at its places in the order, ready to be taken. */
WEIR_MUST_CHECK int mix_batches_list(const struct mix_batches *b, struct mix_list *l,
                                     struct weir_err *err);
/* Fills plan->slices. */
WEIR_MUST_CHECK int mix_batches_plan(const struct mix_batches *b, struct weir_err *err);

#endif
