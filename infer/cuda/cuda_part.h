/* The layers that one device has, and what it takes to run rows through them. */
#ifndef WEIR_INFER_CUDA_PART_H
#define WEIR_INFER_CUDA_PART_H

#include "infer/cuda/cuda_attend.h"
#include "infer/cuda/cuda_model.h"
#include "infer/cuda/cuda_small.h"

namespace SIMT_SPACE
{

enum {
    STEP_ROWS = 512,        // most of a step
    OUTPUT_ROWS = 64,       // whose logits are computed together
    WIDEN_BYTES = 64 << 20, // of a matrix that is widened for a product at once
    ATTEND_QUERIES = 8,     // of a block
    WIDE_HEAD = 128,        // a larger head leaves room for half as many
    MAX_HEAD = 256
};

/* What is known of a step's rows; in a device's memory, at fixed places so that a graph stays good.
 */
struct step_lists {
    uint32_t at[STEP_ROWS], list[STEP_ROWS], item[2 * STEP_ROWS], pick[STEP_ROWS];
};

struct step_shape {
    unsigned n, n_items, queries; // rows; blocks of attention a group of heads; queries of a block
    unsigned max_parts;           // blocks that share an item's positions
    unsigned wanted;
};

struct part {
    gpu g;
    unsigned from, to; // layers
    const struct model_config *c;
    memory_list memory; // all below
    device_layer *layer;
    device_product output; // of the last part
    const float *norm;
    const float *frequency;
    float *x, *xb, *raw, *hb, *side; // rows of numbers
    uint16_t *narrow;
    float *up;     // of narrow's rows
    void *widened; // WIDEN_BYTES at least a row
    float *logits; // OUTPUT_ROWS × n_vocab
    unsigned *arrived;
    step_lists *lists;
    uint8_t **pages; // behind lists in memory of its own, cap_pages
    size_t cap_pages;
    float *parts; // of attention
    unsigned cap_parts;
    uint8_t **slab; // of the cache
    size_t n_slabs, cap_slabs;
    size_t layer_bytes, page_bytes; // of a page
    int half;

    unsigned n_q() const
    {
        return c->n_heads * c->head_dim;
    }
    unsigned n_qkv() const
    {
        return n_q() + 2 * c->n_kv_heads * c->head_dim;
    }
    size_t head_bytes() const // of a head's keys in a page
    {
        return (c->head_dim * (half ? 2u : 4u) + 15u) / 16u * 16u * CACHE_PAGE;
    }
    cache_view cache(unsigned l) const
    {
        return {pages, (l - from) * layer_bytes, head_bytes(), c->n_kv_heads, half};
    }
    placing place(unsigned l) const
    {
        const device_layer &d = layer[l - from];
        return {{c->n_heads, c->n_kv_heads, c->head_dim, c->rope_adjacent, frequency, d.q_norm,
                 d.k_norm, c->norm_eps},
                cache(l),
                {lists->at, lists->list},
                xb};
    }

    /* ---- products ---- */

    template <class T, unsigned N> int mat_vec_of(const mat_vec_args &a, struct weir_err *err)
    {
        return g.launch(mat_vec<T, N>{a}, mat_vec<T, N>::blocks(a), mat_vec<T, N>::shared_bytes(a),
                        err);
    }
    template <class T> int mat_vec_for(const mat_vec_args &a, struct weir_err *err)
    {
        return a.n == 1   ? mat_vec_of<T, 1>(a, err)
               : a.n <= 4 ? mat_vec_of<T, 4>(a, err)
               : a.n <= 8 ? mat_vec_of<T, 8>(a, err)
                          : mat_vec_of<T, 16>(a, err);
    }
    int run_mat_vec(const mat_vec_args &a, struct weir_err *err)
    {
        return a.w.type == MATRIX_F32    ? mat_vec_for<float>(a, err)
               : a.w.type == MATRIX_F16  ? mat_vec_for<f16>(a, err)
               : a.w.type == MATRIX_BF16 ? mat_vec_for<bf16>(a, err)
                                         : mat_vec_for<int8_t>(a, err);
    }
    mat_vec_args args(const device_product &p, const float *x, const float *norm_weight, float *y,
                      size_t stride_y, unsigned n, mat_vec_kind kind) const
    {
        mat_vec_args a = {};
        a.w = p.w;
        a.x = x;
        a.norm = norm_weight;
        a.eps = c->norm_eps;
        a.bias = p.bias;
        a.y = y;
        a.stride_y = stride_y;
        a.n = n;
        a.kind = kind;
        return a;
    }

