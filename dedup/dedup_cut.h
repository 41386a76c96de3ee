/* The pieces of a text that are compared across documents: its lines, or runs of its sentences. */
#ifndef WEIR_DEDUP_CUT_H
#define WEIR_DEDUP_CUT_H

#include "dedup/dedup_compat.h"
#include "weir/extsort.h"
#include "weir/sentence.h"

struct dedup_cut_rule {
    unsigned n_sentences;       // of a span; 0: lines
    int raw;                    // lines are compared as they are, not normalised
    const dedup_simple *simple; // DEDUP_CCNET for lines, DEDUP_DATATROVE for spans
    const uint64_t *allowed;    // sorted hashes of lines that are never compared
    size_t n_allowed;
};

struct dedup_piece { // a byte range of the text: with a line, its newline and the blank lines
                     // behind
    size_t from, to;
};

struct dedup_mark { // what is compared: a line, or the span that begins with a sentence
    uint64_t hash;
    uint32_t piece, zero;
};

struct dedup_cutter { // scratch of one thread; {.rule = …} at first
    const struct dedup_cut_rule *rule;
    struct dedup_simple_text simple;
    struct weir_buf normal; // of a line; of all sentences, a space between them
    struct dedup_piece *piece;
    size_t n_piece, cap_piece;
    struct dedup_mark *mark;
    size_t n_mark, cap_mark;
    size_t *normal_at; // where each sentence begins in normal
    size_t cap_normal_at;
    struct dedup_piece *gone; // what dedup_cut_remove() found, merged, in order
    size_t n_gone, cap_gone;
};

/* Cuts a text into pieces, and marks what can be compared when marks is set.  0 or WEIR_EMEM. */
int dedup_cut(struct dedup_cutter *c, struct weir_span text, enum weir_sentence_rules sentences,
              int marks);
/* Appends to *left what stays of the text when the marks of these pieces (n numbers, rising) are
 * removed; c->gone says which ranges went.  The text was cut before. */
int dedup_cut_remove(struct dedup_cutter *c, struct weir_span text, const uint32_t *pieces,
                     size_t n, struct weir_buf *left);
void dedup_cutter_free(struct dedup_cutter *c);

/* The hash of a line: first 8 bytes of the SHA-1 of its normalised form (CCNet), first byte lowest;
 * 0 when that is empty. */
uint64_t dedup_line_hash(struct dedup_cutter *c, struct weir_span line);

/* ---- dedup_choose.c ---- */

#define DEDUP_PLACE 12 // document u64 and piece u32, most significant byte first

/* From sorted (hash, place) to places of pieces that go, added to gone as keys: all but the first
 * of equal hashes in order of arrival. */
int dedup_choose_later(weir_extsort *marks, weir_extsort *gone, struct weir_err *err);
/* All places of a hash that stands in more than max_docs documents, min_count times or more. */
int dedup_choose_frequent(weir_extsort *marks, weir_extsort *gone, uint64_t max_docs,
                          uint64_t min_count, const char *temp_dir, struct weir_err *err);

static inline void dedup_put_be(char *to, uint64_t v, unsigned n)
{
    while (n--) {
        to[n] = (char)v;
        v >>= 8;
    }
}

static inline uint64_t dedup_get_be(const char *p, unsigned n)
{
    uint64_t v = 0;
    while (n--)
        v = v << 8 | (unsigned char)*p++;
    return v;
}

#endif
