/* Threads that do one loop after another together. */
#ifndef WEIR_INFER_POOL_H
#define WEIR_INFER_POOL_H

#include "weir/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pool pool;

/* n threads, the caller's included.  Where the process may use n processors, each but the caller's
 * stays on one of them; WEIR_PIN=0 in the environment: none does; 1: also where there are more. */
pool *pool_new(int n, struct weir_err *err);
void pool_free(pool *p);
int pool_threads(const pool *p);
/* Calls f(ctx, thread, from, to) for parts of 0…n, grain items each (the last may be shorter), and
 * returns when all are done.  Which thread does which part is not fixed. */
void pool_each(pool *p, size_t n, size_t grain,
               void (*f)(void *ctx, int thread, size_t from, size_t to), void *ctx);

#ifdef __cplusplus
}
#endif
#endif
