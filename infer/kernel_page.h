/* Attention over a page, and the exponentials, in the vectors of the file that includes it. */

static TARGET float dot(const float *a, const float *b, size_t n)
{
    vec sum[4] = {zero(), zero(), zero(), zero()};
    size_t k = 0;
    float s[4];
    for (; k + 4 * LANES <= n; k += 4 * LANES)
        for (size_t i = 0; i < 4; i++)
            sum[i] = madd(load((const uint8_t *)(a + k + i * LANES), MATRIX_F32),
                          load((const uint8_t *)(b + k + i * LANES), MATRIX_F32), sum[i]);
    for (size_t i = 0; k < n; k += LANES, i++)
        sum[i] = madd(load_some((const uint8_t *)(a + k), MATRIX_F32, n - k),
                      load_some((const uint8_t *)(b + k), MATRIX_F32, n - k), sum[i]);
    _mm_storeu_ps(s, sum4(sum[0], sum[1], sum[2], sum[3]));
    return (s[0] + s[1]) + (s[2] + s[3]);
}

/* The page's numbers at … at + n - 1 of each of its first n_positions as floats, zeros behind n up
 * to whole vectors. */
INLINE void unpack(const struct page *p, size_t n_positions, size_t at, size_t n,
                   float to[KERNEL_POSITIONS][DIMS * LANES])
{
    for (size_t i = 0; i < n_positions; i++)
        for (size_t d = 0; d < n; d += LANES) {
            const uint8_t *from = p->p + i * p->stride + (at + d) * (p->half ? 2 : 4);
            store(&to[i][d], p->half ? load_some(from, MATRIX_F16, n - d)
                                     : load_some(from, MATRIX_F32, n - d));
        }
}

/* Of the page, those that some query looks at. */
INLINE size_t positions(const struct page *p, const struct query *q, size_t n_q)
{
    size_t n = 0;
    for (size_t i = 0; i < n_q; i++)
        if (q[i].end > p->first && q[i].end - p->first > n)
            n = q[i].end - p->first;
    return n < KERNEL_POSITIONS ? n : KERNEL_POSITIONS;
}

INLINE size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Scores of 8 positions for a part of the head's numbers. */
INLINE void score_eight(const float *key, const float *q, size_t n, float *sums)
{
    vec sum[8];
    for (int i = 0; i < 8; i++)
        sum[i] = zero();
    for (size_t d = 0; d < n; d += LANES) {
        const vec v = load_some((const uint8_t *)(q + d), MATRIX_F32, n - d);
        for (size_t i = 0; i < 8; i++)
            sum[i] =
                madd(v, load((const uint8_t *)(key + i * DIMS * LANES + d), MATRIX_F32), sum[i]);
    }
    _mm_storeu_ps(sums, sum4(sum[0], sum[1], sum[2], sum[3]));
    _mm_storeu_ps(sums + 4, sum4(sum[4], sum[5], sum[6], sum[7]));
}

static TARGET void score(const struct page *keys, const struct query *q, size_t n_q, float scale)
{
    _Alignas(64) float key[KERNEL_POSITIONS][DIMS * LANES];
    const size_t n_positions = positions(keys, q, n_q), part = DIMS * LANES;
    for (size_t at = 0; n_positions && at < keys->dim; at += part) {
        const size_t n = least(keys->dim - at, part);
        unpack(keys, n_positions, at, n, key);
        for (size_t i = n_positions; i < KERNEL_POSITIONS; i++)
            for (size_t d = 0; d < n; d += LANES)
                store(&key[i][d], zero());
        for (size_t i = 0; i < n_q; i++) {
            float sum[KERNEL_POSITIONS];
            const size_t below = q[i].end > keys->first ? q[i].end - keys->first : 0;
            const size_t count = least(below, KERNEL_POSITIONS);
            if (count)
                score_eight(key[0], q[i].q + at, n, sum);
            if (count > 8)
                score_eight(key[8], q[i].q + at, n, sum + 8);
            float *to = q[i].score + keys->first;
            for (size_t j = 0; j < count; j++)
                to[j] = (at ? to[j] + sum[j] : sum[j]) * (at + n < keys->dim ? 1 : scale);
        }
    }
}

