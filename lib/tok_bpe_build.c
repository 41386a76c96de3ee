/* BPE's tables, from the pieces: which symbols merge to what and in which order, and which
 * characters may stand side by side in a piece. */
#include "tok_impl.h"

#include <stdlib.h>
#include <string.h>

enum { NONE = TOK_NO_SYMBOL };

/* ---- characters ---- */

static int add_page(struct tok_bpe *b, uint32_t c, size_t *n, size_t *cap, uint8_t *has)
{
    if (has[c >> 8])
        return 0;
    has[c >> 8] = 1;
    if (weir_grow(&b->pages, cap, (*n + 1) * 256, sizeof *b->pages))
        return WEIR_EMEM;
    for (size_t i = 0; i < 256; i++)
        b->pages[*n * 256 + i] = NONE;
    (*n)++;
    return 0;
}

/* One page for each that a piece's character is on; all others share the first. */
static int build_pages(const weir_tok *t, struct tok_bpe *b)
{
    uint8_t has[0x1100] = {0};
    size_t n = 0, cap = 0, n_page = 1;
    unsigned len;
    if (weir_grow(&b->pages, &cap, 256, sizeof *b->pages))
        return WEIR_EMEM;
    for (size_t i = 0; i < 256; i++)
        b->pages[i] = NONE;
    n = 1;
    for (size_t i = 0; i < t->n_symbols; i++)
        for (size_t k = 0; t->symbols[i].pieces && k < t->symbols[i].text.n; k += len)
            if (add_page(b, tok_decode_char(t->symbols[i].text.p + k, &len), &n, &cap, has))
                return WEIR_EMEM;
    for (size_t i = 0; i < 0x1100; i++) // the pages no longer move
        b->page[i] = b->pages + (has[i] ? n_page++ * 256 : 0);
    return 0;
}

static uint32_t *info_of(struct tok_bpe *b, uint32_t c)
{
    return &b->page[c >> 8][c & 255];
}

/* Gives every character of a piece its symbol, and notes where others stand beside it. */
static int add_chars(weir_tok *t, struct tok_bpe *b, size_t i)
{
    const struct weir_span s = t->symbols[i].text;
    uint32_t before = 0;
    unsigned len;
    for (size_t k = 0; k < s.n; k += len) {
        const uint32_t c = tok_decode_char(s.p + k, &len);
        uint32_t *info = info_of(b, c);
        if ((*info & NONE) == NONE) {
            const struct weir_span text = weir_span(s.p + k, len);
            uint32_t symbol = tok_symbol_find(t, text);
            if (symbol == NONE)
                symbol = tok_symbol_add_char(t, text);
            if (symbol == NONE)
                return WEIR_EMEM;
            *info = (*info & ~(uint32_t)NONE) | symbol;
        }
        if (k) {
            *info |= TOK_JOINS_LEFT;
            *info_of(b, before) |= TOK_JOINS_RIGHT;
        }
        before = c;
    }
    return 0;
}

static int build_chars(weir_tok *t, struct tok_bpe *b, size_t n_pieces)
{
    size_t n_pairs = 0;
    for (size_t i = 0; i < n_pieces; i++)
        n_pairs += t->symbols[i].text.n; // at most
    if (tok_joins_init(&b->joins, n_pairs) || build_pages(t, b))
        return WEIR_EMEM;
    for (size_t i = 0; i < n_pieces; i++) {
        if (!t->symbols[i].pieces)
            continue;
        tok_joins_add(&b->joins, t->symbols[i].text);
        if (add_chars(t, b, i))
            return WEIR_EMEM;
    }
    unsigned joining = 0;
    for (uint32_t c = 0x4E00; c < 0xA000; c++)
        joining += (tok_char_info(b, c) & TOK_JOINS_RIGHT) != 0;
    b->lone = t->model.byte_fallback && !t->has_user && joining < 64;
    return 0;
}

/* ---- merges ---- */

struct scored {
    float score;
    uint32_t symbol;
};

static int by_score(const void *a, const void *b)
{
    const float x = ((const struct scored *)a)->score, y = ((const struct scored *)b)->score;
    return (x < y) - (x > y);
}

/* 0 for the highest score, equal for equal scores. */
static int build_ranks(const weir_tok *t, struct tok_bpe *b, size_t n_pieces)
{
    struct scored *s = weir_calloc(n_pieces, sizeof *s);
    uint32_t rank = 0;
    b->ranks = weir_calloc(n_pieces, sizeof *b->ranks);
    for (size_t i = 0; s && i < n_pieces; i++)
        s[i] = (struct scored){t->symbols[i].score, (uint32_t)i};
    if (s)
        qsort(s, n_pieces, sizeof *s, by_score);
    for (size_t i = 0; s && b->ranks && i < n_pieces; i++) {
        if (i && s[i].score != s[i - 1].score)
            rank++;
        b->ranks[s[i].symbol] = rank;
    }
    const int rc = s && b->ranks ? 0 : WEIR_EMEM;
    free(s);
    return rc;
}

