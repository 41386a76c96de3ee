/* The chunker's samples against brute force over all covers of small random documents, and its cuts
 * of long sentences against the rule worked out by hand and restated naively. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "chunker/chunk_cut.h"

enum { MAX_PIECES = 9 };

static uint64_t rng = 88172645463325252u;
static unsigned roll(unsigned n)
{
    rng ^= rng << 13, rng ^= rng >> 7, rng ^= rng << 17;
    return (unsigned)(rng % n);
}

static unsigned sum(const uint32_t *p, int from, int to)
{
    unsigned n = 0;
    for (; from < to; from++)
        n += p[from];
    return n;
}

struct cover {
    int n;
    int from[MAX_PIECES], to[MAX_PIECES];
};

/* Does a come before b?  Fewest runs, then for the partition the longest first. */
static int better_partition(const struct cover *a, const struct cover *b, const uint32_t *p)
{
    if (a->n != b->n)
        return a->n < b->n;
    for (int i = 0; i < a->n; i++) {
        const unsigned na = sum(p, a->from[i], a->to[i]), nb = sum(p, b->from[i], b->to[i]);
        if (na != nb)
            return na > nb;
    }
    return 0;
}

/* Every partition of the pieces into runs of at most max tokens, by recursion. */
static void partitions(const uint32_t *p, int n, unsigned max, int at, struct cover *c,
                       struct cover *best)
{
    if (at == n) {
        if (best->n < 0 || better_partition(c, best, p))
            *best = *c;
        return;
    }
    for (int to = at + 1; to <= n && sum(p, at, to) <= max; to++) {
        c->from[c->n] = at, c->to[c->n++] = to;
        partitions(p, n, max, to, c, best);
        c->n--;
    }
}

/* Fewest runs, then the latest ends in order, then the earliest starts. */
static int better_cover(const struct cover *a, const struct cover *b)
{
    if (a->n != b->n)
        return a->n < b->n;
    for (int i = 0; i < a->n; i++)
        if (a->to[i] != b->to[i])
            return a->to[i] > b->to[i];
    for (int i = 0; i < a->n; i++)
        if (a->from[i] != b->from[i])
            return a->from[i] < b->from[i];
    return 0;
}

/* Every list of runs that fit, each reaching further than the one before, that leaves no gap. */
static void covers(const uint32_t *p, int n, unsigned max, int reached, struct cover *c,
                   struct cover *best)
{
    if (reached == n) {
        if (best->n < 0 || better_cover(c, best))
            *best = *c;
        return;
    }
    for (int from = 0; from <= reached; from++)
        for (int to = reached + 1; to <= n; to++) {
            if (sum(p, from, to) > max)
                break;
            c->from[c->n] = from, c->to[c->n++] = to;
            covers(p, n, max, to, c, best);
            c->n--;
        }
}

static void compare(const uint32_t *p, int n, unsigned max, int backward)
{
    struct cover best = {.n = -1}, now = {0};
    struct weir_sample s[MAX_PIECES];
    if (backward)
        covers(p, n, max, 0, &now, &best);
    else
        partitions(p, n, max, 0, &now, &best);
    const size_t got = chunk_fill(p, (size_t)n, max, backward, s);
    assert(got == (size_t)best.n);
    for (int i = 0; i < best.n; i++) {
        assert(s[i].at == sum(p, 0, best.from[i]));
        assert(s[i].n == sum(p, best.from[i], best.to[i]));
    }
    assert(chunk_covered(s, got) == sum(p, 0, n));
}

static void test_fill_is_optimal(void)
{
    for (int round = 0; round < 20000; round++) {
        uint32_t p[MAX_PIECES];
        const unsigned max = 1 + roll(12);
        const int n = 1 + (int)roll(round % 20 ? 7 : MAX_PIECES);
        for (int i = 0; i < n; i++)
            p[i] = 1 + roll(max);
        compare(p, n, max, 0);
        compare(p, n, max, 1);
    }
}

/* Worked out by hand: 5+4 | 3+6 | 7 of 10; backward, the last takes 0 before it (6+7 > 10), the
 * second takes none (4+9 > 10). Then one where it does: 6 | 5+5, 4 takes both fives? no: 4+5. */
static void test_fill_by_hand(void)
{
    struct weir_sample s[8];
    const uint32_t a[] = {5, 4, 3, 6, 7};
    assert(chunk_fill(a, 5, 10, 0, s) == 3);
    assert(s[0].at == 0 && s[0].n == 9 && s[1].at == 9 && s[1].n == 9);
    assert(s[2].at == 18 && s[2].n == 7);
    const uint32_t b[] = {6, 5, 5, 4};
    assert(chunk_fill(b, 4, 10, 1, s) == 3);
    assert(s[1].at == 6 && s[1].n == 10 && s[2].at == 11 && s[2].n == 9);
    const uint32_t too_long[] = {3, 80, 2}; // KnowLM's pieces may exceed N
    assert(chunk_fill(too_long, 3, 64, 1, s) == 3);
    assert(s[1].at == 3 && s[1].n == 80 && s[2].at == 83 && s[2].n == 2);
    assert(chunk_fill(NULL, 0, 64, 0, s) == 0);
}