INLINE void mix_part(const struct page *values, const struct query *q, const float *value,
                     size_t at, size_t n, const size_t vecs)
{
    vec sum[DIMS];
    const uint32_t start = q->from > values->first ? q->from - values->first : 0;
    const size_t end = least(q->end - values->first, KERNEL_POSITIONS);
    for (size_t d = 0; d < vecs; d++)
        sum[d] = d * LANES < n ? load_some((const uint8_t *)(q->to + at + d * LANES), MATRIX_F32,
                                           n - d * LANES)
                               : zero();
    for (size_t i = start; i < end; i++) {
        const vec weight = all(q->score[values->first + i]);
        const float *v = value + i * DIMS * LANES;
        for (size_t d = 0; d < vecs; d++)
            sum[d] = madd(weight, load((const uint8_t *)(v + d * LANES), MATRIX_F32), sum[d]);
    }
    for (size_t d = 0; d < vecs && d * LANES < n; d++)
        store_some(q->to + at + d * LANES, sum[d], n - d * LANES);
}

static TARGET void mix(const struct page *values, const struct query *q, size_t n_q)
{
    _Alignas(64) float value[KERNEL_POSITIONS][DIMS * LANES];
    const size_t n_positions = positions(values, q, n_q), part = DIMS * LANES;
    if (values->dim % part) // what is never unpacked is multiplied, too
        for (size_t i = 0; i < KERNEL_POSITIONS * part; i += LANES)
            store(value[0] + i, zero());
    for (size_t at = 0; n_positions && at < values->dim; at += part) {
        const size_t n = least(values->dim - at, part);
        unpack(values, n_positions, at, n, value);
        for (size_t i = 0; i < n_q; i++)
            if (q[i].end <= values->first)
                continue;
            else if (n <= DIMS / 2 * LANES)
                mix_part(values, &q[i], value[0], at, n, DIMS / 2);
            else
                mix_part(values, &q[i], value[0], at, n, DIMS);
    }
}

/* e^x within 2 units in the last place: x = n ln 2 + r, |r| ≤ ln 2 / 2, and the Taylor polynomial
 * of degree 7 for e^r (its error there is below 2^-27). */
INLINE vec exponential(vec x)
{
    const vec v = between(all(-150), all(150), x);
    const vec n = nearest(mul(v, all(1.44269504089f)));
    /* ln 2 in two parts: the first has few enough digits that n times it is exact. */
    const vec r = madd(n, all(2.12194440e-4f), madd(n, all(-0.693359375f), v));
    vec p = all(1 / 5040.f);
    p = madd(p, r, all(1 / 720.f));
    p = madd(p, r, all(1 / 120.f));
    p = madd(p, r, all(1 / 24.f));
    p = madd(p, r, all(1 / 6.f));
    p = madd(p, r, all(0.5f));
    p = madd(p, r, all(1));
    p = madd(p, r, all(1));
    return scale_by(p, n);
}

static TARGET void softmax(float *x, size_t n)
{
    vec top = all(-__builtin_inff()), sum = zero();
    float s[4];
    for (size_t i = 0; i < n; i += LANES) {
        const vec v = load_some((const uint8_t *)(x + i), MATRIX_F32, n - i);
        top = largest(top, n - i < LANES ? pad(v, n - i, -__builtin_inff()) : v);
    }
    top = all(largest_lane(top));
    for (size_t i = 0; i < n; i += LANES) {
        const vec v = load_some((const uint8_t *)(x + i), MATRIX_F32, n - i);
        const vec e = exponential(sub(v, top));
        sum = add(sum, n - i < LANES ? pad(e, n - i, 0) : e);
        store_some(x + i, e, n - i);
    }
    _mm_storeu_ps(s, sum4(sum, sum, sum, sum));
    for (size_t i = 0; i < n; i += LANES)
        store_some(x + i, divide(load_some((const uint8_t *)(x + i), MATRIX_F32, n - i), all(s[0])),
                   n - i);
}

static TARGET void gate(float *a, const float *b, size_t n)
{
    for (size_t i = 0; i < n; i += LANES) {
        const vec v = load_some((const uint8_t *)(a + i), MATRIX_F32, n - i);
        const vec w = load_some((const uint8_t *)(b + i), MATRIX_F32, n - i);
        const vec e = exponential(sub(zero(), v));
        store_some(a + i, mul(divide(v, add(all(1), e)), w), n - i);
    }
}

static TARGET void to_half(const float *x, size_t n, uint16_t *to)
{
    for (size_t i = 0; i < n; i += LANES)
        store_half(to + i, load_some((const uint8_t *)(x + i), MATRIX_F32, n - i), n - i);
}