    /* The library's product of rows that are of its type already. */
    template <class From, class To>
    int multiply_widened(int type, const device_matrix &w, const void *in, unsigned n, float *y,
                         struct weir_err *err)
    {
        const size_t padded = w.stride / sizeof(sixteen_bytes) * numbers<From>::in_load;
        const size_t bytes = padded * sizeof(To);
        const unsigned most = bytes < WIDEN_BYTES ? static_cast<unsigned>(WIDEN_BYTES / bytes) : 1;
        for (unsigned r = 0; r < w.rows; r += most) {
            const unsigned rows = w.rows - r < most ? w.rows - r : most;
            const uint8_t *data = static_cast<const uint8_t *>(w.data) + r * w.stride;
            if (g.launch(widen_kernel<From, To>{data, w.stride, widened}, {{rows, 1, 1}}, 0, err) ||
                g.multiply(type, widened, padded, rows, w.cols, in, n, y + r, w.rows, err))
                return err->code;
        }
        return 0;
    }
    template <class T>
    int narrow_rows(const float *in, unsigned dim, unsigned n, float *scale_up,
                    struct weir_err *err)
    {
        return g.launch(narrow_kernel<T>{in, dim, narrow, scale_up}, {{n, 1, 1}}, 8 * sizeof(float),
                        err);
    }
    int scale_result(const device_matrix &w, unsigned n, float *y, struct weir_err *err)
    {
        return g.launch(scale_kernel{y, w.rows, up, w.scale, w.rows},
                        {{(w.rows + 255) / 256, n, 1}}, 0, err);
    }
    int multiply(const device_matrix &w, const float *in, unsigned n, float *y,
                 struct weir_err *err)
    {
        if (w.type == MATRIX_F32)
            return g.multiply(MATRIX_F32, w.data, w.stride / 4, w.rows, w.cols, in, n, y, w.rows,
                              err);
        if (w.type == MATRIX_BF16 && !g.can_multiply(MATRIX_BF16))
            return multiply_widened<bf16, float>(MATRIX_F32, w, in, n, y, err);
        if (w.type == MATRIX_BF16)
            return narrow_rows<bf16>(in, w.cols, n, nullptr, err)
                       ? err->code
                       : g.multiply(MATRIX_BF16, w.data, w.stride / 2, w.rows, w.cols, narrow, n, y,
                                    w.rows, err);
        if (narrow_rows<f16>(in, w.cols, n, up, err) ||
            (w.type == MATRIX_I8 ? multiply_widened<int8_t, f16>(MATRIX_F16, w, narrow, n, y, err)
                                 : g.multiply(MATRIX_F16, w.data, w.stride / 2, w.rows, w.cols,
                                              narrow, n, y, w.rows, err)))
            return err->code;
        return scale_result(w, n, y, err);
    }
    int add_sides(const device_product &p, const float *in, unsigned n, float *y,
                  struct weir_err *err)
    {
        for (const device_side &s : p.side) {
            if (!s.rank)
                continue;
            if (g.launch(side_inner_kernel{s.a, in, s.rank, s.cols, side},
                         {{(s.rank + 3) / 4, n, 1}}, 0, err) ||
                g.launch(side_outer_kernel{s.b, side, s.scale, s.rank, s.rows, y + s.first_row,
                                           p.w.rows},
                         {{(s.rows + 127) / 128, n, 1}}, 0, err))
                return err->code;
        }
        return 0;
    }
    /* y = W in with its side paths, without bias, for any number of rows. */
    int product(const device_product &p, const float *in, unsigned n, float *y,
                struct weir_err *err)
    {
        if (n > MAT_VEC_COLUMNS && g.can_multiply(MATRIX_F32)) {
            if (multiply(p.w, in, n, y, err))
                return err->code;
        } else {
            for (unsigned i = 0; i < n; i += MAT_VEC_COLUMNS) {
                const unsigned most = MAT_VEC_COLUMNS, k = n - i < most ? n - i : most;
                mat_vec_args a =
                    args(p, in + static_cast<size_t>(i) * p.w.cols, nullptr,
                         y + static_cast<size_t>(i) * p.w.rows, p.w.rows, k, MAT_VEC_PLAIN);
                a.bias = nullptr;
                if (run_mat_vec(a, err))
                    return err->code;
            }
        }
        return add_sides(p, in, n, y, err);
    }

