/* One word of the pre-tokenizer: cut where nothing merges across, and look up what was seen before.
 * Chunks of up to 15 bytes and 5 tokens have entries of half a cache line, longer ones of a whole
 * one; the first table is four-way, the second two-way. */
#include "hftok_impl.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

enum {
    MOST_LONG = 1 << 17, // and four times as many short ones
    LEAST_LONG = 1 << 9,
    SHORT_WAYS = 4,
    SHORT_KEY = 15,
    LONG_KEY = 32,
    SHORT_IDS = 5,
    LONG_IDS = 6,
    PART = 0x80, // in len: of a word that was cut, where a token of that spelling need not count
};

struct hf_short {
    uint64_t key[2]; // text, zeros, and len in the last byte; all zeros: free
    uint64_t first;  // three ids of 20 bits, how many there are
    uint64_t rest;   // two ids, the ends of the first four in 4 bits each
};
struct hf_long {
    uint64_t key[4];
    uint32_t ids[LONG_IDS];
    uint8_t ends[LONG_IDS], n, len;
};

_Static_assert(sizeof(struct hf_short) == 32, "half a cache line");
_Static_assert(sizeof(struct hf_long) == 64, "a cache line");

static void *table(size_t bytes)
{
    const size_t huge = 2 << 20;
    void *p = aligned_alloc(bytes < huge ? 64 : huge, bytes);
    if (p) {
        madvise(p, bytes, MADV_HUGEPAGE);
        memset(p, 0, bytes);
    }
    return p;
}

/* Entries of the long table. */
static size_t long_entries(uint64_t cache)
{
    size_t n = MOST_LONG;
    while (n > LEAST_LONG && n * (sizeof(struct hf_long) + 4 * sizeof(struct hf_short)) > cache)
        n /= 2;
    return n;
}

int hf_word_scratch(hftok_scratch *s, uint64_t cache)
{
    const size_t n = long_entries(cache);
    s->longs = table(n * sizeof *s->longs);
    s->shorts = table(4 * n * sizeof *s->shorts);
    s->long_mask = n - 1;
    s->short_mask = 4 * n - 1;
    if (getrandom(s->seed, sizeof s->seed, GRND_NONBLOCK) != sizeof s->seed)
        s->seed[0] = (uintptr_t)s;
    s->seed[1] |= 1;
    return s->shorts && s->longs ? 0 : WEIR_EMEM;
}

uint64_t hf_word_memory(uint64_t cache)
{
    return long_entries(cache) * (sizeof(struct hf_long) + 4 * sizeof(struct hf_short));
}

static inline uint64_t mix(uint64_t a, uint64_t b)
{
    const __uint128_t m = (__uint128_t)a * b;
    return (uint64_t)m ^ (uint64_t)(m >> 64);
}

/* ---- new chunks ---- */

/* 1 when merging the token's text gives the token. */
static int makes_itself(const hftok *t, hftok_scratch *s, uint32_t id, const char *p, size_t at,
                        size_t end, int whole, struct hf_sink *o)
{
    uint8_t own = atomic_load_explicit(&t->own[id], memory_order_relaxed);
    if (!own) {
        const size_t before = o->n;
        if (hf_merge(t, s, p, at, end, whole, o))
            return 0;
        own = o->n == before + 1 && o->p[before].id == id ? 1 : 2;
        o->n = before;
        atomic_store_explicit(&t->own[id], own, memory_order_relaxed);
    }
    return own == 1;
}

static int encode_new(const hftok *t, hftok_scratch *s, size_t at, size_t end, int whole, int part,
                      struct hf_sink *o)
{
    const char *p = s->text.p;
    const uint32_t id = hf_find(t, p + at, end - at);
    if (id != HF_NONE &&
        ((t->ignore_merges && !part) || makes_itself(t, s, id, p, at, end, whole, o))) {
        if (hf_sink_room(o, 8))
            return WEIR_EMEM;
        o->p[o->n++] = (struct weir_piece){id, (uint32_t)at, (uint32_t)end};
        return 0;
    }
    return hf_merge(t, s, p, at, end, whole, o);
}

/* ---- cached chunks ---- */

