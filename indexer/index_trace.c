/* weir indexer trace: from a token of the dataset back to the bytes it was made of. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "indexer/index_manifest.h"
#include "indexer/index_model.h"
#include "lib/index_prov.h"
#include "weir/indexer.h"
#include "weir/json.h"
#include "weir/stream.h"

enum { IDS = 1 << 14, RAW_BYTES = 120 };

struct trace {
    const char *prefix;
    struct index_reader r;
    struct index_prov prov;
    int knowlm_pieces; // text cannot be put together from its pieces
    int with_model;
    struct index_model model;
    uint64_t seq, in_seq; // the token's sequence, and its place in it
    int has_where;
    struct index_piece where; // holds the token, unless that is padding or an end-of-document id
    struct weir_buf out, doc, text;
};

/* ---- with the model: the token's place in the text ---- */

/* A piece of the token's document and where its tokens lie. */
struct part {
    uint32_t at, n;
    uint64_t bin_at;
};

static int by_place(const void *a, const void *b)
{
    const struct part *x = a, *y = b;
    return x->at != y->at ? (x->at > y->at) - (x->at < y->at) : (x->n < y->n) - (x->n > y->n);
}

static int add_part(const struct trace *t, uint64_t seq, const struct index_piece *p,
                    struct weir_buf *parts, struct weir_err *err)
{
    struct index_seq s;
    const int rc = index_reader_seqs(&t->r, seq, 1, &s, err);
    const struct part part = {p->at, p->n, s.at + (uint64_t)p->begin * t->r.width};
    if (rc || s.n < 0 || (uint64_t)p->begin + p->n > (uint64_t)s.n)
        return rc; // a damaged piece: its tokens count as not in the dataset
    weir_buf_add(parts, &part, sizeof part);
    return weir_buf_check(parts, err);
}

/* All pieces of the document that begin before its token `end`.  Version 1 has them side by side,
 * of version 2 all pieces are read. */
static int collect(const struct trace *t, uint32_t end, struct weir_buf *parts,
                   struct weir_err *err)
{
    struct index_piece p[512];
    uint64_t firsts[2] = {0}, seq = 0, at;
    int rc = index_prov_first(&t->prov, t->where.doc, &at, err);
    if (t->prov.version == 1)
        seq = at;
    while (!rc && at < t->prov.n_pieces) {
        const size_t n = t->prov.n_pieces - at < 512 ? (size_t)(t->prov.n_pieces - at) : 512;
        rc = index_prov_pieces(&t->prov, at, n, p, err);
        for (size_t i = 0; !rc && i < n; i++, at++) {
            if (t->prov.version == 1 && p[i].doc != t->where.doc)
                return 0;
            while (!rc && firsts[1] <= at && seq < t->prov.n_seqs)
                rc = index_prov_firsts(&t->prov, seq++, 1, firsts, err);
            if (!rc && p[i].doc == t->where.doc && p[i].at < end)
                rc = add_part(t, seq - 1, &p[i], parts, err);
        }
    }
    return rc;
}

/* Decodes a part's tokens from number have to stop; *bytes of text came of them.  0 when one is
 * unknown to the model. */
static int decode_part(struct trace *t, const struct part *p, uint32_t have, uint32_t stop,
                       uint64_t *bytes, struct weir_err *err)
{
    uint32_t ids[IDS];
    while (have < stop) {
        const size_t n = stop - have < IDS ? stop - have : IDS;
        int rc =
            index_reader_ids(&t->r, p->bin_at + (uint64_t)(have - p->at) * t->r.width, n, ids, err);
        t->text.n = 0;
        for (size_t i = 0; !rc && i < n; i++) {
            if (ids[i] == index_model_unk(&t->model))
                return 0;
            rc = index_model_next(&t->model, ids[i], &t->text, err);
        }
        if (rc)
            return rc;
        *bytes += t->text.n;
        have += (uint32_t)n;
    }
    return 1;
}

/* 1: *bytes is the text before the document's token number `end`; 0: a token before it is not in
 * the dataset or unknown. */
static int text_before(struct trace *t, uint32_t end, uint64_t *bytes, struct weir_err *err)
{
    struct weir_buf parts = {0};
    uint32_t have = 0;
    *bytes = 0;
    index_model_begin(&t->model);
    int rc = collect(t, end, &parts, err);
    const size_t n = parts.n / sizeof(struct part);
    const struct part *p = (const struct part *)parts.p;
    if (!rc && n)
        qsort(parts.p, n, sizeof *p, by_place);
    int known = 1;
    for (size_t i = 0; !rc && known && have < end && i < n && p[i].at <= have; i++) {
        const uint64_t until = (uint64_t)p[i].at + p[i].n;
        const uint32_t stop = until < end ? (uint32_t)until : end;
        if (stop <= have)
            continue;
        known = decode_part(t, &p[i], have, stop, bytes, err);
        rc = known < 0 ? known : 0;
        have = stop;
    }
    weir_buf_free(&parts);
    *bytes += index_model_pending(&t->model);
    return rc ? rc : known && have == end;
}

