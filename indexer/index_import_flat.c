/* Tokens alone: raw files, llm.c's shards, NumPy's arrays of one dimension.  Where documents end is
 * seen in the tokens. */
#include <inttypes.h>
#include <string.h>

#include "indexer/index_import.h"

struct weir_span import_source(const struct import *x)
{
    const char *s = x->opt->source ? x->opt->source : x->opt->from;
    return weir_span(s, strlen(s));
}

/* ---- looking for ends ---- */

/* The next n tokens of t, from `token` on, belong to the document that is going on. */
static void go_on(struct import *x, const struct import_tokens *t, uint64_t token, uint64_t n)
{
    struct import_open_doc *d = &x->pending;
    if (!d->n) {
        d->path.n = 0;
        weir_buf_adds(&d->path, t->file->path.p);
        weir_buf_addc(&d->path, '\0');
        d->at = t->at + token * t->width;
        d->n_bytes = 0;
    }
    if (d->path.n && !strcmp(d->path.p, t->file->path.p))
        d->n_bytes += n * t->width;
    d->n += n;
}

int import_flat_end(struct import *x, struct weir_err *err)
{
    struct import_open_doc *d = &x->pending;
    struct weir_buf origin = {0};
    if (!d->n)
        return 0;
    int rc = weir_buf_check(&d->path, err);
    if (!rc)
        import_origin(&origin, d->path.p, d->at, d->n_bytes);
    if (!rc)
        rc = weir_buf_check(&origin, err);
    if (!rc)
        rc = import_doc_begin(x, weir_span("", 0), import_source(x), weir_buf_span(&origin), err);
    weir_buf_free(&origin);
    if (!rc)
        rc = import_doc_cut(x, d->n, err);
    d->n = 0;
    return rc ? rc : import_doc_end(x, err);
}

/* Every --length tokens are a document. */
static int look_rows(struct import *x, const struct import_tokens *t, uint64_t first, size_t n,
                     struct weir_err *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < n;) {
        const uint64_t left = (uint64_t)x->opt->length - x->pending.n;
        const size_t k = left < n - i ? (size_t)left : n - i;
        go_on(x, t, first + i, k);
        i += k;
        if (x->pending.n == (uint64_t)x->opt->length)
            rc = import_flat_end(x, err);
    }
    return rc;
}

static int look_ids(struct import *x, const struct import_tokens *t, uint64_t first, size_t n,
                    struct weir_err *err)
{
    const uint32_t eod = (uint32_t)x->opt->eod, bod = (uint32_t)x->opt->bod; // -1: no id is that
    int rc = 0;
    for (size_t i = 0; !rc && i < n;) {
        size_t k = i;
        while (k < n && x->ids[k] != eod && x->ids[k] != bod)
            k++;
        const int at_end = k < n && x->ids[k] == eod;
        go_on(x, t, first + i, k - i + (size_t)at_end);
        if (k < n)
            rc = import_flat_end(x, err);
        if (!rc && k < n && !at_end)
            go_on(x, t, first + k, 1);
        i = k + 1;
    }
    return rc;
}

int import_flat(struct import *x, const struct import_tokens *t, int joined, struct weir_err *err)
{
    const int by_id = x->opt->eod >= 0 || x->opt->bod >= 0;
    if (!by_id && !x->opt->length)
        return weir_err_set(err, WEIR_EUSAGE,
                            "%s does not say where documents end: give --eod ID or --bod ID, which "
                            "end or begin each, or -n N to make rows of N tokens",
                            t->file->path.p);
    if (x->pending.n && x->in_width != t->width)
        return weir_err_set(err, WEIR_EBAD,
                            "%s: tokens of %" PRIu32 " bytes, the file before has %" PRIu32,
                            t->file->path.p, t->width, x->in_width);
    const int rc = import_tokens(x, t, by_id ? look_ids : look_rows, err);
    return rc || joined ? rc : import_flat_end(x, err);
}

/* ---- formats ---- */

int import_raw(struct import *x, const char *path, struct weir_err *err)
{
    struct index_file f = {0};
    struct import_tokens t = {.file = &f, .width = import_dtype_width(x)};
    t.width = t.width ? t.width : 2;
    t.is_signed = x->opt->dtype == WEIR_IMPORT_I32 || x->opt->dtype == WEIR_IMPORT_I64;
    int rc = index_file_open(&f, path, "", err);
    if (!rc)
        rc = import_size(&t, err);
    if (!rc)
        rc = import_flat(x, &t, 0, err);
    index_file_close(&f);
    return rc;
}

/* 256 × i32: magic, version, tokens (llm.c, dev/data/data_common.py). */
int import_llmc(struct import *x, const char *path, struct weir_err *err)
{
    struct index_file f = {0};
    struct import_tokens t = {.file = &f, .at = 1024};
    int32_t h[3];
    int rc = index_file_open(&f, path, "", err);
    if (!rc)
        rc = index_file_read(&f, 0, h, sizeof h, err);
    if (rc) {
        index_file_close(&f);
        return rc;
    }
    if (h[0] == 20240520 && h[1] == 1)
        t.width = 2;
    else if (h[0] == 20240801 && h[1] == 7)
        t.width = 4;
    else
        rc = weir_err_set(err, WEIR_EBAD,
                          "%s: not a shard of llm.c: begins with %" PRId32 ", %" PRId32, path, h[0],
                          h[1]);
    if (!rc)
        rc = import_size(&t, err);
    if (!rc && (h[2] < 0 || t.n != (uint64_t)h[2]))
        rc = weir_err_set(err, WEIR_EBAD, "%s: %" PRIu64 " tokens, its header says %" PRId32, path,
                          t.n, h[2]);
    if (!rc)
        rc = import_flat(x, &t, 1, err);
    index_file_close(&f);
    return rc;
}
