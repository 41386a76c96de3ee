/* Dates and quantities of texts, and what they are worth against values of Wikidata. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "kg2instruction/ann_value.h"

static struct weir_span of(const char *s)
{
    return weir_span(s, strlen(s));
}

/* ---- numbers: {text, bytes read, m, e, place} ---- */

static void number(const char *text, size_t used, int64_t m, int e, int place)
{
    struct ann_number n;
    const size_t got = ann_number_parse(text, strlen(text), &n);
    const struct ann_decimal want = {m, e};
    if (got != used || (used && (ann_decimal_compare(n.v, want) || n.place != place)))
        fprintf(stderr, "number %s: %zu bytes, %lld e%d, place %d\n", text, got, (long long)n.v.m,
                n.v.e, n.place);
    assert(got == used && (!used || (!ann_decimal_compare(n.v, want) && n.place == place)));
}

static void numbers(void)
{
    number("340", 3, 340, 0, 0);
    number("3,405,259 人", 9, 3405259, 0, 0);
    number("3,40", 1, 3, 0, 0);
    number("12,3456", 2, 12, 0, 0);
    number("3.14159", 7, 314159, -5, -5);
    number("340万", 6, 340, 4, 4);
    number("3.45亿", 7, 345, 6, 6);
    number("1亿2000万", 11, 12, 7, 4);
    number("13亿4千万", 12, 134, 7, 7);
    number("一百二十三", 15, 123, 0, 0);
    number("两千零八", 12, 2008, 0, 0);
    number("二〇〇八", 12, 2008, 0, 0);
    number("一九四九", 12, 1949, 0, 0);
    number("十", 3, 10, 0, 1);
    number("十二", 6, 12, 0, 0);
    number("两万三", 9, 23, 3, 3);
    number("一百五", 9, 150, 0, 1);
    number("一百零五", 12, 105, 0, 0);
    number("三万亿", 9, 3, 12, 12);
    number("三点一四", 12, 314, -2, -2);
    number("壹佰贰拾", 12, 120, 0, 1);
    number("５００", 9, 500, 0, 0);
    number("3.5 million", 11, 35, 5, 5);
    number("12 thousand people", 11, 12, 3, 3);
    number("3 millions", 1, 3, 0, 0);
    number("999999999999999999", 18, 999999999999999999, 0, 0);
    number("9999999999999999999", 0, 0, 0, 0);
    number("9999999999999999亿", 19, 9999999999999999, 8, 8);
    number("9999999999999999亿1千", 0, 0, 0, 0);
    number("abc", 0, 0, 0, 0);
    number("百", 0, 0, 0, 0);
}

/* ---- dates: {text, part that is the date, year, month, day, precision} ---- */

static void date(const char *text, const char *part, int year, int month, int day, int precision)
{
    struct ann_values v = {0};
    assert(ann_values_find(of(text), &v) == 0);
    const struct ann_value *t = NULL;
    for (size_t i = 0; i < v.n && !t; i++)
        if (v.at[i].is_time)
            t = &v.at[i];
    const char *at = part ? strstr(text, part) : NULL;
    const int ok = !part ? !t
                         : t && t->at == (size_t)(at - text) && t->n == strlen(part) &&
                               t->time.year == year && t->time.month == month &&
                               t->time.day == day && t->time.precision == precision;
    if (!ok && t)
        fprintf(stderr, "date %s: [%.*s] %d-%d-%d precision %d\n", text, (int)t->n, text + t->at,
                t->time.year, t->time.month, t->time.day, t->time.precision);
    else if (!ok)
        fprintf(stderr, "date %s: none\n", text);
    assert(ok);
    ann_values_free(&v);
}

