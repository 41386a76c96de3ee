#include "chunker/chunk_cut.h"

/* Length of the first piece of a unit's rest that is longer than max, or 0. */
static uint32_t cut_length(const uint8_t *bounds, uint32_t max)
{
    const uint32_t half = max / 2;
    uint32_t best = 0;
    for (uint32_t n = max; n > half; n--) {
        const uint8_t bound = bounds[n - 1];
        if (bound != WEIR_BOUND_NONE && (!best || bound > bounds[best - 1]))
            best = n;
        if (bound >= WEIR_BOUND_CLAUSE)
            return best;
    }
    if (best)
        return best;
    for (uint32_t n = half; n > 0; n--)
        if (bounds[n - 1] != WEIR_BOUND_NONE)
            return n;
    return 0;
}

static int add_piece(struct chunk_pieces *p, uint32_t n)
{
    if (weir_grow(&p->n, &p->cap, p->n_pieces + 1, sizeof *p->n))
        return WEIR_EMEM;
    p->n[p->n_pieces++] = n;
    return 0;
}

int chunk_split(const uint32_t *units, size_t n_units, const uint8_t *bounds, uint32_t max,
                struct chunk_pieces *p, uint64_t *at)
{
    p->n_pieces = 0;
    *at = 0;
    for (size_t u = 0; u < n_units; u++) {
        uint32_t rest = units[u];
        while (rest > max) {
            const uint32_t n = bounds ? cut_length(bounds + *at, max) : 0;
            if (!n)
                return WEIR_EBAD;
            if (add_piece(p, n))
                return WEIR_EMEM;
            *at += n;
            rest -= n;
        }
        if (add_piece(p, rest))
            return WEIR_EMEM;
        *at += rest;
    }
    return 0;
}

size_t chunk_fill(const uint32_t *pieces, size_t n_pieces, uint32_t max, int backward,
                  struct weir_sample *samples)
{
    size_t n_samples = 0;
    uint64_t start = 0; // tokens before piece i
    for (size_t i = 0; i < n_pieces;) {
        uint64_t at = start, n = pieces[i];
        size_t k = i + 1;
        while (k < n_pieces && n + pieces[k] <= max)
            n += pieces[k++];
        start += n;
        /* Two neighbouring samples together are longer than max, so this looks at each piece for
         * three samples at most. */
        for (size_t j = i; backward && j > 0 && n + pieces[j - 1] <= max; j--) {
            n += pieces[j - 1];
            at -= pieces[j - 1];
        }
        samples[n_samples].at = (uint32_t)at;
        samples[n_samples++].n = (uint32_t)n;
        i = k;
    }
    return n_samples;
}

size_t chunk_drop_short(struct weir_sample *samples, size_t n_samples, uint32_t min)
{
    size_t kept = 0;
    for (size_t i = 0; i < n_samples; i++)
        if (samples[i].n && samples[i].n >= min)
            samples[kept++] = samples[i];
    return kept;
}

uint64_t chunk_covered(const struct weir_sample *samples, size_t n_samples)
{
    uint64_t covered = 0, end = 0;
    for (size_t i = 0; i < n_samples; i++) {
        const uint64_t from = samples[i].at > end ? samples[i].at : end;
        const uint64_t to = (uint64_t)samples[i].at + samples[i].n;
        if (to > from) {
            covered += to - from;
            end = to;
        }
    }
    return covered;
}
