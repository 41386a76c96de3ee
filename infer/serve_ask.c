/* Reads requests: KnowLM's, and OpenAI's of completions and chats with vLLM's further members.  A
 * table says which members there are; one that is not in it is refused, so that nothing that was
 * asked for is left undone in silence. */
#include "infer/serve_ask.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GENERATE = 1, PARAMETER = 2, COMPLETION = 4, CHAT = 8 };
#define API (COMPLETION | CHAT)
#define ALL (PARAMETER | API)

struct reader {
    struct ask *a;
    int place; // one of the above
    struct refusal *why;
    int sample, stops; // the member: -1 none
    double temperature;
    int64_t top_k, best_of, max_tokens, top_logprobs;
    int has_parameters;
};

int refuse(struct refusal *why, unsigned status, const char *param, const char *code,
           const char *fmt, ...)
{
    va_list args;
    why->status = status;
    why->param = param;
    why->code = code;
    va_start(args, fmt);
    vsnprintf(why->text, sizeof why->text, fmt, args);
    va_end(args);
    return -1;
}

static int bad(struct reader *r, const char *name, const char *what)
{
    return refuse(r->why, 400, name, NULL, "\"%s\" must be %s", name, what);
}

/* ---- members that need more than a number ---- */

static int add_stop(struct reader *r, struct weir_span s)
{
    struct ask *a = r->a;
    if (!s.n || s.n > SERVE_MAX_STOP_BYTES || memchr(s.p, '\0', s.n))
        return bad(r, "stop", "of texts of 1 to 1000 bytes without NUL");
    if (a->n_stop == SERVE_MAX_STOPS)
        return bad(r, "stop", "at most 16 texts");
    if (!(a->stop[a->n_stop] = strndup(s.p, s.n)))
        return refuse(r->why, 503, NULL, NULL, "out of memory");
    a->n_stop++;
    return 0;
}

static int each_stop(void *ctx, struct weir_span key, struct json_node v)
{
    struct weir_span s;
    (void)key;
    return json_tree_string(v, &s) ? add_stop(ctx, s) : bad(ctx, "stop", "a text or texts");
}

static int read_stop(struct reader *r, struct json_node v)
{
    struct weir_span s;
    if (json_tree_string(v, &s))
        return add_stop(r, s);
    return json_tree_type(v) == WEIR_JSON_ARRAY ? json_tree_each(v, each_stop, r)
                                                : bad(r, "stop", "a text or texts");
}

static int read_early(struct reader *r, struct json_node v)
{
    struct weir_span s;
    int b;
    if (json_tree_bool(v, &b))
        r->a->gen.early_stopping = b ? GEN_STOP_EARLY : GEN_STOP_HEURISTIC;
    else if (json_tree_string(v, &s) && weir_span_is(s, "never"))
        r->a->gen.early_stopping = GEN_STOP_NEVER;
    else
        return bad(r, "early_stopping", "true, false or \"never\"");
    return 0;
}

static int read_length(struct reader *r, struct json_node v)
{
    struct weir_span s;
    if (!json_tree_string(v, &s) || (!weir_span_is(s, "all") && !weir_span_is(s, "generated")))
        return bad(r, "beam_length", "\"all\" or \"generated\"");
    r->a->gen.length_generated = weir_span_is(s, "generated");
    return 0;
}

static int read_seed(struct reader *r, struct json_node v)
{
    int64_t seed;
    if (!json_tree_whole(v, &seed))
        return bad(r, "seed", "a whole number of 64 bits");
    r->a->gen.seed = (uint64_t)seed;
    r->a->has_seed = 1;
    return 0;
}

/* A number for completions, for chats a flag. */
static int read_logprobs(struct reader *r, struct json_node v)
{
    int64_t n;
    int b;
    if (json_tree_bool(v, &b))
        r->a->likeliest = b ? 0 : -1;
    else if (r->place == COMPLETION && json_tree_whole(v, &n) && n >= 0 && n <= SERVE_MAX_LIKELIEST)
        r->a->likeliest = n;
    else
        return bad(r, "logprobs",
                   r->place == CHAT ? "true or false" : "a whole number from 0 to 20");
    return 0;
}

static int read_stream_options(struct reader *r, struct json_node v)
{
    struct json_node usage;
    if (json_tree_type(v) != WEIR_JSON_OBJECT)
        return bad(r, "stream_options", "an object");
    if (json_tree_get(v, "include_usage", &usage) && !json_tree_bool(usage, &r->a->usage))
        return bad(r, "stream_options.include_usage", "true or false");
    return 0;
}

