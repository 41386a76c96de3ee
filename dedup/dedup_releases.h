/* An index of earlier releases: a folder of signature files, 00000001.sig and so on, each of the
 * documents that one run kept.  A run first offers them all, so that what they hold counts as
 * earlier and kept, and then adds its own file, which has its name when the output has its. */
#ifndef WEIR_DEDUP_RELEASES_H
#define WEIR_DEDUP_RELEASES_H

#include "dedup/dedup_file.h"
#include "dedup/dedup_greedy.h"
#include "weir/stream.h"

struct dedup_releases {
    const char *dir;
    struct dedup_params params; // that all files have
    unsigned n;                 // files there are
    uint64_t n_old;             // documents in them
    weir_io *io;                // the file to be
    struct dedup_writer out;
    weir_io *aside; // records of documents that are decided later
    struct weir_buf record;
};

/* Opens or makes the folder and locks it until job is freed; WEIR_EFAIL when another run has it. */
int dedup_releases_open(struct dedup_releases *r, const char *dir,
                        const struct dedup_params *params, struct weir_job *job,
                        struct weir_err *err);
/* Offers the documents of all files, numbered from DEDUP_OLD_ORDER. */
#define DEDUP_OLD_ORDER ((uint64_t)1 << 63)
int dedup_releases_offer(struct dedup_releases *r, const struct dedup_plan *plan, dedup_greedy *g,
                         struct weir_err *err);
/* The record of a kept document, in the order of the input. */
int dedup_releases_keep(struct dedup_releases *r, struct weir_span record, struct weir_err *err);
/* The record of a document that is decided later (n 0: one that is never kept here); and the same
 * records again, in the same order, after dedup_releases_rewind(). */
int dedup_releases_aside(struct dedup_releases *r, struct weir_span record, const char *temp_dir,
                         struct weir_err *err);
int dedup_releases_rewind(struct dedup_releases *r, struct weir_err *err);
int dedup_releases_again(struct dedup_releases *r, struct weir_span *record, struct weir_err *err);
/* Completes the new file, if it has documents, and leaves naming it to the job. */
int dedup_releases_finish(struct dedup_releases *r, struct weir_job *job, struct weir_err *err);
void dedup_releases_free(struct dedup_releases *r);

#endif
