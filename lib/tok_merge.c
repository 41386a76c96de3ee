/* BPE on one chunk: by scanning for the best pair when it is short, with a queue when it is long.
 * Order as in SentencePiece: the highest score first, of equal scores the leftmost. */
#include "tok_impl.h"
#include "lib/heap.h"

#include <stdlib.h>
#include <string.h>

enum { SHORT = 32, NONE = TOK_NO_SYMBOL, END = 0xFFFFFFFF };

static uint32_t rank_of(const weir_tok *t, uint32_t merged)
{
    return merged == NONE ? END : t->bpe->ranks[merged];
}

/* ---- out ---- */

/* An unused piece falls back to what it was made of.  1: that depends on the whole text.  The depth
 * is bounded by the longest piece. */
static int put_symbol(const weir_tok *t, const weir_tok_scratch *s, struct tok_sink *o,
                      uint32_t symbol, size_t at, size_t end)
{
    const struct tok_symbol *y = symbol == NONE ? NULL : &t->symbols[symbol & ~TOK_FROZEN];
    if (symbol < t->model.n_pieces && t->bpe->whole[symbol]) {
        tok_put(o, symbol, end);
        return 0;
    }
    if (!y || !y->type) {
        tok_put_unknown(o, s->text.p, at, end);
        return 0;
    }
    if (y->type != SPM_UNUSED || y->split == TOK_WHOLE) {
        tok_put(o, symbol & ~TOK_FROZEN, end);
        return 0;
    }
    const uint64_t split = s->splits ? s->splits[symbol] : y->split;
    if (split == TOK_AMBIGUOUS)
        return 1;
    const uint32_t left = (uint32_t)(split >> 32), right = (uint32_t)split;
    const size_t middle = at + t->symbols[left].text.n;
    return put_symbol(t, s, o, left, at, middle) || put_symbol(t, s, o, right, middle, end);
}

/* ---- short ---- */

struct piece_of_chunk {
    uint64_t merge; // with the next one
    uint32_t symbol, end;
};

/* The merges of neighbours are known.  Of equal ranks the leftmost is first, whatever it makes. */
static size_t merge_short(const weir_tok *t, struct piece_of_chunk *p, size_t n)
{
    for (;;) {
        size_t best = 0;
        uint64_t rank = TOK_NO_MERGE >> 32;
        for (size_t i = 0; i + 1 < n; i++) {
            const uint64_t its = p[i].merge >> 32;
            best = its < rank ? i : best;
            rank = its < rank ? its : rank;
        }
        if (rank == TOK_NO_MERGE >> 32)
            return n;
        p[best].symbol = (uint32_t)p[best].merge;
        p[best].end = p[best + 1].end;
        n--;
        /* Both come from afar, and neither waits for the other. */
        if (best + 1 < n)
            tok_merge_fetch(t->bpe, p[best].symbol, p[best + 2].symbol);
        if (best)
            tok_merge_fetch(t->bpe, p[best - 1].symbol, p[best].symbol);
        for (size_t i = best + 1; i < n; i++)
            p[i] = p[i + 1];
        if (best + 1 < n)
            p[best].merge = tok_merge_of(t->bpe, p[best].symbol, p[best + 1].symbol);
        if (best)
            p[best - 1].merge = tok_merge_of(t->bpe, p[best - 1].symbol, p[best].symbol);
    }
}

/* ---- long: a heap of rank and place ---- */

/* Notes what i and its right neighbour merge to, and queues it. */
static void offer(const weir_tok *t, weir_tok_scratch *s, uint32_t i, size_t *n_heap)
{
    const uint32_t right = s->next[i];
    s->merged[i] = NONE;
    if (right == END || (s->symbols[i] | s->symbols[right]) & TOK_FROZEN || s->symbols[i] == NONE ||
        s->symbols[right] == NONE)
        return;
    const uint32_t merged = tok_merged(t->bpe, s->symbols[i], s->symbols[right]);
    if (merged == NONE)
        return;
    s->merged[i] = merged;
    if (s->splits)
        s->splits[merged] = (uint64_t)s->symbols[i] << 32 | s->symbols[right];
    heap_push(s->heap, n_heap, (uint64_t)t->bpe->ranks[merged] << 32 | i);
}

/* An entry counts when the pair that now begins at its place has its rank: one that was overtaken
 * by another of equal rank then stands for that one, at the same place in the order. */
