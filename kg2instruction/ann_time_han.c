/* Dates in Chinese: 二〇〇八年八月八日, 公元前221年, 民国三十八年, 19世纪90年代, 10月1日. */
#include "kg2instruction/ann_value_impl.h"

static const char *const years[] = {"年", NULL};
static const char *const months[] = {"月", NULL};
static const char *const days[] = {"日", "号", "號", NULL};
static const char *const centuries[] = {"世纪", "世紀", NULL};
static const char *const decades[] = {"年代", NULL};
static const char *const before_christ[] = {"公元前", "西元前", "纪元前", "紀元前", "前", NULL};
static const char *const anno_domini[] = {"公元", "西元", NULL};

/* Eras by the year before their first. */
static const struct {
    const char *name;
    int before;
} eras[] = {{"民国", 1911}, {"民國", 1911}, {"明治", 1867}, {"大正", 1911},
            {"昭和", 1925}, {"平成", 1988}, {"令和", 2018}};

/* A blank may stand between number and mark: 2008 年 8 月. */
static size_t marked(const char *p, size_t n, const char *const *marks)
{
    const size_t blank = n && *p == ' ';
    const size_t len = ann_first_of(p + blank, n - blank, marks);
    return len ? blank + len : 0;
}

/* A whole number from 1 to max with a mark behind it; its bytes, or 0. */
static size_t counted(const char *p, size_t n, int64_t max, const char *const *marks, int64_t *v)
{
    struct ann_number num;
    const size_t blank = n && *p == ' ';
    const size_t used = ann_number_parse(p + blank, n - blank, &num);
    if (!used || num.v.e < 0 || num.v.e > 3)
        return 0;
    *v = num.v.m;
    for (int i = 0; i < num.v.e; i++)
        *v *= 10;
    if (*v < 1 || *v > max)
        return 0;
    const size_t mark = marked(p + blank + used, n - blank - used, marks);
    return mark ? blank + used + mark : 0;
}

/* Month and day behind a year, as far as they are there. */
static size_t month_day(const char *p, size_t n, struct ann_time *t)
{
    int64_t v;
    const size_t month = counted(p, n, 12, months, &v);
    if (!month)
        return 0;
    t->month = (uint8_t)v;
    t->precision = ANN_MONTH;
    const size_t day = counted(p + month, n - month, 31, days, &v);
    if (day) {
        t->day = (uint8_t)v;
        t->precision = ANN_DAY;
    }
    return month + day;
}

/* "19世纪" with "90年代" behind it. */
static size_t century(const char *p, size_t n, int sign, struct ann_time *t)
{
    int64_t v, d;
    const size_t used = counted(p, n, 40, centuries, &v);
    if (!used)
        return 0;
    t->precision = ANN_CENTURY;
    t->year = (int32_t)(sign * v * 100);
    const size_t more = sign > 0 ? counted(p + used, n - used, 90, decades, &d) : 0;
    if (more && d % 10 == 0) {
        t->precision = ANN_DECADE;
        t->year = (int32_t)((v - 1) * 100 + d);
        return used + more;
    }
    return used;
}

/* 元年 is year 1 of an era. */
static size_t era_year(const char *p, size_t n, int64_t *v)
{
    static const char *const first[] = {"元年", NULL};
    const size_t len = ann_first_of(p, n, first);
    if (len)
        *v = 1;
    return len ? len : counted(p, n, 120, years, v);
}

static size_t era(const char *p, size_t n, struct ann_time *t)
{
    for (size_t i = 0; i < sizeof eras / sizeof *eras; i++) {
        const size_t name = strlen(eras[i].name);
        int64_t v;
        if (!ann_starts(p, n, eras[i].name))
            continue;
        const size_t used = era_year(p + name, n - name, &v);
        if (!used)
            return 0;
        t->year = (int32_t)(eras[i].before + v);
        t->precision = ANN_YEAR;
        return name + used + month_day(p + name + used, n - name - used, t);
    }
    return 0;
}

/* Is a number before 年 the number of a year, or a length of time?  With 公元 or a month behind it
 * is; otherwise four digits in a row that can be one, or 两千零八, and not 5000年历史. */
static int is_year(const struct ann_number *num, int64_t v, const char *behind, size_t n)
{
    static const char *const lengths[] = {"来",   "來",   "的历史", "的歷史", "历史", "歷史",
                                          "以上", "之久", "多",     "余",     NULL};
    const int row = num->digits_only && num->n_digits == 4;
    const int said = num->han && !num->digits_only && v > 1000 && v % 10;
    if (!(row || said) || v < 1000 || v > 2100)
        return 0;
    if (v % 1000 == 0 && ann_first_of(behind, n, before_christ))
        return 0; // 2000年前
    return !ann_first_of(behind, n, lengths);
}

static size_t year(const char *p, size_t n, int sign, int said, struct ann_time *t)
{
    struct ann_number num;
    const size_t used = ann_number_parse(p, n, &num);
    if (!used || num.v.e < 0 || num.v.e > 3)
        return 0;
    int64_t v = num.v.m;
    for (int i = 0; i < num.v.e; i++)
        v *= 10;
    const size_t dec = marked(p + used, n - used, decades);
    if (dec && num.digits_only && num.n_digits == 4 && v % 10 == 0 && sign > 0) {
        t->year = (int32_t)v;
        t->precision = ANN_DECADE;
        return used + dec;
    }
    const size_t mark = marked(p + used, n - used, years);
    size_t at = used + mark;
    if (!mark || v < 1 || v > 9999)
        return 0;
    t->year = (int32_t)(sign * v);
    t->precision = ANN_YEAR;
    const size_t more = month_day(p + at, n - at, t);
    if (!said && !(more && num.digits_only && num.n_digits >= 3) &&
        !is_year(&num, v, p + at, n - at))
        return 0;
    return at + more;
}

/* 前 alone is "before Christ" only where it does not end a word: 前221年, not 以前221年. */
static int is_prefix(struct weir_span text, size_t at, size_t len)
{
    static const char *const words[] = {"以", "之", "从", "從", "目", "生",
                                        "此", "日", "年", "月", "先", NULL};
    return len > strlen("前") || !ann_ends_with(text, at, words);
}

size_t ann_time_parse_han(struct weir_span text, size_t at, struct ann_time *t)
{
    const char *p = text.p + at;
    const size_t n = text.n - at;
    int sign = 1;
    *t = (struct ann_time){0};
    size_t used = era(p, n, t);
    if (used)
        return used;
    size_t prefix = ann_first_of(p, n, before_christ);
    if (prefix && is_prefix(text, at, prefix))
        sign = -1;
    else
        prefix = ann_first_of(p, n, anno_domini);
    if (!prefix && (unsigned char)*p < 0x80 && !ann_word_begins(text, at))
        return 0;
    if ((used = century(p + prefix, n - prefix, sign, t)) > 0)
        return prefix + used;
    if ((used = year(p + prefix, n - prefix, sign, prefix > 0, t)) > 0)
        return prefix + used;
    *t = (struct ann_time){0};
    return !prefix && (used = month_day(p, n, t)) > 0 && t->day ? used : 0;
}
