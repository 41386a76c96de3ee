/* BPE on a text: cut where no piece holds both characters, and look up what was seen before.
 *
 * All that merging makes is a piece.  If no piece holds the characters "ab" side by side, no merge
 * covers a place between a and b, so that merges left of it know nothing of those right of it: they
 * depend on scores, and on places only within equal scores, whose order on each side is that of the
 * whole.  Chunks between such places are therefore encoded alone, and equal chunks equally. */
#include "tok_impl.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    SHORT_KEY = 16, // bytes of the longest chunk
    SHORT_IDS = 3,
    MOST_SHORT = 1 << 16, // entries: 3 MB together with those for long chunks
    LEAST_SHORT = 1 << 8,
    SHORT_TO_LONG = 8,
    LONG_KEY = 48,
    LONG_IDS = 15,
    WAYS = 4,
    ROOM = 32,                   // pieces that an entry or a character may need
    SEVERAL = TOK_NO_SYMBOL - 1, // no symbol: a chunk of several characters
    AHEAD = 32, // chunks that are found before they are looked up, so that memory has time
};

/* Two to a cache line. */
struct tok_short {
    uint64_t key[SHORT_KEY / 8];
    uint32_t ids[SHORT_IDS];
    uint8_t ends[SHORT_IDS - 1]; // of each piece but the last in the chunk
    uint8_t len, n;              // len 0: free
};

/* Two cache lines. */
struct tok_long {
    uint64_t key[LONG_KEY / 8];
    uint32_t ids[LONG_IDS];
    uint8_t ends[LONG_IDS];
    uint8_t len, n;
};

_Static_assert(sizeof(struct tok_short) == 32, "half a cache line");
_Static_assert(sizeof(struct tok_long) == 128, "two cache lines");

/* A chunk that waits for its entry. */
struct chunk {
    uint64_t key[SHORT_KEY / 8];
    uint32_t at, end;
    uint32_t slot;   // the first of its entries
    uint32_t symbol; // a character alone: no entry
};

static void *cache_new(size_t bytes)
{
    void *p = NULL;
    if (posix_memalign(&p, 2 << 20, bytes))
        return NULL;
    madvise(p, bytes, MADV_HUGEPAGE);
    return memset(p, 0, bytes);
}

#define BYTES_AN_ENTRY (sizeof(struct tok_short) + sizeof(struct tok_long) / SHORT_TO_LONG)

static size_t short_entries(const weir_tok *t)
{
    size_t n = MOST_SHORT;
    while (n > LEAST_SHORT && n * BYTES_AN_ENTRY > t->cache)
        n /= 2;
    return n;
}

int tok_bpe_scratch(const weir_tok *t, weir_tok_scratch *s)
{
    const size_t n_short = short_entries(t);
    s->shorts = cache_new(n_short * sizeof *s->shorts);
    s->longs = cache_new(n_short / SHORT_TO_LONG * sizeof *s->longs);
    s->short_mask = (uint32_t)n_short - WAYS;
    s->long_mask = (uint32_t)n_short / SHORT_TO_LONG - WAYS;
    for (size_t i = 0; i < 3; i++)
        s->seed[i] = tok_seed();
    return s->shorts && s->longs ? 0 : WEIR_EMEM;
}

uint64_t tok_bpe_scratch_memory(const weir_tok *t)
{
    return short_entries(t) * BYTES_AN_ENTRY;
}

/* ---- cache ---- */

static inline uint64_t mix(uint64_t a, uint64_t b)
{
    const __uint128_t m = (__uint128_t)a * b;
    return (uint64_t)m ^ (uint64_t)(m >> 64);
}

/* 16 bytes at p as numbers, zeros behind the first len. */
static inline void load_key(uint64_t key[2], const char *p, size_t len)
{
    static const uint8_t ones[32] = {255, 255, 255, 255, 255, 255, 255, 255,
                                     255, 255, 255, 255, 255, 255, 255, 255};
    uint64_t mask[2];
    memcpy(key, p, 16);
    memcpy(mask, ones + 16 - (len < 16 ? len : 16), 16);
    key[0] &= mask[0];
    key[1] &= mask[1];
}

