#include "kg2instruction/ie_ask.h"

#include <math.h>
#include <string.h>

/* SplitMix64 (Steele, Lea, Flood 2014). */
uint64_t ie_random_next(struct ie_random *r)
{
    uint64_t z = (r->state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

size_t ie_random_below(struct ie_random *r, size_t n)
{
    const uint64_t limit = UINT64_MAX - UINT64_MAX % n;
    uint64_t v;
    do
        v = ie_random_next(r);
    while (v >= limit);
    return (size_t)(v % n);
}

static double share(struct ie_random *r)
{
    return (double)(ie_random_next(r) >> 11) * 0x1p-53;
}

static void shuffle(struct ie_random *r, uint32_t *p, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        const size_t k = ie_random_below(r, i);
        const uint32_t t = p[i - 1];
        p[i - 1] = p[k];
        p[k] = t;
    }
}

static void shuffle_roles(struct ie_random *r, struct weir_span *p, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        const size_t k = ie_random_below(r, i);
        const struct weir_span t = p[i - 1];
        p[i - 1] = p[k];
        p[k] = t;
    }
}

/* ---- groups that the record names ---- */

static int read_roles(struct ie_doc *d, const struct ie_val *list, struct ie_item *item)
{
    if (!list || list->type != WEIR_JSON_ARRAY || list->n > IE_MAX_ROLES)
        return -1;
    item->n = list->n;
    item->role = ie_alloc(d, list->n * sizeof *item->role);
    if (!item->role)
        return WEIR_EMEM;
    for (size_t i = 0; i < list->n; i++) {
        if (list->kid[i].type != WEIR_JSON_STRING)
            return -1;
        item->role[i] = list->kid[i].str;
    }
    return 0;
}

static int read_spo(struct ie_doc *d, const struct ie_val *v, struct ie_item *item)
{
    item->subject = ie_text(v, "subject_type");
    item->predicate = ie_text(v, "predicate");
    item->object = ie_text(v, "object_type");
    if (!item->subject.p || !item->predicate.p || !item->object.p)
        return -1;
    const size_t n = item->subject.n + item->predicate.n + item->object.n + 2;
    char *p = ie_alloc(d, n);
    if (!p)
        return WEIR_EMEM;
    item->label = weir_span(p, n);
    memcpy(p, item->subject.p, item->subject.n);
    p += item->subject.n;
    *p++ = '_';
    memcpy(p, item->predicate.p, item->predicate.n);
    p += item->predicate.n;
    *p++ = '_';
    memcpy(p, item->object.p, item->object.n);
    return 0;
}

static int read_item(struct ie_doc *d, enum ie_task task, const struct ie_val *v,
                     struct ie_item *item)
{
    *item = (struct ie_item){0};
    if (task == IE_SPO)
        return read_spo(d, v, item);
    if (task == IE_EE || task == IE_EEA || task == IE_KG) {
        item->label = ie_text(v, task == IE_KG ? "entity_type" : "event_type");
        const int rc = read_roles(d, ie_get(v, task == IE_KG ? "attributes" : "arguments"), item);
        return item->label.p ? rc : -1;
    }
    item->label = v->type == WEIR_JSON_STRING ? v->str : weir_span(NULL, 0);
    return item->label.p ? 0 : -1;
}

static int read_groups(struct ie_doc *d, enum ie_task task, const struct ie_val *list,
                       struct ie_group **groups, size_t *n)
{
    if (list->type != WEIR_JSON_ARRAY)
        return -1;
    *groups = ie_alloc(d, list->n * sizeof **groups);
    if (!*groups)
        return WEIR_EMEM;
    *n = list->n;
    for (size_t i = 0; i < list->n; i++) {
        const struct ie_val *g = &list->kid[i];
        if (g->type != WEIR_JSON_ARRAY || g->n > IE_MAX_LABELS)
            return -1;
        struct ie_item *item = ie_alloc(d, g->n * sizeof *item);
        if (!item)
            return WEIR_EMEM;
        (*groups)[i] = (struct ie_group){item, g->n};
        for (size_t k = 0; k < g->n; k++) {
            const int rc = read_item(d, task, &g->kid[k], &item[k]);
            if (rc)
                return rc;
        }
    }
    return 0;
}

/* ---- groups that are drawn ---- */

struct draw {
    const struct ie_ask *ask;
    struct ie_random *r;
    uint8_t *is_in; // (labels) 1: asked for
    uint32_t *pick; // (n) labels asked for
    size_t n;
    uint32_t *other; // (labels) scratch
};

static void pick(struct draw *w, uint32_t label)
{
    if (w->is_in[label])
        return;
    w->is_in[label] = 1;
    w->pick[w->n++] = label;
}

