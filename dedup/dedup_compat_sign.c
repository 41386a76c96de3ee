/* From a text to its n-grams and their signature.  Words are gathered behind one another with a
 * space between them, so that an n-gram is one piece of bytes; the hashes of a block of n-grams go
 * through the permutations together. */
#include "dedup/dedup_compat.h"

#include <sha1.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xxh.h"

enum { MAX_PERM = 1024, BLOCK = 1024, MAX_GRAM = 64, GATHER = 64 << 10 };

struct dedup_signer {
    struct dedup_compat_rule rule;
    dedup_kernel64 *kernel;
    size_t n_perm, n_lanes;
    struct dedup_simple_text text;
    dedup_words *words;
    struct weir_buf gathered;
    size_t from[MAX_GRAM]; // where the last words begin in gathered, by number mod n_gram
    uint64_t n_words;
    size_t n_hash;
    uint64_t hash[BLOCK];
    uint64_t a[MAX_PERM], b[MAX_PERM], min[MAX_PERM];
};

dedup_signer *dedup_signer_new(const struct dedup_compat_rule *rule, struct weir_err *err)
{
    dedup_signer *s = calloc(1, sizeof *s);
    if (!s) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    s->rule = *rule;
    s->n_perm = (size_t)rule->bands * rule->rows;
    s->n_lanes = (s->n_perm + DEDUP_LANES64 - 1) / DEDUP_LANES64 * DEDUP_LANES64;
    s->kernel = dedup_minhash64_best();
    if (rule->n_gram < 1 || rule->n_gram > MAX_GRAM || s->n_perm < 1 || s->n_perm > MAX_PERM)
        weir_err_set(err, WEIR_EUSAGE,
                     "more than %d values in a signature, or than %d words in an "
                     "n-gram",
                     MAX_PERM, MAX_GRAM);
    else if ((s->words = dedup_words_new(rule->words, err))) {
        dedup_perms64(s->a, s->b, s->n_perm, rule->seed, rule->compat);
        return s;
    }
    dedup_signer_free(s);
    return NULL;
}

void dedup_signer_free(dedup_signer *s)
{
    if (!s)
        return;
    dedup_words_free(s->words);
    weir_buf_free(&s->text.chunk);
    weir_buf_free(&s->gathered);
    free(s);
}

static uint64_t hash_of(const dedup_signer *s, const char *p, size_t n)
{
    if (s->rule.compat == DEDUP_COMPAT_DATATROVE)
        return XXH64(p, n, 0);
    SHA1_CTX sha; // datasketch's sha1_hash32: the first four bytes, least significant first
    uint8_t digest[SHA1_DIGEST_LENGTH];
    SHA1Init(&sha);
    SHA1Update(&sha, (const uint8_t *)p, n);
    SHA1Final(digest, &sha);
    return digest[0] | (uint32_t)digest[1] << 8 | (uint32_t)digest[2] << 16 |
           (uint32_t)digest[3] << 24;
}

static void flush(dedup_signer *s)
{
    const uint64_t mask = s->rule.compat == DEDUP_COMPAT_DATATROVE ? UINT64_MAX : UINT32_MAX;
    s->kernel(s->a, s->b, mask, s->min, s->n_lanes, s->hash, s->n_hash);
    s->n_hash = 0;
}

/* Forgets what no n-gram to come begins in. */
static void compact(dedup_signer *s)
{
    const unsigned n = s->rule.n_gram;
    const size_t keep = s->n_words < n ? 0 : s->from[s->n_words % n];
    memmove(s->gathered.p, s->gathered.p + keep, s->gathered.n - keep);
    s->gathered.n -= keep;
    for (unsigned i = 0; i < n; i++)
        s->from[i] -= keep;
}

static void add_word(dedup_signer *s, struct weir_span word)
{
    const unsigned n = s->rule.n_gram;
    struct weir_buf *g = &s->gathered;
    if (g->n > GATHER && s->n_words >= n)
        compact(s);
    if (g->cap - g->n < word.n + 1 && weir_buf_reserve(g, word.n + 1))
        return;
    if (g->n)
        g->p[g->n++] = ' ';
    s->from[s->n_words++ % n] = g->n;
    memcpy(g->p + g->n, word.p, word.n);
    g->n += word.n;
    if (s->n_words < n)
        return;
    const size_t from = s->from[s->n_words % n];
    s->hash[s->n_hash++] = hash_of(s, g->p + from, g->n - from);
    if (s->n_hash == BLOCK)
        flush(s);
}

int dedup_signer_sign(dedup_signer *s, struct weir_span text, const uint64_t **sig)
{
    struct weir_span chunk;
    const struct weir_span *words;
    s->gathered.n = s->n_words = s->n_hash = 0;
    memset(s->min, 0xFF, sizeof s->min);
    dedup_simple_start(&s->text, s->rule.simple, text);
    while (dedup_simple_next(&s->text, &chunk)) {
        const int64_t n = dedup_words_of(s->words, chunk, s->text.marks, &words);
        if (n < 0)
            return WEIR_EMEM;
        for (int64_t i = 0; i < n; i++)
            add_word(s, words[i]);
    }
    flush(s);
    const int failed = s->text.chunk.failed || s->gathered.failed;
    weir_buf_reset(&s->text.chunk, GATHER);
    weir_buf_reset(&s->gathered, 2 * GATHER);
    *sig = s->min;
    return failed ? WEIR_EMEM : s->n_words >= s->rule.n_gram;
}
