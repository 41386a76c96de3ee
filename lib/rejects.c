#include "lib/rejects.h"

#include <string.h>

#include "weir/utf8.h"

static void add_base64(struct weir_buf *b, struct weir_span s)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *p = (const unsigned char *)s.p;
    for (size_t i = 0; i < s.n; i += 3) {
        const size_t left = s.n - i;
        const uint32_t w = (uint32_t)p[i] << 16 | (left > 1 ? (uint32_t)p[i + 1] << 8 : 0) |
                           (left > 2 ? p[i + 2] : 0);
        const char four[4] = {digits[w >> 18], digits[w >> 12 & 63],
                              left > 1 ? digits[w >> 6 & 63] : '=',
                              left > 2 ? digits[w & 63] : '='};
        weir_buf_add(b, four, 4);
    }
}

static void add_line(struct weir_buf *out, const struct weir_job *job, const struct weir_batch *b,
                     const struct weir_rec *r, int place_only)
{
    const struct weir_span raw = weir_rec_raw(b, r);
    const struct weir_span detail = weir_span(b->aux.p + r->detail_at, r->detail_n);
    weir_buf_adds(out, "{\"stage\":");
    weir_buf_add_json(out, weir_span(job->stage, strlen(job->stage)));
    weir_buf_adds(out, ",\"reason\":");
    weir_buf_add_json(out, weir_span(r->reason, strlen(r->reason)));
    if (r->fate == WEIR_BAD) {
        weir_buf_adds(out, ",\"error\":");
        weir_buf_add_json_lossy(out, detail);
    } else if (detail.n) {
        weir_buf_addc(out, ',');
        weir_buf_add(out, detail.p, detail.n);
    }
    weir_buf_adds(out, ",\"file\":");
    weir_buf_add_json_lossy(out, r->file ? weir_span(r->file, strlen(r->file)) : WEIR_LIT(""));
    if (r->line)
        weir_buf_addf(out, ",\"line\":%llu", (unsigned long long)r->line);
    weir_buf_addf(out, ",\"offset\":%llu,\"length\":%llu", (unsigned long long)r->offset,
                  (unsigned long long)r->length);
    if (r->fate == WEIR_BAD && weir_utf8_valid(raw.p, raw.n) == raw.n) {
        weir_buf_adds(out, ",\"raw\":");
        weir_buf_add_json(out, raw);
    } else if (r->fate == WEIR_BAD) {
        weir_buf_adds(out, ",\"raw_base64\":\"");
        add_base64(out, raw);
        weir_buf_addc(out, '"');
    } else if (!place_only) {
        weir_buf_adds(out, ",\"record\":");
        weir_buf_add(out, raw.p, raw.n);
    }
    weir_buf_adds(out, "}\n");
}

int weir_reject_line(const struct weir_job *job, const struct weir_batch *b,
                     const struct weir_rec *r, int place_only, struct weir_buf *line,
                     struct weir_err *err)
{
    line->n = 0;
    add_line(line, job, b, r, place_only);
    return weir_buf_check(line, err);
}

int weir_reject_write(struct weir_job *job, const struct weir_batch *b, const struct weir_rec *r,
                      int place_only, struct weir_err *err)
{
    struct weir_buf line = {0};
    int rc = weir_reject_line(job, b, r, place_only, &line, err);
    if (!rc)
        rc = weir_io_write(job->rejects, line.p, line.n, err);
    weir_buf_free(&line);
    return rc;
}