    /* ---- a layer ---- */

    template <class T, unsigned Q>
    int attend_of(const attend_args &a, unsigned n_items, struct weir_err *err)
    {
        return g.launch(attend<T, Q>{a}, attend<T, Q>::blocks(a, n_items),
                        attend<T, Q>::shared_bytes(a.dim), err);
    }
    template <class T>
    int attend_for(const attend_args &a, const step_shape &s, struct weir_err *err)
    {
        return s.queries == 1   ? attend_of<T, 1>(a, s.n_items, err)
               : s.queries <= 4 ? attend_of<T, 4>(a, s.n_items, err)
                                : attend_of<T, 8>(a, s.n_items, err);
    }
    int run_attention(unsigned l, const step_shape &s, struct weir_err *err)
    {
        attend_args a = {};
        a.q = xb;
        a.y = hb;
        a.n_heads = c->n_heads;
        a.dim = c->head_dim;
        a.window = c->window;
        a.scale = 1 / sqrtf(static_cast<float>(c->head_dim));
        a.cache = cache(l);
        a.rows = {lists->at, lists->list};
        a.item = lists->item;
        a.parts = parts;
        a.max_parts = s.max_parts;
        a.arrived = arrived;
        return half ? attend_for<f16>(a, s, err) : attend_for<float>(a, s, err);
    }
    /* Five launches. */
    int run_few(unsigned l, const step_shape &s, struct weir_err *err)
    {
        const device_layer &d = layer[l - from];
        mat_vec_args qkv = args(d.qkv, x, d.attention_norm, raw, n_qkv(), s.n, MAT_VEC_QKV);
        qkv.place = place(l);
        qkv.arrived = arrived;
        if (run_mat_vec(qkv, err) || run_attention(l, s, err) ||
            run_mat_vec(args(d.o, hb, nullptr, x, c->hidden, s.n, MAT_VEC_ADD), err) ||
            run_mat_vec(args(d.gate_up, x, d.mlp_norm, hb, c->intermediate, s.n, MAT_VEC_GATED),
                        err) ||
            run_mat_vec(args(d.down, hb, nullptr, x, c->hidden, s.n, MAT_VEC_ADD), err))
            return err->code;
        return 0;
    }
    int run_norm(const float *weight, const uint32_t *pick, unsigned n, struct weir_err *err)
    {
        return g.launch(norm_kernel{x, weight, pick, c->norm_eps, c->hidden, xb}, {{n, 1, 1}},
                        8 * sizeof(float), err);
    }
    int run_add(const device_product &p, unsigned n, struct weir_err *err)
    {
        return g.launch(add_kernel{x, raw, p.bias, c->hidden}, {{(c->hidden + 255) / 256, n, 1}}, 0,
                        err);
    }
    int run_many(unsigned l, const step_shape &s, struct weir_err *err)
    {
        const device_layer &d = layer[l - from];
        const unsigned heads = c->n_heads + 2 * c->n_kv_heads, inner = c->intermediate;
        if (run_norm(d.attention_norm, nullptr, s.n, err) || product(d.qkv, xb, s.n, raw, err) ||
            g.launch(place_kernel{place(l), raw, d.qkv.bias}, {{(heads + 3) / 4, s.n, 1}}, 0,
                     err) ||
            run_attention(l, s, err) || product(d.o, hb, s.n, raw, err) || run_add(d.o, s.n, err) ||
            run_norm(d.mlp_norm, nullptr, s.n, err) || product(d.gate_up, xb, s.n, raw, err) ||
            g.launch(gate_kernel{raw, d.gate_up.bias, hb, inner}, {{(inner + 255) / 256, s.n, 1}},
                     0, err) ||
            product(d.down, hb, s.n, raw, err))
            return err->code;
        return run_add(d.down, s.n, err);
    }
    int run_layers(const step_shape &s, struct weir_err *err)
    {
        for (unsigned l = from; l < to; l++) {
            const bool few = s.n <= MAT_VEC_COLUMNS && !has_side(layer[l - from]);
            if (few ? run_few(l, s, err) : run_many(l, s, err))
                return err->code;
        }
        return 0;
    }
    /* Logits of the rows that lists->pick names from `first` on. */
    int run_output(unsigned first, unsigned n, struct weir_err *err)
    {
        return run_norm(norm, lists->pick + first, n, err) ? err->code
                                                           : product(output, xb, n, logits, err);
    }
};

} // namespace SIMT_SPACE

#endif
