/* An adapter added to its base, as peft's merge_and_unload() does: each matrix in float, rounded
 * once to the type that it has in the base. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "infer/model.h"
#include "infer/weights_tool.h"
#include "weir/stream.h"

struct merge {
    struct tool tool;
    struct tensors order;
    struct tensor *whole; // the adapter's tensors under the model's names
    size_t n_whole;
};

static int is_edge(const char *name)
{
    return !strcmp(name, "model.embed_tokens.weight") || !strcmp(name, "lm_head.weight");
}

/* The adapter's tensor in place of t: of its shape, but for the vocabulary's size. */
static int replace(struct merge *m, const struct tensor *t, const struct tensor *by,
                   const struct tensor **x, struct weir_err *err)
{
    struct tensor *made = &m->whole[m->n_whole];
    *made = *by;
    made->name = t->name;
    const unsigned from = is_edge(t->name);
    for (unsigned i = 0; by->n_dims == t->n_dims && i < t->n_dims; i++)
        if (i >= from && by->shape[i] != t->shape[i])
            return weir_err_set(err, WEIR_EBAD,
                                "%s: tensor %s has %llu numbers in dimension %u, the model %llu",
                                by->file, by->name, (unsigned long long)by->shape[i], i + 1,
                                (unsigned long long)t->shape[i]);
    if (by->n_dims != t->n_dims)
        return weir_err_set(err, WEIR_EBAD, "%s: tensor %s has %u dimensions, the model's has %u",
                            by->file, by->name, by->n_dims, t->n_dims);
    *x = made;
    m->n_whole++;
    return 0;
}

static int add(struct merge *m, const struct tensor *t, struct weir_err *err)
{
    adapter *a = m->tool.adapter;
    struct tool_item item = {.x = t};
    const struct tensor *by = adapter_whole(a, t->name);
    if (by && replace(m, t, by, &item.x, err))
        return err->code;
    if (item.x->n_dims == 2 &&
        adapter_low_rank(a, t->name, item.x->shape[0], item.x->shape[1], &item.lora, err) < 0)
        return err->code;
    if (!tensor_is_float(t->dtype) && (by || item.lora))
        return weir_err_set(err, WEIR_EBAD, "%s: tensor %s is of type %s, which cannot be merged",
                            t->file, t->name, tensor_dtype_name(t->dtype));
    return tool_add(&m->tool, item, t->dtype, err);
}

/* An output matrix that the base does not have apart from its embedding. */
static int add_output(struct merge *m, struct weir_err *err)
{
    const struct tensors *all = weights_all(m->tool.in[0]);
    const struct tensor *e = tensors_find(all, "model.embed_tokens.weight");
    if (!e || tensors_find(all, "lm_head.weight") ||
        !adapter_touches(m->tool.adapter, "lm_head.weight"))
        return 0;
    static char name[] = "lm_head.weight";
    struct tensor t = *e;
    t.name = name;
    return add(m, &t, err);
}

/* Rows of both edges, of those that are written. */
static int check_edges(const struct merge *m, struct weir_err *err)
{
    const struct tensor *edge[2] = {0};
    for (size_t i = 0; i < m->tool.list.n; i++)
        if (is_edge(m->tool.list.at[i].name) && m->tool.list.at[i].n_dims)
            edge[m->tool.list.at[i].name[0] == 'l'] = &m->tool.list.at[i];
    if (!edge[0] || !edge[1] || edge[0]->shape[0] == edge[1]->shape[0])
        return 0;
    return weir_err_set(err, WEIR_EBAD,
                        "%s would have %llu rows and %s %llu: the adapter changed the vocabulary "
                        "of one of them alone",
                        edge[0]->name, (unsigned long long)edge[0]->shape[0], edge[1]->name,
                        (unsigned long long)edge[1]->shape[0]);
}

/* Layers of the base, 0 when it is a file without config.json. */
static int read_config(struct merge *m, const char *folder, uint32_t *n_layers,
                       struct weir_err *err)
{
    struct model_config c = {0};
    struct weir_buf path = {0};
    weir_buf_addf(&path, "%s/config.json", folder);
    weir_buf_addc(&path, '\0');
    int rc = weir_buf_check(&path, err);
    if (!rc && !access(path.p, F_OK))
        rc = model_config_read(&c, path.p, err);
    weir_buf_free(&path);
    *n_layers = c.n_layers;
    return rc || !c.tied ? rc : adapter_check_tied(m->tool.adapter, err);
}

static int add_all(struct merge *m, struct weir_err *err)
{
    int rc = weights_in_order(m->tool.in[0], &m->order, err);
    if (!rc && !(m->whole = weir_calloc(m->order.n + 1, sizeof *m->whole)))
        rc = weir_err_set(err, WEIR_EMEM, "out of memory");
    for (size_t i = 0; !rc && i < m->order.n; i++)
        rc = add(m, &m->order.at[i], err);
    if (!rc)
        rc = add_output(m, err);
    return rc ? rc : check_edges(m, err);
}

int weir_weights_merge_run(const struct weir_weights_opt *opt, struct weir_job *job,
                           struct weir_err *err)
{
    struct merge m = {.tool = {.opt = opt, .job = job}};
    uint32_t n_layers = 0;
    int rc = tool_open(&m.tool, 1, err);
    if (!rc && !(m.tool.adapter = adapter_open(job->inputs[1], err)))
        rc = err->code;
    if (!rc)
        rc = read_config(&m, job->inputs[0], &n_layers, err);
    if (!rc)
        rc = add_all(&m, err);
    if (!rc)
        rc = adapter_check_used(m.tool.adapter, n_layers, err);
    if (!rc)
        rc = tool_write(&m.tool, job->inputs[0], job->inputs[1], err);
    adapter_close(m.tool.adapter);
    tool_close(&m.tool);
    free(m.whole);
    tensors_free(&m.order);
    return weir_job_close_output(job, rc, err);
}
