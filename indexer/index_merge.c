/* weir indexer merge: datasets behind one another.  Each is read once from front to back; memory
 * does not depend on their number or size. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/index_parts.h"
#include "indexer/index_writer.h"
#include "lib/xxh.h"
#include "weir/indexer.h"
#include "weir/stream.h"

enum { COPY_BYTES = 1 << 20 };

struct merge {
    struct weir_job *job;
    struct index_writer w;
    struct index_parts parts; // checked before anything is written
    uint64_t *type_of;        // of each part
    uint64_t *totals;         // sequences of each type
    size_t n_types;
    char *block;
};

/* ---- before anything is written ---- */

/* A part of KnowLM's format must be of one type, and its .dis say how much it holds. */
static int check_dis(const struct index_part *part, struct weir_err *err)
{
    uint64_t *v;
    size_t n;
    int rc = index_read_dis(part->prefix, &v, &n, err);
    if (!rc && n != 1)
        rc = weir_err_set(err, WEIR_EBAD, "%s.dis: %zu types, a part must have one", part->prefix,
                          n);
    if (!rc && v[0] != part->n_seqs)
        rc = weir_err_set(err, WEIR_EBAD, "%s.dis: %" PRIu64 " sequences, the index has %" PRIu64,
                          part->prefix, v[0], part->n_seqs);
    free(v);
    return rc;
}

static int look_at_parts(struct merge *g, struct weir_err *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < g->job->n_inputs; i++) {
        rc = index_parts_add(&g->parts, g->job->inputs[i], g->job->output, err);
        if (!rc && g->parts.knowlm)
            rc = check_dis(&g->parts.at[i], err);
    }
    g->w.m.knowlm = g->parts.knowlm;
    g->w.m.dtype = g->parts.dtype;
    g->w.prov_version = g->parts.prov_version;
    return rc;
}

/* "0,0,1": a number for each part; equal numbers are one type, in order of first appearance. */
static int read_types(struct merge *g, const char *types, struct weir_err *err)
{
    const size_t n = g->job->n_inputs;
    uint64_t *named = weir_calloc(n, sizeof *named);
    g->type_of = weir_calloc(n, sizeof *g->type_of);
    g->totals = weir_calloc(n, sizeof *g->totals);
    int rc = named && g->type_of && g->totals ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
    g->n_types = types ? 0 : 1;
    for (size_t i = 0; !rc && types && i < n; i++) {
        char *end;
        const uint64_t type = strtoull(types, &end, 10);
        if (*types < '0' || *types > '9' || *end != (i + 1 < n ? ',' : '\0'))
            rc = weir_err_set(err, WEIR_EUSAGE, "--types needs one number for each of %zu datasets",
                              n);
        types = end + 1;
        size_t k = 0;
        while (k < g->n_types && named[k] != type)
            k++;
        if (k == g->n_types)
            named[g->n_types++] = type;
        g->type_of[i] = k;
    }
    free(named);
    return rc;
}

/* ---- copying ---- */

/* Checked on the way against what its manifest (may be NULL) says: a damaged part must not get a
 * new checksum that is right. */
static int copy_bin(struct merge *g, const struct index_reader *r, const struct index_manifest *m,
                    struct weir_err *err)
{
    XXH3_state_t *hash = XXH3_createState();
    int rc = 0;
    if (!hash || XXH3_128bits_reset(hash) != XXH_OK)
        rc = weir_err_set(err, WEIR_EMEM, "out of memory");
    for (uint64_t at = 0; !rc && at < r->bin.size;) {
        const uint64_t left = r->bin.size - at;
        const size_t n = left < COPY_BYTES ? (size_t)left : COPY_BYTES;
        rc = index_file_read(&r->bin, at, g->block, n, err);
        if (!rc)
            (void)XXH3_128bits_update(hash, g->block, n); // fails on NULL only
        if (!rc)
            rc = weir_io_write(g->w.bin, g->block, n, err);
        at += n;
    }
    if (!rc) {
        const struct index_content is = index_content_of(r->bin.size, hash);
        index_content_list(&g->job->input_list, r->bin.path.p, &is);
        rc = m ? index_content_check(&m->bin, &is, r->bin.path.p, err) : 0;
    }
    XXH3_freeState(hash);
    return rc;
}

static int add_lengths(void *ctx, const struct index_seq *s, size_t n, struct weir_err *err)
{
    struct merge *g = ctx;
    uint32_t lengths[INDEX_BLOCK];
    for (size_t i = 0; i < n; i++)
        lengths[i] = (uint32_t)s[i].n; // 32 bits in either format, not negative
    return index_writer_add_lengths(&g->w, lengths, n, err);
}

