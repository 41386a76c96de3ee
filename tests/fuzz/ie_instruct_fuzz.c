/* Any bytes as records in the common form: instructions are records of JSON, every record has one
 * fate, and two runs say the same.  The first bytes choose task, form and what is asked for. */
#include <stdlib.h>
#include <string.h>
#include "weir/json.h"
#include "weir/kg2instruction.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(int ok)
{
    if (!ok)
        abort();
}

static void check_records(const struct weir_buf *out, uint64_t records)
{
    struct weir_err err = {0};
    weir_json *j = weir_json_new(&err);
    struct weir_field *f;
    size_t n_f;
    uint64_t n = 0;
    check(j != NULL);
    for (size_t at = 0; at < out->n; n++) {
        const char *nl = memchr(out->p + at, '\n', out->n - at);
        check(nl && !weir_json_object(j, out->p + at, (size_t)(nl - out->p) - at, &f, &n_f, &err));
        check(weir_json_find(f, n_f, "instruction") != NULL);
        at = (size_t)(nl - out->p) + 1;
    }
    check(n == records);
    weir_json_free(j);
}

static int run(const struct weir_instruct_opt *opt, struct weir_span text, struct weir_buf *out)
{
    struct weir_job job;
    struct weir_err err = {0};
    struct weir_buf rejects = {0};
    weir_job_init(&job, "fuzz");
    job.temp_dir = "/tmp";
    job.in = weir_io_open_mem(text.p, text.n, &err);
    job.out = weir_io_open_buf(out, &err);
    job.rejects = weir_io_open_buf(&rejects, &err);
    const int rc = weir_instruct_run(opt, &job, &err);
    const struct weir_tally *t = &job.tally;
    check(rc == 0 || rc == WEIR_EBAD);
    check(t->in.records == t->kept.records + t->dropped.records + t->bad.records);
    if (!rc)
        check_records(out, t->out.records);
    weir_job_free(&job);
    weir_buf_free(&rejects);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n < 3)
        return 0;
    struct weir_instruct_opt opt;
    weir_instruct_opt_init(&opt);
    opt.task = data[0] % 7;
    opt.lang = data[0] >> 7;
    opt.form = data[1] & 1;
    opt.test = data[1] >> 1 & 1;
    opt.unique = data[1] >> 2 & 1;
    opt.given = data[1] >> 3 & 1;
    opt.no_shuffle = data[1] >> 4 & 1;
    opt.split_num = (data[2] & 7) - 1;
    if (!opt.form) {
        opt.format = (data[2] >> 4) % 5;
        opt.open = data[2] >> 3 & 1;
    }
    if (!opt.test) {
        opt.hard = data[1] & 0x20 ? "learn" : NULL;
        opt.neg_ratio = data[1] & 0x40 ? 0.5 : 1;
        opt.neg_schema = data[1] & 0x80 ? 0.3 : 1;
    }
    struct weir_buf text = {0}, a = {0}, b = {0};
    weir_buf_addc(&text, ' '); // no magic of a compressed file
    weir_buf_add(&text, data + 3, n - 3);
    const int rc = run(&opt, weir_buf_span(&text), &a);
    check(run(&opt, weir_buf_span(&text), &b) == rc);
    check(a.n == b.n && (!a.n || !memcmp(a.p, b.p, a.n)));
    weir_buf_free(&text);
    weir_buf_free(&a);
    weir_buf_free(&b);
    return 0;
}
