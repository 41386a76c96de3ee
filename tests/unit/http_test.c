#include "lib/http.h"

#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include "tests/http/http_client.h"

/* ---- a server with something of each kind ---- */

struct slow { // an answer that another thread makes
    pthread_mutex_t lock;
    http_request *r;
    int made, want, ended, complete;
    pthread_t thread;
};

static struct slow slow;

static void nap(int ms)
{
    const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
    nanosleep(&t, NULL);
}

static void *make(void *arg)
{
    struct slow *s = arg;
    for (int i = 0; i < s->want; i++) {
        nap(10);
        pthread_mutex_lock(&s->lock);
        s->made++;
        if (s->r)
            http_wake(s->r);
        const int over = s->ended;
        pthread_mutex_unlock(&s->lock);
        if (over)
            break;
    }
    return NULL;
}

static void slow_start(http_request *r, int want)
{
    pthread_mutex_lock(&slow.lock);
    slow.r = r;
    slow.made = slow.ended = slow.complete = 0;
    slow.want = want;
    pthread_mutex_unlock(&slow.lock);
    assert(!pthread_create(&slow.thread, NULL, make, &slow));
}

static int slow_answer(void *ctx, http_request *r)
{
    struct slow *s = ctx;
    struct weir_buf b = {0};
    pthread_mutex_lock(&s->lock);
    const int done = s->made == s->want;
    pthread_mutex_unlock(&s->lock);
    if (!done)
        return 0;
    weir_buf_adds(&b, "made");
    http_reply(r, 200, "text/plain", &b);
    return 1;
}

static int sent;

static int slow_more(void *ctx, struct weir_buf *to)
{
    struct slow *s = ctx;
    pthread_mutex_lock(&s->lock);
    for (; sent < s->made; sent++)
        weir_buf_addf(to, "%d;", sent);
    const int more = s->made < s->want;
    pthread_mutex_unlock(&s->lock);
    return more;
}

static void slow_end(void *ctx, int complete)
{
    struct slow *s = ctx;
    pthread_mutex_lock(&s->lock);
    s->r = NULL;
    s->ended = 1;
    s->complete = complete;
    pthread_mutex_unlock(&s->lock);
}

static void on_later(void *ctx, http_request *r)
{
    const char *n = http_argument(r, "n");
    (void)ctx;
    http_answer_later(r, &(struct http_later){&slow, slow_answer, NULL, slow_end});
    slow_start(r, n ? atoi(n) : 5);
}

static void on_stream(void *ctx, http_request *r)
{
    const char *n = http_argument(r, "n");
    (void)ctx;
    sent = 0;
    slow_start(r, n ? atoi(n) : 20);
    http_stream(r, "text/event-stream", &(struct http_later){&slow, NULL, slow_more, slow_end});
}

static size_t flood_made;

/* As much as is taken: what the server holds is what it asks for. */
static int flood_more(void *ctx, struct weir_buf *to)
{
    static const char block[65536] = "x";
    (void)ctx;
    weir_buf_add(to, block, sizeof block);
    flood_made += sizeof block;
    return 1;
}

static void on_flood(void *ctx, http_request *r)
{
    (void)ctx;
    http_stream(r, "text/plain", &(struct http_later){&slow, NULL, flood_more, slow_end});
}

static void on_echo(void *ctx, http_request *r)
{
    struct weir_buf b = {0};
    const struct weir_span body = http_body(r);
    (void)ctx;
    weir_buf_add(&b, body.p, body.n);
    http_reply(r, 200, "text/plain", &b);
}

static void on_page(void *ctx, http_request *r)
{
    (void)ctx;
    http_reply_static(r, "text/html", WEIR_LIT("<p>"));
}

static const struct http_route routes[] = {
    {"GET", "/", 1, on_page},       {"POST", "/echo", 0, on_echo},
    {"GET", "/later", 0, on_later}, {"GET", "/stream", 0, on_stream},
    {"GET", "/flood", 0, on_flood}, {0}};

static http_server *server;
static pthread_t thread;
static const char *url;

static void *serve(void *arg)
{
    struct weir_err err = {0};
    (void)arg;
    assert(!http_run(server, &err));
    return NULL;
}

static void start(const char *key_file, const char *origin)
{
    struct weir_err err = {0};
    const struct http_opt opt = {.key_file = key_file,
                                 .allow_origin = origin,
                                 .max_body = 1000,
                                 .max_bodies = 1500,
                                 .max_connections = 100,
                                 .timeout = 2,
                                 .drain = 5,
                                 .routes = routes};
    server = http_open(&opt, &err);
    assert(server && !err.code);
    url = http_url(server);
    assert(!pthread_create(&thread, NULL, serve, NULL));
}

static void stop(void)
{
    http_stop(server);
    pthread_join(thread, NULL);
    http_close(server);
}

/* ---- what is asked ---- */

