/* What a whole file is: XXH3-128, and MD5 as published beside models. */
#ifndef WEIR_INFER_FILE_HASH_H
#define WEIR_INFER_FILE_HASH_H

#include "weir/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Reads a file once.  hex: its XXH3-128 as weir_io_hash() gives it; md5: 32 digits and NUL, or NULL
 * where it is not wanted. */
int file_hash(const char *path, uint64_t *bytes, char hex[33], char *md5, struct weir_err *err);

#ifdef __cplusplus
}
#endif
#endif
