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

/* Answers opt->prompt, each record of the job's input, or each line of the terminal. */
int infer_prompt(struct infer *in, struct weir_err *err);
int infer_records(struct infer *in, struct weir_err *err);
int infer_dialogue(struct infer *in, struct weir_err *err);

struct infer_ids {
    uint32_t *at;
    size_t n, cap;
};
/* Writes the answer to n ids as it comes, and a newline, until it ends or the terminal stops it;
 * what was generated is appended to *made, which may be NULL. */
int infer_speak(struct infer *in, const uint32_t *ids, size_t n, struct infer_ids *made,
                struct weir_err *err);

#endif
