#include "filters/url_list.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/xxh.h"
#include "weir/io.h"
#include "weir/utf8.h"

enum { MAX_LINE = 1 << 14, MAX_HOST = 253, MAX_PATH = 2048, STEP = 1 << 16 };

struct url_list {
    uint64_t *hash; // of an entry in its normal form
    size_t n, cap;
    int has_paths;
};

url_list *url_list_new(struct weir_err *err)
{
    url_list *l = weir_calloc(1, sizeof *l);
    if (!l)
        weir_err_set(err, WEIR_EMEM, "out of memory");
    return l;
}

void url_list_free(url_list *l)
{
    if (!l)
        return;
    free(l->hash);
    free(l);
}

size_t url_list_size(const url_list *l)
{
    return l->n;
}

uint64_t url_list_memory(const url_list *l)
{
    return sizeof *l + l->cap * sizeof *l->hash;
}

/* ---- a URL's parts ---- */

struct url {
    struct weir_span host, path; // path begins with "/", or is empty
};

static struct weir_span from(struct weir_span s, size_t at)
{
    return weir_span(s.p + at, s.n - at);
}

static size_t span_of(struct weir_span s, const char *stops)
{
    size_t n = 0;
    while (n < s.n && s.p[n] && !strchr(stops, s.p[n]))
        n++;
    return n;
}

static int is_host_char(unsigned char c)
{
    return c >= 0x80 || weir_is_ascii_alpha(c) || weir_is_ascii_digit(c) || c == '-' || c == '_' ||
           c == '.';
}

/* A name with a dot inside, or an address; IPv6 addresses are not looked at. */
static int is_host(struct weir_span h)
{
    if (h.n < 3 || h.n > MAX_HOST || h.p[0] == '.' || !memchr(h.p, '.', h.n))
        return 0;
    for (size_t i = 0; i < h.n; i++)
        if (!is_host_char((unsigned char)h.p[i]) || (h.p[i] == '.' && i && h.p[i - 1] == '.'))
            return 0;
    return 1;
}

/* Takes scheme, user, port and the dot at the end away.  Returns 0 when there is no host. */
static int split(struct weir_span s, struct url *u)
{
    for (size_t i = 0; i + 2 < s.n && i < 12; i++)
        if (s.p[i] == ':' && s.p[i + 1] == '/' && s.p[i + 2] == '/') {
            s = from(s, i + 3);
            break;
        }
    const size_t n = span_of(s, "/?#");
    struct weir_span host = weir_span(s.p, n);
    const char *user = memrchr(host.p, '@', host.n);
    if (user)
        host = from(host, (size_t)(user - host.p) + 1);
    host.n = span_of(host, ":");
    if (host.n && host.p[host.n - 1] == '.')
        host.n--;
    u->host = host;
    u->path = n < s.n && s.p[n] == '/' ? from(s, n) : weir_span(s.p + n, 0);
    if (u->path.n > MAX_PATH)
        u->path.n = MAX_PATH;
    return is_host(host);
}

/* The normal form: host in lower case (ASCII), then the path without "/" at its end. */
static uint64_t hash_of(struct weir_span host, struct weir_span path)
{
    char room[MAX_HOST + MAX_PATH];
    for (size_t i = 0; i < host.n; i++) {
        const char c = host.p[i];
        room[i] = c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
    }
    while (path.n && path.p[path.n - 1] == '/')
        path.n--;
    memcpy(room + host.n, path.p, path.n);
    return XXH3_64bits(room, host.n + path.n);
}

/* ---- reading ---- */

static int add_url(url_list *l, struct weir_span s)
{
    struct url u;
    if (s.n > 1 && s.p[0] == '*' && s.p[1] == '.')
        s = from(s, 2);
    else if (s.n && s.p[0] == '.')
        s = from(s, 1);
    if (!split(s, &u))
        return 0;
    if (weir_grow(&l->hash, &l->cap, l->n + 1, sizeof *l->hash) < 0)
        return WEIR_EMEM;
    l->has_paths |= u.path.n > 1;
    l->hash[l->n++] = hash_of(u.host, u.path);
    return 1;
}

static struct weir_span next_word(struct weir_span *s)
{
    size_t i = 0;
    while (i < s->n && (s->p[i] == ' ' || s->p[i] == '\t'))
        i++;
    *s = from(*s, i);
    const struct weir_span word = weir_span(s->p, span_of(*s, " \t"));
    *s = from(*s, word.n);
    return word;
}

static int is_own_address(struct weir_span s)
{
    return weir_span_is(s, "0.0.0.0") || weir_span_is(s, "127.0.0.1") || weir_span_is(s, "::1") ||
           weir_span_is(s, "::") || weir_span_is(s, "255.255.255.255") ||
           (s.n > 4 && s.n < 40 && (memcmp(s.p, "fe80", 4) == 0 || memcmp(s.p, "ff0", 3) == 0));
}

