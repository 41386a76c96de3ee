/* Ledger lines: whatever they say, they are read, linked, checked and reported without a fault. */
#include <stdlib.h>
#include <string.h>

#include "audit/audit_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct weir_err err = {0};
    struct weir_buf in = {0}, out = {0};
    struct audit a;
    weir_buf_add(&in, data, size);
    int rc = audit_init(&a, &err);
    uint64_t line = 0;
    for (size_t at = 0; !rc && at < size;) {
        const char *end = memchr(in.p + at, '\n', size - at);
        const size_t n = (end ? (size_t)(end - in.p) : size) - at;
        rc = audit_read(&a, weir_span(in.p + at, n), "ledger", ++line, &err);
        at += n + 1;
    }
    if (!rc && a.n_runs && !audit_link(&a, &err) && !audit_check(&a, &err)) {
        audit_report(&a, &out);
        audit_report_json(&a, &out);
        (void)!audit_report_html(&a, 1, &out, &err);
        (void)!audit_each_dataset(&a, audit_put_dataset, &out, &err);
    }
    audit_free(&a);
    weir_buf_free(&in);
    weir_buf_free(&out);
    return 0;
}
