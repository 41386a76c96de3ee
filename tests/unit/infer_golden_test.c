/* A trained model of 260 thousand parameters, in both of its layouts: greedy tokens and all logits
 * as llama2.c gave them (../shared/data/models). */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "infer/engine.h"
#include "infer/sample.h"

enum { VOCAB = 512, STEPS = 256 };

static char path[600];

static const char *shared(const char *name)
{
    snprintf(path, sizeof path, "%s/data/models/%s", getenv("SHARED"), name);
    return path;
}

static void read_golden(float *logits, unsigned *next)
{
    FILE *f = fopen(shared("stories260K.golden_logits_f32.bin"), "rb");
    assert(f && fread(logits, sizeof *logits, STEPS * VOCAB, f) == STEPS * VOCAB);
    fclose(f);
    f = fopen(shared("stories260K.golden_greedy.tsv"), "r");
    assert(f);
    for (int i = 0; i < STEPS; i++)
        assert(fscanf(f, "%*d %*u %u %*f", &next[i]) == 1);
    fclose(f);
}

static void compare(const char *name, const char *kernels, const float *golden,
                    const unsigned *next)
{
    static float logits[VOCAB];
    struct weir_err err = {0};
    struct sequence s = {0};
    model *m = model_open(shared(name), MODEL_AS_STORED, 0, &err);
    assert(m && m->config.n_vocab == VOCAB);
    engine *e = engine_new(m, 2, 1 << 20, kernels_get(kernels), &err);
    uint32_t token = 1;
    for (int i = 0; i < STEPS; i++, golden += VOCAB) {
        const struct row row = {&s, token, 1};
        float top = 0;
        assert(!engine_step(e, &row, 1, logits, &err));
        for (int k = 0; k < VOCAB; k++)
            top = fmaxf(top, fabsf(golden[k]));
        for (int k = 0; k < VOCAB; k++)
            assert(fabsf(logits[k] - golden[k]) <= 1e-4f * top);
        token = sample_greedy(logits, VOCAB);
        assert(token == next[i]);
    }
    engine_drop(e, &s);
    engine_free(e);
    model_close(m);
}

int main(void)
{
    static float golden[STEPS * VOCAB];
    static unsigned next[STEPS];
    static const char *const kernels[] = {"scalar", "avx2", "avx512", "avx512vnni"};
    if (!getenv("SHARED") || !*getenv("SHARED")) {
        puts("no ../shared");
        return 77;
    }
    read_golden(golden, next);
    for (int i = 0; i < 4; i++) {
        if (!kernels_get(kernels[i]))
            continue;
        compare("stories260K-hf", kernels[i], golden, next);
        compare("stories260K.bin", kernels[i], golden, next);
    }
    return 0;
}
