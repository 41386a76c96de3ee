#include <stdio.h>
#include <string.h>

#include "weir/stream.h"

struct weir_rec *weir_batch_add(struct weir_batch *b, const char *p, size_t n)
{
    if (weir_grow(&b->rec, &b->cap_rec, b->n_rec + 1, sizeof *b->rec))
        return NULL;
    if (weir_buf_reserve(&b->raw, n))
        return NULL;
    struct weir_rec *r = &b->rec[b->n_rec++];
    memset(r, 0, sizeof *r);
    r->raw_at = b->raw.n;
    r->raw_n = n;
    if (p && n)
        memcpy(b->raw.p + b->raw.n, p, n);
    b->raw.n += n;
    return r;
}

void weir_rec_source(struct weir_batch *b, struct weir_rec *r, struct weir_span source)
{
    r->source_at = b->aux.n;
    r->source_n = source.n;
    weir_buf_add(&b->aux, source.p, source.n);
}

static void add_detail(struct weir_batch *b, struct weir_rec *r, const char *fmt, va_list ap)
{
    char small[512];
    va_list again;
    va_copy(again, ap);
    r->detail_at = b->aux.n;
    r->detail_n = 0;
    const int n = fmt ? vsnprintf(small, sizeof small, fmt, ap) : 0;
    if (n >= (int)sizeof small) {
        if (!weir_buf_reserve(&b->aux, (size_t)n + 1)) {
            vsnprintf(b->aux.p + b->aux.n, (size_t)n + 1, fmt, again);
            b->aux.n += (size_t)n;
        }
    } else if (n > 0) {
        weir_buf_add(&b->aux, small, (size_t)n);
    }
    va_end(again);
    r->detail_n = b->aux.n - r->detail_at;
}

void weir_rec_drop(struct weir_batch *b, struct weir_rec *r, const char *reason,
                   const char *detail_fmt, ...)
{
    va_list ap;
    r->fate = WEIR_DROP;
    r->reason = reason;
    va_start(ap, detail_fmt);
    add_detail(b, r, detail_fmt, ap);
    va_end(ap);
}

void weir_rec_bad(struct weir_batch *b, struct weir_rec *r, const char *reason,
                  const char *message_fmt, ...)
{
    va_list ap;
    r->fate = WEIR_BAD;
    r->reason = reason;
    va_start(ap, message_fmt);
    add_detail(b, r, message_fmt, ap);
    va_end(ap);
}
