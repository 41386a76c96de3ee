/* From a document's line to what dedup knows of it, many at once; and the records of a run that
 * does not fit memory, put aside. */
#ifndef WEIR_DEDUP_SIGN_H
#define WEIR_DEDUP_SIGN_H

#include "dedup/dedup_file.h"
#include "weir/doc.h"
#include "weir/stream.h"

/* ---- dedup_keep.c: which of several copies stays ---- */

struct dedup_keep {
    enum { DEDUP_FIRST, DEDUP_LONGEST, DEDUP_MAX, DEDUP_MIN, DEDUP_SOURCE } by;
    const char *list;   // DEDUP_SOURCE: names with commas between
    char name[256 + 1]; // DEDUP_MAX, DEDUP_MIN: a member
};

int dedup_keep_parse(const char *rule, struct dedup_keep *keep, struct weir_err *err);
/* Of two documents the one of lower rank is preferred. */
uint64_t dedup_keep_rank(const struct dedup_keep *keep, const struct weir_doc *doc,
                         struct weir_span text);

/* ---- dedup_sign.c ---- */

struct dedup_setup { // read-only while a stage runs
    const struct weir_dedup_opt *opt;
    struct dedup_rule rule;
    struct dedup_plan plan;
    struct dedup_keep keep;
    struct dedup_params params;
    struct dedup_perms perms;
    dedup_kernel *kernel;
    dedup_fold *fold;
};

/* opt must outlive the set-up. */
int dedup_setup_init(struct dedup_setup *s, const struct weir_dedup_opt *opt, uint64_t seed,
                     struct weir_err *err);
void dedup_setup_free(struct dedup_setup *s);
void *dedup_worker_new(struct weir_err *err); // scratch of a thread
void dedup_worker_free(void *worker);

enum { DEDUP_NO_FIELD, DEDUP_SHORT, DEDUP_SIGNED }; // a document's state

/* Parses a record's line and notes its source; a malformed one becomes WEIR_BAD. */
int dedup_parse(weir_json *json, struct weir_batch *b, struct weir_rec *r, struct weir_doc *doc,
                struct weir_err *err);
/* The whole of a stage's work(): a record (dedup_record_put) at r->aux_at in the batch's aux, the
 * state in r->user[0]; a malformed line becomes WEIR_BAD. */
int dedup_sign(const struct dedup_setup *s, void *worker, struct weir_batch *b, struct weir_rec *r,
               struct weir_err *err);

/* The same without a signature: only whether the line is a document. */
int dedup_look(void *worker, struct weir_batch *b, struct weir_rec *r, struct weir_err *err);

/* Counts by state of what was kept, for the ledger. */
struct dedup_states {
    uint64_t n_short, n_no_field;
};
void dedup_states_count(struct dedup_states *n, const struct weir_rec *r, int near);
int dedup_states_note(const struct dedup_states *n, struct weir_job *job, struct weir_err *err);
/* At the end of a whole job: the plan, and the counts, for the ledger; WEIR_EFAIL when no document
 * had the field. */
int dedup_report(const struct dedup_setup *s, const struct dedup_states *n, struct weir_job *job,
                 struct weir_err *err);
/* Marks a record dropped, with its twin. */
int dedup_drop_record(struct weir_batch *b, struct weir_rec *r, int verdict,
                      const struct dedup_twin *twin, struct weir_err *err);

/* Bytes for the index and what is sorted: three quarters of what the program itself leaves, but at
 * least 8 MiB stay for records on their way. */
uint64_t dedup_own_memory(const struct weir_job *job);

/* ---- dedup_spool.c: records put aside, with all that the engine knows of them ---- */

/* Appends a record of a stage that runs now; read back in the same process. */
int dedup_spool_put(weir_io *spool, const struct weir_batch *b, const struct weir_rec *r,
                    struct weir_err *err);
/* The next() of a stage that reads a rewound spool: 1, 0 at the end, negative on error. */
int dedup_spool_get(weir_io *spool, struct weir_batch *b, struct weir_err *err);

#endif
