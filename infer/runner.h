/* A model that is ready to run: weights, tokenizer and engine, within a job's memory and threads.
 */
#ifndef WEIR_INFER_RUNNER_H
#define WEIR_INFER_RUNNER_H

#include "infer/engine.h"
#include "infer/text.h"
#include "weir/job.h"

#ifdef __cplusplus
extern "C" {
#endif

struct runner {
    /* Set before runner_open(). */
    const char *adapter; // a folder; NULL: none
    uint64_t limit;      // of memory; 0: the job's
    int device;          // auto|cpu|cuda, as BACKEND_… counts
    int64_t gpus;        // 0: one
    model *model;
    struct tongue tongue;
    engine *engine;
    uint64_t memory;    // converted weights and cache, within the limit
    size_t n_sequences; // that may run together
};

/* dtype: place in stored|fp32|fp16|bf16|int8.  The memory plan goes into the ledger.  Call
 * runner_close() whatever it returns. */
int runner_open(struct runner *r, struct weir_job *job, const char *model_path,
                const char *tokenizer, int dtype, struct weir_err *err);
void runner_close(struct runner *r);
/* The ids of a text, behind BOS if the model wants it and bos is set; the caller frees them. */
int runner_encode(const struct runner *r, weir_tok_scratch *s, struct weir_span text, int bos,
                  uint32_t **ids, size_t *n, struct weir_err *err);

#ifdef __cplusplus
}
#endif
#endif
