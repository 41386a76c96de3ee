/* What a model makes of texts: each document with its perplexity. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "infer/runner.h"
#include "infer/sample.h"
#include "weir/doc.h"
#include "weir/infer.h"
#include "weir/stream.h"

enum { PART = 64 }; // tokens whose logits are held at once

struct source { // sums of one
    char *name;
    double nll;
    uint64_t tokens, bytes, documents;
};

struct score {
    const struct weir_score_opt *opt;
    struct weir_job *job;
    struct runner runner;
    uint32_t window, stride;
    float *logits;
    struct source *source;
    size_t n_source, cap_source;
};

struct worker {
    weir_json *json;
    weir_tok_scratch *scratch;
};

/* What work() leaves for commit(): ids in aux, then the source's name. */
enum { USER_IDS, USER_BYTES };

void weir_score_opt_init(struct weir_score_opt *opt)
{
    *opt = (struct weir_score_opt){0};
}

static void worker_free(void *thread)
{
    struct worker *w = thread;
    if (!w)
        return;
    weir_json_free(w->json);
    weir_tok_scratch_free(w->scratch);
    free(w);
}

static void *worker_new(void *ctx, struct weir_err *err)
{
    const struct score *s = ctx;
    struct worker *w = calloc(1, sizeof *w);
    if (!w)
        weir_err_set(err, WEIR_EMEM, "out of memory");
    else if ((w->json = weir_json_new(err)) &&
             (w->scratch = weir_tok_scratch_new(s->runner.tongue.tok, err)))
        return w;
    worker_free(w);
    return NULL;
}

static int work(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                struct weir_err *err)
{
    const struct score *s = ctx;
    struct worker *w = thread;
    struct weir_doc doc;
    struct weir_err why = {0};
    uint32_t *ids = NULL;
    size_t n;
    if (weir_doc_parse(w->json, weir_rec_raw(b, r), &doc, &why) < 0) {
        if (why.code != WEIR_EBAD)
            return weir_err_set(err, why.code, "%s", why.msg);
        weir_rec_bad(b, r, "bad-document", "%s", why.msg);
        return 0;
    }
    weir_rec_source(b, r, doc.source);
    if (runner_encode(&s->runner, w->scratch, doc.text, !s->opt->no_bos, &ids, &n, err))
        return err->code;
    r->aux_at = b->aux.n;
    weir_buf_add(&b->aux, ids, n * sizeof *ids);
    r->aux_n = b->aux.n - r->aux_at;
    r->user[USER_IDS] = n;
    r->user[USER_BYTES] = doc.text.n;
    free(ids);
    return weir_buf_check(&b->aux, err);
}

/* -log p of id. */
static double nll(const float *logits, size_t n, uint32_t id)
{
    double sum = 0;
    float top = -INFINITY;
    for (size_t i = 0; i < n; i++)
        top = fmaxf(top, logits[i]);
    for (size_t i = 0; i < n; i++)
        sum += exp((double)logits[i] - top);
    return log(fmax(sum, 1)) + top - logits[id]; // the largest alone is 1
}

/* Reads ids[from … to) into an empty sequence and adds up what the model says of those from
 * `first` on; the token before each is in the sequence. */
static int score_window(struct score *s, const uint32_t *ids, size_t from, size_t to, size_t first,
                        double *sum, struct weir_err *err)
{
    const uint32_t n_vocab = s->runner.model->config.n_vocab;
    struct sequence seq = {0};
    struct row row[PART];
    int rc = 0;
    while (!rc && from + 1 < to) {
        size_t n = 0, wanted = 0;
        for (; n < PART && from + n + 1 < to; n++) {
            row[n] = (struct row){&seq, ids[from + n], from + n + 1 >= first};
            wanted += (size_t)row[n].wanted;
        }
        rc = engine_step(s->runner.engine, row, n, s->logits, err);
        for (size_t i = 0; !rc && i < wanted; i++)
            *sum += nll(s->logits + i * n_vocab, n_vocab, ids[from + n - wanted + i + 1]);
        from += n;
    }
    engine_drop(s->runner.engine, &seq);
    return rc;
}

/* Windows of at most `window` tokens; each but the first repeats what lies behind its stride. */
static int score_ids(struct score *s, const uint32_t *ids, size_t n, double *sum,
                     struct weir_err *err)
{
    int rc = 0;
    *sum = 0;
    for (size_t done = 1; !rc && done < n;) {
        const size_t from = done == 1 ? 0 : done - (s->window - s->stride);
        const size_t to = n - from < s->window ? n : from + s->window;
        rc = score_window(s, ids, from, to, done, sum, err);
        done = to;
    }
    return rc;
}

static int add_source(struct score *s, struct weir_span name, double sum, uint64_t tokens,
                      uint64_t bytes, struct weir_err *err)
{
    size_t i = 0;
    while (i < s->n_source && !weir_span_is(name, s->source[i].name))
        i++;
    if (i == s->n_source && i < WEIR_NAMES_MAX) {
        /* Names come from the data: past the bound they count together. */
        char *copy =
            i == WEIR_NAMES_MAX - 1 ? strdup("(other)") : strndup(name.n ? name.p : "", name.n);
        if (!copy || weir_grow(&s->source, &s->cap_source, i + 1, sizeof *s->source)) {
            free(copy);
            return weir_err_set(err, WEIR_EMEM, "out of memory");
        }
        s->source[s->n_source++] = (struct source){.name = copy};
    }
    struct source *to = &s->source[i < WEIR_NAMES_MAX ? i : WEIR_NAMES_MAX - 1];
    to->nll += sum;
    to->tokens += tokens;
    to->bytes += bytes;
    to->documents++;
    return 0;
}

