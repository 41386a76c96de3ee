/* The engine: places, order, fates, accounting, rejects, memory, for any number of threads. */
#undef NDEBUG
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "weir/stream.h"

/* A record's first letter decides: p pass, m made (twice the record), d drop, b bad; source is the
 * second letter. */
static int work(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                struct weir_err *err)
{
    (void)ctx, (void)thread, (void)err;
    const struct weir_span raw = weir_rec_raw(b, r);
    assert(raw.n > 1);
    weir_rec_source(b, r, weir_span(raw.p + 1, 1));
    if (raw.p[0] == 'm') {
        r->fate = WEIR_MADE;
        r->out_at = b->out.n;
        for (int i = 0; i < 2; i++) {
            weir_buf_add(&b->out, b->raw.p + r->raw_at, r->raw_n);
            weir_buf_addc(&b->out, '\n');
        }
        r->out_n = b->out.n - r->out_at;
        r->n_out = 2;
    } else if (raw.p[0] == 'd') {
        weir_rec_drop(b, r, "dull", "\"value\":%d", 7);
    } else if (raw.p[0] == 'b') {
        weir_rec_bad(b, r, "broken", "it is %s", "broken");
    }
    return 0;
}

static int in_order(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    uint64_t *last = ctx;
    (void)b, (void)err;
    assert(r->line > *last);
    *last = r->line;
    return 0;
}

struct result {
    struct weir_buf out, rejects;
    struct weir_tally tally;
    int rc;
    struct weir_err err;
};

static uint64_t max_record = 100000;

static struct result run(const char *text, size_t n, int threads, uint64_t memory, int with_rejects)
{
    struct result x = {0};
    struct weir_job job;
    uint64_t last = 0;
    struct weir_stage s = {.ctx = &last, .work = work, .commit = in_order};
    weir_job_init(&job, "test");
    job.threads = threads;
    job.memory = memory;
    job.max_record = max_record;
    job.in = weir_io_open_mem(text, n, &x.err);
    job.out = weir_io_open_buf(&x.out, &x.err);
    if (with_rejects)
        job.rejects = weir_io_open_buf(&x.rejects, &x.err);
    x.rc = weir_stage_run(&s, &job, &x.err);
    x.rc = weir_job_close_output(&job, x.rc, &x.err);
    if (with_rejects) {
        assert(!weir_io_close(job.rejects, &x.err) || x.rc);
        job.rejects = NULL;
    }
    x.tally = job.tally;
    x.tally.sources = x.tally.reasons = x.tally.notes = (struct weir_names){0};
    weir_job_free(&job);
    return x;
}

static void result_free(struct result *x)
{
    weir_buf_free(&x->out);
    weir_buf_free(&x->rejects);
}

static void balances(const struct result *x, size_t n)
{
    const struct weir_tally *t = &x->tally;
    assert(t->in.records == t->kept.records + t->dropped.records + t->bad.records);
    assert(t->in.bytes == t->kept.bytes + t->dropped.bytes + t->bad.bytes);
    assert(t->in.bytes + t->framing == n);
}

static void fates(void)
{
    static const char text[] = "\xEF\xBB\xBFpA1\n\n  \nmB2\r\ndC3\nbD4\npE5";
    struct result x = run(text, sizeof text - 1, 1, 1 << 30, 1);
    assert(!x.rc);
    assert(weir_span_is(weir_buf_span(&x.out), "pA1\nmB2\r\nmB2\r\npE5\n"));
    assert(weir_span_is(
        weir_buf_span(&x.rejects),
        "{\"stage\":\"test\",\"reason\":\"dull\",\"value\":7,\"file\":\"memory\",\"line\":5,"
        "\"offset\":16,\"length\":3,\"record\":dC3}\n"
        "{\"stage\":\"test\",\"reason\":\"broken\",\"error\":\"it is broken\",\"file\":\"memory\","
        "\"line\":6,\"offset\":20,\"length\":3,\"raw\":\"bD4\"}\n"));
    assert(x.tally.in.records == 5 && x.tally.in.bytes == 16);
    assert(x.tally.kept.records == 3 && x.tally.out.records == 4 && x.tally.out.bytes == 14);
    balances(&x, sizeof text - 1);
    result_free(&x);
    x = run(text, sizeof text - 1, 1, 1 << 30, 0);
    assert(x.rc == WEIR_EBAD);
    assert(!strcmp(x.err.msg, "memory:6: it is broken (--rejects FILE sets bad records aside)"));
    result_free(&x);
}

