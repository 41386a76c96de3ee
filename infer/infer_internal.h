#ifndef WEIR_INFER_INTERNAL_H
#define WEIR_INFER_INTERNAL_H

#include <pthread.h>
#include "infer/gen.h"
#include "infer/runner.h"
#include "weir/infer.h"
#include "weir/stream.h"

struct infer {
    const struct weir_infer_opt *opt;
    struct weir_job *job;
    struct gen_opt gen_opt;
    struct template template;
    struct runner runner;
    gen *gen;
    pthread_mutex_t lock; // of gen and replies: records are queued while others run
    struct reply *replies;
};

/* Answers opt->prompt, or each record of the job's input. */
int infer_prompt(struct infer *in, struct weir_err *err);
int infer_records(struct infer *in, struct weir_err *err);

#endif
