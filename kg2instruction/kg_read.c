/* Names and statements of a row.  Every read is checked against the row's own bytes. */
#include <math.h>

#include "kg2instruction/kg_file.h"
#include "kg2instruction/kg_layout.h"

const char *kg_datatype_name(unsigned datatype)
{
    static const char *const names[KG_N_DATATYPES] = {"other",
                                                      "wikibase-item",
                                                      "wikibase-property",
                                                      "string",
                                                      "external-id",
                                                      "url",
                                                      "commonsMedia",
                                                      "time",
                                                      "quantity",
                                                      "globe-coordinate",
                                                      "monolingualtext",
                                                      "math",
                                                      "geo-shape",
                                                      "tabular-data",
                                                      "musical-notation",
                                                      "wikibase-lexeme",
                                                      "wikibase-form",
                                                      "wikibase-sense",
                                                      "entity-schema"};
    return names[datatype < KG_N_DATATYPES ? datatype : KG_DT_OTHER];
}

static int row_bytes(const kg_file *f, uint32_t row, const unsigned char **p,
                     const unsigned char **end)
{
    if (row >= f->n_rows)
        return KG_DAMAGED;
    const uint64_t from = f->rows[row].at, to = f->rows[row + 1].at;
    if (from > to || to > f->trailer.section[KG_DATA].n)
        return KG_DAMAGED;
    *p = f->section[KG_DATA] + from;
    *end = f->section[KG_DATA] + to;
    return 0;
}

/* A count of elements, their bytes, and the cursor over them; *p moves behind. */
static int get_list(const unsigned char **p, const unsigned char *end, struct kg_cursor *c)
{
    uint64_t n;
    struct weir_span all;
    if (!kg_get_varint(p, end, &n) || !kg_get_span(p, end, &all) || n > all.n)
        return 0;
    *c = (struct kg_cursor){
        .p = (const unsigned char *)all.p, .end = (const unsigned char *)all.p + all.n, .left = n};
    return 1;
}

/* Behind the last element nothing may stand. */
static int at_end(const struct kg_cursor *c)
{
    return c->p == c->end ? 0 : KG_DAMAGED;
}

/* ---- names ---- */

int kg_names(const kg_file *f, uint32_t row, struct kg_cursor *c)
{
    const unsigned char *p, *end;
    *c = (struct kg_cursor){0};
    if (row_bytes(f, row, &p, &end) || !get_list(&p, end, c))
        return KG_DAMAGED;
    return 0;
}

int kg_name_next(struct kg_cursor *c, struct kg_name *name)
{
    unsigned head;
    if (!c->left)
        return at_end(c);
    if (!kg_get_byte(&c->p, c->end, &head) || head >> KG_NAME_BITS >= KG_LANGS_MAX ||
        !kg_get_span(&c->p, c->end, &name->text))
        return KG_DAMAGED;
    name->kinds = head & ((1u << KG_NAME_BITS) - 1);
    name->lang = head >> KG_NAME_BITS;
    c->left--;
    return 1;
}

struct weir_span kg_label(const kg_file *f, uint32_t row, unsigned lang)
{
    const int mul = kg_lang_find(f, "mul");
    struct weir_span found = {NULL, 0};
    struct kg_cursor c;
    struct kg_name name;
    if (kg_names(f, row, &c))
        return found;
    while (kg_name_next(&c, &name) > 0) {
        if (!(name.kinds & KG_LABEL))
            continue;
        if (name.lang == lang)
            return name.text;
        if ((int)name.lang == mul)
            found = name.text;
    }
    return found;
}

/* ---- values ---- */

static int get_time(const unsigned char **p, const unsigned char *end, struct kg_time *t)
{
    unsigned flags;
    *t = (struct kg_time){.calendar = KG_GREGORIAN};
    if (!kg_get_byte(p, end, &flags) || !kg_get_signed(p, end, &t->year) ||
        !kg_get_byte(p, end, &t->month) || !kg_get_byte(p, end, &t->day) ||
        !kg_get_byte(p, end, &t->precision))
        return 0;
    if (flags & KG_TIME_CLOCK &&
        (!kg_get_byte(p, end, &t->hour) || !kg_get_byte(p, end, &t->minute) ||
         !kg_get_byte(p, end, &t->second)))
        return 0;
    if (flags & KG_TIME_ZONES &&
        (!kg_get_signed(p, end, &t->zone) || !kg_get_signed(p, end, &t->before) ||
         !kg_get_signed(p, end, &t->after)))
        return 0;
    const unsigned calendar = flags >> KG_CALENDAR_SHIFT;
    if (calendar == 1)
        t->calendar = KG_JULIAN;
    return calendar == 2 ? kg_get_id(p, end, &t->calendar) : calendar < 2;
}

static int get_quantity(const unsigned char **p, const unsigned char *end, struct kg_quantity *q)
{
    unsigned flags;
    *q = (struct kg_quantity){0};
    return kg_get_id(p, end, &q->unit) && kg_get_byte(p, end, &flags) && flags < 4 &&
           kg_get_span(p, end, &q->amount) &&
           (!(flags & KG_HAS_LOWER) || kg_get_span(p, end, &q->lower)) &&
           (!(flags & KG_HAS_UPPER) || kg_get_span(p, end, &q->upper));
}

