#include <stdlib.h>
#include <string.h>
#include "infer/engine_internal.h"

enum { BLOCK_BYTES = 16 << 20 };

int cache_init(struct cache *c, const struct model_config *config, int half, uint64_t bytes,
               struct weir_err *err)
{
    *c = (struct cache){.half = half};
    c->row_bytes = (size_t)config->n_kv_heads * config->head_dim * (half ? 2 : 4);
    c->layer_bytes = 2 * ENGINE_PAGE * c->row_bytes;
    c->page_bytes = config->n_layers * c->layer_bytes;
    c->pages_a_block = c->page_bytes < BLOCK_BYTES ? (uint32_t)(BLOCK_BYTES / c->page_bytes) : 1;
    const uint64_t pages = bytes / c->page_bytes;
    c->max_pages = pages < UINT32_MAX / 2 ? (uint32_t)pages : UINT32_MAX / 2;
    return c->max_pages ? 0
                        : weir_err_set(err, WEIR_EMEM,
                                       "no memory for a cache: a page needs %zu bytes, use more -m",
                                       c->page_bytes);
}

void cache_init_on(struct cache *c, backend *b)
{
    *c = (struct cache){.backend = b, .page_bytes = b->page_bytes, .max_pages = b->max_pages};
    c->pages_a_block = c->page_bytes < BLOCK_BYTES ? (uint32_t)(BLOCK_BYTES / c->page_bytes) : 1;
}

void cache_free(struct cache *c)
{
    for (size_t i = 0; i < c->n_blocks; i++)
        free(c->block[i]);
    free(c->block);
    free(c->refs);
    free(c->free);
}

static int add_block(struct cache *c, uint32_t pages, struct weir_err *err)
{
    if (weir_grow(&c->block, &c->cap_blocks, c->n_blocks + 1, sizeof *c->block) ||
        !(c->block[c->n_blocks] = malloc(pages * c->page_bytes)))
        return weir_err_set(err, WEIR_EMEM, "out of memory for the cache");
    c->n_blocks++;
    return 0;
}

static int grow(struct cache *c, struct weir_err *err)
{
    if (c->n_pages == c->max_pages)
        return weir_err_set(err, WEIR_EMEM, "the cache is full: use more -m, or shorter texts");
    uint32_t more = c->max_pages - c->n_pages;
    if (more > c->pages_a_block)
        more = c->pages_a_block;
    const size_t n = (size_t)c->n_pages + more;
    if (weir_grow(&c->refs, &c->cap_refs, n, sizeof *c->refs) ||
        weir_grow(&c->free, &c->cap_free, n, sizeof *c->free))
        return weir_err_set(err, WEIR_EMEM, "out of memory for the cache");
    if (c->backend ? c->backend->reserve(c->backend, (uint32_t)n, err) : add_block(c, more, err))
        return err->code;
    while (more--)
        c->free[c->n_free++] = c->n_pages + more;
    c->n_pages = (uint32_t)n;
    return 0;
}

int cache_take(struct cache *c, uint32_t *page, struct weir_err *err)
{
    if (!c->n_free && grow(c, err))
        return err->code;
    *page = c->free[--c->n_free];
    c->refs[*page] = 1;
    return 0;
}

void cache_release(struct cache *c, uint32_t page)
{
    if (!--c->refs[page])
        c->free[c->n_free++] = page;
}

int cache_copy(struct cache *c, uint32_t from, uint32_t to, struct weir_err *err)
{
    if (c->backend)
        return c->backend->copy_page(c->backend, from, to, err);
    memcpy(cache_page(c, to), cache_page(c, from), c->page_bytes);
    return 0;
}

/* ---- sequences ---- */

uint64_t engine_position_bytes(const engine *e)
{
    return e->cache.page_bytes / ENGINE_PAGE;
}

uint32_t engine_max_pages(const engine *e)
{
    return e->cache.max_pages;
}

static uint32_t pages_for(uint32_t n)
{
    return n / ENGINE_PAGE + (n % ENGINE_PAGE != 0);
}

int engine_fork(engine *e, const struct sequence *from, struct sequence *to, struct weir_err *err)
{
    const uint32_t n = pages_for(from->n);
    if (weir_grow(&to->page, &to->cap_pages, n, sizeof *to->page))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    for (uint32_t i = 0; i < n; i++)
        e->cache.refs[to->page[i] = from->page[i]]++;
    to->n = from->n;
    return 0;
}

void engine_cut(engine *e, struct sequence *s, uint32_t n)
{
    if (n >= s->n)
        return;
    for (uint32_t i = pages_for(n); i < pages_for(s->n); i++)
        cache_release(&e->cache, s->page[i]);
    s->n = n;
}

void engine_drop(engine *e, struct sequence *s)
{
    engine_cut(e, s, 0);
    free(s->page);
    *s = (struct sequence){0};
}
