#include "kg2instruction/ie_answer.h"

#include <string.h>

#define NAN_TEXT "NAN"

const struct ie_fields ie_fields[IE_N_TASKS] = {
    [IE_NER] = {2, 1, {"entity", "entity_type"}, {{"实体", "实体类型"}, {"entity", "entity type"}}},
    [IE_RE] = {3,
               1,
               {"head", "relation", "tail"},
               {{"头实体", "关系", "尾实体"}, {"head", "relation", "tail"}}},
    [IE_SPO] = {3,
                1,
                {"head", "relation", "tail"},
                {{"头实体", "关系", "尾实体"}, {"head", "relation", "tail"}}},
    [IE_EE] = {4,
               1,
               {"event_trigger", "event_type", "role", "argument"},
               {{"触发词", "事件类型", "角色", "论元"},
                {"trigger", "event type", "role", "argument"}}},
    [IE_EET] = {2,
                1,
                {"event_trigger", "event_type"},
                {{"触发词", "事件类型"}, {"trigger", "event type"}}},
    [IE_EEA] = {3,
                0,
                {"event_type", "role", "argument"},
                {{"事件类型", "角色", "论元"}, {"event type", "role", "argument"}}},
    [IE_KG] = {3,
               1,
               {"entity", "attribute", "value"},
               {{"实体", "属性", "属性值"}, {"entity", "attribute", "value"}}},
};

int ie_fact_is(enum ie_task task, const struct ie_item *item, const struct ie_fact *f)
{
    if (f->label.p || task != IE_KG)
        return weir_span_eq(item->label, f->label);
    for (size_t i = 0; i < item->n; i++) // a head without a type: by its attribute
        if (weir_span_eq(item->role[i], f->relation))
            return 1;
    return 0;
}

static void quoted(struct weir_buf *b, struct weir_span s)
{
    weir_buf_add_json(b, s);
}

static void comma(struct weir_buf *b, size_t *n)
{
    if ((*n)++)
        weir_buf_adds(b, ", ");
}

/* ---- IEPile's object ---- */

/* Puts brackets around what was written from there on. */
static void bracket(struct weir_buf *b, size_t from)
{
    weir_buf_adds(b, "[]");
    if (b->failed)
        return;
    memmove(b->p + from + 1, b->p + from, b->n - 2 - from);
    b->p[from] = '[';
}

/* The values of an event's role, each once, in the text's order: "NAN", "a" or ["a", "b"]. */
static int put_role(struct weir_buf *b, const struct ie_fact *f, struct weir_span role)
{
    const struct ie_arg *value[IE_MAX_ARGS];
    const size_t from = b->n;
    size_t n = 0, written = 0;
    for (size_t i = 0; i < f->n_args; i++) {
        const struct ie_arg *a = &f->arg[i];
        int is_new = weir_span_eq(a->role, role) && a->text.n > 0;
        for (size_t k = 0; k < n && is_new; k++)
            is_new = !weir_span_eq(value[k]->text, a->text);
        if (!is_new)
            continue;
        size_t k = n++;
        for (; k && value[k - 1]->at > a->at; k--)
            value[k] = value[k - 1];
        value[k] = a;
    }
    for (size_t i = 0; i < n; i++) {
        comma(b, &written);
        quoted(b, value[i]->text);
    }
    if (!n)
        quoted(b, WEIR_LIT(NAN_TEXT));
    if (n > 1)
        bracket(b, from);
    return n > 0;
}

static void put_event(struct weir_buf *b, const struct ie_item *item, const struct ie_fact *f)
{
    size_t n = 0;
    int any = 0;
    weir_buf_adds(b, "{\"trigger\": ");
    quoted(b, f->a.n ? f->a : WEIR_LIT(NAN_TEXT));
    weir_buf_adds(b, ", \"arguments\": {");
    const size_t from = b->n;
    for (size_t i = 0; i < item->n; i++) {
        comma(b, &n);
        quoted(b, item->role[i]);
        weir_buf_adds(b, ": ");
        any |= put_role(b, f, item->role[i]);
    }
    if (!any)
        b->n = from;
    weir_buf_adds(b, "}}");
}