static void remember_short(struct hf_short *table, const struct hf_chunk *c,
                           const struct weir_piece *p, size_t n)
{
    struct hf_short *e = &table[c->slot];
    for (size_t k = SHORT_WAYS - 1; k; k--)
        table[c->slot ^ k] = table[c->slot ^ (k - 1)];
    *e = (struct hf_short){.key = {c->key[0], c->key[1]}, .first = (uint64_t)n << 60};
    for (size_t i = 0; i < n; i++) {
        uint64_t *ids = i < 3 ? &e->first : &e->rest;
        *ids |= (uint64_t)p[i].id << i % 3 * HF_ID_BITS;
        if (i < 4)
            e->rest |= (uint64_t)(p[i].end - c->at) << (40 + 4 * i);
    }
}

static void remember_long(struct hf_long *table, const uint64_t key[4], uint8_t tag, size_t slot,
                          size_t at, const struct weir_piece *p, size_t n)
{
    struct hf_long *e = &table[slot];
    table[slot ^ 1] = *e;
    memcpy(e->key, key, sizeof e->key);
    e->n = (uint8_t)n;
    e->len = tag;
    for (size_t i = 0; i < n; i++) {
        e->ids[i] = p[i].id;
        e->ends[i] = (uint8_t)(p[i].end - at);
    }
}

/* Room for 8 pieces is there.  The last piece ends with the chunk. */
static inline void put_short(struct hf_sink *o, const struct hf_short *e, uint32_t at, uint32_t end)
{
    struct weir_piece *p = o->p + o->n;
    const uint64_t ids = e->first, rest = e->rest;
    const size_t n = ids >> 60;
    const uint32_t b = at + (rest >> 40 & 15), c = at + (rest >> 44 & 15);
    p[0] = (struct weir_piece){ids & HF_NONE, at, b};
    p[1] = (struct weir_piece){ids >> 20 & HF_NONE, b, c};
    if (n > 2) {
        const uint32_t d = at + (rest >> 48 & 15), f = at + (rest >> 52 & 15);
        p[2] = (struct weir_piece){ids >> 40 & HF_NONE, c, d};
        p[3] = (struct weir_piece){rest & HF_NONE, d, f};
        p[4] = (struct weir_piece){rest >> 20 & HF_NONE, f, end};
    }
    o->n += n;
}

static void put_long(struct hf_sink *o, const struct hf_long *e, size_t at)
{
    for (size_t i = 0, from = at; i < e->n; from = at + e->ends[i++])
        o->p[o->n++] = (struct weir_piece){e->ids[i], (uint32_t)from, (uint32_t)(at + e->ends[i])};
}

static inline int is_short(const struct hf_short *e, const uint64_t key[2])
{
    return !((e->key[0] ^ key[0]) | (e->key[1] ^ key[1]));
}

static inline uint64_t low_bytes(uint64_t v, size_t n)
{
    return n >= 8 ? v : v & (((uint64_t)1 << n * 8) - 1);
}

static uint8_t tag_of(const struct hf_chunk *c)
{
    return (uint8_t)((c->end - c->at) | (c->part ? PART : 0));
}

/* Chunks of more than 15 bytes, and those of more than 5 tokens. */
static int encode_long(const hftok *t, hftok_scratch *s, const struct hf_chunk *c,
                       struct hf_sink *o)
{
    const size_t len = c->end - c->at, before = o->n;
    uint64_t key[4] = {0};
    if (len > LONG_KEY)
        return encode_new(t, s, c->at, c->end, c->whole, c->part, o);
    memcpy(key, s->text.p + c->at, len);
    const uint8_t tag = tag_of(c);
    const uint64_t h =
        mix(mix(key[0] ^ s->seed[0], key[1] ^ s->seed[1]) ^ key[2], key[3] ^ s->seed[2] ^ tag);
    const size_t slot = (size_t)(h ^ h >> 32) & s->long_mask;
    for (size_t k = 0; k < 2; k++) {
        const struct hf_long *e = &s->longs[slot ^ k];
        if (e->len != tag || memcmp(e->key, key, sizeof key))
            continue;
        put_long(o, e, c->at);
        return 0;
    }
    const int rc = encode_new(t, s, c->at, c->end, c->whole, c->part, o);
    const size_t n = o->n - before;
    if (!rc && len <= SHORT_KEY && n <= SHORT_IDS)
        remember_short(s->shorts, c, o->p + before, n);
    else if (!rc && n <= LONG_IDS)
        remember_long(s->longs, key, tag, slot, c->at, o->p + before, n);
    return rc;
}

