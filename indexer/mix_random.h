/* The random numbers of PyTorch and NumPy: both are the Mersenne Twister MT19937 (Matsumoto and
 * Nishimura 1998) seeded with init_genrand(), and differ in what they make of its numbers. */
#ifndef WEIR_MIX_RANDOM_H
#define WEIR_MIX_RANDOM_H

#include "weir/base.h"

struct mt19937 {
    uint32_t state[624];
    unsigned at;
};

/* torch.Generator().manual_seed(seed), numpy.random.RandomState(seed): the low 32 bits count. */
void mt_seed(struct mt19937 *g, uint64_t seed);
uint32_t mt_u32(struct mt19937 *g);

/* torch.randperm(n, generator=g) on the CPU, n < 2^32: ATen's randperm_cpu(), Fisher-Yates from the
 * front; from n = 2^32 / 20 on with numbers of 64 bits, inside out. */
void torch_randperm(struct mt19937 *g, uint32_t *p, uint64_t n);
/* One number of torch.randint(0, n, …), n < 2^32. */
uint64_t torch_randint(struct mt19937 *g, uint64_t n);
/* RandomState.shuffle() of n elements: from the back, with numbers below a mask until one fits. */
void numpy_shuffle(struct mt19937 *g, uint32_t *p, uint64_t n);

#endif
