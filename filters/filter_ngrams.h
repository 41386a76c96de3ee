/* Repetition of word and character n-grams.  Counts are exact; the greedy scan and the windows tell
 * texts apart by 64-bit hashes and are exact as long as no two of one document collide. */
#ifndef WEIR_FILTER_NGRAMS_H
#define WEIR_FILTER_NGRAMS_H

#include "filters/filter_grams.h"
#include "filters/filter_lines.h"
#include "filters/filter_words.h"

/* Scratch of one thread. */
struct filter_ngrams {
    int ready;             // 1 + the scheme of the words that these belong to; the caller's
    struct weir_buf bytes; // all words joined without spaces
    uint32_t *at;          // (n_words + 1) where each begins there
    struct filter_grams grams;
    int has_grams;
    uint32_t *twin; // (n_twin) words that may begin what another word begins too, in order
    size_t n_twin;
    unsigned twin_level; // n of the windows that twin is for, 0: none yet
    unsigned char *bit;  // of what begins twice, and of what runs of characters stand once
    uint32_t *code;      // characters without white space
    size_t cap_at, cap_twin, cap_bit, cap_code;
    struct filter_set seen;
};

void filter_ngrams_free(struct filter_ngrams *g);
/* Takes the words in; the functions below belong to them until the next call. */
int filter_ngrams_prepare(struct filter_ngrams *g, struct weir_span text,
                          const struct filter_words *w);

/* Characters of the most frequent n-gram (words joined by a space) times its count; the first of
 * equally frequent ones, as Python's Counter gives. */
int filter_ngrams_top(struct filter_ngrams *g, const struct filter_words *w, unsigned n,
                      uint64_t *chars);
/* The same in parts: characters without spaces, and the count. */
int filter_ngrams_most(struct filter_ngrams *g, const struct filter_words *w, unsigned n,
                       uint64_t *chars, uint32_t *count);
/* g->grams as n-grams of the words. */
int filter_ngrams_grams(struct filter_ngrams *g, const struct filter_words *w, unsigned n);
/* datatrove's greedy scan: an n-gram (joined without spaces) seen before adds its characters and
 * the scan jumps over it, a new one is remembered and the scan moves on by one word. */
int filter_ngrams_greedy(struct filter_ngrams *g, const struct filter_words *w, unsigned n,
                         uint64_t seed, uint64_t *chars);
/* dolma: characters of all n-grams that occur more than once, over those of all n-grams. */
int filter_ngrams_repeated(struct filter_ngrams *g, const struct filter_words *w, unsigned n,
                           uint64_t *repeated, uint64_t *all);
/* Windows of n non-space characters, and those that were there before; n_chars: how many such
 * characters the text has; behind them it is not read. */
int filter_ngrams_chars(struct filter_ngrams *g, struct weir_span text, uint64_t n_chars,
                        unsigned n, uint64_t seed, uint64_t *repeated, uint64_t *all);
/* The same one character at a time: what the vector code is compared with. */
int filter_ngrams_chars_scalar(struct filter_ngrams *g, struct weir_span text, uint64_t n_chars,
                               unsigned n, uint64_t seed, uint64_t *repeated, uint64_t *all);

#endif
