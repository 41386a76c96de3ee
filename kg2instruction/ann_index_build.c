/* Writing the alias automaton: a stack of the nodes on the way of the last key, each with the kids
 * that are written already. */
#include <stdlib.h>
#include <string.h>

#include "kg2instruction/ann_index.h"
#include "kg2instruction/ann_index_layout.h"
#include "kg2instruction/ann_value.h"
#include "kg2instruction/kg_layout.h"
#include "lib/xxh.h"
#include "weir/extsort.h"
#include "weir/utf8.h"

struct kid {
    unsigned char label;
    uint64_t at;
};

struct node {
    size_t depth; // bytes of the way from the root to the branch
    int key;      // one ends here
    unsigned n_kids;
    struct kid kid[256];
};

struct ann_index_writer {
    weir_io *out, *slots; // slots: those of the trees so far, in a temporary
    weir_extsort *sort;   // hash of the head, big-endian, and the key
    uint64_t at, n_keys, n_trees, stamp;
    struct node *stack; // of one tree: at most KG_KEY_MAX + 1, depths rising
    size_t n_stack, cap_stack;
    char first[KG_KEY_MAX], last[KG_KEY_MAX]; // keys of the tree
    size_t n_first, n_last;
    uint64_t hash;         // of the tree
    struct weir_buf bytes; // of a node
    struct weir_buf tree;  // what of the tree is not yet written
    int large;             // some is
};

enum { TREE_KEPT = 1 << 16 }; // bytes of a tree that wait for its end

/* Of a tree, in the temporary. */
struct slot {
    uint64_t hash, node;
};

/* Zeros up to the place `to` of the output. */
static int fill(ann_index_writer *w, uint64_t to, struct weir_err *err)
{
    static const char zeros[4096];
    while (w->at < to) {
        const size_t n = to - w->at < sizeof zeros ? (size_t)(to - w->at) : sizeof zeros;
        if (weir_io_write(w->out, zeros, n, err))
            return err->code;
        w->at += n;
    }
    return 0;
}

static int push(ann_index_writer *w, size_t depth, int key, struct weir_err *err)
{
    if (weir_grow(&w->stack, &w->cap_stack, w->n_stack + 1, sizeof *w->stack))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    struct node *n = &w->stack[w->n_stack++];
    n->depth = depth, n->key = key, n->n_kids = 0;
    return 0;
}

ann_index_writer *ann_index_create(weir_io *out, uint64_t stamp, uint64_t memory,
                                   const char *temp_dir, struct weir_err *err)
{
    ann_index_writer *w = weir_calloc(1, sizeof *w);
    if (!w) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    w->out = out;
    w->stamp = stamp;
    w->at = ANN_INDEX_BEGIN;
    w->sort = weir_extsort_new(memory, temp_dir, err);
    w->slots = w->sort ? weir_io_open_temp(temp_dir, err) : NULL;
    if (w->slots && !weir_io_write(out, ANN_INDEX_MAGIC, 8, err))
        return w;
    ann_index_free(w);
    return NULL;
}

void ann_index_free(ann_index_writer *w)
{
    if (!w)
        return;
    weir_extsort_free(w->sort);
    weir_io_abort(w->slots);
    free(w->stack);
    weir_buf_free(&w->bytes);
    weir_buf_free(&w->tree);
    free(w);
}

static void add_kids(struct weir_buf *b, const struct node *n, uint64_t at, unsigned width)
{
    if (n->n_kids > ANN_NODE_LIST) {
        uint64_t bits[4] = {0};
        for (unsigned i = 0; i < n->n_kids; i++)
            bits[n->kid[i].label >> 6] |= 1ull << (n->kid[i].label & 63);
        weir_buf_add(b, bits, sizeof bits);
    } else {
        weir_buf_addc(b, (char)(n->n_kids - 1));
        for (unsigned i = 0; i < n->n_kids; i++)
            weir_buf_addc(b, (char)n->kid[i].label);
    }
    for (unsigned i = 0; i < n->n_kids; i++) {
        const uint64_t distance = at - n->kid[i].at;
        weir_buf_add(b, &distance, width);
    }
}

/* The bytes of a node at the place of the output, entered through `way` bytes of the last key
 * before its branch. */
