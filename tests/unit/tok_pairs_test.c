/* Pairs of characters, random ones and all of a square, against a plain table: what joins, and what
 * chunks of one and two characters become; every kernel on every text, and where texts end. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/tok_pairs.h"
#include "tests/unit/at_end.h"

enum { CHARS = 300, LONGEST = 80 };

static uint64_t state = 0x9E3779B97F4A7C15u;

static uint32_t any(uint32_t n)
{
    state ^= state << 13; // xorshift
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 20) % n;
}

static uint32_t chars[CHARS], ids[0x10000];
static struct {
    int joined;
    uint32_t id;
} truth[CHARS][CHARS];
static struct tok_pair list[4 * CHARS * CHARS];
static size_t n_list;

static void give(uint32_t a, uint32_t b, uint32_t id)
{
    list[n_list++] = (struct tok_pair){(uint16_t)chars[a], (uint16_t)chars[b], id};
    if (!truth[a][b].joined || id != TOK_PAIRS_APART)
        truth[a][b].id = id;
    truth[a][b].joined = 1;
}

/* share: of 100 pairs, about, those that join. */
static void make_pairs(uint32_t share)
{
    memset(truth, 0, sizeof truth);
    memset(ids, 0xFF, sizeof ids);
    n_list = 0;
    for (uint32_t i = 0; i < CHARS; i++) {
        chars[i] = 0x800 + i * 211 % 0xF800;
        if (any(3))
            ids[chars[i]] = any(1 << 20);
    }
    for (uint32_t a = 0; a < CHARS; a++)
        for (uint32_t b = 0; b < CHARS; b++)
            while (any(100) < share && n_list < sizeof list / sizeof *list) {
                const uint32_t kind = any(3);
                give(a, b, kind == 0 ? any(1 << 20) : kind == 1 ? TOK_PAIRS_NONE : TOK_PAIRS_APART);
                if (share == 100)
                    break;
            }
}

static size_t put(uint8_t *to, uint32_t c)
{
    to[0] = (uint8_t)(0xE0 | c >> 12);
    to[1] = (uint8_t)(0x80 | (c >> 6 & 63));
    to[2] = (uint8_t)(0x80 | (c & 63));
    return 3;
}

static void check_run(const struct tok_pairs *p, const struct tok_run *r, const uint32_t *text)
{
    for (unsigned i = 0; i < r->n; i++) {
        const int starts = r->starts >> i & 1;
        assert(starts == (i == 0 || !truth[text[i - 1]][text[i]].joined));
        assert(tok_run_id(p, r, i, 1) == ids[chars[text[i]]]);
        if (i + 1 < r->n && truth[text[i]][text[i + 1]].joined)
            assert(tok_run_id(p, r, i, 2) == truth[text[i]][text[i + 1]].id);
    }
    assert(!(r->starts >> r->n));
}

static void check_text(struct tok_pairs *p)
{
    static const char *const kernels[] = {"scalar", "avx512"};
    static uint8_t *end; // of what can be read
    uint32_t text[LONGEST];
    const unsigned n = 1 + any(LONGEST), most = any(2) ? TOK_PAIRS_MOST : 1 + any(TOK_PAIRS_MOST);
    if (!end)
        end = room_to_end(3 * LONGEST + 64);
    uint8_t *bytes = end - (3 * n + 64);
    size_t at = 0;
    memset(bytes, 0, 3 * n + 64);
    p->first = any(4) ? 0x800 : 0x1000 + any(0x8000);
    p->last = any(4) ? 0xFFFF : p->first + any(0x8000);
    unsigned expected = 0, stopped = 0;
    for (unsigned i = 0; i < n; i++) {
        text[i] = any(CHARS);
        at += put(bytes + at, chars[text[i]]);
        stopped |= chars[text[i]] < p->first || chars[text[i]] > p->last;
        expected += !stopped;
    }
    if (any(2)) // else NUL
        memcpy(bytes + at, any(2) ? "abc" : "\xC3\xA9\xF0\x9F\x98\x80", 4);
    for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++) {
        tok_pairs_kernel *look = tok_pairs_look(kernels[k]);
        struct tok_run r;
        if (!look)
            continue;
        look(p, bytes, most, &r);
        assert(r.n == (expected < most ? expected : most));
        check_run(p, &r, text);
    }
}

int main(void)
{
    static const uint32_t shares[] = {1, 5, 20, 50, 100};
    struct tok_pairs p;
    unsigned built = 0;
    assert(!tok_pairs_build(&p, NULL, 0, ids) && !p.chars && !tok_pairs_memory(&p));
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        make_pairs(shares[i]);
        assert(!tok_pairs_build(&p, list, n_list, ids));
        if (!p.chars)
            continue; // it may give up where rows have no room
        built++;
        assert(tok_pairs_memory(&p));
        for (int k = 0; k < 20000; k++)
            check_text(&p);
        tok_pairs_free(&p);
    }
    assert(built >= 3);
    assert(tok_pairs_look("scalar") && !tok_pairs_look("none"));
    return 0;
}
