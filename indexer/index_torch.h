/* torch.save() files of a list of whole numbers, as KnowLM's .dis and .tmp are: an uncompressed ZIP
 * archive with the records NAME/data.pkl (a pickle) and NAME/version.  Written byte for byte as
 * torch 1.13 does on x86-64. */
#ifndef WEIR_INDEX_TORCH_H
#define WEIR_INDEX_TORCH_H

#include "weir/buf.h"

/* Appends the file.  name is the file's own without folder and extension; check b afterwards. */
void index_torch_put(struct weir_buf *b, const char *name, const uint64_t *v, size_t n);

/* Reads such a file of n bytes at p; *v is allocated, free() it.  WEIR_EBAD when it is not one. */
WEIR_MUST_CHECK int index_torch_get(const void *p, size_t n, uint64_t **v, size_t *n_v,
                                    struct weir_err *err);

#endif
