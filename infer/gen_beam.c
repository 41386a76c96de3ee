/* Beam search with the rules of transformers 4.28.1 (generation/beam_search.py and utils.py):
 * which candidates become hypotheses, how they are scored, and when the search ends. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "infer/gen_internal.h"

static double length_of(const struct gen_request *r, size_t n_ids)
{
    return (double)(r->opt.length_generated ? n_ids - r->n_prompt : n_ids);
}

/* Keeps a finished hypothesis when it is among the best; n_ids is the length that counts. */
static int add_hypothesis(struct gen_request *r, const struct beam *b, size_t length, double score,
                          const uint32_t *eos, struct weir_err *err)
{
    const double value = score / pow(length_of(r, length), r->opt.length_penalty);
    const size_t n = b->n - r->n_prompt;
    if (r->n_hyp == r->opt.beams && !(value > r->worst))
        return 0;
    uint32_t *ids = weir_calloc(n + 1, sizeof *ids);
    if (!ids)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    if (n)
        memcpy(ids, b->ids + r->n_prompt, n * sizeof *ids);
    if (eos)
        ids[n] = *eos;
    r->hyp[r->n_hyp++] = (struct gen_result){ids, n + !!eos, value, eos ? GEN_EOS : GEN_LENGTH};
    if (r->n_hyp > r->opt.beams) {
        unsigned least = 0;
        for (unsigned i = 1; i < r->n_hyp; i++)
            if (r->hyp[i].score < r->hyp[least].score)
                least = i;
        free((void *)r->hyp[least].ids);
        memmove(&r->hyp[least], &r->hyp[least + 1], (--r->n_hyp - least) * sizeof *r->hyp);
    }
    r->worst = r->hyp[0].score;
    for (unsigned i = 1; i < r->n_hyp; i++)
        r->worst = fmin(r->worst, r->hyp[i].score);
    return 0;
}

/* No running beam can become better than what is there. */
static int is_settled(const struct gen_request *r, double best, size_t length)
{
    if (r->n_hyp < r->opt.beams)
        return 0;
    if (r->opt.early_stopping == GEN_STOP_EARLY)
        return 1;
    if (r->opt.early_stopping == GEN_STOP_NEVER && r->opt.length_penalty > 0)
        length = r->n_prompt + r->opt.max_new;
    return r->worst >= best / pow(length_of(r, length), r->opt.length_penalty);
}

/* The 2 × beams candidates of this step in falling order; their ids count over all beams. */
static size_t candidates(struct gen *g, struct gen_request *r)
{
    const size_t n_vocab = g->config->n_vocab, all = r->n_beams * n_vocab;
    size_t want = 2 * (size_t)r->opt.beams, n;
    for (unsigned b = 0; b < r->n_beams; b++) {
        float *score = r->logits + b * n_vocab;
        sample_log_softmax(score, n_vocab);
        if (r->opt.repetition_penalty != 1)
            sample_penalise(score, r->beam[b].ids, r->beam[b].n, r->opt.repetition_penalty,
                            g->seen);
        gen_discourage(g, r, &r->beam[b], score);
        for (size_t i = 0; i < n_vocab; i++)
            score[i] += (float)r->beam[b].score;
    }
    if (want > all)
        want = all;
    if (!r->opt.sample) {
        sample_top(r->logits, all, want, g->candidate);
        return want;
    }
    n = 0;
    const struct sample_opt warp = {r->opt.temperature, r->opt.top_k, r->opt.top_p, 2};
    for (unsigned b = 0; b < r->n_beams; b++) {
        const size_t got =
            sample_warp(r->logits + b * n_vocab, n_vocab, &warp, g->candidate + n, g->spare);
        for (size_t i = n; i < n + got; i++)
            g->candidate[i].id += (uint32_t)(b * n_vocab);
        n += got;
    }
    return sample_without_replacement(g->candidate, n, want, &r->rng);
}

static void swap_beams(struct gen *g, struct gen_request *r, struct beam *next, unsigned n)
{
    for (unsigned i = 0; i < r->n_beams; i++) {
        engine_drop(g->e, &r->beam[i].s);
        free(r->beam[i].ids);
    }
    memcpy(r->beam, next, n * sizeof *next);
    r->n_beams = n;
}

/* The beam of a candidate with its token; its keys and values are shared. */
static int extend(struct gen *g, const struct beam *from, const struct candidate *c, uint32_t token,
                  struct beam *to, struct weir_err *err)
{
    *to = (struct beam){.score = c->score};
    if (weir_grow(&to->ids, &to->cap, from->n + 16, sizeof *to->ids))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    memcpy(to->ids, from->ids, from->n * sizeof *to->ids);
    to->n = from->n;
    to->ids[to->n++] = token;
    return engine_fork(g->e, &from->s, &to->s, err);
}

static int take_candidates(struct gen *g, struct gen_request *r, size_t n, struct beam *next,
                           unsigned *n_next, struct weir_err *err)
{
    const size_t length = r->beam[0].n;
    int rc = 0;
    for (size_t rank = 0; !rc && rank < n && *n_next < r->opt.beams; rank++) {
        const struct candidate *c = &g->candidate[rank];
        const struct beam *from = &r->beam[c->id / g->config->n_vocab];
        const uint32_t token = c->id % g->config->n_vocab;
        if (!gen_ends(g, r, token))
            rc = extend(g, from, c, token, &next[(*n_next)++], err);
        else if (rank < r->opt.beams)
            rc = add_hypothesis(r, from, length + !!r->opt.length_generated, c->score, &token, err);
    }
    return rc;
}

static void finish(struct gen_request *r)
{
    /* Falling scores; of equals the one that came last stands first. */
    for (unsigned i = 1; i < r->n_hyp; i++)
        for (unsigned j = i; j > 0 && r->hyp[j].score >= r->hyp[j - 1].score; j--) {
            const struct gen_result swap = r->hyp[j];
            r->hyp[j] = r->hyp[j - 1];
            r->hyp[j - 1] = swap;
        }
    r->done = 1;
}

int gen_beam_step(struct gen *g, struct gen_request *r, struct weir_err *err)
{
    struct beam next[GEN_MAX_BEAMS];
    unsigned n_next = 0;
    const size_t length = r->beam[0].n, n = candidates(g, r);
    const double best = g->candidate[0].score;
    int rc = take_candidates(g, r, n, next, &n_next, err);
    swap_beams(g, r, next, n_next);
    if (rc)
        return rc;
    if (is_settled(r, best, length + 1)) {
        finish(r);
    } else if (!n_next || length + 1 >= r->n_prompt + r->opt.max_new) {
        for (unsigned i = 0; !rc && i < r->n_beams; i++)
            rc = add_hypothesis(r, &r->beam[i], r->beam[i].n, r->beam[i].score, NULL, err);
        finish(r);
    }
    return rc;
}
