/* Any bytes as any dataset: what comes out is documents, every record has one fate, and all bytes
 * of the input are accounted for.  The first byte chooses the source.  The same bytes read the
 * loose way never end outside the text, and what was read can be written and read again. */
#include <stdlib.h>
#include <string.h>
#include "kg2instruction/ie_convert.h"
#include "weir/doc.h"
#include "weir/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(int ok)
{
    if (!ok)
        abort();
}

static void check_documents(const struct weir_buf *out, uint64_t records)
{
    struct weir_err err = {0};
    weir_json *j = weir_json_new(&err);
    uint64_t n = 0;
    check(j != NULL);
    for (size_t at = 0; at < out->n; n++) {
        const char *nl = memchr(out->p + at, '\n', out->n - at);
        struct weir_doc d;
        check(nl != NULL);
        check(!weir_doc_parse(j, weir_span(out->p + at, (size_t)(nl - out->p) - at), &d, &err) ||
              err.code != WEIR_EBAD || strstr(err.msg, "deep") || strstr(err.msg, "members") ||
              strstr(err.msg, "id"));
        err = (struct weir_err){0};
        at = (size_t)(nl - out->p) + 1;
    }
    check(n == records);
    weir_json_free(j);
}

static void convert(const uint8_t *data, size_t n)
{
    size_t n_sources = 0;
    while (ie_sources[n_sources])
        n_sources++;
    struct weir_err err = {0};
    struct weir_job job;
    struct weir_buf out = {0}, rejects = {0}, text = {0};
    struct weir_convert_opt opt;
    weir_convert_opt_init(&opt);
    weir_job_init(&job, "fuzz");
    opt.from = ie_sources[data[0] % n_sources]->name;
    job.max_record = data[0] & 0x80 ? 200 : 1 << 20;
    weir_buf_addc(&text, ' '); // no magic of a compressed file
    weir_buf_add(&text, data + 1, n - 1);
    job.in = weir_io_open_mem(text.p, text.n, &err);
    job.out = weir_io_open_buf(&out, &err);
    job.rejects = weir_io_open_buf(&rejects, &err);
    const int rc = weir_convert_run(&opt, &job, &err);
    const struct weir_tally *t = &job.tally;
    check(rc == 0 || rc == WEIR_EBAD);
    check(t->in.records == t->kept.records + t->dropped.records + t->bad.records);
    if (!rc) {
        check(t->in.bytes + t->framing == text.n);
        check_documents(&out, t->kept.records);
    }
    weir_job_free(&job);
    weir_buf_free(&out);
    weir_buf_free(&rejects);
    weir_buf_free(&text);
}

static void read_loosely(const uint8_t *data, size_t n)
{
    struct ie_doc a = {.loose = 1}, b = {0};
    struct weir_buf first = {0}, second = {0};
    if (weir_utf8_valid((const char *)data, n) != n)
        return;
    for (size_t at = 0; at < n;) {
        const size_t from = at;
        const struct ie_val *v = ie_parse(&a, weir_span((const char *)data, n), &at);
        check(at <= n);
        if (v && (v->type == WEIR_JSON_OBJECT || v->type == WEIR_JSON_ARRAY)) {
            first.n = second.n = 0;
            ie_put(&first, v, 0);
            size_t again = 0;
            const struct ie_val *w = ie_parse(&b, weir_buf_span(&first), &again);
            check(w && w->type == v->type && w->n == v->n && again == first.n);
        }
        at += at == from;
    }
    ie_doc_free(&a);
    ie_doc_free(&b);
    weir_buf_free(&first);
    weir_buf_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (!n)
        return 0;
    convert(data, n);
    read_loosely(data, n);
    return 0;
}
