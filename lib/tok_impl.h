/* What the parts of Weir's tokenizer share.
 *
 * Text is encoded in its canonical form: as the normaliser leaves it, but with each U+2581 as one
 * space where the model escapes spaces.  It is valid UTF-8, so that a piece's length in it is a
 * property of the piece.
 *
 *      text ──tok_normalize()──► canonical ──► tok_bpe_encode() or tok_unigram_encode() ──► pieces
 *                  └──────────── origin of each canonical byte, or a shift ───────────────────┘
 */
#ifndef WEIR_TOK_IMPL_H
#define WEIR_TOK_IMPL_H

#include "hftok.h"
#include "spm_model.h"
#include "tok_cache.h"
#include "tok_pairs.h"
#include "weir/tok.h"

enum {
    TOK_SYMBOL_BITS = 20, // three fit into one entry of the merge table
    TOK_NO_SYMBOL = (1 << TOK_SYMBOL_BITS) - 1,
    TOK_LONGEST_PIECE = 1024,
    TOK_JOINS_LEFT = 1 << 30, // a piece holds this character behind another one
    TOK_JOINS_RIGHT = 1 << 29,
    TOK_FROZEN = 1 << 28, // symbols: user-defined, never merges
};

/* ---- tok_trie.c: a double array; no key holds NUL ---- */

struct tok_key {
    struct weir_span text;
    uint32_t value;
};
struct tok_unit {
    uint32_t base, check; // child by byte c: base + c, whose check is the parent
};
struct tok_trie {
    struct tok_unit *units; // 256 more than any child's index: no range checks
    int32_t *values;        // -1: no key ends here
    size_t n, cap_units, cap_values;
    uint8_t first[256]; // bytes that keys begin with
};
/* Sorts keys; of equal keys the last counts. */
int tok_trie_build(struct tok_trie *t, struct tok_key *keys, size_t n);
void tok_trie_free(struct tok_trie *t);

static inline uint32_t tok_trie_next(const struct tok_trie *t, uint32_t node, uint8_t c)
{
    const uint32_t to = t->units[node].base + c;
    return t->units[to].check == node ? to : 0;
}

/* Length of the longest key that s begins with, 0 when there is none. */
static inline size_t tok_trie_longest(const struct tok_trie *t, const char *s, size_t n,
                                      uint32_t *value)
{
    size_t longest = 0;
    uint32_t node = 0;
    if (!n || !t->first[(uint8_t)*s])
        return 0;
    for (size_t i = 0; i < n && (node = tok_trie_next(t, node, (uint8_t)s[i])); i++)
        if (t->values[node] >= 0) {
            *value = (uint32_t)t->values[node];
            longest = i + 1;
        }
    return longest;
}

/* ---- tables ---- */

struct tok_symbol {
    struct weir_span text; // canonical
    float score;
    uint8_t type;   // SPM_…; 0 for a character that pieces hold but that is none itself
    uint8_t pieces; // it can be made: stands for itself in text
    uint64_t split; // SPM_UNUSED: the left and right symbol it falls back to
};

/* SPM_UNUSED: no split, or which one depends on the text. */
#define TOK_WHOLE     UINT64_MAX
#define TOK_AMBIGUOUS (UINT64_MAX - 1)

/* Which characters stand side by side in pieces. */
struct tok_joins {
    uint64_t *pairs; // bit set; more may be set
    unsigned pair_shift;
    uint8_t cuts[1 << 16]; // of bytes left | right << 8, ASCII: 1 where no piece holds both so
};

/* Puts the pieces of characters of three bytes at u that join nothing behind them, up to another
 * character or while TOK_LONE_ROOM pieces fit, as they do at first; *last is where the first
 * begins. 64 bytes behind each are readable.  Returns how far it came. */
struct tok_sink;
enum { TOK_LONE_ROOM = 784 };
typedef const uint8_t *tok_lone_kernel(const weir_tok *t, const uint8_t *u, uint32_t *last,
                                       struct tok_sink *o);

