/* The chunker as a stage: a stream in memory in, a stream out, and an account that balances. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "weir/chunker.h"
#include "weir/tokens.h"

static struct weir_tok_header header = {
    .vocab_size = 1000, .width = 2, .bos = 1, .eos = 2, .pad = WEIR_NO_ID, .unk = 0};

/* A stream of documents "10 4 7" = sentences of so many tokens; bounds behind every token. */
static void make(struct weir_buf *b, const char *const *docs, size_t n, int bound)
{
    struct weir_tok_sum *sum = weir_tok_sum_new();
    weir_tok_put_header(b, &header);
    for (size_t i = 0; i < n; i++) {
        uint16_t tokens[256];
        uint8_t bounds[256];
        uint32_t units[32];
        char *p = (char *)docs[i];
        struct weir_tok_doc d = {.id = weir_span("doc", 3), .source = weir_span("src", 3)};
        while (*p)
            d.n_tokens += units[d.n_units++] = (uint32_t)strtoul(p, &p, 10);
        for (uint32_t t = 0; t < d.n_tokens; t++)
            tokens[t] = (uint16_t)(t + 3);
        memset(bounds, bound, sizeof bounds);
        d.tokens = tokens;
        d.units = units;
        d.bounds = bounds;
        d.text_bytes = 3 * d.n_tokens;
        const size_t at = b->n;
        assert(!weir_tok_put_doc(b, &header, &d, NULL));
        weir_tok_sum_frame(sum, b->p + at, b->n - at);
    }
    weir_tok_put_end(b, sum);
    weir_tok_sum_free(sum);
}

static int run(const struct weir_chunker_opt *opt, struct weir_job *job, const struct weir_buf *in,
               struct weir_buf *out, struct weir_err *err)
{
    memset(err, 0, sizeof *err);
    weir_job_init(job, "chunker");
    job->in = weir_io_open_mem(in->p, in->n, err);
    job->out = weir_io_open_buf(out, err);
    return weir_chunker_run(opt, job, err);
}

/* The samples of the only document of a stream that starts at p. */
static size_t samples_of(const struct weir_buf *b, struct weir_sample *s)
{
    struct weir_tok_header h = header;
    struct weir_tok_doc d;
    h.flags = WEIR_TOK_SAMPLES;
    uint64_t n;
    memcpy(&n, b->p + 80 + 8, 8);
    void *frame = aligned_alloc(8, n);
    assert(frame);
    memcpy(frame, b->p + 80, n);
    assert(!weir_tok_get_doc(frame, n, &h, &d, NULL));
    memcpy(s, d.samples, d.n_samples * sizeof *s);
    assert(!d.bounds && d.text_bytes == 3 * d.n_tokens);
    assert(weir_span_is(d.id, "doc") && weir_tok_at(&h, &d, 4) == 7);
    free(frame);
    return d.n_samples;
}

static void test_samples(void)
{
    const char *const docs[] = {"6 5 5 4"};
    struct weir_buf in = {0}, out = {0};
    struct weir_job job;
    struct weir_err err;
    struct weir_sample s[8];
    struct weir_chunker_opt opt;
    make(&in, docs, 1, WEIR_BOUND_CHAR);
    weir_chunker_opt_init(&opt);
    assert(opt.max_tokens == 1024 && opt.fill == WEIR_FILL_NONE && !opt.min_tokens);
    opt.max_tokens = 10;
    assert(!run(&opt, &job, &in, &out, &err));
    assert(samples_of(&out, s) == 3 && s[0].n == 6 && s[1].at == 6 && s[1].n == 10 && s[2].n == 4);
    assert(job.tally.in.tokens == 20 && job.tally.kept.tokens == 20 && job.tally.out.tokens == 20);
    weir_job_free(&job);
    out.n = 0;
    opt.fill = WEIR_FILL_BACKWARD;
    assert(!run(&opt, &job, &in, &out, &err));
    assert(samples_of(&out, s) == 3 && s[1].n == 10 && s[2].at == 11 && s[2].n == 9);
    /* five tokens stand in two samples: written 25, of 20 */
    assert(job.tally.in.tokens == 20 && job.tally.kept.tokens == 20 && job.tally.out.tokens == 25);
    assert(!job.tally.dropped.tokens);
    weir_job_free(&job);
    weir_buf_free(&in);
    weir_buf_free(&out);
}

