/* Every kind of kernels against sums in double, within the rounding that their order of summation
 * can have, and their promise: a result does not depend on what is computed together with it. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "infer/half.h"
#include "infer/kernel.h"
#include "tests/unit/at_end.h"

enum { ROWS = 17, MAX = 2300, SOME = 11, COLS = 31 };

static uint32_t state = 1;

static float any(void)
{
    state = state * 1664525 + 1013904223;
    return (float)(int32_t)state / 2147483648.0f;
}

static float scale[ROWS], weight[ROWS * MAX], unit[COLS * 3];
/* What kernels read ends where nothing can be read. */
static uint8_t *data_end, *x_end, *fixed_end;
static float *x;
static int16_t *fixed;
static const size_t bytes_of[] = {
    [MATRIX_F32] = 4, [MATRIX_F16] = 2, [MATRIX_BF16] = 2, [MATRIX_I8] = 1};

static void make_room(void)
{
    data_end = room_to_end(ROWS * MAX * 4);
    x_end = room_to_end(COLS * MAX * sizeof *x);
    fixed_end = room_to_end((COLS * MAX + KERNEL_SLACK) * sizeof *fixed);
}

static void place_columns(size_t cols, size_t n)
{
    x = (float *)(void *)x_end - n * cols;
    fixed = (int16_t *)(void *)fixed_end - (n * cols + KERNEL_SLACK);
}

static struct matrix make(enum matrix_type type, size_t cols)
{
    const size_t bytes = bytes_of[type];
    uint8_t *p = data_end - ROWS * cols * bytes - (bytes > 1); // files need not align
    for (size_t i = 0; i < ROWS * cols; i++) {
        const float f = any();
        const uint16_t half = type == MATRIX_F16 ? half_from_float(f) : bf16_from_float(f);
        weight[i] = f;
        if (type == MATRIX_F32)
            memcpy(p + 4 * i, &f, 4);
        else if (type == MATRIX_I8)
            weight[i] = ((int8_t *)p)[i] = (int8_t)(f * 127);
        else
            weight[i] = type == MATRIX_F16 ? half_to_float(half) : bf16_to_float(half);
        if (type == MATRIX_F16 || type == MATRIX_BF16)
            memcpy(p + 2 * i, &half, 2);
    }
    for (size_t i = 0; i < ROWS; i++)
        scale[i] = 0.5f + (float)i;
    return (struct matrix){p, type == MATRIX_I8 ? scale : NULL, type, ROWS, cols, NULL};
}

static struct columns columns(size_t cols, size_t from, size_t n)
{
    return (struct columns){x + from * cols, cols, n, fixed + from * cols,
                            unit + from * kernel_blocks(cols)};
}

/* A float sum of n products is off by n halves of a unit in the last place of the sum of their
 * absolute values at most.  Integers: by half a unit each. */
static void check(enum matrix_type type, size_t cols, size_t n, const float *got)
{
    for (size_t c = 0; c < n; c++)
        for (size_t r = 0; r < ROWS; r++) {
            double want = 0, all = 0, largest = 0, absolute = 0;
            for (size_t k = 0; k < cols; k++) {
                const double p = (double)weight[r * cols + k] * x[c * cols + k];
                want += p;
                all += fabs(p);
                absolute += fabs(weight[r * cols + k]);
                largest = fmax(largest, fabs(x[c * cols + k]));
            }
            const double off = got[c * ROWS + r] - want * (type == MATRIX_I8 ? scale[r] : 1);
            const double bound = type == MATRIX_I8
                                     ? (absolute * largest / 16383 / 2 + all * 0x1p-22) * scale[r]
                                     : all * (double)(cols + 2) * 0x1p-24;
            assert(fabs(off) <= bound);
        }
}

