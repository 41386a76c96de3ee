#include "filters/filter_chars.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "weir/utf8.h"

void filter_chars_free(struct filter_chars *c)
{
    free(c->at);
    free(c->count);
    filter_grams_free(&c->grams);
    memset(c, 0, sizeof *c);
}

int filter_chars_start(struct filter_chars *c, struct weir_span text)
{
    c->n = weir_utf8_count(text.p, text.n);
    if (text.n > UINT32_MAX || weir_grow(&c->at, &c->cap_at, c->n + 1, sizeof *c->at) < 0)
        return WEIR_EMEM;
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++)
        if ((text.p[i] & 0xC0) != 0x80)
            c->at[n++] = (uint32_t)i;
    c->at[n] = (uint32_t)text.n;
    return filter_grams_start(&c->grams, text.p, c->at, c->n);
}

int filter_chars_raise(struct filter_chars *c, struct weir_span text, unsigned n)
{
    if (c->grams.level > n && filter_grams_start(&c->grams, text.p, c->at, c->n) < 0)
        return WEIR_EMEM;
    return filter_grams_raise(&c->grams, n);
}

static int descending(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x < y) - (x > y);
}

int filter_chars_repetition(struct filter_chars *c, double *share)
{
    const struct filter_grams *g = &c->grams;
    const uint64_t all = filter_grams_all(g);
    size_t n_repeated = 0;
    uint64_t sum = 0, top = 0;
    *share = 0;
    if (weir_grow(&c->count, &c->cap_count, g->n_gram + 1, sizeof *c->count) < 0)
        return WEIR_EMEM;
    for (size_t i = 0; i < g->n_gram; i++)
        if (g->gram[i].count > 1) {
            c->count[n_repeated++] = g->gram[i].count;
            sum += g->gram[i].count;
        }
    const double distinct = (double)(all - sum + n_repeated);
    size_t n_top = (size_t)sqrt(distinct);
    if (n_top > n_repeated)
        n_top = n_repeated;
    qsort(c->count, n_repeated, sizeof *c->count, descending);
    for (size_t i = 0; i < n_top; i++)
        top += c->count[i];
    *share = all ? (double)top / (double)all : 0;
    return 0;
}

uint32_t filter_chars_most(const struct filter_chars *c)
{
    const struct filter_grams *g = &c->grams;
    uint32_t most = filter_grams_all(g) > 0;
    for (size_t i = 0; i < g->n_gram; i++)
        if (g->gram[i].count > most)
            most = g->gram[i].count;
    return most;
}

/* A bit a code point. */
enum { CODE_POINTS = 0x110000 };

int filter_chars_in_repeated(struct filter_chars *c, struct weir_span text, uint64_t *n_chars)
{
    const struct filter_grams *g = &c->grams;
    const size_t words = CODE_POINTS / 32;
    *n_chars = 0;
    if (!g->n_place)
        return 0;
    if (weir_grow(&c->count, &c->cap_count, words, sizeof *c->count) < 0)
        return WEIR_EMEM;
    memset(c->count, 0, words * sizeof *c->count);
    size_t done = 0; // characters before it were looked at
    for (size_t k = 0; k < g->n_place; k++) {
        size_t i = g->place[k] > done ? g->place[k] : done;
        for (; i < g->place[k] + g->level; i++) {
            unsigned len;
            const uint32_t u = weir_utf8_decode(text.p + c->at[i], text.n - c->at[i], &len);
            *n_chars += !(c->count[u / 32] >> u % 32 & 1);
            c->count[u / 32] |= 1u << u % 32;
        }
        done = i;
    }
    return 0;
}
