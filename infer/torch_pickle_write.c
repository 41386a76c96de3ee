#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "infer/torch_write.h"

/* Opcodes of protocol 2 are written as they are named in Lib/pickle.py. */

struct pickler {
    struct weir_buf *b;
    uint32_t n_memo;
    /* Memo numbers of what is met again; 0: not met yet (number 0 is the dict). */
    uint32_t rebuild, storage, cpu, ordered_dict, type[TENSOR_DTYPES];
};

static const char *const storage_names[TENSOR_DTYPES] = {
    [TENSOR_F32] = "FloatStorage",  [TENSOR_F16] = "HalfStorage", [TENSOR_BF16] = "BFloat16Storage",
    [TENSOR_F64] = "DoubleStorage", [TENSOR_I64] = "LongStorage", [TENSOR_I32] = "IntStorage",
    [TENSOR_I16] = "ShortStorage",  [TENSOR_I8] = "CharStorage",  [TENSOR_U8] = "ByteStorage",
    [TENSOR_BOOL] = "BoolStorage"};

static void number(struct weir_buf *b, uint64_t v, unsigned n_bytes)
{
    for (unsigned i = 0; i < n_bytes; i++, v >>= 8)
        weir_buf_addc(b, (char)(v & 0xFF));
}

/* BINPUT, LONG_BINPUT; returns the memo's number. */
static uint32_t put(struct pickler *p)
{
    const uint32_t at = p->n_memo++;
    weir_buf_addc(p->b, at < 256 ? 'q' : 'r');
    number(p->b, at, at < 256 ? 1 : 4);
    return at;
}

static void get(struct pickler *p, uint32_t at)
{
    weir_buf_addc(p->b, at < 256 ? 'h' : 'j');
    number(p->b, at, at < 256 ? 1 : 4);
}

static uint32_t string(struct pickler *p, const char *s)
{
    const size_t n = strlen(s);
    weir_buf_addc(p->b, 'X');
    number(p->b, n, 4);
    weir_buf_add(p->b, s, n);
    return put(p);
}

static void global(struct pickler *p, const char *module, const char *name, uint32_t *memo)
{
    if (*memo) {
        get(p, *memo);
        return;
    }
    weir_buf_addf(p->b, "c%s\n%s\n", module, name);
    *memo = put(p);
}

static void known_string(struct pickler *p, const char *s, uint32_t *memo)
{
    if (*memo)
        get(p, *memo);
    else
        *memo = string(p, s);
}

/* BININT1, BININT2, BININT, LONG1 */
static void whole(struct weir_buf *b, uint64_t v)
{
    if (v <= 0xFF) {
        weir_buf_addc(b, 'K');
        number(b, v, 1);
    } else if (v <= 0xFFFF) {
        weir_buf_addc(b, 'M');
        number(b, v, 2);
    } else if (v <= INT32_MAX) {
        weir_buf_addc(b, 'J');
        number(b, v, 4);
    } else {
        unsigned n = 4;
        while (n < 8 && v >> (8 * n - 1)) // the topmost bit is the sign
            n++;
        weir_buf_addc(b, '\x8a');
        number(b, n, 1);
        number(b, v, n);
    }
}

static void tuple(struct pickler *p, const uint64_t *v, unsigned n)
{
    if (n > 3)
        weir_buf_addc(p->b, '(');
    for (unsigned i = 0; i < n; i++)
        whole(p->b, v[i]);
    if (!n) {
        weir_buf_addc(p->b, ')'); // the empty tuple is not memoised
        return;
    }
    weir_buf_addc(p->b, n > 3 ? 't' : (char)(0x84 + n));
    put(p);
}

/* key: memo number of this storage's name, 0 where it is met for the first time. */
static void persistent_id(struct pickler *p, const struct tensor *t, size_t storage, uint64_t count,
                          uint32_t *key)
{
    char digits[24];
    weir_buf_addc(p->b, '(');
    known_string(p, "storage", &p->storage);
    global(p, "torch", storage_names[t->dtype], &p->type[t->dtype]);
    snprintf(digits, sizeof digits, "%zu", storage);
    known_string(p, digits, key);
    known_string(p, "cpu", &p->cpu);
    whole(p->b, count);
    weir_buf_addc(p->b, 't');
    put(p);
    weir_buf_addc(p->b, 'Q');
}

static int add_tensor(struct pickler *p, const struct tensor *t, size_t storage, uint32_t *key,
                      struct weir_err *err)
{
    uint64_t stride[TENSOR_MAX_DIMS], run = 1, count, n_bytes;
    if (!storage_names[t->dtype])
        return weir_err_set(err, WEIR_EUSAGE, "tensor %s: torch 1.13 has no type %s", t->name,
                            tensor_dtype_name(t->dtype));
    if (tensor_count(t->shape, t->n_dims, t->dtype, &count, &n_bytes))
        return weir_err_set(err, WEIR_EBAD, "tensor %s: its size overflows", t->name);
    for (unsigned i = t->n_dims; i-- > 0; run *= t->shape[i] ? t->shape[i] : 1)
        stride[i] = run;
    string(p, t->name);
    global(p, "torch._utils", "_rebuild_tensor_v2", &p->rebuild);
    weir_buf_addc(p->b, '(');
    persistent_id(p, t, storage, count, key);
    whole(p->b, 0); // offset in the storage
    tuple(p, t->shape, t->n_dims);
    tuple(p, stride, t->n_dims);
    weir_buf_addc(p->b, '\x89'); // requires_grad
    global(p, "collections", "OrderedDict", &p->ordered_dict);
    weir_buf_adds(p->b, ")R");
    put(p);
    weir_buf_addc(p->b, 't');
    put(p);
    weir_buf_addc(p->b, 'R');
    put(p);
    return 0;
}

int torch_pickle_write(struct weir_buf *b, const struct tensor *t, const size_t *storage, size_t n,
                       struct weir_err *err)
{
    enum { BATCH = 1000 }; // of Modules/_pickle.c
    struct pickler p = {.b = b};
    uint32_t *key = weir_calloc(n + 1, sizeof *key); // by storage
    if (!key)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    weir_buf_adds(b, "\x80\x02}");
    put(&p);
    for (size_t i = 0; i < n; i++) {
        if (n > 1 && i % BATCH == 0)
            weir_buf_addc(b, '(');
        if (add_tensor(&p, &t[i], storage[i], &key[storage[i]], err))
            break;
        if (n == 1)
            weir_buf_addc(b, 's');
        else if (i % BATCH == BATCH - 1 || i + 1 == n)
            weir_buf_addc(b, 'u');
    }
    if (n && n % BATCH == 0)
        weir_buf_adds(b, "(u"); // the batch that finds no items left
    weir_buf_addc(b, '.');
    free(key);
    return err->code ? err->code : weir_buf_check(b, err);
}
