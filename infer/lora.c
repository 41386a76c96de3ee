#include "infer/lora.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "infer/tensor_numbers.h"

struct whole {
    char *name;
    const struct tensor *t;
    int used;
};

struct adapter {
    char *folder;
    struct adapter_config config;
    weights *w;
    struct low_rank *low; // by name
    size_t n_low, cap_low;
    struct whole *whole; // by name
    size_t n_whole, cap_whole;
};

static int no_memory(struct weir_err *err)
{
    return weir_err_set(err, WEIR_EMEM, "out of memory");
}

/* ---- names ---- */

/* Takes a word with its dot out of a name, wherever it stands. */
static void take_out(char *name, const char *word)
{
    const size_t n = strlen(word);
    for (char *p = name; (p = strstr(p, word));)
        if (p == name || p[-1] == '.')
            memmove(p, p + n, strlen(p + n) + 1);
        else
            p++;
}

/* The module's name of an adapter's tensor as the model has it. */
static char *plain_name(const char *full)
{
    static const char prefix[] = "base_model.model.";
    const char *at = full;
    if (!strncmp(at, prefix, sizeof prefix - 1))
        at += sizeof prefix - 1;
    char *name = strdup(at);
    if (name) {
        take_out(name, "default.");
        take_out(name, "base_layer.");
        take_out(name, "modules_to_save.");
        take_out(name, "original_module.");
    }
    return name;
}

static int cut_end(char *name, const char *end)
{
    const size_t n = strlen(name), k = strlen(end);
    if (n <= k || strcmp(name + n - k, end) != 0)
        return 0;
    name[n - k] = '\0';
    return 1;
}

/* Which half of a low-rank product a tensor is: 'A', 'B', or 0; the name becomes the matrix's. */
static char which_half(char *name, int *turned)
{
    static const struct {
        const char *end;
        char half;
        int turned;
    } ends[] = {{".lora_A.weight", 'A', 0},
                {".lora_B.weight", 'B', 0},
                {".lora_embedding_A", 'A', 1},
                {".lora_embedding_B", 'B', 1},
                {".lora_embedding_A.default", 'A', 1},
                {".lora_embedding_B.default", 'B', 1}};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (cut_end(name, ends[i].end)) {
            *turned = ends[i].turned;
            return ends[i].half;
        }
    return 0;
}

/* ---- reading ---- */

static int check_type(const struct tensor *t, struct weir_err *err)
{
    return tensor_is_float(t->dtype)
               ? 0
               : weir_err_set(err, WEIR_EBAD, "%s: tensor %s is of type %s, which no adapter has",
                              t->file, t->name, tensor_dtype_name(t->dtype));
}

static int add_whole(adapter *a, char *name, const struct tensor *t, struct weir_err *err)
{
    if (strstr(name, "lora_") || strstr(name, "ranknum"))
        return weir_err_set(err, WEIR_EBAD,
                            "%s: tensor %s is of a kind of adapter that is not "
                            "supported",
                            t->file, t->name);
    if (weir_grow(&a->whole, &a->cap_whole, a->n_whole + 1, sizeof *a->whole))
        return no_memory(err);
    char *copy = strdup(name);
    if (!copy)
        return no_memory(err);
    a->whole[a->n_whole++] = (struct whole){.name = copy, .t = t};
    return 0;
}

static int add_half(adapter *a, const char *module, char half, int turned, const struct tensor *t,
                    struct weir_err *err)
{
    struct weir_buf name = {0};
    if (t->n_dims != 2)
        return weir_err_set(err, WEIR_EBAD, "%s: tensor %s is no matrix", t->file, t->name);
    if (weir_grow(&a->low, &a->cap_low, a->n_low + 1, sizeof *a->low))
        return no_memory(err);
    weir_buf_addf(&name, "%s.weight", module);
    weir_buf_addc(&name, '\0');
    if (weir_buf_check(&name, err))
        return err->code;
    struct low_rank *l = &a->low[a->n_low++];
    *l = (struct low_rank){.name = strdup(name.p), .turned = turned};
    weir_buf_free(&name);
    *(half == 'A' ? &l->a : &l->b) = t;
    return l->name ? 0 : no_memory(err);
}

static int add_tensor(adapter *a, const struct tensor *t, struct weir_err *err)
{
    char *name = plain_name(t->name);
    int turned = 0;
    if (!name)
        return no_memory(err);
    int rc = check_type(t, err);
    const char half = which_half(name, &turned);
    if (!rc)
        rc = half ? add_half(a, name, half, turned, t, err) : add_whole(a, name, t, err);
    free(name);
    return rc;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct low_rank *)a)->name, ((const struct low_rank *)b)->name);
}

