#include "kg2instruction/ie_prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int take(struct weir_span **list, size_t *n, const struct ie_val *v, struct weir_err *err)
{
    size_t cap = *n;
    const int one = v->type == WEIR_JSON_STRING;
    if (!one && v->type != WEIR_JSON_ARRAY && v->type != WEIR_JSON_OBJECT)
        return weir_err_set(err, WEIR_EBAD, "templates are no text and no list of texts");
    for (size_t i = 0; i < (one ? 1 : v->n); i++) {
        const struct ie_val *t = one ? v : &v->kid[i];
        if (t->type != WEIR_JSON_STRING)
            return weir_err_set(err, WEIR_EBAD, "a template is no text");
        if (weir_grow(list, &cap, *n + 1, sizeof **list))
            return weir_err_set(err, WEIR_EMEM, "out of memory");
        (*list)[(*n)++] = t->str;
    }
    return 0;
}

/* The part of the file that is for this task and language. */
static const struct ie_val *part_of(const struct ie_prompts *p)
{
    static const char *const langs[] = {"zh", "en"};
    char key[16];
    snprintf(key, sizeof key, "%s%s", ie_task_names[p->task], langs[p->lang]);
    const struct ie_val *root = p->file.root, *v = ie_get(root, key);
    if (!v)
        v = ie_get(root, ie_task_names[p->task]);
    if (!v)
        v = ie_get(root, langs[p->lang]);
    if (!v && root->type != WEIR_JSON_OBJECT)
        v = root;
    return v;
}

static int read_file(struct ie_prompts *p, const char *path, struct weir_err *err)
{
    if (ie_file_open(&p->file, path, err))
        return err->code;
    const struct ie_val *v = part_of(p);
    const struct ie_val *with = v ? ie_get(v, "template") : NULL;
    const struct ie_val *without = v ? ie_get(v, "open_template") : NULL;
    int rc = v ? 0
               : weir_err_set(err, WEIR_EBAD, "no templates for %s in this language",
                              ie_task_names[p->task]);
    if (!rc && !with && !without)
        rc = take(&p->with, &p->n_with, v, err);
    if (!rc && with)
        rc = take(&p->with, &p->n_with, with, err);
    if (!rc && without)
        rc = take(&p->without, &p->n_without, without, err);
    if (!rc && !p->n_with && !p->n_without)
        rc = weir_err_set(err, WEIR_EBAD, "no templates in it");
    if (rc)
        weir_err_prefix(err, "%s", path);
    return rc;
}

int ie_prompts_open(struct ie_prompts *p, enum ie_task task, enum ie_lang lang, const char *path,
                    struct weir_err *err)
{
    *p = (struct ie_prompts){.task = task, .lang = lang};
    if (path)
        return read_file(p, path, err);
    p->with = weir_calloc(IE_N_FRAMES, sizeof *p->with);
    p->without = weir_calloc(IE_N_FRAMES, sizeof *p->without);
    if (!p->with || !p->without)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    p->n_with = p->n_without = IE_N_FRAMES;
    for (size_t i = 0; i < IE_N_FRAMES; i++)
        p->with[i] = p->without[i] = weir_span(ie_frames[lang][i], strlen(ie_frames[lang][i]));
    return 0;
}

void ie_prompts_close(struct ie_prompts *p)
{
    free(p->with);
    free(p->without);
    ie_file_close(&p->file);
}

struct weir_span ie_prompt_iepile(enum ie_task task, enum ie_lang lang)
{
    return weir_span(ie_iepile_prompt[lang][task], strlen(ie_iepile_prompt[lang][task]));
}

/* The form of an answer, in words. */
static void put_format(struct weir_buf *b, enum ie_task task, enum ie_lang lang,
                       enum ie_format format)
{
    const struct ie_fields *f = &ie_fields[task];
    const char *const *name = f->name[lang];
    size_t n = 0;
    weir_buf_adds(b, lang == IE_ZH ? "“" : "\"");
    for (size_t i = 0; format == IE_ROWS_TRIPLES && i < f->n; i++)
        weir_buf_addf(b, "%c%s%s", i ? ',' : '(', name[i], i + 1 == f->n ? ")" : "");
    for (size_t i = 0; format == IE_ROWS_SENTENCES && i < f->n; i++)
        weir_buf_addf(b, lang == IE_ZH ? "%s%s是…" : "%s %s is …",
                      lang == IE_ZH ? (i ? "，" : "") : (i ? ", the" : "The"), name[i]);
    if (format == IE_ROWS_SENTENCES)
        weir_buf_adds(b, lang == IE_ZH ? "。" : ".");
    if (format == IE_ROWS_LABELS)
        weir_buf_addf(b, lang == IE_ZH ? "%s：" : "%s: ", name[f->label]);
    for (size_t i = 0; format == IE_ROWS_LABELS && i < f->n; i++)
        if (i != f->label)
            weir_buf_addf(b, "%s%s", n++ ? "," : "", name[i]);
    for (size_t i = 0; format == IE_ROWS_JSON && i < f->n; i++)
        weir_buf_addf(b, "%s\"%s\": \"\"%s", i ? ", " : "{", f->key[i], i + 1 == f->n ? "}" : "");
    weir_buf_adds(b, lang == IE_ZH ? "”" : "\"");
}

static void put_place(struct weir_buf *b, const struct ie_prompts *p, struct weir_span place,
                      enum ie_format format, struct weir_span schema)
{
    if (weir_span_is(place, "s_schema"))
        weir_buf_add(b, schema.p ? schema.p : "", schema.n);
    else if (weir_span_is(place, "s_format"))
        put_format(b, p->task, p->lang, format);
    else if (weir_span_is(place, "what") && !p->file.root)
        weir_buf_adds(b, ie_frame_what[p->lang][p->task]);
    else if (weir_span_is(place, "unit") && !p->file.root)
        weir_buf_adds(b, ie_frame_unit[p->lang][p->task]);
    else // braces of the user's own
        weir_buf_addf(b, "{%.*s}", (int)place.n, place.p);
}

void ie_prompt_fill(struct weir_buf *b, const struct ie_prompts *p, uint64_t n,
                    enum ie_format format, struct weir_span schema)
{
    const int with = schema.p ? p->n_with > 0 : !p->n_without;
    const struct weir_span t = with ? p->with[n % p->n_with] : p->without[n % p->n_without];
    int out = 0; // inside what stands only with candidates
    for (size_t i = 0; i < t.n;) {
        const char *close = t.p[i] == '{' ? memchr(t.p + i, '}', t.n - i) : NULL;
        if (!p->file.root && i + 1 < t.n && t.p[i] == t.p[i + 1] && strchr("[]", t.p[i])) {
            out = t.p[i] == '[' && !schema.p;
            i += 2;
        } else if (close) {
            const size_t end = (size_t)(close - t.p);
            if (!out)
                put_place(b, p, weir_span(t.p + i + 1, end - i - 1), format, schema);
            i = end + 1;
        } else {
            if (!out)
                weir_buf_addc(b, t.p[i]);
            i++;
        }
    }
}
