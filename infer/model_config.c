#include <math.h>
#include <string.h>
#include "infer/json_file.h"
#include "infer/model.h"

struct reader {
    struct json_node root;
    struct weir_err *err;
};

static int bad(struct reader *r, const char *name, const char *what)
{
    return weir_err_set(r->err, WEIR_EBAD, "\"%s\" %s", name, what);
}

/* A member that is there and not null. */
static int member(struct json_node n, const char *name, struct json_node *value)
{
    return json_tree_get(n, name, value) && json_tree_type(*value) != WEIR_JSON_NULL;
}

/* A whole number from 1 to max.  Absent: unless is taken; 0 there means it must be given. */
static void size(struct reader *r, const char *name, uint32_t max, uint32_t unless, uint32_t *to)
{
    struct json_node n;
    int64_t v;
    *to = unless;
    if (!member(r->root, name, &n)) {
        if (!unless)
            bad(r, name, "is missing");
    } else if (!json_tree_whole(n, &v) || v < 1 || v > max) {
        weir_err_set(r->err, WEIR_EBAD, "\"%s\" is no number from 1 to %u", name, max);
    } else {
        *to = (uint32_t)v;
    }
}

static double number(struct reader *r, struct json_node from, const char *name, double unless)
{
    struct json_node n;
    double v;
    if (!member(from, name, &n))
        return unless;
    if (json_tree_number(n, &v) && isfinite(v) && v > 0)
        return v;
    bad(r, name, "is no positive number");
    return unless;
}

static int flag(struct reader *r, const char *name, int unless)
{
    struct json_node n;
    int v = unless;
    if (member(r->root, name, &n) && !json_tree_bool(n, &v))
        bad(r, name, "is neither true nor false");
    return v;
}

struct ids {
    struct model_config *c;
    struct weir_err *err;
};

static int add_eos(void *ctx, struct weir_span key, struct json_node value)
{
    struct ids *x = ctx;
    int64_t id;
    (void)key;
    if (!json_tree_whole(value, &id) || id < 0 || id >= x->c->n_vocab ||
        x->c->n_eos == sizeof x->c->eos / sizeof *x->c->eos)
        return weir_err_set(x->err, WEIR_EBAD, "\"eos_token_id\" is no id, or more than eight");
    x->c->eos[x->c->n_eos++] = (uint32_t)id;
    return 0;
}

static void special_ids(struct reader *r, struct model_config *c)
{
    struct json_node n;
    struct ids x = {c, r->err};
    int64_t id;
    c->bos = UINT32_MAX;
    if (member(r->root, "bos_token_id", &n) && json_tree_whole(n, &id) && id >= 0 &&
        id < c->n_vocab)
        c->bos = (uint32_t)id;
    if (!member(r->root, "eos_token_id", &n))
        return;
    if (json_tree_type(n) == WEIR_JSON_ARRAY)
        json_tree_each(n, add_eos, &x);
    else
        add_eos(&x, WEIR_LIT(""), n);
}

static void rope(struct reader *r, struct model_config *c)
{
    struct json_node n, kind;
    struct weir_span name = {0};
    c->rope_theta = number(r, r->root, "rope_theta", 10000);
    if (!member(r->root, "rope_scaling", &n))
        return;
    if (!json_tree_get(n, "rope_type", &kind) && !json_tree_get(n, "type", &kind)) {
        bad(r, "rope_scaling", "has no \"rope_type\"");
        return;
    }
    json_tree_string(kind, &name);
    c->rope_factor = number(r, n, "factor", 1);
    if (weir_span_is(name, "default"))
        return;
    if (weir_span_is(name, "linear")) {
        c->rope_scaling = ROPE_LINEAR;
    } else if (weir_span_is(name, "llama3")) {
        c->rope_scaling = ROPE_LLAMA3;
        c->rope_low = number(r, n, "low_freq_factor", 1);
        c->rope_high = number(r, n, "high_freq_factor", 4);
        c->rope_original =
            (uint32_t)fmin(number(r, n, "original_max_position_embeddings", 8192), 1e9);
        if (c->rope_high <= c->rope_low)
            bad(r, "rope_scaling", "has a high_freq_factor that is not above the low one");
    } else {
        weir_err_set(r->err, WEIR_EBAD,
                     "\"rope_scaling\" of type %.*s is not supported (default, linear, llama3 are)",
                     (int)(name.n < 40 ? name.n : 40), name.p ? name.p : "");
    }
}