static inline void load_long_key(uint64_t key[6], const char *p, size_t len)
{
    load_key(key, p, len);
    load_key(key + 2, p + 16, len > 16 ? len - 16 : 0);
    load_key(key + 4, p + 32, len > 32 ? len - 32 : 0);
}

static inline uint64_t hash(const weir_tok_scratch *s, const uint64_t key[2])
{
    const uint64_t h = mix(key[0] ^ s->seed[0], key[1] ^ s->seed[1]);
    return h ^ h >> 32;
}

static inline uint32_t short_slot(const weir_tok_scratch *s, const uint64_t key[2])
{
    return (uint32_t)(hash(s, key) & s->short_mask);
}

static uint32_t long_slot(const weir_tok_scratch *s, const uint64_t key[6])
{
    const uint64_t h = mix(hash(s, key) ^ key[2], key[3] ^ s->seed[2]);
    return (uint32_t)(mix(h ^ key[4], key[5] ^ s->seed[1]) & s->long_mask);
}

/* The first piece of a chunk that follows an unknown one, and is unknown too, becomes one with it.
 */
static inline size_t fuse(struct tok_sink *o, uint32_t id, size_t end)
{
    if (!o->fuses || !o->n || id != o->t->unk || o->p[o->n - 1].id != id)
        return 0;
    o->last = o->p[o->n - 1].end = (uint32_t)end - o->shift;
    return 1;
}

static inline void put_short(struct tok_sink *o, const struct tok_short *e, size_t at, size_t end)
{
    if (e->n == 1) {
        if (!fuse(o, e->ids[0], end))
            tok_put(o, e->ids[0], end);
        return;
    }
    if (!fuse(o, e->ids[0], at + e->ends[0]))
        tok_put(o, e->ids[0], at + e->ends[0]);
    if (e->n == SHORT_IDS)
        tok_put(o, e->ids[1], at + e->ends[1]);
    tok_put(o, e->ids[e->n - 1], end);
}

static void put_long(struct tok_sink *o, const struct tok_long *e, size_t at)
{
    for (size_t i = fuse(o, e->ids[0], at + e->ends[0]); i < e->n; i++)
        tok_put(o, e->ids[i], at + e->ends[i]);
}

/* Newer entries stand before older ones; the oldest goes. */
static void remember_short(struct tok_short *e, const struct chunk *c, const struct weir_piece *p,
                           size_t n, size_t shift)
{
    memmove(e + 1, e, (WAYS - 1) * sizeof *e);
    memcpy(e->key, c->key, sizeof e->key);
    e->len = (uint8_t)(c->end - c->at);
    e->n = (uint8_t)n;
    for (size_t i = 0; i < n; i++)
        e->ids[i] = p[i].id;
    for (size_t i = 0; i + 1 < n; i++)
        e->ends[i] = (uint8_t)(p[i].end + shift - c->at);
}

static void remember_long(struct tok_long *e, const uint64_t key[6], const struct chunk *c,
                          const struct weir_piece *p, size_t n, size_t shift)
{
    memmove(e + 1, e, (WAYS - 1) * sizeof *e);
    memcpy(e->key, key, sizeof e->key);
    e->len = (uint8_t)(c->end - c->at);
    e->n = (uint8_t)n;
    for (size_t i = 0; i < n; i++) {
        e->ids[i] = p[i].id;
        e->ends[i] = (uint8_t)(p[i].end + shift - c->at);
    }
}

/* Encodes c; *fits when what it became may be remembered with at most n ids. */
static int encode_new(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o,
                      const struct chunk *c, size_t n, int *fits)
{
    const size_t before = o->n;
    const int follows_unknown = o->fuses && before && o->p[before - 1].id == t->unk;
    const int rc = tok_merge(t, s, o, c->at, c->end);
    *fits = !rc && o->n - before <= n && !follows_unknown;
    return rc;
}

