/* What imports have in common: tokens in blocks, documents and their sequences. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/index_import.h"
#include "lib/xxh.h"
#include "weir/stream.h"

/* ---- files ---- */

int import_size(struct import_tokens *t, struct weir_err *err)
{
    const struct index_file *f = t->file;
    if (t->at > f->size || (f->size - t->at) % t->width)
        return weir_err_set(
            err, WEIR_EBAD,
            "%s: %" PRIu64 " bytes are no whole number of tokens of %" PRIu32 " bytes%s", f->path.p,
            f->size - (t->at < f->size ? t->at : 0), t->width, t->at ? " behind the header" : "");
    t->n = (f->size - t->at) / t->width;
    return 0;
}

uint32_t import_dtype_width(const struct import *x)
{
    static const uint32_t width[] = {
        [WEIR_IMPORT_AUTO] = 0, [WEIR_IMPORT_U8] = 1,  [WEIR_IMPORT_U16] = 2,
        [WEIR_IMPORT_U32] = 4,  [WEIR_IMPORT_I32] = 4, [WEIR_IMPORT_I64] = 8,
    };
    return width[x->opt->dtype];
}

/* ---- tokens ---- */

/* Compilers vectorise these loops. */
#define CONVERT(type)                                                                              \
    do {                                                                                           \
        const type *from = (const void *)x->block;                                                 \
        for (size_t i = 0; i < n; i++)                                                             \
            x->ids[i] = (uint32_t)from[i];                                                         \
    } while (0)

static void convert(struct import *x, size_t n)
{
    if (x->in_width == 1)
        CONVERT(uint8_t);
    else if (x->in_width == 2)
        CONVERT(uint16_t);
    else if (x->in_width == 4)
        CONVERT(uint32_t);
    else
        CONVERT(uint64_t);
    for (size_t i = 0; x->width == 2 && i < n; i++)
        x->made[i] = (uint16_t)x->ids[i];
}

/* Without a tokenizer the first input decides: 16 bits hold what it can hold, or 32. */
static int set_width(struct import *x, const struct import_tokens *t, struct weir_err *err)
{
    x->in_width = t->width;
    if (!x->width) {
        x->width = t->width <= 2 ? 2 : 4;
        x->w.m.dtype = t->width <= 2 ? 8 : 4;
        x->max_id = t->width <= 2 ? UINT16_MAX : INT32_MAX;
    }
    if (x->with_manifest || (t->width <= 2) == (x->width == 2))
        return 0;
    return weir_err_set(err, WEIR_EUSAGE,
                        "%s: tokens of %" PRIu32 " bytes behind those of a smaller type: give "
                        "--model, or import it by itself",
                        t->file->path.p, t->width);
}

static int bad_id(const struct import *x, const struct import_tokens *t, uint64_t first, size_t n,
                  struct weir_err *err)
{
    size_t i = 0;
    while (i + 1 < n && index_max_id(x->block + i * t->width, 1, t->width) <= x->max_id)
        i++;
    uint64_t id = 0;
    memcpy(&id, x->block + i * t->width, t->width);
    if (t->is_signed && id >> (8 * t->width - 1))
        return weir_err_set(err, WEIR_EBAD, "%s: token %" PRIu64 " is negative", t->file->path.p,
                            first + i);
    return weir_err_set(err, WEIR_EBAD, "%s: token %" PRIu64 ": id %" PRIu64 "%s %" PRIu64,
                        t->file->path.p, first + i, id,
                        x->with_manifest ? ", but the last one of the model's vocabulary is"
                                         : " does not fit, the largest that does is",
                        x->max_id);
}

static int put_block(struct import *x, const struct import_tokens *t, uint64_t first, size_t n,
                     XXH3_state_t *hash, struct weir_err *err)
{
    const size_t bytes = n * t->width;
    int rc = index_file_read(t->file, t->at + first * t->width, x->block, bytes, err);
    if (rc)
        return rc;
    (void)XXH3_128bits_update(hash, x->block, bytes); // fails on NULL only
    if (index_max_id(x->block, n, t->width) > x->max_id)
        return bad_id(x, t, first, n, err);
    convert(x, n);
    return weir_io_write(x->w.bin, x->width == 2 ? (const void *)x->made : x->ids, n * x->width,
                         err);
}

static int copy(struct import *x, const struct import_tokens *t, import_look_fn *look,
                XXH3_state_t *hash, struct weir_err *err)
{
    int rc = 0;
    for (uint64_t at = 0; !rc && at < t->at;) { // the header is hashed too, nothing else
        const size_t n = t->at - at < 4096 ? (size_t)(t->at - at) : 4096;
        rc = index_file_read(t->file, at, x->block, n, err);
        (void)XXH3_128bits_update(hash, x->block, n);
        at += n;
    }
    for (uint64_t first = 0; !rc && first < t->n;) {
        const size_t n = t->n - first < IMPORT_BLOCK ? (size_t)(t->n - first) : IMPORT_BLOCK;
        rc = put_block(x, t, first, n, hash, err);
        if (!rc && look)
            rc = look(x, t, first, n, err);
        first += n;
    }
    return rc;
}

