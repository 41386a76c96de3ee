/* A run of the filters: what its threads share, what each has, and the three things that can be
 * done with a record. */
#ifndef WEIR_FILTER_RUN_H
#define WEIR_FILTER_RUN_H

#include <pthread.h>
#include "weir/stream.h"
#include "filters/filter.h"

/* --sample: of each reason's rejects the N whose records have the lowest hashes, so that every
 * record has the same chance and the choice does not depend on threads. */
struct filter_sample {
    uint64_t n;
    struct filter_sampled *at; // (n_at) in no order
    struct filter_reason *reason;
    size_t n_at, cap_at, n_reason, cap_reason;
    uint64_t bytes; // of all lines
};
enum { FILTER_SAMPLE_BYTES = 16 << 20 }; // of all lines; what is more is not kept

int filter_sample_add(struct filter_sample *s, const char *reason, struct weir_span record,
                      struct weir_span line, uint64_t seed);
/* Writes the lines by reason and then by hash. */
int filter_sample_write(struct filter_sample *s, weir_io *out, struct weir_err *err);
void filter_sample_free(struct filter_sample *s);

struct filter_run {
    const struct weir_filters_opt *opt;
    struct filter_plan plan;
    struct weir_job *job;
    uint64_t small, big; // scratch that a thread may keep; that one thread at a time may take
    pthread_mutex_t big_lock;
    struct filter_sample sample;
    int n_explained; // records that --explain found; atomic
};

struct filter_thread {
    struct filter_run *run;
    weir_json *json, *score_json;
    struct filter_doc doc;
    struct weir_buf value;
    struct weir_field *score; // the members of weir_filters, with --from-scores
    size_t n_score, next_score;
};

/* Drops the record, changes it or lets it pass.  Returns 0 or WEIR_EMEM. */
int filter_decide(struct filter_thread *t, struct weir_batch *b, struct weir_rec *r,
                  const struct weir_doc *doc);
/* Adds all values of the rules in force as "weir_filters"; for a rule that changes the text, the
 * changes it would make. */
int filter_annotate(struct filter_thread *t, struct weir_batch *b, struct weir_rec *r,
                    const struct weir_doc *doc);
/* Writes a table of all values in place of the record. */
int filter_explain(struct filter_thread *t, struct weir_batch *b, struct weir_rec *r,
                   const struct weir_doc *doc);

/* With --from-scores: finds the record's values, 0; or marks it bad, 1. */
int filter_scores_read(struct filter_thread *t, struct weir_batch *b, struct weir_rec *r,
                       const struct weir_doc *doc);
/* The value under a measure's name; 0 when there is none. */
int filter_score(struct filter_thread *t, const char *key, double *v);

/* The finite number of that name in the record, 1; 0 when it has none. */
int filter_field_number(const struct weir_doc *doc, const char *name, double *v);

/* The shortest decimal that reads back as v, so that limits mean the same to a stored value; null
 * for what does not apply. */
void filter_add_number(struct weir_buf *b, double v);
/* 1 when the document rule drops a document of this value. */
static inline int filter_fails(const struct filter_check *c, double v)
{
    return c->rule->kind == FILTER_MIN ? v < c->limit : v > c->limit;
}

#endif
