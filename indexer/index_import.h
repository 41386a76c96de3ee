/* Files of other programs on their way into a dataset.
 *
 * Tokens are copied in blocks, checked and converted; where documents and sequences end is read
 * from files beside them, or seen in the tokens themselves.  Memory does not depend on either. */
#ifndef WEIR_INDEX_IMPORT_H
#define WEIR_INDEX_IMPORT_H

#include "indexer/index_writer.h"
#include "weir/indexer.h"

enum { IMPORT_BLOCK = 1 << 15 }; // tokens

/* The ids of one input: n numbers of width bytes from byte at of a file. */
struct import_tokens {
    struct index_file *file;
    uint64_t at, n;
    uint32_t width;
    int is_signed;
};

/* The document that is being put together. */
struct import_doc {
    uint64_t n, n_seqs; // tokens and sequences put so far
    struct weir_buf id, origin;
    struct weir_span source;
    int named; // in the provenance
};

/* Tokens that belong to a document whose end was not seen yet. */
struct import_open_doc {
    struct weir_buf path; // the file in which it begins, with its NUL
    uint64_t at, n_bytes; // where, and how much of it is in there
    uint64_t n;           // tokens
};

struct import {
    const struct weir_indexer_import_opt *opt;
    struct weir_job *job;
    struct index_writer w;
    int with_manifest;
    uint32_t width;    // of a token in .bin; 0: that of the first input
    uint32_t in_width; // of one in the input
    uint64_t max_id;   // the largest id that is accepted
    const char *input; // the current one, as it was given
    uint64_t number;   // of the current input's documents
    uint64_t n_tokens; // copied so far
    uint64_t longest;  // sequence
    struct import_doc doc;
    struct import_open_doc pending;
    char *block;    // IMPORT_BLOCK tokens as read
    uint32_t *ids;  // the same as numbers
    uint16_t *made; // and as written, where that is in 16 bits
};

/* ---- documents: begin, its sequences, end; one without tokens is counted as dropped ---- */

/* origin may be empty; id empty: input and number. */
WEIR_MUST_CHECK int import_doc_begin(struct import *x, struct weir_span id, struct weir_span source,
                                     struct weir_span origin, struct weir_err *err);
/* Sets b to {"file":path,"offset":at,"length":bytes}. */
void import_origin(struct weir_buf *b, const char *path, uint64_t at, uint64_t n_bytes);
WEIR_MUST_CHECK int import_doc_seqs(struct import *x, const uint32_t *lengths, size_t n,
                                    struct weir_err *err);
/* n tokens as one sequence, or as many of --length as they make. */
WEIR_MUST_CHECK int import_doc_cut(struct import *x, uint64_t n, struct weir_err *err);
WEIR_MUST_CHECK int import_doc_end(struct import *x, struct weir_err *err);
/* The same of one that has tokens, where the account is kept by somebody else. */
WEIR_MUST_CHECK int import_doc_close(struct import *x, struct weir_err *err);

/* ---- tokens ---- */

/* Called with each block, tokens first … of t, which are x->ids; may be NULL. */
typedef int import_look_fn(struct import *x, const struct import_tokens *t, uint64_t first,
                           size_t n, struct weir_err *err);
/* Copies all of t behind what is there.  WEIR_EBAD for an id above max_id. */
WEIR_MUST_CHECK int import_tokens(struct import *x, const struct import_tokens *t,
                                  import_look_fn *look, struct weir_err *err);

/* ---- formats: one input each ---- */

WEIR_MUST_CHECK int import_dataset(struct import *x, const char *path, struct weir_err *err);
WEIR_MUST_CHECK int import_datatrove(struct import *x, const char *path, struct weir_err *err);
WEIR_MUST_CHECK int import_dolma(struct import *x, const char *path, struct weir_err *err);
WEIR_MUST_CHECK int import_npy(struct import *x, const char *path, struct weir_err *err);
WEIR_MUST_CHECK int import_raw(struct import *x, const char *path, struct weir_err *err);
WEIR_MUST_CHECK int import_llmc(struct import *x, const char *path, struct weir_err *err);
/* All inputs of the job. */
WEIR_MUST_CHECK int import_lines(struct import *x, struct weir_err *err);

/* Copies t and finds its documents by --eod and --bod, or makes one of every --length tokens; the
 * last one goes on into the next input when joined. */
WEIR_MUST_CHECK int import_flat(struct import *x, const struct import_tokens *t, int joined,
                                struct weir_err *err);
/* Ends the document that has gone on so far, if there is one. */
WEIR_MUST_CHECK int import_flat_end(struct import *x, struct weir_err *err);
/* The width that --dtype says; 0: auto. */
uint32_t import_dtype_width(const struct import *x);
/* The source of documents that have none of their own. */
struct weir_span import_source(const struct import *x);
/* Sets t->n by the file's size, which must be whole tokens from t->at on. */
WEIR_MUST_CHECK int import_size(struct import_tokens *t, struct weir_err *err);

/* ---- ends of documents or sequences beside the tokens: u64 that rise to their number ---- */

enum { IMPORT_ENDS = 4096 };

struct import_ends { // start with {.file.fd = -1}
    struct index_file file;
    uint64_t at;      // first byte
    uint64_t n, next; // numbers in the file, the next to be read
    uint64_t total;   // tokens: the last number
    uint64_t last;
    uint64_t block[IMPORT_ENDS];
    size_t have, i;
};

/* Documents that end at docs; their sequences at seqs, or NULL: each is one, or cut by --length. */
WEIR_MUST_CHECK int import_documents(struct import *x, const struct import_tokens *t,
                                     struct import_ends *docs, struct import_ends *seqs,
                                     struct weir_err *err);
/* A document of tokens start … end - 1 of t. */
WEIR_MUST_CHECK int import_begin(struct import *x, const struct import_tokens *t, uint64_t start,
                                 uint64_t end, struct weir_err *err);

/* ---- NumPy's header ---- */

struct npy_header {
    uint64_t data_at, rows, cols; // cols 0: one dimension
    uint32_t width;
    int is_signed;
};

/* p holds the first n bytes of a file.  WEIR_EBAD names what is not NumPy's or not a table of whole
 * numbers in little-endian order. */
WEIR_MUST_CHECK int npy_header_read(struct npy_header *h, const char *p, size_t n,
                                    struct weir_err *err);

/* ---- dolma's table ---- */

struct dolma_row {
    uint64_t start, end;
    struct weir_span id, src, loc;
};

struct dolma_rows {
    weir_io *io;
    char block[1 << 16];
    size_t n, i;
    struct weir_buf fields;
    uint64_t line;
};

/* The next row; its spans live until the next call.  1, 0 at the end, negative on error. */
WEIR_MUST_CHECK int dolma_rows_next(struct dolma_rows *r, struct dolma_row *row,
                                    struct weir_err *err);

#endif
