/* PKWARE's APPNOTE.TXT, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.14-16 (its
 * end, also in 64 bits) and 4.5.3 (64-bit sizes of a record). */
#include "infer/torch_zip.h"

#include <stdlib.h>
#include <string.h>

struct bytes {
    const uint8_t *p;
    uint64_t n;
};

static uint64_t get(const uint8_t *p, unsigned n)
{
    uint64_t v = 0;
    for (unsigned i = n; i-- > 0;)
        v = v << 8 | p[i];
    return v;
}

static int has(const struct bytes *b, uint64_t at, uint64_t n)
{
    return at <= b->n && n <= b->n - at;
}

static int broken(struct weir_err *err, const char *what)
{
    return weir_err_set(err, WEIR_EBAD, "the archive is broken: %s", what);
}

enum { END_BYTES = 22, LOCATOR_BYTES = 20, END64_BYTES = 56, ENTRY_BYTES = 46, LOCAL_BYTES = 30 };

/* Where the record that ends the archive begins; a comment of up to 64 KB may follow it. */
static int find_end(const struct bytes *b, uint64_t *at)
{
    if (b->n < END_BYTES)
        return 0;
    const uint64_t last = b->n - END_BYTES, first = last > 0xFFFF ? last - 0xFFFF : 0;
    for (uint64_t i = last + 1; i-- > first;)
        if (get(b->p + i, 4) == 0x06054B50 && get(b->p + i + 20, 2) == b->n - i - END_BYTES) {
            *at = i;
            return 1;
        }
    return 0;
}

static int find_directory(const struct bytes *b, uint64_t *at, uint64_t *n, struct weir_err *err)
{
    uint64_t end, end64;
    if (!find_end(b, &end))
        return weir_err_set(err, WEIR_EBAD,
                            "the archive has no end: was it copied or downloaded in part?");
    *n = get(b->p + end + 10, 2);
    *at = get(b->p + end + 16, 4);
    if (end < LOCATOR_BYTES || get(b->p + end - LOCATOR_BYTES, 4) != 0x07064B50)
        return 0;
    end64 = get(b->p + end - LOCATOR_BYTES + 8, 8);
    if (!has(b, end64, END64_BYTES) || get(b->p + end64, 4) != 0x06064B50)
        return broken(err, "its 64-bit end is not where it says");
    *n = get(b->p + end64 + 32, 8);
    *at = get(b->p + end64 + 48, 8);
    return 0;
}

/* Sizes and place that stand in the 64-bit block because they do not fit 32 bits. */
static int widen(const uint8_t *extra, uint64_t n, uint64_t *size, uint64_t *packed,
                 uint64_t *place)
{
    uint64_t *const wide[] = {size, packed, place};
    while (n >= 4) {
        const uint64_t id = get(extra, 2), len = get(extra + 2, 2);
        if (len > n - 4)
            return 0;
        if (id == 1) {
            uint64_t used = 0;
            for (int i = 0; i < 3; i++)
                if (*wide[i] == 0xFFFFFFFF) {
                    if (used + 8 > len)
                        return 0;
                    *wide[i] = get(extra + 4 + used, 8);
                    used += 8;
                }
            return 1;
        }
        extra += 4 + len;
        n -= 4 + len;
    }
    return *size != 0xFFFFFFFF && *packed != 0xFFFFFFFF && *place != 0xFFFFFFFF;
}

static int add_record(struct zip *z, const struct bytes *b, const uint8_t *entry, uint64_t n_name,
                      uint64_t n_extra, struct weir_err *err)
{
    uint64_t packed = get(entry + 20, 4), size = get(entry + 24, 4), place = get(entry + 42, 4);
    if (!widen(entry + ENTRY_BYTES + n_name, n_extra, &size, &packed, &place))
        return broken(err, "a 64-bit size is missing");
    if (get(entry + 10, 2) != 0 || packed != size || get(entry + 8, 2) & 1)
        return weir_err_set(err, WEIR_EBAD,
                            "a record is compressed or encrypted: torch.save() does neither");
    if (!has(b, place, LOCAL_BYTES) || get(b->p + place, 4) != 0x04034B50)
        return broken(err, "a record is not where it says");
    const uint64_t skip = LOCAL_BYTES + get(b->p + place + 26, 2) + get(b->p + place + 28, 2);
    if (!has(b, place + skip, size))
        return weir_err_set(err, WEIR_EBAD,
                            "a record ends behind the file: was it copied or downloaded in part?");
    if (weir_grow(&z->at, &z->cap, z->n + 1, sizeof *z->at))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    z->at[z->n++] =
        (struct zip_record){.name = weir_span((const char *)entry + ENTRY_BYTES, n_name),
                            .data = weir_span((const char *)b->p + place + skip, size)};
    return 0;
}

