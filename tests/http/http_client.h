/* A client of HTTP/1.1 for tests: one request a connection, blocking, answers whole or in chunks.
 */
#ifndef TESTS_HTTP_CLIENT_H
#define TESTS_HTTP_CLIENT_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "weir/buf.h"

struct http_answer {
    int status; // 0: none came
    int whole;  // it came to its end
    struct weir_buf head, body;
};

static inline void http_answer_free(struct http_answer *a)
{
    weir_buf_free(&a->head);
    weir_buf_free(&a->body);
}

/* A socket, or -1.  url: http://127.0.0.1:PORT */
static inline int http_connect(const char *url, int seconds)
{
    const char *port = strrchr(url, ':');
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)(port ? atoi(port + 1) : 0)),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct timeval limit = {.tv_sec = seconds};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (!connect(fd, (struct sockaddr *)&a, sizeof a))
        return fd;
    close(fd);
    return -1;
}

static inline int http_send(int fd, const char *p, size_t n)
{
    while (n) {
        const ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return -1;
        p += sent;
        n -= (size_t)sent;
    }
    return 0;
}

/* headers: lines with their ends, or "". */
static inline int http_send_request(int fd, const char *method, const char *path,
                                    const char *headers, const char *body, size_t n)
{
    struct weir_buf b = {0};
    weir_buf_addf(&b, "%s %s HTTP/1.1\r\nHost: localhost\r\n%s", method, path, headers);
    if (body)
        weir_buf_addf(&b, "Content-Length: %zu\r\n", n);
    weir_buf_adds(&b, "\r\n");
    if (body)
        weir_buf_add(&b, body, n);
    const int rc = b.failed ? -1 : http_send(fd, b.p, b.n);
    weir_buf_free(&b);
    return rc;
}

/* More bytes behind *b: 1, 0 at the end, negative on error. */
static inline int http_more(int fd, struct weir_buf *b)
{
    char part[4096];
    const ssize_t n = recv(fd, part, sizeof part, 0);
    if (n > 0)
        weir_buf_add(b, part, (size_t)n);
    return n > 0 ? 1 : (int)n;
}

/* The head; what came behind it is put into *rest. */
static inline int http_read_head(int fd, struct http_answer *a, struct weir_buf *rest)
{
    char *end = NULL;
    while (!a->head.n || !(end = memmem(a->head.p, a->head.n, "\r\n\r\n", 4)))
        if (http_more(fd, &a->head) <= 0)
            return -1;
    end += 4;
    weir_buf_add(rest, end, a->head.n - (size_t)(end - a->head.p));
    a->head.n = (size_t)(end - a->head.p);
    weir_buf_addc(&a->head, '\0');
    return sscanf(a->head.p, "HTTP/1.1 %d", &a->status) == 1 ? 0 : -1;
}

static inline const char *http_header_of(const struct http_answer *a, const char *name)
{
    const size_t n = strlen(name);
    for (const char *p = a->head.p; p && (p = strstr(p, "\r\n")); p += 2)
        if (!strncasecmp(p + 2, name, n) && p[2 + n] == ':')
            return p + 3 + n + strspn(p + 3 + n, " ");
    return NULL;
}

/* Takes the chunks that are whole out of *raw: 1 when the last one came. */
static inline int http_take_chunks(struct weir_buf *raw, struct weir_buf *body)
{
    size_t at = 0;
    int last = 0;
    while (!last) {
        const char *line = raw->p + at, *end = memmem(line, raw->n - at, "\r\n", 2);
        if (!end)
            break;
        const size_t n = strtoul(line, NULL, 16), from = (size_t)(end - raw->p) + 2;
        if (raw->n < from + n + 2)
            break;
        weir_buf_add(body, raw->p + from, n);
        at = from + n + 2;
        last = !n;
    }
    memmove(raw->p, raw->p + at, raw->n - at);
    raw->n -= at;
    return last;
}

/* Reads until the answer is whole, or stop(ctx) is other than 0. */
static inline int http_read_answer(int fd, struct http_answer *a,
                                   int (*stop)(void *ctx, const struct http_answer *a), void *ctx)
{
    struct weir_buf raw = {0};
    int rc = http_read_head(fd, a, &raw);
    const char *length = rc ? NULL : http_header_of(a, "Content-Length");
    const int chunked = !rc && http_header_of(a, "Transfer-Encoding");
    const size_t n = length ? strtoul(length, NULL, 10) : 0;
    while (!rc && !a->whole) {
        if (chunked)
            a->whole = raw.n && http_take_chunks(&raw, &a->body);
        else if (raw.n) {
            weir_buf_add(&a->body, raw.p, raw.n);
            raw.n = 0;
        }
        if (!chunked)
            a->whole = a->body.n >= n;
        if (a->whole || (stop && stop(ctx, a)))
            break;
        rc = http_more(fd, &raw) > 0 ? 0 : -1;
    }
    weir_buf_addc(&a->body, '\0');
    a->body.n--;
    weir_buf_free(&raw);
    return rc;
}

/* One request and its whole answer. */
static inline int http_ask(const char *url, const char *method, const char *path,
                           const char *headers, const char *body, struct http_answer *a)
{
    const int fd = http_connect(url, 60);
    int rc =
        fd < 0 ? -1 : http_send_request(fd, method, path, headers, body, body ? strlen(body) : 0);
    if (!rc)
        rc = http_read_answer(fd, a, NULL, NULL);
    if (fd >= 0)
        close(fd);
    return rc;
}

#endif
