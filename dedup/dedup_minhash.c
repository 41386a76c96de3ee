/* MinHash signatures (Broder 1997): one loop, written for three instruction sets.  The permutations
 * x -> (x ^ key) * mul mod 2^32 with odd mul are bijections, so that minima agree exactly when the
 * shingle that gives them does.  The vector kernels keep up to eight vectors of minima in registers
 * while a block of hashes passes. */
#include "dedup/dedup_internal.h"

#include <string.h>

void dedup_minhash_scalar(const uint32_t *key, const uint32_t *mul, uint32_t *min, size_t n_lanes,
                          const uint32_t *x, size_t n)
{
    for (size_t j = 0; j < n_lanes; j++) {
        uint32_t m = min[j];
        for (size_t i = 0; i < n; i++) {
            uint32_t h = (x[i] ^ key[j % DEDUP_LANES]) * mul[j];
            m = h < m ? h : m;
        }
        min[j] = m;
    }
}

#if defined(__x86_64__)
#include <immintrin.h>

/* One group of W vectors of N lanes for a kernel; the keys of 16 lanes are those of all others. */
#define GROUP(W, N, VEC, LOAD, STORE, SET1, XOR, MUL, MIN)                                         \
    do {                                                                                           \
        VEC k[DEDUP_LANES / (N)], a[W], m[W];                                                      \
        for (size_t w = 0; w < DEDUP_LANES / (N); w++)                                             \
            k[w] = LOAD((const void *)(key + w * (N)));                                            \
        for (size_t w = 0; w < (W); w++) {                                                         \
            a[w] = LOAD((const void *)(mul + j + w * (N)));                                        \
            m[w] = LOAD((const void *)(min + j + w * (N)));                                        \
        }                                                                                          \
        for (size_t i = 0; i < n; i++) {                                                           \
            VEC v[DEDUP_LANES / (N)];                                                              \
            for (size_t w = 0; w < DEDUP_LANES / (N); w++)                                         \
                v[w] = XOR(SET1((int)x[i]), k[w]);                                                 \
            for (size_t w = 0; w < (W); w++)                                                       \
                m[w] = MIN(m[w], MUL(v[w % (DEDUP_LANES / (N))], a[w]));                           \
        }                                                                                          \
        for (size_t w = 0; w < (W); w++)                                                           \
            STORE((void *)(min + j + w * (N)), m[w]);                                              \
    } while (0)

#define GROUP2(W)                                                                                  \
    GROUP(W, 8, __m256i, _mm256_loadu_si256, _mm256_storeu_si256, _mm256_set1_epi32,               \
          _mm256_xor_si256, _mm256_mullo_epi32, _mm256_min_epu32)
#define GROUP512(W)                                                                                \
    GROUP(W, 16, __m512i, _mm512_loadu_si512, _mm512_storeu_si512, _mm512_set1_epi32,              \
          _mm512_xor_si512, _mm512_mullo_epi32, _mm512_min_epu32)

__attribute__((target("avx2"))) static void minhash_avx2(const uint32_t *key, const uint32_t *mul,
                                                         uint32_t *min, size_t n_lanes,
                                                         const uint32_t *x, size_t n)
{
    size_t j = 0;
    for (; j + 32 <= n_lanes; j += 32)
        GROUP2(4);
    for (; j < n_lanes; j += 16)
        GROUP2(2);
}

/* All lanes in one pass where they are 128 or fewer: a hash is spread over a vector once. */
__attribute__((target("avx512f"))) static void minhash_avx512(const uint32_t *key,
                                                              const uint32_t *mul, uint32_t *min,
                                                              size_t n_lanes, const uint32_t *x,
                                                              size_t n)
{
    size_t j = 0;
    for (; j + 128 <= n_lanes; j += 128)
        GROUP512(8);
    if (n_lanes - j == 112) {
        GROUP512(7);
        return;
    }
    for (; j + 64 <= n_lanes; j += 64)
        GROUP512(4);
    for (; j < n_lanes; j += 16)
        GROUP512(1);
}
#endif

dedup_kernel *dedup_minhash_kernel(const char *name)
{
#if defined(__x86_64__)
    if (!strcmp(name, "avx512"))
        return __builtin_cpu_supports("avx512f") ? minhash_avx512 : NULL;
    if (!strcmp(name, "avx2"))
        return __builtin_cpu_supports("avx2") ? minhash_avx2 : NULL;
#endif
    return !strcmp(name, "scalar") ? dedup_minhash_scalar : NULL;
}

dedup_kernel *dedup_minhash_best(void)
{
    dedup_kernel *k = dedup_minhash_kernel("avx512");
    if (!k)
        k = dedup_minhash_kernel("avx2");
    return k ? k : dedup_minhash_scalar;
}

/* SplitMix64 (Steele, Lea and Flood 2014). */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return z ^ z >> 31;
}

void dedup_perms_init(struct dedup_perms *p, size_t n_perm, uint64_t seed)
{
    p->n_lanes = (n_perm + DEDUP_LANES - 1) / DEDUP_LANES * DEDUP_LANES;
    for (size_t i = 0; i < p->n_lanes; i++) {
        uint64_t r = next_random(&seed);
        if (i < DEDUP_LANES)
            p->key[i] = (uint32_t)r;
        p->mul[i] = (uint32_t)(r >> 32) | 1;
    }
}

void dedup_minhash_start(uint32_t *min, size_t n_lanes)
{
    memset(min, 0xFF, n_lanes * sizeof *min);
}

void dedup_minhash_fold(const uint32_t *min, size_t n, uint8_t *sig)
{
    // Minima of a long text are small numbers: the product brings all their bits to the top.
    for (size_t i = 0; i < n; i++)
        sig[i] = (uint8_t)(min[i] * 0x9E3779B1u >> 24);
}

/* Eight values at a time: a zero byte of the difference is a match, counted in a byte of its own.
 */
size_t dedup_sig_matches(const uint8_t *a, const uint8_t *b, size_t n)
{
    const uint64_t low7 = 0x7F7F7F7F7F7F7F7F, even = 0x00FF00FF00FF00FF;
    uint64_t count = 0; // at most DEDUP_MAX_PERM / 8 in each byte
    size_t i = 0, matches = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t x, y;
        memcpy(&x, a + i, 8);
        memcpy(&y, b + i, 8);
        x ^= y;
        count += ~(((x & low7) + low7) | x | low7) >> 7;
    }
    count = (count & even) + (count >> 8 & even);
    matches = (size_t)(count * 0x0001000100010001 >> 48);
    for (; i < n; i++)
        matches += a[i] == b[i];
    return matches;
}
