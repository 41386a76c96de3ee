/* The frame of the files that pass between sign, match, cluster and apply: docs/formats.md,
 * "Deduplication files".  A reader believes no length before the bytes are there. */
#include "dedup/dedup_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "files are written as memory holds them");

enum {
    HEAD = 16,
    END = 24,          // behind the four bytes of a record's length
    STEP = 1 << 20,    // bytes by which a record's buffer grows while it is read
    HEAD_MAX = 1 << 12 // of what the writer puts there
};

static const char end_mark[4] = {'E', 'N', 'D', 0};

struct end { // as it stands in the file, behind a length of 0
    char mark[4];
    uint32_t zero;
    uint64_t n_records, content;
};
_Static_assert(sizeof(struct end) == END, "no padding");

static int put(struct dedup_writer *w, const void *p, size_t n, struct weir_err *err)
{
    XXH3_64bits_update(w->hash, p, n);
    return weir_io_write(w->io, p, n, err);
}

int dedup_write_begin(struct dedup_writer *w, weir_io *io, const char magic[8],
                      struct weir_span head, struct weir_err *err)
{
    char first[HEAD] = {0};
    const uint32_t n = (uint32_t)head.n;
    *w = (struct dedup_writer){.io = io, .hash = XXH3_createState()};
    if (!w->hash || XXH3_64bits_reset(w->hash) == XXH_ERROR)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    if (head.n > HEAD_MAX)
        return weir_err_set(err, WEIR_EFAIL, "a head of %zu bytes", head.n);
    memcpy(first, magic, 8);
    memcpy(first + 8, &n, sizeof n);
    const int rc = put(w, first, sizeof first, err);
    return rc ? rc : put(w, head.p, head.n, err);
}

int dedup_write_record(struct dedup_writer *w, struct weir_span record, struct weir_err *err)
{
    const uint32_t n = (uint32_t)record.n;
    if (!record.n || record.n > UINT32_MAX)
        return weir_err_set(err, WEIR_EFAIL, "a record of %zu bytes", record.n);
    w->n_records++;
    const int rc = put(w, &n, sizeof n, err);
    return rc ? rc : put(w, record.p, record.n, err);
}

int dedup_write_end(struct dedup_writer *w, uint64_t content, struct weir_err *err)
{
    const uint32_t none = 0;
    struct end end = {.n_records = w->n_records, .content = content};
    memcpy(end.mark, end_mark, sizeof end_mark);
    int rc = put(w, &none, sizeof none, err);
    if (!rc)
        rc = put(w, &end, sizeof end, err);
    const uint64_t sum = XXH3_64bits_digest(w->hash);
    return rc ? rc : weir_io_write(w->io, &sum, sizeof sum, err);
}

void dedup_writer_free(struct dedup_writer *w)
{
    XXH3_freeState(w->hash);
    w->hash = NULL;
}

/* ---- reading ---- */

static int damaged(const struct dedup_reader *r, const char *what, struct weir_err *err)
{
    return weir_err_set(err, WEIR_EBAD, "%s: damaged: %s", weir_io_name(r->io), what);
}

/* Exactly n bytes into p, hashed. */
static int get(struct dedup_reader *r, void *p, size_t n, struct weir_err *err)
{
    const int got = n ? weir_io_read_all(r->io, p, n, err) : 1;
    if (got < 0)
        return got;
    if (!got)
        return weir_err_set(err, WEIR_EBAD, "%s: truncated", weir_io_name(r->io));
    XXH3_64bits_update(r->hash, p, n);
    return 0;
}

/* A length is believed a step at a time, as far as the file goes. */
static int get_long(struct dedup_reader *r, struct weir_buf *b, size_t n, struct weir_err *err)
{
    b->n = 0;
    while (b->n < n) {
        const size_t step = n - b->n < STEP ? n - b->n : STEP;
        if (weir_buf_reserve(b, step))
            return weir_err_set(err, WEIR_EMEM, "out of memory");
        const int rc = get(r, b->p + b->n, step, err);
        if (rc)
            return rc;
        b->n += step;
    }
    return 0;
}

