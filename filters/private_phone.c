/* Telephone numbers: Chinese mobile and fixed, North American, and any with + and country code. */
#include <string.h>
#include "weir/utf8.h"
#include "filters/private.h"

/* How far before a number a word speaks of it, in bytes. */
enum { NEAR = 40 };

static const char *const about_phones[] = {"tel",  "phone", "mobile", "call",     "fax",  "电话",
                                           "手机", "热线",  "传真",   "联系",     "致电", "拨打",
                                           "微信", "電話",  "手機",   "whatsapp", NULL};

/* What else eleven digits may be. */
static const char *const about_numbers[] = {"编号", "单号", "订单", "流水",  "序号", "isbn",
                                            "issn", "uid",  "qq",   "order", "批号", NULL};

/* The first groups have these lengths (0 at the end) and one separator, ' ' or '-'. */
static int is_grouped(const struct private_number *x, const unsigned char *sizes)
{
    const char s = x->separator[1];
    for (size_t g = 0; sizes[g]; g++)
        if (private_group(x, g) != sizes[g] || (g && x->separator[g] != s))
            return 0;
    return s == ' ' || s == '-';
}

/* Behind the digits [0, n) of the number; 0 when the text goes on there. */
static size_t end_behind(struct weir_span t, const struct private_number *x, size_t n)
{
    const size_t end = x->end[n - 1];
    return private_joined_right(t, end) ? 0 : end;
}

/* MIIT's blocks in use: 13x, 14x, 15x but 154, 162 165 166 167, 17x but 179, 18x, 19x but 194. */
static int is_mobile_block(const char *d)
{
    if (d[0] != '1' || d[1] < '3')
        return 0;
    switch (d[1]) {
    case '5':
        return d[2] != '4';
    case '6':
        return d[2] == '2' || (d[2] >= '5' && d[2] <= '7');
    case '7':
        return d[2] != '9';
    case '9':
        return d[2] != '4';
    default:
        return 1;
    }
}

/* Eleven digits, in one run or 3-4-4. */
static int is_mobile(const struct private_number *x)
{
    static const unsigned char sizes[] = {3, 4, 4, 0};
    return x->n >= 11 && (private_group(x, 0) == 11 || is_grouped(x, sizes)) &&
           is_mobile_block(x->digit);
}

/* Letters before the digits belong to them when they say telephone: "Tel13800138000". */
static int is_labelled(struct weir_span t, size_t at)
{
    static const char *const labels[] = {"tel", "phone", "mobile", "mob", "fax", "ph", NULL};
    size_t from = at;
    while (from && weir_is_ascii_alpha((unsigned char)t.p[from - 1]) && at - from < 7)
        from--;
    for (size_t i = 0; labels[i]; i++)
        if (strlen(labels[i]) == at - from && private_word_before(t, at, at - from, labels + i))
            return !private_joined_left(t, from);
    return 0;
}

static int starts_free(struct weir_span t, size_t at)
{
    return !private_joined_left(t, at) || is_labelled(t, at);
}

/* Bytes of the bracket before byte at. */
static size_t bracket_before(struct weir_span t, size_t at)
{
    if (at && t.p[at - 1] == '(')
        return 1;
    return at >= 3 && memcmp(t.p + at - 3, "（", 3) == 0 ? 3 : 0;
}

/* Where the + before the number stands; at when there is none. */
static size_t plus_before(struct weir_span t, size_t at)
{
    size_t i = at;
    if (i && t.p[i - 1] == '(')
        i--;
    if (i && t.p[i - 1] == '+')
        return i - 1;
    if (i >= 3 && memcmp(t.p + i - 3, "＋", 3) == 0)
        return i - 3;
    return at;
}

/* Eleven digits may be many things: a word for telephones must stand before, or Chinese beside them
 * and none that speaks of other numbers. */
static size_t mobile(struct weir_span t, const struct private_number *x)
{
    if (!is_mobile(x) || !starts_free(t, x->at))
        return 0;
    const size_t end = end_behind(t, x, 11);
    const int wide = x->end[0] - x->at == 3;
    const int other = private_word_before(t, x->at, 24, about_numbers) &&
                      !private_word_before(t, x->at, 16, about_phones);
    if (!end || other)
        return 0;
    if (wide || private_word_before(t, x->at, NEAR, about_phones))
        return end;
    if (private_in_row(t, x->at, end))
        return 0;
    if (private_group(x, 0) == 3)
        return end;
    return !private_in_code(t, x->at, end) && private_in_chinese(t, x->at, end, 24) ? end : 0;
}

/* "-8001", "转8001" behind a fixed line. */
static size_t extension(struct weir_span t, size_t end)
{
    static const char *const marks[] = {"转", "轉", "ext.", "ext", "-", NULL};
    size_t i = end;
    while (i < t.n && t.p[i] == ' ')
        i++;
    for (size_t k = 0; marks[k]; k++) {
        const size_t n = strlen(marks[k]);
        if (t.n - i < n || memcmp(t.p + i, marks[k], n) != 0)
            continue;
        size_t to = i + n, n_digits = 0;
        unsigned len;
        while (to < t.n && t.p[to] == ' ')
            to++;
        for (; private_digit(t, to, &len) >= 0; to += len)
            n_digits++;
        return n_digits >= 1 && n_digits <= 6 ? to : end;
    }
    return end;
}

/* The local part of a fixed line from group g on: 7 or 8 digits, or 4-4 and 3-4.  Its digits. */
static size_t local_digits(const struct private_number *x, size_t g)
{
    const size_t n = private_group(x, g);
    if (n == 7 || n == 8)
        return n;
    if ((n == 3 || n == 4) && private_group(x, g + 1) == 4 &&
        (x->separator[g + 1] == ' ' || x->separator[g + 1] == '-'))
        return n + 4;
    return 0;
}

