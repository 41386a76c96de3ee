/* What a model makes of texts: each with its perplexity. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "infer/sample.h"
#include "infer/score_internal.h"
#include "weir/doc.h"
#include "weir/utf8.h"

enum { PART = 64 }; // tokens whose logits are held at once

struct worker {
    weir_json *json;
    weir_tok_scratch *scratch;
    struct weir_buf text;
};

void weir_score_opt_init(struct weir_score_opt *opt)
{
    *opt = (struct weir_score_opt){.worst = 10, .excerpt = 400};
}

static void worker_free(void *thread)
{
    struct worker *w = thread;
    if (!w)
        return;
    weir_json_free(w->json);
    weir_tok_scratch_free(w->scratch);
    weir_buf_free(&w->text);
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

void score_keep_id(struct weir_batch *b, struct weir_rec *r, struct weir_span id)
{
    r->user[SCORE_ID_AT] = b->aux.n;
    weir_buf_add(&b->aux, id.p, id.n);
    r->user[SCORE_ID_N] = id.n;
}

/* The text of a record; 0 when the record is bad. */
static int read_text(const struct score *s, struct worker *w, struct weir_batch *b,
                     struct weir_rec *r, struct weir_span *text, struct weir_err *err)
{
    struct weir_doc doc;
    struct weir_err why = {0};
    *text = weir_rec_raw(b, r);
    if (s->opt->input != WEIR_SCORE_DOCUMENTS) {
        const size_t valid = weir_utf8_valid(text->p, text->n);
        if (valid < text->n)
            weir_rec_bad(b, r, "bad-utf8", "byte %zu is no UTF-8", valid + 1);
        return valid == text->n;
    }
    if (weir_doc_parse(w->json, *text, &doc, &why) < 0) {
        if (why.code != WEIR_EBAD)
            return weir_err_set(err, why.code, "%s", why.msg);
        weir_rec_bad(b, r, "bad-document", "%s", why.msg);
        return 0;
    }
    *text = doc.text;
    weir_rec_source(b, r, doc.source);
    score_keep_id(b, r, doc.id);
    return 1;
}

/* The ids of a sample, behind BOS where it does not begin with it; the bytes of its text. */
static int read_sample(const struct score *s, struct worker *w, struct weir_batch *b,
                       struct weir_rec *r, uint32_t **ids, size_t *n, struct weir_err *err)
{
    const uint32_t bos = s->opt->no_bos ? UINT32_MAX : s->runner.tongue.bos;
    if (score_dataset_ids(s->dataset, b, r, ids, n, err))
        return err->code;
    weir_buf_reset(&w->text, 1 << 20);
    if (weir_tok_decode(s->runner.tongue.tok, *ids, *n, &w->text, err))
        return err->code;
    r->user[SCORE_BYTES] = w->text.n;
    if (bos != UINT32_MAX && (!*n || **ids != bos)) { // there is room for one more
        memmove(*ids + 1, *ids, *n * sizeof **ids);
        **ids = bos;
        ++*n;
    }
    return 0;
}

static int work(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                struct weir_err *err)
{
    const struct score *s = ctx;
    struct worker *w = thread;
    struct weir_span text;
    uint32_t *ids = NULL;
    size_t n;
    int rc = 1;
    if (s->dataset)
        rc = read_sample(s, w, b, r, &ids, &n, err);
    else if ((rc = read_text(s, w, b, r, &text, err)) <= 0)
        return rc;
    else
        rc = runner_encode(&s->runner, w->scratch, text, !s->opt->no_bos, &ids, &n, err);
    if (!rc) {
        r->aux_at = b->aux.n;
        weir_buf_add(&b->aux, ids, n * sizeof *ids);
        r->aux_n = b->aux.n - r->aux_at;
        r->user[SCORE_IDS] = n;
        if (!s->dataset)
            r->user[SCORE_BYTES] = text.n;
        rc = weir_buf_check(&b->aux, err);
    }
    free(ids);
    return rc;
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
        s->source[s->n_source++] = (struct score_source){.name = copy};
    }
    struct score_source *to = &s->source[i < WEIR_NAMES_MAX ? i : WEIR_NAMES_MAX - 1];
    to->nll += sum;
    to->tokens += tokens;
    to->bytes += bytes;
    to->documents++;
    return 0;
}

static int commit(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct score *s = ctx;
    const size_t n = r->user[SCORE_IDS];
    struct score_result x = {
        .tokens = n ? n - 1 : 0,
        .bytes = r->user[SCORE_BYTES],
        .source = weir_span(b->aux.p + r->source_at, r->source_n),
        .id = weir_span(b->aux.p + r->user[SCORE_ID_AT], r->user[SCORE_ID_N]),
    };
    uint32_t *aligned = weir_calloc(n + 1, sizeof *aligned);
    if (!aligned)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    memcpy(aligned, b->aux.p + r->aux_at, n * sizeof *aligned);
    int rc = score_ids(s, aligned, n, &x.nll, err);
    if (!rc)
        rc = score_remember(s, r, &x, aligned, n, err);
    free(aligned);
    if (!rc)
        rc = add_source(s, x.source, x.nll, x.tokens, x.bytes, err);
    return rc ? rc : score_write(s, b, r, &x, err);
}

