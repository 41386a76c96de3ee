/* Bytes of the alias index that writer and reader share. */
#ifndef WEIR_ANN_INDEX_LAYOUT_H
#define WEIR_ANN_INDEX_LAYOUT_H

#include <stdint.h>

struct ann_index_end {
    char magic[8];
    uint64_t bytes; // of the file
    uint64_t stamp; // of the knowledge file
    uint64_t n_keys;
    uint64_t slots_at, n_slots; // the table; 2^bits slots and those that ran over its end
    uint64_t bits;
    uint64_t hash; // XXH3-64 of the bytes before
};

enum { ANN_INDEX_PROBES = 256 }; // slots that one may stand behind its place, at most, and its own

/* In order of the hashes, each at its upper bits or less than ANN_INDEX_PROBES behind, so that no
 * file makes a search long; node 0: empty. */
struct ann_index_slot {
    uint64_t hash, node;
};
_Static_assert(sizeof(struct ann_index_end) == 64, "no padding");

enum {                  // flags of a node
    ANN_NODE_KEY = 1,   // a key ends here
    ANN_NODE_WAY = 2,   // bytes to walk before the branch
    ANN_NODE_BITS = 4,  // kids as bits
    ANN_NODE_WIDTH = 3, // shift: bytes of a distance, 0: no kids
    ANN_NODE_LIST = 12, // kids of a list, at most
};

#endif
