#include "kg2instruction/ie_predict.h"

#include <string.h>

struct reader {
    struct ie_tuples *t;
    struct ie_doc *d;
    enum ie_task task;
    int failed, understood;
};

static int is_nan(struct weir_span s)
{
    return weir_span_is(s, "NAN") || weir_span_is(s, "NaN") || weir_span_is(s, "nan") ||
           weir_span_is(s, "无");
}

static void add(struct reader *r, int is_argument, struct weir_span type, struct weir_span a,
                struct weir_span b)
{
    if (weir_grow(&r->t->at, &r->t->cap, r->t->n + 1, sizeof *r->t->at)) {
        r->failed = 1;
        return;
    }
    r->t->at[r->t->n++] = (struct ie_tuple){is_argument, type, a, b};
}

static int is_event(enum ie_task task)
{
    return task == IE_EE || task == IE_EEA;
}

/* Of EEA the trigger is given, not found. */
static struct weir_span trigger_of(enum ie_task task, struct weir_span s)
{
    return task == IE_EEA || !s.p ? weir_span("", 0) : s;
}

int ie_tuples_of(struct ie_tuples *t, enum ie_task task, const struct ie_facts *f)
{
    struct reader r = {.t = t, .task = task};
    const struct weir_span none = weir_span("", 0);
    for (size_t i = 0; i < f->n; i++) {
        const struct ie_fact *x = &f->at[i];
        if (x->relation.p)
            add(&r, 0, x->relation, x->a, x->b);
        else
            add(&r, 0, x->label, is_event(task) ? trigger_of(task, x->a) : x->a, none);
        for (size_t k = 0; k < x->n_args && is_event(task); k++)
            add(&r, 1, x->label, x->arg[k].role, x->arg[k].text);
    }
    return r.failed ? WEIR_EMEM : 0;
}

/* ---- JSON ---- */

static void read_roles(struct reader *r, struct weir_span type, const struct ie_val *v,
                       const char *skip)
{
    for (size_t i = 0; v && v->type == WEIR_JSON_OBJECT && i < v->n; i++) {
        const struct ie_val *m = &v->kid[i];
        if (skip && weir_span_is(m->key, skip))
            continue;
        for (size_t k = 0; k < (m->type == WEIR_JSON_ARRAY ? m->n : 1); k++) {
            const struct ie_val *x = m->type == WEIR_JSON_ARRAY ? &m->kid[k] : m;
            if (x->type == WEIR_JSON_STRING && !weir_span_is(x->str, "NAN"))
                add(r, 1, type, m->key, x->str);
        }
    }
}

/* {"trigger", "arguments": {role: …}}; of EEA also the roles alone. */
static void read_event(struct reader *r, struct weir_span type, const struct ie_val *v)
{
    const struct ie_val *args = ie_get(v, "arguments"), *trigger = ie_get(v, "trigger");
    if (trigger && trigger->type != WEIR_JSON_STRING && r->task == IE_EE)
        return;
    add(r, 0, type, trigger_of(r->task, ie_text(v, "trigger")), weir_span("", 0));
    if (args || r->task == IE_EE)
        read_roles(r, type, args, NULL);
    else
        read_roles(r, type, v, "trigger");
}

/* A value under its label in IEPile's object. */
static void read_under(struct reader *r, struct weir_span label, const struct ie_val *v)
{
    if (v->type == WEIR_JSON_STRING) {
        if (r->task == IE_NER || r->task == IE_EET)
            add(r, 0, label, v->str, weir_span("", 0));
    } else if (v->type == WEIR_JSON_OBJECT && (r->task == IE_RE || r->task == IE_SPO)) {
        const struct ie_val *a = ie_get(v, "subject"), *b = ie_get(v, "object");
        a = a ? a : ie_get(v, "head");
        b = b ? b : ie_get(v, "tail");
        const struct weir_span none = weir_span("", 0);
        if ((!a || a->type == WEIR_JSON_STRING) && (!b || b->type == WEIR_JSON_STRING))
            add(r, 0, label, a ? a->str : none, b ? b->str : none);
    } else if (v->type == WEIR_JSON_OBJECT && is_event(r->task)) {
        read_event(r, label, v);
    }
}

/* {entity: {attribute: value or values}} */
static void read_attributes(struct reader *r, const struct ie_val *v)
{
    for (size_t i = 0; v->type == WEIR_JSON_OBJECT && i < v->n; i++) {
        const struct ie_val *e = &v->kid[i];
        for (size_t k = 0; e->type == WEIR_JSON_OBJECT && k < e->n; k++) {
            const struct ie_val *m = &e->kid[k];
            for (size_t x = 0; x < (m->type == WEIR_JSON_ARRAY ? m->n : 1); x++) {
                const struct ie_val *s = m->type == WEIR_JSON_ARRAY ? &m->kid[x] : m;
                if (s->type == WEIR_JSON_STRING && !is_nan(s->str))
                    add(r, 0, m->key, e->key, s->str);
            }
        }
    }
}

