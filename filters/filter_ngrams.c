#include "filters/filter_ngrams.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>
#include "weir/utf8.h"
#include "filters/filter_classes.h"

/* Odd, so that it has an inverse modulo 2^64. */
#define BASE 0x9E3779B97F4A7C15u

static uint64_t inverse_of(uint64_t odd)
{
    uint64_t x = odd; // correct to 3 bits; each step doubles them (Newton)
    for (int i = 0; i < 5; i++)
        x *= 2 - odd * x;
    return x;
}

/* Spreads a polynomial's value over all bits (the finalizer of SplitMix64). */
static uint64_t mix(uint64_t h)
{
    h = (h ^ h >> 30) * 0xBF58476D1CE4E5B9u;
    h = (h ^ h >> 27) * 0x94D049BB133111EBu;
    return h ^ h >> 31;
}

void filter_ngrams_free(struct filter_ngrams *g)
{
    free(g->prefix);
    free(g->inverse);
    free(g->word);
    free(g->index);
    free(g->gram);
    filter_set_free(&g->seen);
    memset(g, 0, sizeof *g);
}

/* The hash of the bytes of words i..k joined without spaces is (prefix[k] - prefix[i]) *
 * inverse[i]: sums of byte * BASE^place, moved to place 0. */
int filter_ngrams_prepare(struct filter_ngrams *g, struct weir_span text,
                          const struct filter_words *w, uint64_t seed)
{
    if (weir_grow(&g->prefix, &g->cap_prefix, w->n + 1, sizeof *g->prefix) < 0 ||
        weir_grow(&g->inverse, &g->cap_inverse, w->n + 1, sizeof *g->inverse) < 0 ||
        weir_grow(&g->word, &g->cap_word, w->n + 1, sizeof *g->word) < 0)
        return WEIR_EMEM;
    const uint64_t base = BASE + 2 * seed, step_back = inverse_of(base); // odd for every seed
    uint64_t h = 0, power = 1, back = 1;
    for (size_t i = 0; i < w->n; i++) {
        const unsigned char *p = (const unsigned char *)text.p + w->at[i].at;
        g->prefix[i] = h;
        g->inverse[i] = back;
        for (uint32_t k = 0; k < w->at[i].n; k++) {
            h += (p[k] + 1u) * power;
            power *= base;
            back *= step_back;
        }
        g->word[i] = mix((h - g->prefix[i]) * g->inverse[i]);
    }
    g->prefix[w->n] = h;
    g->inverse[w->n] = back;
    return 0;
}

/* Words i..i+n as a sequence: what joining by spaces tells apart. */
static uint64_t hash_sequence(const struct filter_ngrams *g, size_t i, unsigned n)
{
    uint64_t h = 0;
    for (unsigned k = 0; k < n; k++)
        h = (h + g->word[i + k]) * BASE;
    return mix(h);
}

static uint32_t chars_of(const struct filter_words *w, size_t i, unsigned n)
{
    uint32_t chars = 0;
    for (unsigned k = 0; k < n; k++)
        chars += w->at[i + k].chars;
    return chars;
}

static int grams_clear(struct filter_ngrams *g, size_t n)
{
    size_t cap = 64;
    while (cap < SIZE_MAX / 8 && cap < 2 * n)
        cap *= 2;
    if (weir_grow(&g->index, &g->cap_index, cap, sizeof *g->index) < 0 ||
        weir_grow(&g->gram, &g->cap_gram, n, sizeof *g->gram) < 0)
        return WEIR_EMEM;
    memset(g->index, 0, cap * sizeof *g->index);
    g->n_gram = 0;
    return 0;
}

/* Tables of a long text do not fit a cache: a slot is asked for so many windows before it is
 * needed. */
enum { AHEAD = 16 };

/* Counts all n-grams into g->gram, in order of first appearance. */
static int count_grams(struct filter_ngrams *g, const struct filter_words *w, unsigned n)
{
    const size_t n_windows = w->n < n ? 0 : w->n - n + 1;
    if (grams_clear(g, n_windows + 1) < 0)
        return WEIR_EMEM;
    size_t mask = 64;
    while (mask < 2 * (n_windows + 1))
        mask *= 2;
    mask--;
    uint64_t ahead[AHEAD] = {0}; // hashes of the windows i - AHEAD to i - 1
    for (size_t i = 0; i < n_windows + AHEAD; i++) {
        const uint64_t h = ahead[i % AHEAD];
        if (i < n_windows) {
            ahead[i % AHEAD] = hash_sequence(g, i, n);
            __builtin_prefetch(g->index + (ahead[i % AHEAD] & mask));
        }
        if (i < AHEAD)
            continue;
        size_t slot = h & mask;
        while (g->index[slot] && g->gram[g->index[slot] - 1].hash != h)
            slot = (slot + 1) & mask;
        if (!g->index[slot]) {
            g->gram[g->n_gram] = (struct filter_gram){h, 0, chars_of(w, i - AHEAD, n)};
            g->index[slot] = (uint32_t)++g->n_gram;
        }
        g->gram[g->index[slot] - 1].count++;
    }
    return 0;
}