static void test_account(void)
{
    const char *const docs[] = {"9 2", "3", "8"};
    struct weir_buf in = {0}, out = {0};
    struct weir_job job;
    struct weir_err err;
    const struct weir_chunker_opt opt = {.max_tokens = 10, .min_tokens = 5};
    make(&in, docs, 3, WEIR_BOUND_CHAR);
    assert(!run(&opt, &job, &in, &out, &err));
    const struct weir_tally *t = &job.tally;
    assert(t->in.records == 3 && t->kept.records == 2 && t->dropped.records == 1);
    assert(t->in.tokens == 22 && t->kept.tokens == 17 && t->dropped.tokens == 5);
    assert(t->out.tokens == 17 && t->in.bytes == t->kept.bytes + t->dropped.bytes);
    assert(t->in.bytes + t->framing == in.n);
    assert(t->reasons.n == 1 && !strcmp(t->reasons.at[0].name, "short-sample"));
    assert(t->reasons.at[0].in.tokens == 5 && t->reasons.at[0].in.records == 1);
    assert(t->notes.n == 1 && t->notes.at[0].in.records == 2);
    weir_job_free(&job);
    weir_buf_free(&in);
    weir_buf_free(&out);
}

static void test_threads(void)
{
    const char *docs[300];
    static const char *const kinds[] = {"5 5 5", "30", "2 9 1 1 1", "40 3", "1"};
    struct weir_buf in = {0}, one = {0}, many = {0};
    struct weir_job job;
    struct weir_err err;
    const struct weir_chunker_opt opt = {.max_tokens = 16, .min_tokens = 2, .fill = 1};
    for (size_t i = 0; i < 300; i++)
        docs[i] = kinds[i * 7 % 5];
    make(&in, docs, 300, WEIR_BOUND_WORD);
    assert(!run(&opt, &job, &in, &one, &err));
    weir_job_free(&job);
    weir_job_init(&job, "chunker");
    job.in = weir_io_open_mem(in.p, in.n, &err);
    job.out = weir_io_open_buf(&many, &err);
    job.threads = 4;
    job.memory = (uint64_t)64 << 20;
    assert(!weir_chunker_run(&opt, &job, &err));
    assert(one.n == many.n && !memcmp(one.p, many.p, one.n));
    weir_job_free(&job);
    weir_buf_free(&in);
    weir_buf_free(&one);
    weir_buf_free(&many);
}

static void refuses(const struct weir_chunker_opt *opt, const struct weir_buf *in, int code,
                    const char *words)
{
    struct weir_buf out = {0};
    struct weir_job job;
    struct weir_err err;
    assert(run(opt, &job, in, &out, &err) == code);
    assert(strstr(err.msg, words));
    weir_job_free(&job);
    weir_buf_free(&out);
}

static void test_refuses(void)
{
    const char *const docs[] = {"12"};
    struct weir_buf in = {0}, cut = {0};
    const struct weir_chunker_opt ten = {.max_tokens = 10};
    make(&in, docs, 1, WEIR_BOUND_NONE);
    refuses(&ten, &in, WEIR_EBAD, "no boundary between characters");
    refuses(&(struct weir_chunker_opt){.max_tokens = 10, .compat = 1}, &in, WEIR_EUSAGE, "knowlm");
    weir_buf_add(&cut, in.p, in.n - 9);
    refuses(&(struct weir_chunker_opt){.max_tokens = 20}, &cut, WEIR_EBAD, "truncated");
    in.n = 0;
    header.flags = WEIR_TOK_KNOWLM;
    header.max_tokens = 64;
    make(&in, docs, 1, WEIR_BOUND_CHAR);
    refuses(&ten, &in, WEIR_EUSAGE, "give it here too");
    refuses(&(struct weir_chunker_opt){.max_tokens = 10, .compat = 1}, &in, WEIR_EUSAGE, "-n 64");
    in.n = 0;
    header.flags = WEIR_TOK_SAMPLES;
    make(&in, docs, 1, WEIR_BOUND_CHAR);
    refuses(&ten, &in, WEIR_EBAD, "has samples already");
    header.flags = header.max_tokens = 0;
    weir_buf_free(&in);
    weir_buf_free(&cut);
}

int main(void)
{
    test_samples();
    test_account();
    test_threads();
    test_refuses();
    return 0;
}