static int put_text_place(struct trace *t, uint32_t id, struct weir_err *err)
{
    const uint32_t at = t->where.at + (uint32_t)t->in_seq - t->where.begin;
    const struct weir_span piece = index_model_piece(&t->model, id);
    uint64_t before = 0, behind = 0;
    weir_buf_adds(&t->out, "piece     ");
    weir_buf_add_json_lossy(&t->out, piece);
    weir_buf_addc(&t->out, '\n');
    if (t->knowlm_pieces)
        return 0;
    int rc = text_before(t, at, &before, err);
    if (rc > 0)
        rc = text_before(t, at + 1, &behind, err);
    if (rc < 0)
        return rc;
    if (rc)
        weir_buf_addf(&t->out,
                      "text      bytes %" PRIu64 " to %" PRIu64 " of the document's text\n", before,
                      behind);
    else
        weir_buf_adds(&t->out, "text      not known: tokens before it are not in the dataset, or "
                               "unknown to the model\n");
    return 0;
}

/* ---- the raw bytes ---- */

/* What is named in the origin may be gone, elsewhere or inside an archive: that is no failure. */
static void put_raw(struct trace *t, const char *file, uint64_t offset, uint64_t length)
{
    struct weir_err ignored = {0};
    char raw[RAW_BYTES];
    const size_t n = length < sizeof raw ? (size_t)length : sizeof raw;
    struct stat st;
    /* the name comes from the data: a pipe or a device must not be waited for */
    if (stat(file, &st))
        weir_err_errno(&ignored, "%s: cannot open", file);
    else if (!S_ISREG(st.st_mode))
        weir_err_set(&ignored, WEIR_EBAD, "%s: not a regular file", file);
    weir_io *io = ignored.code ? NULL : weir_io_open_read(file, &ignored);
    const int ok = io && !weir_io_skip(io, offset, &ignored) &&
                   (!n || weir_io_read_all(io, raw, n, &ignored) == 1);
    weir_io_abort(io);
    weir_buf_adds(&t->out, "raw       ");
    if (!ok) {
        weir_buf_addf(&t->out, "not readable: %s\n", ignored.msg);
        return;
    }
    weir_buf_add_json_lossy(&t->out, weir_span(raw, n));
    weir_buf_adds(&t->out, n < length ? " …\n" : "\n");
}

static int put_origin(struct trace *t, struct weir_span origin, struct weir_err *err)
{
    if (!origin.n)
        return 0;
    weir_buf_adds(&t->out, "origin    ");
    weir_buf_add(&t->out, origin.p, origin.n);
    weir_buf_addc(&t->out, '\n');
    struct weir_err bad = {0};
    struct weir_field *f;
    size_t n;
    uint64_t offset, length;
    weir_json *json = weir_json_new(err);
    if (!json)
        return err->code;
    if (!weir_json_object(json, origin.p, origin.n, &f, &n, &bad)) {
        const struct weir_field *file = weir_json_find(f, n, "file");
        const struct weir_field *from = weir_json_find(f, n, "offset");
        const struct weir_field *size = weir_json_find(f, n, "length");
        char *path = file && file->type == WEIR_JSON_STRING && file->str.n
                         ? strndup(file->str.p, file->str.n)
                         : NULL;
        if (path && strcmp(path, "-") && from && size && !weir_json_u64(from, &offset) &&
            !weir_json_u64(size, &length))
            put_raw(t, path, offset, length);
        free(path);
    }
    weir_json_free(json);
    return 0;
}

/* ---- the whole answer ---- */

/* The piece of the sequence that holds the token, else the last one before it. */
static int find_piece(struct trace *t, struct weir_err *err)
{
    uint64_t firsts[2];
    struct index_piece p;
    int rc = index_prov_firsts(&t->prov, t->seq, 1, firsts, err);
    for (uint64_t i = firsts[0]; !rc && i < firsts[1]; i++) {
        rc = index_prov_pieces(&t->prov, i, 1, &p, err);
        if (rc || p.begin > t->in_seq)
            return rc;
        t->where = p;
        t->has_where = 1;
    }
    return rc;
}

