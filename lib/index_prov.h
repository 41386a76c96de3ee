/* NAME.prov: from the number of a sequence to the document, its origin and the place in it.
 * docs/formats.md, "Provenance". */
#ifndef WEIR_INDEX_PROV_H
#define WEIR_INDEX_PROV_H

#include "lib/index_reader.h"
#include "weir/io.h"
#include "weir/tokens.h"

/* A run of tokens of one document inside a sequence, as it lies in a file of version 2. */
struct index_piece {
    uint64_t doc;
    uint32_t at, n; // which tokens of the document
    uint32_t begin; // where they stand in the sequence
    uint32_t copy;  // how often the sample stands in the order before this place
};
_Static_assert(sizeof(struct index_piece) == 24, "");

/* What tokens from … end - 1 of the sequence hold of a piece; 0 when nothing. */
static inline int index_piece_cut(const struct index_piece *p, uint32_t from, uint32_t end,
                                  struct index_piece *part)
{
    const uint64_t p_end = (uint64_t)p->begin + p->n;
    const uint32_t first = p->begin > from ? p->begin : from;
    const uint32_t last = p_end < end ? (uint32_t)p_end : end;
    *part = *p;
    if (first >= last)
        return 0;
    part->at += first - p->begin;
    part->n = last - first;
    part->begin = first - from;
    return 1;
}

/* ---- writing: constant memory; what stands behind the documents waits in temporaries ---- */

struct index_prov_writer {
    weir_io *out, *docs, *pieces, *firsts;
    void *hash; // XXH3_state_t
    uint64_t n_docs, n_seqs, n_pieces, docs_bytes;
    int version;
    struct weir_buf scratch;
};

/* version 1 holds sequences of one piece each, in the order of the documents, all of which have
 * sequences. */
WEIR_MUST_CHECK int index_prov_create(struct index_prov_writer *w, const char *path, int version,
                                      const char *temp_dir, struct weir_err *err);
/* The next document; its sequences follow. */
WEIR_MUST_CHECK int index_prov_add_doc(struct index_prov_writer *w, struct weir_span id,
                                       struct weir_span source, struct weir_span origin,
                                       struct weir_err *err);
/* The next sequences of the document given last: which of its tokens they hold. */
WEIR_MUST_CHECK int index_prov_add_seqs(struct index_prov_writer *w, const struct weir_sample *s,
                                        size_t n, struct weir_err *err);
/* The next sequence: n pieces, of documents given before or still to be given. */
WEIR_MUST_CHECK int index_prov_add_pieces(struct index_prov_writer *w, const struct index_piece *p,
                                          size_t n, struct weir_err *err);
struct index_prov;
/* All documents of another file, behind what is there. */
WEIR_MUST_CHECK int index_prov_append_docs(struct index_prov_writer *w, const struct index_prov *p,
                                           struct weir_err *err);
/* Everything of another file, behind what is there. */
WEIR_MUST_CHECK int index_prov_append(struct index_prov_writer *w, const struct index_prov *p,
                                      struct weir_err *err);
/* Writes the rest; w->out is complete but not closed: the caller takes it (and sets it to NULL). */
WEIR_MUST_CHECK int index_prov_finish(struct index_prov_writer *w, struct weir_err *err);
void index_prov_free(struct index_prov_writer *w);

/* ---- reading ---- */

struct index_prov {
    struct index_file file;
    int version; // 1: every sequence is one piece, and they stand in the order of the documents
    uint64_t n_docs, n_seqs, n_pieces;
    uint64_t docs_at, pieces_at; // of the arrays; documents stand from INDEX_PROV_HEADER to docs_at
    uint64_t firsts_at;          // version 2
};

struct index_prov_doc {
    struct weir_span id, source, origin;
};

enum { INDEX_PROV_HEADER = 16 };

/* Opens PREFIX.prov and checks its counts against its size. */
WEIR_MUST_CHECK int index_prov_open(struct index_prov *p, const char *prefix, struct weir_err *err);
/* The same for a file that is open already. */
WEIR_MUST_CHECK int index_prov_header(struct index_prov *p, struct weir_err *err);
void index_prov_close(struct index_prov *p);
/* The first pieces of sequences first … first + n: n + 1 numbers, the last one where they end. */
WEIR_MUST_CHECK int index_prov_firsts(const struct index_prov *p, uint64_t first, size_t n,
                                      uint64_t *firsts, struct weir_err *err);
/* Pieces first … first + n - 1: padding and end-of-document ids belong to none. */
WEIR_MUST_CHECK int index_prov_pieces(const struct index_prov *p, uint64_t first, size_t n,
                                      struct index_piece *pieces, struct weir_err *err);
/* buf holds what *d points to. */
WEIR_MUST_CHECK int index_prov_doc(const struct index_prov *p, uint64_t doc, struct weir_buf *buf,
                                   struct index_prov_doc *d, struct weir_err *err);
/* The first piece of a document; version 2 does not know it: 0. */
WEIR_MUST_CHECK int index_prov_first(const struct index_prov *p, uint64_t doc, uint64_t *piece,
                                     struct weir_err *err);
/* Reads the whole file: checksum, every document inside its bytes and, with r (may be NULL), every
 * piece inside its sequence; of version 1 that sequences are grouped as the document index says. */
WEIR_MUST_CHECK int index_prov_check(const struct index_prov *p, const struct index_reader *r,
                                     struct weir_err *err);

#endif
