/* Adapters at run time: y += scale · B (A x), a column at a time, so that a column's numbers do not
 * depend on the others. */
#include "infer/engine_internal.h"

enum { GRAIN = 64 }; // rows of B a thread takes at once

struct side {
    const engine *e;
    const struct matrix *w;
    const float *x;
    float *y;
    size_t n;
};

/* Numbers of A x for all columns: number i is of column i / rank. */
static void inner_part(void *ctx, int thread, size_t from, size_t to)
{
    const struct side *s = ctx;
    const struct side_path *p = s->w->side;
    (void)thread;
    for (size_t i = from; i < to; i++)
        s->e->side[i] = s->e->k->dot(p->a + i % p->rank * s->w->cols,
                                     s->x + i / p->rank * s->w->cols, s->w->cols);
}

static void outer_part(void *ctx, int thread, size_t from, size_t to)
{
    const struct side *s = ctx;
    const struct side_path *p = s->w->side;
    (void)thread;
    for (size_t c = 0; c < s->n; c++)
        for (size_t r = from; r < to; r++)
            s->y[c * s->w->rows + r] +=
                p->scale * s->e->k->dot(p->b + r * p->rank, s->e->side + c * p->rank, p->rank);
}

void engine_add_side(engine *e, const struct matrix *w, const float *x, float *y, size_t n)
{
    struct side s = {e, w, x, y, n};
    pool_each(e->pool, n * w->side->rank, 1, inner_part, &s);
    pool_each(e->pool, w->rows, GRAIN, outer_part, &s);
}

void engine_add_side_row(const struct matrix *w, size_t r, float *x)
{
    const struct side_path *p = w->side;
    for (size_t k = 0; k < p->rank; k++) {
        const float weight = p->scale * p->b[r * p->rank + k];
        for (size_t i = 0; i < w->cols; i++)
            x[i] += weight * p->a[k * w->cols + i];
    }
}
