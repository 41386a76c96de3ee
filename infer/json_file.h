/* Small JSON files of a model's folder. */
#ifndef WEIR_INFER_JSON_FILE_H
#define WEIR_INFER_JSON_FILE_H

#include "lib/json_tree.h"

/* Parses a file and passes its root to f, which returns 0 or fills err; the file's name stands
 * before what goes wrong.  Nodes and texts live until it returns. */
int json_file(const char *path, int (*f)(void *ctx, struct json_node root, struct weir_err *err),
              void *ctx, struct weir_err *err);

#endif
