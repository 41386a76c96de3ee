/* One step: rows go through the layers together, so that each weight is read once for all of them.
 */
#include "infer/engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "infer/engine_internal.h"
#include "infer/half.h"

enum { GRAIN = 16 }; // rows of a matrix a thread takes at once

/* ---- what the loops over threads do ---- */

struct product {
    const engine *e;
    const struct matrix *w;
    const float *x, *bias;
    float *y;
    size_t n;
};

static void multiply_part(void *ctx, int thread, size_t from, size_t to)
{
    const struct product *p = ctx;
    (void)thread;
    p->e->k->multiply(p->w, from, to, p->x, p->w->cols, p->n, p->y, p->w->rows);
    for (size_t c = 0; p->bias && c < p->n; c++)
        for (size_t r = from; r < to; r++)
            p->y[c * p->w->rows + r] += p->bias[r];
}

static void multiply(engine *e, const struct matrix *w, const float *bias, const float *x, float *y,
                     size_t n)
{
    struct product p = {.e = e, .w = w, .x = x, .bias = bias, .y = y, .n = n};
    pool_each(e->pool, w->rows, GRAIN, multiply_part, &p);
    if (w->side)
        engine_add_side(e, w, x, y, n);
}

static void rms_norm(const float *x, const float *weight, float eps, size_t n, float *to)
{
    float sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    const float scale = 1 / sqrtf(sum / (float)n + eps);
    for (size_t i = 0; i < n; i++)
        to[i] = x[i] * scale * weight[i];
}

/* Rotates each head's pairs by position times frequency. */
static void rotate(const engine *e, float *x, uint32_t n_heads, uint32_t position)
{
    const struct model_config *c = &e->m->config;
    const uint32_t half = c->head_dim / 2;
    for (uint32_t i = 0; i < half; i++) {
        const float angle = (float)position * e->frequency[i];
        const float s = sinf(angle), co = cosf(angle);
        float *a = c->rope_adjacent ? x + 2 * i : x + i, *b = c->rope_adjacent ? a + 1 : a + half;
        for (uint32_t h = 0; h < n_heads; h++, a += c->head_dim, b += c->head_dim) {
            const float p = *a, q = *b;
            *a = p * co - q * s;
            *b = q * co + p * s;
        }
    }
}

static void store(const struct cache *c, const float *x, uint8_t *to)
{
    if (!c->half) {
        memcpy(to, x, c->row_bytes);
        return;
    }
    for (size_t i = 0; i < c->row_bytes / 2; i++)
        ((uint16_t *)to)[i] = half_from_float(x[i]);
}

struct attention {
    engine *e;
    const struct row *rows;
    const struct layer *layer;
    uint32_t number; // of the layer
};

/* q and k of a row take their place, k and v go into the cache. */
static void place_row(const struct attention *a, size_t i)
{
    engine *e = a->e;
    const struct model_config *c = &e->m->config;
    const size_t n_q = (size_t)c->n_heads * c->head_dim, n_kv = (size_t)c->n_kv_heads * c->head_dim;
    float *q = e->q + i * n_q, *k = e->key + i * n_kv;
    for (uint32_t h = 0; c->qk_norm && h < c->n_heads; h++)
        rms_norm(q + h * c->head_dim, a->layer->q_norm, c->norm_eps, c->head_dim,
                 q + h * c->head_dim);
    for (uint32_t h = 0; c->qk_norm && h < c->n_kv_heads; h++)
        rms_norm(k + h * c->head_dim, a->layer->k_norm, c->norm_eps, c->head_dim,
                 k + h * c->head_dim);
    rotate(e, q, c->n_heads, e->at[i]);
    rotate(e, k, c->n_kv_heads, e->at[i]);
    store(&e->cache, k, cache_at(&e->cache, a->rows[i].s, e->at[i], a->number, 0));
    store(&e->cache, e->value + i * n_kv,
          cache_at(&e->cache, a->rows[i].s, e->at[i], a->number, 1));
}

static void place_part(void *ctx, int thread, size_t from, size_t to)
{
    (void)thread;
    for (size_t i = from; i < to; i++)
        place_row(ctx, i);
}

/* In place: exp(x - max) / sum. */
static void softmax(float *x, size_t n)
{
    float top = -INFINITY, sum = 0;
    for (size_t i = 0; i < n; i++)
        top = fmaxf(top, x[i]);
    for (size_t i = 0; i < n; i++)
        sum += x[i] = expf(x[i] - top);
    for (size_t i = 0; i < n; i++)
        x[i] /= sum;
}

