#include "indexer/index_prov.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "indexer/index_prov_layout.h"

int index_prov_header(struct index_prov *p, struct weir_err *err)
{
    const char *name = p->file.path.p;
    struct prov_header h;
    struct prov_trailer t;
    if (p->file.size < sizeof h + sizeof t)
        return weir_err_set(err, WEIR_EBAD, "%s: truncated", name);
    int rc = index_file_read(&p->file, 0, &h, sizeof h, err);
    if (!rc)
        rc = index_file_read(&p->file, p->file.size - sizeof t, &t, sizeof t, err);
    if (rc)
        return rc;
    if (memcmp(h.magic, PROV_MAGIC, 8))
        return weir_err_set(err, WEIR_EBAD, "%s: not provenance of a known version", name);
    if (memcmp(t.magic, PROV_END, 8))
        return weir_err_set(err, WEIR_EBAD, "%s: no end marker: truncated", name);
    const uint64_t body = p->file.size - sizeof h - sizeof t;
    if (t.docs_bytes > body || t.n_docs > body / 8 || t.n_seqs > body / 16 ||
        t.docs_bytes + 8 * t.n_docs + 16 * t.n_seqs != body || t.docs_bytes % 8)
        return weir_err_set(err, WEIR_EBAD, "%s: counts do not fit its size", name);
    p->n_docs = t.n_docs;
    p->n_seqs = t.n_seqs;
    p->docs_at = sizeof h + t.docs_bytes;
    p->seqs_at = p->docs_at + 8 * t.n_docs;
    return 0;
}

int index_prov_open(struct index_prov *p, const char *prefix, struct weir_err *err)
{
    memset(p, 0, sizeof *p);
    const int rc = index_file_open(&p->file, prefix, ".prov", err);
    return rc ? rc : index_prov_header(p, err);
}

void index_prov_close(struct index_prov *p)
{
    index_file_close(&p->file);
}

int index_prov_seqs(const struct index_prov *p, uint64_t first, size_t n, struct index_prov_seq *s,
                    struct weir_err *err)
{
    struct prov_seq block[512];
    for (size_t done = 0; done < n;) {
        const size_t step = n - done < 512 ? n - done : 512;
        const int rc = index_file_read(&p->file, p->seqs_at + sizeof *block * (first + done), block,
                                       step * sizeof *block, err);
        if (rc)
            return rc;
        for (size_t k = 0; k < step; k++)
            s[done++] = (struct index_prov_seq){block[k].doc, {block[k].at, block[k].n}};
    }
    return 0;
}

static int damaged_doc(const struct index_prov *p, uint64_t doc, struct weir_err *err)
{
    return weir_err_set(err, WEIR_EBAD, "%s: document %" PRIu64 " does not fit its place",
                        p->file.path.p, doc);
}

/* Place and end of a document's record, from the places of it and of the next one. */
static int doc_place(const struct index_prov *p, uint64_t doc, uint64_t place[2],
                     struct weir_err *err)
{
    const size_t n = doc + 1 < p->n_docs ? 2 : 1;
    place[1] = p->docs_at - INDEX_PROV_HEADER;
    const int rc = index_file_read(&p->file, p->docs_at + 8 * doc, place, 8 * n, err);
    if (rc)
        return rc;
    if (place[0] > place[1] || place[1] > p->docs_at - INDEX_PROV_HEADER || place[0] % 8)
        return damaged_doc(p, doc, err);
    return 0;
}

int index_prov_doc(const struct index_prov *p, uint64_t doc, struct weir_buf *buf,
                   struct index_prov_doc *d, struct weir_err *err)
{
    uint64_t place[2];
    struct prov_doc head;
    if (doc >= p->n_docs)
        return weir_err_set(err, WEIR_EBAD, "%s: there is no document %" PRIu64, p->file.path.p,
                            doc);
    int rc = doc_place(p, doc, place, err);
    if (rc)
        return rc;
    const uint64_t n = place[1] - place[0];
    buf->n = 0;
    if (n < sizeof head || n > (UINT64_C(1) << 34) || weir_buf_reserve(buf, n))
        return n < sizeof head ? damaged_doc(p, doc, err)
                               : weir_err_set(err, WEIR_EMEM, "out of memory");
    rc = index_file_read(&p->file, INDEX_PROV_HEADER + place[0], buf->p, n, err);
    if (rc)
        return rc;
    memcpy(&head, buf->p, sizeof head);
    const uint64_t used = sizeof head + (uint64_t)head.n_id + head.n_source + head.n_origin;
    if (((used + 7) & ~UINT64_C(7)) != n)
        return damaged_doc(p, doc, err);
    buf->n = n;
    d->id = weir_span(buf->p + sizeof head, head.n_id);
    d->source = weir_span(d->id.p + d->id.n, head.n_source);
    d->origin = weir_span(d->source.p + d->source.n, head.n_origin);
    return 0;
}

