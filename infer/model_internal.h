/* Between the readers of model files and the model they fill. */
#ifndef WEIR_INFER_MODEL_INTERNAL_H
#define WEIR_INFER_MODEL_INTERNAL_H

#include "infer/lora.h"
#include "infer/model.h"

struct builder {
    model *m;
    const char *path; // for messages
    enum model_dtype dtype;
    uint64_t limit;   // bytes that model_convert() may take
    adapter *adapter; // or NULL
    struct weir_err *err;
};

/* Memory that lives as long as the model, 64-byte aligned; NULL after filling err. */
void *model_own(model *m, size_t n, size_t size, struct weir_err *err);
/* Changes the numbers of w to that type, in memory of the model. */
int model_convert(const struct builder *b, struct matrix *w, enum model_dtype dtype);

/* Changes the config as the adapter's whole tensors want it: the vocabulary, an output matrix apart
 * from the embedding. */
int model_adapt_config(const struct builder *b);
/* Gives w, which is tensor `name`, its side path if the adapter has one. */
int model_add_side(const struct builder *b, const char *name, struct matrix *w);

/* A llama2.c checkpoint, mapped. */
int llama2c_bind(const struct builder *b, const struct mapped *file);

#endif
