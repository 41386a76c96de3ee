/* Dates and quantities as texts write them, Chinese and English, with what they mean: to be
 * compared with the times and quantities of Wikidata.
 *
 * Dates: 2020年7月17日, 二〇二〇年七月, 两千零八年, 公元前221年, 民国38年, 19世纪90年代, 12 March
 * 1879, March 12, 1879, 1879-03-12, 44 BC, AD 79, 3rd century BC, the 1990s.  Quantities: a number
 * in any of the forms of ann_number_parse() with the unit behind it, or before it for money. */
#ifndef WEIR_ANN_VALUE_H
#define WEIR_ANN_VALUE_H

#include "weir/base.h"

/* m * 10^e, exact; m has at most 18 digits. */
struct ann_decimal {
    int64_t m;
    int e;
};

/* How far two decimals are apart in order: negative, 0, positive. */
int ann_decimal_compare(struct ann_decimal a, struct ann_decimal b);
/* Rounds half away from zero to a multiple of 10^place. */
struct ann_decimal ann_decimal_round(struct ann_decimal a, int place);
/* "+12.50", "-3", "1e6"; 1, or 0 when it is no number or has more than 18 digits that count. */
int ann_decimal_parse(struct weir_span s, struct ann_decimal *d);

struct ann_number {
    struct ann_decimal v;
    int place; // power of ten of the last digit said: 340万 → 4, 3.45亿 → 6, 3,400 → 0
    int digits_only; // a row of digits alone: 1949, 一九四九 (not 1,949, not 三百)
    int n_digits;    // of such a row
    int han;         // begins with a Chinese numeral
};

/* The number that starts at p: digits (also full-width) with separators of thousands and a decimal
 * point, Chinese numerals, each with 十百千万亿兆, English with thousand, million, billion,
 * trillion behind.  Returns its bytes, 0 when there is none. */
size_t ann_number_parse(const char *p, size_t n, struct ann_number *out);

/* Wikidata's precisions. */
enum ann_precision {
    ANN_MILLENNIUM = 6,
    ANN_CENTURY = 7,
    ANN_DECADE = 8,
    ANN_YEAR = 9,
    ANN_MONTH = 10,
    ANN_DAY = 11,
};

/* Years before Christ are negative and there is no year 0, as in Wikidata's JSON. */
struct ann_time {
    int32_t year;       // century: its last year (19th: 1900, 3rd BC: -300); decade: its first;
                        // 0: a day of a year that is not said
    uint8_t month, day; // 0: not said
    uint8_t precision;  // enum ann_precision
    uint8_t julian;     // 1: in the Julian calendar (of Wikidata's values)
};

enum ann_time_match {
    ANN_TIME_OTHER,      // not the same time
    ANN_TIME_COMPATIBLE, // the text says it finer than the value, and within it
    ANN_TIME_COARSER,    // the text says less: the year of a day
    ANN_TIME_CALENDAR,   // the same day in the other calendar
    ANN_TIME_SAME,
};
enum ann_time_match ann_time_compare(const struct ann_time *text, const struct ann_time *value);

enum ann_dimension {
    ANN_NONE, // a count: people, or nothing
    ANN_LENGTH,
    ANN_AREA,
    ANN_VOLUME,
    ANN_MASS,
    ANN_DURATION,
    ANN_SPEED,
    ANN_TEMPERATURE,
    ANN_POWER,
    ANN_MONEY, // the currency is the unit: no conversion
    ANN_PERCENT,
};

/* A unit with its item on Wikidata.  Other units of its dimension are factor times the base. */
struct ann_unit {
    uint32_t qid; // 199: no unit ("1")
    enum ann_dimension dimension;
    double factor; // of the dimension's base: m, m², m³, kg, s, m/s, K, W
};
/* The unit of that item, or NULL. */
const struct ann_unit *ann_unit_find(uint32_t qid);

struct ann_quantity {
    struct ann_decimal amount;
    int place;                   // of the last digit said
    const struct ann_unit *unit; // never NULL
    int bare;                    // no unit was said, not even 人 or people
};

enum ann_quantity_match {
    ANN_QUANTITY_OTHER,
    ANN_QUANTITY_NEAR,    // within the bounds of the value, or 1 % where the text says "about"
    ANN_QUANTITY_ROUNDED, // the value rounded to the digits said, in this or another unit
    ANN_QUANTITY_SAME,
};
/* value: amount with unit's item; lower and upper its bounds, equal to amount where it has none. */
enum ann_quantity_match ann_quantity_compare(const struct ann_quantity *text, int about,
                                             struct ann_decimal amount, struct ann_decimal lower,
                                             struct ann_decimal upper, uint32_t unit);

struct ann_value {
    size_t at, n; // bytes of the text
    int is_time;
    int about; // 约, about, circa before it
    struct ann_time time;
    struct ann_quantity quantity;
};

struct ann_values {
    struct ann_value *at; // rising and apart
    size_t n, cap;
};

/* All dates and quantities of valid UTF-8, in place of what *out held.  Returns 0 or WEIR_EMEM. */
WEIR_MUST_CHECK int ann_values_find(struct weir_span text, struct ann_values *out);
void ann_values_free(struct ann_values *v);

#endif
