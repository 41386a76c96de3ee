/* Chinese where pieces hold words: most of a text are chunks of one or two characters that are one
 * piece, found without a cache (tok_pairs.h). */
#include "tok_impl.h"

#include <stdlib.h>

enum { MOST = TOK_PAIRS_MOST * TOK_SHORT_IDS + TOK_LONG_IDS }; // pieces of a run of short chunks

/* ---- building ---- */

static int is_three(const char *p)
{
    return ((uint8_t)*p & 0xF0) == 0xE0;
}

int tok_han_add_pairs(struct tok_pair_list *to, struct weir_span piece, uint32_t id)
{
    unsigned len, next_len;
    for (size_t k = 0; k < piece.n; k += len) {
        const uint32_t left = tok_decode_char(piece.p + k, &len);
        const char *next = piece.p + k + len;
        if (k + len == piece.n || !is_three(piece.p + k) || !is_three(next))
            continue;
        if (weir_grow(&to->v, &to->cap, to->n + 1, sizeof *to->v))
            return WEIR_EMEM;
        to->v[to->n++] =
            (struct tok_pair){(uint16_t)left, (uint16_t)tok_decode_char(next, &next_len),
                              piece.n == 6 ? id : TOK_PAIRS_APART};
    }
    return 0;
}

/* The id of a piece of two characters that become nothing else. */
static uint32_t pair_id(const weir_tok *t, size_t i)
{
    const struct tok_symbol *y = &t->symbols[i];
    unsigned len;
    if (y->text.n != 6 || y->type != SPM_NORMAL || !is_three(y->text.p))
        return TOK_PAIRS_NONE;
    const uint32_t left = tok_char_info(t->bpe, tok_decode_char(y->text.p, &len)) & TOK_NO_SYMBOL;
    const uint32_t right =
        tok_char_info(t->bpe, tok_decode_char(y->text.p + 3, &len)) & TOK_NO_SYMBOL;
    const uint64_t merge = tok_merge_of(t->bpe, left, right);
    return merge != TOK_NO_MERGE && (uint32_t)merge == i ? (uint32_t)i : TOK_PAIRS_NONE;
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
    struct tok_pair_list all = {0};
    int rc = 0;
    uint32_t *ids = t->bpe->lone ? NULL : weir_calloc(0x10000, sizeof *ids);
    if (t->bpe->lone)
        return 0;
    for (size_t i = 0; ids && i < t->model.n_pieces && !rc; i++)
        if (t->symbols[i].pieces)
            rc = tok_han_add_pairs(&all, t->symbols[i].text, pair_id(t, i));
    for (uint32_t c = 0; ids && c < 0x10000; c++)
        ids[c] = id_of(t, c);
    if (!rc)
        rc = ids ? tok_pairs_build(&t->bpe->han, all.v, all.n, ids) : WEIR_EMEM;
    free(all.v);
    free(ids);
    return rc;
}

/* ---- encoding ---- */

void tok_han_queue(weir_tok_scratch *s, const struct tok_run *r, size_t at, unsigned part)
{
    const uint64_t ends = r->starts | (uint64_t)1 << r->n;
    struct tok_chunk *c = s->queue;
    for (uint64_t left = tok_run_long(r); left; left &= left - 1) {
        const unsigned i = (unsigned)__builtin_ctzll(left);
        const unsigned end = (unsigned)__builtin_ctzll(ends & ~(uint64_t)1 << i);
        tok_chunk_set(&s->cache, c++, s->text.p, at + 3 * i, at + 3 * end, part);
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
        *left = behind;
        if (__builtin_expect(id < TOK_PAIRS_APART, 1)) {
            tok_piece_put(p++, id, begin + 3 * i, begin + 3 * (i + n));
            continue;
        }
        uint32_t ids[2];
        if (id == TOK_PAIRS_NONE || !tok_run_parts(pairs, r, i, ids)) {
            *left |= (uint64_t)1 << i;
            break;
        }
        tok_piece_put(p++, ids[0], begin + 3 * i, begin + 3 * (i + 1));
        tok_piece_put(p++, ids[1], begin + 3 * (i + 1), begin + 3 * (i + 2));
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
    tok_han_queue(s, r, at, 0);
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

void tok_han_look(const struct tok_pairs *han, const struct tok_joins *joins,
                  const weir_tok_scratch *s, size_t at, size_t end, struct tok_run *r)
{
    const char *p = s->text.p + at;
    unsigned len;
    const unsigned most =
        (end - at) / 3 < TOK_PAIRS_MOST ? (unsigned)(end - at) / 3 : TOK_PAIRS_MOST;
    han->look(han, (const uint8_t *)p, most, r);
    p += 3 * r->n;
    if (at + 3 * r->n < end &&
        tok_chars_join(joins, tok_decode_char(p - 3, &len), tok_decode_char(p, &len)))
        tok_run_drop_last(r);
}

int tok_han_encode(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o, size_t *at,
                   size_t end)
{
    struct tok_run r;
    int rc = tok_bpe_flush(t, s, o);
    if (rc || (o->cap - o->n < MOST && tok_sink_room(o, (s->text.n - *at) / 3 + MOST)))
        return rc ? rc : WEIR_EMEM;
    tok_han_look(&t->bpe->han, &t->bpe->joins, s, *at, end, &r);
    if (!r.n)
        return 0;
    rc = put_run(t, s, o, &r, *at);
    *at += 3 * r.n;
    return rc;
}
