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
 * Rows of one group lie apart, at the same place in as many equal parts of from…to, so that memory
 * is read in a few long runs, which the CPU's prefetching follows. */

enum { COLS = 4, FEW = 3, AHEAD = 2048 }; // columns of a tile; of the first way; bytes

struct task {
    const struct matrix *w;
    size_t from, rows; // of w
    const struct columns *x;
    float *y;
    size_t stride_y;
};

struct group {   // of rows
    size_t r[6]; // those behind n repeat the last
    size_t n;
};

INLINE struct group group_of(const struct task *t, size_t size, size_t i)
{
    const size_t part = t->rows / size;
    struct group g = {.n = i < part ? size : t->rows - part * size};
    for (size_t j = 0; j < size; j++)
        g.r[j] = t->from + (i < part ? j * part + i : part * size + (j < g.n ? j : g.n - 1));
    return g;
}

INLINE size_t groups_of(const struct task *t, size_t size)
{
    return t->rows / size + (t->rows % size != 0);
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
                sum[r][c] =
                    madd(v, load((const uint8_t *)(x + (size_t)c * t->x->k + k), MATRIX_F32),
                        sum[r][c]);
        }
    for (int r = 0; k < b->n && r < 4; r++)
        for (int c = 0; c < n_cols; c++)
            sum[r][c] = madd(load_some(w[r] + k * bytes, type, b->n - k),
                            load_some((const uint8_t *)(x + (size_t)c * t->x->k + k), MATRIX_F32,
                                      b->n - k),
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
    for (size_t i = 0; i < groups_of(t, 4); i++) {
        const struct group g = group_of(t, 4, i);
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
        float f[ROWS][KERNEL_BLOCK];
        int16_t i[ROWS][KERNEL_BLOCK];
    } of; // zeros behind a row's end, up to a whole vector
};

INLINE void fill(struct panel *p, const struct task *t, enum matrix_type type, size_t bytes,
                 const struct group *g, const struct block *b)
{
    for (int r = 0; r < ROWS; r++) {
        const uint8_t *w = weights_at(t, bytes, g->r[r], b->at);
        size_t k = 0;
        if (type == MATRIX_I8) {
            for (; k + FIXED <= b->n; k += FIXED)
                store_fixed(&p->of.i[r][k], load_bytes((const int8_t *)w + k));
            if (k < b->n)
                store_fixed(&p->of.i[r][k], load_some_bytes((const int8_t *)w + k, b->n - k));
            continue;
        }
        for (; k + LANES <= b->n; k += LANES)
            store(&p->of.f[r][k], load(w + k * bytes, type));
        if (k < b->n)
            store(&p->of.f[r][k], load_some(w + k * bytes, type, b->n - k));
    }
}

INLINE void tile_floats(const struct task *t, const struct panel *p, const struct group *g,
                        size_t col, int n_cols, const struct block *b)
{
    vec sum[ROWS][COLS];
    const float *x = t->x->x + col * t->x->k + b->at;
    size_t k = 0;
    for (int r = 0; r < ROWS; r++)
        for (int c = 0; c < COLS; c++)
            sum[r][c] = zero();
    for (; k < b->n; k += LANES) {
        vec w[ROWS];
        for (int r = 0; r < ROWS; r++)
            w[r] = load((const uint8_t *)&p->of.f[r][k], MATRIX_F32);
        for (int c = 0; c < n_cols; c++) {
            const uint8_t *at = (const uint8_t *)(x + (size_t)c * t->x->k + k);
            const vec v = k + LANES <= b->n ? load(at, MATRIX_F32)
                                            : load_some(at, MATRIX_F32, b->n - k);
            for (int r = 0; r < ROWS; r++)
                sum[r][c] = madd(w[r], v, sum[r][c]);
        }
    }
    for (int r = 0; r < ROWS && (size_t)r < g->n; r++) {
        float s[COLS];
        _mm_storeu_ps(s, sum4(sum[r][0], sum[r][1], sum[r][2], sum[r][3]));
        for (int c = 0; c < n_cols; c++)
            put(t, g->r[r], col + (size_t)c, s[c], b);
    }
}

