/* Datasets that go into one.  Each is opened, looked at and closed again, so that thousands of them
 * cost a name and some numbers each. */
#ifndef WEIR_INDEX_PARTS_H
#define WEIR_INDEX_PARTS_H

#include "indexer/index_manifest.h"
#include "lib/index_prov.h"

struct index_part {
    const char *prefix; // borrowed
    uint64_t n_seqs, n_tokens;
    uint64_t bin_bytes;
};

/* Start with {0}. */
struct index_parts {
    struct index_part *at;
    size_t n, cap;
    struct index_manifest all; // of all of them, when they have manifests
    int with_manifest;         // all have one, and provenance
    int prov_version;          // the highest
    int knowlm;
    uint8_t dtype;
    uint32_t width;
};

/* Adds a dataset after checking that it belongs to those before it: tokenizer, format, dtype.  It
 * must not be the one that is written (output, may be NULL).  Sizes and headers are checked, what
 * lies between them is not. */
WEIR_MUST_CHECK int index_parts_add(struct index_parts *s, const char *prefix, const char *output,
                                    struct weir_err *err);
/* Reads all of a part's .idx and, where there is one, its .prov, and refuses what is damaged. */
WEIR_MUST_CHECK int index_part_check(const struct index_parts *s, const struct index_part *part,
                                     struct weir_err *err);
/* Reads its .bin: compares it with the manifest and lists it as an input for the ledger. */
WEIR_MUST_CHECK int index_part_check_bin(const struct index_parts *s, const struct index_part *part,
                                         struct weir_job *job, struct weir_err *err);
void index_parts_free(struct index_parts *s);

/* The counts of PREFIX.dis; *v is allocated, free() it. */
WEIR_MUST_CHECK int index_read_dis(const char *prefix, uint64_t **v, size_t *n,
                                   struct weir_err *err);

#endif
