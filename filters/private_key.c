/* Keys, tokens and passwords: what is checked beyond prefix, characters and length. */
#include <math.h>
#include <string.h>
#include <zlib.h>
#include "weir/utf8.h"
#include "filters/private.h"

static int is_alnum(char c)
{
    return weir_is_ascii_alpha((unsigned char)c) || weir_is_ascii_digit((unsigned char)c);
}

static int is_lower_hex(char c)
{
    return weir_is_ascii_digit((unsigned char)c) || (c >= 'a' && c <= 'f');
}

static int in_set(const char *set, char c)
{
    if (!c)
        return 0;
    for (; *set; set++) {
        const char s = *set;
        if (s == 'A'   ? c >= 'A' && c <= 'Z'
            : s == 'a' ? c >= 'a' && c <= 'z'
            : s == '0' ? weir_is_ascii_digit((unsigned char)c)
            : s == 'f' ? is_lower_hex(c)
                       : c == s)
            return 1;
    }
    return 0;
}

size_t private_key(struct weir_span t, const struct private_key_row *row, size_t end, size_t *at)
{
    const size_t n = strlen(row->prefix);
    *at = end - n;
    if (!row->set)
        return row->check(t, at, end);
    if (memcmp(t.p + *at, row->prefix, n) != 0)
        return 0; // the patterns do without case
    if (*at && (is_alnum(t.p[*at - 1]) || t.p[*at - 1] == '_') && is_alnum(row->prefix[0]))
        return 0;
    size_t to = end;
    while (to < t.n && to - end <= row->max && in_set(row->set, t.p[to]))
        to++;
    if (to - end < row->min || to - end > row->max)
        return 0;
    if (to < t.n && is_alnum(t.p[to]))
        return 0;
    return row->check ? row->check(t, at, to) : to;
}

uint16_t private_key_url(void)
{
    uint16_t i = 0;
    while (private_keys[i].prefix)
        i++;
    return i;
}

/* Bits a character, as Shannon's entropy of the string's own frequencies. */
static double entropy(const char *p, size_t n)
{
    unsigned count[256] = {0};
    double bits = 0;
    for (size_t i = 0; i < n; i++)
        count[(unsigned char)p[i]]++;
    for (int c = 0; c < 256; c++)
        if (count[c])
            bits -= count[c] / (double)n * log2(count[c] / (double)n);
    return bits;
}

static int contains(struct weir_span t, const char *word)
{
    const size_t n = strlen(word);
    for (size_t i = 0; i + n <= t.n; i++)
        if (memcmp(t.p + i, word, n) == 0)
            return 1;
    return 0;
}

/* What is written for a reader to fill in repeats itself or says that it is an example. */
size_t private_key_random(struct weir_span t, size_t *at, size_t end)
{
    const struct weir_span s = weir_span(t.p + *at, end - *at);
    return entropy(s.p, s.n) < 3 || contains(s, "EXAMPLE") || contains(s, "xxxx") ||
                   contains(s, "XXXX") || contains(s, "1234567")
               ? 0
               : end;
}

/* GitHub's and npm's tokens end in the CRC-32 of the characters before, in base 62. */
size_t private_key_crc(struct weir_span t, size_t *at, size_t end)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    uLong crc = crc32(0, (const Bytef *)t.p + *at + 4, 30);
    for (int i = 1; i <= 6; i++, crc /= 62)
        if (t.p[end - (size_t)i] != digits[crc % 62])
            return 0;
    return end;
}

/* ---- JSON Web Tokens, RFC 7519 ---- */

static int base64url(char c)
{
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '-'             ? 62
           : c == '_'             ? 63
                                  : -1;
}

static size_t part_end(struct weir_span t, size_t at)
{
    while (at < t.n && base64url(t.p[at]) >= 0)
        at++;
    return at;
}

