/* Two passes over a job's inputs: the first looks, the second writes. */
#ifndef WEIR_TWICE_H
#define WEIR_TWICE_H

#include "weir/stream.h"

struct weir_twice {
    struct weir_job *job;
    struct weir_buf seen; // the inputs as the first pass found them
};

/* The first pass: a stage over the inputs that writes and counts nothing (its records end as
 * weir_twice_pass() says); inputs that can be read once only are copied to job->temp_dir.  Bad
 * records go by when the job has rejects, where the second pass puts them; else they end the run.
 */
int weir_twice_look(struct weir_twice *t, const struct weir_stage *s, struct weir_err *err);
/* The second pass; WEIR_EFAIL when the inputs are not what they were. */
int weir_twice_write(struct weir_twice *t, const struct weir_stage *s, struct weir_err *err);
void weir_twice_free(struct weir_twice *t);

/* The fate of a record that was only looked at. */
static inline void weir_twice_pass(struct weir_rec *r)
{
    r->fate = WEIR_MADE;
    r->n_out = 0;
    r->out_at = r->out_n = 0;
}

/* Bytes that sorting may take: what the program itself leaves, less a quarter, at least 8 MiB, for
 * records on their way. */
uint64_t weir_twice_memory(const struct weir_job *job);

#endif
