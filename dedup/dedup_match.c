/* Of most collections most documents share no bucket with any other: they are kept without a place
 * in an index.  Who shares one is found by sorting: (hash of table and bucket, document), then
 * equal neighbours. */
#include <stdlib.h>
#include <string.h>

#include "dedup/dedup_greedy.h"
#include "lib/xxh.h"
#include "weir/extsort.h"

struct dedup_match {
    struct dedup_plan plan;
    unsigned first, last;
    weir_extsort *sort;
};

dedup_match *dedup_match_new(const struct dedup_plan *plan, unsigned first, unsigned last,
                             uint64_t memory, const char *temp_dir, struct weir_err *err)
{
    dedup_match *m = calloc(1, sizeof *m);
    if (!m) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    *m = (dedup_match){*plan, first, last, weir_extsort_new(memory, temp_dir, err)};
    if (m->sort)
        return m;
    dedup_match_free(m);
    return NULL;
}

void dedup_match_free(dedup_match *m)
{
    if (!m)
        return;
    weir_extsort_free(m->sort);
    free(m);
}

static int add_bucket(dedup_match *m, unsigned table, const void *bucket, size_t n, uint64_t number,
                      struct weir_err *err)
{
    const XXH64_hash_t hash = XXH3_64bits_withSeed(bucket, n, table);
    XXH64_canonical_t key; // a hash whose bytes sort as its numbers do
    XXH64_canonicalFromHash(&key, hash);
    return weir_extsort_add(m->sort, weir_span((const char *)&key, sizeof key),
                            weir_span((const char *)&number, sizeof number), err);
}

int dedup_match_add(dedup_match *m, uint64_t number, const struct dedup_key *k,
                    struct weir_err *err)
{
    const struct dedup_plan *p = &m->plan;
    const size_t band_bytes = (size_t)p->rows * p->value_bytes;
    int rc = 0;
    if (!m->first && p->exact)
        rc = add_bucket(m, 0, k->hash, sizeof k->hash, number, err);
    for (unsigned t = m->first ? m->first : 1; !rc && p->near && k->sig && t <= m->last; t++)
        rc = add_bucket(m, t, k->sig + (t - 1) * band_bytes, band_bytes, number, err);
    return rc;
}

int dedup_match_finish(dedup_match *m, uint8_t *bits, struct weir_err *err)
{
    struct weir_span key, value;
    uint64_t bucket = 0, number = 0, last_bucket = 0, last_number = 0;
    int got, rc = weir_extsort_sort(m->sort, err);
    if (rc)
        return rc;
    for (int first = 1; (got = weir_extsort_next(m->sort, &key, &value, err)) > 0; first = 0) {
        memcpy(&bucket, key.p, sizeof bucket);
        memcpy(&number, value.p, sizeof number);
        if (!first && bucket == last_bucket && number != last_number) {
            bits[number / 8] |= (uint8_t)(1 << number % 8);
            bits[last_number / 8] |= (uint8_t)(1 << last_number % 8);
        }
        last_bucket = bucket;
        last_number = number;
    }
    return got;
}

uint64_t dedup_match_temp(const dedup_match *m)
{
    return weir_extsort_temp(m->sort);
}
