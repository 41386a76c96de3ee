/* The CUDA backend's kernels and all that is around them, run by the host (gpu_twin.h): against the
 * engine's own loops, against sums in double precision, in several orders of threads and blocks, on
 * several devices, and with devices that fail. */
#include "gpu_twin.h"

#include "infer/cuda/cuda_run.h"
#include "backend_compare.h"

using namespace simt_twin;

static struct weir_err err;

static engine *on_twin(const random_model &r, unsigned devices)
{
    struct backend *b = run_open(&r.m, devices, &err);
    assert(b);
    return engine_new_on(&r.m, b, &err);
}

static engine *on_cpu(const random_model &r)
{
    return engine_new(&r.m, 1, 64 << 20, kernels_get("scalar"), &err);
}

static void test_models()
{
    for (const model_shape &s : all_shapes()) {
        random_model r(s);
        for (int blas = 0; blas < 3; blas++) {
            twin = {};
            twin.has_blas = blas > 0;
            twin.has_bf16 = blas > 1;
            twins t(s, on_cpu(r), on_twin(r, 1));
            t.steps();
            assert((twin.products > 0) == (blas > 0));
            assert(twin.graphs > 0);
        }
    }
}

/* A missing barrier, or a sum whose order is not fixed, shows when threads and blocks run in
 * another order. */
static void test_orders()
{
    for (const model_shape &s : all_shapes()) {
        random_model r(s);
        for (const enum twin_order order : {BACKWARD, SHUFFLED}) {
            std::vector<float> logits[2];
            for (int k = 0; k < 2; k++) {
                twin = {};
                twin.order = k ? order : FORWARD;
                engine *e = on_twin(r, 1);
                struct sequence q = {};
                for (const size_t n : {1u, 12u, 70u, 1u, 5u}) {
                    std::vector<struct row> rows;
                    for (size_t i = 0; i < n; i++)
                        rows.push_back({&q, static_cast<uint32_t>((i * 7 + n) % s.vocab), 1});
                    logits[k].resize(logits[k].size() + n * s.vocab);
                    assert(!engine_step(e, rows.data(), n, &*logits[k].end() - n * s.vocab, &err));
                }
                engine_drop(e, &q);
                engine_free(e);
            }
            assert(logits[0] == logits[1]);
        }
    }
    twin = {};
}

/* Layers over devices give the same bytes. */
static void test_devices()
{
    const model_shape s = {"devices", MATRIX_F16, 5, 4, 2, 8, 32, 24, 27, 400,
                           0,         0,          0, 0, 0, 0, 0,  0,  0};
    random_model r(s);
    for (const unsigned n : {2u, 3u, 5u}) {
        twins t(s, on_twin(r, 1), on_twin(r, n));
        t.is_exact = true;
        t.steps();
    }
    assert(!run_open(&r.m, 6, &err) && err.code == WEIR_EUSAGE);
    err = {};
}

/* What a row gets does not depend on the others of a step of at most 16 rows, nor on whether its
 * positions are shared out over blocks. */
static void test_invariance()
{
    const model_shape s = {"alone", MATRIX_F32, 2, 4, 2, 8, 32, 24, 27, 400,
                           90,      0,          0, 1, 0, 0, 0,  0,  0};
    random_model r(s);
    twin.has_blas = false;
    engine *e = on_twin(r, 1);
    struct sequence one = {}, other = {};
    std::vector<uint32_t> ids;
    for (uint32_t i = 0; i < 210; i++)
        ids.push_back(i * i % s.vocab);
    std::vector<float> want(ids.size() * s.vocab), got(want.size());
    for (size_t i = 0; i < ids.size(); i++) {
        const struct row row = {&one, ids[i], 1};
        assert(!engine_step(e, &row, 1, &want[i * s.vocab], &err));
    }
    for (size_t i = 0, n = 1; i < ids.size(); i += n, n = n % 40 + 3) {
        std::vector<struct row> rows;
        n = n < ids.size() - i ? n : ids.size() - i;
        for (size_t k = 0; k < n; k++)
            rows.push_back({&other, ids[i + k], 1});
        assert(!engine_step(e, rows.data(), n, &got[i * s.vocab], &err));
    }
    assert(want == got);
    engine_drop(e, &one);
    engine_drop(e, &other);
    engine_free(e);
    twin = {};
}

