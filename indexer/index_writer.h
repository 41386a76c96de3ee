/* A dataset being written.  Lengths and document places wait in temporaries until their number is
 * known, so that memory does not grow with the dataset; all files get their names at the end, .idx
 * last: a dataset with an index is complete. */
#ifndef WEIR_INDEX_WRITER_H
#define WEIR_INDEX_WRITER_H

#include "indexer/index_manifest.h"
#include "lib/index_prov.h"

/* KnowLM's .tmp: samples that begin with BOS and do not end with EOS, end with EOS only, neither,
 * both. */
enum { INDEX_BOS, INDEX_EOS, INDEX_NEITHER, INDEX_BOTH, INDEX_KINDS };

struct index_writer {
    const char *prefix;
    struct weir_job *job;
    struct index_manifest m; // what is written so far; format, dtype … set by the caller
    weir_io *bin;            // the tokens are written here by the caller
    weir_io *idx, *json, *dis, *tmp;
    weir_io *lengths, *docs; // u32 and u64 each
    int with_prov;
    int prov_version; // 0: 1
    struct index_prov_writer prov;
    uint64_t n_kinds[INDEX_KINDS];
    int with_kinds;        // write .tmp
    const uint64_t *types; // KnowLM: sequences of each type; NULL: one type
    size_t n_types;
};

/* WEIR_EUSAGE when job->output cannot be the name of a dataset: worth knowing before much is read.
 */
WEIR_MUST_CHECK int index_writer_check_name(const struct weir_job *job, struct weir_err *err);
/* w->m.knowlm and w->m.dtype are set; job gives the name and the folder of temporaries.
 * with_manifest: write NAME.json and NAME.prov. */
WEIR_MUST_CHECK int index_writer_open(struct index_writer *w, struct weir_job *job,
                                      int with_manifest, struct weir_err *err);
WEIR_MUST_CHECK int index_writer_add_lengths(struct index_writer *w, const uint32_t *n, size_t n_n,
                                             struct weir_err *err);
/* Documents end at these sequence numbers (each not below the one before). */
WEIR_MUST_CHECK int index_writer_add_docs(struct index_writer *w, const uint64_t *ends, size_t n,
                                          struct weir_err *err);
/* Writes what is left, then names all files but .idx; that one becomes job->out, named when the job
 * is finished. */
WEIR_MUST_CHECK int index_writer_finish(struct index_writer *w, struct weir_err *err);
/* Drops whatever is not finished. */
void index_writer_free(struct index_writer *w);

/* The body of .idx, from w->lengths and w->docs (both written, not yet rewound) to w->idx. */
WEIR_MUST_CHECK int index_put_megatron(struct index_writer *w, struct weir_err *err);
WEIR_MUST_CHECK int index_put_knowlm(struct index_writer *w, struct weir_err *err);

/* Reads w->lengths from its beginning in blocks. */
typedef int index_lengths_fn(struct index_writer *w, const uint32_t *n, size_t n_n, uint64_t *at,
                             struct weir_err *err);
WEIR_MUST_CHECK int index_each_length(struct index_writer *w, index_lengths_fn *each,
                                      struct weir_err *err);

#endif