/* Looks among the entries for long chunks, and for short ones that became many pieces. */
static int encode_long(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o,
                       const struct chunk *c)
{
    uint64_t key[LONG_KEY / 8] = {0};
    const size_t len = c->end - c->at, before = o->n;
    int fits;
    if (len > LONG_KEY || c->at < o->shift) // entries know nothing of a prefix that is not there
        return tok_merge(t, s, o, c->at, c->end);
    load_long_key(key, s->text.p + c->at, len);
    struct tok_long *e = s->longs + long_slot(s, key);
    for (size_t i = 0; i < WAYS; i++)
        if (e[i].len == len && !memcmp(e[i].key, key, sizeof key)) {
            put_long(o, &e[i], c->at);
            return 0;
        }
    const int rc = encode_new(t, s, o, c, LONG_IDS, &fits);
    const size_t n = o->n - before;
    if (fits && len <= SHORT_KEY && n <= SHORT_IDS)
        remember_short(s->shorts + c->slot, c, o->p + before, n, o->shift);
    else if (fits)
        remember_long(e, key, c, o->p + before, n, o->shift);
    return rc;
}

static inline int encode_short(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o,
                               const struct chunk *c)
{
    const struct tok_short *e = s->shorts + c->slot;
    const uint8_t len = (uint8_t)(c->end - c->at);
    for (size_t i = 0; i < WAYS && c->at >= o->shift; i++)
        if (e[i].key[0] == c->key[0] && e[i].key[1] == c->key[1] && e[i].len == len) {
            put_short(o, &e[i], c->at, c->end);
            return 0;
        }
    return encode_long(t, s, o, c);
}

/* ---- cutting ---- */

/* The end of the chunk whose first character c ends at `at`. */
static inline size_t chunk_end(const weir_tok *t, const char *p, size_t at, size_t n, uint32_t c)
{
    const struct tok_bpe *b = t->bpe;
    for (unsigned len; at < n; at += len) {
        uint8_t d = (uint8_t)p[at];
        if (c < 128) {
            uint8_t joins;
            while ((joins = b->ascii[c][d]) == 1) {
                if (t->has_user && t->user.first[d])
                    break;
                c = d;
                d = (uint8_t)p[++at];
            }
            if (!joins || at >= n)
                return at;
        }
        uint32_t id;
        if (t->has_user && tok_trie_longest(&t->user, p + at, n - at, &id))
            return at;
        const uint32_t right = tok_decode_char(p + at, &len);
        if (!(tok_char_info(b, right) & TOK_JOINS_LEFT) || !tok_pair_joins(b, c, right))
            return at;
        c = right;
        if (!(tok_char_info(b, c) & TOK_JOINS_RIGHT))
            return at + len;
    }
    return at;
}

static inline void put_char(const weir_tok *t, const weir_tok_scratch *s, struct tok_sink *o,
                            uint32_t symbol, size_t at, size_t end)
{
    if (symbol < t->model.n_pieces)
        tok_put(o, symbol, end);
    else
        tok_put_unknown(o, s->text.p, at, end);
}

/* Chinese at its fastest: characters of three bytes that join nothing, from `at` on; returns the
 * place of the first that is none.  Whether one is a piece or becomes its bytes is no branch, for
 * it would be a bad guess every few characters. */
