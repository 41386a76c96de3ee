/* The same numbers in other files or of another type. */
#include "infer/weights_tool.h"
#include "weir/stream.h"

int weir_weights_convert_run(const struct weir_weights_opt *opt, struct weir_job *job,
                             struct weir_err *err)
{
    struct tool t = {.opt = opt, .job = job};
    struct tensors order = {0};
    int rc = tool_open(&t, 1, err);
    if (!rc)
        rc = weights_in_order(t.in[0], &order, err);
    for (size_t i = 0; !rc && i < order.n; i++)
        rc = tool_add(&t, (struct tool_item){.x = &order.at[i]}, order.at[i].dtype, err);
    if (!rc)
        rc = tool_write(&t, job->inputs[0], NULL, err);
    tool_close(&t);
    tensors_free(&order);
    return weir_job_close_output(job, rc, err);
}
