#include "lib/index_prov.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/index_prov_layout.h"
#include "lib/xxh.h"

/* Where the arrays lie; 0 when they and the documents do not fill the file. */
static int lay_out(struct index_prov *p, const struct prov_trailer *t, uint64_t body)
{
    p->docs_at = INDEX_PROV_HEADER + t->docs_bytes;
    p->n_docs = t->n_docs;
    p->n_seqs = t->n_seqs;
    p->n_pieces = p->version == 1 ? t->n_seqs : t->n_pieces;
    /* counts are bounded by the file before they are multiplied */
    if (t->docs_bytes > body || t->docs_bytes % 8 || t->n_docs > body / 8 || t->n_seqs > body / 8 ||
        p->n_pieces > body / 16)
        return 0;
    p->pieces_at = p->docs_at + 8 * t->n_docs;
    const uint64_t pieces = p->version == 1 ? 16 * t->n_seqs : 24 * p->n_pieces;
    const uint64_t firsts = p->version == 1 ? 0 : 8 * (t->n_seqs + 1);
    p->firsts_at = p->pieces_at + pieces;
    return t->docs_bytes + 8 * t->n_docs + pieces + firsts == body;
}

int index_prov_header(struct index_prov *p, struct weir_err *err)
{
    const char *name = p->file.path.p;
    struct prov_header h;
    struct prov_trailer t = {.n_pieces = 0};
    const size_t from = offsetof(struct prov_trailer, docs_bytes); // version 1 has no n_pieces
    if (p->file.size < sizeof h + sizeof t - from)
        return weir_err_set(err, WEIR_EBAD, "%s: truncated", name);
    int rc = index_file_read(&p->file, 0, &h, sizeof h, err);
    if (!rc)
        rc = index_file_read(&p->file, p->file.size - (sizeof t - from), (char *)&t + from,
                             sizeof t - from, err);
    if (rc)
        return rc;
    p->version = h.magic[7] - '0';
    if (memcmp(h.magic, PROV_MAGIC, 7) || p->version < 1 || p->version > 2)
        return weir_err_set(err, WEIR_EBAD, "%s: not provenance of a known version", name);
    if (memcmp(t.magic, PROV_END, 8))
        return weir_err_set(err, WEIR_EBAD, "%s: no end marker: truncated", name);
    const size_t trailer = p->version == 1 ? sizeof t - from : sizeof t;
    const int fits = p->file.size >= sizeof h + trailer;
    if (fits && p->version == 2)
        rc =
            index_file_read(&p->file, p->file.size - sizeof t, &t.n_pieces, sizeof t.n_pieces, err);
    if (!rc && (!fits || !lay_out(p, &t, p->file.size - sizeof h - trailer)))
        rc = weir_err_set(err, WEIR_EBAD, "%s: counts do not fit its size", name);
    return rc;
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

int index_prov_firsts(const struct index_prov *p, uint64_t first, size_t n, uint64_t *firsts,
                      struct weir_err *err)
{
    const char *name = p->file.path.p;
    if (first > p->n_seqs || n > p->n_seqs - first)
        return weir_err_set(err, WEIR_EBAD, "%s: there is no sequence %" PRIu64, name, p->n_seqs);
    for (size_t i = 0; p->version == 1 && i <= n; i++)
        firsts[i] = first + i;
    if (p->version == 1)
        return 0;
    const int rc = index_file_read(&p->file, p->firsts_at + 8 * first, firsts, 8 * (n + 1), err);
    for (size_t i = 0; !rc && i <= n; i++)
        if (firsts[i] > p->n_pieces || (i && firsts[i] < firsts[i - 1]))
            return weir_err_set(err, WEIR_EBAD, "%s: sequence %" PRIu64 ": pieces out of order",
                                name, first + i);
    return rc;
}

int index_prov_pieces(const struct index_prov *p, uint64_t first, size_t n,
                      struct index_piece *pieces, struct weir_err *err)
{
    struct prov_seq block[512];
    if (p->version == 2)
        return index_file_read(&p->file, p->pieces_at + sizeof *pieces * first, pieces,
                               n * sizeof *pieces, err);
    for (size_t done = 0; done < n;) {
        const size_t step = n - done < 512 ? n - done : 512;
        const int rc = index_file_read(&p->file, p->pieces_at + sizeof *block * (first + done),
                                       block, step * sizeof *block, err);
        if (rc)
            return rc;
        for (size_t k = 0; k < step; k++)
            pieces[done++] = (struct index_piece){block[k].doc, block[k].at, block[k].n, 0, 0};
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

int index_prov_first(const struct index_prov *p, uint64_t doc, uint64_t *piece,
                     struct weir_err *err)
{
    uint64_t low = 0, high = p->version == 1 ? p->n_pieces : 0; // of doc or a later document
    while (low < high) {
        const uint64_t middle = low + (high - low) / 2;
        struct index_piece s;
        const int rc = index_prov_pieces(p, middle, 1, &s, err);
        if (rc)
            return rc;
        if (s.doc < doc)
            low = middle + 1;
        else
            high = middle;
    }
    *piece = low;
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
    struct index_piece *s;
    uint64_t *firsts;
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

/* Version 1: the document of a sequence is the one that the document index says. */
static int check_doc_of(struct side *w, uint64_t doc, struct weir_err *err)
{
    int rc = 0;
    if (!w->r->knowlm)
        rc = next_doc(w, err);
    else if (doc == w->doc + 1 || !w->seq)
        w->doc = doc; // KnowLM has no document index: in order is all that can be asked
    if (!rc && (doc != w->doc || doc >= w->p->n_docs))
        rc = weir_err_set(err, WEIR_EBAD,
                          "%s: sequence %" PRIu64 " is of document %" PRIu64 ", not %" PRIu64,
                          w->p->file.path.p, w->seq, doc, w->doc);
    return rc;
}

/* Pieces of a sequence of n tokens stand in it one behind another. */
static int check_piece(const struct side *w, const struct index_piece *p, uint64_t *end, int64_t n,
                       struct weir_err *err)
{
    const char *name = w->p->file.path.p;
    if (p->doc >= w->p->n_docs)
        return weir_err_set(err, WEIR_EBAD,
                            "%s: sequence %" PRIu64 ": there is no document %" PRIu64, name, w->seq,
                            p->doc);
    if (p->begin < *end)
        return weir_err_set(err, WEIR_EBAD, "%s: sequence %" PRIu64 ": pieces overlap", name,
                            w->seq);
    *end = (uint64_t)p->begin + p->n;
    if (*end > (uint64_t)n)
        return weir_err_set(err, WEIR_EBAD,
                            "%s: sequence %" PRIu64 " has %" PRId64 " tokens, not %" PRIu64, name,
                            w->seq, n, *end);
    return 0;
}

static int check_pieces(struct side *w, uint64_t first, uint64_t end, int64_t n,
                        struct weir_err *err)
{
    uint64_t at = 0;
    int rc = 0;
    while (!rc && first < end) {
        const size_t step = end - first < INDEX_BLOCK ? (size_t)(end - first) : INDEX_BLOCK;
        rc = index_prov_pieces(w->p, first, step, w->s, err);
        for (size_t i = 0; !rc && i < step; i++)
            rc = check_piece(w, &w->s[i], &at, n, err);
        first += step;
    }
    return rc;
}

static int check_block(void *ctx, const struct index_seq *seqs, size_t n, struct weir_err *err)
{
    struct side *w = ctx;
    int rc = index_prov_firsts(w->p, w->seq, n, w->firsts, err);
    const int single = !rc && w->firsts[n] - w->firsts[0] == n;
    if (single)
        rc = index_prov_pieces(w->p, w->firsts[0], n, w->s, err);
    for (size_t i = 0; !rc && i < n; i++, w->seq++) {
        uint64_t end = 0;
        if (w->p->version == 1)
            rc = check_doc_of(w, w->s[i].doc, err);
        if (!rc && single && w->firsts[i + 1] == w->firsts[i] + 1)
            rc = check_piece(w, &w->s[i], &end, seqs[i].n, err);
        else if (!rc)
            rc = check_pieces(w, w->firsts[i], w->firsts[i + 1], seqs[i].n, err);
    }
    return rc;
}

static int check_seqs(const struct index_prov *p, const struct index_reader *r,
                      struct weir_err *err)
{
    if (p->n_seqs != r->n_seqs)
        return weir_err_set(err, WEIR_EBAD, "%s: %" PRIu64 " sequences, the index has %" PRIu64,
                            p->file.path.p, p->n_seqs, r->n_seqs);
    if (!r->knowlm && p->version == 1 && p->n_docs != r->n_docs)
        return weir_err_set(err, WEIR_EBAD, "%s: %" PRIu64 " documents, the index has %" PRIu64,
                            p->file.path.p, p->n_docs, r->n_docs);
    struct side w = {.p = p,
                     .r = r,
                     .s = weir_calloc(INDEX_BLOCK, sizeof *w.s),
                     .firsts = weir_calloc(INDEX_BLOCK + 1, sizeof *w.firsts)};
    int rc = w.s && w.firsts ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!rc && p->version == 1 && !r->knowlm && r->n_docs)
        rc = read_end(&w, 0, err);
    uint64_t n_tokens;
    if (!rc)
        rc = index_reader_walk(r, &n_tokens, check_block, &w, err);
    free(w.s);
    free(w.firsts);
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
