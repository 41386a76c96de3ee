/* Hashes of heads of names, and the filter of those that occur.  A pair of words is hashed from the
 * hashes of both, so that a text's words are hashed once.  The multiplication that is folded is
 * wyhash's, https://github.com/wangyi-fudan/wyhash. */
#ifndef WEIR_ANN_HASH_H
#define WEIR_ANN_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { ANN_HASH_SLACK = 8 }; // bytes behind a word that can be read

static inline uint64_t ann_hash_mix(uint64_t a, uint64_t b)
{
    const unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* n > 0. */
static inline uint64_t ann_hash_word(uint64_t seed, const char *p, size_t n)
{
    uint64_t x, h = seed ^ n;
    for (; n > 8; p += 8, n -= 8) {
        memcpy(&x, p, 8);
        h = ann_hash_mix(h ^ x, 0xA0761D6478BD642F);
    }
    memcpy(&x, p, 8);
    return ann_hash_mix(h ^ (x & ~0ull >> (64 - 8 * n)), 0xE7037ED1A0B428DB);
}

/* Of two words with the character at p, of n bytes, between. */
static inline uint64_t ann_hash_pair(uint64_t first, uint64_t second, const char *p, size_t n)
{
    uint32_t x;
    memcpy(&x, p, 4);
    x &= ~0u >> (32 - 8 * n);
    return ann_hash_mix(first ^ x * 0x8EBC6AF09C88C6E3, second ^ 0x589965CC75374CC3);
}

struct ann_filter {
    const uint64_t *words;
    uint64_t mask; // words less 1
};

/* The bits of a hash in the word that its lower bits choose. */
static inline uint64_t ann_filter_bits(uint64_t hash)
{
    return 1ull << (hash >> 58) | 1ull << (hash >> 52 & 63);
}

/* 0: no head has that hash. */
static inline int ann_filter_may(const struct ann_filter *f, uint64_t hash)
{
    return !(ann_filter_bits(hash) & ~f->words[hash & f->mask]);
}

#endif