/* ---- kernels alone ---- */

template <class T, unsigned N> static void check_mat_vec(enum matrix_type type, unsigned cols)
{
    const unsigned rows = 67;
    const model_shape none = {};
    random_model r(none);
    const struct matrix m = r.matrix(rows, cols, type, 0);
    const struct matrix *const list[] = {&m};
    gpu g;
    memory_list memory;
    uploader u = {&g, &memory, &err};
    device_matrix w;
    assert(!g.open(0, &err) && !u.matrices(&w, list, 1));
    const float *const x = r.numbers(N * cols, 1, 0), *const norm = r.numbers(cols, 0.2f, 1);
    std::vector<float> y(N * rows, NAN), row(cols);
    mat_vec_args a = {};
    a.w = w, a.x = x, a.norm = norm, a.eps = 1e-3f, a.y = y.data(), a.stride_y = rows, a.n = N;
    assert(!g.launch(mat_vec<T, N>{a}, mat_vec<T, N>::blocks(a), mat_vec<T, N>::shared_bytes(a),
                     &err));
    for (unsigned c = 0; c < N; c++) {
        double squares = 0;
        for (unsigned k = 0; k < cols; k++)
            squares += static_cast<double>(x[c * cols + k]) * x[c * cols + k];
        const double scale = 1 / sqrt(squares / cols + 1e-3);
        for (unsigned i = 0; i < rows; i++) {
            double sum = 0, size = 0;
            matrix_row(&m, i, row.data());
            for (unsigned k = 0; k < cols; k++) {
                const double p = static_cast<double>(row[k]) * x[c * cols + k] * norm[k] * scale;
                sum += p, size += fabs(p);
            }
            assert(fabs(y[c * rows + i] - sum) <= 1e-6 * size);
        }
    }
    for (size_t i = 0; i < memory.n; i++)
        g.release(memory.at[i]);
    free(memory.at);
    g.close();
}

template <class T> static void check_type(enum matrix_type type)
{
    for (const unsigned cols : {1u, 31u, 512u, 1000u, 9001u}) {
        check_mat_vec<T, 1>(type, cols);
        check_mat_vec<T, 4>(type, cols);
        check_mat_vec<T, 16>(type, cols);
    }
}

