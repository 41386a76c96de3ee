/* The alias automaton: all keys of a knowledge file in one flat array that is mapped and used as it
 * lies (docs/formats.md, "Alias index").
 *
 * A key begins with its head: its first two words, or the one it has, in Chinese its first two
 * characters.  A table by the hash of heads leads to the radix tree of the keys with that hash, so
 * that a search costs one access that can be fetched ahead, and nothing more where no key begins:
 * a filter that stays in the cache says so of most places.
 * Trees are written behind their children while the sorted keys come by: building needs memory for
 * one key and its branches and what the sorting is given, and every child lies before its parent,
 * so that a walk moves towards the begin of the file, whatever the bytes say.  A node:
 *
 *      u8 flags | u8 n, [u8 n / 256], n bytes: the way to the node's branch | kids
 *      kids: u8 n - 1, n label bytes, n distances (1 to 5 bytes each)   up to 12
 *            32 bytes of bits, one a label, then the distances          more */
#ifndef WEIR_ANN_INDEX_H
#define WEIR_ANN_INDEX_H

#include "kg2instruction/ann_hash.h"
#include "kg2instruction/kg_file.h"
#include "weir/io.h"

#define ANN_INDEX_MAGIC "WEIRAI\0\3"
/* The file: magic, nodes, padding, buckets of 32 bytes, filter, struct ann_index_end. */
enum { ANN_INDEX_BEGIN = 8, ANN_INDEX_LINE = 64, ANN_INDEX_BUCKET = 32, ANN_INDEX_END = 64 };

enum ann_class {
    ANN_OTHER = 0, // spaces, punctuation, symbols
    ANN_WORD = 1,  // letters and digits of scripts that write words
    ANN_HAN = 2,
};
enum ann_class ann_class_of(uint32_t c);
/* Bytes of the head of folded text; n > 0.  first: those of its first word alone; a key of more
 * words has none with that head, so that a text is looked up by both. */
size_t ann_head(const char *p, size_t n, size_t *first);
/* Of a head of n bytes whose first word has so many.  Seeded by the knowledge file, so that names
 * that collide in one do in no other. */
uint64_t ann_head_hash(uint64_t seed, const char *p, size_t n, size_t first);

/* ---- writing ---- */

typedef struct ann_index_writer ann_index_writer;
/* out: borrowed; stamp: of the file that the keys come from; memory and temp_dir: for sorting. */
ann_index_writer *ann_index_create(weir_io *out, uint64_t stamp, uint64_t memory,
                                   const char *temp_dir, struct weir_err *err);
/* Keys in any order, each once, of 1 to KG_KEY_MAX bytes of valid UTF-8; a single Chinese character
 * is found before no other. */
WEIR_MUST_CHECK int ann_index_add(ann_index_writer *w, struct weir_span key, struct weir_err *err);
/* Writes everything. */
WEIR_MUST_CHECK int ann_index_finish(ann_index_writer *w, struct weir_err *err);
void ann_index_free(ann_index_writer *w);

/* All keys of a knowledge file that can be names in a text: neither a single character, nor without
 * any letter, nor dates and quantities. */
WEIR_MUST_CHECK int ann_index_build(const kg_file *kg, weir_io *out, uint64_t memory,
                                    const char *temp_dir, struct weir_err *err);
uint64_t ann_index_stamp(const kg_file *kg);

/* ---- reading ---- */

typedef struct ann_index ann_index; // read-only once open, shared by all threads

/* Maps the file.  NULL with err->code 0 when there is none, or it is of another stamp or an older
 * version. */
ann_index *ann_index_open(const char *path, uint64_t stamp, struct weir_err *err);
/* The same over bytes that stay the caller's; a stamp of 0 is any. */
ann_index *ann_index_open_mem(const void *p, size_t n, uint64_t stamp, struct weir_err *err);
void ann_index_close(ann_index *ix);
uint64_t ann_index_size(const ann_index *ix);
uint64_t ann_index_keys(const ann_index *ix);

uint64_t ann_index_seed(const ann_index *ix); // for ann_head_hash()

struct ann_filter ann_index_filter(const ann_index *ix); // of the hashes that heads have
/* Trees that may share what the table keeps of a hash, at most.  The table: ann_index_impl.h. */
enum { ANN_INDEX_TWINS = 4 };

/* Bytes of the longest key of a tree that p begins with and behind which end[its bytes] is not 0
 * (end has n + 1 places), 0: of none.  ANN_WALK_SLACK bytes behind p's n can be read.  Damaged
 * bytes end a walk. */
enum { ANN_WALK_SLACK = 16 };
size_t ann_index_walk(const ann_index *ix, size_t node, const char *p, size_t n,
                      const uint8_t *end);

#endif
