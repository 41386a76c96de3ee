/* Deduplication: documents in, the first copy of each out.
 *
 * Exact duplicates have equal normalised text (128-bit hash).  Near duplicates share a band of
 * their MinHash signatures (Broder 1997; Leskovec et al., Mining of Massive Datasets, section 3.4)
 * with a kept document and have an estimated Jaccard similarity of at least the threshold with it.
 */
#ifndef WEIR_DEDUP_H
#define WEIR_DEDUP_H

#include "weir/job.h"

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
    const char *keep;    // which copy stays: first, longest, FIELD:max, FIELD:min, source:A,B,…
    int plan;            // print the parameters and the collision curve instead
};

WEIR_API void weir_dedup_opt_init(struct weir_dedup_opt *opt);

/* Drops duplicates from the job's input.  Memory grows with the documents kept, up to job->memory;
 * past that the run ends with WEIR_EMEM. */
WEIR_API WEIR_MUST_CHECK int weir_dedup_run(const struct weir_dedup_opt *opt, struct weir_job *job,
                                            struct weir_err *err);

#ifdef __cplusplus
}
#endif
#endif