static void test_short_samples(void)
{
    struct weir_sample s[] = {{0, 8}, {4, 6}, {10, 3}, {13, 0}, {13, 9}};
    assert(chunk_covered(s, 5) == 22);
    assert(chunk_drop_short(s, 5, 4) == 3);
    assert(s[0].n == 8 && s[1].n == 6 && s[2].at == 13);
    assert(chunk_covered(s, 3) == 19);
    assert(chunk_drop_short(s, 3, 0) == 3);
}

static void split_gives(const char *units, const char *bounds, uint32_t max, const char *pieces)
{
    uint32_t u[16];
    uint8_t b[64];
    struct chunk_pieces p = {0};
    uint64_t at;
    const size_t n_units = strlen(units), n_tokens = strlen(bounds);
    for (size_t i = 0; i < n_units; i++)
        u[i] = (uint32_t)(units[i] - '0');
    for (size_t i = 0; i < n_tokens; i++)
        b[i] = (uint8_t)(bounds[i] - '0');
    assert(chunk_split(u, n_units, b, max, &p, &at) == 0);
    assert(p.n_pieces == strlen(pieces) && at == n_tokens);
    for (size_t i = 0; i < p.n_pieces; i++)
        assert(p.n[i] == (uint32_t)(pieces[i] - '0'));
    free(p.n);
}

static void test_split_by_hand(void)
{
    split_gives("34", "1111111", 4, "34");       // nothing too long
    split_gives("9", "111111111", 4, "441");     // latest character
    split_gives("9", "112111111", 4, "342");     // a word beats a later character
    split_gives("9", "123111111", 4, "342");     // a clause beats both
    split_gives("9", "131111111", 4, "441");     // … but not in the first half
    split_gives("9", "110000101", 8, "72");      // inside a character: never
    split_gives("9", "100011111", 4, "144");     // the first half only when the last holds nothing
    split_gives("29", "11112111111", 4, "2342"); // places are the document's
}

static void test_split_refuses(void)
{
    const uint32_t u[] = {2, 6};
    const uint8_t b[] = {1, 1, 0, 0, 0, 1, 1, 1};
    struct chunk_pieces p = {0};
    uint64_t at;
    assert(chunk_split(u, 2, b, 3, &p, &at) == WEIR_EBAD && at == 2);
    assert(chunk_split(u, 2, b, 4, &p, &at) == 0 && p.n_pieces == 3);
    assert(chunk_split(u, 2, NULL, 4, &p, &at) == WEIR_EBAD && at == 2);
    assert(chunk_split(u, 2, NULL, 6, &p, &at) == 0 && p.n_pieces == 2);
    free(p.n);
}

/* The rule restated as its sentence reads, one question at a time. */
static uint32_t naive_cut(const uint8_t *bounds, uint32_t max)
{
    for (int class = WEIR_BOUND_CLAUSE; class >= WEIR_BOUND_CHAR; class --)
        for (uint32_t n = max; n > max / 2; n--)
            if (bounds[n - 1] == class)
                return n;
    uint32_t last = 0;
    for (uint32_t n = 1; n <= max / 2; n++)
        if (bounds[n - 1])
            last = n;
    return last;
}

static void test_split_random(void)
{
    for (int round = 0; round < 20000; round++) {
        uint8_t b[40];
        const uint32_t max = 1 + roll(9), n = 1 + roll(40);
        for (uint32_t i = 0; i < n; i++)
            b[i] = (uint8_t)(roll(3) ? roll(2) : roll(4));
        struct chunk_pieces p = {0};
        uint64_t at, want_at = 0;
        uint32_t rest = n;
        const int rc = chunk_split(&n, 1, b, max, &p, &at);
        for (size_t i = 0; i < p.n_pieces; i++) {
            const uint32_t want = rest > max ? naive_cut(b + want_at, max) : rest;
            assert(want && p.n[i] == want);
            want_at += want, rest -= want;
        }
        assert(at == want_at);
        assert(rc == 0 ? rest == 0 : rest > max && !naive_cut(b + at, max));
        free(p.n);
    }
}

int main(void)
{
    test_fill_is_optimal();
    test_fill_by_hand();
    test_short_samples();
    test_split_by_hand();
    test_split_refuses();
    test_split_random();
    return 0;
}
