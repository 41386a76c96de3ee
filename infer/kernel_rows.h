/* Matrix times columns, in the vectors of the file that includes it.
 *
 * A block of a row (KERNEL_BLOCK numbers) times that of a column is one vector of sums, number k in
 * lane k mod LANES; its lanes are added in a fixed order, and then to what the blocks before gave.
 * So is every result, whatever is computed with it.
 *
 * Tiles of ROWS × COLS sums, or of fewer columns, stay in registers while a block runs through: a
 * weight becomes a float (for int8 weights: an int16) once for all columns of a tile.  The first
 * tile of rows reads them from memory, the others find them in the first cache; all of them ask
 * memory for what comes next, evenly, so that it sends while they compute.
 *
 * The rows of a tile lie apart, at the same place in the ROWS parts of from…to, so that memory is
 * read in long runs, which the CPU's prefetching follows too. */

#include <string.h>

enum { AHEAD = 512 }; // bytes that a single tile asks ahead

struct task {
    const struct matrix *w;
    size_t from, rows; // of w
    const struct columns *x;
    float *y;
    size_t stride_y;
};

struct group {      // of rows
    size_t r[ROWS]; // those behind n repeat the last
    size_t n;
};

INLINE struct group group_of(const struct task *t, size_t i)
{
    const size_t part = t->rows / ROWS;
    struct group g = {.n = i < part ? ROWS : t->rows - part * ROWS};
    for (size_t j = 0; j < ROWS; j++)
        g.r[j] = t->from + (i < part ? j * part + i : part * ROWS + (j < g.n ? j : g.n - 1));
    return g;
}

struct block { // of all rows and columns: numbers at … at + n - 1
    size_t at, n, number;
    int first, last;
};

INLINE struct block block_of(size_t k, size_t i)
{
    const size_t at = i * KERNEL_BLOCK, left = k - at;
    return (struct block){at, left < KERNEL_BLOCK ? left : KERNEL_BLOCK, i, !i,
                          left <= KERNEL_BLOCK};
}

struct ahead { // bytes from a tile's first weights to those that are asked for, and their steps
    size_t from, step;
};

INLINE size_t bytes_of(enum matrix_type type)
{
    return type == MATRIX_I8 ? 1 : type == MATRIX_F32 ? 4 : 2;
}

/* Bytes of the weights that a vector holds. */
INLINE size_t vector_bytes(enum matrix_type type)
{
    return type == MATRIX_I8 ? FIXED : LANES * bytes_of(type);
}

INLINE const uint8_t *weights_at(const struct task *t, enum matrix_type type, size_t r, size_t k)
{
    return (const uint8_t *)t->w->data + (r * t->w->cols + k) * bytes_of(type);
}

/* A block's sums, n_cols of each row, join those before it. */
INLINE void put(const struct task *t, const struct group *g, size_t col, int n_cols,
                const float *sums, const struct block *b)
{
    for (size_t r = 0; r < g->n; r++)
        for (int c = 0; c < n_cols; c++) {
            float *y = &t->y[(col + (size_t)c) * t->stride_y + g->r[r]];
            const float sum = sums[r * (size_t)n_cols + (size_t)c];
            const float all_blocks = b->first ? sum : *y + sum;
            *y = b->last && t->w->scale ? all_blocks * t->w->scale[g->r[r]] : all_blocks;
        }
}

/* The next n numbers, a whole vector or less at the end. */
INLINE void step_floats(const uint8_t *const w[ROWS], enum matrix_type type, const float *x,
                        size_t stride, size_t k, size_t n, int n_cols, vec sum[ROWS][COLS])
{
    vec v[ROWS];
    for (int r = 0; r < ROWS; r++) {
        const uint8_t *at = w[r] + k * bytes_of(type);
        v[r] = n == LANES ? load(at, type) : load_some(at, type, n);
    }
    for (int c = 0; c < n_cols; c++) {
        const uint8_t *at = (const uint8_t *)(x + (size_t)c * stride + k);
        const vec xs = n == LANES ? load(at, MATRIX_F32) : load_some(at, MATRIX_F32, n);
        for (int r = 0; r < ROWS; r++)
            sum[r][c] = madd(v[r], xs, sum[r][c]);
    }
}

/* Behind the end of a row: zero times anything. */
INLINE void step_fixed(const uint8_t *const w[ROWS], const int16_t *x, size_t stride, size_t k,
                       size_t n, int n_cols, ints sum[ROWS][COLS])
{
    ints v[ROWS];
    for (int r = 0; r < ROWS; r++) {
        const int8_t *at = (const int8_t *)w[r] + k;
        v[r] = n == FIXED ? load_bytes(at) : load_some_bytes(at, n);
    }
    for (int c = 0; c < n_cols; c++) {
        const ints xs = load_fixed(x + (size_t)c * stride + k);
        for (int r = 0; r < ROWS; r++)
            sum[r][c] = multiply_add(sum[r][c], v[r], xs);
    }
}

