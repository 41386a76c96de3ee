/* One step: rows go through the layers together, so that each weight is read once for all of them.
 */
#include "infer/engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "infer/engine_internal.h"
#include "infer/half.h"

enum { GRAIN = 48 }; // rows of a matrix a thread takes at once; groups of 4 and of 6 fill them

/* ---- what the loops over threads do ---- */

struct product { // y = W x + bias
    const struct matrix *w;
    const float *bias; // or NULL
    float *y;
};

struct products { // of the same columns
    const engine *e;
    struct columns x;
    const struct product *p;
    size_t n;
};

static size_t parts_of(const struct matrix *w)
{
    return (w->rows + GRAIN - 1) / GRAIN;
}

static void multiply_rows(const struct products *all, const struct product *p, size_t part)
{
    const size_t rows = p->w->rows, from = part * GRAIN;
    const size_t to = rows - from < GRAIN ? rows : from + GRAIN;
    all->e->k->multiply(p->w, from, to, &all->x, p->y, rows);
    for (size_t c = 0; p->bias && c < all->x.n; c++)
        for (size_t r = from; r < to; r++)
            p->y[c * rows + r] += p->bias[r];
}

static void multiply_part(void *ctx, int thread, size_t from, size_t to)
{
    const struct products *all = ctx;
    (void)thread;
    for (size_t i = from; i < to; i++) {
        const struct product *p = all->p;
        size_t part = i;
        while (part >= parts_of(p->w))
            part -= parts_of(p++->w);
        multiply_rows(all, p, part);
    }
}

static void fix_part(void *ctx, int thread, size_t from, size_t to)
{
    const struct products *all = ctx;
    const engine *e = all->e;
    const size_t k = all->x.k;
    (void)thread;
    for (size_t c = from; c < to; c++)
        e->k->fix(all->x.x + c * k, k, e->fixed + c * k, e->unit + c * kernel_blocks(k));
}

/* n_p matrices times the same n columns. */
static void multiply(engine *e, const struct product *p, size_t n_p, const float *x, size_t n)
{
    struct products all = {e, {x, p->w->cols, n, e->fixed, e->unit}, p, n_p};
    size_t parts = 0, fixed = 0;
    for (size_t i = 0; i < n_p; i++) {
        parts += parts_of(p[i].w);
        fixed += p[i].w->type == MATRIX_I8;
    }
    if (fixed)
        pool_each(e->pool, n, 1, fix_part, &all);
    pool_each(e->pool, parts, 1, multiply_part, &all);
    for (size_t i = 0; i < n_p; i++)
        if (p[i].w->side)
            engine_add_side(e, p[i].w, x, p[i].y, n);
}

void engine_norm(const engine *e, const float *x, const float *weight, size_t n, float *to)
{
    const float mean = e->k->dot(x, x, n) / (float)n;
    const float scale = 1 / sqrtf(mean + e->m->config.norm_eps);
    for (size_t i = 0; i < n; i++)
        to[i] = x[i] * scale * weight[i];
}

struct norm {
    const engine *e;
    const float *weight, *more; // added to the rows first; NULL: nothing
};

static void norm_part(void *ctx, int thread, size_t from, size_t to)
{
    const struct norm *norm = ctx;
    const engine *e = norm->e;
    const size_t d = e->m->config.hidden;
    (void)thread;
    for (size_t i = from; i < to; i++) {
        float *x = e->x + i * d;
        for (size_t j = 0; norm->more && j < d; j++)
            x[j] += norm->more[i * d + j];
        engine_norm(e, x, norm->weight, d, e->xb + i * d);
    }
}

/* xb = norm of the rows x, to which `more` is added before. */
static void norm_rows(engine *e, const float *more, const float *weight, size_t n)
{
    struct norm norm = {e, weight, more};
    pool_each(e->pool, n, 1, norm_part, &norm);
}

static void gate_part(void *ctx, int thread, size_t from, size_t to)
{
    const engine *e = ctx;
    (void)thread;
    e->k->gate(e->h + from, e->hb + from, to - from);
}

/* ---- layers ---- */

/* more: what the layer before adds to the rows, or NULL.  Returns what this one adds. */
static const float *run_layer(engine *e, uint32_t number, const struct row *rows, size_t n,
                              const float *more)
{
    const struct model_config *c = &e->m->config;
    const struct layer *l = &e->m->layer[number];
    const struct attention a = {e, rows, l, number};
    norm_rows(e, more, l->attention_norm, n);
    multiply(e,
             (const struct product[]){{&l->q, l->q_bias, e->q},
                                      {&l->k, l->k_bias, e->key},
                                      {&l->v, l->v_bias, e->value}},
             3, e->xb, n);
    engine_attend(&a, n);
    multiply(e, &(const struct product){&l->o, l->o_bias, e->h}, 1, e->xb, n);
    norm_rows(e, e->h, l->mlp_norm, n);
    multiply(e,
             (const struct product[]){{&l->gate, l->gate_bias, e->h}, {&l->up, l->up_bias, e->hb}},
             2, e->xb, n);
    pool_each(e->pool, n * c->intermediate, 4096, gate_part, e);
    multiply(e, &(const struct product){&l->down, l->down_bias, e->hb}, 1, e->h, n);
    return e->hb;
}

/* Returns the rows whose logits were wanted. */
static size_t run_output(engine *e, const struct row *rows, size_t n, const float *more,
                         float *logits)
{
    const size_t d = e->m->config.hidden;
    size_t wanted = 0;
    norm_rows(e, more, e->m->norm, n);
    for (size_t i = 0; i < n; i++)
        if (rows[i].wanted)
            memmove(e->xb + wanted++ * d, e->xb + i * d, d * sizeof *e->xb);
    if (wanted)
        multiply(e, &(const struct product){&e->m->output, NULL, logits}, 1, e->xb, wanted);
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
    engine_find_spans(e, rows, n);
    engine_find_turns(e, n);
    const float *more = NULL;
    for (uint32_t l = 0; l < c->n_layers; l++)
        more = run_layer(e, l, rows, n, more);
    return run_output(e, rows, n, more, logits);
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
    float *score = weir_realloc_array(
        e->score, cap * ENGINE_QUERIES * (size_t)pool_threads(e->pool), sizeof *score);
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
    } all[] = {{&e->x, c->hidden}, {&e->xb, in},  {&e->q, n_q},   {&e->key, n_kv},
               {&e->value, n_kv},  {&e->h, wide}, {&e->hb, wide}, {&e->turn, c->head_dim}};
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
    if (e->m->layer[0].q.type == MATRIX_I8) {
        const size_t most = wide > in ? wide : in;
        e->fixed = weir_calloc(most * ENGINE_ROWS + KERNEL_SLACK, sizeof *e->fixed);
        e->unit = weir_calloc(kernel_blocks(most), ENGINE_ROWS * sizeof *e->unit);
        if (!e->fixed || !e->unit)
            return weir_err_set(err, WEIR_EMEM, "out of memory");
    }
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
    free(e->fixed);
    free(e->unit);
    free(e);
}