/* Every part size of attention, with and without a window, one block and many. */
template <class T> static void check_attention(unsigned at, unsigned window, bool shared_out)
{
    const unsigned heads = 6, kv = 2, dim = 20, group = 3, half = sizeof(T) == 2;
    const unsigned n_pages = at / CACHE_PAGE + 1, padded = half ? 24 : 20;
    const size_t head_bytes = padded * sizeof(T) * CACHE_PAGE, page_bytes = 4 * head_bytes;
    const model_shape none = {};
    random_model r(none);
    std::vector<uint8_t *> page(n_pages);
    for (uint8_t *&p : page) {
        p = r.room<uint8_t>(page_bytes + 16);
        p += 16 - reinterpret_cast<uintptr_t>(p) % 16;
        for (size_t i = 0; i < 4 * static_cast<size_t>(padded) * CACHE_PAGE; i++)
            numbers<T>::put(p, i, 2 * r.any());
    }
    const float *const q = r.numbers(heads * dim, 1.5f, 0);
    const uint32_t list = 0, item[] = {0, 1};
    std::vector<float> y(heads * dim), parts(heads * 256 * (dim + 2), NAN);
    std::vector<unsigned> arrived(8);
    attend_args a = {};
    a.q = q, a.y = y.data(), a.n_heads = heads, a.dim = dim, a.window = window, a.scale = 0.3f;
    a.cache = {page.data(), 0, head_bytes, kv, half};
    a.rows = {&at, &list};
    a.item = item, a.parts = parts.data(), a.arrived = arrived.data();
    a.max_parts = shared_out ? 256 : 1;
    gpu g;
    /* Queries without a head behind the padding must not matter: they are zeros. */
    assert(!g.launch(attend<T, 4>{a}, attend<T, 4>::blocks(a, 1), attend<T, 4>::shared_bytes(dim),
                     &err));
    for (unsigned h = 0; h < heads; h++) {
        std::vector<double> want(dim), weight;
        double top = -INFINITY, sum = 0;
        const unsigned first = window && at + 1 > window ? at + 1 - window : 0;
        const auto cached = [&](unsigned p, int value, unsigned d) {
            const uint8_t *x =
                page[p / CACHE_PAGE] + (static_cast<size_t>(value) * kv + h / group) * head_bytes;
            const size_t i = static_cast<size_t>(p % CACHE_PAGE) * padded + d;
            return half ? half_to_float(reinterpret_cast<const uint16_t *>(x)[i])
                        : reinterpret_cast<const float *>(x)[i];
        };
        for (unsigned p = first; p <= at; p++) {
            double s = 0;
            for (unsigned d = 0; d < dim; d++)
                s += static_cast<double>(q[h * dim + d]) * cached(p, 0, d);
            weight.push_back(s * 0.3f);
            top = fmax(top, weight.back());
        }
        for (double &w : weight)
            sum += w = exp(w - top);
        for (unsigned d = 0; d < dim; d++) {
            for (unsigned p = first; p <= at; p++)
                want[d] += weight[p - first] / sum * cached(p, 1, d);
            assert(fabs(want[d] - y[h * dim + d]) <= 1e-5);
        }
    }
    for (const unsigned n : arrived)
        assert(!n);
}

static void test_kernels()
{
    check_type<float>(MATRIX_F32);
    check_type<f16>(MATRIX_F16);
    check_type<bf16>(MATRIX_BF16);
    check_type<int8_t>(MATRIX_I8);
    for (const unsigned at : {0u, 15u, 64u, 300u, 4095u, 4096u, 5000u, 16383u, 17500u})
        for (int shared_out = 0; shared_out < 2; shared_out++) {
            check_attention<f16>(at, 0, shared_out);
            check_attention<float>(at, 0, shared_out);
            check_attention<f16>(at, 4200, shared_out);
            check_attention<float>(at, 65, shared_out);
        }
    for (unsigned p = 0, part = 0; p < 40000; p++) { // parts follow each other without a hole
        part += p == attend_part_begin(part + 1);
        assert(attend_part_of(p) == part && attend_part_begin(part) <= p);
    }
}

/* Halves of any size of number: the power of two that brings them into range is taken back. */
static void test_range()
{
    for (const float size : {1e-30f, 1e-6f, 1.0f, 7e4f, 1e9f}) {
        float x[40], up;
        uint16_t y[40];
        for (int i = 0; i < 40; i++)
            x[i] = size * static_cast<float>(i - 20) / 20;
        gpu g;
        assert(!g.launch(narrow_kernel<f16>{x, 40, y, &up}, {{1, 1, 1}}, 8 * sizeof(float), &err));
        for (int i = 0; i < 40; i++)
            assert(fabsf(half_to_float(y[i]) * up - x[i]) <= 5e-4f * fabsf(x[i]));
    }
}

/* ---- devices that are too small, or fail ---- */

