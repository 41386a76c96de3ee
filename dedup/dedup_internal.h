/* The steps of dedup, from text to verdict:
 *
 *      text ── normalise ──► code points ── shingle ──► 32-bit hashes ── MinHash ──► signature
 *                                │                                                      │
 *                           128-bit hash ─────────────► index ◄──────────────── bands ──┘
 *
 * Texts pass in blocks, so that a thread's scratch does not depend on their length. */
#ifndef WEIR_DEDUP_INTERNAL_H
#define WEIR_DEDUP_INTERNAL_H

#include "lib/cpu.h"
#include "weir/buf.h"
#include "weir/dedup.h"

#define DEDUP_BLOCK       4096 // code points, units and shingles of one step
#define DEDUP_MAX_SHINGLE 64
#define DEDUP_MAX_PERM    1024
#define DEDUP_LANES       16                 // signatures are computed in multiples of this
#define DEDUP_BASE        0x9E3779B97F4A7C15 // of polynomials; odd: 2^64 / golden ratio

/* ---- dedup_normalize.c ---- */

enum {
    DEDUP_SPACE = 1, // white space
    DEDUP_BREAK = 2, // punctuation, symbol, separator, control: between words
    DEDUP_CJK = 4
}; // Han, kana, Bopomofo: a word by itself

#define DEDUP_LONG 0xFFFF // in to[]: several code points or none; no mapping ends there
#define DEDUP_RUN  256    // code points of which words are hashed at once

typedef struct dedup_fold { // what code points become; read-only, for all threads
    uint16_t to[0x10000];
    uint8_t class[0x10000];                        // of a folded code point
    uint8_t ascii[0x80];                           // to, and white space as ' '
    const void *nfkc_cf;                           // ICU's normaliser
    uint64_t power[DEDUP_RUN], inverse[DEDUP_RUN]; // of DEDUP_BASE mod 2^64
} dedup_fold;

dedup_fold *dedup_fold_new(struct weir_err *err);
void dedup_fold_free(dedup_fold *f);
unsigned dedup_class_beyond(uint32_t c); // the class above U+FFFF

static inline unsigned dedup_class(const dedup_fold *f, uint32_t c)
{
    return c < 0x10000 ? f->class[c] : dedup_class_beyond(c);
}

struct dedup_class { // a bit a code point of a block: letter of a word, DEDUP_CJK
    uint64_t letter[DEDUP_BLOCK / 64 + 1], cjk[DEDUP_BLOCK / 64 + 1];
};

struct dedup_text;
#define DEDUP_ROOM 400 // code points that a step by vectors may add
/* Normalises from t->p on, to to[n] and on, what a vector unit can, with t->class; returns what
 * stands in to[]. */
typedef size_t dedup_text_blocks(struct dedup_text *t, uint32_t *to, size_t n);

struct dedup_text { // a text on its way through
    const dedup_fold *fold;
    dedup_text_blocks *blocks; // NULL: none here
    const char *p, *end;
    enum { DEDUP_GAP_NONE, DEDUP_GAP_OWED, DEDUP_GAP_START } gap;
    struct dedup_class class; // with blocks, of what dedup_text_next() gave last
};

#if defined(__x86_64__)
dedup_text_blocks dedup_text_avx512;
#endif
void dedup_text_init(struct dedup_text *t, const dedup_fold *f, struct weir_span text);
/* The next normalised code points, at most DEDUP_BLOCK; 0 at the end. */
size_t dedup_text_next(struct dedup_text *t, uint32_t *to);

/* ---- dedup_shingle.c ---- */

enum dedup_unit { DEDUP_AUTO, DEDUP_CHAR, DEDUP_WORD };

struct dedup_rule {
    enum dedup_unit unit;
    unsigned n; // units of a shingle
};

/* "auto", "char:N", "word:N". */
int dedup_rule_parse(const char *s, struct dedup_rule *rule, struct weir_err *err);
/* The unit for a text: DEDUP_CHAR when a fifth of its visible characters is CJK. */
enum dedup_unit dedup_unit_for(struct weir_span text);
enum dedup_unit dedup_unit_scalar(struct weir_span text);

struct dedup_shingler;
/* The hash of the n units up to each of n_units, which stand behind n earlier ones: the same from
 * all. */
