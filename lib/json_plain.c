#include "lib/json_plain.h"

#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "weir/utf8.h"

/* ---- bytes that stand for themselves ---- */

static size_t copy_rest(char *to, const char *s, size_t n, size_t i)
{
    for (; i < n && (unsigned char)s[i] >= 0x20 && s[i] != '"' && s[i] != '\\'; i++)
        to[i] = s[i];
    return i;
}

size_t json_copy_plain_portable(char *to, const char *s, size_t n)
{
    return copy_rest(to, s, n, 0);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static size_t copy_avx2(char *to, const char *s, size_t n)
{
    size_t i = 0;
    while (n - i >= sizeof(__m256i)) {
        const __m256i v = _mm256_loadu_si256((const void *)(s + i));
        const __m256i below = _mm256_min_epu8(v, _mm256_set1_epi8(0x1F));
        const __m256i odd = _mm256_or_si256(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('"')),
                                            _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\')));
        const __m256i found = _mm256_or_si256(odd, _mm256_cmpeq_epi8(v, below));
        const unsigned mask = (unsigned)_mm256_movemask_epi8(found);
        _mm256_storeu_si256((void *)(to + i), v);
        if (mask)
            return i + (unsigned)__builtin_ctz(mask);
        i += sizeof(__m256i);
        if (i < n && n - i < sizeof(__m256i)) // the last ones together with some from before
            i = n - sizeof(__m256i);
    }
    return n < sizeof(__m256i) ? copy_rest(to, s, n, 0) : n;
}

size_t json_copy_plain(char *to, const char *s, size_t n)
{
    return __builtin_cpu_supports("avx2") ? copy_avx2(to, s, n) : copy_rest(to, s, n, 0);
}
#else
size_t json_copy_plain(char *to, const char *s, size_t n)
{
    return copy_rest(to, s, n, 0);
}
#endif

/* ---- reading: 1, or 0 where this ends ---- */

struct reader {
    const char *p, *end;
    char *to; // where the next string goes: there is room for all of the line
    int by512;
};

static char peek(const struct reader *r)
{
    return r->p < r->end ? *r->p : '\0';
}

/* Behind white space; what stands there. */
static char next(struct reader *r)
{
    char c;
    while ((c = peek(r)) == ' ' || c == '\n' || c == '\t' || c == '\r')
        r->p++;
    return c;
}

static int take(struct reader *r, char c)
{
    if (next(r) != c)
        return 0;
    r->p++;
    return 1;
}

/* The number of \uXXXX at p, or one that is too high. */
static uint32_t hex4(const struct reader *r, const char *p)
{
    uint32_t c = 0;
    if (r->end - p < 6 || p[0] != '\\' || p[1] != 'u')
        return UINT32_MAX;
    for (int i = 2; i < 6; i++) {
        const unsigned digit = (unsigned)(unsigned char)p[i] - '0';
        const unsigned letter = ((unsigned)(unsigned char)p[i] | 32) - 'a';
        if (digit > 9 && letter > 5)
            return UINT32_MAX;
        c = c << 4 | (digit <= 9 ? digit : letter + 10);
    }
    return c;
}

static int unescape_unicode(struct reader *r)
{
    uint32_t c = hex4(r, r->p);
    r->p += 6;
    if (c >= 0xD800 && c < 0xDC00) {
        const uint32_t low = hex4(r, r->p) - 0xDC00;
        if (low >= 0x400)
            return 0;
        c = 0x10000 + ((c - 0xD800) << 10 | low);
        r->p += 6;
    } else if (c > 0xFFFF || (c >= 0xDC00 && c < 0xE000)) {
        return 0;
    }
    r->to += weir_utf8_encode(c, r->to);
    return 1;
}

static int unescape(struct reader *r)
{
    static const char meant[128] = {['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
                                    ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t'};
    if (r->end - r->p < 2)
        return 0;
    const unsigned char c = (unsigned char)r->p[1];
    if (c == 'u')
        return unescape_unicode(r);
    if (c >= sizeof meant || !meant[c])
        return 0;
    *r->to++ = meant[c];
    r->p += 2;
    return 1;
}

static void copy_plain(struct reader *r)
{
    const size_t n = json_copy_plain(r->to, r->p, (size_t)(r->end - r->p));
    r->to += n;
    r->p += n;
}

static int read_string(struct reader *r, struct weir_span *s)
{
    const char *start = r->to;
    if (!take(r, '"'))
        return 0;
    for (;;) {
        if (r->by512)
            r->p += json_unescape512(&r->to, r->p, (size_t)(r->end - r->p));
        else
            copy_plain(r);
        if (peek(r) == '"') {
            r->p++;
            *s = weir_span(start, (size_t)(r->to - start));
            return 1;
        }
        if (peek(r) != '\\' || !unescape(r))
            return 0;
    }
}

static int read_digits(struct reader *r)
{
    const char *start = r->p;
    while (weir_is_ascii_digit((unsigned char)peek(r)))
        r->p++;
    return r->p > start;
}

/* Of at most 18 digits: the parser refuses numbers, but none of these. */
static int read_number(struct reader *r)
{
    const char *start = r->p;
    if (*r->p == '-')
        r->p++;
    if (peek(r) == '0')
        r->p++;
    else if (!read_digits(r))
        return 0;
    if (peek(r) == '.') {
        r->p++;
        if (!read_digits(r))
            return 0;
    }
    return r->p - start <= 18;
}

static int read_word(struct reader *r, const char *word, size_t n)
{
    if ((size_t)(r->end - r->p) < n || memcmp(r->p, word, n))
        return 0;
    r->p += n;
    return 1;
}

static int read_container(struct reader *r, int depth);

static int read_value(struct reader *r, struct weir_field *f, int depth)
{
    int ok;
    const char c = next(r);
    f->raw.p = r->p;
    f->str = weir_span(NULL, 0);
    if (c == '"')
        f->type = WEIR_JSON_STRING, ok = read_string(r, &f->str);
    else if (c == '{' || c == '[')
        f->type = c == '{' ? WEIR_JSON_OBJECT : WEIR_JSON_ARRAY, ok = read_container(r, depth);
    else if (c == 'n')
        f->type = WEIR_JSON_NULL, ok = read_word(r, "null", 4);
    else if (c == 't')
        f->type = WEIR_JSON_BOOL, ok = read_word(r, "true", 4);
    else if (c == 'f')
        f->type = WEIR_JSON_BOOL, ok = read_word(r, "false", 5);
    else
        f->type = WEIR_JSON_NUMBER, ok = c && read_number(r);
    f->raw.n = (size_t)(r->p - f->raw.p);
    return ok;
}

/* Its strings are looked at and forgotten. */
static int read_container(struct reader *r, int depth)
{
    char *const to = r->to;
    const int is_object = *r->p++ == '{';
    const char close = is_object ? '}' : ']';
    struct weir_field f;
    if (depth == JSON_PLAIN_DEPTH)
        return 0;
    if (take(r, close))
        return 1;
    do {
        r->to = to;
        if (is_object && !(read_string(r, &f.key) && take(r, ':')))
            return 0;
        if (!read_value(r, &f, depth + 1))
            return 0;
    } while (take(r, ','));
    r->to = to;
    return take(r, close);
}

static int read_members(struct json_plain *j, struct reader *r)
{
    if (!take(r, '{'))
        return 0;
    if (take(r, '}'))
        return 1;
    do {
        if (j->n_f == JSON_PLAIN_MEMBERS || weir_grow(&j->f, &j->cap_f, j->n_f + 1, sizeof *j->f))
            return 0;
        struct weir_field *f = &j->f[j->n_f++];
        if (!read_string(r, &f->key) || !take(r, ':') || !read_value(r, f, 1))
            return 0;
    } while (take(r, ','));
    return take(r, '}');
}

int json_plain_object(struct json_plain *j, const char *line, size_t n)
{
    j->n_f = 0;
    j->strings.n = 0;
    j->strings.failed = 0;
    if (weir_buf_reserve(&j->strings, n) || weir_utf8_valid(line, n) < n)
        return 0;
    struct reader r = {line, line + n, j->strings.p, !j->narrow && json_512_here()};
    return read_members(j, &r) && !next(&r) && r.p == r.end;
}

void json_plain_free(struct json_plain *j)
{
    free(j->f);
    weir_buf_free(&j->strings);
}
