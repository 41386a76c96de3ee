#include "kg2instruction/kg_window.h"

#include <string.h>

int kg_window_fill(struct kg_frame *f, struct weir_err *err)
{
    if (f->at) {
        f->buf.n -= f->at;
        memmove(f->buf.p, f->buf.p + f->at, f->buf.n);
        f->base += f->at;
        f->at = 0;
    }
    if (weir_buf_reserve(&f->buf, KG_CHUNK))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    const ssize_t n = weir_io_read(f->io, f->buf.p + f->buf.n, KG_CHUNK, err);
    if (n < 0)
        return (int)n;
    f->buf.n += (size_t)n;
    f->eof = n == 0;
    return 0;
}

void kg_window_advance(struct kg_frame *f, size_t end)
{
    const char *p = f->buf.p + f->at, *to = f->buf.p + end;
    while (p < to && (p = memchr(p, '\n', (size_t)(to - p))))
        f->line++, p++;
    f->at = end;
}

void kg_window_skip(struct kg_frame *f, size_t end)
{
    f->framing += end - f->at;
    kg_window_advance(f, end);
}

int kg_window_seek(struct kg_frame *f, struct weir_err *err)
{
    for (;;) {
        size_t i = f->at;
        while (i < f->buf.n && strchr(" \t\r\n", f->buf.p[i]) && f->buf.p[i])
            i++;
        kg_window_skip(f, i);
        if (i < f->buf.n || f->eof)
            return i < f->buf.n;
        const int rc = kg_window_fill(f, err);
        if (rc)
            return rc;
    }
}

int kg_window_need(struct kg_frame *f, size_t n, struct weir_err *err)
{
    while (f->buf.n - f->at < n && !f->eof) {
        const int rc = kg_window_fill(f, err);
        if (rc)
            return rc;
    }
    return 0;
}

/* A record of length bytes from offset on, of which p[0..n) is there: all, or its beginning. */
static int give(struct kg_frame *f, struct weir_batch *b, struct weir_span there, uint64_t offset,
                uint64_t length, enum kg_record kind, struct weir_err *err)
{
    const uint64_t max = f->job->max_record;
    if (length > f->keep && length <= max)
        return weir_stage_too_large(f->stage, f->name, length, err);
    if (length > max && there.n > KG_EXCERPT)
        there.n = KG_EXCERPT;
    struct weir_rec *r = weir_batch_add(b, there.p, there.n);
    if (!r)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    r->file = f->name;
    r->offset = offset;
    r->length = length;
    r->line = f->line;
    r->framing = f->framing;
    r->user[0] = kind;
    f->framing = 0;
    if (length > max)
        weir_rec_bad(b, r, "too-long", "%llu bytes, more than --max-record %llu",
                     (unsigned long long)length, (unsigned long long)max);
    return 1;
}

int kg_window_give(struct kg_frame *f, struct weir_batch *b, size_t n, enum kg_record kind,
                   uint64_t user, struct weir_err *err)
{
    const int rc = give(f, b, weir_span(f->buf.p + f->at, n), f->base + f->at, n, kind, err);
    if (rc < 0)
        return rc;
    b->rec[b->n_rec - 1].user[1] = user;
    kg_window_advance(f, f->at + n);
    return 1;
}

int kg_window_pass(struct kg_frame *f, struct weir_batch *b,
                   int (*scan)(struct kg_frame *, size_t *), enum kg_record kind,
                   struct weir_err *err)
{
    const uint64_t start = f->base + f->at, line = f->line;
    char head[KG_EXCERPT];
    const size_t n = f->buf.n - f->at < KG_EXCERPT ? f->buf.n - f->at : KG_EXCERPT;
    memcpy(head, f->buf.p + f->at, n);
    size_t i = f->at;
    while (!scan(f, &i) && !f->eof) {
        kg_window_advance(f, i);
        const int rc = kg_window_fill(f, err);
        if (rc)
            return rc;
        i = f->at;
    }
    kg_window_advance(f, i);
    const uint64_t behind = f->line;
    f->line = line;
    const int rc = give(f, b, weir_span(head, n), start, f->base + f->at - start, kind, err);
    f->line = behind;
    return rc;
}

int kg_window_bad(const struct kg_frame *f, struct weir_err *err, const char *why)
{
    return weir_err_set(err, WEIR_EBAD, "%s:%llu: %s", f->name, (unsigned long long)f->line, why);
}
