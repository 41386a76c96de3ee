/* Frames of a token stream back to documents. */
#include "tokenize/tokenize_stage.h"

#include <string.h>

/* The text of n ids from `first` on, behind what is in *text. */
static int decode(const struct tokenize *t, struct tokenize_thread *th,
                  const struct weir_tok_doc *d, size_t first, size_t n, struct weir_buf *text,
                  struct weir_err *err)
{
    if (weir_grow(&th->ids, &th->cap_ids, n, sizeof *th->ids))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    for (size_t i = 0; i < n; i++)
        th->ids[i] = weir_tok_at(&t->header, d, first + i);
    return tokenize_decode(t, th->ids, n, text, err);
}

/* KnowLM's pieces were encoded one by one, each with its own dummy prefix. */
static int decode_doc(const struct tokenize *t, struct tokenize_thread *th,
                      const struct weir_tok_doc *d, struct weir_buf *text, struct weir_err *err)
{
    if (!(t->header.flags & WEIR_TOK_KNOWLM))
        return decode(t, th, d, 0, d->n_tokens, text, err);
    size_t first = 0;
    for (size_t u = 0; u < d->n_units; u++) {
        const int rc = decode(t, th, d, first, d->units[u], text, err);
        if (rc)
            return rc;
        first += d->units[u];
    }
    return 0;
}

/* The origin goes into the line as it stands: one that is no object, or has a newline, would make
 * something else of it. */
static int origin_ok(struct tokenize_thread *th, struct weir_span origin)
{
    struct weir_err ignored = {0};
    struct weir_field *f;
    size_t n;
    return !origin.n || (!memchr(origin.p, '\n', origin.n) &&
                         !weir_json_object(th->json, origin.p, origin.n, &f, &n, &ignored));
}

int tokenize_undoc_work(const struct tokenize *t, struct tokenize_thread *th, struct weir_batch *b,
                        struct weir_rec *r, struct weir_err *err)
{
    struct weir_tok_doc d;
    struct weir_err bad = {0};
    int rc = weir_tok_get_doc(b->raw.p + r->raw_at, r->raw_n, &t->header, &d, &bad);
    if (rc == WEIR_EBAD) {
        weir_rec_bad(b, r, "malformed", "%s", bad.msg);
        return 0;
    }
    if (rc)
        return weir_err_set(err, rc, "%s", bad.msg);
    weir_rec_source(b, r, d.source);
    if (!origin_ok(th, d.origin)) {
        weir_rec_bad(b, r, "malformed", "origin is no JSON object on one line");
        return 0;
    }
    th->text.n = 0;
    rc = decode_doc(t, th, &d, &th->text, err);
    if (rc)
        return rc;
    struct weir_buf *o = &b->out;
    r->out_at = o->n;
    weir_buf_adds(o, "{\"id\":");
    weir_buf_add_json_lossy(o, d.id);
    if (d.source.n) {
        weir_buf_adds(o, ",\"source\":");
        weir_buf_add_json_lossy(o, d.source);
    }
    weir_buf_adds(o, ",\"text\":");
    weir_buf_add_json_lossy(o, weir_buf_span(&th->text));
    if (d.origin.n) {
        weir_buf_adds(o, ",\"origin\":");
        weir_buf_add(o, d.origin.p, d.origin.n);
    }
    weir_buf_adds(o, "}\n");
    r->fate = WEIR_MADE;
    r->out_n = o->n - r->out_at;
    r->n_out = 1;
    return 0;
}
