/* Units of measure and currencies: their names in texts, their items on Wikidata, their size. */
#include "kg2instruction/ann_value_impl.h"

static const struct ann_unit units[] = {
    {199, ANN_NONE, 1},
    {11573, ANN_LENGTH, 1},
    {828224, ANN_LENGTH, 1e3},
    {174728, ANN_LENGTH, 0.01},
    {174789, ANN_LENGTH, 0.001},
    {3710, ANN_LENGTH, 0.3048},
    {218593, ANN_LENGTH, 0.0254},
    {482798, ANN_LENGTH, 0.9144},
    {253276, ANN_LENGTH, 1609.344},
    {93318, ANN_LENGTH, 1852},
    {1811, ANN_LENGTH, 149597870700.0},
    {531, ANN_LENGTH, 9460730472580800.0},
    {12129, ANN_LENGTH, 3.0856775814913673e16},
    {25343, ANN_AREA, 1},
    {712226, ANN_AREA, 1e6},
    {35852, ANN_AREA, 1e4},
    {81292, ANN_AREA, 4046.8564224},
    {232291, ANN_AREA, 2589988.110336},
    {857027, ANN_AREA, 0.09290304},
    {25517, ANN_VOLUME, 1},
    {4243638, ANN_VOLUME, 1e9},
    {11582, ANN_VOLUME, 0.001},
    {11570, ANN_MASS, 1},
    {41803, ANN_MASS, 0.001},
    {3241121, ANN_MASS, 1e-6},
    {191118, ANN_MASS, 1000},
    {100995, ANN_MASS, 0.45359237},
    {11574, ANN_DURATION, 1},
    {7727, ANN_DURATION, 60},
    {25235, ANN_DURATION, 3600},
    {573, ANN_DURATION, 86400},
    {23387, ANN_DURATION, 604800},
    {577, ANN_DURATION, 31557600},
    {182429, ANN_SPEED, 1},
    {180154, ANN_SPEED, 1 / 3.6},
    {211256, ANN_SPEED, 0.44704},
    {128822, ANN_SPEED, 1852.0 / 3600},
    {25267, ANN_TEMPERATURE, 1},
    {42289, ANN_TEMPERATURE, 1},
    {11579, ANN_TEMPERATURE, 1},
    {25236, ANN_POWER, 1},
    {3320608, ANN_POWER, 1e3},
    {6982035, ANN_POWER, 1e6},
    {11229, ANN_PERCENT, 1},
    {4917, ANN_MONEY, 1},
    {4916, ANN_MONEY, 1},
    {25224, ANN_MONEY, 1},
    {39099, ANN_MONEY, 1},
    {8146, ANN_MONEY, 1},
    {31015, ANN_MONEY, 1},
    {208526, ANN_MONEY, 1},
};

struct name {
    const char *name;
    uint32_t qid;
};

/* Longest first where one begins another. */
static const struct name han_names[] = {{"平方公里", 712226},
                                        {"平方千米", 712226},
                                        {"平方米", 25343},
                                        {"平方公尺", 25343},
                                        {"平方英里", 232291},
                                        {"平方英尺", 857027},
                                        {"公顷", 35852},
                                        {"公頃", 35852},
                                        {"英亩", 81292},
                                        {"英畝", 81292},
                                        {"立方公里", 4243638},
                                        {"立方千米", 4243638},
                                        {"立方米", 25517},
                                        {"立方公尺", 25517},
                                        {"公里/小时", 180154},
                                        {"公里/小時", 180154},
                                        {"千米/小时", 180154},
                                        {"千米每小时", 180154},
                                        {"公里每小时", 180154},
                                        {"公里每小時", 180154},
                                        {"米/秒", 182429},
                                        {"米每秒", 182429},
                                        {"公里", 828224},
                                        {"千米", 828224},
                                        {"厘米", 174728},
                                        {"釐米", 174728},
                                        {"公分", 174728},
                                        {"毫米", 174789},
                                        {"公厘", 174789},
                                        {"英里", 253276},
                                        {"英哩", 253276},
                                        {"英尺", 3710},
                                        {"英呎", 3710},
                                        {"英寸", 218593},
                                        {"英吋", 218593},
                                        {"海里", 93318},
                                        {"海浬", 93318},
                                        {"公尺", 11573},
                                        {"米", 11573},
                                        {"光年", 531},
                                        {"秒差距", 12129},
                                        {"天文单位", 1811},
                                        {"天文單位", 1811},
                                        {"公斤", 11570},
                                        {"千克", 11570},
                                        {"毫克", 3241121},
                                        {"公吨", 191118},
                                        {"公噸", 191118},
                                        {"吨", 191118},
                                        {"噸", 191118},
                                        {"克", 41803},
                                        {"磅", 100995},
                                        {"公升", 11582},
                                        {"升", 11582},
                                        {"分钟", 7727},
                                        {"分鐘", 7727},
                                        {"小时", 25235},
                                        {"小時", 25235},
                                        {"秒", 11574},
                                        {"天", 573},
                                        {"周", 23387},
                                        {"摄氏度", 25267},
                                        {"攝氏度", 25267},
                                        {"°C", 25267},
                                        {"℃", 25267},
                                        {"华氏度", 42289},
                                        {"華氏度", 42289},
                                        {"℉", 42289},
                                        {"开尔文", 11579},
                                        {"兆瓦", 6982035},
                                        {"千瓦", 3320608},
                                        {"瓦", 25236},
                                        {"％", 11229},
                                        {"%", 11229},
                                        {"美元", 4917},
                                        {"美金", 4917},
                                        {"欧元", 4916},
                                        {"歐元", 4916},
                                        {"英镑", 25224},
                                        {"英鎊", 25224},
                                        {"元人民币", 39099},
                                        {"元人民幣", 39099},
                                        {"人民币", 39099},
                                        {"人民幣", 39099},
                                        {"日元", 8146},
                                        {"日圆", 8146},
                                        {"日圓", 8146},
                                        {"港元", 31015},
                                        {"港币", 31015},
                                        {"港幣", 31015},
                                        {"新台币", 208526},
                                        {"新臺幣", 208526},
                                        {"元", 39099},
                                        {"人次", 199},
                                        {"人", 199},
                                        {"名", 199},
                                        {"位", 199},
                                        {"个", 199},
                                        {"個", 199},
                                        {"座", 199},
                                        {"辆", 199},
                                        {"輛", 199},
                                        {"头", 199},
                                        {"頭", 199},
                                        {NULL, 0}};

