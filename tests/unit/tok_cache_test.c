/* The cache of chunks against a plain list: what it tells of a chunk is what was put in, whatever
 * was put in since; and as long as there is room, it tells of all. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "lib/tok_cache.h"

enum { N = 4000, LONGEST = 60, MOST_PIECES = 20 };

static uint64_t state = 0x9E3779B97F4A7C15u;

static uint32_t any(uint32_t n)
{
    state ^= state << 13; // xorshift
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 20) % n;
}

static struct {
    size_t at, n, n_pieces;
    int part;
    struct weir_piece p[MOST_PIECES];
} known[N];
static char text[N * (LONGEST + 1) + 64];

/* Chunks that differ in nothing but their length, a NUL or being a part are different ones. */
static void make(size_t i, size_t at)
{
    known[i].at = at;
    known[i].n = 1 + any(any(2) ? 12 : LONGEST);
    known[i].part = (int)any(2);
    for (size_t k = 0; k < known[i].n; k++)
        text[at + k] = (char)any(3);
    text[at + any((uint32_t)known[i].n)] = (char)(i & 255);
    text[at + any((uint32_t)known[i].n)] = (char)(i >> 8);
    size_t end = 0;
    for (known[i].n_pieces = 0; end < known[i].n && known[i].n_pieces < MOST_PIECES;) {
        struct weir_piece *p = &known[i].p[known[i].n_pieces++];
        p->id = any(1 << 20);
        p->begin = (uint32_t)(at + end);
        end += any(4) ? 1 + any((uint32_t)(known[i].n - end)) : 0; // some move nothing on
        p->end = (uint32_t)(at + end);
    }
    known[i].p[known[i].n_pieces - 1].end = (uint32_t)(at + known[i].n);
}

static int is_new(size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (known[k].n == known[i].n && known[k].part == known[i].part &&
            !memcmp(text + known[k].at, text + known[i].at, known[i].n))
            return 0;
    return 1;
}

/* 1 when the cache knows chunk i; then it knows it right. */
static int look_up(const struct tok_cache *h, size_t i)
{
    struct weir_piece p[TOK_LONG_IDS];
    struct tok_chunk c;
    const struct tok_slot *u = NULL;
    tok_chunk_set(h, &c, text, known[i].at, known[i].at + known[i].n, known[i].part);
    size_t n = tok_cache_put(h, &c, 0, p, &u);
    if (!n) {
        const struct tok_long *e =
            u || known[i].n > TOK_SHORT_KEY ? tok_cache_find_long(h, &c, text) : NULL;
        if (!e)
            return 0;
        tok_long_put(e, c.at, p);
        n = e->n;
    }
    assert(n == known[i].n_pieces);
    for (size_t k = 0; k < n; k++)
        assert(!memcmp(&p[k], &known[i].p[k], sizeof *p));
    return 1;
}

static size_t fill(struct tok_cache *h, uint64_t bytes)
{
    size_t told = 0, could = 0;
    assert(!tok_cache_init(h, bytes));
    for (size_t i = 0; i < N; i++) {
        struct tok_chunk c;
        do
            make(i, i * LONGEST);
        while (!is_new(i));
        assert(!look_up(h, i));
        tok_chunk_set(h, &c, text, known[i].at, known[i].at + known[i].n, known[i].part);
        tok_cache_add(h, &c, text, known[i].p, known[i].n_pieces, 0);
        for (int k = 0; k < 3; k++)
            look_up(h, any((uint32_t)i + 1));
    }
    for (size_t i = 0; i < N; i++) {
        const int fits = known[i].n <= TOK_LONG_KEY && known[i].n_pieces <= TOK_LONG_IDS;
        could += (size_t)fits;
        const int found = look_up(h, i);
        assert(fits || !found);
        told += (size_t)found;
    }
    assert(told <= could);
    return could - told;
}

int main(void)
{
    struct tok_cache h = {0};
    const size_t lost = fill(&h, 24 << 20);
    if (lost > N / 10) // lines that are full by chance
        fprintf(stderr, "%zu chunks lost\n", lost);
    assert(lost <= N / 10);
    tok_cache_free(&h);
    h = (struct tok_cache){0};
    assert(fill(&h, 0) > N / 4 && tok_cache_memory(0) == 12 << 10);
    assert(h.line_mask + 1 == h.most_lines);
    tok_cache_free(&h);
    return 0;
}