/* n columns: more than 65536 numbers of all go another way. */
static void compare(const struct kernels *k, enum matrix_type type, size_t cols, size_t n)
{
    const struct matrix w = make(type, cols);
    static float got[COLS * ROWS], part[COLS * ROWS];
    place_columns(cols, n);
    for (size_t i = 0; i < n * cols; i++)
        x[i] = any() * (i % 37 ? 1 : 9);
    for (size_t c = 0; c < n; c++)
        k->fix(x + c * cols, cols, fixed + c * cols, unit + c * kernel_blocks(cols));
    struct columns all = columns(cols, 0, n);
    k->multiply(&w, 0, ROWS, &all, got, ROWS);
    check(type, cols, n, got);
    for (size_t m = 1; m < n; m += m < 9 ? 1 : 3)       // columns together
        for (size_t from = 0; from < ROWS; from += 5) { // and rows
            memset(part, -1, sizeof part);
            struct columns some = columns(cols, n - m, m);
            const size_t to = from + 5 < ROWS ? from + 5 : ROWS;
            k->multiply(&w, from, to, &some, part, ROWS);
            for (size_t c = 0; c < m; c++)
                assert(!memcmp(part + c * ROWS + from, got + (n - m + c) * ROWS + from,
                               (to - from) * sizeof *got));
        }
    if (type != MATRIX_I8)
        return;
    kernels_get("scalar")->multiply(&w, 0, ROWS, &all, part, ROWS);
    for (size_t i = 0; i < n * ROWS; i++)
        assert(part[i] == got[i]);
}

/* fix() is the same for all, and what is not finite stays so. */
static void compare_fix(const struct kernels *k, size_t n)
{
    static int16_t want[MAX], got[MAX];
    float want_unit[3], got_unit[3];
    place_columns(n, 1);
    for (size_t i = 0; i < n; i++)
        x[i] = any() * (i == n / 2 ? 1000 : 1);
    kernels_get("scalar")->fix(x, n, want, want_unit);
    k->fix(x, n, got, got_unit);
    assert(!memcmp(want, got, n * sizeof *got));
    assert(!memcmp(want_unit, got_unit, kernel_blocks(n) * sizeof *got_unit));
    const float strange[] = {INFINITY, -INFINITY, NAN, 1e-38f};
    for (size_t i = 0; i < 4; i++) {
        x[n / 3] = strange[i];
        for (size_t j = 0; i == 3 && j < n; j++)
            x[j] = 1e-38f;
        k->fix(x, n, got, got_unit);
        const float u = got_unit[n / 3 / KERNEL_BLOCK];
        assert(i < 3 ? isnan(u) : u == 0);
    }
}

/* Sequences of 1 … 40 positions, floats and halves, heads of 8 … 140 numbers. */
static void compare_attention(const struct kernels *k, uint32_t dim, int half, uint32_t window)
{
    enum { N = 40, Q = 5 };
    static float numbers[N * 140], q[Q * 140], score[Q * N], to[Q * 140], again[140], lone[N];
    static uint16_t halves[N * 140];
    struct query query[Q];
    for (size_t i = 0; i < N * (size_t)dim; i++) {
        halves[i] = half_from_float(any());
        numbers[i] = half_to_float(halves[i]);
    }
    for (size_t i = 0; i < Q * (size_t)dim; i++)
        q[i] = any();
    memset(to, 0, sizeof to);
    for (uint32_t i = 0; i < Q; i++) {
        const uint32_t end = N - Q + 1 + i;
        query[i] = (struct query){q + i * dim, score + i * N, to + i * dim,
                                  end > window ? end - window : 0, end};
    }
    struct page page = {.stride = dim * (half ? 2u : 4u), .dim = dim, .half = half};
    for (page.first = 0; page.first < N; page.first += KERNEL_POSITIONS) {
        page.p =
            half ? (uint8_t *)(halves + page.first * dim) : (uint8_t *)(numbers + page.first * dim);
        k->score(&page, query, Q, 0.5f);
        k->mix(&page, query, Q);
        for (uint32_t i = 0; i < Q; i++) { // alone
            struct query one = query[i];
            one.score = lone;
            one.to = again;
            memset(again, 0, sizeof again);
            k->score(&page, &one, 1, 0.5f);
            for (uint32_t p = page.first; p < page.first + KERNEL_POSITIONS && p < one.end; p++)
                assert(lone[p] == query[i].score[p]);
            if (!page.first && one.from < 16) {
                k->mix(&page, &one, 1);
                assert(again[0] != 0);
            }
        }
    }
    for (uint32_t i = 0; i < Q; i++) {
        for (uint32_t p = query[i].from; p < query[i].end; p++) {
            double want = 0, all = 0;
            for (uint32_t d = 0; d < dim; d++) {
                want += 0.5 * q[i * dim + d] * numbers[p * dim + d];
                all += fabs(0.5 * q[i * dim + d] * numbers[p * dim + d]);
            }
            assert(fabs(query[i].score[p] - want) <= all * (dim + 2) * 0x1p-24);
        }
        for (uint32_t d = 0; d < dim; d++) {
            double want = 0, all = 0;
            for (uint32_t p = query[i].from; p < query[i].end; p++) {
                want += (double)query[i].score[p] * numbers[p * dim + d];
                all += fabs(query[i].score[p] * numbers[p * dim + d]);
            }
            assert(fabs(query[i].to[d] - want) <= all * (N + 2) * 0x1p-24);
        }
    }
}

