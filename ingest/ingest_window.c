#include "ingest/ingest_window.h"

#include <string.h>

enum { CHUNK = 1 << 18 };

void window_start(struct window *w, weir_io *io, const char *name)
{
    w->io = io;
    w->name = name;
    w->buf.n = 0;
    w->at = 0;
    w->offset = 0;
    w->eof = 0;
}

void window_free(struct window *w)
{
    weir_buf_free(&w->buf);
}

void window_take(struct window *w, size_t n)
{
    w->at += n;
    w->offset += n;
}

int window_fill(struct window *w, size_t need, struct weir_err *err)
{
    if (w->buf.n - w->at >= need || w->eof)
        return 0;
    w->buf.n -= w->at;
    if (w->buf.n)
        memmove(w->buf.p, w->buf.p + w->at, w->buf.n);
    else
        weir_buf_reset(&w->buf, 4 * CHUNK);
    w->at = 0;
    while (w->buf.n < need) {
        const size_t want = need - w->buf.n > CHUNK ? need - w->buf.n : CHUNK;
        if (weir_buf_reserve(&w->buf, want))
            return weir_err_set(err, WEIR_EMEM, "out of memory");
        const ssize_t n = weir_io_read(w->io, w->buf.p + w->buf.n, want, err);
        if (n < 0)
            return (int)n;
        if (!n) {
            w->eof = 1;
            return 0;
        }
        w->buf.n += (size_t)n;
    }
    return 0;
}

int window_read(struct window *w, void *p, uint64_t n, struct weir_err *err)
{
    char *to = p;
    while (n) {
        size_t have = w->buf.n - w->at;
        if (have) {
            if (have > n)
                have = n;
            if (to)
                memcpy(to, w->buf.p + w->at, have);
            window_take(w, have);
        } else if (to && n >= CHUNK && !w->eof) { // straight to where it belongs
            const ssize_t got = weir_io_read(w->io, to, n, err);
            if (got < 0)
                return (int)got;
            w->eof = !got;
            have = (size_t)got;
            w->offset += have;
        } else {
            const int rc = window_fill(w, 1, err);
            if (rc)
                return rc;
            if (w->buf.n == w->at)
                return weir_err_set(err, WEIR_EBAD, "%s: byte %llu: the input is truncated",
                                    w->name, (unsigned long long)w->offset);
        }
        n -= have;
        if (to)
            to += have;
    }
    return 0;
}
