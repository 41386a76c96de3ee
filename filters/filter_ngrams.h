/* Repetition of word and character n-grams.  An n-gram is told by a 64-bit hash: values are exact
 * as long as no two n-grams of one document collide. */
#ifndef WEIR_FILTER_NGRAMS_H
#define WEIR_FILTER_NGRAMS_H

#include "filters/filter_lines.h"
#include "filters/filter_words.h"

struct filter_gram {
    uint64_t hash;
    uint32_t count, chars;
};

/* Scratch of one thread. */
struct filter_ngrams {
    uint64_t *prefix;  // (n_words + 1) polynomial hash of all words joined without spaces, so far
    uint64_t *inverse; // (n_words + 1) inverse of the base's power at each word's start
    uint64_t *word;    // (n_words) hash of each word alone
    size_t cap_prefix, cap_inverse, cap_word;
    int ready; // 1 + the scheme of the words that these belong to; the caller's
    struct filter_set seen;
    uint32_t *index; // (cap_index) slots of a hash table over grams: number + 1, 0 free
    struct filter_gram *gram;
    size_t cap_index, cap_gram, n_gram;
};

void filter_ngrams_free(struct filter_ngrams *g);
/* Hashes the words; the functions below belong to them until the next call. */
int filter_ngrams_prepare(struct filter_ngrams *g, struct weir_span text,
                          const struct filter_words *w, uint64_t seed);

/* Characters of the most frequent n-gram (words joined by a space) times its count; the first of
 * equally frequent ones, as Python's Counter gives. */
int filter_ngrams_top(struct filter_ngrams *g, const struct filter_words *w, unsigned n,
                      uint64_t *chars);
/* datatrove's greedy scan: an n-gram (joined without spaces) seen before adds its characters and
 * the scan jumps over it, a new one is remembered and the scan moves on by one word. */
int filter_ngrams_greedy(struct filter_ngrams *g, const struct filter_words *w, unsigned n,
                         uint64_t *chars);
/* dolma: characters of all n-grams that occur more than once, over those of all n-grams. */
int filter_ngrams_repeated(struct filter_ngrams *g, const struct filter_words *w, unsigned n,
                           uint64_t *repeated, uint64_t *all);
/* Windows of n non-space characters, and those that were there before; n_chars: how many such
 * characters the text has, about. */
int filter_ngrams_chars(struct filter_set *seen, struct weir_span text, uint64_t n_chars,
                        unsigned n, uint64_t seed, uint64_t *repeated, uint64_t *all);

#endif
