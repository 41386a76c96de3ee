/* Pieces with their entities and triples as documents: docs/formats.md, "Annotated documents". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kg2instruction/ann_doc.h"

static int is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Members of the document that the piece takes over; id, text and places are its own. */
static void add_members(struct ann_doc *d, struct weir_buf *b, size_t piece, int whole)
{
    static const char *const ours[] = {"text",  "links",    "subject",  "piece",
                                       "topic", "entities", "relations"};
    for (size_t i = 0; i < d->doc.n_f; i++) {
        const struct weir_field *f = &d->doc.f[i];
        int skip = 0;
        for (size_t k = 0; k < sizeof ours / sizeof *ours; k++)
            skip |= weir_span_is(f->key, ours[k]);
        if (skip)
            continue;
        weir_buf_add_json(b, f->key);
        weir_buf_addc(b, ':');
        if (!whole && weir_span_is(f->key, "id") && f->type == WEIR_JSON_STRING) {
            weir_buf_add(b, f->raw.p, f->raw.n - 1);
            weir_buf_addf(b, "#%zu\"", piece);
        } else
            weir_buf_add(b, f->raw.p, f->raw.n);
        weir_buf_addc(b, ',');
    }
}

static void add_string(struct weir_buf *b, const char *s)
{
    weir_buf_add_json(b, weir_span(s, strlen(s)));
}

static void add_decimal(struct weir_buf *b, struct ann_decimal v)
{
    char digits[32];
    const int n = snprintf(digits, sizeof digits, "%lld", (long long)(v.m < 0 ? -v.m : v.m));
    if (v.m < 0)
        weir_buf_addc(b, '-');
    if (v.e >= 0) {
        weir_buf_adds(b, digits);
        for (int i = 0; i < v.e && v.m; i++)
            weir_buf_addc(b, '0');
        return;
    }
    const int point = n + v.e; // digits before it
    if (point <= 0) {
        weir_buf_adds(b, "0.");
        for (int i = point; i < 0; i++)
            weir_buf_addc(b, '0');
        weir_buf_adds(b, digits);
        return;
    }
    weir_buf_add(b, digits, (size_t)point);
    weir_buf_addc(b, '.');
    weir_buf_adds(b, digits + point);
}

static void add_value(struct weir_buf *b, const struct ann_value *v)
{
    weir_buf_adds(b, ",\"value\":{");
    if (v->is_time) {
        const struct ann_time *t = &v->time;
        weir_buf_addf(b, "\"time\":\"%c%04d-%02u-%02u\",\"precision\":%u}", t->year < 0 ? '-' : '+',
                      t->year < 0 ? -t->year : t->year, t->month, t->day, t->precision);
        return;
    }
    weir_buf_adds(b, "\"amount\":\"");
    add_decimal(b, v->quantity.amount);
    weir_buf_addf(b, "\",\"unit\":\"Q%u\"}", v->quantity.unit->qid);
}

static unsigned type_of(const struct ann_doc *d, const struct ann_mark *m)
{
    if (m->entity != ANN_NONE_ENTITY)
        return d->entities[m->entity].topic;
    return d->values.at[m->value].is_time ? ANN_TIME_TYPE : ANN_QUANTITY_TYPE;
}

static struct weir_span name_of(const struct ann_doc *d, const struct ann_mark *m)
{
    return weir_span(d->doc.text.p + m->src, m->n);
}

static void add_range(struct weir_buf *b, size_t at, size_t n)
{
    weir_buf_addf(b, "{\"at\":%zu,\"n\":%zu", at, n);
}

static struct weir_span label_of(const struct ann_doc *d, uint32_t row)
{
    struct kg_cursor c;
    struct kg_name name;
    const struct weir_span label = kg_label(d->sh->kg, row, d->lang >= 0 ? (unsigned)d->lang : 0);
    if (label.n || kg_names(d->sh->kg, row, &c))
        return label;
    return kg_name_next(&c, &name) > 0 ? name.text : label;
}

static void add_entity(const struct ann_doc *d, struct weir_buf *b, const struct ann_mark *m,
                       size_t from)
{
    static const char *const by[] = {"subject", "link", "alias", "name", "value"};
    add_range(b, m->src - from, m->n);
    weir_buf_adds(b, ",\"name\":");
    weir_buf_add_json(b, name_of(d, m));
    if (m->entity != ANN_NONE_ENTITY) {
        weir_buf_addf(b, ",\"qid\":\"Q%u\",\"label\":", d->entities[m->entity].id);
        weir_buf_add_json_lossy(b, label_of(d, d->entities[m->entity].row));
    } else {
        weir_buf_adds(b, ",\"qid\":null");
        add_value(b, &d->values.at[m->value]);
    }
    weir_buf_addf(b, ",\"type\":\"%s\",\"by\":\"%s\"}", ann_topic_name(type_of(d, m), d->english),
                  by[m->by]);
}

static void add_relation_name(const struct ann_doc *d, struct weir_buf *b,
                              const struct ann_triple *t)
{
    if (t->relation) {
        add_string(b, d->english ? t->relation->en : t->relation->zh);
        return;
    }
    if (!t->pid) {
        add_string(b, d->english ? "alternative name" : "别名");
        return;
    }
    const uint32_t row = kg_find(d->sh->kg, KG_P(t->pid));
    const struct weir_span label = row == KG_NOT_FOUND ? weir_span(NULL, 0) : label_of(d, row);
    if (label.n)
        weir_buf_add_json_lossy(b, label);
    else
        weir_buf_addf(b, "\"P%u\"", t->pid);
}