static void chinese_dates(void)
{
    date("他生于1949年10月1日。", "1949年10月1日", 1949, 10, 1, ANN_DAY);
    date("于一九四九年十月一日成立", "一九四九年十月一日", 1949, 10, 1, ANN_DAY);
    date("自1937年7月起", "1937年7月", 1937, 7, 0, ANN_MONTH);
    date("昭和12年生", "昭和12年", 1937, 0, 0, ANN_YEAR);
    date("二〇〇八年八月八日", "二〇〇八年八月八日", 2008, 8, 8, ANN_DAY);
    date("二零零八年", "二零零八年", 2008, 0, 0, ANN_YEAR);
    date("两千零八年夏", "两千零八年", 2008, 0, 0, ANN_YEAR);
    date("於2020年七月17日", "2020年七月17日", 2020, 7, 17, ANN_DAY);
    date("2020 年 7 月", "2020 年 7 月", 2020, 7, 0, ANN_MONTH);
    date("公元前221年统一", "公元前221年", -221, 0, 0, ANN_YEAR);
    date("前221年，秦", "前221年", -221, 0, 0, ANN_YEAR);
    date("秦始皇（前259年－前210年）", "前259年", -259, 0, 0, ANN_YEAR);
    date("目前221年", NULL, 0, 0, 0, 0);
    date("公元618年", "公元618年", 618, 0, 0, ANN_YEAR);
    date("618年5月", "618年5月", 618, 5, 0, ANN_MONTH);
    date("民国三十八年", "民国三十八年", 1949, 0, 0, ANN_YEAR);
    date("昭和20年8月15日", "昭和20年8月15日", 1945, 8, 15, ANN_DAY);
    date("民国元年", "民国元年", 1912, 0, 0, ANN_YEAR);
    date("19世纪", "19世纪", 1900, 0, 0, ANN_CENTURY);
    date("公元前三世纪", "公元前三世纪", -300, 0, 0, ANN_CENTURY);
    date("二十世紀九十年代", "二十世紀九十年代", 1990, 0, 0, ANN_DECADE);
    date("1990年代", "1990年代", 1990, 0, 0, ANN_DECADE);
    date("10月1日", "10月1日", 0, 10, 1, ANN_DAY);
    date("有100年", NULL, 0, 0, 0, 0);
    date("5000年历史", NULL, 0, 0, 0, 0);
    date("2000年前", NULL, 0, 0, 0, 0);
    date("三年", NULL, 0, 0, 0, 0);
    date("2月30日", NULL, 0, 0, 0, 0);
    date("1300年的历史", NULL, 0, 0, 0, 0);
}

static void english_dates(void)
{
    date("born 12 March 1879 in", "12 March 1879", 1879, 3, 12, ANN_DAY);
    date("12th of March, 1879", "12th of March, 1879", 1879, 3, 12, ANN_DAY);
    date("(March 14, 1879 – April 18, 1955)", "March 14, 1879", 1879, 3, 14, ANN_DAY);
    date("on Mar. 3rd, 1999.", "Mar. 3rd, 1999", 1999, 3, 3, ANN_DAY);
    date("in March 1879,", "March 1879", 1879, 3, 0, ANN_MONTH);
    date("in Sept. 1666", "Sept. 1666", 1666, 9, 0, ANN_MONTH);
    date("March 44 BC", "March 44 BC", -44, 3, 0, ANN_MONTH);
    date("15 March 44 BC", "15 March 44 BC", -44, 3, 15, ANN_DAY);
    date("July 17", "July 17", 0, 7, 17, ANN_DAY);
    date("on 1879-03-12T00:00", "1879-03-12", 1879, 3, 12, ANN_DAY);
    date("on 1879-03-12,", "1879-03-12", 1879, 3, 12, ANN_DAY);
    date("44 BC", "44 BC", -44, 0, 0, ANN_YEAR);
    date("in AD 79.", "AD 79", 79, 0, 0, ANN_YEAR);
    date("in 79 AD", "79 AD", 79, 0, 0, ANN_YEAR);
    date("in 1879.", "1879", 1879, 0, 0, ANN_YEAR);
    date("the 1990s", "1990s", 1990, 0, 0, ANN_DECADE);
    date("the 19th century", "19th century", 1900, 0, 0, ANN_CENTURY);
    date("third century BC", "third century BC", -300, 0, 0, ANN_CENTURY);
    date("1879 km", NULL, 0, 0, 0, 0);
    date("1,879", NULL, 0, 0, 0, 0);
    date("a Mayor", NULL, 0, 0, 0, 0);
    date("31 June 1900", "June 1900", 1900, 6, 0, ANN_MONTH);
    date("may 5", NULL, 0, 0, 0, 0);
    date("MP1999", NULL, 0, 0, 0, 0);
}

/* ---- comparing times ---- */

static struct ann_time t(int year, int month, int day, int precision)
{
    return (struct ann_time){year, (uint8_t)month, (uint8_t)day, (uint8_t)precision, 0};
}

static enum ann_time_match times(struct ann_time text, struct ann_time value)
{
    return ann_time_compare(&text, &value);
}

