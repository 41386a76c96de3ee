/* http_load URL CLIENTS SECONDS [HANGUPS SLOW GARBAGE] [TOKENS]
 * Clients that ask a weir infer serve again and again, all in one thread over epoll.  Of 100
 * requests HANGUPS are left by their client at some time, SLOW are streams whose client reads a few
 * bytes now and then, GARBAGE are no requests.  Prints one line of what came back.  Exit 1 when a
 * request that was not left got neither a status nor, if it was garbage, the end of its connection.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <time.h>
#include "tests/http/http_client.h"

enum kind { PLAIN, STREAM, HANGUP, SLOW, GARBAGE };

struct client {
    int fd;
    enum kind kind;
    struct weir_buf out, in;
    size_t sent;
    double until;  // a hang-up; a slow reader's next read; the next try
    double before; // it must have its answer
};

struct load {
    const char *url;
    struct sockaddr_in address;
    int epoll, share[5]; // share: of 100
    unsigned tokens;
    uint64_t random, asked, ok, full, refused, left, closed, lost, events;
    size_t n;
    struct client *client;
    int over;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static unsigned any(struct load *l, unsigned n)
{
    l->random = l->random * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(l->random >> 33) % n;
}

/* ---- what is asked ---- */

static void make_garbage(struct load *l, struct weir_buf *b)
{
    const unsigned n = 1 + any(l, 2000);
    switch (any(l, 4)) {
    case 0: // no HTTP
        for (unsigned i = 0; i < n; i++)
            weir_buf_addc(b, (char)any(l, 256));
        weir_buf_adds(b, "\r\n\r\n");
        return;
    case 1: // no JSON
        weir_buf_addf(b, "POST /generate HTTP/1.1\r\nHost: localhost\r\nContent-Length: %u\r\n\r\n",
                      n);
        for (unsigned i = 0; i < n; i++)
            weir_buf_addc(b, (char)any(l, 256));
        return;
    case 2: // no end
        weir_buf_addf(
            b, "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: %u\r\n\r\n{",
            n + 1);
        return;
    default: { // nothing that is asked for
        const char body[] = "{\"prompt\":\"x\",\"max_tokens\":-5}";
        weir_buf_addf(
            b, "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: %zu\r\n\r\n%s",
            sizeof body - 1, body);
    }
    }
}

static void make_request(struct load *l, struct client *c)
{
    static const char *const prompts[] = {"The lamp", "Once upon a time there was",
                                          "纸是用来写字的", "def main():"};
    char body[400];
    c->out.n = 0;
    if (c->kind == GARBAGE) {
        make_garbage(l, &c->out);
        return;
    }
    const int stream = c->kind == STREAM || c->kind == SLOW || (c->kind == HANGUP && any(l, 2));
    const int n = snprintf(body, sizeof body,
                           "{\"prompt\":\"%s\",\"max_tokens\":%u,\"stream\":%s,\"seed\":%u,"
                           "\"ignore_eos\":true}",
                           prompts[any(l, 4)], l->tokens, stream ? "true" : "false", any(l, 1000));
    weir_buf_addf(&c->out,
                  "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                  "Content-Length: %d\r\n\r\n%s",
                  n, body);
}

static enum kind any_kind(struct load *l)
{
    unsigned at = any(l, 100);
    for (int k = STREAM; k <= GARBAGE; k++) {
        if (at < (unsigned)l->share[k])
            return (enum kind)k;
        at -= (unsigned)l->share[k];
    }
    return PLAIN;
}

/* ---- clients ---- */

static void watch(struct load *l, struct client *c, uint32_t what)
{
    struct epoll_event e = {.events = what, .data.ptr = c};
    epoll_ctl(l->epoll, EPOLL_CTL_MOD, c->fd, &e);
}

static void begin(struct load *l, struct client *c)
{
    struct epoll_event e = {.events = EPOLLOUT, .data.ptr = c};
    c->kind = any_kind(l);
    c->in.n = c->sent = 0;
    c->until = c->kind == HANGUP ? now() + any(l, 1000) / 1000.0 : 0;
    c->before = now() + 600; // a machine under load may be slow
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (c->fd < 0)
        return;
    if (c->kind == SLOW) { // so that the server's side fills
        const int small = 2048;
        setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    }
    make_request(l, c);
    if (connect(c->fd, (struct sockaddr *)&l->address, sizeof l->address) && errno != EINPROGRESS) {
        close(c->fd);
        c->fd = -1;
        return;
    }
    epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &e);
    l->asked++;
}

static void finish(struct load *l, struct client *c)
{
    int status = 0;
    weir_buf_addc(&c->in, '\0');
    sscanf(c->in.p, "HTTP/1.1 %d", &status);
    close(c->fd);
    c->fd = -1;
    c->until = now() + (status == 429 ? 0.2 + any(l, 800) / 1000.0 : 0);
    if (status == 200)
        l->ok++;
    else if (status == 429 || status == 503)
        l->full++;
    else if (status)
        l->refused++;
    else if (c->kind == GARBAGE)
        l->closed++;
    else if (c->kind == HANGUP)
        l->left++;
    else
        l->lost++;
    for (const char *p = c->in.p; status == 200 && (p = strstr(p, "data: ")); p += 6)
        l->events++;
}

