/* What an adapter makes of a model. */
#include "infer/model_internal.h"
#include "infer/tensor_numbers.h"

int model_adapt_config(const struct builder *b)
{
    struct model_config *c = &b->m->config;
    if (!b->adapter)
        return 0;
    if (c->tied && adapter_check_tied(b->adapter, b->err))
        return b->err->code;
    const struct tensor *e = adapter_whole(b->adapter, "model.embed_tokens.weight");
    const struct tensor *o = adapter_whole(b->adapter, "lm_head.weight");
    if (o)
        c->tied = 0;
    if (!e)
        return 0;
    if (e->n_dims != 2 || !e->shape[0] || e->shape[0] > 1u << 26)
        return weir_err_set(b->err, WEIR_EBAD, "%s: tensor %s is no matrix", e->file, e->name);
    c->n_vocab = (uint32_t)e->shape[0];
    return 0;
}

/* rows × cols numbers of t, which has them so or with rows and columns exchanged. */
static float *numbers(const struct builder *b, const struct tensor *t, int turned, size_t rows,
                      size_t cols)
{
    float *x = model_own(b->m, rows * cols, sizeof *x, b->err);
    if (!x)
        return NULL;
    if (!turned)
        tensor_to_float(t, 0, rows * cols, x);
    for (size_t i = 0; turned && i < cols; i++)
        for (size_t k = 0; k < rows; k++)
            tensor_to_float(t, i * rows + k, 1, &x[k * cols + i]);
    return x;
}

int model_add_side(const struct builder *b, const char *name, struct matrix *w)
{
    const struct low_rank *l = NULL;
    const int found =
        b->adapter ? adapter_low_rank(b->adapter, name, w->rows, w->cols, &l, b->err) : 0;
    if (found <= 0)
        return found;
    struct side_path *side = model_own(b->m, 1, sizeof *side, b->err);
    if (!side)
        return b->err->code;
    *side = (struct side_path){.rank = l->rank, .scale = l->scale};
    side->a = numbers(b, l->turned ? l->b : l->a, l->turned, l->rank, w->cols);
    side->b = side->a ? numbers(b, l->turned ? l->a : l->b, l->turned, w->rows, l->rank) : NULL;
    if (!side->b)
        return b->err->code;
    if (l->rank > b->m->side_rank)
        b->m->side_rank = l->rank;
    w->side = side;
    return 0;
}
