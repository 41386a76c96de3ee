/* The two halves of a torch checkpoint: a zip archive of stored records, and the pickle that says
 * what they are. */
#ifndef WEIR_INFER_TORCH_ZIP_H
#define WEIR_INFER_TORCH_ZIP_H

#include "infer/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

struct zip_record {
    struct weir_span name, data; // inside the mapped file
};

struct zip { // sorted by name
    struct zip_record *at;
    size_t n, cap;
};

/* Lists the records of an archive whose records are stored, not compressed; WEIR_EBAD with the
 * reason, without the file's name. */
int zip_read(struct zip *z, const uint8_t *p, uint64_t n, struct weir_err *err);
void zip_free(struct zip *z);
const struct zip_record *zip_find(const struct zip *z, struct weir_span name);

/* Runs the pickle of a checkpoint whose storages are the records prefix + "data/KEY". */
int torch_pickle_read(struct weir_span pickle, const struct zip *z, struct weir_span prefix,
                      const char *file, struct tensors *t, struct weir_err *err);

#ifdef __cplusplus
}
#endif
#endif
