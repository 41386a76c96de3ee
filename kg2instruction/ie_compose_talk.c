/* A talk as a key, as text and in one form. */
#include "kg2instruction/ie_compose.h"

int compose_talk_is_single(const struct talk *t)
{
    return t->n == 1 && !t->system.n;
}

/* ---- the texts ---- */

/* Alpaca's two members as the one question that they are. */
static void put_question(struct weir_buf *b, const struct talk_turn *turn)
{
    weir_buf_add(b, turn->instruction.p, turn->instruction.n);
    if (turn->instruction.n && turn->input.n)
        weir_buf_addc(b, '\n');
    weir_buf_add(b, turn->input.p, turn->input.n);
}

static uint64_t question_bytes(const struct talk_turn *t)
{
    return t->instruction.n + t->input.n + (t->instruction.n && t->input.n);
}

void compose_talk_key(const struct talk *t, struct weir_buf *to)
{
    uint64_t n = t->system.n;
    weir_buf_add(to, &n, sizeof n);
    weir_buf_add(to, t->system.p, t->system.n);
    for (size_t i = 0; i < t->n; i++) {
        const struct talk_turn *turn = &t->turn[i];
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

static void put_messages(struct weir_buf *b, const struct talk *t)
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

static void put_text(struct weir_buf *b, const struct talk *t)
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

void compose_talk_put(struct weir_buf *to, const struct talk *t, const struct ie_val *rec, int form,
                      struct weir_span source, int text)
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
        weir_buf_adds(to, ", \"id\": ");
        ie_put_id(to, id);
    }
    if (origin && origin->type == WEIR_JSON_OBJECT) {
        weir_buf_adds(to, ", \"origin\": ");
        ie_put(to, origin, 1);
    }
    if (text)
        put_text(to, t);
    weir_buf_adds(to, "}\n");
}
