#include "indexer/index_torch.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* ZIP: PKWARE's APPNOTE.TXT, sections 4.3.7 to 4.3.16.  Torch stores records without time, with
 * sizes and CRC only behind the data and in the directory, and with their data on a multiple of 64
 * bytes, padded by an extra field "FB" that is filled with Z. */
enum { LOCAL_BYTES = 30, ALIGNMENT = 64, FLAGS = 0x0808, EXTRA_BYTES = 4 };

struct record {
    const char *name, *data;
    size_t n, at;
    uint32_t crc;
};

static void put(struct weir_buf *b, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        weir_buf_addc(b, (char)(i < 8 ? value >> 8 * i : 0));
}

static void put_record(struct weir_buf *b, size_t base, const char *archive, struct record *r)
{
    const size_t name_bytes = strlen(archive) + 1 + strlen(r->name);
    r->at = b->n - base;
    r->crc = (uint32_t)crc32(0, (const unsigned char *)r->data, (unsigned)r->n);
    const size_t end = r->at + LOCAL_BYTES + name_bytes + EXTRA_BYTES;
    const size_t padding = (ALIGNMENT - end % ALIGNMENT) % ALIGNMENT;
    weir_buf_adds(b, "PK\3\4");
    put(b, 0, 2); // version needed
    put(b, FLAGS, 2);
    put(b, 0, 2 + 4 + 4 + 4 + 4); // stored; no time; CRC and sizes follow the data
    put(b, name_bytes, 2);
    put(b, EXTRA_BYTES + padding, 2);
    weir_buf_addf(b, "%s/%s", archive, r->name);
    weir_buf_adds(b, "FB");
    put(b, padding, 2);
    for (size_t i = 0; i < padding; i++)
        weir_buf_addc(b, 'Z');
    weir_buf_add(b, r->data, r->n);
    weir_buf_adds(b, "PK\7\10");
    put(b, r->crc, 4);
    put(b, r->n, 4);
    put(b, r->n, 4);
}

static void put_directory(struct weir_buf *b, const char *archive, const struct record *r)
{
    weir_buf_adds(b, "PK\1\2");
    put(b, 0, 2 + 2); // made by, version needed
    put(b, FLAGS, 2);
    put(b, 0, 2 + 4); // stored; no time
    put(b, r->crc, 4);
    put(b, r->n, 4);
    put(b, r->n, 4);
    put(b, strlen(archive) + 1 + strlen(r->name), 2);
    put(b, 0, 2 + 2 + 2 + 2 + 4); // extra, comment, disk, attributes
    put(b, r->at, 4);
    weir_buf_addf(b, "%s/%s", archive, r->name);
}

static void put_end(struct weir_buf *b, size_t base, uint64_t directory_at, uint64_t n_records)
{
    const uint64_t end = b->n - base, directory_bytes = end - directory_at;
    weir_buf_adds(b, "PK\6\6");
    put(b, 44, 8);     // bytes of this record behind here
    put(b, 0x031E, 2); // made by: Unix, 3.0
    put(b, 45, 2);     // version needed: ZIP64
    put(b, 0, 4 + 4);  // disks
    put(b, n_records, 8);
    put(b, n_records, 8);
    put(b, directory_bytes, 8);
    put(b, directory_at, 8);
    weir_buf_adds(b, "PK\6\7");
    put(b, 0, 4);
    put(b, end, 8);
    put(b, 1, 4);
    weir_buf_adds(b, "PK\5\6");
    put(b, 0, 2 + 2);
    put(b, n_records, 2);
    put(b, n_records, 2);
    put(b, directory_bytes, 4);
    put(b, directory_at, 4);
    put(b, 0, 2);
}

/* Pickle protocol 2 (Python's pickletools): PROTO 2, EMPTY_LIST, BINPUT 0, then the items, at most
 * 1,000 between MARK and APPENDS, and STOP. */
static void pickle_int(struct weir_buf *b, uint64_t v)
{
    if (v <= 0xFF) {
        weir_buf_addc(b, 'K');
        put(b, v, 1);
    } else if (v <= 0xFFFF) {
        weir_buf_addc(b, 'M');
        put(b, v, 2);
    } else if (v <= INT32_MAX) {
        weir_buf_addc(b, 'J');
        put(b, v, 4);
    } else {
        size_t bytes = 1; // LONG1: two's complement, so the top bit must stay clear
        while (bytes < 9 && v >> (8 * bytes - 1))
            bytes++;
        weir_buf_addc(b, '\x8a');
        put(b, bytes, 1);
        put(b, v, bytes);
    }
}

