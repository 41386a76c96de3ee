/* What the parts of the tokenizer.json encoder share.
 *
 *      text ─ added tokens ─► gaps ─ NFC ─► added tokens ─► gaps ─ scanners ─► words ─ BPE ─►
 * pieces
 */
#ifndef WEIR_HFTOK_IMPL_H
#define WEIR_HFTOK_IMPL_H

#include <stdatomic.h>

#include "hftok.h"
#include "json_tree.h"
#include "tok_cache.h"
#include "tok_pairs.h"
#include "weir/tokens.h"
#include "weir/utf8.h"

enum {
    HF_ID_BITS = 20, // two ids and a rank fit into one entry of the merge table
    HF_NONE = (1 << HF_ID_BITS) - 1,
    HF_NO_RANK = (1 << 24) - 1,
    HF_LONGEST_ADDED = 512, // bytes
    HF_MAX_STAGES = 8,
};

/* ---- hftok_class.c: Unicode 16 ---- */

enum {
    HF_L = 1,
    HF_N = 2,
    HF_S = 4, // White_Space
    HF_M = 8,
    HF_P = 16,
    HF_SYMBOL = 32,
    HF_FAST_LATIN = 64, // A-Z a-z
    HF_COMPOSES = 128,  // NFC may change it or what stands before it
};
extern uint8_t hf_classes[0x110000];
void hf_classes_build(void); // once; cheap later
/* The reference's NFC is that of Unicode 9: to it, later characters neither move nor compose. */
int hf_nfc_knows(uint32_t c);

/* The code point at p, which is valid UTF-8. */
static inline uint32_t hf_char(const char *p, unsigned *len)
{
    const uint8_t *u = (const uint8_t *)p;
    if (u[0] < 0x80)
        return *len = 1, u[0];
    if (u[0] < 0xE0)
        return *len = 2, (u[0] & 0x1Fu) << 6 | (u[1] & 0x3Fu);
    if (u[0] < 0xF0)
        return *len = 3, (u[0] & 0x0Fu) << 12 | (u[1] & 0x3Fu) << 6 | (u[2] & 0x3Fu);
    return *len = 4,
           (u[0] & 0x07u) << 18 | (u[1] & 0x3Fu) << 12 | (u[2] & 0x3Fu) << 6 | (u[3] & 0x3Fu);
}

/* ---- hftok_scan.c ---- */

enum hf_pattern {
    HF_SCAN_NONE,
    HF_SCAN_GPT2,
    HF_SCAN_LLAMA3, // and Qwen: they differ in how many digits stand together
    HF_SCAN_DIGITS, // runs of at most so many digits, and what is between them
    HF_SCAN_CJK,    // DeepSeek: Han and kana, and what is between them
    HF_SCAN_DEEPSEEK,
};
struct hf_stage {
    enum hf_pattern pattern;
    unsigned digits;
};
/* The stage of a regular expression; HF_SCAN_NONE when it is not one of ours. */
struct hf_stage hf_stage_of(struct weir_span regex);
/* End of the piece that begins at `at` of p[0, end); 0 < end - at. */
size_t hf_scan(const struct hf_stage *stage, const char *p, size_t at, size_t end);
/* The length of s t re ve m ll d behind the apostrophe at `at`, or 0; fold: in any case, where
 * U+017F is an s. */
size_t hf_contraction(const char *p, size_t at, size_t end, int fold);

/* ---- hftok_block.c ---- */
/* What is known of the pieces that begin at p: bit sets of offsets. */
struct hf_block {
    uint64_t ends;   // of pieces, whatever follows
    uint64_t inside; // before the last end, or in the letters at the end of the block
    uint64_t han;    // first bytes of two and more characters of U+5000 to U+8FFF
    uint64_t beside; // in or before these: characters that are not ASCII, and what is behind them
};
/* n bytes are there, or more than 64. */
void hf_block_scan(const struct hf_stage *stage, const char *p, size_t n, struct hf_block *b);

/* ---- tables ---- */

struct hf_token {
    uint32_t name_at, n_name;   // in names
    uint32_t bytes_at, n_bytes; // in texts: what decoding writes
    uint8_t there, spelled;     // spelled: BPE can make it, it is of the byte alphabet
};

