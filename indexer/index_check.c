/* weir indexer check: everything a reader of a dataset trusts. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/index_manifest.h"
#include "lib/index_prov.h"
#include "indexer/index_torch.h"
#include "lib/xxh.h"
#include "weir/indexer.h"
#include "weir/stream.h"

enum { BLOCK_BYTES = 1 << 20 };

struct check {
    const char *prefix;
    struct index_reader r;
    struct index_prov prov;
    struct index_manifest m;
    int has_manifest, has_prov;
    uint64_t max_id; // ids must not be above it; UINT64_MAX: unknown
    uint64_t n_tokens, largest;
    char *block;
};

/* The first token of a block that is no id, by its sequence. */
static int bad_id(struct check *c, uint64_t at, size_t n, struct weir_err *err)
{
    const uint32_t width = c->r.width;
    for (size_t i = 0; i < n; i++) {
        if (index_max_id(c->block + i * width, 1, width) <= c->max_id)
            continue;
        uint64_t id = 0, seq = 0;
        memcpy(&id, c->block + i * width, width);
        struct index_seq s = {0};
        int rc = index_reader_find(&c->r, at / width + i, &seq, err);
        if (!rc)
            rc = index_reader_seqs(&c->r, seq, 1, &s, err);
        return rc ? rc
                  : weir_err_set(err, WEIR_EBAD,
                                 "%s: sequence %" PRIu64 ", token %" PRIu64 ": id %" PRIu64
                                 " is not in the vocabulary (largest is %" PRIu64 ")",
                                 c->r.bin.path.p, seq, at / width + i - s.at / width, id,
                                 c->max_id);
    }
    return 0;
}

/* Each file is read once, in order: ids and checksum together. */
static int check_content(struct check *c, const struct index_file *f, int ids,
                         const struct index_content *want, struct weir_err *err)
{
    XXH3_state_t *hash = XXH3_createState();
    int rc = 0;
    if (!hash || XXH3_128bits_reset(hash) != XXH_OK)
        rc = weir_err_set(err, WEIR_EMEM, "out of memory");
    for (uint64_t at = 0; !rc && at < f->size;) {
        const uint64_t left = f->size - at;
        const size_t n = left < BLOCK_BYTES ? (size_t)left : BLOCK_BYTES;
        rc = index_file_read(f, at, c->block, n, err);
        if (rc)
            break;
        if (want)
            (void)XXH3_128bits_update(hash, c->block, n);
        const uint64_t max = ids ? index_max_id(c->block, n / c->r.width, c->r.width) : 0;
        c->largest = max > c->largest ? max : c->largest;
        if (max > c->max_id)
            rc = bad_id(c, at, n / c->r.width, err);
        at += n;
    }
    if (!rc && want) {
        const struct index_content is = index_content_of(f->size, hash);
        rc = index_content_check(want, &is, f->path.p, err);
    }
    XXH3_freeState(hash);
    return rc;
}

static int differs(const struct check *c, const char *what, uint64_t is, uint64_t said,
                   struct weir_err *err)
{
    if (is == said)
        return 0;
    return weir_err_set(err, WEIR_EBAD, "%s: %" PRIu64 " %s, the manifest says %" PRIu64, c->prefix,
                        is, what, said);
}

static int check_manifest(struct check *c, struct weir_err *err)
{
    if (c->m.knowlm != c->r.knowlm || c->m.dtype != c->r.dtype)
        return weir_err_set(err, WEIR_EBAD, "%s: the manifest is of another format or dtype",
                            c->prefix);
    int rc = differs(c, "sequences", c->r.n_seqs, c->m.n_seqs, err);
    if (!rc)
        rc = differs(c, "tokens", c->n_tokens, c->m.n_tokens, err);
    return rc ? rc
              : differs(c, "documents", c->r.knowlm ? c->prov.n_docs : c->r.n_docs, c->m.n_docs,
                        err);
}