static int commit(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct score *s = ctx;
    const size_t n = r->user[USER_IDS], tokens = n ? n - 1 : 0;
    const uint32_t *ids = (const void *)(b->aux.p + r->aux_at);
    uint32_t *aligned = weir_calloc(n + 1, sizeof *aligned);
    double sum = 0;
    if (!aligned)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    memcpy(aligned, ids, n * sizeof *ids);
    int rc = score_ids(s, aligned, n, &sum, err);
    free(aligned);
    if (!rc)
        rc = add_source(s, weir_span(b->aux.p + r->source_at, r->source_n), sum, tokens,
                        r->user[USER_BYTES], err);
    if (rc)
        return rc;
    const double token = tokens ? sum / (double)tokens : 0;
    const double byte = r->user[USER_BYTES] ? sum / (double)r->user[USER_BYTES] : 0;
    struct weir_span line = weir_rec_raw(b, r);
    while (line.n && line.p[line.n - 1] != '}')
        line.n--;
    r->fate = WEIR_MADE;
    r->n_out = 1;
    r->out_at = b->out.n;
    weir_buf_add(&b->out, line.p, line.n - 1);
    weir_buf_addf(&b->out,
                  ",\"perplexity\":%.6g,\"nll_token\":%.6g,\"nll_byte\":%.6g,"
                  "\"scored_tokens\":%zu}\n",
                  exp(token), token, byte, tokens);
    r->out_n = b->out.n - r->out_at;
    return weir_buf_check(&b->out, err);
}

/* The protocol and the sums, for the ledger. */
static int report(struct score *s, struct weir_err *err)
{
    struct weir_buf *b = &s->job->extra;
    weir_buf_addf(b, ",\"score\":{\"window\":%u,\"stride\":%u,\"bos\":%s,\"sources\":[", s->window,
                  s->stride,
                  s->runner.tongue.bos != UINT32_MAX && !s->opt->no_bos ? "true" : "false");
    for (size_t i = 0; i < s->n_source; i++) {
        const struct source *x = &s->source[i];
        weir_buf_addf(b, "%s{\"source\":", i ? "," : "");
        weir_buf_add_json(b, weir_span(x->name, strlen(x->name)));
        weir_buf_addf(b,
                      ",\"documents\":%llu,\"tokens\":%llu,\"bytes\":%llu,\"perplexity\":%.6g,"
                      "\"nll_token\":%.6g,\"nll_byte\":%.6g}",
                      (unsigned long long)x->documents, (unsigned long long)x->tokens,
                      (unsigned long long)x->bytes, exp(x->tokens ? x->nll / (double)x->tokens : 0),
                      x->tokens ? x->nll / (double)x->tokens : 0,
                      x->bytes ? x->nll / (double)x->bytes : 0);
    }
    weir_buf_adds(b, "]}");
    return weir_buf_check(b, err);
}

static int prepare(struct score *s, struct weir_err *err)
{
    const uint32_t longest = s->runner.model->config.max_positions;
    const int64_t window = s->opt->window ? s->opt->window : longest;
    const int64_t stride = s->opt->stride ? s->opt->stride : window - 1;
    if (window > longest)
        return weir_err_set(err, WEIR_EUSAGE, "--window %lld: the model has %u positions",
                            (long long)window, longest);
    if (stride >= window)
        return weir_err_set(err, WEIR_EUSAGE,
                            "--stride %lld: a window of %lld has room for %lld new tokens",
                            (long long)stride, (long long)window, (long long)window - 1);
    s->window = (uint32_t)window;
    s->stride = (uint32_t)stride;
    s->logits = weir_calloc((size_t)PART * s->runner.model->config.n_vocab, sizeof *s->logits);
    return s->logits ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
}

int weir_score_run(const struct weir_score_opt *opt, struct weir_job *job, struct weir_err *err)
{
    struct score s = {.opt = opt, .job = job, .runner = {.adapter = opt->adapter}};
    int rc = runner_open(&s.runner, job, opt->model, opt->tokenizer, opt->dtype, err);
    if (!rc)
        rc = prepare(&s, err);
    const struct weir_stage stage = {.ctx = &s,
                                     .thread_new = worker_new,
                                     .thread_free = worker_free,
                                     .work = work,
                                     .commit = commit,
                                     .fixed_memory = s.runner.memory,
                                     .thread_memory =
                                         rc ? 0 : weir_tok_scratch_memory(s.runner.tongue.tok)};
    if (!rc)
        rc = weir_stage_run(&stage, job, err);
    if (!rc)
        rc = report(&s, err);
    for (size_t i = 0; i < s.n_source; i++)
        free(s.source[i].name);
    free(s.source);
    free(s.logits);
    runner_close(&s.runner);
    return weir_job_close_output(job, rc, err);
}