static int compare(struct weir_span a, struct weir_span b)
{
    const int c = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

static int by_name(const void *a, const void *b)
{
    return compare(((const struct zip_record *)a)->name, ((const struct zip_record *)b)->name);
}

int zip_read(struct zip *z, const uint8_t *p, uint64_t n, struct weir_err *err)
{
    const struct bytes b = {p, n};
    uint64_t at = 0, n_entries = 0;
    int rc = find_directory(&b, &at, &n_entries, err);
    for (uint64_t i = 0; !rc && i < n_entries; i++) {
        if (!has(&b, at, ENTRY_BYTES) || get(p + at, 4) != 0x02014B50)
            return broken(err, "its directory is cut off");
        const uint64_t n_name = get(p + at + 28, 2), n_extra = get(p + at + 30, 2);
        const uint64_t whole = ENTRY_BYTES + n_name + n_extra + get(p + at + 32, 2);
        if (!has(&b, at, whole))
            return broken(err, "its directory is cut off");
        rc = add_record(z, &b, p + at, n_name, n_extra, err);
        at += whole;
    }
    if (!rc && z->n)
        qsort(z->at, z->n, sizeof *z->at, by_name);
    return rc;
}

void zip_free(struct zip *z)
{
    free(z->at);
    *z = (struct zip){0};
}

const struct zip_record *zip_find(const struct zip *z, struct weir_span name)
{
    const struct zip_record key = {.name = name};
    return z->n ? bsearch(&key, z->at, z->n, sizeof *z->at, by_name) : NULL;
}

/* The one record whose name ends in "/data.pkl"; what stands before is every record's prefix. */
static const struct zip_record *find_pickle(const struct zip *z, struct weir_span *prefix)
{
    static const char tail[] = "/data.pkl";
    const size_t n = sizeof tail - 1;
    for (size_t i = 0; i < z->n; i++) {
        const struct weir_span name = z->at[i].name;
        if (name.n >= n && !memcmp(name.p + name.n - n, tail, n)) {
            *prefix = weir_span(name.p, name.n - n + 1);
            return &z->at[i];
        }
    }
    return NULL;
}

static int read_archive(const struct zip *z, const char *file, struct tensors *t,
                        struct weir_err *err)
{
    struct weir_span prefix;
    struct weir_buf name = {0};
    const struct zip_record *pickle = find_pickle(z, &prefix), *order;
    if (!pickle)
        return weir_err_set(err, WEIR_EBAD, "a zip archive, but no torch checkpoint: no data.pkl");
    weir_buf_add(&name, prefix.p, prefix.n);
    weir_buf_adds(&name, "byteorder");
    int rc = weir_buf_check(&name, err);
    if (!rc && (order = zip_find(z, weir_buf_span(&name))) && !weir_span_is(order->data, "little"))
        rc = weir_err_set(err, WEIR_EBAD, "its numbers are not little-endian");
    weir_buf_free(&name);
    return rc ? rc : torch_pickle_read(pickle->data, z, prefix, file, t, err);
}

int torch_read(const uint8_t *p, uint64_t n, const char *file, struct tensors *t,
               struct weir_err *err)
{
    struct zip z = {0};
    int rc;
    if (n >= 2 && p[0] == 0x80)
        rc = weir_err_set(err, WEIR_EBAD,
                          "a torch checkpoint as written before torch 1.6: load it there and save "
                          "it again");
    else if (n < 4 || memcmp(p, "PK\3\4", 4) != 0)
        rc = weir_err_set(err, WEIR_EBAD, "not a torch checkpoint");
    else
        rc = zip_read(&z, p, n, err);
    if (!rc)
        rc = read_archive(&z, file, t, err);
    zip_free(&z);
    if (rc)
        weir_err_prefix(err, "%s", file);
    return rc;
}
