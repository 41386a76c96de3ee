/* Attention over the paged cache.  Queries of a group share a head of keys and values, and so do
 * rows of one sequence in a step: they go through its pages together, each with its own end. */
#include <math.h>
#include <string.h>
#include "infer/engine_internal.h"

void engine_find_spans(engine *e, const struct row *rows, size_t n)
{
    const struct model_config *c = &e->m->config;
    const uint32_t group = c->n_heads / c->n_kv_heads;
    const uint32_t most = group < ENGINE_QUERIES ? ENGINE_QUERIES / group : 1;
    e->n_spans = 0;
    for (size_t i = 0; i < n; i++) {
        struct span *last = e->n_spans ? &e->span[e->n_spans - 1] : NULL;
        if (last && rows[i].s == rows[i - 1].s && last->n < most)
            last->n++;
        else
            e->span[e->n_spans++] = (struct span){(uint32_t)i, 1};
    }
}

void engine_find_turns(engine *e, size_t n)
{
    const uint32_t half = e->m->config.head_dim / 2;
    for (size_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < half; j++) {
            const float angle = (float)e->at[i] * e->frequency[j];
            e->turn[(2 * i) * half + j] = cosf(angle);
            e->turn[(2 * i + 1) * half + j] = sinf(angle);
        }
}

/* Rotates each head's pairs by position times frequency. */
static void rotate(const engine *e, size_t row, float *x, uint32_t n_heads)
{
    const struct model_config *c = &e->m->config;
    const uint32_t half = c->head_dim / 2;
    const float *co = e->turn + 2 * row * half, *s = co + half;
    for (uint32_t h = 0; h < n_heads; h++, x += c->head_dim)
        for (uint32_t i = 0; i < half; i++) {
            float *a = c->rope_adjacent ? x + 2 * i : x + i;
            float *b = c->rope_adjacent ? a + 1 : a + half;
            const float p = *a, q = *b;
            *a = p * co[i] - q * s[i];
            *b = q * co[i] + p * s[i];
        }
}

static void keep(const engine *e, const float *x, uint8_t *to)
{
    if (e->cache.half)
        e->k->to_half(x, e->cache.row_bytes / 2, (uint16_t *)to);
    else
        memcpy(to, x, e->cache.row_bytes);
}

/* q and k of a row take their place, k and v go into the cache. */
static void place_row(const struct attention *a, size_t i)
{
    engine *e = a->e;
    const struct model_config *c = &e->m->config;
    const size_t n_q = (size_t)c->n_heads * c->head_dim, n_kv = (size_t)c->n_kv_heads * c->head_dim;
    float *q = e->q + i * n_q, *k = e->key + i * n_kv;
    for (uint32_t h = 0; c->qk_norm && h < c->n_heads; h++)
        engine_norm(e, q + h * c->head_dim, a->layer->q_norm, c->head_dim, q + h * c->head_dim);
    for (uint32_t h = 0; c->qk_norm && h < c->n_kv_heads; h++)
        engine_norm(e, k + h * c->head_dim, a->layer->k_norm, c->head_dim, k + h * c->head_dim);
    rotate(e, i, q, c->n_heads);
    rotate(e, i, k, c->n_kv_heads);
    keep(e, k, cache_at(&e->cache, a->rows[i].s, e->at[i], a->number, 0));
    keep(e, e->value + i * n_kv, cache_at(&e->cache, a->rows[i].s, e->at[i], a->number, 1));
}

static void place_part(void *ctx, int thread, size_t from, size_t to)
{
    (void)thread;
    for (size_t i = from; i < to; i++)
        place_row(ctx, i);
}

/* Queries of one head of keys, which all lie in one sequence. */
static void attend(const struct attention *a, const struct sequence *s, uint32_t kv_head,
                   const struct query *q, size_t n_q)
{
    const engine *e = a->e;
    const uint32_t dim = e->m->config.head_dim, first = q[0].from / ENGINE_PAGE * ENGINE_PAGE;
    struct page page = {.stride = e->cache.row_bytes, .dim = dim, .half = e->cache.half};
    const size_t in_row = (size_t)kv_head * dim * (page.half ? 2 : 4);
    for (page.first = first; page.first < q[n_q - 1].end; page.first += ENGINE_PAGE) {
        page.p = cache_at(&e->cache, s, page.first, a->number, 0) + in_row;
        e->k->score(&page, q, n_q, 1 / sqrtf((float)dim));
    }
    for (size_t i = 0; i < n_q; i++) {
        e->k->softmax(q[i].score + q[i].from, q[i].end - q[i].from);
        memset(q[i].to, 0, dim * sizeof *q[i].to);
    }
    for (page.first = first; page.first < q[n_q - 1].end; page.first += ENGINE_PAGE) {
        page.p = cache_at(&e->cache, s, page.first, a->number, 1) + in_row;
        e->k->mix(&page, q, n_q);
    }
}

/* A span's queries for one head of keys; more than ENGINE_QUERIES in parts. */
static void attend_span(const struct attention *a, const struct span *span, uint32_t kv_head,
                        float *score)
{
    const engine *e = a->e;
    const struct model_config *c = &e->m->config;
    const uint32_t group = c->n_heads / c->n_kv_heads;
    struct query q[ENGINE_QUERIES];
    size_t n = 0;
    for (uint32_t i = 0; i < span->n; i++)
        for (uint32_t h = 0; h < group; h++) {
            const size_t row = span->first + i;
            const size_t at = (row * c->n_heads + kv_head * group + h) * c->head_dim;
            const uint32_t end = e->at[row] + 1;
            q[n] = (struct query){e->q + at, score + n * e->cap_score, e->xb + at,
                                  c->window && end > c->window ? end - c->window : 0, end};
            n++;
            if (n < ENGINE_QUERIES && (i + 1 < span->n || h + 1 < group))
                continue;
            attend(a, a->rows[row].s, kv_head, q, n);
            n = 0;
        }
}

static void attend_part(void *ctx, int thread, size_t from, size_t to)
{
    const struct attention *a = ctx;
    const uint32_t heads = a->e->m->config.n_kv_heads;
    float *score = a->e->score + (size_t)thread * ENGINE_QUERIES * a->e->cap_score;
    for (size_t j = from; j < to; j++)
        attend_span(a, &a->e->span[j / heads], (uint32_t)(j % heads), score);
}

void engine_attend(const struct attention *a, size_t n)
{
    pool_each(a->e->pool, n, 1, place_part, (void *)a);
    pool_each(a->e->pool, a->e->n_spans * a->e->m->config.n_kv_heads, 1, attend_part, (void *)a);
}
