/* NAME.json: what a dataset is and holds.  docs/formats.md, "Manifest". */
#ifndef WEIR_INDEX_MANIFEST_H
#define WEIR_INDEX_MANIFEST_H

#include "weir/job.h"

struct index_content {
    uint64_t bytes;
    char hash[33]; // XXH3-128, hexadecimal
};

/* Start with {0}.  Numbers below 0 mean "none", or "not the same in all merged parts". */
struct index_manifest {
    int knowlm;    // format
    uint8_t dtype; // Megatron's code
    int unit;      // WEIR_UNIT_…
    int64_t max_tokens, pad, eod;
    uint64_t max_id;    // no id is above it
    char tokenizer[65]; // SHA-256, hexadecimal
    uint64_t vocab_size;
    uint64_t n_seqs, n_docs, n_tokens;
    struct index_content bin, idx, prov;
    /* in: documents, bytes of text, in .tokens whether those are unknown (not 0); out: sequences,
     * tokens */
    struct weir_names sources;
    struct weir_buf commands; // JSON strings, separated by ", "
};

/* Appends the manifest's text; check b afterwards. */
void index_manifest_put(struct weir_buf *b, const struct index_manifest *m);
/* Reads n bytes at p, behind which WEIR_PADDING more are readable. */
WEIR_MUST_CHECK int index_manifest_get(struct index_manifest *m, const char *p, size_t n,
                                       struct weir_err *err);
/* Reads PREFIX.json.  1; 0 when there is none; negative on error. */
WEIR_MUST_CHECK int index_manifest_read(struct index_manifest *m, const char *prefix,
                                        struct weir_err *err);
/* Adds what part holds to m, which describes the parts before it (their number in n_parts).
 * WEIR_EBAD when tokenizer, format or dtype differ. */
WEIR_MUST_CHECK int index_manifest_merge(struct index_manifest *m,
                                         const struct index_manifest *part, size_t n_parts,
                                         struct weir_err *err);
void index_manifest_free(struct index_manifest *m);

/* The content whose XXH3-128 state is given, and WEIR_EBAD when it is not what a manifest says. */
struct index_content index_content_of(uint64_t bytes, const void *hash_state);
WEIR_MUST_CHECK int index_content_check(const struct index_content *said,
                                        const struct index_content *is, const char *path,
                                        struct weir_err *err);
/* Adds a file to a job's list of inputs or outputs, for the ledger. */
void index_content_list(struct weir_buf *list, const char *path, const struct index_content *c);

#endif
