/* The zip dialect of caffe2/serialize/inline_container.cc over miniz: stored records that begin at
 * multiples of 64, sizes behind the data, 64-bit fields only where they are needed, always a 64-bit
 * end.  Field by field: PKWARE's APPNOTE.TXT 4.3.7, 4.3.9, 4.3.12, 4.3.14-16, 4.5.3. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include "infer/torch_write.h"

enum { ALIGN = 64, LOCAL_BYTES = 30 };
#define NARROW_MAX UINT64_C(0xFFFFFFFF)

struct zip_written {
    char *name; // with the prefix
    uint64_t at, size;
    uint32_t crc;
};

static void number(struct weir_buf *b, uint64_t v, unsigned n_bytes)
{
    for (unsigned i = 0; i < n_bytes; i++, v >>= 8)
        weir_buf_addc(b, (char)(v & 0xFF));
}

static uint32_t narrow(uint64_t v)
{
    return v < NARROW_MAX ? (uint32_t)v : (uint32_t)NARROW_MAX;
}

static int is_wide(const struct zip_written *r)
{
    return r->size >= NARROW_MAX || r->at >= NARROW_MAX;
}

/* The block of 64-bit fields; packed: the size "after compression", 0 while it is not known. */
static void wide_block(struct weir_buf *b, const struct zip_written *r, uint64_t packed)
{
    if (!is_wide(r))
        return;
    number(b, 1, 2);
    number(b, (r->size >= NARROW_MAX ? 16 : 0) + (r->at >= NARROW_MAX ? 8 : 0), 2);
    if (r->size >= NARROW_MAX) {
        number(b, r->size, 8);
        number(b, packed, 8);
    }
    if (r->at >= NARROW_MAX)
        number(b, r->at, 8);
}

static unsigned flags(const struct zip_written *r)
{
    return r->size ? 0x0808 : 0x0800; // names in UTF-8; sizes behind the data
}

static int put(struct zip_writer *z, struct weir_buf *b, struct weir_err *err)
{
    int rc = weir_buf_check(b, err);
    if (!rc)
        rc = weir_io_write(z->io, b->p, b->n, err);
    weir_buf_free(b);
    return rc;
}

static struct zip_written *add_record(struct zip_writer *z, const char *name, struct weir_err *err)
{
    struct weir_buf full = {0};
    weir_buf_addf(&full, "%s/%s", z->prefix, name);
    weir_buf_addc(&full, '\0');
    if (weir_buf_check(&full, err))
        return NULL;
    char *copy = strdup(full.p);
    weir_buf_free(&full);
    if (!copy || weir_grow(&z->record, &z->cap, z->n + 1, sizeof *z->record)) {
        free(copy);
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    z->record[z->n] = (struct zip_written){.name = copy};
    return &z->record[z->n++];
}

int zip_write_begin(struct zip_writer *z, const char *name, uint64_t size, struct weir_err *err)
{
    struct weir_buf block = {0}, b = {0};
    struct zip_written *r = add_record(z, name, err);
    if (!r)
        return err->code;
    r->at = weir_io_offset(z->io);
    r->size = size;
    z->crc = 0;
    const size_t n_name = strlen(r->name);
    wide_block(&block, r, 0);
    const uint64_t start = r->at + LOCAL_BYTES + n_name + 4 + block.n;
    const size_t pad = (size_t)(-start % ALIGN);
    number(&b, 0x04034B50, 4);
    number(&b, 0, 2); // version needed
    number(&b, flags(r), 2);
    number(&b, 0, 2 + 2 + 2); // method, time, date
    number(&b, 0, 4);         // CRC
    number(&b, 0, 8);         // both sizes
    number(&b, n_name, 2);
    number(&b, block.n + 4 + pad, 2);
    weir_buf_add(&b, r->name, n_name);
    weir_buf_add(&b, block.p, block.n);
    weir_buf_adds(&b, "FB");
    number(&b, pad, 2);
    for (size_t i = 0; i < pad; i++)
        weir_buf_addc(&b, 'Z');
    weir_buf_free(&block);
    return put(z, &b, err);
}

int zip_write_data(struct zip_writer *z, const void *p, size_t n, struct weir_err *err)
{
    z->crc = (uint32_t)crc32_z(z->crc, p, n);
    return weir_io_write(z->io, p, n, err);
}

int zip_write_end(struct zip_writer *z, struct weir_err *err)
{
    struct weir_buf b = {0};
    struct zip_written *r = &z->record[z->n - 1];
    const unsigned width = is_wide(r) ? 8 : 4;
    r->crc = z->crc;
    if (!r->size)
        return 0;
    number(&b, 0x08074B50, 4);
    number(&b, r->crc, 4);
    number(&b, r->size, width);
    number(&b, r->size, width);
    return put(z, &b, err);
}

static void add_entry(struct weir_buf *b, const struct zip_written *r)
{
    struct weir_buf block = {0};
    wide_block(&block, r, r->size);
    number(b, 0x02014B50, 4);
    number(b, 0, 2 + 2); // made by, version needed
    number(b, flags(r), 2);
    number(b, 0, 2 + 2 + 2); // method, time, date
    number(b, r->crc, 4);
    number(b, narrow(r->size), 4);
    number(b, narrow(r->size), 4);
    number(b, strlen(r->name), 2);
    number(b, block.n, 2);
    number(b, 0, 2 + 2 + 2); // comment, disk, attributes inside
    number(b, 0, 4);         // attributes outside
    number(b, narrow(r->at), 4);
    weir_buf_adds(b, r->name);
    weir_buf_add(b, block.p, block.n);
    if (block.failed)
        b->failed = 1;
    weir_buf_free(&block);
}

int zip_write_directory(struct zip_writer *z, struct weir_err *err)
{
    struct weir_buf b = {0};
    const uint64_t at = weir_io_offset(z->io);
    for (size_t i = 0; i < z->n; i++)
        add_entry(&b, &z->record[i]);
    const uint64_t bytes = b.n, end = at + bytes;
    number(&b, 0x06064B50, 4);
    number(&b, 44, 8); // bytes that follow
    number(&b, 0x031E, 2);
    number(&b, 45, 2);
    number(&b, 0, 4 + 4); // disks
    number(&b, z->n, 8);
    number(&b, z->n, 8);
    number(&b, bytes, 8);
    number(&b, at, 8);
    number(&b, 0x07064B50, 4);
    number(&b, 0, 4);
    number(&b, end, 8);
    number(&b, 1, 4);
    number(&b, 0x06054B50, 4);
    number(&b, 0, 2 + 2);
    number(&b, z->n < 0xFFFF ? z->n : 0xFFFF, 2);
    number(&b, z->n < 0xFFFF ? z->n : 0xFFFF, 2);
    number(&b, narrow(bytes), 4);
    number(&b, narrow(at), 4);
    number(&b, 0, 2); // comment
    return put(z, &b, err);
}

void zip_writer_free(struct zip_writer *z)
{
    for (size_t i = 0; i < z->n; i++)
        free(z->record[i].name);
    free(z->record);
    *z = (struct zip_writer){0};
}
