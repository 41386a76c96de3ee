/* The address and the keys of a server. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/http_impl.h"

enum { MAX_KEYS = 64 << 10 }; // bytes of the file

static int read_keys(http_server *s, struct weir_err *err)
{
    const char *path = s->opt.key_file;
    FILE *f = fopen(path, "rb");
    if (!f)
        return weir_err_errno(err, "%s", path);
    s->keys = calloc(1, MAX_KEYS + 1);
    const size_t n = s->keys ? fread(s->keys, 1, MAX_KEYS + 1, f) : 0;
    const int failed = ferror(f);
    fclose(f);
    if (!s->keys)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    if (failed)
        return weir_err_set(err, WEIR_EIO, "%s: cannot read", path);
    if (n > MAX_KEYS || memchr(s->keys, '\0', n))
        return weir_err_set(err, WEIR_EBAD, "%s is no file of keys, one a line", path);
    return strspn(s->keys, " \t\r\n") < n ? 0
                                          : weir_err_set(err, WEIR_EBAD, "%s holds no key", path);
}

static int is_loopback(const struct sockaddr *a)
{
    if (a->sa_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)(const void *)a)->sin_addr.s_addr) >> 24 == 127;
    return a->sa_family == AF_INET6 &&
           IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr);
}

/* What was bound, as a URL. */
static int name_socket(http_server *s, struct weir_err *err)
{
    struct sockaddr_storage a;
    socklen_t n = sizeof a;
    char host[INET6_ADDRSTRLEN + 16], port[8];
    if (getsockname(s->listening, (struct sockaddr *)&a, &n) ||
        getnameinfo((struct sockaddr *)&a, n, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV))
        return weir_err_errno(err, "cannot name the socket");
    if (asprintf(&s->url, strchr(host, ':') ? "http://[%s]:%s" : "http://%s:%s", host, port) < 0) {
        s->url = NULL;
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    }
    return 0;
}

static int bind_to(http_server *s, const struct addrinfo *a, struct weir_err *err)
{
    const int on = 1;
    s->loopback = is_loopback(a->ai_addr);
    if (!s->loopback && !s->opt.key_file)
        return weir_err_set(err, WEIR_EUSAGE,
                            "%s can be reached by others: --api-key FILE is needed", s->opt.host);
    s->listening = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (s->listening < 0)
        return weir_err_errno(err, "socket");
    setsockopt(s->listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(s->listening, a->ai_addr, a->ai_addrlen))
        return weir_err_errno(err, "cannot listen on %s port %u",
                              s->opt.host ? s->opt.host : "127.0.0.1", s->opt.port);
    if (listen(s->listening, SOMAXCONN))
        return weir_err_errno(err, "listen");
    return name_socket(s, err);
}

int http_listen(http_server *s, struct weir_err *err)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *a = NULL;
    char port[16];
    if (s->opt.key_file && read_keys(s, err))
        return err->code;
    snprintf(port, sizeof port, "%u", s->opt.port);
    const int rc = getaddrinfo(s->opt.host ? s->opt.host : "127.0.0.1", port, &hints, &a);
    if (rc)
        return weir_err_set(err, WEIR_EUSAGE, "--host %s: %s", s->opt.host, gai_strerror(rc));
    bind_to(s, a, err);
    freeaddrinfo(a);
    return err->code;
}
