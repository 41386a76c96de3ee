/* Tokens of a dataset, checked and converted. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "indexer/index_export.h"
#include "lib/xxh.h"
#include "weir/stream.h"

enum { LLMC_HEADER = 1024 };

/* ---- shards: llm.c, dev/data/data_common.py ---- */

static const char *shard_ext(uint64_t n, const char *ext, char name[32])
{
    snprintf(name, 32, "_%06" PRIu64 "%s", n, ext);
    return name;
}

/* 256 × i32: magic, version, tokens; the rest is 0. */
static int put_shard_header(struct export *x, struct weir_err *err)
{
    int32_t h[LLMC_HEADER / 4] = {0};
    const uint64_t whole = (uint64_t)x->opt->shard;
    const uint64_t left = x->n_tokens - (x->n_shards - 1) * whole;
    x->shard_left = left < whole ? left : whole;
    h[0] = x->width == 2 ? 20240520 : 20240801;
    h[1] = x->width == 2 ? 1 : 7;
    h[2] = (int32_t)x->shard_left;
    return weir_io_write(x->files[0], h, sizeof h, err);
}

int export_shard(struct export *x, struct weir_err *err)
{
    char ext[32];
    int rc = x->files[0] ? export_name(x, 0, err) : 0;
    if (!rc)
        rc = export_open(x, 0, shard_ext(x->n_shards, ".bin", ext), err);
    x->n_shards += !rc;
    return rc ? rc : put_shard_header(x, err);
}

/* Those of an older export, which readers would find behind the new ones. */
int export_shards_clear(struct export *x, struct weir_err *err)
{
    const char *out = x->job->output;
    char bin[32], idx[32];
    int rc = 0;
    for (uint64_t i = 0; !rc && index_file_exists(out, shard_ext(i, ".bin", bin)); i++)
        if (index_file_exists(out, shard_ext(i, ".idx", idx)))
            rc = weir_err_set(err, WEIR_EUSAGE, "%s%s: is of a dataset", out, bin);
        else
            rc = index_file_remove(out, bin, err);
    return rc;
}

void export_shards_remove(struct export *x)
{
    char ext[32];
    struct weir_err ignored = {0};
    for (uint64_t i = 0; i + 1 < x->n_shards; i++)
        if (index_file_remove(x->job->output, shard_ext(i, ".bin", ext), &ignored))
            return;
}

/* ---- tokens ---- */

/* Compilers vectorise these loops. */
#define CONVERT(in, out)                                                                           \
    do {                                                                                           \
        const in *from = (const void *)x->block;                                                   \
        out *to = (void *)x->made;                                                                 \
        for (size_t i = 0; i < n; i++)                                                             \
            to[i] = (out)from[i];                                                                  \
    } while (0)

#define CONVERT_TO(out)                                                                            \
    do {                                                                                           \
        if (x->r.width == 1)                                                                       \
            CONVERT(uint8_t, out);                                                                 \
        else if (x->r.width == 2)                                                                  \
            CONVERT(uint16_t, out);                                                                \
        else if (x->r.width == 4)                                                                  \
            CONVERT(uint32_t, out);                                                                \
        else                                                                                       \
            CONVERT(uint64_t, out);                                                                \
    } while (0)

static const char *convert(struct export *x, size_t n)
{
    if (x->width == x->r.width)
        return x->block;
    if (x->width == 2)
        CONVERT_TO(uint16_t);
    else
        CONVERT_TO(uint32_t);
    return x->made;
}

static int bad_id(const struct export *x, uint64_t token, size_t n, struct weir_err *err)
{
    const uint32_t width = x->r.width;
    size_t i = 0;
    while (i + 1 < n && index_max_id(x->block + i * width, 1, width) <= x->max_id)
        i++;
    uint64_t seq = 0, id = 0;
    struct index_seq s = {0};
    memcpy(&id, x->block + i * width, width);
    int rc = index_reader_find(&x->r, token + i, &seq, err);
    if (!rc)
        rc = index_reader_seqs(&x->r, seq, 1, &s, err);
    if (rc)
        return rc;
    return weir_err_set(err, WEIR_EBAD,
                        "%s: sequence %" PRIu64 ", token %" PRIu64 ": id %" PRIu64
                        " does not fit, the largest that does is %" PRIu64 "%s",
                        x->r.bin.path.p, seq, token + i - s.at / width, id, x->max_id,
                        x->width == 2 ? ": --dtype uint32" : "");
}

static int put_tokens(struct export *x, const char *p, size_t n, struct weir_err *err)
{
    int rc = 0;
    while (!rc && n) {
        size_t step = n;
        if (x->n_shards && !x->shard_left)
            rc = export_shard(x, err);
        if (x->n_shards && step > x->shard_left)
            step = (size_t)x->shard_left;
        if (!rc)
            rc = weir_io_write(x->files[0], p, step * x->width, err);
        x->shard_left -= x->n_shards ? step : 0;
        p += step * x->width, n -= step;
    }
    return rc;
}

static int put_block(struct export *x, uint64_t token, size_t n, XXH3_state_t *hash,
                     struct weir_err *err)
{
    const size_t bytes = n * x->r.width;
    const int rc = index_file_read(&x->r.bin, token * x->r.width, x->block, bytes, err);
    if (rc)
        return rc;
    (void)XXH3_128bits_update(hash, x->block, bytes); // fails on NULL only
    if (index_max_id(x->block, n, x->r.width) > x->max_id)
        return bad_id(x, token, n, err);
    return put_tokens(x, convert(x, n), n, err);
}

int export_bin_checked(struct export *x, const void *hash_state, struct weir_err *err)
{
    const struct index_content is = index_content_of(x->r.bin.size, hash_state);
    index_content_list(&x->job->input_list, x->r.bin.path.p, &is);
    return x->has_manifest ? index_content_check(&x->m.bin, &is, x->r.bin.path.p, err) : 0;
}

int export_tokens(struct export *x, struct weir_err *err)
{
    const uint64_t fit = EXPORT_BLOCK_BYTES / sizeof(uint64_t);
    XXH3_state_t *hash = XXH3_createState();
    int rc = hash && XXH3_128bits_reset(hash) == XXH_OK
                 ? 0
                 : weir_err_set(err, WEIR_EMEM, "out of memory");
    for (uint64_t token = 0; !rc && token < x->n_tokens;) {
        const uint64_t left = x->n_tokens - token;
        const size_t n = (size_t)(left < fit ? left : fit);
        rc = put_block(x, token, n, hash, err);
        token += n;
        weir_job_progress(x->job, (double)token / (double)x->n_tokens);
    }
    if (!rc)
        rc = export_bin_checked(x, hash, err);
    XXH3_freeState(hash);
    return rc;
}
