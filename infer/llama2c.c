/* Karpathy's llama2.c checkpoint: seven whole numbers, then float32 weights in a fixed order
 * (export.py, version 0). */
#include <string.h>
#include "infer/model_internal.h"

struct cursor {
    const struct builder *b;
    const struct mapped *file;
    uint64_t at; // bytes
};

static const void *take(struct cursor *c, uint64_t n, uint64_t each)
{
    uint64_t numbers, bytes;
    const void *p = c->file->p + c->at;
    if (__builtin_mul_overflow(n, each, &numbers) || __builtin_mul_overflow(numbers, 4, &bytes) ||
        bytes > c->file->n - c->at) {
        weir_err_set(c->b->err, WEIR_EBAD,
                     "%s: neither a llama2.c model nor a whole one: %llu bytes are too few",
                     c->file->path, (unsigned long long)c->file->n);
        return NULL;
    }
    c->at += bytes;
    return p;
}

static int matrix(struct cursor *c, struct matrix *w, size_t rows, size_t cols,
                  enum model_dtype dtype)
{
    const void *p = take(c, rows, cols);
    *w = (struct matrix){.data = p, .type = MATRIX_F32, .rows = rows, .cols = cols};
    return p ? model_convert(c->b, w, dtype) : c->b->err->code;
}

static int vector(struct cursor *c, const float **to, size_t n)
{
    const void *p = take(c, n, 1);
    float *copy = p ? model_own(c->b->m, n, sizeof *copy, c->b->err) : NULL;
    if (!copy)
        return c->b->err->code;
    memcpy(copy, p, n * sizeof *copy);
    *to = copy;
    return 0;
}

static int read_header(struct cursor *cur, struct model_config *c)
{
    int32_t h[7];
    const void *p = take(cur, 7, 1);
    if (!p)
        return cur->b->err->code;
    memcpy(h, p, sizeof h);
    const int32_t vocab = h[5] < 0 ? (h[5] == INT32_MIN ? 0 : -h[5]) : h[5];
    const int sane = h[0] > 0 && h[0] <= 1 << 20 && h[1] > 0 && h[1] <= 1 << 22 && h[2] > 0 &&
                     h[2] <= 1 << 14 && h[3] > 0 && h[4] > 0 && h[3] <= h[0] && h[4] <= h[3] &&
                     h[0] % h[3] == 0 && h[3] % h[4] == 0 && h[0] / h[3] % 2 == 0 && vocab > 0 &&
                     vocab <= 1 << 26 && h[6] > 0 && h[6] <= 1 << 30;
    if (!sane)
        return weir_err_set(cur->b->err, WEIR_EBAD, "%s is no model: %s", cur->file->path,
                            "neither a folder with config.json nor a llama2.c file");
    *c = (struct model_config){.hidden = (uint32_t)h[0],
                               .intermediate = (uint32_t)h[1],
                               .n_layers = (uint32_t)h[2],
                               .n_heads = (uint32_t)h[3],
                               .n_kv_heads = (uint32_t)h[4],
                               .n_vocab = (uint32_t)vocab,
                               .max_positions = (uint32_t)h[6],
                               .head_dim = (uint32_t)(h[0] / h[3]),
                               .tied = h[5] > 0,
                               .bos = 1,
                               .bos_first = 1,
                               .eos = {2},
                               .n_eos = 1,
                               .norm_eps = 1e-5f,
                               .rope_theta = 10000,
                               .rope_adjacent = 1};
    return 0;
}

/* The same member of every layer stands together. */
static int matrices(struct cursor *cur, size_t member, size_t rows, size_t cols)
{
    int rc = 0;
    for (uint32_t i = 0; !rc && i < cur->b->m->config.n_layers; i++)
        rc = matrix(cur, (struct matrix *)((char *)&cur->b->m->layer[i] + member), rows, cols,
                    cur->b->dtype);
    return rc;
}

static int vectors(struct cursor *cur, size_t member)
{
    int rc = 0;
    for (uint32_t i = 0; !rc && i < cur->b->m->config.n_layers; i++)
        rc = vector(cur, (const float **)((char *)&cur->b->m->layer[i] + member),
                    cur->b->m->config.hidden);
    return rc;
}

int llama2c_bind(const struct builder *b, const struct mapped *file)
{
    struct cursor cur = {b, file, 0};
    struct model_config *c = &b->m->config;
    const enum model_dtype edge = b->dtype == MODEL_I8 ? MODEL_AS_STORED : b->dtype;
    int rc = read_header(&cur, c);
    const size_t q = (size_t)c->n_heads * c->head_dim, kv = (size_t)c->n_kv_heads * c->head_dim;
    if (rc)
        return rc;
    b->m->layer = weir_calloc(c->n_layers, sizeof *b->m->layer);
    if (!b->m->layer)
        return weir_err_set(b->err, WEIR_EMEM, "out of memory");
    if (matrix(&cur, &b->m->embedding, c->n_vocab, c->hidden, edge) ||
        vectors(&cur, offsetof(struct layer, attention_norm)) ||
        matrices(&cur, offsetof(struct layer, q), q, c->hidden) ||
        matrices(&cur, offsetof(struct layer, k), kv, c->hidden) ||
        matrices(&cur, offsetof(struct layer, v), kv, c->hidden) ||
        matrices(&cur, offsetof(struct layer, o), c->hidden, q) ||
        vectors(&cur, offsetof(struct layer, mlp_norm)) ||
        matrices(&cur, offsetof(struct layer, gate), c->intermediate, c->hidden) ||
        matrices(&cur, offsetof(struct layer, down), c->hidden, c->intermediate) ||
        matrices(&cur, offsetof(struct layer, up), c->intermediate, c->hidden) ||
        vector(&cur, &b->m->norm, c->hidden) ||
        !take(&cur, c->max_positions, c->head_dim)) // tables of sines that we compute
        return b->err->code;
    b->m->output = b->m->embedding;
    if (!c->tied && matrix(&cur, &b->m->output, c->n_vocab, c->hidden, edge))
        return b->err->code;
    if (cur.at != file->n)
        return weir_err_set(b->err, WEIR_EBAD, "%s: %llu bytes behind the weights", file->path,
                            (unsigned long long)(file->n - cur.at));
    return 0;
}
