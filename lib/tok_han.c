/* Chinese where pieces hold words: most of a text are chunks of one or two characters that are one
 * piece, found without a cache (tok_pairs.h). */
#include "tok_impl.h"

#include <stdlib.h>

enum { MOST = TOK_PAIRS_MOST * TOK_SHORT_IDS + TOK_LONG_IDS }; // pieces of a run of short chunks

/* ---- building ---- */

struct pairs {
    struct tok_pair *v;
    size_t n, cap;
};

static int is_three(const char *p)
{
    return ((uint8_t)*p & 0xF0) == 0xE0;
}

static int add_pairs(const weir_tok *t, struct pairs *to, size_t i)
{
    const struct tok_symbol *y = &t->symbols[i];
    unsigned len, next_len;
    for (size_t k = 0; k < y->text.n; k += len) {
        const uint32_t left = tok_decode_char(y->text.p + k, &len);
        if (k + len == y->text.n || !is_three(y->text.p + k) || !is_three(y->text.p + k + len))
            continue;
        const uint32_t right = tok_decode_char(y->text.p + k + len, &next_len);
        struct tok_pair new = {(uint16_t)left, (uint16_t)right, TOK_PAIRS_NONE};
        if (y->text.n == 6 && y->type == SPM_NORMAL) {
            const uint32_t a = tok_char_info(t->bpe, left) & TOK_NO_SYMBOL;
            const uint32_t b = tok_char_info(t->bpe, right) & TOK_NO_SYMBOL;
            new.id = tok_merged(t->bpe, a, b) == i ? (uint32_t)i : TOK_PAIRS_NONE;
        }
        if (weir_grow(&to->v, &to->cap, to->n + 1, sizeof *to->v))
            return WEIR_EMEM;
        to->v[to->n++] = new;
    }
    return 0;
}

/* What a character alone becomes, when that is one piece whatever is around it. */
static uint32_t id_of(const weir_tok *t, uint32_t c)
{
    const uint32_t symbol = tok_char_info(t->bpe, c) & TOK_NO_SYMBOL;
    return symbol != TOK_NO_SYMBOL && t->symbols[symbol].type == SPM_NORMAL ? symbol
                                                                            : TOK_PAIRS_NONE;
}

int tok_han_build(weir_tok *t)
{
    struct pairs all = {0};
    int rc = 0;
    uint32_t *ids = t->bpe->lone ? NULL : weir_calloc(0x10000, sizeof *ids);
    if (t->bpe->lone)
        return 0;
    for (size_t i = 0; ids && i < t->model.n_pieces && !rc; i++)
        if (t->symbols[i].pieces)
            rc = add_pairs(t, &all, i);
    for (uint32_t c = 0; ids && c < 0x10000; c++)
        ids[c] = id_of(t, c);
    if (!rc)
        rc = ids ? tok_pairs_build(&t->bpe->han, all.v, all.n, ids) : WEIR_EMEM;
    free(all.v);
    free(ids);
    return rc;
}

/* ---- encoding ---- */

/* Notes the long chunks in the queue, whose entries come from memory meanwhile. */
static void queue_long(weir_tok_scratch *s, const struct tok_run *r, size_t at)
{
    const uint64_t ends = r->starts | (uint64_t)1 << r->n;
    struct tok_chunk *c = s->queue;
    for (uint64_t left = tok_run_long(r); left; left &= left - 1) {
        const unsigned i = (unsigned)__builtin_ctzll(left);
        const unsigned end = (unsigned)__builtin_ctzll(ends & ~(uint64_t)1 << i);
        tok_chunk_set(&s->cache, c++, s->text.p, at + 3 * i, at + 3 * end, 0);
    }
}

/* Puts the pieces of chunks up to the first one, at the i-th character, that has no id. */
static inline unsigned put_known(const struct tok_pairs *pairs, const struct tok_run *r,
                                 uint64_t *left, uint32_t begin, struct tok_sink *o)
{
    struct weir_piece *p = o->p + o->n;
    unsigned i = r->n;
    while (*left) {
        i = (unsigned)__builtin_ctzll(*left);
        const uint64_t behind = *left & (*left - 1);
        const unsigned n = (behind ? (unsigned)__builtin_ctzll(behind) : r->n) - i;
        if (n > 2)
            break;
        const uint32_t id = tok_run_id(pairs, r, i, n);
        if (id == TOK_PAIRS_NONE)
            break;
        tok_piece_put(p++, id, begin + 3 * i, begin + 3 * (i + n));
        *left = behind;
    }
    o->n = (size_t)(p - o->p);
    return i;
}

static int put_run(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o,
                   const struct tok_run *r, size_t at)
{
    const struct tok_chunk *c = s->queue; // of the next long chunk
    struct tok_chunk other;
    uint64_t left = r->starts;
    queue_long(s, r, at);
    for (;;) {
        if (o->cap - o->n < MOST && tok_sink_room(o, MOST))
            return WEIR_EMEM;
        const unsigned i = put_known(&t->bpe->han, r, &left, (uint32_t)at - o->shift, o);
        if (!left)
            return 0;
        left &= left - 1;
        const unsigned end = left ? (unsigned)__builtin_ctzll(left) : r->n;
        if (end - i <= 2)
            tok_chunk_set(&s->cache, &other, s->text.p, at + 3 * i, at + 3 * end, 0);
        const int rc = tok_bpe_put(t, s, o, end - i > 2 ? c++ : &other);
        if (rc)
            return rc;
    }
}

int tok_han_encode(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o, size_t *at,
                   size_t end, unsigned most)
{
    struct tok_run r;
    int rc = tok_bpe_flush(t, s, o);
    if (rc || (o->cap - o->n < MOST && tok_sink_room(o, (s->text.n - *at) / 3 + MOST)))
        return rc ? rc : WEIR_EMEM;
    const char *p = s->text.p + *at;
    unsigned len;
    if ((end - *at) / 3 < most)
        most = (unsigned)(end - *at) / 3;
    t->bpe->han.look(&t->bpe->han, (const uint8_t *)p, most, &r);
    const size_t behind = *at + 3 * r.n;
    if (behind < end && tok_chars_join(t->bpe, tok_decode_char(p + 3 * r.n - 3, &len),
                                       tok_decode_char(p + 3 * r.n, &len)))
        tok_run_drop_last(&r);
    if (!r.n)
        return 0;
    rc = put_run(t, s, o, &r, *at);
    *at += 3 * r.n;
    return rc;
}