struct tok_bpe {
    uint32_t *page[0x1100]; // of 256 code points: symbol and TOK_JOINS_…; never NULL
    uint32_t *pages;
    uint32_t *ranks;  // of symbols, as merging needs them
    uint64_t *merges; // left, right, merged symbol in 20 bits each; ~0: free
    size_t merge_mask;
    uint64_t *merge_bits; // bit set of pairs that merge; few others are set
    uint64_t *low;        // of ASCII pairs, left << 7 | right: rank << 32 | symbol
    uint8_t *whole;       // of pieces: 1 when it stays as it is
    uint64_t seed;
    struct tok_joins joins;
    uint16_t *lone_ids; // tok_lone.c: what characters below U+10000 become; NULL: nothing
    tok_lone_kernel *put_lone;
    int lone;             // hardly a piece holds a Han character and one behind it
    int ambiguous;        // some piece is TOK_AMBIGUOUS
    struct tok_pairs han; // not where `lone` is set
};

struct tok_unigram {
    struct tok_trie trie;
    uint32_t *nodes; // of characters of three bytes: where they lead in the trie, 0: nowhere
    double *scores;  // of ids; as the library adds them
    float unk_score;
    double most; // no score is farther from 0
    struct tok_joins joins;
    struct tok_pairs han;
};

struct weir_tok {
    hftok *hf; // of a tokenizer.json; then nothing below but the model's SHA-256 is used
    struct spm_model model;
    struct weir_buf texts;      // canonical spellings
    struct tok_symbol *symbols; // pieces, then further characters
    size_t n_symbols, cap_symbols;
    uint32_t *find; // hash table of canonical spellings to symbols
    size_t find_mask;
    uint64_t seed;
    uint32_t unk, bos, eos, pad;
    uint32_t byte_ids[256];
    int copies;               // normalising changes nothing but spaces and broken UTF-8
    struct tok_trie user;     // user-defined symbols, canonical
    struct tok_trie user_raw; // the same as the normaliser meets them
    int has_user;
    struct weir_span rules; // double array of the precompiled charsmap, and what it points to
    struct weir_span rule_texts;
    uint8_t plain[128];       // no rule is about this ASCII character when another follows
    int plain_ascii;          // all printable ones are so, and the space
    uint64_t plain_bmp[1024]; // bit set of characters of three bytes that nothing is about
    uint64_t limit;           // bytes one text may take
    uint64_t cache;           // bytes of a scratch's cache at most
    struct tok_bpe *bpe;
    struct tok_unigram *unigram;
};

struct tok_path;
enum { TOK_BPE_QUEUE = 128 };

struct weir_tok_scratch {
    hftok_scratch *hf;
    int exact;            // the last text comes back as it was
    int continues;        // the text is a part with others before it
    struct weir_buf text; // canonical
    uint32_t *origin;     // of each canonical byte, and of the end
    size_t cap_origin;
    struct tok_cache cache;
    struct tok_chunk queue[TOK_BPE_QUEUE];
    size_t n_queue;
    uint32_t *symbols, *ends, *next, *before, *merged; // of one long chunk
    uint64_t *heap;
    size_t cap_symbols, cap_ends, cap_next, cap_before, cap_merged, cap_heap;
    uint64_t *splits; // of each symbol, when they depend on the text
    struct tok_path *paths;
    size_t cap_paths;
    uint32_t *ids;
    size_t cap_ids;
};

/* Pieces that n canonical bytes become at most: an unknown U+2581 is one byte here and three
 * pieces.
 */
#define TOK_MOST(n) (3 * (n) + 4)

/* Where pieces go; offsets are those of the canonical text less shift. */
struct tok_sink {
    const weir_tok *t;
    struct weir_piece *p;
    size_t n, cap;
    uint32_t last, shift;
    int fuses; // neighbouring unknowns become one
};

static inline void tok_put(struct tok_sink *o, uint32_t id, size_t end)
{
    const uint32_t e = (uint32_t)end - o->shift;
    o->p[o->n++] = (struct weir_piece){id, o->last, e};
    o->last = e;
}

/* A single unknown character; room for 4 pieces. */
void tok_put_unknown(struct tok_sink *o, const char *text, size_t at, size_t end);
int tok_sink_room(struct tok_sink *o, size_t more);

