/* The chunker: a token stream in, the same stream with samples out.  A sample is a run of whole
 * sentences of one document, at most max_tokens long: fewest samples first, then each as long as it
 * can be. */
#ifndef WEIR_CHUNKER_H
#define WEIR_CHUNKER_H

#include "weir/job.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { WEIR_FILL_NONE, WEIR_FILL_BACKWARD };

struct weir_chunker_opt {
    int64_t max_tokens; // longest sample
    int fill;           // WEIR_FILL_…
    int64_t min_tokens; // shorter samples are dropped and counted
    int compat;         // 1: the samples of KnowLM's preprocess.py
};

WEIR_API void weir_chunker_opt_init(void *opt);
/* Reads the job's token stream, writes it with samples to the job's output. */
WEIR_API WEIR_MUST_CHECK int weir_chunker_run(const struct weir_chunker_opt *opt,
                                              struct weir_job *job, struct weir_err *err);

#ifdef __cplusplus
}
#endif
#endif
