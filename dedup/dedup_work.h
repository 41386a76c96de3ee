/* One run in steps, each of which leaves a file, so that a killed run goes on from those that are
 * there (--work DIR).  They are the steps over shards; a shard is a part of the input here:
 *
 *      run               version, options and inputs: what the other files belong to
 *      00000001.sig …    a part's signatures; parts end where so many bytes of input were read
 *      signed            there are no more parts
 *      0-3.match …       where the signatures do not fit memory: who can have a copy at all
 *      00000001.verdict … decided  the verdicts on every part, and that all are there
 *
 * The last step, which writes the output, begins anew.  Every file appears under its name when it
 * is complete.  When the output has its name the folder is removed. */
#ifndef WEIR_DEDUP_WORK_H
#define WEIR_DEDUP_WORK_H

#include "dedup/dedup_sign.h"

struct dedup_work {
    const char *dir;
    struct weir_job *job;
    struct dedup_setup setup;
    uint64_t part_bytes; // of input: a part begins when the one before has so many
    size_t n_parts;      // signature files that are there
    uint64_t documents;  // in them
    char *path;          // of the last dedup_work_path()
};

int dedup_work_run(const struct weir_dedup_opt *opt, struct weir_job *job, struct weir_err *err);

/* DIR/NUMBER.KIND, for the part of that index; valid until the next call. */
const char *dedup_work_part(struct dedup_work *w, size_t part, const char *kind);

/* ---- dedup_work_map.c: the two steps that read the texts ---- */

/* Signs what is not signed yet; of the rest makes sure that it is still the same.  job: that of the
 * step; w->n_parts is the number of all parts then. */
int dedup_work_sign(struct dedup_work *w, struct weir_job *job, struct weir_err *err);
/* Writes the output of w->job. */
int dedup_work_apply(struct dedup_work *w, struct weir_err *err);

#endif
