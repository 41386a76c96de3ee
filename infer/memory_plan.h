/* What a model will take, known before it is loaded. */
#ifndef WEIR_INFER_MEMORY_PLAN_H
#define WEIR_INFER_MEMORY_PLAN_H

#include "infer/model.h"
#include "weir/job.h"

#ifdef __cplusplus
extern "C" {
#endif

struct memory_plan {    // in bytes
    uint64_t mapped;    // weights that are used in their files
    uint64_t converted; // weights that are made in memory, within memory
    uint64_t cache;     // keys and values, within memory
    uint64_t available; // that the system has, 0: not known
};

/* Three quarters of what is left of memory beside so many converted bytes; the rest is for
 * sampling, see memory_plan_sequences(), and for records on their way, which need some at least. */
uint64_t memory_plan_cache(uint64_t memory, uint64_t converted);
/* Sequences that may run together, so that their logits take half of that rest at most. */
size_t memory_plan_sequences(uint64_t memory, uint64_t converted, uint64_t n_vocab);
/* Reads names and shapes only; 0 when the model cannot be opened: model_open() says why. */
int memory_plan_make(struct memory_plan *p, uint64_t memory, const char *model_path,
                     enum model_dtype dtype);
/* Notes the plan, and warns when the system does not have as much. */
void memory_plan_tell(const struct memory_plan *p, struct weir_job *job);

#ifdef __cplusplus
}
#endif
#endif
