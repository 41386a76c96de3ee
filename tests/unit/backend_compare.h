/* Random models, and an engine on a backend against the engine's own loops on them. */
#ifndef WEIR_TESTS_BACKEND_COMPARE_H
#define WEIR_TESTS_BACKEND_COMPARE_H

#include <cassert>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <vector>
#include "infer/engine.h"
#include "infer/half.h"

struct model_shape {
    const char *name;
    enum matrix_type type;
    uint32_t layers, heads, kv, dim, hidden, inner, vocab, positions;
    uint32_t window;
    int adjacent, biases, qk_norm, tied;
    unsigned rank;  // of side paths on all matrices; 0: none
    int mixed;      // one of q, k, v is of floats
    float expected; // largest difference, as a share of the largest logit
    float rounded;  // the same where products may round their input to 16 bits
};

class random_model
{
    uint32_t state = 7;
    std::deque<std::vector<uint8_t>> kept;
    std::deque<struct side_path> sides;
    std::vector<struct layer> layers;

  public:
    model m = {};
    float any()
    {
        state = state * 1664525 + 1013904223;
        return static_cast<float>(static_cast<int32_t>(state)) / 2147483648.0f;
    }
    template <class T> T *room(size_t n)
    {
        kept.emplace_back(n * sizeof(T));
        return reinterpret_cast<T *>(kept.back().data());
    }
    float *numbers(size_t n, float scale, float base)
    {
        float *p = room<float>(n);
        for (size_t i = 0; i < n; i++)
            p[i] = base + scale * any();
        return p;
    }
    /* As files have them, at any address. */
    struct matrix matrix(size_t rows, size_t cols, enum matrix_type type, unsigned rank)
    {
        static const unsigned bytes[] = {4, 2, 2, 1};
        uint8_t *data = room<uint8_t>(rows * cols * bytes[type] + 1) + (type == MATRIX_I8);
        const float up = 1.7f / sqrtf(static_cast<float>(cols));
        float *scale = type == MATRIX_I8 ? numbers(rows, up / 400, up / 127) : nullptr;
        for (size_t i = 0; i < rows * cols; i++) {
            const float f = any() * up;
            const uint16_t h = type == MATRIX_F16 ? half_from_float(f) : bf16_from_float(f);
            if (type == MATRIX_F32)
                memcpy(data + 4 * i, &f, 4);
            else if (type == MATRIX_I8)
                data[i] = static_cast<uint8_t>(static_cast<int8_t>(lrintf(any() * 127)));
            else
                memcpy(data + 2 * i, &h, 2);
        }
        if (rank)
            sides.push_back(
                {numbers(rank * cols, up, 0), numbers(rank * rows, 0.3f, 0), rank, 0.6f});
        return {data, scale, type, rows, cols, rank ? &sides.back() : nullptr};
    }
    explicit random_model(const model_shape &s)
    {
        const size_t q = static_cast<size_t>(s.heads) * s.dim,
                     kv = static_cast<size_t>(s.kv) * s.dim;
        const enum matrix_type edge = s.type == MATRIX_I8 ? MATRIX_F16 : s.type,
                               other = s.mixed ? MATRIX_F32 : s.type;
        struct model_config &c = m.config;
        c.n_layers = s.layers, c.n_heads = s.heads, c.n_kv_heads = s.kv, c.head_dim = s.dim;
        c.hidden = s.hidden, c.intermediate = s.inner, c.n_vocab = s.vocab;
        c.max_positions = s.positions, c.window = s.window;
        c.norm_eps = 1e-5f, c.rope_theta = 500, c.rope_adjacent = s.adjacent;
        c.qk_norm = s.qk_norm, c.qkv_bias = c.o_bias = c.mlp_bias = s.biases, c.tied = s.tied;
        const auto bias = [&](size_t n) { return s.biases ? numbers(n, 0.2f, 0) : nullptr; };
        layers.resize(s.layers);
        for (struct layer &l : layers) {
            l = {};
            l.q = matrix(q, s.hidden, s.type, s.rank), l.k = matrix(kv, s.hidden, other, s.rank);
            l.v = matrix(kv, s.hidden, s.type, 0), l.o = matrix(s.hidden, q, s.type, s.rank);
            l.gate = matrix(s.inner, s.hidden, s.type, 0);
            l.up = matrix(s.inner, s.hidden, s.type, s.rank);
            l.down = matrix(s.hidden, s.inner, s.type, s.rank);
            l.attention_norm = numbers(s.hidden, 0.3f, 1), l.mlp_norm = numbers(s.hidden, 0.3f, 1);
            l.q_norm = s.qk_norm ? numbers(s.dim, 0.3f, 1) : nullptr;
            l.k_norm = s.qk_norm ? numbers(s.dim, 0.3f, 1) : nullptr;
            l.q_bias = bias(q), l.k_bias = bias(kv), l.o_bias = bias(s.hidden);
            l.gate_bias = bias(s.inner), l.up_bias = bias(s.inner), l.down_bias = bias(s.hidden);
        }
        m.layer = layers.data();
        m.norm = numbers(s.hidden, 0.3f, 1);
        m.embedding = matrix(s.vocab, s.hidden, edge, s.tied ? 0 : s.rank);
        m.output = s.tied ? m.embedding : matrix(s.vocab, s.hidden, edge, s.rank);
        m.side_rank = s.rank;
    }
};

