#include "indexer/index_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/index_torch.h"
#include "lib/xxh.h"
#include "weir/io.h"

enum { BLOCK_BYTES = 1 << 20, MAX_DIS_BYTES = 1 << 20 };

static int check_output(const char *output, const struct index_reader *r, struct weir_err *err)
{
    struct weir_buf b = {0};
    weir_buf_addf(&b, "%s.idx", output);
    int rc = weir_buf_check(&b, err);
    if (!rc && weir_io_same_file(b.p, r->idx.path.p))
        rc = weir_err_set(err, WEIR_EUSAGE, "%s is both read and written", output);
    weir_buf_free(&b);
    return rc;
}

static int check_kind(struct index_parts *s, const char *prefix, const struct index_reader *r,
                      struct weir_err *err)
{
    if (!s->n) {
        s->knowlm = r->knowlm;
        s->dtype = r->dtype;
        s->width = r->width;
    }
    if (r->knowlm == s->knowlm && r->dtype == s->dtype)
        return 0;
    return weir_err_set(err, WEIR_EBAD, "%s: %s %s, those before it are %s %s", prefix,
                        r->knowlm ? "knowlm" : "megatron", index_dtype_name(r->dtype),
                        s->knowlm ? "knowlm" : "megatron", index_dtype_name(s->dtype));
}

static int check_manifest(struct index_parts *s, const char *prefix, const struct index_reader *r,
                          const struct index_manifest *m, int has, struct weir_err *err)
{
    if (s->n && has != s->with_manifest)
        return weir_err_set(err, WEIR_EBAD, "%s: %s a manifest, those before it %s", prefix,
                            has ? "has" : "lacks", has ? "lack one" : "have one");
    s->with_manifest = has;
    int rc = check_kind(s, prefix, r, err);
    if (rc || !has)
        return rc;
    if (m->knowlm != r->knowlm || m->dtype != r->dtype || m->n_seqs != r->n_seqs)
        return weir_err_set(err, WEIR_EBAD, "%s: its manifest does not describe its index", prefix);
    rc = index_manifest_merge(&s->all, m, s->n, err);
    weir_err_prefix(err, "%s", prefix);
    return rc;
}

static int look_at_prov(struct index_parts *s, const char *prefix, const struct index_reader *r,
                        struct weir_err *err)
{
    struct index_prov p;
    int rc = index_prov_open(&p, prefix, err);
    if (!rc && p.version > s->prov_version)
        s->prov_version = p.version;
    if (!rc && p.n_seqs != r->n_seqs)
        rc = weir_err_set(err, WEIR_EBAD, "%s: is of another dataset", p.file.path.p);
    index_prov_close(&p);
    return rc;
}

static int look_at(struct index_parts *s, const char *prefix, const char *output,
                   const struct index_reader *r, struct weir_err *err)
{
    struct index_manifest m;
    const int has = index_manifest_read(&m, prefix, err);
    int rc = has < 0 ? has : check_manifest(s, prefix, r, &m, has, err);
    if (!rc && has)
        rc = look_at_prov(s, prefix, r, err);
    if (!rc && output)
        rc = check_output(output, r, err);
    if (!rc && r->bin.size % r->width)
        rc = weir_err_set(err, WEIR_EBAD, "%s: %" PRIu64 " bytes are no whole tokens",
                          r->bin.path.p, r->bin.size);
    index_manifest_free(&m);
    return rc;
}

int index_parts_add(struct index_parts *s, const char *prefix, const char *output,
                    struct weir_err *err)
{
    struct index_reader r;
    if (weir_grow(&s->at, &s->cap, s->n + 1, sizeof *s->at))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    int rc = index_reader_open(&r, prefix, err);
    if (!rc)
        rc = look_at(s, prefix, output, &r, err);
    if (!rc)
        s->at[s->n++] = (struct index_part){prefix, r.n_seqs, r.bin.size / r.width, r.bin.size};
    index_reader_close(&r);
    return rc;
}

int index_part_check(const struct index_parts *s, const struct index_part *part,
                     struct weir_err *err)
{
    struct index_reader r;
    struct index_prov p = {.file.fd = -1};
    uint64_t n_tokens;
    int rc = index_reader_open(&r, part->prefix, err);
    if (!rc && (r.n_seqs != part->n_seqs || r.bin.size != part->bin_bytes || r.dtype != s->dtype))
        rc = weir_err_set(err, WEIR_EBAD, "%s: changed while it was read", part->prefix);
    if (!rc && s->with_manifest)
        rc = index_prov_open(&p, part->prefix, err);
    if (!rc)
        rc = s->with_manifest ? index_prov_check(&p, &r, err)
                              : index_reader_walk(&r, &n_tokens, NULL, NULL, err);
    index_prov_close(&p);
    index_reader_close(&r);
    return rc;
}

static int hash_file(const struct index_file *f, XXH3_state_t *hash, char *block,
                     struct weir_err *err)
{
    int rc = 0;
    for (uint64_t at = 0; !rc && at < f->size;) {
        const size_t n = f->size - at < BLOCK_BYTES ? (size_t)(f->size - at) : BLOCK_BYTES;
        rc = index_file_read(f, at, block, n, err);
        if (!rc)
            (void)XXH3_128bits_update(hash, block, n); // fails on NULL only
        at += n;
    }
    return rc;
}

int index_part_check_bin(const struct index_parts *s, const struct index_part *part,
                         struct weir_job *job, struct weir_err *err)
{
    struct index_manifest m = {0};
    struct index_file f = {.fd = -1};
    XXH3_state_t *hash = XXH3_createState();
    char *block = malloc(BLOCK_BYTES);
    int rc = hash && block && XXH3_128bits_reset(hash) == XXH_OK
                 ? index_file_open(&f, part->prefix, ".bin", err)
                 : weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!rc)
        rc = hash_file(&f, hash, block, err);
    if (!rc) {
        const struct index_content is = index_content_of(f.size, hash);
        index_content_list(&job->input_list, f.path.p, &is);
        rc = s->with_manifest ? index_manifest_read(&m, part->prefix, err) : 0;
        rc = rc > 0 ? index_content_check(&m.bin, &is, f.path.p, err) : rc;
    }
    index_manifest_free(&m);
    index_file_close(&f);
    XXH3_freeState(hash);
    free(block);
    return rc;
}

void index_parts_free(struct index_parts *s)
{
    index_manifest_free(&s->all);
    free(s->at);
    memset(s, 0, sizeof *s);
}

int index_read_dis(const char *prefix, uint64_t **v, size_t *n, struct weir_err *err)
{
    struct index_file f = {.fd = -1};
    char *block = malloc(MAX_DIS_BYTES);
    *v = NULL;
    *n = 0;
    int rc = block ? index_file_open(&f, prefix, ".dis", err)
                   : weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!rc && f.size > MAX_DIS_BYTES)
        rc = weir_err_set(err, WEIR_EBAD, "%s: too large", f.path.p);
    if (!rc)
        rc = index_file_read(&f, 0, block, f.size, err);
    if (!rc) {
        rc = index_torch_get(block, f.size, v, n, err);
        weir_err_prefix(err, "%s", f.path.p);
    }
    index_file_close(&f);
    free(block);
    return rc;
}
