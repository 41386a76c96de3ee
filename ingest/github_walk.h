/* The files below a folder, in the byte order of their names, one at a time.  Symbolic links are
 * not followed; what is held at once is one listing for each folder on the way down. */
#ifndef WEIR_GITHUB_WALK_H
#define WEIR_GITHUB_WALK_H

#include "weir/buf.h"

enum walk_kind { WALK_FILE, WALK_LINK, WALK_SPECIAL, WALK_VCS };

struct walk_entry {
    enum walk_kind kind;
    struct weir_span path; // as given to walk_start(), "/" and the way down; valid until the next
    size_t prefix;         // bytes of it that walk_start() was given, with the "/"
    uint64_t size;
    const char *license; // of the nearest folder with a licence file; static, or NULL
};

struct walk_level;

struct walk {
    struct walk_level *level;
    size_t n_level, cap_level;
    struct weir_buf path;    // of the folder on top of the stack, with its "/"
    struct weir_buf scratch; // licence texts
    size_t prefix;
};

int walk_start(struct walk *w, const char *folder, struct weir_err *err);
/* 1 and the next entry, 0 behind the last, negative on error. */
int walk_next(struct walk *w, struct walk_entry *e, struct weir_err *err);
void walk_free(struct walk *w);

/* Appends at most most bytes of a regular file, never through a link.  Returns 0, or WEIR_EIO. */
int walk_read_file(const char *path, uint64_t most, struct weir_buf *to, struct weir_err *err);

#endif
