/* Finds dates and quantities in a text: every place where one can begin is tried, dates first. */
#include "kg2instruction/ann_value_impl.h"
#include <stdlib.h>

#include "weir/buf.h"

size_t ann_first_of(const char *p, size_t n, const char *const *words)
{
    for (; *words; words++)
        if (ann_starts(p, n, *words))
            return strlen(*words);
    return 0;
}

int ann_ends_with(struct weir_span text, size_t at, const char *const *words)
{
    for (; *words; words++) {
        const size_t len = strlen(*words);
        if (at >= len && !memcmp(text.p + at - len, *words, len) &&
            ((unsigned char)**words >= 0x80 || ann_word_begins(text, at - len)))
            return 1;
    }
    return 0;
}

static int is_word(uint32_t c)
{
    return c < 128 ? weir_is_ascii_digit(c) || weir_is_ascii_alpha(c)
                   : !weir_is_han(c) && (weir_is_letter(c) || weir_is_number(c));
}

int ann_word_begins(struct weir_span text, size_t at)
{
    unsigned len;
    if (!at)
        return 1;
    const size_t before = weir_utf8_prev(text.p, at);
    return !is_word(weir_utf8_decode(text.p + before, at - before, &len));
}

int ann_word_ends(struct weir_span text, size_t at)
{
    unsigned len;
    return at >= text.n || !is_word(weir_utf8_decode(text.p + at, text.n - at, &len));
}

static const char *const about_before[] = {"约",
                                           "約",
                                           "大约",
                                           "大約",
                                           "约为",
                                           "約為",
                                           "近",
                                           "将近",
                                           "将近",
                                           "逾",
                                           "超过",
                                           "超過",
                                           "多达",
                                           "约有",
                                           "約有",
                                           "about ",
                                           "around ",
                                           "approximately ",
                                           "roughly ",
                                           "nearly ",
                                           "almost ",
                                           "over ",
                                           "some ",
                                           "c. ",
                                           "c.",
                                           "ca. ",
                                           "circa ",
                                           "more than ",
                                           "About ",
                                           "Around ",
                                           "Approximately ",
                                           NULL};
static const char *const about_behind[] = {"多", "余", "餘", "左右", "上下", "前后", "前後", NULL};

static int said_about(struct weir_span text, size_t at, size_t end)
{
    return ann_ends_with(text, at, about_before) ||
           ann_first_of(text.p + end, text.n - end, about_behind) > 0;
}

/* The number at `at` is part of another word or number: 第三, 数百, A340, 1.2.3, -5. */
static int inside(struct weir_span text, size_t at, int han)
{
    static const char *const not_before[] = {"第", "数", "數", "几", "幾", "每", "某", NULL};
    if (ann_ends_with(text, at, not_before))
        return 1;
    if (han)
        return 0;
    if (!ann_word_begins(text, at))
        return 1;
    const char c = at ? text.p[at - 1] : ' ';
    return (c == '.' || c == ',' || c == '/' || c == '_' || c == ':') && at > 1 &&
           !ann_word_ends(text, at - 2);
}

static size_t quantity(struct weir_span text, size_t at, struct ann_quantity *q)
{
    struct ann_number num;
    const struct ann_unit *unit = ann_unit_find(199);
    const size_t money = ann_currency_parse(text.p + at, text.n - at, &unit);
    size_t n = ann_number_parse(text.p + at + money, text.n - at - money, &num);
    if (!n || inside(text, at, num.han && !money))
        return 0;
    n += money;
    size_t end = at + n;
    static const char *const about[] = {"多", "余", "餘", NULL};
    const size_t more =
        num.han || !num.digits_only ? ann_first_of(text.p + end, text.n - end, about) : 0;
    const size_t used = money ? 0 : ann_unit_parse(text.p + end + more, text.n - end - more, &unit);
    if (used)
        end += more + used;
    q->bare = !used && !money;
    /* A Chinese numeral without a unit is mostly part of a word: 一些, 统一, 三国. */
    if (q->bare && (num.han || !ann_word_ends(text, end)))
        return 0;
    q->amount = num.v;
    q->place = num.place;
    q->unit = unit;
    static const char *const minus[] = {"−", "-", "负", "負", NULL};
    if (unit->dimension == ANN_TEMPERATURE && ann_ends_with(text, at, minus))
        q->amount.m = -q->amount.m;
    return end - at;
}

/* First characters of Chinese numerals, of words before a year and of eras. */
static int han_begins(uint32_t c)
{
    switch (c) {
    case 0x3007:
    case 0x96F6:
    case 0x4E00:
    case 0x4E8C:
    case 0x4E09:
    case 0x56DB:
    case 0x4E94:
    case 0x516D:
    case 0x4E03:
    case 0x516B:
    case 0x4E5D:
    case 0x4E24:
    case 0x5169:
    case 0x58F9:
    case 0x8D30:
    case 0x53C1:
    case 0x8086:
    case 0x4F0D:
    case 0x9646:
    case 0x67D2:
    case 0x634C:
    case 0x7396:
    case 0x5341:
    case 0x62FE:
    case 0x516C:
    case 0x897F:
    case 0x7EAA:
    case 0x7D00:
    case 0x524D:
    case 0x6C11:
    case 0x660E:
    case 0x5927:
    case 0x662D:
    case 0x5E73:
    case 0x4EE4:
        return 1;
    }
    return 0;
}

/* A cheap look at the first character: most begin neither a date nor a number. */
static int can_begin(uint32_t c)
{
    static const char letters[] = "JFMASONDUHREfsetn"; // months, AD, currencies, first, eighth …
    if (c < 128)
        return weir_is_ascii_digit(c) || c == '$' || (c && strchr(letters, (int)c));
    return c == 0xA3 || c == 0xA5 || c == 0x20AC || (c >= 0xFF10 && c <= 0xFF19) || c == 0xFFE5 ||
           han_begins(c);
}

static int add(struct ann_values *out, struct weir_span text, size_t at, struct ann_value *v)
{
    v->at = at;
    v->about = said_about(text, at, at + v->n);
    if (weir_grow(&out->at, &out->cap, out->n + 1, sizeof *out->at))
        return WEIR_EMEM;
    out->at[out->n++] = *v;
    return 0;
}

int ann_values_find(struct weir_span text, struct ann_values *out)
{
    unsigned len;
    out->n = 0;
    for (size_t at = 0; at < text.n; at += len) {
        struct ann_value v = {0};
        const uint32_t c = weir_utf8_decode(text.p + at, text.n - at, &len);
        if (!can_begin(c))
            continue;
        const int letter = weir_is_ascii_alpha(c);
        if (letter && !ann_word_begins(text, at))
            continue;
        if ((v.n = ann_time_parse(text, at, &v.time)) > 0)
            v.is_time = 1;
        else
            v.n = quantity(text, at, &v.quantity);
        if (v.n) {
            if (add(out, text, at, &v))
                return WEIR_EMEM;
            len = (unsigned)v.n;
        } else if (c < 128 && !letter)
            while (at + len < text.n && weir_is_ascii_digit((unsigned char)text.p[at + len]))
                len++; // the rest of a number that is none
    }
    return 0;
}

void ann_values_free(struct ann_values *v)
{
    free(v->at);
    *v = (struct ann_values){0};
}