/* The hosts of a hosts file's line; names for the machine itself have no dot, or these. */
static int add_hosts(url_list *l, struct weir_span rest)
{
    for (struct weir_span w = next_word(&rest); w.n; w = next_word(&rest)) {
        if (weir_span_is(w, "localhost.localdomain") || is_own_address(w))
            continue;
        if (add_url(l, w) < 0)
            return WEIR_EMEM;
    }
    return 1;
}

/* 1 for an entry or nothing to say, 0 for a bad line. */
static int add_line(url_list *l, struct weir_span s)
{
    const char *comment = memchr(s.p, '#', s.n);
    while (comment && comment > s.p && comment[-1] != ' ' && comment[-1] != '\t') {
        const size_t rest = s.n - (size_t)(comment + 1 - s.p);
        comment = memchr(comment + 1, '#', rest);
    }
    if (comment)
        s.n = (size_t)(comment - s.p);
    while (s.n && strchr(" \t\r", s.p[s.n - 1]) && s.p[s.n - 1])
        s.n--;
    const struct weir_span word = next_word(&s);
    if (!word.n || word.p[0] == '!')
        return 1;
    if (is_own_address(word))
        return add_hosts(l, s);
    if (word.n > 3 && word.p[0] == '|' && word.p[1] == '|') {
        const struct weir_span host = weir_span(word.p + 2, span_of(from(word, 2), "^"));
        return host.n + 2 < word.n ? add_url(l, host) : 0;
    }
    return next_word(&s).n ? 0 : add_url(l, word);
}

struct reading {
    url_list *l;
    uint64_t memory;
    struct url_list_count *count;
    struct weir_err *err;
};

static int take_line(struct reading *r, struct weir_span s)
{
    struct url_list_count *c = r->count;
    const int rc = s.n > MAX_LINE ? 0 : add_line(r->l, s);
    c->n_lines++;
    if (rc == 0 && c->n_bad++ == 0)
        c->first_bad = c->n_lines;
    /* Growing doubles, and the old array is there meanwhile. */
    if (rc < 0 || (r->memory && 3 * url_list_memory(r->l) / 2 > r->memory))
        return weir_err_set(r->err, WEIR_EMEM,
                            "%zu entries take %llu MB here and more while they are read: -m must "
                            "be larger",
                            r->l->n, (unsigned long long)(url_list_memory(r->l) >> 20));
    return 0;
}

/* The whole lines of the buffer; what is left moves to its start. */
static int take_lines(struct reading *r, struct weir_buf *b, int at_end)
{
    const char *p = b->p, *const end = p + b->n;
    while (p < end) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        if (!nl && !at_end)
            break;
        if (take_line(r, weir_span(p, (size_t)((nl ? nl : end) - p))) < 0)
            return r->err->code;
        p = nl ? nl + 1 : end;
    }
    const size_t left = (size_t)(end - p);
    if (left > MAX_LINE + STEP)
        return weir_err_set(r->err, WEIR_EBAD, "line %llu is longer than %d bytes",
                            (unsigned long long)r->count->n_lines + 1, MAX_LINE);
    memmove(b->p, p, left);
    b->n = left;
    return 0;
}

static int read_all(weir_io *io, struct reading *r, struct weir_buf *b)
{
    for (int first = 1;; first = 0) {
        if (weir_buf_reserve(b, STEP))
            return weir_err_set(r->err, WEIR_EMEM, "out of memory");
        const ssize_t n = weir_io_read(io, b->p + b->n, STEP, r->err);
        if (n < 0)
            return (int)n;
        b->n += (size_t)n;
        if (first && b->n >= 3 && memcmp(b->p, "\xEF\xBB\xBF", 3) == 0) {
            b->n -= 3;
            memmove(b->p, b->p + 3, b->n);
        }
        if (take_lines(r, b, n == 0) < 0)
            return r->err->code;
        if (n == 0)
            return 0;
    }
}

int url_list_read(url_list *l, const char *path, uint64_t memory, struct url_list_count *count,
                  struct weir_err *err)
{
    struct weir_buf b = {0};
    struct reading r = {l, memory, count, err};
    weir_io *io = weir_io_open_read(path, err);
    if (!io)
        return err->code;
    const size_t before = l->n;
    memset(count, 0, sizeof *count);
    int rc = read_all(io, &r, &b);
    weir_buf_free(&b);
    if (rc < 0) {
        weir_io_abort(io);
        weir_err_prefix(err, "%s", path);
        return rc;
    }
    count->n_entries = l->n - before;
    if (count->n_bad > 1 && 2 * count->n_bad > count->n_lines)
        rc = weir_err_set(err, WEIR_EBAD,
                          "%s: no list of hosts or URLs: %llu of %llu lines are none, first line "
                          "%llu",
                          path, (unsigned long long)count->n_bad,
                          (unsigned long long)count->n_lines, (unsigned long long)count->first_bad);
    if (rc < 0) {
        weir_io_abort(io);
        return rc;
    }
    return weir_io_close(io, err);
}

