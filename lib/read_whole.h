/* Small files as a whole: lists, templates, dictionaries. */
#ifndef WEIR_READ_WHOLE_H
#define WEIR_READ_WHOLE_H

#include "weir/buf.h"

/* Appends all of the file, decompressed, to *to.  Longer than mebibytes: WEIR_EBAD.  Messages name
 * the file. */
WEIR_MUST_CHECK int read_whole(const char *path, size_t mebibytes, struct weir_buf *to,
                               struct weir_err *err);

#endif