INLINE void tile_fixed(const struct task *t, const struct panel *p, const struct group *g,
                       size_t col, int n_cols, const struct block *b)
{
    ints sum[ROWS][COLS];
    const int16_t *x = t->x->fixed + col * t->x->k + b->at;
    const size_t blocks = kernel_blocks(t->x->k);
    size_t k = 0;
    for (int r = 0; r < ROWS; r++)
        for (int c = 0; c < COLS; c++)
            sum[r][c] = zeros();
    for (; k < b->n; k += FIXED) {
        ints w[ROWS];
        for (int r = 0; r < ROWS; r++)
            w[r] = load_fixed(&p->of.i[r][k]);
        for (int c = 0; c < n_cols; c++) {
            const int16_t *at = x + (size_t)c * t->x->k + k;
            const ints v = k + FIXED <= b->n ? load_fixed(at) : load_some_fixed(at, b->n - k);
            for (int r = 0; r < ROWS; r++)
                sum[r][c] = multiply_add(sum[r][c], w[r], v);
        }
    }
    for (int r = 0; r < ROWS && (size_t)r < g->n; r++) {
        float s[COLS];
        _mm_storeu_ps(s, _mm_cvtepi32_ps(sum4_ints(sum[r][0], sum[r][1], sum[r][2], sum[r][3])));
        for (int c = 0; c < n_cols; c++)
            put(t, g->r[r], col + (size_t)c,
                s[c] * t->x->unit[(col + (size_t)c) * blocks + b->number], b);
    }
}

INLINE void tile(const struct task *t, enum matrix_type type, const struct panel *p,
                 const struct group *g, size_t col, int n_cols, const struct block *b)
{
    if (type == MATRIX_I8)
        tile_fixed(t, p, g, col, n_cols, b);
    else
        tile_floats(t, p, g, col, n_cols, b);
}

INLINE void tiles(const struct task *t, enum matrix_type type, const struct panel *p,
                  const struct group *g, const struct block *b)
{
    size_t col = 0;
    for (; col + COLS <= t->x->n; col += COLS)
        tile(t, type, p, g, col, COLS, b);
    switch (t->x->n - col) {
    case 3:
        tile(t, type, p, g, col, 3, b);
        break;
    case 2:
        tile(t, type, p, g, col, 2, b);
        break;
    case 1:
        tile(t, type, p, g, col, 1, b);
        break;
    }
}

/* Many columns: a block of them stays in the second cache for all rows; few enough to stay there in
 * whole: rows are read to their ends. */
INLINE void many(const struct task *t, enum matrix_type type, size_t bytes)
{
    struct panel p;
    const size_t n = groups_of(t, ROWS);
    const size_t span = t->x->n * t->x->k <= 65536 ? 1 : n;
    for (size_t from = 0; from < n; from += span)
        for (size_t j = 0; j < kernel_blocks(t->x->k); j++)
            for (size_t i = from; i < from + span && i < n; i++) {
                const struct group g = group_of(t, ROWS, i);
                const struct block b = block_of(t->x->k, j);
                fill(&p, t, type, bytes, &g, &b);
                tiles(t, type, &p, &g, &b);
            }
}

INLINE void by_columns(const struct task *t, enum matrix_type type, size_t bytes)
{
    switch (t->x->n) {
    case 1:
        few(t, type, bytes, 1);
        break;
    case 2:
        few(t, type, bytes, 2);
        break;
    case 3:
        few(t, type, bytes, 3);
        break;
    default:
        many(t, type, bytes);
    }
}

static TARGET void multiply(const struct matrix *w, size_t from, size_t to,
                            const struct columns *x, float *y, size_t stride_y)
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
