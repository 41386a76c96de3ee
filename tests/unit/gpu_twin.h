/* A device that is not there: what gpu_cuda.h gives, done by the host.  Blocks of a grid and
 * threads of a phase run one after the other, in an order that twin_order chooses, on memory of
 * exactly the size asked for. */
#ifndef WEIR_TESTS_GPU_TWIN_H
#define WEIR_TESTS_GPU_TWIN_H

#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <vector>
#include "infer/cuda/cuda_numbers.h"
#include "infer/model.h"

namespace simt_twin
{

enum twin_order { FORWARD, BACKWARD, SHUFFLED };

struct twin_settings {
    enum twin_order order = FORWARD;
    bool has_blas = true, has_bf16 = true;
    size_t memory = SIZE_MAX;                                  // of a device
    size_t launches = 0, graphs = 0, products = 0, copies = 0; // counted
    size_t fail_after = SIZE_MAX;                              // calls of all devices
};
inline twin_settings twin;

inline std::vector<unsigned> ordered(unsigned n)
{
    static uint32_t state = 1;
    std::vector<unsigned> v(n);
    for (unsigned i = 0; i < n; i++)
        v[i] = twin.order == BACKWARD ? n - 1 - i : i;
    for (unsigned i = n; twin.order == SHUFFLED && i > 1; i--) {
        state = state * 1664525 + 1013904223;
        std::swap(v[i - 1], v[(state >> 8) % i]);
    }
    return v;
}

struct twin_block {
    static thread_local unsigned n_threads;

    template <class T> struct each_thread {
        struct box {
            T v;
        };
        std::vector<box> all = std::vector<box>(n_threads);
        T &operator[](unsigned t)
        {
            return all.at(t).v;
        }
    };
    std::vector<unsigned> threads;
    unsigned place[3], size[3];
    float *memory;

    template <class F> void lanes(F f)
    {
        for (const unsigned t : threads)
            f(t);
    }
    template <class F> void each(F f)
    {
        lanes(f);
    }
    void sync()
    {
    }
    template <class T, class F> void combine(each_thread<T> &v, unsigned n, F f)
    {
        for (unsigned o = n / 2; o; o /= 2) {
            const auto before = v.all;
            for (unsigned t = 0; t < n_threads; t++) {
                float *x = reinterpret_cast<float *>(&v.all[t]);
                const float *y = reinterpret_cast<const float *>(&before[t ^ o]);
                for (size_t i = 0; i < sizeof(T) / sizeof(float); i++)
                    x[i] = f(x[i], y[i]);
            }
        }
    }
    template <class T> void group_sum(each_thread<T> &v, unsigned n)
    {
        combine(v, n, [](float a, float b) { return a + b; });
    }
    template <class T> void warp_sum(each_thread<T> &v)
    {
        group_sum(v, 32);
    }
    void warp_max(each_thread<float> &v)
    {
        combine(v, 32, [](float a, float b) { return fmaxf(a, b); });
    }
    float *shared()
    {
        return memory;
    }
    unsigned at(int k) const
    {
        return place[k];
    }
    unsigned grid(int k) const
    {
        return size[k];
    }
    bool arrive(unsigned *p, unsigned n)
    {
        if (++*p < n)
            return false;
        *p = 0;
        return true;
    }
    void prefetch(const void *p)
    {
        volatile uint8_t touched = *static_cast<const uint8_t *>(p);
        (void)touched;
    }
};
inline thread_local unsigned twin_block::n_threads;

template <class K> void twin_run(const K &kernel, struct grid g, size_t shared_bytes)
{
    const unsigned n = g.n[0] * g.n[1] * g.n[2];
    twin_block::n_threads = K::threads;
    for (const unsigned i : ordered(n)) {
        /* What a block did not write itself is not a number. */
        std::unique_ptr<float, decltype(&free)> shared(
            static_cast<float *>(aligned_alloc(16, (shared_bytes + 15) / 16 * 16)), free);
        memset(static_cast<void *>(shared.get()), 0xFF, (shared_bytes + 15) / 16 * 16);
        twin_block b;
        b.threads = ordered(K::threads);
        b.place[0] = i % g.n[0];
        b.place[1] = i / g.n[0] % g.n[1];
        b.place[2] = i / g.n[0] / g.n[1];
        memcpy(b.size, g.n, sizeof b.size);
        b.memory = shared.get();
        kernel(b);
    }
}

struct gpu_graph {
    std::vector<std::function<void()>> *launches;
};

struct gpu {
    int number = 0;
    char name[16] = "twin";
    std::vector<std::function<void()>> *recording = nullptr;
    std::vector<std::pair<void *, size_t>> *mine = nullptr;
    size_t used = 0;

