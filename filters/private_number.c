/* Numbers with a grammar: identity cards, bank cards, passports, licence plates. */
#include <string.h>
#include "weir/utf8.h"
#include "filters/private.h"

static int is_alnum(unsigned char c)
{
    return weir_is_ascii_alpha(c) || weir_is_ascii_digit(c);
}

/* U+FF10 + what the last byte says, for EF BC xx; 0 otherwise. */
static unsigned wide(struct weir_span t, size_t i)
{
    return t.n - i >= 3 && memcmp(t.p + i, "\xEF\xBC", 2) == 0 ? (unsigned char)t.p[i + 2] : 0;
}

int private_digit(struct weir_span t, size_t i, unsigned *len)
{
    if (i >= t.n)
        return -1;
    *len = 1;
    if (weir_is_ascii_digit((unsigned char)t.p[i]))
        return t.p[i] - '0';
    const unsigned w = wide(t, i);
    *len = 3;
    return w >= 0x90 && w <= 0x99 ? (int)(w - 0x90) : -1;
}

/* An ASCII or full-width letter at i in upper case, 0 when there is none. */
static char letter(struct weir_span t, size_t i, unsigned *len)
{
    *len = 1;
    if (i >= t.n)
        return 0;
    if (weir_is_ascii_alpha((unsigned char)t.p[i]))
        return (char)(t.p[i] & ~32);
    const unsigned w = wide(t, i);
    *len = 3;
    if (w >= 0xA1 && w <= 0xBA)
        return (char)('A' + w - 0xA1);
    if (t.n - i >= 3 && memcmp(t.p + i, "\xEF\xBD", 2) == 0 && (unsigned char)t.p[i + 2] >= 0x81 &&
        (unsigned char)t.p[i + 2] <= 0x9A)
        return (char)('A' + (unsigned char)t.p[i + 2] - 0x81);
    return 0;
}

int private_joined_left(struct weir_span t, size_t at)
{
    unsigned len;
    if (!at)
        return 0;
    const unsigned char c = (unsigned char)t.p[at - 1];
    if (is_alnum(c) || c == '_')
        return 1;
    if (at >= 3 && (private_digit(t, at - 3, &len) >= 0 || letter(t, at - 3, &len)) && len == 3)
        return 1;
    return (c == '.' || c == ',' || c == '-') && at > 1 &&
           weir_is_ascii_digit((unsigned char)t.p[at - 2]);
}

int private_joined_right(struct weir_span t, size_t end)
{
    unsigned len;
    if (end >= t.n)
        return 0;
    const unsigned char c = (unsigned char)t.p[end];
    if (is_alnum(c) || c == '_' || private_digit(t, end, &len) >= 0 || letter(t, end, &len))
        return 1;
    return (c == '.' || c == ',' || c == '-') && end + 1 < t.n &&
           weir_is_ascii_digit((unsigned char)t.p[end + 1]);
}

int private_in_chinese(struct weir_span t, size_t at, size_t end, size_t reach)
{
    const size_t from = at > reach ? at - reach : 0;
    const size_t to = t.n - end > reach ? end + reach : t.n;
    for (size_t i = from; i < to; i++) {
        const unsigned char c = (unsigned char)t.p[i];
        if ((i < at || i >= end) && c >= 0xE3 && c <= 0xE9) // U+3000 to U+9FFF
            return 1;
    }
    return 0;
}

int private_in_row(struct weir_span t, size_t at, size_t end)
{
    while (at && t.p[at - 1] == ' ')
        at--;
    while (end < t.n && t.p[end] == ' ')
        end++;
    return (at && weir_is_ascii_digit((unsigned char)t.p[at - 1])) ||
           (end < t.n && weir_is_ascii_digit((unsigned char)t.p[end]));
}

int private_in_code(struct weir_span t, size_t at, size_t end)
{
    static const char before[] = "/=#$%&\\+*<>^~|'`\"", after[] = "/=%\\*&'`\"";
    while (at && t.p[at - 1] == ' ')
        at--;
    if (at && t.p[at - 1] && strchr(before, t.p[at - 1]))
        return 1;
    if (at >= 3 && (memcmp(t.p + at - 2, "¥", 2) == 0 || memcmp(t.p + at - 3, "￥", 3) == 0))
        return 1;
    return end < t.n && t.p[end] && strchr(after, t.p[end]);
}

