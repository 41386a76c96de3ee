#include "lib/extsort_run.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/io_atomic.h"

enum {
    OUT_BYTES = 1 << 18,
    FAN_IN_MAX = 64,
    BUFFER_MIN = 1 << 12, // a reader's buffer: small reads cost system calls
    BUFFER_MAX = 1 << 20,
};

/* ---- the file ---- */

int run_file_init(struct run_file *f, const char *dir, struct weir_err *err)
{
    memset(f, 0, sizeof(*f));
    f->dir = dir;
    f->fd = -1;
    f->hash = XXH3_createState();
    return f->hash ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
}

void run_file_free(struct run_file *f)
{
    if (f->hash && f->fd >= 0)
        close(f->fd);
    XXH3_freeState(f->hash);
    f->hash = NULL;
    weir_buf_free(&f->out);
}

int run_file_clear(struct run_file *f, struct weir_err *err)
{
    f->end = 0;
    if (f->fd >= 0 && ftruncate(f->fd, 0))
        return weir_err_errno(err, "cannot empty a temporary file in %s", f->dir);
    return 0;
}

static int flush(struct run_file *f, struct weir_err *err)
{
    const char *p = f->out.p;
    uint64_t at = f->end - f->out.n;
    if (f->fd < 0 && (f->fd = weir_atomic_temp(f->dir, err)) < 0)
        return f->fd;
    for (size_t left = f->out.n; left;) {
        const ssize_t n = pwrite(f->fd, p, left, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return weir_err_errno(err, "cannot write a temporary file in %s", f->dir);
        p += n;
        left -= (size_t)n;
        at += (uint64_t)n;
    }
    weir_buf_reset(&f->out, 2 * OUT_BYTES);
    return 0;
}

int run_begin(struct run_file *f, struct run *r, struct weir_err *err)
{
    r->at = f->end;
    r->n = 0;
    if (XXH3_64bits_reset(f->hash) == XXH_ERROR)
        return weir_err_set(err, WEIR_EFAIL, "cannot start a checksum");
    return 0;
}

int run_write(struct run_file *f, struct run *r, struct weir_span record, struct weir_err *err)
{
    XXH3_64bits_update(f->hash, record.p, record.n);
    weir_buf_add(&f->out, record.p, record.n);
    if (weir_buf_check(&f->out, err))
        return WEIR_EMEM;
    r->n += record.n;
    f->end += record.n;
    return f->out.n >= OUT_BYTES ? flush(f, err) : 0;
}

int run_end(struct run_file *f, struct run *r, struct weir_err *err)
{
    r->hash = XXH3_64bits_digest(f->hash);
    return f->out.n ? flush(f, err) : 0;
}

/* ---- records ---- */

static void put_varint(struct weir_buf *b, uint64_t x)
{
    for (; x >= 0x80; x >>= 7)
        weir_buf_addc(b, (char)(x | 0x80));
    weir_buf_addc(b, (char)x);
}

/* Bytes of the varint at p[0..n), or 0 when it does not end there. */
static size_t get_varint(const char *p, size_t n, uint64_t *x)
{
    *x = 0;
    for (size_t i = 0; i < n && i < RUN_VARINT_MAX; i++) {
        *x |= (uint64_t)(p[i] & 0x7F) << (7 * i);
        if (!(p[i] & 0x80))
            return i + 1;
    }
    return 0;
}

void run_record_put(struct weir_buf *b, struct weir_span key, struct weir_span value)
{
    put_varint(b, key.n);
    put_varint(b, value.n);
    weir_buf_add(b, key.p, key.n);
    weir_buf_add(b, value.p, value.n);
}

void run_record_view(const char *p, struct run_record *r)
{
    uint64_t n_key, n_value;
    size_t head = get_varint(p, RUN_VARINT_MAX, &n_key);
    head += get_varint(p + head, RUN_VARINT_MAX, &n_value);
    r->key = weir_span(p + head, n_key);
    r->value = weir_span(p + head + n_key, n_value);
    r->all = weir_span(p, head + n_key + n_value);
}

uint64_t run_key_head(struct weir_span key)
{
    uint64_t head = 0;
    for (size_t i = 0; i < 8; i++)
        head = head << 8 | (i < key.n ? (unsigned char)key.p[i] : 0);
    return head;
}

int run_key_compare(struct weir_span a, struct weir_span b)
{
    const size_t n = a.n < b.n ? a.n : b.n;
    const int order = n ? memcmp(a.p, b.p, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

/* ---- merging ---- */

/* One run being read: buf holds what lies between what was handed out and what was read. */
struct source {
    struct run run;
    uint64_t n_read; // bytes of the run read so far
    struct weir_buf buf;
    size_t at; // of the current record in buf
    struct run_record rec;
    uint64_t head;
    XXH3_state_t *hash;
};

struct run_merge {
    struct run_file *file;
    struct source *src;
    size_t n_src;
    size_t buffer; // bytes a source
    size_t *heap;  // sources that have a record, least first
    size_t n_heap;
    int handed; // the top of the heap was handed out and must move on
};

size_t run_fan_in(uint64_t memory)
{
    const uint64_t n = memory / (2 * BUFFER_MIN);
    return n < 2 ? 2 : n > FAN_IN_MAX ? FAN_IN_MAX : (size_t)n;
}

/* Reads on until need bytes of the current record are there. */
static int fill(struct run_merge *m, struct source *s, size_t need, struct weir_err *err)
{
    if (s->buf.n - s->at >= need)
        return 0;
    s->buf.n -= s->at;
    if (s->buf.n)
        memmove(s->buf.p, s->buf.p + s->at, s->buf.n);
    else
        weir_buf_reset(&s->buf, 2 * m->buffer); // a giant was read alone: its memory goes back
    s->at = 0;
    while (s->buf.n < need) {
        const uint64_t left = s->run.n - s->n_read;
        size_t want = need - s->buf.n > m->buffer ? need - s->buf.n : m->buffer;
        if (want > left)
            want = left;
        if (!want)
            return weir_err_set(err, WEIR_EIO, "a temporary file in %s is damaged", m->file->dir);
        if (weir_buf_reserve(&s->buf, want))
            return weir_err_set(err, WEIR_EMEM, "out of memory");
        const ssize_t n =
            pread(m->file->fd, s->buf.p + s->buf.n, want, (off_t)(s->run.at + s->n_read));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return weir_err_errno(err, "cannot read a temporary file in %s", m->file->dir);
        if (!n)
            return weir_err_set(err, WEIR_EIO, "a temporary file in %s is cut short", m->file->dir);
        XXH3_64bits_update(s->hash, s->buf.p + s->buf.n, (size_t)n);
        s->buf.n += (size_t)n;
        s->n_read += (uint64_t)n;
    }
    return 0;
}

/* The next record of a source: 1, 0 at the (verified) end, negative on error. */
static int advance(struct run_merge *m, struct source *s, struct weir_err *err)
{
    uint64_t n_key, n_value, n;
    s->at += s->rec.all.n;
    const uint64_t left = s->run.n - s->n_read + (s->buf.n - s->at);
    if (!left) {
        if (XXH3_64bits_digest(s->hash) != s->run.hash)
            return weir_err_set(err, WEIR_EIO, "a temporary file in %s is damaged", m->file->dir);
        return 0;
    }
    const size_t most = left < 2 * RUN_VARINT_MAX ? left : 2 * RUN_VARINT_MAX;
    int rc = fill(m, s, most, err);
    if (rc)
        return rc;
    const char *p = s->buf.p + s->at;
    const size_t n1 = get_varint(p, most, &n_key);
    const size_t n2 = n1 ? get_varint(p + n1, most - n1, &n_value) : 0;
    if (!n2 || __builtin_add_overflow(n_key, n_value, &n) ||
        __builtin_add_overflow(n, n1 + n2, &n) || n > left)
        return weir_err_set(err, WEIR_EIO, "a temporary file in %s is damaged", m->file->dir);
    rc = fill(m, s, n, err);
    if (rc)
        return rc;
    run_record_view(s->buf.p + s->at, &s->rec);
    s->head = run_key_head(s->rec.key);
    return 1;
}

/* Equal keys: the earlier run first. */
static int before(const struct run_merge *m, size_t a, size_t b)
{
    const struct source *x = &m->src[a], *y = &m->src[b];
    if (x->head != y->head)
        return x->head < y->head;
    const int order = run_key_compare(x->rec.key, y->rec.key);
    return order ? order < 0 : a < b;
}

static void sift_down(struct run_merge *m, size_t i)
{
    const size_t moved = m->heap[i];
    for (size_t k; (k = 2 * i + 1) < m->n_heap; i = k) {
        if (k + 1 < m->n_heap && before(m, m->heap[k + 1], m->heap[k]))
            k++;
        if (!before(m, m->heap[k], moved))
            break;
        m->heap[i] = m->heap[k];
    }
    m->heap[i] = moved;
}

static int open_source(struct run_merge *m, const struct run *run, struct weir_err *err)
{
    struct source *s = &m->src[m->n_src];
    s->run = *run;
    s->hash = XXH3_createState();
    m->n_src++;
    if (!s->hash || XXH3_64bits_reset(s->hash) == XXH_ERROR)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    const int got = advance(m, s, err);
    if (got > 0)
        m->heap[m->n_heap++] = m->n_src - 1;
    return got < 0 ? got : 0;
}

struct run_merge *run_merge_new(struct run_file *f, const struct run *runs, size_t n,
                                uint64_t memory, struct weir_err *err)
{
    struct run_merge *m = weir_calloc(1, sizeof(*m));
    if (!m || !(m->src = weir_calloc(n, sizeof(*m->src))) ||
        !(m->heap = weir_calloc(n, sizeof(*m->heap)))) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        goto fail;
    }
    m->file = f;
    const uint64_t share = memory / (2 * (uint64_t)n);
    m->buffer = share < BUFFER_MIN ? BUFFER_MIN : share > BUFFER_MAX ? BUFFER_MAX : (size_t)share;
    for (size_t i = 0; i < n; i++) {
        if (open_source(m, &runs[i], err))
            goto fail;
    }
    for (size_t i = m->n_heap / 2; i-- > 0;)
        sift_down(m, i);
    return m;
fail:
    run_merge_free(m);
    return NULL;
}

void run_merge_free(struct run_merge *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->n_src; i++) {
        weir_buf_free(&m->src[i].buf);
        XXH3_freeState(m->src[i].hash);
    }
    free(m->src);
    free(m->heap);
    free(m);
}

int run_merge_next(struct run_merge *m, struct run_record *r, struct weir_err *err)
{
    if (m->handed && m->n_heap) {
        const int got = advance(m, &m->src[m->heap[0]], err);
        if (got < 0)
            return got;
        if (!got)
            m->heap[0] = m->heap[--m->n_heap];
        if (m->n_heap)
            sift_down(m, 0);
    }
    m->handed = 1;
    if (!m->n_heap)
        return 0;
    *r = m->src[m->heap[0]].rec;
    return 1;
}

int run_merge_all(struct run_file *from, const struct run *runs, size_t n, uint64_t memory,
                  struct run_file *to, struct run *made, struct weir_err *err)
{
    struct run_record r;
    struct run_merge *m = run_merge_new(from, runs, n, memory, err);
    int rc = m ? run_begin(to, made, err) : err ? err->code : WEIR_EFAIL;
    int got = 0;
    while (!rc && (got = run_merge_next(m, &r, err)) > 0)
        rc = run_write(to, made, r.all, err);
    if (!rc)
        rc = got < 0 ? got : run_end(to, made, err);
    run_merge_free(m);
    return rc;
}
