/* Matrix times columns, in the vectors of the file that includes it.
 *
 * A block of a row (KERNEL_BLOCK numbers) times that of a column is one vector of sums, number k in
 * lane k mod LANES; its lanes are added in a fixed order, and then to what the blocks before gave.
 * So is every result, whichever of the two ways it goes:
 *
 *   few columns    four rows at a time, weights become floats in registers: memory is the limit
 *   more columns   ROWS rows of a block become floats (for int8 weights: int16) in the first cache,
 *                  and tiles of ROWS × 4 sums in registers run over them: arithmetic is the limit
 *
 * The first way's four rows lie apart, at the same place in the quarters of from…to, so that memory
 * is read in four long runs, which the CPU's prefetching follows. */

#include <string.h>

enum { COLS = 4, AHEAD = 2048 }; // columns of a tile; bytes that are prefetched

struct task {
    const struct matrix *w;
    size_t from, rows; // of w
    const struct columns *x;
    float *y;
    size_t stride_y;
};

struct group {   // of rows
    size_t r[4]; // those behind n repeat the last
    size_t n;
};

INLINE struct group quarter_rows(const struct task *t, size_t i)
{
    const size_t part = t->rows / 4;
    struct group g = {.n = i < part ? 4 : t->rows - part * 4};
    for (size_t j = 0; j < 4; j++)
        g.r[j] = t->from + (i < part ? j * part + i : part * 4 + (j < g.n ? j : g.n - 1));
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

/* A block's sum joins those before it. */
INLINE void put(const struct task *t, size_t r, size_t c, float sum, const struct block *b)
{
    float *y = &t->y[c * t->stride_y + r];
    const float all_blocks = b->first ? sum : *y + sum;
    *y = b->last && t->w->scale ? all_blocks * t->w->scale[r] : all_blocks;
}

INLINE const uint8_t *weights_at(const struct task *t, size_t bytes, size_t r, size_t k)
{
    return (const uint8_t *)t->w->data + (r * t->w->cols + k) * bytes;
}

/* ---- few columns ---- */

INLINE void few_floats(const struct task *t, enum matrix_type type, size_t bytes,
                       const struct group *g, int n_cols, const struct block *b)
{
    vec sum[4][FEW];
    const uint8_t *w[4];
    const float *x = t->x->x + b->at;
    size_t k = 0;
    for (int r = 0; r < 4; r++) {
        w[r] = weights_at(t, bytes, g->r[r], b->at);
        for (int c = 0; c < n_cols; c++)
            sum[r][c] = zero();
    }
    for (; k + LANES <= b->n; k += LANES)
        for (int r = 0; r < 4; r++) {
            const vec v = load(w[r] + k * bytes, type);
            __builtin_prefetch(w[r] + k * bytes + AHEAD);
            for (int c = 0; c < n_cols; c++)
                sum[r][c] = madd(
                    v, load((const uint8_t *)(x + (size_t)c * t->x->k + k), MATRIX_F32), sum[r][c]);
        }
    for (int r = 0; k < b->n && r < 4; r++)
        for (int c = 0; c < n_cols; c++)
            sum[r][c] = madd(
                load_some(w[r] + k * bytes, type, b->n - k),
                load_some((const uint8_t *)(x + (size_t)c * t->x->k + k), MATRIX_F32, b->n - k),
                sum[r][c]);
    for (int c = 0; c < n_cols; c++) {
        float s[4];
        _mm_storeu_ps(s, sum4(sum[0][c], sum[1][c], sum[2][c], sum[3][c]));
        for (size_t r = 0; r < g->n; r++)
            put(t, g->r[r], (size_t)c, s[r], b);
    }
}

INLINE void few_fixed(const struct task *t, const struct group *g, int n_cols,
                      const struct block *b)
{
    ints sum[4][FEW];
    const int8_t *w[4];
    const int16_t *x = t->x->fixed + b->at;
    size_t k = 0;
    for (int r = 0; r < 4; r++) {
        w[r] = (const int8_t *)weights_at(t, 1, g->r[r], b->at);
        for (int c = 0; c < n_cols; c++)
            sum[r][c] = zeros();
    }
    for (; k + FIXED <= b->n; k += FIXED)
        for (int r = 0; r < 4; r++) {
            const ints v = load_bytes(w[r] + k);
            __builtin_prefetch(w[r] + k + AHEAD);
            for (int c = 0; c < n_cols; c++)
                sum[r][c] = multiply_add(sum[r][c], v, load_fixed(x + (size_t)c * t->x->k + k));
        }
    for (int r = 0; k < b->n && r < 4; r++)
        for (int c = 0; c < n_cols; c++)
            sum[r][c] = multiply_add(sum[r][c], load_some_bytes(w[r] + k, b->n - k),
                                     load_some_fixed(x + (size_t)c * t->x->k + k, b->n - k));
    for (int c = 0; c < n_cols; c++) {
        float s[4];
        const float unit = t->x->unit[(size_t)c * kernel_blocks(t->x->k) + b->number];
        _mm_storeu_ps(s, _mm_cvtepi32_ps(sum4_ints(sum[0][c], sum[1][c], sum[2][c], sum[3][c])));
        for (size_t r = 0; r < g->n; r++)
            put(t, g->r[r], (size_t)c, s[r] * unit, b);
    }
}

INLINE void few(const struct task *t, enum matrix_type type, size_t bytes, int n_cols)
{
    for (size_t i = 0; i < (t->rows + 3) / 4; i++) {
        const struct group g = quarter_rows(t, i);
        for (size_t j = 0; j < kernel_blocks(t->x->k); j++) {
            const struct block b = block_of(t->x->k, j);
            if (type == MATRIX_I8)
                few_fixed(t, &g, n_cols, &b);
            else
                few_floats(t, type, bytes, &g, n_cols, &b);
        }
    }
}

/* ---- more columns ---- */

struct panel {
    _Alignas(64) union {
        float f[ROWS][KERNEL_BLOCK + 16]; // longer than 4096 bytes: rows shall not share cache sets
        int16_t i[ROWS][KERNEL_BLOCK + 32];
    } of; // zeros behind a row's end, up to a whole vector
};

struct strip { // of a block: rows at … at + n - 1 of w
    size_t at, n;
    size_t ahead; // bytes to the next one, which memory may send while this is computed
};

/* Rows behind the strip's end are its last. */
INLINE void fill(struct panel *p, const struct task *t, enum matrix_type type, size_t bytes,
                 const struct strip *s, const struct block *b)
{
    for (size_t r = 0; r < ROWS; r++) {
        const uint8_t *w = weights_at(t, bytes, s->at + (r < s->n ? r : s->n - 1), b->at);
        size_t k = 0;
        if (type == MATRIX_I8) {
            for (; k + FIXED <= b->n; k += FIXED) {
                store_fixed(&p->of.i[r][k], load_bytes((const int8_t *)w + k));
                __builtin_prefetch(w + k + s->ahead);
            }
            if (k < b->n)
                store_fixed(&p->of.i[r][k], load_some_bytes((const int8_t *)w + k, b->n - k));
            continue;
        }
        for (; k + LANES <= b->n; k += LANES) {
            store(&p->of.f[r][k], load(w + k * bytes, type));
            __builtin_prefetch(w + k * bytes + s->ahead);
        }
        if (k < b->n)
            store(&p->of.f[r][k], load_some(w + k * bytes, type, b->n - k));
    }
}

/* The sums of a strip's rows and one column. */
INLINE void put_strip(const struct task *t, const struct strip *s, size_t c, float sum[ROWS],
                      const struct block *b)
{
    float *y = &t->y[c * t->stride_y + s->at];
    if (s->n < ROWS) {
        for (size_t r = 0; r < s->n; r++)
            put(t, s->at + r, c, sum[r], b);
        return;
    }
    for (size_t r = 0; !b->first && r < ROWS; r++)
        sum[r] += y[r];
    for (size_t r = 0; b->last && t->w->scale && r < ROWS; r++)
        sum[r] *= t->w->scale[s->at + r];
    memcpy(y, sum, ROWS * sizeof *y);
}

/* The next n numbers, a whole vector or less at the end. */
INLINE void step_floats(const struct panel *p, const float *x, size_t stride, size_t k, size_t n,
                        int n_cols, vec sum[8][COLS])
{
    vec w[ROWS];
    for (int r = 0; r < ROWS; r++)
        w[r] = load((const uint8_t *)&p->of.f[r][k], MATRIX_F32);
    for (int c = 0; c < n_cols; c++) {
        const uint8_t *at = (const uint8_t *)(x + (size_t)c * stride + k);
        const vec v = n == LANES ? load(at, MATRIX_F32) : load_some(at, MATRIX_F32, n);
        for (int r = 0; r < ROWS; r++)
            sum[r][c] = madd(w[r], v, sum[r][c]);
    }
}

INLINE void tile_floats(const struct task *t, const struct panel *p, const struct strip *s,
                        size_t col, int n_cols, const struct block *b)
{
    vec sum[8][COLS]; // ROWS of them
    float got[8];
    const float *x = t->x->x + col * t->x->k + b->at;
    size_t k = 0;
    for (int r = 0; r < 8; r++)
        for (int c = 0; c < COLS; c++)
            sum[r][c] = zero();
    for (; k + LANES <= b->n; k += LANES)
        step_floats(p, x, t->x->k, k, LANES, n_cols, sum);
    if (k < b->n)
        step_floats(p, x, t->x->k, k, b->n - k, n_cols, sum);
    for (int c = 0; c < n_cols; c++) {
        _mm_storeu_ps(got, sum4(sum[0][c], sum[1][c], sum[2][c], sum[3][c]));
        if (ROWS > 4)
            _mm_storeu_ps(got + 4, sum4(sum[4][c], sum[5][c], sum[6][c], sum[7][c]));
        put_strip(t, s, col + (size_t)c, got, b);
    }
}

INLINE void tile_fixed(const struct task *t, const struct panel *p, const struct strip *s,
                       size_t col, int n_cols, const struct block *b)
{
    ints sum[8][COLS]; // ROWS of them
    float got[8];
    const int16_t *x = t->x->fixed + col * t->x->k + b->at;
    const size_t blocks = kernel_blocks(t->x->k);
    for (int r = 0; r < 8; r++)
        for (int c = 0; c < COLS; c++)
            sum[r][c] = zeros();
    for (size_t k = 0; k < b->n; k += FIXED) { // behind the end: anything times zero
        ints w[ROWS];
        for (int r = 0; r < ROWS; r++)
            w[r] = load_fixed(&p->of.i[r][k]);
        for (int c = 0; c < n_cols; c++) {
            const ints v = load_fixed(x + (size_t)c * t->x->k + k);
            for (int r = 0; r < ROWS; r++)
                sum[r][c] = multiply_add(sum[r][c], w[r], v);
        }
    }
    for (int c = 0; c < n_cols; c++) {
        const four unit = _mm_set1_ps(t->x->unit[(col + (size_t)c) * blocks + b->number]);
        const __m128i low = sum4_ints(sum[0][c], sum[1][c], sum[2][c], sum[3][c]);
        _mm_storeu_ps(got, _mm_mul_ps(_mm_cvtepi32_ps(low), unit));
        if (ROWS > 4) {
            const __m128i high = sum4_ints(sum[4][c], sum[5][c], sum[6][c], sum[7][c]);
            _mm_storeu_ps(got + 4, _mm_mul_ps(_mm_cvtepi32_ps(high), unit));
        }
        put_strip(t, s, col + (size_t)c, got, b);
    }
}

/* Tiles are functions of their own: the types of weights share them. */
static __attribute__((noinline)) TARGET void tile4_floats(const struct task *t,
                                                          const struct panel *p,
                                                          const struct strip *s, size_t col,
                                                          const struct block *b)
{
    tile_floats(t, p, s, col, 4, b);
}

static __attribute__((noinline)) TARGET void tile1_floats(const struct task *t,
                                                          const struct panel *p,
                                                          const struct strip *s, size_t col,
                                                          const struct block *b)
{
    tile_floats(t, p, s, col, 1, b);
}

static __attribute__((noinline)) TARGET void tile4_fixed(const struct task *t,
                                                         const struct panel *p,
                                                         const struct strip *s, size_t col,
                                                         const struct block *b)
{
    tile_fixed(t, p, s, col, 4, b);
}

static __attribute__((noinline)) TARGET void tile1_fixed(const struct task *t,
                                                         const struct panel *p,
                                                         const struct strip *s, size_t col,
                                                         const struct block *b)
{
    tile_fixed(t, p, s, col, 1, b);
}

INLINE void tiles(const struct task *t, enum matrix_type type, const struct panel *p,
                  const struct strip *s, const struct block *b)
{
    size_t col = 0;
    for (; col + 4 <= t->x->n; col += 4)
        (type == MATRIX_I8 ? tile4_fixed : tile4_floats)(t, p, s, col, b);
    for (; col < t->x->n; col++)
        (type == MATRIX_I8 ? tile1_fixed : tile1_floats)(t, p, s, col, b);
}

/* Many columns: a block of them stays in the second cache for all rows; few enough to stay there in
 * whole: rows are read to their ends. */
INLINE void many(const struct task *t, enum matrix_type type, size_t bytes)
{
    struct panel p;
    const int to_end = t->x->n * t->x->k <= 65536;
    const size_t span = to_end ? ROWS : t->rows, below = ROWS * t->w->cols;
    for (size_t from = 0; from < t->rows; from += span)
        for (size_t j = 0; j < kernel_blocks(t->x->k); j++)
            for (size_t i = from; i < from + span && i < t->rows; i += ROWS) {
                const struct block b = block_of(t->x->k, j);
                const size_t left = t->rows - i, ahead = !to_end  ? below
                                                         : b.last ? below - b.at
                                                                  : KERNEL_BLOCK;
                const struct strip s = {t->from + i, left < ROWS ? left : ROWS, ahead * bytes};
                fill(&p, t, type, bytes, &s, &b);
                tiles(t, type, &p, &s, &b);
            }
}

INLINE void by_columns(const struct task *t, enum matrix_type type, size_t bytes)
{
    if (t->x->n == 1)
        few(t, type, bytes, 1);
    else if (t->x->n == 2)
        few(t, type, bytes, 2);
    else if (t->x->n == 3)
        few(t, type, bytes, 3);
    else if (t->x->n == FEW)
        few(t, type, bytes, FEW);
    else
        many(t, type, bytes);
}

static TARGET void multiply(const struct matrix *w, size_t from, size_t to, const struct columns *x,
                            float *y, size_t stride_y)
{
    const struct task t = {w, from, to - from, x, y, stride_y};
    switch (w->type) {
    case MATRIX_F32:
        by_columns(&t, MATRIX_F32, 4);
        break;
    case MATRIX_F16:
        by_columns(&t, MATRIX_F16, 2);
        break;
    case MATRIX_BF16:
        by_columns(&t, MATRIX_BF16, 2);
        break;
    case MATRIX_I8:
        by_columns(&t, MATRIX_I8, 1);
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
