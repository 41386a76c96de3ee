/* What scoring writes: a record's line, and the report of a validation. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "infer/score_internal.h"
#include "weir/utf8.h"

static double share(double nll, uint64_t n)
{
    return n ? nll / (double)n : 0;
}

/* Text of the data in a cell. */
static void add_cell(struct weir_buf *b, struct weir_span s)
{
    weir_buf_addc(b, '\t');
    for (size_t i = 0; i < s.n; i++)
        weir_buf_addc(b, (unsigned char)s.p[i] < ' ' ? ' ' : s.p[i]);
}

static void add_row(const struct score *s, struct weir_buf *b, const struct weir_rec *r,
                    const struct score_result *x)
{
    weir_buf_addf(b, "%s\t%llu", r->file, (unsigned long long)(r->line - (s->dataset != NULL)));
    add_cell(b, x->id);
    add_cell(b, x->source);
    weir_buf_addf(b, "\t%llu\t%llu\t%.8g\t%.6g\t%.6g\t%.6g", (unsigned long long)x->tokens,
                  (unsigned long long)x->bytes, x->nll, exp(share(x->nll, x->tokens)),
                  share(x->nll, x->tokens), share(x->nll, x->bytes));
}

static void add_scores(struct weir_buf *b, const struct score_result *x)
{
    weir_buf_addf(b,
                  "\"perplexity\":%.6g,\"nll_token\":%.6g,\"nll_byte\":%.6g,"
                  "\"scored_tokens\":%llu}\n",
                  exp(share(x->nll, x->tokens)), share(x->nll, x->tokens), share(x->nll, x->bytes),
                  (unsigned long long)x->tokens);
}

/* A document keeps its own bytes; a sample or a text is named by its place. */
static void add_json(const struct score *s, struct weir_batch *b, const struct weir_rec *r,
                     const struct score_result *x)
{
    struct weir_span line = weir_rec_raw(b, r);
    if (!s->dataset && s->opt->input == WEIR_SCORE_DOCUMENTS) {
        while (line.n && line.p[line.n - 1] != '}')
            line.n--;
        weir_buf_add(&b->out, line.p, line.n - 1);
        weir_buf_addc(&b->out, ',');
        add_scores(&b->out, x);
        return;
    }
    weir_buf_adds(&b->out, s->dataset ? "{\"dataset\":" : "{\"file\":");
    weir_buf_add_json_lossy(&b->out, weir_span(r->file, strlen(r->file)));
    if (s->dataset)
        weir_buf_addf(&b->out, ",\"sequence\":%llu,\"offset\":%llu",
                      (unsigned long long)r->line - 1, (unsigned long long)r->offset);
    else
        weir_buf_addf(&b->out, ",\"line\":%llu", (unsigned long long)r->line);
    if (x->id.n) {
        weir_buf_adds(&b->out, ",\"id\":");
        weir_buf_add_json_lossy(&b->out, x->id);
    }
    if (x->source.n) {
        weir_buf_adds(&b->out, ",\"source\":");
        weir_buf_add_json_lossy(&b->out, x->source);
    }
    weir_buf_addc(&b->out, ',');
    add_scores(&b->out, x);
}

int score_begin(struct score *s, struct weir_err *err)
{
    static const char head[] =
        "input\tplace\tid\tsource\ttokens\tbytes\tnll\tperplexity\tnll_token\t"
        "nll_byte\n";
    const int rc = weir_job_open_output(s->job, err);
    return rc || !s->opt->table ? rc : weir_io_write(s->job->out, head, sizeof head - 1, err);
}

int score_write(struct score *s, struct weir_batch *b, struct weir_rec *r,
                const struct score_result *x, struct weir_err *err)
{
    r->fate = WEIR_MADE;
    r->n_out = !s->opt->validate;
    r->out_at = b->out.n;
    if (s->opt->table) {
        add_row(s, &b->out, r, x);
        weir_buf_addc(&b->out, '\n');
    } else if (!s->opt->validate) {
        add_json(s, b, r, x);
    }
    r->out_n = b->out.n - r->out_at;
    return weir_buf_check(&b->out, err);
}

/* ---- validation ---- */

/* The begin of the text that the ids stand for. */
static int add_text(const struct score *s, const uint32_t *ids, size_t n, struct weir_buf *text,
                    struct weir_err *err)
{
    const size_t most = (size_t)s->opt->excerpt;
    if (weir_tok_decode(s->runner.tongue.tok, ids, n < most ? n : most, text, err))
        return err->code;
    if (text->n > most)
        text->n = weir_utf8_prev(text->p, most + 1);
    return 0;
}