static int whole_by_name(const void *a, const void *b)
{
    return strcmp(((const struct whole *)a)->name, ((const struct whole *)b)->name);
}

/* Both halves of one product, from two entries; its rank is what the settings say. */
static int join_halves(const adapter *a, struct low_rank *to, const struct low_rank *other,
                       struct weir_err *err)
{
    int64_t rank;
    if (!to->a)
        to->a = other->a;
    if (!to->b)
        to->b = other->b;
    char *module = strndup(to->name, strlen(to->name) - strlen(".weight"));
    int rc =
        module ? adapter_config_of(&a->config, module, &rank, &to->scale, err) : no_memory(err);
    free(module);
    if (rc)
        return rc;
    to->rank = (size_t)rank;
    if (to->a->shape[0] != to->rank || to->b->shape[1] != to->rank)
        return weir_err_set(err, WEIR_EBAD,
                            "%s: tensor %s has rank %llu and %s %llu, adapter_config.json says %zu",
                            to->a->file, to->a->name, (unsigned long long)to->a->shape[0],
                            to->b->name, (unsigned long long)to->b->shape[1], to->rank);
    to->rows = (to->turned ? to->a : to->b)->shape[to->turned];
    to->cols = (to->turned ? to->b : to->a)->shape[!to->turned];
    return 0;
}

static int pair_all(adapter *a, struct weir_err *err)
{
    size_t n = 0;
    if (a->n_low)
        qsort(a->low, a->n_low, sizeof *a->low, by_name);
    for (size_t i = 0; i < a->n_low; i += 2, n++) {
        struct low_rank *l = &a->low[i], *other = l + 1;
        if (i + 1 == a->n_low || by_name(l, other) || !l->a == !other->a ||
            (i + 2 < a->n_low && !by_name(l, other + 1)))
            return weir_err_set(err, WEIR_EBAD,
                                "%s: %s has not one A and one B: was the adapter "
                                "saved in part?",
                                a->folder, l->name);
        if (join_halves(a, l, other, err))
            return err->code;
    }
    for (size_t i = 0; i < n; i++) {
        free(a->low[2 * i + 1].name);
        a->low[i] = a->low[2 * i];
    }
    a->n_low = n;
    if (a->n_whole)
        qsort(a->whole, a->n_whole, sizeof *a->whole, whole_by_name);
    for (size_t i = 1; i < a->n_whole; i++)
        if (!whole_by_name(&a->whole[i - 1], &a->whole[i]))
            return weir_err_set(err, WEIR_EBAD, "%s: %s and %s are the same tensor of the model",
                                a->folder, a->whole[i - 1].t->name, a->whole[i].t->name);
    return 0;
}

static int open_weights(adapter *a, struct weir_err *err)
{
    static const char *const names[] = {"adapter_model.safetensors", "adapter_model.bin"};
    struct weir_buf path = {0};
    for (size_t i = 0; i < 2 && !a->w; i++) {
        path.n = 0;
        weir_buf_addf(&path, "%s/%s", a->folder, names[i]);
        weir_buf_addc(&path, '\0');
        if (weir_buf_check(&path, err) ||
            (!access(path.p, F_OK) && !(a->w = weights_open(path.p, err))))
            break;
    }
    weir_buf_free(&path);
    if (!a->w)
        weir_err_set(err, WEIR_EBAD, "%s holds neither %s nor %s", a->folder, names[0], names[1]);
    return a->w ? 0 : err->code;
}

static int read_all(adapter *a, struct weir_err *err)
{
    struct weir_buf path = {0};
    weir_buf_addf(&path, "%s/adapter_config.json", a->folder);
    weir_buf_addc(&path, '\0');
    int rc = weir_buf_check(&path, err);
    if (!rc)
        rc = adapter_config_read(&a->config, path.p, err);
    weir_buf_free(&path);
    if (!rc)
        rc = open_weights(a, err);
    const struct tensors *all = rc ? NULL : weights_all(a->w);
    for (size_t i = 0; !rc && i < all->n; i++)
        rc = add_tensor(a, &all->at[i], err);
    if (!rc && !a->n_low)
        rc = weir_err_set(err, WEIR_EBAD,
                          "%s has %zu tensors and none of LoRA: was an empty state dict saved?",
                          a->folder, all->n);
    return rc ? rc : pair_all(a, err);
}

adapter *adapter_open(const char *folder, struct weir_err *err)
{
    adapter *a = calloc(1, sizeof *a);
    if (a && (a->folder = strdup(folder)) && !read_all(a, err))
        return a;
    adapter_close(a);
    no_memory(err);
    return NULL;
}

void adapter_close(adapter *a)
{
    if (!a)
        return;
    for (size_t i = 0; i < a->n_low; i++)
        free(a->low[i].name);
    for (size_t i = 0; i < a->n_whole; i++)
        free(a->whole[i].name);
    free(a->low);
    free(a->whole);
    adapter_config_free(&a->config);
    weights_close(a->w);
    free(a->folder);
    free(a);
}

