#include "lib/io_codec.h"

#include <bzlib.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

/* A window is memory that the input asks for: zstd --long=31 wants 2 GiB, xz -9 65 MiB. */
static uint64_t window_memory = (uint64_t)128 << 20;

void weir_codec_memory(uint64_t bytes)
{
    __atomic_store_n(&window_memory, bytes, __ATOMIC_RELAXED);
}

static uint64_t window_limit(void)
{
    return __atomic_load_n(&window_memory, __ATOMIC_RELAXED);
}

/* zlib and bzip2 count in unsigned int. */
static unsigned clamp_uint(size_t n)
{
    return n > 1u << 30 ? 1u << 30 : (unsigned)n;
}

/* ---- zstd ---- */

static int zstd_sniff(const unsigned char *p, size_t n)
{
    if (n < 4)
        return 0;
    const int skippable = (p[0] & 0xF0) == 0x50 && p[1] == 0x2A && p[2] == 0x4D && p[3] == 0x18;
    return skippable || (p[0] == 0x28 && p[1] == 0xB5 && p[2] == 0x2F && p[3] == 0xFD);
}

static void *zstd_decoder_new(void)
{
    ZSTD_DStream *d = ZSTD_createDStream();
    int log = 10; // the least that zstd takes
    while (log < 31 && (uint64_t)2 << log <= window_limit())
        log++;
    if (d)
        ZSTD_DCtx_setParameter(d, ZSTD_d_windowLogMax, log);
    return d;
}

static int zstd_decode(void *state, struct weir_flow *f, struct weir_err *err)
{
    ZSTD_inBuffer in = {f->in, f->n_in, 0};
    ZSTD_outBuffer out = {f->out, f->n_out, 0};
    const size_t rc = ZSTD_decompressStream(state, &out, &in);
    if (ZSTD_getErrorCode(rc) == ZSTD_error_frameParameter_windowTooLarge)
        return weir_err_set(err, WEIR_EMEM, "its zstd window does not fit: raise -m");
    if (ZSTD_isError(rc))
        return weir_err_set(err, WEIR_EBAD, "broken zstd data: %s", ZSTD_getErrorName(rc));
    f->in += in.pos, f->n_in -= in.pos;
    f->out += out.pos, f->n_out -= out.pos;
    return rc == 0;
}

static void zstd_decoder_free(void *state)
{
    ZSTD_freeDStream(state);
}

static void *zstd_encoder_new(void)
{
    ZSTD_CCtx *c = ZSTD_createCCtx();
    if (c)
        ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
    return c;
}

static void *zstd_encoder_new_fast(void)
{
    ZSTD_CCtx *c = zstd_encoder_new();
    if (c)
        ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, 1);
    return c;
}

static int zstd_encode(void *state, struct weir_flow *f, struct weir_err *err)
{
    ZSTD_inBuffer in = {f->in, f->n_in, 0};
    ZSTD_outBuffer out = {f->out, f->n_out, 0};
    const size_t rc =
        ZSTD_compressStream2(state, &out, &in, f->last ? ZSTD_e_end : ZSTD_e_continue);
    if (ZSTD_isError(rc))
        return weir_err_set(err, WEIR_EFAIL, "zstd: %s", ZSTD_getErrorName(rc));
    f->in += in.pos, f->n_in -= in.pos;
    f->out += out.pos, f->n_out -= out.pos;
    return f->last && rc == 0;
}

static void zstd_encoder_free(void *state)
{
    ZSTD_freeCCtx(state);
}

/* ---- gzip ---- */

static int gzip_sniff(const unsigned char *p, size_t n)
{
    return n >= 3 && p[0] == 0x1F && p[1] == 0x8B && p[2] == 8;
}

static void *gzip_decoder_new(void)
{
    z_stream *z = calloc(1, sizeof *z);
    if (z && inflateInit2(z, 15 + 16) != Z_OK) {
        free(z);
        z = NULL;
    }
    return z;
}

