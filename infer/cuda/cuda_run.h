/* The backend: layers over devices one after the other, pages of the cache, the lists of a step,
 * graphs. */
#ifndef WEIR_INFER_CUDA_RUN_H
#define WEIR_INFER_CUDA_RUN_H

#include <cstdio>
#include <new>
#include "infer/backend.h"
#include "infer/cuda/cuda_part_open.h"
#include "infer/engine.h"

namespace SIMT_SPACE
{

enum { SLAB_BYTES = 64 << 20 };

struct step_graph { // of a number of rows
    gpu_graph graph;
    step_shape shape;
    bool made;
};

struct runner_state {
    struct backend b;
    const model *m;
    part *parts;
    unsigned n_parts;
    unsigned pages_a_slab;
    uint32_t n_pages;  // that there is memory for
    step_lists *lists; // of the host, as the devices shall see them
    float *x;
    float *logits;
    uint8_t **pages; // of the host
    uint32_t *pages_of_step;
    size_t n_pages_of_step, cap_pages_of_step, cap_pages;
    step_graph graph[MAT_VEC_COLUMNS];

    part &last()
    {
        return parts[n_parts - 1];
    }
};

inline runner_state *state_of(struct backend *b)
{
    return reinterpret_cast<runner_state *>(b);
}

inline uint8_t *page_at(const runner_state *r, const part &p, uint32_t page)
{
    return p.slab[page / r->pages_a_slab] + page % r->pages_a_slab * p.page_bytes;
}

/* ---- pages ---- */

inline int add_slab(runner_state *r, struct weir_err *err)
{
    for (unsigned i = 0; i < r->n_parts; i++) {
        part &p = r->parts[i];
        if (p.n_slabs * r->pages_a_slab > r->n_pages)
            continue; // an earlier call got as far as this
        if (weir_grow(&p.slab, &p.cap_slabs, p.n_slabs + 1, sizeof *p.slab))
            return weir_err_set(err, WEIR_EMEM, "out of memory");
        void *slab = p.g.allocate(r->pages_a_slab * p.page_bytes, err);
        if (!slab)
            return err->code;
        p.slab[p.n_slabs++] = static_cast<uint8_t *>(slab);
        /* Numbers behind a head's end are multiplied by zeros, which must not make a NaN. */
        if (p.g.clear(slab, r->pages_a_slab * p.page_bytes, err))
            return err->code;
    }
    r->n_pages += r->pages_a_slab;
    return 0;
}

inline int run_reserve(struct backend *b, uint32_t n, struct weir_err *err)
{
    runner_state *r = state_of(b);
    while (r->n_pages < n)
        if (add_slab(r, err))
            return err->code;
    return 0;
}

inline int run_copy_page(struct backend *b, uint32_t from, uint32_t to, struct weir_err *err)
{
    runner_state *r = state_of(b);
    for (unsigned i = 0; i < r->n_parts; i++) {
        part &p = r->parts[i];
        if (p.g.copy(page_at(r, p, to), page_at(r, p, from), p.page_bytes, err))
            return err->code;
    }
    return 0;
}

/* ---- the lists of a step ---- */

/* Where the pages of a row's sequence are listed. */
inline int list_pages(runner_state *r, const struct backend_row *row, struct weir_err *err)
{
    const size_t n = row->at / ENGINE_PAGE + 1, end = r->n_pages_of_step + n;
    if (weir_grow(&r->pages_of_step, &r->cap_pages_of_step, end, sizeof *r->pages_of_step))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    memcpy(r->pages_of_step + r->n_pages_of_step, row->page, n * sizeof *row->page);
    r->n_pages_of_step = end;
    return 0;
}

/* Rows that follow each other in one sequence share blocks of attention, most of them at once. */
inline int make_lists(runner_state *r, const struct backend_row *rows, unsigned n, step_shape *s,
                      struct weir_err *err)
{
    const struct model_config *c = &r->m->config;
    const unsigned group = c->n_heads / c->n_kv_heads;
    const unsigned queries = c->head_dim > WIDE_HEAD ? ATTEND_QUERIES / 2 : ATTEND_QUERIES;
    const unsigned most = group < queries ? queries / group : 1;
    unsigned parts = 1, longest_item = 1;
    *s = {n, 0, 1, 1, 0};
    r->n_pages_of_step = 0;
    for (unsigned i = 0, of_item = 0; i < n; i++) {
        const bool follows =
            i && rows[i].page == rows[i - 1].page && rows[i].at == rows[i - 1].at + 1;
        unsigned end = i + 1; // of the run that begins here
        while (!follows && end < n && rows[end].page == rows[i].page &&
               rows[end].at == rows[end - 1].at + 1)
            end++;
        r->lists->at[i] = rows[i].at;
        r->lists->list[i] =
            follows ? r->lists->list[i - 1] : static_cast<uint32_t>(r->n_pages_of_step);
        if (!follows && list_pages(r, &rows[end - 1], err))
            return err->code;
        if (!follows || of_item == most) {
            r->lists->item[2 * s->n_items++] = i;
            of_item = 0;
        }
        r->lists->item[2 * s->n_items - 1] = ++of_item;
        longest_item = of_item > longest_item ? of_item : longest_item;
        if (rows[i].wanted)
            r->lists->pick[s->wanted++] = i;
        const unsigned in = attend_part_of(rows[i].at) + 1;
        parts = in > parts ? in : parts;
    }
    s->queries = longest_item * (group < queries ? group : queries);
    /* A few rows leave most of the device idle unless their positions are shared out. */
    if (n <= MAT_VEC_COLUMNS)
        while (s->max_parts < parts)
            s->max_parts *= 2;
    return 0;
}

inline int upload_lists(runner_state *r, const step_shape &s, struct weir_err *err)
{
    const size_t n_pages = r->n_pages_of_step;
    if (n_pages > r->cap_pages) {
        const size_t cap = n_pages + n_pages / 2 + 1024;
        if (r->pages)
            r->parts[0].g.release_host(r->pages);
        r->cap_pages = 0;
        r->pages = static_cast<uint8_t **>(
            r->parts[0].g.allocate_host(r->n_parts * cap * sizeof *r->pages, err));
        if (!r->pages)
            return err->code;
        r->cap_pages = cap;
    }
    for (unsigned i = 0; i < r->n_parts; i++) {
        part &p = r->parts[i];
        uint8_t **list = r->pages + i * r->cap_pages;
        for (size_t k = 0; k < n_pages; k++)
            list[k] = page_at(r, p, r->pages_of_step[k]);
        if (part_make_pages(&p, n_pages, err) ||
            (s.max_parts > 1 && part_make_parts(&p, s.max_parts, err)) ||
            p.g.upload(p.pages, list, n_pages * sizeof *list, err) ||
            p.g.upload(p.lists, r->lists, sizeof *r->lists, err))
            return err->code;
    }
    part &first = r->parts[0];
    return first.g.upload(first.x, r->x, static_cast<size_t>(s.n) * first.c->hidden * sizeof *r->x,
                          err);
}

/* ---- graphs ---- */

inline void drop_graphs(runner_state *r)
{
    for (step_graph &g : r->graph) {
        if (g.made)
            r->parts[0].g.graph_free(&g.graph);
        g.made = false;
    }
}

/* All of a step of few rows of one device in one launch.  The places of a step's lists are part of
 * the graph, so all go when one of them moved. */
inline int run_graph(runner_state *r, const step_shape &s, struct weir_err *err)
{
    part &p = r->parts[0];
    step_graph &g = r->graph[s.n - 1];
    if (g.made && memcmp(&g.shape, &s, sizeof s)) {
        p.g.graph_free(&g.graph);
        g.made = false;
    }
    if (!g.made) {
        if (p.g.graph_begin(err))
            return err->code;
        const int rc = p.run_layers(s, err) || p.run_output(0, s.wanted, err) ? err->code : 0;
        if (p.g.graph_end(&g.graph, err))
            return err->code;
        if (rc) {
            p.g.graph_free(&g.graph);
            return rc;
        }
        g.shape = s;
        g.made = true;
    }
    return p.g.graph_run(&g.graph, err);
}

/* ---- a step ---- */

inline int take_logits(runner_state *r, unsigned n, float *to, struct weir_err *err)
{
    part &p = r->last();
    const size_t bytes = n * sizeof *to * p.c->n_vocab;
    if (p.g.download(r->logits, p.logits, bytes, err))
        return err->code;
    memcpy(to, r->logits, bytes);
    return 0;
}

inline int run_parts(runner_state *r, const step_shape &s, float *logits, struct weir_err *err)
{
    const size_t hidden = r->m->config.hidden;
    for (unsigned i = 0; i < r->n_parts; i++) {
        part &p = r->parts[i];
        if (p.run_layers(s, err) ||
            (i + 1 < r->n_parts &&
             p.g.send(&r->parts[i + 1].g, r->parts[i + 1].x, p.x, s.n * hidden * sizeof *p.x, err)))
            return err->code;
    }
    const unsigned most = OUTPUT_ROWS;
    for (unsigned i = 0; i < s.wanted; i += most) {
        const unsigned n = s.wanted - i < most ? s.wanted - i : most;
        if (r->last().run_output(i, n, err) ||
            take_logits(r, n, logits + static_cast<size_t>(i) * r->m->config.n_vocab, err))
            return err->code;
    }
    return s.wanted ? 0 : r->last().g.wait(err);
}

inline int run_step(struct backend *b, const struct backend_row *rows, size_t n, float *logits,
                    struct weir_err *err)
{
    runner_state *r = state_of(b);
    const void *const pages = r->parts[0].pages, *const parts = r->parts[0].parts;
    step_shape s;
    const bool failed =
        make_lists(r, rows, static_cast<unsigned>(n), &s, err) || upload_lists(r, s, err);
    if (r->parts[0].pages != pages || r->parts[0].parts != parts) // a step that fails moves, too
        drop_graphs(r);
    if (failed)
        return err->code;
    const bool same = n <= MAT_VEC_COLUMNS && r->n_parts == 1 && s.wanted == n && s.n_items == n;
    if (!same)
        return run_parts(r, s, logits, err);
    return run_graph(r, s, err) ? err->code : take_logits(r, s.wanted, logits, err);
}

/* ---- opening ---- */

inline void run_free(struct backend *b)
{
    runner_state *r = state_of(b);
    if (r->n_parts) {
        gpu &g = r->parts[0].g;
        drop_graphs(r);
        void *const host[] = {r->lists, r->x, r->logits, r->pages};
        for (void *p : host)
            if (p)
                g.release_host(p);
    }
    for (unsigned i = 0; i < r->n_parts; i++)
        part_close(&r->parts[i]);
    free(r->pages_of_step);
    delete[] r->parts;
    delete r;
}

/* Pages for nine tenths of what is left, on the device that has least for its own. */
inline int find_room(runner_state *r, struct weir_err *err)
{
    size_t largest = 1;
    uint64_t pages = UINT32_MAX / 2;
    for (unsigned i = 0; i < r->n_parts; i++) {
        part &p = r->parts[i];
        size_t left = 0;
        if (p.g.free_bytes(&left, err))
            return err->code;
        const uint64_t fit = left / 10 * 9 / p.page_bytes;
        pages = fit < pages ? fit : pages;
        largest = larger(largest, p.page_bytes);
        r->b.page_bytes += p.page_bytes;
    }
    const uint64_t of_slab = largest < SLAB_BYTES ? SLAB_BYTES / largest : 1;
    r->pages_a_slab = static_cast<unsigned>(pages < of_slab ? pages : of_slab);
    r->b.max_pages = pages ? static_cast<uint32_t>(pages / r->pages_a_slab * r->pages_a_slab) : 0;
    return r->b.max_pages ? 0
                          : weir_err_set(err, WEIR_EMEM,
                                         "CUDA: the weights leave no room for a cache: try --dtype "
                                         "int8 or more --gpus");
}

inline int check_model(const struct model_config *c, unsigned n_devices, struct weir_err *err)
{
    if (c->head_dim > MAX_HEAD)
        return weir_err_set(err, WEIR_EUSAGE, "CUDA: heads of %u numbers, at most %d are supported",
                            c->head_dim, MAX_HEAD);
    if (n_devices > c->n_layers)
        return weir_err_set(err, WEIR_EUSAGE, "--gpus %u: the model has %u layers", n_devices,
                            c->n_layers);
    return 0;
}

inline int open_parts(runner_state *r, unsigned n, struct weir_err *err)
{
    const struct model_config *c = &r->m->config;
    r->parts = new (std::nothrow) part[n]();
    if (!r->parts)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    for (unsigned i = 0; i < n; i++) {
        part &p = r->parts[i];
        r->n_parts = i + 1;
        p.from = static_cast<unsigned>(static_cast<uint64_t>(c->n_layers) * i / n);
        p.to = static_cast<unsigned>(static_cast<uint64_t>(c->n_layers) * (i + 1) / n);
        if (part_open(&p, static_cast<int>(i), r->m, err))
            return err->code;
    }
    gpu &g = r->parts[0].g;
    r->lists = static_cast<step_lists *>(g.allocate_host(sizeof *r->lists, err));
    r->x = static_cast<float *>(
        g.allocate_host(STEP_ROWS * sizeof *r->x * static_cast<size_t>(c->hidden), err));
    r->logits = static_cast<float *>(
        g.allocate_host(OUTPUT_ROWS * sizeof *r->logits * static_cast<size_t>(c->n_vocab), err));
    return r->lists && r->x && r->logits ? find_room(r, err) : err->code;
}

/* The first n devices take the model; NULL and err when they cannot. */
inline struct backend *run_open(const model *m, unsigned n, struct weir_err *err)
{
    if (check_model(&m->config, n, err))
        return nullptr;
    runner_state *r = new (std::nothrow) runner_state();
    if (!r) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return nullptr;
    }
    r->m = m;
    if (open_parts(r, n, err)) {
        run_free(&r->b);
        return nullptr;
    }
    r->b.name = "cuda";
    r->b.max_rows = STEP_ROWS;
    r->b.x = r->x;
    r->b.reserve = run_reserve;
    r->b.copy_page = run_copy_page;
    r->b.step = run_step;
    r->b.free = run_free;
    snprintf(r->b.device, sizeof r->b.device, "%s%s", r->parts[0].g.name,
             n > 1 ? " and others" : "");
    return &r->b;
}

} // namespace SIMT_SPACE

#endif
