/* The CUDA backend on a model of LLaMA 7B's shape with random weights; all layers have the same
 * ones in the host's memory, and each has its own on the device. infer_gpu_bench fp16|int8 prints
 * what bench/infer-gpu.sh says Exit 77 where there is no device. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "infer/engine.h"
#include "infer/half.h"

enum {
    LAYERS = 32,
    HEADS = 32,
    DIM = 128,
    HIDDEN = 4096,
    INNER = 11008,
    VOCAB = 32000,
    POSITIONS = 4096,
    STEPS = 128,
    BATCH = 64,
    PREFILL = 2048,
    COMPARED = 12
};

double gpu_read_rate(size_t bytes);

static uint64_t state = 1;
static struct layer layers[LAYERS];
static model m;
static struct weir_err err;
static float logits[(size_t)BATCH * VOCAB], other[(size_t)COMPARED * VOCAB];

static uint32_t any(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 32);
}

static void *room(size_t n, size_t size)
{
    void *p = malloc(n * size);
    if (!p) {
        fprintf(stderr, "infer_gpu_bench: out of memory\n");
        exit(1);
    }
    return p;
}

static float *numbers(size_t n, float value)
{
    float *p = room(n, sizeof *p);
    for (size_t i = 0; i < n; i++)
        p[i] = value;
    return p;
}

/* Each number has a variance of one by the number of columns. */
static struct matrix matrix(size_t rows, size_t cols, enum matrix_type type)
{
    const float up = sqrtf(3 / (float)cols);
    uint8_t *bytes = room(rows * cols, type == MATRIX_I8 ? 1 : 2);
    for (size_t i = 0; i < rows * cols; i++) {
        const float f = up * (float)(int32_t)any() / 2147483648.0f;
        if (type == MATRIX_I8)
            bytes[i] = (uint8_t)(int8_t)lrintf(f / up * 127);
        else
            ((uint16_t *)(void *)bytes)[i] = half_from_float(f);
    }
    return (struct matrix){.data = bytes,
                           .scale = type == MATRIX_I8 ? numbers(rows, up / 127) : NULL,
                           .type = type,
                           .rows = rows,
                           .cols = cols};
}

static void make_model(enum matrix_type type)
{
    m.config = (struct model_config){.n_layers = LAYERS,
                                     .n_heads = HEADS,
                                     .n_kv_heads = HEADS,
                                     .head_dim = DIM,
                                     .hidden = HIDDEN,
                                     .intermediate = INNER,
                                     .n_vocab = VOCAB,
                                     .max_positions = POSITIONS,
                                     .norm_eps = 1e-5f,
                                     .rope_theta = 10000};
    m.embedding = m.output = matrix(VOCAB, HIDDEN, MATRIX_F16);
    m.norm = numbers(HIDDEN, 1);
    m.layer = layers;
    layers[0] = (struct layer){.q = matrix(HIDDEN, HIDDEN, type),
                               .k = matrix(HIDDEN, HIDDEN, type),
                               .v = matrix(HIDDEN, HIDDEN, type),
                               .o = matrix(HIDDEN, HIDDEN, type),
                               .gate = matrix(INNER, HIDDEN, type),
                               .up = matrix(INNER, HIDDEN, type),
                               .down = matrix(HIDDEN, INNER, type),
                               .attention_norm = m.norm,
                               .mlp_norm = m.norm};
    for (int i = 1; i < LAYERS; i++)
        layers[i] = layers[0];
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void step(engine *e, struct row *rows, size_t n, float *to)
{
    if (!engine_step(e, rows, n, to, &err))
        return;
    fprintf(stderr, "infer_gpu_bench: %s\n", err.msg);
    exit(1);
}

/* Seconds of so many steps of n sequences; the first steps are not counted. */
static double decode(engine *e, size_t n, int steps)
{
    struct sequence s[BATCH] = {{0}};
    struct row rows[BATCH];
    double from = 0;
    for (int i = -8; i < steps; i++) {
        if (!i)
            from = now();
        for (size_t k = 0; k < n; k++)
            rows[k] = (struct row){&s[k], any() % VOCAB, 1};
        step(e, rows, n, logits);
    }
    const double seconds = now() - from;
    for (size_t k = 0; k < n; k++)
        engine_drop(e, &s[k]);
    return seconds;
}

static double prefill(engine *e)
{
    static struct row rows[PREFILL];
    double best = INFINITY;
    for (int i = 0; i < 3; i++) {
        struct sequence s = {0};
        for (int k = 0; k < PREFILL; k++)
            rows[k] = (struct row){&s, any() % VOCAB, k + 1 == PREFILL};
        const double from = now();
        step(e, rows, PREFILL, logits);
        best = fmin(best, now() - from);
        engine_drop(e, &s);
    }
    return best;
}

/* The largest difference between logits of the CPU and of the device, by the largest logit. */
static double compare(engine *e)
{
    engine *cpu = engine_new(&m, 16, (uint64_t)1 << 30, NULL, &err);
    struct sequence s = {0}, t = {0};
    struct row rows[COMPARED], same[COMPARED];
    double off = 0, top = 0;
    if (!cpu)
        exit(1);
    for (int i = 0; i < COMPARED; i++) {
        rows[i] = (struct row){&s, any() % VOCAB, 1};
        same[i] = (struct row){&t, rows[i].token, 1};
    }
    step(e, rows, COMPARED, logits);
    step(cpu, same, COMPARED, other);
    for (size_t i = 0; i < (size_t)COMPARED * VOCAB; i++) {
        off = fmax(off, fabs((double)logits[i] - (double)other[i]));
        top = fmax(top, fabs((double)other[i]));
    }
    engine_drop(e, &s);
    engine_drop(cpu, &t);
    engine_free(cpu);
    return off / top;
}

int main(int argc, char **argv)
{
    const char *name = argc == 2 ? argv[1] : "";
    const int bytes = !strcmp(name, "int8");
    char why[300];
    backend *b = NULL;
    if (!bytes && strcmp(name, "fp16")) {
        fprintf(stderr, "usage: infer_gpu_bench fp16|int8\n");
        return 2;
    }
    make_model(bytes ? MATRIX_I8 : MATRIX_F16);
    const double rate = gpu_read_rate((size_t)4 << 30);
    if (backend_open(&b, BACKEND_CUDA, 1, &m, why, sizeof why, &err)) {
        printf("no GPU: %s\n", err.msg);
        return 77;
    }
    engine *e = engine_new_on(&m, b, &err);
    if (!e)
        return 1;
    const double bytes_read = (double)model_weight_bytes(&m);
    const double one = STEPS / decode(e, 1, STEPS), many = BATCH * STEPS / decode(e, BATCH, STEPS);
    printf("device %s, reads %.0f GB/s\n", b->device, rate / 1e9);
    printf("%s batch 1: %.1f tok/s, %.0f GB/s of weights, %.1f %% of the read rate\n", name, one,
           one * bytes_read / 1e9, 100 * one * bytes_read / rate);
    printf("%s batch %d: %.0f tok/s\n", name, BATCH, many);
    printf("%s prefill of %d: %.0f tok/s\n", name, PREFILL, PREFILL / prefill(e));
    printf("%s logits, CUDA against CPU: %.1e of the largest off\n", name, compare(e));
    engine_free(e);
    return 0;
}