static int status_of(const char *method, const char *path, const char *headers, const char *body,
                     const char *holds)
{
    struct http_answer a = {0};
    assert(!http_ask(url, method, path, headers, body, &a));
    if (holds && !strstr(a.body.p, holds)) {
        fprintf(stderr, "%s %s: no %s in %s\n", method, path, holds, a.body.p);
        abort();
    }
    const int status = a.status;
    http_answer_free(&a);
    return status;
}

/* Returns whether the client got everything. */
static int wait_for_end(void)
{
    int ended = 0;
    for (int i = 0; i < 1000 && !ended; i++) {
        nap(10);
        pthread_mutex_lock(&slow.lock);
        ended = slow.ended;
        pthread_mutex_unlock(&slow.lock);
    }
    assert(ended);
    return slow.complete;
}

static void test_answers(void)
{
    char big[1002];
    memset(big, 'x', sizeof big);
    big[1001] = 0;
    start(NULL, NULL);
    assert(status_of("GET", "/", "", NULL, "<p>") == 200);
    assert(status_of("POST", "/echo", "", "hello", "hello") == 200);
    assert(status_of("POST", "/echo", "", "", NULL) == 200);
    assert(status_of("GET", "/none", "", NULL, "\"message\"") == 404);
    assert(status_of("GET", "/echo", "", NULL, "\"message\"") == 405);
    assert(status_of("OPTIONS", "/echo", "", NULL, NULL) == 405);
    assert(status_of("POST", "/echo", "", big, "1000 bytes") == 413);
    big[1000] = 0;
    assert(status_of("POST", "/echo", "", big, "xxx") == 200);
    assert(status_of("POST", "/none", "", big, NULL) == 404);
    /* A body without its length. */
    assert(status_of("POST", "/echo", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", NULL,
                     "abc") == 200);
    assert(status_of("GET", "/later", "", NULL, "made") == 200);
    pthread_join(slow.thread, NULL);
    assert(status_of("GET", "/stream", "", NULL,
                     "0;1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;"
                     "19;") == 200);
    pthread_join(slow.thread, NULL);
    assert(wait_for_end());
    stop();
}

static void test_who_may(void)
{
    FILE *f = fopen("keys", "w");
    fputs("first\n  second \n", f);
    fclose(f);
    start("keys", NULL);
    assert(status_of("GET", "/", "", NULL, NULL) == 200);
    assert(status_of("POST", "/echo", "", "a", "API key") == 401);
    assert(status_of("POST", "/echo", "Authorization: Bearer firs\r\n", "a", NULL) == 401);
    assert(status_of("POST", "/echo", "Authorization: Bearer third\r\n", "a", NULL) == 401);
    assert(status_of("POST", "/echo", "Authorization: Bearer \r\n", "a", NULL) == 401);
    assert(status_of("POST", "/echo", "Authorization: Bearer first\r\n", "a", NULL) == 200);
    assert(status_of("POST", "/echo", "Authorization: bearer second\r\n", "a", NULL) == 200);
    stop();
    start(NULL, NULL);
    assert(status_of("POST", "/echo", "Origin: http://evil.example\r\n", "a",
                     "origin is allowed") == 403);
    assert(status_of("POST", "/echo", "Origin: null\r\n", "a", NULL) == 403);
    assert(status_of("POST", "/echo", "Origin: http://localhost\r\n", "a", NULL) == 200);
    stop();
    start(NULL, "http://good.example");
    assert(status_of("POST", "/echo", "Origin: http://good.example\r\n", "a", NULL) == 200);
    assert(status_of("POST", "/echo", "Origin: http://evil.example\r\n", "a", NULL) == 403);
    assert(status_of("OPTIONS", "/echo", "Origin: http://good.example\r\n", NULL, NULL) == 204);
    stop();
}

/* A name that was made to point to loopback. */
static void test_host(void)
{
    static const struct {
        const char *host;
        int status;
    } all[] = {{"127.0.0.1:80", 200}, {"LOCALHOST", 200},    {"[::1]:8090", 200},
               {"evil.example", 403}, {"127.evil.com", 403}, {"localhost.evil.com", 403},
               {"[::1", 403},         {"10.0.0.1", 403},     {"", 403}};
    start(NULL, NULL);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct http_answer a = {0};
        char request[200];
        const int fd = http_connect(url, 10);
        const int n =
            snprintf(request, sizeof request, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", all[i].host);
        assert(fd >= 0 && !http_send(fd, request, (size_t)n));
        assert(!http_read_answer(fd, &a, NULL, NULL));
        assert(a.status == all[i].status);
        assert(a.status == 200 || strstr(a.body.p, "127.0.0.1 or localhost"));
        http_answer_free(&a);
        close(fd);
    }
    stop();
}

/* Whoever hangs up while nothing is sent is noticed. */
static void test_hang_up(void)
{
    static const char *const paths[] = {"/later?n=1000", "/stream?n=1000"};
    for (size_t i = 0; i < 2; i++) {
        start(NULL, NULL);
        const int fd = http_connect(url, 10);
        assert(fd >= 0 && !http_send_request(fd, "GET", paths[i], "", NULL, 0));
        nap(100);
        close(fd);
        assert(!wait_for_end());
        pthread_join(slow.thread, NULL);
        stop();
    }
}

