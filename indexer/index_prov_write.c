#include "indexer/index_prov.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "indexer/index_prov_layout.h"

enum { COPY_BYTES = 1 << 18 };

static int put(struct index_prov_writer *w, const void *p, size_t n, struct weir_err *err)
{
    (void)XXH3_64bits_update(w->hash, p, n); // fails on NULL only
    return n ? weir_io_write(w->out, p, n, err) : 0;
}

int index_prov_create(struct index_prov_writer *w, const char *path, const char *temp_dir,
                      struct weir_err *err)
{
    memset(w, 0, sizeof *w);
    w->hash = XXH3_createState();
    if (!w->hash || XXH3_64bits_reset(w->hash) != XXH_OK)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    w->out = weir_io_open_write_plain(path, err);
    w->docs = w->out ? weir_io_open_temp(temp_dir, err) : NULL;
    w->seqs = w->docs ? weir_io_open_temp(temp_dir, err) : NULL;
    if (!w->seqs)
        return err->code;
    struct prov_header h = {.zero = 0};
    memcpy(h.magic, PROV_MAGIC, sizeof h.magic);
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

int index_prov_add_seqs(struct index_prov_writer *w, const struct weir_sample *s, size_t n,
                        struct weir_err *err)
{
    struct weir_buf *b = &w->scratch;
    b->n = 0;
    if (weir_buf_reserve(b, n * sizeof(struct prov_seq)))
        return weir_buf_check(b, err);
    for (size_t i = 0; i < n; i++) {
        const struct prov_seq seq = {w->n_docs - 1, s[i].at, s[i].n};
        memcpy(b->p + i * sizeof seq, &seq, sizeof seq);
    }
    w->n_seqs += n;
    return n ? weir_io_write(w->seqs, b->p, n * sizeof(struct prov_seq), err) : 0;
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

/* Copies an array of 64-bit words to a temporary, adding shift to every stride-th of them. */
static int copy_shifted(weir_io *to, const struct index_file *f, uint64_t at, uint64_t n_words,
                        size_t stride, uint64_t shift, char *block, struct weir_err *err)
{
    uint64_t *words = (uint64_t *)block;
    while (n_words) {
        const size_t n = n_words < COPY_BYTES / 8 ? (size_t)n_words : COPY_BYTES / 8;
        int rc = index_file_read(f, at, words, n * 8, err);
        for (size_t i = 0; !rc && i < n; i += stride)
            words[i] += shift;
        if (!rc)
            rc = weir_io_write(to, words, n * 8, err);
        if (rc)
            return rc;
        at += n * 8, n_words -= n;
    }
    return 0;
}

int index_prov_append(struct index_prov_writer *w, const struct index_prov *p, struct weir_err *err)
{
    char *block = malloc(COPY_BYTES);
    if (!block)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    int rc = copy_docs(w, p, block, err);
    if (!rc)
        rc = copy_shifted(w->docs, &p->file, p->docs_at, p->n_docs, 1, w->docs_bytes, block, err);
    if (!rc)
        rc = copy_shifted(w->seqs, &p->file, p->seqs_at, 2 * p->n_seqs, 2, w->n_docs, block, err);
    free(block);
    w->docs_bytes += p->docs_at - INDEX_PROV_HEADER;
    w->n_docs += p->n_docs;
    w->n_seqs += p->n_seqs;
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

int index_prov_finish(struct index_prov_writer *w, struct weir_err *err)
{
    int rc = splice(w, w->docs, err);
    if (!rc)
        rc = splice(w, w->seqs, err);
    struct prov_trailer t = {.docs_bytes = w->docs_bytes, .n_docs = w->n_docs, .n_seqs = w->n_seqs};
    memcpy(t.magic, PROV_END, sizeof t.magic);
    if (!rc)
        rc = put(w, &t, offsetof(struct prov_trailer, checksum), err);
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
    weir_io_abort(w->seqs);
    XXH3_freeState(w->hash);
    weir_buf_free(&w->scratch);
    memset(w, 0, sizeof *w);
}
