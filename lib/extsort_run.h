/* Runs of an external sort: sorted records one behind another in an unnamed temporary file, and
 * merging several of them.  Private to extsort.c. */
#ifndef WEIR_EXTSORT_RUN_H
#define WEIR_EXTSORT_RUN_H

#include <stdlib.h>

#include "lib/xxh.h"
#include "weir/buf.h"

enum { RUN_VARINT_MAX = 10 };

struct run_record {
    struct weir_span all, key, value; // all: as stored
};

/* Where a run stands, and what its bytes must hash to when they are read back. */
struct run {
    uint64_t at, n;
    uint64_t hash; // XXH3-64
};

struct run_file {
    const char *dir;
    int fd; // -1 until the first write
    uint64_t end;
    struct weir_buf out; // not yet written; its first byte belongs at end - out.n
    XXH3_state_t *hash;  // of the run being written
};

int run_file_init(struct run_file *f, const char *dir, struct weir_err *err);
void run_file_free(struct run_file *f);
/* Gives the space back; the file can be written again. */
int run_file_clear(struct run_file *f, struct weir_err *err);

int run_begin(struct run_file *f, struct run *r, struct weir_err *err);
int run_write(struct run_file *f, struct run *r, struct weir_span record, struct weir_err *err);
int run_end(struct run_file *f, struct run *r, struct weir_err *err);

uint64_t run_key_head(struct weir_span key);
int run_key_compare(struct weir_span a, struct weir_span b);
void run_record_put(struct weir_buf *b, struct weir_span key, struct weir_span value);
/* Views a record that is known to be whole. */
void run_record_view(const char *p, struct run_record *r);

/* Runs that are merged at once within memory: at least 2, at most 64. */
size_t run_fan_in(uint64_t memory);
struct run_merge;
struct run_merge *run_merge_new(struct run_file *f, const struct run *runs, size_t n,
                                uint64_t memory, struct weir_err *err);
/* 1 and the next record (valid until the next call), 0 at the end, negative on error. */
int run_merge_next(struct run_merge *m, struct run_record *r, struct weir_err *err);
void run_merge_free(struct run_merge *m);
/* Merges n runs of one file into one run of another. */
int run_merge_all(struct run_file *from, const struct run *runs, size_t n, uint64_t memory,
                  struct run_file *to, struct run *made, struct weir_err *err);

#endif
