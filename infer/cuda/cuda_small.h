/* The small kernels of a step with many rows or with adapters, where a product is a library's or
 * has a side path, so that what stands around it cannot happen inside. */
#ifndef WEIR_INFER_CUDA_SMALL_H
#define WEIR_INFER_CUDA_SMALL_H

#include "infer/cuda/cuda_numbers.h"

namespace SIMT_SPACE
{

/* Root mean square norm of a row a block, of all rows or of those picked. */
struct norm_kernel {
    static constexpr unsigned threads = 256;
    const float *x, *weight;
    const uint32_t *pick; // rows of x; NULL: all
    float eps;
    unsigned dim;
    float *y;

    template <class B> SIMT_CODE void operator()(B &b) const
    {
        typename B::template each_thread<float> sum;
        float *const sums = b.shared();
        const size_t to = static_cast<size_t>(b.at(0)) * dim;
        const size_t at = pick ? static_cast<size_t>(pick[b.at(0)]) * dim : to;
        b.lanes([&](unsigned t) {
            sum[t] = 0;
            for (unsigned i = t; i < dim; i += threads)
                sum[t] += x[at + i] * x[at + i];
        });
        b.warp_sum(sum);
        b.each([&](unsigned t) {
            if (t % 32 == 0)
                sums[t / 32] = sum[t];
        });
        b.each([&](unsigned t) {
            float all = 0;
            for (unsigned i = 0; i < threads / 32; i++)
                all += sums[i];
            const float scale = 1 / sqrtf(all / static_cast<float>(dim) + eps);
            for (unsigned i = t; i < dim; i += threads)
                y[to + i] = x[at + i] * scale * weight[i];
        });
    }
};

/* A row a block, as 16-bit numbers for a matrix product.  Halves are first brought into the middle
 * of their range by a power of two; up gets what brings the results back. */
template <class T> struct narrow_kernel {
    static constexpr unsigned threads = 256;
    const float *x;
    unsigned dim;
    uint16_t *y;
    float *up; // of a row; NULL: the range is that of float

    template <class B> SIMT_CODE void operator()(B &b) const
    {
        typename B::template each_thread<float> top;
        float *const tops = b.shared();
        const size_t at = static_cast<size_t>(b.at(0)) * dim;
        b.lanes([&](unsigned t) {
            top[t] = 0;
            for (unsigned i = t; up && i < dim; i += threads)
                top[t] = fmaxf(top[t], fabsf(x[at + i]));
        });
        b.warp_max(top);
        b.each([&](unsigned t) {
            if (t % 32 == 0)
                tops[t / 32] = top[t];
        });
        b.each([&](unsigned t) {
            float all = 0;
            for (unsigned i = 0; i < threads / 32; i++)
                all = fmaxf(all, tops[i]);
            int e = 0;
            frexpf(all, &e); // all < 2^e
            const bool far = up && all > 0 && all < INFINITY && (e > 12 || e < -2);
            const float down = far ? ldexpf(1, 8 - (e > -100 ? e : -100)) : 1;
            for (unsigned i = t; i < dim; i += threads)
                numbers<T>::put(y, at + i, x[at + i] * down);
            if (up && t == 0)
                up[b.at(0)] = 1 / down;
        });
    }
};

/* int8 as halves, exactly and without the row's scale, or 16-bit numbers as floats, for a product
 * that knows no other way: a row of the matrix a block. */
template <class From, class To> struct widen_kernel {
    static constexpr unsigned threads = 256;
    const uint8_t *data;
    size_t stride; // bytes of a row
    void *y;       // rows of as many numbers as a padded row has

    template <class B> SIMT_CODE void operator()(B &b) const
    {
        constexpr unsigned n = numbers<From>::in_load;
        const uint8_t *const row = data + b.at(0) * stride;
        const unsigned loads = static_cast<unsigned>(stride / sizeof(sixteen_bytes));
        b.lanes([&](unsigned t) {
            for (unsigned i = t; i < loads; i += threads) {
                const sixteen_bytes w = load(row + i * sizeof(sixteen_bytes));
                for (unsigned e = 0; e < n; e++)
                    numbers<To>::put(y, (static_cast<size_t>(b.at(0)) * loads + i) * n + e,
                                     numbers<From>::unpack(w, e));
            }
        });
    }
};

/* What a matrix product left for later: y[c][r] *= up[c] * scale[r]. */
struct scale_kernel {
    static constexpr unsigned threads = 256;
    float *y;
    size_t stride;
    const float *up, *scale; // NULL: 1
    unsigned rows;

