/* A dataset on its way into the files of another program. */
#ifndef WEIR_INDEX_EXPORT_H
#define WEIR_INDEX_EXPORT_H

#include "indexer/index_manifest.h"
#include "lib/index_reader.h"
#include "weir/indexer.h"

enum { EXPORT_FILES = 3, EXPORT_BLOCK_BYTES = 1 << 20 };

struct export
{
    const struct weir_indexer_export_opt *opt;
    struct weir_job *job;
    struct index_reader r;
    struct index_manifest m;
    int has_manifest;
    uint64_t n_tokens, n_docs; // KnowLM's datasets: each sequence is a document
    uint32_t width;            // bytes of a token that is written
    int is_signed;
    uint64_t max_id;               // that both sides hold
    weir_io *files[EXPORT_FILES];  // the first one is named last
    uint64_t n_shards, shard_left; // shards begun, tokens that the last one still takes
    uint64_t made_bytes;
    char *block, *made;                 // as read, as written
    struct index_seq seqs[INDEX_BLOCK]; // sequences seqs_first …, read last
    uint64_t seqs_first;
    size_t n_seqs;
};

/* Files OUT + ext.  An output that is the dataset itself, or would stand beside another one's
 * index, is WEIR_EUSAGE. */
WEIR_MUST_CHECK int export_open(struct export *x, int slot, const char *ext, struct weir_err *err);
/* Where sequence seq begins, in tokens; asked for in rising order; n_seqs: the end of all. */
WEIR_MUST_CHECK int export_start(struct export *x, uint64_t seq, uint64_t *token,
                                 struct weir_err *err);
/* Checks and converts all tokens; they go to the first file, or to shards. */
WEIR_MUST_CHECK int export_tokens(struct export *x, struct weir_err *err);
/* Lists .bin, all of which was read into the XXH3-128 state, and compares it with the manifest. */
WEIR_MUST_CHECK int export_bin_checked(struct export *x, const void *hash_state,
                                       struct weir_err *err);
/* Lists a complete file for the ledger, and names it. */
WEIR_MUST_CHECK int export_name(struct export *x, int slot, struct weir_err *err);
/* dolma's table of documents: start, end, id, file and byte of its origin, as CSV. */
WEIR_MUST_CHECK int export_dolma_rows(struct export *x, int slot, struct weir_err *err);
/* OUT.jsonl: id, source and ids of each sequence. */
WEIR_MUST_CHECK int export_jsonl(struct export *x, struct weir_err *err);
/* Begins OUT_NNNNNN.bin, the next one; llm.c's. */
WEIR_MUST_CHECK int export_shard(struct export *x, struct weir_err *err);
/* After a failure: no shard stays. */
void export_shards_remove(struct export *x);
WEIR_MUST_CHECK int export_shards_clear(struct export *x, struct weir_err *err);

#endif