static void attend_head(const struct attention *a, size_t i, uint32_t head, float *score)
{
    const engine *e = a->e;
    const struct cache *cache = &e->cache;
    const struct model_config *c = &e->m->config;
    const struct sequence *s = a->rows[i].s;
    const uint32_t dim = c->head_dim, end = e->at[i] + 1;
    const uint32_t from = c->window && end > c->window ? end - c->window : 0;
    const size_t in_row =
        (size_t)(head / (c->n_heads / c->n_kv_heads)) * dim * (cache->half ? 2 : 4);
    const float *q = e->q + (i * c->n_heads + head) * dim, scale = 1 / sqrtf((float)dim);
    float *to = e->xb + (i * c->n_heads + head) * dim;
    for (uint32_t p = from; p < end; p++) {
        const uint8_t *key = cache_at(cache, s, p, a->number, 0) + in_row;
        score[p - from] = scale * (cache->half ? e->k->dot_half((const void *)key, q, dim)
                                               : e->k->dot((const void *)key, q, dim));
    }
    softmax(score, end - from);
    memset(to, 0, dim * sizeof *to);
    for (uint32_t p = from; p < end; p++) {
        const uint8_t *value = cache_at(cache, s, p, a->number, 1) + in_row;
        if (cache->half)
            e->k->add_half((const void *)value, score[p - from], to, dim);
        else
            e->k->add((const void *)value, score[p - from], to, dim);
    }
}

static void attend_part(void *ctx, int thread, size_t from, size_t to)
{
    const struct attention *a = ctx;
    const uint32_t heads = a->e->m->config.n_heads;
    float *score = a->e->score + (size_t)thread * a->e->cap_score;
    for (size_t j = from; j < to; j++)
        attend_head(a, j / heads, (uint32_t)(j % heads), score);
}

static void gate_part(void *ctx, int thread, size_t from, size_t to)
{
    engine *e = ctx;
    (void)thread;
    for (size_t i = from; i < to; i++)
        e->h[i] = e->h[i] / (1 + expf(-e->h[i])) * e->hb[i];
}

/* ---- layers ---- */

static void norm_rows(engine *e, const float *weight, size_t n)
{
    const size_t d = e->m->config.hidden;
    for (size_t i = 0; i < n; i++)
        rms_norm(e->x + i * d, weight, e->m->config.norm_eps, d, e->xb + i * d);
}

/* Adds what a matrix makes of `from` to the rows. */
static void add_product(engine *e, const struct matrix *w, const float *bias, const float *from,
                        float *room, size_t n)
{
    multiply(e, w, bias, from, room, n);
    for (size_t i = 0; i < n * e->m->config.hidden; i++)
        e->x[i] += room[i];
}

static void run_layer(engine *e, uint32_t number, const struct row *rows, size_t n)
{
    const struct model_config *c = &e->m->config;
    const struct layer *l = &e->m->layer[number];
    struct attention a = {e, rows, l, number};
    norm_rows(e, l->attention_norm, n);
    multiply(e, &l->q, l->q_bias, e->xb, e->q, n);
    multiply(e, &l->k, l->k_bias, e->xb, e->key, n);
    multiply(e, &l->v, l->v_bias, e->xb, e->value, n);
    pool_each(e->pool, n, 1, place_part, &a);
    pool_each(e->pool, n * c->n_heads, 1, attend_part, &a);
    add_product(e, &l->o, l->o_bias, e->xb, e->h, n);
    norm_rows(e, l->mlp_norm, n);
    multiply(e, &l->gate, l->gate_bias, e->xb, e->h, n);
    multiply(e, &l->up, l->up_bias, e->xb, e->hb, n);
    pool_each(e->pool, n * c->intermediate, 4096, gate_part, e);
    add_product(e, &l->down, l->down_bias, e->h, e->hb, n);
}

/* Returns the rows whose logits were wanted. */
static size_t run_output(engine *e, const struct row *rows, size_t n, float *logits)
{
    const struct model_config *c = &e->m->config;
    size_t wanted = 0;
    for (size_t i = 0; i < n; i++)
        if (rows[i].wanted)
            rms_norm(e->x + i * c->hidden, e->m->norm, c->norm_eps, c->hidden,
                     e->xb + wanted++ * c->hidden);
    if (wanted)
        multiply(e, &e->m->output, NULL, e->xb, logits, wanted);
    return wanted;
}

void engine_embed(const engine *e, uint32_t token, float *x)
{
    matrix_row(&e->m->embedding, token, x);
    if (e->m->embedding.side)
        engine_add_side_row(&e->m->embedding, token, x);
}

static size_t run_rows(engine *e, const struct row *rows, size_t n, float *logits)
{
    const struct model_config *c = &e->m->config;
    for (size_t i = 0; i < n; i++)
        engine_embed(e, rows[i].token, e->x + i * c->hidden);
    for (uint32_t l = 0; l < c->n_layers; l++)
        run_layer(e, l, rows, n);
    return run_output(e, rows, n, logits);
}

/* ---- a step ---- */

