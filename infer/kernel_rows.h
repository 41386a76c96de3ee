/* Included behind a vector width's TARGET, INLINE, COLS, row() and add_row(): from them to the
 * functions of struct kernels, for every type of matrix. */

INLINE void rows(const struct matrix *w, enum matrix_type type, size_t bytes, size_t from,
                 size_t to, const float *x, size_t stride_x, size_t n, float *y, size_t stride_y)
{
    const size_t row_bytes = w->cols * bytes;
    float sums[COLS];
    for (size_t r = from; r < to; r++) {
        const uint8_t *p = (const uint8_t *)w->data + r * row_bytes;
        const float scale = w->scale ? w->scale[r] : 1;
        size_t c = 0;
        for (; c + COLS <= n; c += COLS) {
            row(p, type, bytes, w->cols, x + c * stride_x, stride_x, COLS, sums);
            for (int i = 0; i < COLS; i++)
                y[(c + (size_t)i) * stride_y + r] = sums[i] * scale;
        }
        for (; c < n; c++) {
            row(p, type, bytes, w->cols, x + c * stride_x, stride_x, 1, sums);
            y[c * stride_y + r] = sums[0] * scale;
        }
    }
}

static TARGET void multiply(const struct matrix *w, size_t from, size_t to, const float *x,
                            size_t stride_x, size_t n, float *y, size_t stride_y)
{
    switch (w->type) {
    case MATRIX_F32:
        rows(w, MATRIX_F32, 4, from, to, x, stride_x, n, y, stride_y);
        break;
    case MATRIX_F16:
        rows(w, MATRIX_F16, 2, from, to, x, stride_x, n, y, stride_y);
        break;
    case MATRIX_BF16:
        rows(w, MATRIX_BF16, 2, from, to, x, stride_x, n, y, stride_y);
        break;
    case MATRIX_I8:
        rows(w, MATRIX_I8, 1, from, to, x, stride_x, n, y, stride_y);
        break;
    }
}

static TARGET float dot(const float *a, const float *b, size_t n)
{
    float sum;
    row((const uint8_t *)a, MATRIX_F32, 4, n, b, 0, 1, &sum);
    return sum;
}

static TARGET float dot_half(const uint16_t *a, const float *b, size_t n)
{
    float sum;
    row((const uint8_t *)a, MATRIX_F16, 2, n, b, 0, 1, &sum);
    return sum;
}

static TARGET void add(const float *a, float f, float *to, size_t n)
{
    add_row((const uint8_t *)a, MATRIX_F32, 4, f, to, n);
}

static TARGET void add_half(const uint16_t *a, float f, float *to, size_t n)
{
    add_row((const uint8_t *)a, MATRIX_F16, 2, f, to, n);
}