static int make_node(ann_index_writer *w, const struct node *n, size_t way, struct weir_err *err)
{
    struct weir_buf *b = &w->bytes;
    unsigned width = 0;
    if (n->n_kids) // the first kid lies furthest
        for (uint64_t far = w->at - n->kid[0].at; far; far >>= 8)
            width++;
    if (w->at >> ANN_INDEX_PLACE)
        return weir_err_set(err, WEIR_EFAIL, "alias index: more than 1 TB of names");
    b->n = 0;
    weir_buf_addc(b, (char)((n->key ? ANN_NODE_KEY : 0) | (way > 255 ? ANN_NODE_LONG : 0) |
                            (n->n_kids > ANN_NODE_LIST ? ANN_NODE_BITS : 0) |
                            width << ANN_NODE_WIDTH));
    weir_buf_addc(b, (char)way);
    if (way > 255)
        weir_buf_addc(b, (char)(way >> 8));
    weir_buf_add(b, w->last + n->depth - way, way);
    if (n->n_kids)
        add_kids(b, n, w->at, width);
    return weir_buf_check(b, err);
}

/* Writes what there is of the tree, at w->at.  A whole one goes where its root, at its end, has the
 * most of it in the same line of a cache. */
static int flush_tree(ann_index_writer *w, int whole, struct weir_err *err)
{
    const uint64_t n = w->tree.n, begin = w->at - n;
    const uint64_t used = begin % ANN_INDEX_LINE;
    uint64_t skip = 0;
    if (whole && n > ANN_INDEX_LINE)
        skip = (ANN_INDEX_LINE - w->at % ANN_INDEX_LINE) % ANN_INDEX_LINE;
    else if (whole && used + n > ANN_INDEX_LINE)
        skip = ANN_INDEX_LINE - used;
    w->at = begin;
    if (fill(w, begin + skip, err) || weir_io_write(w->out, w->tree.p, n, err))
        return err->code;
    w->at += n;
    w->tree.n = 0;
    return 0;
}

/* Writes the node on top.  at: its place. */
static int write_node(ann_index_writer *w, const struct node *n, size_t way, uint64_t *at,
                      struct weir_err *err)
{
    if (make_node(w, n, way, err))
        return err->code;
    weir_buf_add(&w->tree, w->bytes.p, w->bytes.n);
    *at = w->at;
    w->at += w->bytes.n;
    if (weir_buf_check(&w->tree, err))
        return err->code;
    if (w->tree.n < TREE_KEPT)
        return 0;
    w->large = 1;
    return flush_tree(w, 0, err);
}

/* Writes all nodes of the last key that branch deeper than depth; a node is left that branches
 * there. */
static int pop_to(ann_index_writer *w, size_t depth, struct weir_err *err)
{
    while (w->stack[w->n_stack - 1].depth > depth) {
        struct node *top = &w->stack[w->n_stack - 1];
        const int is_last = w->n_stack == 1 || top[-1].depth < depth;
        const size_t parent = is_last ? depth : top[-1].depth;
        struct kid kid = {.label = (unsigned char)w->last[parent]};
        if (write_node(w, top, top->depth - parent - 1, &kid.at, err))
            return err->code;
        w->n_stack--;
        if (is_last && push(w, depth, 0, err))
            return err->code;
        struct node *to = &w->stack[w->n_stack - 1];
        to->kid[to->n_kids++] = kid;
    }
    return 0;
}

static size_t common(const char *a, size_t n_a, const char *b, size_t n_b)
{
    const size_t most = n_a < n_b ? n_a : n_b;
    size_t n = 0;
    while (n < most && a[n] == b[n])
        n++;
    return n;
}

/* The tree whose last key came: its root is entered with what all its keys begin with. */
static int end_tree(ann_index_writer *w, struct weir_err *err)
{
    if (!w->n_stack)
        return 0;
    const size_t depth = common(w->first, w->n_first, w->last, w->n_last);
    if (pop_to(w, depth, err))
        return err->code;
    struct slot slot = {.hash = w->hash};
    w->n_stack = 0;
    w->n_trees++;
    if (write_node(w, &w->stack[0], depth, &slot.node, err))
        return err->code;
    const uint64_t end = w->at;
    if (flush_tree(w, !w->large, err))
        return err->code;
    slot.node += w->at - end;
    w->large = 0;
    return weir_io_write(w->slots, &slot, sizeof slot, err);
}