static int read_format(struct reader *r, struct json_node v)
{
    struct json_node type;
    struct weir_span s;
    if (json_tree_get(v, "type", &type) && json_tree_string(type, &s) && weir_span_is(s, "text"))
        return 0;
    return bad(r, "response_format", "{\"type\":\"text\"}: there is no other");
}

/* Members that must ask for nothing. */
static int none(void *ctx, struct weir_span key, struct json_node v)
{
    (void)ctx;
    (void)key;
    (void)v;
    return 1;
}

static int read_empty(struct reader *r, const char *name, struct json_node v)
{
    struct weir_span s;
    int b;
    if ((json_tree_bool(v, &b) && !b) || (json_tree_string(v, &s) && !s.n))
        return 0;
    const enum weir_json_type type = json_tree_type(v);
    if ((type == WEIR_JSON_ARRAY || type == WEIR_JSON_OBJECT) && !json_tree_each(v, none, NULL))
        return 0;
    return refuse(r->why, 400, name, NULL, "\"%s\" is not supported", name);
}

/* ---- the table ---- */

enum type { WHOLE, NUMBER, ABOVE, FLAG, TEXT, SPECIAL, EMPTY, UNUSED };

struct member {
    const char *name;
    int places;
    enum type type;
    size_t at; // in struct ask, or behind IN_READER
    double least, most;
    int (*read)(struct reader *r, struct json_node v);
};

#define ASK(f)       offsetof(struct ask, f)
#define IN_READER    ((size_t)1 << 20)
#define READER(f)    (IN_READER + offsetof(struct reader, f))
#define SPECIALLY(f) SPECIAL, 0, 0, 0, f

static int read_parameters(struct reader *r, struct json_node v);

static const struct member members[] = {
    {"instruction", GENERATE, TEXT, ASK(instruction), 0, 0, NULL},
    {"input", GENERATE, TEXT, ASK(input), 0, 0, NULL},
    {"parameters", GENERATE, SPECIALLY(read_parameters)},
    {"template", GENERATE, TEXT, ASK(form), 0, 0, NULL},
    {"schema", GENERATE, UNUSED, 0, 0, 0, NULL},   // its own bytes are what is used
    {"prompt", COMPLETION, UNUSED, 0, 0, 0, NULL}, // it and messages are taken as trees
    {"messages", CHAT, UNUSED, 0, 0, 0, NULL},
    {"model", GENERATE | API, TEXT, ASK(model), 0, 0, NULL},
    {"stream", GENERATE | API, FLAG, ASK(stream), 0, 0, NULL},
    {"stream_options", API, SPECIALLY(read_stream_options)},
    {"max_tokens", ALL, WHOLE, READER(max_tokens), 1, 1 << 24, NULL},
    {"max_completion_tokens", CHAT, WHOLE, READER(max_tokens), 1, 1 << 24, NULL},
    {"temperature", ALL, NUMBER, READER(temperature), 0, 100, NULL},
    {"top_p", ALL, ABOVE, ASK(gen.top_p), 0, 1, NULL},
    {"top_k", ALL, WHOLE, READER(top_k), -1, 1 << 26, NULL},
    {"presence_penalty", ALL, NUMBER, ASK(gen.presence_penalty), -2, 2, NULL},
    {"frequency_penalty", ALL, NUMBER, ASK(gen.frequency_penalty), -2, 2, NULL},
    {"repetition_penalty", ALL, ABOVE, ASK(gen.repetition_penalty), 0, 100, NULL},
    {"seed", ALL, SPECIALLY(read_seed)},
    {"stop", ALL, SPECIALLY(read_stop)},
    {"sample", ALL, FLAG, READER(sample), 0, 0, NULL},
    {"do_sample", ALL, FLAG, READER(sample), 0, 0, NULL},
    {"beams", ALL, WHOLE, ASK(gen.beams), 1, GEN_MAX_BEAMS, NULL},
    {"num_beams", ALL, WHOLE, ASK(gen.beams), 1, GEN_MAX_BEAMS, NULL},
    {"length_penalty", ALL, NUMBER, ASK(gen.length_penalty), -100, 100, NULL},
    {"beam_length", ALL, SPECIALLY(read_length)},
    {"early_stopping", ALL, SPECIALLY(read_early)},
    {"ignore_eos", ALL, FLAG, ASK(gen.ignore_eos), 0, 0, NULL},
    {"n", API, WHOLE, ASK(n), 1, SERVE_MAX_ANSWERS, NULL},
    {"best_of", COMPLETION, WHOLE, READER(best_of), 1, SERVE_MAX_ANSWERS, NULL},
    {"logprobs", API, SPECIALLY(read_logprobs)},
    {"top_logprobs", CHAT, WHOLE, READER(top_logprobs), 0, SERVE_MAX_LIKELIEST, NULL},
    {"response_format", CHAT, SPECIALLY(read_format)},
    {"echo", COMPLETION, EMPTY, 0, 0, 0, NULL},
    {"suffix", COMPLETION, EMPTY, 0, 0, 0, NULL},
    {"logit_bias", API, EMPTY, 0, 0, 0, NULL},
    {"tools", CHAT, EMPTY, 0, 0, 0, NULL},
    {"functions", CHAT, EMPTY, 0, 0, 0, NULL},
    /* What says who asks, and how he is served elsewhere, has no bearing on the answer. */
    {"user", API, UNUSED, 0, 0, 0, NULL},
    {"metadata", API, UNUSED, 0, 0, 0, NULL},
    {"store", API, UNUSED, 0, 0, 0, NULL},
    {"service_tier", API, UNUSED, 0, 0, 0, NULL},
    {"safety_identifier", API, UNUSED, 0, 0, 0, NULL},
    {"prompt_cache_key", API, UNUSED, 0, 0, 0, NULL},
    {0}};