/* Takes what has an even line, bad or not, and remembers how many. */
static int hold_even(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    uint64_t *n_held = ctx;
    (void)b, (void)err;
    *n_held += r->line % 2 == 0;
    return r->line % 2 == 0;
}

/* What is held is neither written nor counted; the rest is as without it. */
static void held(void)
{
    static const char text[] = "pA1\nbB2\ndC3\nmD4\npE5\n";
    for (int threads = 1; threads <= 3; threads++) {
        struct weir_err err = {0};
        struct weir_buf out = {0}, rejects = {0};
        struct weir_job job;
        uint64_t n_held = 0;
        const struct weir_stage s = {.ctx = &n_held, .work = work, .hold = hold_even};
        weir_job_init(&job, "test");
        job.threads = threads;
        job.in = weir_io_open_mem(text, sizeof text - 1, &err);
        job.out = weir_io_open_buf(&out, &err);
        job.rejects = weir_io_open_buf(&rejects, &err);
        assert(!weir_stage_run(&s, &job, &err));
        assert(!weir_job_close_output(&job, 0, &err) && !weir_io_close(job.rejects, &err));
        job.rejects = NULL;
        assert(n_held == 2 && weir_span_is(weir_buf_span(&out), "pA1\npE5\n"));
        assert(!memmem(rejects.p, rejects.n, "B2", 2) && memmem(rejects.p, rejects.n, "C3", 2));
        assert(job.tally.in.records == 3 && job.tally.in.bytes == 9 && !job.tally.bad.records);
        weir_job_free(&job);
        weir_buf_free(&out);
        weir_buf_free(&rejects);
    }
}

static void same_for_any_threads(void)
{
    struct weir_buf text = {0};
    unsigned seed = 9;
    for (int i = 0; i < 40000; i++) {
        seed = seed * 1664525u + 1013904223u;
        weir_buf_addc(&text, "ppppmdb"[seed >> 24 & 7 ? (seed >> 16) % 5 : 5 + (seed >> 16) % 2]);
        weir_buf_addf(&text, "%c %d %*d\n", 'A' + i % 5, i, (int)(seed >> 20) % 60, i);
    }
    struct result first = run(text.p, text.n, 1, (uint64_t)1 << 30, 1);
    assert(!first.rc && first.tally.in.records == 40000);
    balances(&first, text.n);
    for (int threads = 2; threads <= 8; threads += 3) {
        for (uint64_t memory = (uint64_t)40 << 20; memory <= (uint64_t)1 << 30; memory *= 16) {
            struct result x = run(text.p, text.n, threads, memory, 1);
            assert(!x.rc && weir_span_eq(weir_buf_span(&x.out), weir_buf_span(&first.out)));
            assert(weir_span_eq(weir_buf_span(&x.rejects), weir_buf_span(&first.rejects)));
            assert(!memcmp(&x.tally, &first.tally, sizeof x.tally));
            result_free(&x);
        }
    }
    result_free(&first);
    weir_buf_free(&text);
}

