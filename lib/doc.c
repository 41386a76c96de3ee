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

void weir_doc_with(struct weir_buf *b, const struct weir_doc *d, const char *key,
                   struct weir_span raw_value)
{
    const struct weir_field *x = weir_json_find(d->f, d->n_f, key);
    if (x) {
        const size_t before = (size_t)(x->raw.p - d->line.p);
        const size_t after = before + x->raw.n;
        weir_buf_add(b, d->line.p, before);
        weir_buf_add(b, raw_value.p, raw_value.n);
        weir_buf_add(b, d->line.p + after, d->line.n - after);
        return;
    }
    size_t brace = d->line.n;
    while (brace > 0 && d->line.p[brace - 1] != '}')
        brace--;
    if (!brace) /* cannot be: the line was parsed as an object */
        return;
    weir_buf_add(b, d->line.p, brace - 1);
    if (d->n_f)
        weir_buf_addc(b, ',');
    weir_buf_add_json(b, weir_span(key, strlen(key)));
    weir_buf_addc(b, ':');
    weir_buf_add(b, raw_value.p, raw_value.n);
    weir_buf_addc(b, '}');
}