/* KnowLM: the sequences of all types add up. */
static int check_dis(const struct check *c, struct weir_err *err)
{
    struct index_file f = {.fd = -1};
    uint64_t *v = NULL, sum = 0;
    size_t n = 0;
    int rc = index_file_open(&f, c->prefix, ".dis", err);
    if (!rc && f.size > BLOCK_BYTES)
        rc = weir_err_set(err, WEIR_EBAD, "%s: too large", f.path.p);
    if (!rc)
        rc = index_file_read(&f, 0, c->block, f.size, err);
    if (!rc) {
        rc = index_torch_get(c->block, f.size, &v, &n, err);
        weir_err_prefix(err, "%s", f.path.p);
    }
    for (size_t i = 0; i < n; i++)
        sum += v[i];
    if (!rc && sum != c->r.n_seqs)
        rc = weir_err_set(err, WEIR_EBAD,
                          "%s: adds up to %" PRIu64 " sequences, the index has %" PRIu64, f.path.p,
                          sum, c->r.n_seqs);
    free(v);
    index_file_close(&f);
    return rc;
}

static int check_all(struct check *c, struct weir_err *err)
{
    int rc = index_reader_walk(&c->r, &c->n_tokens, NULL, NULL, err);
    if (!rc && c->r.knowlm)
        rc = check_dis(c, err);
    if (!rc && c->has_manifest)
        rc = check_manifest(c, err);
    if (!rc)
        rc = check_content(c, &c->r.bin, 1, c->has_manifest ? &c->m.bin : NULL, err);
    if (!rc && c->has_manifest)
        rc = check_content(c, &c->r.idx, 0, &c->m.idx, err);
    if (!rc && c->has_manifest)
        rc = check_content(c, &c->prov.file, 0, &c->m.prov, err);
    return rc || !c->has_prov ? rc : index_prov_check(&c->prov, &c->r, err);
}

static int open_all(struct check *c, const struct weir_indexer_check_opt *opt, struct weir_err *err)
{
    int rc = index_reader_open(&c->r, c->prefix, err);
    if (rc)
        return rc;
    c->has_manifest = index_manifest_read(&c->m, c->prefix, err);
    if (c->has_manifest < 0)
        return c->has_manifest;
    c->has_prov = c->has_manifest || index_file_exists(c->prefix, ".prov");
    c->max_id = opt->vocab_size   ? (uint64_t)opt->vocab_size - 1
                : c->has_manifest ? c->m.max_id
                                  : UINT64_MAX;
    if (c->max_id == UINT64_MAX && c->r.width >= 4)
        c->max_id = INT64_MAX >> (64 - 8 * c->r.width); // a negative id is never one
    return c->has_prov ? index_prov_open(&c->prov, c->prefix, err) : 0;
}

static int report(const struct check *c, weir_io *out, struct weir_err *err)
{
    struct weir_buf b = {0};
    weir_buf_addf(&b, "%s: ok: %s, %s, %" PRIu64 " sequences, ", c->prefix,
                  c->r.knowlm ? "knowlm" : "megatron", index_dtype_name(c->r.dtype), c->r.n_seqs);
    if (!c->r.knowlm)
        weir_buf_addf(&b, "%" PRIu64 " documents, ", c->r.n_docs);
    weir_buf_addf(&b, "%" PRIu64 " tokens, largest id %" PRIu64 "%s\n", c->n_tokens, c->largest,
                  c->has_manifest ? "" : "; no manifest, so no checksums");
    int rc = weir_buf_check(&b, err);
    if (!rc)
        rc = weir_io_write(out, b.p, b.n, err);
    weir_buf_free(&b);
    return rc;
}

static int check_one(const char *prefix, const struct weir_indexer_check_opt *opt,
                     struct weir_job *job, char *block, struct weir_err *err)
{
    struct check c = {.prefix = prefix, .block = block, .prov.file.fd = -1};
    c.r.idx.fd = c.r.bin.fd = -1;
    int rc = open_all(&c, opt, err);
    if (!rc)
        rc = check_all(&c, err);
    if (!rc)
        rc = report(&c, job->out, err);
    index_reader_close(&c.r);
    index_prov_close(&c.prov);
    index_manifest_free(&c.m);
    return rc;
}

int weir_indexer_check_run(const struct weir_indexer_check_opt *opt, struct weir_job *job,
                           struct weir_err *err)
{
    char *block = malloc(BLOCK_BYTES + WEIR_PADDING);
    int rc = block ? weir_job_open_output(job, err) : weir_err_set(err, WEIR_EMEM, "out of memory");
    for (size_t i = 0; !rc && i < job->n_inputs; i++)
        rc = check_one(job->inputs[i], opt, job, block, err);
    free(block);
    return weir_job_close_output(job, rc, err);
}
