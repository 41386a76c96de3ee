#include "infer/model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "infer/half.h"
#include "infer/model_internal.h"

static int no_memory(struct weir_err *err)
{
    return weir_err_set(err, WEIR_EMEM, "out of memory: the weights do not fit");
}

void *model_own(model *m, size_t n, size_t size, struct weir_err *err)
{
    size_t bytes;
    if (weir_grow(&m->owned, &m->cap_owned, m->n_owned + 1, sizeof *m->owned) ||
        __builtin_mul_overflow(n, size, &bytes) || bytes > SIZE_MAX - 64) {
        no_memory(err);
        return NULL;
    }
    void *p = aligned_alloc(64, (bytes + 63) / 64 * 64 + 64);
    if (!p) {
        no_memory(err);
        return NULL;
    }
    m->owned[m->n_owned++] = p;
    m->owned_bytes += bytes;
    return p;
}

static const struct tensor *find(const struct builder *b, const char *name, uint64_t rows,
                                 uint64_t cols)
{
    struct weir_buf want = {0};
    const uint64_t shape[] = {rows, cols};
    const unsigned n_dims = cols ? 2 : 1;
    const struct tensor *t = b->adapter ? adapter_whole(b->adapter, name) : NULL;
    if (!t)
        t = tensors_find(weights_all(b->m->weights), name);
    if (!t) {
        weir_err_set(b->err, WEIR_EBAD, "%s: tensor %s is missing", b->path, name);
        return NULL;
    }
    if (t->n_dims != n_dims || t->shape[0] != rows || (cols && t->shape[1] != cols)) {
        tensor_add_shape(&want, t->shape, t->n_dims);
        weir_buf_adds(&want, ", config.json asks for ");
        tensor_add_shape(&want, shape, n_dims);
        weir_buf_addc(&want, '\0');
        if (!weir_buf_check(&want, b->err))
            weir_err_set(b->err, WEIR_EBAD, "%s: tensor %s has shape %s", t->file, name, want.p);
        weir_buf_free(&want);
        return NULL;
    }
    if (t->dtype != TENSOR_F32 && t->dtype != TENSOR_F16 && t->dtype != TENSOR_BF16) {
        weir_err_set(b->err, WEIR_EBAD, "%s: tensor %s is of type %s; F32, F16 and BF16 are read",
                     t->file, name, tensor_dtype_name(t->dtype));
        return NULL;
    }
    return t;
}

static enum matrix_type type_of(const struct tensor *t)
{
    return t->dtype == TENSOR_F32 ? MATRIX_F32 : t->dtype == TENSOR_F16 ? MATRIX_F16 : MATRIX_BF16;
}

uint64_t matrix_bytes(const struct matrix *w)
{
    static const uint8_t bytes[] = {4, 2, 2, 1};
    return (uint64_t)w->rows * w->cols * bytes[w->type] + (w->scale ? 4 * (uint64_t)w->rows : 0);
}

void matrix_row(const struct matrix *w, size_t r, float *to)
{
    const size_t at = r * w->cols;
    const uint8_t *p = w->data;
    uint16_t half;
    for (size_t i = 0; i < w->cols; i++)
        switch (w->type) {
        case MATRIX_F32:
            memcpy(&to[i], p + 4 * (at + i), 4);
            break;
        case MATRIX_F16:
        case MATRIX_BF16:
            memcpy(&half, p + 2 * (at + i), 2);
            to[i] = w->type == MATRIX_F16 ? half_to_float(half) : bf16_to_float(half);
            break;
        case MATRIX_I8:
            to[i] = (float)((const int8_t *)p)[at + i] * w->scale[r];
            break;
        }
}

/* Row-wise absmax: q = round(127 w / max |w|) (Dettmers et al. 2022, without outliers). */
static void quantise_row(const float *x, size_t n, int8_t *to, float *scale)
{
    float top = 0;
    for (size_t i = 0; i < n; i++)
        top = fmaxf(top, fabsf(x[i]));
    const float up = top > 0 ? 127 / top : 0;
    for (size_t i = 0; i < n; i++)
        to[i] = (int8_t)rintf(x[i] * up);
    *scale = top / 127;
}

/* Whether the converted matrices fit, from the config alone, so that it is known at the first one.
 */
static int check_memory(const struct builder *b)
{
    static const uint8_t bytes[] = {0, 4, 2, 2, 1};
    const struct model_config *c = &b->m->config;
    const double q = (double)c->n_heads * c->head_dim, kv = (double)c->n_kv_heads * c->head_dim;
    const double layer = 2 * c->hidden * (q + kv) + 3.0 * c->hidden * c->intermediate;
    const double edge = b->dtype == MODEL_I8 ? 0 : (2.0 - c->tied) * c->hidden * c->n_vocab;
    const double need = (c->n_layers * layer + edge) * bytes[b->dtype];
    if (need <= (double)b->limit)
        return 0;
    return weir_err_set(b->err, WEIR_EMEM,
                        "the converted weights need %.1f MB, -m allows %.1f: use more -m, or "
                        "--dtype stored, which maps the files",
                        need / 1e6, (double)b->limit / 1e6);
}

