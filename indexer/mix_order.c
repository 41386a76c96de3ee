#include "indexer/mix_order.h"

#include <stdlib.h>
#include <string.h>

typedef unsigned __int128 u128;

struct taking {
    const struct mix_plan *plan;
    struct mix_sink *sink;
    weir_extsort *sort;
    struct weir_buf key, item;
    uint32_t source;
    const size_t *takes; // those of the source
    size_t n_takes;
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
    return t->key.failed ? weir_buf_check(&t->key, err)
                         : weir_extsort_add(t->sort, weir_buf_span(&t->key),
                                            weir_buf_span(&t->item), err);
}

/* Every copy of a sample that the phases take.  *used: tokens of its first one. */
static int take_copies(struct taking *t, const struct mix_seq *q, uint64_t ordinal, uint32_t *used,
                       struct weir_err *err)
{
    int rc = 0;
    *used = 0;
    for (size_t k = 0; k < t->n_takes; k++) {
        const struct mix_slice *s = &t->plan->slices[t->takes[k]];
        for (uint32_t copy = s->from.copy; !rc && copy <= s->to.copy; copy++) {
            const struct mix_pos pos = {copy, mix_rank(t->plan, t->source, ordinal, copy), ordinal};
            const uint32_t n = taken(s, &pos, q->n);
            if (n || (!q->n && mix_pos_before(&pos, &s->to) && !mix_pos_before(&pos, &s->from)))
                rc = take(t, q, t->takes[k], &pos, n, err);
            *used = n > *used ? n : *used;
        }
    }
    return rc;
}

static void add_count(struct weir_count *c, uint64_t bytes, uint64_t tokens)
{
    c->records++, c->bytes += bytes, c->tokens += tokens;
}

static int count_left(struct weir_tally *tally, const struct weir_count *left, struct weir_err *err)
{
    const struct weir_count none = {0};
    tally->dropped.records += left->records;
    tally->dropped.bytes += left->bytes;
    tally->dropped.tokens += left->tokens;
    return left->records && weir_names_add(&tally->reasons, WEIR_LIT("left-over"), *left, none)
               ? weir_err_set(err, WEIR_EMEM, "out of memory")
               : 0;
}

static int take_part(struct taking *t, size_t part, uint64_t *ordinal, struct weir_tally *tally,
                     struct weir_err *err)
{
    const struct index_parts *parts = t->plan->parts;
    struct weir_count left = {0};
    struct mix_scan scan;
    struct mix_seq q;
    int got = 0, rc = mix_scan_open(&scan, parts->at[part].prefix, parts->with_manifest, err);
    mix_sink_part(t->sink, part);
    while (!rc && (got = mix_scan_next(&scan, &q, err)) > 0) {
        uint32_t used;
        rc = take_copies(t, &q, (*ordinal)++, &used, err);
        add_count(&tally->in, (uint64_t)q.n * parts->width, q.n);
        add_count(used ? &tally->kept : &left, (uint64_t)q.n * parts->width, q.n);
    }
    rc = rc ? rc : got;
    if (!rc)
        rc = mix_sink_part_end(t->sink, err);
    if (!rc)
        rc = count_left(tally, &left, err);
    mix_scan_close(&scan);
    return rc;
}

int mix_order_take(const struct mix_plan *p, struct mix_sink *sink, weir_extsort *sort,
                   struct weir_tally *tally, struct weir_err *err)
{
    const struct mix_spec *spec = p->spec;
    struct taking t = {.plan = p, .sink = sink, .sort = sort};
    size_t *takes = weir_calloc(spec->n_phases, sizeof *takes);
    int rc = takes ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
    t.takes = takes;
    for (size_t s = 0; !rc && s < spec->n_sources; s++) {
        uint64_t ordinal = 0;
        t.source = (uint32_t)s;
        t.n_takes = 0;
        for (size_t i = 0; i < spec->n_takes; i++)
            if (spec->takes[i].source == s)
                takes[t.n_takes++] = i;
        for (size_t i = 0; !rc && i < spec->sources[s].n_names; i++)
            rc = take_part(&t, spec->sources[s].first_name + i, &ordinal, tally, err);
    }
    free(takes);
    weir_buf_free(&t.key);
    weir_buf_free(&t.item);
    return rc ? rc : weir_extsort_sort(sort, err);
}

int mix_order_next(weir_extsort *sort, struct weir_buf *item, uint32_t *phase,
                   struct weir_err *err)
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