static void *place_of(struct reader *r, size_t at)
{
    return at >= IN_READER ? (char *)r + (at - IN_READER) : (char *)r->a + at;
}

static int read_number(struct reader *r, const struct member *m, struct json_node v)
{
    char range[100];
    double d;
    int64_t whole = 0;
    const int ok = m->type == WHOLE ? json_tree_whole(v, &whole) : json_tree_number(v, &d);
    if (m->type == WHOLE)
        d = (double)whole;
    snprintf(range, sizeof range, "a %snumber %s %.9g to %.9g", m->type == WHOLE ? "whole " : "",
             m->type == ABOVE ? "above" : "from", m->least, m->most);
    if (!ok || !(d >= m->least && d <= m->most) || (m->type == ABOVE && !((float)d > m->least)))
        return bad(r, m->name, range);
    if (m->type != WHOLE && m->at < IN_READER && m->at != ASK(gen.length_penalty))
        *(float *)place_of(r, m->at) = (float)d;
    else if (m->type != WHOLE)
        *(double *)place_of(r, m->at) = d;
    else if (m->at == ASK(gen.beams))
        r->a->gen.beams = (unsigned)whole;
    else
        *(int64_t *)place_of(r, m->at) = whole;
    return 0;
}

static int read_member(struct reader *r, const struct member *m, struct json_node v)
{
    switch (m->type) {
    case WHOLE:
    case NUMBER:
    case ABOVE:
        return read_number(r, m, v);
    case FLAG:
        return json_tree_bool(v, place_of(r, m->at)) ? 0 : bad(r, m->name, "true or false");
    case TEXT:
        return json_tree_string(v, place_of(r, m->at)) ? 0 : bad(r, m->name, "a text");
    case SPECIAL:
        return m->read(r, v);
    case EMPTY:
        return read_empty(r, m->name, v);
    case UNUSED:
        break;
    }
    return 0;
}

static int each_member(void *ctx, struct weir_span key, struct json_node v)
{
    struct reader *r = ctx;
    const struct member *m = members;
    while (m->name && !((m->places & r->place) && weir_span_is(key, m->name)))
        m++;
    if (!m->name)
        return refuse(r->why, 400, NULL, NULL, "there is no \"%.*s\" in %s",
                      (int)(key.n < 100 ? key.n : 100), key.p,
                      r->place == PARAMETER ? "parameters" : "this request");
    /* null is as good as nothing, as with OpenAI. */
    return json_tree_type(v) == WEIR_JSON_NULL ? 0 : read_member(r, m, v);
}

static int read_parameters(struct reader *r, struct json_node v)
{
    if (json_tree_type(v) != WEIR_JSON_OBJECT)
        return bad(r, "parameters", "an object");
    r->place = PARAMETER;
    const int rc = json_tree_each(v, each_member, r);
    r->place = GENERATE;
    return rc;
}

/* ---- all together ---- */

