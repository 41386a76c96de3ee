#include "kg2instruction/ie_file.h"

#include <stdlib.h>
#include <string.h>

#include "lib/json_tree.h"
#include "lib/read_whole.h"
#include "lib/xxh.h"

enum { MAX_MIB = 256 };

/* By where the text happens to lie: no file can be made that fills one slot. */
static uint64_t hash(const struct ie_file *f, struct weir_span key)
{
    return XXH3_64bits_withSeed(key.p, key.n, (uint64_t)(uintptr_t)f->text.p);
}

/* A value's bytes, checked by a strict parser. */
static int check(const struct ie_file *f, size_t from, size_t to, struct weir_err *err)
{
    struct weir_buf copy = {0};
    struct json_node root;
    weir_buf_add(&copy, f->text.p + from, to - from);
    json_tree *t =
        weir_buf_check(&copy, err) ? NULL : json_tree_parse(weir_buf_span(&copy), &root, err);
    json_tree_free(t);
    weir_buf_free(&copy);
    return t ? 0 : err->code;
}

/* One hash table for the root's members: a dictionary of labels is asked for each record. */
static int index_members(struct ie_file *f, struct weir_err *err)
{
    const struct ie_val *v = f->root;
    if (!v || v->type != WEIR_JSON_OBJECT)
        return 0;
    f->n_slots = 16;
    while (f->n_slots < 2 * v->n)
        f->n_slots *= 2;
    f->slot = weir_calloc(f->n_slots, sizeof *f->slot);
    if (!f->slot)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    for (size_t i = 0; i < v->n; i++) {
        size_t k = hash(f, v->kid[i].key) & (f->n_slots - 1);
        while (f->slot[k] && !weir_span_eq(v->kid[f->slot[k] - 1].key, v->kid[i].key))
            k = (k + 1) & (f->n_slots - 1);
        f->slot[k] = (uint32_t)i + 1;
    }
    return 0;
}

static int parse(struct ie_file *f, struct weir_err *err)
{
    size_t at = f->text.n >= 3 && !memcmp(f->text.p, "\xEF\xBB\xBF", 3) ? 3 : 0, cap = 0;
    for (;;) {
        while (at < f->text.n && strchr(" \t\r\n", f->text.p[at]) && f->text.p[at])
            at++;
        if (at == f->text.n)
            break;
        const size_t from = at;
        const struct ie_val *v = ie_parse(&f->doc, weir_buf_span(&f->text), &at);
        if (!v)
            return weir_err_set(err, f->doc.failed ? WEIR_EMEM : WEIR_EBAD, "not JSON");
        if (check(f, from, at, err))
            return err->code;
        if (weir_grow(&f->value, &cap, f->n + 1, sizeof *f->value))
            return weir_err_set(err, WEIR_EMEM, "out of memory");
        f->value[f->n++] = v;
    }
    f->root = f->n ? f->value[0] : NULL;
    return f->root ? index_members(f, err) : weir_err_set(err, WEIR_EBAD, "empty");
}

int ie_file_open(struct ie_file *f, const char *path, struct weir_err *err)
{
    *f = (struct ie_file){0};
    if (!read_whole(path, MAX_MIB, &f->text, err) && parse(f, err))
        weir_err_prefix(err, "%s", path);
    if (err->code)
        ie_file_close(f);
    return err->code;
}

void ie_file_close(struct ie_file *f)
{
    weir_buf_free(&f->text);
    ie_doc_free(&f->doc);
    free(f->value);
    free(f->slot);
    *f = (struct ie_file){0};
}

const struct ie_val *ie_file_find(const struct ie_file *f, struct weir_span key)
{
    if (!f->slot)
        return NULL;
    for (size_t k = hash(f, key) & (f->n_slots - 1); f->slot[k]; k = (k + 1) & (f->n_slots - 1))
        if (weir_span_eq(f->root->kid[f->slot[k] - 1].key, key))
            return &f->root->kid[f->slot[k] - 1];
    return NULL;
}
