#include "indexer/mix_judge.h"

#include <stdlib.h>
#include <string.h>

#include "lib/xxh.h"

static int judge_doc(struct mix_judge *j, uint64_t doc, struct weir_err *err)
{
    struct index_prov_doc d;
    const int rc = index_prov_doc(&j->prov, doc, &j->doc, &d, err);
    return rc ? rc : j->verdict(j->ctx, &d, err);
}

static int judge_all(struct mix_judge *j, const struct weir_job *job, struct weir_err *err)
{
    if (j->prov.n_docs > job->memory / 4 || !(j->all = weir_calloc(j->prov.n_docs + 1, 1)))
        return weir_err_set(err, WEIR_EMEM, "out of memory: give a larger -m");
    for (uint64_t i = 0; i < j->prov.n_docs; i++) {
        const int v = judge_doc(j, i, err);
        if (v < 0)
            return v;
        j->all[i] = (uint8_t)v;
    }
    return 0;
}

int mix_judge_open(struct mix_judge *j, const struct mix_one *o, mix_verdict_fn *verdict, void *ctx,
                   struct weir_err *err)
{
    *j = (struct mix_judge){.verdict = verdict, .ctx = ctx, .last_doc = UINT64_MAX};
    j->prov.file.fd = -1;
    if (!o->parts.with_manifest)
        return weir_err_set(err, WEIR_EUSAGE,
                            "%s has no manifest and provenance: its documents are not known",
                            o->parts.at[0].prefix);
    const int rc = index_prov_open(&j->prov, o->parts.at[0].prefix, err);
    return rc || j->prov.version == 1 ? rc : judge_all(j, o->job, err);
}

void mix_judge_close(struct mix_judge *j)
{
    index_prov_close(&j->prov);
    weir_buf_free(&j->doc);
    free(j->all);
}

static int verdict_on(struct mix_judge *j, uint64_t doc, struct weir_err *err)
{
    if (doc >= j->prov.n_docs)
        return weir_err_set(err, WEIR_EBAD, "%s: a piece of no document", j->prov.file.path.p);
    if (j->all)
        return j->all[doc];
    if (doc != j->last_doc) {
        j->last = judge_doc(j, doc, err);
        j->last_doc = doc;
    }
    return j->last;
}

int mix_judge_seq(struct mix_judge *j, const struct mix_seq *q, struct weir_err *err)
{
    int all = MIX_DIFFER;
    for (uint32_t i = 0; i < q->n_pieces; i++) {
        const int v = verdict_on(j, q->p[i].doc, err);
        if (v < 0)
            return v;
        if (i && v != all)
            return MIX_DIFFER;
        all = v;
    }
    return all;
}

/* ---- hashes ---- */

struct mix_hash mix_hash_of(struct weir_span s)
{
    const XXH128_hash_t h = XXH3_128bits(s.n ? s.p : "", s.n);
    return (struct mix_hash){h.low64, h.high64};
}

int mix_hash_compare(const void *a, const void *b)
{
    const struct mix_hash *x = a, *y = b;
    if (x->high != y->high)
        return x->high < y->high ? -1 : 1;
    return (x->low > y->low) - (x->low < y->low);
}

int mix_hashes_add(struct mix_hashes *h, struct mix_hash x, struct weir_err *err)
{
    if (weir_grow(&h->at, &h->cap, h->n + 1, sizeof *h->at))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    h->at[h->n++] = x;
    return 0;
}

void mix_hashes_sort(struct mix_hashes *h)
{
    size_t n = 0;
    if (h->n)
        qsort(h->at, h->n, sizeof *h->at, mix_hash_compare);
    for (size_t i = 0; i < h->n; i++)
        if (!n || mix_hash_compare(&h->at[n - 1], &h->at[i]))
            h->at[n++] = h->at[i];
    h->n = n;
}

size_t mix_hashes_find(const struct mix_hashes *h, struct mix_hash x)
{
    const struct mix_hash *p =
        h->n ? bsearch(&x, h->at, h->n, sizeof *h->at, mix_hash_compare) : NULL;
    return p ? (size_t)(p - h->at) : h->n;
}
