#include <stdlib.h>
#include <string.h>
#include "infer/tensor.h"

/* What stands behind "model.layers.N." in the order of LlamaForCausalLM.state_dict(). */
static const char *const in_layer[] = {"self_attn.q_proj.weight",
                                       "self_attn.q_proj.bias",
                                       "self_attn.k_proj.weight",
                                       "self_attn.k_proj.bias",
                                       "self_attn.v_proj.weight",
                                       "self_attn.v_proj.bias",
                                       "self_attn.o_proj.weight",
                                       "self_attn.o_proj.bias",
                                       "self_attn.q_norm.weight",
                                       "self_attn.k_norm.weight",
                                       "self_attn.rotary_emb.inv_freq",
                                       "mlp.gate_proj.weight",
                                       "mlp.gate_proj.bias",
                                       "mlp.down_proj.weight",
                                       "mlp.down_proj.bias",
                                       "mlp.up_proj.weight",
                                       "mlp.up_proj.bias",
                                       "input_layernorm.weight",
                                       "post_attention_layernorm.weight"};

struct rank {
    unsigned group; // embedding, layers, norm, output, all others
    unsigned long layer;
    size_t place;
};

static struct rank rank_of(const char *name)
{
    enum { N = sizeof in_layer / sizeof *in_layer };
    static const char layers[] = "model.layers.";
    char *end;
    struct rank r = {0};
    if (!strcmp(name, "model.embed_tokens.weight"))
        return r;
    if (!strncmp(name, layers, sizeof layers - 1)) {
        r.group = 1;
        r.layer = strtoul(name + sizeof layers - 1, &end, 10);
        while (r.place < N && (*end != '.' || strcmp(end + 1, in_layer[r.place]) != 0))
            r.place++;
        return r;
    }
    r.group = !strcmp(name, "model.norm.weight") ? 2 : !strcmp(name, "lm_head.weight") ? 3 : 4;
    return r;
}

static int by_model(const void *a, const void *b)
{
    const char *x = ((const struct tensor *)a)->name, *y = ((const struct tensor *)b)->name;
    const struct rank p = rank_of(x), q = rank_of(y);
    if (p.group != q.group)
        return (p.group > q.group) - (p.group < q.group);
    if (p.layer != q.layer)
        return (p.layer > q.layer) - (p.layer < q.layer);
    return p.place != q.place ? (p.place > q.place) - (p.place < q.place) : strcmp(x, y);
}

static int by_order(const void *a, const void *b)
{
    const struct tensor *x = a, *y = b;
    return (x->order > y->order) - (x->order < y->order);
}

int weights_in_order(const weights *w, struct tensors *to, struct weir_err *err)
{
    const struct tensors *all = weights_all(w);
    size_t n;
    const struct mapped *file = weights_files(w, &n);
    int torch = 1;
    for (size_t i = 0; i < n; i++)
        torch = torch && file[i].n > 2 && !memcmp(file[i].p, "PK", 2);
    for (size_t i = 0; i < all->n; i++) {
        const struct tensor *t = &all->at[i];
        struct tensor *made = tensors_add(to, weir_span(t->name, strlen(t->name)));
        if (!made)
            return weir_err_set(err, WEIR_EMEM, "out of memory");
        char *name = made->name;
        *made = *t;
        made->name = name;
    }
    if (to->n)
        qsort(to->at, to->n, sizeof *to->at, torch ? by_order : by_model);
    return 0;
}
