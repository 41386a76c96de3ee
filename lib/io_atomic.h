/* Files that appear under their name only when they are complete; used by io.c, io_temp.c and
 * extsort_run.c only. */
#ifndef WEIR_IO_ATOMIC_H
#define WEIR_IO_ATOMIC_H

#include "weir/base.h"

struct weir_atomic {
    char *final; // name to appear under; NULL: the descriptor is written directly (/dev/…, pipes)
    char *temp;  // named temporary, where the file system has no unnamed ones
    int slot;    // place in the list of names removed on a signal, or -1
};

/* Opens path for writing.  Returns a descriptor or a negative code. */
int weir_atomic_open(struct weir_atomic *a, const char *path, struct weir_err *err);
/* Gives fd, synced before, its name. */
int weir_atomic_commit(struct weir_atomic *a, int fd, struct weir_err *err);
/* Frees a; without a commit before, nothing is left on disk. */
void weir_atomic_drop(struct weir_atomic *a);
/* An unnamed read-write file in dir. */
int weir_atomic_temp(const char *dir, struct weir_err *err);
/* From now on a deadly signal removes named temporaries before it kills the process. */
void weir_atomic_on_signals(void);

#endif