int model_convert(const struct builder *b, struct matrix *w, enum model_dtype dtype)
{
    static const enum matrix_type types[] = {0, MATRIX_F32, MATRIX_F16, MATRIX_BF16, MATRIX_I8};
    static const uint8_t bytes[] = {4, 2, 2, 1};
    const enum matrix_type type = dtype == MODEL_AS_STORED ? w->type : types[dtype];
    if (type == w->type)
        return 0;
    if (check_memory(b))
        return b->err->code;
    struct matrix made = {.type = type, .rows = w->rows, .cols = w->cols};
    void *data = model_own(b->m, w->rows * w->cols, bytes[type], b->err);
    float *scale = type == MATRIX_I8 ? model_own(b->m, w->rows, sizeof *scale, b->err) : NULL;
    float *row = malloc(w->cols * sizeof *row);
    if (!data || (type == MATRIX_I8 && !scale) || !row) {
        free(row);
        return no_memory(b->err);
    }
    for (size_t r = 0; r < w->rows; r++) {
        const size_t at = r * w->cols;
        matrix_row(w, r, row);
        if (type == MATRIX_I8)
            quantise_row(row, w->cols, (int8_t *)data + at, &scale[r]);
        else if (type == MATRIX_F32)
            memcpy((float *)data + at, row, w->cols * sizeof *row);
        else
            for (size_t i = 0; i < w->cols; i++)
                ((uint16_t *)data)[at + i] =
                    type == MATRIX_F16 ? half_from_float(row[i]) : bf16_from_float(row[i]);
    }
    free(row);
    made.data = data;
    made.scale = scale;
    *w = made;
    return 0;
}

static int bind_matrix(const struct builder *b, const char *name, size_t rows, size_t cols,
                       enum model_dtype dtype, struct matrix *w)
{
    const struct tensor *t = find(b, name, rows, cols);
    if (!t)
        return b->err->code;
    *w = (struct matrix){.data = t->data, .type = type_of(t), .rows = rows, .cols = cols};
    const int rc = model_convert(b, w, dtype);
    return rc ? rc : model_add_side(b, name, w);
}

static int bind_vector(const struct builder *b, const char *name, size_t n, const float **to)
{
    const struct tensor *t = find(b, name, n, 0);
    float *copy = t ? model_own(b->m, n, sizeof *copy, b->err) : NULL;
    if (!copy)
        return b->err->code;
    const struct matrix row = {.data = t->data, .type = type_of(t), .rows = 1, .cols = n};
    matrix_row(&row, 0, copy);
    *to = copy;
    return 0;
}

static int in_layer(const struct builder *b, unsigned layer, const char *name,
                    char full[static 128])
{
    const int n = snprintf(full, 128, "model.layers.%u.%s", layer, name);
    return n < 128 ? 0 : weir_err_set(b->err, WEIR_EFAIL, "a tensor's name is too long");
}

static int bind_matrices(const struct builder *b, unsigned i, struct layer *l)
{
    const struct model_config *c = &b->m->config;
    const size_t q = (size_t)c->n_heads * c->head_dim, kv = (size_t)c->n_kv_heads * c->head_dim;
    const struct {
        const char *name;
        size_t rows, cols;
        struct matrix *to;
    } all[] = {
        {"self_attn.q_proj.weight", q, c->hidden, &l->q},
        {"self_attn.k_proj.weight", kv, c->hidden, &l->k},
        {"self_attn.v_proj.weight", kv, c->hidden, &l->v},
        {"self_attn.o_proj.weight", c->hidden, q, &l->o},
        {"mlp.gate_proj.weight", c->intermediate, c->hidden, &l->gate},
        {"mlp.up_proj.weight", c->intermediate, c->hidden, &l->up},
        {"mlp.down_proj.weight", c->hidden, c->intermediate, &l->down},
    };
    char name[128];
    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        if (in_layer(b, i, all[k].name, name) ||
            bind_matrix(b, name, all[k].rows, all[k].cols, b->dtype, all[k].to))
            return b->err->code;
    return 0;
}

static int bind_vectors(const struct builder *b, unsigned i, struct layer *l)
{
    const struct model_config *c = &b->m->config;
    const size_t q = (size_t)c->n_heads * c->head_dim, kv = (size_t)c->n_kv_heads * c->head_dim;
    const struct {
        const char *name;
        int wanted;
        size_t n;
        const float **to;
    } all[] = {
        {"input_layernorm.weight", 1, c->hidden, &l->attention_norm},
        {"post_attention_layernorm.weight", 1, c->hidden, &l->mlp_norm},
        {"self_attn.q_norm.weight", c->qk_norm, c->head_dim, &l->q_norm},
        {"self_attn.k_norm.weight", c->qk_norm, c->head_dim, &l->k_norm},
        {"self_attn.q_proj.bias", c->qkv_bias, q, &l->q_bias},
        {"self_attn.k_proj.bias", c->qkv_bias, kv, &l->k_bias},
        {"self_attn.v_proj.bias", c->qkv_bias, kv, &l->v_bias},
        {"self_attn.o_proj.bias", c->o_bias, c->hidden, &l->o_bias},
        {"mlp.gate_proj.bias", c->mlp_bias, c->intermediate, &l->gate_bias},
        {"mlp.up_proj.bias", c->mlp_bias, c->intermediate, &l->up_bias},
        {"mlp.down_proj.bias", c->mlp_bias, c->hidden, &l->down_bias},
    };
    char name[128];
    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        if (all[k].wanted &&
            (in_layer(b, i, all[k].name, name) || bind_vector(b, name, all[k].n, all[k].to)))
            return b->err->code;
    return 0;
}