typedef void dedup_hasher(struct dedup_shingler *s, const uint64_t *unit, size_t n_units,
                          uint32_t *hash);
dedup_hasher dedup_hash_scalar;
/* "scalar", "avx2", "avx512", or NULL where the CPU has it not. */
dedup_hasher *dedup_shingle_hasher(const char *name);
dedup_hasher *dedup_shingle_best(void);

#if defined(__x86_64__)
/* Appends the units that end in these code points (n > 0) to unit[].  Returns their number, and
 * writes up to 15 more. */
size_t dedup_units_avx512(struct dedup_shingler *s, const uint32_t *text, size_t n,
                          const struct dedup_class *class, uint64_t *unit);
enum dedup_unit dedup_unit_avx512(struct weir_span text);
#endif

struct dedup_shingler {
    const dedup_fold *fold;
    dedup_hasher *hasher;
    enum dedup_unit kind;
    unsigned n;
    uint64_t top;  // base^n: what the oldest unit has become in the rolling sum
    uint64_t sum;  // polynomial of the last n units
    uint64_t word; // polynomial of the open word
    int in_word;
    uint64_t n_units;                                    // of the text so far
    uint64_t unit[DEDUP_MAX_SHINGLE + DEDUP_BLOCK + 16]; // the last n units, then the block's
};

void dedup_shingler_init(struct dedup_shingler *s, const dedup_fold *f, enum dedup_unit kind,
                         unsigned n);
/* Hashes of the shingles that end in this block, which t gave (room for DEDUP_BLOCK + 1); n == 0
 * ends the text.  Returns their number. */
size_t dedup_shingle_next(struct dedup_shingler *s, const struct dedup_text *t,
                          const uint32_t *text, size_t n, uint32_t *hash);

/* ---- dedup_minhash.c ---- */

/* min[i] = min over x of (x ^ key[i]) * mul[i] mod 2^32, mul odd: n_lanes permutations of 32-bit
 * hashes.  n_lanes is a multiple of DEDUP_LANES.  All kernels give the same. */
typedef void dedup_kernel(const uint32_t *key, const uint32_t *mul, uint32_t *min, size_t n_lanes,
                          const uint32_t *x, size_t n);
dedup_kernel dedup_minhash_scalar;
/* The kernel of that name ("scalar", "avx2", "avx512"), or NULL where the CPU has it not. */
dedup_kernel *dedup_minhash_kernel(const char *name);
/* The fastest here. */
dedup_kernel *dedup_minhash_best(void);

struct dedup_perms {
    size_t n_lanes;
    uint32_t key[DEDUP_LANES], mul[DEDUP_MAX_PERM];
};
void dedup_perms_init(struct dedup_perms *p, size_t n_perm, uint64_t seed);
void dedup_minhash_start(uint32_t *min, size_t n_lanes);
/* Eight bits of each value: a signature as it is kept (b-bit minwise hashing, Li and König 2010).
 */
void dedup_minhash_fold(const uint32_t *min, size_t n, uint8_t *sig);
size_t dedup_sig_matches(const uint8_t *a, const uint8_t *b, size_t n);

/* ---- dedup_set.c: the shingles of a text as a set ---- */

/* Appends the hashes, ascending, each once: their number and the differences, as varints.  hash is
 * left in another order. */
void dedup_set_put(struct weir_buf *b, uint32_t *hash, size_t n);
/* 1 when it is what dedup_set_put() makes of one hash or more. */
int dedup_set_valid(struct weir_span set);
uint64_t dedup_set_size(struct weir_span set);
/* Jaccard similarity of two valid sets. */
double dedup_set_jaccard(struct weir_span a, struct weir_span b);

/* ---- dedup_plan.c ---- */

struct dedup_plan {
    double threshold;
    unsigned bands, rows, num_perm;
    unsigned min_matches; // equal values of two signatures that make a near duplicate
    unsigned value_bytes; // of a value as it is kept
    int exact, near;      // what is a duplicate
    int verify;           // the true Jaccard similarity decides, not the estimate
};

