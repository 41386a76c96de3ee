/* Alpaca, ShareGPT and OpenAI messages to one talk, and back to one form. */
#include <string.h>
#include "kg2instruction/ie_compose.h"

static const char by_turns[] = "messages are not a question and an answer by turns";
static const char no_history[] = "\"history\" is no list of pairs of texts";
static const char no_alpaca[] =
    "no texts \"instruction\" and \"output\", and no \"conversations\" or \"messages\"";

static struct compose_turn *add(struct compose_talk *t)
{
    if (weir_grow(&t->turn, &t->cap, t->n + 1, sizeof *t->turn))
        return NULL;
    t->turn[t->n] = (struct compose_turn){weir_span("", 0), weir_span("", 0), weir_span("", 0)};
    return &t->turn[t->n++];
}

static int is_one_of(struct weir_span s, const char *const *names)
{
    for (; *names; names++)
        if (weir_span_is(s, *names))
            return 1;
    return 0;
}

static struct weir_span either(const struct ie_val *v, const char *a, const char *b)
{
    const struct weir_span s = ie_text(v, a);
    return s.p ? s : ie_text(v, b);
}

static int bad(const char **why, const char *what)
{
    *why = what;
    return WEIR_EBAD;
}

/* {"from", "value"} of ShareGPT, {"role", "content"} of OpenAI; names as tokenize takes them. */
static int read_messages(struct compose_talk *t, const struct ie_val *list, const char **why)
{
    static const char *const asks[] = {"user", "human", NULL};
    static const char *const says[] = {"assistant", "gpt", "bot", "chatgpt", NULL};
    int asked = 0;
    if (list->type != WEIR_JSON_ARRAY)
        return bad(why, "messages are no list");
    for (size_t i = 0; i < list->n; i++) {
        const struct ie_val *m = &list->kid[i];
        const struct weir_span who = either(m, "from", "role"),
                               what = either(m, "value", "content");
        if (!who.p || !what.p)
            return bad(why, "a message lacks \"from\" and \"value\", or \"role\" and \"content\"");
        if (weir_span_is(who, "system") && !i) {
            t->system = what;
        } else if (is_one_of(who, asks) && !asked) {
            struct compose_turn *turn = add(t);
            if (!turn)
                return WEIR_EMEM;
            turn->instruction = what;
            asked = 1;
        } else if (is_one_of(who, says) && asked) {
            t->turn[t->n - 1].answer = what;
            asked = 0;
        } else {
            return bad(why, by_turns);
        }
    }
    return asked || !t->n ? bad(why, "the last message is no answer") : 0;
}

/* LLaMA-Factory's: [[question, answer], …] before the instruction. */
static int read_history(struct compose_talk *t, const struct ie_val *h, const char **why)
{
    if (!h || h->type == WEIR_JSON_NULL)
        return 0;
    if (h->type != WEIR_JSON_ARRAY)
        return bad(why, no_history);
    for (size_t i = 0; i < h->n; i++) {
        const struct ie_val *pair = &h->kid[i];
        if (pair->type != WEIR_JSON_ARRAY || pair->n != 2 ||
            pair->kid[0].type != WEIR_JSON_STRING || pair->kid[1].type != WEIR_JSON_STRING)
            return bad(why, no_history);
        struct compose_turn *turn = add(t);
        if (!turn)
            return WEIR_EMEM;
        turn->instruction = pair->kid[0].str;
        turn->answer = pair->kid[1].str;
    }
    return 0;
}

/* The member's text, empty when it is null or absent; 0 when it is something else. */
static int text_or_none(const struct ie_val *rec, const char *name, struct weir_span *to)
{
    const struct ie_val *m = ie_get(rec, name);
    const int is_text = m && m->type == WEIR_JSON_STRING;
    *to = is_text ? m->str : weir_span("", 0);
    return is_text || !m || m->type == WEIR_JSON_NULL;
}

static int read_alpaca(struct compose_talk *t, const struct ie_val *rec, const char **why)
{
    struct compose_turn last = {.answer = ie_text(rec, "output")};
    if (!last.answer.p || !text_or_none(rec, "instruction", &last.instruction) ||
        !text_or_none(rec, "input", &last.input) || (!last.instruction.n && !last.input.n))
        return bad(why, no_alpaca);
    const int rc = read_history(t, ie_get(rec, "history"), why);
    struct compose_turn *turn = rc ? NULL : add(t);
    if (turn)
        *turn = last;
    return rc ? rc : turn ? 0 : WEIR_EMEM;
}

