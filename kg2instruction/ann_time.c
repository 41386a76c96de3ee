/* Dates as texts write them, and what they have in common with a time of Wikidata. */
#include "kg2instruction/ann_value_impl.h"

int ann_time_valid(const struct ann_time *t)
{
    static const uint8_t days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (t->month > 12 || (t->day && !t->month))
        return 0;
    return !t->day || t->day <= days[t->month - 1];
}

/* ---- comparing ---- */

/* Which century, or decade, a year is in: 1850 → 19, -221 → -3. */
static int32_t century(int32_t year)
{
    return year > 0 ? (year + 99) / 100 : -((-year + 99) / 100);
}

static int32_t decade(int32_t year)
{
    return year > 0 ? year / 10 : -((-year) / 10) - 1;
}

/* Julian day number; the algorithm of Richards (Explanatory Supplement to the Astronomical Almanac,
 * 3rd ed., §15.11.3). */
static int64_t day_number(const struct ann_time *t, int julian)
{
    const int64_t year = t->year < 0 ? t->year + 1 : t->year; // astronomical
    const int64_t y = year + 4800 - (14 - t->month) / 12;
    const int64_t m = t->month + 12 * ((14 - t->month) / 12) - 3;
    const int64_t base = t->day + (153 * m + 2) / 5 + 365 * y + y / 4;
    return julian ? base - 32083 : base - y / 100 + y / 400 - 32045;
}

/* Both have a day and are not equal: the same day, one in the Julian calendar? */
static int other_calendar(const struct ann_time *text, const struct ann_time *value)
{
    return text->year > -4700 && value->year > -4700 &&
           day_number(text, !value->julian) == day_number(value, value->julian);
}

static enum ann_time_match by_days(const struct ann_time *text, const struct ann_time *value)
{
    if (!text->year)
        return value->precision == ANN_DAY && text->month == value->month && text->day == value->day
                   ? ANN_TIME_COARSER
                   : ANN_TIME_OTHER;
    if (text->precision == ANN_DAY && value->precision == ANN_DAY &&
        (text->month != value->month || text->day != value->day || text->year != value->year))
        return other_calendar(text, value) ? ANN_TIME_CALENDAR : ANN_TIME_OTHER;
    if (text->year != value->year || (text->month && value->month && text->month != value->month))
        return ANN_TIME_OTHER;
    if (text->precision == value->precision)
        return ANN_TIME_SAME;
    return text->precision < value->precision ? ANN_TIME_COARSER : ANN_TIME_COMPATIBLE;
}

enum ann_time_match ann_time_compare(const struct ann_time *text, const struct ann_time *value)
{
    const int least = text->precision < value->precision ? text->precision : value->precision;
    if (least >= ANN_YEAR)
        return by_days(text, value);
    if (!text->year || !value->year)
        return ANN_TIME_OTHER;
    int same;
    if (least == ANN_DECADE)
        same = decade(text->year) == decade(value->year);
    else if (least == ANN_CENTURY)
        same = century(text->year) == century(value->year);
    else
        same = (text->year > 0) == (value->year > 0) &&
               (text->year - (text->year > 0)) / 1000 == (value->year - (value->year > 0)) / 1000;
    if (!same)
        return ANN_TIME_OTHER;
    if (text->precision == value->precision)
        return ANN_TIME_SAME;
    return text->precision < value->precision ? ANN_TIME_COARSER : ANN_TIME_COMPATIBLE;
}

/* ---- reading ---- */

size_t ann_time_parse(struct weir_span text, size_t at, struct ann_time *t)
{
    size_t n = ann_time_parse_han(text, at, t);
    if (!n)
        n = ann_time_parse_latin(text, at, t);
    return n && ann_time_valid(t) ? n : 0;
}
