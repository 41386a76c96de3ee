/* NumPy's files: numpy/lib/format.py, versions 1 to 3. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/index_import.h"

/* ---- the header: a Python dictionary ---- */

/* Behind 'key': in the dictionary, or NULL. */
static const char *value_of(const char *dict, const char *key)
{
    const char *p = strstr(dict, key);
    if (!p)
        return NULL;
    for (p += strlen(key); *p == ' ' || *p == ':'; p++)
        ;
    return p;
}

static int read_descr(struct npy_header *h, const char *v, struct weir_err *err)
{
    static const struct {
        const char *name;
        uint32_t width;
        int is_signed;
    } types[] = {{"|u1", 1, 0}, {"<u2", 2, 0}, {"<u4", 4, 0}, {"<u8", 8, 0},
                 {"|i1", 1, 1}, {"<i2", 2, 1}, {"<i4", 4, 1}, {"<i8", 8, 1}};
    for (size_t i = 0; v && *v == '\'' && i < sizeof types / sizeof *types; i++)
        if (!strncmp(v + 1, types[i].name, 3) && v[4] == '\'') {
            h->width = types[i].width;
            h->is_signed = types[i].is_signed;
            return 0;
        }
    return weir_err_set(err, WEIR_EBAD,
                        "its numbers are not whole ones of 1, 2, 4 or 8 bytes in little-endian "
                        "order: %.40s",
                        v ? v : "no descr");
}

/* "(N,)" or "(N, M)" */
static int read_shape(struct npy_header *h, const char *v, struct weir_err *err)
{
    char *end = NULL;
    int ok = v && *v == '(' && v[1] >= '0' && v[1] <= '9';
    h->cols = 0;
    if (ok)
        h->rows = strtoull(v + 1, &end, 10);
    ok = ok && *end++ == ',';
    while (ok && *end == ' ')
        end++;
    if (ok && *end != ')') {
        ok = *end >= '0' && *end <= '9';
        h->cols = ok ? strtoull(end, &end, 10) : 0;
        ok = ok && h->cols && *end == ')';
    }
    return ok ? 0
              : weir_err_set(err, WEIR_EBAD, "its shape is not (N,) or (N, M): %.40s",
                             v ? v : "none");
}

int npy_header_read(struct npy_header *h, const char *p, size_t n, struct weir_err *err)
{
    char dict[4096];
    const uint8_t *b = (const uint8_t *)p;
    if (n < 12 || memcmp(p, "\x93NUMPY", 6) || !b[6] || b[6] > 3)
        return weir_err_set(err, WEIR_EBAD, "not a file of numpy.save()");
    const size_t at = b[6] == 1 ? 10 : 12;
    const size_t size =
        b[8] | (size_t)b[9] << 8 | (b[6] == 1 ? 0 : (size_t)b[10] << 16 | (size_t)b[11] << 24);
    if (size >= sizeof dict || at + size > n)
        return weir_err_set(err, WEIR_EBAD, "its header of %zu bytes is cut off or no header",
                            size);
    memcpy(dict, p + at, size);
    dict[size] = '\0';
    h->data_at = at + size;
    int rc = read_descr(h, value_of(dict, "'descr'"), err);
    const char *order = value_of(dict, "'fortran_order'");
    if (!rc)
        rc = read_shape(h, value_of(dict, "'shape'"), err);
    if (!rc && (!order || (h->cols && strncmp(order, "False", 5))))
        rc = weir_err_set(err, WEIR_EBAD, "its rows are columns (fortran_order)");
    return rc;
}

/* ---- NumPy ---- */

static int read_header(const struct index_file *f, struct npy_header *h, struct weir_err *err)
{
    char head[4096];
    const size_t n = f->size < sizeof head ? (size_t)f->size : sizeof head;
    int rc = index_file_read(f, 0, head, n, err);
    if (!rc)
        rc = npy_header_read(h, head, n, err);
    if (rc == WEIR_EBAD)
        weir_err_prefix(err, "%s", f->path.p);
    return rc;
}