static inline int encode_chunk(const hftok *t, hftok_scratch *s, const struct hf_chunk *c,
                               struct hf_sink *o)
{
    if (o->cap - o->n < 8 && hf_sink_room(o, (s->text.n - c->at) / 3 + 64))
        return WEIR_EMEM;
    if (c->id != HF_NONE) {
        o->p[o->n++] = (struct weir_piece){c->id, c->at, c->end};
        return 0;
    }
    if (c->end - c->at <= SHORT_KEY) {
        for (size_t k = 0; k < SHORT_WAYS; k++) {
            const struct hf_short *e = &s->shorts[c->slot ^ k];
            if (is_short(e, c->key)) {
                put_short(o, e, c->at, c->end);
                return 0;
            }
        }
    }
    return encode_long(t, s, c, o);
}

int hf_flush(const hftok *t, hftok_scratch *s, struct hf_sink *o)
{
    int rc = 0;
    for (size_t i = 0; i < s->n_queue && !rc; i++)
        rc = encode_chunk(t, s, &s->queue[i], o);
    s->n_queue = 0;
    return rc;
}

/* Finding chunks ahead of encoding them gives their entries time to arrive from memory. */
static inline int queue(const hftok *t, hftok_scratch *s, size_t at, size_t end, int whole,
                        int part, struct hf_sink *o)
{
    if (s->n_queue == HF_QUEUE && hf_flush(t, s, o))
        return WEIR_EMEM;
    struct hf_chunk *c = &s->queue[s->n_queue++];
    const size_t len = end - at;
    c->at = (uint32_t)at;
    c->end = (uint32_t)end;
    c->whole = (uint8_t)whole;
    c->part = (uint8_t)part;
    c->id = HF_NONE;
    if (len > SHORT_KEY)
        return 0;
    memcpy(c->key, s->text.p + at, 16);
    if (len < 8) {
        c->key[0] = low_bytes(c->key[0], len);
        c->key[1] = 0;
    } else {
        c->key[1] = low_bytes(c->key[1], len - 8);
    }
    c->key[1] |= (uint64_t)(len | (part ? PART : 0)) << 56;
    const uint64_t h = mix(c->key[0] ^ s->seed[0], c->key[1] ^ s->seed[1]);
    c->slot = (uint32_t)(h ^ h >> 32) & (uint32_t)s->short_mask;
    __builtin_prefetch(&s->shorts[c->slot]);
    return 0;
}

/* ---- words ---- */

static int is_ascii(const char *p, size_t n)
{
    uint64_t any = 0, v;
    for (; n > 8; n -= 8, p += 8) {
        memcpy(&v, p, 8);
        any |= v;
    }
    memcpy(&v, p, 8); // the text is padded
    any |= low_bytes(v, n);
    return !(any & 0x8080808080808080u);
}

static inline int get_bit(const uint64_t *bits, size_t i)
{
    return bits[i >> 6] >> (i & 63) & 1;
}

/* The end of the chunk that begins at `at`; *whole: it may begin with its characters. */
static size_t chunk_end(const hftok *t, const char *p, size_t at, size_t end, int *whole,
                        uint32_t *first)
{
    unsigned len;
    uint32_t left = hf_char(p + at, &len);
    *first = hf_char_id(t, left);
    *whole = *first != HF_NONE;
    for (at += len; at < end; at += len) {
        const uint32_t right = hf_char(p + at, &len);
        if (left > 127 || right > 127) {
            const int partial =
                get_bit(t->partial, hf_partial_bit((uint8_t)p[at < 2 ? 0 : at - 2],
                                                   (uint8_t)p[at - 1], (uint8_t)p[at]));
            if (!partial && !get_bit(t->joins, hf_join_bit(left, right)))
                return at;
            *whole &= !partial;
        }
        *whole &= hf_char_id(t, right) != HF_NONE;
        left = right;
    }
    return end;
}

static int cut_word(const hftok *t, hftok_scratch *s, size_t at, size_t end, struct hf_sink *o)
{
    const char *p = s->text.p;
    const size_t begin = at;
    int rc = 0, whole;
    uint32_t first;
    for (size_t to; at < end && !rc; at = to) {
        to = chunk_end(t, p, at, end, &whole, &first);
        const int part = at > begin || to < end;
        unsigned len;
        hf_char(p + at, &len);
        rc = queue(t, s, at, to, whole, part, o);
        if (!rc && whole && part && at + len == to)
            s->queue[s->n_queue - 1].id = first;
    }
    return rc;
}

int hf_word(const hftok *t, hftok_scratch *s, size_t at, size_t end, struct hf_sink *o)
{
    return is_ascii(s->text.p + at, end - at) ? queue(t, s, at, end, 0, 0, o)
                                              : cut_word(t, s, at, end, o);
}
