/* The server: opens models, takes requests, and ends in order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "infer/serve_internal.h"
#include "serve_page.h"
#include "weir/stream.h"

enum { CONNECTION_BYTES = 48 << 10 }; // of libmicrohttpd's pool and ours

void weir_serve_opt_init(struct weir_serve_opt *opt)
{
    *opt = (struct weir_serve_opt){.form = "alpaca",
                                   .port = 8090,
                                   .max_new = 256,
                                   .queue = 256,
                                   .connections = 512,
                                   .timeout = 30,
                                   .drain = 30,
                                   .max_body = 1 << 20};
}

/* ---- taking a request ---- */

static void count_refused(struct serve *s, size_t bytes, const char *reason)
{
    struct weir_tally *t = &s->job->tally;
    const struct weir_count in = {1, bytes, 0}, none = {0};
    pthread_mutex_lock(&s->lock);
    t->dropped.records++;
    t->dropped.bytes += bytes;
    /* Without memory the sum is there, and the reason is not. */
    (void)weir_names_add(&t->reasons, weir_span(reason, strlen(reason)), in, none);
    pthread_mutex_unlock(&s->lock);
}

/* KnowLM's clients look for "error" as a text. */
static void refuse_call(http_request *r, enum serve_kind kind, const struct refusal *why)
{
    struct weir_buf b = {0};
    if (kind != SERVE_GENERATE) {
        http_reply_error(r, why->status, why->param, why->code, "%s", why->text);
        return;
    }
    weir_buf_adds(&b, "{\"generated_text\":\"\",\"num_output_tokens_cf\":0,\"error\":");
    weir_buf_add_json_lossy(&b, weir_span(why->text, strlen(why->text)));
    weir_buf_adds(&b, "}\n");
    http_reply(r, why->status, "application/json", &b);
}

static int find_lane(struct serve *s, struct call *c, struct refusal *why)
{
    const struct weir_span name = c->ask.model;
    c->lane = name.n ? NULL : &s->lane[0];
    for (size_t i = 0; !c->lane && i < s->n_lanes; i++)
        if (weir_span_is(name, s->lane[i].name))
            c->lane = &s->lane[i];
    return c->lane ? 0
                   : refuse(why, 404, "model", "model_not_found",
                            "there is no model of this name: see /v1/models");
}

static int make_voices(struct call *c, struct refusal *why)
{
    struct weir_err err = {0};
    const size_t n = c->n_prompts * (size_t)c->ask.n;
    if (!(c->voice = weir_calloc(n, sizeof *c->voice)))
        return refuse(why, 503, NULL, NULL, "out of memory");
    c->n_voices = n;
    for (size_t i = 0; i < n; i++) {
        struct voice *v = &c->voice[i];
        const struct serve_prompt *p = &c->prompt[i / (size_t)c->ask.n];
        v->call = c;
        v->answer.stop = (const char *const *)c->ask.stop;
        v->answer.n_stop = c->ask.n_stop;
        if (answer_start(&v->answer, &c->lane->runner.tongue, p->ids, p->n, &err))
            return refuse(why, err.code == WEIR_EMEM ? 503 : 400, "prompt", NULL, "%s", err.msg);
    }
    return 0;
}

/* When a quarter of those who wait now will have been answered. */
static unsigned retry_after(const struct serve *s)
{
    const double each = s->stats.finished ? s->stats.step_seconds / (double)s->stats.finished : 1;
    const double all = each * (double)s->n_waiting / 4;
    return all < 1 ? 1 : all > 60 ? 60 : (unsigned)all;
}

/* 0 when there is room for the call, else the seconds after which there may be. */
static unsigned is_full(struct serve *s, const struct call *c)
{
    unsigned after = 0;
    pthread_mutex_lock(&s->lock);
    if (s->n_waiting && s->n_waiting + c->n_voices > (size_t)s->opt->queue) {
        after = retry_after(s);
        s->stats.full++;
    }
    pthread_mutex_unlock(&s->lock);
    return after;
}

