/* NAME.prov: from the number of a sequence to the document, its origin and the place in it.
 * docs/formats.md, "Provenance". */
#ifndef WEIR_INDEX_PROV_H
#define WEIR_INDEX_PROV_H

#include "indexer/index_reader.h"
#include "weir/io.h"
#include "weir/tokens.h"

/* ---- writing: constant memory; what stands behind the documents waits in temporaries ---- */

struct index_prov_writer {
    weir_io *out, *docs, *seqs;
    void *hash; // XXH3_state_t
    uint64_t n_docs, n_seqs, docs_bytes;
    struct weir_buf scratch;
};

WEIR_MUST_CHECK int index_prov_create(struct index_prov_writer *w, const char *path,
                                      const char *temp_dir, struct weir_err *err);
/* The next document; its sequences follow. */
WEIR_MUST_CHECK int index_prov_add_doc(struct index_prov_writer *w, struct weir_span id,
                                       struct weir_span source, struct weir_span origin,
                                       struct weir_err *err);
/* The next sequences of the document given last: which of its tokens they hold. */
WEIR_MUST_CHECK int index_prov_add_seqs(struct index_prov_writer *w, const struct weir_sample *s,
                                        size_t n, struct weir_err *err);
struct index_prov;
/* Everything of another file, behind what is there. */
WEIR_MUST_CHECK int index_prov_append(struct index_prov_writer *w, const struct index_prov *p,
                                      struct weir_err *err);
/* Writes the rest; w->out is complete but not closed: the caller takes it (and sets it to NULL). */
WEIR_MUST_CHECK int index_prov_finish(struct index_prov_writer *w, struct weir_err *err);
void index_prov_free(struct index_prov_writer *w);

/* ---- reading ---- */

struct index_prov {
    struct index_file file;
    uint64_t n_docs, n_seqs;
    uint64_t docs_at,
        seqs_at; // of the two arrays; documents stand from INDEX_PROV_HEADER to docs_at
};

struct index_prov_seq {
    uint64_t doc;
    struct weir_sample tokens; // of the document, padding and end-of-document id not counted
};

struct index_prov_doc {
    struct weir_span id, source, origin;
};

enum { INDEX_PROV_HEADER = 16, INDEX_PROV_TRAILER = 40 };

/* Opens PREFIX.prov and checks its counts against its size. */
WEIR_MUST_CHECK int index_prov_open(struct index_prov *p, const char *prefix, struct weir_err *err);
/* The same for a file that is open already. */
WEIR_MUST_CHECK int index_prov_header(struct index_prov *p, struct weir_err *err);
void index_prov_close(struct index_prov *p);
WEIR_MUST_CHECK int index_prov_seqs(const struct index_prov *p, uint64_t first, size_t n,
                                    struct index_prov_seq *s, struct weir_err *err);
/* buf holds what *d points to. */
WEIR_MUST_CHECK int index_prov_doc(const struct index_prov *p, uint64_t doc, struct weir_buf *buf,
                                   struct index_prov_doc *d, struct weir_err *err);
/* The first sequence of a document. */
WEIR_MUST_CHECK int index_prov_first(const struct index_prov *p, uint64_t doc, uint64_t *seq,
                                     struct weir_err *err);
/* Reads the whole file: checksum, every document inside its bytes, sequences in document order and,
 * with r (may be NULL), none longer than the dataset's and grouped as its document index says. */
WEIR_MUST_CHECK int index_prov_check(const struct index_prov *p, const struct index_reader *r,
                                     struct weir_err *err);

#endif
