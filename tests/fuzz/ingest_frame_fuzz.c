/* Any bytes as an array, lines, blocks or a whole file: records are the bytes at their places, in
 * order, and all bytes are accounted for.  The first byte chooses forms, encoding and limit. */
#include <stdlib.h>
#include <string.h>

#include "ingest/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(int ok)
{
    if (!ok)
        abort();
}

static uint64_t check_records(const struct weir_batch *b, const char *text, size_t n)
{
    uint64_t at = 0;
    for (size_t i = 0; i < b->n_rec; i++) {
        const struct weir_rec *r = &b->rec[i];
        check(r->offset >= at && r->offset + r->length <= n);
        check(r->framing == r->offset - at);
        check(r->fate == WEIR_BAD || r->raw_n == r->length);
        check(!r->raw_n || !memcmp(b->raw.p + r->raw_at, text + r->offset, r->raw_n));
        at = r->offset + r->length;
    }
    return at;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (!n)
        return 0;
    struct weir_ingest_opt opt;
    struct weir_job job;
    struct weir_err err = {0};
    struct weir_batch b = {0};
    struct weir_buf text = {0};
    void *reader = NULL;
    int rc;
    weir_ingest_opt_init(&opt);
    weir_job_init(&job, "fuzz");
    opt.encoding = data[0] >> 4 & 3;
    job.max_record = data[0] & 0x40 ? 300 : 1 << 20;
    weir_buf_addc(&text, ' '); // no magic of a compressed file
    weir_buf_add(&text, data + 1, n - 1);
    job.in = weir_io_open_mem(text.p, text.n, &err);
    struct ingest in = {
        .opt = &opt, .job = &job, .keep = job.max_record, .inputs = weir_inputs_open(&job, &err)};
    check(in.inputs && !ingest_frame_open(&in, data[0] & 15, &reader, &err));
    while ((rc = ingest_frame_next(reader, &b, &err)) > 0)
        ;
    const uint64_t end = check_records(&b, text.p, text.n);
    check(rc == WEIR_EBAD || end + ingest_frame_tail(reader) == text.n);
    ingest_frame_close(reader);
    weir_inputs_close(in.inputs);
    weir_job_free(&job);
    weir_buf_free(&text);
    weir_buf_free(&b.raw);
    weir_buf_free(&b.aux);
    free(b.rec);
    return 0;
}
