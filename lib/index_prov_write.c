#include "lib/index_prov.h"

#include <stdlib.h>
#include <string.h>

#include "lib/index_prov_layout.h"
#include "lib/xxh.h"

enum { COPY_BYTES = 1 << 18 };

static int put(struct index_prov_writer *w, const void *p, size_t n, struct weir_err *err)
{
    (void)XXH3_64bits_update(w->hash, p, n); // fails on NULL only
    return n ? weir_io_write(w->out, p, n, err) : 0;
}

int index_prov_create(struct index_prov_writer *w, const char *path, int version,
                      const char *temp_dir, struct weir_err *err)
{
    memset(w, 0, sizeof *w);
    w->hash = XXH3_createState();
    if (!w->hash || XXH3_64bits_reset(w->hash) != XXH_OK)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    w->out = weir_io_open_write_plain(path, err);
    w->docs = w->out ? weir_io_open_temp(temp_dir, err) : NULL;
    w->pieces = w->docs ? weir_io_open_temp(temp_dir, err) : NULL;
    w->firsts = w->pieces ? weir_io_open_temp(temp_dir, err) : NULL;
    if (!w->firsts)
        return err->code;
    struct prov_header h = {.zero = 0};
    memcpy(h.magic, PROV_MAGIC, sizeof h.magic);
    h.magic[7] = (char)('0' + version);
    w->version = version;
    return put(w, &h, sizeof h, err);
}

int index_prov_add_doc(struct index_prov_writer *w, struct weir_span id, struct weir_span source,
                       struct weir_span origin, struct weir_err *err)
{
    if (id.n > UINT32_MAX || source.n > UINT32_MAX || origin.n > UINT32_MAX)
        return weir_err_set(err, WEIR_EBAD, "id, source or origin is too long");
    const uint64_t at = w->docs_bytes;
    const struct prov_doc head = {(uint32_t)id.n, (uint32_t)source.n, (uint32_t)origin.n, 0};
    struct weir_buf *b = &w->scratch;
    b->n = 0;
    weir_buf_add(b, &head, sizeof head);
    weir_buf_add(b, id.p, id.n);
    weir_buf_add(b, source.p, source.n);
    weir_buf_add(b, origin.p, origin.n);
    weir_buf_add(b, "\0\0\0\0\0\0\0", -b->n & 7);
    if (weir_buf_check(b, err))
        return WEIR_EMEM;
    w->n_docs++;
    w->docs_bytes += b->n;
    const int rc = put(w, b->p, b->n, err);
    return rc ? rc : weir_io_write(w->docs, &at, sizeof at, err);
}

int index_prov_add_pieces(struct index_prov_writer *w, const struct index_piece *p, size_t n,
                          struct weir_err *err)
{
    if (w->version == 1 && (n != 1 || p->begin || p->copy))
        return weir_err_set(err, WEIR_EFAIL, "provenance of version 1 cannot hold a sequence");
    const int rc = weir_io_write(w->firsts, &w->n_pieces, sizeof w->n_pieces, err);
    w->n_seqs++;
    w->n_pieces += n;
    return rc || !n ? rc : weir_io_write(w->pieces, p, n * sizeof *p, err);
}

int index_prov_add_seqs(struct index_prov_writer *w, const struct weir_sample *s, size_t n,
                        struct weir_err *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < n; i++) {
        const struct index_piece p = {w->n_docs - 1, s[i].at, s[i].n, 0, 0};
        rc = index_prov_add_pieces(w, &p, 1, err);
    }
    return rc;
}

/* ---- another file behind it ---- */

static int copy_docs(struct index_prov_writer *w, const struct index_prov *p, char *block,
                     struct weir_err *err)
{
    for (uint64_t at = INDEX_PROV_HEADER; at < p->docs_at;) {
        const uint64_t left = p->docs_at - at;
        const size_t n = left < COPY_BYTES ? (size_t)left : COPY_BYTES;
        int rc = index_file_read(&p->file, at, block, n, err);
        if (!rc)
            rc = put(w, block, n, err);
        if (rc)
            return rc;
        at += n;
    }
    return 0;
}

static int copy_places(struct index_prov_writer *w, const struct index_prov *p, uint64_t *block,
                       struct weir_err *err)
{
    for (uint64_t at = 0; at < p->n_docs;) {
        const uint64_t left = p->n_docs - at;
        const size_t n = left < COPY_BYTES / 8 ? (size_t)left : COPY_BYTES / 8;
        int rc = index_file_read(&p->file, p->docs_at + 8 * at, block, n * 8, err);
        for (size_t i = 0; !rc && i < n; i++)
            block[i] += w->docs_bytes;
        if (!rc)
            rc = weir_io_write(w->docs, block, n * 8, err);
        if (rc)
            return rc;
        at += n;
    }
    return 0;
}

int index_prov_append_docs(struct index_prov_writer *w, const struct index_prov *p,
                           struct weir_err *err)
{
    char *block = malloc(COPY_BYTES);
    if (!block)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    int rc = copy_docs(w, p, block, err);
    if (!rc)
        rc = copy_places(w, p, (uint64_t *)block, err);
    free(block);
    w->docs_bytes += p->docs_at - INDEX_PROV_HEADER;
    w->n_docs += p->n_docs;
    return rc;
}

