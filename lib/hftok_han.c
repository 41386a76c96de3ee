/* Han in byte-level tokenizers: most of a word are chunks of one or two characters that are one
 * token, found without a cache (tok_pairs.h).
 *
 * What may merge across a place between two characters: a token that holds both, the end of the
 * left one and the right one, the left one and the beginning of the right one, or both in part.
 * Those pairs are all written down, so that a chunk ends wherever none is. */
#include "hftok_impl.h"

#include <stdlib.h>
#include <string.h>

#define PARTS ((uint32_t)1 << 31) // of a character's id: its place in han_parts
enum {
    FIRST = 0x4E00, // of the characters looked at, all of them letters
    LAST = 0x9FA5,
    MOST_PAIRS = 1 << 20,
    MOST = TOK_PAIRS_MOST * TOK_SHORT_IDS + TOK_LONG_IDS, // pieces of a run of short chunks
};

/* ---- building ---- */

struct list {
    struct tok_pair *v;
    size_t n, cap;
};

/* A part of a token: a whole character, the end of one, its beginning. */
struct part {
    enum { WHOLE, END, BEGINNING } what;
    const char *p;
    size_t n;
};

static int is_inner(char c)
{
    return ((uint8_t)c & 0xC0) == 0x80;
}

static struct part part_of(const char *p, size_t n)
{
    struct part a = {WHOLE, p, 1};
    unsigned len;
    if (weir_utf8_decode(p, n, &len) != WEIR_UTF8_BAD) {
        a.n = len;
        return a;
    }
    a.what = is_inner(*p) ? END : BEGINNING;
    while (a.n < n && is_inner(p[a.n]))
        a.n++;
    return a;
}

static void utf8_of(uint32_t c, char p[3])
{
    p[0] = (char)(0xE0 | c >> 12);
    p[1] = (char)(0x80 | (c >> 6 & 63));
    p[2] = (char)(0x80 | (c & 63));
}

/* The bits of characters of three bytes that a part fixes, and their value; 0: it is in none. */
static uint32_t bits_of(const struct part *a, uint32_t *value)
{
    const uint8_t *u = (const uint8_t *)a->p;
    *value = 0;
    if (a->n > 3 || (a->what == WHOLE && a->n < 3) ||
        (a->what != END && (u[0] & 0xF0) != 0xE0)) // of other characters
        return 0;
    if (a->what == END) {
        *value = a->n == 1 ? u[0] & 0x3Fu : (u[0] & 0x3Fu) << 6 | (u[1] & 0x3F);
        return a->n == 1 ? 0x3F : a->n == 2 ? 0xFFF : 0;
    }
    *value = (u[0] & 0x0Fu) << 12;
    if (a->n > 1)
        *value |= (u[1] & 0x3Fu) << 6;
    if (a->n > 2)
        *value |= u[2] & 0x3F;
    return a->n == 1 ? 0xF000 : a->n == 2 ? 0xFFC0 : 0xFFFF;
}

static int is_han(uint32_t c)
{
    return c >= FIRST && c <= LAST;
}

/* Characters before which a chunk of Han may begin: those and marks that stand before them. */
static int is_left(uint32_t c)
{
    return is_han(c) || (c >= 0x2000 && c < 0x2070) || (c >= 0x3000 && c < 0x3040) ||
           (c >= 0xFF00 && c < 0xFFF0);
}

static int add(struct list *to, uint32_t left, uint32_t right, uint32_t id)
{
    if (to->n >= MOST_PAIRS || weir_grow(&to->v, &to->cap, to->n + 1, sizeof *to->v))
        return WEIR_EMEM;
    to->v[to->n++] = (struct tok_pair){(uint16_t)left, (uint16_t)right, id};
    return 0;
}

/* The pairs that two neighbouring parts of a token stand for. */
static int add_parts(struct list *to, const struct part *a, const struct part *b)
{
    uint32_t value_a, value_b;
    const uint32_t bits_a = bits_of(a, &value_a), bits_b = bits_of(b, &value_b);
    if (a->what == BEGINNING || b->what == END || !bits_a || !bits_b ||
        value_b >> 12 < FIRST >> 12 ||
        (b->what == BEGINNING && value_b >> 12 > LAST >> 12)) // in no text
        return 0;
    /* All values of the other bits. */
    const uint32_t free_a = 0xFFFF & ~bits_a, free_b = 0xFFFF & ~bits_b;
    uint32_t left = 0;
    do {
        uint32_t right = 0;
        do {
            if (!is_left(left | value_a))
                break;
            if (is_han(right | value_b) && add(to, left | value_a, right | value_b, TOK_PAIRS_NONE))
                return WEIR_EMEM;
            right = (right - free_b) & free_b;
        } while (right);
        left = (left - free_a) & free_a;
    } while (left);
    return 0;
}

