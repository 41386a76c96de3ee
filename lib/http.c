/* The loop: libmicrohttpd's own epoll descriptor, wake-ups, signals, and the sockets of sleeping
 * requests, which libmicrohttpd does not look at while they sleep, lie in one epoll set. */
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/http_impl.h"

enum { TICK_MS = 500, EVENTS = 64 };

int64_t http_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void signal_set(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
}

void http_block_signals(void)
{
    sigset_t set;
    signal_set(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

/* ---- sleeping and waking ---- */

void http_sleep(http_request *r)
{
    struct epoll_event e = {.events = EPOLLRDHUP, .data.ptr = r};
    r->asleep = 1;
    MHD_suspend_connection(r->c);
    if (epoll_ctl(r->s->epoll, EPOLL_CTL_ADD, r->connection->fd, &e))
        r->gone = 1; // without being watched it must not sleep
    if (r->gone)
        http_wake(r);
}

static void ring(const http_server *s)
{
    const uint64_t one = 1;
    /* It fails when the counter is full only: then it rings already. */
    if (write(s->event, &one, sizeof one) < 0)
        return;
}

void http_wake(http_request *r)
{
    http_server *s = r->s;
    pthread_mutex_lock(&s->lock);
    const int first = !s->woken;
    if (!r->woken) {
        r->woken = 1;
        r->next_woken = s->woken;
        s->woken = r;
    }
    pthread_mutex_unlock(&s->lock);
    if (first)
        ring(s);
}

void http_stop(http_server *s)
{
    __atomic_fetch_add(&s->stop, 1, __ATOMIC_SEQ_CST);
    ring(s);
}

static void resume(http_request *r)
{
    if (!r->asleep)
        return;
    r->asleep = 0;
    epoll_ctl(r->s->epoll, EPOLL_CTL_DEL, r->connection->fd, NULL);
    MHD_resume_connection(r->c);
}

/* One by one: as soon as the lock is free a request may be woken again, and stand elsewhere. */
static http_request *next_woken(http_server *s)
{
    pthread_mutex_lock(&s->lock);
    http_request *r = s->woken;
    if (r) {
        s->woken = r->next_woken;
        r->woken = 0;
    }
    pthread_mutex_unlock(&s->lock);
    return r;
}

static void resume_woken(http_server *s)
{
    for (http_request *r; (r = next_woken(s));)
        resume(r);
}

/* ---- time ---- */

/* libmicrohttpd counts from the last byte: one byte now and then would keep a request coming for
 * ever. */
static void close_late(http_server *s)
{
    const int64_t now = http_now_ms(), limit = (int64_t)s->opt.timeout * 1000;
    for (struct http_connection *c = s->connections; c; c = c->next)
        if (!c->busy && now - c->since_ms > limit)
            shutdown(c->fd, SHUT_RDWR);
}

/* A thousand connections leave holes between what lives on: when all are gone, their memory goes
 * back to the system. */
static void give_back(http_server *s)
{
    if (s->n_connections || !s->served)
        return;
    malloc_trim(0);
    s->served = 0;
}

static void begin_drain(http_server *s)
{
    s->draining = 1;
    s->drain_until_ms = http_now_ms() + (int64_t)s->opt.drain * 1000;
    MHD_quiesce_daemon(s->daemon);
    close(s->listening);
    s->listening = -1;
}

static void take_signals(http_server *s)
{
    struct signalfd_siginfo info;
    while (read(s->signals, &info, sizeof info) == (ssize_t)sizeof info)
        __atomic_fetch_add(&s->stop, 1, __ATOMIC_SEQ_CST);
}

/* 1 when the loop ends. */
static int is_over(http_server *s)
{
    const int stop = __atomic_load_n(&s->stop, __ATOMIC_SEQ_CST);
    if (stop && !s->draining)
        begin_drain(s);
    return s->draining && (!s->n_requests || stop > 1 || http_now_ms() > s->drain_until_ms);
}

static int wait_ms(http_server *s)
{
    MHD_UNSIGNED_LONG_LONG ms;
    return MHD_get_timeout(s->daemon, &ms) == MHD_YES && ms < TICK_MS ? (int)ms : TICK_MS;
}

static void handle_events(http_server *s, const struct epoll_event *e, int n)
{
    uint64_t count;
    for (int i = 0; i < n; i++) {
        if (e[i].data.ptr == &s->signals) {
            take_signals(s);
        } else if (e[i].data.ptr == &s->event) {
            if (read(s->event, &count, sizeof count) < 0)
                continue;
        } else if (e[i].data.ptr != s) {
            http_request *r = e[i].data.ptr;
            r->gone = 1;
            resume(r);
        }
    }
}

int http_run(http_server *s, struct weir_err *err)
{
    struct epoll_event e[EVENTS];
    int64_t checked = http_now_ms();
    while (!is_over(s)) {
        const int n = epoll_wait(s->epoll, e, EVENTS, wait_ms(s));
        if (n < 0 && errno != EINTR)
            return weir_err_errno(err, "epoll");
        handle_events(s, e, n);
        resume_woken(s);
        if (MHD_run(s->daemon) != MHD_YES)
            return weir_err_set(err, WEIR_EFAIL, "libmicrohttpd cannot go on");
        if (http_now_ms() - checked >= TICK_MS) {
            close_late(s);
            give_back(s);
            checked = http_now_ms();
        }
    }
    return 0;
}

/* ---- opening and closing ---- */

static int watch(http_server *s, int fd, void *what)
{
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = what};
    return fd < 0 ? -1 : epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &e);
}

