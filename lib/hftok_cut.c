/* What makes words shorter without changing their ids.
 *
 * Characters as symbols.  BPE begins with bytes.  Where no token holds a part of a character beside
 * another one, a character's bytes merge among themselves, and what they merge to is known before:
 * `page`.  Beginning with those is the same when every token that holds the character ranks behind
 * all merges inside it: BPE then never has a reason to merge across before it is whole.
 *
 * Cuts.  All that merging makes is a token.  If no token holds the characters a and b side by side,
 * nothing merges across a place between them, and what is left of it knows nothing of what is right
 * of it: order is by rank, and by place only within equal ranks. */
#include "hftok_impl.h"

#include <stdlib.h>
#include <string.h>

static void set_bit(uint64_t *bits, size_t i)
{
    bits[i >> 6] |= (uint64_t)1 << (i & 63);
}

/* ---- characters ---- */

static uint32_t *page_for(hftok *t, uint32_t c, size_t *n_pages, size_t *cap_pages)
{
    const size_t page = c >> 8;
    /* Offsets while the array may still move. */
    uintptr_t at = (uintptr_t)t->page[page];
    if (!at) {
        if (weir_grow(&t->pages, cap_pages, (*n_pages + 1) * 256, sizeof *t->pages))
            return NULL;
        at = (*n_pages)++ * 256;
        for (size_t i = 0; i < 256; i++)
            t->pages[at + i] = HF_NONE;
        t->page[page] = (uint32_t *)at;
    }
    return t->pages + at + (c & 255);
}

/* The single token that a character's bytes merge to, and the highest rank used: scan for the
 * lowest rank, as always. */
static uint32_t merge_char(const hftok *t, const char *p, unsigned n, uint32_t *highest)
{
    uint32_t ids[4] = {0};
    *highest = 0;
    for (unsigned i = 0; i < n; i++)
        ids[i] = t->bytes[(uint8_t)p[i]];
    while (n > 1) {
        uint32_t best = HF_NO_RANK;
        unsigned where = 0;
        for (unsigned i = 0; i + 1 < n; i++) {
            const uint32_t rank = hf_rank(t, ids[i], ids[i + 1]);
            if (rank < best) {
                best = rank;
                where = i;
            }
        }
        if (best == HF_NO_RANK)
            return HF_NONE;
        ids[where] = t->made[best];
        memmove(ids + where + 1, ids + where + 2, (n - where - 2) * sizeof *ids);
        n--;
        if (best > *highest)
            *highest = best;
    }
    return ids[0];
}

/* 1: text is one character. */
static int is_char(const char *p, size_t n, uint32_t *c)
{
    unsigned len;
    *c = weir_utf8_decode(p, n, &len);
    return *c != WEIR_UTF8_BAD && len == n;
}

static int add_chars(hftok *t, uint32_t *inner)
{
    size_t n_pages = 1, cap_pages = 0;
    if (weir_grow(&t->pages, &cap_pages, 256, sizeof *t->pages))
        return WEIR_EMEM;
    for (size_t i = 0; i < 256; i++)
        t->pages[i] = HF_NONE; // page 0 is everyone's who has none
    for (size_t id = 0; id < t->n_ids; id++) {
        const struct hf_token *k = &t->tokens[id];
        const char *p = t->texts.p + k->bytes_at;
        uint32_t c;
        if (!k->there || !k->spelled || k->n_bytes > 4 || !k->n_bytes ||
            !is_char(p, k->n_bytes, &c))
            continue;
        const uint32_t made = t->pieces ? (uint32_t)id : merge_char(t, p, k->n_bytes, &inner[id]);
        uint32_t *at = made == id ? page_for(t, c, &n_pages, &cap_pages) : t->pages;
        if (!at)
            return WEIR_EMEM;
        if (made == id)
            *at = made;
    }
    for (size_t i = 0; i < 0x1100; i++)
        t->page[i] = t->pages + (uintptr_t)t->page[i];
    return 0;
}

/* ---- pairs ---- */

/* The length of the whole character at p, 0 for a part of one. */
static unsigned whole_char(const char *p, size_t n, uint32_t *c)
{
    unsigned len;
    *c = weir_utf8_decode(p, n, &len);
    return *c == WEIR_UTF8_BAD ? 0 : len;
}

