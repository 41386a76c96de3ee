/* Documents in the order of --keep: by rank, equal ones as they came. */
#include <stdlib.h>
#include <string.h>

#include "dedup/dedup_file.h"
#include "dedup/dedup_greedy.h"
#include "weir/extsort.h"

struct dedup_ranked {
    weir_extsort *sort; // place ──► record
};

struct place { // big-endian, so that its bytes sort as its numbers do
    uint64_t rank, order;
};

dedup_ranked *dedup_ranked_new(uint64_t memory, const char *temp_dir, struct weir_err *err)
{
    dedup_ranked *r = calloc(1, sizeof *r);
    if (!r) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    r->sort = weir_extsort_new(memory, temp_dir, err);
    if (r->sort)
        return r;
    free(r);
    return NULL;
}

void dedup_ranked_free(dedup_ranked *r)
{
    if (!r)
        return;
    weir_extsort_free(r->sort);
    free(r);
}

int dedup_ranked_add(dedup_ranked *r, uint64_t order, const struct dedup_key *k,
                     struct weir_span record, struct weir_err *err)
{
    const struct place p = {__builtin_bswap64(k->rank), __builtin_bswap64(order)};
    return weir_extsort_add(r->sort, weir_span((const char *)&p, sizeof p), record, err);
}

int dedup_ranked_offer(dedup_ranked *r, const struct dedup_plan *plan, dedup_greedy *g,
                       struct weir_err *err)
{
    struct weir_span key, record;
    struct dedup_drop drop;
    struct dedup_key k;
    struct place p;
    int got = 0, rc = weir_extsort_sort(r->sort, err);
    while (rc >= 0 && (got = weir_extsort_next(r->sort, &key, &record, err)) > 0) {
        memcpy(&p, key.p, sizeof p);
        rc = dedup_record_get(record, plan, &k, err);
        if (!rc)
            rc = dedup_greedy_offer(g, __builtin_bswap64(p.order), &k, &drop, err);
        if (rc == DEDUP_EXACT || rc == DEDUP_NEAR)
            rc = dedup_greedy_note(g, &drop, err);
    }
    return got < 0 ? got : rc < 0 ? rc : 0;
}

uint64_t dedup_ranked_temp(const dedup_ranked *r)
{
    return weir_extsort_temp(r->sort);
}
