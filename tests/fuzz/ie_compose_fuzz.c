/* Any bytes as instructions in any form: every record has one fate, and what is written are records
 * of which a second run takes all.  The first byte chooses form and count. */
#include <stdlib.h>
#include <string.h>
#include "weir/kg2instruction.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(int ok)
{
    if (!ok)
        abort();
}

/* Instructions of text to out; records that were written, or 0. */
static uint64_t run(const struct weir_compose_opt *opt, struct weir_span text, struct weir_buf *out,
                    int strict)
{
    struct weir_job job;
    struct weir_err err = {0};
    struct weir_buf rejects = {0};
    weir_job_init(&job, "fuzz");
    job.temp_dir = "/tmp";
    job.in = weir_io_open_mem(text.p, text.n, &err);
    job.out = weir_io_open_buf(out, &err);
    job.rejects = weir_io_open_buf(&rejects, &err);
    const int rc = weir_compose_run(opt, &job, &err);
    const struct weir_tally t = job.tally;
    check(rc == 0 || (!strict && rc == WEIR_EBAD));
    check(t.in.records == t.kept.records + t.dropped.records + t.bad.records);
    check(rc || !strict || t.kept.records == t.in.records);
    uint64_t lines = 0, written = rc ? 0 : t.out.records;
    for (size_t i = 0; i < out->n; i++)
        lines += out->p[i] == '\n';
    check(rc || (lines == written && out->n - lines == t.out.bytes));
    weir_job_free(&job);
    weir_buf_free(&rejects);
    return written;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char *const takes[] = {"a=all", "a=3"};
    if (!n)
        return 0;
    struct weir_compose_opt opt = {.take = {(const char **)&takes[data[0] >> 1 & 1], 1},
                                   .form = data[0] & 1,
                                   .fewer = 1,
                                   .text = data[0] >> 2 & 1};
    struct weir_buf text = {0}, a = {0}, b = {0};
    weir_buf_addc(&text, ' '); // no magic of a compressed file
    weir_buf_add(&text, data + 1, n - 1);
    const uint64_t records = run(&opt, weir_buf_span(&text), &a, 0);
    /* What came out is in the common form, without duplicates: all of it passes again. */
    check(run(&opt, weir_buf_span(&a), &b, 1) == records && a.n == b.n);
    weir_buf_free(&text);
    weir_buf_free(&a);
    weir_buf_free(&b);
    return 0;
}
