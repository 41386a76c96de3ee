/* What a Megatron run has read: GPTDataset of Megatron core, megatron/core/datasets/gpt_dataset.py
 * and helpers.cpp. */
#ifndef WEIR_MIX_MEGATRON_H
#define WEIR_MIX_MEGATRON_H

#include "indexer/mix_part.h"
#include "weir/indexer.h"

/* Writes what `consumed` samples of such a run have left: of each sequence the tokens that no
 * sample held as input, every stretch of them as a sequence. */
WEIR_MUST_CHECK int mix_megatron_rest(struct mix_one *o, const struct weir_indexer_rest_opt *opt,
                                      uint64_t consumed, const char *command, struct weir_err *err);

#endif
