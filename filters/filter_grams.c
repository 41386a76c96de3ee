#include "filters/filter_grams.h"

#include <stdlib.h>
#include <string.h>

#include "lib/xxh.h"

struct filter_gram_slot {
    uint64_t pair; // of the numbers of the two shorter n-grams
    uint32_t number, clearing;
};

void filter_grams_free(struct filter_grams *g)
{
    free(g->number);
    free(g->place);
    free(g->gram);
    free(g->slot);
    memset(g, 0, sizeof *g);
}

static int room(struct filter_grams *g, size_t n)
{
    if (n >= UINT32_MAX)
        return WEIR_EMEM;
    return weir_grow(&g->number, &g->cap_number, n + 1, sizeof *g->number) < 0 ||
                   weir_grow(&g->place, &g->cap_place, n + 1, sizeof *g->place) < 0 ||
                   weir_grow(&g->gram, &g->cap_gram, n + 1, sizeof *g->gram) < 0
               ? WEIR_EMEM
               : 0;
}

/* An empty table of which n entries fill three quarters at most. */
static int clear_slots(struct filter_grams *g, size_t n, size_t *mask)
{
    size_t cap = 64;
    while (cap / 4 * 3 < n)
        cap *= 2;
    const size_t had = g->cap_slot;
    if (weir_grow(&g->slot, &g->cap_slot, cap, sizeof *g->slot) < 0)
        return WEIR_EMEM;
    if (g->cap_slot > had || ++g->clearing == 0) {
        memset(g->slot, 0, g->cap_slot * sizeof *g->slot);
        g->clearing = 1;
    }
    *mask = cap - 1;
    return 0;
}

static uint64_t spread(uint64_t key)
{
    key *= 0x9E3779B97F4A7C15u;
    return key ^ key >> 32;
}

/* Leaves the places of n-grams that occur twice or more. */
static void keep_repeated(struct filter_grams *g)
{
    size_t n = 0;
    for (size_t k = 0; k < g->n_place; k++) {
        const uint32_t at = g->place[k];
        g->place[n] = at;
        n += g->gram[g->number[at]].count > 1;
    }
    g->n_place = n;
}

static uint32_t new_number(struct filter_grams *g, size_t slot, uint64_t pair, size_t first)
{
    const uint32_t number = (uint32_t)g->n_gram++;
    g->gram[number] = (struct filter_gram){0, (uint32_t)first};
    g->slot[slot] = (struct filter_gram_slot){pair, number, g->clearing};
    return number;
}

/* ---- units ---- */

/* A number that tells units of one length apart: those of up to 8 bytes always, others nearly. */
static inline uint64_t key_of(const char *p, size_t n)
{
    uint32_t low, high;
    if (n > 8)
        return XXH3_64bits(p, n);
    if (n < 4) {
        const unsigned char *u = (const unsigned char *)p;
        return n ? (uint32_t)(u[0] | u[n / 2] << 8 | u[n - 1] << 16) : 0;
    }
    memcpy(&low, p, sizeof low);
    memcpy(&high, p + n - 4, sizeof high);
    return (uint64_t)high << 32 | low;
}

static uint32_t unit_number(struct filter_grams *g, const char *bytes, const uint32_t *at, size_t i,
                            size_t mask)
{
    const size_t n = at[i + 1] - at[i];
    const uint64_t key = key_of(bytes + at[i], n);
    size_t s = spread(key + n) & mask;
    for (; g->slot[s].clearing == g->clearing; s = (s + 1) & mask) {
        const uint32_t first = g->gram[g->slot[s].number].first;
        if (g->slot[s].pair == key && at[first + 1] - at[first] == n &&
            (n <= 8 || memcmp(bytes + at[first], bytes + at[i], n) == 0))
            return g->slot[s].number;
    }
    return new_number(g, s, key, i);
}

int filter_grams_start(struct filter_grams *g, const char *bytes, const uint32_t *at, size_t n)
{
    size_t mask;
    if (room(g, n) < 0 || clear_slots(g, n, &mask) < 0)
        return WEIR_EMEM;
    g->n_units = (uint32_t)n;
    g->level = 1;
    g->n_place = n;
    g->n_gram = 0;
    for (size_t i = 0; i < n; i++) {
        g->number[i] = unit_number(g, bytes, at, i, mask);
        g->gram[g->number[i]].count++;
        g->place[i] = (uint32_t)i;
    }
    keep_repeated(g);
    return 0;
}

/* ---- pairs ---- */

/* Tables of a long text do not fit a cache: a slot is asked for so many places before it is needed.
 */
enum { AHEAD = 8 };

static inline int pair_at(const struct filter_grams *g, size_t k, uint64_t *pair)
{
    const uint32_t at = g->place[k];
    if (k + 1 >= g->n_place || g->place[k + 1] != at + 1)
        return 0;
    *pair = (uint64_t)g->number[at] << 32 | g->number[at + 1];
    return 1;
}

static uint32_t number_of(struct filter_grams *g, uint64_t pair, size_t mask, uint32_t at)
{
    size_t i = spread(pair) & mask;
    for (; g->slot[i].clearing == g->clearing; i = (i + 1) & mask)
        if (g->slot[i].pair == pair)
            return g->slot[i].number;
    return new_number(g, i, pair, at);
}

static int raise_by_one(struct filter_grams *g)
{
    size_t mask, n = 0;
    if (clear_slots(g, g->n_place, &mask) < 0)
        return WEIR_EMEM;
    g->n_gram = 0;
    const size_t end = g->n_place;
    for (size_t k = 0; k < end; k++) {
        uint64_t pair;
        if (k + AHEAD < end && pair_at(g, k + AHEAD, &pair))
            __builtin_prefetch(g->slot + (spread(pair) & mask));
        if (!pair_at(g, k, &pair))
            continue;
        const uint32_t at = g->place[k], number = number_of(g, pair, mask, at);
        g->gram[number].count++;
        g->number[at] = number;
        g->place[n++] = at;
    }
    g->n_place = n;
    g->level++;
    keep_repeated(g);
    return 0;
}

int filter_grams_raise(struct filter_grams *g, unsigned n)
{
    while (g->level < n)
        if (raise_by_one(g) < 0)
            return WEIR_EMEM;
    return 0;
}
