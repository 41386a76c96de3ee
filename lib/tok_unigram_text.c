/* Unigram models on a text: cut where no piece holds both characters, and look up what was seen
 * before.
 *
 * Between two such places the best path is the same after any text, unless rounding decides.  The
 * scores of k pieces behind a score of at most L are off by k roundings of numbers of at most L and
 * their own sum, each by 2^-24 of it; the difference of two paths by twice as much.  A chunk whose
 * paths differed by twice that again when it was seen has this path behind every score up to L, and
 * is remembered for it.  What is added up to the score stays what the library adds, to the bit. */
#include "tok_cut.h"
#include "tok_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = TOK_BPE_QUEUE * TOK_SHORT_IDS + TOK_LONG_IDS, LIMITS = 3, HAN_LIMIT = 1 };

static const float limits[LIMITS] = {1 << 14, 1 << 17, 1 << 20};

/* What paths through a chunk of n characters must differ by. */
static double needed(const struct tok_unigram *u, size_t n, float limit)
{
    return 4 * (double)(n + 2) * (limit + (double)(n + 2) * u->most) * 0x1p-24;
}

/* ---- building ---- */

/* The piece that the n bytes at p are, or TOK_PAIRS_NONE. */
static uint32_t piece_at(const struct tok_unigram *u, const char *p, size_t n)
{
    uint32_t node = 0;
    for (size_t i = 0; i < n; i++)
        if (!(node = tok_trie_next(&u->trie, node, (uint8_t)p[i])))
            return TOK_PAIRS_NONE;
    return u->trie.values[node] < 0 ? TOK_PAIRS_NONE : (uint32_t)u->trie.values[node];
}

static double score_of(const struct tok_unigram *u, uint32_t id)
{
    return id == TOK_PAIRS_NONE ? u->unk_score : u->scores[id];
}

/* The piece of two characters, when that is certain. */
static uint32_t pair_id(const struct tok_unigram *u, struct weir_span s)
{
    const uint32_t id = s.n == 6 ? piece_at(u, s.p, 6) : TOK_PAIRS_NONE;
    if (id == TOK_PAIRS_NONE)
        return id;
    const double apart = score_of(u, piece_at(u, s.p, 3)) + score_of(u, piece_at(u, s.p + 3, 3));
    return score_of(u, id) - apart > needed(u, 2, limits[HAN_LIMIT]) ? id : TOK_PAIRS_NONE;
}

int tok_unigram_pairs(weir_tok *t)
{
    struct tok_unigram *u = t->unigram;
    struct tok_pair_list all = {0};
    uint32_t *ids = weir_calloc(0x10000, sizeof *ids);
    int rc = ids ? 0 : WEIR_EMEM;
    for (size_t i = 0; i < t->model.n_pieces && !rc; i++)
        if (t->symbols[i].pieces && t->symbols[i].type != SPM_UNUSED)
            rc = tok_han_add_pairs(&all, t->symbols[i].text, pair_id(u, t->symbols[i].text));
    for (uint32_t c = 0; c < 0x10000 && !rc; c++) {
        const int32_t id = u->nodes[c] ? u->trie.values[u->nodes[c]] : -1;
        ids[c] = id < 0 ? TOK_PAIRS_NONE : (uint32_t)id;
    }
    if (!rc)
        rc = tok_pairs_build(&u->han, all.v, all.n, ids);
    free(all.v);
    free(ids);
    return rc;
}

/* ---- encoding ---- */

/* The limit that a score leaves some room to, LIMITS when none does. */
static unsigned limit_of(float score)
{
    unsigned i = 0;
    while (i < LIMITS && !(fabsf(score) < limits[i] * 0.75f))
        i++;
    return i;
}

/* As the library adds them. */
static inline float add_up(const struct tok_unigram *u, float score, const struct weir_piece *p,
                           size_t n)
{
    for (size_t i = 0; i < n; i++)
        score = (float)(u->scores[p[i].id] + score);
    return score;
}

/* A chunk that is not remembered, for scores within limit. */
static int encode_new(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o,
                      const struct tok_chunk *c, float *score)
{
    const size_t before = o->n, n = tok_chunk_len(c);
    const unsigned part = tok_chunk_part(c);
    const int known_limit = part < LIMITS && fabsf(*score) <= limits[part] && c->at >= o->shift;
    float margin = INFINITY;
    o->last = c->at < o->shift ? 0 : c->at - o->shift;
    if (tok_unigram_best(t, s, o, c->at, c->end, score, &margin))
        return WEIR_EMEM;
    if (!known_limit || n > TOK_LONG_KEY || !(margin > needed(t->unigram, n, limits[part])))
        return 0;
    if (o->n == before || o->p[before].begin != c->at - o->shift)
        return 0; // its first character became one with what is before
    for (size_t i = before; i < o->n; i++)
        if (t->model.pieces[o->p[i].id].type != SPM_NORMAL &&
            t->model.pieces[o->p[i].id].type != SPM_USER_DEFINED)
            return 0; // what is unknown would
    tok_cache_add(&s->cache, c, s->text.p, o->p + before, o->n - before, o->shift);
    return 0;
}

