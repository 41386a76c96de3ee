/* The order of the result by buckets: mix_move.h.
 *
 *      parts ─ read once, front to back ─► │ bucket │ bucket │ … ─ each in memory ─► result
 *
 * A bucket is a stretch of the result.  In the temporary file it holds its moves in the order in
 * which they were read, each behind its place in the bucket and its length. */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "indexer/mix_move.h"
#include "lib/io_atomic.h"
#include "lib/pipe.h"
#include "weir/extsort.h"

enum { BUFFER_MIN = 8 << 10, BUFFER_MAX = 1 << 20, AT_ONCE = 4096, READ_BYTES = 1 << 20 };

struct head {
    uint32_t to, bytes;
};

struct bucket {
    uint64_t bytes;      // of the result
    uint64_t file_bytes; // of the temporary file
    uint64_t file_at;    // where it begins there
    uint64_t written;
    int padded;
    char *buffer;
    size_t n;
};

struct deal {
    struct mix_moves *moves;
    const struct index_parts *parts;
    struct bucket *buckets;
    size_t n_buckets, cap_buckets;
    uint64_t bucket_bytes;
    size_t buffer_bytes;
    weir_extsort *sort;
    int fd;
    const char *temp_dir;
    uint32_t pad;
};

/* A bucket being put together. */
struct whole {
    const struct bucket *b;
    char *block, *buffer; // of d->bucket_bytes and READ_BYTES
};

struct collect {
    const struct deal *d;
    struct weir_job *job;
    weir_io *out;
    size_t next; // bucket
};

static int out_of_memory(struct weir_err *err)
{
    return weir_err_set(err, WEIR_EMEM, "out of memory: give a larger -m");
}

/* ---- which move goes where ---- */

static int sort_move(struct deal *d, const struct mix_move *m, struct weir_err *err)
{
    struct bucket *b = d->n_buckets ? &d->buckets[d->n_buckets - 1] : NULL;
    if (!b || b->bytes + m->bytes > d->bucket_bytes) {
        if (weir_grow(&d->buckets, &d->cap_buckets, d->n_buckets + 1, sizeof *d->buckets))
            return out_of_memory(err);
        b = &d->buckets[d->n_buckets++];
        *b = (struct bucket){0};
    }
    const uint32_t where[3] = {(uint32_t)(d->n_buckets - 1), (uint32_t)b->bytes, m->bytes};
    const struct {
        uint32_t part, zero;
        uint64_t at;
    } key = {htobe32(m->part), 0, htobe64(m->at)};
    b->bytes += m->bytes;
    if (m->part == MIX_PAD) {
        b->padded = 1; // what no move covers
        return 0;
    }
    b->file_bytes += sizeof(struct head) + m->bytes;
    return weir_extsort_add(d->sort, weir_span((const char *)&key, sizeof key),
                            weir_span((const char *)where, sizeof where), err);
}

static int sort_moves(struct deal *d, struct weir_err *err)
{
    struct mix_move *block = weir_calloc(AT_ONCE, sizeof *block);
    int rc = block ? 0 : out_of_memory(err);
    for (uint64_t left = d->moves->n; !rc && left;) {
        const size_t n = left < AT_ONCE ? (size_t)left : AT_ONCE;
        rc = mix_moves_read(d->moves, block, n, err);
        for (size_t i = 0; !rc && i < n; i++)
            rc = sort_move(d, &block[i], err);
        left -= n;
    }
    free(block);
    return rc ? rc : weir_extsort_sort(d->sort, err);
}

/* ---- dealing out ---- */

