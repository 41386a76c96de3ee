/* Samples packed into sequences of one length: best fit decreasing over windows of the order (Ding
 * et al. 2024, "Fewer Truncations Improve Language Modeling", section 3).  A sample is cut only
 * when it is longer than a sequence. */
#ifndef WEIR_MIX_PACK_H
#define WEIR_MIX_PACK_H

#include "indexer/mix_sink.h"

enum { MIX_PACK_MAX = 1 << 20, MIX_PACK_WINDOW = 1 << 16 };

struct mix_pack {
    struct mix_sink *sink;
    uint32_t length;            // of a sequence, at most MIX_PACK_MAX
    int join;                   // pack; else each sample is a sequence
    int pad;                    // fill sequences with sink->pad
    uint64_t n_unfilled, n_cut; // tokens that sequences lack; samples that were cut
    /* the window */
    struct weir_buf items;
    size_t *at;             // of each in items
    uint32_t *order;        // longest first
    uint32_t *next;         // in the same sequence
    uint32_t *room;         // of each sequence
    uint32_t *head;         // of each sequence: its members
    uint32_t *same;         // another sequence with as much room
    uint32_t *first;        // length + 1: a sequence with so much room
    uint64_t *bits, *words; // which first[] there are, and which words of bits
    const struct mix_item **members;
    uint32_t n, n_seqs;
};

WEIR_MUST_CHECK int mix_pack_open(struct mix_pack *p, struct weir_err *err);
/* The next sample in order. */
WEIR_MUST_CHECK int mix_pack_add(struct mix_pack *p, const struct mix_item *item,
                                 struct weir_err *err);
/* Writes what waits: at the end, and where samples must not be mixed with what comes. */
WEIR_MUST_CHECK int mix_pack_flush(struct mix_pack *p, struct weir_err *err);
void mix_pack_close(struct mix_pack *p);

#endif
