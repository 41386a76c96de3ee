#include "tok_cache.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>

enum { FIRST_LINES = 1 << 7, FIRST_LONGS = 1 << 5, HUGE_PAGE = 2 << 20 };

/* A table of n lines doubles in place: what a bit more of its hash sends elsewhere goes to the line
 * n places on, which is empty. */

/* ---- memory ---- */

/* Two parts of three are for lines. */
static size_t most_lines(uint64_t bytes)
{
    size_t n = FIRST_LINES;
    while (n < 1 << 18 && n * 2 * sizeof(struct tok_line) * 3 / 2 <= bytes)
        n *= 2;
    return n;
}

uint64_t tok_cache_memory(uint64_t bytes)
{
    const size_t n = most_lines(bytes);
    return n * sizeof(struct tok_line) + n / 4 * sizeof(struct tok_long);
}

int tok_cache_init(struct tok_cache *h, uint64_t bytes)
{
    const size_t size = h->map_bytes = tok_cache_memory(bytes) + HUGE_PAGE;
    h->most_lines = most_lines(bytes);
    h->most_longs = h->most_lines / 4;
    h->map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (h->map == MAP_FAILED) {
        h->map = NULL;
        return WEIR_EMEM;
    }
    const uintptr_t at = ((uintptr_t)h->map + HUGE_PAGE - 1) & ~(uintptr_t)(HUGE_PAGE - 1);
    h->lines = (struct tok_line *)at;
    h->longs = (struct tok_long *)(h->lines + h->most_lines);
    madvise(h->lines, size - HUGE_PAGE, MADV_HUGEPAGE);
    h->line_mask = FIRST_LINES - 1;
    h->long_mask = FIRST_LONGS - 2;
    if (getrandom(h->seed, sizeof h->seed, GRND_NONBLOCK) != sizeof h->seed)
        for (size_t i = 0; i < 4; i++)
            h->seed[i] = ((uintptr_t)h + i) * 0x9E3779B97F4A7C15u;
    return 0;
}

void tok_cache_free(struct tok_cache *h)
{
    if (h->map)
        munmap(h->map, h->map_bytes);
}

/* ---- short chunks ---- */

static int is_head(const struct tok_slot *u)
{
    return u->high >> 56 != 0;
}

static size_t units_for(size_t len, size_t n_pieces)
{
    return n_pieces > (len <= TOK_PAIR_KEY ? 2 : 1) ? 2 : 1;
}

static size_t len_of(const struct tok_slot *u)
{
    return u->high >> 56 & (TOK_CACHE_PART - 1);
}

static size_t units_of(const struct tok_slot *u)
{
    return units_for(len_of(u), tok_slot_pieces(u));
}

/* Puts n units behind those of the line; the oldest make room. */
static void put_units(struct tok_line *line, const struct tok_slot *units, size_t n)
{
    struct tok_slot *u = line->units;
    size_t used = 0, gone = 0;
    while (used < TOK_LINE_UNITS && is_head(&u[used]))
        used += units_of(&u[used]);
    while (used - gone + n > TOK_LINE_UNITS)
        gone += units_of(&u[gone]);
    used -= gone;
    for (size_t i = 0; gone && i < used; i++)
        u[i] = u[i + gone];
    for (size_t i = 0; i < TOK_LINE_UNITS - used; i++)
        u[used + i] = i < n ? units[i] : (struct tok_slot){0, 0};
}

static void split_line(struct tok_cache *h, size_t i, uint32_t bit)
{
    struct tok_line old = h->lines[i], both[2] = {{{{0, 0}}}, {{{0, 0}}}};
    size_t n[2] = {0, 0};
    for (size_t k = 0; k < TOK_LINE_UNITS; k++) {
        const struct tok_slot *u = &old.units[k];
        if (!is_head(u))
            continue;
        const uint32_t hash = tok_cache_hash(h, u->low, u->high & tok_slot_mask(len_of(u)));
        const size_t to = (hash & bit) != 0, count = units_of(u);
        memcpy(&both[to].units[n[to]], u, count * sizeof *u);
        n[to] += count;
        k += count - 1;
    }
    h->lines[i] = both[0];
    h->lines[i + bit] = both[1];
}

