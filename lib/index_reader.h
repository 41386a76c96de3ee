/* A dataset's .idx and .bin, whoever wrote them.  Nothing is held in memory: what is asked for is
 * read at its place, so that an index of any size costs the same. */
#ifndef WEIR_INDEX_READER_H
#define WEIR_INDEX_READER_H

#include "weir/buf.h"

enum { INDEX_MEGATRON_HEADER = 34 };
#define INDEX_MEGATRON_MAGIC "MMIDIDX\0" // and the NUL that ends the literal: 9 bytes

/* A file read at places. */
struct index_file {
    struct weir_buf path; // with its NUL
    int fd;               // -1: not open
    uint64_t size;
};

WEIR_MUST_CHECK int index_file_open(struct index_file *f, const char *prefix, const char *ext,
                                    struct weir_err *err);
/* Exactly n bytes; WEIR_EBAD when the file is shorter. */
WEIR_MUST_CHECK int index_file_read(const struct index_file *f, uint64_t at, void *p, size_t n,
                                    struct weir_err *err);
void index_file_close(struct index_file *f);
/* 1 when PREFIX.ext exists. */
int index_file_exists(const char *prefix, const char *ext);
/* Removes PREFIX.ext, of a symbolic link what it names; 0 also when there is none. */
WEIR_MUST_CHECK int index_file_remove(const char *prefix, const char *ext, struct weir_err *err);

struct index_reader {
    struct index_file idx, bin;
    int knowlm;     // KnowLM's layout, not Megatron's
    uint8_t dtype;  // Megatron's code
    uint32_t width; // bytes of a token
    uint64_t n_seqs;
    uint64_t n_docs; // Megatron: documents (entries of the document index - 1); KnowLM: 0
};

struct index_seq {
    uint64_t at; // first byte in .bin
    int64_t n;   // tokens
};

enum { INDEX_BLOCK = 8192 }; // sequences or documents read at once

/* Name of a dtype code, as NumPy's; NULL when it is none of tokens (unsigned, or i32, i64). */
const char *index_dtype_name(uint8_t code);
uint32_t index_dtype_width(uint8_t code);

/* Opens PREFIX.idx and PREFIX.bin and checks the header against the size of .idx. */
WEIR_MUST_CHECK int index_reader_open(struct index_reader *r, const char *prefix,
                                      struct weir_err *err);
/* The same for files that are open already (r->idx, r->bin). */
WEIR_MUST_CHECK int index_reader_header(struct index_reader *r, struct weir_err *err);
void index_reader_close(struct index_reader *r);

/* Sequences first … first + n - 1, n <= INDEX_BLOCK, all below n_seqs; as the file has them. */
WEIR_MUST_CHECK int index_reader_seqs(const struct index_reader *r, uint64_t first, size_t n,
                                      struct index_seq *s, struct weir_err *err);
/* Entries first … of Megatron's document index, which has n_docs + 1. */
WEIR_MUST_CHECK int index_reader_docs(const struct index_reader *r, uint64_t first, size_t n,
                                      int64_t *d, struct weir_err *err);
/* The sequence that holds token number token; 0, WEIR_EUSAGE when the dataset is shorter. */
WEIR_MUST_CHECK int index_reader_find(const struct index_reader *r, uint64_t token, uint64_t *seq,
                                      struct weir_err *err);
/* The ids of n tokens at byte `at` of .bin; ids above 32 bits are WEIR_EBAD. */
WEIR_MUST_CHECK int index_reader_ids(const struct index_reader *r, uint64_t at, size_t n,
                                     uint32_t *ids, struct weir_err *err);

/* Walks the whole index: lengths not negative, each sequence where the one before ended, all of
 * them as long as .bin, document index from 0 to n_seqs and never falling.  *n_tokens: their sum.
 * each (may be NULL) is given the sequences in blocks. */
typedef int index_each_fn(void *ctx, const struct index_seq *s, size_t n, struct weir_err *err);
WEIR_MUST_CHECK int index_reader_walk(const struct index_reader *r, uint64_t *n_tokens,
                                      index_each_fn *each, void *ctx, struct weir_err *err);

/* Largest of n tokens as an unsigned number: a negative one is large. */
uint64_t index_max_id(const void *p, size_t n, uint32_t width);

#endif
