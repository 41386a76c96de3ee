/* Deduplication: documents in, the first copy of each out.
 *
 * Exact duplicates have equal normalised text (128-bit hash).  Near duplicates share a band of
 * their MinHash signatures (Broder 1997; Leskovec et al., Mining of Massive Datasets, section 3.4)
 * with a kept document and have an estimated Jaccard similarity of at least the threshold with it.
 */
#ifndef WEIR_DEDUP_H
#define WEIR_DEDUP_H

#include "weir/opt.h"

#ifdef __cplusplus
extern "C" {
#endif

struct weir_dedup_opt {
    int exact, near;        // neither given: both
    double threshold;       // Jaccard similarity from which a copy is a near duplicate
    int64_t bands, rows;    // 0: chosen from threshold and num_perm
    int64_t num_perm;       // values of a signature; 0: 128, or bands * rows when that is more
    const char *shingle;    // auto, char:N, word:N
    const char *field;      // member compared instead of "text", or NULL
    int verify;             // the true Jaccard similarity of two shingle sets decides
    int raw;                // exact duplicates have the same bytes, not the same normalised text
    const char *keep;       // which copy stays: first, longest, FIELD:max, FIELD:min, source:A,B
    int plan;               // print the parameters and the collision curve instead
    const char *index;      // folder of earlier releases, which this run is added to, or NULL
    const char *work;       // folder in which a killed run finds what it had finished, or NULL
    int compat;             // 0, or the kept set of another tool: 1 datatrove, 2 datasketch
    int words;              // with compat: 0 spaCy's English words, 1 and each Han character one
    const char *export_sig; // with compat 1: datatrove's signature files go to this folder
    int64_t rank;           // number of this input among datatrove's
};

WEIR_API void weir_dedup_opt_init(struct weir_dedup_opt *opt);

/* Drops duplicates from the job's input, which is read once.  What does not fit job->memory goes to
 * job->temp_dir; the output does not depend on either. */
WEIR_API WEIR_MUST_CHECK int weir_dedup_run(const struct weir_dedup_opt *opt, struct weir_job *job,
                                            struct weir_err *err);

/* job->inputs are "show" or "check", and the folder: what is in an index of earlier releases. */
WEIR_API WEIR_MUST_CHECK int weir_dedup_index_run(struct weir_job *job, struct weir_err *err);

/* ---- the same over shards, a step each (files: docs/formats.md, "Deduplication files") ----
 *
 *      shard ──► sign ──► sig ──┬──► match (bands 0-3) ──┬──► cluster ──► verdict ──► apply ──►
 * shard shard ──► sign ──► sig ──┴──► match (bands 4-9) ──┘            └──► verdict ──► apply ──►
 * shard
 *
 * The outputs of all shards, joined in their order, are what one run over all shards writes. */

/* Map: what is known of a shard's documents. */
WEIR_API WEIR_MUST_CHECK int weir_dedup_sign_run(const struct weir_dedup_opt *opt,
                                                 struct weir_job *job, struct weir_err *err);

struct weir_dedup_match_opt {
    const char *bands; // "A-B": tables looked at, 0 that of exact duplicates; NULL: all
};
/* Shuffle: which documents of all signature files share a bucket at all, for some of the bands. */
WEIR_API WEIR_MUST_CHECK int weir_dedup_match_run(const struct weir_dedup_match_opt *opt,
                                                  struct weir_job *job, struct weir_err *err);

struct weir_dedup_cluster_opt {
    struct weir_strings match; // files of match, for all bands together; none: done here
    const char *verdicts;      // folder of the verdict files; NULL: beside the signature files
};
/* Reduce: the verdicts on all shards, in the order of the signature files; a verdict file each, and
 * as output a line of JSON each. */
WEIR_API WEIR_MUST_CHECK int weir_dedup_cluster_run(const struct weir_dedup_cluster_opt *opt,
                                                    struct weir_job *job, struct weir_err *err);

struct weir_dedup_apply_opt {
    const char *verdict; // the shard's verdict file
};
/* Map: the documents of a shard that stay. */
WEIR_API WEIR_MUST_CHECK int weir_dedup_apply_run(const struct weir_dedup_apply_opt *opt,
                                                  struct weir_job *job, struct weir_err *err);

/* ---- repeated pieces of documents ---- */

enum weir_dedup_pieces {
    WEIR_DEDUP_LINES,      // lines that stand in many documents go everywhere
    WEIR_DEDUP_PARAGRAPHS, // all but the first of equal lines go (CCNet, Wenzek et al. 2020)
    WEIR_DEDUP_SPANS // all but the first of equal runs of sentences go (C4, Raffel et al. 2020)
};

struct weir_dedup_pieces_opt {
    enum weir_dedup_pieces kind;
    int64_t max_docs;  // lines: those in more documents than this
    int64_t min_count; // lines: and at least so often in all
    int64_t sentences; // spans: of a span
    int raw;           // lines and paragraphs: compared as they are, not normalised
    const char *allow; // lines and paragraphs: file of lines that stay, or NULL
    int64_t min_chars, min_words, min_sentences; // a document cut to less than this is dropped
    const char *member; // what the removed byte ranges are called; NULL: "removed_" and the kind
};

WEIR_API void weir_dedup_pieces_opt_init(struct weir_dedup_pieces_opt *opt,
                                         enum weir_dedup_pieces kind);
/* Cuts repeated pieces out of the job's documents and drops those of which too little is left.
 * Inputs are read twice; memory stays within job->memory, what is sorted goes to job->temp_dir. */
WEIR_API WEIR_MUST_CHECK int weir_dedup_pieces_run(const struct weir_dedup_pieces_opt *opt,
                                                   struct weir_job *job, struct weir_err *err);

/* ---- overlap with benchmarks ---- */

struct weir_dedup_decontaminate_opt {
    struct weir_strings against; // files of benchmarks, JSON Lines or text
    struct weir_strings member;  // members that are compared; none: query and label, else text
    const char *task;            // member that names the task, else the file does
    int64_t words, chars;        // of an n-gram of words, of one of Han characters
    int query;                   // n-grams of the query alone count too
    int64_t min_hits;            // n-grams of a document that make it contaminated
    double min_ratio;            // and their share of all its n-grams
};

WEIR_API void weir_dedup_decontaminate_opt_init(struct weir_dedup_decontaminate_opt *opt);
/* Drops documents that share n-grams with benchmarks.  The benchmarks' n-grams are held in memory;
 * WEIR_EMEM when they do not fit job->memory. */
WEIR_API WEIR_MUST_CHECK int
weir_dedup_decontaminate_run(const struct weir_dedup_decontaminate_opt *opt, struct weir_job *job,
                             struct weir_err *err);

#ifdef __cplusplus
}
#endif
#endif
