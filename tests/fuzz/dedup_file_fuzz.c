/* Any bytes as a signature file: refused or read to its end without a fault, and what was read is
 * what the writer would have written. */
#include <stdlib.h>
#include <string.h>

#include "dedup/dedup_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same(struct weir_span record, const struct dedup_plan *plan, const struct dedup_key *k)
{
    struct weir_buf again = {0};
    dedup_record_put(&again, plan, k);
    if (!weir_span_eq(record, weir_buf_span(&again)))
        abort();
    if (k->set.n) {
        const double j = dedup_set_jaccard(k->set, k->set);
        if (j != 1 || !dedup_set_size(k->set))
            abort();
    }
    weir_buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct weir_err err = {0};
    struct dedup_reader r;
    struct dedup_params params;
    struct dedup_plan plan;
    struct dedup_key k;
    struct weir_span record;
    weir_io *io = weir_io_open_mem(data, size, &err);
    if (!io)
        return 0;
    int rc = dedup_read_open(&r, io, DEDUP_SIG_MAGIC, "signature", &err);
    if (!rc)
        rc = dedup_params_get(weir_buf_span(&r.head), &params, &plan, &err);
    while (!rc && dedup_read_next(&r, &record, &err) > 0) {
        rc = dedup_record_get(record, &plan, &k, &err);
        if (!rc)
            same(record, &plan, &k);
    }
    dedup_reader_free(&r);
    weir_io_abort(io);
    return 0;
}