static int read_call(struct serve *s, struct call *c, struct weir_span body, enum serve_kind kind,
                     struct refusal *why)
{
    json_tree *tree = NULL;
    int rc = ask_read(&c->ask, kind, body, &tree, s->json, why);
    if (!rc)
        rc = find_lane(s, c, why);
    /* Draws differ from call to call, and are the same for a call of the same number. */
    if (!rc && !c->ask.has_seed)
        c->ask.gen.seed = s->job->seed + s->n_calls * 0x9E3779B97F4A7C15u;
    if (!rc)
        rc = serve_make_prompts(s, c, why);
    if (!rc)
        rc = make_voices(c, why);
    json_tree_free(tree);
    return rc;
}

/* The request is over: what is still made for it ends. */
static void end_call(void *ctx, int complete)
{
    struct call *c = ctx;
    struct serve *s = c->s;
    (void)complete;
    pthread_mutex_lock(&s->lock);
    c->http = NULL;
    c->cancelled = 1;
    const int finished = c->finished;
    pthread_mutex_unlock(&s->lock);
    if (finished)
        serve_call_free(c);
}

static void start_call(http_request *r, struct call *c)
{
    const struct http_later whole = {c, serve_answer, NULL, end_call},
                            stream = {c, NULL, serve_more, end_call};
    c->http = r;
    if (c->ask.stream)
        http_stream(r, "text/event-stream; charset=utf-8", &stream);
    else
        http_answer_later(r, &whole);
    serve_submit(c);
}

static void take(struct serve *s, http_request *r, enum serve_kind kind)
{
    static const char *const ids[] = {"gen", "cmpl", "chatcmpl"};
    const struct weir_span body = http_body(r);
    struct refusal why = {0};
    char seconds[16];
    struct call *c = calloc(1, sizeof *c);
    pthread_mutex_lock(&s->lock);
    s->job->tally.in.records++;
    s->job->tally.in.bytes += body.n;
    pthread_mutex_unlock(&s->lock);
    s->n_calls++;
    if (!c)
        refuse(&why, 503, NULL, NULL, "out of memory");
    else if (c->s = s, c->n_bytes = body.n, !read_call(s, c, body, kind, &why)) {
        const unsigned after = is_full(s, c);
        snprintf(seconds, sizeof seconds, "%u", after);
        if (after) {
            http_header(r, "Retry-After", seconds);
            refuse(&why, 429, NULL, "queue_full",
                   "as many answers are waited for as may be: try again in %u seconds", after);
        }
    }
    if (why.status) {
        count_refused(s, body.n, why.status == 429 ? "queue-full" : "bad-request");
        serve_call_free(c);
        refuse_call(r, kind, &why);
        return;
    }
    snprintf(c->id, sizeof c->id, "%s-%016llx", ids[kind],
             (unsigned long long)(s->id_base + s->n_calls));
    c->created = (int64_t)time(NULL);
    start_call(r, c);
}

static void on_generate(void *ctx, http_request *r)
{
    take(ctx, r, SERVE_GENERATE);
}

static void on_completion(void *ctx, http_request *r)
{
    take(ctx, r, SERVE_COMPLETION);
}

static void on_chat(void *ctx, http_request *r)
{
    take(ctx, r, SERVE_CHAT);
}

/* ---- what is only read ---- */

static void on_ready(void *ctx, http_request *r)
{
    (void)ctx;
    http_reply_static(r, "application/json", WEIR_LIT("true"));
}

static void on_health(void *ctx, http_request *r)
{
    (void)ctx;
    http_reply_static(r, "application/json", WEIR_LIT("{\"status\":\"ok\"}\n"));
}