INLINE void ask(const uint8_t *const w[ROWS], struct ahead *a)
{
    for (int r = 0; r < ROWS; r++)
        __builtin_prefetch(w[r] + a->from);
    a->from += a->step;
}

/* Sum i of ROWS × n_cols, row by row; the last where there is none. */
#define SUM(i)                                                                                     \
    sum[((i) < ROWS * n_cols ? (i) : ROWS * n_cols - 1) / n_cols]                                  \
       [((i) < ROWS * n_cols ? (i) : ROWS * n_cols - 1) % n_cols]

INLINE void tile_floats(const struct task *t, enum matrix_type type, const struct group *g,
                        size_t col, int n_cols, const struct block *b, struct ahead a)
{
    vec sum[ROWS][COLS];
    const uint8_t *w[ROWS];
    float got[ROWS * COLS + 3];
    const float *x = t->x->x + col * t->x->k + b->at;
    size_t k = 0;
    for (int r = 0; r < ROWS; r++) {
        w[r] = weights_at(t, type, g->r[r], b->at);
        for (int c = 0; c < n_cols; c++)
            sum[r][c] = zero();
    }
    for (; k + LANES <= b->n; k += LANES) {
        step_floats(w, type, x, t->x->k, k, LANES, n_cols, sum);
        ask(w, &a);
    }
    if (k < b->n)
        step_floats(w, type, x, t->x->k, k, b->n - k, n_cols, sum);
    for (int i = 0; i < ROWS * n_cols; i += 4)
        _mm_storeu_ps(got + i, sum4(SUM(i), SUM(i + 1), SUM(i + 2), SUM(i + 3)));
    put(t, g, col, n_cols, got, b);
}

INLINE void tile_fixed(const struct task *t, const struct group *g, size_t col, int n_cols,
                       const struct block *b, struct ahead a)
{
    ints sum[ROWS][COLS];
    const uint8_t *w[ROWS];
    float got[ROWS * COLS + 3];
    const int16_t *x = t->x->fixed + col * t->x->k + b->at;
    const size_t blocks = kernel_blocks(t->x->k);
    size_t k = 0;
    for (int r = 0; r < ROWS; r++) {
        w[r] = weights_at(t, MATRIX_I8, g->r[r], b->at);
        for (int c = 0; c < n_cols; c++)
            sum[r][c] = zeros();
    }
    for (; k + FIXED <= b->n; k += FIXED) {
        step_fixed(w, x, t->x->k, k, FIXED, n_cols, sum);
        ask(w, &a);
    }
    if (k < b->n)
        step_fixed(w, x, t->x->k, k, b->n - k, n_cols, sum);
    for (int i = 0; i < ROWS * n_cols; i += 4)
        _mm_storeu_ps(got + i,
                      _mm_cvtepi32_ps(sum4_ints(SUM(i), SUM(i + 1), SUM(i + 2), SUM(i + 3))));
    for (int r = 0; r < ROWS; r++)
        for (int c = 0; c < n_cols; c++)
            got[r * n_cols + c] *= t->x->unit[(col + (size_t)c) * blocks + b->number];
    put(t, g, col, n_cols, got, b);
}

INLINE void tile(const struct task *t, enum matrix_type type, const struct group *g, size_t col,
                 int n_cols, const struct block *b, struct ahead a)
{
    if (type == MATRIX_I8)
        tile_fixed(t, g, col, n_cols, b, a);
    else
        tile_floats(t, type, g, col, n_cols, b, a);
}

/* Few columns, which are one tile: memory is the limit, and a call for each block would cost it. */
INLINE void few(const struct task *t, enum matrix_type type, int n_cols)
{
    for (size_t i = 0; i * ROWS < t->rows; i++) {
        const struct group g = group_of(t, i);
        for (size_t j = 0; j < kernel_blocks(t->x->k); j++) {
            const struct block b = block_of(t->x->k, j);
            tile(t, type, &g, 0, n_cols, &b, (struct ahead){AHEAD, vector_bytes(type)});
        }
    }
}

typedef void tile_of(const struct task *t, const struct group *g, size_t col, const struct block *b,
                     struct ahead a);

