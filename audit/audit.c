#include "weir/audit.h"

#include <stdlib.h>

#include "audit/audit_internal.h"
#include "weir/stream.h"

void weir_audit_opt_init(struct weir_audit_opt *opt)
{
    *opt = (struct weir_audit_opt){0};
}

static int read_record(struct audit *a, const struct weir_batch *b, struct weir_err *err)
{
    const struct weir_rec *r = &b->rec[0];
    struct weir_err why = {0};
    if (r->fate == WEIR_BAD)
        weir_err_set(&why, WEIR_EBAD, "%.*s", (int)r->detail_n, b->aux.p + r->detail_at);
    else
        audit_read(a, weir_rec_raw(b, r), r->file, r->line, &why);
    return why.code ? weir_err_set(err, why.code, "%s:%llu: %s", r->file,
                                   (unsigned long long)r->line, why.msg)
                    : 0;
}

static int read_ledgers(struct audit *a, struct weir_job *job, struct weir_err *err)
{
    struct weir_batch b = {0};
    uint64_t bytes = 0;
    weir_inputs *in = weir_inputs_open(job, err);
    weir_lines *lines = in ? weir_lines_open(in, job->max_record, err) : NULL;
    int rc = lines ? 0 : err->code;
    while (!rc && (rc = weir_lines_next(lines, &b, err)) > 0) {
        bytes += b.rec[0].raw_n;
        rc = read_record(a, &b, err);
        // What is kept of a line is not larger than four times the line.
        if (!rc && bytes > job->memory / 8)
            rc = weir_err_set(err, WEIR_EMEM, "the ledgers are too large for -m %lluM",
                              (unsigned long long)job->memory >> 20);
        weir_buf_reset(&b.raw, 1 << 20);
        weir_buf_reset(&b.aux, 1 << 20);
        b.n_rec = 0;
    }
    weir_lines_close(lines);
    weir_inputs_close(in);
    weir_buf_free(&b.raw);
    weir_buf_free(&b.out);
    weir_buf_free(&b.aux);
    free(b.rec);
    if (!rc && !a->n_runs)
        return weir_err_set(err, WEIR_EBAD, "no ledger lines: nothing to audit");
    return rc;
}

static int write_report(const struct audit *a, const struct weir_audit_opt *opt,
                        struct weir_job *job, struct weir_err *err)
{
    struct weir_buf b = {0};
    int rc = 0;
    if (opt->json)
        audit_report_json(a, &b);
    else if (opt->html)
        rc = audit_report_html(a, &b, err);
    else if (!(rc = audit_each_dataset(a, audit_put_dataset, &b, err)) &&
             !(rc = audit_put_scores(a, &b, err)))
        audit_report(a, &b);
    if (!rc)
        rc = weir_buf_check(&b, err);
    if (!rc)
        rc = weir_job_open_output(job, err);
    if (!rc)
        rc = weir_io_write(job->out, b.p, b.n, err);
    weir_buf_free(&b);
    return weir_job_close_output(job, rc, err);
}

int weir_audit_run(const struct weir_audit_opt *opt, struct weir_job *job, struct weir_err *err)
{
    struct audit a;
    int rc = audit_init(&a, err);
    if (!rc)
        rc = read_ledgers(&a, job, err);
    if (!rc)
        rc = audit_link(&a, err);
    if (!rc)
        rc = audit_check(&a, err);
    if (!rc)
        rc = write_report(&a, opt, job, err);
    if (!rc && a.n_problems)
        rc = weir_err_set(err, WEIR_EFAIL, "%zu problem%s; %s%s", a.n_problems,
                          a.n_problems == 1 ? "" : "s",
                          a.n_problems == 1 ? "" : "the first: ", a.problem[0]);
    audit_free(&a);
    return rc;
}