/* What sets the supported kinds apart. */
static void kind(struct reader *r, struct model_config *c)
{
    struct json_node n;
    struct weir_span name = {0};
    if (!member(r->root, "model_type", &n) || !json_tree_string(n, &name)) {
        bad(r, "model_type", "is missing");
        return;
    }
    if (weir_span_is(name, "llama") || weir_span_is(name, "mistral")) {
        c->bos_first = 1;
        c->qkv_bias = c->o_bias = flag(r, "attention_bias", 0);
        c->mlp_bias = flag(r, "mlp_bias", 0);
        if (weir_span_is(name, "mistral") && member(r->root, "sliding_window", &n))
            size(r, "sliding_window", 1u << 30, 0, &c->window);
    } else if (weir_span_is(name, "qwen2")) {
        c->qkv_bias = 1;
    } else if (weir_span_is(name, "qwen3")) {
        c->qkv_bias = c->o_bias = flag(r, "attention_bias", 0);
        c->qk_norm = 1;
    } else {
        weir_err_set(r->err, WEIR_EBAD,
                     "models of type %.*s are not supported (llama, mistral, qwen2, qwen3 are)",
                     (int)(name.n < 60 ? name.n : 60), name.p);
    }
    if (flag(r, "use_sliding_window", 0))
        bad(r, "use_sliding_window", "is not supported");
    name = WEIR_LIT("silu");
    if (member(r->root, "hidden_act", &n))
        json_tree_string(n, &name);
    if (!weir_span_is(name, "silu"))
        bad(r, "hidden_act", "is not silu");
}

static int read_all(void *ctx, struct json_node root, struct weir_err *err)
{
    struct model_config *c = ctx;
    struct reader all = {root, err}, *r = &all;
    size(r, "hidden_size", 1u << 20, 0, &c->hidden);
    size(r, "intermediate_size", 1u << 22, 0, &c->intermediate);
    size(r, "num_hidden_layers", 1u << 14, 0, &c->n_layers);
    size(r, "num_attention_heads", 1u << 14, 0, &c->n_heads);
    size(r, "num_key_value_heads", 1u << 14, c->n_heads, &c->n_kv_heads);
    size(r, "vocab_size", 1u << 26, 0, &c->n_vocab);
    size(r, "max_position_embeddings", 1u << 30, 2048, &c->max_positions);
    if (err->code)
        return err->code;
    size(r, "head_dim", 1u << 14, c->hidden / c->n_heads, &c->head_dim);
    c->norm_eps = (float)number(r, r->root, "rms_norm_eps", 1e-6);
    c->tied = flag(r, "tie_word_embeddings", 0);
    if (c->n_heads % c->n_kv_heads)
        bad(r, "num_attention_heads", "is no multiple of \"num_key_value_heads\"");
    else if (c->head_dim % 2)
        bad(r, "head_dim", "is odd");
    special_ids(r, c);
    rope(r, c);
    kind(r, c);
    return err->code;
}

int model_config_read(struct model_config *c, const char *path, struct weir_err *err)
{
    *c = (struct model_config){0};
    return json_file(path, read_all, c, err);
}

/* Llama 3.1's rule: waves longer than the trained context are stretched, short ones are kept, and
 * between the two the share changes smoothly. */
static double scaled(const struct model_config *c, double f)
{
    if (c->rope_scaling == ROPE_LINEAR)
        return f / c->rope_factor;
    if (c->rope_scaling == ROPE_PLAIN)
        return f;
    const double wave = 2 * 3.14159265358979323846 / f;
    if (wave < c->rope_original / c->rope_high)
        return f;
    if (wave > c->rope_original / c->rope_low)
        return f / c->rope_factor;
    const double keep = (c->rope_original / wave - c->rope_low) / (c->rope_high - c->rope_low);
    return (1 - keep) * f / c->rope_factor + keep * f;
}

void model_rope_frequencies(const struct model_config *c, float *to)
{
    const uint32_t half = c->head_dim / 2;
    for (uint32_t i = 0; i < half; i++)
        to[i] = (float)scaled(c, pow(c->rope_theta, -2.0 * i / c->head_dim));
}
