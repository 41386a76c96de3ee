#include "infer/runner.h"

#include <stdlib.h>
#include "infer/memory_plan.h"

int runner_encode(const struct runner *r, weir_tok_scratch *s, struct weir_span text, int bos,
                  uint32_t **ids, size_t *n, struct weir_err *err)
{
    struct weir_piece *piece = NULL;
    size_t cap = 0, n_piece = 0;
    *n = 0;
    int rc = weir_tok_encode(r->tongue.tok, s, text, &piece, &cap, &n_piece, err);
    *ids = rc ? NULL : weir_calloc(n_piece + 1, sizeof **ids);
    if (!rc && !*ids)
        rc = weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!rc && bos && r->tongue.bos != UINT32_MAX)
        (*ids)[(*n)++] = r->tongue.bos;
    for (size_t i = 0; !rc && i < n_piece; i++)
        (*ids)[(*n)++] = piece[i].id;
    free(piece);
    return rc;
}

/* On a device the cache takes of its memory, none of the job's. */
static int open_engine(struct runner *r, struct weir_job *job, uint64_t cache, struct weir_err *err)
{
    char why[300];
    backend *b = NULL;
    if (backend_open(&b, r->device, (int)r->gpus, r->model, why, sizeof why, err))
        return err->code;
    if (b) {
        weir_job_note(job, "runs on CUDA, %s: room for %.1f MB of cache", b->device,
                      (double)b->page_bytes * b->max_pages / 1e6);
        r->engine = engine_new_on(r->model, b, err);
        r->memory = r->model->owned_bytes;
    } else {
        if (*why)
            weir_job_note(job, "runs on the CPU: %s", why);
        r->engine = engine_new(r->model, job->threads, cache, NULL, err);
        r->memory = cache + r->model->owned_bytes;
    }
    return r->engine ? 0 : err->code;
}

int runner_open(struct runner *r, struct weir_job *job, const char *model_path,
                const char *tokenizer, int dtype, struct weir_err *err)
{
    static const enum model_dtype dtypes[] = {MODEL_AS_STORED, MODEL_F32, MODEL_F16, MODEL_BF16,
                                              MODEL_I8};
    if (!model_path)
        return weir_err_set(err, WEIR_EUSAGE, "--model FOLDER is needed");
    const uint64_t memory = r->limit ? r->limit : job->memory;
    struct memory_plan plan;
    if (memory_plan_make(&plan, memory, model_path, dtypes[dtype]))
        memory_plan_tell(&plan, job);
    r->model = model_open_adapted(model_path, r->adapter, dtypes[dtype], memory, err);
    if (!r->model || tongue_open(&r->tongue, model_path, tokenizer, &r->model->config, err))
        return err->code;
    const uint64_t cache = memory_plan_cache(memory, r->model->owned_bytes);
    if (open_engine(r, job, cache, err))
        return err->code;
    r->n_sequences = memory_plan_sequences(memory, r->model->owned_bytes, r->model->config.n_vocab);
    weir_buf_addf(&job->extra,
                  ",\"plan\":{\"weights_bytes\":%llu,\"converted_bytes\":%llu,\"cache_bytes\":%llu,"
                  "\"position_bytes\":%llu}",
                  (unsigned long long)model_weight_bytes(r->model),
                  (unsigned long long)r->model->owned_bytes, (unsigned long long)cache,
                  (unsigned long long)engine_position_bytes(r->engine));
    return weir_buf_check(&job->extra, err);
}

void runner_close(struct runner *r)
{
    engine_free(r->engine);
    tongue_close(&r->tongue);
    model_close(r->model);
}
