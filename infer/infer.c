/* The job: a prompt to a text, or records to records. */
#include "weir/infer.h"

#include <stdlib.h>
#include <string.h>
#include "infer/infer_internal.h"

struct preset {
    const char *form; // of records and dialogues
    int64_t max_new, beams, top_k;
    double temperature, top_p, repetition_penalty;
};

/* knowlm: the defaults of KnowLM's examples/generate_lora.py. */
static const struct preset presets[] = {
    [WEIR_PRESET_NONE] = {"alpaca", 256, 1, 0, 1, 1, 1},
    [WEIR_PRESET_KNOWLM] = {"knowlm", 512, 2, 40, 0.2, 0.75, 1.3},
};

void weir_infer_opt_init(struct weir_infer_opt *opt)
{
    *opt = (struct weir_infer_opt){.length_penalty = 1, .n_best = 1, .field = "response"};
}

static void fill_gen_opt(struct infer *in)
{
    const struct weir_infer_opt *o = in->opt;
    const struct preset *p = &presets[o->preset];
    gen_opt_init(&in->gen_opt);
    in->gen_opt.max_new = (uint32_t)(o->max_new ? o->max_new : p->max_new);
    in->gen_opt.sample = o->sample;
    in->gen_opt.temperature = (float)(o->temperature > 0 ? o->temperature : p->temperature);
    in->gen_opt.top_p = (float)(o->top_p > 0 ? o->top_p : p->top_p);
    in->gen_opt.top_k = (uint32_t)(o->top_k ? o->top_k : p->top_k);
    in->gen_opt.repetition_penalty =
        (float)(o->repetition_penalty > 0 ? o->repetition_penalty : p->repetition_penalty);
    in->gen_opt.beams = (unsigned)(o->beams ? o->beams : p->beams);
    in->gen_opt.length_penalty = o->length_penalty;
    in->gen_opt.early_stopping = o->early_stopping;
    in->gen_opt.length_generated = o->beam_length;
    in->gen_opt.ignore_eos = o->ignore_eos;
    in->gen_opt.seed = in->job->seed;
}

static int check(const struct infer *in, struct weir_err *err)
{
    static const char useless[] =
        "--temperature, --top-k and --top-p have no effect without --sample";
    const struct weir_infer_opt *o = in->opt;
    if (o->prompt && in->job->n_inputs)
        return weir_err_set(err, WEIR_EUSAGE, "--prompt and input files exclude each other");
    if (o->terminal && (o->prompt || in->job->n_inputs))
        return weir_err_set(err, WEIR_EUSAGE, "--interactive excludes --prompt and input files");
    if (o->chat && !o->terminal)
        return weir_err_set(err, WEIR_EUSAGE, "--chat needs --interactive");
    if (!o->sample && (o->temperature > 0 || o->top_k || o->top_p > 0)) {
        /* KnowLM's programs take them and say nothing. */
        if (o->preset != WEIR_PRESET_KNOWLM)
            return weir_err_set(err, WEIR_EUSAGE, "%s", useless);
        weir_job_warn(in->job, "%s, as in KnowLM's programs", useless);
    }
    if (o->n_best > in->gen_opt.beams)
        return weir_err_set(err, WEIR_EUSAGE, "--n-best %lld needs as many --beams",
                            (long long)o->n_best);
    return 0;
}

static int open_all(struct infer *in, struct weir_err *err)
{
    const struct weir_infer_opt *o = in->opt;
    const char *template = o->form ? o->form : o->prompt ? "plain" : presets[o->preset].form;
    if (template_open(&in->template, template, err) ||
        runner_open(&in->runner, in->job, o->model, o->tokenizer, o->dtype, err))
        return err->code;
    in->gen = gen_new(in->runner.engine, 256, in->runner.n_sequences, err);
    return in->gen ? 0 : err->code;
}

int weir_infer_run(const struct weir_infer_opt *opt, struct weir_job *job, struct weir_err *err)
{
    struct infer in = {
        .opt = opt,
        .job = job,
        .runner = {.adapter = opt->adapter, .device = opt->device, .gpus = opt->gpus}};
    fill_gen_opt(&in);
    int rc = check(&in, err);
    if (rc)
        return rc;
    pthread_mutex_init(&in.lock, NULL);
    rc = open_all(&in, err);
    if (!rc)
        rc = opt->terminal ? infer_dialogue(&in, err)
             : opt->prompt ? infer_prompt(&in, err)
                           : infer_records(&in, err);
    gen_free(in.gen);
    runner_close(&in.runner);
    template_close(&in.template);
    pthread_mutex_destroy(&in.lock);
    return weir_job_close_output(job, rc, err);
}
