/* MT19937 and what PyTorch and NumPy make of it.  Expected: the 10,000th number of the C++ standard
 * (rand.predef: mt19937 with seed 5489 gives 4123659995), and what torch 1.13.1 and NumPy 1.24.2
 * printed for the calls in the comments. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/mix_random.h"

static void test_generator(void)
{
    struct mt19937 g;
    uint32_t x = 0;
    mt_seed(&g, 5489);
    for (int i = 0; i < 10000; i++)
        x = mt_u32(&g);
    assert(x == 4123659995u);
    struct mt19937 h; // only 32 bits of a seed count
    mt_seed(&g, 7);
    mt_seed(&h, (UINT64_C(1) << 32) + 7);
    assert(mt_u32(&g) == mt_u32(&h));
}

static void test_torch(void)
{
    struct mt19937 g;
    uint32_t p[10];
    /* g = torch.Generator(); g.manual_seed(42); torch.randperm(10, generator=g) … */
    mt_seed(&g, 42);
    torch_randperm(&g, p, 10);
    static const uint32_t perm[] = {2, 6, 1, 8, 4, 5, 0, 9, 3, 7};
    assert(!memcmp(p, perm, sizeof perm));
    /* … then torch.randint(0, 1000, [5], generator=g) … */
    static const uint64_t ints[] = {113, 378, 14, 210, 954};
    for (int i = 0; i < 5; i++)
        assert(torch_randint(&g, 1000) == ints[i]);
    /* … then torch.randperm(1, generator=g), which takes no number, and torch.randperm(5, …) */
    torch_randperm(&g, p, 1);
    assert(p[0] == 0);
    torch_randperm(&g, p, 5);
    static const uint32_t again[] = {1, 0, 4, 2, 3};
    assert(!memcmp(p, again, sizeof again));
}

static void test_numpy(void)
{
    struct mt19937 g;
    uint32_t p[1000], sum = 0;
    /* r = numpy.random.RandomState(1234); p = numpy.arange(10); r.shuffle(p) … */
    mt_seed(&g, 1234);
    for (uint32_t i = 0; i < 10; i++)
        p[i] = i;
    numpy_shuffle(&g, p, 10);
    static const uint32_t perm[] = {7, 2, 9, 1, 0, 8, 4, 5, 6, 3};
    assert(!memcmp(p, perm, sizeof perm));
    /* … p = numpy.arange(1000); r.shuffle(p); p[:4], p[-4:], sum(p * numpy.arange(1000)) % 65521 */
    for (uint32_t i = 0; i < 1000; i++)
        p[i] = i;
    numpy_shuffle(&g, p, 1000);
    static const uint32_t ends[] = {815, 496, 322, 623, 683, 30, 154, 233};
    assert(!memcmp(p, ends, 16) && !memcmp(p + 996, ends + 4, 16));
    for (uint32_t i = 0; i < 1000; i++)
        sum += p[i] * i;
    assert(sum % 65521 == 32134);
}

int main(void)
{
    test_generator();
    test_torch();
    test_numpy();
    return 0;
}
