/* Repetition of runs of characters: n-grams whose units are the characters of a text. */
#ifndef WEIR_FILTER_CHARS_H
#define WEIR_FILTER_CHARS_H

#include "filters/filter_grams.h"

/* Scratch of one thread, and the counts of one text. */
struct filter_chars {
    uint32_t *at; // (n + 1) where each character starts
    size_t n, cap_at;
    struct filter_grams grams;
    uint32_t *count; // scratch
    size_t cap_count;
};

/* Counts the characters of valid UTF-8.  Returns 0 or WEIR_EMEM. */
int filter_chars_start(struct filter_chars *c, struct weir_span text);
void filter_chars_free(struct filter_chars *c);
/* Goes to n-grams; the measures below are theirs. */
int filter_chars_raise(struct filter_chars *c, struct weir_span text, unsigned n);

/* ROOTS' character repetition (Laurençon et al. 2022, "Character repetition"): of the counts of all
 * n-grams, the share of the floor(sqrt(distinct)) highest, n-grams that occur once left out. */
int filter_chars_repetition(struct filter_chars *c, double *share);
/* How often the most frequent n-gram occurs; 0 for a text of fewer characters. */
uint32_t filter_chars_most(const struct filter_chars *c);
/* Different characters in the n-grams that occur twice or more. */
int filter_chars_in_repeated(struct filter_chars *c, struct weir_span text, uint64_t *n_chars);

#endif
