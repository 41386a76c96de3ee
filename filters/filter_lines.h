/* Line and paragraph structure of a text, one pass.  Lines are what "\n" separates: documents hold
 * no other line ends.  Equal lines and paragraphs are told by 64-bit hashes. */
#ifndef WEIR_FILTER_LINES_H
#define WEIR_FILTER_LINES_H

#include "weir/base.h"

struct filter_lines {
    /* As Python's splitlines(): blank lines count, nothing behind a last "\n". */
    uint64_t lines, chars, longest; // chars: without "\n"
    uint64_t bullets;               // starting with • or - behind spaces
    uint64_t ellipses;              // ending with ... or … before spaces
    /* Lines that are not blank (FineWeb). */
    uint64_t full;           // how many
    uint64_t ends;           // whose last character is terminal punctuation
    uint64_t zh_ends;        // the same behind closing quotes and brackets, … and ： included
    uint64_t shorts;         // of at most 30 characters
    uint64_t dup_full_chars; // characters of second and later copies
    /* Lines as runs of "\n" separate them (Gopher): empty only before the first and after the
     * last "\n". */
    uint64_t split, dup, dup_chars;
    /* Paragraphs of the stripped text as two or more "\n" separate them. */
    uint64_t paragraphs, dup_paragraphs, dup_paragraph_chars;
};

enum { FILTER_SHORT_LINE = 30 };

/* Seen hashes; scratch of one thread. */
struct filter_set {
    uint64_t *slot; // (room), the first cap in use; 0 is free
    size_t room, cap, n;
};

/* Makes it twice as large. */
int filter_set_grow(struct filter_set *s);

/* 1 when key was new, 0 when it was there, negative when memory is out. */
static inline int filter_set_add(struct filter_set *s, uint64_t key)
{
    key += !key;
    size_t i = key & (s->cap - 1);
    for (; s->slot[i]; i = (i + 1) & (s->cap - 1))
        if (s->slot[i] == key)
            return 0;
    s->slot[i] = key;
    return ++s->n * 2 > s->cap && filter_set_grow(s) < 0 ? WEIR_EMEM : 1;
}

/* Empties; expects about n keys. */
int filter_set_clear(struct filter_set *s, size_t n);
void filter_set_free(struct filter_set *s);

/* Measures valid UTF-8.  Returns 0 or WEIR_EMEM. */
int filter_lines_measure(struct weir_span text, struct filter_set *seen, uint64_t seed,
                         struct filter_lines *l);

/* For a text with other line ends than "\n": lines, chars, longest, bullets and ellipses again, as
 * splitlines() cuts. */
void filter_lines_split(struct weir_span text, struct filter_lines *l);
/* The line at byte `at`, as splitlines() cuts, or as "\n" does; *next is where the next starts. */
struct weir_span filter_line_at(struct weir_span text, size_t at, int any_break, size_t *next);

/* text without white space at its ends, U+001C to U+001F too, as Python has it. */
struct weir_span filter_strip(struct weir_span text);

/* Ends a Chinese sentence: in terminal punctuation, … ； or ：, closing quotes and brackets looked
 * through. */
int filter_line_ends_zh(struct weir_span line);

#endif
