#include "infer/tensor.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    char name[5];
    uint8_t bytes;
} dtypes[TENSOR_DTYPES] = {
    [TENSOR_BOOL] = {"BOOL", 1}, [TENSOR_U8] = {"U8", 1},   [TENSOR_I8] = {"I8", 1},
    [TENSOR_I16] = {"I16", 2},   [TENSOR_U16] = {"U16", 2}, [TENSOR_F16] = {"F16", 2},
    [TENSOR_BF16] = {"BF16", 2}, [TENSOR_I32] = {"I32", 4}, [TENSOR_U32] = {"U32", 4},
    [TENSOR_F32] = {"F32", 4},   [TENSOR_F64] = {"F64", 8}, [TENSOR_I64] = {"I64", 8},
    [TENSOR_U64] = {"U64", 8},
};

const char *tensor_dtype_name(enum tensor_dtype d)
{
    return dtypes[d].name;
}

unsigned tensor_dtype_bytes(enum tensor_dtype d)
{
    return dtypes[d].bytes;
}

int tensor_dtype_named(struct weir_span name)
{
    for (int d = 0; d < TENSOR_DTYPES; d++)
        if (weir_span_is(name, dtypes[d].name))
            return d;
    return -1;
}

int tensor_count(const uint64_t *shape, unsigned n_dims, enum tensor_dtype d, uint64_t *n,
                 uint64_t *n_bytes)
{
    *n = 1;
    for (unsigned i = 0; i < n_dims; i++)
        if (__builtin_mul_overflow(*n, shape[i], n))
            return WEIR_EBAD;
    return __builtin_mul_overflow(*n, (uint64_t)dtypes[d].bytes, n_bytes) ? WEIR_EBAD : 0;
}

void tensor_add_shape(struct weir_buf *b, const uint64_t *shape, unsigned n_dims)
{
    weir_buf_addc(b, '[');
    for (unsigned i = 0; i < n_dims; i++)
        weir_buf_addf(b, "%s%llu", i ? ", " : "", (unsigned long long)shape[i]);
    weir_buf_addc(b, ']');
}

struct tensor *tensors_add(struct tensors *t, struct weir_span name)
{
    char *copy = malloc(name.n + 1);
    if (!copy || weir_grow(&t->at, &t->cap, t->n + 1, sizeof *t->at)) {
        free(copy);
        return NULL;
    }
    memcpy(copy, name.p, name.n);
    copy[name.n] = '\0';
    struct tensor *added = &t->at[t->n++];
    *added = (struct tensor){.name = copy};
    return added;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct tensor *)a)->name, ((const struct tensor *)b)->name);
}

int tensors_sort(struct tensors *t, struct weir_err *err)
{
    if (t->n)
        qsort(t->at, t->n, sizeof *t->at, by_name);
    for (size_t i = 1; i < t->n; i++)
        if (!by_name(&t->at[i - 1], &t->at[i]))
            return weir_err_set(err, WEIR_EBAD, "%s: tensor %s is also in %s", t->at[i].file,
                                t->at[i].name, t->at[i - 1].file);
    return 0;
}

const struct tensor *tensors_find(const struct tensors *t, const char *name)
{
    const struct tensor key = {.name = (char *)name};
    return t->n ? bsearch(&key, t->at, t->n, sizeof *t->at, by_name) : NULL;
}

void tensors_free(struct tensors *t)
{
    for (size_t i = 0; i < t->n; i++)
        free(t->at[i].name);
    free(t->at);
    *t = (struct tensors){0};
}
