/* Files of tokens with files beside them that say where documents and sequences end. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/index_import.h"

/* ---- a list of rising ends, as u64, read in blocks ---- */

/* 1; 0 when there are no more; WEIR_EBAD when they fall or do not reach total. */
static int ends_next(struct import_ends *e, uint64_t *end, struct weir_err *err)
{
    if (e->i == e->have) {
        const uint64_t left = e->n - e->next;
        e->have = left < IMPORT_ENDS ? (size_t)left : IMPORT_ENDS;
        e->i = 0;
        const int rc = index_file_read(&e->file, e->at + 8 * e->next, e->block, 8 * e->have, err);
        if (rc)
            return rc;
        e->next += e->have;
    }
    if (e->i < e->have) {
        *end = e->block[e->i++];
        if (*end < e->last || *end > e->total)
            return weir_err_set(
                err, WEIR_EBAD,
                "%s: number %" PRIu64 " is %" PRIu64 ", not between %" PRIu64 " and %" PRIu64,
                e->file.path.p, e->next - e->have + e->i - 1, *end, e->last, e->total);
        e->last = *end;
        return 1;
    }
    if (e->last != e->total)
        return weir_err_set(err, WEIR_EBAD,
                            "%s: ends at token %" PRIu64 ", there are %" PRIu64 " tokens",
                            e->file.path.p, e->last, e->total);
    return 0;
}

int import_begin(struct import *x, const struct import_tokens *t, uint64_t start, uint64_t end,
                 struct weir_err *err)
{
    struct weir_buf origin = {0};
    import_origin(&origin, t->file->path.p, t->at + start * t->width, (end - start) * t->width);
    int rc = weir_buf_check(&origin, err);
    if (!rc)
        rc = import_doc_begin(x, weir_span("", 0), import_source(x), weir_buf_span(&origin), err);
    weir_buf_free(&origin);
    return rc;
}

/* The sequences of the document start … end, of those that seqs has. */
static int take_seqs(struct import *x, struct import_ends *seqs, uint64_t start, uint64_t end,
                     struct weir_err *err)
{
    int rc = 0;
    while (!rc && start < end) {
        uint64_t at = start;
        const int got = ends_next(seqs, &at, err);
        if (got < 0)
            return got;
        if (!got || at > end)
            return weir_err_set(err, WEIR_EBAD,
                                "%s: no sequence ends where the document that ends at token "
                                "%" PRIu64 " does",
                                seqs->file.path.p, end);
        rc = import_doc_cut(x, at - start, err);
        start = at;
    }
    return rc;
}

/* seqs may be NULL: each document is one, or cut. */
int import_documents(struct import *x, const struct import_tokens *t, struct import_ends *docs,
                     struct import_ends *seqs, struct weir_err *err)
{
    uint64_t start = 0, end = 0;
    int got, rc = 0;
    while (!rc && (got = ends_next(docs, &end, err))) {
        rc = got < 0 ? got : import_begin(x, t, start, end, err);
        if (!rc)
            rc = seqs ? take_seqs(x, seqs, start, end, err) : import_doc_cut(x, end - start, err);
        if (!rc)
            rc = import_doc_end(x, err);
        start = end;
    }
    return rc;
}

/* ---- datatrove: pipeline/tokens/tokenizer.py, TokenizedFile ---- */

/* The third number of "tokenizer|token_size"; without NAME.ds.metadata by --dtype. */
static int read_metadata(struct import *x, const char *path, uint32_t *width, uint64_t *n,
                         struct weir_err *err)
{
    struct index_file f = {0};
    char text[4096], *bar, *end;
    *width = import_dtype_width(x);
    *n = UINT64_MAX;
    if (!index_file_exists(path, ".metadata"))
        return *width ? 0
                      : weir_err_set(err, WEIR_EUSAGE,
                                     "%s.metadata: is not there, and nothing else says how long "
                                     "tokens are: --dtype",
                                     path);
    int rc = index_file_open(&f, path, ".metadata", err);
    const size_t size = f.size < sizeof text - 1 ? (size_t)f.size : sizeof text - 1;
    if (!rc)
        rc = index_file_read(&f, 0, text, size, err);
    text[rc ? 0 : size] = '\0';
    char *line = strchr(text, '\n');
    if (line)
        *line = '\0';
    bar = strrchr(text, '|');
    const unsigned long width_said = bar ? strtoul(bar + 1, &end, 10) : 0;
    if (!rc && (!line || !bar || *end || (width_said != 2 && width_said != 4)))
        rc = weir_err_set(err, WEIR_EBAD, "%s: does not begin with \"tokenizer|2\" or 4", f.path.p);
    if (!rc) {
        *width = (uint32_t)width_said;
        *n = strtoull(line + 1, &end, 10);
        if (end == line + 1)
            rc = weir_err_set(err, WEIR_EBAD, "%s: its second line is no number", f.path.p);
    }
    index_file_close(&f);
    return rc;
}

