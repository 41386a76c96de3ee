/* From logits to a token, with the semantics of transformers' generate(): processors, then warpers
 * in the order temperature, top-k, top-p, then a draw. */
#ifndef WEIR_INFER_SAMPLE_H
#define WEIR_INFER_SAMPLE_H

#include "weir/base.h"

#ifdef __cplusplus
extern "C" {
#endif

struct sample_opt {
    float temperature; // above 0
    uint32_t top_k;    // 0: off
    float top_p;       // 1: off
    unsigned least;    // candidates that top-k and top-p leave: 1, in beam search 2
};

struct candidate {
    float score;
    uint32_t id;
};

/* Numbers for draws: SplitMix64 (Steele et al. 2014). */
struct sample_rng {
    uint64_t state;
};
double sample_uniform(struct sample_rng *r); // [0, 1)

/* For each distinct id once: a score below 0 is multiplied by penalty, others are divided by it
 * (Keskar et al. 2019, as transformers does).  seen: n_vocab bits, scratch that is left zero. */
void sample_penalise(float *scores, const uint32_t *ids, size_t n, float penalty, uint64_t *seen);
/* Takes presence from the score of each distinct id, and frequency for each time it stands there
 * (OpenAI's penalties; vLLM has them look at what was generated). */
void sample_discourage(float *scores, const uint32_t *ids, size_t n, float presence,
                       float frequency, uint64_t *seen);
/* The highest score; of equals the first. */
uint32_t sample_greedy(const float *scores, size_t n);
/* In place: log of softmax. */
void sample_log_softmax(float *scores, size_t n);

/* The n_vocab scores that the warpers leave, as candidates in falling order (of equals the first);
 * returns their number.  c and spare, which is scratch, have room for n_vocab. */
size_t sample_warp(const float *scores, size_t n, const struct sample_opt *opt, struct candidate *c,
                   struct candidate *spare);
/* Draws one of n candidates by the softmax of their scores: its place. */
size_t sample_draw(const struct candidate *c, size_t n, struct sample_rng *r);
/* Draws want different ones, one after another, and puts them first in falling order of their
 * scores; returns how many, want or n. */
size_t sample_without_replacement(struct candidate *c, size_t n, size_t want, struct sample_rng *r);
/* The k highest scores of n in falling order (of equals the first), k ≤ n. */
void sample_top(const float *scores, size_t n, size_t k, struct candidate *c);

#ifdef __cplusplus
}
#endif
#endif