static int put_document(struct trace *t, uint32_t id, struct weir_err *err)
{
    struct index_prov_doc d;
    int rc = find_piece(t, err);
    if (!rc && !t->has_where) {
        weir_buf_adds(&t->out, "place     padding\n");
        return 0;
    }
    if (!rc)
        rc = index_prov_doc(&t->prov, t->where.doc, &t->doc, &d, err);
    if (rc)
        return rc;
    weir_buf_addf(&t->out, "document  %" PRIu64 " ", t->where.doc);
    weir_buf_add_json_lossy(&t->out, d.id);
    weir_buf_adds(&t->out, " of ");
    weir_buf_add_json_lossy(&t->out, d.source);
    if (t->in_seq - t->where.begin >= t->where.n) {
        weir_buf_adds(&t->out, "\nplace     padding or the end-of-document id, behind its text\n");
        return put_origin(t, d.origin, err);
    }
    weir_buf_addf(&t->out, "\nplace     token %" PRIu64 " of the document\n",
                  t->where.at + t->in_seq - t->where.begin);
    if (t->with_model)
        rc = put_text_place(t, id, err);
    return rc ? rc : put_origin(t, d.origin, err);
}

static int put_token(struct trace *t, uint64_t token, struct weir_err *err)
{
    struct index_seq s;
    uint32_t id;
    int rc = index_reader_find(&t->r, token, &t->seq, err);
    if (!rc && !t->r.n_seqs)
        rc = weir_err_set(err, WEIR_EBAD, "%s: no sequences", t->r.idx.path.p);
    if (!rc)
        rc = index_reader_seqs(&t->r, t->seq, 1, &s, err);
    if (!rc)
        rc = index_reader_ids(&t->r, token * t->r.width, 1, &id, err);
    if (rc)
        return rc;
    t->in_seq = token - s.at / t->r.width;
    if (s.at > token * t->r.width || s.n < 0 || t->in_seq >= (uint64_t)s.n)
        return weir_err_set(err, WEIR_EBAD, "%s: no sequence holds token %" PRIu64, t->r.idx.path.p,
                            token);
    weir_buf_addf(&t->out, "token     %" PRIu64 ", id %" PRIu32 "\n", token, id);
    weir_buf_addf(&t->out, "sequence  %" PRIu64 ", its token %" PRIu64 " of %" PRId64 "\n", t->seq,
                  t->in_seq, s.n);
    return put_document(t, id, err);
}

static int open_all(struct trace *t, const struct weir_indexer_show_opt *opt, struct weir_err *err)
{
    struct index_manifest m;
    t->prov.file.fd = -1;
    int rc = index_reader_open(&t->r, t->prefix, err);
    if (!rc)
        rc = index_prov_open(&t->prov, t->prefix, err);
    if (!rc && t->prov.n_seqs != t->r.n_seqs)
        rc = weir_err_set(err, WEIR_EBAD, "%s: is of another dataset", t->prov.file.path.p);
    if (rc)
        return rc;
    rc = index_manifest_read(&m, t->prefix, err);
    t->knowlm_pieces =
        m.commands.n && memmem(m.commands.p, m.commands.n, "--compat knowlm", 15) != NULL;
    index_manifest_free(&m);
    t->with_model = opt->model != NULL;
    if (rc >= 0 && t->with_model)
        rc = index_model_open(&t->model, opt->model, err);
    return rc < 0 ? rc : 0;
}

int weir_indexer_trace_run(const struct weir_indexer_show_opt *opt, struct weir_job *job,
                           struct weir_err *err)
{
    struct trace t = {.prefix = job->inputs[0]};
    char *end;
    errno = 0;
    const uint64_t token = strtoull(job->inputs[1], &end, 10);
    int rc = 0;
    if (errno || *end || *job->inputs[1] < '0' || *job->inputs[1] > '9')
        rc = weir_err_set(err, WEIR_EUSAGE, "%s: not a number", job->inputs[1]);
    t.r.idx.fd = t.r.bin.fd = t.prov.file.fd = -1;
    if (!rc)
        rc = open_all(&t, opt, err);
    if (!rc)
        rc = put_token(&t, token, err);
    if (!rc)
        rc = weir_buf_check(&t.out, err);
    if (!rc)
        rc = weir_job_open_output(job, err);
    if (!rc)
        rc = weir_io_write(job->out, t.out.p, t.out.n, err);
    index_reader_close(&t.r);
    index_prov_close(&t.prov);
    index_model_close(&t.model);
    weir_buf_free(&t.out);
    weir_buf_free(&t.doc);
    weir_buf_free(&t.text);
    return weir_job_close_output(job, rc, err);
}
