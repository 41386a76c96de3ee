/* Ids and bounds of pieces: each kernel writes what the plain one does, up to the same piece. */
#include <stdlib.h>
#include <string.h>

#include "tokenize/tokenize_stage.h"

#undef NDEBUG
#include <assert.h>

enum { MOST = 200, STEP = 40 };

static uint32_t seed = 9;

static uint32_t any(uint32_t n)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % n;
}

/* What the header says, word for word. */
static size_t plain(const struct weir_piece *p, size_t i, size_t n, size_t end,
                    const uint8_t *places, uint32_t *ids, uint8_t *bounds)
{
    for (; i < n; i++) {
        ids[i] = p[i].id;
        bounds[i] = p[i].begin == p[i].end ? 0 : places[p[i].end] & 3;
        if (p[i].end >= end)
            return i;
    }
    return n;
}

static void compare(tokenize_tokens_kernel *run, const struct weir_piece *p, size_t n,
                    const uint8_t *places, size_t length)
{
    uint32_t ids[2][MOST];
    uint8_t bounds[2][MOST];
    size_t i = any((uint32_t)n + 1), end = any((uint32_t)length + 2);
    memset(ids, 0, sizeof ids);
    memset(bounds, 0, sizeof bounds);
    for (; i < n; end += 1 + any(60)) {
        const size_t want = plain(p, i, n, end, places, ids[0], bounds[0]);
        assert(run(p, i, n, end, places, ids[1], bounds[1]) == want);
        const size_t last = want < n ? want + 1 : n;
        assert(!memcmp(ids[0] + i, ids[1] + i, (last - i) * sizeof **ids));
        assert(!memcmp(bounds[0] + i, bounds[1] + i, last - i));
        i = last;
    }
}

int main(void)
{
    static const char *const names[] = {"scalar", "avx512"};
    for (int round = 0; round < 20000; round++) {
        struct weir_piece p[MOST];
        const size_t n = any(MOST);
        const uint32_t step = 1 + any(STEP); // tokens of a few bytes, or of many
        uint32_t at = 0;
        for (size_t i = 0; i < n; i++) {
            p[i] = (struct weir_piece){any(100000), at, at + (any(3) ? any(step) : 0)};
            at = p[i].end;
        }
        uint8_t *places = malloc(at + 1 + WEIR_PLACE_PADDING); // as many as are promised
        assert(places);
        for (size_t i = 0; i < at + 1 + WEIR_PLACE_PADDING; i++)
            places[i] = (uint8_t)any(8);
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            if (tokenize_tokens(names[k]))
                compare(tokenize_tokens(names[k]), p, n, places, at);
        free(places);
    }
    return 0;
}
