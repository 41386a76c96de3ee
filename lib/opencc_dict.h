/* OpenCC's dictionaries, read by the library from its own configuration files. */
#ifndef WEIR_OPENCC_DICT_H
#define WEIR_OPENCC_DICT_H

#include "weir/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One entry: stage 0 is the segmentation, 1 … the conversions in order; dict counts within a stage,
 * the first that has a match wins.  Spans live for the call.  Returns 0, or negative to stop. */
typedef int (*opencc_entry_fn)(void *ctx, unsigned stage, unsigned dict, struct weir_span key,
                               struct weir_span value);

/* Hands over all entries of a configuration ("t2s.json").  Returns 0, WEIR_EIO when OpenCC cannot
 * read its files, WEIR_EBAD for a segmentation other than by longest match, WEIR_EMEM, or what fn
 * returned. */
WEIR_API WEIR_MUST_CHECK int opencc_read(const char *config, opencc_entry_fn fn, void *ctx,
                                         struct weir_err *err);

/* The library's own conversion of a text without NUL, appended to what *out has: what ours is
 * compared with.  0 or negative. */
struct weir_buf;
WEIR_API WEIR_MUST_CHECK int opencc_convert(const char *config, struct weir_span text,
                                            struct weir_buf *out);

#ifdef __cplusplus
}
#endif
#endif