/* The token, when it is two characters that merge to it. */
static uint32_t pair_id(const hftok *t, size_t id, uint32_t left, uint32_t right)
{
    const uint32_t a = hf_char_id(t, left), b = hf_char_id(t, right);
    if (t->tokens[id].n_bytes != 6)
        return TOK_PAIRS_APART;
    const uint32_t rank = a == HF_NONE || b == HF_NONE ? HF_NO_RANK : hf_rank(t, a, b);
    return rank != HF_NO_RANK && t->made[rank] == id ? (uint32_t)id : TOK_PAIRS_NONE;
}

/* broken: the pairs of parts, which come last and count. */
static int add_token(const hftok *t, struct list *to, size_t id, int broken)
{
    const struct hf_token *k = &t->tokens[id];
    const char *p = t->texts.p + k->bytes_at;
    struct part before = {.n = 0};
    unsigned len;
    int rc = 0;
    for (size_t at = 0; at < k->n_bytes && !rc; at += before.n) {
        const struct part here = part_of(p + at, k->n_bytes - at);
        const int is_broken = before.what != WHOLE || here.what != WHOLE;
        if (before.n && is_broken && broken) {
            rc = add_parts(to, &before, &here);
        } else if (before.n == 3 && here.n == 3 && !is_broken && !broken) {
            const uint32_t left = hf_char(before.p, &len), right = hf_char(here.p, &len);
            if (is_left(left) && is_han(right))
                rc = add(to, left, right, pair_id(t, id, left, right));
        }
        before = here;
    }
    return rc;
}

/* What the bytes of a character become that is no token, be it alone or a part of a word. */
static int merge_parts(const hftok *t, uint32_t c, struct hf_char_parts *to)
{
    uint32_t ids[3];
    uint8_t ends[3] = {1, 2, 3};
    char p[3];
    unsigned n = 3;
    utf8_of(c, p);
    if (hf_find(t, p, 3) != HF_NONE)
        return 0;
    for (unsigned i = 0; i < 3; i++)
        ids[i] = t->bytes[(uint8_t)p[i]];
    while (n > 1) {
        const uint32_t first = hf_rank(t, ids[0], ids[1]);
        const uint32_t second = n > 2 ? hf_rank(t, ids[1], ids[2]) : HF_NO_RANK;
        const unsigned at = second < first;
        if (first == HF_NO_RANK && second == HF_NO_RANK)
            break;
        ids[at] = t->made[at ? second : first];
        for (unsigned i = at; i + 1 < n; i++) {
            ids[i + 1] = i + 2 < n ? ids[i + 2] : 0;
            ends[i] = ends[i + 1];
        }
        n--;
    }
    *to = (struct hf_char_parts){.n = (uint8_t)n};
    memcpy(to->ids, ids, n * sizeof *ids);
    memcpy(to->ends, ends, n);
    return n > 1;
}

/* The ids of all characters, and the parts of those that are no tokens. */
static uint32_t *char_ids(hftok *t)
{
    uint32_t *ids = weir_calloc(0x10000, sizeof *ids), n = 0;
    t->han_parts = weir_calloc(LAST - FIRST + 1, sizeof *t->han_parts);
    for (uint32_t c = 0; ids && t->han_parts && c < 0x10000; c++) {
        ids[c] = TOK_PAIRS_NONE;
        if (!is_han(c))
            continue;
        if (hf_char_id(t, c) != HF_NONE)
            ids[c] = hf_char_id(t, c);
        else if (merge_parts(t, c, &t->han_parts[n]))
            ids[c] = PARTS | n++;
    }
    return ids;
}

/* Tokenizers for which writing all pairs down would take too much do without. */
int hf_han_build(hftok *t, struct weir_err *err)
{
    const enum hf_pattern last = t->n_stages ? t->stages[t->n_stages - 1].pattern : HF_SCAN_NONE;
    struct list all = {0};
    int rc = 0;
    if (t->pieces || t->n_stages != 1 || (last != HF_SCAN_LLAMA3 && last != HF_SCAN_GPT2))
        return 0;
    uint32_t *ids = char_ids(t);
    rc = ids && t->han_parts ? 0 : WEIR_EMEM;
    for (int broken = 0; broken < 2; broken++)
        for (size_t id = 0; id < t->n_ids && !rc; id++)
            if (t->tokens[id].there && t->tokens[id].spelled)
                rc = add_token(t, &all, id, broken);
    if (!rc) {
        rc = tok_pairs_build(&t->han, all.v, all.n, ids);
        t->han.first = FIRST;
        t->han.last = LAST;
    } else {
        rc = all.n >= MOST_PAIRS ? 0 : WEIR_EMEM;
    }
    free(all.v);
    free(ids);
    return rc ? weir_err_set(err, WEIR_EMEM, "out of memory") : 0;
}

/* ---- encoding ---- */

/* Notes the long chunks in the queue, whose entries come from memory meanwhile. */
static void queue_long(hftok_scratch *s, const struct tok_run *r, size_t at, int whole)
{
    const uint64_t ends = r->starts | (uint64_t)1 << r->n;
    struct tok_chunk *c = s->queue;
    for (uint64_t left = tok_run_long(r); left; left &= left - 1) {
        const unsigned i = (unsigned)__builtin_ctzll(left);
        const unsigned end = (unsigned)__builtin_ctzll(ends & ~(uint64_t)1 << i);
        tok_chunk_set(&s->cache, c++, s->text.p, at + 3 * i, at + 3 * end,
                      !(whole && end - i == r->n));
    }
}

