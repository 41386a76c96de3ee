#include "indexer/mix_plan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xxh.h"

typedef unsigned __int128 u128;

enum { BUCKETS = 4096, BUCKET_SHIFT = 52 };
#define MAX_AMOUNT (UINT64_C(1) << 54)

/* How far into its stream a source was taken. */
struct state {
    struct mix_pos pos;
    uint64_t tokens, samples; // before pos
};

struct ranked {
    uint64_t rank, ordinal;
    uint32_t n;
};

/* Where a copy of a source is to be divided. */
struct divide {
    const struct mix_plan *plan;
    uint32_t source, copy;
    int by_tokens;
    uint64_t rest; // tokens or samples before the place
    uint64_t tokens[BUCKETS], samples[BUCKETS];
    uint64_t bucket;
    struct ranked *at; // the samples of that bucket
    size_t n, cap;
};

uint64_t mix_rank(const struct mix_plan *p, uint32_t source, uint64_t ordinal, uint32_t copy)
{
    const uint64_t n = p->spec->sources[source].n_seqs;
    if (p->order != MIX_SHUFFLE)
        return (uint64_t)(((u128)ordinal << 64) / n);
    const uint64_t key[3] = {source, copy, ordinal};
    return XXH3_64bits_withSeed(key, sizeof key, p->seed);
}

/* ---- reading the lengths of a source ---- */

typedef int each_fn(struct divide *d, uint64_t rank, uint64_t ordinal, uint32_t n,
                    struct weir_err *err);

static int each_sample(struct divide *d, each_fn *each, struct weir_err *err)
{
    const struct mix_source *s = &d->plan->spec->sources[d->source];
    uint64_t ordinal = 0;
    int rc = 0;
    for (size_t i = 0; !rc && i < s->n_names; i++) {
        struct mix_scan scan;
        struct mix_seq q;
        int got = 0;
        rc = mix_scan_open(&scan, d->plan->parts->at[s->first_name + i].prefix, 0, err);
        while (!rc && (got = mix_scan_next(&scan, &q, err)) > 0) {
            rc = each(d, mix_rank(d->plan, d->source, ordinal, d->copy), ordinal, q.n, err);
            ordinal++;
        }
        rc = rc ? rc : got;
        mix_scan_close(&scan);
    }
    return rc;
}

static int add_to_bucket(struct divide *d, uint64_t rank, uint64_t ordinal, uint32_t n,
                         struct weir_err *err)
{
    (void)ordinal, (void)err;
    d->tokens[rank >> BUCKET_SHIFT] += n;
    d->samples[rank >> BUCKET_SHIFT]++;
    return 0;
}

static int keep_of_bucket(struct divide *d, uint64_t rank, uint64_t ordinal, uint32_t n,
                          struct weir_err *err)
{
    if (rank >> BUCKET_SHIFT != d->bucket)
        return 0;
    if (weir_grow(&d->at, &d->cap, d->n + 1, sizeof *d->at))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    d->at[d->n++] = (struct ranked){rank, ordinal, n};
    return 0;
}

static int by_rank(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return x->ordinal < y->ordinal ? -1 : 1;
}

/* ---- the place where a slice ends ---- */

/* The sample before which d->rest are, or inside which they end; *before: what lies before it. */
static int find_place(struct divide *d, struct ranked *place, struct state *before,
                      struct weir_err *err)
{
    uint64_t sum = 0;
    int rc = each_sample(d, add_to_bucket, err);
    const uint64_t *counts = d->by_tokens ? d->tokens : d->samples;
    while (!rc && d->bucket + 1 < BUCKETS && sum + counts[d->bucket] <= d->rest) {
        sum += counts[d->bucket];
        before->tokens += d->tokens[d->bucket];
        before->samples += d->samples[d->bucket++];
    }
    if (!rc)
        rc = each_sample(d, keep_of_bucket, err);
    if (rc)
        return rc;
    if (!d->n)
        return weir_err_set(err, WEIR_EBAD, "a dataset changed while it was read");
    qsort(d->at, d->n, sizeof *d->at, by_rank);
    size_t i = 0;
    for (; i + 1 < d->n; i++) {
        const uint64_t n = d->by_tokens ? d->at[i].n : 1;
        if (sum + n > d->rest)
            break;
        sum += n;
        before->tokens += d->at[i].n;
        before->samples++;
    }
    *place = d->at[i];
    return 0;
}

