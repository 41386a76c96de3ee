/* Opening and walking the alias automaton. */
#include "kg2instruction/ann_index_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "lib/xxh.h"

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
    if (e.bytes != ix->n_map || e.table_at % ANN_INDEX_LINE || e.table_at < ANN_INDEX_LINE ||
        e.table_at > n || e.n_buckets > (n - e.table_at) / ANN_INDEX_BUCKET || e.bits < 2 ||
        e.bits > ANN_INDEX_PLACE || e.n_buckets < 1ull << e.bits || (uintptr_t)ix->p % 8)
        return damaged(err, "its end makes no sense");
    const size_t filter_at = (size_t)(e.table_at + e.n_buckets * ANN_INDEX_BUCKET);
    const size_t words = (n - filter_at) / sizeof(uint64_t);
    if (!words || words & (words - 1) || (n - filter_at) % sizeof(uint64_t))
        return damaged(err, "its end makes no sense");
    ix->n = (size_t)e.table_at;
    ix->slots = (const uint64_t *)(const void *)(ix->p + e.table_at);
    ix->n_buckets = (size_t)e.n_buckets;
    ix->bits = (unsigned)e.bits;
    ix->n_keys = e.n_keys;
    ix->seed = e.stamp;
    ix->filter =
        (struct ann_filter){(const uint64_t *)(const void *)(ix->p + filter_at), words - 1};
    return !stamp || e.stamp == stamp;
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
    if (end_holds(ix, stamp, err))
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
    ann_index *ix = p == MAP_FAILED ? NULL : opened(p, (size_t)st.st_size, 1, stamp, err);
    if (!ix && err->code == WEIR_EBAD && p != MAP_FAILED)
        weir_err_prefix(err, "%s (without it, it is made anew)", path);
    return ix;
}

void ann_index_close(ann_index *ix)
{
    if (!ix)
        return;
    if (ix->mapped)
        munmap((void *)(uintptr_t)ix->p, ix->n_map);
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

uint64_t ann_index_seed(const ann_index *ix)
{
    return ix->seed;
}

struct ann_filter ann_index_filter(const ann_index *ix)
{
    return ix->filter;
}

unsigned ann_index_more(const ann_index *ix, uint64_t hash, unsigned n,
                        size_t node[ANN_INDEX_TWINS])
{
    const size_t first = ann_index_bucket(ix, hash);
    for (size_t b = first + 1; b < ix->n_buckets && b - first < ANN_INDEX_CHAIN; b++) {
        n = ann_index_in_bucket(ix, b, hash, n, node);
        if (!ix->slots[b * ANN_INDEX_SLOTS + ANN_INDEX_SLOTS - 1])
            break;
    }
    return n;
}

/* ---- walking ---- */

/* A walk is a few nodes of a few bytes each: what it costs are the places where a processor guesses
 * wrong, so that lengths choose masks here and not ways through the code. */

/* Behind the nodes stand four buckets at least: a way and a list of kids that lack their end can be
 * read all the same. */
_Static_assert(4 * ANN_INDEX_BUCKET >= 1 + ANN_NODE_LIST + 8 * ANN_NODE_LIST + 8, "nodes' ends");

#ifdef __SSE2__
/* Bit i: byte i of both is the same, of 16. */
static inline unsigned same_bytes(const unsigned char *a, __m128i b)
{
    const __m128i x = _mm_loadu_si128((const __m128i *)(const void *)a);
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, b));
}

static inline unsigned same_text(const unsigned char *a, const char *b)
{
    return same_bytes(a, _mm_loadu_si128((const __m128i *)(const void *)b));
}

static inline unsigned same_label(const unsigned char *a, unsigned char label)
{
    return same_bytes(a, _mm_set1_epi8((char)label));
}
#else
static inline unsigned same_text(const unsigned char *a, const char *b)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < 16; i++)
        bits |= (unsigned)(a[i] == (unsigned char)b[i]) << i;
    return bits;
}

static inline unsigned same_label(const unsigned char *a, unsigned char label)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < 16; i++)
        bits |= (unsigned)(a[i] == label) << i;
    return bits;
}
#endif

/* 16 bytes can be read of both. */
static inline int same(const unsigned char *a, const char *b, size_t n)
{
    return n > 16 ? !memcmp(a, b, n) : !(~same_text(a, b) & ((1u << n) - 1));
}

/* The number of a label among kids as bits, SIZE_MAX: of none. */
static size_t find_bit(const ann_index *ix, const unsigned char *p, unsigned char label,
                       size_t width)
{
    uint64_t bits[4];
    const ptrdiff_t n = ix->p + ix->n - p;
    if (n < (ptrdiff_t)sizeof bits)
        return SIZE_MAX;
    memcpy(bits, p, sizeof bits);
    const unsigned w = label >> 6, b = label & 63;
    if (!(bits[w] >> b & 1))
        return SIZE_MAX;
    size_t k = (size_t)__builtin_popcountll(bits[w] & ((1ull << b) - 1));
    for (unsigned i = 0; i < w; i++)
        k += (size_t)__builtin_popcountll(bits[i]);
    return (size_t)n - sizeof bits < (k + 1) * width ? SIZE_MAX : k;
}

/* The child of the node at `node` behind a label, or 0; p: its kids. */
static inline size_t child(const ann_index *ix, size_t node, const unsigned char *p, unsigned flags,
                           unsigned char label)
{
    const size_t width = flags >> ANN_NODE_WIDTH & 7;
    size_t k;
    if (flags & ANN_NODE_BITS) {
        k = find_bit(ix, p, label, width);
        if (k == SIZE_MAX)
            return 0;
        p += 32;
    } else {
        const size_t n = (size_t)*p++ + 1;
        const unsigned found = same_label(p, label) & ((1u << (n & 31)) - 1);
        if (!found || n > ANN_NODE_LIST)
            return 0;
        k = (size_t)__builtin_ctz(found);
        p += n;
    }
    uint64_t distance;
    memcpy(&distance, p + k * width, sizeof distance);
    distance &= ~0ull >> (64 - 8 * width);
    return distance && distance <= node - ANN_INDEX_BEGIN ? node - (size_t)distance : 0;
}

size_t ann_index_walk(const ann_index *ix, size_t node, const char *p, size_t n, const uint8_t *end)
{
    const unsigned char *const last = ix->p + ix->n;
    size_t at = 0, best = 0;
    for (;;) {
        const unsigned char *q = ix->p + node;
        const unsigned flags = q[0];
        size_t way = q[1];
        q += 2;
        if (flags & ANN_NODE_LONG)
            way |= (size_t)*q++ << 8;
        if ((ptrdiff_t)way > last - q || way > n - at || !same(q, p + at, way))
            return best;
        at += way;
        best = flags & ANN_NODE_KEY && end[at] ? at : best;
        if (!(flags >> ANN_NODE_WIDTH & 7) || at == n)
            return best;
        node = child(ix, node, q + way, flags, (unsigned char)p[at]);
        if (!node)
            return best;
        at++;
    }
}