int import_tokens(struct import *x, const struct import_tokens *t, import_look_fn *look,
                  struct weir_err *err)
{
    XXH3_state_t *hash = XXH3_createState();
    int rc = hash && XXH3_128bits_reset(hash) == XXH_OK
                 ? set_width(x, t, err)
                 : weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!rc)
        rc = copy(x, t, look, hash, err);
    if (!rc) {
        const struct index_content is = index_content_of(t->file->size, hash);
        index_content_list(&x->job->input_list, t->file->path.p, &is);
        rc = weir_buf_check(&x->job->input_list, err);
    }
    XXH3_freeState(hash);
    x->n_tokens += t->n;
    x->job->tally.in.bytes += t->n * t->width;
    x->job->tally.in.tokens += t->n;
    x->job->tally.framing += t->at;
    return rc;
}

/* ---- documents ---- */

void import_origin(struct weir_buf *b, const char *path, uint64_t at, uint64_t n_bytes)
{
    b->n = 0;
    weir_buf_adds(b, "{\"file\":");
    weir_buf_add_json_lossy(b, weir_span(path, strlen(path)));
    weir_buf_addf(b, ",\"offset\":%" PRIu64 ",\"length\":%" PRIu64 "}", at, n_bytes);
}

int import_doc_begin(struct import *x, struct weir_span id, struct weir_span source,
                     struct weir_span origin, struct weir_err *err)
{
    struct import_doc *d = &x->doc;
    const char *slash = strrchr(x->input, '/');
    d->named = 0;
    d->n = d->n_seqs = 0;
    d->id.n = d->origin.n = 0;
    d->source = source;
    weir_buf_add(&d->id, id.p, id.n);
    if (!id.n)
        weir_buf_addf(&d->id, "%s:%" PRIu64, slash ? slash + 1 : x->input, x->number);
    weir_buf_add(&d->origin, origin.p, origin.n);
    x->number++;
    const int rc = weir_buf_check(&d->id, err);
    return rc ? rc : weir_buf_check(&d->origin, err);
}

static int put_samples(struct import *x, const uint32_t *lengths, size_t n, struct weir_err *err)
{
    struct import_doc *d = &x->doc;
    struct weir_sample s[256];
    int rc = 0;
    if (!d->named)
        rc = index_prov_add_doc(&x->w.prov, weir_buf_span(&d->id), d->source,
                                weir_buf_span(&d->origin), err);
    d->named = 1;
    while (!rc && n) {
        const size_t k = n < 256 ? n : 256;
        for (size_t i = 0; i < k; i++) {
            if (d->n > UINT32_MAX - lengths[i])
                return weir_err_set(err, WEIR_EBAD,
                                    "%s: document %" PRIu64
                                    " has more tokens than provenance counts, %" PRIu32,
                                    x->input, x->number - 1, UINT32_MAX);
            s[i] = (struct weir_sample){(uint32_t)d->n, lengths[i]};
            d->n += lengths[i];
        }
        rc = index_prov_add_seqs(&x->w.prov, s, k, err);
        lengths += k, n -= k;
    }
    return rc;
}

int import_doc_seqs(struct import *x, const uint32_t *lengths, size_t n, struct weir_err *err)
{
    for (size_t i = 0; i < n; i++) {
        if (lengths[i] > INT32_MAX)
            return weir_err_set(err, WEIR_EBAD,
                                "%s: document %" PRIu64 ": a sequence of %" PRIu32
                                " tokens; -n cuts it",
                                x->input, x->number - 1, lengths[i]);
        x->longest = lengths[i] > x->longest ? lengths[i] : x->longest;
    }
    x->doc.n_seqs += n;
    int rc = index_writer_add_lengths(&x->w, lengths, n, err);
    if (!rc && n && x->with_manifest)
        return put_samples(x, lengths, n, err);
    for (size_t i = 0; i < n; i++)
        x->doc.n += lengths[i];
    return rc;
}

int import_doc_cut(struct import *x, uint64_t n, struct weir_err *err)
{
    const uint64_t most = x->opt->length ? (uint64_t)x->opt->length : UINT32_MAX;
    uint32_t lengths[256];
    int rc = 0;
    while (!rc && n) {
        size_t k = 0;
        for (; n && k < 256; k++) {
            lengths[k] = (uint32_t)(n < most ? n : most);
            n -= lengths[k];
        }
        rc = import_doc_seqs(x, lengths, k, err);
    }
    return rc;
}

int import_doc_close(struct import *x, struct weir_err *err)
{
    const uint64_t end = x->w.m.n_seqs;
    const struct weir_count in = {.records = 1, .tokens = 1}, // how many bytes of text is not known
        out = {.records = x->doc.n_seqs, .tokens = x->doc.n};
    if (x->with_manifest && weir_names_add(&x->w.m.sources, x->doc.source, in, out))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    return index_writer_add_docs(&x->w, &end, 1, err);
}

int import_doc_end(struct import *x, struct weir_err *err)
{
    const struct import_doc *d = &x->doc;
    struct weir_tally *t = &x->job->tally;
    const struct weir_count in = {1, d->n * x->in_width, d->n}, one = {1, 0, 0}, none = {0};
    const struct weir_count out = {d->n_seqs, d->n * x->width, d->n};
    t->in.records++;
    t->dropped.records += !d->n;
    if (weir_names_add(&t->sources, d->source, in, out) ||
        (!d->n && weir_names_add(&t->reasons, WEIR_LIT("empty"), one, none)))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    return d->n ? import_doc_close(x, err) : 0;
}
