/* The engine and generation on a random model made here: steps against whole texts, forks, requests
 * alone and together, and beam search against a second, plain implementation of its rules. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "infer/gen.h"
#include "infer/sample.h"

enum {
    VOCAB = 23,
    HIDDEN = 16,
    INNER = 24,
    HEADS = 4,
    KV = 2,
    DIM = 4,
    LAYERS = 2,
    POSITIONS = 90
};

static uint32_t state = 3;
static struct layer layers[LAYERS];
static model m;
static struct weir_err err;

static float any(void)
{
    state = state * 1664525 + 1013904223;
    return (float)(int32_t)state / 2147483648.0f;
}

static float *numbers(size_t n, float scale, float base)
{
    float *p = malloc(n * sizeof *p);
    for (size_t i = 0; i < n; i++)
        p[i] = base + scale * any();
    return p;
}

static struct matrix matrix(size_t rows, size_t cols)
{
    return (struct matrix){
        .data = numbers(rows * cols, 0.9f, 0), .type = MATRIX_F32, .rows = rows, .cols = cols};
}

static void make_model(void)
{
    m.config = (struct model_config){.n_layers = LAYERS,
                                     .n_heads = HEADS,
                                     .n_kv_heads = KV,
                                     .head_dim = DIM,
                                     .hidden = HIDDEN,
                                     .intermediate = INNER,
                                     .n_vocab = VOCAB,
                                     .max_positions = POSITIONS,
                                     .eos = {2},
                                     .n_eos = 1,
                                     .norm_eps = 1e-5f,
                                     .rope_theta = 100};
    m.embedding = m.output = matrix(VOCAB, HIDDEN);
    m.norm = numbers(HIDDEN, 0.1f, 1);
    m.layer = layers;
    for (int i = 0; i < LAYERS; i++)
        layers[i] = (struct layer){.q = matrix(HEADS * DIM, HIDDEN),
                                   .k = matrix(KV * DIM, HIDDEN),
                                   .v = matrix(KV * DIM, HIDDEN),
                                   .o = matrix(HIDDEN, HEADS * DIM),
                                   .gate = matrix(INNER, HIDDEN),
                                   .up = matrix(INNER, HIDDEN),
                                   .down = matrix(HIDDEN, INNER),
                                   .attention_norm = numbers(HIDDEN, 0.1f, 1),
                                   .mlp_norm = numbers(HIDDEN, 0.1f, 1)};
}

static void free_model(void)
{
    free((void *)m.embedding.data);
    free((void *)m.norm);
    for (int i = 0; i < LAYERS; i++) {
        const struct layer *l = &layers[i];
        const struct matrix *const all[] = {&l->q, &l->k, &l->v, &l->o, &l->gate, &l->up, &l->down};
        for (size_t k = 0; k < 7; k++)
            free((void *)all[k]->data);
        free((void *)l->attention_norm);
        free((void *)l->mlp_norm);
    }
}

/* Logits behind the last of n ids, all read in one step. */
static void whole(engine *e, const uint32_t *ids, size_t n, float *logits)
{
    struct sequence s = {0};
    struct row rows[POSITIONS];
    for (size_t i = 0; i < n; i++)
        rows[i] = (struct row){&s, ids[i], i + 1 == n};
    assert(!engine_step(e, rows, n, logits, &err) && s.n == n);
    engine_drop(e, &s);
}

static void test_steps(engine *e)
{
    float want[VOCAB], got[VOCAB], other[2 * VOCAB];
    uint32_t ids[80];
    struct sequence s = {0}, fork = {0}, t = {0};
    for (int i = 0; i < 80; i++)
        ids[i] = (uint32_t)(any() * 11 + 11);
    for (uint32_t i = 0; i < 80; i++) {
        const struct row row = {&s, ids[i], 1};
        assert(!engine_step(e, &row, 1, got, &err));
        whole(e, ids, i + 1, want);
        assert(!memcmp(want, got, sizeof got));
        if (i == 36)
            assert(!engine_fork(e, &s, &fork, &err));
    }
    /* A fork goes its own way in the middle of a page; the first is not touched. */
    for (uint32_t i = 37; i < 60; i++) {
        const struct row rows[] = {{&t, ids[i], 1}, {&fork, ids[i], 1}};
        assert(!engine_step(e, rows, 2, other, &err));
        whole(e, ids, i + 1, want);
        assert(!memcmp(want, other + VOCAB, sizeof want));
    }
    engine_cut(e, &s, 40);
    const struct row row = {&s, ids[40], 1};
    assert(!engine_step(e, &row, 1, got, &err));
    whole(e, ids, 41, want);
    assert(!memcmp(want, got, sizeof got));
    engine_drop(e, &s);
    engine_drop(e, &t);
    engine_drop(e, &fork);
}

