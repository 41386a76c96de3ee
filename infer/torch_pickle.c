/* The pickle of a state dict, run by an interpreter that can build strings, numbers, tuples, dicts
 * and tensors, and nothing else: what Python's pickle would import and call is refused by name.
 * Opcodes: Lib/pickletools.py of CPython, protocol 2.  Memory and time are linear in the pickle. */
#include <stdlib.h>
#include <string.h>
#include "infer/torch_zip.h"

enum kind { NONE, BOOL, INT, STRING, TUPLE, LIST, DICT, MARK, GLOBAL, STORAGE, TENSOR };
enum global { ORDERED_DICT, REBUILD_TENSOR, REBUILD_PARAMETER, STORAGE_TYPE };

struct value {
    uint8_t kind, what; // what: a global's name, a storage's dtype
    uint32_t n;         // bytes of a string or a storage's key, items of a tuple, bool
    union {
        int64_t i;     // number, or place of a tuple's first item, or a tensor's number
        const char *p; // string, or a storage's key
    } at;
};

struct machine {
    const uint8_t *p, *end;
    struct value *stack, *memo, *item;
    size_t n_stack, cap_stack, n_memo, cap_memo, n_item, cap_item;
    struct tensor *made; // tensors without a name yet
    size_t n_made, cap_made;
    const struct zip *z;
    struct weir_span prefix;
    const char *file;
    struct tensors *to;
    struct weir_err *err;
};

static int bad(struct machine *m, const char *what)
{
    return weir_err_set(m->err, WEIR_EBAD, "data.pkl: %s", what);
}

static int cut_off(struct machine *m)
{
    return bad(m, "it is cut off");
}

static int no_memory(struct machine *m)
{
    return weir_err_set(m->err, WEIR_EMEM, "out of memory");
}

static int push(struct machine *m, struct value v)
{
    if (weir_grow(&m->stack, &m->cap_stack, m->n_stack + 1, sizeof *m->stack))
        return no_memory(m);
    m->stack[m->n_stack++] = v;
    return 0;
}

/* The topmost value, taken off; a MARK where none is: no opcode takes one. */
static struct value pop(struct machine *m)
{
    return m->n_stack ? m->stack[--m->n_stack] : (struct value){.kind = MARK};
}

static int take(struct machine *m, size_t n, uint64_t *v)
{
    *v = 0;
    if ((size_t)(m->end - m->p) < n)
        return cut_off(m);
    for (size_t i = n; i-- > 0;)
        *v = *v << 8 | m->p[i];
    m->p += n;
    return 0;
}

static int push_int(struct machine *m, int64_t i)
{
    return push(m, (struct value){.kind = INT, .at.i = i});
}

static int do_int(struct machine *m, size_t n)
{
    uint64_t v;
    if (take(m, n, &v))
        return m->err->code;
    return push_int(m, n == 4 ? (int32_t)v : (int64_t)v);
}

/* LONG1: n bytes in two's complement. */
static int do_long(struct machine *m)
{
    uint64_t n, v;
    if (take(m, 1, &n))
        return m->err->code;
    if (n > 8)
        return bad(m, "a number above 64 bits");
    if (take(m, n, &v))
        return m->err->code;
    if (n && n < 8 && v >> (8 * n - 1))
        v |= ~(uint64_t)0 << (8 * n);
    return push_int(m, (int64_t)v);
}

static int do_string(struct machine *m)
{
    uint64_t n;
    if (take(m, 4, &n))
        return m->err->code;
    if (n > (size_t)(m->end - m->p))
        return cut_off(m);
    const struct value v = {.kind = STRING, .n = (uint32_t)n, .at.p = (const char *)m->p};
    m->p += n;
    return push(m, v);
}

static int put(struct machine *m, size_t width)
{
    uint64_t at;
    if (take(m, width, &at))
        return m->err->code;
    /* Picklers count: a slot far beyond the last one would only take memory. */
    if (!m->n_stack || at > m->n_memo)
        return bad(m, "PUT without a value or out of order");
    if (at == m->n_memo) {
        if (weir_grow(&m->memo, &m->cap_memo, m->n_memo + 1, sizeof *m->memo))
            return no_memory(m);
        m->n_memo++;
    }
    m->memo[at] = m->stack[m->n_stack - 1];
    return 0;
}