static int same_word(const char *p, const char *word, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char c = weir_is_ascii_alpha((unsigned char)p[i]) ? (char)(p[i] | 32) : p[i];
        if (c != word[i])
            return 0;
    }
    return 1;
}

int private_word_before(struct weir_span t, size_t at, size_t reach, const char *const *words)
{
    const size_t from = at > reach ? at - reach : 0;
    for (; *words; words++) {
        const size_t n = strlen(*words);
        for (size_t i = from; i + n <= at; i++)
            if (same_word(t.p + i, *words, n) &&
                !(i && weir_is_ascii_alpha((unsigned char)**words) &&
                  weir_is_ascii_alpha((unsigned char)t.p[i - 1])))
                return 1;
    }
    return 0;
}

/* The separator at i as ASCII, 0 when there is none. */
static char separator(struct weir_span t, size_t i, unsigned *len)
{
    static const struct {
        const char *utf8;
        char is;
    } rows[] = {
        {"\xEF\xBC\x8D", '-'}, {"\xEF\xBC\x88", '('}, {"\xEF\xBC\x89", ')'},
        {"\xE3\x80\x80", ' '}, {"\xE2\x80\x90", '-'}, {"\xE2\x80\x91", '-'},
        {"\xE2\x80\x93", '-'}, {"\xE2\x80\x94", '-'}, {"\xC2\xA0", ' '},
    };
    *len = 1;
    if (i >= t.n)
        return 0;
    const char c = t.p[i];
    if (c == ' ' || c == '-' || c == '.' || c == '(' || c == ')')
        return c;
    for (size_t k = 0; c < 0 && k < sizeof rows / sizeof *rows; k++) {
        const size_t n = strlen(rows[k].utf8);
        if (t.n - i >= n && memcmp(t.p + i, rows[k].utf8, n) == 0)
            return *len = (unsigned)n, rows[k].is;
    }
    return 0;
}

void private_read_number(struct weir_span t, size_t at, struct private_number *x)
{
    unsigned len;
    x->n = x->n_groups = 0;
    x->at = at;
    memset(x->separator, 0, sizeof x->separator); // those behind the last group are asked for too
    char before = 0;
    for (size_t i = at; x->n_groups < PRIVATE_MAX_GROUPS;) {
        x->first[x->n_groups] = x->n;
        x->group_at[x->n_groups] = i;
        x->separator[x->n_groups] = before;
        for (int d; x->n < PRIVATE_MAX_DIGITS && (d = private_digit(t, i, &len)) >= 0; i += len) {
            x->digit[x->n] = (char)('0' + d);
            x->end[x->n++] = i + len;
        }
        if (x->n == x->first[x->n_groups])
            break;
        x->first[++x->n_groups] = x->n;
        before = separator(t, i, &len);
        if (!before || x->n == PRIVATE_MAX_DIGITS)
            break;
        i += len;
        const char second = separator(t, i, &len); // "(010) 1234 5678"
        if (second && second != before) {
            before = before == ' ' ? second : before;
            i += len;
        }
    }
}

/* ---- identity cards: GB 11643-1999, check digit by ISO 7064 MOD 11-2 ---- */

static int is_date(const char *d)
{
    static const char days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const int year = (d[0] - '0') * 1000 + (d[1] - '0') * 100 + (d[2] - '0') * 10 + d[3] - '0';
    const int month = (d[4] - '0') * 10 + d[5] - '0', day = (d[6] - '0') * 10 + d[7] - '0';
    if (year < 1900 || year > 2099 || month < 1 || month > 12 || day < 1 || day > days[month - 1])
        return 0;
    const int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month != 2 || day < 29 || leap;
}

/* Provinces by GB/T 2260; 83 is Taiwan's residence permit; 9 and a province a foreigner's. */
static int is_region(const char *d)
{
    static const char provinces[] = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 "
                                    "46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 ";
    const char *two = d[0] == '9' ? d + 1 : d;
    for (const char *p = provinces; *p; p += 3)
        if (p[0] == two[0] && p[1] == two[1])
            return 1;
    return 0;
}

