/* Named arrays of numbers as model files hold them: safetensors and torch checkpoints, mapped into
 * memory, checked against the real size of the file, never copied and never executed. */
#ifndef WEIR_INFER_TENSOR_H
#define WEIR_INFER_TENSOR_H

#include "weir/buf.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a number is.  The order is that in which safetensors writers sort (alignment, then this). */
enum tensor_dtype {
    TENSOR_BOOL,
    TENSOR_U8,
    TENSOR_I8,
    TENSOR_I16,
    TENSOR_U16,
    TENSOR_F16,
    TENSOR_BF16,
    TENSOR_I32,
    TENSOR_U32,
    TENSOR_F32,
    TENSOR_F64,
    TENSOR_I64,
    TENSOR_U64,
    TENSOR_DTYPES
};

#define TENSOR_MAX_DIMS 8

struct tensor {
    char *name;
    enum tensor_dtype dtype;
    unsigned n_dims; // 0: one number
    uint64_t shape[TENSOR_MAX_DIMS];
    const void *data; // C order, little-endian; any alignment
    uint64_t n_bytes;
    const char *file; // where it lies, for messages
    size_t order;     // of weights_all(): its place in the files, which are in the order of names
};

/* "F16", "BF16", … as safetensors spells it. */
const char *tensor_dtype_name(enum tensor_dtype d);
unsigned tensor_dtype_bytes(enum tensor_dtype d);
/* The dtype of that name; -1 when there is none such. */
int tensor_dtype_named(struct weir_span name);
/* Numbers in the shape; 0 and *n, or WEIR_EBAD when it does not fit 64 bits with its bytes. */
int tensor_count(const uint64_t *shape, unsigned n_dims, enum tensor_dtype d, uint64_t *n,
                 uint64_t *n_bytes);
/* Appends "[32000, 4096]". */
void tensor_add_shape(struct weir_buf *b, const uint64_t *shape, unsigned n_dims);

/* ---- a list that grows; names are owned, data is borrowed ---- */

struct tensors {
    struct tensor *at;
    size_t n, cap;
};

/* A new tensor at the end with a copy of name; NULL when memory is out. */
struct tensor *tensors_add(struct tensors *t, struct weir_span name);
/* Sorts by name; WEIR_EBAD when two have the same. */
int tensors_sort(struct tensors *t, struct weir_err *err);
/* Of a sorted list; NULL when there is none. */
const struct tensor *tensors_find(const struct tensors *t, const char *name);
void tensors_free(struct tensors *t);

/* ---- files ---- */

struct mapped { // a whole file, read-only
    const uint8_t *p;
    uint64_t n;
    char *path;
};

/* Maps a file.  A Git LFS pointer in its place is WEIR_EBAD, with what to do. */
int mapped_open(struct mapped *m, const char *path, struct weir_err *err);
void mapped_close(struct mapped *m);

/* Lists the tensors of a file of that format, appending to t; they point into p, which must stay.
 * file names it in messages and in the tensors.  WEIR_EBAD says what is wrong and where.
 * safetensors: https://github.com/huggingface/safetensors, format section. */
int safetensors_read(const uint8_t *p, uint64_t n, const char *file, struct tensors *t,
                     struct weir_err *err);
/* A zip archive as torch.save() writes since 1.6, with a dict of tensors; the pickle in it is read
 * by an interpreter that knows tensors and containers, and refuses all else by name. */
int torch_read(const uint8_t *p, uint64_t n, const char *file, struct tensors *t,
               struct weir_err *err);

/* ---- a model's weights, in one file or in shards ---- */

typedef struct weights weights;

/* A folder (model.safetensors, pytorch_model.bin, or the shards that its *.index.json names) or one
 * file.  Tensors sorted by name; each file is mapped until weights_close(). */
weights *weights_open(const char *path, struct weir_err *err);
void weights_close(weights *w);
const struct tensors *weights_all(const weights *w);
/* The order in which a model of transformers 4.28.1 lists them: that of its torch files, or where
 * there are others, that of LLaMA's layers.  to: a list of its own, whose data is that of w. */
int weights_in_order(const weights *w, struct tensors *to, struct weir_err *err);
/* Its files, n of them; alive as long as w. */
const struct mapped *weights_files(const weights *w, size_t *n);

#ifdef __cplusplus
}
#endif
#endif
