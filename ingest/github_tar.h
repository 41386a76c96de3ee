/* Members of a tar archive with the exact place of their data: POSIX ustar and pax, GNU and V7. */
#ifndef WEIR_GITHUB_TAR_H
#define WEIR_GITHUB_TAR_H

#include "ingest/ingest_window.h"

enum tar_kind { TAR_FILE, TAR_FOLDER, TAR_LINK, TAR_SPECIAL, TAR_SPARSE, TAR_UNKNOWN };

struct tar_member {
    enum tar_kind kind;
    char type;             // the header's type flag
    struct weir_span path; // valid until the next call
    uint64_t data_at;      // offset of the data in the uncompressed archive
    uint64_t size;         // bytes of data there
    int restarts;          // an end marker stood before it: another archive begins
};

struct tar {
    struct window *w;
    uint64_t next_at;            // where the next header stands
    int ended;                   // a zero block was read behind the last member
    struct weir_buf path;        // of the current member
    struct weir_buf ext;         // extended header being read
    struct weir_buf global_path; // from a pax global header; seldom
    uint64_t size;               // from a pax header when has_size
    int has_path, has_size, sparse, restarts;
};

/* 1 when the 512 bytes at p are a tar header (checksum) or a zero block. */
int tar_is_header(const char *p);
/* Starts on a window, which stays the caller's. */
void tar_start(struct tar *t, struct window *w);
void tar_free(struct tar *t);
/* The next member: 1, 0 behind the last, negative on error.  Data that the caller did not take with
 * window_read() is skipped. */
int tar_next(struct tar *t, struct tar_member *m, struct weir_err *err);

#endif