    template <class B> SIMT_CODE void operator()(B &b) const
    {
        b.lanes([&](unsigned t) {
            const unsigned r = b.at(0) * threads + t;
            if (r < rows)
                y[b.at(1) * stride + r] *= (up ? up[b.at(1)] : 1) * (scale ? scale[r] : 1);
        });
    }
};

/* x += y + bias, for the rows of a step. */
struct add_kernel {
    static constexpr unsigned threads = 256;
    float *x;
    const float *y, *bias; // bias or NULL
    unsigned dim;

    template <class B> SIMT_CODE void operator()(B &b) const
    {
        const size_t at = static_cast<size_t>(b.at(1)) * dim;
        b.lanes([&](unsigned t) {
            const unsigned i = b.at(0) * threads + t;
            if (i < dim)
                x[at + i] += y[at + i] + (bias ? bias[i] : 0);
        });
    }
};

/* y = SiLU(gate) · up; a row of x is the gates, then the ups. */
struct gate_kernel {
    static constexpr unsigned threads = 256;
    const float *x, *bias; // bias of both or NULL
    float *y;
    unsigned dim;

    template <class B> SIMT_CODE void operator()(B &b) const
    {
        b.lanes([&](unsigned t) {
            const unsigned i = b.at(0) * threads + t;
            if (i >= dim)
                return;
            const float *row = x + static_cast<size_t>(b.at(1)) * 2 * dim;
            const float g = row[i] + (bias ? bias[i] : 0),
                        u = row[dim + i] + (bias ? bias[dim + i] : 0);
            y[static_cast<size_t>(b.at(1)) * dim + i] = g / (1 + expf(-g)) * u;
        });
    }
};

/* An adapter's A x: a warp a number, of column b.at(1). */
struct side_inner_kernel {
    static constexpr unsigned threads = 128;
    const float *a, *x;
    unsigned rank, dim;
    float *y; // columns × rank

    template <class B> SIMT_CODE void operator()(B &b) const
    {
        typename B::template each_thread<float> sum;
        b.lanes([&](unsigned t) {
            const unsigned r = b.at(0) * (threads / 32) + t / 32;
            sum[t] = 0;
            for (unsigned k = t % 32; r < rank && k < dim; k += 32)
                sum[t] +=
                    a[static_cast<size_t>(r) * dim + k] * x[static_cast<size_t>(b.at(1)) * dim + k];
        });
        b.warp_sum(sum);
        b.lanes([&](unsigned t) {
            const unsigned r = b.at(0) * (threads / 32) + t / 32;
            if (r < rank && t % 32 == 0)
                y[static_cast<size_t>(b.at(1)) * rank + r] = sum[t];
        });
    }
};

/* y += scale · B (A x). */
struct side_outer_kernel {
    static constexpr unsigned threads = 128;
    const float *w, *x; // B: rows × rank; columns × rank
    float scale;
    unsigned rank, rows;
    float *y;
    size_t stride;

    template <class B> SIMT_CODE void operator()(B &b) const
    {
        b.lanes([&](unsigned t) {
            const unsigned r = b.at(0) * threads + t;
            if (r >= rows)
                return;
            float sum = 0;
            for (unsigned k = 0; k < rank; k++)
                sum += w[static_cast<size_t>(r) * rank + k] *
                       x[static_cast<size_t>(b.at(1)) * rank + k];
            y[b.at(1) * stride + r] += scale * sum;
        });
    }
};

} // namespace SIMT_SPACE

#endif
