/* How fast a device reads: the most bytes a second that a kernel which only reads gets, 16 bytes a
 * lane. */
#include <cstdint>
#include <cuda_runtime.h>

static __global__ void read_all(const uint4 *p, size_t n, unsigned *sum)
{
    unsigned x = 0;
    const size_t step = static_cast<size_t>(gridDim.x) * blockDim.x;
    size_t i = static_cast<size_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    for (; i + 3 * step < n; i += 4 * step) {
        const uint4 a = __ldcs(p + i), b = __ldcs(p + i + step), c = __ldcs(p + i + 2 * step),
                    d = __ldcs(p + i + 3 * step);
        x ^= a.x ^ a.y ^ a.z ^ a.w ^ b.x ^ b.y ^ b.z ^ b.w;
        x ^= c.x ^ c.y ^ c.z ^ c.w ^ d.x ^ d.y ^ d.z ^ d.w;
    }
    if (x == 0x12345678u)
        *sum = x; // so that the loads are not removed
}

/* Bytes a second over `bytes` of memory, the best of ten; 0 when something failed. */
extern "C" double gpu_read_rate(size_t bytes)
{
    void *p = nullptr;
    unsigned *sum = nullptr;
    cudaEvent_t from, to;
    double best = 0;
    int processors = 0;
    if (cudaMalloc(&p, bytes) != cudaSuccess || cudaMalloc(&sum, sizeof *sum) != cudaSuccess ||
        cudaMemset(p, 1, bytes) != cudaSuccess ||
        cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, 0) != cudaSuccess ||
        cudaEventCreate(&from) != cudaSuccess || cudaEventCreate(&to) != cudaSuccess)
        return 0;
    for (int i = 0; i < 10; i++) {
        float ms = 0;
        cudaEventRecord(from);
        read_all<<<static_cast<unsigned>(processors) * 8, 256>>>(static_cast<uint4 *>(p),
                                                                 bytes / sizeof(uint4), sum);
        cudaEventRecord(to);
        if (cudaEventSynchronize(to) != cudaSuccess ||
            cudaEventElapsedTime(&ms, from, to) != cudaSuccess)
            return 0;
        if (static_cast<double>(bytes) / ms * 1e3 > best)
            best = static_cast<double>(bytes) / ms * 1e3;
    }
    cudaEventDestroy(from);
    cudaEventDestroy(to);
    cudaFree(p);
    cudaFree(sum);
    return best;
}
