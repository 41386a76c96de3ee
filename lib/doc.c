#include "weir/doc.h"

#include <string.h>

static int take_string(const struct weir_field *f, size_t n_f, const char *key,
                       struct weir_span *out, struct weir_err *err)
{
    const struct weir_field *x = weir_json_find(f, n_f, key);
    *out = weir_span(NULL, 0);
    if (!x || x->type == WEIR_JSON_NULL)
        return 0;
    if (x->type != WEIR_JSON_STRING)
        return weir_err_set(err, WEIR_EBAD, "field \"%s\" is not a string", key);
    *out = x->str;
    return 0;
}

int weir_doc_parse(weir_json *j, struct weir_span line, struct weir_doc *d, struct weir_err *err)
{
    memset(d, 0, sizeof *d);
    d->line = line;
    int rc = weir_json_object(j, line.p, line.n, &d->f, &d->n_f, err);
    if (rc)
        return rc;
    const struct {
        const char *key;
        struct weir_span *to;
    } known[] = {
        {"id", &d->id},     {"text", &d->text},           {"source", &d->source},
        {"lang", &d->lang}, {"code_lang", &d->code_lang}, {"title", &d->title},
        {"url", &d->url},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if ((rc = take_string(d->f, d->n_f, known[i].key, known[i].to, err)))
            return rc;
    if (!d->text.p)
        return weir_err_set(err, WEIR_EBAD, "no field \"text\"");
    const struct weir_field *o = weir_json_find(d->f, d->n_f, "origin");
    if (o && o->type == WEIR_JSON_OBJECT)
        d->origin = o->raw;
    return 0;
}

/* The member of m whose value stands at field x of the line, n when there is none. */
static size_t replaces(const struct weir_doc *d, const struct weir_field *x,
                       const struct weir_member *m, size_t n)
{
    size_t i = 0;
    while (i < n &&
           (!weir_span_is(x->key, m[i].key) || weir_json_find(d->f, d->n_f, m[i].key) != x))
        i++;
    return i;
}

static size_t last_brace(struct weir_span line)
{
    size_t at = line.n;
    while (line.p[at - 1] != '}') // the line was parsed as an object
        at--;
    return at - 1;
}

void weir_doc_with_all(struct weir_buf *b, const struct weir_doc *d, const struct weir_member *m,
                       size_t n)
{
    size_t from = 0, n_members = d->n_f;
    for (size_t k = 0; k < d->n_f; k++) {
        const size_t i = replaces(d, d->f + k, m, n);
        if (i == n)
            continue;
        const size_t at = (size_t)(d->f[k].raw.p - d->line.p);
        weir_buf_add(b, d->line.p + from, at - from);
        weir_buf_add(b, m[i].raw.p, m[i].raw.n);
        from = at + d->f[k].raw.n;
    }
    const size_t brace = last_brace(d->line);
    size_t added = 0;
    for (size_t i = 0; i < n; i++) {
        if (weir_json_find(d->f, d->n_f, m[i].key))
            continue;
        if (!added++)
            weir_buf_add(b, d->line.p + from, brace - from);
        if (n_members++)
            weir_buf_addc(b, ',');
        weir_buf_add_json(b, weir_span(m[i].key, strlen(m[i].key)));
        weir_buf_addc(b, ':');
        weir_buf_add(b, m[i].raw.p, m[i].raw.n);
    }
    if (added)
        weir_buf_addc(b, '}');
    else
        weir_buf_add(b, d->line.p + from, d->line.n - from);
}

void weir_doc_with(struct weir_buf *b, const struct weir_doc *d, const char *key,
                   struct weir_span raw_value)
{
    weir_doc_with_all(b, d, &(struct weir_member){key, raw_value}, 1);
}