static void grow_lines(struct tok_cache *h)
{
    const uint32_t bit = h->line_mask + 1;
    for (size_t i = 0; i < bit; i++)
        split_line(h, i, bit);
    h->line_mask = bit * 2 - 1;
}

static void add_unit(struct tok_cache *h, const struct tok_chunk *c, const struct weir_piece *p,
                     size_t n, uint32_t shift)
{
    struct tok_slot u[2] = {{c->key[0], c->key[1]}, {0, 0}};
    uint64_t ends[TOK_SHORT_IDS];
    const size_t told = n > TOK_SHORT_IDS ? 0 : n, n_units = units_for(tok_chunk_len(c), told);
    u[0].high |= ((uint64_t)told << TOK_CACHE_ID_BITS | p[0].id) << 32;
    for (size_t i = 0; i < TOK_SHORT_IDS; i++)
        ends[i] = i < told ? p[i].end + shift - c->at : tok_chunk_len(c);
    if (tok_chunk_len(c) <= TOK_PAIR_KEY)
        u[0].high |= ends[0] << 28 | (uint64_t)(told == 2 ? p[1].id : 0) << 8;
    for (size_t i = 1; i < told; i++) {
        uint64_t *to = i < 4 ? &u[1].low : &u[1].high;
        *to |= (uint64_t)p[i].id << (i < 4 ? i - 1 : i - 4) * TOK_CACHE_ID_BITS;
    }
    u[1].low |= ends[0] << 60;
    u[1].high |= ends[1] << 40 | ends[2] << 44 | ends[3] << 48 | ends[4] << 52;
    h->n_units += n_units;
    if (3 * h->n_units > 4 * ((size_t)h->line_mask + 1) && h->line_mask + 1 < h->most_lines)
        grow_lines(h);
    put_units(&h->lines[c->hash & h->line_mask], u, n_units);
}

/* ---- long chunks ---- */