/* Softmax and gate within 4 units in the last place of what double gives, at the ends of the range
 * too; halves as half.h rounds them. */
static void compare_functions(const struct kernels *k, size_t n)
{
    static float a[MAX], b[MAX], got[MAX];
    static uint16_t half[MAX];
    double sum = 0, top = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        a[i] = any() * (i % 5 ? 8 : 120);
        b[i] = any();
        top = fmax(top, a[i]);
    }
    for (size_t i = 0; i < n; i++)
        sum += exp(a[i] - top);
    memcpy(got, a, sizeof got);
    k->softmax(got, n);
    for (size_t i = 0; i < n; i++) {
        const double want = exp((float)(a[i] - (float)top)) / sum;
        assert(fabs(got[i] - want) <= want * (double)(4 + n / 16) * 0x1p-23 + 0x1p-140);
    }
    memcpy(got, a, sizeof got);
    k->gate(got, b, n);
    for (size_t i = 0; i < n; i++) {
        const double want = a[i] / (1 + exp(-(double)a[i])) * b[i];
        assert(fabs(got[i] - want) <= fabs(want) * 4 * 0x1p-23 + 0x1p-120);
    }
    a[0] = 1e-7f;
    k->to_half(a, n, half);
    for (size_t i = 0; i < n; i++)
        assert(half[i] == half_from_float(a[i]));
    double dot = 0, all = 0;
    for (size_t i = 0; i < n; i++) {
        dot += (double)a[i] * b[i];
        all += fabs((double)a[i] * b[i]);
    }
    assert(fabs(k->dot(a, b, n) - dot) <= all * (double)(n + 2) * 0x1p-24);
    float far[] = {-1e30f, 1e30f, NAN, -INFINITY}, one[] = {1, 1, 1, 1};
    k->gate(far, one, 3);
    assert(far[0] == 0 && far[1] == 1e30f && isnan(far[2]));
}

/* Worked out by hand. */
static void test_scalar(void)
{
    const float w[] = {1, 2, 3, -1, 0.5f, 4}, v[] = {2, -1, 1, 0, 1, 0};
    const struct matrix m = {w, NULL, MATRIX_F32, 2, 3, NULL};
    const struct columns c = {v, 3, 2, NULL, NULL};
    float y[4];
    kernels_get("scalar")->multiply(&m, 0, 2, &c, y, 2);
    assert(y[0] == 3 && y[1] == 1.5f && y[2] == 2 && y[3] == 0.5f);
    /* 16383 stands for 2, and 4096 for what is nearest to 0.5 in units of 2 / 16383. */
    const int8_t bytes[] = {1, 2, 3, -1, 0, 100};
    const float scales[] = {0.5f, 2}, u[] = {2, 0.5f, -1};
    int16_t f[3];
    float unit2;
    kernels_get("scalar")->fix(u, 3, f, &unit2);
    assert(f[0] == 16383 && f[1] == 4096 && f[2] == -8192 && unit2 == 2 / 16383.f);
    const struct matrix m8 = {bytes, scales, MATRIX_I8, 2, 3, NULL};
    const struct columns c8 = {u, 3, 1, f, &unit2};
    kernels_get("scalar")->multiply(&m8, 0, 2, &c8, y, 2);
    assert(y[0] == (16383 + 2 * 4096 - 3 * 8192) * unit2 * 0.5f);
    assert(y[1] == (-16383 - 819200) * unit2 * 2);
}

int main(void)
{
    static const char *const names[] = {"scalar", "avx2", "avx512", "avx512vnni"};
    make_room();
    test_scalar();
    assert(kernels_get(NULL) && !kernels_get("none"));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct kernels *k = kernels_get(names[i]);
        for (size_t n = 1; k && n < MAX; n += n < 70 ? 1 : n < 1000 ? 303 : 149) {
            for (int type = MATRIX_F32; type <= MATRIX_I8; type++)
                compare(k, (enum matrix_type)type, n, n < 2100 ? SOME : COLS);
            compare_fix(k, n);
            compare_functions(k, n);
        }
        for (uint32_t dim = 8; k && dim <= 140; dim += 4)
            for (int half = 0; half < 2; half++) {
                compare_attention(k, dim, half, 1000);
                compare_attention(k, dim, half, 19);
            }
    }
    return 0;
}