static void put_fact(struct weir_buf *b, enum ie_task task, const struct ie_item *item,
                     const struct ie_fact *f, int subject)
{
    if (task == IE_NER || task == IE_EET) {
        quoted(b, f->a.n || task == IE_NER ? f->a : WEIR_LIT(NAN_TEXT));
    } else if (task == IE_RE || task == IE_SPO) {
        weir_buf_adds(b, subject ? "{\"subject\": " : "{\"head\": ");
        quoted(b, f->a);
        weir_buf_adds(b, subject ? ", \"object\": " : ", \"tail\": ");
        quoted(b, f->b);
        weir_buf_addc(b, '}');
    } else {
        put_event(b, item, f);
    }
}

/* An attribute's values of the head of fact `of`, each once. */
static void put_attribute(struct weir_buf *b, const struct ie_facts *f, size_t of,
                          const struct ie_item *item, struct weir_span attribute, size_t *members)
{
    size_t n = 0, from = 0;
    for (size_t i = of; i < f->n; i++) {
        const struct ie_fact *x = &f->at[i];
        if (!weir_span_eq(x->a, f->at[of].a) || !weir_span_eq(x->relation, attribute) ||
            !ie_fact_is(IE_KG, item, x))
            continue;
        int seen = 0;
        for (size_t k = of; k < i && !seen; k++)
            seen = weir_span_eq(f->at[k].a, x->a) && weir_span_eq(f->at[k].relation, attribute) &&
                   weir_span_eq(f->at[k].b, x->b);
        if (seen)
            continue;
        if (!n) {
            comma(b, members);
            quoted(b, attribute);
            weir_buf_adds(b, ": ");
            from = b->n;
        }
        comma(b, &n);
        quoted(b, x->b);
    }
    if (n > 1)
        bracket(b, from);
}

static void put_type(struct weir_buf *b, const struct ie_item *item, const struct ie_facts *f)
{
    size_t n = 0;
    weir_buf_addc(b, '{');
    for (size_t i = 0; i < f->n; i++) {
        int first = ie_fact_is(IE_KG, item, &f->at[i]);
        for (size_t k = 0; k < i && first; k++)
            first = !(weir_span_eq(f->at[k].a, f->at[i].a) && ie_fact_is(IE_KG, item, &f->at[k]));
        if (!first)
            continue;
        const size_t from = b->n, before = n;
        size_t members = 0;
        comma(b, &n);
        quoted(b, f->at[i].a);
        weir_buf_adds(b, ": {");
        for (size_t k = 0; k < item->n; k++)
            put_attribute(b, f, i, item, item->role[k], &members);
        weir_buf_addc(b, '}');
        if (!members) { // none of the attributes that are asked for
            b->n = from;
            n = before;
        }
    }
    weir_buf_addc(b, '}');
}

/* Two items of SPO may have one predicate: it is one key. */
static struct weir_span key_of(enum ie_task task, const struct ie_item *item)
{
    return task == IE_SPO ? item->predicate : item->label;
}

void ie_answer_object(struct weir_buf *b, enum ie_task task, const struct ie_group *g,
                      const struct ie_facts *f, int subject)
{
    size_t n = 0;
    weir_buf_addc(b, '{');
    for (size_t i = 0; i < g->n; i++) {
        int again = 0;
        for (size_t k = 0; k < i; k++)
            again |= weir_span_eq(key_of(task, &g->item[k]), key_of(task, &g->item[i]));
        if (again)
            continue;
        comma(b, &n);
        quoted(b, key_of(task, &g->item[i]));
        weir_buf_adds(b, ": ");
        if (task == IE_KG) {
            put_type(b, &g->item[i], f);
            continue;
        }
        weir_buf_addc(b, '[');
        size_t m = 0;
        for (size_t x = 0; x < f->n; x++) {
            const struct ie_item *of = NULL;
            for (size_t k = i; k < g->n && !of; k++)
                if (weir_span_eq(key_of(task, &g->item[k]), key_of(task, &g->item[i])) &&
                    ie_fact_is(task, &g->item[k], &f->at[x]))
                    of = &g->item[k];
            if (!of)
                continue;
            comma(b, &m);
            put_fact(b, task, of, &f->at[x], subject);
        }
        weir_buf_addc(b, ']');
    }
    weir_buf_addc(b, '}');
}