/* Ends the slice where the source has given amount tokens or samples more than *st, and moves *st
 * there. */
static int end_slice(const struct mix_plan *p, struct mix_slice *s, struct state *st, int by_tokens,
                     uint64_t amount, struct weir_err *err)
{
    const struct mix_source *src = &p->spec->sources[s->source];
    const uint64_t target = (by_tokens ? st->tokens : st->samples) + amount;
    const uint64_t each = by_tokens ? src->n_tokens : src->n_seqs;
    const uint64_t copy = target / each;
    if (amount >= MAX_AMOUNT || copy >= UINT32_MAX)
        return weir_err_set(err, WEIR_EUSAGE, "source %s: too much is asked for",
                            mix_word(p->spec, src->name));
    struct state end = {.pos = {.copy = (uint32_t)copy}};
    struct divide *d = weir_calloc(1, sizeof *d);
    struct ranked place = {0};
    int rc = d ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!rc && target % each) {
        d->plan = p, d->source = s->source, d->copy = (uint32_t)copy;
        d->by_tokens = by_tokens, d->rest = target % each;
        rc = find_place(d, &place, &end, err);
        end.pos = (struct mix_pos){(uint32_t)copy, place.rank, place.ordinal};
    }
    if (d)
        free(d->at);
    free(d);
    if (rc)
        return rc;
    s->from = st->pos;
    s->to = end.pos;
    const uint64_t over = by_tokens ? target % each - end.tokens : 0; // of the sample there
    end.tokens += copy * src->n_tokens;
    end.samples += copy * src->n_seqs;
    s->cut = p->whole ? 0 : (uint32_t)over;
    s->n_samples = end.samples - st->samples + (s->cut > 0);
    s->n_tokens = end.tokens - st->tokens + s->cut;
    if (s->cut) { // the rest of it is left over
        end.tokens += place.n;
        end.samples++;
        end.pos.ordinal++;
    }
    *st = end;
    return 0;
}

int mix_plan_draw(const struct mix_plan *p, struct mix_slice *s, int by_tokens, uint64_t amount,
                  struct weir_err *err)
{
    struct state st = {.tokens = 0};
    *s = (struct mix_slice){.source = 0};
    return end_slice(p, s, &st, by_tokens, amount, err);
}

/* ---- how much of what ---- */

static uint64_t millionths(uint64_t n, uint64_t v)
{
    const u128 r = (u128)n * v / MIX_UNIT;
    return r < MAX_AMOUNT ? (uint64_t)r : MAX_AMOUNT;
}

/* Tokens that a source may still give. */
static uint64_t still(const struct mix_plan *p, const struct mix_take *t, const struct state *st,
                      uint64_t epochs)
{
    const uint64_t most = millionths(p->spec->sources[t->source].n_tokens, epochs);
    return most > st[t->source].tokens ? most - st[t->source].tokens : 0;
}

/* The takes of a phase. */
struct share {
    const struct mix_plan *plan;
    size_t first, end; // of spec->takes
    struct state *states;
    uint64_t *got; // tokens of each take
};

static int check_batch(const struct share *h, const struct mix_take *t, struct weir_err *err)
{
    const struct mix_spec *spec = h->plan->spec;
    return t->batch ? weir_err_set(err, WEIR_EUSAGE, "take %s: batch is for --order batches",
                                   mix_word(spec, spec->sources[t->source].name))
                    : 0;
}