/* With beams nothing is drawn unless it is asked for; else a temperature of 0 draws nothing. */
static int settle(struct reader *r)
{
    struct ask *a = r->a;
    a->has_max = r->max_tokens > 0;
    if (a->has_max)
        a->gen.max_new = (uint32_t)r->max_tokens;
    a->gen.top_k = r->top_k > 0 ? (uint32_t)r->top_k : 0;
    /* Below this vLLM draws nothing either (SamplingParams._SAMPLING_EPS). */
    const int warm = r->temperature >= 1e-5;
    a->gen.sample = r->sample >= 0 ? r->sample : a->gen.beams == 1 && warm;
    if (a->gen.sample && !warm)
        return bad(r, "temperature", "above 0 to draw");
    if (warm)
        a->gen.temperature = (float)r->temperature;
    if (r->top_logprobs >= 0 && a->likeliest < 0)
        return refuse(r->why, 400, "top_logprobs", NULL,
                      "\"top_logprobs\" needs \"logprobs\": true");
    if (r->top_logprobs >= 0)
        a->likeliest = r->top_logprobs;
    if (a->likeliest >= 0 && a->gen.beams > 1)
        return refuse(r->why, 400, "logprobs", NULL, "there are no \"logprobs\" with beams");
    if (a->gen.beams > 1 && a->n > a->gen.beams)
        return refuse(r->why, 400, "n", NULL, "\"n\" best beams need as many \"beams\"");
    if (r->best_of > 0 && r->best_of != a->n)
        return refuse(r->why, 400, "best_of", NULL,
                      "\"best_of\" other than \"n\" is not supported");
    return 0;
}

static int check_needed(struct reader *r, struct json_node root)
{
    struct ask *a = r->a;
    if (a->kind == SERVE_GENERATE && !a->instruction.p && !a->schema.p)
        return refuse(r->why, 400, "instruction", NULL, "\"instruction\" is missing");
    if (a->kind == SERVE_COMPLETION &&
        (!json_tree_get(root, "prompt", &a->prompt) || json_tree_type(a->prompt) == WEIR_JSON_NULL))
        return refuse(r->why, 400, "prompt", NULL, "\"prompt\" is missing");
    if (a->kind == SERVE_CHAT && (!json_tree_get(root, "messages", &a->messages) ||
                                  json_tree_type(a->messages) != WEIR_JSON_ARRAY))
        return refuse(r->why, 400, "messages", NULL, "\"messages\" must be a list of messages");
    return 0;
}

/* The bytes of the schema as they were sent: they are the prompt's. */
static int find_schema(struct reader *r, struct weir_span body, weir_json *json)
{
    struct weir_field *f;
    struct weir_err err = {0};
    size_t n;
    if (weir_json_object(json, body.p, body.n, &f, &n, &err))
        return refuse(r->why, err.code == WEIR_EMEM ? 503 : 400, NULL, NULL,
                      "the body is no JSON: %s", err.msg);
    const struct weir_field *schema = weir_json_find(f, n, "schema");
    if (schema && schema->type != WEIR_JSON_NULL)
        r->a->schema = schema->raw;
    return 0;
}

int ask_read(struct ask *a, enum serve_kind kind, struct weir_span body, json_tree **tree,
             weir_json *json, struct refusal *why)
{
    static const int places[] = {GENERATE, COMPLETION, CHAT};
    struct reader r = {.a = a,
                       .place = places[kind],
                       .why = why,
                       .sample = -1,
                       .temperature = 1,
                       .top_logprobs = -1};
    struct json_node root;
    struct weir_err err = {0};
    *a = (struct ask){.kind = kind, .n = 1, .likeliest = -1};
    gen_opt_init(&a->gen);
    a->gen.max_new = 16; // of KnowLM's server, vLLM and OpenAI
    if (!(*tree = json_tree_parse(body, &root, &err)))
        return refuse(why, err.code == WEIR_EMEM ? 503 : 400, NULL, NULL, "the body is no JSON: %s",
                      err.msg);
    if (json_tree_type(root) != WEIR_JSON_OBJECT)
        return refuse(why, 400, NULL, NULL, "the body must be a JSON object");
    if (json_tree_each(root, each_member, &r))
        return -1;
    if (kind == SERVE_GENERATE && find_schema(&r, body, json))
        return -1;
    return settle(&r) || check_needed(&r, root) ? -1 : 0;
}

void ask_free(struct ask *a)
{
    for (size_t i = 0; i < a->n_stop; i++)
        free(a->stop[i]);
    a->n_stop = 0;
}
