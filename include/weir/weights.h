/* The weights of a model as files: differences, adapters, formats and checks, tensor by tensor in
 * memory that does not depend on the model. */
#ifndef WEIR_WEIGHTS_H
#define WEIR_WEIGHTS_H

#include "weir/job.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { WEIR_WEIGHTS_TORCH, WEIR_WEIGHTS_SAFETENSORS, WEIR_WEIGHTS_AS_READ };
enum { WEIR_NUMBERS_AS_READ, WEIR_NUMBERS_F32, WEIR_NUMBERS_F16, WEIR_NUMBERS_BF16 };

struct weir_weights_opt {
    int format;      // WEIR_WEIGHTS_…: of what is written
    int dtype;       // WEIR_NUMBERS_…: of its floating tensors
    int64_t shard;   // most tensor bytes of a file
    const char *sum; // that all numbers must have, with rotary_emb.inv_freq or without; NULL: any
};

WEIR_API void weir_weights_opt_init(void *opt);

/* All four read inputs and write folder job->output: weights in shards with an index as
 * transformers 4.28.1 names them, torch files byte for byte as torch 1.13.1 writes them,
 * config.json and the tokenizer's files beside them.  The folder is complete when config.json (or
 * the last file) is there; a run that was broken off goes on behind its finished files when it is
 * started again with the same inputs and options.  Errors name file and tensor, and what was
 * expected. */

/* inputs: RAW, DIFF.  Their sum, numbers and order as KnowLM's weight_diff.py recover. */
WEIR_API WEIR_MUST_CHECK int weir_weights_recover_run(const struct weir_weights_opt *opt,
                                                      struct weir_job *job, struct weir_err *err);
/* inputs: RAW, TUNED.  What recover adds to RAW. */
WEIR_API WEIR_MUST_CHECK int weir_weights_diff_run(const struct weir_weights_opt *opt,
                                                   struct weir_job *job, struct weir_err *err);
/* inputs: BASE, ADAPTER (PEFT's LoRA).  As peft's merge_and_unload(). */
WEIR_API WEIR_MUST_CHECK int weir_weights_merge_run(const struct weir_weights_opt *opt,
                                                    struct weir_job *job, struct weir_err *err);
/* inputs: MODEL. */
WEIR_API WEIR_MUST_CHECK int weir_weights_convert_run(const struct weir_weights_opt *opt,
                                                      struct weir_job *job, struct weir_err *err);

struct weir_weights_check_opt {
    const char *md5; // file of lines as md5sum writes them; NULL: none
    const char *sum; // as above
};

/* Each tensor of job->inputs[0] as a line: shape, sum, largest, NaN, infinite, XXH3-128; then the
 * files.  WEIR_EBAD, behind all lines, when a number is no number, the shapes are not those of
 * config.json, the sum is another, or an MD5 differs. */
WEIR_API WEIR_MUST_CHECK int weir_weights_check_run(const struct weir_weights_check_opt *opt,
                                                    struct weir_job *job, struct weir_err *err);

#ifdef __cplusplus
}
#endif
#endif