/* The fields of a row, as tuples; an event's row is its trigger and one argument. */
static void add_row(struct reader *r, const struct weir_span *v)
{
    const struct weir_span none = weir_span("", 0);
    switch (r->task) {
    case IE_NER:
    case IE_EET:
        add(r, 0, v[1], v[0], none);
        break;
    case IE_EE:
    case IE_EEA: {
        const size_t at = r->task == IE_EE; // of the type
        const struct weir_span trigger = at ? v[0] : none;
        const struct ie_tuple *last = NULL; // rows of one event follow each other
        for (size_t i = r->t->n; i-- && !last;)
            if (!r->t->at[i].is_argument)
                last = &r->t->at[i];
        if (!last || !weir_span_eq(last->a, trigger) || !weir_span_eq(last->type, v[at]))
            add(r, 0, v[at], trigger, none);
        if (!is_nan(v[at + 2]))
            add(r, 1, v[at], v[at + 1], v[at + 2]);
        break;
    }
    default:
        add(r, 0, v[1], v[0], v[2]);
    }
    r->understood = 1;
}

/* {"head", "relation", "tail"} … */
static int read_row(struct reader *r, const struct ie_val *v)
{
    const struct ie_fields *f = &ie_fields[r->task];
    struct weir_span field[IE_MAX_FIELDS];
    for (size_t i = 0; i < f->n; i++) {
        field[i] = ie_text(v, f->key[i]);
        if (!field[i].p)
            return 0;
    }
    add_row(r, field);
    return 1;
}

static void read_object(struct reader *r, const struct ie_val *v)
{
    if (read_row(r, v))
        return;
    for (size_t i = 0; i < v->n; i++) {
        const struct ie_val *m = &v->kid[i];
        const int is_list = m->type == WEIR_JSON_ARRAY;
        if (r->task == IE_KG && m->type == WEIR_JSON_OBJECT)
            read_attributes(r, m);
        else if (r->task != IE_KG)
            for (size_t k = 0; is_list && k < m->n; k++)
                read_under(r, m->key, &m->kid[k]);
        r->understood |= is_list || (r->task == IE_KG && m->type == WEIR_JSON_OBJECT);
    }
    r->understood |= !v->n;
}

/* Objects in lists, and lists as rows: ["head", "relation", "tail"]. */
static void read_list(struct reader *r, const struct ie_val *v)
{
    const struct ie_fields *f = &ie_fields[r->task];
    struct weir_span field[IE_MAX_FIELDS];
    size_t n = 0;
    for (size_t i = 0; i < v->n; i++) {
        const struct ie_val *x = &v->kid[i];
        if (x->type == WEIR_JSON_OBJECT)
            read_object(r, x);
        else if (x->type == WEIR_JSON_ARRAY)
            read_list(r, x);
        else if (x->type == WEIR_JSON_STRING && n < f->n)
            field[n++] = x->str;
    }
    if (n == f->n && v->n == n)
        add_row(r, field);
    r->understood |= !v->n;
}

/* All values of JSON that stand in the text. */
static void read_values(struct reader *r, struct weir_span s)
{
    for (size_t at = 0; at < s.n;) {
        const char *p = s.p + at;
        while (at < s.n && *p != '{' && *p != '[')
            p++, at++;
        if (at == s.n)
            break;
        const size_t from = at;
        const struct ie_val *v = ie_parse(r->d, s, &at);
        if (v && v->type == WEIR_JSON_OBJECT)
            read_object(r, v);
        else if (v && v->type == WEIR_JSON_ARRAY)
            read_list(r, v);
        if (at <= from)
            at = from + 1;
    }
}

/* ---- lines ---- */

static struct weir_span trim(struct weir_span s)
{
    while (s.n && strchr(" \t\r\n", s.p[0]) && s.p[0])
        s.p++, s.n--;
    while (s.n && strchr(" \t\r\n", s.p[s.n - 1]) && s.p[s.n - 1])
        s.n--;
    return s;
}

static const char *find(struct weir_span s, const char *sign)
{
    return s.n ? memmem(s.p, s.n, sign, strlen(sign)) : NULL;
}

/* Cuts s before sign, or its full-width form; the rest is behind.  0 when neither is there. */
static int cut(struct weir_span *s, const char *sign, const char *wide, struct weir_span *head)
{
    const char *p = find(*s, sign), *q = find(*s, wide);
    const char *hit = !q || (p && p < q) ? p : q;
    if (!hit)
        return 0;
    const size_t n = strlen(hit == p ? sign : wide);
    *head = weir_span(s->p, (size_t)(hit - s->p));
    *s = weir_span(hit + n, s->n - head->n - n);
    return 1;
}

