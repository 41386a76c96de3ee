/* Lines of JSON: framing loses no byte, members lie inside the line, and a spliced document is
 * valid again and says what was put in. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "weir/doc.h"
#include "weir/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(int ok)
{
    if (!ok)
        abort();
}

static void splice(weir_json *again, const struct weir_doc *d, const char *key)
{
    struct weir_buf b = {0};
    struct weir_field *f;
    struct weir_err err = {0};
    size_t n_f;
    weir_doc_with(&b, d, key, WEIR_LIT("[\"new\"]"));
    check(!weir_json_object(again, b.p, b.n, &f, &n_f, &err));
    const struct weir_field *x = weir_json_find(f, n_f, key);
    check(x && weir_span_is(x->raw, "[\"new\"]"));
    weir_buf_free(&b);
}

static void parse(weir_json *j, weir_json *again, struct weir_span line)
{
    struct weir_doc d;
    struct weir_err err = {0};
    struct weir_buf raw = {0}; // of its own size: a read behind the padding shows
    weir_buf_add(&raw, line.p, line.n);
    if (raw.n && !weir_doc_parse(j, weir_buf_span(&raw), &d, &err)) {
        for (size_t i = 0; i < d.n_f; i++)
            check(d.f[i].raw.p > raw.p && d.f[i].raw.p + d.f[i].raw.n < raw.p + raw.n);
        splice(again, &d, "text");
        splice(again, &d, "no such member");
    }
    weir_buf_free(&raw);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct weir_err err = {0};
    struct weir_job job;
    struct weir_batch b = {0};
    uint64_t bytes = 0;
    weir_json *j = weir_json_new(&err), *again = weir_json_new(&err);
    weir_job_init(&job, "fuzz");
    job.in = weir_io_open_mem(data, n, &err);
    const int plain = n && (data[0] == '{' || data[0] == '\n'); // no compressed format begins so
    weir_inputs *in = job.in ? weir_inputs_open(&job, &err) : NULL;
    weir_lines *l = in ? weir_lines_open(in, 4096, &err) : NULL;
    int rc = 0;
    while (l && (rc = weir_lines_next(l, &b, &err)) > 0) {
        const struct weir_rec *r = &b.rec[b.n_rec - 1];
        bytes += r->length + r->framing;
        if (r->fate != WEIR_BAD)
            parse(j, again, weir_rec_raw(&b, r));
    }
    if (l && !rc && plain)
        check(bytes + weir_lines_tail(l) == n);
    weir_lines_close(l);
    weir_inputs_close(in);
    weir_json_free(j);
    weir_json_free(again);
    weir_buf_free(&b.raw);
    weir_buf_free(&b.aux);
    free(b.rec);
    weir_job_free(&job);
    return 0;
}
