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
    /* Taken from a token's score for having been generated, and for each time: 0 none. */
    float presence_penalty, frequency_penalty;
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

/* max_rows: most tokens of a step; max_sequences: that run together, GEN_MAX_BEAMS at least. Memory
 * besides what requests hold: gen_scratch_bytes(). */
gen *gen_new(engine *e, size_t max_rows, size_t max_sequences, struct weir_err *err);
uint64_t gen_scratch_bytes(uint64_t n_vocab, uint64_t max_sequences);
/* Requests that are left go too. */
void gen_free(gen *g);

/* Can a prompt of n tokens ever run?  WEIR_EUSAGE when it and max_new do not fit the model's
 * positions, WEIR_EMEM when they do not fit the cache even when it is empty.  From any thread. */
int gen_check(const gen *g, size_t n, const struct gen_opt *opt, struct weir_err *err);
/* Queues a prompt of at least one token, which gen_check() lets pass. */
gen_request *gen_add(gen *g, const uint32_t *prompt, size_t n, const struct gen_opt *opt,
                     struct weir_err *err);
/* Without beams: called for each token; other than 0 ends the request (GEN_STOPPED). */
void gen_on_token(gen_request *r, int (*f)(void *ctx, uint32_t id), void *ctx);
/* While that is called: the n_vocab log probabilities of the step, behind the penalties and before
 * temperature, top-k and top-p. */
const float *gen_logprobs(const gen_request *r);
/* One step for all requests that have joined: their number, 0 when there is none, or negative. */
int gen_step(gen *g, struct weir_err *err);
int gen_is_done(const gen_request *r);
struct gen_load {
    size_t running, waiting;   // requests
    uint64_t pages, max_pages; // set aside for those that run; of the cache
};
struct gen_load gen_load(const gen *g);
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