static void free_worst(struct score_worst *w)
{
    weir_buf_free(&w->where);
    weir_buf_free(&w->text);
}

static void describe(const struct weir_rec *r, const struct score_result *x, struct weir_buf *b)
{
    weir_buf_addf(b, "%s, sequence %llu", r->file, (unsigned long long)r->line - 1);
    if (x->id.n) {
        weir_buf_adds(b, ", document ");
        weir_buf_add_json_lossy(b, x->id);
    }
    weir_buf_addf(b, ": perplexity %.6g, %llu tokens", exp(share(x->nll, x->tokens)),
                  (unsigned long long)x->tokens);
}

int score_remember(struct score *s, const struct weir_rec *r, const struct score_result *x,
                   const uint32_t *ids, size_t n, struct weir_err *err)
{
    const size_t most = (size_t)s->opt->worst;
    struct score_worst w = {.nll_token = share(x->nll, x->tokens)};
    size_t at = s->n_worst;
    while (at > 0 && s->worst[at - 1].nll_token < w.nll_token)
        at--;
    if (!s->opt->validate || !x->tokens || at == most)
        return 0;
    describe(r, x, &w.where);
    if (add_text(s, ids, n, &w.text, err) || weir_buf_check(&w.where, err) ||
        weir_buf_check(&w.text, err)) {
        free_worst(&w);
        return err->code;
    }
    if (s->n_worst == most)
        free_worst(&s->worst[--s->n_worst]);
    memmove(&s->worst[at + 1], &s->worst[at], (s->n_worst - at) * sizeof w);
    s->worst[at] = w;
    s->n_worst++;
    return 0;
}

static void add_sums(struct weir_buf *b, const char *name, const struct score_source *x)
{
    weir_buf_addf(b, "%-24.24s %9llu %11llu %11llu %12.6g %10.5f %10.5f\n", *name ? name : "(none)",
                  (unsigned long long)x->documents, (unsigned long long)x->tokens,
                  (unsigned long long)x->bytes, exp(share(x->nll, x->tokens)),
                  share(x->nll, x->tokens), share(x->nll, x->bytes));
}

static void add_table(const struct score *s, struct weir_buf *b)
{
    struct score_source all = {0};
    weir_buf_addf(b, "%-24s %9s %11s %11s %12s %10s %10s\n", "source", "samples", "tokens", "bytes",
                  "perplexity", "nll/token", "nll/byte");
    for (size_t i = 0; i < s->n_source; i++) {
        const struct score_source *x = &s->source[i];
        add_sums(b, x->name, x);
        all.documents += x->documents;
        all.tokens += x->tokens;
        all.bytes += x->bytes;
        all.nll += x->nll;
    }
    add_sums(b, "all", &all);
}

int score_report(struct score *s, struct weir_err *err)
{
    struct weir_buf b = {0};
    weir_buf_addf(&b, "%s: windows of %u tokens, %u new, %s BOS; samples by seed %llu\n\n",
                  s->opt->model, s->window, s->stride,
                  s->runner.tongue.bos != UINT32_MAX && !s->opt->no_bos ? "behind" : "no",
                  (unsigned long long)s->job->seed);
    add_table(s, &b);
    weir_buf_adds(&b, s->n_worst ? "\nThe least likely samples\n" : "");
    for (size_t i = 0; i < s->n_worst; i++) {
        const struct score_worst *w = &s->worst[i];
        weir_buf_addf(&b, "\n%zu. ", i + 1);
        weir_buf_add(&b, w->where.p, w->where.n);
        weir_buf_adds(&b, "\n    ");
        for (size_t k = 0; k < w->text.n; k++)
            if (w->text.p[k] == '\n')
                weir_buf_adds(&b, "\n    ");
            else
                weir_buf_addc(&b, (unsigned char)w->text.p[k] < ' ' ? ' ' : w->text.p[k]);
        weir_buf_addc(&b, '\n');
    }
    int rc = weir_buf_check(&b, err);
    if (!rc)
        rc = weir_io_write(s->job->out, b.p, b.n, err);
    weir_buf_free(&b);
    return rc;
}

void score_report_free(struct score *s)
{
    for (size_t i = 0; i < s->n_worst; i++)
        free_worst(&s->worst[i]);
    free(s->worst);
}
