#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "infer/json_file.h"
#include "infer/tensor.h"

struct weights {
    struct mapped *file;
    size_t n_file, cap_file;
    struct tensors all;
    int sorted; // by name: the order in the files is kept in tensor.order
};

/* In the order in which a folder is asked for them. */
static const struct {
    const char *name;
    int is_index;
} names[] = {
    {"model.safetensors", 0},         {"model.safetensors.index.json", 1},
    {"pytorch_model.bin", 0},         {"pytorch_model.bin.index.json", 1},
    {"adapter_model.safetensors", 0}, {"adapter_model.bin", 0},
};

static int is_safetensors(const struct mapped *m)
{
    const char *dot = strrchr(m->path, '.');
    return (dot && !strcmp(dot, ".safetensors")) || (m->n > 8 && m->p[8] == '{');
}

static int add_file(weights *w, const char *path, struct weir_err *err)
{
    if (weir_grow(&w->file, &w->cap_file, w->n_file + 1, sizeof *w->file))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    struct mapped *m = &w->file[w->n_file];
    if (mapped_open(m, path, err))
        return err->code;
    w->n_file++;
    return (is_safetensors(m) ? safetensors_read : torch_read)(m->p, m->n, m->path, &w->all, err);
}

static int sort(weights *w, struct weir_err *err)
{
    for (size_t i = 0; !w->sorted && i < w->all.n; i++)
        w->all.at[i].order = i;
    w->sorted = 1;
    return tensors_sort(&w->all, err);
}

static int join(struct weir_buf *b, const char *folder, struct weir_span name, struct weir_err *err)
{
    b->n = 0;
    weir_buf_addf(b, "%s/", folder);
    weir_buf_add(b, name.p, name.n);
    weir_buf_addc(b, '\0');
    return weir_buf_check(b, err);
}

/* ---- shards ---- */

struct index { // what weight_map says
    struct tensors wanted;
    struct weir_span *file; // distinct shards
    size_t n_file, cap_file;
    struct weir_err *err;
};

static int add_shard(struct index *x, struct weir_span name)
{
    for (size_t i = 0; i < x->n_file; i++)
        if (weir_span_eq(x->file[i], name))
            return 0;
    if (weir_grow(&x->file, &x->cap_file, x->n_file + 1, sizeof *x->file))
        return weir_err_set(x->err, WEIR_EMEM, "out of memory");
    x->file[x->n_file++] = name;
    return 0;
}

static int each_weight(void *ctx, struct weir_span key, struct json_node value)
{
    enum { MAX_SHARDS = 10000 };
    struct index *x = ctx;
    struct weir_span shard;
    if (!json_tree_string(value, &shard) || !shard.n || memchr(shard.p, '/', shard.n) ||
        memchr(shard.p, '\0', shard.n) || memchr(key.p, '\0', key.n))
        return weir_err_set(x->err, WEIR_EBAD, "weight_map: a shard is no file name");
    if (x->n_file == MAX_SHARDS)
        return weir_err_set(x->err, WEIR_EBAD, "weight_map: more than %d shards", MAX_SHARDS);
    if (!tensors_add(&x->wanted, key))
        return weir_err_set(x->err, WEIR_EMEM, "out of memory");
    return add_shard(x, shard);
}

/* Numbers in names count as numbers: shard 10 comes behind shard 9. */
static int by_file(const void *a, const void *b)
{
    const struct weir_span *x = a, *y = b;
    char name[2][NAME_MAX + 1] = {{0}};
    memcpy(name[0], x->p, x->n < NAME_MAX ? x->n : NAME_MAX);
    memcpy(name[1], y->p, y->n < NAME_MAX ? y->n : NAME_MAX);
    return strverscmp(name[0], name[1]);
}

static int add_shards(weights *w, const char *folder, const struct index *x, struct weir_err *err)
{
    struct weir_buf path = {0};
    int rc = 0;
    if (x->n_file)
        qsort(x->file, x->n_file, sizeof *x->file, by_file);
    for (size_t i = 0; !rc && i < x->n_file; i++)
        if (!(rc = join(&path, folder, x->file[i], err)))
            rc = add_file(w, path.p, err);
    weir_buf_free(&path);
    if (!rc)
        rc = sort(w, err);
    for (size_t i = 0; !rc && i < x->wanted.n; i++)
        if (!tensors_find(&w->all, x->wanted.at[i].name))
            rc = weir_err_set(err, WEIR_EBAD, "it names tensor %s, and no shard has it",
                              x->wanted.at[i].name);
    return rc;
}

struct shards {
    weights *w;
    const char *folder;
};

static int read_index(void *ctx, struct json_node root, struct weir_err *err)
{
    const struct shards *s = ctx;
    struct json_node map;
    struct index x = {.err = err};
    if (!json_tree_get(root, "weight_map", &map))
        return weir_err_set(err, WEIR_EBAD, "it has no \"weight_map\"");
    int rc = json_tree_each(map, each_weight, &x);
    if (!rc)
        rc = add_shards(s->w, s->folder, &x, err);
    tensors_free(&x.wanted);
    free(x.file);
    return rc;
}

static int add_folder(weights *w, const char *folder, struct weir_err *err)
{
    struct weir_buf path = {0};
    struct stat st;
    int rc = 0;
    for (size_t i = 0; !rc && i < sizeof names / sizeof *names; i++) {
        rc = join(&path, folder, weir_span(names[i].name, strlen(names[i].name)), err);
        if (rc || stat(path.p, &st) < 0)
            continue;
        rc = names[i].is_index ? json_file(path.p, read_index, &(struct shards){w, folder}, err)
                               : add_file(w, path.p, err);
        weir_buf_free(&path);
        return rc;
    }
    weir_buf_free(&path);
    return rc ? rc
              : weir_err_set(err, WEIR_EBAD,
                             "%s holds neither model.safetensors nor pytorch_model.bin nor their "
                             "index",
                             folder);
}

weights *weights_open(const char *path, struct weir_err *err)
{
    struct stat st;
    weights *w = calloc(1, sizeof *w);
    if (!w) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    int rc = stat(path, &st) < 0 ? weir_err_errno(err, "%s", path) : 0;
    if (!rc)
        rc = S_ISDIR(st.st_mode) ? add_folder(w, path, err) : add_file(w, path, err);
    if (!rc)
        rc = sort(w, err);
    if (!rc)
        return w;
    weights_close(w);
    return NULL;
}

void weights_close(weights *w)
{
    if (!w)
        return;
    tensors_free(&w->all);
    for (size_t i = 0; i < w->n_file; i++)
        mapped_close(&w->file[i]);
    free(w->file);
    free(w);
}

const struct tensors *weights_all(const weights *w)
{
    return &w->all;
}

const struct mapped *weights_files(const weights *w, size_t *n)
{
    *n = w->n_file;
    return w->file;
}
