#include "kg2instruction/ie_facts.h"

#include <stdlib.h>
#include <string.h>

const char *const ie_task_names[IE_N_TASKS] = {"NER", "RE", "SPO", "EE", "EET", "EEA", "KG"};

static size_t find(struct weir_span text, struct weir_span s)
{
    const char *p = s.n ? memmem(text.p, text.n, s.p, s.n) : NULL;
    return p ? (size_t)(p - text.p) : SIZE_MAX;
}

/* The byte of the text where a fact's words stand: its offset, in characters, or the first place
 * that has them. */
static size_t place(struct weir_span text, const struct ie_val *v, const char *key,
                    struct weir_span s)
{
    const struct ie_val *o = ie_get(v, key);
    uint64_t from;
    if (!o || o->type != WEIR_JSON_ARRAY || o->n != 2 || ie_whole(&o->kid[0], &from))
        return find(text, s);
    size_t i = 0;
    for (uint64_t k = 0; k < from && i < text.n; k++)
        do
            i++;
        while (i < text.n && ((unsigned char)text.p[i] & 0xC0) == 0x80);
    return text.n - i >= s.n && !memcmp(text.p + i, s.p, s.n) ? i : find(text, s);
}

/* {"entity", "entity_type"}, or [entity, type]. */
static int read_entity(const struct ie_val *v, struct weir_span text, struct ie_fact *f)
{
    f->a = ie_text(v, "entity");
    f->label = ie_text(v, "entity_type");
    if (v->type == WEIR_JSON_ARRAY && v->n == 2 && v->kid[0].type == WEIR_JSON_STRING &&
        v->kid[1].type == WEIR_JSON_STRING) {
        f->a = v->kid[0].str;
        f->label = v->kid[1].str;
    }
    f->a_at = place(text, v, "offset", f->a);
    f->b_at = 0;
    return f->a.p && f->label.p ? 0 : -1;
}

static int spo_label(struct ie_doc *d, struct ie_fact *f)
{
    const struct weir_span part[] = {f->a_type, f->relation, f->b_type};
    size_t n = 2;
    for (int i = 0; i < 3; i++) {
        if (!part[i].p)
            return -1;
        n += part[i].n;
    }
    char *p = ie_alloc(d, n);
    if (!p)
        return WEIR_EMEM;
    f->label = weir_span(p, n);
    for (int i = 0; i < 3; i++) {
        if (i)
            *p++ = '_';
        memcpy(p, part[i].p, part[i].n);
        p += part[i].n;
    }
    return 0;
}

static int read_relation(struct ie_doc *d, enum ie_task task, const struct ie_val *v,
                         struct weir_span text, struct ie_fact *f)
{
    f->a = ie_text(v, "head");
    f->b = ie_text(v, "tail");
    f->relation = f->label = ie_text(v, "relation");
    f->a_type = ie_text(v, "head_type");
    f->b_type = ie_text(v, "tail_type");
    f->a_at = place(text, v, "head_offset", f->a);
    f->b_at = place(text, v, "tail_offset", f->b);
    if (!f->a.p || !f->b.p || !f->relation.p)
        return -1;
    if (task == IE_KG)
        f->label = f->a_type;
    return task == IE_SPO ? spo_label(d, f) : 0;
}

static int read_event(struct ie_doc *d, const struct ie_val *v, struct weir_span text,
                      struct ie_fact *f)
{
    const struct ie_val *args = ie_get(v, "arguments");
    f->a = ie_text(v, "event_trigger");
    f->label = ie_text(v, "event_type");
    f->a_at = place(text, v, "offset", f->a);
    f->b_at = 0;
    if (!f->label.p || !args || args->type != WEIR_JSON_ARRAY)
        return -1;
    if (args->n > IE_MAX_ARGS)
        return -2;
    f->n_args = args->n;
    f->arg = ie_alloc(d, args->n * sizeof *f->arg);
    if (!f->arg)
        return WEIR_EMEM;
    for (size_t i = 0; i < args->n; i++) {
        struct ie_arg *a = &f->arg[i];
        a->text = ie_text(&args->kid[i], "argument");
        a->role = ie_text(&args->kid[i], "role");
        a->at = place(text, &args->kid[i], "offset", a->text);
        if (!a->text.p || !a->role.p)
            return -1;
    }
    return 0;
}

