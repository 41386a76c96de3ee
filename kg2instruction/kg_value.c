/* One snak: its type, the datatype of its property and its value.  A value that is not as Wikidata
 * writes it is kept as the JSON it came in. */
#include <math.h>

#include "kg2instruction/kg_entity.h"
#include "kg2instruction/kg_layout.h"
#include "weir/utf8.h"

/* ---- pieces ---- */

static int string(struct json_node n, const char *name, struct weir_span *s)
{
    struct json_node m;
    return json_tree_get(n, name, &m) && json_tree_string(m, s);
}

/* The id that an entity's address ends in: http://www.wikidata.org/entity/Q11573. */
static int address(struct json_node n, const char *name, kg_id *id)
{
    struct weir_span s;
    if (!string(n, name, &s))
        return 0;
    const char *slash = s.n ? memrchr(s.p, '/', s.n) : NULL;
    return slash && kg_parse_id(weir_span(slash + 1, (size_t)(s.p + s.n - slash - 1)), id);
}

/* n digits at s.p[*i]; *i moves behind. */
static int digits(struct weir_span s, size_t *i, size_t n, int64_t *v)
{
    *v = 0;
    if (s.n - *i < n)
        return 0;
    for (size_t k = 0; k < n; k++) {
        const unsigned c = (unsigned char)s.p[*i + k];
        if (!weir_is_ascii_digit(c) || *v > (INT64_MAX - 9) / 10)
            return 0;
        *v = *v * 10 + (c - '0');
    }
    *i += n;
    return 1;
}

static int literal(struct weir_span s, size_t *i, char c)
{
    return *i < s.n && s.p[*i] == c ? (++*i, 1) : 0;
}

/* "+2001-12-31T00:00:00Z"; years have any number of digits. */
static int parse_clock(struct weir_span s, struct kg_time *t)
{
    int64_t year, v[5];
    size_t i = 1, n = 0;
    if (s.n < 2 || (s.p[0] != '+' && s.p[0] != '-'))
        return 0;
    while (1 + n < s.n && weir_is_ascii_digit((unsigned char)s.p[1 + n]))
        n++;
    if (!n || !digits(s, &i, n, &year))
        return 0;
    static const char before[] = "--T::";
    for (int k = 0; k < 5; k++)
        if (!literal(s, &i, before[k]) || !digits(s, &i, 2, &v[k]))
            return 0;
    if (!literal(s, &i, 'Z') || i != s.n)
        return 0;
    t->year = s.p[0] == '-' ? -year : year;
    t->month = (unsigned)v[0], t->day = (unsigned)v[1];
    t->hour = (unsigned)v[2], t->minute = (unsigned)v[3], t->second = (unsigned)v[4];
    return 1;
}

static int whole(struct json_node n, const char *name, int64_t *v)
{
    struct json_node m;
    return json_tree_get(n, name, &m) && json_tree_whole(m, v);
}

/* ---- values: 1 when they are as they should be ---- */

static int put_entity(struct json_node v, struct weir_buf *to)
{
    struct weir_span s;
    int64_t number;
    kg_id id = 0;
    if (string(v, "id", &s)) {
        if (!kg_parse_id(s, &id))
            return 0; // a lexeme, a schema
    } else if (string(v, "entity-type", &s) && whole(v, "numeric-id", &number) && number > 0 &&
               number < KG_PROPERTY) {
        const int property = weir_span_is(s, "property");
        id = (kg_id)number | (property ? KG_PROPERTY : 0);
        if (!property && !weir_span_is(s, "item"))
            return 0;
    }
    kg_put_id(to, id);
    return id != 0;
}

