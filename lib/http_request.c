/* What libmicrohttpd calls: a request comes in pieces, is checked, handled and forgotten. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/http_impl.h"

/* A body that is too large is read up to here, so that the client gets to read why. */
#define HTTP_DISCARD ((uint64_t)64 << 20)

static const char *header(const http_request *r, const char *name)
{
    return MHD_lookup_connection_value(r->c, MHD_HEADER_KIND, name);
}

/* ---- who may ---- */

/* Takes the same time wherever they differ. */
static int is_same(const char *a, const char *b, size_t n)
{
    unsigned char other = 0;
    for (size_t i = 0; i < n; i++)
        other |= (unsigned char)(a[i] ^ b[i]);
    return !other;
}

static int has_key(const http_request *r)
{
    const char *given = header(r, "Authorization");
    int found = 0;
    if (!r->s->keys)
        return 1;
    if (!given || strncasecmp(given, "Bearer ", 7) != 0)
        return 0;
    given += 7;
    const size_t n = strlen(given);
    for (const char *p = r->s->keys; *p;) {
        p += strspn(p, " \t\r\n");
        const size_t length = strcspn(p, "\r\n");
        size_t end = length;
        while (end && (p[end - 1] == ' ' || p[end - 1] == '\t'))
            end--;
        if (end && end == n)
            found |= is_same(p, given, n);
        p += length;
    }
    return found;
}

/* A page elsewhere whose name was made to point here is no page of ours: a server that listens on
 * loopback is only ever called by a name of loopback. */
static int is_our_host(const http_request *r)
{
    const char *host = header(r, "Host");
    if (!r->s->loopback || !host)
        return 1;
    const size_t n = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");
    const struct weir_span name = weir_span(host, n < strlen(host) ? n : strlen(host));
    if ((name.n == 9 && !strncasecmp(name.p, "localhost", 9)) || weir_span_is(name, "[::1]"))
        return 1;
    return name.n >= 7 && !strncmp(name.p, "127.", 4) && strspn(name.p, "0123456789.") >= name.n;
}

static int is_allowed_origin(const http_request *r, const char *origin)
{
    const char *allowed = r->s->opt.allow_origin;
    return allowed && (!strcmp(allowed, "*") || !strcmp(allowed, origin));
}

/* A browser says which page a request comes from. */
static int may_come_from(const http_request *r)
{
    const char *origin = header(r, "Origin"), *host = header(r, "Host");
    if (!origin || is_allowed_origin(r, origin))
        return 1;
    const char *name = strstr(origin, "://");
    return name && host && !strcasecmp(name + 3, host);
}

/* ---- a request ---- */

static int matches(const struct http_route *route, const char *method)
{
    return !strcmp(route->method, method) ||
           (!strcmp(method, "HEAD") && !strcmp(route->method, "GET"));
}

static void find_route(http_request *r, const char *url, const char *method)
{
    r->refused = 404;
    for (const struct http_route *i = r->s->opt.routes; i->path; i++) {
        if (strcmp(i->path, url) != 0)
            continue;
        r->refused = 405;
        if (matches(i, method)) {
            r->route = i;
            r->refused = 0;
            return;
        }
    }
    if (r->refused == 405 && !strcmp(method, "OPTIONS") && r->s->opt.allow_origin)
        r->refused = 204;
}

struct framing {
    unsigned lengths, hosts;
};

static enum MHD_Result count_framing(void *ctx, enum MHD_ValueKind kind, const char *name,
                                     const char *value)
{
    struct framing *f = ctx;
    (void)kind;
    (void)value;
    f->lengths += !strcasecmp(name, "Content-Length") || !strcasecmp(name, "Transfer-Encoding");
    f->hosts += !strcasecmp(name, "Host");
    return MHD_YES;
}

/* Whose end or whose server a proxy might see elsewhere (RFC 9112, 3.2 and 6.3). */
static int is_ambiguous(const http_request *r)
{
    struct framing f = {0};
    MHD_get_connection_values(r->c, MHD_HEADER_KIND, count_framing, &f);
    return f.lengths > 1 || f.hosts > 1;
}

static void check(http_request *r, const char *url, const char *method)
{
    const char *length = header(r, "Content-Length");
    find_route(r, url, method);
    if (is_ambiguous(r))
        r->refused = 400;
    else if (!is_our_host(r) || !may_come_from(r))
        r->refused = 403;
    else if (r->route && !r->route->open && !has_key(r))
        r->refused = 401;
    else if (r->s->draining)
        r->refused = 503;
    else if (length && strtoull(length, NULL, 10) > r->s->opt.max_body)
        r->refused = 413;
}

