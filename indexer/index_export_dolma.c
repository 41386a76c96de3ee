/* dolma's memory map: the tokens alone, and a table of documents.
 * dolma, python/dolma/tokenizer/memmap_writer.py and data_types.py, MemmapMetadata. */
#include <inttypes.h>
#include <string.h>

#include "indexer/index_export.h"
#include "indexer/mix_scan.h"
#include "weir/json.h"

/* A run of tokens of one document; it reaches to the next row. */
struct row {
    uint64_t start, number;
    uint64_t doc, next_at; // its next token, if the row goes on
    int any;
};

struct rows {
    struct export *x;
    struct mix_scan scan;
    int slot, has_prov;
    struct row row;
    weir_json *json;
    struct weir_buf doc, line;
};

/* As Python's csv.writer: quoted only where that is needed. */
static void add_field(struct weir_buf *b, struct weir_span s)
{
    int quoted = 0;
    for (size_t i = 0; i < s.n; i++)
        quoted |= s.p[i] == ',' || s.p[i] == '"' || s.p[i] == '\r' || s.p[i] == '\n';
    if (!quoted) {
        weir_buf_add(b, s.p, s.n);
        return;
    }
    weir_buf_addc(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            weir_buf_addc(b, '"');
        weir_buf_addc(b, s.p[i]);
    }
    weir_buf_addc(b, '"');
}

/* ",FILE,OFFSET"; an origin of another shape leaves both empty, as none does. */
static int add_origin(struct rows *w, struct weir_span origin, struct weir_err *err)
{
    struct weir_field *f;
    size_t n;
    uint64_t offset;
    struct weir_err bad = {0};
    struct weir_buf copy = {0};
    if (weir_buf_reserve(&copy, origin.n))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    memcpy(copy.p, origin.p, origin.n);
    memset(copy.p + origin.n, 0, WEIR_PADDING);
    const int rc = origin.n ? weir_json_object(w->json, copy.p, origin.n, &f, &n, &bad) : WEIR_EBAD;
    const struct weir_field *file = rc ? NULL : weir_json_find(f, n, "file");
    const struct weir_field *from = rc ? NULL : weir_json_find(f, n, "offset");
    weir_buf_addc(&w->line, ',');
    if (file && file->type == WEIR_JSON_STRING)
        add_field(&w->line, file->str);
    weir_buf_addc(&w->line, ',');
    if (from && !weir_json_u64(from, &offset))
        weir_buf_addf(&w->line, "%" PRIu64, offset);
    weir_buf_free(&copy);
    return 0;
}

static int put_row(struct rows *w, uint64_t end, struct weir_err *err)
{
    struct index_prov_doc d;
    int rc = 0;
    if (!w->row.any)
        return 0;
    w->line.n = 0;
    weir_buf_addf(&w->line, "%" PRIu64 ",%" PRIu64 ",", w->row.start, end);
    if (w->has_prov) {
        rc = index_prov_doc(&w->scan.prov, w->row.doc, &w->doc, &d, err);
        if (!rc)
            add_field(&w->line, d.id);
        if (!rc)
            rc = add_origin(w, d.origin, err);
    } else {
        weir_buf_addf(&w->line, "%" PRIu64 ",,", w->row.number);
    }
    weir_buf_adds(&w->line, "\r\n");
    if (!rc)
        rc = weir_buf_check(&w->line, err);
    return rc ? rc : weir_io_write(w->x->files[w->slot], w->line.p, w->line.n, err);
}

static int add_piece(struct rows *w, uint64_t token, const struct index_piece *p,
                     struct weir_err *err)
{
    struct row *r = &w->row;
    if (r->any && p->doc == r->doc && (!w->has_prov || (p->at && p->at == r->next_at))) {
        r->next_at += p->n;
        return 0;
    }
    const int rc = put_row(w, token, err);
    r->number += (uint64_t)r->any;
    r->start = token;
    r->doc = p->doc;
    r->next_at = (uint64_t)p->at + p->n;
    r->any = 1;
    return rc;
}

static int put_rows(struct rows *w, struct weir_err *err)
{
    struct mix_seq q;
    int got;
    while ((got = mix_scan_next(&w->scan, &q, err)) > 0)
        for (uint32_t i = 0; i < q.n_pieces; i++) {
            const int rc = add_piece(w, q.at / w->scan.r.width + q.p[i].begin, &q.p[i], err);
            if (rc)
                return rc;
        }
    return got ? got : put_row(w, w->x->n_tokens, err);
}

int export_dolma_rows(struct export *x, int slot, struct weir_err *err)
{
    struct rows w = {.x = x, .slot = slot, .has_prov = x->has_manifest, .json = weir_json_new(err)};
    w.scan.r.idx.fd = w.scan.r.bin.fd = w.scan.prov.file.fd = -1;
    int rc = w.json ? mix_scan_open(&w.scan, x->job->inputs[0], w.has_prov, err) : err->code;
    if (!rc && w.has_prov)
        rc = index_prov_check(&w.scan.prov, &w.scan.r, err);
    if (!rc)
        rc = put_rows(&w, err);
    mix_scan_close(&w.scan);
    weir_json_free(w.json);
    weir_buf_free(&w.doc);
    weir_buf_free(&w.line);
    return rc;
}