int import_datatrove(struct import *x, const char *path, struct weir_err *err)
{
    struct index_file f = {0};
    struct import_tokens t = {.file = &f};
    uint64_t said;
    struct import_ends *docs = weir_calloc(1, sizeof *docs);
    if (!docs)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    docs->file.fd = -1;
    int rc = index_file_open(&f, path, "", err);
    if (!rc)
        rc = read_metadata(x, path, &t.width, &said, err);
    if (!rc)
        rc = import_size(&t, err);
    if (!rc && said != UINT64_MAX && said != t.n)
        rc = weir_err_set(err, WEIR_EBAD, "%s: %" PRIu64 " tokens, its metadata say %" PRIu64, path,
                          t.n, said);
    if (!rc)
        rc = index_file_open(&docs->file, path, ".index", err);
    if (!rc && docs->file.size % 8)
        rc = weir_err_set(err, WEIR_EBAD, "%s: %" PRIu64 " bytes, not a multiple of 8",
                          docs->file.path.p, docs->file.size);
    docs->n = docs->file.size / 8;
    docs->total = t.n;
    if (!rc && index_file_exists(path, ".loss"))
        weir_job_warn(x->job, "%s.loss: loss masks are not imported, all tokens will be learnt",
                      path);
    if (!rc)
        rc = import_tokens(x, &t, NULL, err);
    if (!rc)
        rc = import_documents(x, &t, docs, NULL, err);
    index_file_close(&f);
    index_file_close(&docs->file);
    free(docs);
    return rc;
}

/* ---- datasets of Megatron and KnowLM ---- */

struct seqs { // a window over the index, which moves forward
    const struct index_reader *r;
    uint64_t first;
    size_t n;
    uint64_t token; // where the next sequence must begin
    struct index_seq at[INDEX_BLOCK];
};

/* Tokens of sequence seq; asked for in rising order. */
static int seqs_get(struct seqs *w, uint64_t seq, uint32_t *n, struct weir_err *err)
{
    if (seq - w->first >= w->n) {
        const uint64_t left = w->r->n_seqs - seq;
        w->first = seq;
        w->n = left < INDEX_BLOCK ? (size_t)left : INDEX_BLOCK;
        const int rc = index_reader_seqs(w->r, seq, w->n, w->at, err);
        if (rc)
            return rc;
    }
    *n = (uint32_t)w->at[seq - w->first].n; // the index was walked: not negative
    return 0;
}

static int put_document(struct import *x, const struct import_tokens *t, struct seqs *w,
                        uint64_t first, uint64_t end, struct weir_err *err)
{
    const uint64_t start = w->token;
    uint32_t n = 0;
    int rc = 0;
    for (uint64_t seq = first; !rc && seq < end; seq++) {
        rc = seqs_get(w, seq, &n, err);
        w->token += n;
    }
    if (!rc)
        rc = import_begin(x, t, start, w->token, err);
    for (uint64_t seq = first; !rc && seq < end; seq++) {
        rc = seqs_get(w, seq, &n, err);
        if (!rc && n)
            rc = import_doc_cut(x, n, err);
    }
    return rc ? rc : import_doc_end(x, err);
}

static int put_all(struct import *x, const struct import_tokens *t, struct seqs *w,
                   struct weir_err *err)
{
    const struct index_reader *r = w->r;
    int64_t docs[1024];
    uint64_t seq = 0;
    int rc = 0;
    for (; !rc && r->knowlm && seq < r->n_seqs; seq++)
        rc = put_document(x, t, w, seq, seq + 1, err);
    for (uint64_t doc = 0; !rc && doc < r->n_docs; doc += 1024) {
        const size_t n = r->n_docs - doc < 1024 ? (size_t)(r->n_docs - doc) : 1024;
        rc = index_reader_docs(r, doc + 1, n, docs, err);
        for (size_t i = 0; !rc && i < n; i++, seq = (uint64_t)docs[i - 1])
            rc = put_document(x, t, w, seq, (uint64_t)docs[i], err);
    }
    return rc;
}

int import_dataset(struct import *x, const char *path, struct weir_err *err)
{
    struct index_reader r = {.idx.fd = -1, .bin.fd = -1};
    struct import_tokens t = {.file = &r.bin};
    struct seqs *w = weir_calloc(1, sizeof *w);
    uint64_t n_tokens;
    int rc = w ? index_reader_open(&r, path, err) : weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!rc && r.knowlm != !strcmp(x->opt->from, "knowlm"))
        rc = weir_err_set(err, WEIR_EBAD, "%s is of %s format", r.idx.path.p,
                          r.knowlm ? "KnowLM's" : "Megatron's");
    if (!rc && index_file_exists(path, ".prov"))
        rc =
            weir_err_set(err, WEIR_EUSAGE,
                         "%s is a dataset of Weir's: merge, mix and export read it as it is", path);
    if (!rc)
        rc = index_reader_walk(&r, &n_tokens, NULL, NULL, err);
    t.width = r.width;
    t.is_signed = r.dtype == 4 || r.dtype == 5;
    if (!rc)
        rc = import_size(&t, err);
    if (!rc)
        rc = import_tokens(x, &t, NULL, err);
    if (!rc) {
        w->r = &r;
        rc = put_all(x, &t, w, err);
    }
    index_reader_close(&r);
    free(w);
    return rc;
}
