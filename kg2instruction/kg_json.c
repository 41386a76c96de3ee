#include "kg2instruction/kg_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "weir/utf8.h"

const char *kg_rank_name(enum kg_rank rank)
{
    return rank == KG_PREFERRED ? "preferred" : rank == KG_NORMAL ? "normal" : "deprecated";
}

const char *kg_snak_type_name(enum kg_snak_type type)
{
    return type == KG_VALUE ? "value" : type == KG_SOMEVALUE ? "somevalue" : "novalue";
}

void kg_add_id(struct weir_buf *to, kg_id id)
{
    weir_buf_addf(to, "%c%u", id & KG_PROPERTY ? 'P' : 'Q', id & ~KG_PROPERTY);
}

/* Text of a damaged file may be no UTF-8. */
static void add_text(struct weir_buf *to, struct weir_span s)
{
    weir_buf_add_json_lossy(to, s);
}

void kg_add_clock(struct weir_buf *to, const struct kg_time *t)
{
    const uint64_t year = t->year < 0 ? -(uint64_t)t->year : (uint64_t)t->year;
    weir_buf_addf(to, "%c%04llu-%02u-%02uT%02u:%02u:%02uZ", t->year < 0 ? '-' : '+',
                  (unsigned long long)year, t->month, t->day, t->hour, t->minute, t->second);
}

void kg_add_double(struct weir_buf *to, double v)
{
    char text[40];
    int n = 1;
    if (!isfinite(v)) {
        weir_buf_adds(to, "null");
        return;
    }
    do
        snprintf(text, sizeof text, "%.*g", n, v);
    while (strtod(text, NULL) != v && ++n <= 17);
    weir_buf_adds(to, text);
}

static void add_address(struct weir_buf *to, kg_id id)
{
    weir_buf_adds(to, "\"http://www.wikidata.org/entity/");
    kg_add_id(to, id);
    weir_buf_addc(to, '"');
}

static void add_time(struct weir_buf *to, const struct kg_time *t)
{
    weir_buf_adds(to, "{\"time\":\"");
    kg_add_clock(to, t);
    weir_buf_addf(to, "\",\"timezone\":%lld,\"before\":%lld,\"after\":%lld,\"precision\":%u,",
                  (long long)t->zone, (long long)t->before, (long long)t->after, t->precision);
    weir_buf_adds(to, "\"calendarmodel\":");
    add_address(to, t->calendar);
    weir_buf_addc(to, '}');
}

static void add_quantity(struct weir_buf *to, const struct kg_quantity *q)
{
    weir_buf_adds(to, "{\"amount\":");
    add_text(to, q->amount);
    weir_buf_adds(to, ",\"unit\":");
    if (q->unit)
        add_address(to, q->unit);
    else
        weir_buf_adds(to, "\"1\"");
    if (q->upper.n)
        weir_buf_adds(to, ",\"upperBound\":"), add_text(to, q->upper);
    if (q->lower.n)
        weir_buf_adds(to, ",\"lowerBound\":"), add_text(to, q->lower);
    weir_buf_addc(to, '}');
}

static void add_globe(struct weir_buf *to, const struct kg_globe *g)
{
    weir_buf_adds(to, "{\"latitude\":");
    kg_add_double(to, g->latitude);
    weir_buf_adds(to, ",\"longitude\":");
    kg_add_double(to, g->longitude);
    weir_buf_adds(to, ",\"precision\":");
    kg_add_double(to, g->precision);
    weir_buf_adds(to, ",\"globe\":");
    if (g->globe)
        add_address(to, g->globe);
    else
        weir_buf_adds(to, "null");
    weir_buf_addc(to, '}');
}

static void add_entity_id(struct weir_buf *to, kg_id id)
{
    weir_buf_addf(to, "{\"entity-type\":\"%s\",\"numeric-id\":%u,\"id\":\"",
                  id & KG_PROPERTY ? "property" : "item", id & ~KG_PROPERTY);
    kg_add_id(to, id);
    weir_buf_adds(to, "\"}");
}

void kg_add_datavalue(struct weir_buf *to, const struct kg_snak *s)
{
    static const char *const types[] = {"",         "wikibase-entityid", "string",         "time",
                                        "quantity", "globecoordinate",   "monolingualtext"};
    if (s->kind == KG_OTHER || s->kind == KG_NO_KIND) {
        weir_buf_add(to, s->u.text.p, s->kind == KG_OTHER ? s->u.text.n : 0);
        return;
    }
    weir_buf_addf(to, "{\"type\":\"%s\",\"value\":", types[s->kind]);
    switch (s->kind) {
    case KG_ENTITY:
        add_entity_id(to, s->u.entity);
        break;
    case KG_STRING:
        add_text(to, s->u.text);
        break;
    case KG_TIME:
        add_time(to, &s->u.time);
        break;
    case KG_QUANTITY:
        add_quantity(to, &s->u.quantity);
        break;
    case KG_GLOBE:
        add_globe(to, &s->u.globe);
        break;
    case KG_MONOLINGUAL:
        weir_buf_adds(to, "{\"text\":");
        add_text(to, s->u.monolingual.text);
        weir_buf_adds(to, ",\"language\":");
        add_text(to, s->u.monolingual.lang);
        weir_buf_addc(to, '}');
        break;
    case KG_NO_KIND:
    case KG_OTHER:
        break;
    }
    weir_buf_addc(to, '}');
}

