/* Attention over the paged cache: a block has up to Q queries that read the same head of keys
 * (grouped heads of a row, or rows that follow each other), so that keys and values are read once
 * for all of them.
 *
 * Positions are cut at fixed places, and what the parts give is put together in their order with a
 * running maximum (Milakov and Gimelshein 2018; split over blocks as in Flash-Decoding, Dao et al.
 * 2023): the result does not depend on whether one block does all parts or each has its own. */
#ifndef WEIR_INFER_CUDA_ATTEND_H
#define WEIR_INFER_CUDA_ATTEND_H

#include "infer/cuda/cuda_place.h"

namespace SIMT_SPACE
{

enum { ATTEND_TILE = 64 }; // positions whose scores are in shared memory

/* Parts of 64 positions, then of 256 from 4,096 on, then of 1,024 from 16,384 on: few positions
 * already keep many blocks busy, many do not make too many parts. */
#ifdef __CUDACC__
#define BOTH_SIDES __host__ __device__ inline
#else
#define BOTH_SIDES inline
#endif
BOTH_SIDES unsigned attend_part_begin(unsigned part)
{
    return part <= 64    ? part * 64
           : part <= 112 ? 4096 + (part - 64) * 256
                         : 16384 + (part - 112) * 1024;
}
BOTH_SIDES unsigned attend_part_of(unsigned position)
{
    return position < 4096    ? position / 64
           : position < 16384 ? 64 + (position - 4096) / 256
                              : 112 + (position - 16384) / 1024;
}

struct attend_args {
    const float *q; // rows × n_heads × dim
    float *y;       // the same, the result
    unsigned n_heads, dim;
    unsigned window; // positions that a query sees, 0: all
    float scale;
    cache_view cache;
    row_view rows;
    const uint32_t *item; // of a block: its first row, then how many: 2 numbers
    float *parts;         // results of parts: rows × n_heads × max_parts × (dim + 2)
    unsigned max_parts;   // blocks that share the positions; 1: none do, parts is not used
    unsigned *arrived;    // items × groups of heads, all 0
};

/* T: float or f16, the cache's. */
template <class T, unsigned Q> struct attend {
    static constexpr unsigned threads = 128, warps = threads / 32;
    static constexpr unsigned in_load = numbers<T>::in_load;
    attend_args a;

    /* Blocks of a row's heads: each kv head's group, in pieces of Q. */
    static grid blocks(const attend_args &a, unsigned n_items)
    {
        const unsigned group = a.n_heads / a.cache.n_kv_heads, pieces = (group + Q - 1) / Q;
        return {{n_items, a.cache.n_kv_heads * pieces, a.max_parts}};
    }
    static unsigned chunks_of(unsigned dim)
    {
        return (dim + in_load - 1) / in_load;
    }
    static size_t shared_bytes(unsigned dim)
    {
        const size_t padded = chunks_of(dim) * in_load;
        return (Q * padded + Q * ATTEND_TILE + 5 * Q + Q * padded + threads * Q * in_load) *
               sizeof(float);
    }

    struct query { // where it stands
        unsigned row, head;
    };
    struct shape { // of the block; the same for all its threads
        unsigned first_row, n_rows, kv, first_head, n_heads, n; // n queries: rows × heads
        unsigned chunks, lanes, groups; // loads of a key; lanes and threads that share one
        size_t list;
        unsigned begin, end; // positions that any query sees
    };
    SIMT_CODE query query_of(const shape &s, unsigned i) const
    {
        return {s.first_row + i / s.n_heads, s.first_head + i % s.n_heads};
    }
    SIMT_CODE unsigned first_seen(unsigned row) const
    {
        const unsigned end = a.rows.at[row] + 1;
        return a.window && end > a.window ? end - a.window : 0;
    }
    template <class B> SIMT_CODE shape shape_of(B &b) const
    {
        shape s;
        const unsigned group = a.n_heads / a.cache.n_kv_heads, pieces = (group + Q - 1) / Q;
        const unsigned piece = b.at(1) % pieces * Q;
        s.first_row = a.item[2 * b.at(0)];
        s.n_rows = a.item[2 * b.at(0) + 1];
        s.kv = b.at(1) / pieces;
        s.first_head = s.kv * group + piece;
        s.n_heads = group - piece < Q ? group - piece : Q;
        s.n = s.n_rows * s.n_heads;
        s.chunks = (a.dim + in_load - 1) / in_load;
        for (s.lanes = 1; s.lanes < s.chunks && s.lanes < 32;)
            s.lanes *= 2;
        s.groups = threads / s.chunks;
        s.list = a.rows.list[s.first_row];
        s.begin = first_seen(s.first_row);
        s.end = a.rows.at[s.first_row + s.n_rows - 1] + 1;
        return s;
    }

    struct room { // shared memory
        float *q, *score, *top, *sum, *part_top, *part_sum, *factor, *run, *reduce;
    };
    SIMT_CODE room room_of(float *p, const shape &s) const
    {
        const unsigned padded = s.chunks * in_load;
        room r;
        r.q = p;
        r.score = r.q + Q * padded;
        r.top = r.score + Q * ATTEND_TILE; // of what was put together
        r.sum = r.top + Q;
        r.part_top = r.sum + Q; // of this part
        r.part_sum = r.part_top + Q;
        r.factor = r.part_sum + Q;
        r.run = r.factor + Q; // the result so far
        r.reduce = r.run + Q * padded;
        return r;
    }

    template <class B> SIMT_CODE void load_queries(B &b, const shape &s, const room &r) const
    {
        b.each([&](unsigned t) {
            const unsigned padded = s.chunks * in_load;
            for (unsigned i = t; i < s.n * padded; i += threads) {
                const query at = query_of(s, i / padded);
                const unsigned d = i % padded;
                r.q[i] = d < a.dim
                             ? a.q[(static_cast<size_t>(at.row) * a.n_heads + at.head) * a.dim + d]
                             : 0;
                r.run[i] = 0;
            }
            if (t < Q) {
                r.top[t] = -INFINITY;
                r.sum[t] = 0;
            }
        });
    }

    /* Scores of the tile's positions; -∞ where a query does not see one. */
    template <class B>
    SIMT_CODE void find_scores(B &b, const shape &s, const room &r, unsigned from, unsigned n) const
    {
        typename B::template each_thread<float[Q]> sum;
        const unsigned of_warp = 32 / s.lanes, step = warps * of_warp, padded = s.chunks * in_load;
        for (unsigned p0 = 0; p0 < n; p0 += step) {
            const auto place = [&](unsigned t) { return p0 + t / 32 * of_warp + t % 32 / s.lanes; };
            b.lanes([&](unsigned t) {
                const unsigned p = place(t);
                SIMT_EACH (i, Q)
                    sum[t][i] = 0;
                if (p >= n)
                    return;
                const uint8_t *key = a.cache.head(s.list, from + p, s.kv, 0);
                for (unsigned c = t % s.lanes; c < s.chunks; c += s.lanes) {
                    const sixteen_bytes k = load(key + c * sizeof(sixteen_bytes));
                    SIMT_EACH (i, Q) {
                        if (i >= s.n)
                            continue;
                        SIMT_EACH (e, in_load)
                            sum[t][i] +=
                                numbers<T>::unpack(k, e) * r.q[i * padded + c * in_load + e];
                    }
                }
            });
            b.group_sum(sum, s.lanes);
            b.lanes([&](unsigned t) {
                const unsigned p = place(t);
                SIMT_EACH (i, Q) {
                    if (i >= s.n || p >= n || t % s.lanes)
                        continue;
                    const unsigned row = query_of(s, i).row, at = from + p;
                    const bool seen = at <= a.rows.at[row] && at >= first_seen(row);
                    r.score[i * ATTEND_TILE + p] = seen ? a.scale * sum[t][i] : -INFINITY;
                }
            });
        }
        b.sync();
    }

    /* Scores become exp(score - top), a warp a query; factor says what earlier tiles shrink by. */
    template <class B>
    SIMT_CODE void find_weights(B &b, const shape &s, const room &r, unsigned n) const
    {
        typename B::template each_thread<float> top, sum;
        for (unsigned i0 = 0; i0 < s.n; i0 += warps) {
            b.lanes([&](unsigned t) {
                const unsigned i = i0 + t / 32;
                top[t] = i < s.n ? r.part_top[i] : -INFINITY;
                for (unsigned p = t % 32; i < s.n && p < n; p += 32)
                    top[t] = fmaxf(top[t], r.score[i * ATTEND_TILE + p]);
            });
            b.warp_max(top);
            b.lanes([&](unsigned t) {
                const unsigned i = i0 + t / 32;
                sum[t] = 0;
                for (unsigned p = t % 32; i < s.n && p < n; p += 32) {
                    float *x = &r.score[i * ATTEND_TILE + p];
                    sum[t] += *x = top[t] > -INFINITY ? expf(*x - top[t]) : 0;
                }
            });
            b.warp_sum(sum);
            b.lanes([&](unsigned t) {
                const unsigned i = i0 + t / 32;
                if (i >= s.n || t % 32)
                    return;
                const float before = r.part_top[i];
                r.factor[i] = before > -INFINITY ? expf(before - top[t]) : 0;
                r.part_sum[i] = r.part_sum[i] * r.factor[i] + sum[t];
                r.part_top[i] = top[t];
            });
        }
        b.sync();
    }

    SIMT_CODE void add_values(unsigned t, const shape &s, const room &r, unsigned from, unsigned n,
                              float (&sum)[Q * in_load]) const
    {
        SIMT_EACH (i, Q)
            SIMT_EACH (e, in_load)
                sum[i * in_load + e] *= i < s.n ? r.factor[i] : 0;
        const unsigned group = t / s.chunks, chunk = t % s.chunks;
        if (group >= s.groups)
            return;
        for (unsigned p = group; p < n; p += s.groups) {
            const sixteen_bytes v =
                load(a.cache.head(s.list, from + p, s.kv, 1) + chunk * sizeof(sixteen_bytes));
            SIMT_EACH (i, Q) {
                if (i >= s.n)
                    continue;
                const float w = r.score[i * ATTEND_TILE + p];
                SIMT_EACH (e, in_load)
                    sum[i * in_load + e] += w * numbers<T>::unpack(v, e);
            }
        }
    }

    /* One part: its sums, unshrunk, group by group into r.reduce. */
    template <class B>
    SIMT_CODE void run_part(B &b, const shape &s, const room &r, unsigned part) const
    {
        typename B::template each_thread<float[Q * in_load]> sum;
        b.each([&](unsigned t) {
            if (t < Q) {
                r.part_top[t] = -INFINITY;
                r.part_sum[t] = 0;
            }
            SIMT_EACH (i, Q * in_load)
                sum[t][i] = 0;
        });
        const unsigned next = attend_part_begin(part + 1), end = next < s.end ? next : s.end;
        for (unsigned from = attend_part_begin(part); from < end; from += ATTEND_TILE) {
            const unsigned most = ATTEND_TILE, n = end - from < most ? end - from : most;
            if (from + n <= s.begin)
                continue;
            find_scores(b, s, r, from, n);
            find_weights(b, s, r, n);
            b.each([&](unsigned t) { add_values(t, s, r, from, n, sum[t]); });
        }
        b.each([&](unsigned t) {
            const unsigned group = t / s.chunks, at = t % s.chunks * in_load;
            if (group >= s.groups)
                return;
            SIMT_EACH (i, Q)
                SIMT_EACH (e, in_load)
                    r.reduce[(group * Q + i) * s.chunks * in_load + at + e] =
                        sum[t][i * in_load + e];
        });
    }
    SIMT_CODE float reduced(const shape &s, const room &r, unsigned i, unsigned d) const
    {
        float sum = 0;
        for (unsigned g = 0; g < s.groups; g++)
            sum += r.reduce[(g * Q + i) * s.chunks * in_load + d];
        return sum;
    }
    /* What a part's numbers, or those before it, shrink by when their maxima are put together. */
    SIMT_CODE static float shrink(float top, float other)
    {
        return top > -INFINITY ? expf(top - fmaxf(top, other)) : 0;
    }
    /* value(i, d), top(i), sum(i): of the part that comes behind what was put together so far. */
    template <class B, class V, class W, class X>
    SIMT_CODE void put_together(B &b, const shape &s, const room &r, V value, W top, X sum) const
    {
        const unsigned padded = s.chunks * in_load;
        b.each([&](unsigned t) {
            for (unsigned k = t; k < s.n * padded; k += threads) {
                const unsigned i = k / padded, d = k % padded;
                if (d < a.dim)
                    r.run[k] = r.run[k] * shrink(r.top[i], top(i)) +
                               value(i, d) * shrink(top(i), r.top[i]);
            }
        });
        b.each([&](unsigned t) {
            if (t >= s.n)
                return;
            r.sum[t] = r.sum[t] * shrink(r.top[t], top(t)) + sum(t) * shrink(top(t), r.top[t]);
            r.top[t] = fmaxf(r.top[t], top(t));
        });
    }
    SIMT_CODE float *stored(const shape &s, unsigned i, unsigned part) const
    {
        const query at = query_of(s, i);
        const size_t head = static_cast<size_t>(at.row) * a.n_heads + at.head;
        return a.parts + (head * a.max_parts + part) * (a.dim + 2);
    }
    template <class B>
    SIMT_CODE void store_part(B &b, const shape &s, const room &r, unsigned part) const
    {
        b.each([&](unsigned t) {
            for (unsigned k = t; k < s.n * a.dim; k += threads)
                stored(s, k / a.dim, part)[k % a.dim] = reduced(s, r, k / a.dim, k % a.dim);
            if (t < s.n) {
                stored(s, t, part)[a.dim] = r.part_top[t];
                stored(s, t, part)[a.dim + 1] = r.part_sum[t];
            }
        });
    }

    template <class B> SIMT_CODE void operator()(B &b) const
    {
        const shape s = shape_of(b);
        const room r = room_of(b.shared(), s);
        const unsigned first = attend_part_of(s.begin),
                       n_parts = attend_part_of(s.end - 1) - first + 1;
        const bool alone = a.max_parts == 1 || n_parts == 1;
        if (b.at(2) >= (alone ? 1 : n_parts))
            return;
        load_queries(b, s, r);
        if (alone) {
            for (unsigned part = 0; part < n_parts; part++) {
                run_part(b, s, r, first + part);
                put_together(
                    b, s, r, [&](unsigned i, unsigned d) { return reduced(s, r, i, d); },
                    [&](unsigned i) { return r.part_top[i]; },
                    [&](unsigned i) { return r.part_sum[i]; });
            }
        } else {
            run_part(b, s, r, first + b.at(2));
            store_part(b, s, r, b.at(2));
            if (!b.arrive(&a.arrived[b.at(0) * b.grid(1) + b.at(1)], n_parts))
                return;
            for (unsigned part = 0; part < n_parts; part++)
                put_together(
                    b, s, r, [&](unsigned i, unsigned d) { return stored(s, i, part)[d]; },
                    [&](unsigned i) { return stored(s, i, part)[a.dim]; },
                    [&](unsigned i) { return stored(s, i, part)[a.dim + 1]; });
        }
        b.each([&](unsigned t) {
            for (unsigned k = t; k < s.n * a.dim; k += threads) {
                const query at = query_of(s, k / a.dim);
                a.y[(static_cast<size_t>(at.row) * a.n_heads + at.head) * a.dim + k % a.dim] =
                    r.run[k / a.dim * s.chunks * in_load + k % a.dim] / r.sum[k / a.dim];
            }
        });
    }
};

} // namespace SIMT_SPACE

#endif