/* An area code in a group of its own and the local part; the leading 0 is missing behind +86. */
static size_t fixed(struct weir_span t, const struct private_number *x, size_t g, int has_zero)
{
    char code[5] = "0";
    const size_t n = private_group(x, g);
    if (g >= x->n_groups || n + !has_zero > 4 || n < 2)
        return 0;
    memcpy(code + !has_zero, x->digit + x->first[g], n);
    if (!private_is_area_code(code, n + !has_zero))
        return 0;
    const size_t n_local = local_digits(x, g + 1), first = x->first[g + 1];
    if (!n_local || x->digit[first] < '2')
        return 0;
    const size_t end = x->end[first + n_local - 1], far = extension(t, end);
    unsigned len;
    if (far == end && private_joined_right(t, end))
        return 0;
    return private_digit(t, far, &len) >= 0 ? 0 : far;
}

/* Area code and local part in one run, where the text speaks of telephones. */
static size_t fixed_run(struct weir_span t, const struct private_number *x)
{
    const size_t n = private_group(x, 0);
    if (n < 10 || n > 12 || x->digit[0] != '0' || !starts_free(t, x->at))
        return 0;
    const size_t code = private_is_area_code(x->digit, 3) ? 3 : 4;
    if (!private_is_area_code(x->digit, code) || n - code < 7 || n - code > 8 ||
        x->digit[code] < '2' || !private_word_before(t, x->at, NEAR, about_phones))
        return 0;
    return end_behind(t, x, n);
}

static size_t chinese_fixed(struct weir_span t, const struct private_number *x)
{
    if (x->digit[0] != '0')
        return 0;
    const char s = x->separator[1];
    if (s == '-' || s == ')' || (s == ' ' && private_word_before(t, x->at, NEAR, about_phones)))
        return starts_free(t, x->at) ? fixed(t, x, 0, 1) : 0;
    return fixed_run(t, x);
}

/* 0 or the end of 86 and a Chinese number, 86 apart or not. */
static size_t after_86(struct weir_span t, const struct private_number *x)
{
    struct private_number rest;
    if (x->n < 12 || x->digit[0] != '8' || x->digit[1] != '6')
        return 0;
    const size_t apart = private_group(x, 0) == 2;
    private_read_number(t, apart ? x->group_at[1] : x->end[1], &rest);
    if (is_mobile(&rest))
        return end_behind(t, &rest, 11);
    const size_t end = apart ? fixed(t, x, 1, 0) : 0;
    return end || !apart ? end : fixed(t, x, 1, 1);
}

/* Digits of a number whose national part has min to max digits: the most groups that fit.  The 0 of
 * "+44 (0)20" is in brackets and not dialled. */
static size_t national(const struct private_number *x, size_t code, unsigned min, unsigned max)
{
    size_t best = 0;
    const size_t zero = private_group(x, 1) == 1 && x->digit[x->first[1]] == '0';
    for (size_t g = 0; g < x->n_groups; g++) {
        const size_t n = x->first[g + 1];
        if (n >= code + min + zero && n <= code + max + zero)
            best = n;
    }
    return best;
}

/* Area code and exchange begin with 2 to 9; x11 are services, as are 400 and 800 numbers, which
 * look alike in China and belong to nobody in person. */
static int is_american(const char *d)
{
    return d[0] >= '2' && d[3] >= '2' && !(d[1] == '1' && d[2] == '1') &&
           memcmp(d, "400", 3) != 0 && memcmp(d, "800", 3) != 0;
}

static size_t international(struct weir_span t, const struct private_number *x)
{
    unsigned min, max;
    size_t end = after_86(t, x);
    const size_t code = private_country_code(x->digit, x->n, &min, &max);
    if (end || !code || (x->digit[0] == '8' && x->digit[1] == '6' && code == 2))
        return end;
    const size_t n = national(x, code, min, max);
    if (!n || (code == 1 && x->digit[0] == '1' && !is_american(x->digit + 1)))
        return 0;
    return end_behind(t, x, n);
}

/* (415) 555-2671 and 415-555-2671. */
static size_t american(struct weir_span t, const struct private_number *x, size_t *at)
{
    static const unsigned char sizes[] = {3, 3, 4, 0};
    const int bracket = x->at && t.p[x->at - 1] == '(' && x->separator[1] == ')' &&
                        private_group(x, 0) == 3 && private_group(x, 1) == 3 &&
                        private_group(x, 2) == 4 && x->separator[2] == '-';
    const size_t from = x->at - (size_t)bracket;
    if (x->n < 10 || !is_american(x->digit) || !starts_free(t, from) ||
        (!bracket && (!is_grouped(x, sizes) || x->separator[1] != '-')))
        return 0;
    *at = from;
    return end_behind(t, x, 10);
}

size_t private_phone(struct weir_span t, const struct private_number *x, size_t *at)
{
    const size_t plus = plus_before(t, x->at);
    size_t end;
    if (plus != x->at) {
        *at = plus;
        return private_joined_left(t, plus) ? 0 : international(t, x);
    }
    *at = x->at;
    if ((end = mobile(t, x)) != 0)
        return end;
    if (x->digit[0] == '8' || (x->n > 4 && memcmp(x->digit, "0086", 4) == 0)) {
        struct private_number rest = *x;
        if (x->digit[0] == '0' && private_group(x, 0) >= 4)
            private_read_number(t, x->end[1], &rest);
        if (starts_free(t, x->at) && (end = after_86(t, &rest)) != 0)
            return end;
    }
    if ((end = chinese_fixed(t, x)) != 0) {
        if (x->separator[1] == ')')
            *at -= bracket_before(t, x->at);
        return end;
    }
    return american(t, x, at);
}
