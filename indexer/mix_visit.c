#include "indexer/mix_visit.h"

#include <string.h>

static void add_count(struct weir_count *c, uint64_t bytes, uint64_t tokens)
{
    c->records++, c->bytes += bytes, c->tokens += tokens;
}

static int count_left(struct mix_visit *v, const struct weir_count *left, struct weir_err *err)
{
    const struct weir_count none = {0};
    struct weir_count *dropped = &v->tally->dropped;
    dropped->records += left->records;
    dropped->bytes += left->bytes;
    dropped->tokens += left->tokens;
    return left->records && weir_names_add(&v->tally->reasons, weir_span(v->left, strlen(v->left)),
                                           *left, none)
               ? weir_err_set(err, WEIR_EMEM, "out of memory")
               : 0;
}

static int visit_part(struct mix_visit *v, uint32_t source, size_t part, uint64_t *ordinal,
                      struct weir_err *err)
{
    struct weir_count left = {0};
    struct mix_scan scan;
    struct mix_seq q;
    int got = 0, rc = mix_scan_open(&scan, v->parts->at[part].prefix, v->parts->with_manifest, err);
    mix_sink_part(v->sink, part);
    while (!rc && (got = mix_scan_next(&scan, &q, err)) > 0) {
        int used = 0;
        rc = v->take(v, &q, source, (*ordinal)++, &used, err);
        weir_job_progress(v->sink->job, ((double)part + (double)q.seq / (double)scan.r.n_seqs) /
                                            (double)v->parts->n);
        add_count(&v->tally->in, (uint64_t)q.n * v->parts->width, q.n);
        add_count(used ? &v->tally->kept : &left, (uint64_t)q.n * v->parts->width, q.n);
    }
    rc = rc ? rc : got;
    if (!rc)
        rc = mix_sink_part_end(v->sink, err);
    if (!rc)
        rc = count_left(v, &left, err);
    mix_scan_close(&scan);
    return rc;
}

int mix_visit(struct mix_visit *v, struct weir_err *err)
{
    int rc = 0;
    for (size_t s = 0; !rc && s < v->spec->n_sources; s++) {
        const struct mix_source *x = &v->spec->sources[s];
        uint64_t ordinal = 0;
        for (size_t i = 0; !rc && i < x->n_names; i++)
            rc = visit_part(v, (uint32_t)s, x->first_name + i, &ordinal, err);
    }
    return rc;
}
