#include "lib/talk.h"

#include <stdlib.h>

static const char by_turns[] = "messages are not a question and an answer by turns";
static const char no_history[] = "\"history\" is no list of pairs of texts";
static const char no_message[] =
    "a message lacks \"from\" and \"value\", or \"role\" and \"content\"";
static const char no_alpaca[] =
    "no texts \"instruction\" and \"output\", and no \"conversations\" or \"messages\"";

static struct talk_turn *add(struct talk *t)
{
    if (weir_grow(&t->turn, &t->cap, t->n + 1, sizeof *t->turn))
        return NULL;
    t->turn[t->n] = (struct talk_turn){weir_span("", 0), weir_span("", 0), weir_span("", 0)};
    return &t->turn[t->n++];
}

static int is_one_of(struct weir_span s, const char *const *names)
{
    for (; *names; names++)
        if (weir_span_is(s, *names))
            return 1;
    return 0;
}

static int bad(const char **why, const char *what)
{
    *why = what;
    return WEIR_EBAD;
}

/* A list's elements one after another; each returns as talk_read(). */
static int read_list(struct talk *t, const struct weir_field *m, const char **why, const char *no,
                     int (*each)(void *ctx, struct weir_span key, struct json_node v), void *ctx)
{
    struct weir_err err = {0};
    struct json_node root;
    if (m->type != WEIR_JSON_ARRAY)
        return bad(why, no);
    if (!t->tree && !(t->tree = json_tree_new(&err)))
        return WEIR_EMEM;
    const int rc = json_tree_read(t->tree, m->raw, &root, &err);
    if (rc)
        return rc == WEIR_EMEM ? rc : bad(why, no);
    return json_tree_each(root, each, ctx);
}

/* ---- messages ---- */

struct hearing {
    struct talk *t;
    const char **why;
    size_t n;  // messages heard
    int asked; // a question waits for its answer
};

static int text_of(struct json_node v, const char *a, const char *b, struct weir_span *to)
{
    struct json_node m;
    return (json_tree_get(v, a, &m) && json_tree_string(m, to)) ||
           (json_tree_get(v, b, &m) && json_tree_string(m, to));
}

/* {"from", "value"} of ShareGPT, {"role", "content"} of OpenAI. */
static int hear(void *ctx, struct weir_span key, struct json_node v)
{
    static const char *const asks[] = {"user", "human", NULL};
    static const char *const says[] = {"assistant", "gpt", "bot", "chatgpt", NULL};
    struct hearing *h = ctx;
    struct talk *t = h->t;
    struct weir_span who, what;
    (void)key;
    if (!text_of(v, "from", "role", &who) || !text_of(v, "value", "content", &what))
        return bad(h->why, no_message);
    if (weir_span_is(who, "system") && !h->n) {
        if (t->system.n)
            return bad(h->why, "a system message beside \"system\"");
        t->system = what;
    } else if (is_one_of(who, asks) && !h->asked) {
        struct talk_turn *turn = add(t);
        if (!turn)
            return WEIR_EMEM;
        turn->instruction = what;
        h->asked = 1;
    } else if (is_one_of(who, says) && h->asked) {
        t->turn[t->n - 1].answer = what;
        h->asked = 0;
    } else {
        return bad(h->why, by_turns);
    }
    h->n++;
    return 0;
}

static int read_messages(struct talk *t, const struct weir_field *m, const char **why)
{
    struct hearing h = {.t = t, .why = why};
    const int rc = read_list(t, m, why, "messages are no list", hear, &h);
    if (rc)
        return rc;
    return h.asked || !t->n ? bad(why, "the last message is no answer") : 0;
}

/* ---- Alpaca ---- */

struct pair {
    struct weir_span text[2];
    size_t n;
};

static int hear_text(void *ctx, struct weir_span key, struct json_node v)
{
    struct pair *p = ctx;
    (void)key;
    return p->n == 2 || !json_tree_string(v, &p->text[p->n++]);
}

/* LLaMA-Factory's: [[question, answer], …] before the instruction. */
static int hear_pair(void *ctx, struct weir_span key, struct json_node v)
{
    struct hearing *h = ctx;
    struct pair p = {.n = 0};
    (void)key;
    if (json_tree_type(v) != WEIR_JSON_ARRAY || json_tree_each(v, hear_text, &p) || p.n != 2)
        return bad(h->why, no_history);
    struct talk_turn *turn = add(h->t);
    if (!turn)
        return WEIR_EMEM;
    turn->instruction = p.text[0];
    turn->answer = p.text[1];
    return 0;
}

/* The member's text, empty when it is null or absent; 0 when it is something else. */
static int text_or_none(const struct weir_field *f, size_t n, const char *name,
                        struct weir_span *to)
{
    const struct weir_field *m = weir_json_find(f, n, name);
    const int is_text = m && m->type == WEIR_JSON_STRING;
    *to = is_text ? m->str : weir_span("", 0);
    return is_text || !m || m->type == WEIR_JSON_NULL;
}

static int read_alpaca(struct talk *t, const struct weir_field *f, size_t n, const char **why)
{
    const struct weir_field *output = weir_json_find(f, n, "output"),
                            *history = weir_json_find(f, n, "history");
    struct hearing h = {.t = t, .why = why};
    struct talk_turn last = {.answer = weir_span("", 0)};
    if (!output || output->type != WEIR_JSON_STRING ||
        !text_or_none(f, n, "instruction", &last.instruction) ||
        !text_or_none(f, n, "input", &last.input) || (!last.instruction.n && !last.input.n))
        return bad(why, no_alpaca);
    last.answer = output->str;
    if (history && history->type != WEIR_JSON_NULL) {
        const int rc = read_list(t, history, why, no_history, hear_pair, &h);
        if (rc)
            return rc;
    }
    struct talk_turn *turn = add(t);
    if (!turn)
        return WEIR_EMEM;
    *turn = last;
    return 0;
}

int talk_read(struct talk *t, const struct weir_field *f, size_t n, const char **why)
{
    const struct weir_field *m = weir_json_find(f, n, "conversations");
    t->n = 0;
    if (!text_or_none(f, n, "system", &t->system))
        return bad(why, "\"system\" is no text");
    m = m ? m : weir_json_find(f, n, "messages");
    return m ? read_messages(t, m, why) : read_alpaca(t, f, n, why);
}

void talk_free(struct talk *t)
{
    json_tree_free(t->tree);
    free(t->turn);
    *t = (struct talk){0};
}