struct hf_added {
    struct weir_span content; // in names
    uint32_t id;
    uint8_t single_word, lstrip, rstrip, normalized;
};

struct hf_node {
    uint32_t child, sibling; // 0: none
    uint32_t added;          // index + 1 of the token that ends here
    uint8_t byte;
};
struct hf_trie {
    struct hf_node *nodes; // 0 is the root
    size_t n, cap;
    uint32_t first[256]; // children of the root
    uint8_t bytes[3];    // those that tokens begin with, when they are few
    unsigned n_bytes;    // 0: no tokens
};

/* What a token of a converted SentencePiece model decodes to: text, or a byte. */
struct hf_surface {
    uint32_t at, n; // in surface_texts
    uint8_t is_byte, byte;
};

/* Where U+2581 comes into the text of such a model. */
enum hf_marks {
    HF_MARKS_NONE,       // byte-level: not at all
    HF_MARKS_NORMALIZER, // before each gap between added tokens, and for each space
    HF_MARKS_ALWAYS,     // Metaspace: the same, but not before a gap that begins with one
    HF_MARKS_FIRST,      // … only at the beginning of the text
    HF_MARKS_NEVER,      // … for spaces only
};

/* A character that is no token: what its bytes become. */
struct hf_char_parts {
    uint32_t ids[3];
    uint8_t n, ends[3];
};

struct hf_merge {
    uint32_t left, right, made;
};

struct hftok {
    struct weir_buf names, texts;
    struct hf_token *tokens; // of ids
    size_t n_ids, cap_tokens, n_vocab;
    uint64_t seed;
    struct tok_slot
        *shorts; // hash table of spelled tokens by text, of at most 12 bytes, as in caches
    size_t short_mask;
    uint64_t *find; // the same of all others: hash, id; ~0: free
    size_t find_mask;
    struct hf_merge *merge_list; // while reading
    size_t n_merges, cap_merges, cap_made;
    uint32_t *made;  // of ranks: the token that the merge makes
    uint64_t *pairs; // left, right, rank; ~0: free
    size_t pair_mask;
    uint64_t *pair_bits;    // bit set of pairs that merge; few others are set
    uint32_t *low;          // ranks of pairs of ids below 256
    uint32_t bytes[256];    // ids of single bytes
    _Atomic uint8_t *own;   // of ids: 0 not known yet, 1 merging its text makes it, 2 not
    uint32_t *page[0x1100]; // of 256 characters: the id that one's bytes merge to, HF_NONE: several
    uint32_t *pages;
    uint64_t *joins;   // bit set of character pairs that tokens hold; more may be set
    uint64_t *partial; // the same for tokens with a part of a character beside another one
    struct hf_added *added;
    size_t n_added, cap_added;
    struct hf_trie raw, norm;
    struct hf_stage stages[HF_MAX_STAGES];
    unsigned n_stages;
    struct tok_pairs han; // of byte-level tokens
    struct hf_char_parts *han_parts;
    int ignore_merges, add_prefix_space, nfc;
    int pieces; // byte_fallback: a converted SentencePiece model; the rest is of those alone
    enum hf_marks marks;
    int splits_marks, strips; // words begin at U+2581; decoding drops a space in front
    struct hf_surface *surfaces;
    struct weir_buf surface_texts;
    int cuttable;          // see hftok_part.c
    uint8_t in_added[256]; // bytes of added tokens
    int exact;             // no text but broken UTF-8 is changed: decode(encode(text)) is the text
    uint32_t bos, eos, pad, unk;
};

enum { HF_QUEUE = 128 };