/* The next key of all, by hash, then by its bytes. */
static int put_key(ann_index_writer *w, uint64_t hash, struct weir_span key, struct weir_err *err)
{
    if (w->n_stack && hash != w->hash && end_tree(w, err))
        return err->code;
    if (!w->n_stack) {
        memcpy(w->first, key.p, key.n);
        w->n_first = key.n;
        w->hash = hash;
    } else {
        const size_t n = common(w->last, w->n_last, key.p, key.n);
        if (n == key.n)
            return weir_err_set(err, WEIR_EBAD, "a name stands twice in the knowledge file");
        if (pop_to(w, n, err))
            return err->code;
    }
    memcpy(w->last, key.p, key.n);
    w->n_last = key.n;
    w->n_keys++;
    return push(w, key.n, 1, err);
}

int ann_index_add(ann_index_writer *w, struct weir_span key, struct weir_err *err)
{
    char record[8 + KG_KEY_MAX];
    if (!key.n || key.n > KG_KEY_MAX)
        return weir_err_set(err, WEIR_EBAD, "a name of %zu bytes in the knowledge file", key.n);
    size_t first;
    const size_t head = ann_head(key.p, key.n, &first);
    const uint64_t hash = __builtin_bswap64(ann_head_hash(w->stamp, key.p, head, first));
    memcpy(record, &hash, 8);
    memcpy(record + 8, key.p, key.n);
    return weir_extsort_add(w->sort, weir_span(record, 8 + key.n), weir_span(NULL, 0), err);
}

/* Goes through the slots of the temporary: next() is given each. */
static int each_slot(ann_index_writer *w, int (*next)(void *, struct slot, struct weir_err *),
                     void *ctx, struct weir_err *err)
{
    struct slot slot;
    int rc = weir_io_rewind(w->slots, err);
    for (uint64_t i = 0; !rc && i < w->n_trees; i++) {
        rc = weir_io_read_all(w->slots, &slot, sizeof slot, err);
        if (rc <= 0)
            return rc ? rc : weir_err_set(err, WEIR_EIO, "a temporary file lost its end");
        rc = next(ctx, slot, err);
    }
    return rc;
}

/* Where the slots go, with so many bits. */
struct table {
    ann_index_writer *w;
    unsigned bits;
    uint64_t next; // slot
    uint64_t tag;  // of the last, and how many have it
    unsigned twins;
    uint64_t begin;   // of the table, in the file
    uint64_t *filter; // (words)
    uint64_t n_filter;
};

/* The slot's number, the lowest that is free and no lower than its bucket; UINT64_MAX when that is
 * too far from it, or too many slots have its tag. */
static uint64_t place(struct table *t, uint64_t hash)
{
    const uint64_t tag = hash >> (44 - t->bits);
    const uint64_t bucket = hash >> (64 - t->bits);
    t->twins = t->next && tag == t->tag ? t->twins + 1 : 1;
    t->tag = tag;
    if (t->next < bucket * ANN_INDEX_SLOTS)
        t->next = bucket * ANN_INDEX_SLOTS;
    if (t->next / ANN_INDEX_SLOTS - bucket >= ANN_INDEX_CHAIN || t->twins > ANN_INDEX_TWINS)
        return UINT64_MAX;
    return t->next++;
}

/* 1: does not fit. */
static int try_slot(void *ctx, struct slot slot, struct weir_err *err)
{
    (void)err;
    return place(ctx, slot.hash) == UINT64_MAX;
}

/* At most five of eight slots taken; more room only for hashes that somebody chose. */
static int choose_bits(ann_index_writer *w, unsigned *bits, struct weir_err *err)
{
    for (*bits = 2; (5ull << *bits) < 2 * w->n_trees; ++*bits)
        ;
    const unsigned most = *bits + 4;
    for (; *bits <= most && most <= ANN_INDEX_PLACE; ++*bits) {
        struct table t = {.w = w, .bits = *bits};
        const int rc = each_slot(w, try_slot, &t, err);
        if (rc <= 0)
            return rc;
    }
    return weir_err_set(err, WEIR_EBAD,
                        "alias index: names of the knowledge file were made to collide");
}

static int put_slot(void *ctx, struct slot slot, struct weir_err *err)
{
    struct table *t = ctx;
    const uint64_t bytes = ann_index_tag(slot.hash, t->bits) | slot.node;
    if (fill(t->w, t->begin + place(t, slot.hash) * sizeof bytes, err) ||
        weir_io_write(t->w->out, &bytes, sizeof bytes, err))
        return err->code;
    t->w->at += sizeof bytes;
    t->filter[slot.hash & (t->n_filter - 1)] |= ann_filter_bits(slot.hash);
    return 0;
}