static void pickle_list(struct weir_buf *b, const uint64_t *v, size_t n)
{
    weir_buf_add(b, "\x80\x02]q\0", 5);
    if (n == 1) {
        pickle_int(b, v[0]);
        weir_buf_addc(b, 'a');
    }
    for (size_t i = 0; n > 1 && i < n;) {
        weir_buf_addc(b, '(');
        for (const size_t end = n - i > 1000 ? i + 1000 : n; i < end; i++)
            pickle_int(b, v[i]);
        weir_buf_addc(b, 'e');
    }
    weir_buf_addc(b, '.');
}

void index_torch_put(struct weir_buf *b, const char *name, const uint64_t *v, size_t n)
{
    struct weir_buf pickle = {0};
    pickle_list(&pickle, v, n);
    if (pickle.failed) {
        b->failed = 1;
    } else {
        struct record records[2] = {{.name = "data.pkl", .data = pickle.p, .n = pickle.n},
                                    {.name = "version", .data = "3\n", .n = 2}};
        const size_t base = b->n;
        put_record(b, base, name, &records[0]);
        put_record(b, base, name, &records[1]);
        const size_t directory_at = b->n - base;
        put_directory(b, name, &records[0]);
        put_directory(b, name, &records[1]);
        put_end(b, base, directory_at, 2);
    }
    weir_buf_free(&pickle);
}

/* ---- reading ---- */

struct cursor {
    const unsigned char *p;
    size_t n;
};

static int take(struct cursor *c, size_t bytes, uint64_t *value)
{
    if (c->n < bytes)
        return WEIR_EBAD;
    *value = 0;
    for (size_t i = 0; i < bytes; i++)
        if (i < 8)
            *value |= (uint64_t)c->p[i] << 8 * i;
    c->p += bytes, c->n -= bytes;
    return 0;
}

static int take_item(struct cursor *c, int op, uint64_t *value)
{
    uint64_t bytes = op == 'K' ? 1 : op == 'M' ? 2 : op == 'J' ? 4 : 0;
    if (op == 0x8a && (take(c, 1, &bytes) || bytes > 8))
        return WEIR_EBAD;
    if (!bytes || take(c, bytes, value))
        return WEIR_EBAD;
    /* K and M are unsigned, the others two's complement: a count is never negative */
    return (op == 'J' || op == 0x8a) && *value >> (8 * bytes - 1) ? WEIR_EBAD : 0;
}

static int unpickle(struct cursor c, uint64_t **v, size_t *n_v)
{
    size_t cap = 0;
    uint64_t op = 0, value;
    if (c.n < 5 || memcmp(c.p, "\x80\x02]q\0", 5))
        return WEIR_EBAD;
    c.p += 5, c.n -= 5;
    while (!take(&c, 1, &op) && op != '.') {
        if (op == '(' || op == 'e' || op == 'a')
            continue;
        if (take_item(&c, (int)op, &value))
            return WEIR_EBAD;
        if (weir_grow(v, &cap, *n_v + 1, sizeof **v))
            return WEIR_EMEM;
        (*v)[(*n_v)++] = value;
    }
    return op == '.' ? 0 : WEIR_EBAD;
}

int index_torch_get(const void *p, size_t n, uint64_t **v, size_t *n_v, struct weir_err *err)
{
    struct cursor c = {p, n};
    uint64_t word = 0, method = 0, name_bytes = 0, extra_bytes = 0, skip;
    *v = NULL;
    *n_v = 0;
    int rc = take(&c, 4, &word) || word != 0x04034B50 || take(&c, 4, &skip) ||
             take(&c, 2, &method) || method || take(&c, 16, &skip) || take(&c, 2, &name_bytes) ||
             take(&c, 2, &extra_bytes) || c.n < name_bytes + extra_bytes;
    if (!rc) {
        c.p += name_bytes + extra_bytes, c.n -= name_bytes + extra_bytes;
        rc = unpickle(c, v, n_v);
    }
    if (!rc)
        return 0;
    free(*v);
    *v = NULL;
    *n_v = 0;
    if (rc == WEIR_EMEM)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    return weir_err_set(err, WEIR_EBAD, "not a torch.save() file of a list of whole numbers");
}
