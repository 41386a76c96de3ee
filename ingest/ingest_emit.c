/* Writing documents: fields in the order of docs/formats.md, known ones first. */
#include "ingest/ingest_out.h"

#include <stdlib.h>
#include <string.h>

#include "lib/xxh.h"
#include "weir/utf8.h"

struct ingest_out *ingest_out_new(struct ingest *in, struct weir_err *err)
{
    struct ingest_out *out = weir_calloc(1, sizeof *out);
    if (!out)
        weir_err_set(err, WEIR_EMEM, "out of memory");
    else
        out->shared = in->notes;
    return out;
}

void ingest_out_free(struct ingest_out *out)
{
    if (!out)
        return;
    ingest_notes_add(out->shared, out->note, out->n_note);
    for (size_t i = 0; i < sizeof out->cnv / sizeof out->cnv[0]; i++)
        if (out->cnv[i])
            ucnv_close(out->cnv[i]);
    weir_buf_free(&out->text);
    weir_buf_free(&out->title);
    weir_buf_free(&out->utf8);
    weir_buf_free(&out->nfc);
    weir_buf_free(&out->utf16);
    free(out);
}

static void add(struct weir_buf *b, struct weir_span s)
{
    weir_buf_add(b, s.p, s.n);
}

/* before: the comma, the key and the colon. */
static void add_member(struct weir_buf *b, struct weir_span before, struct weir_span value)
{
    if (!value.p)
        return;
    add(b, before);
    weir_buf_add_json_lossy(b, value);
}
#define ADD_MEMBER(b, key, value) add_member(b, WEIR_LIT(",\"" key "\":"), value)

static void add_hash_id(struct weir_buf *b, struct weir_span source, struct weir_span made_of,
                        uint32_t nth)
{
    XXH128_canonical_t c;
    XXH128_canonicalFromHash(&c, XXH3_128bits(made_of.p, made_of.n));
    struct weir_buf id = {0};
    weir_buf_add(&id, source.p, source.n);
    weir_buf_addc(&id, ':');
    weir_buf_add_hex(&id, c.digest, sizeof c.digest);
    if (nth)
        weir_buf_addf(&id, "-%u", nth + 1);
    weir_buf_add_json_lossy(b, weir_buf_span(&id));
    b->failed |= id.failed;
    weir_buf_free(&id);
}

static void add_origin(struct weir_buf *b, const struct weir_rec *r)
{
    add(b, WEIR_LIT(",\"origin\":{\"file\":"));
    weir_buf_add_json_lossy(b, weir_span(r->file, strlen(r->file)));
    add(b, WEIR_LIT(",\"offset\":"));
    weir_buf_add_u64(b, r->offset);
    add(b, WEIR_LIT(",\"length\":"));
    weir_buf_add_u64(b, r->length);
    weir_buf_addc(b, '}');
}

static int is_blank(struct weir_span s)
{
    for (size_t i = 0; i < s.n;) {
        unsigned len;
        if (!weir_is_space(weir_utf8_decode(s.p + i, s.n - i, &len)))
            return 0;
        i += len;
    }
    return 1;
}

/* A title is one line without space around it. */
static int clean_title(struct ingest_out *out, struct weir_span title, struct weir_err *err)
{
    struct weir_buf *t = &out->title;
    int rc = ingest_clean(out, title, t, err);
    size_t start = 0;
    for (size_t i = 0; i < t->n; i++)
        if (t->p[i] == '\n' || t->p[i] == '\t')
            t->p[i] = ' ';
    while (t->n && t->p[t->n - 1] == ' ')
        t->n--;
    while (start < t->n && t->p[start] == ' ')
        start++;
    if (start) {
        t->n -= start;
        memmove(t->p, t->p + start, t->n);
    }
    return rc;
}

/* Does the text begin with the title as a line of its own? */
static int begins_with_line(struct weir_span text, struct weir_span title)
{
    return text.n >= title.n && !memcmp(text.p, title.p, title.n) &&
           (text.n == title.n || text.p[title.n] == '\n');
}