/* What clients do wrong is told to them. */
static void ignore_log(void *ctx, const char *fmt, va_list args)
{
    (void)ctx;
    (void)fmt;
    (void)args;
}

/* As many descriptors as connections need, where the user may have them. */
static void raise_limit(const http_server *s)
{
    struct rlimit limit;
    const rlim_t need = (rlim_t)s->opt.max_connections + 256;
    if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= need)
        return;
    limit.rlim_cur = need < limit.rlim_max ? need : limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit); // where it fails, connections wait until there is room
}

static int start(http_server *s, struct weir_err *err)
{
    sigset_t set;
    raise_limit(s);
    signal_set(&set);
    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    s->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (s->epoll < 0 || watch(s, s->event, &s->event) || watch(s, s->signals, &s->signals))
        return weir_err_errno(err, "epoll");
    s->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL,
        http_on_request, s, MHD_OPTION_EXTERNAL_LOGGER, ignore_log, NULL, MHD_OPTION_LISTEN_SOCKET,
        s->listening, MHD_OPTION_CONNECTION_LIMIT, s->opt.max_connections,
        MHD_OPTION_CONNECTION_TIMEOUT, s->opt.timeout, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)32 << 10, MHD_OPTION_NOTIFY_COMPLETED, http_on_end, s, MHD_OPTION_NOTIFY_CONNECTION,
        http_on_connection, s, MHD_OPTION_END);
    const union MHD_DaemonInfo *info =
        s->daemon ? MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
    if (!info || watch(s, info->epoll_fd, s))
        return weir_err_set(err, WEIR_EFAIL, "libmicrohttpd does not start");
    return 0;
}

http_server *http_open(const struct http_opt *opt, struct weir_err *err)
{
    http_server *s = calloc(1, sizeof *s);
    if (!s) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    s->opt = *opt;
    s->listening = s->epoll = s->event = s->signals = -1;
    pthread_mutex_init(&s->lock, NULL);
    if (!http_listen(s, err) && !start(s, err))
        return s;
    http_close(s);
    return NULL;
}

const char *http_url(const http_server *s)
{
    return s->url;
}

uint64_t http_count(const http_server *s, unsigned status)
{
    return status < HTTP_MAX_STATUS ? s->count[status] : 0;
}

unsigned http_connections(const http_server *s)
{
    return s->n_connections;
}

/* Connections that sleep cannot be closed by libmicrohttpd. */
static void wake_all(http_server *s)
{
    for (struct http_connection *c = s->connections; c; c = c->next)
        if (c->request) {
            c->request->gone = 1;
            resume(c->request);
        }
}

void http_close(http_server *s)
{
    if (!s)
        return;
    if (s->daemon) {
        wake_all(s);
        MHD_run(s->daemon);
        MHD_stop_daemon(s->daemon);
    }
    const int fds[] = {s->listening, s->epoll, s->event, s->signals};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    pthread_mutex_destroy(&s->lock);
    free(s->url);
    free(s->keys);
    free(s);
}
