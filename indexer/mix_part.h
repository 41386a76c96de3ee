/* A part of a dataset as a dataset: what subset, split, sample, resume and subtract share. */
#ifndef WEIR_MIX_PART_H
#define WEIR_MIX_PART_H

#include "indexer/mix_replay.h"

/* One dataset, opened and checked. */
struct mix_one {
    struct weir_job *job;
    struct mix_spec spec; // of one source
    struct index_parts parts;
    struct mix_plan plan;
    struct mix_sink sink;
    uint64_t *types; // KnowLM: sequences of each type, and how many of them are taken
    uint64_t *taken;
    size_t n_types;
};

/* job->output must not be it. */
WEIR_MUST_CHECK int mix_one_open(struct mix_one *o, struct weir_job *job, const char *prefix,
                                 struct weir_err *err);
void mix_one_close(struct mix_one *o);
/* Ends the writing: command stands in the manifest. */
WEIR_MUST_CHECK int mix_one_finish(struct mix_one *o, const char *command, struct weir_err *err);

/* What is kept of a sequence. */
struct mix_keep {
    void *ctx;
    /* Adds the stretches to keep as pairs, from and end, to b; none: the sequence is left out. */
    int (*stretches)(void *ctx, const struct mix_seq *q, struct weir_buf *b, struct weir_err *err);
    const char *left; // reason under which the rest is counted
};

/* Writes what is kept, in the order of the dataset, as job->output. */
WEIR_MUST_CHECK int mix_one_keep(struct mix_one *o, struct mix_keep *k, const char *command,
                                 struct weir_err *err);
/* Writes what is listed, in the order of its places. */
WEIR_MUST_CHECK int mix_one_list(struct mix_one *o, struct mix_list *l, const char *command,
                                 struct weir_err *err);

/* Lines of a file, one at a time; WEIR_PADDING bytes behind each may be read. */
typedef int mix_line_fn(void *ctx, struct weir_span line, uint64_t number, struct weir_err *err);
WEIR_MUST_CHECK int mix_each_line(const char *path, mix_line_fn *each, void *ctx,
                                  struct weir_err *err);

#endif
