/* The layout of fastText's files, version 12, as its Args, Dictionary, Matrix and ProductQuantizer
 * write them (little-endian, nothing aligned):
 *
 *     magic, version            int32
 *     dim … lrUpdateRate        12 int32, double t
 *     size, nwords, nlabels     int32; ntokens, n_pruned: int64 (n_pruned -1: not pruned)
 *     size entries              name NUL, int64 count, int8 type (0 word, 1 label)
 *     n_pruned pairs            int32 bucket, int32 row behind the words
 *     bool, input matrix; bool, output matrix
 *
 *     dense:      int64 m, n; m * n floats
 *     quantised:  bool norms, int64 m, n, int32 n_codes, codes, quantiser,
 *                 with norms: m codes, quantiser
 *     quantiser:  int32 dim, nsubq, dsub, lastdsub; dim * 256 floats */
#include "fasttext_check.h"

#include <math.h>
#include <string.h>

enum { MAGIC = 793712314, MODEL_SUPERVISED = 3, CENTROIDS = 256 };
enum { MAX_DIM = 1 << 16, MAX_NGRAM = 64 };

struct reader {
    const char *p;
    size_t n;
    int bad; // ran over the end, or a value out of range
};

static const char *take(struct reader *r, uint64_t n)
{
    if (r->bad || n > r->n) {
        r->bad = 1;
        return NULL;
    }
    const char *p = r->p;
    r->p += n;
    r->n -= n;
    return p;
}

/* A number, which must be in [min, max]. */
static int64_t number(struct reader *r, size_t size, int64_t min, int64_t max)
{
    int32_t small = 0;
    int64_t v = 0;
    const char *p = take(r, size);
    if (!p)
        return min;
    if (size == sizeof small) {
        memcpy(&small, p, sizeof small);
        v = small;
    } else {
        memcpy(&v, p, size);
    }
    if (v < min || v > max)
        r->bad = 1;
    return r->bad ? min : v;
}

static int64_t int32(struct reader *r, int64_t min, int64_t max)
{
    return number(r, 4, min, max);
}

static int64_t int64(struct reader *r, int64_t min, int64_t max)
{
    return number(r, 8, min, max);
}

static int flag(struct reader *r)
{
    return (int)number(r, 1, 0, 1);
}

/* Weights. The library ends with an exception when a sum is no number; of so small ones it is one.
 */
static void floats(struct reader *r, uint64_t n)
{
    const char *p = take(r, n * sizeof(float));
    float v;
    for (uint64_t i = 0; p && i < n; i++) {
        memcpy(&v, p + i * sizeof v, sizeof v);
        r->bad |= !(fabsf(v) < 1e6f);
    }
}

struct model {
    struct fasttext_shape *shape;
    int64_t bucket, n_pruned;
};

static void read_arguments(struct reader *r, struct model *m, int version)
{
    struct fasttext_shape *s = m->shape;
    s->dim = (uint32_t)int32(r, 1, MAX_DIM);
    for (int i = 0; i < 4; i++) // ws, epoch, minCount, neg: of training
        int32(r, INT32_MIN, INT32_MAX);
    s->word_ngrams = (uint32_t)int32(r, 0, MAX_NGRAM);
    int32(r, 1, 4); // hs, ns, softmax, ova
    int32(r, MODEL_SUPERVISED, MODEL_SUPERVISED);
    m->bucket = int32(r, 0, INT32_MAX);
    s->minn = (uint32_t)int32(r, 0, MAX_NGRAM);
    s->maxn = (uint32_t)int32(r, 0, MAX_NGRAM);
    int32(r, INT32_MIN, INT32_MAX);
    take(r, sizeof(double));
    if (version == 11)
        s->maxn = 0;
    if ((s->word_ngrams > 1 || s->maxn) && !m->bucket)
        r->bad = 1; // n-grams are hashed modulo the buckets
}