/* ---- tok.c ---- */
/* As weir_tok_encode(); continues: other parts of the text are before this one. */
int tok_encode_part(const weir_tok *t, weir_tok_scratch *s, struct weir_span text, int continues,
                    struct weir_piece **p, size_t *cap, size_t *n, struct weir_err *err);
void tok_set_exact(weir_tok_scratch *s, int exact);
/* WEIR_EMEM: a text of n bytes needs more than the limit. */
int tok_no_memory(const weir_tok *t, size_t n, struct weir_err *err);

/* ---- tok_table.c ---- */
int tok_symbols_build(weir_tok *t, struct weir_err *err);
/* TOK_NO_SYMBOL when there is none. */
uint32_t tok_symbol_find(const weir_tok *t, struct weir_span canonical);
uint32_t tok_symbol_add_char(weir_tok *t, struct weir_span canonical); // TOK_NO_SYMBOL: no memory
uint64_t tok_seed(void);

/* ---- tok_norm.c ---- */
int tok_norm_build(weir_tok *t, struct weir_err *err);
/* Makes s->text and, unless *plain, s->origin; *shift is the length of the prefix. */
int tok_normalize(const weir_tok *t, weir_tok_scratch *s, struct weir_span text, int *plain,
                  uint32_t *shift);

/* ---- tok_cut.c ---- */
/* n: bytes of all pieces, about. */
int tok_joins_init(struct tok_joins *j, size_t n);
void tok_joins_add(struct tok_joins *j, struct weir_span piece);
static inline int tok_is_han(uint8_t c) // begins U+3000 to U+9FFF
{
    return c >= 0xE3 && c <= 0xE9;
}

/* ---- tok_bpe_build.c, tok_bpe.c, tok_han.c, tok_merge.c ---- */
int tok_bpe_build(weir_tok *t, struct weir_err *err);
void tok_bpe_free(struct tok_bpe *b);
int tok_bpe_encode(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o);
/* Encodes the chunks that wait in the queue. */
int tok_bpe_flush(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o);
/* One chunk; there is room for TOK_SHORT_IDS + TOK_LONG_IDS pieces. */
int tok_bpe_put(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o,
                const struct tok_chunk *c);
/* tok_lone.c */
int tok_lone_build(const weir_tok *t, struct tok_bpe *b);
/* "scalar", the reference, or "avx512", NULL where model or processor are not for it. */
tok_lone_kernel *tok_lone(const struct tok_bpe *b, const char *name);
/* Encodes characters of three bytes from *at on, where a chunk begins, before `end`, where one
 * ends; *at stays when it goes on. */
int tok_han_encode(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o, size_t *at,
                   size_t end);
int tok_han_build(weir_tok *t);
/* Appends the pairs of characters of three bytes in a piece; id: of a piece that is nothing else.
 */
struct tok_pair_list {
    struct tok_pair *v;
    size_t n, cap;
};
int tok_han_add_pairs(struct tok_pair_list *to, struct weir_span piece, uint32_t id);
/* Notes the long chunks of a run in the queue, whose entries come from memory meanwhile. */
void tok_han_queue(weir_tok_scratch *s, const struct tok_run *r, size_t at, unsigned part);
/* Finds the run at `at`, as tok_han_encode() takes it; it may be empty. */
void tok_han_look(const struct tok_pairs *han, const struct tok_joins *joins,
                  const weir_tok_scratch *s, size_t at, size_t end, struct tok_run *r);
/* Encodes [at, end) as one; 1 when the ids depend on text outside. */
int tok_merge(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o, size_t at, size_t end);
/* The whole text as the library does, one queue for all. */
int tok_merge_exact(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o);