int index_prov_first(const struct index_prov *p, uint64_t doc, uint64_t *seq, struct weir_err *err)
{
    uint64_t low = 0, high = p->n_seqs; // first sequence of doc or a later document
    while (low < high) {
        const uint64_t middle = low + (high - low) / 2;
        struct index_prov_seq s;
        const int rc = index_prov_seqs(p, middle, 1, &s, err);
        if (rc)
            return rc;
        if (s.doc < doc)
            low = middle + 1;
        else
            high = middle;
    }
    *seq = low;
    return 0;
}

/* ---- the whole file ---- */

static int check_hash(const struct index_prov *p, char *block, size_t block_bytes,
                      struct weir_err *err)
{
    XXH3_state_t *hash = XXH3_createState();
    if (!hash || XXH3_64bits_reset(hash) != XXH_OK) {
        XXH3_freeState(hash);
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    }
    const uint64_t end = p->file.size - 16;
    int rc = 0;
    for (uint64_t at = 0; !rc && at < end;) {
        const size_t n = end - at < block_bytes ? (size_t)(end - at) : block_bytes;
        rc = index_file_read(&p->file, at, block, n, err);
        if (!rc)
            (void)XXH3_64bits_update(hash, block, n);
        at += n;
    }
    const uint64_t sum = XXH3_64bits_digest(hash);
    XXH3_freeState(hash);
    uint64_t want = 0;
    if (!rc)
        rc = index_file_read(&p->file, end, &want, sizeof want, err);
    if (!rc && sum != want)
        rc = weir_err_set(err, WEIR_EBAD, "%s: checksum differs: damaged", p->file.path.p);
    return rc;
}

/* Documents one behind another, each where its place says; heads are read through a block. */
struct walk {
    const struct index_prov *p;
    uint64_t at; // where the next document must stand, from INDEX_PROV_HEADER
    char *block;
    uint64_t block_at;
    size_t block_n, block_bytes;
};

static int read_head(struct walk *w, struct prov_doc *head, struct weir_err *err)
{
    const uint64_t at = INDEX_PROV_HEADER + w->at, end = w->p->docs_at;
    if (at < w->block_at || at - w->block_at + sizeof *head > w->block_n) {
        w->block_at = at;
        w->block_n = end - at < w->block_bytes ? (size_t)(end - at) : w->block_bytes;
        const int rc = index_file_read(&w->p->file, at, w->block, w->block_n, err);
        if (rc)
            return rc;
    }
    memcpy(head, w->block + (at - w->block_at), sizeof *head);
    return 0;
}

static int check_doc(struct walk *w, uint64_t doc, uint64_t place, struct weir_err *err)
{
    const uint64_t docs_bytes = w->p->docs_at - INDEX_PROV_HEADER;
    struct prov_doc head;
    if (place != w->at || docs_bytes - w->at < sizeof head)
        return damaged_doc(w->p, doc, err);
    const int rc = read_head(w, &head, err);
    if (rc)
        return rc;
    const uint64_t used = sizeof head + (uint64_t)head.n_id + head.n_source + head.n_origin;
    if (((used + 7) & ~UINT64_C(7)) > docs_bytes - w->at)
        return damaged_doc(w->p, doc, err);
    w->at += (used + 7) & ~UINT64_C(7);
    return 0;
}

