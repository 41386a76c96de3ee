/* y = W x for 1 to 16 columns x at once: each weight is read once, 16 bytes a lane, and each result
 * is a sum in an order that depends on the length alone.  What stands before and behind the product
 * in a layer happens here too, so that a layer takes few launches.
 *
 * A warp has two or four rows of W.  Columns lie in the block's shared memory, a part of their
 * length after the other, in the order in which the lanes of a warp read them without conflicts. */
#ifndef WEIR_INFER_CUDA_MAT_VEC_H
#define WEIR_INFER_CUDA_MAT_VEC_H

#include "infer/cuda/cuda_place.h"

namespace SIMT_SPACE
{

enum { MAT_VEC_COLUMNS = 16 };

enum mat_vec_kind {
    MAT_VEC_PLAIN, // y = W x + bias
    MAT_VEC_ADD,   // y += W x + bias
    MAT_VEC_GATED, // y = SiLU(gate) · up, W's upper and lower half
    MAT_VEC_QKV    // heads to their places
};

struct device_matrix { // rows × cols numbers in a device's memory; the ends of rows are zeros
    const void *data;
    const float *scale; // of a row of int8
    size_t stride;      // bytes of a row, a multiple of 16
    unsigned rows, cols;
    int type; // enum matrix_type
};

struct mat_vec_args {
    device_matrix w;
    const float *x;    // n columns of w.cols numbers
    const float *norm; // their root mean square norm's weights, or NULL: none
    float eps;
    const float *bias; // or NULL
    float *y;          // column c of y begins at c * stride_y
    size_t stride_y;
    unsigned n;
    mat_vec_kind kind;
    placing place;     // MAT_VEC_QKV; with norms of heads, heads are in y first
    unsigned *arrived; // a number a head, then; all 0
};

template <class T, unsigned N> struct mat_vec {
    static constexpr unsigned threads = 256, warps = threads / 32;
    static constexpr unsigned pairs = N <= 2 ? 1 : 2, rows = 2 * pairs; // of a warp
    static constexpr unsigned in_load = numbers<T>::in_load, chunk = 32 * in_load;
    static constexpr unsigned tile = 8192 / N; // of a column, in shared memory
    static_assert(tile % chunk == 0, "a part of a column is whole loads of a warp");
    mat_vec_args a;

    static unsigned n_units(const mat_vec_args &a)
    {
        return a.w.rows / 2 + a.w.rows % 2;
    }
    static grid blocks(const mat_vec_args &a)
    {
        const unsigned of_block = warps * pairs;
        return {{(n_units(a) + of_block - 1) / of_block, 1, 1}};
    }
    static size_t shared_bytes(const mat_vec_args &a)
    {
        const unsigned padded = (a.w.cols + chunk - 1) / chunk * chunk;
        return ((padded < tile ? padded : tile) + warps + 1) * N * sizeof(float);
    }

    SIMT_CODE unsigned part() const // numbers of a column in shared memory
    {
        const unsigned padded = (a.w.cols + chunk - 1) / chunk * chunk;
        return padded < tile ? padded : tile;
    }
    /* Row `which` (0, 1) of a pair. */
    SIMT_CODE unsigned row_of(unsigned unit, unsigned which) const
    {
        if (a.kind == MAT_VEC_GATED)
            return unit + which * (a.w.rows / 2);
        if (a.kind != MAT_VEC_QKV)
            return 2 * unit + which;
        const unsigned half = a.place.s.dim / 2, head = unit / half, pair = unit % half;
        return head * a.place.s.dim + (which ? a.place.s.second(pair) : a.place.s.first(pair));
    }
    SIMT_CODE const uint8_t *row_data(unsigned unit, unsigned which) const
    {
        const unsigned r = row_of(unit, which), last = a.w.rows - 1;
        return static_cast<const uint8_t *>(a.w.data) + (r < last ? r : last) * a.w.stride;
    }
    SIMT_CODE float bias(unsigned row) const
    {
        return a.bias ? a.bias[row] : 0;
    }
    SIMT_CODE void finish(unsigned unit, unsigned column, float first, float second) const
    {
        const unsigned r0 = row_of(unit, 0), r1 = row_of(unit, 1);
        const bool both = r1 < a.w.rows;
        float *y = a.y + column * a.stride_y;
        if (a.w.scale) {
            first *= a.w.scale[r0];
            second *= both ? a.w.scale[r1] : 0;
        }
        first += bias(r0);
        second += both ? bias(r1) : 0;
        if (a.kind == MAT_VEC_GATED) {
            y[unit] = first / (1 + expf(-first)) * second;
        } else if (a.kind == MAT_VEC_QKV && !a.place.s.q_norm) {
            const unsigned half = a.place.s.dim / 2;
            a.place.put_pair(column, unit / half, unit % half, first, second);
        } else {
            const bool add = a.kind == MAT_VEC_ADD;
            y[r0] = first + (add ? y[r0] : 0);
            if (both)
                y[r1] = second + (add ? y[r1] : 0);
        }
    }

    /* scales[c] becomes 1 / root mean square of column c. */
    template <class B> SIMT_CODE void find_scales(B &b, float *sums, float *scales) const
    {
        typename B::template each_thread<float[N]> sum;
        b.lanes([&](unsigned t) {
            SIMT_EACH (c, N) {
                sum[t][c] = 0;
                if (c >= a.n)
                    continue;
                const float *x = a.x + static_cast<size_t>(c) * a.w.cols;
                for (unsigned k = t; k < a.w.cols; k += threads)
                    sum[t][c] += x[k] * x[k];
            }
        });
        b.warp_sum(sum);
        b.each([&](unsigned t) {
            SIMT_EACH (c, N)
                if (t % 32 == 0)
                    sums[c * warps + t / 32] = sum[t][c];
        });
        b.each([&](unsigned t) {
            if (t >= N)
                return;
            float all = 0;
            for (unsigned i = 0; i < warps; i++)
                all += sums[t * warps + i];
            scales[t] = 1 / sqrtf(all / static_cast<float>(a.w.cols) + a.eps);
        });
    }
    /* Numbers from … from + part() of all columns, normed; zeros behind the end. */
    SIMT_CODE void load_columns(unsigned t, unsigned from, float *to, const float *scales) const
    {
        const unsigned n = part();
        for (unsigned c = 0; c < N; c++) {
            const float *x = a.x + static_cast<size_t>(c) * a.w.cols;
            for (unsigned i = t; i < n; i += threads) {
                const unsigned k = from + i, in = i % chunk, e = in % in_load;
                float f = 0;
                if (c < a.n && k < a.w.cols)
                    f = a.norm ? x[k] * scales[c] * a.norm[k] : x[k];
                to[c * n + (i - in) + e / 4 * 128 + in / in_load * 4 + e % 4] = f;
            }
        }
    }
    /* Adds D loads of each row, which are all on their way at once. */
    template <unsigned D>
    SIMT_CODE void add_loads(const float *x, unsigned n, const uint8_t *const *row, size_t from,
                             float (&sum)[rows * N]) const
    {
        sixteen_bytes w[D][rows];
        SIMT_EACH (d, D)
            SIMT_EACH (r, rows)
                w[d][r] = load_once(row[r] + from + d * 32 * sizeof(sixteen_bytes));
        SIMT_EACH (d, D)
            SIMT_EACH (c, N)
                SIMT_EACH (g, in_load / 4) {
                    const four_floats v =
                        *reinterpret_cast<const four_floats *>(x + c * n + d * chunk + g * 128);
                    SIMT_EACH (r, rows)
                        SIMT_EACH (e, 4)
                            sum[r * N + c] += numbers<T>::unpack(w[d][r], g * 4 + e) * v.x[e];
                }
    }
    SIMT_CODE void multiply(unsigned t, unsigned from, const float *x, const uint8_t *const *row,
                            float (&sum)[rows * N]) const
    {
        constexpr unsigned deep = N == 1 ? 4 : N < 8 ? 2 : 1;
        const unsigned n = part(), first = t % 32 * in_load, left = a.w.cols - from;
        const unsigned end = left < n ? left : n;
        const float *at = x + t % 32 * 4;
        const auto bytes = [&](unsigned i) {
            return static_cast<size_t>(from + i) / in_load * sizeof(sixteen_bytes);
        };
        unsigned i = first;
        for (; i + (deep - 1) * chunk < end; i += deep * chunk, at += deep * chunk)
            add_loads<deep>(at, n, row, bytes(i), sum);
        for (; i < end; i += chunk, at += chunk)
            add_loads<1>(at, n, row, bytes(i), sum);
    }
    /* Heads that are whole in y now get their norm and their places, from the last block that had a
     * row of them. */
    template <class B>
    SIMT_CODE void place_heads(B &b, unsigned first_unit, unsigned end_unit) const
    {
        typename B::template each_thread<float> sum;
        const unsigned half = a.place.s.dim / 2, of_block = warps * pairs;
        for (unsigned head = first_unit / half; head * half < end_unit; head++) {
            const unsigned blocks = ((head + 1) * half - 1) / of_block - head * half / of_block + 1;
            if (!b.arrive(&a.arrived[head], blocks))
                continue;
            for (unsigned c0 = 0; c0 < a.n; c0 += warps) {
                const float *y = a.y + static_cast<size_t>(head) * a.place.s.dim;
                b.lanes([&](unsigned t) {
                    const unsigned c = c0 + t / 32;
                    sum[t] = c < a.n ? a.place.sum_squares(y + c * a.stride_y, nullptr, t % 32) : 0;
                });
                b.warp_sum(sum);
                b.lanes([&](unsigned t) {
                    const unsigned c = c0 + t / 32;
                    if (c < a.n)
                        a.place.put_head(c, head, y + c * a.stride_y, nullptr, sum[t], t % 32);
                });
            }
        }
    }

    template <class B> SIMT_CODE void operator()(B &b) const
    {
        typename B::template each_thread<float[rows * N]> sum;
        typename B::template each_thread<const uint8_t *[rows]> row;
        float *const columns = b.shared(), *const sums = columns + part() * N,
                     *const scales = sums + warps * N;
        const unsigned n_units = a.w.rows / 2 + a.w.rows % 2, first = b.at(0) * warps * pairs;
        const unsigned end = first + warps * pairs < n_units ? first + warps * pairs : n_units;
        b.lanes([&](unsigned t) {
            SIMT_EACH (r, rows) {
                const unsigned unit = first + t / 32 * pairs + r / 2;
                row[t][r] = row_data(unit < n_units ? unit : n_units - 1, r % 2);
                /* What comes first travels while the columns are prepared. */
                if (t % 32 * 16 < a.w.stride)
                    b.prefetch(row[t][r] + t % 32 * 16);
                SIMT_EACH (c, N)
                    sum[t][r * N + c] = 0;
            }
        });
        if (a.norm)
            find_scales(b, sums, scales);
        for (unsigned from = 0; from < a.w.cols; from += part()) {
            b.each([&](unsigned t) { load_columns(t, from, columns, scales); });
            b.each([&](unsigned t) { multiply(t, from, columns, row[t], sum[t]); });
        }
        b.warp_sum(sum);
        b.each([&](unsigned t) {
            SIMT_EACH (pair, pairs) {
                const unsigned unit = first + t / 32 * pairs + pair, column = t % 32;
                float mine = 0, other = 0;
                SIMT_EACH (c, N)
                    if (column == c)
                        mine = sum[t][2 * pair * N + c], other = sum[t][(2 * pair + 1) * N + c];
                if (column < a.n && unit < n_units)
                    finish(unit, column, mine, other);
            }
        });
        if (a.kind == MAT_VEC_QKV && a.place.s.q_norm)
            place_heads(b, first, end);
    }
};

} // namespace SIMT_SPACE

#endif
