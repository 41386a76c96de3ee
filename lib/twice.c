#include "lib/twice.h"

#include <string.h>

uint64_t weir_twice_memory(const struct weir_job *job)
{
    const uint64_t own = (uint64_t)24 << 20, least = (uint64_t)8 << 20;
    if (job->memory < own + 2 * least)
        return least / 2;
    const uint64_t left = job->memory - own;
    return left - (left / 4 > least ? left / 4 : least);
}

int weir_twice_look(struct weir_twice *t, const struct weir_stage *s, struct weir_err *err)
{
    struct weir_buf nothing = {0};
    int rc = weir_job_hold_inputs(t->job, err);
    if (rc)
        return rc;
    struct weir_job look = *t->job; // the same inputs, its own account
    memset(&look.tally, 0, sizeof look.tally);
    look.input_list = look.output_list = look.extra = nothing;
    look.lock = 0;
    look.phase = "first pass";
    look.rejects = NULL;
    look.out = weir_io_open_buf(&nothing, err);
    rc = look.out ? 0 : err->code;
    if (!rc && t->job->rejects) {
        look.rejects = weir_io_open_write("/dev/null", err);
        rc = look.rejects ? 0 : err->code;
    }
    if (!rc)
        rc = weir_stage_run(s, &look, err);
    if (!rc) {
        weir_buf_add(&t->seen, look.input_list.p, look.input_list.n);
        rc = weir_buf_check(&t->seen, err);
    }
    look.held = NULL;
    weir_job_free(&look);
    weir_buf_free(&nothing);
    return rc;
}

int weir_twice_write(struct weir_twice *t, const struct weir_stage *s, struct weir_err *err)
{
    t->job->phase = "second pass";
    const int rc = weir_stage_run(s, t->job, err);
    if (rc || weir_span_eq(weir_buf_span(&t->seen), weir_buf_span(&t->job->input_list)))
        return rc;
    return weir_err_set(err, WEIR_EFAIL, "an input changed while it was read");
}

void weir_twice_free(struct weir_twice *t)
{
    weir_buf_free(&t->seen);
}