/* The header is a JSON object that names its algorithm. */
static int is_header(const char *p, size_t n)
{
    char json[240] = "";
    size_t n_json = 0;
    unsigned bits = 0, n_bits = 0;
    for (size_t i = 0; i < n && n_json < sizeof json; i++) {
        bits = (bits << 6 | (unsigned)base64url(p[i])) & 0xFFFF;
        n_bits += 6;
        if (n_bits >= 8) {
            n_bits -= 8;
            json[n_json++] = (char)(bits >> n_bits);
        }
    }
    return n_json > 2 && json[0] == '{' && contains(weir_span(json, n_json), "\"alg\"");
}

size_t private_key_jwt(struct weir_span t, size_t *at, size_t end)
{
    if (*at && base64url(t.p[*at - 1]) >= 0)
        return 0;
    const size_t header = part_end(t, end);
    if (header - *at < 16 || header >= t.n || t.p[header] != '.' ||
        !is_header(t.p + *at, header - *at))
        return 0;
    const size_t payload = part_end(t, header + 1);
    if (payload - header < 4 || payload >= t.n || t.p[payload] != '.')
        return 0;
    const size_t signature = part_end(t, payload + 1);
    return signature - payload < 20 ? 0 : signature;
}

/* ---- private keys in PEM, RFC 7468 and its forerunners ---- */

enum { PEM_MAX = 16384, PEM_MIN_BODY = 64 };

static const char *find(const char *p, const char *end, const char *word)
{
    return memmem(p, (size_t)(end - p), word, strlen(word));
}

size_t private_key_pem(struct weir_span t, size_t *at, size_t end)
{
    const char *const stop = t.p + (t.n - end > PEM_MAX ? end + PEM_MAX : t.n);
    const char *const label = find(t.p + end, t.p + (t.n - end > 60 ? end + 60 : t.n), "-----");
    if (!label || !find(t.p + end, label, "PRIVATE KEY"))
        return 0;
    const char *const foot = find(label + 5, stop, "-----END");
    if (!foot)
        return 0;
    size_t n_body = 0;
    for (const char *p = label + 5; p < foot; p++)
        n_body += is_alnum(*p) || *p == '+' || *p == '/';
    const char *const tail = find(foot + 8, stop, "-----");
    if (n_body < PEM_MIN_BODY || !tail)
        return 0;
    (void)at;
    return (size_t)(tail + 5 - t.p);
}

/* The bot's number stands before the colon. */
size_t private_key_telegram(struct weir_span t, size_t *at, size_t end)
{
    size_t from = *at;
    while (from && weir_is_ascii_digit((unsigned char)t.p[from - 1]) && *at - from < 11)
        from--;
    if (*at - from < 8 || *at - from > 10 || !private_key_random(t, at, end))
        return 0;
    *at = from;
    return end;
}

/* ---- assignments: name = "value" ---- */

enum { MAX_VALUE = 200 };

static size_t skip_spaces(struct weir_span t, size_t i)
{
    while (i < t.n && (t.p[i] == ' ' || t.p[i] == '\t'))
        i++;
    return i;
}

static size_t skip_word(struct weir_span t, size_t i, const char *word)
{
    const size_t n = strlen(word);
    return t.n - i >= n && memcmp(t.p + i, word, n) == 0 ? i + n : i;
}

/* From behind the name to the value: the rest of the identifier, a quote, the operator.  0 when
 * this is no assignment. */
static size_t value_at(struct weir_span t, size_t i)
{
    static const char *const operators[] = {"=>", ":=", "==", "=",  ":",
                                            "：", "＝", "是", "为", NULL};
    const size_t from = i;
    while (i < t.n && i - from < 24 && (is_alnum(t.p[i]) || t.p[i] == '_' || t.p[i] == '-'))
        i++;
    while (i < t.n && i - from < 28 && t.p[i] && strchr("\"'])", t.p[i]))
        i++;
    i = skip_spaces(t, i);
    const size_t before = i;
    for (size_t k = 0; operators[k] && i == before; k++)
        i = skip_word(t, i, operators[k]);
    return i == before ? 0 : skip_spaces(t, i);
}

enum { LOWER = 1, UPPER = 2, DIGIT = 4, SIGN = 8, OTHER = 16 };

