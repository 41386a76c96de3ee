#ifndef WEIR_INFER_INTERNAL_H
#define WEIR_INFER_INTERNAL_H

#include <pthread.h>
#include "infer/gen.h"
#include "infer/text.h"
#include "weir/infer.h"
#include "weir/stream.h"

struct infer {
    const struct weir_infer_opt *opt;
    struct weir_job *job;
    struct gen_opt gen_opt;
    struct template template;
    struct tongue tongue;
    model *model;
    engine *engine;
    gen *gen;
    pthread_mutex_t lock; // of gen and replies: records are queued while others run
    struct reply *replies;
    uint64_t fixed_memory; // weights that were converted, cache
};

/* The ids of a text, behind BOS if the model wants it; the caller frees them. */
int infer_encode(const struct infer *in, weir_tok_scratch *s, struct weir_span text, uint32_t **ids,
                 size_t *n, struct weir_err *err);
/* Answers opt->prompt, or each record of the job's input. */
int infer_prompt(struct infer *in, struct weir_err *err);
int infer_records(struct infer *in, struct weir_err *err);

#endif
