/* Numbers as texts write them. */
#include "kg2instruction/ann_value_impl.h"

#define MAX_M 999999999999999999 // 18 digits

/* ---- exact decimals ---- */

static struct ann_decimal trimmed(struct ann_decimal d)
{
    while (d.m && d.m % 10 == 0)
        d.m /= 10, d.e++;
    if (!d.m)
        d.e = 0;
    return d;
}

int ann_decimal_compare(struct ann_decimal a, struct ann_decimal b)
{
    a = trimmed(a), b = trimmed(b);
    const int sa = (a.m > 0) - (a.m < 0), sb = (b.m > 0) - (b.m < 0);
    if (sa != sb)
        return sa < sb ? -1 : 1;
    if (!sa)
        return 0;
    /* Aligned in 128 bits as far as 18 more digits; beyond that the exponents decide. */
    const int shift = a.e - b.e;
    if (shift > 18 || shift < -18)
        return (shift > 0) == (sa > 0) ? 1 : -1;
    __int128 x = a.m, y = b.m;
    for (int i = 0; i < shift; i++)
        x *= 10;
    for (int i = 0; i > shift; i--)
        y *= 10;
    return (x > y) - (x < y);
}

struct ann_decimal ann_decimal_round(struct ann_decimal a, int place)
{
    if (a.e >= place)
        return a;
    int last = 0;
    while (a.e < place && a.m) {
        last = (int)(a.m % 10);
        a.m /= 10, a.e++;
    }
    if (a.e < place) // nothing was left: below half of a unit of the place
        return (struct ann_decimal){0, 0};
    a.m += (last >= 5) - (last <= -5);
    return a;
}

static int take_digit(struct ann_decimal *d, int digit)
{
    if (d->m > (MAX_M - digit) / 10)
        return 0;
    d->m = d->m * 10 + digit;
    return 1;
}

int ann_decimal_parse(struct weir_span s, struct ann_decimal *d)
{
    size_t i = 0;
    const int minus = s.n && *s.p == '-';
    i += s.n && (*s.p == '-' || *s.p == '+');
    int point = 0, any = 0;
    *d = (struct ann_decimal){0, 0};
    for (; i < s.n; i++) {
        if (s.p[i] == '.' && !point) {
            point = 1;
            continue;
        }
        if (!weir_is_ascii_digit((unsigned char)s.p[i]))
            break;
        any = 1;
        if (!take_digit(d, s.p[i] - '0')) {
            if (s.p[i] != '0')
                return 0;
            d->e += !point;
            continue;
        }
        d->e -= point;
    }
    if (any && i < s.n && (s.p[i] | 32) == 'e') {
        int e = 0, neg = 0;
        i++;
        if (i < s.n && (s.p[i] == '-' || s.p[i] == '+'))
            neg = s.p[i++] == '-';
        for (any = 0; i < s.n && weir_is_ascii_digit((unsigned char)s.p[i]) && e < 1000;
             i++, any = 1)
            e = e * 10 + (s.p[i] - '0');
        d->e += neg ? -e : e;
    }
    if (minus)
        d->m = -d->m;
    return any && i == s.n;
}

/* a + b; 0 when the sum has more than 18 digits. */
static int add(struct ann_decimal *a, struct ann_decimal b)
{
    if (!b.m)
        return 1;
    if (!a->m) {
        *a = b;
        return 1;
    }
    while (a->e > b.e) {
        if (a->m > MAX_M / 10)
            return 0;
        a->m *= 10, a->e--;
    }
    while (b.e > a->e) {
        if (b.m > MAX_M / 10)
            return 0;
        b.m *= 10, b.e--;
    }
    if (a->m > MAX_M - b.m)
        return 0;
    a->m += b.m;
    return 1;
}

/* ---- numerals ---- */

/* Value of a Chinese digit, -1 for others.  廿 and 卅 are units of their own kind and not read. */
static int han_digit(uint32_t c)
{
    static const struct {
        uint16_t c;
        int8_t v;
    } of[] = {{0x3007, 0}, {0x96F6, 0}, {0x4E00, 1}, {0x4E8C, 2}, {0x4E09, 3}, {0x56DB, 4},
              {0x4E94, 5}, {0x516D, 6}, {0x4E03, 7}, {0x516B, 8}, {0x4E5D, 9}, {0x4E24, 2},
              {0x5169, 2}, {0x58F9, 1}, {0x8D30, 2}, {0x53C1, 3}, {0x8086, 4}, {0x4F0D, 5},
              {0x9646, 6}, {0x67D2, 7}, {0x634C, 8}, {0x7396, 9}};
    for (size_t i = 0; i < sizeof of / sizeof *of; i++)
        if (of[i].c == c)
            return of[i].v;
    return -1;
}

