/* A prompt to a text, written as it comes. */
#include <stdlib.h>
#include <string.h>
#include "infer/infer_internal.h"

struct speech {
    struct infer *in;
    struct answer answer;
    struct weir_job *job;
    size_t written;
    int spoke, stopped; // a token came; the terminal wants no more
    struct weir_err *err;
};

static int write_certain(struct speech *s)
{
    const size_t n = answer_certain(&s->answer);
    if (n > s->written &&
        weir_io_write(s->job->out, s->answer.text.p + s->written, n - s->written, s->err))
        return s->err->code;
    if (n > s->written && weir_io_flush(s->job->out, s->err))
        return s->err->code;
    s->written = n;
    return 0;
}

static int is_stopped(const struct infer *in)
{
    const struct weir_infer_terminal *t = in->opt->terminal;
    return t && t->is_stopped(t->ctx);
}

static int speak(void *ctx, uint32_t id)
{
    struct speech *s = ctx;
    const int stop = answer_token(&s->answer, id, s->err);
    s->spoke = 1;
    return write_certain(s) || stop || s->stopped || is_stopped(s->in);
}

static int keep(struct infer_ids *made, const struct gen_result *r, struct weir_err *err)
{
    if (!made || !r->n)
        return 0;
    if (weir_grow(&made->at, &made->cap, made->n + r->n, sizeof *made->at))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    memcpy(made->at + made->n, r->ids, r->n * sizeof *r->ids);
    made->n += r->n;
    return 0;
}

static int finish_speech(struct infer *in, struct speech *s, const gen_request *r,
                         struct infer_ids *made)
{
    size_t n;
    const struct gen_result *result = gen_results(r, &n);
    if (n && keep(made, result, s->err))
        return s->err->code;
    /* Beams are known at the end only. */
    for (size_t i = 0; n && in->gen_opt.beams > 1 && i < result[0].n; i++)
        if (!gen_is_eos(in->gen, result[0].ids[i]) &&
            answer_token(&s->answer, result[0].ids[i], s->err))
            break;
    if (s->err->code || answer_end(&s->answer, s->err) || write_certain(s) ||
        weir_io_write(s->job->out, "\n", 1, s->err))
        return s->err->code;
    return weir_io_flush(s->job->out, s->err);
}

int infer_speak(struct infer *in, const uint32_t *ids, size_t n, struct infer_ids *made,
                struct weir_err *err)
{
    struct speech s = {.in = in,
                       .answer = {.stop = in->opt->stop.at, .n_stop = in->opt->stop.n},
                       .job = in->job,
                       .err = err};
    gen_request *r = NULL;
    int rc = answer_start(&s.answer, &in->runner.tongue, ids, n, err);
    if (!rc && !(r = gen_add(in->gen, ids, n, &in->gen_opt, err)))
        rc = err->code;
    if (!rc && in->gen_opt.beams == 1)
        gen_on_token(r, speak, &s);
    /* What has begun to speak ends by itself with what it said; others are given up. */
    while (!rc && !gen_is_done(r) && !(s.stopped && !s.spoke)) {
        if (gen_step(in->gen, err) < 0 || err->code)
            rc = err->code;
        s.stopped |= is_stopped(in);
    }
    if (!rc)
        rc = finish_speech(in, &s, r, made);
    if (r)
        gen_remove(in->gen, r);
    answer_free(&s.answer);
    return rc;
}

int infer_prompt(struct infer *in, struct weir_err *err)
{
    const struct weir_span prompt = weir_span(in->opt->prompt, strlen(in->opt->prompt));
    struct weir_buf text = {0};
    uint32_t *ids = NULL;
    size_t n = 0;
    weir_tok_scratch *scratch = weir_tok_scratch_new(in->runner.tongue.tok, err);
    template_fill(&in->template, prompt, weir_span("", 0), &text);
    int rc = scratch && !weir_buf_check(&text, err)
                 ? runner_encode(&in->runner, scratch, weir_buf_span(&text), !in->opt->no_bos, &ids,
                                 &n, err)
                 : err->code;
    if (!rc)
        rc = weir_job_open_output(in->job, err);
    if (!rc)
        rc = infer_speak(in, ids, n, NULL, err);
    weir_tok_scratch_free(scratch);
    weir_buf_free(&text);
    free(ids);
    return rc;
}