static size_t put_lone_chars(const weir_tok *t, const weir_tok_scratch *s, struct tok_sink *o,
                             size_t at)
{
    const uint8_t *u = (const uint8_t *)s->text.p;
    struct weir_piece *w = o->p + o->n, *const full = o->p + o->cap - ROOM;
    const uint32_t n_pieces = (uint32_t)t->model.n_pieces;
    uint32_t last = o->last;
    while (w < full && (u[at] & 0xF0) == 0xE0) {
        const uint32_t c = (u[at] & 0x0Fu) << 12 | (u[at + 1] & 0x3Fu) << 6 | (u[at + 2] & 0x3F);
        const uint32_t info = tok_char_info(t->bpe, c), symbol = info & TOK_NO_SYMBOL;
        if (info & TOK_JOINS_RIGHT)
            break;
        const uint32_t end = (uint32_t)at + 3 - o->shift, known = symbol < n_pieces;
        w[0] = (struct weir_piece){known ? symbol : t->byte_ids[u[at]], last, known ? end : last};
        w[1] = (struct weir_piece){t->byte_ids[u[at + 1]], last, last};
        w[2] = (struct weir_piece){t->byte_ids[u[at + 2]], last, end};
        w += known ? 1 : 3;
        last = end;
        at += 3;
    }
    o->n = (size_t)(w - o->p);
    o->last = last;
    return at;
}

/* Notes a chunk of several characters and has its entry fetched. */
static inline void note(const weir_tok_scratch *s, struct chunk *c, size_t at, size_t end)
{
    const size_t len = end - at;
    *c = (struct chunk){.at = (uint32_t)at, .end = (uint32_t)end, .symbol = SEVERAL};
    load_key(c->key, s->text.p + at, len);
    if (len <= SHORT_KEY) {
        c->slot = short_slot(s, c->key);
        __builtin_prefetch(s->shorts + c->slot);
        __builtin_prefetch(s->shorts + c->slot + 2);
    } else if (len <= LONG_KEY) {
        uint64_t key[LONG_KEY / 8];
        load_long_key(key, s->text.p + at, len);
        __builtin_prefetch(s->longs + long_slot(s, key));
    }
}

/* Finds up to AHEAD chunks from *at on; characters alone in front are put at once. */
static inline size_t find_chunks(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o,
                                 struct chunk *c, size_t *at)
{
    const char *p = s->text.p;
    const int lone = t->model.byte_fallback && !t->has_user;
    size_t n = 0, i = *at;
    unsigned len;
    for (size_t end; i < s->text.n && n < AHEAD && o->cap - o->n >= ROOM; i = end) {
        end = i;
        if (!n && lone && (end = put_lone_chars(t, s, o, i)) > i)
            continue;
        if (t->has_user && tok_trie_longest(&t->user, p + i, s->text.n - i, &c[n].symbol)) {
            end += t->symbols[c[n].symbol].text.n;
            c[n].at = (uint32_t)i;
            c[n++].end = (uint32_t)end;
            continue;
        }
        const uint32_t ch = tok_decode_char(p + i, &len), info = tok_char_info(t->bpe, ch);
        end = info & TOK_JOINS_RIGHT ? chunk_end(t, p, i + len, s->text.n, ch) : i + len;
        if (end > i + len) {
            note(s, &c[n++], i, end);
        } else if (n) {
            c[n].symbol = info & TOK_NO_SYMBOL;
            c[n].at = (uint32_t)i;
            c[n++].end = (uint32_t)end;
        } else {
            put_char(t, s, o, info & TOK_NO_SYMBOL, i, end);
        }
    }
    *at = i;
    return n;
}

int tok_bpe_encode(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o)
{
    struct chunk c[AHEAD];
    for (size_t at = 0; at < s->text.n;) {
        if (tok_sink_room(o, (s->text.n - at) / 3 + 2 * ROOM))
            return WEIR_EMEM;
        const size_t n = find_chunks(t, s, o, c, &at);
        for (size_t i = 0; i < n; i++) {
            if (o->cap - o->n < ROOM && tok_sink_room(o, 2 * ROOM))
                return WEIR_EMEM;
            const int rc = c[i].symbol != SEVERAL
                               ? (put_char(t, s, o, c[i].symbol, c[i].at, c[i].end), 0)
                           : c[i].end - c[i].at <= SHORT_KEY ? encode_short(t, s, o, &c[i])
                                                             : encode_long(t, s, o, &c[i]);
            if (rc)
                return rc;
        }
    }
    return 0;
}
