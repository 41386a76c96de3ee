/* Records of the github source: files of a folder or a tar archive, or JSON Lines. */
#ifndef WEIR_GITHUB_READER_H
#define WEIR_GITHUB_READER_H

#include "ingest/source.h"

enum github_form { GITHUB_NONE, GITHUB_FOLDER, GITHUB_TAR, GITHUB_LINES };

/* What a record carries in user[].  A file's path stands, with a NUL, right before its content. */
enum {
    GITHUB_FORM,      // enum github_form
    GITHUB_PATH_N,    // bytes of the path with its NUL
    GITHUB_PREFIX_N,  // bytes of it that name the input
    GITHUB_LICENSE_P, // static string or NULL, as a number
};

int github_open(struct ingest *in, void **reader, struct weir_err *err);
int github_next(void *reader, struct weir_batch *b, struct weir_err *err);
void github_close(void *reader);
uint64_t github_tail(void *reader);

/* Path of a file inside its input; a NUL and the content stand behind it. */
struct weir_span github_path(const struct weir_batch *b, const struct weir_rec *r);
/* Drops a file; the rejects name its path. */
int github_drop(const struct ingest *in, struct weir_batch *b, struct weir_rec *r,
                const char *reason, struct weir_err *err);

#endif
