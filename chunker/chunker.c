#include "weir/chunker.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "chunker/chunk_cut.h"

/* KnowLM writes no sample of 20 tokens or fewer. */
enum { KNOWLM_MIN = 21 };

/* What work() leaves in rec->user for commit(). */
enum { USER_UNCOVERED, USER_SHORT, USER_OVERLAP, USER_SAMPLES };

struct chunker {
    uint32_t max, min;
    int backward, knowlm;
    struct weir_job *job;
    weir_tok_reader *reader;
    struct weir_tok_header in, out;
    struct weir_tok_sum *sum;
    uint64_t n_samples, n_overlap;
};

struct scratch {
    struct chunk_pieces pieces;
    struct weir_sample *samples;
    size_t cap;
};

void weir_chunker_opt_init(void *opt)
{
    struct weir_chunker_opt *o = opt;
    *o = (struct weir_chunker_opt){.max_tokens = 1024};
}

static int next(void *ctx, struct weir_batch *b, struct weir_err *err)
{
    return weir_tok_reader_next(((struct chunker *)ctx)->reader, b, err);
}

static void *scratch_new(void *ctx, struct weir_err *err)
{
    (void)ctx;
    struct scratch *s = weir_calloc(1, sizeof *s);
    if (!s)
        weir_err_set(err, WEIR_EMEM, "out of memory");
    return s;
}

static void scratch_free(void *thread)
{
    struct scratch *s = thread;
    free(s->pieces.n);
    free(s->samples);
    free(s);
}

/* KnowLM's pieces may be longer than a sample; they stay as they are. */
static int cut(const struct chunker *c, struct scratch *s, const struct weir_tok_doc *d,
               struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    uint64_t at;
    const uint32_t max = c->knowlm ? UINT32_MAX : c->max;
    const int rc = chunk_split(d->units, d->n_units, d->bounds, max, &s->pieces, &at);
    if (rc == WEIR_EMEM)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!rc)
        return 0;
    if (d->bounds)
        weir_rec_bad(b, r, "long-character",
                     "token %" PRIu64 ": no boundary between characters in %" PRIu32 " tokens", at,
                     c->max);
    else
        weir_rec_bad(b, r, "long-sentence",
                     "token %" PRIu64 ": a sentence of more than %" PRIu32
                     " tokens, and the stream does not say where it may be cut",
                     at, c->max);
    return 0;
}

static int put_samples(const struct chunker *c, struct weir_tok_doc *d,
                       const struct weir_sample *samples, size_t n, struct weir_batch *b,
                       struct weir_rec *r, struct weir_err *err)
{
    uint64_t n_out = 0;
    for (size_t i = 0; i < n; i++)
        n_out += samples[i].n;
    const uint64_t covered = chunk_covered(samples, n);
    r->user[USER_UNCOVERED] = d->n_tokens - covered;
    r->user[USER_OVERLAP] = n_out - covered;
    r->user[USER_SAMPLES] = n;
    d->samples = samples;
    d->n_samples = (uint32_t)n;
    d->bounds = NULL; // nothing is cut again
    r->fate = WEIR_MADE;
    r->n_out = 1;
    r->n_tokens_out = n_out;
    r->out_at = b->out.n;
    const int rc = weir_tok_put_doc(&b->out, &c->out, d, err);
    r->out_n = b->out.n - r->out_at;
    return rc;
}

static int work(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                struct weir_err *err)
{
    const struct chunker *c = ctx;
    struct scratch *s = thread;
    struct weir_tok_doc d;
    struct weir_err bad = {0};
    const struct weir_span raw = weir_rec_raw(b, r);
    if (weir_tok_get_doc(raw.p, raw.n, &c->in, &d, &bad)) {
        weir_rec_bad(b, r, "bad-frame", "%s", bad.msg);
        return 0;
    }
    weir_rec_source(b, r, d.source);
    if (!d.n_tokens) {
        weir_rec_drop(b, r, "empty", NULL);
        return 0;
    }
    const int rc = cut(c, s, &d, b, r, err);
    if (rc || r->fate == WEIR_BAD)
        return rc;
    if (weir_grow(&s->samples, &s->cap, s->pieces.n_pieces, sizeof *s->samples))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    const size_t n = chunk_fill(s->pieces.n, s->pieces.n_pieces, c->max, c->backward, s->samples);
    const size_t kept = chunk_drop_short(s->samples, n, c->min);
    r->user[USER_SHORT] = n - kept;
    if (kept)
        return put_samples(c, &d, s->samples, kept, b, r, err);
    weir_rec_drop(b, r, "short-sample", "\"tokens\":%" PRIu32 ",\"min\":%" PRIu32, d.n_tokens,
                  c->min);
    return 0;
}

