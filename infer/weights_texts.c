#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "infer/weights_tool.h"
#include "weir/doc.h"

enum { MOST_BYTES = 64 << 20 }; // a tokenizer.json may have some ten million bytes

static int ends_in(const char *name, const char *end)
{
    const size_t n = strlen(name), k = strlen(end);
    return n > k && !strcmp(name + n - k, end);
}

/* Files that belong to a model and are neither its weights nor hidden. */
static int is_small(const char *name)
{
    static const char *const ends[] = {".json", ".model", ".txt", ".jinja", ".md"};
    static const char *const starts[] = {"LICENSE", "NOTICE", "USE_POLICY"};
    if (name[0] == '.' || ends_in(name, ".index.json"))
        return 0;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends_in(name, ends[i]))
            return 1;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (!strncmp(name, starts[i], strlen(starts[i])))
            return 1;
    return 0;
}

/* What an adapter's folder may have of its own. */
static int is_of_tokenizer(const char *name)
{
    static const char *const starts[] = {"tokenizer",  "special_tokens_map", "added_tokens",
                                         "vocab.json", "merges.txt",         "chat_template"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (!strncmp(name, starts[i], strlen(starts[i])))
            return 1;
    return 0;
}

static int read_text(const char *folder, const char *name, struct weir_buf *to,
                     struct weir_err *err)
{
    struct weir_buf path = {0};
    struct stat st;
    struct mapped m;
    weir_buf_addf(&path, "%s/%s", folder, name);
    weir_buf_addc(&path, '\0');
    int rc = weir_buf_check(&path, err);
    if (!rc && stat(path.p, &st))
        rc = weir_err_errno(err, "%s", path.p);
    if (!rc && st.st_size > MOST_BYTES)
        rc = weir_err_set(err, WEIR_EBAD, "%s: %lld bytes are too many for it", path.p,
                          (long long)st.st_size);
    if (!rc && st.st_size && !(rc = mapped_open(&m, path.p, err))) {
        weir_buf_add(to, m.p, m.n);
        mapped_close(&m);
        rc = weir_buf_check(to, err);
    }
    weir_buf_free(&path);
    return rc;
}

/* Those of a folder that are not in t yet. */
static int add_folder(struct tool_texts *t, const char *folder, int (*is_wanted)(const char *name),
                      struct weir_err *err)
{
    DIR *d = opendir(folder);
    const struct dirent *e;
    int rc = 0;
    if (!d)
        return errno == ENOTDIR ? 0 : weir_err_errno(err, "%s", folder);
    while (!rc && (e = readdir(d))) {
        size_t i = 0;
        while (i < t->n && strcmp(t->at[i].name, e->d_name) != 0)
            i++;
        if (i < t->n || !is_wanted(e->d_name))
            continue;
        char *name = strdup(e->d_name);
        if (!name || weir_grow(&t->at, &t->cap, t->n + 1, sizeof *t->at)) {
            free(name);
            rc = weir_err_set(err, WEIR_EMEM, "out of memory");
            break;
        }
        t->at[t->n] = (struct weights_text){.name = name};
        rc = read_text(folder, name, &t->at[t->n++].text, err);
    }
    closedir(d);
    return rc;
}

static int change_config(struct weir_buf *text, const struct config_change *change, size_t n,
                         struct weir_err *err)
{
    struct weir_buf made = {0};
    struct weir_doc doc = {.line = weir_buf_span(text)};
    weir_json *j = weir_json_new(err);
    int rc = j && !weir_buf_reserve(text, 1) ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
    doc.line = weir_buf_span(text);
    while (doc.line.n && strchr(" \t\r\n", doc.line.p[doc.line.n - 1]))
        doc.line.n--;
    for (size_t i = 0; !rc && i < n; i++) {
        if (i) {
            weir_buf_free(text);
            *text = made;
            made = (struct weir_buf){0};
            doc.line = weir_buf_span(text);
        }
        rc = weir_json_object(j, doc.line.p, doc.line.n, &doc.f, &doc.n_f, err);
        /* What was torch_dtype is dtype since transformers 4.56. */
        const char *name = change[i].name;
        if (!rc && !strcmp(name, "torch_dtype") && weir_json_find(doc.f, doc.n_f, "dtype"))
            name = "dtype";
        if (!rc)
            weir_doc_with(&made, &doc, name, weir_buf_span(&change[i].raw));
    }
    if (!rc && n) {
        weir_buf_addc(&made, '\n');
        rc = weir_buf_check(&made, err);
        weir_buf_free(text);
        *text = made;
        made = (struct weir_buf){0};
    }
    weir_buf_free(&made);
    weir_json_free(j);
    if (rc)
        weir_err_prefix(err, "config.json");
    return rc;
}

/* By name; behind all others what makes the folder a model or an adapter. */
static int by_name(const void *a, const void *b)
{
    static const char *const last[] = {"adapter_config.json", "config.json"};
    const struct weights_text *x = a, *y = b;
    for (int i = 1; i >= 0; i--) {
        const int p = !strcmp(x->name, last[i]), q = !strcmp(y->name, last[i]);
        if (p != q)
            return p - q;
    }
    return strcmp(x->name, y->name);
}

int tool_texts_read(struct tool_texts *t, const char *folder, const char *first,
                    const struct config_change *change, size_t n, struct weir_err *err)
{
    int rc = first ? add_folder(t, first, is_of_tokenizer, err) : 0;
    if (!rc)
        rc = add_folder(t, folder, is_small, err);
    if (!rc && t->n)
        qsort(t->at, t->n, sizeof *t->at, by_name);
    if (!rc && t->n && !strcmp(t->at[t->n - 1].name, "config.json"))
        rc = change_config(&t->at[t->n - 1].text, change, n, err);
    return rc;
}

void tool_texts_free(struct tool_texts *t)
{
    for (size_t i = 0; i < t->n; i++) {
        free((char *)t->at[i].name);
        weir_buf_free(&t->at[i].text);
    }
    free(t->at);
    *t = (struct tool_texts){0};
}
