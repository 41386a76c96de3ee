/* What a mix takes of each source in each phase, to the sample, before anything is written.
 *
 * A source is a stream of copies of its samples: all of them, then all of them again, each copy in
 * an order of its own.  A phase takes the stretch of that stream behind what the phases before it
 * took.  Where a sample stands in a copy is its rank, a number of 64 bits: random for a shuffle,
 * its share of the way through the source else.  No order is ever held in memory: ranks are
 * computed, and the place where a stretch ends is found with a histogram of them. */
#ifndef WEIR_MIX_PLAN_H
#define WEIR_MIX_PLAN_H

#include "indexer/index_parts.h"
#include "indexer/mix_scan.h"
#include "indexer/mix_spec.h"

enum mix_order { MIX_SHUFFLE, MIX_INTERLEAVED, MIX_SEQUENTIAL, MIX_BATCHES };

/* A place in a source's stream. */
struct mix_pos {
    uint32_t copy;
    uint64_t rank, ordinal; // of equal ranks the smaller ordinal comes first
};

/* What a phase takes of a source: the samples from `from` up to `to`, and the first tokens of the
 * one at `to`. */
struct mix_slice {
    uint32_t source, phase;
    struct mix_pos from, to;
    uint32_t cut;                 // tokens of the sample at to; 0: none
    uint64_t n_samples, n_tokens; // the cut one included
    uint64_t asked;               // tokens
    uint64_t distinct;            // MIX_BATCHES: different samples
};

struct mix_plan {
    struct mix_spec *spec;
    struct index_parts *parts; // in the order of spec->names
    enum mix_order order;
    uint64_t seed;
    int whole;                // no sample is cut
    struct mix_slice *slices; // one for each of spec->takes
};

/* Opens the sources' datasets, checks them, and fills spec->sources and plan->slices. */
WEIR_MUST_CHECK int mix_plan_make(struct mix_plan *p, const char *output, struct weir_err *err);
/* A random part of source 0: amount tokens or samples, as much as it has at most. */
WEIR_MUST_CHECK int mix_plan_draw(const struct mix_plan *p, struct mix_slice *s, int by_tokens,
                                  uint64_t amount, struct weir_err *err);
void mix_plan_free(struct mix_plan *p);

/* Appends the plan for people; the same as JSON. */
void mix_plan_text(const struct mix_plan *p, struct weir_buf *b);
void mix_plan_json(const struct mix_plan *p, struct weir_buf *b);

uint64_t mix_rank(const struct mix_plan *p, uint32_t source, uint64_t ordinal, uint32_t copy);

static inline int mix_pos_before(const struct mix_pos *a, const struct mix_pos *b)
{
    return a->copy != b->copy   ? a->copy < b->copy
           : a->rank != b->rank ? a->rank < b->rank
                                : a->ordinal < b->ordinal;
}

#endif
