/* One file of tensors. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "infer/torch_write.h"
#include "infer/weights_write.h"

int weights_each_chunk(const struct weights_source *s, size_t i, void *buffer,
                       int (*f)(void *ctx, const void *p, size_t n, struct weir_err *err),
                       void *ctx, struct weir_err *err)
{
    const struct tensor *t = &s->list->at[i];
    const size_t width = tensor_dtype_bytes(t->dtype), most = WEIGHTS_CHUNK / width;
    const uint64_t count = t->n_bytes / width;
    int rc = 0;
    for (uint64_t at = 0; !rc && at < count;) {
        const size_t n = count - at < most ? (size_t)(count - at) : most;
        rc = s->fill(s->ctx, i, at, n, buffer, err);
        if (!rc && s->wrote)
            s->wrote(s->ctx, i, buffer, n);
        if (!rc)
            rc = f(ctx, buffer, n * width, err);
        at += n;
    }
    return rc;
}

/* ---- torch ---- */

/* storage[i] of each tensor: the number of those before it that have one of their own, or that of
 * the tensor whose numbers it shares. */
struct share {
    const void *data;
    size_t i;
};

static int by_data(const void *a, const void *b)
{
    const struct share *x = a, *y = b;
    const uintptr_t p = (uintptr_t)x->data, q = (uintptr_t)y->data;
    return p != q ? (p > q) - (p < q) : (x->i > y->i) - (x->i < y->i);
}

static int number_storages(const struct tensor *t, size_t n, size_t *storage, struct weir_err *err)
{
    struct share *all = weir_calloc(n + 1, sizeof *all);
    size_t next = 0;
    if (!all)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    for (size_t i = 0; i < n; i++)
        all[i] = (struct share){t[i].data, i};
    qsort(all, n, sizeof *all, by_data);
    for (size_t i = 0; i < n; i++) {
        const size_t first = i && all[i].data && all[i].data == all[i - 1].data &&
                                     t[all[i].i].n_bytes == t[all[i - 1].i].n_bytes &&
                                     t[all[i].i].dtype == t[all[i - 1].i].dtype
                                 ? storage[all[i - 1].i]
                                 : all[i].i;
        storage[all[i].i] = first; // the first tensor, for now
    }
    for (size_t i = 0; i < n; i++)
        storage[i] = storage[i] == i ? next++ : storage[storage[i]];
    free(all);
    return 0;
}

struct storage_name {
    char digits[24];
    size_t i; // its first tensor
};

static int by_digits(const void *a, const void *b)
{
    return strcmp(((const struct storage_name *)a)->digits,
                  ((const struct storage_name *)b)->digits);
}

static int put_part(void *ctx, const void *p, size_t n, struct weir_err *err)
{
    return zip_write_data(ctx, p, n, err);
}

static int put_storage(struct zip_writer *z, const struct weights_source *s, size_t i,
                       const char *digits, void *buffer, struct weir_err *err)
{
    char name[32];
    snprintf(name, sizeof name, "data/%s", digits);
    int rc = zip_write_begin(z, name, s->list->at[i].n_bytes, err);
    if (!rc)
        rc = weights_each_chunk(s, i, buffer, put_part, z, err);
    return rc ? rc : zip_write_end(z, err);
}

static int put_record(struct zip_writer *z, const char *name, struct weir_span data,
                      struct weir_err *err)
{
    int rc = zip_write_begin(z, name, data.n, err);
    if (!rc)
        rc = zip_write_data(z, data.p, data.n, err);
    return rc ? rc : zip_write_end(z, err);
}

/* Storages in the order of their numbers' digits: 0, 1, 10, 100, 11 … */
static int put_storages(struct zip_writer *z, const struct weights_source *s, size_t first,
                        const size_t *storage, size_t n, void *buffer, struct weir_err *err)
{
    struct storage_name *all = weir_calloc(n + 1, sizeof *all);
    size_t n_all = 0;
    int rc = all ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
    for (size_t i = 0; !rc && i < n; i++)
        if (storage[i] == n_all) {
            snprintf(all[n_all].digits, sizeof all->digits, "%zu", storage[i]);
            all[n_all++].i = first + i;
        }
    if (!rc)
        qsort(all, n_all, sizeof *all, by_digits);
    for (size_t i = 0; !rc && i < n_all; i++)
        rc = put_storage(z, s, all[i].i, all[i].digits, buffer, err);
    free(all);
    return rc;
}

