/* MinHash over 64-bit hashes with the permutations that datasketch brought into use and numpy
 * computes: (x * a + b) in uint64, so modulo 2^64, and that modulo the Mersenne prime 2^61 - 1.
 * With p = 2^61 - 1, v mod p is (v & p) + (v >> 61), less p if that is not below p. */
#include "dedup/dedup_compat.h"

#include <string.h>

void dedup_minhash64_scalar(const uint64_t *a, const uint64_t *b, uint64_t mask, uint64_t *min,
                            size_t n_lanes, const uint64_t *x, size_t n)
{
    for (size_t j = 0; j < n_lanes; j++) {
        uint64_t m = min[j];
        for (size_t i = 0; i < n; i++) {
            const uint64_t h = (x[i] * a[j] + b[j]) % DEDUP_MERSENNE61 & mask;
            m = h < m ? h : m;
        }
        min[j] = m;
    }
}

#if defined(__x86_64__)
#include <immintrin.h>

/* W vectors of eight minima stay in registers while the hashes pass. */
#define GROUP512(W)                                                                                \
    do {                                                                                           \
        __m512i va[W], vb[W], m[W];                                                                \
        for (size_t w = 0; w < (W); w++) {                                                         \
            va[w] = _mm512_loadu_si512(a + j + 8 * w);                                             \
            vb[w] = _mm512_loadu_si512(b + j + 8 * w);                                             \
            m[w] = _mm512_loadu_si512(min + j + 8 * w);                                            \
        }                                                                                          \
        for (size_t i = 0; i < n; i++) {                                                           \
            const __m512i v = _mm512_set1_epi64((long long)x[i]);                                  \
            for (size_t w = 0; w < (W); w++) {                                                     \
                const __m512i t = _mm512_add_epi64(_mm512_mullo_epi64(v, va[w]), vb[w]);           \
                __m512i r = _mm512_add_epi64(_mm512_and_si512(t, p), _mm512_srli_epi64(t, 61));    \
                r = _mm512_min_epu64(r, _mm512_sub_epi64(r, p));                                   \
                m[w] = _mm512_min_epu64(m[w], _mm512_and_si512(r, keep));                          \
            }                                                                                      \
        }                                                                                          \
        for (size_t w = 0; w < (W); w++)                                                           \
            _mm512_storeu_si512(min + j + 8 * w, m[w]);                                            \
    } while (0)

__attribute__((target("avx512f,avx512dq"))) static void
minhash64_avx512(const uint64_t *a, const uint64_t *b, uint64_t mask, uint64_t *min, size_t n_lanes,
                 const uint64_t *x, size_t n)
{
    const __m512i p = _mm512_set1_epi64((long long)DEDUP_MERSENNE61);
    const __m512i keep = _mm512_set1_epi64((long long)mask);
    size_t j = 0;
    for (; j + 48 <= n_lanes; j += 48)
        GROUP512(6);
    for (; j + 16 <= n_lanes; j += 16)
        GROUP512(2);
    for (; j < n_lanes; j += 8)
        GROUP512(1);
}

/* The product of 64-bit lanes from those of 32 bits: low x low + (low x high + high x low) << 32.
 * Minima are below 2^63 from the second hash on, so that signed comparisons serve; the first is all
 * ones, which is less than all of them when signed: its top bit is taken off before. */