static void leave(struct load *l, struct client *c)
{
    l->left++;
    close(c->fd);
    c->fd = -1;
    c->until = 0;
}

static void write_part(struct load *l, struct client *c)
{
    const ssize_t n = send(c->fd, c->out.p + c->sent, c->out.n - c->sent, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN) {
        watch(l, c, EPOLLIN); // its answer may be there
        return;
    }
    if (n > 0)
        c->sent += (size_t)n;
    if (c->sent == c->out.n) {
        watch(l, c, EPOLLIN);
        if (c->kind == GARBAGE)
            shutdown(c->fd, SHUT_WR);
    }
}

/* Whole by its length: a connection that is kept open after an error is closed here. */
static int is_whole(const struct client *c)
{
    const char *end = c->in.n ? memmem(c->in.p, c->in.n, "\r\n\r\n", 4) : NULL;
    const char *length = end ? memmem(c->in.p, c->in.n, "Content-Length: ", 16) : NULL;
    return length && length < end &&
           c->in.n >= (size_t)(end + 4 - c->in.p) + strtoul(length + 16, NULL, 10);
}

static void read_part(struct load *l, struct client *c)
{
    char part[16384];
    const ssize_t n = recv(c->fd, part, c->kind == SLOW ? 64 : sizeof part, 0);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n > 0)
        weir_buf_add(&c->in, part, (size_t)n);
    if (n <= 0 || is_whole(c)) {
        finish(l, c);
    } else if (c->kind == SLOW) {
        c->until = now() + 0.05;
        watch(l, c, 0);
    }
}

/* What time does. */
static void tick(struct load *l, struct client *c)
{
    const double t = now();
    if (c->fd < 0) {
        if (!l->over && t >= c->until)
            begin(l, c);
    } else if (c->kind == HANGUP && t >= c->until) {
        leave(l, c);
    } else if (c->kind == SLOW && c->until > 0 && t >= c->until) {
        c->until = 0;
        watch(l, c, EPOLLIN);
    } else if (t > c->before) {
        finish(l, c);
    }
}

static void run(struct load *l, double seconds)
{
    struct epoll_event e[256];
    const double end = now() + seconds;
    size_t open = 1;
    while (open || !l->over) {
        l->over = now() >= end;
        open = 0;
        for (size_t i = 0; i < l->n; i++) {
            tick(l, &l->client[i]);
            open += l->client[i].fd >= 0;
        }
        const int n = epoll_wait(l->epoll, e, 256, 10);
        for (int i = 0; i < n; i++) {
            struct client *c = e[i].data.ptr;
            if (c->fd < 0)
                continue;
            if (e[i].events & EPOLLOUT)
                write_part(l, c);
            else if (e[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
                read_part(l, c);
        }
    }
}

int main(int argc, char **argv)
{
    struct load l = {.random = 1, .tokens = argc > 7 ? (unsigned)atoi(argv[7]) : 32};
    if (argc < 4 || !strrchr(argv[1], ':')) {
        fputs("http_load URL CLIENTS SECONDS [HANGUPS SLOW GARBAGE] [TOKENS]\n", stderr);
        return 2;
    }
    l.url = argv[1];
    l.n = strtoul(argv[2], NULL, 10);
    for (int i = 0; i < 3 && argc > 4 + i; i++)
        l.share[HANGUP + i] = atoi(argv[4 + i]);
    l.share[STREAM] = (100 - l.share[HANGUP] - l.share[SLOW] - l.share[GARBAGE]) / 2;
    l.address = (struct sockaddr_in){.sin_family = AF_INET,
                                     .sin_port = htons((uint16_t)atoi(strrchr(l.url, ':') + 1)),
                                     .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    l.epoll = epoll_create1(EPOLL_CLOEXEC);
    l.client = weir_calloc(l.n, sizeof *l.client);
    if (!l.client)
        return 1;
    for (size_t i = 0; i < l.n; i++)
        l.client[i].fd = -1;
    run(&l, atof(argv[3]));
    printf("asked %llu, answered %llu, full %llu, refused %llu, closed %llu, left %llu, lost %llu, "
           "events %llu\n",
           (unsigned long long)l.asked, (unsigned long long)l.ok, (unsigned long long)l.full,
           (unsigned long long)l.refused, (unsigned long long)l.closed, (unsigned long long)l.left,
           (unsigned long long)l.lost, (unsigned long long)l.events);
    for (size_t i = 0; i < l.n; i++) {
        weir_buf_free(&l.client[i].out);
        weir_buf_free(&l.client[i].in);
    }
    free(l.client);
    close(l.epoll);
    return l.lost ? 1 : 0;
}