/* Room for one more position, in a page that no other sequence has. */
static int prepare(engine *e, struct sequence *s, struct weir_err *err)
{
    struct cache *c = &e->cache;
    const size_t at = s->n / ENGINE_PAGE;
    uint32_t page;
    if (s->n >= e->m->config.max_positions)
        return weir_err_set(err, WEIR_EUSAGE, "the text is longer than the model's %u positions",
                            e->m->config.max_positions);
    if (s->n % ENGINE_PAGE && c->refs[s->page[at]] == 1)
        return 0;
    if (weir_grow(&s->page, &s->cap_pages, at + 1, sizeof *s->page))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    if (cache_take(c, &page, err))
        return err->code;
    if (s->n % ENGINE_PAGE) {
        if (cache_copy(c, s->page[at], page, err)) {
            cache_release(c, page);
            return err->code;
        }
        cache_release(c, s->page[at]);
    }
    s->page[at] = page;
    return 0;
}

void engine_take_back(engine *e, const struct row *rows, size_t n)
{
    while (n--)
        engine_cut(e, rows[n].s, rows[n].s->n - 1);
}

static int prepare_rows(engine *e, const struct row *rows, size_t n, struct weir_err *err)
{
    size_t longest = 0;
    for (size_t i = 0; i < n; i++) {
        int rc = rows[i].token < e->m->config.n_vocab
                     ? prepare(e, rows[i].s, err)
                     : weir_err_set(err, WEIR_EUSAGE, "token %u: the model has %u", rows[i].token,
                                    e->m->config.n_vocab);
        if (rc) {
            engine_take_back(e, rows, i);
            return rc;
        }
        if (++rows[i].s->n > longest)
            longest = rows[i].s->n;
    }
    if (e->backend || longest <= e->cap_score)
        return 0;
    const size_t cap = longest + longest / 2 + 64;
    float *score = weir_realloc_array(e->score, cap * (size_t)pool_threads(e->pool), sizeof *score);
    if (!score) {
        engine_take_back(e, rows, n);
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    }
    e->score = score;
    e->cap_score = cap;
    return 0;
}

int engine_step(engine *e, const struct row *rows, size_t n, float *logits, struct weir_err *err)
{
    if (prepare_rows(e, rows, n, err))
        return err->code;
    /* Positions of rows whose sequence has later rows in this step lie before its end. */
    for (size_t i = n; i-- > 0;)
        rows[i].s->n--;
    if (e->backend)
        return engine_step_on(e, rows, n, logits, err);
    while (n) {
        const size_t part = n < ENGINE_ROWS ? n : ENGINE_ROWS;
        for (size_t i = 0; i < part; i++)
            e->at[i] = rows[i].s->n++;
        logits += run_rows(e, rows, part, logits) * e->m->config.n_vocab;
        rows += part;
        n -= part;
    }
    return 0;
}

static int allocate(engine *e, struct weir_err *err)
{
    const struct model_config *c = &e->m->config;
    const size_t n_q = (size_t)c->n_heads * c->head_dim, n_kv = (size_t)c->n_kv_heads * c->head_dim;
    const size_t wide = c->intermediate > c->hidden ? c->intermediate : c->hidden;
    const size_t in = n_q > c->hidden ? n_q : c->hidden;
    const struct {
        float **to;
        size_t n;
    } all[] = {{&e->x, c->hidden}, {&e->xb, in},  {&e->q, n_q},  {&e->key, n_kv},
               {&e->value, n_kv},  {&e->h, wide}, {&e->hb, wide}};
    size_t total = c->head_dim;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        total += ENGINE_ROWS * all[i].n;
    if (!(e->memory = weir_calloc(total, sizeof *e->memory)))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    float *p = e->frequency = e->memory;
    p += c->head_dim;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        *all[i].to = p;
        p += ENGINE_ROWS * all[i].n;
    }
    model_rope_frequencies(c, e->frequency);
    if (e->m->side_rank && !(e->side = weir_calloc(e->m->side_rank, ENGINE_ROWS * sizeof *e->side)))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    return 0;
}

engine *engine_new(const model *m, int threads, uint64_t cache_bytes, const struct kernels *kernels,
                   struct weir_err *err)
{
    engine *e = calloc(1, sizeof *e);
    if (!e) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    e->m = m;
    e->k = kernels ? kernels : kernels_get(NULL);
    const int half = m->layer[0].q.type != MATRIX_F32;
    if (!allocate(e, err) && !cache_init(&e->cache, &m->config, half, cache_bytes, err) &&
        (e->pool = pool_new(threads, err)))
        return e;
    engine_free(e);
    return NULL;
}

const struct model_config *engine_config(const engine *e)
{
    return &e->m->config;
}

void engine_free(engine *e)
{
    if (!e)
        return;
    if (e->backend)
        e->backend->free(e->backend);
    free(e->backend_rows);
    pool_free(e->pool);
    cache_free(&e->cache);
    free(e->score);
    free(e->memory);
    free(e->side);
    free(e);
}