static int put_chunk(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o,
                     const struct tok_chunk *c, float *score)
{
    const unsigned part = tok_chunk_part(c);
    struct weir_piece *p = o->p + o->n;
    const struct tok_slot *u = NULL;
    if (part >= LIMITS || fabsf(*score) > limits[part] || c->at < o->shift)
        return encode_new(t, s, o, c, score);
    size_t n = tok_cache_put(&s->cache, c, o->shift, p, &u);
    const struct tok_long *e = !n && (u || tok_chunk_len(c) > TOK_SHORT_KEY)
                                   ? tok_cache_find_long(&s->cache, c, s->text.p)
                                   : NULL;
    if (e) {
        tok_long_put(e, c->at - o->shift, p);
        n = e->n;
    }
    if (!n)
        return encode_new(t, s, o, c, score);
    *score = add_up(t->unigram, *score, p, n);
    o->n += n;
    return 0;
}

static int room(const weir_tok_scratch *s, struct tok_sink *o, size_t at)
{
    return o->cap - o->n < MOST && tok_sink_room(o, (s->text.n - at) / 3 + MOST) ? WEIR_EMEM : 0;
}

static int flush(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o, float *score)
{
    const size_t n = s->n_queue;
    s->n_queue = 0;
    for (size_t i = 0; i < n; i++)
        if (room(s, o, s->queue[i].at) || put_chunk(t, s, o, &s->queue[i], score))
            return WEIR_EMEM;
    return 0;
}

static inline void put_known(const struct tok_unigram *u, struct tok_sink *o, uint32_t id,
                             size_t at, size_t end, float *score)
{
    *score = (float)(u->scores[id] + *score);
    tok_piece_put(o->p + o->n++, id, (uint32_t)at - o->shift, (uint32_t)end - o->shift);
}

/* As tok_han_encode(). */
static int put_han(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o, size_t *at,
                   unsigned part, float *score)
{
    const struct tok_unigram *u = t->unigram;
    struct tok_run r;
    struct tok_chunk other, *c = s->queue;
    if (flush(t, s, o, score))
        return WEIR_EMEM;
    tok_han_look(&u->han, &u->joins, s, *at, s->text.n, &r);
    tok_han_queue(s, &r, *at, part);
    for (uint64_t left = r.starts; left && r.n;) {
        const unsigned i = (unsigned)__builtin_ctzll(left);
        left &= left - 1;
        const unsigned n = (left ? (unsigned)__builtin_ctzll(left) : r.n) - i;
        const size_t from = *at + 3 * i, to = from + 3 * n;
        const uint32_t id = n > 2 ? TOK_PAIRS_NONE : tok_run_id(&u->han, &r, i, n);
        if (room(s, o, from))
            return WEIR_EMEM;
        uint32_t ids[2] = {id};
        const int known = fabsf(*score) <= limits[HAN_LIMIT];
        if (known && (id < TOK_PAIRS_APART ||
                      (id == TOK_PAIRS_APART && tok_run_parts(&u->han, &r, i, ids)))) {
            const size_t end = id < TOK_PAIRS_APART ? to : from + 3;
            put_known(u, o, ids[0], from, end, score);
            if (end < to)
                put_known(u, o, ids[1], end, to, score);
            continue;
        }
        if (n <= 2)
            tok_chunk_set(&s->cache, &other, s->text.p, from, to, part);
        if (put_chunk(t, s, o, n > 2 ? c++ : &other, score))
            return WEIR_EMEM;
    }
    *at += 3 * r.n;
    return 0;
}

int tok_unigram_encode(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o)
{
    const struct tok_unigram *u = t->unigram;
    struct tok_cutter cut = {.joins = &u->joins, .how = u->han.chars ? TOK_UP_TO_HAN : TOK_ALL};
    float score = 0;
    s->n_queue = 0;
    for (size_t at = 0; at < s->text.n;) {
        const size_t before = at;
        if (s->n_queue > TOK_BPE_QUEUE - 64 && flush(t, s, o, &score))
            return WEIR_EMEM;
        if (!s->n_queue)
            cut.part = limit_of(score);
        if (u->han.chars && tok_is_han((uint8_t)s->text.p[at]) && at >= o->shift &&
            put_han(t, s, o, &at, cut.part, &score))
            return WEIR_EMEM;
        if (at == before)
            at = tok_queue_block(&cut, s, at, s->text.n);
    }
    return flush(t, s, o, &score);
}