static int take_fixed(struct share *h, uint64_t *sum, struct weir_err *err)
{
    const struct mix_spec *spec = h->plan->spec;
    int rc = 0;
    for (size_t i = h->first; !rc && i < h->end; i++) {
        const struct mix_take *t = &spec->takes[i];
        struct mix_slice *s = &h->plan->slices[i];
        rc = check_batch(h, t, err);
        if (rc || t->kind == MIX_WEIGHT)
            continue;
        const uint64_t limit = t->at_most ? still(h->plan, t, h->states, t->at_most) : UINT64_MAX;
        const uint64_t amount = t->kind == MIX_EPOCHS
                                    ? millionths(spec->sources[t->source].n_tokens, t->amount)
                                    : t->amount;
        rc = end_slice(h->plan, s, &h->states[t->source], t->kind != MIX_SAMPLES, amount, err);
        s->asked = t->kind == MIX_SAMPLES ? s->n_tokens : amount;
        if (!rc && s->n_tokens > limit)
            rc =
                weir_err_set(err, WEIR_EUSAGE,
                             "source %s: %" PRIu64 " tokens are asked for, at-most leaves %" PRIu64,
                             mix_word(spec, spec->sources[t->source].name), s->n_tokens, limit);
        *sum += s->n_tokens;
    }
    return rc;
}

static int is_open(const struct share *h, size_t i)
{
    return h->plan->spec->takes[i].kind == MIX_WEIGHT && h->got[i] == UINT64_MAX;
}

/* Without a number for the phase: as much as can be had before a source ends. */
static uint64_t all_there_is(const struct share *h)
{
    const struct mix_spec *spec = h->plan->spec;
    u128 most = MAX_AMOUNT, weights = 0;
    for (size_t i = h->first; i < h->end; i++)
        weights += is_open(h, i) ? spec->takes[i].amount : 0;
    for (size_t i = h->first; i < h->end; i++) {
        const struct mix_take *t = &spec->takes[i];
        if (!is_open(h, i))
            continue;
        const u128 n =
            still(h->plan, t, h->states, t->at_most ? t->at_most : MIX_UNIT) * weights / t->amount;
        most = n < most ? n : most;
    }
    return (uint64_t)most;
}

/* A source whose share is above what it may give gives that, and the others share the rest. */
static int take_limited(struct share *h, uint64_t *rest)
{
    const struct mix_spec *spec = h->plan->spec;
    u128 weights = 0;
    int any = 0;
    for (size_t i = h->first; i < h->end; i++)
        weights += is_open(h, i) ? spec->takes[i].amount : 0;
    const uint64_t before = *rest;
    for (size_t i = h->first; i < h->end; i++) {
        const struct mix_take *t = &spec->takes[i];
        if (!is_open(h, i) || !t->at_most)
            continue;
        const uint64_t limit = still(h->plan, t, h->states, t->at_most);
        if ((u128)before * t->amount / weights < limit)
            continue;
        h->got[i] = limit;
        *rest -= limit;
        any = 1;
    }
    return any;
}

/* Divided so that all parts add up: each ends where its sum of weights says. */
static void divide_rest(struct share *h, uint64_t rest)
{
    const struct mix_spec *spec = h->plan->spec;
    u128 weights = 0, sum = 0;
    for (size_t i = h->first; i < h->end; i++)
        weights += is_open(h, i) ? spec->takes[i].amount : 0;
    for (size_t i = h->first; i < h->end; i++) {
        if (!is_open(h, i))
            continue;
        const uint64_t before = (uint64_t)(rest * sum / weights);
        sum += spec->takes[i].amount;
        h->got[i] = (uint64_t)(rest * sum / weights) - before;
    }
}

static int any_open(const struct share *h)
{
    for (size_t i = h->first; i < h->end; i++)
        if (is_open(h, i))
            return 1;
    return 0;
}