static int check_docs(const struct index_prov *p, char *block, size_t block_bytes,
                      struct weir_err *err)
{
    struct walk w = {.p = p, .block = block, .block_bytes = block_bytes};
    uint64_t places[1024];
    int rc = 0;
    for (uint64_t first = 0; !rc && first < p->n_docs; first += 1024) {
        const size_t n = p->n_docs - first < 1024 ? (size_t)(p->n_docs - first) : 1024;
        rc = index_file_read(&p->file, p->docs_at + 8 * first, places, 8 * n, err);
        for (size_t i = 0; !rc && i < n; i++)
            rc = check_doc(&w, first + i, places[i], err);
    }
    if (!rc && w.at != p->docs_at - INDEX_PROV_HEADER)
        rc = weir_err_set(err, WEIR_EBAD, "%s: bytes that belong to no document", p->file.path.p);
    return rc;
}

/* Walks .idx and .prov side by side. */
struct side {
    const struct index_prov *p;
    const struct index_reader *r;
    uint64_t seq, doc;
    uint64_t doc_end; // first sequence behind document doc, by the document index
    struct index_prov_seq *s;
    int64_t ends[1024]; // of the documents from first_end on
    uint64_t first_end, n_ends;
};

static int read_end(struct side *w, uint64_t doc, struct weir_err *err)
{
    int rc = 0;
    if (doc < w->first_end || doc - w->first_end >= w->n_ends) {
        w->first_end = doc;
        w->n_ends = w->r->n_docs - doc < 1024 ? w->r->n_docs - doc : 1024;
        rc = index_reader_docs(w->r, doc + 1, w->n_ends, w->ends, err);
    }
    w->doc_end = (uint64_t)w->ends[doc - w->first_end];
    return rc;
}

static int next_doc(struct side *w, struct weir_err *err)
{
    while (w->seq >= w->doc_end && w->doc + 1 < w->r->n_docs) {
        const int rc = read_end(w, ++w->doc, err);
        if (rc)
            return rc;
    }
    return 0;
}

static int check_block(void *ctx, const struct index_seq *seqs, size_t n, struct weir_err *err)
{
    struct side *w = ctx;
    const char *name = w->p->file.path.p;
    int rc = index_prov_seqs(w->p, w->seq, n, w->s, err);
    for (size_t i = 0; !rc && i < n; i++, w->seq++) {
        if (!w->r->knowlm)
            rc = next_doc(w, err);
        else if (w->s[i].doc == w->doc + 1 || !w->seq)
            w->doc = w->s[i].doc; // KnowLM has no document index: in order is all that can be asked
        if (!rc && (w->s[i].doc != w->doc || w->s[i].doc >= w->p->n_docs))
            rc = weir_err_set(err, WEIR_EBAD,
                              "%s: sequence %" PRIu64 " is of document %" PRIu64 ", not %" PRIu64,
                              name, w->seq, w->s[i].doc, w->doc);
        if (!rc && w->s[i].tokens.n > (uint64_t)seqs[i].n)
            rc = weir_err_set(err, WEIR_EBAD,
                              "%s: sequence %" PRIu64 " has %" PRId64 " tokens, not %" PRIu32, name,
                              w->seq, seqs[i].n, w->s[i].tokens.n);
    }
    return rc;
}

static int check_seqs(const struct index_prov *p, const struct index_reader *r,
                      struct weir_err *err)
{
    if (p->n_seqs != r->n_seqs)
        return weir_err_set(err, WEIR_EBAD, "%s: %" PRIu64 " sequences, the index has %" PRIu64,
                            p->file.path.p, p->n_seqs, r->n_seqs);
    if (!r->knowlm && p->n_docs != r->n_docs)
        return weir_err_set(err, WEIR_EBAD, "%s: %" PRIu64 " documents, the index has %" PRIu64,
                            p->file.path.p, p->n_docs, r->n_docs);
    struct side w = {.p = p, .r = r, .s = weir_calloc(INDEX_BLOCK, sizeof *w.s)};
    if (!w.s)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    int rc = !r->knowlm && r->n_docs ? read_end(&w, 0, err) : 0;
    uint64_t n_tokens;
    if (!rc)
        rc = index_reader_walk(r, &n_tokens, check_block, &w, err);
    free(w.s);
    return rc;
}

int index_prov_check(const struct index_prov *p, const struct index_reader *r, struct weir_err *err)
{
    const size_t block_bytes = 1 << 18;
    char *block = malloc(block_bytes);
    if (!block)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    int rc = check_hash(p, block, block_bytes, err);
    if (!rc)
        rc = check_docs(p, block, block_bytes, err);
    free(block);
    if (!rc && r)
        rc = check_seqs(p, r, err);
    return rc;
}
