/* Checkpoints byte for byte as torch.save() of torch 1.13.1 writes a dict of contiguous tensors:
 * caffe2's PyTorchStreamWriter (its zip dialect) and Python's C pickler, protocol 2. */
#ifndef WEIR_INFER_TORCH_WRITE_H
#define WEIR_INFER_TORCH_WRITE_H

#include "infer/tensor.h"
#include "weir/io.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The data.pkl of the n tensors at t, in their order.  storage[i]: number of tensor i's storage;
 * tensors with the same number share it.  WEIR_EUSAGE for a dtype that torch 1.13 does not have. */
int torch_pickle_write(struct weir_buf *b, const struct tensor *t, const size_t *storage, size_t n,
                       struct weir_err *err);

/* ---- the archive ---- */

struct zip_written; // a record of the directory
struct zip_writer {
    weir_io *io;
    const char *prefix; // "archive" of "archive/data.pkl"
    struct zip_written *record;
    size_t n, cap;
    uint64_t at, size; // of the record that is being written
    uint32_t crc;
};

/* Begins a record of exactly size bytes, which zip_write_data() then gets in parts of any size. */
int zip_write_begin(struct zip_writer *z, const char *name, uint64_t size, struct weir_err *err);
int zip_write_data(struct zip_writer *z, const void *p, size_t n, struct weir_err *err);
int zip_write_end(struct zip_writer *z, struct weir_err *err);
/* The directory; then the archive is complete.  The stream stays the caller's. */
int zip_write_directory(struct zip_writer *z, struct weir_err *err);
void zip_writer_free(struct zip_writer *z);

#ifdef __cplusplus
}
#endif
#endif
