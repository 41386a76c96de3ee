/* Where queries, keys and values of a step go: the layout of the cache in a device's memory, norm
 * and rotation of a head.
 *
 * A page holds, for each layer of the device, ENGINE_PAGE keys and as many values of each of its
 * heads, a head after the other, so that a head's keys of a page are one piece:
 *
 *     layer │ key, value │ head of keys │ position in the page │ head_dim, padded to 16 bytes */
#ifndef WEIR_INFER_CUDA_PLACE_H
#define WEIR_INFER_CUDA_PLACE_H

#include <cmath>
#include "infer/cuda/cuda_numbers.h"

namespace SIMT_SPACE
{

enum { CACHE_PAGE = 16 }; // positions

struct cache_view {       // of one layer
    uint8_t *const *page; // the lists of all sequences, behind each other
    size_t layer_at;      // offset of the layer in a page
    size_t head_bytes;    // of a head's keys in a page
    unsigned n_kv_heads;
    int is_half; // else float

    SIMT_CODE uint8_t *head(size_t list, unsigned position, unsigned kv_head, int value) const
    {
        return page[list + position / CACHE_PAGE] + layer_at +
               (static_cast<size_t>(value) * n_kv_heads + kv_head) * head_bytes +
               position % CACHE_PAGE * (head_bytes / CACHE_PAGE);
    }
    SIMT_CODE void store(uint8_t *to, unsigned i, float f) const
    {
        if (is_half)
            numbers<f16>::put(to, i, f);
        else
            numbers<float>::put(to, i, f);
    }
};

struct row_view {         // of a step
    const uint32_t *at;   // positions
    const uint32_t *list; // where the row's sequence's pages begin in cache_view.page
};

/* Heads 0…n_heads - 1 are queries, then n_kv_heads of keys, then as many of values. */
struct head_shape {
    unsigned n_heads, n_kv_heads, dim;
    int adjacent;                 // pairs are (2i, 2i + 1), else (i, i + dim / 2)
    const float *frequency;       // of pair i
    const float *q_norm, *k_norm; // dim numbers, or NULL
    float eps;

    SIMT_CODE bool is_value(unsigned head) const
    {
        return head >= n_heads + n_kv_heads;
    }
    SIMT_CODE unsigned first(unsigned pair) const
    {
        return adjacent ? 2 * pair : pair;
    }
    SIMT_CODE unsigned second(unsigned pair) const
    {
        return adjacent ? 2 * pair + 1 : pair + dim / 2;
    }
};

struct placing {
    head_shape s;
    cache_view cache;
    row_view rows;
    float *q; // rows × n_heads × dim

    SIMT_CALL void put_pair(unsigned row, unsigned head, unsigned pair, float a, float b) const
    {
        const unsigned i = s.first(pair), k = s.second(pair);
        if (!s.is_value(head)) {
            const float angle = static_cast<float>(rows.at[row]) * s.frequency[pair];
            float si, co;
            sincosf(angle, &si, &co);
            const float p = a;
            a = p * co - b * si;
            b = b * co + p * si;
        }
        if (head < s.n_heads) {
            float *to = q + (static_cast<size_t>(row) * s.n_heads + head) * s.dim;
            to[i] = a;
            to[k] = b;
            return;
        }
        const int value = s.is_value(head);
        const unsigned kv = head - s.n_heads - (value ? s.n_kv_heads : 0);
        uint8_t *to = cache.head(rows.list[row], rows.at[row], kv, value);
        cache.store(to, i, a);
        cache.store(to, k, b);
    }
    SIMT_CODE const float *norm(unsigned head) const
    {
        return head < s.n_heads ? s.q_norm : s.is_value(head) ? nullptr : s.k_norm;
    }
    /* A warp's: the head's numbers from + bias (NULL: none) to their place.  Phases for the caller,
     * with a warp sum over v between them. */
    SIMT_CALL float sum_squares(const float *from, const float *bias, unsigned lane) const
    {
        float sum = 0;
        for (unsigned i = lane; i < s.dim; i += 32) {
            const float x = from[i] + (bias ? bias[i] : 0);
            sum += x * x;
        }
        return sum;
    }
    SIMT_CALL void put_head(unsigned row, unsigned head, const float *from, const float *bias,
                            float squares, unsigned lane) const
    {
        const float *w = norm(head);
        const float scale = w ? 1 / sqrtf(squares / static_cast<float>(s.dim) + s.eps) : 1;
        for (unsigned pair = lane; pair < s.dim / 2; pair += 32) {
            const unsigned i = s.first(pair), k = s.second(pair);
            float a = from[i] + (bias ? bias[i] : 0), b = from[k] + (bias ? bias[k] : 0);
            if (w)
                a *= scale * w[i], b *= scale * w[k];
            put_pair(row, head, pair, a, b);
        }
    }
};

/* All heads of rows whose q, k, v were computed without norm and rotation: a warp a head. */
struct place_kernel {
    static constexpr unsigned threads = 128;
    placing p;
    const float *from, *bias; // rows × (n_heads + 2 n_kv_heads) × dim

    template <class B> SIMT_CODE void operator()(B &b) const
    {
        typename B::template each_thread<float> sum;
        const unsigned n = p.s.n_heads + 2 * p.s.n_kv_heads, row = b.at(1);
        const unsigned first = b.at(0) * (threads / 32);
        const float *const x = from + static_cast<size_t>(row) * n * p.s.dim;
        b.lanes([&](unsigned t) {
            const unsigned head = first + t / 32;
            const size_t at = static_cast<size_t>(head) * p.s.dim;
            sum[t] = head < n ? p.sum_squares(x + at, bias ? bias + at : nullptr, t % 32) : 0;
        });
        b.warp_sum(sum);
        b.lanes([&](unsigned t) {
            const unsigned head = first + t / 32;
            const size_t at = static_cast<size_t>(head) * p.s.dim;
            if (head < n)
                p.put_head(row, head, x + at, bias ? bias + at : nullptr, sum[t], t % 32);
        });
    }
};

} // namespace SIMT_SPACE

#endif
