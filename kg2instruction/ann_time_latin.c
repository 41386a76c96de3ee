/* Dates in English and ISO 8601: 12 March 1879, March 12th, 1879, 44 BC, AD 79, the 1990s. */
#include "kg2instruction/ann_value_impl.h"

struct cursor {
    struct weir_span text;
    size_t at;
};

static const char *here(const struct cursor *c)
{
    return c->text.p + c->at;
}

static size_t left(const struct cursor *c)
{
    return c->text.n - c->at;
}

static int skip(struct cursor *c, const char *const *words)
{
    const size_t n = ann_first_of(here(c), left(c), words);
    c->at += n;
    return n > 0;
}

static int blank(struct cursor *c)
{
    static const char *const blanks[] = {" ", "\xC2\xA0", NULL};
    return skip(c, blanks);
}

/* Digits from min to max of them, with no digit behind. */
static int digits(struct cursor *c, int min, int max, int *v)
{
    int n = 0;
    size_t at = c->at;
    for (*v = 0; at < c->text.n && weir_is_ascii_digit((unsigned char)c->text.p[at]); at++) {
        if (++n > max)
            return 0;
        *v = *v * 10 + (c->text.p[at] - '0');
    }
    if (n < min)
        return 0;
    c->at = at;
    return n;
}

