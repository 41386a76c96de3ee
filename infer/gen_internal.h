#ifndef WEIR_INFER_GEN_INTERNAL_H
#define WEIR_INFER_GEN_INTERNAL_H

#include "infer/gen.h"
#include "infer/sample.h"

struct beam {
    struct sequence s;
    uint32_t *ids; // prompt, then what was generated
    size_t n, cap;
    double score; // sum of log probabilities
};

struct gen_request {
    struct gen_request *next;
    struct gen_opt opt;
    uint32_t *prompt;
    size_t n_prompt, n_fed; // of the prompt, in the cache
    int joined;             // steps are for it too, until it is done
    int done;
    uint64_t pages; // set aside for it
    struct beam beam[GEN_MAX_BEAMS];
    unsigned n_beams; // that run: 1 until the prompt is read
    /* Beam search: finished hypotheses, one more than beams for a moment. */
    struct gen_result hyp[GEN_MAX_BEAMS + 1];
    unsigned n_hyp;
    double worst;
    struct sample_rng rng;
    int (*on_token)(void *ctx, uint32_t id);
    void *on_token_ctx;
    int in_step;                // has rows in this one
    size_t wanted_at, n_wanted; // of the step's logits
    float *logits;              // a row a beam
};

struct gen {
    engine *e;
    const struct model_config *config;
    struct gen_request *first;
    struct row *row;
    size_t max_rows, max_sequences;
    float *logits;   // max_sequences × n_vocab; like candidate, the system gives what is used
    size_t n_wanted; // rows of logits in this step
    struct candidate *candidate; // of one request at a time: GEN_MAX_BEAMS × n_vocab
    struct candidate *spare;     // n_vocab behind them
    uint64_t *seen;
    uint64_t pages; // set aside for those that have joined
    size_t beams;   // that they may have
};

/* 1 for an id that ends this request. */
int gen_ends(const struct gen *g, const struct gen_request *r, uint32_t id);
/* Presence and frequency penalties on the scores of a beam's next token. */
void gen_discourage(const struct gen *g, const struct gen_request *r, const struct beam *b,
                    float *scores);
int gen_append(struct beam *b, uint32_t id, struct weir_err *err);
/* One step of beam search on r->logits. */
int gen_beam_step(struct gen *g, struct gen_request *r, struct weir_err *err);

#endif