static void on_models(void *ctx, http_request *r)
{
    const struct serve *s = ctx;
    struct weir_buf b = {0};
    weir_buf_adds(&b, "{\"object\":\"list\",\"data\":[");
    for (size_t i = 0; i < s->n_lanes; i++) {
        const struct lane *l = &s->lane[i];
        weir_buf_adds(&b, i ? ",{\"id\":" : "{\"id\":");
        weir_buf_add_json_lossy(&b, weir_span(l->name, strlen(l->name)));
        weir_buf_addf(&b,
                      ",\"object\":\"model\",\"created\":%lld,\"owned_by\":\"weir\","
                      "\"max_model_len\":%u}",
                      (long long)s->started, l->runner.model->config.max_positions);
    }
    weir_buf_adds(&b, "]}\n");
    http_reply(r, 200, "application/json", &b);
}

static void on_page(void *ctx, http_request *r)
{
    (void)ctx;
    http_header(r, "Content-Security-Policy",
                "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
                "connect-src 'self'; img-src data:; form-action 'none'; frame-ancestors 'none'; "
                "base-uri 'none'");
    http_reply_static(r, "text/html; charset=utf-8",
                      weir_span((const char *)serve_page, sizeof serve_page - 1));
}

static const struct http_route routes[] = {{"GET", "/", 1, on_page},
                                           {"GET", "/health", 1, on_health},
                                           {"GET", "/is_ready", 1, on_ready},
                                           {"POST", "/generate", 0, on_generate},
                                           {"POST", "/v1/completions", 0, on_completion},
                                           {"POST", "/v1/chat/completions", 0, on_chat},
                                           {"GET", "/v1/models", 0, on_models},
                                           {"GET", "/metrics", 0, serve_metrics},
                                           {0}};

/* ---- opening and closing ---- */

static char *base_name(const char *path)
{
    char *whole = realpath(path, NULL), *name = NULL;
    if (whole) {
        const char *slash = strrchr(whole, '/');
        name = strdup(slash && slash[1] ? slash + 1 : whole);
    }
    free(whole);
    return name;
}

/* MODEL, or MODEL+ADAPTER; the second of the same name is NAME-2. */
static int name_lane(struct serve *s, struct lane *l, const char *path, struct weir_err *err)
{
    char *base = base_name(path);
    char *adapter = l->runner.adapter ? base_name(l->runner.adapter) : NULL;
    struct weir_buf name = {0};
    if (base)
        weir_buf_adds(&name, base);
    if (adapter)
        weir_buf_addf(&name, "+%s", adapter);
    if (l > s->lane && name.p && weir_span_is(weir_buf_span(&name), s->lane[0].name))
        weir_buf_adds(&name, "-2");
    weir_buf_addc(&name, '\0');
    free(base);
    free(adapter);
    if (!base || weir_buf_check(&name, err)) {
        weir_buf_free(&name);
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    }
    l->name = name.p;
    return 0;
}

static int open_lane(struct serve *s, const char *path, const char *adapter, uint64_t memory,
                     struct weir_err *err)
{
    struct lane *l = &s->lane[s->n_lanes++];
    const char *tokenizer = s->n_lanes == 1 || adapter ? s->opt->tokenizer : NULL;
    l->runner.adapter = adapter;
    l->runner.limit = memory;
    l->runner.device = s->opt->device;
    l->runner.gpus = s->opt->gpus;
    if (runner_open(&l->runner, s->job, path, tokenizer, s->opt->dtype, err) ||
        name_lane(s, l, path, err))
        return err->code;
    l->gen = gen_new(l->runner.engine, 256, l->runner.n_sequences, err);
    if (l->gen)
        l->scratch = weir_tok_scratch_new(l->runner.tongue.tok, err);
    return l->scratch ? 0 : err->code;
}

static int is_adapter(const char *path)
{
    struct weir_buf b = {0};
    weir_buf_addf(&b, "%s/adapter_config.json", path);
    weir_buf_addc(&b, '\0');
    const int is = !b.failed && !access(b.p, R_OK);
    weir_buf_free(&b);
    return is;
}

