#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/http_impl.h"

enum { BLOCK = 16 << 10 };

struct weir_span http_body(const http_request *r)
{
    return weir_buf_span(&r->body);
}

const char *http_argument(const http_request *r, const char *name)
{
    return MHD_lookup_connection_value(r->c, MHD_GET_ARGUMENT_KIND, name);
}

void http_header(http_request *r, const char *name, const char *value)
{
    if (r->n_headers == HTTP_MAX_HEADERS)
        return;
    r->header[r->n_headers] = name;
    r->value[r->n_headers++] = value;
}

void http_queue(http_request *r, unsigned status, const char *type, struct MHD_Response *response)
{
    const char *origin = r->s->opt.allow_origin;
    r->replied = response != NULL; // without one the connection is closed
    if (!response)
        return;
    if (type)
        MHD_add_response_header(response, "Content-Type", type);
    MHD_add_response_header(response, "Cache-Control", "no-store");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    if (origin) {
        MHD_add_response_header(response, "Access-Control-Allow-Origin", origin);
        MHD_add_response_header(response, "Vary", "Origin");
    }
    if (r->s->draining)
        MHD_add_response_header(response, "Connection", "close");
    for (unsigned i = 0; i < r->n_headers; i++)
        MHD_add_response_header(response, r->header[i], r->value[i]);
    r->replied = MHD_queue_response(r->c, status, response) == MHD_YES;
    if (r->replied)
        r->s->count[status < HTTP_MAX_STATUS ? status : 0]++;
    MHD_destroy_response(response);
}

void http_reply(http_request *r, unsigned status, const char *type, struct weir_buf *body)
{
    if (body->failed) {
        weir_buf_free(body);
        *body = (struct weir_buf){0};
        http_reply_error(r, 503, NULL, NULL, "the server is out of memory");
        return;
    }
    http_queue(r, status, type,
               MHD_create_response_from_buffer(body->n, body->p, MHD_RESPMEM_MUST_FREE));
    *body = (struct weir_buf){0};
}

void http_reply_static(http_request *r, const char *type, struct weir_span body)
{
    http_queue(
        r, 200, type,
        MHD_create_response_from_buffer(body.n, (void *)(uintptr_t)body.p, MHD_RESPMEM_PERSISTENT));
}

static void add_text(struct weir_buf *b, const char *name, const char *text)
{
    weir_buf_addf(b, ",\"%s\":", name);
    if (text)
        weir_buf_add_json_lossy(b, weir_span(text, strlen(text)));
    else
        weir_buf_adds(b, "null");
}

void http_reply_error(http_request *r, unsigned status, const char *param, const char *code,
                      const char *fmt, ...)
{
    struct weir_buf b = {0};
    char text[1000];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    weir_buf_adds(&b, "{\"error\":{\"message\":");
    weir_buf_add_json_lossy(&b, weir_span(text, strlen(text)));
    add_text(&b, "type", status < 500 ? "invalid_request_error" : "server_error");
    add_text(&b, "param", param);
    add_text(&b, "code", code);
    weir_buf_adds(&b, "}}\n");
    if (b.failed) {
        weir_buf_free(&b);
        http_queue(r, 503, NULL, MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT));
        return;
    }
    http_reply(r, status, "application/json", &b);
}

void http_answer_later(http_request *r, const struct http_later *later)
{
    r->later = *later;
    r->has_later = 1;
}

/* ---- streams ---- */

/* What was made since the client took the last; sleeps when that is nothing. */
static ssize_t read_stream(void *ctx, uint64_t at, char *to, size_t max)
{
    http_request *r = ctx;
    (void)at;
    if (r->gone)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (r->out_at == r->out.n && !r->last) {
        r->out_at = 0;
        weir_buf_reset(&r->out, BLOCK);
        const int rc = r->later.more(r->later.ctx, &r->out);
        if (rc < 0 || r->out.failed)
            return MHD_CONTENT_READER_END_WITH_ERROR;
        r->last = !rc;
    }
    const size_t left = r->out.n - r->out_at, n = left < max ? left : max;
    if (!n && r->last)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (!n)
        http_sleep(r);
    else
        memcpy(to, r->out.p + r->out_at, n);
    r->out_at += n;
    return (ssize_t)n;
}

void http_stream(http_request *r, const char *type, const struct http_later *later)
{
    r->later = *later;
    r->has_later = 1;
    http_queue(r, 200, type,
               MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, read_stream, r, NULL));
}
