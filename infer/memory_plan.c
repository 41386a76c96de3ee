#include "infer/memory_plan.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "infer/gen.h"

static uint64_t rest(uint64_t left)
{
    const uint64_t least = (uint64_t)60 << 20;
    return left / 4 > least ? left / 4 : least;
}

uint64_t memory_plan_cache(uint64_t memory, uint64_t converted)
{
    const uint64_t left = memory > converted ? memory - converted : 0;
    return left > rest(left) ? left - rest(left) : 0;
}

size_t memory_plan_sequences(uint64_t memory, uint64_t converted, uint64_t n_vocab)
{
    const uint64_t left = memory > converted ? memory - converted : 0;
    const uint64_t fixed = gen_scratch_bytes(n_vocab, 0),
                   each = gen_scratch_bytes(n_vocab, 1) - fixed;
    const uint64_t half = rest(left) / 2, n = half > fixed ? (half - fixed) / each : 0;
    return n < GEN_MAX_BEAMS ? GEN_MAX_BEAMS : n > 256 ? 256 : (size_t)n;
}

/* MemAvailable: what programs can have without swapping (Linux, proc(5)). */
static uint64_t available(void)
{
    FILE *f = fopen("/proc/meminfo", "r");
    char line[256];
    unsigned long long kb = 0;
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "MemAvailable: %llu kB", &kb) == 1)
            break;
    if (f)
        fclose(f);
    return (uint64_t)kb << 10;
}

static int is_edge(const char *name)
{
    return !strcmp(name, "model.embed_tokens.weight") || !strcmp(name, "lm_head.weight");
}

/* A matrix is converted where its type is another; int8 leaves embedding and output as stored. */
static void add_tensor(struct memory_plan *p, const struct tensor *t, enum model_dtype dtype)
{
    static const struct {
        enum tensor_dtype same;
        uint64_t bytes;
    } made[] = {[MODEL_F32] = {TENSOR_F32, 4},
                [MODEL_F16] = {TENSOR_F16, 2},
                [MODEL_BF16] = {TENSOR_BF16, 2},
                [MODEL_I8] = {TENSOR_I8, 1}};
    const int kept = dtype == MODEL_AS_STORED || (dtype == MODEL_I8 && is_edge(t->name)) ||
                     t->n_dims != 2 || made[dtype].same == t->dtype;
    if (kept)
        p->mapped += t->n_bytes;
    else
        p->converted += t->n_bytes / tensor_dtype_bytes(t->dtype) * made[dtype].bytes;
}

int memory_plan_make(struct memory_plan *p, uint64_t memory, const char *model_path,
                     enum model_dtype dtype)
{
    struct stat st;
    struct weir_err why = {0};
    *p = (struct memory_plan){.available = available()};
    if (stat(model_path, &st))
        return 0;
    if (S_ISDIR(st.st_mode)) {
        weights *w = weights_open(model_path, &why);
        if (!w)
            return 0;
        for (size_t i = 0; i < weights_all(w)->n; i++)
            add_tensor(p, &weights_all(w)->at[i], dtype);
        weights_close(w);
    } else {
        *(dtype == MODEL_AS_STORED ? &p->mapped : &p->converted) = (uint64_t)st.st_size;
    }
    p->cache = memory_plan_cache(memory, p->converted);
    return 1;
}

static const char *size(uint64_t bytes, char text[static 32])
{
    snprintf(text, 32, bytes < 1000000000 ? "%.1f MB" : "%.1f GB",
             (double)bytes / (bytes < 1000000000 ? 1e6 : 1e9));
    return text;
}

void memory_plan_tell(const struct memory_plan *p, struct weir_job *job)
{
    char all[32], cache[32], have[32];
    const uint64_t needed = p->mapped + p->converted;
    const char *where = p->converted ? "made in memory" : "used in their files";
    size(needed, all);
    size(p->cache, cache);
    size(p->available, have);
    if (!p->available || needed + p->cache <= p->available)
        weir_job_note(job, "needs %s for weights (%s) + up to %s for the cache, the system has %s",
                      all, where, cache, have);
    else
        weir_job_warn(job,
                      "needs %s for weights (%s) + up to %s for the cache, the system has %s: %s",
                      all, where, cache, have,
                      needed <= p->available
                          ? "less -m makes the cache smaller"
                          : "weights will be read from disk again and again; --dtype int8 makes "
                            "them smaller");
}
