/* Records to records: work() queues prompts from many threads, commit() runs the steps that all of
 * them share until the record in turn is done. */
#include <stdlib.h>
#include <string.h>
#include "infer/infer_internal.h"
#include "weir/doc.h"

struct reply {
    struct reply *next, **link; // in infer.replies
    gen_request *request;
    struct answer answer;
    struct weir_err err;
};

struct worker {
    weir_json *json;
    weir_tok_scratch *scratch;
    struct weir_buf text, task;
};

static void worker_free(void *thread)
{
    struct worker *w = thread;
    if (!w)
        return;
    weir_json_free(w->json);
    weir_tok_scratch_free(w->scratch);
    weir_buf_free(&w->text);
    weir_buf_free(&w->task);
    free(w);
}

static void *worker_new(void *ctx, struct weir_err *err)
{
    const struct infer *in = ctx;
    struct worker *w = calloc(1, sizeof *w);
    if (!w)
        weir_err_set(err, WEIR_EMEM, "out of memory");
    else if ((w->json = weir_json_new(err)) &&
             (w->scratch = weir_tok_scratch_new(in->runner.tongue.tok, err)))
        return w;
    worker_free(w);
    return NULL;
}

static void reply_free(struct infer *in, struct reply *a)
{
    *a->link = a->next;
    if (a->next)
        a->next->link = a->link;
    if (a->request)
        gen_remove(in->gen, a->request);
    answer_free(&a->answer);
    free(a);
}

static struct reply *reply_new(struct infer *in)
{
    struct reply *a = calloc(1, sizeof *a);
    if (!a)
        return NULL;
    a->answer.stop = in->opt->stop.at;
    a->answer.n_stop = in->opt->stop.n;
    a->next = in->replies;
    a->link = &in->replies;
    if (a->next)
        a->next->link = &a->next;
    in->replies = a;
    return a;
}

static int hear(void *ctx, uint32_t id)
{
    struct reply *a = ctx;
    return answer_token(&a->answer, id, &a->err) != 0;
}

/* The member as text; empty when it is absent or null.  0 when it is something else. */
static int text_member(const struct weir_field *f, size_t n, const char *name, struct weir_span *to)
{
    const struct weir_field *m = weir_json_find(f, n, name);
    *to = weir_span("", 0);
    if (m && m->type == WEIR_JSON_STRING)
        *to = m->str;
    return !m || m->type == WEIR_JSON_STRING || m->type == WEIR_JSON_NULL;
}

/* "prompt" stands for itself; "instruction" and "input" go into the template. */
static int make_prompt(const struct infer *in, struct worker *w, const struct weir_field *f,
                       size_t n, struct weir_batch *b, struct weir_rec *r)
{
    struct weir_span prompt, instruction, input;
    weir_buf_reset(&w->text, 1 << 16);
    if (!text_member(f, n, "prompt", &prompt) || !text_member(f, n, "instruction", &instruction) ||
        !text_member(f, n, "input", &input)) {
        weir_rec_bad(b, r, "bad-prompt", "\"prompt\", \"instruction\" or \"input\" is no text");
        return 0;
    }
    const struct weir_field *schema =
        in->template.takes_schema ? weir_json_find(f, n, "schema") : NULL;
    if (!prompt.n && !instruction.n && !schema) {
        weir_rec_bad(b, r, "no-prompt", "neither \"prompt\" nor \"instruction\"%s",
                     in->template.takes_schema ? " nor \"schema\"" : "");
        return 0;
    }
    if (prompt.n)
        weir_buf_add(&w->text, prompt.p, prompt.n);
    else if (!schema)
        template_fill(&in->template, instruction, input, &w->text);
    else {
        weir_buf_reset(&w->task, 1 << 16);
        template_task(instruction, schema->raw, input, &w->task);
        template_fill(&in->template, weir_buf_span(&w->task), weir_span("", 0), &w->text);
    }
    w->text.failed |= w->task.failed;
    return 1;
}

/* Queues the prompt; a prompt that cannot run at all makes the record bad. */
static int queue(struct infer *in, const uint32_t *ids, size_t n, struct weir_batch *b,
                 struct weir_rec *r, struct weir_err *err)
{
    struct gen_opt opt = in->gen_opt;
    struct weir_err why = {0};
    opt.seed += r->line * 0x9E3779B97F4A7C15u; // of its own: not what its neighbours draw
    pthread_mutex_lock(&in->lock);
    struct reply *a = reply_new(in);
    if (!a)
        weir_err_set(&why, WEIR_EMEM, "out of memory");
    else if (!answer_start(&a->answer, &in->runner.tongue, ids, n, &why))
        a->request = gen_add(in->gen, ids, n, &opt, &why);
    if (why.code && a)
        reply_free(in, a);
    else if (opt.beams == 1)
        gen_on_token(a->request, hear, a);
    pthread_mutex_unlock(&in->lock);
    if (why.code == WEIR_EUSAGE)
        weir_rec_bad(b, r, "prompt-too-long", "%s", why.msg);
    else if (why.code)
        return weir_err_set(err, why.code, "%s", why.msg);
    r->user[0] = why.code ? 0 : (uintptr_t)a;
    return 0;
}