static int fetch(struct machine *m, size_t width)
{
    uint64_t at;
    if (take(m, width, &at))
        return m->err->code;
    return at < m->n_memo ? push(m, m->memo[at]) : bad(m, "GET of what was never put");
}

static const struct {
    const char *name;
    enum tensor_dtype dtype;
} storages[] = {
    {"FloatStorage", TENSOR_F32},  {"HalfStorage", TENSOR_F16}, {"BFloat16Storage", TENSOR_BF16},
    {"DoubleStorage", TENSOR_F64}, {"LongStorage", TENSOR_I64}, {"IntStorage", TENSOR_I32},
    {"ShortStorage", TENSOR_I16},  {"CharStorage", TENSOR_I8},  {"ByteStorage", TENSOR_U8},
    {"BoolStorage", TENSOR_BOOL},
};

static int line(struct machine *m, struct weir_span *s)
{
    const uint8_t *nl = memchr(m->p, '\n', (size_t)(m->end - m->p));
    if (!nl)
        return cut_off(m);
    *s = weir_span((const char *)m->p, (size_t)(nl - m->p));
    m->p = nl + 1;
    return 0;
}

static int do_global(struct machine *m)
{
    struct weir_span module, name;
    struct value v = {.kind = GLOBAL};
    if (line(m, &module) || line(m, &name))
        return m->err->code;
    if (weir_span_is(module, "collections") && weir_span_is(name, "OrderedDict")) {
        v.what = ORDERED_DICT;
        return push(m, v);
    }
    if (weir_span_is(module, "torch._utils") && weir_span_is(name, "_rebuild_tensor_v2")) {
        v.what = REBUILD_TENSOR;
        return push(m, v);
    }
    if (weir_span_is(module, "torch._utils") && weir_span_is(name, "_rebuild_parameter")) {
        v.what = REBUILD_PARAMETER;
        return push(m, v);
    }
    for (size_t i = 0; weir_span_is(module, "torch") && i < sizeof storages / sizeof *storages; i++)
        if (weir_span_is(name, storages[i].name)) {
            v.what = STORAGE_TYPE;
            v.n = storages[i].dtype;
            return push(m, v);
        }
    return weir_err_set(m->err, WEIR_EBAD,
                        "data.pkl: it asks Python for %.*s.%.*s; only plain tensors are read: save "
                        "the state_dict() itself",
                        (int)(module.n < 60 ? module.n : 60), module.p,
                        (int)(name.n < 60 ? name.n : 60), name.p);
}

/* The n topmost values become a tuple. */
static int do_tuple(struct machine *m, size_t n)
{
    if (m->n_stack < n)
        return bad(m, "a tuple of what is not there");
    if (m->n_item + n > INT64_MAX ||
        weir_grow(&m->item, &m->cap_item, m->n_item + n, sizeof *m->item))
        return no_memory(m);
    if (n)
        memcpy(m->item + m->n_item, m->stack + m->n_stack - n, n * sizeof *m->item);
    const struct value v = {.kind = TUPLE, .n = (uint32_t)n, .at.i = (int64_t)m->n_item};
    m->n_item += n;
    m->n_stack -= n;
    return push(m, v);
}

/* Values above the last MARK; the MARK goes.  SIZE_MAX when there is none. */
static size_t since_mark(struct machine *m)
{
    size_t at = m->n_stack;
    while (at > 0 && m->stack[at - 1].kind != MARK)
        at--;
    if (!at)
        return SIZE_MAX;
    const size_t n = m->n_stack - at;
    memmove(m->stack + at - 1, m->stack + at, n * sizeof *m->stack);
    m->n_stack--;
    return n;
}

/* ("storage", type, key, place, number of elements) */
static int do_persistent(struct machine *m)
{
    const struct value id = pop(m);
    const struct value *a = id.kind == TUPLE && id.n == 5 ? m->item + id.at.i : NULL;
    if (!a || a[0].kind != STRING || a[1].kind != GLOBAL || a[1].what != STORAGE_TYPE ||
        a[2].kind != STRING || a[4].kind != INT)
        return bad(m, "a persistent id that is no storage");
    return push(m, (struct value){
                       .kind = STORAGE, .what = (uint8_t)a[1].n, .n = a[2].n, .at.p = a[2].at.p});
}

