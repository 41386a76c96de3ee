/* n-grams of words and characters, and a table of those of benchmarks. */
#ifndef WEIR_DEDUP_GRAMS_H
#define WEIR_DEDUP_GRAMS_H

#include "dedup/dedup_compat.h"

enum { DEDUP_MAX_GRAM = 100 };

/* An n-gram begins with every unit, a word or a CJK character, and is the shortest run of units
 * that weighs enough: a word weighs 1/n_words, a character 1/n_chars. */
struct dedup_gram_rule {
    unsigned n_words, n_chars; // 1 to DEDUP_MAX_GRAM
    const dedup_simple *simple;
};

struct dedup_gram {
    uint64_t hash;         // XXH64 (seed 0) of its units with a space between them, as datatrove's
    struct weir_span text; // the units, valid during the call
    uint64_t end_unit;     // number of its last unit in the text
};

typedef struct dedup_grams dedup_grams; // scratch of one thread

dedup_grams *dedup_grams_new(const struct dedup_gram_rule *rule, struct weir_err *err);
void dedup_grams_free(dedup_grams *g);
void dedup_grams_start(dedup_grams *g);
/* Calls each() for the n-grams that end in this text; texts added one after another are one.
 * Returns the units so far, or WEIR_EMEM. */
int64_t dedup_grams_add(dedup_grams *g, struct weir_span text,
                        void (*each)(void *ctx, const struct dedup_gram *gram), void *ctx);
/* An n-gram as people write it: no spaces between CJK characters. */
void dedup_gram_show(struct weir_buf *b, struct weir_span text);

/* ---- hash to number: open addressing, half full at most, a filter before it ---- */

struct dedup_gram_table {
    struct dedup_gram_slot *slot;
    uint8_t *maybe; // 8 bits a slot: most hashes that are not there are not looked for, in cache
    size_t cap, n;  // cap: a power of two
    unsigned shift;
    uint64_t mix;   // random and odd, so that no one can choose who collides
    uint64_t limit; // bytes
};

int dedup_gram_table_init(struct dedup_gram_table *t, uint64_t limit);
void dedup_gram_table_free(struct dedup_gram_table *t);
/* The number under a hash, or 0. */
uint32_t dedup_gram_table_find(const struct dedup_gram_table *t, uint64_t hash);
/* Puts a number (not 0) under a hash that has none: 1; 0 when it has one; WEIR_EMEM past the limit.
 */
int dedup_gram_table_add(struct dedup_gram_table *t, uint64_t hash, uint32_t number);

#endif