/* ---- rows ---- */

struct rows {
    struct weir_buf *b;
    const struct ie_fields *fields;
    enum ie_lang lang;
    enum ie_format format;
    size_t n;
};

static void text(struct weir_buf *b, struct weir_span s)
{
    weir_buf_add(b, s.p, s.n);
}

static void put_sentence(const struct rows *r, const struct weir_span *v)
{
    for (size_t i = 0; i < r->fields->n; i++) {
        const char *name = r->fields->name[r->lang][i];
        if (r->lang == IE_ZH)
            weir_buf_addf(r->b, "%s%s是", i ? "，" : "", name);
        else
            weir_buf_addf(r->b, "%s %s is ", i ? ", the" : "The", name);
        text(r->b, v[i]);
    }
    weir_buf_adds(r->b, r->lang == IE_ZH ? "。" : ".");
}

static void put_row(struct rows *r, const struct weir_span *v)
{
    struct weir_buf *b = r->b;
    const struct ie_fields *f = r->fields;
    size_t n = 0;
    if (r->n++)
        weir_buf_addc(b, '\n');
    switch (r->format) {
    case IE_ROWS_TRIPLES:
        for (size_t i = 0; i < f->n; i++) {
            weir_buf_addc(b, i ? ',' : '(');
            text(b, v[i]);
        }
        weir_buf_addc(b, ')');
        break;
    case IE_ROWS_LABELS:
        text(b, v[f->label]);
        weir_buf_adds(b, r->lang == IE_ZH ? "：" : ": ");
        for (size_t i = 0; i < f->n; i++) {
            if (i == f->label)
                continue;
            weir_buf_adds(b, n++ ? "," : "");
            text(b, v[i]);
        }
        break;
    case IE_ROWS_SENTENCES:
        put_sentence(r, v);
        break;
    default:
        for (size_t i = 0; i < f->n; i++) {
            weir_buf_addf(b, "%s\"%s\": ", i ? ", " : "{", f->key[i]);
            quoted(b, v[i]);
        }
        weir_buf_addc(b, '}');
    }
}

static void put_arguments(struct rows *r, enum ie_task task, const struct ie_item *item,
                          const struct ie_fact *f)
{
    const struct weir_span trigger = f->a.n ? f->a : WEIR_LIT(NAN_TEXT);
    size_t n = 0;
    for (size_t k = 0; k < item->n; k++)
        for (size_t i = 0; i < f->n_args; i++) {
            if (!weir_span_eq(f->arg[i].role, item->role[k]))
                continue;
            const struct weir_span row[] = {trigger, f->label, f->arg[i].role, f->arg[i].text};
            put_row(r, task == IE_EE ? row : row + 1);
            n++;
        }
    if (!n && task == IE_EE)
        put_row(r, (struct weir_span[]){trigger, f->label, WEIR_LIT(NAN_TEXT), WEIR_LIT(NAN_TEXT)});
}

static void put_fact_rows(struct rows *r, enum ie_task task, const struct ie_item *item,
                          const struct ie_fact *f)
{
    if (task == IE_EE || task == IE_EEA) {
        put_arguments(r, task, item, f);
    } else if (f->relation.p) {
        int asked = task != IE_KG;
        for (size_t i = 0; i < item->n && !asked; i++)
            asked = weir_span_eq(item->role[i], f->relation);
        if (asked)
            put_row(r, (struct weir_span[]){f->a, f->relation, f->b});
    } else {
        put_row(r, (struct weir_span[]){f->a.n ? f->a : WEIR_LIT(NAN_TEXT), f->label});
    }
}

