#include "ingest/ingest_json.h"

#include <stdlib.h>
#include <string.h>

#include "weir/json.h"
#include "weir/utf8.h"

struct json_thread {
    weir_json *json;
    struct weir_buf extra;
};

int ingest_json_open(struct ingest *in, void **reader, struct weir_err *err)
{
    if (in->opt->encoding == WEIR_ENC_UTF16)
        return weir_err_set(err, WEIR_EUSAGE, "--encoding utf-16 is for whole files, not for %s",
                            in->source->name);
    return ingest_frame_open(in, INGEST_ARRAY | INGEST_LINES, reader, err);
}

void *ingest_json_thread_new(struct ingest *in, struct weir_err *err)
{
    struct json_thread *t = weir_calloc(1, sizeof *t);
    (void)in;
    if (!t) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    t->json = weir_json_new(err);
    if (t->json)
        return t;
    free(t);
    return NULL;
}

void ingest_json_thread_free(void *thread)
{
    struct json_thread *t = thread;
    if (!t)
        return;
    weir_json_free(t->json);
    weir_buf_free(&t->extra);
    free(t);
}

/* Lists the members of r.  1, 0 after making r bad, negative on error. */
static int parse(struct ingest *in, weir_json *json, struct ingest_out *out, struct weir_batch *b,
                 struct weir_rec *r, struct weir_field **f, size_t *n_f, struct weir_err *err)
{
    struct weir_span raw = weir_rec_raw(b, r);
    const int e = in->opt->encoding;
    struct weir_err why = {0};
    int rc = 1;
    if (e == WEIR_ENC_GB18030 || e == WEIR_ENC_BIG5 || e == WEIR_ENC_WINDOWS1252)
        rc = ingest_utf8(in, out, b, r, raw, &raw, err);
    if (rc <= 0)
        return rc;
    if (!(rc = weir_json_object(json, raw.p, raw.n, f, n_f, &why)))
        return 1;
    /* Only what the parser refuses is worth asking whether it is UTF-8 at all. */
    if (rc == WEIR_EBAD && e == WEIR_ENC_AUTO && weir_utf8_valid(raw.p, raw.n) < raw.n) {
        if ((rc = ingest_utf8(in, out, b, r, raw, &raw, err)) <= 0)
            return rc;
        memset(&why, 0, sizeof why);
        if (!(rc = weir_json_object(json, raw.p, raw.n, f, n_f, &why)))
            return 1;
    }
    if (rc != WEIR_EBAD)
        return weir_err_set(err, rc, "%s", why.msg);
    weir_rec_bad(b, r, "json", "%s", why.msg);
    return 0;
}

/* The member that plays a part: the user's choice alone, or the first of the source's names. */
static const struct weir_field *choose(const struct weir_field *f, size_t n_f, const char *chosen,
                                       const char *const *names, size_t n_names)
{
    if (chosen)
        return weir_json_find(f, n_f, chosen);
    const struct weir_field *null = NULL;
    for (size_t i = 0; i < n_names && names[i]; i++) {
        const struct weir_field *hit = weir_json_find(f, n_f, names[i]);
        if (hit && hit->type != WEIR_JSON_NULL)
            return hit;
        null = null ? null : hit;
    }
    return null;
}
#define CHOOSE(part) choose(f, n_f, in->opt->part, names->part, sizeof names->part / sizeof(char *))

static struct weir_span string_of(const struct weir_field *f)
{
    return f && f->type == WEIR_JSON_STRING ? f->str : weir_span(NULL, 0);
}

/* An identifier may be a number. */
static struct weir_span id_of(const struct weir_field *f)
{
    return f && f->type == WEIR_JSON_NUMBER ? f->raw : string_of(f);
}

/* Where a document's member of that name goes; *taken for every name that Weir writes itself. */
static struct weir_span *slot(const struct ingest_json_names *names, struct ingest_doc *d,
                              struct weir_span key, int *taken)
{
    const struct {
        const char *name;
        struct weir_span *to;
    } own[] = {{"url", &d->url},   {"license", &d->license},
               {"path", &d->path}, {"source", names->says_source ? &d->source : NULL},
               {"lang", &d->lang}, {"code_lang", &d->code_lang},
               {"id", NULL},       {"text", NULL},
               {"title", NULL},    {"origin", NULL}};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        if (weir_span_is(key, own[i].name)) {
            *taken = 1;
            return own[i].to;
        }
    }
    *taken = 0;
    return NULL;
}

/* A value on one line: line ends inside JSON values are white space. */
static void add_value(struct weir_buf *b, struct weir_span raw)
{
    if (!memchr(raw.p, '\n', raw.n) && !memchr(raw.p, '\r', raw.n)) {
        weir_buf_add(b, raw.p, raw.n);
        return;
    }
    for (size_t i = 0; i < raw.n; i++)
        if (raw.p[i] != '\n' && raw.p[i] != '\r')
            weir_buf_addc(b, raw.p[i]);
}

/* A member that plays no part passes through; one whose name is taken gets "_" behind it. */
static void pass_through(const struct ingest_json_names *names, struct ingest_doc *d,
                         const struct weir_field *f, struct weir_buf *extra)
{
    int taken;
    struct weir_span *to = slot(names, d, f->key, &taken);
    if (to && f->type == WEIR_JSON_STRING) {
        *to = f->str;
        return;
    }
    if (extra->n)
        weir_buf_addc(extra, ',');
    weir_buf_add_json(extra, f->key);
    if (taken && !extra->failed) {
        extra->n--;
        weir_buf_adds(extra, "_\"");
    }
    weir_buf_addc(extra, ':');
    add_value(extra, f->raw);
}

int ingest_json_convert(const struct ingest_json_names *names, struct ingest *in, void *thread,
                        struct ingest_out *out, struct weir_batch *b, struct weir_rec *r,
                        struct weir_err *err)
{
    struct json_thread *t = thread;
    struct weir_field *f;
    size_t n_f;
    struct ingest_doc d = {0};
    int rc = parse(in, t->json, out, b, r, &f, &n_f, err);
    if (rc <= 0)
        return rc;
    const struct weir_field *text = CHOOSE(text), *title = CHOOSE(title), *id = CHOOSE(id);
    if (!text || (text->type != WEIR_JSON_STRING && text->type != WEIR_JSON_NULL)) {
        weir_rec_bad(b, r, "no-text", "member \"%s\" is %s",
                     in->opt->text ? in->opt->text : names->text[0],
                     text ? "no string" : "missing");
        return 0;
    }
    d.text = text->type == WEIR_JSON_STRING ? text->str : WEIR_LIT("");
    d.title = string_of(title);
    d.id = id_of(id);
    weir_buf_reset(&t->extra, 1u << 20);
    for (size_t i = 0; i < n_f; i++)
        if (&f[i] != text && !(&f[i] == title && d.title.p) && !(&f[i] == id && d.id.p))
            pass_through(names, &d, &f[i], &t->extra);
    d.extra = weir_buf_span(&t->extra);
    char source[16];
    if (names->source_of && !d.source.p)
        d.source = names->source_of(d.url, source, sizeof source);
    if (names->check && !names->check(b, r, &d))
        return 0;
    return weir_buf_check(&t->extra, err) ? err->code : ingest_emit(in, out, b, r, &d, err);
}