static int is_inner(char c)
{
    return ((uint8_t)c & 0xC0) == 0x80;
}

static void add_partial(hftok *t, const char *p, size_t before, size_t at)
{
    const uint8_t last = (uint8_t)p[at - 1], first = (uint8_t)p[at];
    if (at - before >= 2) {
        set_bit(t->partial, hf_partial_bit((uint8_t)p[at - 2], last, first));
        return;
    }
    for (unsigned b = 0; b < 256; b++)
        set_bit(t->partial, hf_partial_bit((uint8_t)b, last, first));
}

/* Neighbours in one token: whole ones as pairs, others by the bytes at the place between. */
static void add_pairs_of(hftok *t, const char *p, size_t n)
{
    uint32_t left = 0, right;
    size_t before = 0;
    unsigned left_whole = whole_char(p, n, &left);
    size_t at = left_whole ? left_whole : 1;
    while (at < n && !left_whole && is_inner(p[at]))
        at++;
    while (at < n) {
        const unsigned right_whole = whole_char(p + at, n - at, &right);
        if (left_whole && right_whole)
            set_bit(t->joins, hf_join_bit(left, right));
        else
            add_partial(t, p, before, at);
        before = at;
        at += right_whole ? right_whole : 1;
        while (at < n && !right_whole && is_inner(p[at]))
            at++;
        left = right;
        left_whole = right_whole;
    }
}

/* Characters in a token that ranks before merges inside them are no symbols of their own. */
static void drop_late(hftok *t, const struct hf_token *k, uint32_t rank, const uint32_t *inner)
{
    const char *p = t->texts.p + k->bytes_at;
    uint32_t c;
    unsigned len;
    for (size_t at = 0; at < k->n_bytes; at += len ? len : 1) {
        len = whole_char(p + at, k->n_bytes - at, &c);
        if (len < 2 || len == k->n_bytes)
            continue;
        uint32_t *id = &t->page[c >> 8][c & 255];
        if (*id != HF_NONE && inner[*id] >= rank)
            *id = HF_NONE;
    }
}

int hf_cuts_build(hftok *t, struct weir_err *err)
{
    uint32_t *inner = weir_calloc(t->n_ids, sizeof *inner);
    t->joins = weir_calloc((1 << HF_JOIN_BITS) / 64, sizeof *t->joins);
    t->partial = weir_calloc((1 << HF_PARTIAL_BITS) / 64, sizeof *t->partial);
    int rc = !inner || !t->joins || !t->partial || add_chars(t, inner) ? WEIR_EMEM : 0;
    for (size_t rank = 0; rank < t->n_merges && !rc && !t->pieces; rank++) {
        const struct hf_token *k = &t->tokens[t->made[rank]];
        drop_late(t, k, (uint32_t)rank, inner);
    }
    /* Of all tokens: a word that is one, made by merging or not, then stays whole. */
    for (size_t id = 0; id < t->n_ids && !rc; id++)
        if (t->tokens[id].there && t->tokens[id].spelled)
            add_pairs_of(t, t->texts.p + t->tokens[id].bytes_at, t->tokens[id].n_bytes);
    free(inner);
    return rc ? weir_err_set(err, WEIR_EMEM, "out of memory") : 0;
}

/* Without branches on what is found: whether a pair joins is a bad guess every other time. */
uint64_t hf_block_cuts(const hftok *t, const char *p, size_t at, const struct hf_block *b)
{
    uint64_t cuts = 0;
    uint32_t before = 0;
    unsigned len;
    const uint64_t faster = t->han.chars ? b->han : 0, ends = b->ends & faster;
    for (uint64_t left = b->beside & (ends ^ (ends - 1)); left && !(cuts & faster);
         left &= left - 1) {
        const unsigned i = (unsigned)__builtin_ctzll(left);
        const size_t place = at + i ? at + i : 1;
        const uint8_t last = (uint8_t)p[(ptrdiff_t)(place - 1 - at)];
        const uint32_t right = hf_char(p + i, &len), beside = last < 128 ? last : before;
        const int joins = hf_is_partial(t, p - at, place) | hf_joins(t, beside, right);
        cuts |= (uint64_t)!joins << i;
        before = right;
    }
    return cuts & b->inside;
}