void ie_answer_rows(struct weir_buf *b, enum ie_task task, enum ie_lang lang, enum ie_format format,
                    const struct ie_group *g, const struct ie_facts *f)
{
    struct rows r = {.b = b, .fields = &ie_fields[task], .lang = lang, .format = format};
    for (size_t i = 0; i < g->n; i++)
        for (size_t x = 0; x < f->n; x++)
            if (ie_fact_is(task, &g->item[i], &f->at[x]))
                put_fact_rows(&r, task, &g->item[i], &f->at[x]);
    if (!r.n)
        weir_buf_adds(b, NAN_TEXT);
}

/* ---- what is asked for ---- */

static void put_texts(struct weir_buf *b, const struct weir_span *s, size_t n)
{
    weir_buf_addc(b, '[');
    for (size_t i = 0, k = 0; i < n; i++) {
        comma(b, &k);
        quoted(b, s[i]);
    }
    weir_buf_addc(b, ']');
}

static void put_triggers(struct weir_buf *b, const struct ie_item *item, const struct ie_facts *f)
{
    size_t n = 0;
    weir_buf_adds(b, ", \"trigger\": [");
    for (size_t i = 0; i < f->n; i++) {
        if (!ie_fact_is(IE_EEA, item, &f->at[i]))
            continue;
        comma(b, &n);
        quoted(b, f->at[i].a.n ? f->at[i].a : WEIR_LIT(NAN_TEXT));
    }
    weir_buf_addc(b, ']');
}

static void put_item(struct weir_buf *b, enum ie_task task, const struct ie_item *item,
                     const struct ie_facts *triggers)
{
    switch (task) {
    case IE_SPO:
        weir_buf_adds(b, "{\"subject_type\": ");
        quoted(b, item->subject);
        weir_buf_adds(b, ", \"predicate\": ");
        quoted(b, item->predicate);
        weir_buf_adds(b, ", \"object_type\": ");
        quoted(b, item->object);
        weir_buf_addc(b, '}');
        break;
    case IE_EE:
    case IE_EEA:
        weir_buf_adds(b, "{\"event_type\": ");
        quoted(b, item->label);
        if (task == IE_EE)
            weir_buf_adds(b, ", \"trigger\": true");
        else if (triggers)
            put_triggers(b, item, triggers);
        weir_buf_adds(b, ", \"arguments\": ");
        put_texts(b, item->role, item->n);
        weir_buf_addc(b, '}');
        break;
    case IE_KG:
        weir_buf_adds(b, "{\"entity_type\": ");
        quoted(b, item->label);
        weir_buf_adds(b, ", \"attributes\": ");
        put_texts(b, item->role, item->n);
        weir_buf_addc(b, '}');
        break;
    default:
        quoted(b, item->label);
    }
}

void ie_group_put(struct weir_buf *b, enum ie_task task, const struct ie_group *g,
                  const struct ie_facts *triggers)
{
    weir_buf_addc(b, '[');
    for (size_t i = 0, n = 0; i < g->n; i++) {
        comma(b, &n);
        put_item(b, task, &g->item[i], triggers);
    }
    weir_buf_addc(b, ']');
}

void ie_group_words(struct weir_buf *b, enum ie_task task, enum ie_lang lang,
                    const struct ie_group *g)
{
    const char *between = lang == IE_ZH ? "、" : ", ";
    for (size_t i = 0; i < g->n; i++) {
        const struct ie_item *item = &g->item[i];
        weir_buf_adds(b, i ? between : "");
        if (task == IE_SPO) {
            weir_buf_addf(b, "%.*s-", (int)item->subject.n, item->subject.p);
            text(b, item->predicate);
            weir_buf_addf(b, "-%.*s", (int)item->object.n, item->object.p);
        } else {
            text(b, item->label);
        }
        for (size_t k = 0; k < item->n; k++) {
            weir_buf_adds(b, k ? between : lang == IE_ZH ? "（" : " (");
            text(b, item->role[k]);
        }
        if (item->n)
            weir_buf_adds(b, lang == IE_ZH ? "）" : ")");
    }
}