/* PATH without ".npy" + ext: starts of sequences or documents, and the number of tokens. */
static int open_starts(struct import_ends *e, const char *path, const char *ext, uint64_t n_tokens,
                       struct weir_err *err)
{
    struct npy_header h = {0};
    uint64_t first = 1;
    struct weir_buf prefix = {0};
    weir_buf_add(&prefix, path, strlen(path) - 4);
    weir_buf_addc(&prefix, '\0');
    int rc = weir_buf_check(&prefix, err);
    if (!rc)
        rc = index_file_open(&e->file, prefix.p, ext, err);
    weir_buf_free(&prefix);
    if (!rc)
        rc = read_header(&e->file, &h, err);
    if (!rc && (h.width != 8 || h.cols || !h.rows || (e->file.size - h.data_at) / 8 != h.rows))
        rc = weir_err_set(err, WEIR_EBAD, "%s: not one row of numbers of 64 bits", e->file.path.p);
    if (!rc)
        rc = index_file_read(&e->file, h.data_at, &first, 8, err);
    if (!rc && first)
        rc = weir_err_set(err, WEIR_EBAD, "%s: does not begin with 0", e->file.path.p);
    if (rc)
        return rc;
    e->at = h.data_at + 8;
    e->n = h.rows - 1;
    e->total = n_tokens;
    return 0;
}

/* NAME.npy of weir indexer export has two others beside it. */
static int has_starts(const char *path)
{
    struct weir_buf prefix = {0};
    const size_t n = strlen(path);
    if (n < 5 || strcmp(path + n - 4, ".npy"))
        return 0;
    weir_buf_add(&prefix, path, n - 4);
    weir_buf_addc(&prefix, '\0');
    const int has = !prefix.failed && index_file_exists(prefix.p, ".documents.npy") &&
                    index_file_exists(prefix.p, ".sequences.npy");
    weir_buf_free(&prefix);
    return has;
}

static int put_npy_bounded(struct import *x, const struct import_tokens *t, const char *path,
                           struct weir_err *err)
{
    struct import_ends *e = weir_calloc(2, sizeof *e);
    if (!e)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    e[0].file.fd = e[1].file.fd = -1;
    int rc = open_starts(&e[0], path, ".documents.npy", t->n, err);
    if (!rc)
        rc = open_starts(&e[1], path, ".sequences.npy", t->n, err);
    if (!rc)
        rc = import_tokens(x, t, NULL, err);
    if (!rc)
        rc = import_documents(x, t, &e[0], &e[1], err);
    index_file_close(&e[0].file);
    index_file_close(&e[1].file);
    free(e);
    return rc;
}

/* Each row is a document. */
static int put_npy_rows(struct import *x, const struct import_tokens *t, uint64_t cols,
                        struct weir_err *err)
{
    int rc = import_tokens(x, t, NULL, err);
    for (uint64_t at = 0; !rc && at < t->n; at += cols) {
        rc = import_begin(x, t, at, at + cols, err);
        if (!rc)
            rc = import_doc_cut(x, cols, err);
        if (!rc)
            rc = import_doc_end(x, err);
    }
    return rc;
}

int import_npy(struct import *x, const char *path, struct weir_err *err)
{
    struct index_file f = {0};
    struct npy_header h = {0};
    struct import_tokens t = {.file = &f};
    int rc = index_file_open(&f, path, "", err);
    if (!rc)
        rc = read_header(&f, &h, err);
    t.at = h.data_at, t.width = h.width, t.is_signed = h.is_signed;
    if (!rc)
        rc = import_size(&t, err);
    if (!rc && (h.cols ? h.rows > t.n / h.cols || t.n != h.rows * h.cols : t.n != h.rows))
        rc = weir_err_set(err, WEIR_EBAD, "%s: %" PRIu64 " numbers, its header says otherwise",
                          path, t.n);
    if (!rc && h.cols)
        rc = put_npy_rows(x, &t, h.cols, err);
    else if (!rc && has_starts(path) && x->opt->eod < 0 && x->opt->bod < 0)
        rc = put_npy_bounded(x, &t, path, err);
    else if (!rc)
        rc = import_flat(x, &t, 0, err);
    index_file_close(&f);
    return rc;
}
