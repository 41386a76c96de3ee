/* Addresses as spaCy's URL pattern has them (spacy/lang/tokenizer_exceptions.py, after Diego
 * Perini's): [scheme://][user@]host[:port][/…], matched without going back. */
#include <string.h>
#include "weir/utf8.h"
#include "filters/filter_classes.h"
#include "filters/filter_words_en.h"

static int is_alnum(unsigned char c)
{
    return weir_is_ascii_alpha(c) || weir_is_ascii_digit(c);
}

/* [A-Za-z0-9] and U+00A1..U+FFFF. */
static int is_label_edge(uint32_t c)
{
    return c < 0x80 ? is_alnum((unsigned char)c) : c >= 0xA1 && c <= 0xFFFF;
}

/* Behind a port, if any, nothing or a path may stand. */
static int is_rest(const char *p, const char *end)
{
    if (p < end && *p == ':') {
        const char *d = ++p;
        while (p < end && weir_is_ascii_digit((unsigned char)*p))
            p++;
        if (p - d < 2 || p - d > 5)
            return 0;
    }
    return p == end || strchr("/?#", *p) != NULL;
}

/* A number of up to three digits; -1 when there is none. */
static int octet(const char **p, const char *end, int *zero_first)
{
    const char *d = *p;
    int v = 0;
    while (*p < end && weir_is_ascii_digit((unsigned char)**p) && *p - d < 3)
        v = v * 10 + (*(*p)++ - '0');
    *zero_first = *d == '0';
    return *p > d ? v : -1;
}

/* Dotted numbers that are not private, nor of networks or broadcasts. */
static int is_address(const char *p, const char *end)
{
    int v[4], zero;
    for (int i = 0; i < 4; i++) {
        if (i && (p == end || *p++ != '.'))
            return 0;
        if (p == end)
            return 0;
        const char *const start = p;
        v[i] = octet(&p, end, &zero);
        const int three_from_zero = zero && p - start == 3;
        if (v[i] < 0 || v[i] > 255 || three_from_zero)
            return 0;
        if ((i == 0 || i == 3) && (v[i] < 1 || zero || v[i] > (i ? 254 : 223)))
            return 0;
    }
    const int is_private = v[0] == 10 || v[0] == 127 || (v[0] == 169 && v[1] == 254) ||
                           (v[0] == 192 && v[1] == 168) || (v[0] == 172 && v[1] >= 16 && v[1] < 32);
    return !is_private && is_rest(p, end);
}

/* Labels of up to 64 characters, then two letters or more that are not in upper case. */
static int is_domain(const char *p, const char *end)
{
    unsigned len = 0;
    int n_labels = 0, n = 0, n_lower = 0;
    uint32_t last = 0;
    for (; p < end; p += len) {
        const uint32_t c = weir_utf8_decode(p, (size_t)(end - p), &len);
        const int lower = (filter_en_class(c) & EN_LOWER) != 0;
        if (c == '.') {
            if (!n || n > 64 || !is_label_edge(last))
                return 0;
            n_labels++;
            n = n_lower = 0;
            continue;
        }
        if (!is_label_edge(c) && !lower && c != '_' && c != '-')
            break;
        if ((!n && !is_label_edge(c) && !lower) ||
            (n != n_lower && !is_label_edge(c) && c != '_' && c != '-'))
            return 0;
        n++;
        n_lower += lower;
        last = c;
    }
    return n_labels && n == n_lower && n >= 2 && n <= 63 && is_rest(p, end);
}

static int is_host(const char *p, const char *end)
{
    return p < end && (is_domain(p, end) || is_address(p, end));
}

/* Behind "scheme://", or p. */
static const char *skip_scheme(const char *p, const char *end)
{
    const char *q = p;
    unsigned len;
    int n = 0;
    for (; q < end; q += len, n++) {
        const uint32_t c = weir_utf8_decode(q, (size_t)(end - q), &len);
        const int word = c < 0x80 ? is_alnum((unsigned char)c) || strchr("_+-.", (int)c)
                                  : filter_class_of(c) & (CLASS_LETTER | CLASS_NUMBER);
        if (!word)
            break;
    }
    return n >= 2 && end - q >= 3 && memcmp(q, "://", 3) == 0 ? q + 3 : p;
}

int filter_en_is_url(struct weir_span s)
{
    const char *p = s.p, *const end = s.p + s.n;
    if (!s.n || !memchr(p, '.', s.n))
        return 0;
    const char *behind = skip_scheme(p, end);
    if (is_host(p, end) || (behind > p && is_host(behind, end)))
        return 1;
    for (const char *at = p + 1; at < end && (at = memchr(at, '@', (size_t)(end - at))); at++)
        if (is_host(at + 1, end))
            return 1;
    return 0;
}
