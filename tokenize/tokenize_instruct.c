/* Instruction records: what is asked goes into a template, answers stand behind it, each with EOS;
 * the origin says which tokens are answers. */
#include <stdlib.h>
#include <string.h>
#include "lib/json_tree.h"
#include "tokenize/tokenize_stage.h"
#include "weir/doc.h"

struct turn {
    struct weir_span instruction, input, answer;
};

struct talk {
    struct turn *turn;
    size_t n, cap;
    struct weir_span system;
    const char *why; // the record is bad
    int no_memory;
    int asked; // a question waits for its answer
};

static struct turn *add(struct talk *t)
{
    if (weir_grow(&t->turn, &t->cap, t->n + 1, sizeof *t->turn)) {
        t->no_memory = 1;
        return NULL;
    }
    t->turn[t->n] = (struct turn){weir_span("", 0), weir_span("", 0), weir_span("", 0)};
    return &t->turn[t->n++];
}

/* ---- the forms of records ---- */

static int is_one_of(struct weir_span s, const char *const *names)
{
    for (; *names; names++)
        if (weir_span_is(s, *names))
            return 1;
    return 0;
}

/* {"from", "value"} of ShareGPT, {"role", "content"} of OpenAI. */
static int hear(void *ctx, struct weir_span key, struct json_node v)
{
    static const char *const asks[] = {"user", "human", NULL};
    static const char *const says[] = {"assistant", "gpt", "bot", "chatgpt", NULL};
    struct talk *t = ctx;
    struct json_node m;
    struct weir_span who, what;
    (void)key;
    t->why = "a message lacks \"from\" and \"value\", or \"role\" and \"content\"";
    if (!(json_tree_get(v, "from", &m) || json_tree_get(v, "role", &m)) ||
        !json_tree_string(m, &who) ||
        !(json_tree_get(v, "value", &m) || json_tree_get(v, "content", &m)) ||
        !json_tree_string(m, &what))
        return 1;
    t->why = NULL;
    if (weir_span_is(who, "system") && !t->n) {
        t->system = what;
    } else if (is_one_of(who, asks) && !t->asked) {
        struct turn *turn = add(t);
        if (!turn)
            return 1;
        turn->instruction = what;
        t->asked = 1;
    } else if (is_one_of(who, says) && t->asked) {
        t->turn[t->n - 1].answer = what;
        t->asked = 0;
    } else {
        t->why = "messages are not a question and an answer by turns";
    }
    return t->why != NULL;
}

/* The member as text; 0 when it is neither text nor null nor absent. */
static int text_member(const struct weir_field *f, size_t n, const char *name, struct weir_span *to)
{
    const struct weir_field *m = weir_json_find(f, n, name);
    *to = m && m->type == WEIR_JSON_STRING ? m->str : weir_span("", 0);
    return !m || m->type == WEIR_JSON_STRING || m->type == WEIR_JSON_NULL;
}

static void read_alpaca(struct talk *t, const struct weir_field *f, size_t n)
{
    struct turn *turn = add(t);
    if (!turn)
        return;
    const struct weir_field *output = weir_json_find(f, n, "output");
    if (!text_member(f, n, "instruction", &turn->instruction) ||
        !text_member(f, n, "input", &turn->input) || (!turn->instruction.n && !turn->input.n) ||
        !output || output->type != WEIR_JSON_STRING)
        t->why =
            "no texts \"instruction\" and \"output\", and no \"conversations\" or \"messages\"";
    else
        turn->answer = output->str;
}

/* *tree holds the texts of messages. */
static void read_talk(struct talk *t, const struct weir_field *f, size_t n, json_tree **tree)
{
    const struct weir_field *m = weir_json_find(f, n, "conversations");
    struct weir_err bad = {0};
    struct json_node root;
    m = m ? m : weir_json_find(f, n, "messages");
    if (!m) {
        read_alpaca(t, f, n);
        return;
    }
    *tree = m->type == WEIR_JSON_ARRAY ? json_tree_parse(m->raw, &root, &bad) : NULL;
    t->no_memory |= bad.code == WEIR_EMEM;
    if (!*tree)
        t->why = "messages are no list";
    else
        json_tree_each(root, hear, t);
    if (!t->why && (t->asked || !t->n))
        t->why = "the last message is no answer";
}

/* ---- tokens ---- */

static int put_id(struct tokenize_thread *th, uint32_t id, struct weir_err *err)
{
    if (weir_grow(&th->ids, &th->cap_ids, th->n_ids + 1, sizeof *th->ids))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    th->ids[th->n_ids++] = id;
    return 0;
}

/* Prompt and answer are encoded as one text; a token that reaches into the answer belongs to it. */
static int encode_turn(const struct tokenize *t, struct tokenize_thread *th,
                       const struct talk *talk, size_t i, struct weir_buf *origin,
                       struct weir_err *err)
{
    const struct turn *turn = &talk->turn[i];
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

static int encode(const struct tokenize *t, struct tokenize_thread *th, const struct talk *talk,
                  struct weir_span own, struct weir_buf *origin, struct weir_err *err)
{
    th->system.n = 0;
    th->text_bytes = 0;
    weir_buf_add(origin, own.p, own.n ? own.n - 1 : 0); // without its closing brace
    weir_buf_adds(origin, !own.n ? "{" : own.n > 2 ? "," : "");
    weir_buf_adds(origin, "\"answers\":[");
    for (size_t i = 0; i < talk->n; i++)
        if (encode_turn(t, th, talk, i, origin, err))
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

static int make(const struct tokenize *t, struct tokenize_thread *th, const struct talk *talk,
                const struct weir_field *f, size_t n, struct weir_batch *b, struct weir_rec *r,
                struct weir_err *err)
{
    const struct weir_field *origin = weir_json_find(f, n, "origin");
    struct weir_buf with = {0};
    struct weir_span own = weir_span(NULL, 0);
    if (origin && origin->type == WEIR_JSON_OBJECT)
        own = origin->raw;
    int rc = encode(t, th, talk, own, &with, err);
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
    struct talk talk = {0};
    json_tree *tree = NULL;
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
    read_talk(&talk, f, n, &tree);
    rc = 0;
    if (talk.no_memory)
        rc = weir_err_set(err, WEIR_EMEM, "out of memory");
    else if (talk.why)
        weir_rec_bad(b, r, "no-instruction", "%s", talk.why);
    else
        rc = make(t, th, &talk, f, n, b, r, err);
    json_tree_free(tree);
    free(talk.turn);
    return rc;
}
