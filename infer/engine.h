/* Runs a model step by step: a step takes tokens of any number of sequences and gives the logits
 * asked for.  Sequences join, leave and fork between steps; their keys and values lie in pages of a
 * cache that all share (Kwon et al. 2023, PagedAttention). */
#ifndef WEIR_INFER_ENGINE_H
#define WEIR_INFER_ENGINE_H

#include "infer/backend.h"
#include "infer/kernel.h"
#include "infer/pool.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ENGINE_PAGE 16 // positions

typedef struct engine engine;

struct sequence {
    uint32_t *page; // of the cache, ENGINE_PAGE positions each
    uint32_t n;     // positions filled
    size_t cap_pages;
};

struct row {
    struct sequence *s;
    uint32_t token;
    int wanted; // its logits are
};

/* cache_bytes: most that the cache may take; it grows as it is needed.  kernels NULL: the fastest.
 * The engine's numbers are floats; the cache is in half precision unless the weights are floats. */
engine *engine_new(const model *m, int threads, uint64_t cache_bytes, const struct kernels *kernels,
                   struct weir_err *err);
/* The same with a backend that has the model, and the memory for the cache; takes it over whatever
 * it returns. */
engine *engine_new_on(const model *m, backend *b, struct weir_err *err);
void engine_free(engine *e);
/* Bytes of the cache for a position of one sequence. */
uint64_t engine_position_bytes(const engine *e);
/* Pages of the whole cache. */
uint32_t engine_max_pages(const engine *e);
const struct model_config *engine_config(const engine *e);

/* Appends each row's token to its sequence, in the order of the rows, and fills logits with n_vocab
 * numbers for each row that wants them.  WEIR_EMEM when the cache is full, WEIR_EUSAGE behind the
 * model's last position or for a token it has not: then the sequences are as before. */
int engine_step(engine *e, const struct row *rows, size_t n, float *logits, struct weir_err *err);
/* The positions of from become to's (which is empty) too; they are copied when one of them writes.
 */
int engine_fork(engine *e, const struct sequence *from, struct sequence *to, struct weir_err *err);
/* Forgets all positions behind the first n, and gives their pages back. */
void engine_cut(engine *e, struct sequence *s, uint32_t n);
/* Gives back all pages and the list of them. */
void engine_drop(engine *e, struct sequence *s);

#ifdef __cplusplus
}
#endif
#endif
