/* The engine's thread: calls join between steps, and leave when they are answered or their clients
 * have gone. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "infer/serve_internal.h"

void serve_call_free(struct call *c)
{
    if (!c)
        return;
    for (size_t i = 0; c->voice && i < c->n_voices; i++) {
        struct voice *v = &c->voice[i];
        answer_free(&v->answer);
        for (size_t j = 0; j < v->n_notes; j++)
            free(v->note[j].likeliest);
        free(v->note);
    }
    for (size_t i = 0; i < c->n_prompts; i++)
        free(c->prompt[i].ids);
    ask_free(&c->ask);
    free(c->prompt);
    free(c->voice);
    free(c);
}

static void link_call(struct call **at, struct call *c)
{
    c->next = *at;
    c->link = at;
    if (c->next)
        c->next->link = &c->next;
    *at = c;
}

static void unlink_call(struct call *c)
{
    struct serve *s = c->s;
    *c->link = c->next;
    if (c->next)
        c->next->link = c->link;
    if (s->inbox_end == &c->next)
        s->inbox_end = c->link;
    c->link = NULL;
}

void serve_submit(struct call *c)
{
    struct serve *s = c->s;
    pthread_mutex_lock(&s->lock);
    c->next = NULL;
    c->link = s->inbox_end;
    *s->inbox_end = c;
    s->inbox_end = &c->next;
    s->n_waiting += c->n_voices;
    s->stats.calls[c->ask.kind]++;
    pthread_cond_signal(&s->work);
    pthread_mutex_unlock(&s->lock);
}

/* ---- what is heard; under serve.lock ---- */

static int take_note(struct voice *v, const struct call *c, uint32_t id, struct weir_err *err)
{
    const float *logprobs = gen_logprobs(v->request);
    const size_t n_vocab = c->lane->runner.model->config.n_vocab;
    size_t n = (size_t)c->ask.likeliest;
    if (n > n_vocab)
        n = n_vocab;
    if (weir_grow(&v->note, &v->cap_notes, v->n_notes + 1, sizeof *v->note))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    struct note *note = &v->note[v->n_notes];
    *note = (struct note){.id = id, .logprob = logprobs[id], .n_likeliest = (unsigned)n};
    if (n && !(note->likeliest = weir_calloc(n, sizeof *note->likeliest)))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    if (n)
        sample_top(logprobs, n_vocab, n, note->likeliest);
    v->n_notes++;
    return 0;
}

static int hear(void *ctx, uint32_t id)
{
    struct voice *v = ctx;
    struct call *c = v->call;
    struct serve *s = c->s;
    pthread_mutex_lock(&s->lock);
    const size_t before = answer_certain(&v->answer);
    int stop = answer_token(&v->answer, id, &c->err);
    v->n_tokens++;
    s->stats.new_tokens++;
    if (c->ask.likeliest >= 0 && !stop)
        stop = take_note(v, c, id, &c->err);
    if (c->http && c->ask.stream && answer_certain(&v->answer) > before)
        http_wake(c->http);
    pthread_mutex_unlock(&s->lock);
    return stop != 0;
}

/* The answers that beams became. */
static int spell(struct call *c, struct voice *v, const struct gen_result *result)
{
    answer_again(&v->answer);
    for (size_t i = 0; i < result->n; i++)
        if (!gen_is_eos(c->lane->gen, result->ids[i]) &&
            answer_token(&v->answer, result->ids[i], &c->err))
            break;
    return c->err.code;
}

/* Answers of a request that is done. */
static void end_voices(struct call *c, struct voice *v)
{
    size_t n;
    const struct gen_result *result = gen_results(v->request, &n);
    const size_t n_voices = c->ask.gen.beams > 1 ? (size_t)c->ask.n : 1;
    for (size_t i = 0; i < n_voices; i++) {
        struct voice *to = &v[i];
        if (i < n) {
            if (c->ask.gen.beams > 1)
                spell(c, to, &result[i]);
            c->s->stats.new_tokens += result[i].n - to->n_tokens;
            to->n_tokens = result[i].n;
            to->end = to->answer.stopped ? GEN_STOPPED : result[i].end;
        }
        if (!c->err.code)
            answer_end(&to->answer, &c->err);
        to->done = 1;
        c->n_done++;
    }
}

/* ---- between steps; under serve.lock ---- */

static void count(const struct call *c)
{
    struct serve *s = c->s;
    struct weir_tally *t = &s->job->tally;
    struct weir_count in = {1, c->n_bytes, 0}, none = {0};
    const char *why = c->cancelled ? "client-gone" : "failed";
    if (c->cancelled)
        s->stats.cancelled++;
    else
        (*(c->err.code ? &s->stats.failed : &s->stats.finished))++;
    if (!c->cancelled && !c->err.code) {
        t->kept.records++;
        t->kept.bytes += in.bytes;
        t->out.records += c->n_voices;
        for (size_t i = 0; i < c->n_voices; i++) {
            t->out.bytes += c->voice[i].answer.text.n;
            t->out.tokens += c->voice[i].n_tokens;
        }
        return;
    }
    t->dropped.records++;
    t->dropped.bytes += in.bytes;
    /* Without memory the sum is there, and the reason is not. */
    (void)weir_names_add(&t->reasons, weir_span(why, strlen(why)), in, none);
}

