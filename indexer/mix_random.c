#include "indexer/mix_random.h"

enum { N = 624, M = 397 };

void mt_seed(struct mt19937 *g, uint64_t seed)
{
    g->state[0] = (uint32_t)seed;
    for (uint32_t i = 1; i < N; i++)
        g->state[i] = 1812433253u * (g->state[i - 1] ^ g->state[i - 1] >> 30) + i;
    g->at = N;
}

static void refill(struct mt19937 *g)
{
    uint32_t *s = g->state;
    for (unsigned i = 0; i < N; i++) {
        const uint32_t y = (s[i] & 0x80000000u) | (s[(i + 1) % N] & 0x7FFFFFFFu);
        s[i] = s[(i + M) % N] ^ y >> 1 ^ (y & 1 ? 0x9908B0DFu : 0);
    }
    g->at = 0;
}

uint32_t mt_u32(struct mt19937 *g)
{
    if (g->at == N)
        refill(g);
    uint32_t y = g->state[g->at++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9D2C5680u;
    y ^= y << 15 & 0xEFC60000u;
    return y ^ y >> 18;
}

static uint64_t mt_u64(struct mt19937 *g)
{
    const uint64_t high = mt_u32(g);
    return high << 32 | mt_u32(g);
}

void torch_randperm(struct mt19937 *g, uint32_t *p, uint64_t n)
{
    if (n >= UINT32_MAX / 20) {
        for (uint64_t i = 0; i < n; i++) {
            const uint64_t k = mt_u64(g) % (i + 1);
            p[i] = (uint32_t)i;
            p[i] = p[k];
            p[k] = (uint32_t)i;
        }
        return;
    }
    for (uint64_t i = 0; i < n; i++)
        p[i] = (uint32_t)i;
    for (uint64_t i = 0; i + 1 < n; i++) {
        const uint64_t k = i + mt_u32(g) % (n - i);
        const uint32_t saved = p[i];
        p[i] = p[k];
        p[k] = saved;
    }
}

uint64_t torch_randint(struct mt19937 *g, uint64_t n)
{
    return mt_u32(g) % n;
}

void numpy_shuffle(struct mt19937 *g, uint32_t *p, uint64_t n)
{
    for (uint64_t i = n; i-- > 1;) {
        uint32_t mask = (uint32_t)i, k;
        for (unsigned shift = 1; shift < 32; shift *= 2)
            mask |= mask >> shift;
        while ((k = mt_u32(g) & mask) > i)
            ;
        const uint32_t saved = p[i];
        p[i] = p[k];
        p[k] = saved;
    }
}
