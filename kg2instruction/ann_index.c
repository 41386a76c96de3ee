/* Opening and walking the alias automaton. */
#include "kg2instruction/ann_index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lib/xxh.h"

#include "kg2instruction/ann_index_layout.h"

struct ann_index {
    const unsigned char *p;
    size_t n; // bytes of magic and nodes
    const struct ann_index_slot *slots;
    size_t n_slots;
    unsigned bits;
    size_t n_map;
    uint64_t n_keys;
    int mapped;
    uint64_t *filter; // a bit for each hash, by its lower bits: few texts' words begin a name
    uint64_t mask;    // bits of it, less 1
};

enum { FILTER_BITS = 23 }; // at most: 1 MiB stays in a core's cache

static int damaged(struct weir_err *err, const char *why)
{
    weir_err_set(err, WEIR_EBAD, "alias index: %s", why);
    return 0;
}

static int end_holds(ann_index *ix, uint64_t stamp, struct weir_err *err)
{
    struct ann_index_end e;
    if (ix->n_map >= 8 && !memcmp(ix->p, ANN_INDEX_MAGIC, 7) && ix->p[7] < ANN_INDEX_MAGIC[7])
        return 0; // of an older version: to be written anew
    if (ix->n_map < ANN_INDEX_BEGIN + ANN_INDEX_END || memcmp(ix->p, ANN_INDEX_MAGIC, 8))
        return damaged(err, "not an alias index of this version");
    const size_t n = ix->n_map - sizeof e;
    memcpy(&e, ix->p + n, sizeof e);
    if (memcmp(e.magic, ANN_INDEX_MAGIC, 8) || XXH3_64bits(&e, sizeof e - 8) != e.hash)
        return damaged(err, "cut short, or its end is damaged");
    if (e.bytes != ix->n_map || e.slots_at % ANN_INDEX_SLOT || e.slots_at < ANN_INDEX_BEGIN ||
        e.slots_at > n || (n - e.slots_at) % ANN_INDEX_SLOT ||
        (n - e.slots_at) / ANN_INDEX_SLOT != e.n_slots || e.bits > 40 || !e.bits ||
        (uintptr_t)ix->p % 8)
        return damaged(err, "its end makes no sense");
    ix->n = (size_t)e.slots_at;
    ix->slots = (const struct ann_index_slot *)(const void *)(ix->p + e.slots_at);
    ix->n_slots = (size_t)e.n_slots;
    ix->bits = (unsigned)e.bits;
    ix->n_keys = e.n_keys;
    return !stamp || e.stamp == stamp;
}

static int make_filter(ann_index *ix, struct weir_err *err)
{
    uint64_t bits = 64;
    while (bits < 8 * ix->n_slots && bits < 1u << FILTER_BITS)
        bits *= 2;
    ix->filter = weir_calloc((size_t)bits / 64, sizeof *ix->filter);
    if (!ix->filter)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    ix->mask = bits - 1;
    for (size_t i = 0; i < ix->n_slots; i++) {
        const uint64_t bit = ix->slots[i].hash & ix->mask;
        if (ix->slots[i].node)
            ix->filter[bit / 64] |= 1ull << bit % 64;
    }
    return 0;
}

static ann_index *opened(const void *p, size_t n, int mapped, uint64_t stamp, struct weir_err *err)
{
    ann_index *ix = weir_calloc(1, sizeof *ix);
    if (!ix) {
        if (mapped)
            munmap((void *)(uintptr_t)p, n);
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    *ix = (ann_index){.p = p, .n_map = n, .mapped = mapped};
    if (end_holds(ix, stamp, err) && !make_filter(ix, err))
        return ix;
    ann_index_close(ix);
    return NULL;
}

ann_index *ann_index_open_mem(const void *p, size_t n, uint64_t stamp, struct weir_err *err)
{
    return opened(p, n, 0, stamp, err);
}

ann_index *ann_index_open(const char *path, uint64_t stamp, struct weir_err *err)
{
    struct stat st;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        if (errno != ENOENT)
            weir_err_errno(err, "%s", path);
        return NULL;
    }
    void *p = MAP_FAILED;
    if (fstat(fd, &st))
        weir_err_errno(err, "%s", path);
    else if (!S_ISREG(st.st_mode) || st.st_size < ANN_INDEX_END)
        weir_err_set(err, WEIR_EBAD, "%s: not an alias index", path);
    else if ((p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0)) == MAP_FAILED)
        weir_err_errno(err, "%s", path);
    close(fd);
    return p == MAP_FAILED ? NULL : opened(p, (size_t)st.st_size, 1, stamp, err);
}

void ann_index_close(ann_index *ix)
{
    if (!ix)
        return;
    if (ix->mapped)
        munmap((void *)(uintptr_t)ix->p, ix->n_map);
    free(ix->filter);
    free(ix);
}

uint64_t ann_index_size(const ann_index *ix)
{
    return ix->n_map;
}

uint64_t ann_index_keys(const ann_index *ix)
{
    return ix->n_keys;
}

