/* Inside the recognisers: a place in a text, and the parts that see each other. */
#ifndef WEIR_ANN_VALUE_IMPL_H
#define WEIR_ANN_VALUE_IMPL_H

#include <string.h>

#include "kg2instruction/ann_value.h"
#include "weir/utf8.h"

static inline int ann_starts(const char *p, size_t n, const char *word)
{
    if (!n || *p != *word) // most differ there
        return 0;
    const size_t len = strlen(word);
    return n >= len && memcmp(p, word, len) == 0;
}

/* Bytes of the first of the words (a list that ends with NULL) that p starts with, or 0. */
size_t ann_first_of(const char *p, size_t n, const char *const *words);
/* Does the text before byte `at` end with one of the words? */
int ann_ends_with(struct weir_span text, size_t at, const char *const *words);
/* Is there no letter or digit of an alphabet on that side of byte `at`?  (Han is none.) */
int ann_word_begins(struct weir_span text, size_t at);
int ann_word_ends(struct weir_span text, size_t at);

/* The date that starts at byte `at`; its bytes, or 0. */
size_t ann_time_parse(struct weir_span text, size_t at, struct ann_time *t);
size_t ann_time_parse_han(struct weir_span text, size_t at, struct ann_time *t);
size_t ann_time_parse_latin(struct weir_span text, size_t at, struct ann_time *t);
/* Can the year, month and day be? */
int ann_time_valid(const struct ann_time *t);

/* The unit that starts at p, blanks before it included; its bytes, or 0. */
size_t ann_unit_parse(const char *p, size_t n, const struct ann_unit **unit);
/* The currency sign or code that starts at p (before a number). */
size_t ann_currency_parse(const char *p, size_t n, const struct ann_unit **unit);

#endif