static void long_key(uint64_t key[TOK_LONG_KEY / 8], const char *p, size_t n)
{
    static const uint8_t masks[2 * TOK_LONG_KEY] = {
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    uint64_t mask[TOK_LONG_KEY / 8];
    memcpy(key, p, TOK_LONG_KEY);
    memcpy(mask, masks + TOK_LONG_KEY - n, TOK_LONG_KEY);
    for (size_t i = 0; i < TOK_LONG_KEY / 8; i++)
        key[i] &= mask[i];
}

static uint32_t long_hash(const struct tok_cache *h, const uint64_t key[TOK_LONG_KEY / 8],
                          size_t tag)
{
    const uint64_t a = tok_cache_hash(h, key[0], key[1]);
    const __uint128_t m = (__uint128_t)(key[2] ^ h->seed[2]) * (key[3] ^ h->seed[3]);
    const uint64_t b = (uint64_t)m ^ (uint64_t)(m >> 64);
    return tok_cache_hash(h, a << 32 ^ b ^ tag, key[4] ^ b);
}

static size_t tag_of(size_t len, unsigned part)
{
    return len << 4 | part;
}

/* The first or second place of a hash. */
static uint32_t place_of(const struct tok_cache *h, uint32_t hash, int second)
{
    return (second ? hash >> 16 | hash << 16 : hash) & h->long_mask;
}

/* Of long chunks `part` is all that stands in their key. */
void tok_chunk_set_long(const struct tok_cache *h, struct tok_chunk *c, const char *text,
                        unsigned part)
{
    uint64_t key[TOK_LONG_KEY / 8];
    const size_t len = tok_chunk_len(c);
    c->key[0] = 0;
    c->key[1] = (uint64_t)part * TOK_CACHE_PART << 56;
    if (len > TOK_LONG_KEY)
        return;
    long_key(key, text + c->at, len);
    c->hash = long_hash(h, key, tag_of(len, part));
    for (int i = 0; i < 2; i++) {
        const struct tok_long *e = &h->longs[place_of(h, c->hash, i)];
        __builtin_prefetch(e);
        __builtin_prefetch((const char *)e + 64);
    }
}

static int is_key(const struct tok_long *e, const uint64_t key[TOK_LONG_KEY / 8])
{
    uint64_t other = 0;
    for (size_t i = 0; i < TOK_LONG_KEY / 8; i++)
        other |= e->key[i] ^ key[i];
    return !other;
}

const struct tok_long *tok_cache_find_long(const struct tok_cache *h, const struct tok_chunk *c,
                                           const char *text)
{
    uint64_t key[TOK_LONG_KEY / 8];
    const size_t len = tok_chunk_len(c);
    const unsigned part = tok_chunk_part(c);
    if (len > TOK_LONG_KEY)
        return NULL;
    long_key(key, text + c->at, len);
    const uint32_t hash = len > TOK_SHORT_KEY ? c->hash : long_hash(h, key, tag_of(len, part));
    for (uint32_t i = 0; i < 4; i++) {
        const struct tok_long *e = &h->longs[place_of(h, hash, i / 2) + i % 2];
        if (e->hash == hash && e->len == len && e->part == part && is_key(e, key))
            return e;
    }
    return NULL;
}

static void grow_longs(struct tok_cache *h)
{
    const uint32_t bit = h->long_mask + 2;
    for (uint32_t i = 0; i < bit; i += 2) {
        struct tok_long *e = &h->longs[i];
        size_t kept = 0, moved = 0;
        for (size_t k = 0; k < 2 && e[k].len; k++) {
            const uint32_t hash = e[k].hash;
            const uint32_t by = (hash & h->long_mask) == i ? hash : hash >> 16 | hash << 16;
            struct tok_long *to = by & bit ? &e[bit + moved++] : &e[kept++];
            if (to != &e[k])
                *to = e[k];
        }
        memset(e + kept, 0, (2 - kept) * sizeof *e);
    }
    h->long_mask = bit * 2 - 2;
}

static void add_long(struct tok_cache *h, const struct tok_chunk *c, const char *text,
                     const struct weir_piece *p, size_t n, uint32_t shift)
{
    struct tok_long new = {.len = (uint8_t)tok_chunk_len(c), .n = (uint8_t)n};
    new.part = (uint8_t)tok_chunk_part(c);
    long_key(new.key, text + c->at, new.len);
    new.hash = long_hash(h, new.key, tag_of(new.len, new.part));
    for (size_t i = 0; i < n; i++) {
        new.ids[i] = p[i].id;
        new.ends[i] = (uint8_t)(p[i].end + shift - c->at);
    }
    if (2 * ++h->n_longs > h->long_mask + 2 && h->long_mask + 2 < h->most_longs)
        grow_longs(h);
    struct tok_long *e = &h->longs[place_of(h, new.hash, 0)];
    struct tok_long *other = &h->longs[place_of(h, new.hash, 1)];
    if (e[1].len && !other[1].len)
        e = other;
    e[1] = e[0];
    e[0] = new;
}

void tok_cache_add(struct tok_cache *h, const struct tok_chunk *c, const char *text,
                   const struct weir_piece *p, size_t n, uint32_t shift)
{
    const size_t len = tok_chunk_len(c);
    if (len <= TOK_SHORT_KEY)
        add_unit(h, c, p, n, shift);
    if (n <= TOK_LONG_IDS && (len > TOK_SHORT_KEY ? len <= TOK_LONG_KEY : n > TOK_SHORT_IDS))
        add_long(h, c, text, p, n, shift);
}
