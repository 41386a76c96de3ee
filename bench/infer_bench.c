/* Speed of the engine's steps on a model, and how fast memory can be read with the same threads:
 *   infer_bench MODEL DTYPE THREADS [KERNELS]
 * One line a figure, "what value": the best of several goes, since others use the machine too.
 * read: GB/s over the model's own matrices where they lie, each byte once (the same bytes that a
 * step reads); decode: tokens/s of 1 … 64 sequences with one token each a step, behind 16
 * positions; Of one thread CPU time counts, which others change less; of more, wall time. prefill:
 * of a prompt of 512 tokens; share: of the read speed that decoding one sequence reaches. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "infer/engine.h"

enum { PROMPT = 512, BEFORE = 16, MOST = 64, GOES = 5 };

static clockid_t clock_used = CLOCK_MONOTONIC;

static double now(void)
{
    struct timespec t;
    clock_gettime(clock_used, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void check(int failed, const struct weir_err *err)
{
    if (!failed)
        return;
    fprintf(stderr, "infer_bench: %s\n", err->msg);
    exit(1);
}

static uint32_t token(const engine *e, size_t i)
{
    return (uint32_t)(i * 7919 % engine_config(e)->n_vocab);
}

/* Tokens a second of n sequences that are at BEFORE positions. */
static double decode(engine *e, size_t n, float *logits)
{
    struct sequence s[MOST] = {0};
    struct row row[MOST];
    struct weir_err err = {0};
    double best = 1e9;
    for (size_t i = 0; i < BEFORE; i++)
        for (size_t j = 0; j < n; j++) {
            row[0] = (struct row){&s[j], token(e, i + j), 0};
            check(engine_step(e, row, 1, logits, &err), &err);
        }
    const int steps = n == 1 ? 8 : 2;
    for (int go = 0; go < GOES; go++) {
        const double start = now();
        for (int i = 0; i < steps; i++) {
            for (size_t j = 0; j < n; j++)
                row[j] = (struct row){&s[j], token(e, (size_t)i + j), 1};
            check(engine_step(e, row, n, logits, &err), &err);
        }
        const double took = (now() - start) / steps;
        if (took < best)
            best = took;
    }
    for (size_t j = 0; j < n; j++)
        engine_drop(e, &s[j]);
    return (double)n / best;
}

static double prefill(engine *e, float *logits)
{
    static struct row row[PROMPT];
    struct weir_err err = {0};
    double best = 1e9;
    for (int go = 0; go < GOES; go++) {
        struct sequence s = {0};
        for (size_t i = 0; i < PROMPT; i++)
            row[i] = (struct row){&s, token(e, i), i + 1 == PROMPT};
        const double start = now();
        check(engine_step(e, row, PROMPT, logits, &err), &err);
        if (now() - start < best)
            best = now() - start;
        engine_drop(e, &s);
    }
    return PROMPT / best;
}

/* ---- reading ---- */

struct region {
    const uint8_t *p;
    size_t n;
};

struct regions {
    struct region at[1024];
    size_t n, bytes;
};

static void add(struct regions *all, const struct matrix *w)
{
    const size_t bytes = (size_t)(matrix_bytes(w) - (w->scale ? 4 * w->rows : 0));
    if (all->n < sizeof all->at / sizeof *all->at) {
        all->at[all->n++] = (struct region){w->data, bytes};
        all->bytes += bytes;
    }
}

#if defined(__x86_64__)
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
static uint64_t
read_all(const uint8_t *p, size_t n)
{
    /* Four runs at a time: one alone is slower. */
    uint64_t sum[32] = {0}, total = 0;
    const size_t quarter = n / 4;
    for (size_t i = 0; i + 64 <= quarter; i += 64)
        for (size_t run = 0; run < 4; run++) {
            uint64_t v[8];
            memcpy(v, p + run * quarter + i, sizeof v);
            for (size_t j = 0; j < 8; j++)
                sum[8 * run + j] ^= v[j];
        }
    for (size_t j = 0; j < 32; j++)
        total ^= sum[j];
    return total;
}

static volatile uint64_t sink;

static void read_part(void *ctx, int thread, size_t from, size_t to)
{
    const struct region *r = ctx;
    (void)thread;
    sink ^= read_all(r->p + from, to - from);
}

static double read_speed(struct regions *all, int threads)
{
    struct weir_err err = {0};
    double best = 1e9;
    pool *p = pool_new(threads, &err);
    check(!p, &err);
    for (int go = 0; go < GOES; go++) {
        const double start = now();
        for (size_t i = 0; i < all->n; i++)
            pool_each(p, all->at[i].n, 1 << 20, read_part, &all->at[i]);
        if (now() - start < best)
            best = now() - start;
    }
    pool_free(p);
    return (double)all->bytes / best / 1e9;
}

static enum model_dtype dtype_named(const char *name)
{
    return !strcmp(name, "int8")   ? MODEL_I8
           : !strcmp(name, "fp16") ? MODEL_F16
           : !strcmp(name, "bf16") ? MODEL_BF16
                                   : MODEL_F32;
}

int main(int argc, char **argv)
{
    static struct regions all;
    struct weir_err err = {0};
    if (argc < 4) {
        fputs("usage: infer_bench MODEL fp32|fp16|bf16|int8 THREADS [KERNELS]\n", stderr);
        return 2;
    }
    const int threads = atoi(argv[3]);
    if (threads == 1)
        clock_used = CLOCK_PROCESS_CPUTIME_ID;
    model *m = model_open(argv[1], dtype_named(argv[2]), (uint64_t)8 << 30, &err);
    check(!m, &err);
    engine *e =
        engine_new(m, threads, (uint64_t)1 << 30, argc > 4 ? kernels_get(argv[4]) : NULL, &err);
    check(!e, &err);
    for (uint32_t i = 0; i < m->config.n_layers; i++) {
        const struct layer *l = &m->layer[i];
        const struct matrix *w[] = {&l->q, &l->k, &l->v, &l->o, &l->gate, &l->up, &l->down};
        for (size_t j = 0; j < sizeof w / sizeof *w; j++)
            add(&all, w[j]);
    }
    add(&all, &m->output);
    float *logits = calloc(MOST, m->config.n_vocab * sizeof *logits);
    if (!logits)
        return 1;
    const double gb = (double)all.bytes / 1e9, speed = read_speed(&all, threads);
    const double one = decode(e, 1, logits);
    printf("weights %.3f GB\nread %.2f GB/s\ndecode1 %.2f\n", gb, speed, one);
    printf("share %.0f %%\n", 100 * one * gb / speed);
    for (size_t n = 2; n <= MOST; n *= n == 16 ? 4 : 2)
        printf("decode%zu %.2f\n", n, decode(e, n, logits));
    printf("prefill %.2f\n", prefill(e, logits));
    free(logits);
    engine_free(e);
    model_close(m);
    return 0;
}
