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
    if (!o->model)
        return weir_err_set(err, WEIR_EUSAGE, "--model FOLDER is needed");
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

int infer_encode(const struct infer *in, weir_tok_scratch *s, struct weir_span text, uint32_t **ids,
                 size_t *n, struct weir_err *err)
{
    struct weir_piece *piece = NULL;
    size_t cap = 0, n_piece = 0;
    const int bos = in->tongue.bos != UINT32_MAX && !in->opt->no_bos;
    *n = 0;
    int rc = weir_tok_encode(in->tongue.tok, s, text, &piece, &cap, &n_piece, err);
    *ids = rc ? NULL : weir_calloc(n_piece + 1, sizeof **ids);
    if (!rc && !*ids)
        rc = weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!rc && bos)
        (*ids)[(*n)++] = in->tongue.bos;
    for (size_t i = 0; !rc && i < n_piece; i++)
        (*ids)[(*n)++] = piece[i].id;
    free(piece);
    return rc;
}

/* What is left of -m when the weights are there, less what records take on their way. */
static uint64_t cache_memory(const struct infer *in)
{
    const uint64_t own = ((uint64_t)64 << 20) + in->model->owned_bytes;
    return in->job->memory > own ? (in->job->memory - own) / 4 * 3 : 0;
}

/* Into the ledger. */
static void say_plan(const struct infer *in, uint64_t cache)
{
    weir_buf_addf(&in->job->extra,
                  ",\"plan\":{\"weights_bytes\":%llu,\"converted_bytes\":%llu,\"cache_bytes\":%llu,"
                  "\"position_bytes\":%llu}",
                  (unsigned long long)model_weight_bytes(in->model),
                  (unsigned long long)in->model->owned_bytes, (unsigned long long)cache,
                  (unsigned long long)engine_position_bytes(in->engine));
}

static int open_all(struct infer *in, struct weir_err *err)
{
    static const enum model_dtype dtypes[] = {MODEL_AS_STORED, MODEL_F32, MODEL_F16, MODEL_BF16,
                                              MODEL_I8};
    const struct weir_infer_opt *o = in->opt;
    const char *template = o->template ? o->template : o->prompt ? "plain" : "alpaca";
    if (template_open(&in->template, template, err))
        return err->code;
    in->model = model_open(o->model, dtypes[o->dtype], in->job->memory, err);
    if (!in->model || tongue_open(&in->tongue, o->model, o->tokenizer, &in->model->config, err))
        return err->code;
    const uint64_t cache = cache_memory(in);
    in->engine = engine_new(in->model, in->job->threads, cache, NULL, err);
    if (!in->engine || !(in->gen = gen_new(in->engine, 256, err)))
        return err->code;
    in->fixed_memory = cache + in->model->owned_bytes;
    say_plan(in, cache);
    return weir_buf_check(&in->job->extra, err);
}

int weir_infer_run(const struct weir_infer_opt *opt, struct weir_job *job, struct weir_err *err)
{
    struct infer in = {.opt = opt, .job = job};
    int rc = check(opt, job, err);
    if (rc)
        return rc;
    pthread_mutex_init(&in.lock, NULL);
    fill_gen_opt(&in);
    rc = open_all(&in, err);
    if (!rc)
        rc = opt->prompt ? infer_prompt(&in, err) : infer_records(&in, err);
    gen_free(in.gen);
    engine_free(in.engine);
    tongue_close(&in.tongue);
    template_close(&in.template);
    model_close(in.model);
    pthread_mutex_destroy(&in.lock);
    return weir_job_close_output(job, rc, err);
}