const weights *adapter_weights(const adapter *a)
{
    return a->w;
}

/* ---- use ---- */

static struct low_rank *find_low(const adapter *a, const char *name)
{
    const struct low_rank key = {.name = (char *)name};
    return a->n_low ? bsearch(&key, a->low, a->n_low, sizeof *a->low, by_name) : NULL;
}

static struct whole *find_whole(const adapter *a, const char *name)
{
    const struct whole key = {.name = (char *)name};
    return a->n_whole ? bsearch(&key, a->whole, a->n_whole, sizeof *a->whole, whole_by_name) : NULL;
}

int adapter_touches(const adapter *a, const char *name)
{
    return find_low(a, name) || find_whole(a, name);
}

int adapter_low_rank(adapter *a, const char *name, uint64_t rows, uint64_t cols,
                     const struct low_rank **l, struct weir_err *err)
{
    struct low_rank *found = find_low(a, name);
    if (!found)
        return 0;
    if (found->rows != rows || found->cols != cols)
        return weir_err_set(
            err, WEIR_EBAD,
            "%s: %s: the adapter is for %zu × %zu numbers, the model has %llu × %llu",
            found->a->file, name, found->rows, found->cols, (unsigned long long)rows,
            (unsigned long long)cols);
    found->used = 1;
    *l = found;
    return 1;
}

const struct tensor *adapter_whole(adapter *a, const char *name)
{
    struct whole *w = find_whole(a, name);
    if (w)
        w->used = 1;
    return w ? w->t : NULL;
}

int adapter_check_tied(const adapter *a, struct weir_err *err)
{
    static const char *const edge[] = {"model.embed_tokens.weight", "lm_head.weight"};
    const struct whole *w[2];
    for (int i = 0; i < 2; i++)
        w[i] = find_whole(a, edge[i]);
    if ((w[0] && w[1] && !find_low(a, edge[0]) && !find_low(a, edge[1])) ||
        (!adapter_touches(a, edge[0]) && !adapter_touches(a, edge[1])))
        return 0;
    return weir_err_set(err, WEIR_EBAD,
                        "%s changes %s, but the model's embedding is its output too: only both "
                        "together can be replaced (modules_to_save)",
                        a->folder, edge[adapter_touches(a, edge[0]) ? 0 : 1]);
}

/* What stands behind "model.layers.N"; NULL for other names. */
static const char *behind_layer(const char *name)
{
    static const char layers[] = "model.layers.";
    if (strncmp(name, layers, sizeof layers - 1) != 0)
        return NULL;
    return strchr(name + sizeof layers - 1, '.');
}

/* A module that is adapted in one layer is in all of them, unless the settings say otherwise. */
static int check_layers(const adapter *a, uint32_t n_layers, struct weir_err *err)
{
    for (size_t i = 0; n_layers && i < a->n_low && !a->config.some_layers; i++) {
        const char *module = behind_layer(a->low[i].name);
        size_t n = 0;
        if (!module || strncmp(a->low[i].name, "model.layers.0.", 15) != 0)
            continue;
        for (size_t k = 0; k < a->n_low; k++) {
            const char *other = behind_layer(a->low[k].name);
            n += other && !strcmp(module, other);
        }
        if (n != n_layers)
            return weir_err_set(err, WEIR_EBAD,
                                "%s: %s is adapted in %zu layers, the model has %u: it belongs to "
                                "another model",
                                a->folder, module + 1, n, n_layers);
    }
    return 0;
}

int adapter_check_used(const adapter *a, uint32_t n_layers, struct weir_err *err)
{
    enum { LISTED = 5 };
    const size_t all = a->n_low + a->n_whole;
    struct weir_buf names = {0};
    size_t n = 0;
    for (size_t i = 0; i < all; i++) {
        const int low = i < a->n_low;
        if (low ? a->low[i].used : a->whole[i - a->n_low].used)
            continue;
        if (n++ < LISTED)
            weir_buf_addf(&names, "%s%s", n > 1 ? ", " : "",
                          low ? a->low[i].name : a->whole[i - a->n_low].name);
    }
    weir_buf_adds(&names, n > LISTED ? " …" : "");
    weir_buf_addc(&names, '\0');
    int rc = weir_buf_check(&names, err);
    if (!rc && n)
        rc = weir_err_set(err, WEIR_EBAD,
                          "%s: %zu of its %zu parts have no place in the model, so that it belongs "
                          "to another one: %s",
                          a->folder, n, all, names.p);
    weir_buf_free(&names);
    return rc ? rc : check_layers(a, n_layers, err);
}
