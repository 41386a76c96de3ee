/* A model's layers in the memory of a device: matrices that are read together lie together, rows
 * begin at multiples of 16 bytes. */
#ifndef WEIR_INFER_CUDA_MODEL_H
#define WEIR_INFER_CUDA_MODEL_H

#include <cstdlib>
#include <cstring>
#include "infer/cuda/cuda_mat_vec.h"
#include "infer/model.h"
#include "weir/buf.h"

namespace SIMT_SPACE
{

struct device_side { // an adapter of rows of a matrix, see struct side_path
    const float *a, *b;
    unsigned rank, first_row, rows, cols; // rank 0: there is none
    float scale;
};

enum { MAX_SIDES = 3 };

struct device_product { // matrices of the same columns, one below the other
    device_matrix w;
    const float *bias; // or NULL
    device_side side[MAX_SIDES];
};

struct device_layer {
    device_product qkv, o, gate_up, down;
    const float *attention_norm, *mlp_norm, *q_norm, *k_norm;
};

struct memory_list { // of a device, freed together
    void **at = nullptr;
    size_t n = 0, cap = 0;
};

struct uploader {
    gpu *g;
    memory_list *list;
    struct weir_err *err;

    void *room(size_t bytes)
    {
        if (weir_grow(&list->at, &list->cap, list->n + 1, sizeof *list->at)) {
            weir_err_set(err, WEIR_EMEM, "out of memory");
            return nullptr;
        }
        void *p = g->allocate(bytes, err);
        if (p)
            list->at[list->n++] = p;
        return p;
    }
    template <class T> int room_for(T **p, size_t n)
    {
        *p = static_cast<T *>(room(n * sizeof(T)));
        return *p ? 0 : err->code;
    }
    int floats(const float **to, const float *from, size_t n)
    {
        float *p = nullptr;
        *to = nullptr;
        if (!from)
            return 0;
        if (room_for(&p, n) || g->upload(p, from, n * sizeof *p, err))
            return err->code;
        *to = p;
        return 0;
    }

