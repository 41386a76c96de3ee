#include "lib/index_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "datasets are little-endian");

/* ---- files ---- */

static void set_path(struct weir_buf *path, const char *prefix, const char *ext)
{
    weir_buf_adds(path, prefix);
    weir_buf_adds(path, ext);
    weir_buf_addc(path, '\0');
}

int index_file_open(struct index_file *f, const char *prefix, const char *ext, struct weir_err *err)
{
    f->fd = -1;
    f->path.n = 0;
    set_path(&f->path, prefix, ext);
    if (weir_buf_check(&f->path, err))
        return WEIR_EMEM;
    f->fd = open(f->path.p, O_RDONLY | O_CLOEXEC);
    if (f->fd < 0)
        return weir_err_errno(err, "%s", f->path.p);
    struct stat st;
    if (fstat(f->fd, &st))
        return weir_err_errno(err, "%s", f->path.p);
    if (!S_ISREG(st.st_mode))
        return weir_err_set(err, WEIR_EBAD, "%s: not a regular file", f->path.p);
    f->size = (uint64_t)st.st_size;
    return 0;
}

int index_file_read(const struct index_file *f, uint64_t at, void *p, size_t n,
                    struct weir_err *err)
{
    if (at > f->size || n > f->size - at)
        return weir_err_set(err, WEIR_EBAD,
                            "%s: ends at byte %" PRIu64 ", wanted %zu from %" PRIu64, f->path.p,
                            f->size, n, at);
    for (char *to = p; n;) {
        const ssize_t got = pread(f->fd, to, n, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return weir_err_errno(err, "%s", f->path.p);
        if (!got)
            return weir_err_set(err, WEIR_EBAD, "%s: became shorter while it was read", f->path.p);
        to += got, n -= (size_t)got, at += (uint64_t)got;
    }
    return 0;
}

void index_file_close(struct index_file *f)
{
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
    weir_buf_free(&f->path);
}

int index_file_exists(const char *prefix, const char *ext)
{
    struct weir_buf path = {0};
    set_path(&path, prefix, ext);
    const int exists = !path.failed && !access(path.p, F_OK);
    weir_buf_free(&path);
    return exists;
}

int index_file_remove(const char *prefix, const char *ext, struct weir_err *err)
{
    struct weir_buf path = {0};
    set_path(&path, prefix, ext);
    int rc = weir_buf_check(&path, err);
    /* of a symbolic link the file that it names goes; the new one will stand there */
    char *real = rc ? NULL : realpath(path.p, NULL);
    if (!rc && (!real || unlink(real)) && errno != ENOENT)
        rc = weir_err_errno(err, "%s: cannot remove", path.p);
    free(real);
    weir_buf_free(&path);
    return rc;
}

/* ---- header ---- */

const char *index_dtype_name(uint8_t code)
{
    switch (code) {
    case 1:
        return "uint8";
    case 4:
        return "int32";
    case 5:
        return "int64";
    case 8:
        return "uint16";
    default:
        return NULL;
    }
}

uint32_t index_dtype_width(uint8_t code)
{
    switch (code) {
    case 1:
        return 1;
    case 8:
        return 2;
    case 4:
        return 4;
    default:
        return 8;
    }
}

static uint64_t read_u64(const unsigned char *p)
{
    uint64_t v;
    memcpy(&v, p, 8);
    return v;
}

static int megatron_header(struct index_reader *r, const unsigned char *h, struct weir_err *err)
{
    const char *name = r->idx.path.p;
    if (read_u64(h + 9) != 1)
        return weir_err_set(err, WEIR_EBAD, "%s: version %" PRIu64 ", known is 1", name,
                            read_u64(h + 9));
    r->dtype = h[17];
    if (!index_dtype_name(r->dtype))
        return weir_err_set(err, WEIR_EBAD, "%s: dtype code %u is no type of tokens", name, h[17]);
    r->width = index_dtype_width(r->dtype);
    r->n_seqs = read_u64(h + 18);
    const uint64_t n_entries = read_u64(h + 26);
    const uint64_t body = r->idx.size - INDEX_MEGATRON_HEADER;
    /* counts are bounded by the file before they are multiplied */
    if (r->n_seqs > body / 12 || n_entries > (body - 12 * r->n_seqs) / 8)
        return weir_err_set(err, WEIR_EBAD,
                            "%s: %" PRIu64 " bytes do not hold %" PRIu64 " sequences and %" PRIu64
                            " document entries: truncated, or not an index",
                            name, r->idx.size, r->n_seqs, n_entries);
    const uint64_t extra = body - 12 * r->n_seqs - 8 * n_entries;
    if (extra)
        return weir_err_set(err, WEIR_EBAD, "%s: %" PRIu64 " bytes behind the document index%s",
                            name, extra,
                            extra == r->n_seqs ? " (modes of a multimodal dataset?)" : "");
    if (!n_entries)
        return weir_err_set(err, WEIR_EBAD, "%s: no document index", name);
    r->n_docs = n_entries - 1;
    return 0;
}

int index_reader_header(struct index_reader *r, struct weir_err *err)
{
    unsigned char h[INDEX_MEGATRON_HEADER] = {0};
    const size_t n = r->idx.size < sizeof h ? (size_t)r->idx.size : sizeof h;
    int rc = index_file_read(&r->idx, 0, h, n, err);
    if (rc)
        return rc;
    if (n == sizeof h && !memcmp(h, INDEX_MEGATRON_MAGIC, 9)) {
        r->knowlm = 0;
        return megatron_header(r, h, err);
    }
    /* KnowLM's index has no magic: 10 bytes a sequence, the first start is 0 */
    if (r->idx.size % 10 || (n && read_u64(h)))
        return weir_err_set(err, WEIR_EBAD, "%s: neither Megatron's index nor KnowLM's",
                            r->idx.path.p);
    r->knowlm = 1;
    r->dtype = 8;
    r->width = 2;
    r->n_seqs = r->idx.size / 10;
    r->n_docs = 0;
    return 0;
}

int index_reader_open(struct index_reader *r, const char *prefix, struct weir_err *err)
{
    memset(r, 0, sizeof *r);
    r->idx.fd = r->bin.fd = -1;
    int rc = index_file_open(&r->idx, prefix, ".idx", err);
    if (!rc)
        rc = index_file_open(&r->bin, prefix, ".bin", err);
    return rc ? rc : index_reader_header(r, err);
}

void index_reader_close(struct index_reader *r)
{
    index_file_close(&r->idx);
    index_file_close(&r->bin);
}

/* ---- sequences and documents ---- */

static int megatron_seqs(const struct index_reader *r, uint64_t first, size_t n,
                         struct index_seq *s, struct weir_err *err)
{
    int32_t lengths[1024];
    int64_t starts[1024];
    const uint64_t starts_at = INDEX_MEGATRON_HEADER + 4 * r->n_seqs;
    for (size_t done = 0; done < n;) {
        const size_t step = n - done < 1024 ? n - done : 1024;
        const uint64_t i = first + done;
        int rc = index_file_read(&r->idx, INDEX_MEGATRON_HEADER + 4 * i, lengths, 4 * step, err);
        if (!rc)
            rc = index_file_read(&r->idx, starts_at + 8 * i, starts, 8 * step, err);
        if (rc)
            return rc;
        for (size_t k = 0; k < step; k++, done++)
            s[done] = (struct index_seq){(uint64_t)starts[k], lengths[k]};
    }
    return 0;
}

static int knowlm_seqs(const struct index_reader *r, uint64_t first, size_t n, struct index_seq *s,
                       struct weir_err *err)
{
    uint64_t starts[1024];
    uint16_t lengths[1024];
    for (size_t done = 0; done < n;) {
        const size_t step = n - done < 1024 ? n - done : 1024;
        const uint64_t i = first + done;
        int rc = index_file_read(&r->idx, 8 * i, starts, 8 * step, err);
        if (!rc)
            rc = index_file_read(&r->idx, 8 * r->n_seqs + 2 * i, lengths, 2 * step, err);
        if (rc)
            return rc;
        for (size_t k = 0; k < step; k++, done++)
            /* a start that overflows stays one that no walk accepts */
            s[done] = (struct index_seq){starts[k] >> 63 ? UINT64_MAX : 2 * starts[k], lengths[k]};
    }
    return 0;
}

int index_reader_seqs(const struct index_reader *r, uint64_t first, size_t n, struct index_seq *s,
                      struct weir_err *err)
{
    return r->knowlm ? knowlm_seqs(r, first, n, s, err) : megatron_seqs(r, first, n, s, err);
}

int index_reader_docs(const struct index_reader *r, uint64_t first, size_t n, int64_t *d,
                      struct weir_err *err)
{
    const uint64_t at = INDEX_MEGATRON_HEADER + 12 * r->n_seqs + 8 * first;
    return index_file_read(&r->idx, at, d, 8 * n, err);
}

int index_reader_find(const struct index_reader *r, uint64_t token, uint64_t *seq,
                      struct weir_err *err)
{
    if (token >= r->bin.size / r->width)
        return weir_err_set(err, WEIR_EUSAGE,
                            "%s: has %" PRIu64 " tokens, there is no number %" PRIu64,
                            r->bin.path.p, r->bin.size / r->width, token);
    const uint64_t at = token * r->width;
    struct index_seq s;
    uint64_t low = 0,
             high = r->n_seqs; // the last sequence that starts at or before, in [low, high)
    while (high - low > 1) {
        const uint64_t middle = low + (high - low) / 2;
        const int rc = index_reader_seqs(r, middle, 1, &s, err);
        if (rc)
            return rc;
        if (s.at <= at)
            low = middle;
        else
            high = middle;
    }
    *seq = low;
    return 0;
}

int index_reader_ids(const struct index_reader *r, uint64_t at, size_t n, uint32_t *ids,
                     struct weir_err *err)
{
    unsigned char block[8192];
    for (size_t done = 0; done < n;) {
        const size_t left = n - done, fit = sizeof block / r->width;
        const size_t step = left < fit ? left : fit;
        const int rc = index_file_read(&r->bin, at, block, step * r->width, err);
        if (rc)
            return rc;
        for (size_t k = 0; k < step; k++) {
            uint64_t id = 0;
            memcpy(&id, block + k * r->width, r->width);
            if (id > UINT32_MAX)
                return weir_err_set(err, WEIR_EBAD, "%s: byte %" PRIu64 ": id out of range",
                                    r->bin.path.p, at + k * r->width);
            ids[done++] = (uint32_t)id;
        }
        at += step * r->width;
    }
    return 0;
}

/* ---- the whole index ---- */

static int walk_seqs(const struct index_reader *r, uint64_t *end, index_each_fn *each, void *ctx,
                     struct index_seq *s, struct weir_err *err)
{
    const char *name = r->idx.path.p;
    *end = 0;
    for (uint64_t first = 0; first < r->n_seqs; first += INDEX_BLOCK) {
        const uint64_t left = r->n_seqs - first;
        const size_t n = left < INDEX_BLOCK ? (size_t)left : INDEX_BLOCK;
        int rc = index_reader_seqs(r, first, n, s, err);
        for (size_t i = 0; !rc && i < n; i++) {
            if (s[i].n < 0)
                rc = weir_err_set(err, WEIR_EBAD, "%s: sequence %" PRIu64 ": length %" PRId64, name,
                                  first + i, s[i].n);
            else if (s[i].at != *end)
                rc = weir_err_set(err, WEIR_EBAD,
                                  "%s: sequence %" PRIu64 " starts at byte %" PRIu64
                                  ", the one before ends at %" PRIu64,
                                  name, first + i, s[i].at, *end);
            *end += (uint64_t)s[i].n * r->width; // 2^31 tokens x 8 bytes x 2^48 sequences fit
        }
        if (!rc && each)
            rc = each(ctx, s, n, err);
        if (rc)
            return rc;
    }
    return 0;
}

static int walk_docs(const struct index_reader *r, int64_t *d, struct weir_err *err)
{
    const char *name = r->idx.path.p;
    int64_t last = 0;
    for (uint64_t first = 0; first <= r->n_docs; first += INDEX_BLOCK) {
        const uint64_t left = r->n_docs + 1 - first;
        const size_t n = left < INDEX_BLOCK ? (size_t)left : INDEX_BLOCK;
        const int rc = index_reader_docs(r, first, n, d, err);
        if (rc)
            return rc;
        for (size_t i = 0; i < n; i++) {
            if (d[i] < last || (!first && !i && d[i]))
                return weir_err_set(err, WEIR_EBAD,
                                    "%s: document entry %" PRIu64 " is %" PRId64 " after %" PRId64,
                                    name, first + i, d[i], last);
            last = d[i];
        }
    }
    if ((uint64_t)last != r->n_seqs)
        return weir_err_set(err, WEIR_EBAD,
                            "%s: the document index ends at sequence %" PRId64 " of %" PRIu64, name,
                            last, r->n_seqs);
    return 0;
}

int index_reader_walk(const struct index_reader *r, uint64_t *n_tokens, index_each_fn *each,
                      void *ctx, struct weir_err *err)
{
    uint64_t end = 0;
    struct index_seq *s = weir_calloc(INDEX_BLOCK, sizeof *s);
    if (!s)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    int rc = walk_seqs(r, &end, each, ctx, s, err);
    if (!rc && !r->knowlm)
        rc = walk_docs(r, (int64_t *)s, err); // as large: 16 bytes a sequence
    free(s);
    if (!rc && end != r->bin.size)
        rc = weir_err_set(err, WEIR_EBAD, "%s: %" PRIu64 " bytes, its index speaks of %" PRIu64,
                          r->bin.path.p, r->bin.size, end);
    *n_tokens = end / r->width;
    return rc;
}

/* The loops are written so that compilers vectorise them with the baseline instruction set. */
#define MAX_OF(type)                                                                               \
    do {                                                                                           \
        const type *v = p;                                                                         \
        type m = 0;                                                                                \
        for (size_t i = 0; i < n; i++)                                                             \
            m = v[i] > m ? v[i] : m;                                                               \
        return m;                                                                                  \
    } while (0)

uint64_t index_max_id(const void *p, size_t n, uint32_t width)
{
    if (width == 1)
        MAX_OF(uint8_t);
    if (width == 2)
        MAX_OF(uint16_t);
    if (width == 4)
        MAX_OF(uint32_t);
    MAX_OF(uint64_t);
}