/* The child of the node at `node` behind a label, or 0; p: its kids. */
static size_t child(const ann_index *ix, size_t node, const unsigned char *p, unsigned flags,
                    unsigned char label)
{
    const unsigned char *const end = ix->p + ix->n;
    const size_t width = (flags >> ANN_NODE_WIDTH) & 7;
    size_t k, n;
    if (flags & ANN_NODE_BITS) {
        uint64_t bits[4];
        if ((size_t)(end - p) < sizeof bits)
            return 0;
        memcpy(bits, p, sizeof bits);
        const unsigned w = label >> 6, b = label & 63;
        if (!(bits[w] >> b & 1))
            return 0;
        k = (size_t)__builtin_popcountll(bits[w] & ((1ull << b) - 1));
        for (unsigned i = 0; i < w; i++)
            k += (size_t)__builtin_popcountll(bits[i]);
        p += sizeof bits;
    } else {
        if (p == end || (size_t)(end - p) <= (n = (size_t)*p + 1))
            return 0;
        for (k = 0; k < n && p[1 + k] != label; k++)
            ;
        if (k == n)
            return 0;
        p += 1 + n;
    }
    if (!width || width > 5 || (size_t)(end - p) < (k + 1) * width)
        return 0;
    uint64_t distance = 0;
    memcpy(&distance, p + k * width, width);
    return distance && distance <= node - ANN_INDEX_BEGIN ? node - (size_t)distance : 0;
}

/* Where the slots of a hash can begin. */
static size_t first_slot(const ann_index *ix, uint64_t hash)
{
    return (size_t)(hash >> (64 - ix->bits));
}

int ann_index_fetch(const ann_index *ix, uint64_t hash)
{
    const size_t at = first_slot(ix, hash);
    const uint64_t bit = hash & ix->mask;
    if (!(ix->filter[bit / 64] >> bit % 64 & 1) || at >= ix->n_slots)
        return 0;
    __builtin_prefetch(&ix->slots[at]);
    return 1;
}

size_t ann_index_tree(const ann_index *ix, uint64_t hash)
{
    const size_t first = first_slot(ix, hash);
    for (size_t at = first; at < ix->n_slots && at - first < ANN_INDEX_PROBES; at++) {
        const struct ann_index_slot s = ix->slots[at];
        if (!s.node || s.hash > hash)
            return 0;
        if (s.hash != hash)
            continue;
        if (s.node < ANN_INDEX_BEGIN || s.node >= ix->n)
            return 0;
        __builtin_prefetch(ix->p + s.node);
        if (s.node > 64)
            __builtin_prefetch(ix->p + s.node - 64); // its kids lie before it
        return (size_t)s.node;
    }
    return 0;
}

/* Ways are short: a call would cost as much. */
static inline int same(const unsigned char *a, const char *b, size_t n)
{
    uint64_t x, y;
    uint32_t u, v;
    if (n < 4)
        return !n || (a[0] == (unsigned char)b[0] && a[n / 2] == (unsigned char)b[n / 2] &&
                      a[n - 1] == (unsigned char)b[n - 1]);
    if (n <= 8) {
        memcpy(&u, a, 4);
        memcpy(&v, b, 4);
        if (u != v)
            return 0;
        memcpy(&u, a + n - 4, 4);
        memcpy(&v, b + n - 4, 4);
        return u == v;
    }
    if (n > 16)
        return !memcmp(a, b, n);
    memcpy(&x, a, 8);
    memcpy(&y, b, 8);
    if (x != y)
        return 0;
    memcpy(&x, a + n - 8, 8);
    memcpy(&y, b + n - 8, 8);
    return x == y;
}

/* Takes one node; where the walk goes on, 0 at the end. */
static inline size_t step(const ann_index *ix, struct ann_walk *w, const char *p, size_t n,
                          const uint8_t *end)
{
    const unsigned char *const last = ix->p + ix->n;
    const unsigned char *q = ix->p + w->node;
    const unsigned flags = *q++;
    if (flags & ANN_NODE_WAY) {
        if (q == last)
            return 0;
        size_t way = *q++;
        if (way >= 0x80) { // keys have at most 1,023 bytes: two bytes of varint
            if (q == last)
                return 0;
            way = (way & 0x7F) | (size_t)*q++ << 7;
        }
        if (way > (size_t)(last - q) || way > n - w->at || !same(q, p + w->at, way))
            return 0;
        q += way, w->at += way;
    }
    if (flags & ANN_NODE_KEY && end[w->at])
        w->best = w->at;
    if (!(flags >> ANN_NODE_WIDTH & 7) || w->at == n)
        return 0;
    const size_t next = child(ix, w->node, q, flags, (unsigned char)p[w->at]);
    w->at++;
    return next;
}

void ann_index_walk(const ann_index *ix, struct ann_walk *w, const char *p, size_t n,
                    const uint8_t *end, unsigned nodes)
{
    struct ann_walk now = *w; // what end points to could be w, for all that the compiler knows
    while (now.node && nodes--)
        now.node = step(ix, &now, p, n, end);
    *w = now;
    if (now.node)
        __builtin_prefetch(ix->p + now.node);
}