static void test_small()
{
    const model_shape &s = all_shapes()[0];
    random_model r(s);
    struct backend *b = run_open(&r.m, 1, &err);
    assert(b);
    const size_t used = state_of(b)->parts[0].g.used;
    b->free(b);
    twin.memory = used / 2;
    assert(!run_open(&r.m, 1, &err) && err.code == WEIR_EMEM);
    err = {};
    twin.memory = used + (1 << 20);
    engine *e = on_twin(r, 1);
    assert(engine_max_pages(e) > 0);
    struct sequence q = {};
    uint32_t n = 0;
    std::vector<float> logits(s.vocab);
    const struct row row = {&q, 3, 1};
    assert(!engine_step(e, &row, 1, logits.data(), &err));
    n = q.n;
    twin.memory = 0; // what is left is gone: steps that need no more go on
    for (; n < 40; n++)
        assert(!engine_step(e, &row, 1, logits.data(), &err) && q.n == n + 1);
    engine_drop(e, &q);
    engine_free(e);
    twin = {};
}

/* The k-th call fails, for each k: an error, nothing lost, nothing leaked, and sequences as before.
 */
static void test_failing()
{
    const model_shape s = {"fails", MATRIX_F32, 2, 2, 1, 4, 8, 8, 9, 100,
                           0,       0,          1, 0, 0, 2, 0, 0, 0};
    random_model r(s);
    size_t failures = 0;
    for (size_t k = 0;; k++) {
        twin = {};
        twin.fail_after = k;
        err = {};
        struct backend *b = run_open(&r.m, 2, &err);
        if (!b) {
            assert(err.code == WEIR_EFAIL);
            failures++;
            continue;
        }
        engine *e = engine_new_on(&r.m, b, &err);
        struct sequence q = {};
        int rc = 0;
        for (const size_t n : {3u, 1u, 30u}) {
            std::vector<struct row> rows(n, {&q, 2, 1});
            std::vector<float> logits(n * s.vocab);
            const uint32_t before = q.n;
            rc = engine_step(e, rows.data(), n, logits.data(), &err);
            assert(q.n == before + (rc ? 0 : n));
            if (rc)
                break;
        }
        engine_drop(e, &q);
        engine_free(e);
        if (!rc)
            break;
        assert(err.code == WEIR_EFAIL);
        failures++;
    }
    assert(failures > 100);
    twin = {};
    err = {};
}

/* A step that fails after its lists of pages moved leaves no graph behind that reads the old ones.
 */
static void test_moved()
{
    const model_shape s = {"moves", MATRIX_F32, 1, 1, 1, 4, 8, 8, 9, 300,
                           0,       0,          1, 0, 0, 0, 0, 0, 0};
    enum { BEFORE = 256, FORKS = 64 }; // together more pages than lists have room for at first
    random_model r(s);
    std::vector<float> want(s.vocab), got(s.vocab), more(FORKS * s.vocab);
    int rc = 1;
    for (int k = -1; rc || k < 1; k++) { // the k-th call fails; -1: nothing is done that could
        twin = {};
        err = {};
        engine *e = on_twin(r, 1);
        struct sequence q = {}, f[FORKS] = {};
        const std::vector<struct row> fill(BEFORE, {&q, 2, 0}), one(1, {&q, 3, 1});
        assert(!engine_step(e, fill.data(), BEFORE, nullptr, &err));
        assert(!engine_step(e, one.data(), 1, got.data(), &err) && twin.graphs == 1);
        std::vector<struct row> rows;
        for (struct sequence &to : f) {
            assert(!engine_fork(e, &q, &to, &err));
            rows.push_back({&to, 4, 1});
        }
        twin.fail_after = static_cast<size_t>(k);
        rc = k < 0 || engine_step(e, rows.data(), FORKS, more.data(), &err);
        twin.fail_after = SIZE_MAX;
        assert(k < 0 || !rc || err.code == WEIR_EFAIL);
        err = {};
        assert(!engine_step(e, one.data(), 1, (k < 0 ? want : got).data(), &err));
        assert(k < 0 || got == want);
        for (struct sequence &to : f)
            engine_drop(e, &to);
        engine_drop(e, &q);
        engine_free(e);
    }
    twin = {};
}

int main()
{
    test_kernels();
    test_range();
    test_models();
    test_orders();
    test_devices();
    test_invariance();
    test_small();
    test_failing();
    test_moved();
}
