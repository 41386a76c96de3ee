/* BPE on one chunk: the pair of lowest rank first, of equal ranks the leftmost.  Short chunks are
 * scanned for it, long ones keep a queue. */
#include "hftok_impl.h"
#include "lib/heap.h"

#include <stdlib.h>
#include <string.h>

enum { SHORT = 40, END = 0xFFFFFFFF };

int hf_sink_room(struct hf_sink *o, size_t more)
{
    if (o->n + more <= o->cap)
        return 0;
    if (o->n + more > o->limit / (2 * sizeof *o->p)) // the array moves when it grows
        return WEIR_EMEM;
    return weir_grow(&o->p, &o->cap, o->n + more, sizeof *o->p);
}

static void put(struct hf_sink *o, uint32_t id, size_t at, size_t end)
{
    o->p[o->n++] = (struct weir_piece){id, (uint32_t)at, (uint32_t)end};
}

/* The symbol that begins at `at`. */
static uint32_t symbol_at(const hftok *t, const char *p, size_t at, int whole, unsigned *len)
{
    *len = 1;
    if (whole == HF_MIXED && ((uint8_t)p[at] & 0xC0) != 0x80) {
        const uint32_t id = hf_char_id(t, hf_char(p + at, len));
        if (id != HF_NONE)
            return id;
        *len = 1;
    }
    return whole == 1 ? hf_char_id(t, hf_char(p + at, len)) : t->bytes[(uint8_t)p[at]];
}

/* ---- short ---- */

/* Ranks of single bytes, whose ids are mostly the lowest, have a table of their own. */
static inline uint32_t first_rank(const hftok *t, uint32_t left, uint32_t right)
{
    return (left | right) < 256 ? t->low[left << 8 | right] : hf_rank(t, left, right);
}

static size_t merge_short(const hftok *t, uint32_t *ids, uint32_t *ends, size_t n)
{
    uint32_t ranks[SHORT + 1];
    for (size_t i = 0; i + 1 < n; i++)
        ranks[i] = first_rank(t, ids[i], ids[i + 1]);
    while (n > 1) {
        uint32_t rank = HF_NO_RANK;
        size_t best = 0;
        for (size_t i = 0; i + 1 < n; i++)
            if (ranks[i] < rank) {
                rank = ranks[i];
                best = i;
            }
        if (rank == HF_NO_RANK)
            break;
        ids[best] = t->made[rank];
        n--;
        for (size_t i = best + 1; i < n; i++) {
            ids[i] = ids[i + 1];
            ends[i - 1] = ends[i];
            ranks[i - 1] = ranks[i];
        }
        ends[n - 1] = ends[n];
        if (best + 1 < n)
            ranks[best] = hf_rank(t, ids[best], ids[best + 1]);
        if (best)
            ranks[best - 1] = hf_rank(t, ids[best - 1], ids[best]);
    }
    return n;
}

/* ---- long: a heap of rank and place ---- */

static void offer(const hftok *t, hftok_scratch *s, uint32_t i, size_t *n_heap)
{
    const uint32_t right = s->next[i];
    s->ranks[i] = right == END ? HF_NO_RANK : hf_rank(t, s->ids[i], s->ids[right]);
    if (s->ranks[i] != HF_NO_RANK)
        heap_push(s->heap, n_heap, (uint64_t)s->ranks[i] << 32 | i);
}

/* An entry counts when the pair that begins at its place still has its rank. */
static void merge_long(const hftok *t, hftok_scratch *s, size_t n)
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
        const uint32_t i = (uint32_t)top, rank = (uint32_t)(top >> 32);
        if (s->ranks[i] != rank)
            continue;
        const uint32_t right = s->next[i], after = s->next[right];
        s->ids[i] = t->made[rank];
        s->ends[i] = s->ends[right];
        s->ranks[right] = HF_NO_RANK;
        s->next[i] = after;
        if (after != END)
            s->before[after] = i;
        if (s->before[i] != END)
            offer(t, s, s->before[i], &n_heap);
        offer(t, s, i, &n_heap);
    }
}

static int room(hftok_scratch *s, size_t n)
{
    return n >= END || weir_grow(&s->ids, &s->cap_ids, n, sizeof *s->ids) ||
           weir_grow(&s->ends, &s->cap_ends, n, sizeof *s->ends) ||
           weir_grow(&s->next, &s->cap_next, n, sizeof *s->next) ||
           weir_grow(&s->before, &s->cap_before, n, sizeof *s->before) ||
           weir_grow(&s->ranks, &s->cap_ranks, n, sizeof *s->ranks) ||
           weir_grow(&s->heap, &s->cap_heap, 3 * n, sizeof *s->heap);
}

static int merge_queued(const hftok *t, hftok_scratch *s, const char *p, size_t at, size_t end,
                        int whole, struct hf_sink *o)
{
    size_t n = 0;
    unsigned len;
    if (room(s, end - at) || hf_sink_room(o, end - at))
        return WEIR_EMEM;
    for (size_t i = at; i < end; n++) {
        s->ids[n] = symbol_at(t, p, i, whole, &len);
        s->ends[n] = (uint32_t)(i += len);
    }
    merge_long(t, s, n);
    for (uint32_t i = 0; i != END; i = s->next[i]) {
        put(o, s->ids[i], at, s->ends[i]);
        at = s->ends[i];
    }
    return 0;
}

int hf_merge(const hftok *t, hftok_scratch *s, const char *p, size_t at, size_t end, int whole,
             struct hf_sink *o)
{
    uint32_t ids[SHORT + 1], ends[SHORT + 1];
    size_t n = 0, i = at;
    unsigned len;
    for (; i < end && n < SHORT; n++) {
        ids[n] = symbol_at(t, p, i, whole, &len);
        ends[n] = (uint32_t)(i += len);
    }
    if (i < end)
        return merge_queued(t, s, p, at, end, whole, o);
    if (hf_sink_room(o, SHORT))
        return WEIR_EMEM;
    n = merge_short(t, ids, ends, n);
    for (size_t k = 0; k < n; at = ends[k++])
        put(o, ids[k], at, ends[k]);
    return 0;
}