static inline uint32_t tok_decode_char(const char *s, unsigned *len)
{
    const uint8_t *u = (const uint8_t *)s;
    if (u[0] < 0x80)
        return *len = 1, u[0];
    if (u[0] < 0xE0)
        return *len = 2, (u[0] & 0x1Fu) << 6 | (u[1] & 0x3F);
    if (u[0] < 0xF0)
        return *len = 3, (u[0] & 0x0Fu) << 12 | (u[1] & 0x3Fu) << 6 | (u[2] & 0x3F);
    return *len = 4,
           (u[0] & 0x07u) << 18 | (u[1] & 0x3Fu) << 12 | (u[2] & 0x3Fu) << 6 | (u[3] & 0x3F);
}

static inline uint32_t tok_char_info(const struct tok_bpe *b, uint32_t c)
{
    return b->page[c >> 8][c & 255];
}

static inline uint64_t tok_pair_bit(const struct tok_joins *j, uint32_t left, uint32_t right)
{
    return (left * 0x9E3779B1u + right * 0x85EBCA77u) >> j->pair_shift;
}

static inline int tok_pair_joins(const struct tok_joins *j, uint32_t left, uint32_t right)
{
    const uint64_t bit = tok_pair_bit(j, left, right);
    return j->pairs[bit >> 6] >> (bit & 63) & 1;
}

static inline int tok_chars_join(const struct tok_joins *j, uint32_t left, uint32_t right)
{
    return (left | right) < 128 ? !j->cuts[left | right << 8] : tok_pair_joins(j, left, right);
}

enum { TOK_MERGE_BITS = 21 };
static inline uint64_t tok_merge_hash(const struct tok_bpe *b, uint64_t key)
{
    return (key ^ b->seed) * 0x9E3779B97F4A7C15u;
}
static inline size_t tok_merge_slot(const struct tok_bpe *b, uint64_t hash)
{
    return (size_t)(hash >> 32) & b->merge_mask;
}

/* Has the entry fetched that tok_merged() looks at. */
static inline void tok_merge_fetch(const struct tok_bpe *b, uint32_t left, uint32_t right)
{
    const uint64_t hash = tok_merge_hash(b, (uint64_t)left << TOK_SYMBOL_BITS | right);
    __builtin_prefetch(&b->merges[tok_merge_slot(b, hash)]);
}

/* What left and right merge to, or TOK_NO_SYMBOL: that of most pairs, which the bit set, a fraction
 * of the table, mostly tells. */
static inline uint32_t tok_merged(const struct tok_bpe *b, uint32_t left, uint32_t right)
{
    const uint64_t key = (uint64_t)left << TOK_SYMBOL_BITS | right, hash = tok_merge_hash(b, key);
    const uint64_t bit = hash >> (64 - TOK_MERGE_BITS);
    if (!(b->merge_bits[bit >> 6] >> (bit & 63) & 1))
        return TOK_NO_SYMBOL;
    size_t i = tok_merge_slot(b, hash);
    for (; b->merges[i] != UINT64_MAX; i = (i + 1) & b->merge_mask)
        if (b->merges[i] >> TOK_SYMBOL_BITS == key)
            return (uint32_t)b->merges[i] & TOK_NO_SYMBOL;
    return TOK_NO_SYMBOL;
}

/* Rank << 32 and the symbol; or TOK_NO_MERGE, which is more than any. */
#define TOK_NO_MERGE UINT64_MAX
static inline uint64_t tok_merge_of(const struct tok_bpe *b, uint32_t left, uint32_t right)
{
    if (left == TOK_NO_SYMBOL || right == TOK_NO_SYMBOL)
        return TOK_NO_MERGE;
    const uint32_t merged = tok_merged(b, left, right);
    return merged == TOK_NO_SYMBOL ? TOK_NO_MERGE : (uint64_t)b->ranks[merged] << 32 | merged;
}

/* ---- tok_unigram.c, tok_unigram_text.c ---- */
int tok_unigram_build(weir_tok *t, struct weir_err *err);
void tok_unigram_free(struct tok_unigram *u);
/* Encodes [at, end), between places that no piece covers.  *score is that of the best path up to
 * there, before and after; *margin, how much worse the next one was, is lowered to it. */
int tok_unigram_best(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o, size_t at,
                     size_t end, float *score, float *margin);
int tok_unigram_pairs(weir_tok *t);
int tok_unigram_encode(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o);

#endif