/* "(a,b,c)": the last field takes what commas are left. */
static int read_triple(struct reader *r, struct weir_span line)
{
    const size_t n = ie_fields[r->task].n;
    struct weir_span field[IE_MAX_FIELDS], before;
    int any = 0;
    while (cut(&line, "(", "（", &before)) {
        struct weir_span in;
        size_t i = 0;
        if (!cut(&line, ")", "）", &in)) {
            in = line;
            line.n = 0; // cut off
        }
        for (; i + 1 < n && cut(&in, ",", "，", &field[i]); i++)
            field[i] = trim(field[i]);
        field[i++] = trim(in);
        if (i == n && field[n - 1].n) {
            add_row(r, field);
            any = 1;
        }
    }
    return any;
}

/* "头实体是a，关系是b，尾实体是c。", "The head is a, the relation is b, the tail is c." */
static int read_sentence(struct reader *r, struct weir_span line, enum ie_lang lang)
{
    const struct ie_fields *f = &ie_fields[r->task];
    const char *end = lang == IE_ZH ? "。" : ".";
    struct weir_span field[IE_MAX_FIELDS], before;
    struct weir_buf mark = {0};
    size_t i = 0;
    for (; i <= f->n; i++) {
        mark.n = 0;
        if (i < f->n)
            weir_buf_addf(&mark, lang == IE_ZH ? "%s%s是" : "%s%s is ",
                          lang == IE_ZH ? (i ? "，" : "") : (i ? ", the " : "The "),
                          f->name[lang][i]);
        weir_buf_addc(&mark, '\0');
        if (mark.failed)
            break;
        if (i < f->n && !cut(&line, mark.p, mark.p, &before))
            break;
        if (i)
            field[i - 1] = i < f->n ? trim(before) : trim(line);
    }
    r->failed |= mark.failed;
    weir_buf_free(&mark);
    if (i <= f->n)
        return 0;
    struct weir_span *last = &field[f->n - 1];
    const size_t n = strlen(end);
    if (last->n >= n && !memcmp(last->p + last->n - n, end, n))
        last->n -= n;
    add_row(r, field);
    return 1;
}

/* "relation：head,tail" */
static int read_labelled(struct reader *r, struct weir_span line)
{
    const struct ie_fields *f = &ie_fields[r->task];
    struct weir_span field[IE_MAX_FIELDS], label;
    size_t i = 0, left = f->n - 1;
    if (!cut(&line, ":", "：", &label))
        return 0;
    for (; i < f->n; i++) {
        if (i == f->label) {
            field[i] = trim(label);
            continue;
        }
        if (--left && !cut(&line, ",", "，", &field[i]))
            return 0;
        field[i] = trim(left ? field[i] : line);
        if (!field[i].n)
            return 0;
    }
    add_row(r, field);
    return field[f->label].n > 0;
}

static void read_lines(struct reader *r, struct weir_span s)
{
    while (s.n) {
        struct weir_span line;
        if (!cut(&s, "\n", "\n", &line)) {
            line = s;
            s.n = 0;
        }
        line = trim(line);
        if (!line.n)
            continue;
        if (is_nan(line))
            r->understood = 1;
        else if (!read_sentence(r, line, IE_ZH) && !read_sentence(r, line, IE_EN) &&
                 !read_triple(r, line))
            read_labelled(r, line);
    }
}

static int read_strictly(struct reader *r, struct weir_span answer, weir_json *json)
{
    struct weir_buf copy = {0};
    struct weir_err err = {0};
    struct weir_field *f;
    size_t n, at = 0;
    weir_buf_add(&copy, answer.p, answer.n);
    const int bad =
        weir_buf_check(&copy, &err) || weir_json_object(json, copy.p, copy.n, &f, &n, &err);
    weir_buf_free(&copy);
    if (err.code == WEIR_EMEM)
        return WEIR_EMEM;
    const struct ie_val *v = bad ? NULL : ie_parse(r->d, answer, &at);
    if (v)
        read_object(r, v);
    return r->failed || r->d->failed ? WEIR_EMEM : v != NULL;
}

int ie_tuples_read(struct ie_tuples *t, struct ie_doc *d, enum ie_task task,
                   struct weir_span answer, weir_json *strict)
{
    struct reader r = {.t = t, .d = d, .task = task};
    d->loose = !strict;
    answer = trim(answer);
    if (strict)
        return read_strictly(&r, answer, strict);
    read_values(&r, answer);
    if (!r.understood)
        read_lines(&r, answer);
    return r.failed || d->failed ? WEIR_EMEM : r.understood;
}