struct hftok_scratch {
    struct tok_cache cache;
    struct tok_chunk queue[HF_QUEUE]; // which: 1 of a word that was cut
    size_t n_queue;
    int exact;                      // the last text comes back as it was
    struct weir_buf text, repaired; // as the scanners see it; valid UTF-8
    uint32_t *origin, *repaired_at; // of each of their bytes, and of the end
    size_t cap_origin, cap_repaired_at;
    struct weir_buf marked; // a gap with U+2581 for spaces, and where each byte stands in text
    uint32_t *marked_at;
    size_t cap_marked_at;
    uint64_t *chars; // of a run that NFC looks at: class << 32 | character
    size_t cap_chars;
    uint32_t *ids, *ends, *next, *before, *ranks; // of one long chunk
    uint64_t *heap;
    size_t cap_ids, cap_ends, cap_next, cap_before, cap_ranks, cap_heap;
};

struct hf_sink {
    struct weir_piece *p;
    size_t n, cap;
    uint64_t limit; // bytes that p may take
};

/* ---- hftok_table.c ---- */
int hf_texts_build(hftok *t, struct weir_err *err);
int hf_merges_build(hftok *t, struct weir_err *err);
uint32_t hf_find(const hftok *t, const char *p, size_t n); // HF_NONE: no such token
/* Room for at least one entry of 8 bytes free; all ones. */
uint64_t *hf_table_new(size_t n_entries, size_t *mask);

enum { HF_PAIR_BITS = 22 };
static inline uint64_t hf_pair_hash(const hftok *t, uint64_t key)
{
    return (key ^ t->seed) * 0x9E3779B97F4A7C15u;
}
static inline size_t hf_pair_slot(const hftok *t, uint64_t hash)
{
    return (size_t)(hash >> 32) & t->pair_mask;
}

/* The rank of merging left and right, HF_NO_RANK when they do not: most do not, which the bit set,
 * an eighth of the table and less, mostly tells. */
static inline uint32_t hf_rank(const hftok *t, uint32_t left, uint32_t right)
{
    const uint64_t key = (uint64_t)left << HF_ID_BITS | right, hash = hf_pair_hash(t, key);
    const uint64_t bit = hash >> (64 - HF_PAIR_BITS);
    if (!(t->pair_bits[bit >> 6] >> (bit & 63) & 1))
        return HF_NO_RANK;
    size_t i = hf_pair_slot(t, hash);
    for (; t->pairs[i] != UINT64_MAX; i = (i + 1) & t->pair_mask)
        if (t->pairs[i] >> 24 == key)
            return (uint32_t)t->pairs[i] & HF_NO_RANK;
    return HF_NO_RANK;
}

/* ---- hftok_cut.c: characters as whole symbols, and where no merge reaches across ---- */
int hf_cuts_build(hftok *t, struct weir_err *err);
/* The places of b->inside, beside characters that are not ASCII, that nothing merges across, up to
 * where hf_han_words() goes on; p is `at` bytes behind the beginning of the text. */
uint64_t hf_block_cuts(const hftok *t, const char *p, size_t at, const struct hf_block *b);
enum { HF_JOIN_BITS = 21, HF_PARTIAL_BITS = 16 };
static inline size_t hf_join_bit(uint32_t left, uint32_t right)
{
    return (left * 0x9E3779B1u + right * 0x85EBCA77u) >> (32 - HF_JOIN_BITS);
}
static inline size_t hf_partial_bit(uint8_t last_but_one, uint8_t last, uint8_t first)
{
    const uint32_t k = (uint32_t)last_but_one << 16 | (uint32_t)last << 8 | first;
    return (k * 0x9E3779B1u) >> (32 - HF_PARTIAL_BITS);
}
static inline int hf_joins(const hftok *t, uint32_t left, uint32_t right)
{
    const size_t bit = hf_join_bit(left, right);
    return t->joins[bit >> 6] >> (bit & 63) & 1;
}
/* Of the characters before and behind p[at]. */
static inline int hf_is_partial(const hftok *t, const char *p, size_t at)
{
    const size_t bit =
        hf_partial_bit((uint8_t)p[at < 2 ? 0 : at - 2], (uint8_t)p[at - 1], (uint8_t)p[at]);
    return t->partial[bit >> 6] >> (bit & 63) & 1;
}
static inline uint32_t hf_char_id(const hftok *t, uint32_t c)
{
    return t->page[c >> 8][c & 255];
}

/* ---- hftok_merge.c ---- */
int hf_sink_room(struct hf_sink *o, size_t more);
/* BPE on p[at, end); from characters when whole is set, from bytes when not; HF_MIXED: from
 * characters that are tokens, and the bytes of others. */
