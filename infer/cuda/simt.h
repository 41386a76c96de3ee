/* Kernels are written once, as what a block of threads does, and compiled twice: by nvcc, where a
 * block is a block, and by any C++ compiler, where cuda_twin.h runs blocks and threads one after
 * the other.  So the indexing, masks, paging and reductions of a kernel are tested without a GPU.
 *
 * A kernel is a struct of its arguments with
 *
 *     static constexpr unsigned threads = 256;      // of a block, a multiple of 32
 *     template <class B> SIMT_CODE void operator()(B &b) const;
 *
 * whose body is the same for all threads of the block (it branches on what all of them know), and
 * does its work in phases:
 *
 *     b.each(f)            f(t) for each thread t, then a barrier
 *     b.lanes(f)           the same without a barrier: what f writes is read by the same thread
 * only, or behind a warp sum B::each_thread<T> v  a T of each thread, v[t]; float or an array of
 * floats for sums b.warp_sum(v)        each lane's v becomes the sum over its warp's lanes;
 * b.warp_max(v) b.group_sum(v, n)    over n lanes next to each other, n a power of two b.shared()
 * memory of the block, as much as the launch says b.at(k), b.grid(k)   place of the block in the
 * grid, and the grid's size, k = 0, 1, 2 b.arrive(p, n)       the last of n blocks that arrive at p
 * gets true: it sees what the others wrote before, and *p is 0 again
 *
 * Threads of a phase must not read what others write in it.  The twin runs them in several orders,
 * so that a missing barrier shows. */
#ifndef WEIR_INFER_SIMT_H
#define WEIR_INFER_SIMT_H

#include <cstddef>
#include <cstdint>

#ifdef __CUDACC__
#define SIMT_SPACE simt_cuda
#else
#define SIMT_SPACE simt_twin
#endif

namespace SIMT_SPACE
{

struct grid {
    unsigned n[3];
};

#ifdef __CUDACC__

#define SIMT_CODE       __device__ __forceinline__
#define SIMT_CALL       __device__ __noinline__ // of what is rare and long: it is compiled once
#define SIMT_EACH(i, n) _Pragma("unroll") for (unsigned i = 0; i < (n); i++)

struct cuda_block {
    template <class T> struct each_thread {
        T v;
        SIMT_CODE T &operator[](unsigned)
        {
            return v;
        }
    };
    template <class F> SIMT_CODE void lanes(F f)
    {
        f(threadIdx.x);
    }
    template <class F> SIMT_CODE void each(F f)
    {
        f(threadIdx.x);
        __syncthreads();
    }
    SIMT_CODE void sync()
    {
        __syncthreads();
    }
    template <class T> SIMT_CODE void group_sum(each_thread<T> &v, unsigned lanes)
    {
        float *x = reinterpret_cast<float *>(&v.v);
        for (unsigned o = lanes / 2; o; o /= 2)
            SIMT_EACH (i, sizeof(T) / sizeof(float))
                x[i] += __shfl_xor_sync(0xFFFFFFFFu, x[i], o);
    }
    template <class T> SIMT_CODE void warp_sum(each_thread<T> &v)
    {
        float *x = reinterpret_cast<float *>(&v.v);
        SIMT_EACH (i, sizeof(T) / sizeof(float))
            SIMT_EACH (step, 5)
                x[i] += __shfl_xor_sync(0xFFFFFFFFu, x[i], 16u >> step);
    }
    SIMT_CODE void warp_max(each_thread<float> &v)
    {
        SIMT_EACH (step, 5)
            v.v = fmaxf(v.v, __shfl_xor_sync(0xFFFFFFFFu, v.v, 16u >> step));
    }
    SIMT_CODE float *shared()
    {
        extern __shared__ __align__(16) float simt_shared[];
        return simt_shared;
    }
    SIMT_CODE unsigned at(int k)
    {
        return k == 0 ? blockIdx.x : k == 1 ? blockIdx.y : blockIdx.z;
    }
    SIMT_CODE unsigned grid(int k)
    {
        return k == 0 ? gridDim.x : k == 1 ? gridDim.y : gridDim.z;
    }
    SIMT_CODE bool arrive(unsigned *p, unsigned n)
    {
        __threadfence();
        __syncthreads();
        const int is_last = __syncthreads_or(threadIdx.x == 0 && atomicAdd(p, 1u) == n - 1);
        __threadfence();
        if (is_last && threadIdx.x == 0)
            *p = 0;
        return is_last;
    }
    SIMT_CODE void prefetch(const void *p)
    {
        asm volatile("prefetch.global.L2 [%0];" ::"l"(p));
    }
};

#else

#define SIMT_CODE       inline
#define SIMT_CALL       inline
#define SIMT_EACH(i, n) for (unsigned i = 0; i < (n); i++)

#endif

} // namespace SIMT_SPACE

#endif