/* Fills the plan from the options; WEIR_EUSAGE when they do not fit together. */
int dedup_plan_init(struct dedup_plan *p, const struct weir_dedup_opt *opt, struct weir_err *err);
/* min_matches of a plan whose num_perm, value_bytes and threshold are set. */
unsigned dedup_plan_matches(const struct dedup_plan *p);
/* Bands and rows that minimise the integrals of false positives and false negatives. */
void dedup_plan_choose(double threshold, unsigned num_perm, unsigned *bands, unsigned *rows);
/* Chance that two documents of that Jaccard similarity share a band. */
double dedup_plan_collide(const struct dedup_plan *p, double jaccard);
/* Chance that they share a band and are estimated at or above the threshold. */
double dedup_plan_drop(const struct dedup_plan *p, double jaccard);
/* Jaccard similarity estimated from the number of equal values. */
double dedup_plan_estimate(const struct dedup_plan *p, unsigned matches);
void dedup_plan_print(const struct dedup_plan *p, struct weir_buf *b);

/* ---- dedup_table.c ---- */

/* From a 32-bit tag to rows kept elsewhere: open addressing, several rows a tag.  The caller seeds
 * the tags and tells equal tags of different keys apart. */
struct dedup_table {
    uint64_t *slot; // tag << 32 | row + 1; 0: empty
    size_t cap, n;
};

struct dedup_memory { // what an index may use
    uint64_t used, limit;
};

/* Takes bytes from the budget; WEIR_EMEM when they are not there. */
int dedup_memory_take(struct dedup_memory *m, uint64_t bytes);

int dedup_table_init(struct dedup_table *t, struct dedup_memory *m);
void dedup_table_free(struct dedup_table *t);
/* Makes room for one more, or WEIR_EMEM. */
int dedup_table_reserve(struct dedup_table *t, struct dedup_memory *m);
/* After dedup_table_reserve(). */
void dedup_table_add(struct dedup_table *t, uint32_t tag, uint32_t row);
/* Rows under a tag: *at starts as DEDUP_TABLE_START; 1 and a row, or 0. */
#define DEDUP_TABLE_START SIZE_MAX
int dedup_table_next(const struct dedup_table *t, uint32_t tag, size_t *at, uint32_t *row);

/* ---- dedup_index.c ---- */

typedef struct dedup_index dedup_index; // the documents kept so far

enum dedup_verdict { DEDUP_NEW, DEDUP_EXACT, DEDUP_NEAR };

struct dedup_key {        // what is known of a document
    uint64_t hash[2];     // of its text, normalised or as it is
    uint64_t rank;        // --keep: what has less of it is preferred
    int absent;           // it lacks the member that is compared
    const uint8_t *sig;   // num_perm values; NULL: too short
    struct weir_span id;  // its own, or FILE:LINE
    struct weir_span set; // --verify: its shingle set (dedup_set.c)
};

struct dedup_twin {
    struct weir_span id; // alive as long as the index
    double similarity;   // estimated, or true; 1 for DEDUP_EXACT
};

/* Kept documents of one bucket (one value of one band) that are compared with: more would make a
 * family of documents with a common part cost the square of its size.  Those that find their bucket
 * full are kept, but not found by it. */
#define DEDUP_CROWD 64
#define DEDUP_FULL  1

/* memory: most bytes it may hold; temp_dir: for shingle sets. */
dedup_index *dedup_index_new(const struct dedup_plan *plan, uint64_t memory, const char *temp_dir,
                             struct weir_err *err);
void dedup_index_free(dedup_index *ix);
/* The earliest kept document that makes k a duplicate: enum dedup_verdict, or negative on error.
 * For DEDUP_NEW the number of kept documents in each bucket of k is added to crowd (bands of them;
 * not used when k has no signature). */
int dedup_index_find(dedup_index *ix, const struct dedup_key *k, struct dedup_twin *twin,
                     uint8_t *crowd, struct weir_err *err);
/* Keeps k; crowd: kept documents in each of its buckets, also those in other indexes.  DEDUP_FULL
 * when it does not fit the memory: then nothing was added. */
int dedup_index_add(dedup_index *ix, const struct dedup_key *k, const uint8_t *crowd,
                    struct weir_err *err);
uint64_t dedup_index_count(const dedup_index *ix);
uint64_t dedup_index_bytes(const dedup_index *ix);
uint64_t dedup_index_temp(const dedup_index *ix);     // bytes of its temporary file
uint64_t dedup_index_compared(const dedup_index *ix); // pairs of documents looked at

#endif