static int take_weighted(struct share *h, const struct mix_phase *phase, uint64_t fixed,
                         struct weir_err *err)
{
    const struct mix_spec *spec = h->plan->spec;
    const char *name = mix_word(spec, phase->name);
    if (phase->tokens && fixed > phase->tokens)
        return weir_err_set(err, WEIR_EUSAGE,
                            "phase %s: of %" PRIu64 " tokens %" PRIu64 " are taken without weights",
                            name, phase->tokens, fixed);
    if (!any_open(h))
        return !phase->tokens || fixed == phase->tokens
                   ? 0
                   : weir_err_set(err, WEIR_EUSAGE,
                                  "phase %s: %" PRIu64 " tokens are taken, not %" PRIu64
                                  ", and no source has a weight",
                                  name, fixed, phase->tokens);
    uint64_t rest = phase->tokens ? phase->tokens - fixed : all_there_is(h);
    const uint64_t all = rest;
    while (any_open(h) && take_limited(h, &rest))
        ;
    if (!any_open(h) && rest)
        return weir_err_set(err, WEIR_EUSAGE,
                            "phase %s: at-most leaves %" PRIu64 " of %" PRIu64
                            " tokens that no source may give",
                            name, rest, all);
    divide_rest(h, rest);
    int rc = 0;
    for (size_t i = h->first; !rc && i < h->end; i++) {
        const struct mix_take *t = &spec->takes[i];
        if (t->kind != MIX_WEIGHT)
            continue;
        rc = end_slice(h->plan, &h->plan->slices[i], &h->states[t->source], 1, h->got[i], err);
        h->plan->slices[i].asked = h->got[i];
    }
    return rc;
}

static int make_slices(struct mix_plan *p, struct weir_err *err)
{
    const struct mix_spec *spec = p->spec;
    struct share h = {.plan = p,
                      .states = weir_calloc(spec->n_sources, sizeof *h.states),
                      .got = weir_calloc(spec->n_takes, sizeof *h.got)};
    int rc = h.states && h.got ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
    for (size_t phase = 0; !rc && phase < spec->n_phases; phase++) {
        uint64_t fixed = 0;
        for (h.end = h.first; h.end < spec->n_takes && spec->takes[h.end].phase == phase; h.end++) {
            p->slices[h.end].phase = (uint32_t)phase;
            h.got[h.end] = UINT64_MAX;
        }
        rc = take_fixed(&h, &fixed, err);
        if (!rc)
            rc = take_weighted(&h, &spec->phases[phase], fixed, err);
        h.first = h.end;
    }
    free(h.states);
    free(h.got);
    return rc;
}

/* ---- the sources ---- */

static int open_source(struct mix_plan *p, struct mix_source *s, const char *output,
                       struct weir_err *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < s->n_names; i++) {
        const char *prefix = mix_word(p->spec, p->spec->names[s->first_name + i]);
        rc = index_parts_add(p->parts, prefix, output, err);
        const struct index_part *part = &p->parts->at[p->parts->n - 1];
        if (!rc)
            rc = index_part_check(p->parts, part, err);
        if (rc)
            break;
        s->n_seqs += part->n_seqs;
        s->n_tokens += part->n_tokens;
    }
    if (!rc && !s->n_tokens)
        rc = weir_err_set(err, WEIR_EBAD, "source %s has no tokens", mix_word(p->spec, s->name));
    return rc;
}

int mix_plan_make(struct mix_plan *p, const char *output, struct weir_err *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < p->spec->n_sources; i++)
        rc = open_source(p, &p->spec->sources[i], output, err);
    if (rc)
        return rc;
    if (p->parts->with_manifest && p->parts->all.pad >= 0)
        p->whole = 1; // a row that is cut would be no row
    p->slices = weir_calloc(p->spec->n_takes, sizeof *p->slices);
    if (!p->slices)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    for (size_t i = 0; i < p->spec->n_takes; i++)
        p->slices[i].source = p->spec->takes[i].source;
    return p->order == MIX_BATCHES ? 0 : make_slices(p, err);
}

void mix_plan_free(struct mix_plan *p)
{
    free(p->slices);
    p->slices = NULL;
}