static unsigned classes(struct weir_span v)
{
    unsigned c = 0;
    for (size_t i = 0; i < v.n; i++)
        c |= v.p[i] >= 'a' && v.p[i] <= 'z'               ? LOWER
             : v.p[i] >= 'A' && v.p[i] <= 'Z'             ? UPPER
             : weir_is_ascii_digit((unsigned char)v.p[i]) ? DIGIT
             : v.p[i] > 0 && strchr("!@#$%^&*~?", v.p[i]) ? SIGN
             : v.p[i] > 0 && strchr("+/=_-", v.p[i])      ? 0
                                                          : OTHER;
    return c;
}

static int is_hex(struct weir_span v)
{
    size_t i = 0;
    while (i < v.n && (is_lower_hex(v.p[i]) || (v.p[i] >= 'A' && v.p[i] <= 'F')))
        i++;
    return i == v.n;
}

static int is_placeholder(struct weir_span v)
{
    static const char *const words[] = {"example", "your",  "xxxx", "test",   "dummy", "sample",
                                        "change",  "place", "pass", "secret", "1234",  "abcd",
                                        "token",   "here",  "****", "....",   "admin", NULL};
    char low[MAX_VALUE];
    for (size_t i = 0; i < v.n; i++)
        low[i] = weir_is_ascii_alpha((unsigned char)v.p[i]) ? (char)(v.p[i] | 32) : v.p[i];
    for (size_t i = 0; words[i]; i++)
        if (contains(weir_span(low, v.n), words[i]))
            return 1;
    return 0;
}

/* detect-secrets asks for 3 bits a character of hexadecimal and 4.5 of base 64, which strings under
 * 23 characters cannot have: here 85 % of what so many characters can. */
static int is_secret(struct weir_span v)
{
    const unsigned c = classes(v);
    if (v.n < 16 || (c & (SIGN | OTHER)) || !(c & DIGIT) || !(c & (LOWER | UPPER)))
        return 0;
    const double bits = entropy(v.p, v.n);
    if (is_hex(v))
        return v.n >= 20 && bits >= 3;
    return v.n >= 20 && (c & LOWER) && (c & UPPER) && bits >= fmin(4.5, 0.85 * log2((double)v.n)) &&
           !is_placeholder(v);
}

static int is_password(struct weir_span v)
{
    const unsigned c = classes(v);
    return v.n >= 8 && v.n <= 64 && !(c & OTHER) &&
           __builtin_popcount(c & (LOWER | UPPER | DIGIT | SIGN)) >= 3 && (c & DIGIT) &&
           entropy(v.p, v.n) >= 2.75 && !is_placeholder(v);
}

/* A name of a password may have a short value, but then in quotes, or after Chinese words. */
static int names_password(struct weir_span name)
{
    static const char *const words[] = {"pass", "pwd", "密码", "口令", NULL};
    return private_word_before(name, name.n, name.n, words);
}

/* The key is the value. */
size_t private_key_assigned(struct weir_span t, size_t *at, size_t end)
{
    size_t i = value_at(t, end);
    if (!i || i >= t.n)
        return 0;
    const char quote = strchr("\"'`", t.p[i]) ? t.p[i] : 0;
    const char *const ends = t.p[*at] < 0 ? ",;)\"'<>" : ",;)\"'<>&|"; // after Chinese no URL
    i += quote != 0;
    size_t to = i;
    while (to < t.n && to - i <= MAX_VALUE && t.p[to] > ' ' && t.p[to] < 127 &&
           (quote ? t.p[to] != quote : !strchr(ends, t.p[to])))
        to++;
    const struct weir_span name = weir_span(t.p + *at, end - *at), v = weir_span(t.p + i, to - i);
    if (v.n > MAX_VALUE || (quote && (to >= t.n || t.p[to] != quote)))
        return 0;
    *at = i;
    if (is_secret(v))
        return to;
    return names_password(name) && (quote || name.p[0] < 0) && is_password(v) ? to : 0;
}