static char check_digit(const char *d)
{
    static const char weight[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (int i = 0; i < 17; i++)
        sum += (d[i] - '0') * weight[i];
    return "10X98765432"[sum % 11];
}

/* One run, or region, date and serial number apart. */
static int id_groups(const struct private_number *x, size_t last)
{
    if (private_group(x, 0) == 14 + last)
        return 1;
    return private_group(x, 0) == 6 && private_group(x, 1) == 8 && private_group(x, 2) == last &&
           x->separator[1] == x->separator[2] && (x->separator[1] == ' ' || x->separator[1] == '-');
}

size_t private_id_card(struct weir_span t, const struct private_number *x)
{
    unsigned len;
    if (x->n < 17 || private_joined_left(t, x->at) || !is_region(x->digit) ||
        !is_date(x->digit + 6))
        return 0;
    size_t end;
    const char check = check_digit(x->digit);
    if (check == 'X' && id_groups(x, 3) && letter(t, x->end[16], &len) == 'X')
        end = x->end[16] + len;
    else if (x->n >= 18 && id_groups(x, 4) && x->digit[17] == check)
        end = x->end[17];
    else
        return 0;
    return private_joined_right(t, end) ? 0 : end;
}

/* ---- bank cards: ISO/IEC 7812 ---- */

static int luhn(const char *d, size_t n)
{
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++) {
        const unsigned v = (unsigned)(d[n - 1 - i] - '0');
        sum += i % 2 == 0 ? v : v < 5 ? 2 * v : 2 * v - 9;
    }
    return sum % 10 == 0;
}

static int starts_between(const char *d, size_t n, unsigned from, unsigned to)
{
    unsigned v = 0;
    for (size_t i = 0; i < n; i++)
        v = v * 10 + (unsigned)(d[i] - '0');
    return v >= from && v <= to;
}

/* Issuers' prefixes and lengths: UnionPay 62, China's own older ones (9558 ICBC, 95599 ABC, 4367
 * and 5522 fall under Visa and Mastercard), Visa, Mastercard, American Express, JCB, Diners Club,
 * Discover.  Visa has been 16 digits long since 2000. */
static int is_issuer(const char *d, size_t n)
{
    if (starts_between(d, 2, 62, 62) || starts_between(d, 4, 9558, 9559))
        return n >= 16 && n <= 19;
    if (n == 16)
        return d[0] == '4' || starts_between(d, 2, 51, 55) || starts_between(d, 4, 2221, 2720) ||
               starts_between(d, 4, 3528, 3589) || starts_between(d, 4, 6011, 6011) ||
               starts_between(d, 3, 644, 659);
    if (n == 15)
        return starts_between(d, 2, 34, 34) || starts_between(d, 2, 37, 37);
    return n == 14 && (starts_between(d, 3, 300, 305) || starts_between(d, 2, 36, 36) ||
                       starts_between(d, 2, 38, 39));
}

/* Digits when they stand as cards have them, 0 when not: one run, or fours and a rest, or 4-6-5 and
 * 4-6-4. */
static size_t card_digits(const struct private_number *x)
{
    if (private_group(x, 0) >= 14)
        return private_group(x, 0);
    const char s = x->separator[1];
    if (private_group(x, 0) != 4 || (s != ' ' && s != '-'))
        return 0;
    if (private_group(x, 1) == 6 && x->separator[2] == s &&
        (private_group(x, 2) == 5 || private_group(x, 2) == 4))
        return 10 + private_group(x, 2);
    size_t g = 1;
    while (private_group(x, g) == 4 && x->separator[g] == s)
        g++;
    if (g < 4)
        return 0;
    if (g == 4 && x->separator[4] == s && private_group(x, 4) < 4)
        return 16 + private_group(x, 4);
    return g == 4 ? 16 : 0;
}

/* One number in ten passes Luhn's test by chance, so a word must speak of cards, but for what
 * stands as on cards in no row of numbers, and for UnionPay's in Chinese text. */
static int is_likely(struct weir_span t, const struct private_number *x, size_t end)
{
    static const char *const words[] = {"卡",   "账户", "账号", "帐号", "帐户",    "card",
                                        "visa", "bank", "银行", "pan",  "account", NULL};
    if (private_word_before(t, x->at, 40, words))
        return 1;
    if (private_in_row(t, x->at, end))
        return 0;
    return private_group(x, 0) < 14 ||
           (starts_between(x->digit, 2, 62, 62) && !private_in_code(t, x->at, end) &&
            private_in_chinese(t, x->at, end, 24));
}