int compose_talk_read(struct compose_talk *t, const struct ie_val *rec, const char **why)
{
    const struct ie_val *m = ie_get(rec, "conversations");
    t->n = 0;
    if (!text_or_none(rec, "system", &t->system))
        return bad(why, "\"system\" is no text");
    m = m ? m : ie_get(rec, "messages");
    return m ? read_messages(t, m, why) : read_alpaca(t, rec, why);
}

int compose_talk_is_single(const struct compose_talk *t)
{
    return t->n == 1 && !t->system.n;
}

/* ---- the texts ---- */

/* Alpaca's two members as the one question that they are. */
static void put_question(struct weir_buf *b, const struct compose_turn *turn)
{
    weir_buf_add(b, turn->instruction.p, turn->instruction.n);
    if (turn->instruction.n && turn->input.n)
        weir_buf_addc(b, '\n');
    weir_buf_add(b, turn->input.p, turn->input.n);
}

static uint64_t question_bytes(const struct compose_turn *t)
{
    return t->instruction.n + t->input.n + (t->instruction.n && t->input.n);
}

void compose_talk_key(const struct compose_talk *t, struct weir_buf *to)
{
    uint64_t n = t->system.n;
    weir_buf_add(to, &n, sizeof n);
    weir_buf_add(to, t->system.p, t->system.n);
    for (size_t i = 0; i < t->n; i++) {
        const struct compose_turn *turn = &t->turn[i];
        n = question_bytes(turn);
        weir_buf_add(to, &n, sizeof n);
        put_question(to, turn);
        n = turn->answer.n;
        weir_buf_add(to, &n, sizeof n);
        weir_buf_add(to, turn->answer.p, turn->answer.n);
    }
}

/* ---- the form ---- */

static void member(struct weir_buf *b, const char *key, struct weir_span s)
{
    weir_buf_addf(b, "\"%s\": ", key);
    weir_buf_add_json(b, s);
}

static void put_message(struct weir_buf *b, const char *role, struct weir_span s, int first)
{
    weir_buf_addf(b, "%s{\"role\": \"%s\", ", first ? "" : ", ", role);
    member(b, "content", s);
    weir_buf_addc(b, '}');
}

static void put_messages(struct weir_buf *b, const struct compose_talk *t)
{
    struct weir_buf q = {0};
    weir_buf_adds(b, "\"messages\": [");
    if (t->system.n)
        put_message(b, "system", t->system, 1);
    for (size_t i = 0; i < t->n; i++) {
        q.n = 0;
        put_question(&q, &t->turn[i]);
        put_message(b, "user", weir_buf_span(&q), !i && !t->system.n);
        put_message(b, "assistant", t->turn[i].answer, 0);
    }
    weir_buf_addc(b, ']');
    b->failed |= q.failed;
    weir_buf_free(&q);
}

static void put_text(struct weir_buf *b, const struct compose_talk *t)
{
    struct weir_buf all = {0};
    weir_buf_add(&all, t->system.p, t->system.n);
    for (size_t i = 0; i < t->n; i++) {
        weir_buf_adds(&all, all.n ? "\n" : "");
        put_question(&all, &t->turn[i]);
        weir_buf_adds(&all, "\n");
        weir_buf_add(&all, t->turn[i].answer.p, t->turn[i].answer.n);
    }
    weir_buf_adds(b, ", ");
    member(b, "text", weir_buf_span(&all));
    b->failed |= all.failed;
    weir_buf_free(&all);
}

void compose_talk_put(struct weir_buf *to, const struct compose_talk *t, const struct ie_val *rec,
                      int form, struct weir_span source, int text)
{
    const struct ie_val *id = ie_get(rec, "id"), *origin = ie_get(rec, "origin");
    weir_buf_addc(to, '{');
    if (form == COMPOSE_MESSAGES) {
        put_messages(to, t);
    } else {
        member(to, "instruction", t->turn[0].instruction);
        weir_buf_adds(to, ", ");
        member(to, "input", t->turn[0].input);
        weir_buf_adds(to, ", ");
        member(to, "output", t->turn[0].answer);
    }
    weir_buf_adds(to, ", ");
    member(to, "source", source);
    if (id && (id->type == WEIR_JSON_STRING || id->type == WEIR_JSON_NUMBER)) {
        weir_buf_adds(to, ", "); // a document's is text
        member(to, "id", id->str);
    }
    if (origin && origin->type == WEIR_JSON_OBJECT) {
        weir_buf_adds(to, ", \"origin\": ");
        ie_put(to, origin, 1);
    }
    if (text)
        put_text(to, t);
    weir_buf_adds(to, "}\n");
}
