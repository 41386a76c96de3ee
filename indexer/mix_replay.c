#include "indexer/mix_replay.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/mix_random.h"

static uint32_t *permutation(uint64_t n, uint64_t memory, struct weir_err *err)
{
    if (n >= UINT32_MAX)
        weir_err_set(err, WEIR_EFAIL, "%" PRIu64 " samples: PyTorch's orders are known below 2^32",
                     n);
    else if (n > memory / 4)
        weir_err_set(err, WEIR_EMEM,
                     "an order of %" PRIu64 " samples needs %" PRIu64 " MB: give a larger -m", n,
                     n >> 18);
    else
        return weir_calloc(n + 1, sizeof(uint32_t));
    return NULL;
}

/* ---- KnowLM ---- */

static uint64_t batches_of_type(const struct mix_batching *b, size_t i)
{
    const uint64_t more = b->drop & 1 ? b->counts[i] - 1 : 0; // an incomplete one counts
    return (b->sizes[i] + more) / b->counts[i];
}

uint64_t mix_batches_of(const struct mix_batching *b)
{
    uint64_t n = batches_of_type(b, 0);
    for (size_t i = 1; i < b->n_types; i++) {
        const uint64_t k = batches_of_type(b, i);
        if (b->drop & 2 ? k > n : k < n)
            n = k;
    }
    for (size_t i = 0; i < b->n_types; i++)
        if (!b->sizes[i])
            return 0;
    return n;
}

struct knowlm {
    const struct mix_batching *b;
    struct mt19937 g;
    uint64_t n_batches, per_batch;
    uint64_t *before; // samples of the types before it in a batch
    uint64_t *have;   // samples of the type so far
    mix_place_fn *place;
    void *ctx;
};

/* The next sample of a type. */
static int put(struct knowlm *k, size_t type, uint64_t sample, struct weir_err *err)
{
    const uint64_t i = k->have[type]++, count = k->b->counts[type];
    if (i / count >= k->n_batches)
        return 0;
    return k->place(k->ctx, type, sample, i / count * k->per_batch + k->before[type] + i % count,
                    err);
}

static int put_permuted(struct knowlm *k, size_t type, uint64_t memory, struct weir_err *err)
{
    const uint64_t size = k->b->sizes[type];
    uint32_t *p = permutation(size, memory, err);
    int rc = p ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
    if (p)
        torch_randperm(&k->g, p, size);
    /* what the type's last batch lacks is dropped with it, unless it is filled */
    const uint64_t n = k->b->drop & 1 ? size : size - size % k->b->counts[type];
    for (uint64_t i = 0; !rc && i < n; i++)
        rc = put(k, type, p[i], err);
    free(p);
    return rc;
}

static int put_random(struct knowlm *k, size_t type, uint64_t n, struct weir_err *err)
{
    int rc = 0;
    for (uint64_t i = 0; !rc && i < n; i++)
        rc = put(k, type, torch_randint(&k->g, k->b->sizes[type]), err);
    return rc;
}

/* The numbers are drawn as KnowLM draws them: all permutations, then each type's last batch, then
 * the batches that it lacks. */
static int put_types(struct knowlm *k, uint64_t memory, struct weir_err *err)
{
    const struct mix_batching *b = k->b;
    int rc = 0;
    for (size_t i = 0; !rc && i < b->n_types; i++)
        rc = put_permuted(k, i, memory, err);
    for (size_t i = 0; !rc && b->drop & 1 && i < b->n_types; i++)
        rc = put_random(k, i, (b->counts[i] - b->sizes[i] % b->counts[i]) % b->counts[i], err);
    for (size_t i = 0; !rc && b->drop & 2 && i < b->n_types; i++)
        rc = put_random(k, i, (k->n_batches - batches_of_type(b, i)) * b->counts[i], err);
    return rc;
}

int mix_replay_knowlm(const struct mix_batching *b, uint64_t memory, mix_place_fn *place, void *ctx,
                      struct weir_err *err)
{
    struct knowlm k = {.b = b,
                       .n_batches = mix_batches_of(b),
                       .before = weir_calloc(b->n_types, sizeof *k.before),
                       .have = weir_calloc(b->n_types, sizeof *k.have),
                       .place = place,
                       .ctx = ctx};
    int rc = k.before && k.have ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!rc && !k.n_batches)
        rc = weir_err_set(err, WEIR_EUSAGE, "a type has too few samples for a single batch");
    for (size_t i = 0; !rc && i < b->n_types; i++) {
        k.before[i] = k.per_batch;
        k.per_batch += b->counts[i];
    }
    mt_seed(&k.g, b->seed);
    if (!rc)
        rc = put_types(&k, memory, err);
    free(k.before);
    free(k.have);
    return rc;
}