static int read_head(struct dedup_reader *r, const char magic[8], const char *kind,
                     struct weir_err *err)
{
    char first[HEAD];
    uint32_t n, zero;
    const char *name = weir_io_name(r->io);
    const int got = weir_io_read_all(r->io, first, sizeof first, err);
    if (got < 0 && !(err && err->code == WEIR_EBAD))
        return got;
    if (got <= 0 || memcmp(first, magic, 7)) {
        if (err)
            *err = (struct weir_err){0};
        return weir_err_set(err, WEIR_EBAD, "%s: not a %s file of weir dedup", name, kind);
    }
    if (first[7] != magic[7])
        return weir_err_set(err, WEIR_EBAD, "%s: a %s file of an unknown version", name, kind);
    XXH3_64bits_update(r->hash, first, sizeof first);
    memcpy(&n, first + 8, sizeof n);
    memcpy(&zero, first + 12, sizeof zero);
    if (n > HEAD_MAX || zero)
        return damaged(r, "its head", err);
    return get_long(r, &r->head, n, err);
}

int dedup_read_open(struct dedup_reader *r, weir_io *io, const char magic[8], const char *kind,
                    struct weir_err *err)
{
    *r = (struct dedup_reader){.io = io, .hash = XXH3_createState()};
    if (!r->hash || XXH3_64bits_reset(r->hash) == XXH_ERROR)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    return read_head(r, magic, kind, err);
}

static int read_end(struct dedup_reader *r, struct weir_err *err)
{
    struct end end;
    uint64_t sum;
    char more;
    int rc = get(r, &end, sizeof end, err);
    if (rc)
        return rc;
    const uint64_t want = XXH3_64bits_digest(r->hash);
    if (memcmp(end.mark, end_mark, sizeof end_mark) || end.zero)
        return damaged(r, "a record of no bytes", err);
    rc = get(r, &sum, sizeof sum, err);
    if (rc)
        return rc;
    if (sum != want || end.n_records != r->n_records)
        return damaged(r, "its checksum differs", err);
    const ssize_t behind = weir_io_read(r->io, &more, 1, err);
    if (behind)
        return behind < 0 ? (int)behind : damaged(r, "bytes behind its end", err);
    r->content = end.content;
    r->ended = 1;
    return 0;
}

int dedup_read_next(struct dedup_reader *r, struct weir_span *record, struct weir_err *err)
{
    uint32_t n;
    if (r->ended)
        return 0;
    int rc = get(r, &n, sizeof n, err);
    if (rc)
        return rc;
    if (!n)
        return read_end(r, err);
    weir_buf_reset(&r->record, 2 * STEP);
    rc = get_long(r, &r->record, n, err);
    if (rc)
        return rc;
    r->n_records++;
    *record = weir_buf_span(&r->record);
    return 1;
}

void dedup_reader_free(struct dedup_reader *r)
{
    XXH3_freeState(r->hash);
    weir_buf_free(&r->head);
    weir_buf_free(&r->record);
    *r = (struct dedup_reader){0};
}

int dedup_read_totals(const char *path, uint64_t *n_records, uint64_t *content,
                      struct weir_err *err)
{
    struct {
        struct end end;
        uint64_t sum;
    } last;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const off_t at = fd < 0 ? -1 : lseek(fd, -(off_t)sizeof last, SEEK_END);
    const ssize_t got = at < 0 ? -1 : read(fd, &last, sizeof last);
    if (fd >= 0)
        close(fd);
    if (fd < 0)
        return weir_err_errno(err, "%s: cannot read", path);
    if (got != (ssize_t)sizeof last || memcmp(last.end.mark, end_mark, sizeof end_mark))
        return weir_err_set(err, WEIR_EBAD, "%s: damaged: its end", path);
    *n_records = last.end.n_records;
    *content = last.end.content;
    return 0;
}

int dedup_lock(const char *dir, const char *does, int *lock, struct weir_err *err)
{
    struct weir_buf path = {0};
    weir_buf_addf(&path, "%s/lock", dir);
    weir_buf_addc(&path, '\0');
    int rc = weir_buf_check(&path, err);
    const int fd = rc ? -1 : open(path.p, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (!rc && fd < 0)
        rc = weir_err_errno(err, "%s: cannot open", path.p);
    if (!rc && flock(fd, LOCK_EX | LOCK_NB))
        rc = errno == EWOULDBLOCK ? weir_err_set(err, WEIR_EFAIL, "%s: another run %s", dir, does)
                                  : weir_err_errno(err, "%s: cannot lock", path.p);
    if (rc && fd >= 0)
        close(fd);
    if (!rc)
        *lock = fd;
    weir_buf_free(&path);
    return rc;
}