static void comparing_times(void)
{
    struct ann_time washington = t(1732, 2, 22, ANN_DAY), old = t(1732, 2, 11, ANN_DAY);
    assert(times(washington, washington) == ANN_TIME_SAME);
    /* 11 February 1732 in the Julian calendar was 22 February in the Gregorian one. */
    assert(times(old, washington) == ANN_TIME_CALENDAR);
    washington = old, washington.julian = 1;
    assert(times(t(1732, 2, 22, ANN_DAY), washington) == ANN_TIME_CALENDAR);
    assert(times(t(1732, 2, 23, ANN_DAY), washington) == ANN_TIME_OTHER);
    /* Newton: 25 December 1642 Julian was 4 January 1643. */
    struct ann_time newton = t(1642, 12, 25, ANN_DAY);
    newton.julian = 1;
    assert(times(t(1643, 1, 4, ANN_DAY), newton) == ANN_TIME_CALENDAR);
    assert(times(t(1732, 0, 0, ANN_YEAR), washington) == ANN_TIME_COARSER);
    assert(times(t(1732, 2, 0, ANN_MONTH), washington) == ANN_TIME_COARSER);
    assert(times(t(1732, 3, 0, ANN_MONTH), washington) == ANN_TIME_OTHER);
    assert(times(washington, t(1732, 0, 0, ANN_YEAR)) == ANN_TIME_COMPATIBLE);
    assert(times(t(0, 2, 11, ANN_DAY), washington) == ANN_TIME_COARSER);
    assert(times(t(0, 2, 12, ANN_DAY), washington) == ANN_TIME_OTHER);
    assert(times(t(1900, 0, 0, ANN_CENTURY), t(1850, 0, 0, ANN_YEAR)) == ANN_TIME_COARSER);
    assert(times(t(1900, 0, 0, ANN_CENTURY), t(1900, 0, 0, ANN_YEAR)) == ANN_TIME_COARSER);
    assert(times(t(1900, 0, 0, ANN_CENTURY), t(1901, 0, 0, ANN_YEAR)) == ANN_TIME_OTHER);
    assert(times(t(1850, 0, 0, ANN_YEAR), t(1900, 0, 0, ANN_CENTURY)) == ANN_TIME_COMPATIBLE);
    assert(times(t(-300, 0, 0, ANN_CENTURY), t(-221, 0, 0, ANN_YEAR)) == ANN_TIME_COARSER);
    assert(times(t(-300, 0, 0, ANN_CENTURY), t(221, 0, 0, ANN_YEAR)) == ANN_TIME_OTHER);
    assert(times(t(1990, 0, 0, ANN_DECADE), t(1999, 5, 1, ANN_DAY)) == ANN_TIME_COARSER);
    assert(times(t(1990, 0, 0, ANN_DECADE), t(2000, 5, 1, ANN_DAY)) == ANN_TIME_OTHER);
}

/* ---- quantities: {text, part, m, e, unit} ---- */

static void quantity(const char *text, const char *part, int64_t m, int e, uint32_t unit)
{
    struct ann_values v = {0};
    assert(ann_values_find(of(text), &v) == 0);
    const char *at = part ? strstr(text, part) : NULL;
    const struct ann_decimal want = {m, e};
    const int ok = !part ? !v.n
                         : v.n == 1 && !v.at[0].is_time && v.at[0].at == (size_t)(at - text) &&
                               v.at[0].n == strlen(part) && v.at[0].quantity.unit->qid == unit &&
                               !ann_decimal_compare(v.at[0].quantity.amount, want);
    if (!ok)
        fprintf(stderr, "quantity %s: %zu found, [%.*s]\n", text, v.n, v.n ? (int)v.at[0].n : 0,
                v.n ? text + v.at[0].at : "");
    assert(ok);
    ann_values_free(&v);
}

