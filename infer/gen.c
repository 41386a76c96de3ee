#include "infer/gen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "infer/gen_internal.h"

void gen_opt_init(struct gen_opt *opt)
{
    *opt = (struct gen_opt){.max_new = 256,
                            .temperature = 1,
                            .top_p = 1,
                            .repetition_penalty = 1,
                            .beams = 1,
                            .length_penalty = 1};
}

uint64_t gen_scratch_bytes(uint64_t n_vocab, uint64_t max_sequences)
{
    return n_vocab * (max_sequences * sizeof(float) +
                      (GEN_MAX_BEAMS + 1) * (uint64_t)sizeof(struct candidate));
}

gen *gen_new(engine *e, size_t max_rows, size_t max_sequences, struct weir_err *err)
{
    gen *g = calloc(1, sizeof *g);
    const struct model_config *c = engine_config(e);
    if (g) {
        g->e = e;
        g->config = c;
        g->max_sequences = max_sequences < GEN_MAX_BEAMS ? GEN_MAX_BEAMS : max_sequences;
        g->max_rows = max_rows < g->max_sequences ? g->max_sequences : max_rows;
        g->row = weir_calloc(g->max_rows, sizeof *g->row);
        g->seen = weir_calloc(c->n_vocab / 64 + 1, sizeof *g->seen);
        g->logits = weir_calloc(g->max_sequences, c->n_vocab * sizeof *g->logits);
        g->candidate = weir_calloc(GEN_MAX_BEAMS + 1, c->n_vocab * sizeof *g->candidate);
    }
    if (g && g->row && g->seen && g->logits && g->candidate) {
        g->spare = g->candidate + (size_t)GEN_MAX_BEAMS * c->n_vocab;
        return g;
    }
    gen_free(g);
    weir_err_set(err, WEIR_EMEM, "out of memory");
    return NULL;
}

void gen_free(gen *g)
{
    if (!g)
        return;
    while (g->first)
        gen_remove(g, g->first);
    free(g->row);
    free(g->logits);
    free(g->candidate);
    free(g->seen);
    free(g);
}

/* Pages for the prompt once, and what is generated for each beam, all full. */
static uint64_t pages_needed(uint64_t n_prompt, const struct gen_opt *opt)
{
    const uint64_t prompt = n_prompt / ENGINE_PAGE, all = n_prompt + opt->max_new;
    const uint64_t each = (all + ENGINE_PAGE - 1) / ENGINE_PAGE - prompt + 1;
    return prompt + (opt->beams > 1 ? 2 : 1) * opt->beams * each;
}

int gen_check(const gen *g, size_t n, const struct gen_opt *opt, struct weir_err *err)
{
    if (!n || !opt->max_new)
        return weir_err_set(err, WEIR_EUSAGE, "nothing to continue, or no new tokens wanted");
    if (!opt->beams || opt->beams > GEN_MAX_BEAMS)
        return weir_err_set(err, WEIR_EUSAGE, "beams: 1 to %d", GEN_MAX_BEAMS);
    if ((uint64_t)n + opt->max_new > g->config->max_positions)
        return weir_err_set(err, WEIR_EUSAGE,
                            "a prompt of %zu tokens and %u new ones exceed the model's %u "
                            "positions",
                            n, opt->max_new, g->config->max_positions);
    if (pages_needed(n, opt) > engine_max_pages(g->e))
        return weir_err_set(err, WEIR_EMEM,
                            "a prompt of %zu tokens and %u new ones do not fit the cache: use "
                            "more -m",
                            n, opt->max_new);
    return 0;
}