static int put_time(struct json_node v, struct weir_buf *to)
{
    struct kg_time t;
    struct weir_span s;
    int64_t precision;
    if (!string(v, "time", &s) || !parse_clock(s, &t) || !whole(v, "precision", &precision) ||
        precision < 0 || precision > 255 || !address(v, "calendarmodel", &t.calendar) ||
        !whole(v, "timezone", &t.zone) || !whole(v, "before", &t.before) ||
        !whole(v, "after", &t.after))
        return 0;
    const int clock = t.hour || t.minute || t.second, zones = t.zone || t.before || t.after;
    const unsigned calendar = t.calendar == KG_GREGORIAN ? 0 : t.calendar == KG_JULIAN ? 1 : 2;
    weir_buf_addc(to, (char)((clock ? KG_TIME_CLOCK : 0) | (zones ? KG_TIME_ZONES : 0) |
                             calendar << KG_CALENDAR_SHIFT));
    kg_put_signed(to, t.year);
    const char day[] = {(char)t.month, (char)t.day, (char)precision};
    weir_buf_add(to, day, sizeof day);
    const char time[] = {(char)t.hour, (char)t.minute, (char)t.second};
    if (clock)
        weir_buf_add(to, time, sizeof time);
    if (zones)
        kg_put_signed(to, t.zone), kg_put_signed(to, t.before), kg_put_signed(to, t.after);
    if (calendar == 2)
        kg_put_id(to, t.calendar);
    return 1;
}

/* A sign, digits, and digits behind a point. */
static int is_decimal(struct weir_span s)
{
    size_t i = s.n && (s.p[0] == '+' || s.p[0] == '-'), n = 0, behind = 0;
    for (; i < s.n && weir_is_ascii_digit((unsigned char)s.p[i]); i++)
        n++;
    if (i == s.n)
        return n > 0;
    for (i++; i < s.n && weir_is_ascii_digit((unsigned char)s.p[i]); i++)
        behind++;
    return n && behind && i == s.n && s.p[s.n - behind - 1] == '.';
}

static int put_quantity(struct json_node v, struct weir_buf *to)
{
    struct weir_span amount, unit, lower = {NULL, 0}, upper = {NULL, 0};
    struct json_node m;
    kg_id id = 0;
    if (!string(v, "amount", &amount) || !is_decimal(amount) || !string(v, "unit", &unit) ||
        (!weir_span_is(unit, "1") && !address(v, "unit", &id)))
        return 0;
    if ((json_tree_get(v, "lowerBound", &m) &&
         (!json_tree_string(m, &lower) || !is_decimal(lower))) ||
        (json_tree_get(v, "upperBound", &m) &&
         (!json_tree_string(m, &upper) || !is_decimal(upper))))
        return 0;
    kg_put_id(to, id);
    weir_buf_addc(to, (char)((lower.n ? KG_HAS_LOWER : 0) | (upper.n ? KG_HAS_UPPER : 0)));
    kg_put_span(to, amount);
    if (lower.n)
        kg_put_span(to, lower);
    if (upper.n)
        kg_put_span(to, upper);
    return 1;
}

static int number(struct json_node n, const char *name, double *v)
{
    struct json_node m;
    return json_tree_get(n, name, &m) && json_tree_number(m, v);
}

static int is_null(struct json_node n, const char *name)
{
    struct json_node m;
    return !json_tree_get(n, name, &m) || json_tree_type(m) == WEIR_JSON_NULL;
}

static int put_globe(struct json_node v, struct weir_buf *to)
{
    double latitude, longitude, precision = 0;
    kg_id globe = 0;
    const int has_precision = !is_null(v, "precision"), has_globe = !is_null(v, "globe");
    if (!number(v, "latitude", &latitude) || !number(v, "longitude", &longitude) ||
        !is_null(v, "altitude") || (has_precision && !number(v, "precision", &precision)) ||
        (has_globe && !address(v, "globe", &globe)))
        return 0;
    weir_buf_addc(to,
                  (char)((has_precision ? KG_HAS_PRECISION : 0) | (has_globe ? KG_HAS_GLOBE : 0)));
    weir_buf_add(to, &latitude, 8);
    weir_buf_add(to, &longitude, 8);
    if (has_precision)
        weir_buf_add(to, &precision, 8);
    if (has_globe)
        kg_put_id(to, globe);
    return 1;
}

