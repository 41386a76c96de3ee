/* Any bytes as a dump end in a knowledge file that is in order, rejects or an error; the account
 * balances, and every entity that was written is found, shown and named. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "kg2instruction/kg_check.h"
#include "kg2instruction/kg_json.h"
#include "weir/kg2instruction.h"

static void look(const struct weir_buf *out)
{
    struct weir_err err = {0};
    struct weir_buf text = {0};
    void *copy = aligned_alloc(64, (out->n + 63) & ~(size_t)63);
    assert(copy);
    memcpy(copy, out->p, out->n);
    kg_file *f = kg_open_mem(copy, out->n, &err);
    assert(f && !kg_check(f, &err));
    for (uint32_t row = 0; row < kg_n_rows(f); row++) {
        assert(kg_find(f, kg_row_id(f, row)) == row);
        assert(!kg_add_entity(&text, f, row));
        assert(kg_is_a(f, kg_row_id(f, row), kg_row_id(f, row)) == 1);
    }
    struct kg_keys k;
    struct weir_span key;
    struct kg_cursor c, again;
    kg_keys(f, &k);
    while (kg_key_next(&k, &key, &c) > 0)
        assert(kg_lookup(f, key, &again) == 1 && again.p == c.p);
    kg_close(f);
    free(copy);
    weir_buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct weir_kg_build_opt opt;
    struct weir_job job;
    struct weir_err err = {0};
    struct weir_buf out = {0}, rejects = {0};
    weir_kg_build_opt_init(&opt);
    weir_job_init(&job, "build");
    opt.part = n & 1;
    opt.unnamed = n >> 1 & 1;
    opt.external_ids = n >> 2 & 1;
    job.threads = 1;
    job.quiet = 1;
    job.max_record = 1 << 14;
    job.in = weir_io_open_mem(data, n, &err);
    job.out = weir_io_open_buf(&out, &err);
    job.rejects = weir_io_open_buf(&rejects, &err);
    assert(job.in && job.out && job.rejects);
    if (!weir_kg_build_run(&opt, &job, &err)) {
        const struct weir_tally *t = &job.tally;
        assert(t->in.records == t->kept.records + t->dropped.records + t->bad.records);
        look(&out);
    }
    weir_job_free(&job);
    weir_buf_free(&out);
    weir_buf_free(&rejects);
    return 0;
}