int ie_facts_read(struct ie_doc *d, enum ie_task task, const struct ie_val *rec,
                  struct weir_span text, struct ie_facts *f, const char **why)
{
    static const char *const key[] = {"entity", "relation", "relation", "event",
                                      "event",  "event",    "relation"};
    static const char *const wrong[] = {
        "\"entity\" is not a list of {\"entity\", \"entity_type\"}",
        "\"relation\" is not a list of {\"head\", \"relation\", \"tail\"}",
        "\"relation\" is not a list of {\"head\", \"head_type\", \"relation\", \"tail\", "
        "\"tail_type\"}",
        "\"event\" is not a list of {\"event_type\", \"arguments\"}"};
    const struct ie_val *list = ie_get(rec, key[task]);
    *f = (struct ie_facts){0};
    *why = wrong[task == IE_KG ? IE_RE : task > IE_EE ? IE_EE : task];
    if (!list)
        return 1;
    if (list->type != WEIR_JSON_ARRAY)
        return -1;
    if (list->n > IE_MAX_FACTS)
        return *why = "more than 1024 facts in one record", -1;
    f->at = ie_alloc(d, list->n * sizeof *f->at);
    if (!f->at)
        return WEIR_EMEM;
    f->n = list->n;
    for (size_t i = 0; i < list->n; i++) {
        const struct ie_val *v = &list->kid[i];
        f->at[i] = (struct ie_fact){.val = v};
        const int rc = task == IE_NER ? read_entity(v, text, &f->at[i])
                       : task == IE_RE || task == IE_SPO || task == IE_KG
                           ? read_relation(d, task, v, text, &f->at[i])
                           : read_event(d, v, text, &f->at[i]);
        if (rc == -2)
            *why = "more than 256 arguments of one event";
        if (rc)
            return rc == -2 ? -1 : rc;
    }
    return 0;
}

static int by_place(const void *x, const void *y)
{
    const struct ie_fact *a = x, *b = y;
    if (a->a_at != b->a_at)
        return a->a_at < b->a_at ? -1 : 1;
    if (a->b_at != b->b_at)
        return a->b_at < b->b_at ? -1 : 1;
    return a->val < b->val ? -1 : a->val > b->val; // elements of one list, in its order
}

void ie_facts_sort(struct ie_facts *f)
{
    if (f->n > 1)
        qsort(f->at, f->n, sizeof *f->at, by_place);
}

/* ---- writing ---- */

static void put(struct weir_buf *b, const char *key, struct weir_span s, int *n)
{
    if (!s.p)
        return;
    weir_buf_addf(b, "%s\"%s\": ", (*n)++ ? ", " : "", key);
    weir_buf_add_json(b, s);
}

static void put_arguments(struct weir_buf *b, const struct ie_fact *f)
{
    weir_buf_adds(b, ", \"arguments\": [");
    for (size_t i = 0; i < f->n_args; i++) {
        int n = 0;
        weir_buf_adds(b, i ? ", {" : "{");
        put(b, "argument", f->arg[i].text, &n);
        put(b, "role", f->arg[i].role, &n);
        weir_buf_addc(b, '}');
    }
    weir_buf_addc(b, ']');
}

void ie_facts_put(struct weir_buf *b, enum ie_task task, const struct ie_facts *facts)
{
    weir_buf_addc(b, '[');
    for (size_t i = 0; i < facts->n; i++) {
        const struct ie_fact *f = &facts->at[i];
        int n = 0;
        weir_buf_adds(b, i ? ", {" : "{");
        if (task == IE_NER) {
            put(b, "entity", f->a, &n);
            put(b, "entity_type", f->label, &n);
        } else if (f->relation.p) {
            put(b, "head", f->a, &n);
            put(b, "head_type", f->a_type, &n);
            put(b, "relation", f->relation, &n);
            put(b, "tail", f->b, &n);
            put(b, "tail_type", f->b_type, &n);
        } else {
            put(b, "event_trigger", f->a, &n);
            put(b, "event_type", f->label, &n);
            put_arguments(b, f);
        }
        weir_buf_addc(b, '}');
    }
    weir_buf_addc(b, ']');
}
