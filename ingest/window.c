#include "ingest/window.h"

#include <string.h>

#include "ingest/ingest_out.h"

#define CHUNK (256u << 10)

void ingest_window_start(struct ingest_window *w, weir_io *io, const char *name)
{
    w->io = io;
    w->name = name;
    w->eof = 0;
    w->buf.n = w->at = 0;
    w->base = 0;
    w->line = 1;
}

int ingest_window_fill(struct ingest_window *w, struct weir_err *err)
{
    if (w->at) {
        w->buf.n -= w->at;
        memmove(w->buf.p, w->buf.p + w->at, w->buf.n);
        w->base += w->at;
        w->at = 0;
    }
    if (weir_buf_reserve(&w->buf, CHUNK))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    const ssize_t n = weir_io_read(w->io, w->buf.p + w->buf.n, CHUNK, err);
    if (n < 0)
        return (int)n;
    w->buf.n += (size_t)n;
    w->eof = n == 0;
    return 0;
}

/* Counts of up to 255 blocks fit the bytes of a vector. */
size_t ingest_count_lines(const char *p, size_t n)
{
    typedef unsigned char block __attribute__((vector_size(16)));
    size_t lines = 0, i = 0;
    while (n - i >= sizeof(block)) {
        block sum = {0}, v;
        const size_t most = (n - i) / sizeof v, n_blocks = most < 255 ? most : 255;
        for (const size_t end = i + n_blocks * sizeof v; i < end; i += sizeof v) {
            memcpy(&v, p + i, sizeof v);
            sum -= (block)(v == '\n');
        }
        for (size_t k = 0; k < sizeof v; k++)
            lines += sum[k];
    }
    for (; i < n; i++)
        lines += p[i] == '\n';
    return lines;
}

size_t ingest_window_advance(struct ingest_window *w, size_t end)
{
    const size_t n = end - w->at;
    w->line += ingest_count_lines(w->buf.p + w->at, n);
    w->at = end;
    return n;
}

void ingest_window_skip(struct ingest_window *w, size_t end)
{
    w->framing += ingest_window_advance(w, end);
}

int ingest_window_skip_blank(struct ingest_window *w, struct weir_err *err)
{
    for (;;) {
        size_t i = w->at;
        while (i < w->buf.n && ingest_is_blank(w->buf.p[i]))
            i++;
        ingest_window_skip(w, i);
        if (i < w->buf.n || w->eof)
            return i < w->buf.n;
        const int rc = ingest_window_fill(w, err);
        if (rc)
            return rc;
    }
}

int ingest_window_bad(const struct ingest_window *w, struct weir_err *err, const char *why)
{
    return weir_err_set(err, WEIR_EBAD, "%s:%llu: %s", w->name, (unsigned long long)w->line, why);
}

int ingest_window_give(struct ingest_window *w, const struct ingest *in, struct weir_batch *b,
                       const char *p, size_t n, uint64_t offset, uint64_t length, uint64_t user,
                       struct weir_err *err)
{
    const uint64_t max = in->job->max_record;
    if (length > in->keep && length <= max)
        return weir_stage_too_large(in->stage, w->name, length, err);
    if (length > max && n > INGEST_HEAD)
        n = INGEST_HEAD;
    struct weir_rec *r = weir_batch_add(b, p, n);
    if (!r)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    r->file = w->name;
    r->offset = offset;
    r->length = length;
    r->line = w->line;
    r->framing = w->framing;
    r->user[0] = user;
    w->framing = 0;
    if (length > max)
        ingest_too_long(in, b, r);
    return 1;
}
