/* A part's memory. */
#ifndef WEIR_INFER_CUDA_PART_OPEN_H
#define WEIR_INFER_CUDA_PART_OPEN_H

#include "infer/cuda/cuda_part.h"

namespace SIMT_SPACE
{

inline size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

inline int part_upload(part *p, const model *m, uploader &u)
{
    p->layer = static_cast<device_layer *>(weir_calloc(p->to - p->from + 1, sizeof *p->layer));
    if (!p->layer)
        return weir_err_set(u.err, WEIR_EMEM, "out of memory");
    for (unsigned l = p->from; l < p->to; l++)
        if (u.layer(&p->layer[l - p->from], &m->layer[l], p->c))
            return u.err->code;
    if (p->to < p->c->n_layers)
        return 0;
    const struct matrix *const output[] = {&m->output};
    const float *const none[] = {nullptr};
    if (u.product(&p->output, output, none, 1) ||
        u.room_for(&p->logits, OUTPUT_ROWS * static_cast<size_t>(p->c->n_vocab)))
        return u.err->code;
    return u.floats(&p->norm, m->norm, p->c->hidden);
}

/* Rows of numbers, and what the kernels need besides. */
inline int part_rooms(part *p, const model *m, uploader &u)
{
    const struct model_config *c = p->c;
    const size_t rows = STEP_ROWS, widest = larger(larger(c->hidden, p->n_q()), c->intermediate);
    const size_t of_raw =
        larger(larger(p->n_qkv(), 2 * static_cast<size_t>(c->intermediate)), c->hidden);
    const size_t groups = rows * c->n_heads,
                 n_arrived = larger(groups, c->n_heads + 2 * c->n_kv_heads);
    float *frequency = static_cast<float *>(weir_calloc(c->head_dim, sizeof *frequency));
    if (!frequency)
        return weir_err_set(u.err, WEIR_EMEM, "out of memory");
    model_rope_frequencies(c, frequency);
    int rc = u.floats(&p->frequency, frequency, c->head_dim / 2);
    rc = rc ? rc : p->g.wait(u.err);
    free(frequency);
    const size_t most = larger(of_raw, p->to == c->n_layers ? c->n_vocab : 0) * 4 * (widest + 16);
    uint8_t *widened = nullptr;
    if (rc || u.room_for(&p->x, rows * c->hidden) ||
        u.room_for(&p->xb, rows * larger(c->hidden, p->n_q())) ||
        u.room_for(&p->raw, rows * of_raw) || u.room_for(&p->hb, rows * widest) ||
        u.room_for(&p->side, rows * m->side_rank) || u.room_for(&p->narrow, rows * widest) ||
        u.room_for(&p->up, rows) || u.room_for(&p->arrived, n_arrived) ||
        u.room_for(&widened, most < WIDEN_BYTES ? most : WIDEN_BYTES + widest * 4 + 64) ||
        u.room_for(&p->lists, 1))
        return u.err->code;
    p->widened = widened;
    return p->g.clear(p->arrived, n_arrived * sizeof *p->arrived, u.err);
}

/* Room for the lists of so many pages, and for so many parts of attention; what was there is lost.
 */
inline int part_make_pages(part *p, size_t n, struct weir_err *err)
{
    if (n <= p->cap_pages)
        return 0;
    const size_t cap = n + n / 2 + 1024;
    if (p->pages)
        p->g.release(p->pages);
    p->pages = static_cast<uint8_t **>(p->g.allocate(cap * sizeof *p->pages, err));
    p->cap_pages = p->pages ? cap : 0;
    return p->pages ? 0 : err->code;
}

inline int part_make_parts(part *p, unsigned n, struct weir_err *err)
{
    if (n <= p->cap_parts)
        return 0;
    const size_t heads = MAT_VEC_COLUMNS * static_cast<size_t>(p->c->n_heads);
    if (p->parts)
        p->g.release(p->parts);
    p->parts = static_cast<float *>(
        p->g.allocate(heads * n * (p->c->head_dim + 2) * sizeof *p->parts, err));
    p->cap_parts = p->parts ? n : 0;
    return p->parts ? 0 : err->code;
}

/* The device's number, and its layers, are known. */
inline int part_open(part *p, int device, const model *m, struct weir_err *err)
{
    uploader u = {&p->g, &p->memory, err};
    p->c = &m->config;
    p->half = m->layer[0].q.type != MATRIX_F32;
    p->layer_bytes = 2 * p->head_bytes() * p->c->n_kv_heads;
    p->page_bytes = (p->to - p->from) * p->layer_bytes;
    if (p->g.open(device, err) || part_upload(p, m, u) || part_rooms(p, m, u))
        return err->code;
    return p->g.wait(err);
}

inline void part_close(part *p)
{
    for (size_t i = 0; i < p->memory.n; i++)
        p->g.release(p->memory.at[i]);
    for (size_t i = 0; i < p->n_slabs; i++)
        p->g.release(p->slab[i]);
    if (p->pages)
        p->g.release(p->pages);
    if (p->parts)
        p->g.release(p->parts);
    free(p->memory.at);
    free(p->slab);
    free(p->layer);
    p->g.close();
}

} // namespace SIMT_SPACE

#endif
