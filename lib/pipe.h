/* Run read -> work -> write over a ring of caller-owned batches.
 *
 * read() and write() are each called by one thread at a time and in batch order; work() runs on
 * many batches at once.  All return 0 to go on and < 0 after filling *err; read() returns 1 at the
 * end of input (that batch is not used).  The first failure in batch order wins: nothing behind it
 * is written.  threads == 1 runs everything in the calling thread.  The ring never grows, and
 * nothing is read while the batches in flight hold budget bytes or more; a batch that costs more
 * than the budget is worked on when all before it are written, alone.  So peak memory is bounded by
 * twice the budget, or by one such batch. */
#ifndef WEIR_PIPE_H
#define WEIR_PIPE_H

#include "weir/base.h"

struct weir_pipe {
    int (*read)(void *ctx, void *batch, struct weir_err *err);
    int (*work)(void *ctx, int thread, void *batch, struct weir_err *err);
    int (*write)(void *ctx, void *batch, struct weir_err *err);
    size_t (*cost)(void *ctx, void *batch); // bytes a batch holds, asked after read()
    void *ctx;
    void **batches;
    size_t n_batches;
    size_t budget; // bytes; 0: no bound
    int threads;
};

WEIR_MUST_CHECK int weir_pipe_run(const struct weir_pipe *p, struct weir_err *err);

#endif
