#include "weir/audit.h"

#include <stdlib.h>

#include "audit/audit_browse.h"
#include "weir/stream.h"

void weir_audit_opt_init(struct weir_audit_opt *opt)
{
    *opt = (struct weir_audit_opt){.port = 8091};
}

struct lines {
    int (*f)(void *ctx, struct weir_span line, const char *file, uint64_t number,
             struct weir_err *err);
    void *ctx;
};

static int give_line(const struct lines *l, const struct weir_batch *b, struct weir_err *err)
{
    const struct weir_rec *r = &b->rec[0];
    if (r->fate == WEIR_BAD)
        return weir_err_set(err, WEIR_EBAD, "%s:%llu: %.*s", r->file, (unsigned long long)r->line,
                            (int)r->detail_n, b->aux.p + r->detail_at);
    return l->f(l->ctx, weir_rec_raw(b, r), r->file, r->line, err);
}

static int each_line(struct weir_job *job, const struct lines *l, struct weir_err *err)
{
    struct weir_batch b = {0};
    weir_inputs *in = weir_inputs_open(job, err);
    weir_lines *lines = in ? weir_lines_open(in, job->max_record, err) : NULL;
    int rc = lines ? 0 : err->code;
    while (!rc && (rc = weir_lines_next(lines, &b, err)) > 0) {
        rc = give_line(l, &b, err);
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
    return rc;
}

int audit_each_line(struct weir_job *job, const char *const *files, size_t n,
                    int (*f)(void *ctx, struct weir_span line, const char *file, uint64_t number,
                             struct weir_err *err),
                    void *ctx, struct weir_err *err)
{
    struct weir_job part;
    weir_job_init(&part, job->stage);
    part.inputs = files;
    part.n_inputs = n;
    part.memory = job->memory;
    part.max_record = job->max_record;
    const int rc = each_line(&part, &(struct lines){f, ctx}, err);
    weir_job_free(&part);
    return rc;
}

struct ledgers {
    struct audit *a;
    const struct weir_job *job;
    uint64_t bytes;
};

static int read_ledger(void *ctx, struct weir_span line, const char *file, uint64_t number,
                       struct weir_err *err)
{
    struct ledgers *l = ctx;
    struct weir_err why = {0};
    l->bytes += line.n;
    if (audit_read(l->a, line, file, number, &why))
        return weir_err_set(err, why.code, "%s:%llu: %s", file, (unsigned long long)number,
                            why.msg);
    /* What is kept of a line is not larger than four times the line. */
    return l->bytes <= l->job->memory / 8
               ? 0
               : weir_err_set(err, WEIR_EMEM, "the ledgers are too large for -m %lluM",
                              (unsigned long long)l->job->memory >> 20);
}

static int read_ledgers(struct audit *a, struct weir_job *job, struct weir_err *err)
{
    struct ledgers l = {.a = a, .job = job};
    const int rc = each_line(job, &(struct lines){read_ledger, &l}, err);
    return !rc && !a->n_runs ? weir_err_set(err, WEIR_EBAD, "no ledger lines: nothing to audit")
                             : rc;
}

static int write_report(const struct audit *a, const struct weir_audit_opt *opt,
                        struct weir_job *job, struct weir_err *err)
{
    struct weir_buf b = {0};
    int rc = 0;
    if (opt->json)
        audit_report_json(a, &b);
    else if (opt->html)
        rc = audit_report_html(a, 0, &b, err);
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

static int check(const struct weir_audit_opt *o, struct weir_err *err)
{
    if (o->serve && (o->json || o->html))
        return weir_err_set(err, WEIR_EUSAGE, "--serve excludes --json and --html");
    if (!o->serve && (o->drops.n || o->documents.n || o->datasets.n || o->model))
        return weir_err_set(err, WEIR_EUSAGE,
                            "--drops, --documents, --dataset and --model need --serve");
    if (o->documents.n && !o->drops.n)
        return weir_err_set(err, WEIR_EUSAGE, "--documents needs --drops");
    if (o->model && !o->datasets.n)
        return weir_err_set(err, WEIR_EUSAGE, "--model needs --dataset");
    return 0;
}

int weir_audit_run(const struct weir_audit_opt *opt, struct weir_job *job, struct weir_err *err)
{
    struct audit a;
    if (check(opt, err))
        return err->code;
    int rc = audit_init(&a, err);
    if (!rc)
        rc = read_ledgers(&a, job, err);
    if (!rc)
        rc = audit_link(&a, err);
    if (!rc)
        rc = audit_check(&a, err);
    if (!rc)
        rc = opt->serve ? audit_serve(&a, opt, job, err) : write_report(&a, opt, job, err);
    if (!rc && !opt->serve && a.n_problems)
        rc = weir_err_set(err, WEIR_EFAIL, "%zu problem%s; %s%s", a.n_problems,
                          a.n_problems == 1 ? "" : "s",
                          a.n_problems == 1 ? "" : "the first: ", a.problem[0]);
    audit_free(&a);
    return rc;
}