static const struct name latin_names[] = {{"square kilometres", 712226},
                                          {"square kilometers", 712226},
                                          {"square kilometre", 712226},
                                          {"square kilometer", 712226},
                                          {"sq. km", 712226},
                                          {"sq km", 712226},
                                          {"km²", 712226},
                                          {"km2", 712226},
                                          {"square metres", 25343},
                                          {"square meters", 25343},
                                          {"m²", 25343},
                                          {"m2", 25343},
                                          {"square miles", 232291},
                                          {"square mile", 232291},
                                          {"sq. mi", 232291},
                                          {"sq mi", 232291},
                                          {"mi²", 232291},
                                          {"square feet", 857027},
                                          {"square foot", 857027},
                                          {"sq ft", 857027},
                                          {"hectares", 35852},
                                          {"hectare", 35852},
                                          {"ha", 35852},
                                          {"acres", 81292},
                                          {"acre", 81292},
                                          {"cubic kilometres", 4243638},
                                          {"cubic kilometers", 4243638},
                                          {"km³", 4243638},
                                          {"cubic metres", 25517},
                                          {"cubic meters", 25517},
                                          {"m³", 25517},
                                          {"litres", 11582},
                                          {"liters", 11582},
                                          {"kilometres per hour", 180154},
                                          {"kilometers per hour", 180154},
                                          {"km/h", 180154},
                                          {"kph", 180154},
                                          {"metres per second", 182429},
                                          {"meters per second", 182429},
                                          {"m/s", 182429},
                                          {"miles per hour", 211256},
                                          {"mph", 211256},
                                          {"knots", 128822},
                                          {"kilometres", 828224},
                                          {"kilometers", 828224},
                                          {"kilometre", 828224},
                                          {"kilometer", 828224},
                                          {"km", 828224},
                                          {"metres", 11573},
                                          {"meters", 11573},
                                          {"metre", 11573},
                                          {"meter", 11573},
                                          {"m", 11573},
                                          {"centimetres", 174728},
                                          {"centimeters", 174728},
                                          {"centimetre", 174728},
                                          {"centimeter", 174728},
                                          {"cm", 174728},
                                          {"millimetres", 174789},
                                          {"millimeters", 174789},
                                          {"millimetre", 174789},
                                          {"millimeter", 174789},
                                          {"mm", 174789},
                                          {"feet", 3710},
                                          {"foot", 3710},
                                          {"ft", 3710},
                                          {"inches", 218593},
                                          {"inch", 218593},
                                          {"yards", 482798},
                                          {"yard", 482798},
                                          {"nautical miles", 93318},
                                          {"nautical mile", 93318},
                                          {"nmi", 93318},
                                          {"miles", 253276},
                                          {"mile", 253276},
                                          {"mi", 253276},
                                          {"light-years", 531},
                                          {"light years", 531},
                                          {"parsecs", 12129},
                                          {"astronomical units", 1811},
                                          {"AU", 1811},
                                          {"kilograms", 11570},
                                          {"kilogram", 11570},
                                          {"kg", 11570},
                                          {"milligrams", 3241121},
                                          {"mg", 3241121},
                                          {"grams", 41803},
                                          {"gram", 41803},
                                          {"g", 41803},
                                          {"tonnes", 191118},
                                          {"tonne", 191118},
                                          {"metric tons", 191118},
                                          {"pounds", 100995},
                                          {"lb", 100995},
                                          {"lbs", 100995},
                                          {"seconds", 11574},
                                          {"minutes", 7727},
                                          {"minute", 7727},
                                          {"min", 7727},
                                          {"hours", 25235},
                                          {"hour", 25235},
                                          {"days", 573},
                                          {"weeks", 23387},
                                          {"years", 577},
                                          {"°C", 25267},
                                          {"degrees Celsius", 25267},
                                          {"°F", 42289},
                                          {"degrees Fahrenheit", 42289},
                                          {"K", 11579},
                                          {"kilowatts", 3320608},
                                          {"kW", 3320608},
                                          {"megawatts", 6982035},
                                          {"MW", 6982035},
                                          {"watts", 25236},
                                          {"per cent", 11229},
                                          {"percent", 11229},
                                          {"%", 11229},
                                          {"US dollars", 4917},
                                          {"U.S. dollars", 4917},
                                          {"dollars", 4917},
                                          {"euros", 4916},
                                          {"pounds sterling", 25224},
                                          {"yuan", 39099},
                                          {"yen", 8146},
                                          {"people", 199},
                                          {"inhabitants", 199},
                                          {"residents", 199},
                                          {"persons", 199},
                                          {"employees", 199},
                                          {"students", 199},
                                          {"deaths", 199},
                                          {"members", 199},
                                          {"seats", 199},
                                          {"spectators", 199},
                                          {NULL, 0}};

