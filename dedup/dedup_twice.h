/* Two passes over a job's inputs: the first looks, the second writes. */
#ifndef WEIR_DEDUP_TWICE_H
#define WEIR_DEDUP_TWICE_H

#include "weir/stream.h"

struct dedup_twice {
    struct weir_job *job;
    struct weir_buf seen; // the inputs as the first pass found them
};

/* The first pass: a stage over the inputs that writes and counts nothing (its records end as
 * dedup_twice_pass() says); inputs that can be read once only are copied to job->temp_dir.  Bad
 * records go by when the job has rejects, where the second pass puts them; else they end the run.
 */
int dedup_twice_look(struct dedup_twice *t, const struct weir_stage *s, struct weir_err *err);
/* The second pass; WEIR_EFAIL when the inputs are not what they were. */
int dedup_twice_write(struct dedup_twice *t, const struct weir_stage *s, struct weir_err *err);
void dedup_twice_free(struct dedup_twice *t);

/* The fate of a record that was only looked at. */
static inline void dedup_twice_pass(struct weir_rec *r)
{
    r->fate = WEIR_MADE;
    r->n_out = 0;
    r->out_at = r->out_n = 0;
}

/* Bytes that sorting may take: what the program itself leaves, less a quarter, at least 8 MiB, for
 * records on their way. */
uint64_t dedup_twice_memory(const struct weir_job *job);

#endif
