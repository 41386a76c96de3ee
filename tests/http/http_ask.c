/* http_ask URL METHOD PATH [-H HEADER]… [-s NAME] [-n BYTES] [-d BODY]
 * One request and its answer: the status, with -s that header of it, and the body.  BODY "-" is
 * standard input; -n hangs up after so many bytes of the body.  Exit 1 when no answer came. */
#include "tests/http/http_client.h"

struct options {
    struct weir_buf headers, body;
    const char *show;
    size_t most;
    int has_body;
};

static int is_enough(void *ctx, const struct http_answer *a)
{
    const struct options *o = ctx;
    return o->most && a->body.n >= o->most;
}

static void read_body(struct options *o, const char *text)
{
    char part[65536];
    size_t n;
    o->has_body = 1;
    if (strcmp(text, "-") != 0)
        weir_buf_adds(&o->body, text);
    else
        while ((n = fread(part, 1, sizeof part, stdin)) > 0)
            weir_buf_add(&o->body, part, n);
}

static int read_options(struct options *o, int argc, char **argv)
{
    for (int i = 4; i < argc; i += 2) {
        if (i + 1 == argc)
            return -1;
        if (!strcmp(argv[i], "-H"))
            weir_buf_addf(&o->headers, "%s\r\n", argv[i + 1]);
        else if (!strcmp(argv[i], "-s"))
            o->show = argv[i + 1];
        else if (!strcmp(argv[i], "-n"))
            o->most = strtoul(argv[i + 1], NULL, 10);
        else if (!strcmp(argv[i], "-d"))
            read_body(o, argv[i + 1]);
        else
            return -1;
    }
    weir_buf_addc(&o->headers, '\0');
    weir_buf_addc(&o->body, '\0');
    return 0;
}

int main(int argc, char **argv)
{
    struct options o = {0};
    struct http_answer a = {0};
    if (argc < 4 || read_options(&o, argc, argv)) {
        fputs("http_ask URL METHOD PATH [-H HEADER] [-s NAME] [-n BYTES] [-d BODY]\n", stderr);
        return 2;
    }
    const int fd = http_connect(argv[1], 60);
    int rc = fd < 0 ? -1
                    : http_send_request(fd, argv[2], argv[3], o.headers.p,
                                        o.has_body ? o.body.p : NULL, o.body.n - 1);
    if (!rc)
        rc = http_read_answer(fd, &a, is_enough, &o);
    if (fd >= 0)
        close(fd);
    printf("%d\n", a.status);
    const char *header = o.show ? http_header_of(&a, o.show) : NULL;
    if (header)
        printf("%s: %.*s\n", o.show, (int)strcspn(header, "\r"), header);
    fwrite(a.body.p ? a.body.p : "", 1, a.body.n, stdout);
    http_answer_free(&a);
    weir_buf_free(&o.headers);
    weir_buf_free(&o.body);
    return rc ? 1 : 0;
}
