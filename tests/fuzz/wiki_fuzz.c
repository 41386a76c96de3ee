/* Any bytes as a dump end in documents, rejects or an error, and the account balances. */
#include <assert.h>
#include "weir/ingest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct weir_ingest_opt opt;
    struct weir_job job;
    struct weir_err err = {0};
    struct weir_buf out = {0}, rejects = {0};
    weir_ingest_opt_init(&opt);
    weir_job_init(&job, "ingest");
    opt.from = "wiki";
    opt.links = n & 1;
    job.threads = 1;
    job.quiet = 1;
    job.max_record = 1 << 14;
    job.in = weir_io_open_mem(data, n, &err);
    job.out = weir_io_open_buf(&out, &err);
    job.rejects = weir_io_open_buf(&rejects, &err);
    assert(job.in && job.out && job.rejects);
    if (!weir_ingest_run(&opt, &job, &err)) {
        const struct weir_tally *t = &job.tally;
        assert(t->in.records == t->kept.records + t->dropped.records + t->bad.records);
    }
    weir_job_free(&job);
    weir_buf_free(&out);
    weir_buf_free(&rejects);
    return 0;
}
