#ifndef WEIR_INFER_ENGINE_INTERNAL_H
#define WEIR_INFER_ENGINE_INTERNAL_H

#include "infer/engine.h"

#define ENGINE_ROWS    64 // that go through the layers together
#define ENGINE_QUERIES 16 // that go through a sequence's pages together

/* Pages lie in blocks that never move.  Of a page and a layer: ENGINE_PAGE keys, then as many
 * values, n_kv_heads × head_dim numbers each. */
struct cache {
    uint8_t **block;
    size_t n_blocks, cap_blocks;
    uint32_t *refs; // of a page
    uint32_t *free; // pages, a stack
    size_t cap_refs, cap_free;
    uint32_t n_free, n_pages, max_pages;
    uint32_t pages_a_block;
    size_t page_bytes, layer_bytes, row_bytes; // of all layers, of one, of a key
    int half;
    backend *backend; // that has the pages; NULL: they are here
};

int cache_init(struct cache *c, const struct model_config *config, int half, uint64_t bytes,
               struct weir_err *err);
/* Pages that a backend has. */
void cache_init_on(struct cache *c, backend *b);
void cache_free(struct cache *c);
/* A page with one reference. */
int cache_take(struct cache *c, uint32_t *page, struct weir_err *err);
void cache_release(struct cache *c, uint32_t page);
int cache_copy(struct cache *c, uint32_t from, uint32_t to, struct weir_err *err);

static inline uint8_t *cache_page(const struct cache *c, uint32_t page)
{
    return c->block[page / c->pages_a_block] + (page % c->pages_a_block) * c->page_bytes;
}

/* The key (value 0) or the value (value 1) of a position. */
static inline uint8_t *cache_at(const struct cache *c, const struct sequence *s, uint32_t position,
                                uint32_t layer, int value)
{
    return cache_page(c, s->page[position / ENGINE_PAGE]) + layer * c->layer_bytes +
           (value ? ENGINE_PAGE * c->row_bytes : 0) + position % ENGINE_PAGE * c->row_bytes;
}

struct span { // rows of one sequence
    uint32_t first, n;
};

struct engine {
    const model *m;
    const struct kernels *k;
    pool *pool;
    struct cache cache;
    float *frequency; // of RoPE
    /* ENGINE_ROWS rows of each; xb and hb hold what goes into the next matrix. */
    float *x, *xb, *q, *key, *value, *h, *hb;
    int16_t *fixed; // the same as integers, for int8 matrices; NULL: the model has none
    float *unit;
    float *turn;              // of each row: head_dim / 2 cosines, as many sines
    float *score;             // of a thread: ENGINE_QUERIES × a number a position
    size_t cap_score;         // positions
    uint32_t at[ENGINE_ROWS]; // position of each row
    struct span span[ENGINE_ROWS];
    size_t n_spans;
    float *memory;
    float *side;      // ENGINE_ROWS × the largest rank of a side path; NULL: the model has none
    backend *backend; // that runs the layers; NULL: the loops of engine.c
    struct backend_row *backend_rows;
};

/* to = x / sqrt(mean of squares) * weight, n numbers. */
void engine_norm(const engine *e, const float *x, const float *weight, size_t n, float *to);

struct attention {
    engine *e;
    const struct row *rows;
    const struct layer *layer;
    uint32_t number; // of the layer
};

/* Once a step: rows that attend together, and by how much each turns. */
void engine_find_spans(engine *e, const struct row *rows, size_t n);
void engine_find_turns(engine *e, size_t n);
/* Of n rows: q, key, value become xb, and positions of the cache. */
void engine_attend(const struct attention *a, size_t n);

/* Runs n rows, whose places are prepared, on the backend; their sequences' ends go over them. */
int engine_step_on(engine *e, const struct row *rows, size_t n, float *logits,
                   struct weir_err *err);
/* Takes back the last position of each of n rows' sequences. */
void engine_take_back(engine *e, const struct row *rows, size_t n);
/* The embedding of a token, hidden numbers. */
void engine_embed(const engine *e, uint32_t token, float *x);

/* Adds the side path of w to y for each of n columns x. */
void engine_add_side(engine *e, const struct matrix *w, const float *x, float *y, size_t n);
/* Adds the side path's part of row r of w to x. */
void engine_add_side_row(const struct matrix *w, size_t r, float *x);

#endif