static int append_seq(struct index_prov_writer *w, const struct index_prov *p, uint64_t first,
                      uint64_t end, uint64_t shift, struct weir_err *err)
{
    struct index_piece piece;
    struct weir_buf *b = &w->scratch;
    b->n = 0;
    int rc = 0;
    for (uint64_t i = first; !rc && i < end; i++) {
        rc = index_prov_pieces(p, i, 1, &piece, err);
        piece.doc += shift;
        weir_buf_add(b, &piece, sizeof piece);
    }
    if (!rc)
        rc = weir_buf_check(b, err);
    return rc ? rc
              : index_prov_add_pieces(w, (const struct index_piece *)b->p, b->n / sizeof piece,
                                      err);
}

/* Sequences of one piece each, as nearly all are, go by blocks. */
static int append_block(struct index_prov_writer *w, const struct index_prov *p,
                        const uint64_t *firsts, size_t n, uint64_t shift, struct weir_err *err)
{
    struct index_piece block[512];
    int rc = 0;
    if (firsts[n] - firsts[0] == n) {
        rc = index_prov_pieces(p, firsts[0], n, block, err);
        for (size_t i = 0; !rc && i < n; i++) {
            block[i].doc += shift;
            rc = index_prov_add_pieces(w, &block[i], 1, err);
        }
        return rc;
    }
    for (size_t i = 0; !rc && i < n; i++)
        rc = append_seq(w, p, firsts[i], firsts[i + 1], shift, err);
    return rc;
}

int index_prov_append(struct index_prov_writer *w, const struct index_prov *p, struct weir_err *err)
{
    const uint64_t shift = w->n_docs;
    uint64_t firsts[513];
    int rc = index_prov_append_docs(w, p, err);
    for (uint64_t seq = 0; !rc && seq < p->n_seqs; seq += 512) {
        const size_t n = p->n_seqs - seq < 512 ? (size_t)(p->n_seqs - seq) : 512;
        rc = index_prov_firsts(p, seq, n, firsts, err);
        if (!rc)
            rc = append_block(w, p, firsts, n, shift, err);
    }
    return rc;
}

/* ---- the end ---- */

static int splice(struct index_prov_writer *w, weir_io *from, struct weir_err *err)
{
    int rc = weir_io_rewind(from, err);
    char *block = rc ? NULL : malloc(COPY_BYTES);
    if (!rc && !block)
        rc = weir_err_set(err, WEIR_EMEM, "out of memory");
    while (!rc) {
        const ssize_t n = weir_io_read(from, block, COPY_BYTES, err);
        if (n <= 0) {
            rc = (int)n;
            break;
        }
        rc = put(w, block, (size_t)n, err);
    }
    free(block);
    return rc;
}

/* Pieces as version 1 has them. */
static int splice_seqs(struct index_prov_writer *w, struct weir_err *err)
{
    struct index_piece from[512];
    struct prov_seq to[512];
    int rc = weir_io_rewind(w->pieces, err);
    for (uint64_t left = w->n_pieces; !rc && left;) {
        const size_t n = left < 512 ? (size_t)left : 512;
        rc = weir_io_read_all(w->pieces, from, n * sizeof *from, err);
        if (rc <= 0)
            return rc ? rc : weir_err_set(err, WEIR_EIO, "a temporary file became shorter");
        for (size_t i = 0; i < n; i++)
            to[i] = (struct prov_seq){from[i].doc, from[i].at, from[i].n};
        rc = put(w, to, n * sizeof *to, err);
        left -= n;
    }
    return rc;
}

static int splice_pieces(struct index_prov_writer *w, struct weir_err *err)
{
    int rc = splice(w, w->pieces, err);
    if (!rc)
        rc = splice(w, w->firsts, err);
    return rc ? rc : put(w, &w->n_pieces, sizeof w->n_pieces, err); // where the last ones end
}

int index_prov_finish(struct index_prov_writer *w, struct weir_err *err)
{
    struct prov_trailer t = {.n_pieces = w->n_pieces,
                             .docs_bytes = w->docs_bytes,
                             .n_docs = w->n_docs,
                             .n_seqs = w->n_seqs};
    memcpy(t.magic, PROV_END, sizeof t.magic);
    int rc = splice(w, w->docs, err);
    if (!rc)
        rc = w->version == 1 ? splice_seqs(w, err) : splice_pieces(w, err);
    /* the trailer of version 1 is shorter */
    const size_t from = w->version == 1 ? offsetof(struct prov_trailer, docs_bytes) : 0;
    if (!rc)
        rc = put(w, (char *)&t + from, offsetof(struct prov_trailer, checksum) - from, err);
    t.checksum = XXH3_64bits_digest(w->hash);
    if (!rc)
        rc = weir_io_write(w->out, &t.checksum, sizeof t - offsetof(struct prov_trailer, checksum),
                           err);
    return rc;
}

void index_prov_free(struct index_prov_writer *w)
{
    weir_io_abort(w->out);
    weir_io_abort(w->docs);
    weir_io_abort(w->pieces);
    weir_io_abort(w->firsts);
    XXH3_freeState(w->hash);
    weir_buf_free(&w->scratch);
    memset(w, 0, sizeof *w);
}
