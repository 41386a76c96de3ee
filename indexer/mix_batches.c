#include "indexer/mix_batches.h"

#include <stdlib.h>

struct listing {
    const struct mix_spec *spec;
    struct mix_list *list;
    uint64_t base; // places of the epochs before
};

static int place(void *ctx, size_t type, uint64_t sample, uint64_t at, struct weir_err *err)
{
    struct listing *l = ctx;
    return mix_list_add(l->list, l->spec->takes[type].source, sample, l->base + at, err);
}

static int check_takes(const struct mix_spec *spec, struct weir_err *err)
{
    if (spec->n_phases > 1)
        return weir_err_set(err, WEIR_EUSAGE, "--order batches has one phase");
    if (spec->phases[0].tokens)
        return weir_err_set(err, WEIR_EUSAGE,
                            "--order batches: samples a batch decide its size, not tokens");
    for (size_t i = 0; i < spec->n_takes; i++)
        if (!spec->takes[i].batch || spec->takes[i].batch > UINT32_MAX)
            return weir_err_set(err, WEIR_EUSAGE, "--order batches: take %s needs batch N",
                                mix_word(spec, spec->sources[spec->takes[i].source].name));
    return 0;
}

static int list_epochs(const struct mix_batches *b, struct mix_batching *k, struct mix_list *l,
                       struct weir_err *err)
{
    const struct mix_spec *spec = b->plan->spec;
    struct listing to = {.spec = spec, .list = l};
    uint64_t per_batch = 0;
    for (size_t i = 0; i < k->n_types; i++)
        per_batch += k->counts[i];
    int rc = 0;
    for (uint64_t epoch = 0; !rc && epoch < b->epochs; epoch++) {
        k->seed = b->plan->seed + epoch;
        rc = mix_replay_knowlm(k, b->job->memory / 4, place, &to, err);
        to.base += mix_batches_of(k) * per_batch;
    }
    return rc ? rc : mix_list_sort(l, err);
}

int mix_batches_list(const struct mix_batches *b, struct mix_list *l, struct weir_err *err)
{
    const struct mix_spec *spec = b->plan->spec;
    int rc = check_takes(spec, err);
    uint64_t *sizes = weir_calloc(spec->n_takes, sizeof *sizes);
    uint64_t *counts = weir_calloc(spec->n_takes, sizeof *counts);
    if (!rc && (!sizes || !counts))
        rc = weir_err_set(err, WEIR_EMEM, "out of memory");
    for (size_t i = 0; !rc && i < spec->n_takes; i++) {
        sizes[i] = spec->sources[spec->takes[i].source].n_seqs;
        counts[i] = spec->takes[i].batch;
    }
    struct mix_batching k = {
        .sizes = sizes, .counts = counts, .n_types = spec->n_takes, .drop = b->drop};
    if (!rc)
        rc = mix_list_open(l, b->job->memory / 4, b->job->temp_dir, err);
    if (!rc)
        rc = list_epochs(b, &k, l, err);
    free(sizes);
    free(counts);
    return rc;
}

static int count_source(const struct mix_batches *b, uint32_t source, struct mix_slice *s,
                        struct mix_list *l, struct weir_err *err)
{
    const struct mix_source *x = &b->plan->spec->sources[source];
    uint64_t ordinal = 0, at;
    int rc = 0;
    for (size_t i = 0; !rc && i < x->n_names; i++) {
        struct mix_scan scan;
        struct mix_seq q;
        int got = 0, listed = 0;
        rc = mix_scan_open(&scan, b->plan->parts->at[x->first_name + i].prefix, 0, err);
        while (!rc && (got = mix_scan_next(&scan, &q, err)) > 0) {
            uint64_t n = 0;
            while ((listed = mix_list_next(l, source, ordinal, &at, err)) > 0)
                n++;
            ordinal++;
            s->n_samples += n;
            s->n_tokens += n * q.n;
            s->distinct += n > 0;
            rc = listed;
        }
        rc = rc ? rc : got;
        mix_scan_close(&scan);
    }
    return rc;
}

int mix_batches_plan(const struct mix_batches *b, struct weir_err *err)
{
    const struct mix_spec *spec = b->plan->spec;
    struct mix_list l = {0};
    int rc = mix_batches_list(b, &l, err);
    for (size_t source = 0; !rc && source < spec->n_sources; source++)
        for (size_t i = 0; !rc && i < spec->n_takes; i++)
            if (spec->takes[i].source == source)
                rc = count_source(b, (uint32_t)source, &b->plan->slices[i], &l, err);
    mix_list_close(&l);
    return rc;
}
