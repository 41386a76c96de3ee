#include "filters/filter_ngrams.h"

#include <stdlib.h>
#include <string.h>

#include "lib/xxh.h"

/* Two texts of TWIN bytes or more that are equal begin with the same TWIN bytes.  Windows of fewer
 * are always looked at. */
enum { TWIN = 16, SHORTEST = 5, BITS_A_WORD = 16 };

void filter_ngrams_free(struct filter_ngrams *g)
{
    weir_buf_free(&g->bytes);
    filter_grams_free(&g->grams);
    filter_set_free(&g->seen);
    free(g->at);
    free(g->twin);
    free(g->bit);
    free(g->code);
    memset(g, 0, sizeof *g);
}

int filter_ngrams_prepare(struct filter_ngrams *g, struct weir_span text,
                          const struct filter_words *w)
{
    g->bytes.n = 0;
    g->has_grams = 0;
    g->twin_level = 0;
    if (weir_grow(&g->at, &g->cap_at, w->n + 1, sizeof *g->at) < 0 ||
        weir_buf_reserve(&g->bytes, text.n + TWIN) < 0)
        return WEIR_EMEM;
    char *p = g->bytes.p;
    for (size_t i = 0; i < w->n; i++) {
        const struct filter_word *a = w->at + i;
        g->at[i] = (uint32_t)(p - g->bytes.p);
        memcpy(p, text.p + a->at, a->n);
        p += a->n;
    }
    g->at[w->n] = (uint32_t)(p - g->bytes.p);
    memset(p, 0, TWIN);
    return 0;
}

static uint32_t chars_of(const struct filter_words *w, size_t i, unsigned n)
{
    uint32_t chars = 0;
    for (unsigned k = 0; k < n; k++)
        chars += w->at[i + k].chars;
    return chars;
}

int filter_ngrams_grams(struct filter_ngrams *g, const struct filter_words *w, unsigned n)
{
    if ((!g->has_grams || g->grams.level > n) &&
        filter_grams_start(&g->grams, g->bytes.p, g->at, w->n) < 0)
        return WEIR_EMEM;
    g->has_grams = 1;
    return filter_grams_raise(&g->grams, n);
}

int filter_ngrams_most(struct filter_ngrams *g, const struct filter_words *w, unsigned n,
                       uint64_t *chars, uint32_t *count)
{
    struct filter_gram most = {1, 0};
    *chars = *count = 0;
    if (filter_ngrams_grams(g, w, n) < 0)
        return WEIR_EMEM;
    if (w->n < n)
        return 0;
    for (size_t i = 0; i < g->grams.n_gram; i++)
        if (g->grams.gram[i].count > most.count)
            most = g->grams.gram[i];
    *chars = chars_of(w, most.first, n);
    *count = most.count;
    return 0;
}

int filter_ngrams_top(struct filter_ngrams *g, const struct filter_words *w, unsigned n,
                      uint64_t *chars)
{
    uint32_t count;
    const int rc = filter_ngrams_most(g, w, n, chars, &count);
    *chars = count * (*chars + n - 1);
    return rc;
}

int filter_ngrams_repeated(struct filter_ngrams *g, const struct filter_words *w, unsigned n,
                           uint64_t *repeated, uint64_t *all)
{
    *repeated = *all = 0;
    if (filter_ngrams_grams(g, w, n) < 0)
        return WEIR_EMEM;
    for (size_t i = 0; i + n <= w->n; i++)
        *all += chars_of(w, i, n);
    for (size_t k = 0; k < g->grams.n_place; k++)
        *repeated += chars_of(w, g->grams.place[k], n);
    return 0;
}

/* ---- the greedy scan ---- */

static inline uint64_t beginning(const char *p)
{
    uint64_t a, b;
    memcpy(&a, p, sizeof a);
    memcpy(&b, p + sizeof a, sizeof b);
    a = (a ^ b << 31 ^ b >> 33) * 0xBF58476D1CE4E5B9u + b;
    a = (a ^ a >> 32) * 0x94D049BB133111EBu;
    return a ^ a >> 29;
}