static inline void put_char(const hftok *t, uint32_t id, uint32_t at, struct hf_sink *o)
{
    struct weir_piece *p = o->p + o->n;
    if (__builtin_expect(id < PARTS, 1)) {
        tok_piece_put(p, id, at, at + 3);
        o->n++;
        return;
    }
    const struct hf_char_parts *c = &t->han_parts[id & ~PARTS];
    tok_piece_put(p, c->ids[0], at, at + c->ends[0]);
    tok_piece_put(p + 1, c->ids[1], at + c->ends[0], at + c->ends[1]);
    tok_piece_put(p + 2, c->ids[2], at + c->ends[1], at + c->ends[2]);
    o->n += c->n;
}

/* whole: the run is a word. */
static int put_run(const hftok *t, hftok_scratch *s, const struct tok_run *r, size_t at, int whole,
                   struct hf_sink *o)
{
    const struct tok_chunk *next = s->queue;
    struct tok_chunk c;
    uint32_t ids[2];
    queue_long(s, r, at, whole);
    for (uint64_t left = r->starts; left;) {
        const unsigned i = (unsigned)__builtin_ctzll(left);
        left &= left - 1;
        const unsigned n = (left ? (unsigned)__builtin_ctzll(left) : r->n) - i;
        const uint32_t from = (uint32_t)at + 3 * i, to = from + 3 * n;
        const uint32_t id = n > 2 ? TOK_PAIRS_NONE : tok_run_id(&t->han, r, i, n);
        if (o->cap - o->n < MOST && hf_sink_room(o, MOST))
            return WEIR_EMEM;
        if (__builtin_expect(id < PARTS, 1)) {
            tok_piece_put(o->p + o->n++, id, from, to);
        } else if (id < TOK_PAIRS_APART) {
            put_char(t, id, from, o);
        } else if (id == TOK_PAIRS_APART && tok_run_parts(&t->han, r, i, ids)) {
            put_char(t, ids[0], from, o);
            put_char(t, ids[1], from + 3, o);
        } else {
            if (n <= 2)
                tok_chunk_set(&s->cache, &c, s->text.p, from, to, !(whole && n == r->n));
            if (hf_put(t, s, n > 2 ? next++ : &c, o))
                return WEIR_EMEM;
        }
    }
    return 0;
}

/* A character before the letters belongs to their word; here one that is a chunk of its own, and
 * a token.  Returns its length. */
static size_t put_prefix(const hftok *t, hftok_scratch *s, const struct hf_stage *stage, size_t at,
                         size_t end, struct hf_sink *o)
{
    const char *p = s->text.p + at;
    unsigned len, next_len;
    if (stage->pattern != HF_SCAN_LLAMA3 || end - at < 6 || ((uint8_t)*p & 0xF0) != 0xE0)
        return 0;
    const uint32_t c = hf_char(p, &len);
    const uint8_t *u = (const uint8_t *)p + 3;
    if (hf_classes[c] & (HF_L | HF_N) || u[0] < 0xE4 || u[0] > 0xE9)
        return 0;
    const uint32_t next = hf_char(p + 3, &next_len), id = hf_char_id(t, c);
    if (!is_left(c) || !is_han(next) || id == HF_NONE || tok_pairs_join(&t->han, c, next) ||
        hf_flush(t, s, o) || hf_sink_room(o, 1))
        return 0;
    o->p[o->n++] = (struct weir_piece){id, (uint32_t)at, (uint32_t)at + 3};
    return 3;
}

int hf_han_words(const hftok *t, hftok_scratch *s, const struct hf_stage *stage, size_t *at,
                 size_t end, int *inside, struct hf_sink *o)
{
    const size_t prefix = *inside ? 0 : put_prefix(t, s, stage, *at, end, o);
    const size_t begin = *at + prefix;
    const char *p = s->text.p + begin;
    unsigned len;
    struct tok_run r;
    if ((uint8_t)*p < 0xE4 || (uint8_t)*p > 0xE9)
        return 0;
    const size_t most = (end - begin) / 3;
    t->han.look(&t->han, (const uint8_t *)p,
                most < TOK_PAIRS_MOST ? (unsigned)most : TOK_PAIRS_MOST, &r);
    const size_t behind = begin + 3 * r.n;
    const int begins = !prefix && !*inside; // the word
    const int goes_on = behind < end && hf_classes[hf_char(s->text.p + behind, &len)] & HF_L;
    if (r.n && goes_on)
        tok_run_drop_last(&r);
    if (prefix)
        *inside = 1;
    *at = begin;
    if (!r.n)
        return 0;
    *inside = goes_on;
    *at = begin + 3 * r.n;
    return hf_flush(t, s, o) || put_run(t, s, &r, begin, begins && !goes_on, o) ? WEIR_EMEM : 0;
}
