/* The job: a prompt to a text, or records to records. */
#include "weir/infer.h"

#include <stdlib.h>
#include <string.h>
#include "infer/infer_internal.h"

void weir_infer_opt_init(struct weir_infer_opt *opt)
{
    *opt = (struct weir_infer_opt){.max_new = 256,
                                   .temperature = 1,
                                   .top_p = 1,
                                   .repetition_penalty = 1,
                                   .length_penalty = 1,
                                   .beams = 1,
                                   .n_best = 1,
                                   .field = "response"};
}

static int check(const struct weir_infer_opt *o, const struct weir_job *job, struct weir_err *err)
{
    if (o->prompt && job->n_inputs)
        return weir_err_set(err, WEIR_EUSAGE, "--prompt and input files exclude each other");
    if (!o->sample && (o->temperature != 1 || o->top_k || o->top_p != 1))
        return weir_err_set(err, WEIR_EUSAGE,
                            "--temperature, --top-k and --top-p have no effect without --sample");
    if (o->n_best > o->beams)
        return weir_err_set(err, WEIR_EUSAGE, "--n-best %lld needs as many --beams",
                            (long long)o->n_best);
    return 0;
}

static void fill_gen_opt(struct infer *in)
{
    const struct weir_infer_opt *o = in->opt;
    gen_opt_init(&in->gen_opt);
    in->gen_opt.max_new = (uint32_t)o->max_new;
    in->gen_opt.sample = o->sample;
    in->gen_opt.temperature = (float)o->temperature;
    in->gen_opt.top_p = (float)o->top_p;
    in->gen_opt.top_k = (uint32_t)o->top_k;
    in->gen_opt.repetition_penalty = (float)o->repetition_penalty;
    in->gen_opt.beams = (unsigned)o->beams;
    in->gen_opt.length_penalty = o->length_penalty;
    in->gen_opt.early_stopping = o->early_stopping;
    in->gen_opt.length_generated = o->beam_length;
    in->gen_opt.ignore_eos = o->ignore_eos;
    in->gen_opt.seed = in->job->seed;
}

static int open_all(struct infer *in, struct weir_err *err)
{
    const struct weir_infer_opt *o = in->opt;
    const char *template = o->form ? o->form : o->prompt ? "plain" : "alpaca";
    if (template_open(&in->template, template, err) ||
        runner_open(&in->runner, in->job, o->model, o->tokenizer, o->dtype, err))
        return err->code;
    in->gen = gen_new(in->runner.engine, 256, err);
    return in->gen ? 0 : err->code;
}

int weir_infer_run(const struct weir_infer_opt *opt, struct weir_job *job, struct weir_err *err)
{
    struct infer in = {.opt = opt, .job = job, .runner = {.adapter = opt->adapter}};
    int rc = check(opt, job, err);
    if (rc)
        return rc;
    pthread_mutex_init(&in.lock, NULL);
    fill_gen_opt(&in);
    rc = open_all(&in, err);
    if (!rc)
        rc = opt->prompt ? infer_prompt(&in, err) : infer_records(&in, err);
    gen_free(in.gen);
    runner_close(&in.runner);
    template_close(&in.template);
    pthread_mutex_destroy(&in.lock);
    return weir_job_close_output(job, rc, err);
}
