/* The token stream's reader and frame parser on any bytes. */
#include <stdlib.h>
#include <string.h>

#include "weir/tokens.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void read_frames(weir_inputs *in)
{
    struct weir_tok_header h;
    struct weir_tok_doc d;
    struct weir_batch b = {0};
    struct weir_err err = {0};
    weir_tok_reader *r = weir_tok_reader_open(in, 1 << 20, &h, &err);
    uint64_t sum = 0;
    while (r && weir_tok_reader_next(r, &b, &err) == 1) {
        const struct weir_rec *rec = &b.rec[b.n_rec - 1];
        if (weir_tok_get_doc(b.raw.p + rec->raw_at, rec->raw_n, &h, &d, NULL))
            continue;
        for (size_t i = 0; i < d.n_tokens; i++)
            sum += weir_tok_at(&h, &d, i) + (d.bounds ? d.bounds[i] : 0);
        for (size_t i = 0; i < d.n_samples; i++)
            sum += weir_tok_at(&h, &d, d.samples[i].at + d.samples[i].n - 1);
        for (size_t i = 0; i < d.id.n + d.source.n + d.origin.n; i++)
            sum += (uint8_t)d.id.p[i];
    }
    volatile uint64_t used = sum;
    (void)used;
    weir_tok_reader_close(r);
    free(b.rec);
    weir_buf_free(&b.raw);
    weir_buf_free(&b.aux);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct weir_job job;
    struct weir_err err = {0};
    weir_job_init(&job, "fuzz");
    job.in = weir_io_open_mem(data, n, &err);
    weir_inputs *in = job.in ? weir_inputs_open(&job, &err) : NULL;
    if (in)
        read_frames(in);
    weir_inputs_close(in);
    weir_job_free(&job);
    return 0;
}
