/* Bytes of the alias index that writer and reader share. */
#ifndef WEIR_ANN_INDEX_LAYOUT_H
#define WEIR_ANN_INDEX_LAYOUT_H

#include <stdint.h>

struct ann_index_end {
    char magic[8];
    uint64_t bytes; // of the file
    uint64_t stamp; // of the knowledge file
    uint64_t n_keys;
    uint64_t table_at, n_buckets; // 2^bits and those that ran over its end; the filter is behind
    uint64_t bits;
    uint64_t hash; // XXH3-64 of the bytes before
};
_Static_assert(sizeof(struct ann_index_end) == 64, "no padding");

/* A bucket lies in a line of a cache: slots of a tag, the 24 bits of the hash that end 20 below
 * those of the bucket's number, so that the tag tells the bucket too, over 40 bits of a node's
 * place; 0: empty, and so are all behind it in the bucket. */
enum {
    ANN_INDEX_SLOTS = 4,        // of a bucket
    ANN_INDEX_CHAIN = 16,       // buckets that a search goes through, at most
    ANN_INDEX_PLACE = 40,       // bits
    ANN_INDEX_FILTER = 1 << 15, // words of the filter, at most: 256 KiB stay in a core's cache
};

static inline uint64_t ann_index_tag(uint64_t hash, unsigned bits)
{
    return hash >> (44 - bits) << ANN_INDEX_PLACE;
}

enum {                  // flags of a node
    ANN_NODE_KEY = 1,   // a key ends here
    ANN_NODE_LONG = 2,  // a way of 256 bytes and more: a byte more says how many times 256
    ANN_NODE_BITS = 4,  // kids as bits
    ANN_NODE_WIDTH = 3, // shift: bytes of a distance, 0: no kids
    ANN_NODE_LIST = 12, // kids of a list, at most
};

#endif
