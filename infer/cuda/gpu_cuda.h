/* A device through the CUDA runtime, as the rest sees it: memory, copies, launches in one stream,
 * graphs of launches, matrix products.  tests/unit/gpu_twin.h is the same without a device.
 *
 * The runtime is linked statically and finds the driver when the program runs; cuBLAS, which is
 * hundreds of megabytes, is opened when it is there.  So one program runs with and without them. */
#ifndef WEIR_INFER_GPU_CUDA_H
#define WEIR_INFER_GPU_CUDA_H

#include <cstdio>
#include <cstring>
#include <cuda_runtime.h>
#include "infer/cuda/cuda_blas.h"
#include "infer/cuda/simt.h"
#include "infer/model.h"

namespace SIMT_SPACE
{

template <class K>
__global__ void __launch_bounds__(K::threads) run_kernel(const __grid_constant__ K kernel)
{
    cuda_block b;
    kernel(b);
}

inline int cuda_check(cudaError_t e, const char *what, int device, struct weir_err *err)
{
    if (e == cudaSuccess)
        return 0;
    cudaGetLastError(); // so that the next call does not report it again
    return weir_err_set(err, e == cudaErrorMemoryAllocation ? WEIR_EMEM : WEIR_EFAIL,
                        "CUDA device %d, %s: %s", device, what, cudaGetErrorString(e));
}

struct gpu_graph {
    cudaGraphExec_t run;
};

struct gpu {
    int number = 0;
    cudaStream_t stream = nullptr;
    cudaEvent_t sent = nullptr;
    blas library;
    int major = 0; // compute capability
    char name[sizeof(cudaDeviceProp::name)] = "";

    /* Devices that can be used, or 0 and why not, of n bytes. */
    static int count(char *why, size_t n)
    {
        int devices = 0;
        const cudaError_t e = cudaGetDeviceCount(&devices);
        if (e == cudaSuccess && devices > 0)
            return devices;
        cudaGetLastError();
        int driver = 0;
        if (cudaDriverGetVersion(&driver) != cudaSuccess || !driver)
            snprintf(why, n, "no CUDA driver is installed");
        else
            snprintf(why, n, "%s", e == cudaSuccess ? "no CUDA device" : cudaGetErrorString(e));
        return 0;
    }
    int check(cudaError_t e, const char *what, struct weir_err *err)
    {
        return cuda_check(e, what, number, err);
    }
    /* Every call may come from another thread, or after one to another device. */
    int use(struct weir_err *err)
    {
        return check(cudaSetDevice(number), "cannot be used", err);
    }
    int open(int device, struct weir_err *err)
    {
        cudaDeviceProp p;
        number = device;
        if (use(err) || check(cudaGetDeviceProperties(&p, device), "its properties", err) ||
            check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "a stream", err) ||
            check(cudaEventCreateWithFlags(&sent, cudaEventDisableTiming), "an event", err))
            return err->code;
        memcpy(name, p.name, sizeof name);
        major = p.major;
        library.open(stream);
        return 0;
    }
    void close()
    {
        cudaSetDevice(number);
        library.close();
        if (sent)
            cudaEventDestroy(sent);
        if (stream)
            cudaStreamDestroy(stream);
        sent = nullptr;
        stream = nullptr;
    }
    int free_bytes(size_t *n, struct weir_err *err)
    {
        size_t all = 0;
        return use(err) ? err->code : check(cudaMemGetInfo(n, &all), "its memory", err);
    }
    void *allocate(size_t n, struct weir_err *err)
    {
        void *p = nullptr;
        if (use(err))
            return nullptr;
        const cudaError_t e = cudaMalloc(&p, n ? n : 1);
        if (e == cudaErrorMemoryAllocation) {
            cudaGetLastError();
            weir_err_set(err, WEIR_EMEM, "CUDA device %d (%s) has no room for %.1f MB more", number,
                         name, static_cast<double>(n) / 1e6);
            return nullptr;
        }
        return check(e, "memory", err) ? nullptr : p;
    }
    void release(void *p)
    {
        cudaSetDevice(number);
        cudaFree(p);
    }
    /* Memory of the host that copies go to and from without waiting. */
    void *allocate_host(size_t n, struct weir_err *err)
    {
        void *p = nullptr;
        return use(err) || check(cudaMallocHost(&p, n ? n : 1), "memory of the host", err) ? nullptr
                                                                                           : p;
    }
    void release_host(void *p)
    {
        cudaSetDevice(number);
        cudaFreeHost(p);
    }
    int clear(void *p, size_t n, struct weir_err *err)
    {
        return use(err) ? err->code : check(cudaMemsetAsync(p, 0, n, stream), "clearing", err);
    }
    int upload(void *to, const void *from, size_t n, struct weir_err *err)
    {
        return use(err) ? err->code
                        : check(cudaMemcpyAsync(to, from, n, cudaMemcpyHostToDevice, stream),
                                "a copy to it", err);
    }
    /* Rows of width bytes, packed, to rows that begin stride bytes apart. */
    int upload_rows(void *to, size_t stride, const void *from, size_t width, size_t rows,
                    struct weir_err *err)
    {
        if (width == stride)
            return upload(to, from, width * rows, err);
        return use(err) ? err->code
                        : check(cudaMemcpy2DAsync(to, stride, from, width, width, rows,
                                                  cudaMemcpyHostToDevice, stream),
                                "a copy to it", err);
    }
    /* Waits until it is there. */
    int download(void *to, const void *from, size_t n, struct weir_err *err)
    {
        if (use(err) || check(cudaMemcpyAsync(to, from, n, cudaMemcpyDeviceToHost, stream),
                              "a copy from it", err))
            return err->code;
        return wait(err);
    }
    int wait(struct weir_err *err)
    {
        return use(err) ? err->code : check(cudaStreamSynchronize(stream), "a step", err);
    }
    int copy(void *to, const void *from, size_t n, struct weir_err *err)
    {
        return use(err) ? err->code
                        : check(cudaMemcpyAsync(to, from, n, cudaMemcpyDeviceToDevice, stream),
                                "a copy", err);
    }
    /* What is launched on other from now on sees it. */
    int send(gpu *other, void *to, const void *from, size_t n, struct weir_err *err)
    {
        if (use(err) ||
            check(cudaMemcpyPeerAsync(to, other->number, from, number, n, stream),
                  "a copy to another", err) ||
            check(cudaEventRecord(sent, stream), "an event", err) || other->use(err))
            return err->code;
        return other->check(cudaStreamWaitEvent(other->stream, sent, 0), "waiting", err);
    }
    template <class K>
    int launch(const K &kernel, struct grid g, size_t shared_bytes, struct weir_err *err)
    {
        if (use(err))
            return err->code;
        run_kernel<K><<<dim3(g.n[0], g.n[1], g.n[2]), K::threads, shared_bytes, stream>>>(kernel);
        return check(cudaGetLastError(), "a launch", err);
    }

