/* Directories among the inputs. */
#ifndef WEIR_INGEST_PATHS_H
#define WEIR_INGEST_PATHS_H

#include "weir/base.h"

struct ingest_paths {
    char **at;
    size_t n, cap;
};

/* Lists names with every directory replaced by the regular files below it, sorted by name in each
 * folder; hidden ones (".name") and links to folders are left out. */
int ingest_paths_add(struct ingest_paths *paths, const char *name, struct weir_err *err);
void ingest_paths_free(struct ingest_paths *paths);

#endif