static int work(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                struct weir_err *err)
{
    struct infer *in = ctx;
    struct worker *w = thread;
    struct weir_err why = {0};
    struct weir_field *f;
    size_t n_f, n;
    uint32_t *ids = NULL;
    if (weir_json_object(w->json, b->raw.p + r->raw_at, r->raw_n, &f, &n_f, &why) < 0) {
        if (why.code != WEIR_EBAD)
            return weir_err_set(err, why.code, "%s", why.msg);
        weir_rec_bad(b, r, "bad-json", "%s", why.msg);
        return 0;
    }
    if (!make_prompt(in, w, f, n_f, b, r))
        return 0;
    int rc = weir_buf_check(&w->text, err);
    if (!rc)
        rc = runner_encode(&in->runner, w->scratch, weir_buf_span(&w->text), !in->opt->no_bos, &ids,
                           &n, err);
    if (!rc)
        rc = queue(in, ids, n, b, r, err);
    free(ids);
    return rc;
}

static const char *end_name(const struct answer *a, enum gen_end end)
{
    return a->stopped ? "stop" : end == GEN_EOS ? "eos" : "length";
}

/* The text of a finished hypothesis; what a->answer held goes. */
static int spell(struct infer *in, struct reply *a, const struct gen_result *result,
                 struct weir_err *err)
{
    if (in->gen_opt.beams == 1)
        return answer_end(&a->answer, err);
    answer_again(&a->answer);
    for (size_t i = 0; i < result->n; i++)
        if (!gen_is_eos(in->gen, result->ids[i]) && answer_token(&a->answer, result->ids[i], err))
            break;
    return err->code ? err->code : answer_end(&a->answer, err);
}

/* The record's own bytes with what was generated as members behind. */
static int write_answer(struct infer *in, struct reply *a, struct weir_batch *b, struct weir_rec *r,
                        struct weir_err *err)
{
    size_t n;
    const struct gen_result *result = gen_results(a->request, &n);
    if (n > (size_t)in->opt->n_best)
        n = (size_t)in->opt->n_best;
    r->fate = WEIR_MADE;
    r->n_out = 1;
    r->out_at = b->out.n;
    struct weir_span line = weir_rec_raw(b, r);
    while (line.n && line.p[line.n - 1] != '}')
        line.n--;
    weir_buf_add(&b->out, line.p, line.n - 1);
    for (size_t i = 0; i < n; i++) {
        if (spell(in, a, &result[i], err))
            return err->code;
        weir_buf_adds(&b->out, ",");
        struct weir_buf key = {0};
        weir_buf_addf(&key, i ? "%s_%zu" : "%s", in->opt->field, i + 1);
        weir_buf_add_json(&b->out, weir_buf_span(&key));
        weir_buf_free(&key);
        weir_buf_addc(&b->out, ':');
        weir_buf_add_json(&b->out, weir_buf_span(&a->answer.text));
    }
    weir_buf_addf(&b->out, ",\"end\":\"%s\",\"tokens\":%zu}\n", end_name(&a->answer, result[0].end),
                  result[0].n);
    r->out_n = b->out.n - r->out_at;
    r->n_tokens_out = result[0].n;
    return weir_buf_check(&b->out, err);
}

static int commit(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct infer *in = ctx;
    struct reply *a = (struct reply *)(uintptr_t)r->user[0];
    int rc = 0;
    pthread_mutex_lock(&in->lock);
    while (!rc && !gen_is_done(a->request)) {
        rc = gen_step(in->gen, err) < 0 ? err->code : 0;
        pthread_mutex_unlock(&in->lock); // let others queue theirs
        pthread_mutex_lock(&in->lock);
    }
    if (!rc && a->err.code)
        rc = weir_err_set(err, a->err.code, "%s", a->err.msg);
    if (!rc)
        rc = write_answer(in, a, b, r, err);
    reply_free(in, a);
    pthread_mutex_unlock(&in->lock);
    return rc;
}

int infer_records(struct infer *in, struct weir_err *err)
{
    const struct weir_stage stage = {.ctx = in,
                                     .thread_new = worker_new,
                                     .thread_free = worker_free,
                                     .work = work,
                                     .commit = commit,
                                     .fixed_memory = in->runner.memory,
                                     .thread_memory =
                                         weir_tok_scratch_memory(in->runner.tongue.tok)};
    const int rc = weir_stage_run(&stage, in->job, err);
    while (in->replies)
        reply_free(in, in->replies);
    return rc;
}