static int storage_bytes(struct machine *m, const struct value *s, struct weir_span *data)
{
    struct weir_buf name = {0};
    weir_buf_add(&name, m->prefix.p, m->prefix.n);
    weir_buf_adds(&name, "data/");
    weir_buf_add(&name, s->at.p, s->n);
    int rc = weir_buf_check(&name, m->err);
    const struct zip_record *r = rc ? NULL : zip_find(m->z, weir_buf_span(&name));
    weir_buf_free(&name);
    if (!rc && !r)
        rc = bad(m, "a tensor's storage is not in the archive");
    if (!rc)
        *data = r->data;
    return rc;
}

/* Sizes and strides of contiguous numbers in C order. */
static int read_shape(struct machine *m, const struct value *size, const struct value *stride,
                      struct tensor *t)
{
    uint64_t run = 1;
    if (size->kind != TUPLE || stride->kind != TUPLE || size->n != stride->n)
        return bad(m, "a tensor without size and stride");
    if (size->n > TENSOR_MAX_DIMS)
        return bad(m, "a tensor of more than eight dimensions");
    t->n_dims = size->n;
    for (unsigned i = t->n_dims; i-- > 0;) {
        const struct value *n = m->item + size->at.i + i, *s = m->item + stride->at.i + i;
        if (n->kind != INT || s->kind != INT || n->at.i < 0)
            return bad(m, "a tensor's size is no number");
        t->shape[i] = (uint64_t)n->at.i;
        if (n->at.i > 1 && s->at.i != (int64_t)run)
            return bad(m, "a tensor is transposed or a slice: save it with .contiguous()");
        if (n->at.i > 1 && (__builtin_mul_overflow(run, t->shape[i], &run) || run > INT64_MAX))
            return bad(m, "a tensor's size overflows");
    }
    return 0;
}

/* (storage, offset, size, stride, requires_grad, hooks) */
static int do_rebuild(struct machine *m, const struct value *a, size_t n)
{
    struct tensor t = {0};
    struct weir_span data;
    uint64_t count, from;
    if (n < 6 || a[0].kind != STORAGE || a[1].kind != INT || a[1].at.i < 0)
        return bad(m, "a tensor without its storage");
    t.dtype = (enum tensor_dtype)a[0].what;
    if (read_shape(m, &a[2], &a[3], &t) || storage_bytes(m, &a[0], &data))
        return m->err->code;
    if (tensor_count(t.shape, t.n_dims, t.dtype, &count, &t.n_bytes) ||
        __builtin_mul_overflow((uint64_t)a[1].at.i, (uint64_t)tensor_dtype_bytes(t.dtype), &from) ||
        from > data.n || t.n_bytes > data.n - from)
        return bad(m, "a tensor reaches behind its storage");
    t.data = data.p + from;
    if (weir_grow(&m->made, &m->cap_made, m->n_made + 1, sizeof *m->made))
        return no_memory(m);
    m->made[m->n_made] = t;
    return push(m, (struct value){.kind = TENSOR, .at.i = (int64_t)m->n_made++});
}

static int do_reduce(struct machine *m)
{
    const struct value args = pop(m), f = pop(m);
    if (args.kind != TUPLE || f.kind != GLOBAL || f.what == STORAGE_TYPE)
        return bad(m, "a call of what cannot be called");
    const struct value *a = m->item + args.at.i;
    if (f.what == ORDERED_DICT)
        return args.n ? bad(m, "an OrderedDict with arguments")
                      : push(m, (struct value){.kind = DICT});
    if (f.what == REBUILD_TENSOR)
        return do_rebuild(m, a, args.n);
    if (!args.n || a[0].kind != TENSOR)
        return bad(m, "a parameter without its tensor");
    return push(m, a[0]);
}

static int set_item(struct machine *m, const struct value *key, const struct value *v)
{
    if (key->kind != STRING || memchr(key->at.p, '\0', key->n))
        return bad(m, "a name that is no string");
    if (v->kind != TENSOR)
        return weir_err_set(m->err, WEIR_EBAD,
                            "data.pkl: %.*s is no tensor: save the state_dict() itself",
                            (int)(key->n < 100 ? key->n : 100), key->at.p);
    struct tensor *t = tensors_add(m->to, weir_span(key->at.p, key->n));
    if (!t)
        return no_memory(m);
    char *name = t->name;
    *t = m->made[v->at.i];
    t->name = name;
    t->file = m->file;
    return 0;
}

