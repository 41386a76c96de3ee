#include "filters/filter_ngrams.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>
#include "weir/utf8.h"
#include "filters/filter_classes.h"

/* Two texts of TWIN bytes or more that are equal begin with the same TWIN bytes.  Windows of fewer
 * are always looked at. */
enum { TWIN = 16, SHORTEST = 5, BITS_A_WORD = 16, BITS_A_WINDOW = 8 };

void filter_ngrams_free(struct filter_ngrams *g)
{
    weir_buf_free(&g->bytes);
    filter_grams_free(&g->grams);
    filter_set_free(&g->seen);
    free(g->at);
    free(g->twin);
    free(g->bit);
    free(g->hash);
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

/* Odd. */
#define BASE 0x9E3779B97F4A7C15u

/* One step of a hash that need not be strong: what follows multiplies it again. */
static inline uint64_t stir(uint64_t h)
{
    h *= 0xBF58476D1CE4E5B9u;
    return h ^ h >> 32;
}

static inline uint32_t three_bytes(const unsigned char *u)
{
    return (uint32_t)(u[0] & 15) << 12 | (uint32_t)(u[1] & 63) << 6 | (u[2] & 63);
}

/* Polynomials of all beginnings of the text, white space aside, whose differences are the hashes of
 * the windows; at most cap characters.  Returns their number. */
static size_t beginnings(struct weir_span text, uint64_t seed, uint64_t *hash, size_t cap)
{
    const uint8_t *table = filter_class_table();
    uint64_t h = 0;
    size_t i = 0, read = 0;
    unsigned len;
    while (i < text.n && read < cap) {
        const unsigned char *u = (const unsigned char *)text.p + i;
        if (u[0] >= 0xE4 &&
            u[0] <= 0xE9) { // U+4000 to U+9FFF: most of a Chinese text, none white space
            h = h * BASE + stir(three_bytes(u) + seed);
            hash[read++] = h;
            i += 3;
            continue;
        }
        const uint32_t c = weir_utf8_decode((const char *)u, text.n - i, &len);
        i += len;
        if (c <= 0x3000 && (table[c] & CLASS_SPACE)) // no white space lies above
            continue;
        h = h * BASE + stir(c + seed);
        hash[read++] = h;
    }
    return read;
}

/* From those to the hashes of the windows of n characters, and by a bit each which come twice (a
 * collision only adds work). */
static void windows(struct filter_ngrams *g, size_t n_windows, unsigned n, size_t bits)
{
    unsigned char *const once = g->bit, *const twice = g->bit + bits / 8;
    uint64_t power = 1, before = 0;
    for (unsigned k = 0; k < n; k++)
        power *= BASE;
    for (size_t i = 0; i < n_windows; i++) {
        const uint64_t first = g->hash[i], hash = stir(g->hash[i + n - 1] - before * power);
        const uint64_t h = hash & (bits - 1);
        const unsigned char bit = (unsigned char)(1u << h % 8);
        g->hash[i] = hash;
        before = first;
        twice[h / 8] |= once[h / 8] & bit;
        once[h / 8] |= bit;
    }
}

/* Only what shares its bit with another window can have come before; few do, and those are asked.
 */
int filter_ngrams_chars(struct filter_ngrams *g, struct weir_span text, uint64_t n_chars,
                        unsigned n, uint64_t seed, uint64_t *repeated, uint64_t *all)
{
    *repeated = *all = 0;
    if (!n || weir_grow(&g->hash, &g->cap_hash, n_chars + 1, sizeof *g->hash) < 0)
        return WEIR_EMEM;
    const size_t n_read = beginnings(text, seed, g->hash, n_chars);
    const size_t n_windows = n_read < n ? 0 : n_read - n + 1;
    size_t bits = 1024, n_left = 0;
    while (bits < n_windows * BITS_A_WINDOW)
        bits *= 2;
    if (weir_grow(&g->bit, &g->cap_bit, bits / 4, 1) < 0)
        return WEIR_EMEM;
    memset(g->bit, 0, bits / 4);
    windows(g, n_windows, n, bits);
    const unsigned char *const twice = g->bit + bits / 8;
    for (size_t i = 0; i < n_windows; i++) {
        const uint64_t h = g->hash[i] & (bits - 1);
        g->hash[n_left] = g->hash[i];
        n_left += twice[h / 8] >> h % 8 & 1;
    }
    if (filter_set_clear(&g->seen, n_left) < 0)
        return WEIR_EMEM;
    for (size_t i = 0; i < n_left; i++) {
        const int new = filter_set_add(&g->seen, g->hash[i]);
        if (new < 0)
            return WEIR_EMEM;
        *repeated += new == 0;
    }
    *all = n_windows;
    return 0;
}
