/* BPE on a text: cut where no piece holds both characters, and look up what was seen before.
 *
 * All that merging makes is a piece.  If no piece holds the characters "ab" side by side, no merge
 * covers a place between a and b, so that merges left of it know nothing of those right of it: they
 * depend on scores, and on places only within equal scores, whose order on each side is that of the
 * whole.  Chunks between such places are therefore encoded alone, and equal chunks equally. */
#include "tok_impl.h"

#include <stdlib.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif
#include <sys/mman.h>

enum { MOST = TOK_BPE_QUEUE * TOK_SHORT_IDS + TOK_LONG_IDS }; // pieces of a queue of short chunks

int tok_bpe_scratch(const weir_tok *t, weir_tok_scratch *s)
{
    return tok_cache_init(&s->cache, t->cache);
}

uint64_t tok_bpe_scratch_memory(const weir_tok *t)
{
    return tok_cache_memory(t->cache);
}

/* ---- encoding ---- */

/* The first of n pieces at p, when it is unknown and follows one that is, becomes one with it.
 * Returns how many are left. */
static inline size_t fuse(const struct tok_sink *o, struct weir_piece *p, size_t n)
{
    if (p == o->p || p->id != o->t->unk || p[-1].id != o->t->unk)
        return n;
    p[-1].end = p->end;
    memmove(p, p + 1, (n - 1) * sizeof *p);
    return n - 1;
}

/* A chunk that is not among the short ones known; u: its unit tells no more. */
static int encode_rare(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o,
                       const struct tok_chunk *c, const struct tok_slot *u)
{
    const size_t before = o->n;
    const int is_inside = c->at >= o->shift; // else it holds a prefix that the text does not
    const struct tok_long *e = is_inside && (u || tok_chunk_len(c) > TOK_SHORT_KEY)
                                   ? tok_cache_find_long(&s->cache, c, s->text.p)
                                   : NULL;
    o->last = is_inside ? c->at - o->shift : 0;
    if (e) {
        tok_long_put(e, o->last, o->p + o->n);
        o->n += o->fuses ? fuse(o, o->p + o->n, e->n) : e->n;
        return 0;
    }
    const int follows_unknown = o->fuses && before && o->p[before - 1].id == t->unk;
    const int rc = tok_merge(t, s, o, c->at, c->end);
    if (!rc && is_inside && !follows_unknown)
        tok_cache_add(&s->cache, c, s->text.p, o->p + before, o->n - before, o->shift);
    return rc;
}

int tok_bpe_flush(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o)
{
    const struct tok_chunk *c = s->queue, *const end = c + s->n_queue;
    s->n_queue = 0;
    while (c < end) {
        if (o->cap - o->n < MOST && tok_sink_room(o, (s->text.n - c->at) / 3 + MOST))
            return WEIR_EMEM;
        const struct tok_cache cache = s->cache; // in registers
        struct weir_piece *p = o->p + o->n;
        const struct tok_slot *u = NULL;
        size_t n;
        for (; c < end && c->at >= o->shift && (n = tok_cache_put(&cache, c, o->shift, p, &u)); c++)
            p += o->fuses ? fuse(o, p, n) : n;
        o->n = (size_t)(p - o->p);
        const int rc = c < end ? encode_rare(t, s, o, c++, u) : 0;
        if (rc)
            return rc;
    }
    return 0;
}

int tok_bpe_put(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o,
                const struct tok_chunk *c)
{
    const struct tok_slot *u = NULL;
    struct weir_piece *p = o->p + o->n;
    const size_t n = tok_cache_put(&s->cache, c, o->shift, p, &u);
    if (!n)
        return encode_rare(t, s, o, c, u);
    o->n += o->fuses ? fuse(o, p, n) : n;
    return 0;
}

/* ---- cutting ---- */

/* The end of the chunk that begins at `at`, where no user-defined symbol does. */
static size_t chunk_end(const weir_tok *t, const char *p, size_t at, size_t n)
{
    unsigned len;
    uint32_t id, left = tok_decode_char(p + at, &len);
    for (at += len; at < n; at += len) {
        const uint32_t right = tok_decode_char(p + at, &len);
        if (!tok_chars_join(t->bpe, left, right) ||
            (t->has_user && tok_trie_longest(&t->user, p + at, n - at, &id)))
            return at;
        left = right;
    }
    return n;
}