/* ---- sorting: hashes are even, so by the first byte in place, then each part ---- */

static int compare(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

void url_list_sort(url_list *l)
{
    size_t start[257] = {0}, next[256];
    uint64_t *const h = l->hash;
    for (size_t i = 0; i < l->n; i++)
        start[(h[i] >> 56) + 1]++;
    for (int k = 0; k < 256; k++) {
        start[k + 1] += start[k];
        next[k] = start[k];
    }
    for (unsigned k = 0; k < 256; k++)
        while (next[k] < start[k + 1]) {
            const unsigned to = (unsigned)(h[next[k]] >> 56);
            const uint64_t moved = h[next[k]];
            if (to == k) {
                next[k]++;
                continue;
            }
            h[next[k]] = h[next[to]];
            h[next[to]++] = moved;
        }
    size_t n = 0;
    for (int k = 0; k < 256; k++)
        if (start[k + 1] > start[k])
            qsort(h + start[k], start[k + 1] - start[k], sizeof *h, compare);
    for (size_t i = 0; i < l->n; i++)
        if (!n || h[i] != h[n - 1])
            h[n++] = h[i];
    l->n = n;
}

/* ---- looking up ---- */

static int has(const url_list *l, struct weir_span host, struct weir_span path)
{
    const uint64_t key = hash_of(host, path);
    return l->n && bsearch(&key, l->hash, l->n, sizeof key, compare) != NULL;
}

/* Beginnings of the path up to its end, a "/", "?", "#", "&" or "=", the longest first. */
static int has_path(const url_list *l, struct weir_span host, struct weir_span path, size_t *found)
{
    for (size_t n = path.n, tries = 0; n > 1 && tries < 64; n--) {
        if (n < path.n && !strchr("/?#&=", path.p[n]) && path.p[n - 1] != '/')
            continue;
        tries++;
        if (has(l, host, weir_span(path.p, n))) {
            *found = n;
            return 1;
        }
    }
    return 0;
}

int url_list_has(const url_list *l, struct weir_span s, struct weir_span *entry)
{
    struct url u;
    size_t n;
    if (!split(s, &u))
        return 0;
    for (size_t at = 0; at < u.host.n;) {
        const struct weir_span host = from(u.host, at);
        if (has(l, host, weir_span(s.p, 0)))
            return *entry = host, 1;
        at += span_of(host, ".") + 1;
    }
    const int www = u.host.n > 4 && strncasecmp(u.host.p, "www.", 4) == 0;
    for (int cut = 0; l->has_paths && cut <= www; cut++) {
        const struct weir_span host = from(u.host, cut ? 4 : 0);
        if (has_path(l, host, u.path, &n))
            return *entry = weir_span(host.p, (size_t)(u.path.p - host.p) + n), 1;
    }
    return 0;
}

/* ---- links in text ---- */

static int is_link_char(unsigned char c)
{
    return c > ' ' && c < 0x7F && !strchr("\"'<>()[]{}\\^`|", c);
}

static int starts_with(const char *p, size_t n, const char *word)
{
    const size_t k = strlen(word);
    return n >= k && strncasecmp(p, word, k) == 0;
}

/* The start of the scheme before "://" at p[at], or at when it is neither http nor https. */
static size_t scheme_before(const char *p, size_t at)
{
    if (at >= 5 && starts_with(p + at - 5, 5, "https"))
        return at - 5;
    return at >= 4 && starts_with(p + at - 4, 4, "http") ? at - 4 : at;
}

int url_list_next_link(struct weir_span text, size_t *at, struct weir_span *url)
{
    for (size_t i = *at; i < text.n; i++) {
        size_t start = i;
        const size_t left = text.n - i;
        if (text.p[i] == ':' && starts_with(text.p + i, left, "://"))
            start = scheme_before(text.p, i);
        else if ((text.p[i] | 32) != 'w' || !starts_with(text.p + i, left, "www.") ||
                 (i && is_host_char((unsigned char)text.p[i - 1]) &&
                  (unsigned char)text.p[i - 1] < 0x80))
            continue;
        else
            start = i;
        if (text.p[i] == ':' && start == i)
            continue;
        size_t end = text.p[i] == ':' ? i + 3 : i;
        while (end < text.n && end - start < MAX_PATH && is_link_char((unsigned char)text.p[end]))
            end++;
        *url = weir_span(text.p + start, end - start);
        *at = end;
        return 1;
    }
    *at = text.n;
    return 0;
}
