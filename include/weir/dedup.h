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
    int exact, near;     // neither given: both
    double threshold;    // Jaccard similarity from which a copy is a near duplicate
    int64_t bands, rows; // 0: chosen from threshold and num_perm
    int64_t num_perm;    // values of a signature; 0: 128, or bands * rows when that is more
    const char *shingle; // auto, char:N, word:N
    const char *field;   // member compared instead of "text", or NULL
    int verify;          // the true Jaccard similarity of two shingle sets decides
    int raw;             // exact duplicates have the same bytes, not the same normalised text
    const char *keep;    // which copy stays: first, longest, FIELD:max, FIELD:min, source:A,B
    int plan;            // print the parameters and the collision curve instead
};

WEIR_API void weir_dedup_opt_init(struct weir_dedup_opt *opt);

/* Drops duplicates from the job's input, which is read once.  What does not fit job->memory goes to
 * job->temp_dir; the output does not depend on either. */
WEIR_API WEIR_MUST_CHECK int weir_dedup_run(const struct weir_dedup_opt *opt, struct weir_job *job,
                                            struct weir_err *err);

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

#ifdef __cplusplus
}
#endif
#endif