static void test_refused(engine *e)
{
    struct sequence s = {0};
    struct row rows[POSITIONS + 1];
    float logits[VOCAB];
    for (int i = 0; i <= POSITIONS; i++)
        rows[i] = (struct row){&s, 5, 0};
    assert(engine_step(e, rows, POSITIONS + 1, logits, &err) == WEIR_EUSAGE && s.n == 0);
    err = (struct weir_err){0};
    rows[3].token = VOCAB;
    assert(engine_step(e, rows, 5, logits, &err) == WEIR_EUSAGE && s.n == 0);
    err = (struct weir_err){0};
    engine_drop(e, &s);
    engine *small = engine_new(&m, 1, 2 * ENGINE_PAGE * engine_position_bytes(e), NULL, &err);
    assert(small && engine_max_pages(small) == 2);
    rows[3].token = 5;
    assert(engine_step(small, rows, 2 * ENGINE_PAGE + 1, logits, &err) == WEIR_EMEM && s.n == 0);
    err = (struct weir_err){0};
    assert(!engine_step(small, rows, 2 * ENGINE_PAGE, logits, &err)); // all pages came back
    engine_drop(small, &s);
    engine_free(small);
}

/* ---- beam search, a second time ---- */

struct text {
    uint32_t ids[POSITIONS];
    size_t n;
    double score;
};

static int by_score(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    return x->score != y->score ? (x->score < y->score) - (x->score > y->score)
                                : (x->id > y->id) - (x->id < y->id);
}

static void keep(struct text *done, size_t *n_done, const struct text *t, const uint32_t *eos,
                 double length, const struct gen_opt *o)
{
    struct text *to = &done[(*n_done)++];
    *to = *t;
    to->score = t->score / pow(length, o->length_penalty);
    if (eos)
        to->ids[to->n++] = *eos;
    if (*n_done <= o->beams)
        return;
    size_t worst = 0;
    for (size_t i = 1; i < *n_done; i++)
        if (done[i].score < done[worst].score)
            worst = i;
    memmove(&done[worst], &done[worst + 1], (--*n_done - worst) * sizeof *done);
}

static double lowest(const struct text *done, size_t n)
{
    double low = done[0].score;
    for (size_t i = 1; i < n; i++)
        low = fmin(low, done[i].score);
    return low;
}

static int over(const struct text *done, size_t n_done, double best, size_t n, size_t n_prompt,
                const struct gen_opt *o)
{
    const size_t less = o->length_generated ? n_prompt : 0;
    if (n_done < o->beams)
        return 0;
    if (o->early_stopping == GEN_STOP_EARLY)
        return 1;
    const size_t len = o->early_stopping == GEN_STOP_NEVER && o->length_penalty > 0
                           ? n_prompt + o->max_new
                           : n + 1;
    return lowest(done, n_done) >= best / pow((double)(len - less), o->length_penalty);
}

static size_t plain_search(engine *e, const uint32_t *prompt, size_t n_prompt,
                           const struct gen_opt *o, struct text *done)
{
    static struct text beam[8], next[8];
    static struct candidate all[8 * VOCAB];
    size_t n_beam = 1, n_done = 0, n = n_prompt;
    uint64_t seen[1] = {0};
    beam[0] = (struct text){.n = n_prompt};
    memcpy(beam[0].ids, prompt, n_prompt * sizeof *prompt);
    for (;; n++) {
        size_t n_all = 0, n_next = 0;
        for (size_t b = 0; b < n_beam; b++) {
            float s[VOCAB];
            whole(e, beam[b].ids, n, s);
            sample_log_softmax(s, VOCAB);
            if (o->repetition_penalty != 1)
                sample_penalise(s, beam[b].ids, n, o->repetition_penalty, seen);
            for (uint32_t i = 0; i < VOCAB; i++)
                all[n_all++] =
                    (struct candidate){s[i] + (float)beam[b].score, (uint32_t)(b * VOCAB + i)};
        }
        qsort(all, n_all, sizeof *all, by_score);
        for (size_t rank = 0; rank < 2 * o->beams && rank < n_all && n_next < o->beams; rank++) {
            const struct text *from = &beam[all[rank].id / VOCAB];
            struct text t = *from;
            const uint32_t id = all[rank].id % VOCAB;
            t.score = all[rank].score;
            if (id != 2) {
                t.ids[t.n++] = id;
                next[n_next++] = t;
            } else if (rank < o->beams) {
                keep(done, &n_done, &t, &id, (double)(o->length_generated ? n + 1 - n_prompt : n),
                     o);
            }
        }
        memcpy(beam, next, sizeof beam);
        n_beam = n_next;
        if (over(done, n_done, all[0].score, n, n_prompt, o))
            return n_done;
        if (n + 1 == n_prompt + o->max_new)
            break;
    }
    for (size_t b = 0; b < n_beam; b++)
        if (n_done < o->beams ||
            beam[b].score /
                    pow((double)(n + 1 - (o->length_generated ? n_prompt : 0)), o->length_penalty) >
                lowest(done, n_done))
            keep(done, &n_done, &beam[b], NULL,
                 (double)(n + 1 - (o->length_generated ? n_prompt : 0)), o);
    return n_done;
}