/* Bodies, connections, and what each answer under way holds beside the cache. */
static uint64_t server_bytes(const struct weir_serve_opt *o)
{
    return 16 * o->max_body + (uint64_t)o->connections * CONNECTION_BYTES +
           (uint64_t)o->queue * (sizeof(struct call) + 16 * sizeof(struct voice));
}

static int open_lanes(struct serve *s, struct weir_err *err)
{
    const struct weir_serve_opt *o = s->opt;
    const char *path = s->job->inputs[0];
    const uint64_t aside = server_bytes(o);
    if (s->job->memory <= aside)
        return weir_err_set(err, WEIR_EMEM,
                            "-m must be above %llu MB, which connections and bodies may take: use "
                            "more -m, or fewer --connections",
                            (unsigned long long)(aside >> 20) + 1);
    const uint64_t memory = (s->job->memory - aside) / (o->compare ? 2 : 1);
    if (open_lane(s, path, o->adapter, memory, err))
        return err->code;
    if (!o->compare)
        return 0;
    return is_adapter(o->compare) ? open_lane(s, path, o->compare, memory, err)
                                  : open_lane(s, o->compare, NULL, memory, err);
}

static int open_templates(struct serve *s, struct weir_err *err)
{
    for (size_t i = 0; i < SERVE_TEMPLATES; i++)
        if (template_open(&s->template[i], i ? serve_templates[i] : s->opt->form, err))
            return err->code;
    return 0;
}

static int open_http(struct serve *s, struct weir_err *err)
{
    const struct weir_serve_opt *o = s->opt;
    const struct http_opt opt = {.host = o->host,
                                 .port = (unsigned)o->port,
                                 .key_file = o->key_file,
                                 .allow_origin = o->allow_origin,
                                 .max_body = o->max_body,
                                 .max_bodies = 16 * o->max_body,
                                 .max_connections = (unsigned)o->connections,
                                 .timeout = (unsigned)o->timeout,
                                 .drain = (unsigned)o->drain,
                                 .routes = routes,
                                 .ctx = s};
    s->http = http_open(&opt, err);
    return s->http ? 0 : err->code;
}

/* Where it can be reached is the output. */
static int say_where(struct serve *s, struct weir_err *err)
{
    if (weir_job_open_output(s->job, err) ||
        weir_io_write(s->job->out, http_url(s->http), strlen(http_url(s->http)), err) ||
        weir_io_write(s->job->out, "\n", 1, err))
        return err->code;
    return weir_io_flush(s->job->out, err);
}

static void close_all(struct serve *s)
{
    http_close(s->http);
    serve_engine_stop(s);
    for (size_t i = 0; i < s->n_lanes; i++) {
        gen_free(s->lane[i].gen);
        weir_tok_scratch_free(s->lane[i].scratch);
        runner_close(&s->lane[i].runner);
        free(s->lane[i].name);
    }
    for (size_t i = 0; i < SERVE_TEMPLATES; i++)
        template_close(&s->template[i]);
    weir_json_free(s->json);
    weir_buf_free(&s->text);
    weir_buf_free(&s->task);
    pthread_cond_destroy(&s->work);
    pthread_mutex_destroy(&s->lock);
}

int weir_serve_run(const struct weir_serve_opt *opt, struct weir_job *job, struct weir_err *err)
{
    struct serve s = {.opt = opt, .job = job, .started = (int64_t)time(NULL)};
    s.id_base = (uint64_t)s.started << 24;
    pthread_mutex_init(&s.lock, NULL);
    pthread_cond_init(&s.work, NULL);
    http_block_signals();
    int rc = open_templates(&s, err);
    if (!rc)
        rc = open_lanes(&s, err);
    if (!rc && !(s.json = weir_json_new(err)))
        rc = err->code;
    if (!rc)
        rc = open_http(&s, err);
    if (!rc)
        rc = serve_engine_start(&s, err);
    if (!rc)
        rc = say_where(&s, err);
    if (!rc)
        rc = http_run(s.http, err);
    close_all(&s);
    return weir_job_close_output(job, rc, err);
}