size_t private_bank_card(struct weir_span t, const struct private_number *x)
{
    size_t n = card_digits(x);
    if (private_joined_left(t, x->at))
        return 0;
    while (n >= 14 && !(is_issuer(x->digit, n) && luhn(x->digit, n)))
        n = n > 16 && private_group(x, 0) == 4 ? 16 : 0; // the rest may be a number of its own
    if (n < 14 || private_joined_right(t, x->end[n - 1]))
        return 0;
    return is_likely(t, x, x->end[n - 1]) ? x->end[n - 1] : 0;
}

/* ---- passports: only where the text speaks of one ---- */

size_t private_passport(struct weir_span t, const struct private_number *x, size_t *at)
{
    static const char *const words[] = {"passport", "护照", "護照", "护 照", NULL};
    const size_t n = private_group(x, 0);
    unsigned len;
    size_t from = x->at, n_letters = 0;
    if (n < 6 || n > 9)
        return 0;
    for (; n_letters < 2 && from > 0; n_letters++) {
        const size_t back = from >= 3 && (t.p[from - 1] & 0x80) ? from - 3 : from - 1;
        if (!letter(t, back, &len) || back + len != from || (len == 1 && t.p[back] >= 'a'))
            break;
        from = back;
    }
    const size_t end = x->end[n - 1];
    if (n + n_letters < 8 || private_joined_left(t, from) || private_joined_right(t, end) ||
        !private_word_before(t, from, 48, words))
        return 0;
    *at = from;
    return end;
}

/* ---- licence plates: GA 36-2018; not military, embassy and old ones ---- */

static const char provinces[] = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";

static int is_province(struct weir_span t, size_t at)
{
    for (const char *p = provinces; *p; p += 3)
        if (memcmp(t.p + at, p, 3) == 0)
            return 1;
    return 0;
}

/* A character that plates have: a digit or a letter but I and O; '#' stands for a Chinese one that
 * may end a plate; 0 for none. */
static char plate_char(struct weir_span t, size_t i, unsigned *len)
{
    static const char last[] = "学警港澳挂试超";
    const int d = private_digit(t, i, len);
    if (d >= 0)
        return (char)('0' + d);
    const char c = letter(t, i, len);
    if (c)
        return c == 'I' || c == 'O' || (*len == 1 && t.p[i] >= 'a') ? 0 : c;
    *len = 3;
    for (const char *p = last; *p && i + 3 <= t.n; p += 3)
        if (memcmp(t.p + i, p, 3) == 0)
            return '#';
    return 0;
}

static size_t count_digits(const char *c, size_t n)
{
    size_t n_digits = 0;
    for (size_t i = 0; i < n; i++)
        n_digits += c[i] >= '0' && c[i] <= '9';
    return n_digits;
}

/* Five characters, two digits among them at least; or six of a new-energy vehicle: a letter, a
 * character and four digits, or five digits and a letter. */
static int is_plate(const char *c, size_t n)
{
    if (n == 5)
        return count_digits(c, 5) >= 2;
    if (n != 6)
        return 0;
    return (c[0] >= 'A' && c[0] <= 'K' && count_digits(c + 2, 4) == 4) ||
           (c[5] >= 'A' && c[5] <= 'K' && count_digits(c, 5) == 5);
}

size_t private_plate(struct weir_span t, size_t at_letter, size_t *at)
{
    unsigned len;
    if (at_letter < 3 || !is_province(t, at_letter - 3))
        return 0;
    const char area = letter(t, at_letter, &len);
    if (!area || area == 'I' || (len == 1 && t.p[at_letter] >= 'a'))
        return 0;
    size_t i = at_letter + len, end = 0;
    static const char *const dots[] = {"·", "•", "・", "．", "-", " ", "."};
    for (size_t k = 0; k < sizeof dots / sizeof *dots; k++)
        if (t.n - i >= strlen(dots[k]) && memcmp(t.p + i, dots[k], strlen(dots[k])) == 0) {
            i += strlen(dots[k]);
            break;
        }
    char c[6];
    size_t n = 0;
    for (; n < 6 && (c[n] = plate_char(t, i, &len)) != 0; i += len) {
        if (n == 5 && c[n] == '#')
            break; // "粤B12345挂…": the fifth ended it
        end = i + len;
        if (c[n++] == '#')
            break;
    }
    if (!is_plate(c, n) || private_joined_right(t, end))
        return 0;
    *at = at_letter - 3;
    return end;
}