static void drop_requests(struct call *c)
{
    for (size_t i = 0; i < c->n_voices; i++)
        if (c->voice[i].request) {
            gen_remove(c->lane->gen, c->voice[i].request);
            c->voice[i].request = NULL;
        }
}

/* The call goes to the server's thread, or nowhere when its client has gone. */
static void finish_call(struct call *c)
{
    struct serve *s = c->s;
    drop_requests(c);
    unlink_call(c);
    s->n_waiting -= c->n_voices;
    c->finished = 1;
    count(c);
    if (c->cancelled)
        serve_call_free(c);
    else
        http_wake(c->http);
}

static int begin_voice(struct call *c, size_t i)
{
    struct voice *v = &c->voice[i];
    const struct serve_prompt *p = &c->prompt[i / (size_t)c->ask.n];
    const size_t number = i % (size_t)c->ask.n;
    struct gen_opt opt = c->ask.gen;
    if (opt.beams > 1 && number)
        return 0;
    opt.seed += number * 0x9E3779B97F4A7C15u; // as a file's records do
    if (!(v->request = gen_add(c->lane->gen, p->ids, p->n, &opt, &c->err)))
        return c->err.code;
    if (opt.beams == 1)
        gen_on_token(v->request, hear, v);
    return 0;
}

static void begin_calls(struct serve *s)
{
    for (struct call *c; (c = s->inbox);) {
        unlink_call(c);
        link_call(&s->running, c);
        for (size_t i = 0; !c->cancelled && i < c->n_voices; i++)
            if (begin_voice(c, i))
                break;
        for (size_t i = 0; !c->err.code && i < c->n_prompts; i++)
            s->stats.prompt_tokens += c->cancelled ? 0 : c->prompt[i].n;
    }
}

static void end_calls(struct serve *s)
{
    for (struct call *c = s->running, *next; c; c = next) {
        next = c->next;
        for (size_t i = 0; i < c->n_voices; i++) {
            struct voice *v = &c->voice[i];
            if (v->request && !v->done && gen_is_done(v->request))
                end_voices(c, v);
        }
        if (c->cancelled || c->err.code || c->n_done == c->n_voices)
            finish_call(c);
    }
    for (size_t i = 0; i < s->n_lanes; i++)
        s->lane[i].load = gen_load(s->lane[i].gen);
}

/* A step that failed leaves no request of its model as it should be. */
static void fail_lane(struct serve *s, const struct lane *lane, const struct weir_err *err)
{
    for (struct call *c = s->running; c; c = c->next)
        if (c->lane == lane)
            weir_err_set(&c->err, err->code, "%s", err->msg);
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void step_lanes(struct serve *s)
{
    for (size_t i = 0; i < s->n_lanes; i++) {
        struct lane *lane = &s->lane[i];
        struct weir_err err = {0};
        const double begin = seconds();
        const int n = gen_step(lane->gen, &err);
        pthread_mutex_lock(&s->lock);
        if (n < 0)
            fail_lane(s, lane, &err);
        s->stats.steps += n != 0;
        s->stats.step_seconds += n ? seconds() - begin : 0;
        pthread_mutex_unlock(&s->lock);
    }
}

static void *run(void *arg)
{
    struct serve *s = arg;
    pthread_mutex_lock(&s->lock);
    for (;;) {
        end_calls(s);
        while (!s->stop && !s->inbox && !s->running)
            pthread_cond_wait(&s->work, &s->lock);
        if (s->stop)
            break;
        begin_calls(s);
        pthread_mutex_unlock(&s->lock);
        step_lanes(s);
        pthread_mutex_lock(&s->lock);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

int serve_engine_start(struct serve *s, struct weir_err *err)
{
    s->inbox_end = &s->inbox;
    if (pthread_create(&s->engine, NULL, run, s))
        return weir_err_set(err, WEIR_EFAIL, "cannot start a thread");
    s->has_engine = 1;
    return 0;
}

void serve_engine_stop(struct serve *s)
{
    if (!s->has_engine)
        return;
    pthread_mutex_lock(&s->lock);
    s->stop = 1;
    pthread_cond_signal(&s->work);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->engine, NULL);
    /* The server's thread is gone, and with it every client. */
    while (s->inbox || s->running) {
        struct call *c = s->inbox ? s->inbox : s->running;
        c->cancelled = 1;
        finish_call(c);
    }
}