enum { HF_MIXED = 2 };
int hf_merge(const hftok *t, hftok_scratch *s, const char *p, size_t at, size_t end, int whole,
             struct hf_sink *o);

/* ---- hftok_added.c ---- */
int hf_added_build(hftok *t, struct weir_err *err);
/* The first added token at or behind `at` of p[0, n), of which [begin, end) belongs to it; begin is
 * not below `from`. */
const struct hf_added *hf_added_next(const hftok *t, const struct hf_trie *trie, const char *p,
                                     size_t n, size_t from, size_t *at, size_t *begin, size_t *end);
void hf_trie_free(struct hf_trie *t);

/* ---- hftok_part.c ---- */
int hf_part_build(hftok *t, struct weir_err *err);

/* ---- hftok_norm.c ---- */
/* Text with U+FFFD for what is no UTF-8, in s->repaired and s->repaired_at. */
int hf_repair(hftok_scratch *s, struct weir_span text);
int hf_is_nfc(const char *p, size_t n);
/* Appends the normal form of p to s->text; at[i] is the origin of p[i]. */
int hf_normalize(const hftok *t, hftok_scratch *s, const char *p, size_t n, const uint32_t *at);
/* Appends the normal form of a short text. */
void hf_nfc(struct weir_buf *to, struct weir_span text);

/* ---- hftok_piece.c, hftok_piece_config.c ---- */
/* Appends p with U+2581 in front and for spaces to s->text; at[i] is the origin of p[i]. */
int hf_piece_normalize(hftok_scratch *s, const char *p, size_t n, const uint32_t *at);
void hf_piece_normal_form(struct weir_buf *to, struct weir_span text);
/* Encodes s->text[at, end), a gap between added tokens. */
int hf_piece_words(const hftok *t, hftok_scratch *s, size_t at, size_t end, struct hf_sink *o);
int hf_surfaces_build(hftok *t, struct weir_err *err);
int hf_piece_decode(const hftok *t, const uint32_t *ids, size_t n, struct weir_buf *text,
                    struct weir_err *err);
uint64_t hf_piece_folded(const hftok *t, struct weir_span text, const struct weir_piece *p,
                         size_t n);
int hf_piece_config(hftok *t, struct json_node root, struct weir_err *err);

/* ---- hftok_word.c ---- */
/* Encodes s->text[at, end), of words of the last stage; some of it waits for hf_flush(). */
int hf_words(const hftok *t, hftok_scratch *s, const struct hf_stage *stage, size_t at, size_t end,
             struct hf_sink *o);
int hf_flush(const hftok *t, hftok_scratch *s, struct hf_sink *o);

/* One chunk; there is room for TOK_SHORT_IDS + TOK_LONG_IDS pieces. */
int hf_put(const hftok *t, hftok_scratch *s, const struct tok_chunk *c, struct hf_sink *o);

/* ---- hftok_han.c ---- */
int hf_han_build(hftok *t, struct weir_err *err);
/* Encodes Han from *at on, after what waits; *inside: *at is inside a word, before and after.  *at
 * stays where this way does not lead. */
int hf_han_words(const hftok *t, hftok_scratch *s, const struct hf_stage *stage, size_t *at,
                 size_t end, int *inside, struct hf_sink *o);

/* ---- hftok_read.c, hftok_config.c ---- */
int hf_read(hftok *t, struct json_node root, struct weir_err *err);
int hf_config_read(hftok *t, struct json_node root, struct weir_err *err);
int hf_specials_read(hftok *t, struct json_node root, struct weir_err *err);
/* The id of a name, WEIR_NO_ID when nothing has it. */
uint32_t hf_name_find(const hftok *t, struct weir_span name);
/* The text of a name in the byte alphabet; returns 0 when it is not of that alphabet. */
int hf_name_bytes(struct weir_span name, struct weir_buf *to);
/* The same, where a converted SentencePiece model's names are their text. */
int hf_spell(const hftok *t, struct weir_span name, struct weir_buf *to);

#endif