static inline int is_han(uint8_t c)
{
    return c >= 0xE3 && c <= 0xE9;
}

/* Of 64 bytes, as bit sets: those that are not ASCII, those that begin no character, and those that
 * begin one of U+3000 to U+9FFF, or a part of a longer one. */
static inline void look_at_bytes(const uint8_t *u, uint64_t *high, uint64_t *inner, uint64_t *han)
{
    *high = *inner = *han = 0;
#ifdef __SSE2__
    for (unsigned i = 0; i < 64; i += 16) {
        const __m128i v = _mm_loadu_si128((const __m128i *)(u + i));
        const __m128i continues = _mm_cmplt_epi8(v, _mm_set1_epi8((char)0xC0));
        *high |= (uint64_t)(uint16_t)_mm_movemask_epi8(v) << i;
        *inner |= (uint64_t)(uint16_t)_mm_movemask_epi8(continues) << i;
        const __m128i from_least = _mm_add_epi8(v, _mm_set1_epi8((char)(128 - 0xE3)));
        const __m128i begins = _mm_cmplt_epi8(from_least, _mm_set1_epi8(-128 + 7));
        *han |= (uint64_t)(uint16_t)_mm_movemask_epi8(begins) << i;
    }
#else
    for (unsigned i = 0; i < 64; i++) {
        *high |= (uint64_t)(u[i] >> 7) << i;
        *inner |= (uint64_t)((u[i] & 0xC0) == 0x80) << i;
        *han |= (uint64_t)is_han(u[i]) << i;
    }
#endif
}

/* Where in the 64 bytes at p, which begin with a character, nothing joins what is before and
 * behind: as a bit set.  Without branches on what is found: whether a pair joins is a bad guess
 * every other time. */
static inline uint64_t block_cuts(const struct tok_bpe *b, const char *p, uint64_t high,
                                  uint64_t inner)
{
    const uint8_t *u = (const uint8_t *)p;
    uint64_t cuts = 0;
    uint32_t before = 0;
    unsigned len;
    for (unsigned i = 1; i < 64; i++)
        cuts |= (uint64_t)b->cuts[u[i - 1] | u[i] << 8] << i;
    const uint64_t beside = high | high << 1;
    cuts &= ~beside;
    for (uint64_t left = beside & ~inner; left; left &= left - 1) {
        const unsigned i = (unsigned)__builtin_ctzll(left);
        const uint32_t right = tok_decode_char(p + i, &len);
        const uint32_t last = u[i ? i - 1 : 0];
        cuts |= (uint64_t)!tok_pair_joins(b, last < 128 ? last : before, right) << i;
        before = right;
    }
    return cuts & ~(uint64_t)1;
}

/* Chunks from `at` on, up to the last cut in 64 bytes, or `left` where there is one; there is room
 * for 64 in the queue.  Finding chunks ahead of encoding them gives their entries time to arrive
 * from memory. */
static size_t queue_block(const weir_tok *t, weir_tok_scratch *s, size_t at, size_t left)
{
    const char *p = s->text.p;
    const size_t base = at;
    const struct tok_cache cache = s->cache; // in registers
    struct tok_chunk *c = s->queue + s->n_queue;
    uint64_t high, inner, han, cuts = 0;
    look_at_bytes((const uint8_t *)p + at, &high, &inner, &han);
    const uint64_t faster = t->bpe->lone ? high : t->bpe->han.chars ? han : 0;
    if (!(faster & 0xFFFF)) // else what comes soon has a faster way
        cuts = block_cuts(t->bpe, p + at, high, inner);
    if (cuts & faster) {
        const uint64_t first = cuts & faster & -(cuts & faster);
        cuts &= first | (first - 1);
    }
    if (left < 64 && cuts)
        cuts = (cuts | (uint64_t)1 << left) & (((uint64_t)2 << left) - 1);
    if (!cuts) {
        const size_t end = chunk_end(t, p, at, s->text.n);
        tok_chunk_set(&cache, c++, p, at, end, 0);
        at = end;
    }
    for (; cuts; cuts &= cuts - 1, c++) {
        const size_t to = base + (size_t)__builtin_ctzll(cuts);
        tok_chunk_set(&cache, c, p, at, to, 0);
        at = to;
    }
    s->n_queue = (size_t)(c - s->queue);
    return at;
}