static void long_lines(void)
{
    struct weir_buf text = {0};
    weir_buf_adds(&text, "pA\n");
    for (int i = 0; i < 700000; i++)
        weir_buf_addc(&text, 'x');
    weir_buf_adds(&text, "\npB\n");
    struct result x = run(text.p, text.n, 1, (uint64_t)1 << 30, 1);
    assert(!x.rc && weir_span_is(weir_buf_span(&x.out), "pA\npB\n"));
    assert(x.tally.bad.records == 1 && x.tally.bad.bytes == 700000);
    assert(strstr(x.rejects.p, "longer than --max-record 100000") && x.rejects.n < 600);
    balances(&x, text.n);
    result_free(&x);
    /* A record that is allowed but does not fit the memory is an error that says so. */
    struct weir_buf wide = {0};
    while (wide.n < 4000000)
        weir_buf_addc(&wide, 'p');
    max_record = 5000000;
    x = run(wide.p, wide.n, 1, (uint64_t)40 << 20, 0);
    assert(x.rc == WEIR_EMEM && strstr(x.err.msg, "a record of 4000000 bytes needs about -m "));
    result_free(&x);
    x = run(wide.p, wide.n, 1, (uint64_t)64 << 20, 0);
    assert(!x.rc && x.out.n == 4000001);
    result_free(&x);
    x = run(wide.p, wide.n, 1, (uint64_t)20 << 20, 0);
    assert(x.rc == WEIR_EMEM && strstr(x.err.msg, "-m 20M is too small"));
    result_free(&x);
    weir_buf_free(&wide);
    weir_buf_free(&text);
}

/* Five records, then a read that fails. */
static int five_then_failure(void *ctx, struct weir_batch *b, struct weir_err *err)
{
    int *n = ctx;
    if (*n == 5)
        return weir_err_set(err, WEIR_EIO, "the disk is gone");
    struct weir_rec *r = weir_batch_add(b, *n == 3 ? "bad" : "pA", 2);
    assert(r);
    r->line = r->length = 2;
    ++*n;
    return 1;
}

/* What was read before a failed read is written, and a bad record before it is the first error. */
static void late_failure(int with_rejects, int threads)
{
    struct weir_buf out = {0}, rejects = {0};
    struct weir_err err = {0};
    struct weir_job job;
    int n = 0;
    const struct weir_stage s = {.ctx = &n, .next = five_then_failure, .work = work};
    weir_job_init(&job, "test");
    job.threads = threads;
    job.out = weir_io_open_buf(&out, &err);
    job.rejects = with_rejects ? weir_io_open_buf(&rejects, &err) : NULL;
    assert(weir_stage_run(&s, &job, &err) == (with_rejects ? WEIR_EIO : WEIR_EBAD));
    assert(strstr(err.msg, with_rejects ? "the disk is gone" : "it is broken"));
    assert(job.tally.kept.records == (with_rejects ? 4 : 3));
    weir_job_free(&job);
    weir_buf_free(&out);
    weir_buf_free(&rejects);
}

static void long_names(void)
{
    char name[3 * 100];
    struct weir_names t = {0};
    const struct weir_count one = {1, 1, 1}, none = {0};
    for (size_t i = 0; i < sizeof name; i++)
        name[i] = "\xE6\xB2\xB3"[i % 3];
    assert(!weir_names_add(&t, weir_span(name, sizeof name), one, none));
    assert(!weir_names_add(&t, weir_span(name, sizeof name - 3), one, none));
    /* 85 whole characters of three bytes fit 256. */
    assert(t.n == 1 && strlen(t.at[0].name) == 255 && t.at[0].in.records == 2);
    free(t.at[0].name);
    free(t.at);
}

static void many_names(void)
{
    struct weir_names t = {0};
    const struct weir_count one = {1, 1, 1}, none = {0};
    uint64_t sum = 0;
    assert(!weir_names_add(&t, weir_span("s0\0x", 4), none, none) && t.n == 1);
    assert(!weir_names_add(&t, weir_span("s0\0y", 4), none, none) && t.n == 1);
    for (int i = 0; i < WEIR_NAMES_MAX + 100; i++) {
        char name[16];
        const int n = snprintf(name, sizeof name, "s%d", i);
        assert(!weir_names_add(&t, weir_span(name, (size_t)n), one, none));
    }
    assert(t.n == WEIR_NAMES_MAX + 1);
    for (size_t i = 0; i < t.n; i++) {
        sum += t.at[i].in.records;
        free(t.at[i].name);
    }
    assert(sum == WEIR_NAMES_MAX + 100 && t.at[t.n - 1].in.records == 100);
    free(t.at);
}

int main(void)
{
    fates();
    held();
    same_for_any_threads();
    long_lines();
    for (int threads = 1; threads <= 4; threads += 3) {
        late_failure(0, threads);
        late_failure(1, threads);
    }
    many_names();
    long_names();
    return 0;
}
