/* A binary heap of 64-bit values, the smallest on top; the caller owns the array and its room. Both
 * BPE encoders keep rank and place of a merge in one value: lowest rank first, then leftmost. */
#ifndef WEIR_HEAP_H
#define WEIR_HEAP_H

#include <stddef.h>
#include <stdint.h>

static inline void heap_sift_down(uint64_t *h, size_t n, uint64_t v)
{
    size_t i = 0;
    for (size_t k; (k = 2 * i + 1) < n; i = k) {
        if (k + 1 < n && h[k + 1] < h[k])
            k++;
        if (v <= h[k])
            break;
        h[i] = h[k];
    }
    h[i] = v;
}

static inline void heap_push(uint64_t *h, size_t *n, uint64_t v)
{
    size_t i = (*n)++;
    for (; i && v < h[(i - 1) / 2]; i = (i - 1) / 2)
        h[i] = h[(i - 1) / 2];
    h[i] = v;
}

static inline uint64_t heap_pop(uint64_t *h, size_t *n)
{
    const uint64_t top = h[0];
    if (--*n)
        heap_sift_down(h, *n, h[*n]);
    return top;
}

#endif
