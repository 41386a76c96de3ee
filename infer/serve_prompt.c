/* From an ask to the ids of its prompts. */
#include <stdlib.h>
#include <string.h>
#include "infer/serve_internal.h"

static int out_of_memory(struct refusal *why)
{
    return refuse(why, 503, NULL, NULL, "out of memory");
}

static int encode(const struct call *c, struct weir_span text, struct serve_prompt *to,
                  struct refusal *why)
{
    struct weir_err err = {0};
    if (runner_encode(&c->lane->runner, c->lane->scratch, text, !c->s->opt->no_bos, &to->ids,
                      &to->n, &err))
        return refuse(why, err.code == WEIR_EMEM ? 503 : 400, "prompt", NULL, "%s", err.msg);
    return 0;
}

static int add_prompt(struct call *c, struct serve_prompt **p, struct refusal *why)
{
    if (c->n_prompts * (size_t)c->ask.n >= SERVE_MAX_ANSWERS)
        return refuse(why, 400, "prompt", NULL, "prompts by \"n\" may be %d answers",
                      SERVE_MAX_ANSWERS);
    if (!c->prompt && !(c->prompt = weir_calloc(SERVE_MAX_ANSWERS, sizeof *c->prompt)))
        return out_of_memory(why);
    *p = &c->prompt[c->n_prompts++];
    return 0;
}

/* The first is the one that --template says. */
const char *const serve_templates[SERVE_TEMPLATES] = {"", "plain", "alpaca", "knowlm", "ie"};

/* ---- KnowLM's: an instruction in a template ---- */

static const struct template *find_template(const struct serve *s, struct weir_span name)
{
    for (size_t i = 0; i < SERVE_TEMPLATES; i++)
        if (weir_span_is(name, serve_templates[i]))
            return &s->template[i];
    return NULL;
}

static int make_instruction(struct serve *s, struct call *c, struct refusal *why)
{
    const struct ask *a = &c->ask;
    const struct template *t = find_template(s, a->form);
    struct serve_prompt *p = NULL;
    if (!t)
        return refuse(
            why, 400, "template", NULL,
            "\"template\" must be \"plain\", \"alpaca\", \"knowlm\" or \"ie\", or be left out");
    if (a->schema.p && !t->takes_schema)
        return refuse(why, 400, "schema", NULL, "\"schema\" needs \"template\": \"ie\"");
    s->text.n = s->task.n = 0;
    if (a->schema.p) {
        template_task(a->instruction, a->schema, a->input, &s->task);
        template_fill(t, weir_buf_span(&s->task), weir_span("", 0), &s->text);
    } else {
        template_fill(t, a->instruction, a->input, &s->text);
    }
    if (s->text.failed || s->task.failed)
        return out_of_memory(why);
    return add_prompt(c, &p, why) || encode(c, weir_buf_span(&s->text), p, why) ? -1 : 0;
}

/* ---- completions: a text, texts, ids, or lists of ids ---- */

struct prompts {
    struct call *c;
    struct refusal *why;
    struct serve_prompt *ids; // the list that is being read
    size_t cap;
};

static int bad_prompt(struct refusal *why)
{
    return refuse(why, 400, "prompt", NULL,
                  "\"prompt\" must be a text, a list of texts, a list of ids, or a list of lists "
                  "of ids of the model");
}

static int each_id(void *ctx, struct weir_span key, struct json_node v)
{
    struct prompts *p = ctx;
    int64_t id;
    (void)key;
    if (!json_tree_whole(v, &id) || id < 0 ||
        id >= (int64_t)p->c->lane->runner.model->config.n_vocab)
        return bad_prompt(p->why);
    if (weir_grow(&p->ids->ids, &p->cap, p->ids->n + 1, sizeof *p->ids->ids))
        return out_of_memory(p->why);
    p->ids->ids[p->ids->n++] = (uint32_t)id;
    return 0;
}

static int read_ids(struct prompts *p, struct json_node list)
{
    p->cap = 0;
    return add_prompt(p->c, &p->ids, p->why) ? -1 : json_tree_each(list, each_id, p);
}

static int each_prompt(void *ctx, struct weir_span key, struct json_node v)
{
    struct prompts *p = ctx;
    struct serve_prompt *to = NULL;
    struct weir_span text;
    (void)key;
    if (json_tree_type(v) == WEIR_JSON_ARRAY)
        return read_ids(p, v);
    if (!json_tree_string(v, &text))
        return bad_prompt(p->why);
    return add_prompt(p->c, &to, p->why) ? -1 : encode(p->c, text, to, p->why);
}

/* 1 when the list begins with a number. */
static int begins_with_number(void *ctx, struct weir_span key, struct json_node v)
{
    (void)ctx;
    (void)key;
    return json_tree_type(v) == WEIR_JSON_NUMBER ? 1 : 2;
}

static int make_prompts(struct serve *s, struct call *c, struct refusal *why)
{
    (void)s;
    struct prompts p = {.c = c, .why = why};
    const struct json_node v = c->ask.prompt;
    if (json_tree_type(v) != WEIR_JSON_ARRAY)
        return each_prompt(&p, weir_span("", 0), v);
    switch (json_tree_each(v, begins_with_number, NULL)) {
    case 0:
        return bad_prompt(why);
    case 1:
        return read_ids(&p, v);
    default:
        return json_tree_each(v, each_prompt, &p);
    }
}

/* ---- chats: turns as a model is trained on them: BOS, prompt, answer, EOS ---- */

struct chat {
    struct serve *s;
    struct call *c;
    struct refusal *why;
    struct serve_prompt *all;
    size_t cap;
    struct weir_buf said; // by the system and the user since the last answer
    int has_said;
};