static void quantities(void)
{
    quantity("面积892平方公里，", "892平方公里", 892, 0, 712226);
    quantity("约三百二十万平方公里", "三百二十万平方公里", 32, 5, 712226);
    quantity("有1.2亿人。", "1.2亿人", 12, 7, 199);
    quantity("约5000米高", "5000米", 5, 3, 11573);
    quantity("海拔8848.86米", "8848.86米", 884886, -2, 11573);
    quantity("人口约340万人", "340万人", 34, 5, 199);
    quantity("有三百多人", "三百多人", 300, 0, 199);
    quantity("重达五吨", "五吨", 5, 0, 191118);
    quantity("气温-5℃", "5℃", -5, 0, 25267);
    quantity("第三名", NULL, 0, 0, 0);
    quantity("一些", NULL, 0, 0, 0);
    quantity("统一", NULL, 0, 0, 0);
    quantity("an area of 357,022 square kilometres (", "357,022 square kilometres", 357022, 0,
             712226);
    quantity("is 5.2 km long", "5.2 km", 52, -1, 828224);
    quantity("3.5 million people", "3.5 million people", 35, 5, 199);
    quantity("cost $1.5 billion", "$1.5 billion", 15, 8, 4917);
    quantity("a 20-metre tower", "20-metre", 20, 0, 11573);
    quantity("A340 aircraft", NULL, 0, 0, 0);
    quantity("耗资3000万美元", "3000万美元", 3, 7, 4917);
    quantity("grew 5%", "5%", 5, 0, 11229);
}

static enum ann_quantity_match match(const char *text, const char *amount, const char *lower,
                                     const char *upper, uint32_t unit)
{
    struct ann_values v = {0};
    struct ann_decimal a, lo, hi;
    assert(ann_values_find(of(text), &v) == 0 && v.n == 1 && !v.at[0].is_time);
    assert(ann_decimal_parse(of(amount), &a) && ann_decimal_parse(of(lower), &lo) &&
           ann_decimal_parse(of(upper), &hi));
    const enum ann_quantity_match m =
        ann_quantity_compare(&v.at[0].quantity, v.at[0].about, a, lo, hi, unit);
    ann_values_free(&v);
    return m;
}

static void comparing_quantities(void)
{
    assert(match("892 km2", "+892", "+892", "+892", 712226) == ANN_QUANTITY_SAME);
    assert(match("892 km2", "+891.7", "+891.7", "+891.7", 712226) == ANN_QUANTITY_ROUNDED);
    assert(match("892 km2", "+891.2", "+891.2", "+891.2", 712226) == ANN_QUANTITY_OTHER);
    assert(match("892 km2", "+891.2", "+890", "+893", 712226) == ANN_QUANTITY_NEAR);
    assert(match("8848米", "+8.848", "+8.848", "+8.848", 828224) == ANN_QUANTITY_ROUNDED);
    assert(match("29,029 ft", "+8848", "+8848", "+8848", 11573) == ANN_QUANTITY_ROUNDED);
    assert(match("340万人", "+3401147", "+3401147", "+3401147", 199) == ANN_QUANTITY_ROUNDED);
    assert(match("340万人", "+3431700", "+3431700", "+3431700", 199) == ANN_QUANTITY_OTHER);
    assert(match("约340万人", "+3431700", "+3431700", "+3431700", 199) == ANN_QUANTITY_NEAR);
    /* One digit says too little to be the same by rounding. */
    assert(match("3 million people", "+3401147", "+3401147", "+3401147", 199) ==
           ANN_QUANTITY_OTHER);
    assert(match("$5", "+5", "+5", "+5", 4916) == ANN_QUANTITY_OTHER);
    assert(match("5 km", "+5", "+5", "+5", 11570) == ANN_QUANTITY_OTHER);
}

static void decimals(void)
{
    struct ann_decimal d;
    assert(ann_decimal_parse(of("+8848.86"), &d) && d.m == 884886 && d.e == -2);
    assert(ann_decimal_parse(of("-12"), &d) && d.m == -12);
    assert(ann_decimal_parse(of("1.5e3"), &d) &&
           !ann_decimal_compare(d, (struct ann_decimal){1500, 0}));
    assert(!ann_decimal_parse(of("1.2.3"), &d) && !ann_decimal_parse(of(""), &d) &&
           !ann_decimal_parse(of("+"), &d) && !ann_decimal_parse(of("1234567890123456789"), &d));
    assert(ann_decimal_compare((struct ann_decimal){1, 30}, (struct ann_decimal){9, 0}) > 0);
    assert(ann_decimal_compare((struct ann_decimal){-1, 30}, (struct ann_decimal){9, 0}) < 0);
    d = ann_decimal_round((struct ann_decimal){155, 0}, 1);
    assert(!ann_decimal_compare(d, (struct ann_decimal){160, 0}));
    d = ann_decimal_round((struct ann_decimal){4, 0}, 2);
    assert(d.m == 0);
}

int main(void)
{
    decimals();
    numbers();
    chinese_dates();
    english_dates();
    comparing_times();
    quantities();
    comparing_quantities();
    return 0;
}