/* The power of ten of 十百千万亿兆 in both scripts, 0 for others. */
static int han_unit(uint32_t c)
{
    switch (c) {
    case 0x5341:
    case 0x62FE: // 十 拾
        return 1;
    case 0x767E:
    case 0x4F70: // 百 佰
        return 2;
    case 0x5343:
    case 0x4EDF: // 千 仟
        return 3;
    case 0x4E07:
    case 0x842C: // 万 萬
        return 4;
    case 0x4EBF:
    case 0x5104: // 亿 億
        return 8;
    case 0x5146: // 兆
        return 12;
    }
    return 0;
}

static int arabic_digit(uint32_t c)
{
    if (weir_is_ascii_digit(c))
        return (int)c - '0';
    return c >= 0xFF10 && c <= 0xFF19 ? (int)c - 0xFF10 : -1;
}

static int digit_at(const char *p, size_t n, unsigned *len)
{
    *len = 0;
    return n ? arabic_digit(weir_utf8_decode(p, n, len)) : -1;
}

/* A separator of thousands at p with exactly three digits behind it; its bytes, or 0. */
static size_t separator(const char *p, size_t n)
{
    static const char *const marks[] = {",", "\xC2\xA0", "\xE2\x80\x89", "\xE2\x80\xAF", NULL};
    const size_t len = ann_first_of(p, n, marks);
    if (!len || n < len + 3)
        return 0;
    for (size_t i = len; i < len + 3; i++)
        if (!weir_is_ascii_digit((unsigned char)p[i]))
            return 0;
    return n > len + 3 && weir_is_ascii_digit((unsigned char)p[len + 3]) ? 0 : len;
}

/* 1,234.5: returns the bytes; *plain counts the digits of a row without anything between. */
static size_t arabic(const char *p, size_t n, struct ann_decimal *d, int *plain)
{
    size_t at = 0;
    unsigned len;
    int digits = 0, marks = 0;
    *d = (struct ann_decimal){0, 0};
    for (int v; at < n;) {
        if ((v = digit_at(p + at, n - at, &len)) >= 0) {
            if (!take_digit(d, v))
                return 0;
            at += len, digits++;
            continue;
        }
        const size_t sep = digits && (marks || digits <= 3) ? separator(p + at, n - at) : 0;
        if (!sep)
            break;
        at += sep, marks++;
    }
    *plain = marks ? 0 : digits;
    if (at + 1 < n && p[at] == '.' && digit_at(p + at + 1, n - at - 1, &len) >= 0) {
        *plain = 0;
        at++;
        for (int v; (v = digit_at(p + at, n - at, &len)) >= 0; at += len) {
            if (!take_digit(d, v))
                return 0;
            d->e--;
        }
    }
    return digits ? at : 0;
}

/* A row of Chinese digits, with 点 and digits behind: 一九四九, 三, 三点一四. */
static size_t han_row(const char *p, size_t n, struct ann_decimal *d, int *digits)
{
    size_t at = 0;
    unsigned len;
    *d = (struct ann_decimal){0, 0};
    *digits = 0;
    for (int v; at < n && (v = han_digit(weir_utf8_decode(p + at, n - at, &len))) >= 0; at += len) {
        if (!take_digit(d, v))
            return 0;
        ++*digits;
    }
    static const char *const points[] = {"点", "點", NULL};
    const size_t point = *digits == 1 ? ann_first_of(p + at, n - at, points) : 0;
    if (!point || at + point >= n ||
        han_digit(weir_utf8_decode(p + at + point, n - at - point, &len)) < 0)
        return at;
    at += point;
    for (int v; at < n && (v = han_digit(weir_utf8_decode(p + at, n - at, &len))) >= 0; at += len) {
        if (!take_digit(d, v))
            return 0;
        d->e--;
    }
    return at;
}

/* ---- a number with its Chinese units ---- */

struct units {
    struct ann_decimal total, section, cur;
    int has_cur; // a literal waits for its unit
    int cur_han; // it is one Chinese digit: 两万三 leaves the unit out
    int zero;    // 零 came before it
    int last;    // the unit before it, as a power of ten; 0: none
    int last_small, last_big;
    int place;
    int failed; // more than 18 digits
};

static void sum(struct units *u, struct ann_decimal *a, struct ann_decimal b)
{
    u->failed |= !add(a, b);
}

static int literal(struct units *u, struct ann_decimal v, int one_han_digit)
{
    u->cur = v;
    u->has_cur = 1;
    u->cur_han = one_han_digit;
    u->place = v.e;
    return 1;
}

