/* Labels that are hard to tell apart: from a dictionary, or learnt from the records. */
#include <stdlib.h>
#include <string.h>
#include "kg2instruction/ie_file.h"
#include "kg2instruction/ie_schema.h"

#define MAX_NEAR  8 // learnt for a label
#define MAX_PAIRS ((size_t)256 << 10)

static int set_near(struct ie_schema *s, size_t of, const struct ie_val *list, struct weir_err *err)
{
    struct ie_item *item = &s->item[of];
    uint32_t *near = weir_calloc(list->n ? list->n : 1, sizeof *near);
    if (!near)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    free((void *)(uintptr_t)item->near);
    item->near = near;
    item->n_near = 0;
    for (size_t i = 0; i < list->n; i++) {
        const size_t k =
            list->kid[i].type == WEIR_JSON_STRING ? ie_schema_find(s, list->kid[i].str) : SIZE_MAX;
        if (k != SIZE_MAX && k != of)
            near[item->n_near++] = (uint32_t)k;
    }
    return 0;
}

/* Where the labels stand: at the root, or under task and dataset. */
static const struct ie_val *choose(const struct ie_val *root, enum ie_task task, const char *set,
                                   struct weir_err *err)
{
    if (!set)
        return root;
    const struct ie_val *v = ie_get(ie_get(root, ie_task_names[task]), set);
    if (!v)
        weir_err_set(err, WEIR_EUSAGE, "no \"%s\" under \"%s\"", set, ie_task_names[task]);
    return v;
}

int ie_near_read(struct ie_schema *s, enum ie_task task, const char *path, const char *set,
                 struct weir_err *err)
{
    struct ie_file f;
    if (ie_file_open(&f, path, err))
        return err->code;
    const struct ie_val *dict = choose(f.root, task, set, err);
    size_t found = 0;
    if (dict && dict->type != WEIR_JSON_OBJECT)
        weir_err_set(err, WEIR_EBAD, "not an object {\"label\": [near labels]}");
    for (size_t i = 0; !err->code && i < dict->n; i++) {
        const size_t of = ie_schema_find(s, dict->kid[i].key);
        if (of == SIZE_MAX || dict->kid[i].type != WEIR_JSON_ARRAY)
            continue;
        found++;
        set_near(s, of, &dict->kid[i], err);
    }
    if (!err->code && !found)
        weir_err_set(err, WEIR_EBAD, "it has none of the schema's labels%s",
                     set ? "" : ": is it one of several sets? Then name it with --hard-set");
    if (err->code)
        weir_err_prefix(err, "%s", path);
    ie_file_close(&f);
    return err->code;
}

/* ---- learnt ---- */

struct pair {
    uint32_t a, b; // a < b; both 0: free
    uint64_t n;
};

struct ie_pairs {
    struct pair *slot;
    size_t n, cap;
};

struct ie_pairs *ie_pairs_new(struct weir_err *err)
{
    struct ie_pairs *p = weir_calloc(1, sizeof *p);
    if (!p)
        weir_err_set(err, WEIR_EMEM, "out of memory");
    return p;
}

void ie_pairs_free(struct ie_pairs *p)
{
    if (!p)
        return;
    free(p->slot);
    free(p);
}

static struct pair *slot_of(struct pair *slot, size_t cap, uint32_t a, uint32_t b)
{
    size_t k = (((uint64_t)a << 32 | b) * 0x9E3779B97F4A7C15u >> 20) & (cap - 1);
    while (slot[k].b && (slot[k].a != a || slot[k].b != b))
        k = (k + 1) & (cap - 1);
    return &slot[k];
}

static int grow(struct ie_pairs *p, struct weir_err *err)
{
    if (p->cap >= 2 * (p->n + 1))
        return 0;
    if (p->n >= MAX_PAIRS)
        return weir_err_set(err, WEIR_EBAD, "more than %zu pairs of labels", MAX_PAIRS);
    const size_t cap = p->cap ? 2 * p->cap : 256;
    struct pair *slot = weir_calloc(cap, sizeof *slot);
    if (!slot)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    for (size_t i = 0; i < p->cap; i++)
        if (p->slot[i].b)
            *slot_of(slot, cap, p->slot[i].a, p->slot[i].b) = p->slot[i];
    free(p->slot);
    p->slot = slot;
    p->cap = cap;
    return 0;
}

int ie_pairs_add(struct ie_pairs *p, const uint32_t *item, size_t n, struct weir_err *err)
{
    n = n < 256 ? n : 256; // a record with more names everything
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++) {
            const uint32_t a = item[i] < item[k] ? item[i] : item[k];
            const uint32_t b = item[i] < item[k] ? item[k] : item[i];
            if (grow(p, err))
                return err->code;
            struct pair *s = slot_of(p->slot, p->cap, a, b);
            p->n += !s->b;
            s->a = a;
            s->b = b;
            s->n++;
        }
    return 0;
}

static int by_count(const void *x, const void *y)
{
    const struct pair *a = x, *b = y;
    if (a->a != b->a)
        return a->a < b->a ? -1 : 1;
    if (a->n != b->n)
        return a->n > b->n ? -1 : 1;
    return a->b < b->b ? -1 : a->b > b->b;
}

int ie_pairs_near(struct ie_pairs *p, struct ie_schema *s, struct weir_err *err)
{
    struct pair *both = weir_calloc(2 * p->n + 1, sizeof *both);
    size_t n = 0;
    if (!both)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    for (size_t i = 0; i < p->cap; i++)
        if (p->slot[i].b) {
            both[n++] = p->slot[i];
            both[n++] = (struct pair){p->slot[i].b, p->slot[i].a, p->slot[i].n};
        }
    qsort(both, n, sizeof *both, by_count);
    for (size_t i = 0, end; i < n && !err->code; i = end) {
        for (end = i; end < n && both[end].a == both[i].a; end++)
            ;
        const size_t m = end - i < MAX_NEAR ? end - i : MAX_NEAR;
        uint32_t *near = weir_calloc(m, sizeof *near);
        if (!near) {
            weir_err_set(err, WEIR_EMEM, "out of memory");
            break;
        }
        for (size_t k = 0; k < m; k++)
            near[k] = both[i + k].b;
        s->item[both[i].a].near = near;
        s->item[both[i].a].n_near = m;
    }
    free(both);
    return err->code;
}
