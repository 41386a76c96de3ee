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

/* The digits, in lower case, that a list as md5sum writes it has for a file of this name, in
 * whatever folder: those of the first line.  0 when it has none. */
int md5_listed(struct weir_span list, const char *name, char md5[33]);

#ifdef __cplusplus
}
#endif
#endif
