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
    uint64_t converted; // weights that are made in memory, within the job's memory
    uint64_t cache;     // keys and values, within the job's memory
    uint64_t available; // that the system has, 0: not known
};

/* Three quarters of what is left of the job's memory beside so many converted bytes; records on
 * their way need some at least. */
uint64_t memory_plan_cache(const struct weir_job *job, uint64_t converted);
/* Reads names and shapes only; 0 when the model cannot be opened: model_open() says why. */
int memory_plan_make(struct memory_plan *p, const struct weir_job *job, const char *model_path,
                     enum model_dtype dtype);
/* Notes the plan, and warns when the system does not have as much. */
void memory_plan_tell(const struct memory_plan *p, struct weir_job *job);

#ifdef __cplusplus
}
#endif
#endif