static int bind(const struct builder *b)
{
    model *m = b->m;
    const struct model_config *c = &m->config;
    const enum model_dtype edge = b->dtype == MODEL_I8 ? MODEL_AS_STORED : b->dtype;
    int rc =
        bind_matrix(b, "model.embed_tokens.weight", c->n_vocab, c->hidden, edge, &m->embedding);
    m->output = m->embedding;
    if (!rc && !c->tied)
        rc = bind_matrix(b, "lm_head.weight", c->n_vocab, c->hidden, edge, &m->output);
    if (!rc)
        rc = bind_vector(b, "model.norm.weight", c->hidden, &m->norm);
    m->layer = rc ? NULL : weir_calloc(c->n_layers, sizeof *m->layer);
    if (!rc && !m->layer)
        return no_memory(b->err);
    for (unsigned i = 0; !rc && i < c->n_layers; i++) {
        rc = bind_matrices(b, i, &m->layer[i]);
        if (!rc)
            rc = bind_vectors(b, i, &m->layer[i]);
    }
    return rc;
}

/* A file that is neither safetensors nor torch is taken for llama2.c's. */
static int open_file(model *m, const struct builder *b, const char *path)
{
    const char *dot = strrchr(path, '.');
    if (dot && !strcmp(dot, ".safetensors"))
        return weir_err_set(b->err, WEIR_EUSAGE,
                            "%s: name the folder, config.json belongs to the model", path);
    if (mapped_open(&m->file, path, b->err))
        return b->err->code;
    if (m->file.n > 4 && !memcmp(m->file.p, "GGUF", 4))
        return weir_err_set(b->err, WEIR_EBAD,
                            "%s is a GGUF file; Weir reads the Hugging Face folder it was made of",
                            path);
    return llama2c_bind(b, &m->file);
}

static int open_folder(model *m, const struct builder *b, const char *path)
{
    struct weir_buf name = {0};
    weir_buf_addf(&name, "%s/config.json", path);
    weir_buf_addc(&name, '\0');
    int rc = weir_buf_check(&name, b->err);
    if (!rc)
        rc = model_config_read(&m->config, name.p, b->err);
    weir_buf_free(&name);
    if (!rc)
        rc = model_adapt_config(b);
    if (rc || !(m->weights = weights_open(path, b->err)))
        return b->err->code;
    rc = bind(b);
    return rc || !b->adapter ? rc : adapter_check_used(b->adapter, m->config.n_layers, b->err);
}

model *model_open(const char *path, enum model_dtype dtype, uint64_t limit, struct weir_err *err)
{
    return model_open_adapted(path, NULL, dtype, limit, err);
}

model *model_open_adapted(const char *path, const char *adapter_folder, enum model_dtype dtype,
                          uint64_t limit, struct weir_err *err)
{
    struct stat st;
    model *m = calloc(1, sizeof *m);
    if (!m) {
        no_memory(err);
        return NULL;
    }
    int rc = stat(path, &st) < 0 ? weir_err_errno(err, "%s", path) : 0;
    if (!rc && adapter_folder && !S_ISDIR(st.st_mode))
        rc = weir_err_set(err, WEIR_EUSAGE, "%s: an adapter needs a Hugging Face folder", path);
    if (!rc && adapter_folder && !(m->adapter = adapter_open(adapter_folder, err)))
        rc = err->code;
    const struct builder b = {m, path, dtype, limit, m->adapter, err};
    if (!rc)
        rc = S_ISDIR(st.st_mode) ? open_folder(m, &b, path) : open_file(m, &b, path);
    if (!rc)
        return m;
    model_close(m);
    return NULL;
}

void model_close(model *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->n_owned; i++)
        free(m->owned[i]);
    free(m->owned);
    free(m->layer);
    weights_close(m->weights);
    adapter_close(m->adapter);
    mapped_close(&m->file);
    free(m);
}

uint64_t model_weight_bytes(const model *m)
{
    uint64_t n = matrix_bytes(&m->output);
    for (uint32_t i = 0; i < m->config.n_layers; i++) {
        const struct layer *l = &m->layer[i];
        n += matrix_bytes(&l->q) + matrix_bytes(&l->k) + matrix_bytes(&l->v) + matrix_bytes(&l->o) +
             matrix_bytes(&l->gate) + matrix_bytes(&l->up) + matrix_bytes(&l->down);
    }
    return n;
}