static void add_evidence(const struct ann_doc *d, struct weir_buf *b, const struct ann_triple *t,
                         size_t from)
{
    static const char *const times[] = {"", "compatible", "coarser", "calendar", "same"};
    static const char *const quantities[] = {"", "near", "rounded", "same"};
    const struct ann_mark *m = &d->marks[t->tail];
    weir_buf_addf(b, "{\"rule\":\"%s\"", t->rule);
    if (t->cue_n) {
        const struct weir_span s = ann_text_source(&d->text, t->cue, t->cue + t->cue_n);
        weir_buf_adds(b, ",\"cue\":");
        add_range(b, (size_t)(s.p - d->doc.text.p) - from, s.n);
        weir_buf_addc(b, '}');
    }
    weir_buf_adds(b, ",\"sentences\":[");
    for (uint32_t s = t->from; s <= t->to; s++) {
        if (s > t->from)
            weir_buf_addc(b, ',');
        add_range(b, d->sentences[s].src - from, d->sentences[s].end - d->sentences[s].src);
        weir_buf_addc(b, '}');
    }
    weir_buf_addc(b, ']');
    if (m->entity == ANN_NONE_ENTITY)
        weir_buf_addf(b, ",\"match\":\"%s\"",
                      d->values.at[m->value].is_time ? times[t->match] : quantities[t->match]);
    weir_buf_addc(b, '}');
}

static void add_triple(const struct ann_doc *d, struct weir_buf *b, const struct ann_triple *t,
                       size_t from, size_t first)
{
    const struct ann_mark *h = &d->marks[t->head], *m = &d->marks[t->tail];
    weir_buf_adds(b, "{\"head\":");
    weir_buf_add_json(b, name_of(d, h));
    weir_buf_addf(b,
                  ",\"head_type\":\"%s\",\"relation\":", ann_topic_name(type_of(d, h), d->english));
    add_relation_name(d, b, t);
    weir_buf_adds(b, ",\"tail\":");
    weir_buf_add_json(b, name_of(d, m));
    weir_buf_addf(b, ",\"tail_type\":\"%s\",\"pid\":", ann_topic_name(type_of(d, m), d->english));
    if (t->pid)
        weir_buf_addf(b, "\"P%u\"", t->pid);
    else
        weir_buf_adds(b, "null");
    weir_buf_addf(b, ",\"h\":%zu,\"t\":%zu,\"evidence\":", t->head - first, t->tail - first);
    add_evidence(d, b, t, from);
    weir_buf_addc(b, '}');
}

struct part {
    size_t number, from, end; // of the text
    size_t mark, n_marks;     // its marks
    size_t triple, n_triples;
};

static void add_part(struct ann_doc *d, struct weir_buf *b, const struct part *p, int whole)
{
    weir_buf_addc(b, '{');
    add_members(d, b, p->number, whole);
    weir_buf_adds(b, "\"text\":");
    weir_buf_add_json(b, weir_span(d->doc.text.p + p->from, p->end - p->from));
    if (!whole) {
        weir_buf_adds(b, ",\"piece\":");
        add_range(b, p->from, p->end - p->from);
        weir_buf_addc(b, '}');
    }
    weir_buf_addf(b, ",\"topic\":\"%s\",\"entities\":[", ann_topic_name(d->topic, d->english));
    for (size_t i = 0; i < p->n_marks; i++) {
        if (i)
            weir_buf_addc(b, ',');
        add_entity(d, b, &d->marks[p->mark + i], p->from);
    }
    weir_buf_adds(b, "],\"relations\":[");
    for (size_t i = 0; i < p->n_triples; i++) {
        if (i)
            weir_buf_addc(b, ',');
        add_triple(d, b, &d->triples[p->triple + i], p->from, p->mark);
    }
    weir_buf_adds(b, "]}\n");
}

int ann_write(struct ann_doc *d, struct weir_buf *to, uint32_t *n_out, struct weir_err *err)
{
    const int whole = d->sh->opt->pieces == WEIR_KG_DOCUMENTS;
    struct part p = {0};
    *n_out = 0;
    for (size_t i = 0; i < d->n_pieces; i++) {
        p.number = i;
        p.from = d->pieces[i].src;
        p.end = d->pieces[i].end;
        while (p.end > p.from && !whole && is_blank(d->doc.text.p[p.end - 1]))
            p.end--;
        p.mark += p.n_marks;
        p.triple += p.n_triples;
        p.n_marks = p.n_triples = 0;
        while (p.mark + p.n_marks < d->n_marks && d->marks[p.mark + p.n_marks].piece == i)
            p.n_marks++;
        while (p.triple + p.n_triples < d->n_triples &&
               d->triples[p.triple + p.n_triples].piece == i)
            p.n_triples++;
        if (p.end == p.from || (!p.n_triples && !d->sh->opt->keep_empty))
            continue;
        add_part(d, to, &p, whole);
        ++*n_out;
    }
    return weir_buf_check(to, err);
}
