#include "kg2instruction/ie_schema.h"

#include <stdlib.h>
#include <string.h>

#include "kg2instruction/ie_file.h"
#include "lib/xxh.h"

#define MAX_TEXTS ((size_t)4 << 20)

void ie_schema_init(struct ie_schema *s)
{
    *s = (struct ie_schema){0};
    s->seed = (uint64_t)(uintptr_t)s * 0x9E3779B97F4A7C15u; // no outside label knows where s lies
}

void ie_schema_free(struct ie_schema *s)
{
    for (size_t i = 0; i < s->n; i++) {
        free(s->item[i].role);
        free((void *)(uintptr_t)s->item[i].near);
    }
    free(s->item);
    free(s->slot);
    ie_doc_free(&s->doc);
    *s = (struct ie_schema){0};
}

static uint64_t hash(const struct ie_schema *s, struct weir_span label)
{
    return XXH3_64bits_withSeed(label.p, label.n, s->seed);
}

static size_t slot_of(const struct ie_schema *s, struct weir_span label)
{
    size_t k = hash(s, label) & (s->n_slots - 1);
    while (s->slot[k] && !weir_span_eq(s->item[s->slot[k] - 1].label, label))
        k = (k + 1) & (s->n_slots - 1);
    return k;
}

size_t ie_schema_find(const struct ie_schema *s, struct weir_span label)
{
    return s->n_slots ? (size_t)s->slot[slot_of(s, label)] - 1 : SIZE_MAX;
}

static int grow_slots(struct ie_schema *s)
{
    if (s->n_slots >= 2 * (s->n + 1))
        return 0;
    const size_t n = s->n_slots ? s->n_slots * 2 : 64;
    uint32_t *slot = weir_calloc(n, sizeof *slot);
    if (!slot)
        return WEIR_EMEM;
    free(s->slot);
    s->slot = slot;
    s->n_slots = n;
    for (size_t i = 0; i < s->n; i++)
        s->slot[slot_of(s, s->item[i].label)] = (uint32_t)i + 1;
    return 0;
}

static int keep(struct ie_schema *s, struct weir_span *text, struct weir_err *err)
{
    s->texts += text->n;
    if (s->texts > MAX_TEXTS || ++s->names > IE_MAX_LABELS)
        return weir_err_set(err, WEIR_EBAD,
                            "a schema of more than %d labels and roles, or %zu MiB of them",
                            IE_MAX_LABELS, MAX_TEXTS >> 20);
    char *p = ie_alloc(&s->doc, text->n);
    if (!p)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    memcpy(p, text->n ? text->p : "", text->n);
    text->p = p;
    return 0;
}

void ie_split_spo(struct weir_span label, struct weir_span part[3])
{
    const char *first = memchr(label.p, '_', label.n), *last = memrchr(label.p, '_', label.n);
    if (!first || first == last) {
        part[0] = part[2] = weir_span("", 0);
        part[1] = label;
        return;
    }
    part[0] = weir_span(label.p, (size_t)(first - label.p));
    part[1] = weir_span(first + 1, (size_t)(last - first) - 1);
    part[2] = weir_span(last + 1, label.n - (size_t)(last - label.p) - 1);
}

struct ie_item *ie_schema_add(struct ie_schema *s, enum ie_task task, struct weir_span label,
                              struct weir_err *err)
{
    const size_t known = ie_schema_find(s, label);
    if (known != SIZE_MAX)
        return &s->item[known];
    if (grow_slots(s) || weir_grow(&s->item, &s->cap, s->n + 1, sizeof *s->item)) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    if (keep(s, &label, err))
        return NULL;
    struct ie_item *item = &s->item[s->n];
    *item = (struct ie_item){.label = label};
    if (task == IE_SPO) {
        struct weir_span part[3];
        ie_split_spo(label, part);
        item->subject = part[0];
        item->predicate = part[1];
        item->object = part[2];
    }
    s->slot[slot_of(s, label)] = (uint32_t)++s->n;
    return item;
}

int ie_schema_add_role(struct ie_schema *s, struct ie_item *item, struct weir_span role,
                       struct weir_err *err)
{
    for (size_t i = 0; i < item->n; i++)
        if (weir_span_eq(item->role[i], role))
            return 0;
    if (item->n == IE_MAX_ROLES)
        return weir_err_set(err, WEIR_EBAD, "a label has more than %d roles", IE_MAX_ROLES);
    if (weir_grow(&item->role, &item->cap, item->n + 1, sizeof *item->role))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    if (keep(s, &role, err))
        return err->code;
    item->role[item->n++] = role;
    return 0;
}

int ie_schema_add_facts(struct ie_schema *s, enum ie_task task, const struct ie_facts *f,
                        struct weir_err *err)
{
    for (size_t i = 0; i < f->n; i++) {
        const struct ie_fact *fact = &f->at[i];
        if (!fact->label.p)
            continue; // of KG: a head without a type says nothing of any type
        struct ie_item *item = ie_schema_add(s, task, fact->label, err);
        if (!item)
            return err->code;
        if (task == IE_KG && ie_schema_add_role(s, item, fact->relation, err))
            return err->code;
        for (size_t k = 0; k < fact->n_args && task != IE_EET; k++)
            if (ie_schema_add_role(s, item, fact->arg[k].role, err))
                return err->code;
    }
    return 0;
}

/* ---- files ---- */

