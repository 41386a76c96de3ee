/* A small HTTP server for programs of the suite: one thread runs it (libmicrohttpd under an epoll
 * loop of our own, RFC 9112), any thread may wake a request whose answer is made elsewhere.
 *
 *      handler(r) ── http_reply()            answered at once
 *               ├─── http_answer_later()     sleeps until http_wake(), then answer() is asked
 *               └─── http_stream()           sleeps and is woken; more() is asked when the
 *                                            client has taken what was there: a slow reader slows
 *                                            itself alone
 *
 * A client that hangs up while its request sleeps is noticed at once: end() is called. */
#ifndef WEIR_HTTP_H
#define WEIR_HTTP_H

#include "weir/buf.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct http_server http_server;
typedef struct http_request http_request;

struct http_route {
    const char *method, *path; // "GET" answers HEAD too; the path is compared as it stands
    int open;                  // needs no key
    void (*handle)(void *ctx, http_request *r); // on the server's thread; it answers or sleeps
};
/* A table ends with {0}. */

struct http_opt {
    const char *host;         // address or name to listen on; NULL: 127.0.0.1
    unsigned port;            // 0: one that is free
    const char *key_file;     // keys for "Authorization: Bearer KEY", one a line; NULL: none needed
    const char *allow_origin; // pages of this origin may use the server, "*": of all; NULL: of none
    size_t max_body;          // bytes of a request's body
    size_t max_bodies;        // bytes of all bodies that are held at a time
    unsigned max_connections;
    unsigned timeout; // seconds for a request to be complete, and for a client that takes nothing
    unsigned drain;   // seconds that http_run() waits for open requests when it is to end
    const struct http_route *routes;
    void *ctx; // of the handlers
};

/* Listens from now on.  Every address but loopback needs key_file: WEIR_EUSAGE without. */
http_server *http_open(const struct http_opt *opt, struct weir_err *err);
/* "http://127.0.0.1:8090" */
const char *http_url(const http_server *s);
/* Serves until SIGTERM or SIGINT (which every thread of the process must have blocked, see
 * http_block_signals()) or http_stop(); then takes no more connections, answers new requests with
 * 503, and returns when those that are open are answered; a second signal does not wait. */
WEIR_MUST_CHECK int http_run(http_server *s, struct weir_err *err);
/* From any thread. */
void http_stop(http_server *s);
void http_close(http_server *s);
/* Before threads are started. */
void http_block_signals(void);
/* Answers so far with that status; on the server's thread. */
uint64_t http_count(const http_server *s, unsigned status);
/* Open connections; on the server's thread. */
unsigned http_connections(const http_server *s);

/* ---- of a request; on the server's thread ---- */

/* WEIR_PADDING bytes behind it are readable. */
struct weir_span http_body(const http_request *r);
/* Of the query, decoded, or NULL. */
const char *http_argument(const http_request *r, const char *name);
/* A header of the answer to come; name is static. */
void http_header(http_request *r, const char *name, const char *value);
/* Answers; the buffer's memory is taken, and the buffer empty afterwards. */
void http_reply(http_request *r, unsigned status, const char *type, struct weir_buf *body);
/* Answers with bytes that stay where they are. */
void http_reply_static(http_request *r, const char *type, struct weir_span body);
/* {"error":{"message":…,"type":…,"param":…,"code":…}} as OpenAI's servers write it; param and code
 * may be NULL. */
void http_reply_error(http_request *r, unsigned status, const char *param, const char *code,
                      const char *fmt, ...) WEIR_PRINTF(5, 6);

struct http_later {
    void *ctx;
    /* 1 after it has called http_reply…(), 0: not yet. */
    int (*answer)(void *ctx, http_request *r);
    /* Appends what there is, perhaps nothing: 1 when more will come, 0 when that was all, negative
     * breaks the connection. */
    int (*more)(void *ctx, struct weir_buf *to);
    /* Once, whatever happened; the request is gone.  complete: the client has got everything. */
    void (*end)(void *ctx, int complete);
};
/* One of answer and more is set.  A handler that calls these does not answer otherwise. */
void http_answer_later(http_request *r, const struct http_later *later);
void http_stream(http_request *r, const char *type, const struct http_later *later);
/* From any thread, until end() is called: the caller's own lock sees to that. */
void http_wake(http_request *r);

#ifdef __cplusplus
}
#endif
#endif
