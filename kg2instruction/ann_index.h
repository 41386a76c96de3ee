/* The alias automaton: all keys of a knowledge file in one flat array that is mapped and used as it
 * lies (docs/formats.md, "Alias index").
 *
 * A key begins with its head: its first two words, or the one it has, in Chinese its first two
 * characters.  A table by the hash of heads leads to the radix tree of the keys with that hash, so
 * that a search costs one access that can be fetched ahead, and nothing more where no key begins.
 * Trees are written behind their children while the sorted keys come by: building needs memory for
 * one key and its branches and what the sorting is given, and every child lies before its parent,
 * so that a walk moves towards the begin of the file, whatever the bytes say.  A node:
 *
 *      u8 flags | [varint n, n bytes: the way to the node's branch] | kids
 *      kids: u8 n - 1, n label bytes, n distances (1 to 5 bytes each)   up to 12
 *            32 bytes of bits, one a label, then the distances          more */
#ifndef WEIR_ANN_INDEX_H
#define WEIR_ANN_INDEX_H

#include "kg2instruction/kg_file.h"
#include "weir/io.h"

#define ANN_INDEX_MAGIC "WEIRAI\0\2"
/* The file: magic, nodes, padding to 16, slots of 16 bytes, struct ann_index_end. */
enum { ANN_INDEX_BEGIN = 8, ANN_INDEX_SLOT = 16, ANN_INDEX_END = 64 };

enum ann_class {
    ANN_OTHER = 0, // spaces, punctuation, symbols
    ANN_WORD = 1,  // letters and digits of scripts that write words
    ANN_HAN = 2,
};
enum ann_class ann_class_of(uint32_t c);
/* Bytes of the head of folded text; n > 0.  first: those of its first word alone; a key of more
 * words has none with that head, so that a text is looked up by both. */
size_t ann_head(const char *p, size_t n, size_t *first);
uint64_t ann_head_hash(const char *p, size_t n);

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

/* A search in steps, so that all but the last can be done for many places ahead: what each needs
 * is being fetched while the others take theirs. */
/* 0: no head has that hash; 1: one may, and its place is being fetched. */
int ann_index_fetch(const ann_index *ix, uint64_t hash);
/* The tree of the heads of that hash, being fetched; 0: no key has it. */
size_t ann_index_tree(const ann_index *ix, uint64_t hash);

/* A walk down a tree: the node it comes to, being fetched, 0 at the end; the bytes behind it; those
 * of the longest key so far, 0 for none. */
struct ann_walk {
    size_t node, at, best;
};
/* Goes on by so many nodes, to the longest key of the tree that p begins with and behind which
 * end[its bytes] is not 0 (end has n + 1 places).  Damaged bytes end a walk. */
void ann_index_walk(const ann_index *ix, struct ann_walk *w, const char *p, size_t n,
                    const uint8_t *end, unsigned nodes);

#endif