/* ---- PyTorch ---- */

int mix_replay_distributed(const struct mix_distributed *d, uint64_t memory, uint64_t *total,
                           mix_place_fn *place, void *ctx, struct weir_err *err)
{
    struct mt19937 g;
    const uint64_t over = d->n % d->world;
    *total = d->drop_last ? d->n - over : d->n + (over ? d->world - over : 0);
    uint32_t *p = permutation(d->n, memory, err);
    int rc = p ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
    mt_seed(&g, d->seed);
    if (p)
        torch_randperm(&g, p, d->n);
    for (uint64_t i = 0; !rc && i < d->n && i < *total; i++)
        rc = place(ctx, 0, p[i], i, err);
    free(p);
    return rc;
}

/* ---- lists ---- */

int mix_list_open(struct mix_list *l, uint64_t memory, const char *temp_dir, struct weir_err *err)
{
    *l = (struct mix_list){.sort = weir_extsort_new(memory, temp_dir, err)};
    return l->sort ? 0 : err->code;
}

void mix_list_close(struct mix_list *l)
{
    weir_extsort_free(l->sort);
    l->sort = NULL;
}

int mix_list_add(struct mix_list *l, uint32_t source, uint64_t sample, uint64_t at,
                 struct weir_err *err)
{
    char key[20];
    for (size_t i = 0; i < 4; i++)
        key[i] = (char)(source >> (24 - 8 * i));
    for (size_t i = 0; i < 8; i++) {
        key[4 + i] = (char)(sample >> (56 - 8 * i));
        key[12 + i] = (char)(at >> (56 - 8 * i));
    }
    return weir_extsort_add(l->sort, weir_span(key, sizeof key), weir_span("", 0), err);
}

static uint64_t number(const char *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | (unsigned char)p[i];
    return v;
}

static int read_entry(struct mix_list *l, struct weir_err *err)
{
    struct weir_span key, value;
    const int got = weir_extsort_next(l->sort, &key, &value, err);
    l->any = got > 0;
    if (got > 0) {
        l->source = (uint32_t)number(key.p, 4);
        l->sample = number(key.p + 4, 8);
        l->at = number(key.p + 12, 8);
    }
    return got < 0 ? got : 0;
}

int mix_list_sort(struct mix_list *l, struct weir_err *err)
{
    const int rc = weir_extsort_sort(l->sort, err);
    return rc ? rc : read_entry(l, err);
}

int mix_list_next(struct mix_list *l, uint32_t source, uint64_t sample, uint64_t *at,
                  struct weir_err *err)
{
    if (!l->any || l->source != source || l->sample != sample)
        return 0;
    *at = l->at;
    const int rc = read_entry(l, err);
    return rc ? rc : 1;
}

struct listing {
    struct mix_list *list;
    struct mix_sink *sink;
    weir_extsort *sort;
    struct weir_buf key, item;
};

static int take(struct mix_visit *v, const struct mix_seq *q, uint32_t source, uint64_t ordinal,
                int *used, struct weir_err *err)
{
    struct listing *t = v->ctx;
    uint64_t at;
    int got;
    *used = 0;
    for (uint32_t copy = 0; (got = mix_list_next(t->list, source, ordinal, &at, err)) > 0; copy++) {
        *used = 1;
        int rc = mix_sink_take(t->sink, q, q->n, copy, &t->item, err);
        t->key.n = 0;
        mix_key_put(&t->key, 0, 2);
        mix_key_put(&t->key, at, 8);
        if (!rc)
            rc = weir_buf_check(&t->key, err);
        if (!rc)
            rc = weir_extsort_add(t->sort, weir_buf_span(&t->key), weir_buf_span(&t->item), err);
        if (rc)
            return rc;
    }
    return got;
}

int mix_list_take(struct mix_list *l, const struct mix_plan *p, struct mix_sink *sink,
                  weir_extsort *sort, struct weir_tally *tally, struct weir_err *err)
{
    struct listing t = {.list = l, .sink = sink, .sort = sort};
    struct mix_visit v = {.spec = p->spec,
                          .parts = p->parts,
                          .sink = sink,
                          .tally = tally,
                          .ctx = &t,
                          .take = take,
                          .left = "left-over"};
    const int rc = mix_visit(&v, err);
    weir_buf_free(&t.key);
    weir_buf_free(&t.item);
    return rc ? rc : weir_extsort_sort(sort, err);
}