/* One that reads nothing stops what is made for it, and is left after a while. */
static void test_slow_reader(void)
{
    start(NULL, NULL);
    slow.ended = 0;
    flood_made = 0;
    const int fd = http_connect(url, 10);
    assert(fd >= 0 && !http_send_request(fd, "GET", "/flood", "", NULL, 0));
    assert(!wait_for_end());
    assert(flood_made < (size_t)32 << 20);
    close(fd);
    stop();
}

/* A request that never ends is closed, however lively it is. */
static void test_slow_request(void)
{
    start(NULL, NULL);
    const int fd = http_connect(url, 10);
    int i = 0;
    assert(fd >= 0 && !http_send(fd, "GET / HTTP/1.1\r\nX: ", 19));
    for (; i < 60 && !http_send(fd, "x", 1); i++) {
        struct pollfd p = {.fd = fd, .events = POLLIN | POLLRDHUP};
        if (poll(&p, 1, 100) > 0)
            break;
    }
    assert(i >= 15 && i < 60);
    close(fd);
    stop();
}

/* Where a request ends is not for a proxy and the server to see differently: what might be a second
 * request is not read. */
static void test_ambiguous(void)
{
    static const char *const all[] = {
        "Host: localhost\r\nContent-Length: 1\r\nContent-Length: 30\r\n\r\na",
        "Host: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Host: localhost\r\nHost: evil.example\r\nContent-Length: 1\r\n\r\na"};
    start(NULL, NULL);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct weir_buf b = {0}, got = {0};
        const int fd = http_connect(url, 10);
        weir_buf_addf(&b, "POST /echo HTTP/1.1\r\n%sGET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                      all[i]);
        assert(fd >= 0 && !http_send(fd, b.p, b.n));
        while (http_more(fd, &got) > 0)
            ;
        weir_buf_addc(&got, '\0');
        assert(!strncmp(got.p, "HTTP/1.1 400", 12) && !strstr(got.p + 12, "HTTP/1.1"));
        weir_buf_free(&b);
        weir_buf_free(&got);
        close(fd);
    }
    stop();
}

static void test_garbage(void)
{
    static const char *const all[] = {"\r\n\r\n", "GET\r\n\r\n", "\0\0\0\0",
                                      "POST /echo HTTP/1.1\r\n"
                                      "Host: localhost\r\nContent-Length: -1\r\n\r\n",
                                      "GET / HTTP/9.9\r\n\r\n"};
    start(NULL, NULL);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct http_answer a = {0};
        const int fd = http_connect(url, 10);
        assert(fd >= 0);
        http_send(fd, all[i], i == 2 ? 4 : strlen(all[i]));
        shutdown(fd, SHUT_WR);
        http_read_answer(fd, &a, NULL, NULL);
        assert(a.status != 200 && a.status < 506);
        http_answer_free(&a);
        close(fd);
    }
    assert(status_of("GET", "/", "", NULL, "<p>") == 200);
    stop();
}

/* What is open is answered, and nothing else begins. */
static void test_drain(void)
{
    struct http_answer a = {0};
    start(NULL, NULL);
    const int fd = http_connect(url, 10), kept = http_connect(url, 10);
    assert(fd >= 0 && kept >= 0 && !http_send_request(fd, "GET", "/stream?n=50", "", NULL, 0));
    nap(100);
    http_stop(server);
    nap(100);
    assert(!http_send_request(kept, "GET", "/", "", NULL, 0));
    assert(!http_read_answer(kept, &a, NULL, NULL) && a.status == 503);
    http_answer_free(&a);
    a = (struct http_answer){0};
    assert(!http_read_answer(fd, &a, NULL, NULL) && a.whole && strstr(a.body.p, ";49;"));
    http_answer_free(&a);
    close(fd);
    close(kept);
    pthread_join(slow.thread, NULL);
    pthread_join(thread, NULL);
    assert(http_connect(url, 1) < 0);
    http_close(server);
}

static void test_refused(void)
{
    struct weir_err err = {0};
    struct http_opt opt = {.host = "0.0.0.0", .max_connections = 1, .routes = routes};
    assert(!http_open(&opt, &err) && err.code == WEIR_EUSAGE && strstr(err.msg, "--api-key"));
    FILE *f = fopen("empty", "w");
    fputs(" \n", f);
    fclose(f);
    opt.key_file = "empty";
    err.code = 0;
    assert(!http_open(&opt, &err) && err.code == WEIR_EBAD);
    opt.key_file = "absent";
    err.code = 0;
    assert(!http_open(&opt, &err) && err.code == WEIR_EIO);
}

int main(void)
{
    pthread_mutex_init(&slow.lock, NULL);
    http_block_signals();
    test_answers();
    test_who_may();
    test_host();
    test_hang_up();
    test_slow_reader();
    test_slow_request();
    test_ambiguous();
    test_garbage();
    test_drain();
    test_refused();
    pthread_mutex_destroy(&slow.lock);
    return 0;
}
