/* BPE on a text: cut where no piece holds both characters, and look up what was seen before.
 *
 * All that merging makes is a piece.  If no piece holds the characters "ab" side by side, no merge
 * covers a place between a and b, so that merges left of it know nothing of those right of it: they
 * depend on scores, and on places only within equal scores, whose order on each side is that of the
 * whole.  Chunks between such places are therefore encoded alone, and equal chunks equally. */
#include "tok_cut.h"
#include "tok_impl.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = TOK_BPE_QUEUE * TOK_SHORT_IDS + TOK_LONG_IDS }; // pieces of a queue of short chunks

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

/* ---- a text ---- */

static inline int is_lone(const struct tok_bpe *b, const char *p)
{
    unsigned len;
    return ((uint8_t)*p & 0xF0) == 0xE0 &&
           !(tok_char_info(b, tok_decode_char(p, &len)) & TOK_JOINS_RIGHT);
}

/* Characters of three bytes that join nothing, from *at on. */
static int put_lone_chars(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o, size_t *at)
{
    int rc = tok_bpe_flush(t, s, o);
    if (rc || tok_sink_room(o, (s->text.n - *at) / 3 + TOK_LONE_ROOM))
        return rc ? rc : WEIR_EMEM;
    const uint8_t *const u = (const uint8_t *)s->text.p + *at;
    uint32_t last = *at < o->shift ? 0 : (uint32_t)*at - o->shift;
    *at += (size_t)(t->bpe->put_lone(t, u, &last, o) - u);
    return 0;
}

/* Where the first user-defined symbol at or behind `at` begins, or the end; *id and *len are its.
 */
static size_t user_symbol(const weir_tok *t, const struct weir_buf *text, size_t at, uint32_t *id,
                          size_t *len)
{
    for (; at < text->n; at += 64) {
        const uint8_t *u = (const uint8_t *)text->p + at;
        uint64_t first = 0;
        for (unsigned i = 0; i < 64; i++)
            first |= (uint64_t)t->user.first[u[i]] << i;
        for (; first; first &= first - 1) {
            const size_t i = at + (size_t)__builtin_ctzll(first);
            if (i < text->n && (*len = tok_trie_longest(&t->user, text->p + i, text->n - i, id)))
                return i;
        }
    }
    return text->n;
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
    const struct tok_cutter cut = {.joins = &t->bpe->joins,
                                   .how = t->bpe->lone        ? TOK_UP_TO_HIGH
                                          : t->bpe->han.chars ? TOK_UP_TO_HAN
                                                              : TOK_ALL};
    size_t symbol = s->text.n, n = 0; // the next user-defined one
    uint32_t id = 0;
    s->n_queue = 0;
    if (t->has_user)
        symbol = user_symbol(t, &s->text, 0, &id, &n);
    for (size_t at = 0; at < s->text.n && !rc;) {
        const size_t before = at;
        if (s->n_queue > TOK_BPE_QUEUE - 64 && (rc = tok_bpe_flush(t, s, o)))
            return rc;
        if (at == symbol) {
            rc = put_user_symbol(t, s, o, id, at, at + n);
            at += n;
            symbol = user_symbol(t, &s->text, at, &id, &n);
            continue;
        }
        if (t->bpe->lone && is_lone(t->bpe, s->text.p + at))
            rc = put_lone_chars(t, s, o, &at);
        else if (t->bpe->han.chars && tok_is_han((uint8_t)s->text.p[at]))
            rc = tok_han_encode(t, s, o, &at, symbol);
        if (at == before && !rc)
            at = tok_queue_block(&cut, s, at, symbol);
    }
    return rc ? rc : tok_bpe_flush(t, s, o);
}