static void add_snak(struct weir_buf *to, const struct kg_snak *s)
{
    weir_buf_addf(to, "{\"snaktype\":\"%s\",\"property\":\"", kg_snak_type_name(s->type));
    kg_add_id(to, s->property);
    weir_buf_addc(to, '"');
    if (s->type == KG_VALUE) {
        weir_buf_adds(to, ",\"datavalue\":");
        kg_add_datavalue(to, s);
    }
    if (s->datatype != KG_DT_OTHER)
        weir_buf_addf(to, ",\"datatype\":\"%s\"", kg_datatype_name(s->datatype));
    weir_buf_addc(to, '}');
}

/* ,"qualifiers":{"P580":[…]},"qualifiers-order":["P580"]: those of one property stand together. */
static int add_qualifiers(struct weir_buf *to, struct kg_cursor c)
{
    struct kg_cursor again = c;
    struct kg_snak q;
    kg_id last = 0;
    int rc;
    if (!c.left)
        return 0;
    weir_buf_adds(to, ",\"qualifiers\":{");
    while ((rc = kg_qualifier_next(&c, &q)) > 0) {
        if (q.property != last) {
            weir_buf_adds(to, last ? "],\"" : "\"");
            kg_add_id(to, q.property);
            weir_buf_adds(to, "\":[");
        } else {
            weir_buf_addc(to, ',');
        }
        last = q.property;
        add_snak(to, &q);
    }
    weir_buf_adds(to, "]},\"qualifiers-order\":[");
    last = 0;
    while (!rc && (rc = kg_qualifier_next(&again, &q)) > 0) {
        if (q.property != last) {
            weir_buf_adds(to, last ? ",\"" : "\"");
            kg_add_id(to, q.property);
            weir_buf_addc(to, '"');
        }
        last = q.property;
        rc = 0;
    }
    weir_buf_addc(to, ']');
    return rc;
}

static int add_claims(struct weir_buf *to, const kg_file *f, uint32_t row)
{
    struct kg_cursor c;
    struct kg_statement s;
    kg_id last = 0;
    int rc = kg_statements(f, row, 0, &c);
    weir_buf_adds(to, ",\"claims\":{");
    while (!rc && (rc = kg_statement_next(&c, &s)) > 0) {
        if (s.main.property != last) {
            weir_buf_adds(to, last ? "],\"" : "\"");
            kg_add_id(to, s.main.property);
            weir_buf_adds(to, "\":[");
        } else {
            weir_buf_addc(to, ',');
        }
        last = s.main.property;
        weir_buf_adds(to, "{\"mainsnak\":");
        add_snak(to, &s.main);
        weir_buf_adds(to, ",\"type\":\"statement\"");
        rc = add_qualifiers(to, s.qualifiers);
        weir_buf_addf(to, ",\"rank\":\"%s\"}", kg_rank_name(s.rank));
    }
    weir_buf_adds(to, last ? "]}" : "}");
    return rc;
}

/* Names of one kind by language: labels and titles one each, aliases in lists. */
static int add_names(struct weir_buf *to, const kg_file *f, uint32_t row, unsigned kind)
{
    int n_langs = 0;
    for (unsigned lang = 0; kg_lang(f, lang); lang++) {
        struct kg_cursor c;
        struct kg_name name;
        int n = 0, rc = kg_names(f, row, &c);
        while (!rc && (rc = kg_name_next(&c, &name)) > 0) {
            rc = 0;
            if (name.lang != lang || !(name.kinds & kind))
                continue;
            if (!n++)
                weir_buf_addf(to, "%s\"%s%s\":%s", n_langs++ ? "," : "", kg_lang(f, lang),
                              kind == KG_TITLE ? "wiki" : "", kind == KG_ALIAS ? "[" : "");
            else if (kind == KG_ALIAS)
                weir_buf_addc(to, ',');
            else
                continue;
            if (kind == KG_TITLE)
                weir_buf_addf(to, "{\"site\":\"%swiki\",\"title\":", kg_lang(f, lang));
            else
                weir_buf_addf(to, "{\"language\":\"%s\",\"value\":", kg_lang(f, lang));
            add_text(to, name.text);
            weir_buf_addc(to, '}');
        }
        if (rc < 0)
            return rc;
        weir_buf_adds(to, n && kind == KG_ALIAS ? "]" : "");
    }
    return 0;
}

int kg_add_entity(struct weir_buf *to, const kg_file *f, uint32_t row)
{
    const kg_id id = kg_row_id(f, row);
    weir_buf_addf(to, "{\"type\":\"%s\",\"id\":\"", id & KG_PROPERTY ? "property" : "item");
    kg_add_id(to, id);
    weir_buf_addc(to, '"');
    if (kg_row_datatype(f, row) != KG_DT_OTHER)
        weir_buf_addf(to, ",\"datatype\":\"%s\"", kg_datatype_name(kg_row_datatype(f, row)));
    weir_buf_adds(to, ",\"labels\":{");
    int rc = add_names(to, f, row, KG_LABEL);
    weir_buf_adds(to, "},\"aliases\":{");
    if (!rc)
        rc = add_names(to, f, row, KG_ALIAS);
    weir_buf_adds(to, "},\"sitelinks\":{");
    if (!rc)
        rc = add_names(to, f, row, KG_TITLE);
    weir_buf_addf(to, "},\"n_sitelinks\":%u", kg_popularity(f, row));
    if (!rc)
        rc = add_claims(to, f, row);
    weir_buf_adds(to, "}\n");
    return rc;
}
