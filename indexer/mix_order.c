#include "indexer/mix_order.h"

#include <stdlib.h>
#include <string.h>

typedef unsigned __int128 u128;

struct taking {
    const struct mix_plan *plan;
    struct mix_sink *sink;
    weir_extsort *sort;
    struct weir_buf key, item;
    size_t *takes; // numbers of those of source 0, of source 1, …
    size_t *first; // of each source in takes, and the end
};

void mix_key_put(struct weir_buf *key, uint64_t v, size_t bytes)
{
    for (size_t i = bytes; i-- > 0;)
        weir_buf_addc(key, (char)(v >> 8 * i));
}

/* When in its phase a sample comes: its place in the slice, in parts of 2^64.  Samples of a source
 * are spread over the phase, one copy behind the other, however many of it there are. */
static uint64_t time_of(const struct mix_slice *s, const struct mix_pos *pos)
{
    const u128 from = (u128)s->from.copy << 64 | s->from.rank;
    u128 length = ((u128)s->to.copy << 64 | s->to.rank) - from;
    u128 at = ((u128)pos->copy << 64 | pos->rank) - from;
    if (at >= length)
        return UINT64_MAX;
    while (length >> 64)
        length >>= 1, at >>= 1;
    const u128 t = (at << 64) / length;
    return t >> 64 ? UINT64_MAX : (uint64_t)t;
}

/* Tokens of a sample that a slice takes: 0, some, all. */
static uint32_t taken(const struct mix_slice *s, const struct mix_pos *pos, uint32_t n)
{
    if (mix_pos_before(pos, &s->from))
        return 0;
    if (mix_pos_before(pos, &s->to))
        return n;
    return mix_pos_before(&s->to, pos) ? 0 : s->cut;
}

static int take(struct taking *t, const struct mix_seq *q, size_t i, const struct mix_pos *pos,
                uint32_t n, struct weir_err *err)
{
    const struct mix_slice *s = &t->plan->slices[i];
    const int rc = mix_sink_take(t->sink, q, n, pos->copy, &t->item, err);
    if (rc)
        return rc;
    t->key.n = 0;
    mix_key_put(&t->key, s->phase, 2);
    mix_key_put(&t->key, t->plan->order == MIX_SEQUENTIAL ? 0 : time_of(s, pos), 8);
    mix_key_put(&t->key, i, 4);
    mix_key_put(&t->key, pos->copy, 4);
    mix_key_put(&t->key, pos->ordinal, 8);
    return t->key.failed
               ? weir_buf_check(&t->key, err)
               : weir_extsort_add(t->sort, weir_buf_span(&t->key), weir_buf_span(&t->item), err);
}

/* Every copy of a sample that the phases take.  *used: tokens of its first one. */
static int take_copies(struct taking *t, const struct mix_seq *q, uint32_t source, uint64_t ordinal,
                       uint32_t *used, struct weir_err *err)
{
    int rc = 0;
    *used = 0;
    for (size_t k = t->first[source]; k < t->first[source + 1]; k++) {
        const struct mix_slice *s = &t->plan->slices[t->takes[k]];
        for (uint32_t copy = s->from.copy; !rc && copy <= s->to.copy; copy++) {
            const struct mix_pos pos = {copy, mix_rank(t->plan, source, ordinal, copy), ordinal};
            const uint32_t n = taken(s, &pos, q->n);
            if (n || (!q->n && mix_pos_before(&pos, &s->to) && !mix_pos_before(&pos, &s->from)))
                rc = take(t, q, t->takes[k], &pos, n, err);
            *used = n > *used ? n : *used;
        }
    }
    return rc;
}

static int take_sample(struct mix_visit *v, const struct mix_seq *q, uint32_t source,
                       uint64_t ordinal, int *used, struct weir_err *err)
{
    struct taking *t = v->ctx;
    uint32_t n;
    const int rc = take_copies(t, q, source, ordinal, &n, err);
    *used = n > 0;
    return rc;
}

/* The takes of each source, one source behind another. */
static int sort_takes(struct taking *t, struct weir_err *err)
{
    const struct mix_spec *spec = t->plan->spec;
    t->first = weir_calloc(spec->n_sources + 1, sizeof *t->first);
    t->takes = weir_calloc(spec->n_takes, sizeof *t->takes);
    size_t *next = weir_calloc(spec->n_sources + 1, sizeof *next);
    int rc = t->first && t->takes && next ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
    for (size_t i = 0; !rc && i < spec->n_takes; i++)
        t->first[spec->takes[i].source + 1]++;
    for (size_t i = 0; !rc && i < spec->n_sources; i++)
        next[i + 1] = t->first[i + 1] += t->first[i];
    for (size_t i = 0; !rc && i < spec->n_takes; i++)
        t->takes[next[spec->takes[i].source]++] = i;
    free(next);
    return rc;
}

int mix_order_take(const struct mix_plan *p, struct mix_sink *sink, weir_extsort *sort,
                   struct weir_tally *tally, struct weir_err *err)
{
    struct taking t = {.plan = p, .sink = sink, .sort = sort};
    struct mix_visit v = {.spec = p->spec,
                          .parts = p->parts,
                          .sink = sink,
                          .tally = tally,
                          .ctx = &t,
                          .take = take_sample,
                          .left = "left-over"};
    int rc = sort_takes(&t, err);
    if (!rc)
        rc = mix_visit(&v, err);
    free(t.first);
    free(t.takes);
    weir_buf_free(&t.key);
    weir_buf_free(&t.item);
    return rc ? rc : weir_extsort_sort(sort, err);
}

int mix_order_next(weir_extsort *sort, struct weir_buf *item, uint32_t *phase, struct weir_err *err)
{
    struct weir_span key, value;
    const int got = weir_extsort_next(sort, &key, &value, err);
    if (got <= 0)
        return got;
    *phase = (uint32_t)(unsigned char)key.p[0] << 8 | (unsigned char)key.p[1];
    item->n = 0;
    weir_buf_add(item, value.p, value.n);
    const int rc = weir_buf_check(item, err);
    return rc ? rc : 1;
}
