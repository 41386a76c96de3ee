/* Characters of three bytes, Han above all, and which of them stand side by side in tokens: the
 * pieces of a text of such characters that are one or two of them, without a cache.
 *
 * A pair's place is base[left] ^ scatter(right): rows of a sparse table, displaced until none hides
 * another (Tarjan and Yao, "Storing a sparse table", 1979; exclusive or for their sum).  Scattering
 * is a bijection, so that the left character at a place is all there is to compare. */
#ifndef WEIR_TOK_PAIRS_H
#define WEIR_TOK_PAIRS_H

#include <stddef.h>
#include <stdint.h>

enum {
    TOK_PAIRS_NONE = 0xFFFFFFFF,
    TOK_PAIRS_APART = 0xFFFFFFFE,
    TOK_PAIRS_MOST = 63, // characters looked at together
};

struct tok_pair {
    uint16_t left, right;
    uint32_t id; // TOK_PAIRS_APART: as a part of a longer token; else of the token that is the two,
                 // which alone they become, or TOK_PAIRS_NONE: something else
};
struct tok_pair_char {
    uint32_t id, base; // id: that it becomes alone, or TOK_PAIRS_NONE
};
struct tok_run;
struct tok_pairs;
typedef void tok_pairs_kernel(const struct tok_pairs *p, const uint8_t *u, unsigned most,
                              struct tok_run *r);
struct tok_pairs {
    struct tok_pair_char *chars; // of 65536 code points
    uint16_t *left;              // of places; 0: no pair
    uint32_t *ids;
    uint32_t mask;
    uint32_t first, last; // characters that are looked at; the builder's are all of three bytes
    tok_pairs_kernel *look;
};

/* All pairs that tokens hold, in any order and number; ids are of 65536 characters.  A pair that no
 * token is becomes what its characters do alone.  Returns
 * WEIR_EMEM, or 0; p->chars is NULL where there are none, or too many. */
int tok_pairs_build(struct tok_pairs *p, const struct tok_pair *pairs, size_t n,
                    const uint32_t *ids);
void tok_pairs_free(struct tok_pairs *p);
uint64_t tok_pairs_memory(const struct tok_pairs *p);

/* Odd: of 16 bits no two become the same under a mask of 16 bits or more. */
enum { TOK_PAIRS_SCATTER = 0x9E3B };
static inline uint32_t tok_pairs_scatter(const struct tok_pairs *p, uint32_t c)
{
    return c * TOK_PAIRS_SCATTER & p->mask;
}

static inline int tok_pairs_join(const struct tok_pairs *p, uint32_t left, uint32_t right)
{
    return p->left[p->chars[left].base ^ tok_pairs_scatter(p, right)] == left;
}

/* What is known of a run of n characters. */
struct tok_run {
    uint64_t starts; // of chunks: nothing joins this character and the one before
    unsigned n;
    uint32_t chars[TOK_PAIRS_MOST + 1];
    uint32_t places[TOK_PAIRS_MOST + 2]; // of each character's pair with the one before
};
/* p->look() looks at the characters from p->first to p->last, of three bytes each, that are at u,
 * at most `most` and TOK_PAIRS_MOST of them; 64 bytes are readable behind the last one.  "scalar",
 * "avx512": NULL where the processor has none. */
tok_pairs_kernel *tok_pairs_look(const char *name);

/* Ends the run where its last chunk begins, for that one may go on. */
static inline void tok_run_drop_last(struct tok_run *r)
{
    r->n = 63 - (unsigned)__builtin_clzll(r->starts);
    r->starts &= ~((uint64_t)1 << r->n);
}

/* The chunks of three and more characters. */
static inline uint64_t tok_run_long(const struct tok_run *r)
{
    const uint64_t ends = r->starts | (uint64_t)1 << r->n;
    return r->starts & ~(ends >> 1 | ends >> 2);
}

/* The ids of the chunk of two characters that begins at the i-th one and is TOK_PAIRS_APART; 0 when
 * one of them has none. */
static inline int tok_run_parts(const struct tok_pairs *p, const struct tok_run *r, unsigned i,
                                uint32_t ids[2])
{
    ids[0] = p->chars[r->chars[i]].id;
    ids[1] = p->chars[r->chars[i + 1]].id;
    return ids[0] < TOK_PAIRS_APART && ids[1] < TOK_PAIRS_APART;
}

/* The id of the chunk of one or two characters that begins at the i-th one; or TOK_PAIRS_APART or
 * TOK_PAIRS_NONE, which are more than any. */
static inline uint32_t tok_run_id(const struct tok_pairs *p, const struct tok_run *r, unsigned i,
                                  unsigned n)
{
    const uint32_t *one = &p->chars[r->chars[i]].id, *two = &p->ids[r->places[i + 1]];
    return *(n == 1 ? one : two);
}

#endif