static void pick_present(struct draw *w, const struct ie_facts *f)
{
    const struct ie_schema *s = w->ask->schema;
    for (size_t i = 0; i < f->n; i++) {
        const size_t k = f->at[i].label.p ? ie_schema_find(s, f->at[i].label) : SIZE_MAX;
        if (k != SIZE_MAX)
            pick(w, (uint32_t)k);
        for (size_t x = 0; x < s->n && !f->at[i].label.p; x++)
            if (ie_fact_is(IE_KG, &s->item[x], &f->at[i]))
                pick(w, (uint32_t)x);
    }
}

/* Draws `want` of the labels that are not in yet. */
static void pick_others(struct draw *w, size_t want)
{
    const size_t n = w->ask->schema->n;
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        if (!w->is_in[i])
            w->other[m++] = (uint32_t)i;
    if (want < m)
        shuffle(w->r, w->other, m);
    for (size_t i = 0; i < m && i < want; i++)
        pick(w, w->other[i]);
}

static void pick_absent(struct draw *w)
{
    const struct ie_ask *a = w->ask;
    const size_t present = w->n, absent = a->schema->n - present;
    if (a->hard && present) {
        for (size_t i = 0; i < present; i++)
            for (size_t k = 0; k < a->schema->item[w->pick[i]].n_near; k++)
                pick(w, a->schema->item[w->pick[i]].near[k]);
        pick_others(w, a->split > 0 ? (size_t)a->split : absent);
        return;
    }
    const size_t want = (size_t)llround(a->opt->neg_schema * (double)absent);
    pick_others(w, want || present ? want : 1);
}

static void in_order(struct draw *w)
{
    size_t n = 0;
    for (size_t i = 0; i < w->ask->schema->n; i++)
        if (w->is_in[i])
            w->pick[n++] = (uint32_t)i;
}

static int copy_item(const struct draw *w, struct ie_doc *d, uint32_t label, struct ie_item *to)
{
    *to = w->ask->schema->item[label];
    if (!to->n)
        return 0;
    struct weir_span *role = ie_alloc(d, to->n * sizeof *role);
    if (!role)
        return WEIR_EMEM;
    memcpy(role, to->role, to->n * sizeof *role);
    if (!w->ask->opt->test && !w->ask->opt->no_shuffle)
        shuffle_roles(w->r, role, to->n);
    to->role = role;
    return 0;
}

/* As IEPile: groups of `split`; a rest of half a group or more is one of its own, less joins the
 * last. */
static int split_up(const struct draw *w, struct ie_doc *d, struct ie_group **groups, size_t *n)
{
    const size_t split = w->ask->split > 0 ? (size_t)w->ask->split : w->n ? w->n : 1;
    const size_t full = w->n / split ? w->n / split : 1,
                 rest = w->n > full * split ? w->n % split : 0;
    const size_t half = split / 2 ? split / 2 : 1;
    *n = !w->n ? 0 : full + (rest >= half);
    *groups = ie_alloc(d, *n * sizeof **groups);
    struct ie_item *item = ie_alloc(d, w->n * sizeof *item);
    if (!*groups || !item)
        return WEIR_EMEM;
    for (size_t i = 0; i < w->n; i++)
        if (copy_item(w, d, w->pick[i], &item[i]))
            return WEIR_EMEM;
    for (size_t i = 0; i < *n; i++) {
        const size_t from = i * split, to = i + 1 == *n ? w->n : from + split;
        (*groups)[i] = (struct ie_group){item + from, to - from};
    }
    return 0;
}

int ie_ask_groups(const struct ie_ask *ask, struct ie_doc *d, const struct ie_val *rec,
                  const struct ie_facts *f, struct ie_random *r, struct ie_group **groups,
                  size_t *n, const char **why)
{
    const struct ie_val *own = ie_get(rec, "schema");
    *why = "\"schema\" is not a list of groups as this task has them";
    if (own)
        return read_groups(d, (enum ie_task)ask->opt->task, own, groups, n);
    const size_t labels = ask->schema->n;
    struct draw w = {.ask = ask,
                     .r = r,
                     .is_in = ie_alloc(d, labels),
                     .pick = ie_alloc(d, labels * sizeof *w.pick),
                     .other = ie_alloc(d, labels * sizeof *w.other)};
    if (!w.is_in || !w.pick || !w.other)
        return WEIR_EMEM;
    memset(w.is_in, 0, labels);
    const int only_present = ask->opt->task == IE_EEA;
    if (!ask->opt->test || only_present)
        pick_present(&w, f);
    if (!only_present && ask->opt->test)
        pick_others(&w, labels);
    else if (!only_present && share(r) < ask->opt->neg_ratio)
        pick_absent(&w);
    if (ask->opt->test || ask->opt->no_shuffle)
        in_order(&w);
    else
        shuffle(r, w.pick, w.n);
    return split_up(&w, d, groups, n);
}