    /* Launches between graph_begin() and graph_end() are not run but become *to. */
    int graph_begin(struct weir_err *err)
    {
        return use(err) ? err->code
                        : check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal),
                                "a graph", err);
    }
    int graph_end(gpu_graph *to, struct weir_err *err)
    {
        cudaGraph_t graph = nullptr;
        if (check(cudaStreamEndCapture(stream, &graph), "a graph", err))
            return err->code;
        const int rc = check(cudaGraphInstantiateWithFlags(&to->run, graph, 0), "a graph", err);
        cudaGraphDestroy(graph);
        return rc;
    }
    int graph_run(gpu_graph *g, struct weir_err *err)
    {
        return use(err) ? err->code : check(cudaGraphLaunch(g->run, stream), "a graph", err);
    }
    void graph_free(gpu_graph *g)
    {
        cudaSetDevice(number);
        if (g->run)
            cudaGraphExecDestroy(g->run);
        g->run = nullptr;
    }

    /* Can multiply() be used with matrices of that type?  Before compute capability 8 there is no
     * bfloat16. */
    bool can_multiply(int type)
    {
        return library.is_open() && (type != MATRIX_BF16 || major >= 8);
    }
    /* y[c * stride_y + r] = sum over k of w[r * stride_w + k] * x[c * cols + k], for rows r and n
     * columns c; numbers of w and x are of that type, those of y are floats. */
    int multiply(int type, const void *w, size_t stride_w, unsigned rows, unsigned cols,
                 const void *x, unsigned n, float *y, size_t stride_y, struct weir_err *err)
    {
        if (use(err))
            return err->code;
        return library.multiply(type, w, stride_w, rows, cols, x, n, y, stride_y, err);
    }
};

} // namespace SIMT_SPACE

#endif