static void read_dictionary(struct reader *r, struct model *m)
{
    struct fasttext_shape *s = m->shape;
    const int64_t size = int32(r, 1, INT32_MAX);
    s->n_words = (uint64_t)int32(r, 0, size - 1);
    s->n_labels = (uint64_t)int32(r, 1, size);
    if (s->n_words + s->n_labels != (uint64_t)size)
        r->bad = 1;
    int64(r, 0, INT64_MAX);
    m->n_pruned = int64(r, -1, INT32_MAX);
    for (int64_t i = 0; i < size && !r->bad; i++) {
        const char *end = memchr(r->p, 0, r->n);
        take(r, end ? (uint64_t)(end - r->p) + 1 : UINT64_MAX);
        int64(r, 0, 1000000000000000 - 1); // the library's "none yet" in a Huffman tree
        if (flag(r) != (i >= (int64_t)s->n_words))
            r->bad = 1; // words first
    }
}

static void read_quantiser(struct reader *r, int64_t dim, int64_t *n_parts)
{
    const int64_t d = int32(r, dim, dim);
    *n_parts = int32(r, 1, d);
    const int64_t part = int32(r, 1, d), last = int32(r, 1, d);
    if (last > part || (*n_parts - 1) * part + last != d)
        r->bad = 1;
    floats(r, (uint64_t)d * CENTROIDS);
}

/* A matrix of `dim` columns; returns its rows. */
static int64_t read_matrix(struct reader *r, int quantised, int64_t dim)
{
    const int norms = quantised && flag(r);
    const int64_t rows = int64(r, 1, INT32_MAX);
    int64_t n_parts = 1, one;
    int64(r, dim, dim);
    if (!quantised) {
        floats(r, (uint64_t)rows * (uint64_t)dim);
        return rows;
    }
    const int64_t n_codes = int32(r, 1, INT32_MAX);
    take(r, (uint64_t)n_codes);
    read_quantiser(r, dim, &n_parts);
    if (n_codes != rows * n_parts)
        r->bad = 1;
    if (norms) {
        take(r, (uint64_t)rows);
        read_quantiser(r, 1, &one);
    }
    return rows;
}

static int check(struct reader *r, struct model *m, int version, const char **part)
{
    struct fasttext_shape *s = m->shape;
    *part = "arguments";
    read_arguments(r, m, version);
    if (r->bad)
        return 0;
    *part = "dictionary";
    read_dictionary(r, m);
    if (r->bad)
        return 0;
    *part = "pruned n-grams";
    struct reader pruned = *r;
    take(r, m->n_pruned > 0 ? (uint64_t)m->n_pruned * 8 : 0);
    if (r->bad)
        return 0;
    *part = "input matrix";
    const int quantised = flag(r);
    const int64_t rows = read_matrix(r, quantised, s->dim);
    const int64_t behind = rows - (int64_t)s->n_words;
    if (m->n_pruned < 0 ? behind != m->bucket : (!quantised || behind != m->n_pruned))
        r->bad = 1;
    if (r->bad)
        return 0;
    s->rows = (uint64_t)rows;
    *part = "pruned n-grams";
    for (int64_t i = 0; i < m->n_pruned; i++) {
        int32(&pruned, 0, INT32_MAX);
        int32(&pruned, 0, behind - 1);
    }
    if (pruned.bad)
        return 0;
    *part = "output matrix";
    if (read_matrix(r, flag(r) && quantised, s->dim) != (int64_t)s->n_labels || r->n)
        r->bad = 1;
    return !r->bad;
}

int fasttext_check(const void *file, size_t n, struct fasttext_shape *shape, struct weir_err *err)
{
    struct reader r = {.p = file, .n = n};
    struct model m = {.shape = shape};
    const char *part;
    memset(shape, 0, sizeof *shape);
    int32(&r, MAGIC, MAGIC);
    const int version = (int)int32(&r, 11, 12);
    if (r.bad)
        return weir_err_set(err, WEIR_EBAD, "no fastText model of version 11 or 12");
    if (!check(&r, &m, version, &part))
        return weir_err_set(err, WEIR_EBAD, "fastText model without labels, or damaged, in its %s",
                            part);
    return 0;
}