/* The table, in order of the hashes, and the filter. */
static int put_table(ann_index_writer *w, struct ann_index_end *e, struct weir_err *err)
{
    struct table t = {.w = w, .n_filter = 1};
    if (choose_bits(w, &t.bits, err) ||
        fill(w, (w->at + ANN_INDEX_LINE - 1) / ANN_INDEX_LINE * ANN_INDEX_LINE, err))
        return err->code;
    while (t.n_filter < w->n_trees / 4 && t.n_filter < ANN_INDEX_FILTER)
        t.n_filter *= 2;
    t.filter = weir_calloc((size_t)t.n_filter, sizeof *t.filter);
    if (!t.filter)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    e->bits = t.bits;
    e->table_at = t.begin = w->at;
    int rc = each_slot(w, put_slot, &t, err);
    const uint64_t used = (t.next + ANN_INDEX_SLOTS - 1) / ANN_INDEX_SLOTS;
    e->n_buckets = used > 1ull << t.bits ? used : 1ull << t.bits;
    if (!rc)
        rc = fill(w, t.begin + e->n_buckets * ANN_INDEX_BUCKET, err);
    if (!rc)
        rc = weir_io_write(w->out, t.filter, (size_t)t.n_filter * sizeof *t.filter, err);
    w->at += t.n_filter * sizeof *t.filter;
    free(t.filter);
    return rc;
}

int ann_index_finish(ann_index_writer *w, struct weir_err *err)
{
    struct weir_span record, value;
    int rc = weir_extsort_sort(w->sort, err);
    while (!rc && (rc = weir_extsort_next(w->sort, &record, &value, err)) > 0) {
        uint64_t hash;
        memcpy(&hash, record.p, 8);
        rc = put_key(w, __builtin_bswap64(hash), weir_span(record.p + 8, record.n - 8), err);
    }
    struct ann_index_end e = {.stamp = w->stamp, .n_keys = w->n_keys};
    if (rc || end_tree(w, err) || put_table(w, &e, err))
        return rc ? rc : err->code;
    memcpy(e.magic, ANN_INDEX_MAGIC, 8);
    e.bytes = w->at + sizeof e;
    e.hash = XXH3_64bits(&e, sizeof e - 8);
    return weir_io_write(w->out, &e, sizeof e, err);
}

/* ---- of a knowledge file ---- */

uint64_t ann_index_stamp(const kg_file *kg)
{
    return kg->trailer.hash; // the trailer holds the checksums of all sections
}

/* More than one character, one of them a letter, and no date or quantity as a whole. */
static int can_be_a_name(struct weir_span key, struct ann_values *values, struct weir_err *err)
{
    size_t letters = 0, others = 0;
    unsigned len;
    for (size_t i = 0; i < key.n; i += len) {
        const uint32_t c = weir_utf8_decode(key.p + i, key.n - i, &len);
        if (c == WEIR_UTF8_BAD)
            return 0;
        if (weir_is_letter(c))
            letters++;
        else
            others++;
    }
    if (!letters || letters + others < 2)
        return 0;
    if (ann_values_find(key, values))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    return !(values->n == 1 && values->at[0].n == key.n);
}

int ann_index_build(const kg_file *kg, weir_io *out, uint64_t memory, const char *temp_dir,
                    struct weir_err *err)
{
    ann_index_writer *w = ann_index_create(out, ann_index_stamp(kg), memory, temp_dir, err);
    struct ann_values values = {0};
    struct kg_cursor candidates;
    struct weir_span key;
    struct kg_keys keys;
    int rc = w ? 0 : err->code;
    kg_keys(kg, &keys);
    while (!rc && (rc = kg_key_next(&keys, &key, &candidates)) > 0) {
        rc = can_be_a_name(key, &values, err);
        if (rc > 0)
            rc = ann_index_add(w, key, err);
    }
    if (rc == KG_DAMAGED && !err->code)
        weir_err_set(err, rc, "the knowledge file is damaged: weir kg2instruction check");
    if (!rc)
        rc = ann_index_finish(w, err);
    ann_values_free(&values);
    ann_index_free(w);
    return rc;
}
