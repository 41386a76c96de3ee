/* Addresses of the net: e-mail, IP version 4 and 6, passwords in URLs. */
#include <string.h>
#include "weir/utf8.h"
#include "filters/private.h"

static int is_alnum(char c)
{
    return weir_is_ascii_alpha((unsigned char)c) || weir_is_ascii_digit((unsigned char)c);
}

static int is_local(char c)
{
    return is_alnum(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-';
}

static int is_any(struct weir_span s, const char *const *words)
{
    for (; *words; words++)
        if (weir_span_is(s, *words))
            return 1;
    return 0;
}

/* RFC 2606: names that nobody has; "aes128-gcm@openssh.com" is an algorithm. */
static int is_documentation(struct weir_span domain)
{
    static const char *const whole[] = {"example.com", "example.org", "example.net", "example.edu",
                                        NULL};
    if (is_any(domain, whole) || weir_span_is(domain, "openssh.com") ||
        weir_span_is(domain, "libssh.org"))
        return 1;
    for (size_t i = 0; whole[i]; i++) {
        const size_t n = strlen(whole[i]);
        if (domain.n > n && domain.p[domain.n - n - 1] == '.' &&
            memcmp(domain.p + domain.n - n, whole[i], n) == 0)
            return 1;
    }
    return 0;
}

/* Labels with dots between from `at` on, the last one a top-level domain.  Its end, or 0. */
static size_t domain_end(struct weir_span t, size_t at)
{
    size_t i = at, label = at, end = 0;
    for (; i <= t.n && i - at <= 253; i++) {
        const char c = i < t.n ? t.p[i] : 0;
        if (is_alnum(c) || (c == '-' && i > label))
            continue;
        if (i == label || t.p[i - 1] == '-')
            break;
        if (label > at && private_is_top_domain(t.p + label, i - label))
            end = i;
        else if (c != '.')
            end = 0;
        if (c != '.')
            break;
        label = i + 1;
    }
    return end;
}

/* In scheme://user:password@host the byte behind the colon; 0 when the sign stands in no such. */
static size_t url_password(struct weir_span t, size_t sign)
{
    size_t i = sign, colon = 0;
    while (i && sign - i < 200 && t.p[i - 1] > ' ' && t.p[i - 1] != '/' && t.p[i - 1] != '@' &&
           !strchr("\"'<>{}$()", t.p[i - 1])) {
        i--;
        if (t.p[i] == ':')
            colon = i;
    }
    const int url = colon > i && i >= 3 && memcmp(t.p + i - 3, "://", 3) == 0;
    return url && sign + 1 < t.n && is_alnum(t.p[sign + 1]) ? colon + 1 : 0;
}

static int is_no_secret(struct weir_span word)
{
    static const char *const words[] = {"password", "passwd", "pass",  "pwd",      "PASSWORD",
                                        "token",    "secret", "****",  "xxxx",     "user",
                                        "root",     "guest",  "admin", "foobared", NULL};
    return word.n < 4 || is_any(word, words);
}

size_t private_email(struct weir_span t, size_t sign, size_t *at, enum private_kind *kind)
{
    const size_t after = sign + ((unsigned char)t.p[sign] == 0xEF ? 3 : 1);
    size_t from = sign;
    *kind = PRIVATE_KEY;
    const size_t password = url_password(t, sign);
    if (password) {
        *at = password;
        return is_no_secret(weir_span(t.p + password, sign - password)) ? 0 : sign;
    }
    *kind = PRIVATE_EMAIL;
    while (from && sign - from < 64 && is_local(t.p[from - 1]))
        from--;
    while (from < sign && !is_alnum(t.p[from]) && t.p[from] != '_')
        from++;
    if (from == sign || t.p[sign - 1] == '.' || (from && t.p[from - 1] == '@'))
        return 0;
    if (from > 2 && t.p[from - 1] == '/' && t.p[from - 2] == '/')
        return 0; // ssh://git@host
    const size_t end = domain_end(t, after);
    if (!end || is_documentation(weir_span(t.p + after, end - after)))
        return 0;
    if (end < t.n &&
        (t.p[end] == '(' || t.p[end] == '@' || t.p[end] == '_' ||
         (t.p[end] == ':' && end + 1 < t.n && (is_alnum(t.p[end + 1]) || t.p[end + 1] == '/'))))
        return 0; // a call, "git@host:path"
    *at = from;
    return end;
}

/* ---- IP version 4 ---- */

/* Private, loopback, link-local, shared, documentation, benchmark, multicast and reserved ranges
 * (RFC 1918, 1122, 3927, 6598, 5737, 2544, 5771), bounds of networks, four equal numbers, and
 * resolvers that all may use. */
static int is_nobody(const unsigned char *o)
{
    static const unsigned char resolvers[][4] = {
        {8, 8, 8, 8},         {8, 8, 4, 4},         {1, 1, 1, 1},        {1, 0, 0, 1},
        {9, 9, 9, 9},         {114, 114, 114, 114}, {223, 5, 5, 5},      {223, 6, 6, 6},
        {119, 29, 29, 29},    {180, 76, 76, 76},    {208, 67, 222, 222}, {1, 2, 4, 8},
        {114, 114, 115, 115}, {208, 67, 220, 220},  {1, 2, 3, 4},        {4, 3, 2, 1},
        {5, 6, 7, 8},
    };
    for (size_t i = 0; i < sizeof resolvers / 4; i++)
        if (memcmp(o, resolvers[i], 4) == 0)
            return 1;
    if ((o[0] == o[1] && o[1] == o[2] && o[2] == o[3]) ||
        (o[1] == o[2] && o[2] == o[3] && (o[3] == 0 || o[3] == 255)))
        return 1;
    return o[0] == 0 || o[0] == 10 || o[0] == 127 || o[0] >= 224 ||
           (o[0] == 172 && o[1] >= 16 && o[1] < 32) || (o[0] == 192 && o[1] == 168) ||
           (o[0] == 169 && o[1] == 254) || (o[0] == 100 && o[1] >= 64 && o[1] < 128) ||
           (o[0] == 192 && o[1] == 0 && (o[2] == 0 || o[2] == 2)) ||
           (o[0] == 198 && o[1] == 51 && o[2] == 100) ||
           (o[0] == 203 && o[1] == 0 && o[2] == 113) || (o[0] == 198 && (o[1] == 18 || o[1] == 19));
}

static int octet(struct weir_span t, size_t *i, unsigned char *o)
{
    unsigned v = 0;
    const size_t from = *i;
    while (*i < t.n && weir_is_ascii_digit((unsigned char)t.p[*i]) && *i - from < 4)
        v = v * 10 + (unsigned)(t.p[(*i)++] - '0');
    *o = (unsigned char)v;
    const size_t n = *i - from;
    return n >= 1 && n <= 3 && v <= 255 && (n == 1 || t.p[from] != '0');
}

static const char *const about_versions[] = {"version", "ver", "版本", "release",
                                             "升级到",  "v.",  ",v ",  NULL};
static const char *const about_addresses[] = {"ip",   "host", "server", "地址", "dns",    "ping",
                                              "addr", "网关", "服务器", "主机", "client", NULL};

/* Octets of one or two digits throughout are as likely a version or a number of a section. */
static int is_address(struct weir_span t, size_t at, size_t end, const unsigned char *o)
{
    if (private_word_before(t, at, 16, about_versions))
        return 0;
    const int large = o[0] >= 100 || o[1] >= 100 || o[2] >= 100 || o[3] >= 100;
    const int port = end + 1 < t.n && (t.p[end] == ':' || t.p[end] == '/') &&
                     weir_is_ascii_digit((unsigned char)t.p[end + 1]);
    const int url = at >= 3 && memcmp(t.p + at - 3, "://", 3) == 0;
    return large || port || url || private_word_before(t, at, 24, about_addresses);
}

size_t private_ipv4(struct weir_span t, const struct private_number *x)
{
    unsigned char o[4];
    size_t i = x->at;
    for (int k = 0; k < 4; k++, i++)
        if (!octet(t, &i, o + k) || (k < 3 && (i >= t.n || t.p[i] != '.')))
            return 0;
    const size_t end = i - 1;
    if (private_joined_left(t, x->at) || (x->at && t.p[x->at - 1] == '.') || is_nobody(o))
        return 0;
    if (end < t.n && (is_alnum(t.p[end]) || t.p[end] == '_' || t.p[end] == '-'))
        return 0;
    if (end + 1 < t.n && t.p[end] == '.' && is_alnum(t.p[end + 1]))
        return 0;
    return is_address(t, x->at, end, o) ? end : 0;
}

/* ---- IP version 6: what is reachable, 2000::/3 without documentation's 2001:db8::/32 ---- */

static int hex_digits(struct weir_span t, size_t i)
{
    int n = 0;
    while (i < t.n && n < 5 &&
           (weir_is_ascii_digit((unsigned char)t.p[i]) ||
            ((t.p[i] | 32) >= 'a' && (t.p[i] | 32) <= 'f' && t.p[i] > 0))) {
        i++;
        n++;
    }
    return n;
}

static int is_resolver6(struct weir_span s)
{
    static const char *const words[] = {"2001:4860:4860::8888", "2001:4860:4860::8844",
                                        "2606:4700:4700::1111", "2606:4700:4700::1001", NULL};
    return is_any(s, words);
}

size_t private_ipv6(struct weir_span t, size_t at)
{
    int n_groups = 0, gap = 0;
    size_t i = at;
    if (hex_digits(t, at) != 4 || private_joined_left(t, at) || (at && t.p[at - 1] == ':'))
        return 0;
    for (;;) {
        const int n = hex_digits(t, i);
        if (n > 4)
            return 0;
        i += (size_t)n;
        n_groups += n > 0;
        if (i + 1 >= t.n || t.p[i] != ':' || n_groups == 8)
            break;
        if (t.p[i + 1] == ':') {
            if (gap++)
                return 0;
            i += 2;
        } else if (hex_digits(t, i + 1)) {
            i++;
        } else {
            break;
        }
    }
    if ((gap ? n_groups < 3 || n_groups > 7 : n_groups != 8) || private_joined_right(t, i) ||
        (i < t.n && t.p[i] == ':' && i + 1 < t.n && is_alnum(t.p[i + 1])))
        return 0;
    const int documentation =
        strncmp(t.p + at, "2001:", 5) == 0 && i - at > 8 &&
        (memcmp(t.p + at + 5, "db8", 3) == 0 || memcmp(t.p + at + 5, "DB8", 3) == 0);
    return documentation || is_resolver6(weir_span(t.p + at, i - at)) ? 0 : i;
}