/* The protocol and the sums, for the ledger. */
static int report(struct score *s, struct weir_err *err)
{
    struct weir_buf *b = &s->job->extra;
    weir_buf_addf(b, ",\"score\":{\"window\":%u,\"stride\":%u,\"bos\":%s,\"sources\":[", s->window,
                  s->stride,
                  s->runner.tongue.bos != UINT32_MAX && !s->opt->no_bos ? "true" : "false");
    for (size_t i = 0; i < s->n_source; i++) {
        const struct score_source *x = &s->source[i];
        weir_buf_addf(b, "%s{\"source\":", i ? "," : "");
        weir_buf_add_json(b, weir_span(x->name, strlen(x->name)));
        weir_buf_addf(
            b,
            ",\"documents\":%llu,\"tokens\":%llu,\"bytes\":%llu,\"nll\":%.17g,"
            "\"perplexity\":%.6g,"
            "\"nll_token\":%.6g,\"nll_byte\":%.6g}",
            (unsigned long long)x->documents, (unsigned long long)x->tokens,
            (unsigned long long)x->bytes, x->nll, exp(x->tokens ? x->nll / (double)x->tokens : 0),
            x->tokens ? x->nll / (double)x->tokens : 0, x->bytes ? x->nll / (double)x->bytes : 0);
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
    s->worst = weir_calloc((size_t)s->opt->worst + 1, sizeof *s->worst);
    if (!s->logits || !s->worst)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    if (score_is_dataset(s->job)) {
        s->dataset =
            score_dataset_open(s->job, s->runner.tongue.tok, (uint64_t)s->opt->samples, err);
        return s->dataset ? 0 : err->code;
    }
    if (s->opt->samples || s->opt->validate)
        return weir_err_set(err, WEIR_EUSAGE,
                            "%s is no dataset: there is no NAME.idx beside NAME.bin",
                            s->job->n_inputs ? s->job->inputs[0] : "standard input");
    return 0;
}

static int next_sample(void *ctx, struct weir_batch *b, struct weir_err *err)
{
    return score_dataset_next(((struct score *)ctx)->dataset, b, err);
}

/* A whole file as one record. */
static int next_file(void *ctx, struct weir_batch *b, struct weir_err *err)
{
    struct score *s = ctx;
    struct weir_job *job = s->job;
    enum { BLOCK = 1 << 16 };
    struct weir_buf text = {0};
    ssize_t got = 1;
    if (s->next_input >= (job->n_inputs ? job->n_inputs : 1))
        return 0;
    const char *name = job->n_inputs ? job->inputs[s->next_input] : "-";
    s->next_input++;
    weir_io *io = weir_io_open_read(name, err);
    while (io && got > 0 && text.n <= job->max_record && !weir_buf_reserve(&text, BLOCK) &&
           (got = weir_io_read(io, text.p + text.n, BLOCK, err)) > 0)
        text.n += (size_t)got;
    if (io && !err->code && text.n > job->max_record)
        weir_err_set(err, WEIR_EBAD, "%s: longer than a text may be (%llu bytes): use --lines",
                     name, (unsigned long long)job->max_record);
    weir_io_abort(io);
    struct weir_rec *r =
        err->code || weir_buf_check(&text, err) ? NULL : weir_batch_add(b, text.p, text.n);
    if (r) {
        r->file = name;
        r->line = 1;
        r->length = text.n;
    }
    weir_buf_free(&text);
    return r ? 1 : weir_err_set(err, WEIR_EMEM, "out of memory");
}

int weir_score_run(const struct weir_score_opt *opt, struct weir_job *job, struct weir_err *err)
{
    struct score s = {
        .opt = opt,
        .job = job,
        .runner = {.adapter = opt->adapter, .device = opt->device, .gpus = opt->gpus}};
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
                                         rc ? 0 : weir_tok_scratch_memory(s.runner.tongue.tok),
                                     .next = s.dataset                        ? next_sample
                                             : opt->input == WEIR_SCORE_FILES ? next_file
                                                                              : NULL};
    if (!rc)
        rc = score_begin(&s, err);
    if (!rc)
        rc = weir_stage_run(&stage, job, err);
    if (!rc && s.dataset)
        rc = score_dataset_finish(s.dataset, err);
    if (!rc)
        rc = report(&s, err);
    if (!rc && opt->validate)
        rc = score_report(&s, err);
    score_report_free(&s);
    score_dataset_close(s.dataset);
    for (size_t i = 0; i < s.n_source; i++)
        free(s.source[i].name);
    free(s.source);
    free(s.logits);
    runner_close(&s.runner);
    return weir_job_close_output(job, rc, err);
}
