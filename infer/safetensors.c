/* u64 length of the header, the header in JSON, then the numbers to the end of the file. */
#include <stdlib.h>
#include <string.h>
#include "infer/tensor.h"
#include "lib/json_tree.h"

#define HEADER_MAX 100000000 // as the reference implementation bounds it

struct reader {
    struct tensors *to;
    const char *file;
    const uint8_t *data;
    uint64_t n_data;
    const char *name; // of the tensor being read
    struct weir_err *err;
};

static int bad(struct reader *r, const char *what)
{
    return weir_err_set(r->err, WEIR_EBAD, "%s: tensor %s: %s", r->file, r->name, what);
}

struct numbers {
    uint64_t *at;
    unsigned n, max;
};

static int add_number(void *ctx, struct weir_span key, struct json_node value)
{
    struct numbers *l = ctx;
    int64_t v;
    (void)key;
    if (l->n == l->max || !json_tree_whole(value, &v) || v < 0)
        return 1;
    l->at[l->n++] = (uint64_t)v;
    return 0;
}

/* The array of whole numbers under that name; its length, or -1. */
static int numbers(struct json_node object, const char *name, uint64_t *at, unsigned max)
{
    struct json_node array;
    struct numbers l = {at, 0, max};
    if (!json_tree_get(object, name, &array) || json_tree_type(array) != WEIR_JSON_ARRAY ||
        json_tree_each(array, add_number, &l))
        return -1;
    return (int)l.n;
}

static int read_tensor(struct reader *r, struct tensor *t, struct json_node value)
{
    struct json_node node;
    struct weir_span dtype;
    uint64_t place[2], count, n_bytes;
    int d, n_dims;
    r->name = t->name;
    t->file = r->file;
    if (!json_tree_get(value, "dtype", &node) || !json_tree_string(node, &dtype))
        return bad(r, "no \"dtype\"");
    if ((d = tensor_dtype_named(dtype)) < 0)
        return weir_err_set(r->err, WEIR_EBAD, "%s: tensor %s: dtype %.*s is not known", r->file,
                            t->name, (int)(dtype.n < 40 ? dtype.n : 40), dtype.p);
    if ((n_dims = numbers(value, "shape", t->shape, TENSOR_MAX_DIMS)) < 0)
        return bad(r, "no \"shape\" of whole numbers, eight at most");
    if (numbers(value, "data_offsets", place, 2) != 2)
        return bad(r, "no \"data_offsets\" of two whole numbers");
    t->dtype = (enum tensor_dtype)d;
    t->n_dims = (unsigned)n_dims;
    if (place[0] > place[1] || place[1] > r->n_data)
        return weir_err_set(r->err, WEIR_EBAD,
                            "%s: tensor %s: bytes %llu to %llu, but the file holds %llu: was it "
                            "copied or downloaded in part?",
                            r->file, t->name, (unsigned long long)place[0],
                            (unsigned long long)place[1], (unsigned long long)r->n_data);
    if (tensor_count(t->shape, t->n_dims, t->dtype, &count, &n_bytes) ||
        n_bytes != place[1] - place[0])
        return bad(r, "its shape is not its number of bytes");
    t->n_bytes = n_bytes;
    t->data = r->data + place[0];
    return 0;
}

static int each(void *ctx, struct weir_span key, struct json_node value)
{
    struct reader *r = ctx;
    if (weir_span_is(key, "__metadata__"))
        return 0;
    if (memchr(key.p, '\0', key.n))
        return weir_err_set(r->err, WEIR_EBAD, "%s: a tensor's name holds NUL", r->file);
    struct tensor *t = tensors_add(r->to, key);
    if (!t)
        return weir_err_set(r->err, WEIR_EMEM, "out of memory");
    return read_tensor(r, t, value);
}

static int by_place(const void *a, const void *b)
{
    const struct tensor *x = a, *y = b;
    const uintptr_t p = (uintptr_t)x->data, q = (uintptr_t)y->data;
    return p != q ? (p > q) - (p < q) : (x->n_bytes > y->n_bytes) - (x->n_bytes < y->n_bytes);
}

/* No hole, no overlap, nothing behind: each byte of the file belongs to one tensor. */
static int check_places(struct reader *r, size_t first)
{
    const uint8_t *at = r->data;
    if (r->to->n > first)
        qsort(r->to->at + first, r->to->n - first, sizeof *r->to->at, by_place);
    for (size_t i = first; i < r->to->n; i++) {
        const struct tensor *t = &r->to->at[i];
        r->name = t->name;
        if ((const uint8_t *)t->data != at)
            return bad(r, "its bytes do not follow those of the tensor before");
        at += t->n_bytes;
    }
    if (at != r->data + r->n_data)
        return weir_err_set(r->err, WEIR_EBAD, "%s: %llu bytes behind the last tensor", r->file,
                            (unsigned long long)(r->data + r->n_data - at));
    return 0;
}

int safetensors_read(const uint8_t *p, uint64_t n, const char *file, struct tensors *t,
                     struct weir_err *err)
{
    uint64_t n_header;
    struct weir_buf text = {0};
    struct json_node root;
    const size_t first = t->n;
    if (n < 8)
        return weir_err_set(err, WEIR_EBAD, "%s: %llu bytes are no safetensors file", file,
                            (unsigned long long)n);
    memcpy(&n_header, p, 8);
    if (n_header > HEADER_MAX || n_header > n - 8)
        return weir_err_set(err, WEIR_EBAD,
                            "%s: not a safetensors file, or cut off: its header would have %llu "
                            "bytes, the file has %llu",
                            file, (unsigned long long)n_header, (unsigned long long)n);
    weir_buf_add(&text, p + 8, n_header);
    int rc = weir_buf_check(&text, err);
    json_tree *tree = rc ? NULL : json_tree_parse(weir_buf_span(&text), &root, err);
    if (!tree) {
        weir_buf_free(&text);
        weir_err_prefix(err, "%s: header", file);
        return err->code;
    }
    struct reader r = {t, file, p + 8 + n_header, n - 8 - n_header, "", err};
    if (json_tree_type(root) != WEIR_JSON_OBJECT)
        rc = weir_err_set(err, WEIR_EBAD, "%s: its header is no JSON object", file);
    else
        rc = json_tree_each(root, each, &r) ? err->code : check_places(&r, first);
    json_tree_free(tree);
    weir_buf_free(&text);
    return rc;
}
