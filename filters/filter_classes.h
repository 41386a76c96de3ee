/* Characters of a text counted by class, one pass. */
#ifndef WEIR_FILTER_CLASSES_H
#define WEIR_FILTER_CLASSES_H

#include "weir/base.h"

/* Classes overlap only where said. */
struct filter_classes {
    uint64_t chars;    // code points
    uint64_t newlines; // "\n"; spaces too
    uint64_t breaks;   // other line ends to Python's splitlines(): \r, \v, U+0085, U+2028 …
    uint64_t spaces;   // White_Space
    uint64_t digits;   // general category N
    uint64_t letters;  // L, Han among them
    uint64_t han;
    uint64_t punct;   // P
    uint64_t symbols; // S
    uint64_t garbled; // U+FFFD (a symbol too), private use, C1 controls
};

enum {
    CLASS_SPACE = 1,
    CLASS_PUNCT = 2,
    CLASS_SYMBOL = 4,
    CLASS_LETTER = 8,
    CLASS_NUMBER = 16,
    CLASS_GARBLED = 32,
    CLASS_END = 64,      // ends a sentence: FineWeb's set of terminal punctuation
    CLASS_SYMBOLIC = 128 // datatrove's PUNCTUATION_SET: a word of nothing else is a symbol
};

/* Ends a line to Python's splitlines(), "\n" too. */
static inline int filter_is_break(uint32_t c)
{
    return c < 0x20 ? (c >= '\n' && c <= '\r') || (c >= 0x1C && c <= 0x1E)
                    : c == 0x85 || c == 0x2028 || c == 0x2029;
}
/* CLASS_… of a code point. */
unsigned filter_class_of(uint32_t c);
/* The same for each code point below U+10000, for loops: (65536). */
const uint8_t *filter_class_table(void);

/* Counts valid UTF-8. */
void filter_classes_count(struct weir_span text, struct filter_classes *c);
/* The same one character at a time: what the vector code is compared with. */
void filter_classes_count_scalar(struct weir_span text, struct filter_classes *c);

#endif
