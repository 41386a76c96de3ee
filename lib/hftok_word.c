/* Words of the pre-tokenizer: cut where nothing merges across, and looked up among those seen
 * before. */
#include "hftok_impl.h"

#include <string.h>

enum { MOST = HF_QUEUE * TOK_SHORT_IDS + TOK_LONG_IDS }; // pieces of a queue of short chunks

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

/* 1 when the text may begin with its characters instead of their bytes: each is a symbol, and no
 * token holds a part of one beside another. */
static int begins_whole(const hftok *t, const char *p, size_t at, size_t end)
{
    unsigned len;
    for (size_t i = at; i < end; i += len) {
        if (hf_char_id(t, hf_char(p + i, &len)) == HF_NONE ||
            (i > at && hf_is_partial(t, p, i) && ((uint8_t)p[i - 1] | (uint8_t)p[i]) > 127))
            return 0;
    }
    return 1;
}

static int encode_new(const hftok *t, hftok_scratch *s, size_t at, size_t end, int part,
                      struct hf_sink *o)
{
    const char *p = s->text.p;
    const uint32_t id = hf_find(t, p + at, end - at);
    const int whole = begins_whole(t, p, at, end);
    if (id != HF_NONE &&
        ((t->ignore_merges && !part) || makes_itself(t, s, id, p, at, end, whole, o))) {
        if (hf_sink_room(o, 1))
            return WEIR_EMEM;
        o->p[o->n++] = (struct weir_piece){id, (uint32_t)at, (uint32_t)end};
        return 0;
    }
    return hf_merge(t, s, p, at, end, whole, o);
}

static int encode_rare(const hftok *t, hftok_scratch *s, const struct tok_chunk *c,
                       const struct tok_slot *u, struct hf_sink *o)
{
    const size_t before = o->n;
    const struct tok_long *e =
        u || tok_chunk_len(c) > TOK_SHORT_KEY ? tok_cache_find_long(&s->cache, c, s->text.p) : NULL;
    if (e) {
        tok_long_put(e, c->at, o->p + o->n);
        o->n += e->n;
        return 0;
    }
    const int rc = encode_new(t, s, c->at, c->end, tok_chunk_part(c), o);
    if (!rc)
        tok_cache_add(&s->cache, c, s->text.p, o->p + before, o->n - before, 0);
    return rc;
}

int hf_put(const hftok *t, hftok_scratch *s, const struct tok_chunk *c, struct hf_sink *o)
{
    const struct tok_slot *u = NULL;
    const size_t n = tok_cache_put(&s->cache, c, 0, o->p + o->n, &u);
    o->n += n;
    return n ? 0 : encode_rare(t, s, c, u, o);
}

int hf_flush(const hftok *t, hftok_scratch *s, struct hf_sink *o)
{
    const struct tok_chunk *c = s->queue, *const end = c + s->n_queue;
    s->n_queue = 0;
    while (c < end) {
        if (o->cap - o->n < MOST && hf_sink_room(o, (s->text.n - c->at) / 3 + MOST))
            return WEIR_EMEM;
        const struct tok_cache cache = s->cache; // in registers
        struct weir_piece *p = o->p + o->n;
        const struct tok_slot *u = NULL;
        for (size_t n; c < end && (n = tok_cache_put(&cache, c, 0, p, &u)) != 0; c++)
            p += n;
        o->n = (size_t)(p - o->p);
        if (c < end && encode_rare(t, s, c++, u, o))
            return WEIR_EMEM;
    }
    return 0;
}

/* ---- chunks ---- */

/* The end of the chunk that begins at `at`. */
static size_t chunk_end(const hftok *t, const char *p, size_t at, size_t end)
{
    unsigned len;
    uint32_t left = hf_char(p + at, &len);
    for (at += len; at < end; at += len) {
        const uint32_t right = hf_char(p + at, &len);
        if ((left > 127 || right > 127) && !hf_is_partial(t, p, at) && !hf_joins(t, left, right))
            return at;
        left = right;
    }
    return end;
}

/* inside: the word began before. */
static int queue_word(const hftok *t, hftok_scratch *s, size_t at, size_t end, int inside,
                      struct hf_sink *o)
{
    const size_t begin = at;
    for (size_t to; at < end; at = to) {
        if (s->n_queue == HF_QUEUE && hf_flush(t, s, o))
            return WEIR_EMEM;
        to = chunk_end(t, s->text.p, at, end);
        tok_chunk_set(&s->cache, &s->queue[s->n_queue++], s->text.p, at, to,
                      inside || at > begin || to < end);
    }
    return 0;
}

/* Chunks up to the last end that is known; there is room for 64 in the queue.  *inside: `at` is
 * inside a word, before and after.  Finding chunks ahead of encoding them gives their entries time
 * to arrive from memory. */
static size_t chunks_of_block(const hftok *t, hftok_scratch *s, size_t at, const struct hf_block *b,
                              int *inside)
{
    const char *p = s->text.p;
    const size_t base = at;
    uint64_t whole = b->ends, cuts = b->beside ? hf_block_cuts(t, p + at, at, b) : 0;
    const uint64_t faster = t->han.chars ? (whole | cuts) & b->han : 0;
    if (faster) { // what is there has a faster way
        whole &= (faster & -faster) | ((faster & -faster) - 1);
        cuts &= (faster & -faster) | ((faster & -faster) - 1);
    }
    const struct tok_cache cache = s->cache; // in registers
    struct tok_chunk *c = s->queue + s->n_queue;
    int before = *inside;
    for (uint64_t ends = cuts || before ? 0 : whole; ends; ends &= ends - 1, c++) {
        const size_t to = base + (size_t)__builtin_ctzll(ends);
        tok_chunk_set(&cache, c, p, at, to, 0);
        at = to;
    }
    for (uint64_t ends = at > base ? 0 : whole | cuts; ends; ends &= ends - 1, c++) {
        const size_t to = base + (size_t)__builtin_ctzll(ends);
        const int cut = !(whole & ends & -ends);
        tok_chunk_set(&cache, c, p, at, to, cut | before);
        before = cut;
        at = to;
    }
    s->n_queue = (size_t)(c - s->queue);
    *inside = before;
    return at;
}

int hf_words(const hftok *t, hftok_scratch *s, const struct hf_stage *stage, size_t at, size_t end,
             struct hf_sink *o)
{
    int inside = 0;
    while (at < end) {
        struct hf_block b;
        size_t to = at;
        if (t->han.chars && (uint8_t)s->text.p[at] >= 0xE2) {
            if (hf_han_words(t, s, stage, &to, end, &inside, o))
                return WEIR_EMEM;
            if (to > at) {
                at = to;
                continue;
            }
        }
        hf_block_scan(stage, s->text.p + at, end - at, &b);
        if (s->n_queue > HF_QUEUE - 64 && hf_flush(t, s, o))
            return WEIR_EMEM;
        if (b.inside)
            to = chunks_of_block(t, s, at, &b, &inside);
        if (to == at) {
            to = hf_scan(stage, s->text.p, at, end);
            if (queue_word(t, s, at, to, inside, o))
                return WEIR_EMEM;
            inside = 0;
        }
        at = to;
    }
    return 0;
}