static int add_docs(struct merge *g, const struct index_reader *r, uint64_t shift,
                    struct weir_err *err)
{
    uint64_t ends[INDEX_BLOCK];
    for (uint64_t first = 0; first < r->n_docs; first += INDEX_BLOCK) {
        const uint64_t left = r->n_docs - first;
        const size_t n = left < INDEX_BLOCK ? (size_t)left : INDEX_BLOCK;
        int rc = index_reader_docs(r, first + 1, n, (int64_t *)ends, err);
        for (size_t i = 0; !rc && i < n; i++)
            ends[i] += shift;
        if (!rc)
            rc = index_writer_add_docs(&g->w, ends, n, err);
        if (rc)
            return rc;
    }
    return 0;
}

static int add_prov(struct merge *g, const char *prefix, const struct index_reader *r,
                    struct weir_err *err)
{
    struct index_prov p;
    int rc = index_prov_open(&p, prefix, err);
    if (!rc)
        rc = index_prov_check(&p, r, err);
    if (!rc)
        rc = index_prov_append(&g->w.prov, &p, err);
    if (!rc && r->knowlm)
        g->w.m.n_docs += p.n_docs;
    index_prov_close(&p);
    return rc;
}

static int count_part(struct weir_job *job, const char *prefix, struct weir_count n,
                      struct weir_err *err)
{
    struct weir_tally *t = &job->tally;
    t->in.records += n.records, t->in.bytes += n.bytes, t->in.tokens += n.tokens;
    t->kept = t->out = t->in;
    if (weir_names_add(&t->sources, weir_span(prefix, strlen(prefix)), n, n))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    return 0;
}

static int copy_part(struct merge *g, const char *prefix, const struct index_reader *r,
                     struct weir_err *err)
{
    struct index_manifest m;
    const uint64_t shift = g->w.m.n_seqs;
    uint64_t n_tokens = 0;
    int rc = index_manifest_read(&m, prefix, err);
    rc = rc < 0 ? rc : 0;
    if (!rc)
        rc = index_reader_walk(r, &n_tokens, add_lengths, g, err);
    if (!rc)
        rc = add_docs(g, r, shift, err);
    if (!rc)
        rc = copy_bin(g, r, g->parts.with_manifest ? &m : NULL, err);
    if (!rc && g->parts.with_manifest)
        rc = add_prov(g, prefix, r, err);
    index_manifest_free(&m);
    const struct weir_count n = {g->w.m.n_seqs - shift, r->bin.size, n_tokens};
    return rc ? rc : count_part(g->job, prefix, n, err);
}

static int add_part(struct merge *g, size_t i, struct weir_err *err)
{
    struct index_reader r;
    int rc = index_reader_open(&r, g->job->inputs[i], err);
    if (!rc)
        rc = copy_part(g, g->job->inputs[i], &r, err);
    g->totals[g->type_of[i]] += r.n_seqs;
    index_reader_close(&r);
    return rc;
}

/* What the parts said stays; what was counted while writing is the truth for the rest. */
static void take_manifest(struct merge *g)
{
    struct index_manifest *m = &g->w.m;
    g->parts.all.n_seqs = m->n_seqs;
    g->parts.all.n_docs = m->n_docs;
    g->parts.all.n_tokens = m->n_tokens;
    index_manifest_free(m);
    *m = g->parts.all;
    memset(&g->parts.all, 0, sizeof g->parts.all);
}

static int merge_parts(struct merge *g, struct weir_err *err)
{
    int rc = index_writer_open(&g->w, g->job, g->parts.with_manifest, err);
    for (size_t type = 0; type < g->n_types; type++)
        for (size_t i = 0; !rc && i < g->job->n_inputs; i++)
            if (g->type_of[i] == type)
                rc = add_part(g, i, err);
    g->w.types = g->totals;
    g->w.n_types = g->n_types;
    if (!rc && g->parts.with_manifest)
        take_manifest(g);
    return rc ? rc : index_writer_finish(&g->w, err);
}

int weir_indexer_merge_run(const struct weir_indexer_merge_opt *opt, struct weir_job *job,
                           struct weir_err *err)
{
    struct merge g = {.job = job, .block = malloc(COPY_BYTES + WEIR_PADDING)};
    int rc = g.block ? look_at_parts(&g, err) : weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!rc)
        rc = read_types(&g, opt->types, err);
    if (!rc && opt->types && !g.w.m.knowlm)
        rc = weir_err_set(err, WEIR_EUSAGE, "--types is for KnowLM's format");
    if (!rc)
        rc = merge_parts(&g, err);
    free(g.block);
    free(g.type_of);
    free(g.totals);
    index_parts_free(&g.parts);
    index_writer_free(&g.w);
    return weir_job_close_output(job, rc, err);
}
