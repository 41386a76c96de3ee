/* The orders in which other programs read a dataset, number for number. */
#ifndef WEIR_MIX_REPLAY_H
#define WEIR_MIX_REPLAY_H

#include "indexer/mix_order.h"

/* Sample number `sample` of type `type` stands at place `at` of the order. */
typedef int mix_place_fn(void *ctx, size_t type, uint64_t sample, uint64_t at,
                         struct weir_err *err);

/* KnowLM's sampler (pretrain/preview/dataloader.py): every global batch has counts[i] samples of
 * type i.  drop: 0 a type's incomplete last batch and the batches that not all types have are
 * dropped; 1 the former is filled with random samples of the type; 2 the latter; 3 both. */
struct mix_batching {
    const uint64_t *sizes, *counts; // of n_types
    size_t n_types;
    int drop;
    uint64_t seed; // KnowLM: 2023 + epoch
};
/* Batches of an epoch; 0 when a type is too small. */
uint64_t mix_batches_of(const struct mix_batching *b);
/* memory bounds the permutation of a type, 4 bytes a sample. */
WEIR_MUST_CHECK int mix_replay_knowlm(const struct mix_batching *b, uint64_t memory,
                                      mix_place_fn *place, void *ctx, struct weir_err *err);

/* torch.utils.data.DistributedSampler(n samples, num_replicas=world, shuffle=True): place i is read
 * by rank i % world.  Places from n on, where the order begins anew to give every rank as many, are
 * left out; drop_last ends the order early instead.  *total: places, with those left out. */
struct mix_distributed {
    uint64_t n, world, seed; // seed + epoch
    int drop_last;
};
WEIR_MUST_CHECK int mix_replay_distributed(const struct mix_distributed *d, uint64_t memory,
                                           uint64_t *total, mix_place_fn *place, void *ctx,
                                           struct weir_err *err);

/* ---- samples listed in any order, taken in the order of the datasets ---- */

struct mix_list {
    weir_extsort *sort; // key: source, sample, place
    uint32_t source;    // of the next entry
    uint64_t sample, at;
    int any; // there is one
};

WEIR_MUST_CHECK int mix_list_open(struct mix_list *l, uint64_t memory, const char *temp_dir,
                                  struct weir_err *err);
WEIR_MUST_CHECK int mix_list_add(struct mix_list *l, uint32_t source, uint64_t sample, uint64_t at,
                                 struct weir_err *err);
/* After the last one. */
WEIR_MUST_CHECK int mix_list_sort(struct mix_list *l, struct weir_err *err);
/* 1 and the place when the next entry is that sample's, which is then passed; else 0. */
WEIR_MUST_CHECK int mix_list_next(struct mix_list *l, uint32_t source, uint64_t sample,
                                  uint64_t *at, struct weir_err *err);
void mix_list_close(struct mix_list *l);
/* Takes what is listed of the plan's sources into sort, by place. */
WEIR_MUST_CHECK int mix_list_take(struct mix_list *l, const struct mix_plan *p,
                                  struct mix_sink *sink, weir_extsort *sort,
                                  struct weir_tally *tally, struct weir_err *err);

#endif