static int get_double(const unsigned char **p, const unsigned char *end, double *v)
{
    if (end - *p < 8)
        return 0;
    memcpy(v, *p, 8);
    *p += 8;
    return 1;
}

static int get_globe(const unsigned char **p, const unsigned char *end, struct kg_globe *g)
{
    unsigned flags;
    *g = (struct kg_globe){.precision = NAN};
    return kg_get_byte(p, end, &flags) && flags < 4 && get_double(p, end, &g->latitude) &&
           get_double(p, end, &g->longitude) &&
           (!(flags & KG_HAS_PRECISION) || get_double(p, end, &g->precision)) &&
           (!(flags & KG_HAS_GLOBE) || kg_get_id(p, end, &g->globe));
}

static int get_value(const unsigned char **p, const unsigned char *end, struct kg_snak *s)
{
    switch (s->kind) {
    case KG_ENTITY:
        return kg_get_id(p, end, &s->u.entity);
    case KG_STRING:
    case KG_OTHER:
        return kg_get_span(p, end, &s->u.text);
    case KG_TIME:
        return get_time(p, end, &s->u.time);
    case KG_QUANTITY:
        return get_quantity(p, end, &s->u.quantity);
    case KG_GLOBE:
        return get_globe(p, end, &s->u.globe);
    case KG_MONOLINGUAL:
        return kg_get_span(p, end, &s->u.monolingual.lang) &&
               kg_get_span(p, end, &s->u.monolingual.text);
    case KG_NO_KIND:
        break;
    }
    return 0;
}

static int get_snak(const unsigned char **p, const unsigned char *end, struct kg_snak *s)
{
    unsigned head;
    memset(s, 0, sizeof *s);
    if (!kg_get_byte(p, end, &head) || !kg_get_byte(p, end, &s->datatype) ||
        s->datatype >= KG_N_DATATYPES || (head & KG_TYPE_MASK) > KG_NOVALUE ||
        head >> KG_KIND_SHIFT > KG_OTHER)
        return 0;
    s->type = (enum kg_snak_type)(head & KG_TYPE_MASK);
    s->kind = (enum kg_kind)(head >> KG_KIND_SHIFT);
    if (s->type != KG_VALUE)
        return s->kind == KG_NO_KIND;
    return get_value(p, end, s);
}

/* ---- statements ---- */

/* The next group of c: its property, flag, count and bytes.  1, 0 behind the last, KG_DAMAGED. */
static int next_group(struct kg_cursor *c, struct kg_cursor *group)
{
    uint64_t head;
    if (!c->left)
        return at_end(c);
    if (!kg_get_varint(&c->p, c->end, &head) || head >> 32 || !get_list(&c->p, c->end, group) ||
        group->left > UINT32_MAX)
        return KG_DAMAGED;
    group->property = (uint32_t)(head >> 1) | KG_PROPERTY;
    group->group_flags = head & 1;
    c->left--;
    return 1;
}

int kg_statements(const kg_file *f, uint32_t row, kg_id property, struct kg_cursor *c)
{
    const unsigned char *p, *end;
    struct kg_cursor names, group;
    *c = (struct kg_cursor){0};
    if (row_bytes(f, row, &p, &end) || !get_list(&p, end, &names) || !get_list(&p, end, c) ||
        p != end)
        return KG_DAMAGED;
    if (!property)
        return 0;
    int rc;
    while ((rc = next_group(c, &group)) > 0 && group.property < property)
        ;
    *c = (struct kg_cursor){0};
    if (rc > 0 && group.property == property) {
        *c = group;
        c->group_left = (uint32_t)group.left;
        c->left = 0;
    }
    return rc < 0 ? rc : 0;
}

/* Moves to a group with statements: groups lie behind one another, so that the end of the cursor
 * stays the end of all. */
static int enter_group(struct kg_cursor *c)
{
    struct kg_cursor group;
    while (!c->group_left) {
        const int rc = next_group(c, &group);
        if (rc <= 0)
            return rc;
        c->p = group.p;
        c->property = group.property;
        c->group_left = (uint32_t)group.left;
        c->group_flags = group.group_flags;
    }
    return 1;
}

int kg_statement_next(struct kg_cursor *c, struct kg_statement *s)
{
    unsigned head;
    const int rc = enter_group(c);
    if (rc <= 0)
        return rc;
    if (!kg_get_byte(&c->p, c->end, &head) || (head & KG_RANK_MASK) > KG_PREFERRED ||
        !get_snak(&c->p, c->end, &s->main))
        return KG_DAMAGED;
    s->main.property = c->property;
    s->rank = (enum kg_rank)(head & KG_RANK_MASK);
    s->best = s->rank == KG_PREFERRED || (s->rank == KG_NORMAL && !c->group_flags);
    s->qualifiers = (struct kg_cursor){0};
    if (head & KG_HAS_QUALIFIERS && !get_list(&c->p, c->end, &s->qualifiers))
        return KG_DAMAGED;
    c->group_left--;
    return 1;
}

int kg_qualifier_next(struct kg_cursor *c, struct kg_snak *q)
{
    uint64_t property;
    if (!c->left)
        return at_end(c);
    if (!kg_get_varint(&c->p, c->end, &property) || property >> 31 || !get_snak(&c->p, c->end, q))
        return KG_DAMAGED;
    q->property = (uint32_t)property | KG_PROPERTY;
    c->left--;
    return 1;
}