static int add_list(struct ie_schema *s, enum ie_task task, const struct ie_val *list,
                    struct weir_err *err)
{
    if (!list || list->type != WEIR_JSON_ARRAY)
        return weir_err_set(err, WEIR_EBAD, "a line of types or roles is no list");
    for (size_t i = 0; i < list->n; i++) {
        if (list->kid[i].type != WEIR_JSON_STRING)
            return weir_err_set(err, WEIR_EBAD, "a label is no text");
        if (!ie_schema_add(s, task, list->kid[i].str, err))
            return err->code;
    }
    return 0;
}

static int add_roles(struct ie_schema *s, enum ie_task task, const struct ie_val *dict,
                     struct weir_err *err)
{
    if (!dict || dict->type != WEIR_JSON_OBJECT)
        return weir_err_set(err, WEIR_EBAD, "the third line is no object of roles by type");
    for (size_t i = 0; i < dict->n; i++) {
        const struct ie_val *roles = &dict->kid[i];
        struct ie_item *item = ie_schema_add(s, task, roles->key, err);
        if (!item)
            return err->code;
        for (size_t k = 0; roles->type == WEIR_JSON_ARRAY && k < roles->n; k++)
            if (roles->kid[k].type == WEIR_JSON_STRING &&
                ie_schema_add_role(s, item, roles->kid[k].str, err))
                return err->code;
    }
    return 0;
}

static int read_lines(struct ie_schema *s, enum ie_task task, const struct ie_file *f,
                      struct weir_err *err)
{
    const int roles = task == IE_EE || task == IE_EEA || task == IE_KG;
    if (roles && f->n < 3)
        return weir_err_set(err, WEIR_EBAD, "three lines are needed: types, roles, roles by type");
    if (roles)
        return add_roles(s, task, f->value[2], err);
    const struct ie_val *types = f->value[0], *relations = f->n > 1 ? f->value[1] : NULL;
    const int second =
        task == IE_RE && relations && relations->type == WEIR_JSON_ARRAY && relations->n;
    return add_list(s, task, second ? relations : types, err);
}

/* {"event_type", "role_list": [{"role"}]} a line. */
static int add_duee(struct ie_schema *s, enum ie_task task, const struct ie_val *v,
                    struct weir_err *err)
{
    const struct ie_val *roles = ie_get(v, "role_list");
    struct ie_item *item = ie_schema_add(s, task, ie_text(v, "event_type"), err);
    if (!item)
        return err->code;
    for (size_t i = 0; roles && roles->type == WEIR_JSON_ARRAY && i < roles->n; i++) {
        const struct weir_span role = ie_text(&roles->kid[i], "role");
        if (role.p && ie_schema_add_role(s, item, role, err))
            return err->code;
    }
    return 0;
}

/* {"subject_type", "predicate", "object_type"} a line; its object_type may be {"@value": …}. */
static int add_duie(struct ie_schema *s, enum ie_task task, const struct ie_val *v,
                    struct weir_err *err)
{
    const struct ie_val *o = ie_get(v, "object_type");
    const struct weir_span predicate = ie_text(v, "predicate"),
                           subject = ie_text(v, "subject_type");
    struct weir_span object =
        o && o->type == WEIR_JSON_OBJECT ? ie_text(o, "@value") : ie_text(v, "object_type");
    if (!subject.p || !object.p)
        return weir_err_set(err, WEIR_EBAD, "a predicate lacks subject_type or object_type");
    struct weir_buf b = {0};
    if (task == IE_SPO)
        weir_buf_addf(&b, "%.*s_%.*s_%.*s", (int)subject.n, subject.p, (int)predicate.n,
                      predicate.p, (int)object.n, object.p);
    struct ie_item *item = ie_schema_add(s, task,
                                         task == IE_SPO  ? weir_buf_span(&b)
                                         : task == IE_KG ? subject
                                                         : predicate,
                                         err);
    weir_buf_free(&b);
    if (!item)
        return err->code;
    return task == IE_KG ? ie_schema_add_role(s, item, predicate, err) : 0;
}

static int read_objects(struct ie_schema *s, enum ie_task task, const struct ie_file *f,
                        struct weir_err *err)
{
    const int events = task == IE_EE || task == IE_EET || task == IE_EEA;
    int rc = 0;
    for (size_t i = 0; !rc && i < f->n; i++) {
        if (events && ie_text(f->value[i], "event_type").p)
            rc = add_duee(s, task, f->value[i], err);
        else if (!events && task != IE_NER && ie_text(f->value[i], "predicate").p)
            rc = add_duie(s, task, f->value[i], err);
        else
            rc = weir_err_set(err, WEIR_EBAD, "value %zu is no part of a schema for %s", i + 1,
                              ie_task_names[task]);
    }
    return rc;
}

int ie_schema_read(struct ie_schema *s, enum ie_task task, const char *path, struct weir_err *err)
{
    struct ie_file f;
    if (ie_file_open(&f, path, err))
        return err->code;
    int rc = f.root->type == WEIR_JSON_OBJECT ? read_objects(s, task, &f, err)
                                              : read_lines(s, task, &f, err);
    if (!rc && !s->n)
        rc = weir_err_set(err, WEIR_EBAD, "no labels for %s", ie_task_names[task]);
    if (rc)
        weir_err_prefix(err, "%s", path);
    ie_file_close(&f);
    return rc;
}