inline const std::vector<model_shape> &all_shapes()
{
    static const std::vector<model_shape> all = {
        /* name, type, layers heads kv dim hidden inner vocab positions, window, … */
        {"plain", MATRIX_F32, 2, 4, 4, 8, 32, 44, 51, 400, 0, 0, 0, 0, 0, 0, 0, 1e-4f, 1e-4f},
        {"odd", MATRIX_F32, 1, 3, 1, 10, 23, 33, 37, 400, 0, 1, 1, 0, 1, 0, 0, 1e-4f, 1e-4f},
        {"window", MATRIX_F32, 2, 8, 2, 6, 40, 24, 29, 400, 70, 0, 0, 0, 0, 0, 0, 1e-4f, 1e-4f},
        {"norms", MATRIX_F32, 2, 6, 2, 66, 36, 52, 41, 400, 0, 0, 1, 1, 1, 0, 0, 1e-4f, 1e-4f},
        {"sides", MATRIX_F32, 2, 4, 2, 8, 30, 44, 35, 400, 0, 0, 1, 0, 0, 3, 0, 1e-4f, 1e-4f},
        {"halves", MATRIX_F16, 2, 20, 2, 12, 48, 36, 45, 400, 0, 0, 0, 0, 0, 0, 0, 3e-3f, 1e-2f},
        {"brains", MATRIX_BF16, 2, 4, 2, 16, 36, 60, 43, 400, 0, 0, 1, 1, 0, 0, 0, 3e-3f, 5e-2f},
        {"bytes", MATRIX_I8, 2, 4, 1, 16, 56, 40, 47, 400, 0, 0, 1, 0, 0, 0, 0, 3e-3f, 1e-2f},
        {"mixed", MATRIX_I8, 2, 4, 2, 8, 50, 40, 31, 400, 0, 0, 0, 0, 0, 2, 1, 3e-3f, 1e-2f},
        {"wide", MATRIX_F16, 1, 2, 1, 160, 600, 72, 33, 400, 0, 0, 0, 1, 0, 0, 0, 3e-3f, 1e-2f}};
    return all;
}

/* The same sequences on two engines. */
class twins
{
    engine *e[2];
    std::deque<struct sequence> s[2];
    const model_shape &shape;
    std::vector<float> logits[2];

  public:
    struct weir_err err = {};
    float worst = 0;
    bool is_exact = false; // shall be the same to the byte
    uint32_t state = 11;