int torch_write(weir_io *io, const char *archive, const struct weights_source *s, size_t first,
                size_t n, struct weir_err *err)
{
    struct zip_writer z = {.io = io, .prefix = archive};
    struct weir_buf pickle = {0};
    size_t *storage = weir_calloc(n + 1, sizeof *storage);
    void *buffer = malloc(WEIGHTS_CHUNK);
    int rc = storage && buffer ? number_storages(s->list->at + first, n, storage, err)
                               : weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!rc)
        rc = torch_pickle_write(&pickle, s->list->at + first, storage, n, err);
    if (!rc)
        rc = put_record(&z, "data.pkl", weir_buf_span(&pickle), err);
    if (!rc)
        rc = put_storages(&z, s, first, storage, n, buffer, err);
    if (!rc)
        rc = put_record(&z, "version", WEIR_LIT("3\n"), err);
    if (!rc)
        rc = zip_write_directory(&z, err);
    zip_writer_free(&z);
    weir_buf_free(&pickle);
    free(buffer);
    free(storage);
    return rc;
}

/* ---- safetensors ---- */

struct place {
    const struct tensor *t;
    size_t i;
};

/* Falling type, rising name; that of tensor.h is the library's order of types. */
static int by_type(const void *a, const void *b)
{
    const struct tensor *x = ((const struct place *)a)->t, *y = ((const struct place *)b)->t;
    return x->dtype != y->dtype ? (x->dtype < y->dtype) - (x->dtype > y->dtype)
                                : strcmp(x->name, y->name);
}

static void add_header(struct weir_buf *b, const struct place *all, size_t n)
{
    uint64_t at = 0;
    weir_buf_adds(b, "{\"__metadata__\":{\"format\":\"pt\"}");
    for (size_t i = 0; i < n; i++) {
        const struct tensor *t = all[i].t;
        weir_buf_addc(b, ',');
        weir_buf_add_json_lossy(b, weir_span(t->name, strlen(t->name)));
        weir_buf_addf(b, ":{\"dtype\":\"%s\",\"shape\":[", tensor_dtype_name(t->dtype));
        for (unsigned k = 0; k < t->n_dims; k++)
            weir_buf_addf(b, "%s%llu", k ? "," : "", (unsigned long long)t->shape[k]);
        weir_buf_addf(b, "],\"data_offsets\":[%llu,%llu]}", (unsigned long long)at,
                      (unsigned long long)(at + t->n_bytes));
        at += t->n_bytes;
    }
    weir_buf_addc(b, '}');
    while (b->n % 8)
        weir_buf_addc(b, ' ');
}

static int put_plain(void *ctx, const void *p, size_t n, struct weir_err *err)
{
    return weir_io_write(ctx, p, n, err);
}

int safetensors_write(weir_io *io, const struct weights_source *s, size_t first, size_t n,
                      struct weir_err *err)
{
    struct weir_buf header = {0};
    struct place *all = weir_calloc(n + 1, sizeof *all);
    void *buffer = malloc(WEIGHTS_CHUNK);
    int rc = all && buffer ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
    for (size_t i = 0; !rc && i < n; i++)
        all[i] = (struct place){&s->list->at[first + i], first + i};
    if (!rc) {
        qsort(all, n, sizeof *all, by_type);
        add_header(&header, all, n);
        rc = weir_buf_check(&header, err);
    }
    const uint64_t n_header = header.n;
    if (!rc)
        rc = weir_io_write(io, &n_header, sizeof n_header, err);
    if (!rc)
        rc = weir_io_write(io, header.p, header.n, err);
    for (size_t i = 0; !rc && i < n; i++)
        rc = weights_each_chunk(s, all[i].i, buffer, put_plain, io, err);
    weir_buf_free(&header);
    free(buffer);
    free(all);
    return rc;
}