static int month_name(struct cursor *c)
{
    static const char *const names[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
    for (int m = 0; m < 12; m++) {
        size_t n = strlen(names[m]);
        if (!ann_starts(here(c), left(c), names[m])) {
            n = m == 8 && ann_starts(here(c), left(c), "Sept") ? 4 : 3;
            if (left(c) < n || memcmp(here(c), names[m], n))
                continue;
            n += left(c) > n && here(c)[n] == '.';
        }
        if (!ann_word_ends(c->text, c->at + n))
            continue;
        c->at += n;
        return m + 1;
    }
    return 0;
}

static int ordinal(struct cursor *c)
{
    static const char *const ends[] = {"st", "nd", "rd", "th", NULL};
    return skip(c, ends);
}

/* " BC", " B.C.", " BCE", " AD", " CE" behind a year: -1, 1, or 0 when neither is there. */
static int epoch(struct cursor *c)
{
    static const char *const bc[] = {"BCE", "B.C.E.", "BC", "B.C.", NULL};
    static const char *const ad[] = {"AD", "A.D.", "CE", "C.E.", NULL};
    struct cursor try = *c;
    if (!blank(&try))
        return 0;
    int sign = skip(&try, bc) ? -1 : skip(&try, ad) ? 1 : 0;
    if (sign && !ann_word_ends(try.text, try.at))
        sign = 0;
    if (sign)
        *c = try;
    return sign;
}

/* The year behind a month or a day: ", 1879", " 1879", " 44 BC". */
static int year_behind(struct cursor *c, struct ann_time *t)
{
    static const char *const comma[] = {",", NULL};
    struct cursor try = *c;
    int v;
    skip(&try, comma);
    if (!blank(&try))
        return 0;
    const int n = digits(&try, 1, 4, &v);
    if (!n || v < 1 || !ann_word_ends(try.text, try.at))
        return 0;
    const int sign = epoch(&try);
    if (!sign && n < 4 && (n < 3 || v < 200))
        return 0;
    t->year = sign < 0 ? -v : v;
    *c = try;
    return 1;
}

/* 12 March 1879, 12th of March, 1879, 12 March */
static int day_first(struct cursor *c, struct ann_time *t)
{
    static const char *const of[] = {"of ", NULL};
    int day;
    if (!digits(c, 1, 2, &day))
        return 0;
    ordinal(c);
    if (!blank(c))
        return 0;
    skip(c, of);
    const int month = month_name(c);
    if (!month || day < 1 || day > 31)
        return 0;
    t->month = (uint8_t)month, t->day = (uint8_t)day, t->precision = ANN_DAY;
    year_behind(c, t);
    return 1;
}

/* March 12, 1879, March 12, March 1879 */
static int month_first(struct cursor *c, struct ann_time *t)
{
    int day;
    t->month = (uint8_t)month_name(c);
    if (!t->month)
        return 0;
    struct cursor try = *c;
    if (blank(&try) && digits(&try, 1, 2, &day) && day >= 1 && day <= 31 && (ordinal(&try) || 1) &&
        ann_word_ends(try.text, try.at) && !epoch(&(struct cursor){try.text, try.at})) {
        t->day = (uint8_t)day, t->precision = ANN_DAY;
        *c = try;
        year_behind(c, t);
        return 1;
    }
    t->precision = ANN_MONTH;
    return year_behind(c, t);
}

/* 1879-03-12, 1879/03/12 */
static int iso(struct cursor *c, struct ann_time *t)
{
    int y, m, d;
    if (digits(c, 4, 4, &y) != 4 || !left(c) || (*here(c) != '-' && *here(c) != '/'))
        return 0;
    const char mark = *here(c);
    c->at++;
    if (digits(c, 2, 2, &m) != 2 || !left(c) || *here(c) != mark)
        return 0;
    c->at++;
    if (digits(c, 2, 2, &d) != 2 || y < 1 || m < 1 || m > 12 || d < 1)
        return 0;
    *t = (struct ann_time){y, (uint8_t)m, (uint8_t)d, ANN_DAY, 0};
    return ann_word_ends(c->text, c->at) || *here(c) == 'T'; // 1879-03-12T00:00
}

/* 19th century, third century BC */
static int century(struct cursor *c, struct ann_time *t)
{
    static const char *const names[] = {
        "first",      "second",     "third",       "fourth",    "fifth",       "sixth",
        "seventh",    "eighth",     "ninth",       "tenth",     "eleventh",    "twelfth",
        "thirteenth", "fourteenth", "fifteenth",   "sixteenth", "seventeenth", "eighteenth",
        "nineteenth", "twentieth",  "twenty-first"};
    static const char *const word[] = {" century", "-century", " Century",
                                       "\xC2\xA0"
                                       "century",
                                       NULL};
    int v = 0;
    if (digits(c, 1, 2, &v)) {
        if (!ordinal(c))
            return 0;
    } else {
        for (size_t i = 0; i < sizeof names / sizeof *names && !v; i++) {
            const size_t n = strlen(names[i]);
            if (ann_starts(here(c), left(c), names[i]) && ann_word_ends(c->text, c->at + n))
                c->at += n, v = (int)i + 1;
        }
    }
    if (v < 1 || v > 40 || !skip(c, word) || !ann_word_ends(c->text, c->at))
        return 0;
    t->year = (epoch(c) < 0 ? -v : v) * 100;
    t->precision = ANN_CENTURY;
    return 1;
}

/* 1879, 1990s, 44 BC, AD 79 */
static int year(struct cursor *c, struct ann_time *t)
{
    static const char *const ad[] = {"AD ", "A.D. ", "AD\xC2\xA0", NULL};
    static const char *const s[] = {"s", NULL};
    int v;
    const int said = skip(c, ad);
    const int n = digits(c, 1, 4, &v);
    if (!n || v < 1)
        return 0;
    if (n == 4 && v % 10 == 0 && v >= 1000 && v <= 2090 && skip(c, s)) {
        t->year = v, t->precision = ANN_DECADE;
        return ann_word_ends(c->text, c->at);
    }
    if (!ann_word_ends(c->text, c->at))
        return 0;
    const int sign = epoch(c);
    t->year = sign < 0 ? -v : v;
    t->precision = ANN_YEAR;
    return said || sign || (n == 4 && v >= 1000 && v <= 2100);
}

/* A bare year is a number all the same: 1,500 and 1500.5 are none, 1500 km is a length. */
static int not_a_year(const struct cursor *start, const struct cursor *end)
{
    static const char *const marks[] = {",", ".", "%", "％", NULL};
    static const char *const to[] = {"至", "到", NULL};
    const struct ann_unit *unit;
    unsigned len;
    if (left(end) && weir_is_han(weir_utf8_decode(here(end), left(end), &len)))
        return !ann_first_of(here(end), left(end), to); // 2000年前 is not for this reader
    if (start->at && (start->text.p[start->at - 1] == '.' || start->text.p[start->at - 1] == '$' ||
                      start->text.p[start->at - 1] == ',' || start->text.p[start->at - 1] == '/'))
        return 1;
    const size_t mark = ann_first_of(here(end), left(end), marks);
    if (mark && left(end) > mark && weir_is_ascii_digit((unsigned char)here(end)[mark]))
        return 1;
    return mark > 2 || ann_unit_parse(here(end), left(end), &unit) > 0;
}

size_t ann_time_parse_latin(struct weir_span text, size_t at, struct ann_time *t)
{
    static int (*const forms[])(struct cursor *, struct ann_time *) = {iso, day_first, month_first,
                                                                       century};
    const unsigned char first = (unsigned char)text.p[at];
    if (first >= 0x80 || !ann_word_begins(text, at) ||
        !(weir_is_ascii_digit(first) || weir_is_ascii_alpha(first)))
        return 0;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct cursor c = {text, at};
        *t = (struct ann_time){0};
        if (forms[i](&c, t))
            return c.at - at;
    }
    const struct cursor start = {text, at};
    struct cursor c = start;
    *t = (struct ann_time){0};
    if (!year(&c, t) || (t->precision == ANN_YEAR && not_a_year(&start, &c)))
        return 0;
    return c.at - at;
}
