/* Vector kernels against plain C, and their promise: a column's result does not depend on how many
 * columns or rows are computed together. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "infer/half.h"
#include "infer/kernel.h"

enum { ROWS = 5, MAX = 300, COLS = 7 };

static uint32_t state = 1;

static float any(void)
{
    state = state * 1664525 + 1013904223;
    return (float)(int32_t)state / 2147483648.0f;
}

static float x[COLS * MAX], scale[ROWS];
static uint8_t data[ROWS * MAX * 4 + 1];

static struct matrix make(enum matrix_type type, size_t cols)
{
    uint8_t *p = data + 1; // files need not align
    for (size_t i = 0; i < ROWS * cols; i++) {
        const float f = any();
        const uint16_t half = type == MATRIX_F16 ? half_from_float(f) : bf16_from_float(f);
        if (type == MATRIX_F32)
            memcpy(p + 4 * i, &f, 4);
        else if (type == MATRIX_I8)
            ((int8_t *)p)[i] = (int8_t)(f * 127);
        else
            memcpy(p + 2 * i, &half, 2);
    }
    for (size_t i = 0; i < ROWS; i++)
        scale[i] = 0.5f + (float)i;
    return (struct matrix){p, type == MATRIX_I8 ? scale : NULL, type, ROWS, cols};
}

static void compare(const struct kernels *k, enum matrix_type type, size_t cols)
{
    const struct matrix w = make(type, cols);
    float want[COLS * ROWS], got[COLS * ROWS], alone[ROWS];
    for (size_t i = 0; i < COLS * cols; i++)
        x[i] = any();
    kernels_get("scalar")->multiply(&w, 0, ROWS, x, cols, COLS, want, ROWS);
    k->multiply(&w, 0, 2, x, cols, COLS, got, ROWS);
    k->multiply(&w, 2, ROWS, x, cols, COLS, got, ROWS);
    for (size_t c = 0; c < COLS; c++) {
        k->multiply(&w, 0, ROWS, x + c * cols, cols, 1, alone, ROWS);
        assert(!memcmp(alone, got + c * ROWS, sizeof alone));
    }
    const float bound = type == MATRIX_I8 ? 127 * 5 : 1;
    for (size_t i = 0; i < COLS * ROWS; i++)
        assert(fabsf(want[i] - got[i]) <= 1e-5f * bound * (float)(cols + 1));
}

static void compare_cache(const struct kernels *k, size_t n)
{
    const struct kernels *plain = kernels_get("scalar");
    float a[MAX], b[MAX], want[MAX], got[MAX];
    uint16_t h[MAX];
    for (size_t i = 0; i < n; i++) {
        a[i] = any();
        b[i] = any();
        h[i] = half_from_float(a[i]);
        want[i] = got[i] = any();
    }
    assert(fabsf(k->dot(a, b, n) - plain->dot(a, b, n)) <= 1e-5f * (float)(n + 1));
    assert(fabsf(k->dot_half(h, b, n) - plain->dot_half(h, b, n)) <= 1e-5f * (float)(n + 1));
    k->add(a, 0.75f, got, n);
    plain->add(a, 0.75f, want, n);
    k->add_half(h, -1.5f, got, n);
    plain->add_half(h, -1.5f, want, n);
    for (size_t i = 0; i < n; i++)
        assert(fabsf(got[i] - want[i]) <= 1e-6f);
}

/* Worked out by hand. */
static void test_scalar(void)
{
    const float w[] = {1, 2, 3, -1, 0.5f, 4}, v[] = {2, -1, 1, 0, 1, 0};
    const struct matrix m = {w, NULL, MATRIX_F32, 2, 3};
    float y[4];
    kernels_get("scalar")->multiply(&m, 0, 2, v, 3, 2, y, 2);
    assert(y[0] == 3 && y[1] == 1.5f && y[2] == 2 && y[3] == 0.5f);
}

int main(void)
{
    static const char *const names[] = {"avx2", "avx512"};
    test_scalar();
    assert(kernels_get(NULL) && !kernels_get("none"));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct kernels *k = kernels_get(names[i]);
        for (size_t n = 1; k && n < MAX; n += n < 140 ? 1 : 37) {
            for (int type = MATRIX_F32; type <= MATRIX_I8; type++)
                compare(k, (enum matrix_type)type, n);
            compare_cache(k, n);
        }
    }
    return 0;
}