__attribute__((target("avx2"))) static void minhash64_avx2(const uint64_t *a, const uint64_t *b,
                                                           uint64_t mask, uint64_t *min,
                                                           size_t n_lanes, const uint64_t *x,
                                                           size_t n)
{
    const __m256i p = _mm256_set1_epi64x((long long)DEDUP_MERSENNE61);
    const __m256i below = _mm256_set1_epi64x((long long)DEDUP_MERSENNE61 - 1);
    const __m256i keep = _mm256_set1_epi64x((long long)mask);
    const __m256i zero = _mm256_setzero_si256();
    if (!n)
        return;
    for (size_t j = 0; j < n_lanes; j += 4) {
        const __m256i va = _mm256_loadu_si256((const void *)(a + j));
        const __m256i vb = _mm256_loadu_si256((const void *)(b + j));
        const __m256i a_high = _mm256_srli_epi64(va, 32);
        __m256i m = _mm256_loadu_si256((const void *)(min + j));
        m = _mm256_sub_epi64(m, _mm256_slli_epi64(_mm256_cmpgt_epi64(zero, m), 63));
        for (size_t i = 0; i < n; i++) {
            const __m256i v = _mm256_set1_epi64x((long long)x[i]);
            const __m256i cross = _mm256_add_epi64(_mm256_mul_epu32(v, a_high),
                                                   _mm256_mul_epu32(_mm256_srli_epi64(v, 32), va));
            const __m256i t = _mm256_add_epi64(_mm256_add_epi64(_mm256_mul_epu32(v, va), vb),
                                               _mm256_slli_epi64(cross, 32));
            __m256i r = _mm256_add_epi64(_mm256_and_si256(t, p), _mm256_srli_epi64(t, 61));
            r = _mm256_sub_epi64(r, _mm256_and_si256(_mm256_cmpgt_epi64(r, below), p));
            r = _mm256_and_si256(r, keep);
            m = _mm256_blendv_epi8(m, r, _mm256_cmpgt_epi64(m, r));
        }
        _mm256_storeu_si256((void *)(min + j), m);
    }
}
#endif

dedup_kernel64 *dedup_minhash64_kernel(const char *name)
{
#if defined(__x86_64__)
    if (!strcmp(name, "avx512"))
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")
                   ? minhash64_avx512
                   : NULL;
    if (!strcmp(name, "avx2"))
        return __builtin_cpu_supports("avx2") ? minhash64_avx2 : NULL;
#endif
    return !strcmp(name, "scalar") ? dedup_minhash64_scalar : NULL;
}

dedup_kernel64 *dedup_minhash64_best(void)
{
    dedup_kernel64 *k = dedup_minhash64_kernel("avx512");
    if (!k)
        k = dedup_minhash64_kernel("avx2");
    return k ? k : dedup_minhash64_scalar;
}

/* ---- numpy's legacy RandomState: MT19937 (Matsumoto and Nishimura 1998) ---- */

enum { MT_N = 624, MT_M = 397 };

struct mt {
    uint32_t state[MT_N];
    size_t at;
};

static void mt_seed(struct mt *g, uint32_t seed)
{
    g->state[0] = seed;
    for (uint32_t i = 1; i < MT_N; i++)
        g->state[i] = 1812433253u * (g->state[i - 1] ^ g->state[i - 1] >> 30) + i;
    g->at = MT_N;
}

static void mt_refill(struct mt *g)
{
    for (size_t i = 0; i < MT_N; i++) {
        const uint32_t y = (g->state[i] & 0x80000000u) | (g->state[(i + 1) % MT_N] & 0x7FFFFFFFu);
        g->state[i] = g->state[(i + MT_M) % MT_N] ^ y >> 1 ^ (y & 1 ? 0x9908B0DFu : 0);
    }
    g->at = 0;
}

static uint32_t mt_next(struct mt *g)
{
    if (g->at == MT_N)
        mt_refill(g);
    uint32_t y = g->state[g->at++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9D2C5680u;
    y ^= y << 15 & 0xEFC60000u;
    return y ^ y >> 18;
}

/* randint(low, 2^61 - 1, dtype=uint64): 61 bits, what is beyond the range refused. */
static uint64_t mt_randint(struct mt *g, uint64_t low)
{
    for (;;) {
        const uint64_t high = mt_next(g), v = (high << 32 | mt_next(g)) & DEDUP_MERSENNE61;
        if (v <= DEDUP_MERSENNE61 - 1 - low)
            return low + v;
    }
}

void dedup_perms64(uint64_t *a, uint64_t *b, size_t n_perm, uint64_t seed, enum dedup_compat compat)
{
    struct mt g;
    mt_seed(&g, (uint32_t)seed);
    for (size_t i = 0; i < n_perm; i++) {
        a[i] = mt_randint(&g, 1);
        if (compat == DEDUP_COMPAT_DATASKETCH)
            b[i] = mt_randint(&g, 0);
    }
    for (size_t i = 0; i < n_perm && compat == DEDUP_COMPAT_DATATROVE; i++)
        b[i] = mt_randint(&g, 0);
    for (size_t i = n_perm; i % DEDUP_LANES64; i++)
        a[i] = 1, b[i] = 0;
}
