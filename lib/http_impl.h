#ifndef WEIR_HTTP_IMPL_H
#define WEIR_HTTP_IMPL_H

#include <pthread.h>
#include <sys/types.h>
#include <microhttpd.h>

#include "lib/http.h"

enum { HTTP_MAX_STATUS = 600, HTTP_MAX_HEADERS = 4 };

struct http_connection {
    struct http_connection *next, **link;
    int fd;
    int64_t since_ms; // of being open, or of its last answer
    int busy;         // a request is complete and not yet answered
    http_request *request;
};

struct http_request {
    http_server *s;
    struct MHD_Connection *c;
    struct http_connection *connection;
    const struct http_route *route; // NULL: refused when its body has come
    unsigned refused;               // the status that it gets
    struct weir_buf body;
    size_t held; // of s->bodies
    const char *header[HTTP_MAX_HEADERS], *value[HTTP_MAX_HEADERS];
    unsigned n_headers;
    struct http_later later;
    int has_later, replied, handled;
    int asleep, gone;    // suspended; its client has hung up
    struct weir_buf out; // of a stream: what the client has not taken
    size_t out_at;
    int last; // of a stream: nothing comes behind out
    /* Under s->lock. */
    http_request *next_woken;
    int woken;
};

struct http_server {
    struct http_opt opt;
    char *url, *keys;
    int listening, loopback;
    struct MHD_Daemon *daemon;
    int epoll, event, signals;
    pthread_mutex_t lock; // of woken
    http_request *woken;
    int stop; // with __atomic
    int draining;
    int64_t drain_until_ms;
    size_t bodies;
    unsigned n_requests, n_connections;
    int served; // something since memory was given back
    struct http_connection *connections;
    uint64_t count[HTTP_MAX_STATUS];
};

int64_t http_now_ms(void);
/* The listening socket, with s->url and s->loopback. */
int http_listen(http_server *s, struct weir_err *err);
/* Puts a request to sleep until http_wake(), or its client hangs up. */
void http_sleep(http_request *r);
/* Queues the answer; the response is taken. */
void http_queue(http_request *r, unsigned status, const char *type, struct MHD_Response *response);

/* libmicrohttpd's callbacks. */
enum MHD_Result http_on_request(void *ctx, struct MHD_Connection *c, const char *url,
                                const char *method, const char *version, const char *data,
                                size_t *n, void **state);
void http_on_end(void *ctx, struct MHD_Connection *c, void **state,
                 enum MHD_RequestTerminationCode how);
void http_on_connection(void *ctx, struct MHD_Connection *c, void **state,
                        enum MHD_ConnectionNotificationCode what);

#endif