/* The clean text: the source's own bytes when nothing is to be done, else a copy in out. */
static int clean_text(struct ingest *in, struct ingest_out *out, const struct ingest_doc *d,
                      struct weir_span *text, struct weir_err *err)
{
    const struct weir_span title = weir_buf_span(&out->title);
    *text = d->text;
    const int untouched = d->clean || ingest_is_clean(d->text);
    const int in_front = in->opt->with_title && title.n;
    if (untouched && !in_front)
        return 0;
    if (in_front) {
        weir_buf_add(&out->text, title.p, title.n);
        weir_buf_addc(&out->text, '\n');
    }
    const size_t start = out->text.n;
    if (untouched)
        weir_buf_add(&out->text, d->text.p, d->text.n);
    else if (ingest_clean(out, d->text, &out->text, err))
        return err->code;
    *text = weir_buf_span(&out->text);
    const struct weir_span body = weir_span(text->p + start, text->n - start);
    if (in_front && (is_blank(body) || begins_with_line(body, title)))
        *text = body;
    return weir_buf_check(&out->text, err);
}

static struct weir_span source_of(const struct ingest *in, const struct ingest_doc *d)
{
    const char *s = in->opt->source ? in->opt->source : in->source ? in->source->name : "";
    return d->source.p && !in->opt->source ? d->source : weir_span(s, strlen(s));
}

static void write_doc(struct ingest *in, struct ingest_out *out, struct weir_batch *b,
                      const struct weir_rec *r, const struct ingest_doc *d, struct weir_span text)
{
    const struct weir_span source = source_of(in, d);
    const char *lang = in->opt->lang ? in->opt->lang : d->lang.p ? NULL : ingest_guess_lang(text);
    weir_buf_reserve(&b->out, text.n + text.n / 16 + d->extra.n + 512);
    add(&b->out, WEIR_LIT("{\"id\":"));
    if (d->id.p)
        weir_buf_add_json_lossy(&b->out, d->id);
    else
        add_hash_id(&b->out, source, d->made_of.p ? d->made_of : weir_rec_raw(b, r), r->n_out);
    add(&b->out, WEIR_LIT(",\"text\":"));
    weir_buf_add_json(&b->out, text);
    ADD_MEMBER(&b->out, "source", source);
    ADD_MEMBER(&b->out, "lang", lang ? weir_span(lang, strlen(lang)) : d->lang);
    ADD_MEMBER(&b->out, "code_lang", d->code_lang);
    if (out->title.n)
        ADD_MEMBER(&b->out, "title", weir_buf_span(&out->title));
    ADD_MEMBER(&b->out, "url", d->url);
    ADD_MEMBER(&b->out, "license", d->license);
    ADD_MEMBER(&b->out, "path", d->path);
    add_origin(&b->out, r);
    if (d->extra.n) {
        weir_buf_addc(&b->out, ',');
        add(&b->out, d->extra);
    }
    add(&b->out, WEIR_LIT("}\n"));
}

void ingest_too_long(const struct ingest *in, struct weir_batch *b, struct weir_rec *r)
{
    weir_rec_bad(b, r, "too-long", "%llu bytes, more than --max-record %llu",
                 (unsigned long long)r->length, (unsigned long long)in->job->max_record);
}

int ingest_emit(struct ingest *in, struct ingest_out *out, struct weir_batch *b, struct weir_rec *r,
                const struct ingest_doc *d, struct weir_err *err)
{
    struct weir_span text;
    out->text.n = out->title.n = 0;
    if (d->title.p && clean_title(out, d->title, err))
        return err->code;
    if (clean_text(in, out, d, &text, err))
        return err->code;
    if (is_blank(text)) {
        if (r->fate != WEIR_MADE) {
            weir_rec_source(b, r, source_of(in, d));
            weir_rec_drop(b, r, "empty", NULL);
        }
        return 0;
    }
    if (r->fate != WEIR_MADE) {
        r->fate = WEIR_MADE;
        r->out_at = b->out.n;
        r->n_out = 0;
        weir_rec_source(b, r, source_of(in, d));
    }
    write_doc(in, out, b, r, d, text);
    r->out_n = b->out.n - r->out_at;
    r->n_out++;
    weir_buf_reset(&out->text, INGEST_KEEP);
    weir_buf_reset(&out->title, INGEST_KEEP);
    return weir_buf_check(&b->out, err);
}
