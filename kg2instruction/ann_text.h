/* A text as the alias automaton reads it: simplified and folded as the keys of the knowledge file
 * are, with the way back to the bytes of the text, and where words can begin and end. */
#ifndef WEIR_ANN_TEXT_H
#define WEIR_ANN_TEXT_H

#include "kg2instruction/ann_index.h"
#include "kg2instruction/kg_fold.h"

struct ann_text {
    struct weir_span text;
    struct weir_buf folded; // a newline stays one, so that no name goes over it
    uint32_t *from;         // (folded.n + 1) place in text of the character that the byte is of
    uint8_t *cls;           // (folded.n + 1) enum ann_class of the character
    uint8_t *end;           // (folded.n + 1) 1: a word can end before this byte
    size_t cap_from, cap_cls, cap_end;
    struct kg_fold_scratch scratch;
};

/* Folds valid UTF-8 of less than 4 GB; the text stays the caller's.  0 or WEIR_EMEM. */
WEIR_MUST_CHECK int ann_text_set(struct ann_text *t, const kg_fold *fold, struct weir_span text);
void ann_text_free(struct ann_text *t);
/* Bytes of the text that folded bytes at … end - 1 come from. */
struct weir_span ann_text_source(const struct ann_text *t, size_t at, size_t end);

/* A name in a text. */
struct ann_match {
    size_t at, end;    // bytes of folded
    size_t src, src_n; // bytes of the text
    int weak;          // a short Chinese name in the middle of other characters
    uint32_t entity;   // while choosing
};

struct ann_matches {
    struct ann_match *at; // in order of places; only a weak one may overlap what follows
    size_t n, cap;
};

/* All leftmost-longest names of the index, whole words only.  0 or WEIR_EMEM. */
WEIR_MUST_CHECK int ann_text_match(const struct ann_text *t, const ann_index *ix,
                                   struct ann_matches *out);

#endif