int filter_ngrams_top(struct filter_ngrams *g, const struct filter_words *w, unsigned n,
                      uint64_t *chars)
{
    *chars = 0;
    if (count_grams(g, w, n) < 0)
        return WEIR_EMEM;
    uint32_t most = 0;
    for (size_t i = 0; i < g->n_gram; i++)
        if (g->gram[i].count > most) {
            most = g->gram[i].count;
            *chars = (uint64_t)most * (g->gram[i].chars + n - 1);
        }
    return 0;
}

int filter_ngrams_repeated(struct filter_ngrams *g, const struct filter_words *w, unsigned n,
                           uint64_t *repeated, uint64_t *all)
{
    *repeated = *all = 0;
    if (count_grams(g, w, n) < 0)
        return WEIR_EMEM;
    for (size_t i = 0; i < g->n_gram; i++) {
        const uint64_t chars = (uint64_t)g->gram[i].count * g->gram[i].chars;
        *all += chars;
        if (g->gram[i].count > 1)
            *repeated += chars;
    }
    return 0;
}

int filter_ngrams_greedy(struct filter_ngrams *g, const struct filter_words *w, unsigned n,
                         uint64_t *chars)
{
    *chars = 0;
    const size_t n_windows = w->n < n ? 0 : w->n - n + 1;
    if (filter_set_clear(&g->seen, n_windows) < 0)
        return WEIR_EMEM;
    uint64_t ahead[AHEAD] = {0};
    size_t n_ahead = 0; // windows hashed
    for (size_t i = 0; i < n_windows;) {
        for (; n_ahead < n_windows && n_ahead < i + AHEAD; n_ahead++) {
            const size_t k = n_ahead;
            ahead[k % AHEAD] = mix((g->prefix[k + n] - g->prefix[k]) * g->inverse[k]);
            __builtin_prefetch(g->seen.slot + (ahead[k % AHEAD] & (g->seen.cap - 1)));
        }
        const int new = filter_set_add(&g->seen, ahead[i % AHEAD]);
        if (new < 0)
            return WEIR_EMEM;
        if (!new)
            *chars += chars_of(w, i, n);
        i += new ? 1 : n;
    }
    return 0;
}

enum { MAX_WINDOW = 64 };

/* One step of a hash that need not be strong: what follows multiplies it again. */
static inline uint64_t stir(uint64_t h)
{
    h *= 0xBF58476D1CE4E5B9u;
    return h ^ h >> 32;
}

/* The character at p of valid text; most are three bytes long here. */
static inline uint32_t next_char(const char *p, size_t n, unsigned *len)
{
    const unsigned char *u = (const unsigned char *)p;
    if (u[0] < 0xE4 || u[0] > 0xE9)
        return weir_utf8_decode(p, n, len);
    *len = 3;
    return (uint32_t)(u[0] & 15) << 12 | (uint32_t)(u[1] & 63) << 6 | (u[2] & 63);
}

/* A rolling polynomial over the characters: the one that leaves is taken off with its power. */
int filter_ngrams_chars(struct filter_set *seen, struct weir_span text, uint64_t n_chars,
                        unsigned n, uint64_t seed, uint64_t *repeated, uint64_t *all)
{
    const uint8_t *table = filter_class_table();
    uint64_t ring[MAX_WINDOW] = {0}, h = 0, power = 1, read = 0;
    *repeated = *all = 0;
    if (!n || n > MAX_WINDOW || filter_set_clear(seen, n_chars) < 0)
        return WEIR_EMEM;
    for (unsigned k = 0; k < n; k++)
        power *= BASE;
    unsigned len, at = 0;
    for (size_t i = 0; i < text.n; i += len) {
        const uint32_t c = next_char(text.p + i, text.n - i, &len);
        if (c <= 0x3000 && (table[c] & CLASS_SPACE)) // no white space lies above
            continue;
        const uint64_t x = stir(c + seed);
        h = h * BASE + x - ring[at] * power;
        ring[at] = x;
        at = at + 1 == n ? 0 : at + 1;
        if (++read < n)
            continue;
        const int new = filter_set_add(seen, stir(h));
        if (new < 0)
            return WEIR_EMEM;
        *repeated += new == 0;
        ++*all;
    }
    return 0;
}