static inline int is_short(const struct filter_ngrams *g, size_t i, unsigned n)
{
    return g->at[i + n] - g->at[i] < TWIN;
}

enum { IS_TWIN = 1u << 31 }; // in twin[]

/* Which beginnings come twice, by a bit each (a collision only adds work); then the windows of
 * SHORTEST words that have one of those or are short. */
static int find_twins(struct filter_ngrams *g, size_t n_windows)
{
    size_t bits = 1024;
    while (bits < n_windows * BITS_A_WORD)
        bits *= 2;
    const size_t n_bytes = bits / 8;
    if (weir_grow(&g->bit, &g->cap_bit, 2 * n_bytes, 1) < 0 ||
        weir_grow(&g->twin, &g->cap_twin, n_windows + 1, sizeof *g->twin) < 0)
        return WEIR_EMEM;
    memset(g->bit, 0, 2 * n_bytes);
    unsigned char *const once = g->bit, *const twice = g->bit + n_bytes;
    for (size_t i = 0; i < n_windows; i++) {
        const uint64_t h = beginning(g->bytes.p + g->at[i]) & (bits - 1);
        const unsigned char bit = (unsigned char)(1u << h % 8);
        twice[h / 8] |= once[h / 8] & bit;
        once[h / 8] |= bit;
    }
    g->n_twin = 0;
    for (size_t i = 0; i < n_windows; i++) {
        const uint64_t h = beginning(g->bytes.p + g->at[i]) & (bits - 1);
        const unsigned is_twin = twice[h / 8] >> h % 8 & 1;
        g->twin[g->n_twin] = (uint32_t)i | (is_twin ? IS_TWIN : 0);
        g->n_twin += is_twin || is_short(g, i, SHORTEST);
    }
    g->twin_level = SHORTEST;
    return 0;
}

/* For windows of n words: of the short ones fewer are left. */
static int raise_twins(struct filter_ngrams *g, const struct filter_words *w, unsigned n)
{
    if ((!g->twin_level || g->twin_level > n) && find_twins(g, w->n - SHORTEST + 1) < 0)
        return WEIR_EMEM;
    size_t n_left = 0;
    for (size_t k = 0; k < g->n_twin; k++) {
        const uint32_t t = g->twin[k], i = t & ~(uint32_t)IS_TWIN;
        if (i + n > w->n)
            break;
        g->twin[n_left] = t;
        n_left += (t & IS_TWIN) || is_short(g, i, n);
    }
    g->n_twin = n_left;
    g->twin_level = n;
    return 0;
}

static int take_all(struct filter_ngrams *g, size_t n_windows)
{
    g->twin_level = 0;
    if (weir_grow(&g->twin, &g->cap_twin, n_windows, sizeof *g->twin) < 0)
        return WEIR_EMEM;
    for (g->n_twin = 0; g->n_twin < n_windows; g->n_twin++)
        g->twin[g->n_twin] = (uint32_t)g->n_twin;
    return 0;
}

/* Windows that have no twin are new, and the scan moves on by one word: only the others are asked.
 */
int filter_ngrams_greedy(struct filter_ngrams *g, const struct filter_words *w, unsigned n,
                         uint64_t seed, uint64_t *chars)
{
    *chars = 0;
    if (w->n < n)
        return 0;
    if (w->n >= IS_TWIN)
        return WEIR_EMEM;
    if ((n < SHORTEST ? take_all(g, w->n - n + 1) : raise_twins(g, w, n)) < 0 ||
        filter_set_clear(&g->seen, g->n_twin) < 0)
        return WEIR_EMEM;
    size_t next = 0;
    for (size_t k = 0; k < g->n_twin; k++) {
        const size_t i = g->twin[k] & ~(uint32_t)IS_TWIN;
        if (i < next)
            continue;
        const uint64_t h =
            XXH3_64bits_withSeed(g->bytes.p + g->at[i], g->at[i + n] - g->at[i], seed);
        const int new = filter_set_add(&g->seen, h);
        if (new < 0)
            return WEIR_EMEM;
        if (!new)
            *chars += chars_of(w, i, n);
        next = new ? i + 1 : i + n;
    }
    return 0;
}