static const struct name signs[] = {{"US$", 4917}, {"HK$", 31015}, {"NT$", 208526}, {"USD ", 4917},
                                    {"$", 4917},   {"€", 4916},    {"£", 25224},    {"RMB ", 39099},
                                    {"￥", 39099}, {"EUR ", 4916}, {NULL, 0}};

const struct ann_unit *ann_unit_find(uint32_t qid)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (units[i].qid == qid)
            return &units[i];
    return NULL;
}

static size_t named(const struct name *names, const char *p, size_t n, int words,
                    const struct ann_unit **unit)
{
    for (; names->name; names++) {
        const size_t len = strlen(names->name);
        if (!ann_starts(p, n, names->name))
            continue;
        if (words && !ann_word_ends(weir_span(p, n), len))
            continue;
        *unit = ann_unit_find(names->qid);
        return *unit ? len : 0;
    }
    return 0;
}

size_t ann_unit_parse(const char *p, size_t n, const struct ann_unit **unit)
{
    static const char *const blanks[] = {" ", "-", "\xC2\xA0", "\xE2\x80\xAF", NULL};
    const size_t blank = ann_first_of(p, n, blanks);
    size_t len = named(han_names, p + blank, n - blank, 0, unit);
    if (!len)
        len = named(latin_names, p + blank, n - blank, 1, unit);
    return len ? blank + len : 0;
}

size_t ann_currency_parse(const char *p, size_t n, const struct ann_unit **unit)
{
    return named(signs, p, n, 0, unit);
}

/* ---- comparing ---- */

static double number(struct ann_decimal d)
{
    double v = (double)d.m;
    for (int i = 0; i < d.e && i < 40; i++)
        v *= 10;
    for (int i = 0; i > d.e && i > -40; i--)
        v /= 10;
    return v;
}

/* Rounding to the digits said must leave two that count: "3 million" says little. */
static int enough_digits(const struct ann_quantity *q)
{
    const struct ann_decimal least = {10, q->place};
    struct ann_decimal v = q->amount;
    v.m = v.m < 0 ? -v.m : v.m;
    return ann_decimal_compare(v, least) >= 0;
}

/* The value in the unit of the text, to half of the last digit said. */
static int rounded(const struct ann_quantity *text, double value)
{
    double half = 0.5;
    for (int i = 0; i < text->place && i < 40; i++)
        half *= 10;
    for (int i = 0; i > text->place && i > -40; i--)
        half /= 10;
    const double d = number(text->amount) - value;
    return enough_digits(text) && d <= half * 1.000001 && d >= -half * 1.000001;
}

enum ann_quantity_match ann_quantity_compare(const struct ann_quantity *text, int about,
                                             struct ann_decimal amount, struct ann_decimal lower,
                                             struct ann_decimal upper, uint32_t unit)
{
    const struct ann_unit *u = ann_unit_find(unit);
    if (!u || (u != text->unit && (u->dimension != text->unit->dimension ||
                                   u->dimension == ANN_MONEY || u->dimension == ANN_TEMPERATURE)))
        return ANN_QUANTITY_OTHER;
    const int same_unit = u == text->unit;
    if (same_unit && ann_decimal_compare(text->amount, amount) == 0)
        return ANN_QUANTITY_SAME;
    const double factor = u->factor / text->unit->factor, value = number(amount) * factor;
    if (rounded(text, value))
        return ANN_QUANTITY_ROUNDED;
    const double said = number(text->amount),
                 slack = about ? 0.01 * (value < 0 ? -value : value) : 0;
    const double lo = number(lower) * factor - slack, hi = number(upper) * factor + slack;
    return said >= lo && said <= hi ? ANN_QUANTITY_NEAR : ANN_QUANTITY_OTHER;
}
