/* Documents: one line of JSON to one frame, or to one line of JSON with ids. */
#include "tokenize/tokenize_stage.h"

#include <stdlib.h>
#include <string.h>

#include "lib/xxh.h"
#include "weir/doc.h"
#include "weir/sentence.h"

int tokenize_add_unit(struct tokenize_thread *th, size_t n, struct weir_err *err)
{
    if (!n)
        return 0;
    if (weir_grow(&th->units, &th->cap_units, th->n_units + 1, sizeof *th->units))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    th->units[th->n_units++] = (uint32_t)n;
    return 0;
}

int tokenize_split(const struct tokenize *t, struct tokenize_thread *th, struct weir_span text,
                   struct weir_span lang, struct weir_span code_lang, struct weir_err *err)
{
    size_t n;
    int rc = tokenize_encode(t, th, text, &n, err);
    if (rc || !n)
        return rc;
    th->folded = tokenize_folded(t, th, text, n);
    if (weir_grow(&th->ids, &th->cap_ids, n, sizeof *th->ids) ||
        weir_grow(&th->bounds, &th->cap_bounds, n, sizeof *th->bounds) ||
        weir_grow(&th->places, &th->cap_places, text.n + 1 + WEIR_PLACE_PADDING,
                  sizeof *th->places))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    th->n_ids = n;
    weir_places(text, th->places);
    return tokenize_map(th, text, n, weir_sentence_rules_for(lang, code_lang, text), err);
}

/* ---- output ---- */

/* A document without an id gets SOURCE:xxh3-128 of its line. */
static struct weir_span id_of(const struct weir_doc *d, struct weir_batch *b)
{
    if (d->id.p)
        return d->id;
    XXH128_canonical_t c;
    XXH128_canonicalFromHash(&c, XXH3_128bits(d->line.p, d->line.n));
    const size_t at = b->aux.n;
    weir_buf_add(&b->aux, d->source.p, d->source.n);
    weir_buf_adds(&b->aux, d->source.n ? ":" : "");
    for (size_t i = 0; i < sizeof c.digest; i++)
        weir_buf_addf(&b->aux, "%02x", c.digest[i]);
    return b->aux.failed ? d->id : weir_span(b->aux.p + at, b->aux.n - at);
}

static int put_frame(const struct tokenize *t, struct tokenize_thread *th, const struct weir_doc *d,
                     struct weir_batch *b, struct weir_err *err)
{
    const int has_bounds = t->opt->compat == WEIR_COMPAT_NONE && !t->opt->instructions;
    struct weir_tok_doc out = {.id = id_of(d, b),
                               .source = d->source,
                               .origin = d->origin,
                               .n_tokens = (uint32_t)th->n_ids,
                               .n_units = (uint32_t)th->n_units,
                               .ids = th->ids,
                               .units = th->units,
                               .bounds = has_bounds ? th->bounds : NULL,
                               .text_bytes = d->text.n};
    return weir_tok_put_doc(&b->out, &t->header, &out, err);
}

void tokenize_add_id(struct weir_buf *b, uint32_t id, char behind)
{
    weir_buf_add_u64(b, id);
    weir_buf_addc(b, behind);
}

static void put_json(const struct tokenize_thread *th, const struct weir_doc *d,
                     struct weir_batch *b)
{
    struct weir_buf *o = &b->out;
    weir_buf_adds(o, "{\"id\":");
    weir_buf_add_json(o, id_of(d, b));
    if (d->source.p) {
        weir_buf_adds(o, ",\"source\":");
        weir_buf_add_json(o, d->source);
    }
    weir_buf_addf(o, ",\"n_tokens\":%zu,\"text_bytes\":%zu,\"units\":[", th->n_ids, d->text.n);
    const uint32_t *id = th->ids;
    for (size_t u = 0; u < th->n_units; u++) {
        weir_buf_adds(o, u ? ",[" : "[");
        for (uint32_t k = 0; k < th->units[u]; k++)
            tokenize_add_id(o, *id++, k + 1 < th->units[u] ? ',' : ']');
    }
    weir_buf_addc(o, ']');
    if (d->origin.p) {
        weir_buf_adds(o, ",\"origin\":");
        weir_buf_add(o, d->origin.p, d->origin.n);
    }
    weir_buf_adds(o, "}\n");
}

int tokenize_put(const struct tokenize *t, struct tokenize_thread *th, const struct weir_doc *d,
                 struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    int rc = 0;
    r->out_at = b->out.n;
    if (t->opt->json)
        put_json(th, d, b);
    else
        rc = put_frame(t, th, d, b, err);
    if (rc)
        return rc;
    r->fate = WEIR_MADE;
    r->out_n = b->out.n - r->out_at;
    r->n_out = 1;
    r->n_tokens_out = th->n_ids;
    r->user[0] = th->folded;
    return 0;
}

int tokenize_doc_work(const struct tokenize *t, struct tokenize_thread *th, struct weir_batch *b,
                      struct weir_rec *r, struct weir_err *err)
{
    struct weir_doc d;
    struct weir_err bad = {0};
    int rc = weir_doc_parse(th->json, weir_rec_raw(b, r), &d, &bad);
    if (rc == WEIR_EBAD) {
        weir_rec_bad(b, r, "malformed", "%s", bad.msg);
        return 0;
    }
    if (rc)
        return weir_err_set(err, rc, "%s", bad.msg);
    weir_rec_source(b, r, d.source);
    th->n_ids = th->n_units = 0;
    th->folded = 0;
    rc = t->opt->compat == WEIR_COMPAT_KNOWLM
             ? tokenize_knowlm(t, th, d.text, err)
             : tokenize_split(t, th, d.text, d.lang, d.code_lang, err);
    if (rc && t->opt->check && d.id.n < 200)
        weir_err_prefix(err, "document %.*s", (int)d.id.n, d.id.p ? d.id.p : "");
    if (rc)
        return rc;
    if (!th->n_ids) {
        weir_rec_drop(b, r, "empty", NULL);
        return 0;
    }
    return tokenize_put(t, th, &d, b, r, err);
}
