/* Repeated n-grams of any units (words, characters), exactly and without hashing n-grams.
 *
 * Every unit has a number.  An n-gram can only occur twice when both (n-1)-grams in it do, so each
 * level looks only at what was repeated at the one below, and names an n-gram by the pair of
 * numbers of its two (n-1)-grams.  Most text has few repeats: after n = 3 little is left. */
#ifndef WEIR_FILTER_GRAMS_H
#define WEIR_FILTER_GRAMS_H

#include "weir/buf.h"

struct filter_gram {
    uint32_t count;
    uint32_t first; // unit where it occurs first
};

/* Scratch of one thread. */
struct filter_grams {
    uint32_t n_units;
    unsigned level; // n of the n-grams below
    uint32_t
        *number;     // (n_units) by place: the unit's, then the repeated n-gram's that starts there
    uint32_t *place; // (n_place) where repeated n-grams start, in order
    size_t n_place;
    struct filter_gram *gram; // (n_gram) by number, in order of first appearance: all that occur
                              // twice or more, some that occur once
    size_t n_gram;
    struct filter_gram_slot *slot;
    uint32_t clearing; // slots of another number are free
    size_t cap_number, cap_place, cap_gram, cap_slot;
};

void filter_grams_free(struct filter_grams *g);
/* Level 1: the units are the byte strings bytes[at[i], at[i + 1]); n of them, n + 1 places. Returns
 * 0 or WEIR_EMEM. */
int filter_grams_start(struct filter_grams *g, const char *bytes, const uint32_t *at, size_t n);
/* Goes up to n-grams; n is at least the level that g is at. */
int filter_grams_raise(struct filter_grams *g, unsigned n);
/* n-grams that the units make. */
static inline uint64_t filter_grams_all(const struct filter_grams *g)
{
    return g->n_units < g->level ? 0 : (uint64_t)g->n_units - g->level + 1;
}

#endif
