/* Generation: requests share the engine's steps, join when there is room in the cache for all they
 * may need, and leave when they are done or cancelled.  What a request gives depends on its prompt,
 * options and seed alone. */
#ifndef WEIR_INFER_GEN_H
#define WEIR_INFER_GEN_H

#include "infer/engine.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { GEN_MAX_BEAMS = 32 };

struct gen_opt {
    uint32_t max_new; // tokens
    int sample;       // draw; else the most likely
    float temperature, top_p;
    uint32_t top_k;
    float repetition_penalty; // 1: none
    uint64_t seed;
    /* Beam search (more than one) as transformers 4.28.1 does it, drawing where sample is set. */
    unsigned beams;
    double length_penalty;
    enum { GEN_STOP_HEURISTIC, GEN_STOP_EARLY, GEN_STOP_NEVER } early_stopping;
    int length_generated; // lengths without the prompt, as transformers does since 4.36
    int ignore_eos;
};

void gen_opt_init(struct gen_opt *opt);

enum gen_end { GEN_EOS, GEN_LENGTH, GEN_STOPPED, GEN_CANCELLED };

struct gen_result {
    const uint32_t *ids; // generated, EOS included where it came
    size_t n;
    double score; // beam search: its hypothesis' score; else the sum of log probabilities
    enum gen_end end;
};

typedef struct gen gen;
typedef struct gen_request gen_request;

/* max_rows: most tokens of a step. */
gen *gen_new(engine *e, size_t max_rows, struct weir_err *err);
/* Requests that are left go too. */
void gen_free(gen *g);

/* Queues a prompt of at least one token.  WEIR_EUSAGE when prompt and max_new do not fit the
 * model's positions or the cache even when it is empty. */
gen_request *gen_add(gen *g, const uint32_t *prompt, size_t n, const struct gen_opt *opt,
                     struct weir_err *err);
/* Without beams: called for each token; other than 0 ends the request (GEN_STOPPED). */
void gen_on_token(gen_request *r, int (*f)(void *ctx, uint32_t id), void *ctx);
/* One step for all requests that have joined: their number, 0 when there is none, or negative. */
int gen_step(gen *g, struct weir_err *err);
int gen_is_done(const gen_request *r);
/* 1 for an id that ends a text of this model. */
int gen_is_eos(const gen *g, uint32_t id);
/* Of a request that is done: its results, best first, n of them (beams at most). */
const struct gen_result *gen_results(const gen_request *r, size_t *n);
/* Takes a request out, done or not. */
void gen_remove(gen *g, gen_request *r);

#ifdef __cplusplus
}
#endif
#endif
