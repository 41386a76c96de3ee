/* Answers as JSON, whole or in events (WHATWG HTML, server-sent events): KnowLM's, and OpenAI's
 * completions and chats. */
#include <string.h>
#include "infer/serve_internal.h"

static void add_text(struct weir_buf *to, const char *text, size_t n)
{
    weir_buf_add_json(to, weir_span(n ? text : "", n));
}

/* KnowLM counts the end of the text as a token. */
static void add_knowlm(const struct voice *v, struct weir_buf *to)
{
    weir_buf_adds(to, "{\"generated_text\":");
    add_text(to, v->answer.text.p, v->answer.text.n);
    weir_buf_addf(to, ",\"num_output_tokens_cf\":%zu,\"error\":null}", v->n_tokens);
}

static void add_head(const struct call *c, struct weir_buf *to)
{
    static const char *const kinds[] = {"", "text_completion", "chat.completion"};
    const int chunk = c->ask.stream && c->ask.kind == SERVE_CHAT;
    weir_buf_addf(to, "{\"id\":\"%s\",\"object\":\"%s%s\",\"created\":%lld,\"model\":", c->id,
                  kinds[c->ask.kind], chunk ? ".chunk" : "", (long long)c->created);
    weir_buf_add_json_lossy(to, weir_span(c->lane->name, strlen(c->lane->name)));
    weir_buf_adds(to, ",\"choices\":[");
}

static void add_usage(const struct call *c, struct weir_buf *to)
{
    size_t prompt = 0, made = 0;
    for (size_t i = 0; i < c->n_prompts; i++)
        prompt += c->prompt[i].n;
    for (size_t i = 0; i < c->n_voices; i++)
        made += c->voice[i].n_tokens;
    weir_buf_addf(
        to, "\"usage\":{\"prompt_tokens\":%zu,\"completion_tokens\":%zu,\"total_tokens\":%zu}",
        prompt, made, prompt + made);
}

static const char *reason(const struct voice *v)
{
    return v->end == GEN_LENGTH ? "\"length\"" : "\"stop\"";
}

/* ---- whole ---- */

static void add_choice(const struct call *c, struct voice *v, struct weir_buf *to)
{
    const size_t index = (size_t)(v - c->voice);
    weir_buf_addf(to, "%s{\"index\":%zu,", index ? "," : "", index);
    if (c->ask.kind == SERVE_CHAT)
        weir_buf_adds(to, "\"message\":{\"role\":\"assistant\",\"content\":");
    else
        weir_buf_adds(to, "\"text\":");
    add_text(to, v->answer.text.p, v->answer.text.n);
    weir_buf_adds(to, c->ask.kind == SERVE_CHAT ? "}," : ",");
    serve_add_notes(c, v, to);
    weir_buf_addf(to, ",\"finish_reason\":%s}", reason(v));
}

int serve_answer(void *ctx, http_request *r)
{
    struct call *c = ctx;
    struct weir_buf b = {0};
    pthread_mutex_lock(&c->s->lock);
    const int finished = c->finished;
    pthread_mutex_unlock(&c->s->lock);
    if (!finished)
        return 0;
    if (c->err.code) {
        http_header(r, "Retry-After", "5");
        http_reply_error(r, 503, NULL, NULL, "%s", c->err.msg);
        return 1;
    }
    if (c->ask.kind == SERVE_GENERATE) {
        add_knowlm(&c->voice[0], &b);
    } else {
        add_head(c, &b);
        for (size_t i = 0; i < c->n_voices; i++)
            add_choice(c, &c->voice[i], &b);
        weir_buf_adds(&b, "],");
        add_usage(c, &b);
        weir_buf_addc(&b, '}');
    }
    weir_buf_addc(&b, '\n');
    http_reply(r, 200, "application/json", &b);
    return 1;
}

/* ---- in events; under serve.lock ---- */

static void begin_event(const struct call *c, const struct voice *v, struct weir_buf *to)
{
    weir_buf_adds(to, "data: ");
    add_head(c, to);
    weir_buf_addf(to, "{\"index\":%zu,", (size_t)(v - c->voice));
}

static void end_event(const struct call *c, const char *finish, struct weir_buf *to)
{
    weir_buf_addf(to, ",\"finish_reason\":%s}]", finish);
    /* Whoever asked for usage gets it in the last event, and null in the others. */
    weir_buf_adds(to, c->ask.usage ? ",\"usage\":null}\n\n" : "}\n\n");
}

static void add_role(const struct call *c, struct voice *v, struct weir_buf *to)
{
    if (v->begun || c->ask.kind != SERVE_CHAT)
        return;
    v->begun = 1;
    begin_event(c, v, to);
    weir_buf_adds(to, "\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"logprobs\":null");
    end_event(c, "null", to);
}

/* Text and tokens that the client has not; more than one token when it is slow. */
static void add_news(const struct call *c, struct voice *v, struct weir_buf *to)
{
    const size_t n = v->done ? v->answer.text.n : answer_certain(&v->answer);
    const char *text = v->answer.text.p + v->told;
    if (n <= v->told)
        return;
    if (c->ask.kind == SERVE_GENERATE) {
        weir_buf_adds(to, "data: {\"text\":");
        add_text(to, text, n - v->told);
        weir_buf_adds(to, "}\n\n");
    } else {
        begin_event(c, v, to);
        weir_buf_adds(to, c->ask.kind == SERVE_CHAT ? "\"delta\":{\"content\":" : "\"text\":");
        add_text(to, text, n - v->told);
        weir_buf_adds(to, c->ask.kind == SERVE_CHAT ? "}," : ",");
        serve_add_notes(c, v, to);
        end_event(c, "null", to);
    }
    v->told = n;
}

static void add_finish(const struct call *c, struct voice *v, struct weir_buf *to)
{
    if (!v->done || v->told_end)
        return;
    v->told_end = 1;
    if (c->ask.kind == SERVE_GENERATE) {
        weir_buf_adds(to, "data: ");
        add_knowlm(v, to);
        weir_buf_adds(to, "\n\n");
        return;
    }
    begin_event(c, v, to);
    weir_buf_adds(to, c->ask.kind == SERVE_CHAT ? "\"delta\":{}," : "\"text\":\"\",");
    serve_add_notes(c, v, to);
    end_event(c, reason(v), to);
}

static void add_end(const struct call *c, struct weir_buf *to)
{
    if (c->err.code) {
        weir_buf_adds(to, "data: {\"error\":{\"message\":");
        weir_buf_add_json_lossy(to, weir_span(c->err.msg, strlen(c->err.msg)));
        weir_buf_adds(to, ",\"type\":\"server_error\",\"param\":null,\"code\":null}}\n\n");
    } else if (c->ask.usage) {
        weir_buf_adds(to, "data: ");
        add_head(c, to);
        weir_buf_adds(to, "],");
        add_usage(c, to);
        weir_buf_adds(to, "}\n\n");
    }
    if (c->ask.kind != SERVE_GENERATE)
        weir_buf_adds(to, "data: [DONE]\n\n");
}

int serve_more(void *ctx, struct weir_buf *to)
{
    struct call *c = ctx;
    pthread_mutex_lock(&c->s->lock);
    for (size_t i = 0; i < c->n_voices && !c->err.code; i++) {
        add_role(c, &c->voice[i], to);
        add_news(c, &c->voice[i], to);
        add_finish(c, &c->voice[i], to);
    }
    const int finished = c->finished;
    if (finished)
        add_end(c, to);
    pthread_mutex_unlock(&c->s->lock);
    return !finished;
}