    static unsigned bytes_of(int type)
    {
        return type == MATRIX_F32 ? 4 : type == MATRIX_I8 ? 1 : 2;
    }
    /* Where the types differ, as in a model with whole tensors of an adapter, all become floats. */
    static int common_type(const struct matrix *const *w, unsigned n)
    {
        for (unsigned i = 1; i < n; i++)
            if (w[i]->type != w[0]->type)
                return MATRIX_F32;
        return w[0]->type;
    }
    int rows_as_floats(const struct matrix *w, uint8_t *to, size_t stride)
    {
        float *row = static_cast<float *>(malloc(w->cols * sizeof *row));
        int rc = row ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
        for (size_t r = 0; !rc && r < w->rows; r++) {
            matrix_row(w, r, row);
            rc = g->upload(to + r * stride, row, w->cols * sizeof *row, err);
            rc = rc ? rc : g->wait(err);
        }
        free(row);
        return rc;
    }
    int matrix_rows(device_matrix *to, const struct matrix *w, size_t first_row)
    {
        uint8_t *p = static_cast<uint8_t *>(const_cast<void *>(to->data)) + first_row * to->stride;
        if (w->type != to->type)
            return rows_as_floats(w, p, to->stride);
        if (w->scale && g->upload(const_cast<float *>(to->scale) + first_row, w->scale,
                                  w->rows * sizeof *w->scale, err))
            return err->code;
        return g->upload_rows(p, to->stride, w->data, w->cols * bytes_of(w->type), w->rows, err);
    }
    int matrices(device_matrix *to, const struct matrix *const *w, unsigned n)
    {
        size_t rows = 0;
        for (unsigned i = 0; i < n; i++)
            rows += w[i]->rows;
        *to = device_matrix{};
        to->type = common_type(w, n);
        to->rows = static_cast<unsigned>(rows);
        to->cols = static_cast<unsigned>(w[0]->cols);
        to->stride = (w[0]->cols * bytes_of(to->type) + 15) / 16 * 16;
        if (!(to->data = room(rows * to->stride)) ||
            (to->stride != w[0]->cols * bytes_of(to->type) &&
             g->clear(const_cast<void *>(to->data), rows * to->stride, err)))
            return err->code;
        float *scale = nullptr;
        if (to->type == MATRIX_I8 && room_for(&scale, rows))
            return err->code;
        to->scale = scale;
        for (size_t i = 0, at = 0; i < n; at += w[i++]->rows)
            if (matrix_rows(to, w[i], at))
                return err->code;
        return 0;
    }
    int bias(const float **to, const struct matrix *const *w, const float *const *from, unsigned n)
    {
        size_t rows = 0;
        bool any = false;
        for (unsigned i = 0; i < n; i++) {
            rows += w[i]->rows;
            any = any || from[i];
        }
        float *p = nullptr;
        *to = nullptr;
        if (!any)
            return 0;
        if (room_for(&p, rows) || g->clear(p, rows * sizeof *p, err))
            return err->code;
        for (size_t i = 0, at = 0; i < n; at += w[i++]->rows)
            if (from[i] && g->upload(p + at, from[i], w[i]->rows * sizeof *p, err))
                return err->code;
        *to = p;
        return 0;
    }
    int side(device_side *to, const struct matrix *w, size_t first_row)
    {
        *to = device_side{};
        if (!w->side)
            return 0;
        to->first_row = static_cast<unsigned>(first_row);
        to->rows = static_cast<unsigned>(w->rows);
        to->cols = static_cast<unsigned>(w->cols);
        to->scale = w->side->scale;
        if (floats(&to->a, w->side->a, w->side->rank * w->cols) ||
            floats(&to->b, w->side->b, w->side->rank * w->rows))
            return err->code;
        to->rank = static_cast<unsigned>(w->side->rank);
        return 0;
    }
    int product(device_product *to, const struct matrix *const *w, const float *const *b,
                unsigned n)
    {
        *to = device_product{};
        if (matrices(&to->w, w, n) || bias(&to->bias, w, b, n))
            return err->code;
        for (size_t i = 0, at = 0; i < n; at += w[i++]->rows)
            if (side(&to->side[i], w[i], at))
                return err->code;
        return 0;
    }
    int layer(device_layer *to, const struct layer *l, const struct model_config *c)
    {
        const struct matrix *const qkv[] = {&l->q, &l->k, &l->v},
                                   *const gate_up[] = {&l->gate, &l->up}, *const o[] = {&l->o},
                                   *const down[] = {&l->down};
        const float *const qkv_bias[] = {l->q_bias, l->k_bias, l->v_bias},
                           *const gate_up_bias[] = {l->gate_bias, l->up_bias},
                           *const o_bias[] = {l->o_bias}, *const down_bias[] = {l->down_bias};
        if (product(&to->qkv, qkv, qkv_bias, 3) || product(&to->o, o, o_bias, 1) ||
            product(&to->gate_up, gate_up, gate_up_bias, 2) ||
            product(&to->down, down, down_bias, 1) ||
            floats(&to->attention_norm, l->attention_norm, c->hidden) ||
            floats(&to->mlp_norm, l->mlp_norm, c->hidden) ||
            floats(&to->q_norm, c->qk_norm ? l->q_norm : nullptr, c->head_dim) ||
            floats(&to->k_norm, c->qk_norm ? l->k_norm : nullptr, c->head_dim))
            return err->code;
        return 0;
    }
};

inline bool has_side(const device_product &p)
{
    for (unsigned i = 0; i < MAX_SIDES; i++)
        if (p.side[i].rank)
            return true;
    return false;
}

inline bool has_side(const device_layer &l)
{
    return has_side(l.qkv) || has_side(l.o) || has_side(l.gate_up) || has_side(l.down);
}

} // namespace SIMT_SPACE

#endif