static void merge_long(const weir_tok *t, weir_tok_scratch *s, size_t n)
{
    size_t n_heap = 0;
    for (size_t i = 0; i < n; i++) {
        s->before[i] = (uint32_t)i - 1;
        s->next[i] = i + 1 < n ? (uint32_t)i + 1 : END;
    }
    for (size_t i = 0; i < n; i++)
        offer(t, s, (uint32_t)i, &n_heap);
    while (n_heap) {
        const uint64_t top = heap_pop(s->heap, &n_heap);
        const uint32_t i = (uint32_t)top;
        if (rank_of(t, s->merged[i]) != top >> 32)
            continue;
        const uint32_t right = s->next[i], after = s->next[right];
        s->symbols[i] = s->merged[i];
        s->ends[i] = s->ends[right];
        s->merged[right] = NONE;
        s->next[i] = after;
        if (after != END)
            s->before[after] = i;
        if (s->before[i] != END)
            offer(t, s, s->before[i], &n_heap);
        offer(t, s, i, &n_heap);
    }
}

static int room_for(const weir_tok *t, weir_tok_scratch *s, size_t n)
{
    const size_t each = 5 * sizeof *s->ends + 2 * sizeof *s->heap;
    return n >= END || n > t->limit / each ||
                   weir_grow(&s->symbols, &s->cap_symbols, n, sizeof *s->symbols) ||
                   weir_grow(&s->ends, &s->cap_ends, n, sizeof *s->ends) ||
                   weir_grow(&s->next, &s->cap_next, n, sizeof *s->next) ||
                   weir_grow(&s->before, &s->cap_before, n, sizeof *s->before) ||
                   weir_grow(&s->merged, &s->cap_merged, n, sizeof *s->merged) ||
                   weir_grow(&s->heap, &s->cap_heap, 2 * n, sizeof *s->heap)
               ? WEIR_EMEM
               : 0;
}

/* The characters of [at, end), and user-defined symbols when those are asked for. */
static int split_chars(const weir_tok *t, weir_tok_scratch *s, size_t at, size_t end, int user,
                       size_t *n)
{
    const char *p = s->text.p;
    size_t i = 0, cap = 0;
    for (unsigned len; at < end; i++) {
        uint32_t id, symbol = tok_char_info(t->bpe, tok_decode_char(p + at, &len)) & NONE;
        size_t step = user ? tok_trie_longest(&t->user, p + at, end - at, &id) : 0;
        if (step)
            symbol = id | TOK_FROZEN;
        at += step ? step : len;
        if (i == cap) {
            if (room_for(t, s, i + i / 2 + 1024))
                return WEIR_EMEM;
            cap = i + i / 2 + 1024;
        }
        s->symbols[i] = symbol;
        s->ends[i] = (uint32_t)at;
    }
    *n = i;
    return 0;
}

static int merge_all(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o, size_t at,
                     size_t end, int user)
{
    size_t n;
    int rc = split_chars(t, s, at, end, user, &n);
    if (rc || tok_sink_room(o, TOK_MOST(end - at)))
        return WEIR_EMEM;
    if (!n)
        return 0;
    merge_long(t, s, n);
    for (uint32_t i = 0; i != END && !rc; i = s->next[i]) {
        rc = put_symbol(t, s, o, s->symbols[i], at, s->ends[i]);
        at = s->ends[i];
    }
    return rc;
}

int tok_merge(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o, size_t at, size_t end)
{
    struct piece_of_chunk p[SHORT];
    size_t n = 0, i = at;
    uint32_t before = 0;
    for (unsigned len; i < end && n < SHORT; n++) {
        const uint32_t c = tok_decode_char(s->text.p + i, &len);
        p[n].symbol = tok_char_info(t->bpe, c) & NONE;
        p[n].end = (uint32_t)(i += len);
        if (n)
            p[n - 1].merge = (before | c) < 128
                                 ? t->bpe->low[before << 7 | c]
                                 : tok_merge_of(t->bpe, p[n - 1].symbol, p[n].symbol);
        before = c;
    }
    if (i < end)
        return merge_all(t, s, o, at, end, 0);
    if (tok_sink_room(o, TOK_MOST(end - at)))
        return WEIR_EMEM;
    n = merge_short(t, p, n);
    for (size_t k = 0; k < n; at = p[k++].end)
        if (put_symbol(t, s, o, p[k].symbol, at, p[k].end))
            return 1;
    return 0;
}

int tok_merge_exact(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o)
{
    s->splits = weir_calloc(t->n_symbols, sizeof *s->splits);
    if (!s->splits)
        return WEIR_EMEM;
    const int rc = merge_all(t, s, o, 0, s->text.n, 1);
    free(s->splits);
    s->splits = NULL;
    return rc;
}