static int bad_message(struct chat *t, const char *what)
{
    return refuse(t->why, 400, "messages", NULL, "\"messages\": %s", what);
}

static int each_part(void *ctx, struct weir_span key, struct json_node v)
{
    struct chat *t = ctx;
    struct json_node type, text;
    struct weir_span kind, s;
    (void)key;
    if (!json_tree_get(v, "type", &type) || !json_tree_string(type, &kind) ||
        !weir_span_is(kind, "text") || !json_tree_get(v, "text", &text) ||
        !json_tree_string(text, &s))
        return bad_message(t, "parts of a content must be {\"type\":\"text\",\"text\":…}");
    weir_buf_add(&t->said, s.p, s.n);
    return 0;
}

/* Behind what was said before, on a line of its own. */
static int add_content(struct chat *t, struct json_node message)
{
    struct json_node content;
    struct weir_span s;
    if (!json_tree_get(message, "content", &content))
        return bad_message(t, "a message has no \"content\"");
    if (t->has_said)
        weir_buf_addc(&t->said, '\n');
    t->has_said = 1;
    if (json_tree_string(content, &s))
        weir_buf_add(&t->said, s.p, s.n);
    else if (json_tree_type(content) != WEIR_JSON_ARRAY)
        return bad_message(t, "a \"content\" must be a text, or a list of parts");
    else if (json_tree_each(content, each_part, t))
        return -1;
    return t->said.failed ? out_of_memory(t->why) : 0;
}

/* The ids of what the scratch holds, behind those before. */
static int add_ids(struct chat *t, const uint32_t *eos)
{
    struct serve *s = t->s;
    struct serve_prompt turn = {0}, *all = t->all;
    if (s->text.failed)
        return out_of_memory(t->why);
    if (encode(t->c, weir_buf_span(&s->text), &turn, t->why))
        return -1;
    const int rc = weir_grow(&all->ids, &t->cap, all->n + turn.n + 1, sizeof *all->ids);
    if (!rc) {
        memcpy(all->ids + all->n, turn.ids, turn.n * sizeof *turn.ids);
        all->n += turn.n;
        if (eos)
            all->ids[all->n++] = *eos;
    }
    free(turn.ids);
    return rc ? out_of_memory(t->why) : 0;
}

static int end_turn(struct chat *t, struct json_node message)
{
    const struct model_config *config = &t->c->lane->runner.model->config;
    struct json_node content;
    struct weir_span answer;
    if (!t->has_said)
        return bad_message(t, "the first must be of the user or the system");
    if (!json_tree_get(message, "content", &content) || !json_tree_string(content, &answer))
        return bad_message(t, "an assistant's \"content\" must be a text");
    t->s->text.n = 0;
    template_fill(&t->s->template[0], weir_buf_span(&t->said), weir_span("", 0), &t -> s -> text);
    weir_buf_add(&t->s->text, answer.p, answer.n);
    t->said.n = 0;
    t->has_said = 0;
    return add_ids(t, config->n_eos ? &config->eos[0] : NULL);
}

static int each_message(void *ctx, struct weir_span key, struct json_node v)
{
    struct chat *t = ctx;
    struct json_node node;
    struct weir_span role;
    (void)key;
    if (!json_tree_get(v, "role", &node) || !json_tree_string(node, &role))
        return bad_message(t, "a message has no \"role\"");
    if (weir_span_is(role, "assistant"))
        return end_turn(t, v);
    if (weir_span_is(role, "user") || weir_span_is(role, "system") ||
        weir_span_is(role, "developer"))
        return add_content(t, v);
    return bad_message(t, "a \"role\" must be system, developer, user or assistant");
}

static int make_chat(struct serve *s, struct call *c, struct refusal *why)
{
    struct chat t = {.s = s, .c = c, .why = why};
    int rc = add_prompt(c, &t.all, why);
    if (!rc)
        rc = json_tree_each(c->ask.messages, each_message, &t);
    if (!rc && !t.has_said)
        rc = bad_message(&t, "the last must be of the user");
    if (!rc) {
        s->text.n = 0;
        template_fill(&s->template[0], weir_buf_span(&t.said), weir_span("", 0), &s -> text);
        rc = add_ids(&t, NULL);
    }
    weir_buf_free(&t.said);
    return rc;
}

/* ---- all ---- */

/* A chat that does not say how much it wants gets what --max-new says, where there is room. */
static void settle_length(const struct serve *s, struct call *c)
{
    const uint32_t positions = c->lane->runner.model->config.max_positions;
    struct gen_opt *o = &c->ask.gen;
    if (c->ask.has_max || c->ask.kind != SERVE_CHAT)
        return;
    o->max_new = (uint32_t)s->opt->max_new;
    if (c->prompt[0].n < positions && positions - c->prompt[0].n < o->max_new)
        o->max_new = positions - (uint32_t)c->prompt[0].n;
}

int serve_make_prompts(struct serve *s, struct call *c, struct refusal *why)
{
    static int (*const make[])(struct serve *, struct call *,
                               struct refusal *) = {make_instruction, make_prompts, make_chat};
    struct weir_err err = {0};
    if (make[c->ask.kind](s, c, why))
        return -1;
    settle_length(s, c);
    for (size_t i = 0; i < c->n_prompts; i++) {
        if (!c->prompt[i].n)
            return refuse(why, 400, "prompt", NULL, "there is nothing to continue");
        if (gen_check(c->lane->gen, c->prompt[i].n, &c->ask.gen, &err))
            return refuse(why, 400, "prompt", "context_length_exceeded", "%s", err.msg);
    }
    return 0;
}