static int small_unit(struct units *u, int power)
{
    if (u->last_small && power >= u->last_small)
        return 0;
    if (!u->has_cur) {
        if (power != 1)
            return 0;
        u->cur = (struct ann_decimal){1, 0}; // 十二, 一百十
    }
    u->cur.e += power;
    u->place = u->cur.e;
    sum(u, &u->section, u->cur);
    u->has_cur = u->zero = 0;
    u->last = u->last_small = power;
    return 1;
}

static int big_unit(struct units *u, int power)
{
    const int over = u->last_big && power > u->last_big; // 三万亿, 1200万亿
    if (power == u->last_big || (!u->has_cur && !u->section.m && !over))
        return 0;
    if (u->has_cur)
        sum(u, &u->section, u->cur);
    if (over) {
        sum(u, &u->total, u->section);
        u->section = u->total;
        u->total = (struct ann_decimal){0, 0};
    }
    u->section.e += power;
    u->place += power;
    sum(u, &u->total, u->section);
    u->section = (struct ann_decimal){0, 0};
    u->has_cur = u->zero = u->last_small = 0;
    u->last = u->last_big = power;
    return 1;
}

static int finish(struct units *u)
{
    if (u->has_cur) {
        if (u->cur_han && u->last >= 2 && !u->zero) {
            u->cur.e += u->last - 1;
            u->place = u->cur.e;
        }
        sum(u, &u->section, u->cur);
    }
    sum(u, &u->total, u->section);
    return !u->failed;
}

/* One more part of the number at p: its bytes, 0 when it ends here. */
static size_t part(struct units *u, const char *p, size_t n, struct ann_number *out, int first)
{
    struct ann_decimal v;
    unsigned len;
    int digits = 0;
    const uint32_t c = weir_utf8_decode(p, n, &len);
    const int power = han_unit(c);
    if (power)
        return (power < 4 ? small_unit(u, power) : big_unit(u, power)) ? len : 0;
    if (u->has_cur)
        return 0;
    if (arabic_digit(c) >= 0) {
        const size_t used = arabic(p, n, &v, &digits);
        if (first)
            out->n_digits = digits;
        return used && literal(u, v, 0) ? used : 0;
    }
    if (!first && (c == 0x96F6 || c == 0x3007)) {
        unsigned next;
        const uint32_t d = n > len ? weir_utf8_decode(p + len, n - len, &next) : 0;
        if (han_digit(d) < 1 && d != 0x5341)
            return 0;
        u->zero = 1;
        return len;
    }
    const size_t used = han_row(p, n, &v, &digits);
    if (first)
        out->n_digits = v.e ? 0 : digits;
    if (!used || (digits > 1 && !first))
        return 0;
    return literal(u, v, digits == 1 && !v.e) ? used : 0;
}

static size_t english_scale(const char *p, size_t n, int *power)
{
    static const struct {
        const char *word;
        int power;
    } words[] = {{"thousand", 3}, {"million", 6}, {"billion", 9}, {"trillion", 12}};
    size_t blank = 0;
    if (n && (*p == ' ' || *p == '-'))
        blank = 1;
    else if (n > 1 && !memcmp(p, "\xC2\xA0", 2))
        blank = 2;
    for (size_t i = 0; blank && i < sizeof words / sizeof *words; i++) {
        const size_t len = strlen(words[i].word);
        if (ann_starts(p + blank, n - blank, words[i].word) &&
            ann_word_ends(weir_span(p, n), blank + len)) {
            *power = words[i].power;
            return blank + len;
        }
    }
    return 0;
}

size_t ann_number_parse(const char *p, size_t n, struct ann_number *out)
{
    struct units u = {.place = 0};
    size_t at = 0, used;
    unsigned len = 0;
    int parts = 0, power = 0;
    memset(out, 0, sizeof *out);
    if (!n)
        return 0;
    const uint32_t c = weir_utf8_decode(p, n, &len);
    out->han = arabic_digit(c) < 0;
    if (out->han && han_digit(c) < 0 && han_unit(c) != 1)
        return 0;
    while (at < n && (used = part(&u, p + at, n - at, out, !parts)) > 0)
        at += used, parts++;
    if (!at || !finish(&u))
        return 0;
    out->digits_only = parts == 1 && out->n_digits > 0;
    if (!out->han && parts == 1 && (used = english_scale(p + at, n - at, &power)) > 0) {
        u.total.e += power;
        u.place += power;
        out->digits_only = 0;
        at += used;
    }
    out->v = u.total;
    out->place = u.place;
    return at;
}
