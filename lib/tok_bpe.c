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
    CACHE_SIZE = 1 << 16,
    KEY = 32, // longest chunk the cache takes, in bytes
    IDS = 6,
};

/* One cache line. */
struct tok_entry {
    uint64_t key[KEY / 8];
    uint32_t ids[IDS];
    uint8_t ends[IDS]; // of each piece in the chunk
    uint8_t len, n;    // len 0: free
};

_Static_assert(sizeof(struct tok_entry) == 64, "a cache line");

int tok_bpe_scratch(weir_tok_scratch *s)
{
    const size_t bytes = CACHE_SIZE * sizeof *s->cache;
    s->cache = aligned_alloc(2 << 20, bytes);
    if (!s->cache)
        return WEIR_EMEM;
    madvise(s->cache, bytes, MADV_HUGEPAGE);
    memset(s->cache, 0, bytes);
    s->cache_mask = CACHE_SIZE - 1;
    for (size_t i = 0; i < 3; i++)
        s->seed[i] = tok_seed();
    return 0;
}

/* ---- cache ---- */

static uint64_t mix(uint64_t a, uint64_t b)
{
    const __uint128_t m = (__uint128_t)a * b;
    return (uint64_t)m ^ (uint64_t)(m >> 64);
}

/* The first len bytes at p as numbers, zeros behind; 16 bytes from p on may be read, or 32. */
static inline void load_key(uint64_t key[4], const char *p, size_t len)
{
    static const uint8_t ones[32] = {255, 255, 255, 255, 255, 255, 255, 255,
                                     255, 255, 255, 255, 255, 255, 255, 255};
    uint64_t mask[2];
    memcpy(key, p, 16);
    memcpy(mask, ones + 16 - (len < 16 ? len : 16), 16);
    key[0] &= mask[0];
    key[1] &= mask[1];
    key[2] = key[3] = 0;
    if (len > 16) {
        memcpy(key + 2, p + 16, 16);
        memcpy(mask, ones + 32 - len, 16);
        key[2] &= mask[0];
        key[3] &= mask[1];
    }
}

static inline size_t hash(const weir_tok_scratch *s, const uint64_t key[4], size_t len)
{
    uint64_t h = mix(key[0] ^ s->seed[0], key[1] ^ s->seed[1]);
    if (len > 16)
        h = mix(h ^ key[2], key[3] ^ s->seed[2]);
    return (size_t)(h ^ h >> 32) & s->cache_mask;
}

static inline int is_entry(const struct tok_entry *e, const uint64_t key[4], size_t len)
{
    uint64_t other = (e->key[0] ^ key[0]) | (e->key[1] ^ key[1]) | (e->len ^ len);
    if (len > 16)
        other |= (e->key[2] ^ key[2]) | (e->key[3] ^ key[3]);
    return !other;
}

/* Makes the newer of a pair of entries the first. */
static void remember(weir_tok_scratch *s, size_t slot, const uint64_t key[4], size_t len,
                     size_t at, const struct weir_piece *p, size_t n)
{
    struct tok_entry *e = &s->cache[slot];
    s->cache[slot ^ 1] = *e;
    memcpy(e->key, key, sizeof e->key);
    e->len = (uint8_t)len;
    e->n = (uint8_t)n;
    for (size_t i = 0; i < n; i++) {
        e->ids[i] = p[i].id;
        e->ends[i] = (uint8_t)(p[i].end - at);
    }
}

static inline void put_entry(struct tok_sink *o, const struct tok_entry *e, size_t at)
{
    size_t i = 0;
    if (o->fuses && o->n && e->ids[0] == o->t->unk && o->p[o->n - 1].id == o->t->unk) {
        o->last = o->p[o->n - 1].end = (uint32_t)(at + e->ends[0]) - o->shift;
        i = 1;
    }
    for (; i < e->n; i++)
        tok_put(o, e->ids[i], at + e->ends[i]);
}

static int encode_new(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o, size_t at,
                      size_t end, size_t slot, const uint64_t key[4])
{
    const size_t before = o->n;
    const int follows_unknown = o->fuses && before && o->p[before - 1].id == t->unk;
    const int rc = tok_merge(t, s, o, at, end);
    if (rc || o->n - before > IDS || follows_unknown)
        return rc;
    /* The sink's offsets are less by its shift. */
    if (at >= o->shift)
        remember(s, slot, key, end - at, at - o->shift, o->p + before, o->n - before);
    return 0;
}

static inline int encode_chunk(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o,
                               size_t at, size_t end)
{
    const size_t len = end - at;
    uint64_t key[4];
    if (len > KEY)
        return tok_merge(t, s, o, at, end);
    load_key(key, s->text.p + at, len);
    const size_t slot = hash(s, key, len);
    if (is_entry(&s->cache[slot], key, len)) {
        put_entry(o, &s->cache[slot], at);
        return 0;
    }
    if (is_entry(&s->cache[slot ^ 1], key, len)) {
        put_entry(o, &s->cache[slot ^ 1], at);
        return 0;
    }
    return encode_new(t, s, o, at, end, slot, key);
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

static inline int put_user(const weir_tok *t, const weir_tok_scratch *s, struct tok_sink *o,
                           size_t *at)
{
    uint32_t id;
    const size_t n =
        t->has_user ? tok_trie_longest(&t->user, s->text.p + *at, s->text.n - *at, &id) : 0;
    if (n)
        tok_put(o, id, *at += n);
    return n > 0;
}

int tok_bpe_encode(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o)
{
    const size_t n = s->text.n;
    const char *p = s->text.p;
    unsigned len;
    for (size_t at = 0, end; at < n; at = end) {
        if (o->cap - o->n < KEY && tok_sink_room(o, (n - at) / 3 + 64))
            return WEIR_EMEM;
        end = at;
        if (put_user(t, s, o, &end))
            continue;
        const uint32_t c = tok_decode_char(p + at, &len), info = tok_char_info(t->bpe, c);
        end = info & TOK_JOINS_RIGHT ? chunk_end(t, p, at + len, n, c) : at + len;
        if (end == at + len) { // a character alone
            const uint32_t symbol = info & TOK_NO_SYMBOL;
            if (symbol < t->model.n_pieces)
                tok_put(o, symbol, end);
            else
                tok_put_unknown(o, p, at, end);
            continue;
        }
        const int rc = encode_chunk(t, s, o, at, end);
        if (rc)
            return rc;
    }
    return 0;
}
