/* Instruction records: what is asked goes into a template, answers stand behind it, each with EOS;
 * the origin says which tokens are answers. */
#include "tokenize/tokenize_stage.h"
#include "weir/doc.h"

static int put_id(struct tokenize_thread *th, uint32_t id, struct weir_err *err)
{
    if (weir_grow(&th->ids, &th->cap_ids, th->n_ids + 1, sizeof *th->ids))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    th->ids[th->n_ids++] = id;
    return 0;
}

/* Prompt and answer are encoded as one text; a token that reaches into the answer belongs to it. */
static int encode_turn(const struct tokenize *t, struct tokenize_thread *th, size_t i,
                       struct weir_buf *origin, struct weir_err *err)
{
    const struct talk *talk = &th->talk;
    const struct talk_turn *turn = &talk->turn[i];
    struct weir_buf *text = &th->prompt;
    const size_t first = th->n_ids;
    size_t n, from = 0;
    text->n = 0;
    if (!i && t->header.bos != WEIR_NO_ID && put_id(th, t->header.bos, err))
        return err->code;
    if (!i && talk->system.n) {
        weir_buf_add(&th->system, talk->system.p, talk->system.n);
        weir_buf_adds(&th->system, "\n\n");
        weir_buf_add(&th->system, turn->instruction.p, turn->instruction.n);
        text->failed |= th->system.failed;
    }
    template_fill(&t->template, th->system.n && !i ? weir_buf_span(&th->system) : turn->instruction,
                  turn->input, text);
    const size_t boundary = text->n;
    weir_buf_add(text, turn->answer.p, turn->answer.n);
    if (weir_buf_check(text, err) || tokenize_encode(t, th, weir_buf_span(text), &n, err))
        return err->code;
    while (from < n && th->pieces[from].end <= boundary)
        from++;
    for (size_t k = 0; k < n; k++)
        if (put_id(th, th->pieces[k].id, err))
            return err->code;
    from += th->n_ids - n;
    th->folded += tokenize_folded(t, th, weir_buf_span(text), n);
    if (t->header.eos != WEIR_NO_ID && put_id(th, t->header.eos, err))
        return err->code;
    if (tokenize_add_unit(th, from - first, err) || tokenize_add_unit(th, th->n_ids - from, err))
        return err->code;
    weir_buf_addf(origin, "%s[%zu,%zu]", i ? "," : "", from, th->n_ids);
    th->text_bytes += text->n;
    return 0;
}

static int encode(const struct tokenize *t, struct tokenize_thread *th, struct weir_span own,
                  struct weir_buf *origin, struct weir_err *err)
{
    th->system.n = 0;
    th->text_bytes = 0;
    weir_buf_add(origin, own.p, own.n ? own.n - 1 : 0); // without its closing brace
    weir_buf_adds(origin, !own.n ? "{" : own.n > 2 ? "," : "");
    weir_buf_adds(origin, "\"answers\":[");
    for (size_t i = 0; i < th->talk.n; i++)
        if (encode_turn(t, th, i, origin, err))
            return err->code;
    weir_buf_adds(origin, "]}");
    return weir_buf_check(origin, err);
}

static struct weir_span member_text(const struct weir_field *f, size_t n, const char *name)
{
    const struct weir_field *m = weir_json_find(f, n, name);
    if (!m || m->type == WEIR_JSON_NULL)
        return weir_span(NULL, 0);
    return m->type == WEIR_JSON_STRING ? m->str : m->raw;
}

static int make(const struct tokenize *t, struct tokenize_thread *th, const struct weir_field *f,
                size_t n, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    const struct weir_field *origin = weir_json_find(f, n, "origin");
    struct weir_buf with = {0};
    struct weir_span own = weir_span(NULL, 0);
    if (origin && origin->type == WEIR_JSON_OBJECT)
        own = origin->raw;
    int rc = encode(t, th, own, &with, err);
    struct weir_doc d = {.line = weir_rec_raw(b, r),
                         .id = member_text(f, n, "id"),
                         .source = member_text(f, n, "source"),
                         .text = weir_span(NULL, th->text_bytes),
                         .origin = weir_buf_span(&with)};
    weir_rec_source(b, r, d.source);
    if (!rc)
        rc = tokenize_put(t, th, &d, b, r, err);
    weir_buf_free(&with);
    return rc;
}

int tokenize_instruct_work(const struct tokenize *t, struct tokenize_thread *th,
                           struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct weir_err bad = {0};
    struct weir_field *f;
    const char *why;
    size_t n;
    const struct weir_span raw = weir_rec_raw(b, r);
    th->n_ids = th->n_units = 0;
    th->folded = 0;
    int rc = weir_json_object(th->json, raw.p, raw.n, &f, &n, &bad);
    if (rc == WEIR_EBAD) {
        weir_rec_bad(b, r, "malformed", "%s", bad.msg);
        return 0;
    }
    if (rc < 0)
        return weir_err_set(err, rc, "%s", bad.msg);
    rc = talk_read(&th->talk, f, n, &why);
    if (rc == WEIR_EMEM)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!rc)
        return make(t, th, f, n, b, r, err);
    weir_rec_bad(b, r, "no-instruction", "%s", why);
    return 0;
}
