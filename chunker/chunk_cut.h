/* Where a document is cut: pure functions on token counts.
 *
 * A piece is a sentence, or a part of one that is longer than a sample may be.  Samples are runs of
 * whole pieces. */
#ifndef WEIR_CHUNK_CUT_H
#define WEIR_CHUNK_CUT_H

#include "weir/tokens.h"

struct chunk_pieces {
    uint32_t *n; // tokens of each piece; grown as needed, free() it
    size_t n_pieces, cap;
};

/* Pieces of at most max tokens.  A longer unit is cut, again and again, in the last half of what
 * may be taken: at the best class of boundary found there, at its latest place; only where that
 * half holds no boundary at all at the latest one before it.  Returns 0, WEIR_EMEM, or WEIR_EBAD
 * when max tokens in a row have no boundary (*at = the first of them). */
int chunk_split(const uint32_t *units, size_t n_units, const uint8_t *bounds, uint32_t max,
                struct chunk_pieces *p, uint64_t *at);

/* The samples of a document, at most n_pieces of them, in order; returns their number.
 *
 * Greedy: each sample starts where the one before ended and takes pieces while they fit (one at
 * least).  No other way to cover the pieces in order has fewer samples, and of those with as few,
 * none has a longer sample at the first place where they differ.  With backward each sample then
 * also takes the pieces before it while they fit: of all covers by as few runs that fit, ends are
 * the latest and then starts the earliest, so that no sample can grow on either side. */
size_t chunk_fill(const uint32_t *pieces, size_t n_pieces, uint32_t max, int backward,
                  struct weir_sample *samples);

/* Removes samples shorter than min (and empty ones), keeping order; returns how many stay. */
size_t chunk_drop_short(struct weir_sample *samples, size_t n_samples, uint32_t min);

/* Tokens in at least one sample.  Starts and ends must not fall, as chunk_fill() gives them. */
uint64_t chunk_covered(const struct weir_sample *samples, size_t n_samples);

#endif