struct merges {
    uint64_t *v;
    size_t n, cap;
};

/* Every way to make a piece of two symbols. */
static int add_splits(weir_tok *t, struct tok_bpe *b, struct merges *m, size_t i)
{
    struct tok_symbol *s = &t->symbols[i];
    for (size_t k = 1; k < s->text.n; k++) {
        if (((uint8_t)s->text.p[k] & 0xC0) == 0x80)
            continue;
        const uint32_t left = tok_symbol_find(t, weir_span(s->text.p, k));
        if (left == NONE)
            continue;
        const uint32_t right = tok_symbol_find(t, weir_span(s->text.p + k, s->text.n - k));
        if (right == NONE)
            continue;
        if (weir_grow(&m->v, &m->cap, m->n + 1, sizeof *m->v))
            return WEIR_EMEM;
        m->v[m->n++] = ((uint64_t)left << TOK_SYMBOL_BITS | right) << TOK_SYMBOL_BITS | i;
        if (s->type != SPM_UNUSED)
            continue;
        if (s->split != TOK_WHOLE)
            b->ambiguous = 1;
        s->split = s->split == TOK_WHOLE ? (uint64_t)left << 32 | right : TOK_AMBIGUOUS;
    }
    return 0;
}

static int build_merges(weir_tok *t, struct tok_bpe *b, size_t n_pieces)
{
    struct merges m = {0};
    int rc = 0;
    for (size_t i = 0; i < n_pieces && !rc; i++)
        if (t->symbols[i].pieces)
            rc = add_splits(t, b, &m, i);
    size_t size = 1024;
    while (size < m.n * 2)
        size *= 2;
    b->merges = rc ? NULL : weir_calloc(size, sizeof *b->merges);
    b->merge_mask = size - 1;
    b->seed = tok_seed();
    for (size_t i = 0; b->merges && i < size; i++)
        b->merges[i] = UINT64_MAX;
    b->merge_bits = weir_calloc((1 << TOK_MERGE_BITS) / 64, sizeof *b->merge_bits);
    for (size_t i = 0; b->merges && b->merge_bits && i < m.n; i++) {
        const uint64_t hash = tok_merge_hash(b, m.v[i] >> TOK_SYMBOL_BITS);
        const uint64_t bit = hash >> (64 - TOK_MERGE_BITS);
        size_t at = tok_merge_slot(b, hash);
        b->merge_bits[bit >> 6] |= (uint64_t)1 << (bit & 63);
        while (b->merges[at] != UINT64_MAX)
            at = (at + 1) & b->merge_mask;
        b->merges[at] = m.v[i];
    }
    free(m.v);
    return b->merges && b->merge_bits ? 0 : WEIR_EMEM;
}

/* What merging looks at most, close together. */
static int build_low(const weir_tok *t, struct tok_bpe *b, size_t n_pieces)
{
    b->low = weir_calloc(1 << 14, sizeof *b->low);
    b->whole = weir_calloc(n_pieces, sizeof *b->whole);
    if (!b->low || !b->whole)
        return WEIR_EMEM;
    for (uint32_t i = 0; i < 1 << 14; i++)
        b->low[i] =
            tok_merge_of(b, tok_char_info(b, i >> 7) & NONE, tok_char_info(b, i & 127) & NONE);
    for (size_t i = 0; i < n_pieces; i++) {
        const struct tok_symbol *y = &t->symbols[i];
        b->whole[i] = y->type && (y->type != SPM_UNUSED || y->split == TOK_WHOLE);
    }
    return 0;
}

int tok_bpe_build(weir_tok *t, struct weir_err *err)
{
    struct tok_bpe *b = t->bpe = weir_calloc(1, sizeof *b);
    const size_t n_pieces = t->model.n_pieces;
    if (!b || build_chars(t, b, n_pieces) || build_ranks(t, b, n_pieces) ||
        build_merges(t, b, n_pieces) || build_low(t, b, n_pieces) || tok_han_build(t) ||
        tok_lone_build(t, b))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    return 0;
}

void tok_bpe_free(struct tok_bpe *b)
{
    if (!b)
        return;
    free(b->pages);
    tok_pairs_free(&b->han);
    free(b->ranks);
    free(b->merges);
    free(b->merge_bits);
    free(b->low);
    free(b->lone_ids);
    free(b->whole);
    free(b->joins.pairs);
    free(b);
}