/* A document that stays may still lose tokens: they count as dropped, not as kept. */
static int count_lost(struct chunker *c, uint64_t tokens)
{
    struct weir_tally *t = &c->job->tally;
    const struct weir_count lost = {.tokens = tokens}, none = {0};
    if (!tokens)
        return 0;
    t->kept.tokens -= tokens; // the engine adds the whole document to kept after this
    t->dropped.tokens += tokens;
    return weir_names_add(&t->reasons, WEIR_LIT("short-sample"), lost, none);
}

static int commit(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct chunker *c = ctx;
    const struct weir_count shorts = {.records = r->user[USER_SHORT]}, none = {0};
    int rc = 0;
    if (shorts.records)
        rc = weir_names_add(&c->job->tally.notes, WEIR_LIT("short samples dropped"), shorts, none);
    if (!rc && r->fate == WEIR_MADE) {
        rc = count_lost(c, r->user[USER_UNCOVERED]);
        weir_tok_sum_frame(c->sum, b->out.p + r->out_at, r->out_n);
        c->n_samples += r->user[USER_SAMPLES];
        c->n_overlap += r->user[USER_OVERLAP];
    }
    return rc ? weir_err_set(err, WEIR_EMEM, "out of memory") : 0;
}

static int set_up(struct chunker *c, const struct weir_chunker_opt *opt, struct weir_err *err)
{
    const int is_knowlm = !!(c->in.flags & WEIR_TOK_KNOWLM);
    if (c->in.flags & WEIR_TOK_SAMPLES)
        return weir_err_set(err, WEIR_EBAD, "the token stream has samples already");
    if (opt->compat && !is_knowlm)
        return weir_err_set(err, WEIR_EUSAGE,
                            "--compat knowlm needs a stream of weir tokenize --compat knowlm");
    if (!opt->compat && is_knowlm)
        return weir_err_set(err, WEIR_EUSAGE,
                            "the stream is of weir tokenize --compat knowlm: give it here too");
    if (opt->compat && opt->min_tokens)
        return weir_err_set(err, WEIR_EUSAGE, "--compat knowlm has its own --min-tokens");
    if (is_knowlm && c->in.max_tokens != (uint64_t)opt->max_tokens)
        return weir_err_set(err, WEIR_EUSAGE,
                            "weir tokenize --compat knowlm cut for -n %" PRIu32
                            ": give it here too",
                            c->in.max_tokens);
    c->knowlm = is_knowlm;
    c->max = (uint32_t)opt->max_tokens;
    c->min = is_knowlm ? KNOWLM_MIN : (uint32_t)opt->min_tokens;
    c->backward = is_knowlm || opt->fill == WEIR_FILL_BACKWARD;
    c->out = c->in;
    c->out.flags |= WEIR_TOK_SAMPLES;
    c->out.max_tokens = c->max;
    return 0;
}

static int run_stream(struct chunker *c, struct weir_err *err)
{
    const struct weir_stage stage = {
        .ctx = c,
        .next = next,
        .thread_new = scratch_new,
        .thread_free = scratch_free,
        .work = work,
        .commit = commit,
        .no_newline = 1,
        .raw_rejects = 1,
    };
    struct weir_buf b = {0};
    weir_tok_put_header(&b, &c->out);
    int rc = weir_job_open_output(c->job, err);
    if (!rc)
        rc = weir_buf_check(&b, err);
    if (!rc)
        rc = weir_io_write(c->job->out, b.p, b.n, err);
    if (!rc)
        rc = weir_stage_run(&stage, c->job, err);
    b.n = 0;
    weir_tok_put_end(&b, c->sum);
    if (!rc)
        rc = weir_buf_check(&b, err);
    if (!rc)
        rc = weir_io_write(c->job->out, b.p, b.n, err);
    weir_buf_free(&b);
    return rc;
}

int weir_chunker_run(const struct weir_chunker_opt *opt, struct weir_job *job, struct weir_err *err)
{
    struct chunker c = {.job = job, .sum = weir_tok_sum_new()};
    weir_inputs *inputs = weir_inputs_open(job, err);
    c.reader = inputs ? weir_tok_reader_open(inputs, job->max_record, &c.in, err) : NULL;
    int rc = c.reader ? 0 : err->code;
    if (!rc && !c.sum)
        rc = weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!rc)
        rc = set_up(&c, opt, err);
    if (!rc) {
        weir_job_use_inputs(job, inputs);
        rc = run_stream(&c, err);
        job->tally.framing += weir_tok_reader_tail(c.reader);
        weir_buf_addf(&job->extra,
                      ",\"samples\":%" PRIu64 ",\"overlap_tokens\":%" PRIu64
                      ",\"max_tokens\":%" PRIu32,
                      c.n_samples, c.n_overlap, c.max);
    }
    weir_tok_reader_close(c.reader);
    weir_inputs_close(inputs);
    weir_tok_sum_free(c.sum);
    return weir_job_close_output(job, rc, err);
}
