/* The alias index as it is opened, and the look-up in its table, which is so short that a call
 * would cost as much. */
#ifndef WEIR_ANN_INDEX_IMPL_H
#define WEIR_ANN_INDEX_IMPL_H

#include "kg2instruction/ann_index.h"
#include "kg2instruction/ann_index_layout.h"

struct ann_index {
    const unsigned char *p;
    size_t n; // bytes of magic and nodes
    const uint64_t *slots;
    size_t n_buckets;
    unsigned bits;
    size_t n_map;
    uint64_t n_keys, seed;
    int mapped;
    struct ann_filter filter;
};

static inline size_t ann_index_bucket(const ann_index *ix, uint64_t hash)
{
    return (size_t)(hash >> (64 - ix->bits));
}

/* Adds the trees that a bucket has for a hash. */
static inline unsigned ann_index_in_bucket(const ann_index *ix, size_t bucket, uint64_t hash,
                                           unsigned n, size_t node[ANN_INDEX_TWINS])
{
    const uint64_t *const slot = ix->slots + bucket * ANN_INDEX_SLOTS;
    const uint64_t tag = ann_index_tag(hash, ix->bits);
    unsigned found = 0; // bits; one place for the processor to guess instead of four
    for (unsigned i = 0; i < ANN_INDEX_SLOTS; i++)
        found |= (unsigned)((slot[i] ^ tag) < 1ull << ANN_INDEX_PLACE) << i;
    for (; found && n < ANN_INDEX_TWINS; found &= found - 1) {
        const uint64_t at = slot[__builtin_ctz(found)] ^ tag; // without the tag
        node[n] = (size_t)at;
        n += at >= ANN_INDEX_BEGIN && at < ix->n;
    }
    return n;
}

/* Those of the buckets behind the hash's own, which is full. */
unsigned ann_index_more(const ann_index *ix, uint64_t hash, unsigned n,
                        size_t node[ANN_INDEX_TWINS]);

static inline void ann_index_fetch(const ann_index *ix, uint64_t hash)
{
    __builtin_prefetch(&ix->slots[ann_index_bucket(ix, hash) * ANN_INDEX_SLOTS]);
}

/* The trees of the heads of that hash, as far as the table tells; mostly none or one. */
static inline unsigned ann_index_trees(const ann_index *ix, uint64_t hash,
                                       size_t node[ANN_INDEX_TWINS])
{
    const size_t bucket = ann_index_bucket(ix, hash);
    const unsigned n = ann_index_in_bucket(ix, bucket, hash, 0, node);
    return ix->slots[bucket * ANN_INDEX_SLOTS + ANN_INDEX_SLOTS - 1]
               ? ann_index_more(ix, hash, n, node)
               : n;
}

static inline void ann_index_fetch_tree(const ann_index *ix, size_t node)
{
    __builtin_prefetch(ix->p + node);
}

#endif