static int put_monolingual(struct json_node v, struct weir_buf *to)
{
    struct weir_span lang, text;
    if (!string(v, "language", &lang) || !string(v, "text", &text))
        return 0;
    kg_put_span(to, lang);
    kg_put_span(to, text);
    return 1;
}

static int put_string(struct json_node v, struct weir_buf *to)
{
    struct weir_span s;
    if (!json_tree_string(v, &s))
        return 0;
    kg_put_span(to, s);
    return 1;
}

/* ---- snaks ---- */

static const struct {
    const char *type;
    enum kg_kind kind;
    int (*put)(struct json_node v, struct weir_buf *to);
} kinds[] = {
    {"wikibase-entityid", KG_ENTITY, put_entity},
    {"string", KG_STRING, put_string},
    {"time", KG_TIME, put_time},
    {"quantity", KG_QUANTITY, put_quantity},
    {"globecoordinate", KG_GLOBE, put_globe},
    {"monolingualtext", KG_MONOLINGUAL, put_monolingual},
};

static void put_head(struct weir_buf *to, enum kg_snak_type type, enum kg_kind kind,
                     unsigned datatype)
{
    weir_buf_addc(to, (char)((unsigned)type | (unsigned)kind << KG_KIND_SHIFT));
    weir_buf_addc(to, (char)datatype);
}

static int put_value(struct kg_entity *e, struct json_node snak, unsigned datatype,
                     struct weir_buf *to)
{
    struct json_node value, v;
    struct weir_span type;
    const size_t at = to->n;
    if (!json_tree_get(snak, "datavalue", &value))
        return kg_malformed(e, "a value without \"datavalue\"");
    if (string(value, "type", &type) && json_tree_get(value, "value", &v)) {
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
            if (!weir_span_is(type, kinds[i].type))
                continue;
            put_head(to, KG_VALUE, kinds[i].kind, datatype);
            if (kinds[i].put(v, to))
                return 1;
        }
    }
    to->n = at;
    put_head(to, KG_VALUE, KG_OTHER, datatype);
    e->raw.n = 0;
    json_tree_print(value, &e->raw);
    kg_put_span(to, weir_buf_span(&e->raw));
    return 1;
}

static unsigned datatype_of(struct json_node snak)
{
    struct weir_span s;
    if (string(snak, "datatype", &s))
        for (unsigned i = 1; i < KG_N_DATATYPES; i++)
            if (weir_span_is(s, kg_datatype_name(i)))
                return i;
    return KG_DT_OTHER;
}

int kg_parse_snak(struct kg_entity *e, struct json_node snak, struct weir_buf *to)
{
    struct weir_span type;
    const unsigned datatype = datatype_of(snak);
    if (!string(snak, "snaktype", &type))
        return kg_malformed(e, "a snak without \"snaktype\"");
    if (datatype == KG_DT_EXTERNAL_ID && !e->keep->external_ids) {
        e->n_left_out[KG_LEFT_EXTERNAL_ID]++;
        return 0;
    }
    if (weir_span_is(type, "value"))
        return put_value(e, snak, datatype, to);
    const int none = weir_span_is(type, "novalue");
    if (!none && !weir_span_is(type, "somevalue"))
        return kg_malformed(e, "a snak of an unknown type");
    put_head(to, none ? KG_NOVALUE : KG_SOMEVALUE, KG_NO_KIND, datatype);
    return 1;
}

kg_id kg_snak_entity(struct weir_span snak)
{
    const unsigned char *p = (const unsigned char *)snak.p + 2, *end = p + snak.n - 2;
    kg_id id = 0;
    if (snak.n > 2 && (unsigned char)snak.p[0] == (KG_VALUE | KG_ENTITY << KG_KIND_SHIFT))
        return kg_get_id(&p, end, &id) ? id : 0;
    return 0;
}
