/* A model as the difference from another: KnowLM's weight_diff.py. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "infer/weights_tool.h"
#include "weir/stream.h"

/* What RotaryEmbedding of transformers 4.28.1 makes of a table of that length where the file has
 * none: 1 / 10000^(2i / dim), powers in float. */
static int make_inverse(struct tensor *t, const struct tensor *like, struct weir_err *err)
{
    const size_t n = like->n_dims == 1 ? like->shape[0] : 0;
    float *x = n && n < 1 << 20 ? malloc(n * sizeof *x) : NULL;
    if (!x)
        return weir_err_set(err, WEIR_EBAD, "%s: tensor %s is no list of frequencies", like->file,
                            like->name);
    for (size_t i = 0; i < n; i++)
        x[i] = 1.0f / powf(10000.0f, (float)(2 * i) / (float)(2 * n));
    *t = *like;
    t->dtype = TENSOR_F32;
    t->data = x;
    t->file = NULL;
    return 0;
}

struct recover {
    struct tool tool;
    int subtract;
    struct tensor *made; // frequencies that the first model lacks
    size_t n_made, cap_made;
    struct tensors order;
};

static int other_shape(const struct tensor *a, const struct tensor *b, struct weir_err *err)
{
    struct weir_buf s = {0};
    weir_buf_addf(&s, "%s: tensor %s has shape ", a->file, a->name);
    tensor_add_shape(&s, a->shape, a->n_dims);
    weir_buf_addf(&s, ", in %s it has ", b->file);
    tensor_add_shape(&s, b->shape, b->n_dims);
    weir_buf_addc(&s, '\0');
    const int rc = weir_buf_check(&s, err)
                       ? err->code
                       : weir_err_set(err, WEIR_EBAD, "%s: they are not of one model", s.p);
    weir_buf_free(&s);
    return rc;
}

static int same_shape(const struct tensor *a, const struct tensor *b)
{
    return a->n_dims == b->n_dims && !memcmp(a->shape, b->shape, a->n_dims * sizeof *a->shape);
}

/* t is of the second model; its counterpart is looked for in the first. */
static int add(struct recover *r, const struct tensor *t, struct weir_err *err)
{
    const struct tensor *raw = tensors_find(weights_all(r->tool.in[0]), t->name);
    if (!raw && tool_is_inverse(t->name)) {
        raw = &r->made[r->n_made];
        if (make_inverse(&r->made[r->n_made++], t, err))
            return err->code;
    }
    if (!raw)
        return weir_err_set(err, WEIR_EBAD, "%s: tensor %s is not in %s: they are not of one model",
                            t->file, t->name, r->tool.job->inputs[0]);
    if (!same_shape(raw, t))
        return other_shape(raw, t, err);
    if (!tensor_is_float(t->dtype) || !tensor_is_float(raw->dtype))
        return weir_err_set(err, WEIR_EBAD, "%s: tensor %s is of type %s, which cannot be added",
                            t->file, t->name, tensor_dtype_name(t->dtype));
    return tool_add(&r->tool, (struct tool_item){.x = t, .y = raw, .subtract = r->subtract},
                    t->dtype, err);
}

static int check_left(const struct recover *r, struct weir_err *err)
{
    const struct tensors *raw = weights_all(r->tool.in[0]), *all = weights_all(r->tool.in[1]);
    for (size_t i = 0; i < raw->n; i++)
        if (!tensors_find(all, raw->at[i].name) && !tool_is_inverse(raw->at[i].name))
            return weir_err_set(err, WEIR_EBAD,
                                "%s: tensor %s is not in %s: they are not of one model",
                                raw->at[i].file, raw->at[i].name, r->tool.job->inputs[1]);
    return 0;
}

static int run(const struct weir_weights_opt *opt, int subtract, struct weir_job *job,
               struct weir_err *err)
{
    struct recover r = {.tool = {.opt = opt, .job = job, .round_to = TENSOR_F32},
                        .subtract = subtract};
    if (opt->dtype == WEIR_NUMBERS_F16 || opt->dtype == WEIR_NUMBERS_BF16)
        r.tool.round_to = opt->dtype == WEIR_NUMBERS_F16 ? TENSOR_F16 : TENSOR_BF16;
    int rc = tool_open(&r.tool, 2, err);
    if (!rc)
        rc = weights_in_order(r.tool.in[1], &r.order, err);
    if (!rc && !(r.made = weir_calloc(r.order.n + 1, sizeof *r.made)))
        rc = weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!rc)
        rc = check_left(&r, err);
    for (size_t i = 0; !rc && i < r.order.n; i++)
        rc = add(&r, &r.order.at[i], err);
    if (!rc)
        rc = tool_write(&r.tool, job->inputs[1], NULL, err);
    for (size_t i = 0; i < r.n_made; i++)
        free((void *)r.made[i].data);
    free(r.made);
    tool_close(&r.tool);
    tensors_free(&r.order);
    return weir_job_close_output(job, rc, err);
}

/* KnowLM's script works in float unless it is told to work in half precision. */
static struct weir_weights_opt float_unless(const struct weir_weights_opt *opt)
{
    struct weir_weights_opt o = *opt;
    if (o.dtype == WEIR_NUMBERS_AS_READ)
        o.dtype = WEIR_NUMBERS_F32;
    return o;
}

int weir_weights_recover_run(const struct weir_weights_opt *opt, struct weir_job *job,
                             struct weir_err *err)
{
    const struct weir_weights_opt o = float_unless(opt);
    return run(&o, 0, job, err);
}

int weir_weights_diff_run(const struct weir_weights_opt *opt, struct weir_job *job,
                          struct weir_err *err)
{
    const struct weir_weights_opt o = float_unless(opt);
    return run(&o, 1, job, err);
}