static int write_at(const struct deal *d, const char *p, size_t n, uint64_t at,
                    struct weir_err *err)
{
    while (n) {
        const ssize_t put = pwrite(d->fd, p, n, (off_t)at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return weir_err_errno(err, "cannot write a temporary file in %s", d->temp_dir);
        p += put, n -= (size_t)put, at += (uint64_t)put;
    }
    return 0;
}

static int flush(const struct deal *d, struct bucket *b, struct weir_err *err)
{
    const int rc = write_at(d, b->buffer, b->n, b->file_at + b->written, err);
    b->written += b->n;
    b->n = 0;
    return rc;
}

static int put(const struct deal *d, struct bucket *b, const char *p, size_t n,
               struct weir_err *err)
{
    int rc = n > d->buffer_bytes - b->n ? flush(d, b, err) : 0;
    if (!rc && n > d->buffer_bytes) {
        rc = write_at(d, p, n, b->file_at + b->written, err);
        b->written += n;
    } else if (!rc) {
        memcpy(b->buffer + b->n, p, n);
        b->n += n;
    }
    return rc;
}

static int deal_out(struct deal *d, struct mix_view *v, struct weir_job *job, struct weir_err *err)
{
    uint64_t dealt = 0;
    struct weir_span key, value;
    int got, rc = 0;
    while (!rc && (got = weir_extsort_next(d->sort, &key, &value, err)) > 0) {
        uint32_t part, where[3];
        uint64_t at;
        const char *from;
        memcpy(&part, key.p, 4);
        memcpy(&at, key.p + 8, 8);
        memcpy(where, value.p, sizeof where);
        const struct mix_move m = {be64toh(at), be32toh(part), where[2]};
        const struct head h = {where[1], where[2]};
        struct bucket *b = &d->buckets[where[0]];
        rc = mix_view_get(v, &m, &from, err);
        if (!rc)
            rc = put(d, b, (const char *)&h, sizeof h, err);
        if (!rc)
            rc = put(d, b, from, m.bytes, err);
        dealt += m.bytes;
        weir_job_progress(job, 0.5 * (double)dealt / (double)d->moves->bytes);
    }
    for (size_t i = 0; !rc && !got && i < d->n_buckets; i++)
        rc = flush(d, &d->buckets[i], err);
    return rc ? rc : got;
}

/* ---- putting together ---- */

static int read_at(const struct deal *d, char *p, size_t n, uint64_t at, struct weir_err *err)
{
    while (n) {
        const ssize_t got = pread(d->fd, p, n, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return weir_err_errno(err, "cannot read a temporary file in %s", d->temp_dir);
        if (!got)
            return weir_err_set(err, WEIR_EIO, "a temporary file in %s is cut short", d->temp_dir);
        p += got, n -= (size_t)got, at += (uint64_t)got;
    }
    return 0;
}

static int damaged(const struct deal *d, struct weir_err *err)
{
    return weir_err_set(err, WEIR_EIO, "a temporary file in %s is damaged", d->temp_dir);
}

/* A record's head and, as far as they are there, its bytes; long ones are read to their place. */
static int place(const struct deal *d, const struct whole *w, const char *p, size_t n,
                 uint64_t file_at, size_t *used, struct weir_err *err)
{
    struct head h;
    memcpy(&h, p, sizeof h);
    if (h.to > w->b->bytes || h.bytes > w->b->bytes - h.to)
        return damaged(d, err);
    const size_t there = n - sizeof h < h.bytes ? n - sizeof h : h.bytes;
    memcpy(w->block + h.to, p + sizeof h, there);
    *used = sizeof h + h.bytes;
    return there == h.bytes ? 0
                            : read_at(d, w->block + h.to + there, h.bytes - there,
                                      file_at + sizeof h + there, err);
}

static int put_together(void *ctx, int thread, void *batch, struct weir_err *err)
{
    const struct deal *d = ((const struct collect *)ctx)->d;
    const struct whole *w = batch;
    const struct bucket *b = w->b;
    int rc = 0;
    (void)thread;
    if (b->padded)
        mix_fill(w->block, b->bytes, d->pad, d->parts->width);
    for (uint64_t at = 0; !rc && at < b->file_bytes;) {
        const uint64_t left = b->file_bytes - at;
        const size_t n = left < READ_BYTES ? (size_t)left : READ_BYTES;
        rc = read_at(d, w->buffer, n, b->file_at + at, err);
        size_t used = 0, more = 0;
        while (!rc && n > used && n - used >= sizeof(struct head)) {
            rc = place(d, w, w->buffer + used, n - used, b->file_at + at + used, &more, err);
            used += more;
        }
        if (!used || used > left)
            rc = rc ? rc : damaged(d, err);
        at += used;
    }
    return rc;
}

/* ---- the whole ---- */

static int give_buffers(struct deal *d, uint64_t memory, struct weir_err *err)
{
    uint64_t at = 0;
    const uint64_t share = memory / d->n_buckets;
    d->buffer_bytes = share < BUFFER_MIN ? BUFFER_MIN : share > BUFFER_MAX ? BUFFER_MAX : share;
    for (size_t i = 0; i < d->n_buckets; i++) {
        d->buckets[i].file_at = at;
        at += d->buckets[i].file_bytes;
        d->buckets[i].buffer = malloc(d->buffer_bytes);
        if (!d->buckets[i].buffer)
            return out_of_memory(err);
    }
    return 0;
}

static void free_buffers(struct deal *d)
{
    for (size_t i = 0; i < d->n_buckets; i++) {
        free(d->buckets[i].buffer);
        d->buckets[i].buffer = NULL;
    }
}

static int deal_all(struct deal *d, struct weir_job *job, struct weir_err *err)
{
    struct mix_view v = {.file.fd = -1};
    int rc = sort_moves(d, err);
    if (!rc)
        rc = give_buffers(d, job->memory / 4, err);
    if (!rc)
        rc = d->fd = weir_atomic_temp(d->temp_dir, err);
    if (rc >= 0)
        rc = mix_view_open(&v, d->parts, err);
    if (!rc)
        rc = deal_out(d, &v, job, err);
    mix_view_close(&v);
    weir_extsort_free(d->sort);
    d->sort = NULL;
    free_buffers(d);
    return rc;
}

static int next_bucket(void *ctx, void *batch, struct weir_err *err)
{
    struct collect *c = ctx;
    (void)err;
    if (c->next == c->d->n_buckets)
        return 1;
    ((struct whole *)batch)->b = &c->d->buckets[c->next++];
    return 0;
}

static int write_bucket(void *ctx, void *batch, struct weir_err *err)
{
    const struct collect *c = ctx;
    const struct whole *w = batch;
    const size_t i = (size_t)(w->b - c->d->buckets);
    weir_job_progress(c->job, 0.5 + 0.5 * (double)(i + 1) / (double)c->d->n_buckets);
    return weir_io_write(c->out, w->block, w->b->bytes, err);
}

static size_t bucket_cost(void *ctx, void *batch)
{
    (void)ctx;
    return ((const struct whole *)batch)->b->bytes;
}

static int collect_all(const struct deal *d, size_t n, struct weir_job *job, weir_io *out,
                       struct weir_err *err)
{
    struct collect c = {.d = d, .job = job, .out = out};
    struct whole *w = weir_calloc(n, sizeof *w);
    void **ring = weir_calloc(n, sizeof *ring);
    int rc = w && ring ? 0 : out_of_memory(err);
    for (size_t i = 0; !rc && i < n; i++) {
        ring[i] = &w[i];
        w[i].block = malloc(d->bucket_bytes);
        w[i].buffer = malloc(READ_BYTES);
        rc = w[i].block && w[i].buffer ? 0 : out_of_memory(err);
    }
    const struct weir_pipe p = {
        .read = next_bucket,
        .work = put_together,
        .write = write_bucket,
        .cost = bucket_cost,
        .ctx = &c,
        .batches = ring,
        .n_batches = n,
        .threads = n > 1 ? (int)n - 1 : 1,
    };
    if (!rc)
        rc = weir_pipe_run(&p, err);
    for (size_t i = 0; w && i < n; i++) {
        free(w[i].block);
        free(w[i].buffer);
    }
    free(ring);
    free(w);
    return rc;
}

int mix_buckets_run(struct mix_moves *m, const struct index_parts *parts, uint32_t pad,
                    struct weir_job *job, weir_io *out, struct weir_err *err)
{
    struct deal d = {.moves = m, .parts = parts, .fd = -1, .temp_dir = job->temp_dir, .pad = pad};
    const uint64_t most = UINT32_MAX, half = job->memory / 2;
    size_t n = job->threads > 1 ? (size_t)job->threads + 1 : 1; // buckets at once
    if (n > half / MIX_MOVE_BYTES)
        n = half / MIX_MOVE_BYTES;
    n = n < 3 ? 1 : n;
    d.bucket_bytes = half / n > most ? most : half / n < MIX_MOVE_BYTES ? MIX_MOVE_BYTES : half / n;
    d.sort = weir_extsort_new(job->memory / 4, job->temp_dir, err);
    int rc = d.sort ? deal_all(&d, job, err) : err->code;
    if (!rc)
        rc = collect_all(&d, n, job, out, err);
    weir_extsort_free(d.sort);
    if (d.fd >= 0)
        close(d.fd);
    free(d.buckets);
    return rc;
}
