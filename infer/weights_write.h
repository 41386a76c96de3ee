/* A model's weights written tensor by tensor, in memory that does not depend on their size: torch
 * checkpoints or safetensors, in shards, with the index that transformers 4.28.1 writes. */
#ifndef WEIR_INFER_WEIGHTS_WRITE_H
#define WEIR_INFER_WEIGHTS_WRITE_H

#include "infer/tensor_numbers.h"
#include "weir/job.h"

#ifdef __cplusplus
extern "C" {
#endif

enum weights_format { WEIGHTS_TORCH, WEIGHTS_SAFETENSORS };

#define WEIGHTS_CHUNK (4u << 20) // most bytes of one fill

struct weights_source {
    void *ctx;
    /* Names, dtypes, shapes and bytes in the order of the state dict.  Tensors of a torch file
     * whose data is not NULL and the same share their storage. */
    const struct tensors *list;
    /* Numbers from … from + n of tensor i in its dtype. */
    int (*fill)(void *ctx, size_t i, uint64_t from, size_t n, void *to, struct weir_err *err);
    /* What was written of tensor i, in any order of tensors; may be NULL. */
    void (*wrote)(void *ctx, size_t i, const void *p, size_t n);
};

/* Tensors first … first + n - 1 as one file.  archive: of torch, the file's name without its last
 * extension. */
int torch_write(weir_io *io, const char *archive, const struct weights_source *s, size_t first,
                size_t n, struct weir_err *err);
/* As the safetensors library writes it with the metadata {"format": "pt"}. */
int safetensors_write(weir_io *io, const struct weights_source *s, size_t first, size_t n,
                      struct weir_err *err);
/* The numbers of tensor i to f, a chunk after the other; buffer: WEIGHTS_CHUNK bytes. */
int weights_each_chunk(const struct weights_source *s, size_t i, void *buffer,
                       int (*f)(void *ctx, const void *p, size_t n, struct weir_err *err),
                       void *ctx, struct weir_err *err);

struct weights_out {
    const char *base; // "model" or "adapter_model": files are pytorch_BASE.bin …
    enum weights_format format;
    uint64_t shard_bytes;  // most tensor bytes of a file, unless one tensor alone has more
    struct weir_span plan; // what the folder is made of: a run with the same plan goes on
};

/* Writes all tensors into folder job->output, which is made, or must be empty or left by a run of
 * the same plan that was broken off; its complete files stay as they are.  Names of the files are
 * added to job->output_list. */
int weights_write(const struct weights_out *o, const struct weights_source *s, struct weir_job *job,
                  struct weir_err *err);

/* A small file of the folder. */
struct weights_text {
    const char *name;
    struct weir_buf text;
};
/* Writes them behind the weights.  The last one is left to job->out: the folder is complete when it
 * has its name. */
int weights_finish(const struct weights_text *t, size_t n, struct weir_job *job,
                   struct weir_err *err);

#ifdef __cplusplus
}
#endif
#endif
