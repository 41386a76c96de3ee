#include "dedup/dedup_file.h"

#include <math.h>
#include <string.h>

int dedup_params_scheme(struct weir_span head, struct weir_err *err)
{
    struct dedup_params p;
    if (head.n != sizeof p)
        return weir_err_set(err, WEIR_EBAD, "damaged: a head of %zu bytes", head.n);
    memcpy(&p, head.p, sizeof p);
    if (p.scheme != DEDUP_SCHEME)
        return weir_err_set(err, WEIR_EUSAGE,
                            "signatures of another version of weir, which are not comparable: sign "
                            "the documents again");
    return 0;
}

int dedup_params_get(struct weir_span head, struct dedup_params *p, struct dedup_plan *plan,
                     struct weir_err *err)
{
    if (head.n != sizeof *p)
        return weir_err_set(err, WEIR_EBAD, "damaged: a head of %zu bytes", head.n);
    memcpy(p, head.p, sizeof *p);
    const int near = (p->flags & DEDUP_P_NEAR) != 0;
    if (p->flags & ~(uint32_t)DEDUP_P_ALL || !(p->flags & (DEDUP_P_EXACT | DEDUP_P_NEAR)) ||
        p->unit > DEDUP_WORD || p->n_shingle > DEDUP_MAX_SHINGLE || !p->n_shingle ||
        p->num_perm > DEDUP_MAX_PERM || p->bands > DEDUP_MAX_PERM || p->rows > DEDUP_MAX_PERM ||
        p->bands * p->rows > p->num_perm || (near && !(p->bands && p->rows)) ||
        (p->value_bytes != 1 && p->value_bytes != 8) || !(p->threshold > 0 && p->threshold <= 1))
        return weir_err_set(err, WEIR_EBAD, "damaged: a head of impossible values");
    const int rc = dedup_params_scheme(head, err);
    if (rc)
        return rc;
    *plan = (struct dedup_plan){.threshold = p->threshold,
                                .bands = p->bands,
                                .rows = p->rows,
                                .num_perm = p->num_perm,
                                .value_bytes = p->value_bytes,
                                .exact = (p->flags & DEDUP_P_EXACT) != 0,
                                .near = near,
                                .verify = near && p->flags & DEDUP_P_VERIFY};
    plan->min_matches = dedup_plan_matches(plan);
    return 0;
}

int dedup_content_init(struct dedup_content *c, struct weir_err *err)
{
    *c = (struct dedup_content){.hash = XXH3_createState()};
    if (!c->hash || XXH3_64bits_reset(c->hash) == XXH_ERROR)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    return 0;
}

void dedup_content_add(struct dedup_content *c, uint64_t line_hash)
{
    XXH3_64bits_update(c->hash, &line_hash, sizeof line_hash);
    c->n++;
}

uint64_t dedup_content_get(const struct dedup_content *c)
{
    return XXH3_64bits_digest(c->hash);
}

void dedup_content_free(struct dedup_content *c)
{
    XXH3_freeState(c->hash);
    c->hash = NULL;
}

/* A record's fixed part, as it stands in the file. */
struct fixed {
    uint64_t hash[2], rank;
    uint32_t flags, n_id;
};
_Static_assert(sizeof(struct fixed) == 32, "no padding");

enum { SIGNED = 1, ABSENT = 2 };

static size_t sig_bytes(const struct dedup_plan *plan)
{
    return (size_t)plan->num_perm * plan->value_bytes;
}

void dedup_record_put(struct weir_buf *b, const struct dedup_plan *plan, const struct dedup_key *k)
{
    const struct fixed f = {.hash = {k->hash[0], k->hash[1]},
                            .rank = k->rank,
                            .flags = (k->sig ? SIGNED : 0) | (k->absent ? ABSENT : 0),
                            .n_id = (uint32_t)k->id.n};
    weir_buf_add(b, &f, sizeof f);
    if (k->sig)
        weir_buf_add(b, k->sig, sig_bytes(plan));
    weir_buf_add(b, k->id.p, k->id.n);
    weir_buf_add(b, k->set.p, k->set.n);
}

int dedup_record_get(struct weir_span record, const struct dedup_plan *plan, struct dedup_key *k,
                     struct weir_err *err)
{
    struct fixed f;
    if (record.n < sizeof f)
        return weir_err_set(err, WEIR_EBAD, "damaged: a record of %zu bytes", record.n);
    memcpy(&f, record.p, sizeof f);
    const size_t n_sig = f.flags & SIGNED ? sig_bytes(plan) : 0;
    size_t left = record.n - sizeof f;
    if (f.flags > (SIGNED | ABSENT) || f.flags == (SIGNED | ABSENT) || n_sig > left ||
        f.n_id > left - n_sig)
        return weir_err_set(err, WEIR_EBAD, "damaged: the lengths of a record");
    left -= n_sig + f.n_id;
    const char *p = record.p + sizeof f;
    *k = (struct dedup_key){.hash = {f.hash[0], f.hash[1]},
                            .rank = f.rank,
                            .absent = (f.flags & ABSENT) != 0,
                            .sig = n_sig ? (const uint8_t *)p : NULL,
                            .id = weir_span(p + n_sig, f.n_id),
                            .set = weir_span(p + n_sig + f.n_id, left)};
    // Where sets are asked for, what is signed has one, in a form that can be read.
    if (left && !(plan->verify && n_sig))
        return weir_err_set(err, WEIR_EBAD, "damaged: the lengths of a record");
    if (plan->verify && n_sig && !dedup_set_valid(k->set))
        return weir_err_set(err, WEIR_EBAD, "damaged: a shingle set");
    return 0;
}