static void check_search(engine *e, const gen_request *r, const uint32_t *prompt, size_t n_prompt,
                         const struct gen_opt *o)
{
    static struct text done[10];
    size_t n, n_want = plain_search(e, prompt, n_prompt, o, done);
    const struct gen_result *got = gen_results(r, &n);
    assert(n == n_want);
    for (size_t i = 0; i < n; i++) {
        size_t best = 0;
        for (size_t k = 1; k < n_want; k++)
            if (done[k].score >= done[best].score)
                best = k;
        assert(fabs(got[i].score - done[best].score) < 1e-6);
        assert(got[i].n == done[best].n - n_prompt);
        assert(!memcmp(got[i].ids, done[best].ids + n_prompt, got[i].n * sizeof *got[i].ids));
        done[best].score = -INFINITY;
    }
}

static void test_beams(engine *e)
{
    enum { MANY = 60 };
    static uint32_t prompt[MANY][6];
    struct gen_opt o[MANY];
    gen_request *r[MANY];
    gen *g = gen_new(e, 40, 40, &err);
    for (int i = 0; i < MANY; i++) {
        gen_opt_init(&o[i]);
        o[i].beams = 2 + (unsigned)i % 4;
        o[i].max_new = 5 + (uint32_t)i % 9;
        o[i].length_penalty = (const double[]){1, 0, 2, -1}[i / 3 % 4];
        o[i].early_stopping = i % 3;
        o[i].length_generated = i / 2 % 2;
        o[i].repetition_penalty = i % 5 ? 1 : 1.5f;
        for (int k = 0; k < 6; k++)
            prompt[i][k] = 3 + (uint32_t)(any() * 9 + 9);
        r[i] = gen_add(g, prompt[i], 1 + (size_t)i % 6, &o[i], &err);
        assert(r[i]);
    }
    while (gen_step(g, &err) > 0)
        ;
    assert(!err.code);
    for (int i = 0; i < MANY; i++)
        check_search(e, r[i], prompt[i], 1 + (size_t)i % 6, &o[i]);
    gen_free(g);
}

/* What a request gives is the same alone and among others, and for any number of threads. */
static void test_together(engine *e)
{
    enum { MANY = 30 };
    uint32_t alone[MANY][20], prompt[40];
    size_t n_alone[MANY], n;
    gen_request *r[MANY];
    struct gen_opt o;
    gen_opt_init(&o);
    o.max_new = 20;
    o.sample = 1;
    o.top_k = 9;
    o.top_p = 0.95f;
    for (int i = 0; i < 40; i++)
        prompt[i] = (uint32_t)(any() * 11 + 11);
    engine *one = engine_new(&m, 1, 1 << 20, NULL, &err);
    for (int i = 0; i < MANY; i++) {
        gen *g = gen_new(one, 32, 32, &err);
        o.seed = (uint64_t)i;
        r[0] = gen_add(g, prompt, 10 + (size_t)i, &o, &err);
        while (gen_step(g, &err) > 0)
            ;
        const struct gen_result *got = gen_results(r[0], &n);
        assert(n == 1 && gen_is_done(r[0]));
        memcpy(alone[i], got->ids, (n_alone[i] = got->n) * sizeof *got->ids);
        gen_free(g);
    }
    engine_free(one);
    gen *g = gen_new(e, 32, 32, &err);
    for (int i = 0; i < MANY; i++) {
        o.seed = (uint64_t)i;
        r[i] = gen_add(g, prompt, 10 + (size_t)i, &o, &err);
        gen_step(g, &err); // some have begun when others join
    }
    gen_remove(g, r[7]);
    while (gen_step(g, &err) > 0)
        ;
    for (int i = 0; i < MANY; i++) {
        if (i == 7)
            continue;
        const struct gen_result *got = gen_results(r[i], &n);
        assert(got->n == n_alone[i] && !memcmp(got->ids, alone[i], got->n * sizeof *got->ids));
    }
    gen_free(g);
}

int main(void)
{
    make_model();
    engine *e = engine_new(&m, 3, 1 << 20, NULL, &err);
    assert(e);
    test_steps(e);
    test_refused(e);
    test_beams(e);
    test_together(e);
    engine_free(e);
    free_model();
    return 0;
}
