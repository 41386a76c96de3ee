/* What other tools compute, to the bit: datatrove's normalised text and words, CCNet's normalised
 * paragraphs, the permutations of numpy's legacy generator, 64-bit MinHash.
 *
 *      text ── normalise ──► chunks between spaces ── words ──► n-grams ── hash ──► signature
 *
 * Sources, read in 2026: datatrove 0.10 (utils/text.py, pipeline/dedup/minhash.py), spaCy 3.8
 * (lang/en, tokenizer), CCNet (text_normalizer.py), numpy (RandomState), datasketch 2.0. */
#ifndef WEIR_DEDUP_COMPAT_H
#define WEIR_DEDUP_COMPAT_H

#include "weir/buf.h"
#include "weir/dedup.h"

/* ---- dedup_simplify.c ---- */

enum dedup_simple_rule {
    DEDUP_DATATROVE, // simplify_text(): lower case, numbers to 0, punctuation to spaces, NFD less
                     // Mn
    DEDUP_CCNET,     // normalize_for_dedup() of a stripped line: lower case, digits to 0, no
                     // punctuation
};

enum { // what a chunk holds
    DEDUP_MARK_DIGIT = 1,
    DEDUP_MARK_AFFIX = 2, // a character that may be split from a word
    DEDUP_MARK_CJK = 4
};

typedef struct dedup_simple dedup_simple; // tables; read-only, for all threads

dedup_simple *dedup_simple_new(enum dedup_simple_rule rule, struct weir_err *err);
void dedup_simple_free(dedup_simple *s);

struct dedup_simple_text { // a text on its way through; {0} at first
    const dedup_simple *s;
    const char *start, *p, *end;
    struct weir_buf chunk;
    unsigned marks; // DEDUP_MARK_… of the chunk
};

void dedup_simple_start(struct dedup_simple_text *t, const dedup_simple *s, struct weir_span text);
/* The next run of normalised text without a space (with DEDUP_CCNET, which keeps spaces, all of
 * it), valid until the next call; 0 at the end.  t->chunk.failed: out of memory. */
int dedup_simple_next(struct dedup_simple_text *t, struct weir_span *chunk);

/* ---- dedup_words.c ---- */

enum dedup_words_rule {
    DEDUP_WORDS_ENGLISH, // spaCy's English tokenizer, datatrove's default
    DEDUP_WORDS_CHARS    // a Han character, kana or Bopomofo is a word; else what stands between
                         // spaces
};

typedef struct dedup_words dedup_words; // rules and scratch: one a thread

dedup_words *dedup_words_new(enum dedup_words_rule rule, struct weir_err *err);
void dedup_words_free(dedup_words *w);
/* The words of a chunk, pieces of it in their order, valid until the next call.  Returns their
 * number, or WEIR_EMEM. */
int64_t dedup_words_of(dedup_words *w, struct weir_span chunk, unsigned marks,
                       const struct weir_span **words);
int dedup_is_cjk(uint32_t c);

/* ---- dedup_minhash64.c ---- */

#define DEDUP_LANES64    8 // signatures are computed in multiples of this
#define DEDUP_MERSENNE61 (((uint64_t)1 << 61) - 1)

/* min[j] = min over x of ((x * a[j] + b[j]) mod 2^64 mod (2^61 - 1)) & mask: what numpy makes of
 * (x * a + b) % p in uint64.  n_lanes is a multiple of DEDUP_LANES64.  All kernels give the same.
 */
typedef void dedup_kernel64(const uint64_t *a, const uint64_t *b, uint64_t mask, uint64_t *min,
                            size_t n_lanes, const uint64_t *x, size_t n);
dedup_kernel64 dedup_minhash64_scalar;
/* The kernel of that name ("scalar", "avx2", "avx512"), or NULL where the CPU has it not. */
dedup_kernel64 *dedup_minhash64_kernel(const char *name);
dedup_kernel64 *dedup_minhash64_best(void);

enum dedup_compat { DEDUP_COMPAT_NONE, DEDUP_COMPAT_DATATROVE, DEDUP_COMPAT_DATASKETCH };

/* n_perm pairs as np.random.RandomState(seed).randint() draws them: first all a, then all b
 * (datatrove), or a and b in turn (datasketch).  Both have room up to a multiple of
 * DEDUP_LANES64; what is behind n_perm becomes 1 and 0. */
void dedup_perms64(uint64_t *a, uint64_t *b, size_t n_perm, uint64_t seed,
                   enum dedup_compat compat);

/* ---- dedup_compat_sign.c ---- */

struct dedup_compat_rule {
    enum dedup_compat compat;
    enum dedup_words_rule words;
    unsigned n_gram, bands, rows;
    uint64_t seed;
    const dedup_simple *simple;
};

typedef struct dedup_signer dedup_signer; // one a thread

dedup_signer *dedup_signer_new(const struct dedup_compat_rule *rule, struct weir_err *err);
void dedup_signer_free(dedup_signer *s);
/* 1 and bands * rows values in *sig (the signer's), 0 when the text has fewer words than an n-gram,
 * WEIR_EMEM. */
int dedup_signer_sign(dedup_signer *s, struct weir_span text, const uint64_t **sig);

/* ---- dedup_compat.c ---- */

/* weir_dedup_run() when opt->compat is set. */
int dedup_compat_run(const struct weir_dedup_opt *opt, struct weir_job *job, struct weir_err *err);

#endif