static void refuse(http_request *r)
{
    switch (r->refused) {
    case 204: {
        struct weir_buf none = {0};
        http_header(r, "Access-Control-Allow-Methods", "GET, POST");
        http_header(r, "Access-Control-Allow-Headers", "Authorization, Content-Type");
        http_reply(r, 204, NULL, &none);
        return;
    }
    case 400:
        http_header(r, "Connection", "close");
        http_reply_error(r, 400, NULL, NULL, "a request has one Host and one length");
        return;
    case 401:
        http_header(r, "WWW-Authenticate", "Bearer");
        http_reply_error(r, 401, NULL, "invalid_api_key",
                         "an API key is needed: Authorization: Bearer KEY");
        return;
    case 403:
        http_reply_error(r, 403, NULL, NULL,
                         is_our_host(r)
                             ? "a page of another server may ask only where its origin is allowed"
                             : "this server is called by 127.0.0.1 or localhost only");
        return;
    case 404:
        http_reply_error(r, 404, NULL, NULL, "there is nothing under this path");
        return;
    case 405:
        http_reply_error(r, 405, NULL, NULL, "this path takes another method");
        return;
    case 413:
        http_reply_error(r, 413, NULL, NULL, "a body may have %zu bytes", r->s->opt.max_body);
        return;
    default:
        http_header(r, "Retry-After", "5");
        http_reply_error(r, 503, NULL, NULL,
                         r->s->draining ? "the server is ending" : "the server is out of memory");
    }
}

static http_request *request_new(http_server *s, struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    http_request *r = info && info->socket_context ? calloc(1, sizeof *r) : NULL;
    if (!r)
        return NULL;
    r->s = s;
    r->c = c;
    r->connection = info->socket_context;
    r->connection->request = r;
    s->n_requests++;
    return r;
}

static void take_data(http_request *r, const char *data, size_t n)
{
    if (r->refused)
        return;
    if (r->body.n + n > r->s->opt.max_body) {
        r->refused = 413;
    } else if (r->s->bodies + n > r->s->opt.max_bodies) {
        r->refused = 503;
    } else {
        weir_buf_add(&r->body, data, n);
        r->held += n;
        r->s->bodies += n;
    }
    if (r->body.failed)
        r->refused = 503;
}

static int is_hopeless(const http_request *r)
{
    const char *length = header(r, "Content-Length");
    return r->refused && (r->refused == 400 || header(r, "Expect") ||
                          (length && strtoull(length, NULL, 10) > HTTP_DISCARD));
}

/* The whole request is there. */
static void handle(http_request *r)
{
    r->connection->busy = 1;
    r->handled = 1;
    if (!r->refused && weir_buf_reserve(&r->body, 0))
        r->refused = 503;
    if (r->refused)
        refuse(r);
    else
        r->route->handle(r->s->opt.ctx, r);
}

enum MHD_Result http_on_request(void *ctx, struct MHD_Connection *c, const char *url,
                                const char *method, const char *version, const char *data,
                                size_t *n, void **state)
{
    http_request *r = *state;
    (void)version;
    if (!r) {
        if (!(*state = r = request_new(ctx, c)))
            return MHD_NO;
        check(r, url, method);
        if (is_hopeless(r))
            handle(r);
    } else if (*n) {
        take_data(r, data, *n);
        *n = 0;
    } else if (!r->handled) {
        handle(r);
    }
    if (r->replied || !r->handled)
        return MHD_YES;
    /* It waits for what another thread makes. */
    if (r->gone || !r->later.answer)
        return MHD_NO;
    if (!r->later.answer(r->later.ctx, r))
        http_sleep(r);
    return r->replied || r->asleep ? MHD_YES : MHD_NO;
}

static void forget_wake(http_request *r)
{
    http_server *s = r->s;
    pthread_mutex_lock(&s->lock);
    for (http_request **at = &s->woken; *at; at = &(*at)->next_woken)
        if (*at == r) {
            *at = r->next_woken;
            break;
        }
    pthread_mutex_unlock(&s->lock);
}

void http_on_end(void *ctx, struct MHD_Connection *c, void **state,
                 enum MHD_RequestTerminationCode how)
{
    http_server *s = ctx;
    http_request *r = *state;
    (void)c;
    if (!r)
        return;
    if (r->has_later)
        r->later.end(r->later.ctx, how == MHD_REQUEST_TERMINATED_COMPLETED_OK);
    forget_wake(r);
    r->connection->busy = 0;
    r->connection->since_ms = http_now_ms();
    r->connection->request = NULL;
    s->bodies -= r->held;
    s->n_requests--;
    s->served = 1;
    weir_buf_free(&r->body);
    weir_buf_free(&r->out);
    free(r);
    *state = NULL;
}

void http_on_connection(void *ctx, struct MHD_Connection *c, void **state,
                        enum MHD_ConnectionNotificationCode what)
{
    http_server *s = ctx;
    struct http_connection *k = *state;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
        if (!info || !(k = calloc(1, sizeof *k)))
            return; // its requests are refused
        *k = (struct http_connection){.next = s->connections,
                                      .link = &s->connections,
                                      .fd = info->connect_fd,
                                      .since_ms = http_now_ms()};
        if (k->next)
            k->next->link = &k->next;
        s->connections = k;
        s->n_connections++;
        *state = k;
    } else if (k) {
        *k->link = k->next;
        if (k->next)
            k->next->link = k->link;
        s->n_connections--;
        free(k);
        *state = NULL;
    }
}