static inline int is_lone(const struct tok_bpe *b, const char *p)
{
    unsigned len;
    return ((uint8_t)*p & 0xF0) == 0xE0 &&
           !(tok_char_info(b, tok_decode_char(p, &len)) & TOK_JOINS_RIGHT);
}

/* Chinese at its fastest, where no piece holds two Han characters: characters of three bytes that
 * join nothing, from *at on.  Whether one is a piece or becomes its bytes is no branch, for it
 * would be a bad guess every few characters. */
static int put_lone_chars(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o, size_t *at)
{
    int rc = tok_bpe_flush(t, s, o);
    if (rc || tok_sink_room(o, (s->text.n - *at) / 3 + MOST))
        return rc ? rc : WEIR_EMEM;
    const uint8_t *u = (const uint8_t *)s->text.p + *at;
    struct weir_piece *p = o->p + o->n, *const full = o->p + o->cap - MOST;
    const uint32_t n_pieces = (uint32_t)t->model.n_pieces;
    uint32_t last = *at < o->shift ? 0 : (uint32_t)*at - o->shift;
    for (; p < full && (u[0] & 0xF0) == 0xE0; u += 3) {
        const uint32_t c = (u[0] & 0x0Fu) << 12 | (u[1] & 0x3Fu) << 6 | (u[2] & 0x3F);
        const uint32_t info = tok_char_info(t->bpe, c), symbol = info & TOK_NO_SYMBOL;
        if (info & TOK_JOINS_RIGHT)
            break;
        const uint32_t known = 0 - (uint32_t)(symbol < n_pieces), end = last + 3;
        const uint32_t byte = t->byte_ids[u[0]];
        tok_piece_put(p, byte ^ ((byte ^ symbol) & known), last, last + (3 & known));
        tok_piece_put(p + 1, t->byte_ids[u[1]], last, last);
        tok_piece_put(p + 2, t->byte_ids[u[2]], last, end);
        p += 3 - (2 & known);
        last = end;
    }
    o->n = (size_t)(p - o->p);
    *at = (size_t)(u - (const uint8_t *)s->text.p);
    return 0;
}

/* How far it is from `at` to a user-defined symbol, or 64; *id and *len are the symbol's. */
static size_t user_symbol(const weir_tok *t, const struct weir_buf *text, size_t at, uint32_t *id,
                          size_t *len)
{
    const uint8_t *u = (const uint8_t *)text->p + at;
    uint64_t first = 0;
    for (unsigned i = 0; i < 64; i++)
        first |= (uint64_t)t->user.first[u[i]] << i;
    for (; first; first &= first - 1) {
        const size_t i = (size_t)__builtin_ctzll(first);
        if (at + i < text->n &&
            (*len = tok_trie_longest(&t->user, text->p + at + i, text->n - at - i, id)))
            return i;
    }
    return 64;
}

static int put_user_symbol(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o, uint32_t id,
                           size_t at, size_t end)
{
    const int rc = tok_bpe_flush(t, s, o);
    if (rc || tok_sink_room(o, 1))
        return rc ? rc : WEIR_EMEM;
    o->last = at < o->shift ? 0 : (uint32_t)at - o->shift;
    tok_put(o, id, end);
    return 0;
}

int tok_bpe_encode(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o)
{
    int rc = 0;
    s->n_queue = 0;
    for (size_t at = 0, n; at < s->text.n && !rc;) {
        uint32_t id;
        size_t left = s->text.n - at, to = 64;
        if (s->n_queue > TOK_BPE_QUEUE - 64 && (rc = tok_bpe_flush(t, s, o)))
            return rc;
        if (t->has_user)
            to = user_symbol(t, &s->text, at, &id, &n);
        if (!to) {
            rc = put_user_symbol(t, s, o, id, at, at + n);
            at += n;
        } else if (t->bpe->lone && is_lone(t->bpe, s->text.p + at)) {
            rc = put_lone_chars(t, s, o, &at);
        } else {
            const size_t before = at;
            if (to < left && to < 64)
                left = to;
            if (t->bpe->han.chars && is_han((uint8_t)s->text.p[at]))
                rc = tok_han_encode(t, s, o, &at, at + left, t->has_user ? 64 / 3 : TOK_PAIRS_MOST);
            if (at == before && !rc)
                at = queue_block(t, s, at, left);
        }
    }
    return rc ? rc : tok_bpe_flush(t, s, o);
}