    twins(const model_shape &shape, engine *first, engine *second) : e{first, second}, shape(shape)
    {
        assert(first && second);
    }
    ~twins()
    {
        for (int k = 0; k < 2; k++) {
            for (struct sequence &q : s[k])
                engine_drop(e[k], &q);
            engine_free(e[k]);
        }
    }
    uint32_t token()
    {
        state = state * 1664525 + 1013904223;
        return (state >> 8) % shape.vocab;
    }
    size_t add()
    {
        for (auto &list : s)
            list.push_back({});
        return s[0].size() - 1;
    }
    size_t fork(size_t from)
    {
        const size_t to = add();
        for (int k = 0; k < 2; k++)
            assert(!engine_fork(e[k], &s[k][from], &s[k][to], &err));
        return to;
    }
    void cut(size_t i, uint32_t n)
    {
        for (int k = 0; k < 2; k++)
            engine_cut(e[k], &s[k][i], n);
    }
    uint32_t length(size_t i)
    {
        return s[0][i].n;
    }

    struct piece { // of a step: so many tokens of a sequence
        size_t sequence, n;
        int all; // logits of all are wanted, else those of the last
    };
    void step(const std::vector<piece> &pieces, float bound)
    {
        std::vector<struct row> rows[2];
        size_t wanted = 0;
        for (const piece &p : pieces)
            for (size_t i = 0; i < p.n; i++) {
                const uint32_t t = token();
                const int want = p.all || i + 1 == p.n;
                wanted += static_cast<size_t>(want);
                for (int k = 0; k < 2; k++)
                    rows[k].push_back({&s[k][p.sequence], t, want});
            }
        for (int k = 0; k < 2; k++) {
            logits[k].assign(wanted * shape.vocab, NAN);
            if (engine_step(e[k], rows[k].data(), rows[k].size(), logits[k].data(), &err)) {
                fprintf(stderr, "%s: %s\n", shape.name, err.msg);
                abort();
            }
        }
        float top = 0, off = 0;
        for (size_t i = 0; i < logits[0].size(); i++) {
            const float d = fabsf(logits[0][i] - logits[1][i]);
            top = fmaxf(top, fabsf(logits[0][i]));
            off = d > off || std::isnan(d) ? d : off;
        }
        worst = fmaxf(worst, off / top);
        const bool good = is_exact ? logits[0] == logits[1] : off <= bound * top;
        if (!good) {
            fprintf(stderr, "%s, step of %zu rows: logits up to %g are %g off\n", shape.name,
                    rows[0].size(), static_cast<double>(top), static_cast<double>(off));
            abort();
        }
    }
    void steps()
    {
        const float few = shape.expected, many = shape.rounded;
        const size_t a = add(), b = add(), c = add();
        step({{a, 1, 1}}, few);
        step({{a, 7, 1}}, few);
        step({{b, 13, 0}, {a, 2, 1}}, few);
        step({{c, 100, 0}, {a, 1, 1}, {b, 30, 1}}, many);
        for (int i = 0; i < 4; i++)
            step({{a, 1, 1}, {b, 1, 1}, {c, 1, 1}}, many);
        const size_t d = fork(c), f = fork(c);
        step({{d, 1, 1}, {c, 2, 0}, {a, 1, 0}}, many);
        step({{f, 1, 1}}, many);
        cut(c, 61);
        step({{c, 1, 1}}, many);
        step({{c, 90, 1}}, many);
        step({{c, 1, 1}, {d, 1, 1}}, many);
        std::vector<piece> crowd;
        for (int i = 0; i < 17; i++) {
            crowd.push_back({add(), static_cast<size_t>(i % 3 + 1), 0});
            step({crowd.back()}, many);
            crowd.back().n = 1;
        }
        for (int i = 0; i < 2; i++)
            step(crowd, many);
        crowd.pop_back();
        for (int i = 0; i < 2; i++)
            step(crowd, many);
    }
};

#endif
