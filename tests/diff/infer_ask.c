/* The engine as other programs see it, for tests that compare it with theirs.
 *   infer_ask MODEL [ADAPTER]
 * A line of standard input asks, a line of standard output answers:
 *   logits ID…                                    n_vocab numbers for each position
 *   warp REPETITION TEMPERATURE TOP_K TOP_P ID…   ID:SHARE of the tokens that may follow, by share
 *   gen MAX BEAMS LENGTH_PENALTY EARLY GENERATED REPETITION ID…   SCORE ID… | of each result
 * EARLY: 0 no, 1 yes, 2 never.  GENERATED: 1 for lengths without the prompt. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "infer/gen.h"
#include "infer/sample.h"

enum { MOST = 4096 };

struct ask {
    model *m;
    engine *e;
    uint32_t ids[MOST];
    size_t n;
    float *logits;
    struct weir_err err;
};

static int read_ids(struct ask *a, char *p)
{
    char *end;
    for (a->n = 0; a->n < MOST; a->n++, p = end) {
        a->ids[a->n] = (uint32_t)strtoul(p, &end, 10);
        if (end == p)
            return a->n > 0;
    }
    return 0;
}

/* All rows in one step, so that windows and pages are met as in a long prompt. */
static int step(struct ask *a, int all)
{
    static struct row rows[MOST];
    struct sequence s = {0};
    for (size_t i = 0; i < a->n; i++)
        rows[i] = (struct row){&s, a->ids[i], all || i + 1 == a->n};
    const int rc = engine_step(a->e, rows, a->n, a->logits, &a->err);
    engine_drop(a->e, &s);
    return rc;
}

static int put_logits(struct ask *a)
{
    if (step(a, 1))
        return a->err.code;
    for (size_t i = 0; i < a->n * a->m->config.n_vocab; i++)
        printf("%s%.9g", i ? " " : "", a->logits[i]);
    return 0;
}

static int put_warped(struct ask *a, const struct sample_opt *opt, float repetition)
{
    const size_t n_vocab = a->m->config.n_vocab;
    struct candidate *c = calloc(2 * n_vocab, sizeof *c);
    uint64_t *seen = calloc(n_vocab / 64 + 1, sizeof *seen);
    double sum = 0;
    if (!c || !seen || step(a, 0)) {
        free(c);
        free(seen);
        return a->err.code ? a->err.code : WEIR_EMEM;
    }
    sample_penalise(a->logits, a->ids, a->n, repetition, seen);
    const size_t n = sample_warp(a->logits, n_vocab, opt, c, c + n_vocab);
    for (size_t i = 0; i < n; i++)
        sum += exp((double)c[i].score - c[0].score);
    for (size_t i = 0; i < n; i++)
        printf("%s%u:%.9g", i ? " " : "", c[i].id, exp((double)c[i].score - c[0].score) / sum);
    free(c);
    free(seen);
    return 0;
}

static int put_generated(struct ask *a, const struct gen_opt *opt)
{
    gen *g = gen_new(a->e, 64, 64, &a->err);
    gen_request *r = g ? gen_add(g, a->ids, a->n, opt, &a->err) : NULL;
    size_t n = 0;
    while (r && !gen_is_done(r) && gen_step(g, &a->err) > 0)
        ;
    const struct gen_result *result = r && !a->err.code ? gen_results(r, &n) : NULL;
    for (size_t i = 0; i < n; i++) {
        printf("%s%.9g", i ? " | " : "", result[i].score);
        for (size_t k = 0; k < result[i].n; k++)
            printf(" %u", result[i].ids[k]);
    }
    gen_free(g);
    return a->err.code;
}

static int answer(struct ask *a, char *line)
{
    struct gen_opt o;
    struct sample_opt warp = {.least = 1};
    float repetition;
    int at = 0, early;
    gen_opt_init(&o);
    if (!strncmp(line, "logits ", 7))
        return read_ids(a, line + 7) ? put_logits(a) : WEIR_EUSAGE;
    if (sscanf(line, "warp %f %f %u %f%n", &repetition, &warp.temperature, &warp.top_k, &warp.top_p,
               &at) == 4)
        return read_ids(a, line + at) ? put_warped(a, &warp, repetition) : WEIR_EUSAGE;
    if (sscanf(line, "gen %u %u %lf %d %d %f%n", &o.max_new, &o.beams, &o.length_penalty, &early,
               &o.length_generated, &o.repetition_penalty, &at) != 6 ||
        !read_ids(a, line + at))
        return WEIR_EUSAGE;
    o.early_stopping = early == 1 ? GEN_STOP_EARLY : early ? GEN_STOP_NEVER : GEN_STOP_HEURISTIC;
    return put_generated(a, &o);
}

int main(int argc, char **argv)
{
    static char line[1 << 16];
    struct ask a = {0};
    if (argc < 2 || argc > 3)
        return fprintf(stderr, "infer_ask MODEL [ADAPTER]\n"), 2;
    a.m =
        model_open_adapted(argv[1], argc > 2 ? argv[2] : NULL, MODEL_AS_STORED, UINT64_MAX, &a.err);
    a.e = a.m ? engine_new(a.m, 2, 256u << 20, NULL, &a.err) : NULL;
    a.logits = a.e ? calloc((size_t)MOST * a.m->config.n_vocab, sizeof *a.logits) : NULL;
    while (a.logits && !a.err.code && fgets(line, sizeof line, stdin)) {
        const int rc = answer(&a, line);
        if (rc && !a.err.code)
            weir_err_set(&a.err, rc, "not understood: %s", line);
        putchar('\n');
        fflush(stdout);
    }
    if (a.err.code)
        fprintf(stderr, "infer_ask: %s\n", a.err.msg);
    free(a.logits);
    engine_free(a.e);
    model_close(a.m);
    return a.err.code != 0;
}