static int gzip_decode(void *state, struct weir_flow *f, struct weir_err *err)
{
    z_stream *z = state;
    const unsigned n_in = clamp_uint(f->n_in), n_out = clamp_uint(f->n_out);
    z->next_in = (Bytef *)f->in, z->avail_in = n_in;
    z->next_out = (Bytef *)f->out, z->avail_out = n_out;
    const int rc = inflate(z, Z_NO_FLUSH);
    f->in += n_in - z->avail_in, f->n_in -= n_in - z->avail_in;
    f->out += n_out - z->avail_out, f->n_out -= n_out - z->avail_out;
    if (rc == Z_STREAM_END) {
        inflateReset(z);
        return 1;
    }
    if (rc != Z_OK && rc != Z_BUF_ERROR)
        return weir_err_set(err, WEIR_EBAD, "broken gzip data: %s",
                            z->msg ? z->msg : "unknown reason");
    return 0;
}

static void gzip_decoder_free(void *state)
{
    inflateEnd(state);
    free(state);
}

static void *gzip_encoder_new(void)
{
    z_stream *z = calloc(1, sizeof *z);
    if (z && deflateInit2(z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        free(z);
        z = NULL;
    }
    return z;
}

static int gzip_encode(void *state, struct weir_flow *f, struct weir_err *err)
{
    z_stream *z = state;
    const unsigned n_in = clamp_uint(f->n_in), n_out = clamp_uint(f->n_out);
    z->next_in = (Bytef *)f->in, z->avail_in = n_in;
    z->next_out = (Bytef *)f->out, z->avail_out = n_out;
    const int rc = deflate(z, f->last ? Z_FINISH : Z_NO_FLUSH);
    f->in += n_in - z->avail_in, f->n_in -= n_in - z->avail_in;
    f->out += n_out - z->avail_out, f->n_out -= n_out - z->avail_out;
    if (rc == Z_STREAM_ERROR)
        return weir_err_set(err, WEIR_EFAIL, "gzip: %s", z->msg ? z->msg : "internal error");
    return rc == Z_STREAM_END;
}

static void gzip_encoder_free(void *state)
{
    deflateEnd(state);
    free(state);
}

/* ---- bzip2 ---- */

static int bzip2_sniff(const unsigned char *p, size_t n)
{
    /* Ten bytes, because a text may begin with "BZh9": a block or the end mark must follow. */
    return n >= 10 && !memcmp(p, "BZh", 3) && p[3] >= '1' && p[3] <= '9' &&
           (!memcmp(p + 4, "\x31\x41\x59\x26\x53\x59", 6) ||
            !memcmp(p + 4, "\x17\x72\x45\x38\x50\x90", 6));
}

struct bunzip {
    bz_stream z;
    int open; // between streams there is none: the next byte of input opens it
};

static void *bzip2_decoder_new(void)
{
    return calloc(1, sizeof(struct bunzip));
}

static int bzip2_decode(void *state, struct weir_flow *f, struct weir_err *err)
{
    struct bunzip *b = state;
    if (!b->open) {
        if (!f->n_in)
            return 1;
        memset(&b->z, 0, sizeof b->z);
        if (BZ2_bzDecompressInit(&b->z, 0, 0) != BZ_OK)
            return weir_err_set(err, WEIR_EMEM, "bzip2: out of memory");
        b->open = 1;
    }
    const unsigned n_in = clamp_uint(f->n_in), n_out = clamp_uint(f->n_out);
    b->z.next_in = (char *)f->in, b->z.avail_in = n_in;
    b->z.next_out = f->out, b->z.avail_out = n_out;
    const int rc = BZ2_bzDecompress(&b->z);
    f->in += n_in - b->z.avail_in, f->n_in -= n_in - b->z.avail_in;
    f->out += n_out - b->z.avail_out, f->n_out -= n_out - b->z.avail_out;
    if (rc == BZ_STREAM_END) {
        BZ2_bzDecompressEnd(&b->z);
        b->open = 0;
        return 1;
    }
    if (rc == BZ_MEM_ERROR)
        return weir_err_set(err, WEIR_EMEM, "bzip2: out of memory");
    if (rc != BZ_OK)
        return weir_err_set(err, WEIR_EBAD, "broken bzip2 data");
    return 0;
}

static void bzip2_decoder_free(void *state)
{
    struct bunzip *b = state;
    if (b->open)
        BZ2_bzDecompressEnd(&b->z);
    free(b);
}

static void *bzip2_encoder_new(void)
{
    bz_stream *z = calloc(1, sizeof *z);
    if (z && BZ2_bzCompressInit(z, 9, 0, 0) != BZ_OK) {
        free(z);
        z = NULL;
    }
    return z;
}

static int bzip2_encode(void *state, struct weir_flow *f, struct weir_err *err)
{
    bz_stream *z = state;
    if (!f->n_in && !f->last)
        return 0;
    const unsigned n_in = clamp_uint(f->n_in), n_out = clamp_uint(f->n_out);
    z->next_in = (char *)f->in, z->avail_in = n_in;
    z->next_out = f->out, z->avail_out = n_out;
    const int rc = BZ2_bzCompress(z, f->last ? BZ_FINISH : BZ_RUN);
    f->in += n_in - z->avail_in, f->n_in -= n_in - z->avail_in;
    f->out += n_out - z->avail_out, f->n_out -= n_out - z->avail_out;
    if (rc < 0)
        return weir_err_set(err, WEIR_EFAIL, "bzip2: error %d", rc);
    return rc == BZ_STREAM_END;
}

static void bzip2_encoder_free(void *state)
{
    BZ2_bzCompressEnd(state);
    free(state);
}

/* ---- xz ---- */

static int xz_sniff(const unsigned char *p, size_t n)
{
    return n >= 6 && !memcmp(p,
                             "\xFD"
                             "7zXZ\0",
                             6);
}

static void *xz_new(int encode)
{
    lzma_stream *z = malloc(sizeof *z);
    if (!z)
        return NULL;
    *z = (lzma_stream)LZMA_STREAM_INIT;
    const lzma_ret rc = encode ? lzma_easy_encoder(z, 6, LZMA_CHECK_CRC64)
                               : lzma_stream_decoder(z, window_limit(), LZMA_CONCATENATED);
    if (rc != LZMA_OK) {
        free(z);
        return NULL;
    }
    return z;
}

static void *xz_decoder_new(void)
{
    return xz_new(0);
}

static void *xz_encoder_new(void)
{
    return xz_new(1);
}

static int xz_step(void *state, struct weir_flow *f, struct weir_err *err)
{
    lzma_stream *z = state;
    z->next_in = (const uint8_t *)f->in, z->avail_in = f->n_in;
    z->next_out = (uint8_t *)f->out, z->avail_out = f->n_out;
    const lzma_ret rc = lzma_code(z, f->last ? LZMA_FINISH : LZMA_RUN);
    f->in = (const char *)z->next_in, f->n_in = z->avail_in;
    f->out = (char *)z->next_out, f->n_out = z->avail_out;
    if (rc == LZMA_MEM_ERROR || rc == LZMA_MEMLIMIT_ERROR)
        return weir_err_set(err, WEIR_EMEM, "its xz window does not fit: raise -m");
    if (rc != LZMA_OK && rc != LZMA_STREAM_END && rc != LZMA_BUF_ERROR)
        return weir_err_set(err, WEIR_EBAD, "broken xz data");
    return rc == LZMA_STREAM_END;
}

static void xz_free(void *state)
{
    lzma_end(state);
    free(state);
}

static const struct weir_codec codecs[] = {
    {"zstd", ".zst", zstd_sniff, zstd_decoder_new, zstd_decode, zstd_decoder_free, zstd_encoder_new,
     zstd_encode, zstd_encoder_free},
    {"gzip", ".gz", gzip_sniff, gzip_decoder_new, gzip_decode, gzip_decoder_free, gzip_encoder_new,
     gzip_encode, gzip_encoder_free},
    {"bzip2", ".bz2", bzip2_sniff, bzip2_decoder_new, bzip2_decode, bzip2_decoder_free,
     bzip2_encoder_new, bzip2_encode, bzip2_encoder_free},
    {"xz", ".xz", xz_sniff, xz_decoder_new, xz_step, xz_free, xz_encoder_new, xz_step, xz_free},
};

const struct weir_codec *weir_codec_sniff(const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++)
        if (codecs[i].sniff(p, n))
            return &codecs[i];
    return NULL;
}

const struct weir_codec *weir_codec_fast(void)
{
    static const struct weir_codec fast = {"zstd",
                                           "",
                                           zstd_sniff,
                                           zstd_decoder_new,
                                           zstd_decode,
                                           zstd_decoder_free,
                                           zstd_encoder_new_fast,
                                           zstd_encode,
                                           zstd_encoder_free};
    return &fast;
}

const struct weir_codec *weir_codec_by_name(const char *path)
{
    const size_t n = strlen(path);
    for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++) {
        const size_t m = strlen(codecs[i].suffix);
        if (n > m && !strcmp(path + n - m, codecs[i].suffix))
            return &codecs[i];
    }
    return NULL;
}