gen_request *gen_add(gen *g, const uint32_t *prompt, size_t n, const struct gen_opt *opt,
                     struct weir_err *err)
{
    gen_request *r = calloc(1, sizeof *r), **last = &g->first;
    if (!r || !(r->prompt = weir_calloc(n + 1, sizeof *r->prompt))) {
        free(r);
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    if (n)
        memcpy(r->prompt, prompt, n * sizeof *prompt);
    r->n_prompt = n;
    r->opt = *opt;
    r->rng.state = opt->seed;
    r->worst = 1e9;
    r->n_beams = 1;
    if (gen_check(g, n, opt, err)) {
        free(r->prompt);
        free(r);
        return NULL;
    }
    r->pages = pages_needed(n, opt);
    while (*last)
        last = &(*last)->next;
    *last = r;
    return r;
}

void gen_on_token(gen_request *r, int (*f)(void *ctx, uint32_t id), void *ctx)
{
    r->on_token = f;
    r->on_token_ctx = ctx;
}

const float *gen_logprobs(const gen_request *r)
{
    return r->logits;
}

struct gen_load gen_load(const gen *g)
{
    struct gen_load load = {.pages = g->pages, .max_pages = engine_max_pages(g->e)};
    for (const gen_request *r = g->first; r; r = r->next)
        if (!r->done)
            (*(r->joined ? &load.running : &load.waiting))++;
    return load;
}

int gen_is_done(const gen_request *r)
{
    return r->done;
}

const struct gen_result *gen_results(const gen_request *r, size_t *n)
{
    *n = r->n_hyp;
    return r->hyp;
}

/* Its pages go back; what it made stays. */
static void leave(gen *g, gen_request *r)
{
    for (unsigned i = 0; i < r->n_beams; i++) {
        engine_drop(g->e, &r->beam[i].s);
        free(r->beam[i].ids);
        r->beam[i] = (struct beam){0};
    }
    if (r->joined) {
        g->pages -= r->pages;
        g->beams -= r->opt.beams;
    }
    r->joined = 0;
}

void gen_remove(gen *g, gen_request *r)
{
    gen_request **at = &g->first;
    while (*at != r)
        at = &(*at)->next;
    *at = r->next;
    leave(g, r);
    for (unsigned i = 0; i < r->n_hyp; i++)
        free((void *)r->hyp[i].ids);
    free(r->prompt);
    free(r);
}

int gen_is_eos(const gen *g, uint32_t id)
{
    for (unsigned i = 0; i < g->config->n_eos; i++)
        if (g->config->eos[i] == id)
            return 1;
    return 0;
}

int gen_ends(const gen *g, const gen_request *r, uint32_t id)
{
    return !r->opt.ignore_eos && gen_is_eos(g, id);
}

int gen_append(struct beam *b, uint32_t id, struct weir_err *err)
{
    if (weir_grow(&b->ids, &b->cap, b->n + 1, sizeof *b->ids))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    b->ids[b->n++] = id;
    return 0;
}

/* The one beam becomes the one result. */
static int finish(gen_request *r, enum gen_end end, struct weir_err *err)
{
    const struct beam *b = &r->beam[0];
    const size_t n = b->n - r->n_prompt;
    uint32_t *ids = weir_calloc(n + 1, sizeof *ids);
    if (!ids)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    memcpy(ids, b->ids + r->n_prompt, n * sizeof *ids);
    r->hyp[r->n_hyp++] = (struct gen_result){ids, n, b->score, end};
    r->done = 1;
    return 0;
}

void gen_discourage(const struct gen *g, const struct gen_request *r, const struct beam *b,
                    float *scores)
{
    if (r->opt.presence_penalty != 0 || r->opt.frequency_penalty != 0)
        sample_discourage(scores, b->ids + r->n_prompt, b->n - r->n_prompt, r->opt.presence_penalty,
                          r->opt.frequency_penalty, g->seen);
}

static uint32_t choose(gen *g, gen_request *r)
{
    struct beam *b = &r->beam[0];
    const size_t n_vocab = g->config->n_vocab;
    if (r->opt.repetition_penalty != 1)
        sample_penalise(r->logits, b->ids, b->n, r->opt.repetition_penalty, g->seen);
    gen_discourage(g, r, b, r->logits);
    if (!r->opt.sample) {
        const uint32_t id = sample_greedy(r->logits, n_vocab);
        sample_log_softmax(r->logits, n_vocab);
        b->score += r->logits[id];
        return id;
    }
    const struct sample_opt warp = {r->opt.temperature, r->opt.top_k, r->opt.top_p, 1};
    const size_t n = sample_warp(r->logits, n_vocab, &warp, g->candidate, g->spare);
    const uint32_t id = g->candidate[sample_draw(g->candidate, n, &r->rng)].id;
    sample_log_softmax(r->logits, n_vocab);
    b->score += r->logits[id];
    return id;
}

static int advance(gen *g, gen_request *r, struct weir_err *err)
{
    if (r->opt.beams > 1)
        return gen_beam_step(g, r, err);
    const uint32_t id = choose(g, r);
    if (gen_append(&r->beam[0], id, err))
        return err->code;
    if (gen_ends(g, r, id))
        return finish(r, GEN_EOS, err);
    if (r->on_token && r->on_token(r->on_token_ctx, id))
        return finish(r, GEN_STOPPED, err);
    return r->beam[0].n - r->n_prompt < r->opt.max_new ? 0 : finish(r, GEN_LENGTH, err);
}

/* ---- a step ---- */

static int join(gen *g, gen_request *r, struct weir_err *err)
{
    struct beam *b = &r->beam[0];
    if (weir_grow(&b->ids, &b->cap, r->n_prompt + 1, sizeof *b->ids))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    memcpy(b->ids, r->prompt, r->n_prompt * sizeof *b->ids);
    b->n = r->n_prompt;
    g->pages += r->pages;
    g->beams += r->opt.beams;
    r->joined = 1;
    return 0;
}

/* In their order, so that none waits forever for the small ones behind it. */
static int join_all(gen *g, struct weir_err *err)
{
    for (gen_request *r = g->first; r; r = r->next) {
        if (r->joined || r->done)
            continue;
        if (g->pages + r->pages > engine_max_pages(g->e) ||
            g->beams + r->opt.beams > g->max_sequences)
            return 0;
        if (join(g, r, err))
            return err->code;
    }
    return 0;
}

/* The next part of its prompt; the last token's logits are wanted. */
static size_t add_prompt(gen *g, gen_request *r, size_t n)
{
    const size_t left = r->n_prompt - r->n_fed, room = g->max_rows - n;
    for (size_t part = left < room ? left : room; part > 0; part--, r->n_fed++)
        g->row[n++] = (struct row){&r->beam[0].s, r->prompt[r->n_fed], r->n_fed + 1 == r->n_prompt};
    r->n_wanted = r->n_fed == r->n_prompt;
    return n;
}

/* Fills the rows, those that generate before those that read their prompt; returns how many. */
static size_t gather(gen *g)
{
    size_t n = 0;
    g->n_wanted = 0;
    for (int reading = 0; reading < 2; reading++)
        for (gen_request *r = g->first; r; r = r->next) {
            if (!r->joined || (r->n_fed < r->n_prompt) != reading)
                continue;
            const size_t from = n;
            r->n_wanted = r->n_beams;
            if (reading)
                n = add_prompt(g, r, n);
            for (unsigned i = 0; !reading && i < r->n_beams; i++)
                g->row[n++] = (struct row){&r->beam[i].s, r->beam[i].ids[r->beam[i].n - 1], 1};
            r->in_step = n > from;
            r->wanted_at = g->n_wanted;
            g->n_wanted += r->in_step ? r->n_wanted : 0;
        }
    return n;
}

int gen_step(gen *g, struct weir_err *err)
{
    int active = 0;
    for (gen_request *r = g->first; r; r = r->next)
        r->in_step = 0;
    if (join_all(g, err))
        return err->code;
    const size_t n = gather(g);
    if (n && engine_step(g->e, g->row, n, g->logits, err))
        return err->code;
    for (gen_request *r = g->first; r; r = r->next) {
        if (!r->in_step)
            continue;
        active++;
        r->logits = g->logits + r->wanted_at * g->config->n_vocab;
        if (r->n_wanted && advance(g, r, err))
            return err->code;
        if (r->done)
            leave(g, r);
    }
    return active;
}