#define TILE(type, n_cols)                                                                         \
    static __attribute__((noinline))                                                               \
    TARGET void tile_##type##_##n_cols(const struct task *t, const struct group *g, size_t col,    \
                                       const struct block *b, struct ahead a)                      \
    {                                                                                              \
        tile(t, MATRIX_##type, g, col, n_cols, b, a);                                              \
    }
#define TILES(type) TILE(type, 1) TILE(type, 2) TILE(type, 3) TILE(type, 4)
TILES(F32)
TILES(F16)
TILES(BF16)
TILES(I8)

/* All columns of a group and a block, whose next one begins `next` bytes behind it. */
INLINE void tiles(const struct task *t, enum matrix_type type, tile_of *const of[COLS],
                  const struct group *g, const struct block *b, size_t next)
{
    const size_t n = (t->x->n + COLS - 1) / COLS;
    struct ahead a = {n == 1 ? AHEAD : next, vector_bytes(type) / n};
    for (size_t col = 0; col < t->x->n; col += COLS) {
        const size_t left = t->x->n - col;
        of[(left < COLS ? left : COLS) - 1](t, g, col, b, a);
        a.from += b->n * bytes_of(type) / n;
    }
}

/* Columns of which the second cache holds all: rows are read to their ends.  Of more it holds a
 * block, for all rows. */
INLINE void many(const struct task *t, enum matrix_type type, tile_of *const of[COLS])
{
    const size_t groups = (t->rows + ROWS - 1) / ROWS, blocks = kernel_blocks(t->x->k);
    const int to_end = t->x->n * t->x->k <= 65536;
    for (size_t i = 0; to_end && i < groups; i++) {
        const struct group g = group_of(t, i);
        for (size_t j = 0; j < blocks; j++) {
            const struct block b = block_of(t->x->k, j);
            tiles(t, type, of, &g, &b, b.n * bytes_of(type));
        }
    }
    for (size_t j = 0; !to_end && j < blocks; j++) {
        const struct block b = block_of(t->x->k, j);
        for (size_t i = 0; i < groups; i++) {
            const struct group g = group_of(t, i);
            tiles(t, type, of, &g, &b, t->x->k * bytes_of(type));
        }
    }
}

INLINE void by_columns(const struct task *t, enum matrix_type type, tile_of *const of[COLS])
{
    if (t->x->n == 1)
        few(t, type, 1);
    else if (t->x->n == 2)
        few(t, type, 2);
    else if (t->x->n == 3)
        few(t, type, 3);
    else
        many(t, type, of);
}

static TARGET void multiply(const struct matrix *w, size_t from, size_t to, const struct columns *x,
                            float *y, size_t stride_y)
{
    static tile_of *const f32[] = {tile_F32_1, tile_F32_2, tile_F32_3, tile_F32_4},
                          *const f16[] = {tile_F16_1, tile_F16_2, tile_F16_3, tile_F16_4},
                          *const bf16[] = {tile_BF16_1, tile_BF16_2, tile_BF16_3, tile_BF16_4},
                          *const i8[] = {tile_I8_1, tile_I8_2, tile_I8_3, tile_I8_4};
    const struct task t = {w, from, to - from, x, y, stride_y};
    switch (w->type) {
    case MATRIX_F32:
        by_columns(&t, MATRIX_F32, f32);
        break;
    case MATRIX_F16:
        by_columns(&t, MATRIX_F16, f16);
        break;
    case MATRIX_BF16:
        by_columns(&t, MATRIX_BF16, bf16);
        break;
    case MATRIX_I8:
        by_columns(&t, MATRIX_I8, i8);
        break;
    }
}

static TARGET void fix(const float *x, size_t n, int16_t *fixed, float *unit)
{
    for (size_t from = 0; from < n; from += KERNEL_BLOCK) {
        const size_t end = n - from < KERNEL_BLOCK ? n : from + KERNEL_BLOCK;
        vec top = zero(), bad = zero(); // NaN where a number is not finite
        for (size_t i = from; i < end; i += LANES) {
            const vec v = load_some((const uint8_t *)(x + i), MATRIX_F32, end - i);
            top = largest(top, magnitude(v));
            bad = madd(v, zero(), bad);
        }
        float sum[4];
        _mm_storeu_ps(sum, sum4(bad, bad, bad, bad));
        const int finite = sum[0] == sum[0];
        const float factor = finite ? kernel_factor(largest_lane(top)) : 0;
        *unit++ = finite ? kernel_unit(largest_lane(top)) : sum[0];
        for (size_t i = from; i < end; i += LANES) {
            const vec v = load_some((const uint8_t *)(x + i), MATRIX_F32, end - i);
            store_rounded(fixed + i, factor > 0 ? mul(v, all(factor)) : zero(), end - i);
        }
    }
}