/* Key and value pairs, the n topmost values, into the dict below them.  The outermost dict is the
 * model; those inside it are hooks and torch's _metadata, which say nothing of the numbers. */
static int set_items(struct machine *m, size_t n)
{
    if (n == SIZE_MAX || n % 2 || m->n_stack < n + 1)
        return bad(m, "members without a dict");
    const size_t dict = m->n_stack - n - 1;
    if (m->stack[dict].kind != DICT)
        return bad(m, "members of what is no dict");
    for (size_t i = dict + 1; !dict && i < m->n_stack; i += 2)
        if (set_item(m, &m->stack[i], &m->stack[i + 1]))
            return m->err->code;
    m->n_stack -= n;
    return 0;
}

/* A list's items say nothing of tensors; it stands for itself. */
static int append(struct machine *m, size_t n)
{
    if (n == SIZE_MAX || m->n_stack < n + 1 || m->stack[m->n_stack - n - 1].kind != LIST)
        return bad(m, "items of what is no list");
    m->n_stack -= n;
    return 0;
}

static int push_kind(struct machine *m, enum kind kind, uint32_t n)
{
    return push(m, (struct value){.kind = (uint8_t)kind, .n = n});
}

static int literal(struct machine *m, uint8_t op)
{
    switch (op) {
    case 'N':
        return push_kind(m, NONE, 0);
    case 0x88: // NEWTRUE, NEWFALSE
    case 0x89:
        return push_kind(m, BOOL, op == 0x88);
    case 'X':
        return do_string(m);
    case 'K':
        return do_int(m, 1);
    case 'M':
        return do_int(m, 2);
    case 'J':
        return do_int(m, 4);
    case 0x8A:
        return do_long(m);
    }
    return weir_err_set(m->err, WEIR_EBAD,
                        "data.pkl: opcode 0x%02x is none that a dict of tensors needs", op);
}

static int step(struct machine *m, uint8_t op)
{
    uint64_t v;
    size_t n;
    switch (op) {
    case 0x80: // PROTO
        return take(m, 1, &v) ? m->err->code : v > 3 ? bad(m, "a protocol above 3") : 0;
    case '}':
        return push_kind(m, DICT, 0);
    case ']':
        return push_kind(m, LIST, 0);
    case '(':
        return push_kind(m, MARK, 0);
    case ')':
        return do_tuple(m, 0);
    case 0x85: // TUPLE1 … TUPLE3
    case 0x86:
    case 0x87:
        return do_tuple(m, op - 0x84u);
    case 't':
        n = since_mark(m);
        return n == SIZE_MAX ? bad(m, "a tuple without its MARK") : do_tuple(m, n);
    case 'q':
        return put(m, 1);
    case 'r':
        return put(m, 4);
    case 'h':
        return fetch(m, 1);
    case 'j':
        return fetch(m, 4);
    case 'c':
        return do_global(m);
    case 'Q':
        return do_persistent(m);
    case 'R':
        return do_reduce(m);
    case 's':
        return set_items(m, 2);
    case 'u':
        return set_items(m, since_mark(m));
    case 'a':
        return append(m, 1);
    case 'e':
        return append(m, since_mark(m));
    case 'b': // BUILD: an object's attributes, torch's _metadata
        pop(m);
        return m->n_stack ? 0 : bad(m, "BUILD of nothing");
    }
    return literal(m, op);
}

static int run(struct machine *m)
{
    while (m->p < m->end) {
        const uint8_t op = *m->p++;
        if (op == '.')
            return m->n_stack == 1 && m->stack[0].kind == DICT
                       ? 0
                       : bad(m, "it holds no dict: save a state_dict()");
        if (step(m, op))
            return m->err->code;
    }
    return cut_off(m);
}

int torch_pickle_read(struct weir_span pickle, const struct zip *z, struct weir_span prefix,
                      const char *file, struct tensors *t, struct weir_err *err)
{
    struct machine m = {.p = (const uint8_t *)pickle.p,
                        .end = (const uint8_t *)pickle.p + pickle.n,
                        .z = z,
                        .prefix = prefix,
                        .file = file,
                        .to = t,
                        .err = err};
    const int rc = run(&m);
    free(m.stack);
    free(m.memo);
    free(m.item);
    free(m.made);
    return rc;
}