    int call(struct weir_err *err)
    {
        if (!twin.fail_after)
            return weir_err_set(err, WEIR_EFAIL, "the twin fails");
        twin.fail_after -= twin.fail_after != SIZE_MAX;
        return 0;
    }
    int open(int device, struct weir_err *err)
    {
        number = device;
        mine = new std::vector<std::pair<void *, size_t>>();
        return call(err);
    }
    /* What was allocated has been released. */
    void close()
    {
        if (mine && !mine->empty())
            abort();
        delete mine;
        mine = nullptr;
    }
    int free_bytes(size_t *n, struct weir_err *err)
    {
        *n = twin.memory == SIZE_MAX ? 4 << 20 : twin.memory - used;
        return call(err);
    }
    void *allocate(size_t n, struct weir_err *err)
    {
        if (call(err))
            return nullptr;
        if (n > twin.memory || used > twin.memory - n) {
            weir_err_set(err, WEIR_EMEM, "the twin is full");
            return nullptr;
        }
        void *p = nullptr;
        if (posix_memalign(&p, 256, n ? n : 1))
            abort();
        memset(p, 0xFF, n);
        mine->push_back({p, n});
        used += n;
        return p;
    }
    void release(void *p)
    {
        for (size_t i = 0; i < mine->size(); i++)
            if ((*mine)[i].first == p) {
                used -= (*mine)[i].second;
                memset(p, 0xFF, (*mine)[i].second); // who reads it yet shall see no sense in it
                mine->erase(mine->begin() + static_cast<long>(i));
                free(p);
                return;
            }
        abort();
    }
    void *allocate_host(size_t n, struct weir_err *err)
    {
        return call(err) ? nullptr : malloc(n ? n : 1);
    }
    void release_host(void *p)
    {
        free(p);
    }
    int clear(void *p, size_t n, struct weir_err *err)
    {
        memset(p, 0, n);
        return call(err);
    }
    int upload(void *to, const void *from, size_t n, struct weir_err *err)
    {
        return copy(to, from, n, err);
    }
    int upload_rows(void *to, size_t stride, const void *from, size_t width, size_t rows,
                    struct weir_err *err)
    {
        for (size_t r = 0; r < rows; r++)
            memcpy(static_cast<uint8_t *>(to) + r * stride,
                   static_cast<const uint8_t *>(from) + r * width, width);
        return call(err);
    }
    int download(void *to, const void *from, size_t n, struct weir_err *err)
    {
        return copy(to, from, n, err);
    }
    int wait(struct weir_err *err)
    {
        return call(err);
    }
    int copy(void *to, const void *from, size_t n, struct weir_err *err)
    {
        twin.copies++;
        if (recording)
            abort(); // a graph here is of launches alone
        memcpy(to, from, n);
        return call(err);
    }
    int send(gpu *, void *to, const void *from, size_t n, struct weir_err *err)
    {
        return copy(to, from, n, err);
    }
    template <class K>
    int launch(const K &kernel, struct grid g, size_t shared_bytes, struct weir_err *err)
    {
        twin.launches++;
        for (unsigned n : g.n)
            if (!n)
                return weir_err_set(err, WEIR_EFAIL, "a launch of no blocks");
        if (shared_bytes > 48 << 10 || g.n[1] > 65535 || g.n[2] > 65535 || sizeof kernel > 4096)
            return weir_err_set(err, WEIR_EFAIL, "a launch that no device takes");
        if (recording)
            recording->push_back([=]() { twin_run(kernel, g, shared_bytes); });
        else
            twin_run(kernel, g, shared_bytes);
        return call(err);
    }
    int graph_begin(struct weir_err *err)
    {
        recording = new std::vector<std::function<void()>>();
        return call(err);
    }
    int graph_end(gpu_graph *to, struct weir_err *err)
    {
        to->launches = recording;
        recording = nullptr;
        if (!call(err))
            return 0;
        graph_free(to);
        return err->code;
    }
    int graph_run(gpu_graph *g, struct weir_err *err)
    {
        twin.graphs++;
        for (const auto &f : *g->launches)
            f();
        return call(err);
    }
    void graph_free(gpu_graph *g)
    {
        delete g->launches;
        g->launches = nullptr;
    }
    bool can_multiply(int type)
    {
        return twin.has_blas && (type != MATRIX_BF16 || twin.has_bf16);
    }
    static float value_of(int type, const void *p, size_t i)
    {
        return type == MATRIX_F32   ? static_cast<const float *>(p)[i]
               : type == MATRIX_F16 ? half_to_float(static_cast<const uint16_t *>(p)[i])
                                    : bf16_to_float(static_cast<const uint16_t *>(p)[i]);
    }
    int multiply(int type, const void *w, size_t stride_w, unsigned rows, unsigned cols,
                 const void *x, unsigned n, float *y, size_t stride_y, struct weir_err *err)
    {
        twin.products++;
        if (type == MATRIX_I8 || recording)
            abort();
        for (unsigned c = 0; c < n; c++)
            for (unsigned r = 0; r < rows; r++) {
                float sum = 0;
                for (unsigned k = 0; k < cols; k++)
                    sum += value_of(type, w, r * stride_w + k) *
                           value_of(type, x, static_cast<size_t>(c) * cols + k);
                y[c * stride_y + r] = sum;
            }
        return call(err);
    }
};

} // namespace simt_twin

#endif
