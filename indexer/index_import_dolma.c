/* dolma's memory map: the tokens alone, and a table of documents as CSV.
 * dolma, python/dolma/tokenizer/memmap_writer.py and data_types.py, MemmapMetadata. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/index_import.h"
#include "weir/utf8.h"

enum { N_FIELDS = 5, MAX_ROW = 1 << 20 };

/* ---- rows: RFC 4180 ---- */

/* The next byte, or -1 at the end, -2 on error. */
static int next_byte(struct dolma_rows *r, struct weir_err *err)
{
    if (r->i == r->n) {
        const ssize_t got = weir_io_read(r->io, r->block, sizeof r->block, err);
        r->n = got > 0 ? (size_t)got : 0;
        r->i = 0;
        if (got <= 0)
            return got ? -2 : -1;
    }
    return (uint8_t)r->block[r->i++];
}

static int bad_row(const struct dolma_rows *r, const char *what, struct weir_err *err)
{
    return weir_err_set(err, WEIR_EBAD, "%s: row %" PRIu64 ": %s", weir_io_name(r->io), r->line,
                        what);
}

/* One field, decoded, behind what is in r->fields; what ended it: a comma, a newline or the end. */
static int read_field(struct dolma_rows *r, int c, struct weir_err *err)
{
    if (c == '"') {
        for (c = next_byte(r, err); c >= 0; c = next_byte(r, err)) {
            if (c == '"' && (c = next_byte(r, err)) != '"')
                break; // not doubled: the field's end
            weir_buf_addc(&r->fields, (char)c);
            if (r->fields.n > MAX_ROW)
                return bad_row(r, "longer than 1 MB", err);
        }
    } else {
        for (; c >= 0 && c != ',' && c != '\n' && c != '\r'; c = next_byte(r, err)) {
            weir_buf_addc(&r->fields, (char)c);
            if (r->fields.n > MAX_ROW)
                return bad_row(r, "longer than 1 MB", err);
        }
    }
    if (c == '\r')
        c = next_byte(r, err);
    if (c == -2)
        return err->code;
    return c == ',' || c == '\n' || c == -1 ? (c == -1 ? '\n' : c)
                                            : bad_row(r, "no comma behind a field", err);
}

/* Where each field ends in r->fields.  1, 0 at the end. */
static int read_fields(struct dolma_rows *r, size_t ends[N_FIELDS], struct weir_err *err)
{
    int c = next_byte(r, err), by = ',';
    r->fields.n = 0;
    r->line++;
    if (c < 0)
        return c == -1 ? 0 : err->code;
    for (size_t i = 0; i < N_FIELDS; i++) {
        if (by != ',')
            return bad_row(r, "fewer than the five fields start,end,id,src,loc", err);
        by = read_field(r, i ? next_byte(r, err) : c, err);
        if (by < 0)
            return by;
        ends[i] = r->fields.n;
    }
    const int rc = weir_buf_check(&r->fields, err);
    if (rc)
        return rc;
    return by == '\n' ? 1 : bad_row(r, "more than the five fields start,end,id,src,loc", err);
}

static int read_number(const struct weir_span s, uint64_t *v)
{
    *v = 0;
    for (size_t i = 0; i < s.n; i++) {
        const unsigned digit = (unsigned)(s.p[i] - '0');
        if (digit > 9 || *v > (UINT64_MAX - digit) / 10)
            return 0;
        *v = *v * 10 + digit;
    }
    return s.n > 0;
}

int dolma_rows_next(struct dolma_rows *r, struct dolma_row *row, struct weir_err *err)
{
    size_t ends[N_FIELDS];
    struct weir_span f[N_FIELDS];
    const int got = read_fields(r, ends, err);
    if (got <= 0)
        return got;
    for (size_t i = 0, at = 0; i < N_FIELDS; at = ends[i++])
        f[i] = weir_span(r->fields.p + at, ends[i] - at);
    if (!read_number(f[0], &row->start) || !read_number(f[1], &row->end))
        return bad_row(r, "start and end are no numbers", err);
    if (weir_utf8_valid(r->fields.p, r->fields.n) != r->fields.n)
        return bad_row(r, "not UTF-8", err);
    row->id = f[2], row->src = f[3], row->loc = f[4];
    return 1;
}

/* ---- documents ---- */

/* What the table says of where a document came from; a number of a line or of a byte. */
static void put_origin(struct weir_buf *b, const struct dolma_row *row)
{
    uint64_t loc;
    b->n = 0;
    if (!row->src.n)
        return;
    weir_buf_adds(b, "{\"file\":");
    weir_buf_add_json(b, row->src);
    if (read_number(row->loc, &loc))
        weir_buf_addf(b, ",\"loc\":%" PRIu64, loc);
    weir_buf_addc(b, '}');
}

static int put_rows(struct import *x, const struct import_tokens *t, struct dolma_rows *r,
                    struct weir_err *err)
{
    struct dolma_row row;
    struct weir_buf origin = {0};
    uint64_t at = 0;
    int got, rc = 0;
    while (!rc && (got = dolma_rows_next(r, &row, err))) {
        if (got < 0)
            rc = got;
        else if (row.start != at || row.end < at || row.end > t->n)
            rc = bad_row(r, "does not begin where the row before ended, or ends behind all tokens",
                         err);
        put_origin(&origin, &row);
        if (!rc)
            rc = weir_buf_check(&origin, err);
        if (!rc)
            rc = import_doc_begin(x, row.id, import_source(x), weir_buf_span(&origin), err);
        if (!rc)
            rc = import_doc_cut(x, row.end - at, err);
        if (!rc)
            rc = import_doc_end(x, err);
        at = row.end;
    }
    weir_buf_free(&origin);
    if (!rc && at != t->n)
        rc = weir_err_set(err, WEIR_EBAD,
                          "%s: its rows end at token %" PRIu64 ", there are %" PRIu64 " tokens",
                          weir_io_name(r->io), at, t->n);
    return rc;
}

/* PATH.npy has PATH.csv.gz beside it. */
static int open_table(struct dolma_rows *r, const char *path, struct weir_err *err)
{
    struct weir_buf name = {0};
    const size_t n = strlen(path);
    weir_buf_add(&name, path, n > 4 && !strcmp(path + n - 4, ".npy") ? n - 4 : n);
    weir_buf_adds(&name, ".csv.gz");
    weir_buf_addc(&name, '\0');
    int rc = weir_buf_check(&name, err);
    if (!rc && !(r->io = weir_io_open_read(name.p, err)))
        rc = err->code;
    weir_buf_free(&name);
    return rc;
}

int import_dolma(struct import *x, const char *path, struct weir_err *err)
{
    struct index_file f = {0};
    struct import_tokens t = {.file = &f, .width = import_dtype_width(x)};
    struct dolma_rows *r = weir_calloc(1, sizeof *r);
    if (!r)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    t.width = t.width ? t.width : 2;
    int rc = index_file_open(&f, path, "", err);
    if (!rc)
        rc = import_size(&t, err);
    if (!rc)
        rc = open_table(r, path, err);
    if (!rc)
        rc = import_tokens(x, &t, NULL, err);
    if (!rc)
        rc = put_rows(x, &t, r, err);
    index_file_close(&f);
    weir_io_abort(r->io);
    weir_buf_free(&r->fields);
    free(r);
    return rc;
}
