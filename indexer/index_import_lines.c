/* JSON Lines with a list of ids each, as Hugging Face's datasets write and read them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/index_import.h"
#include "weir/json.h"
#include "weir/stream.h"

#define FIXED_MEMORY ((uint64_t)8 << 20)

/* ---- a line's ids ---- */

static int is_between(char c)
{
    return c == ',' || c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Whole numbers with white space and commas between them: raw is valid JSON, so that nothing else
 * needs a look.  The number of ids, or -1 when one is no whole number or above max. */
static int64_t read_ids(struct weir_span raw, uint64_t max, uint32_t width, char *to)
{
    const char *p = raw.p + 1, *const end = raw.p + raw.n - 1;
    int64_t n = 0;
    for (;; p++) {
        while (p < end && is_between(*p))
            p++;
        if (p == end)
            return n;
        uint64_t id = (uint64_t)(*p - '0');
        if (id > 9)
            return -1;
        for (p++; (unsigned)(*p - '0') <= 9; p++) {
            id = id * 10 + (uint64_t)(*p - '0');
            if (id > max)
                return -1;
        }
        if (id > max || (p < end && !is_between(*p)))
            return -1;          // 1.5, 1e3
        memcpy(to, &id, width); // little-endian: the low bytes are the id
        to += width;
        n++;
        if (p == end)
            return n;
    }
}

struct found { // where in the batch
    struct weir_span id, source, raw;
};

static int look(weir_json *json, const struct import *x, struct weir_batch *b, struct weir_rec *r,
                struct found *found)
{
    struct weir_field *f;
    size_t n;
    struct weir_err bad = {0};
    const struct weir_span line = weir_rec_raw(b, r);
    *found = (struct found){{"", 0}, import_source(x), {"", 0}};
    if (weir_json_object(json, line.p, line.n, &f, &n, &bad)) {
        weir_rec_bad(b, r, "bad-json", "%s", bad.msg);
        return 0;
    }
    const struct weir_field *ids = weir_json_find(f, n, x->opt->field);
    const struct weir_field *id = weir_json_find(f, n, "id");
    const struct weir_field *source = x->opt->source ? NULL : weir_json_find(f, n, "source");
    if (!ids || ids->type != WEIR_JSON_ARRAY) {
        weir_rec_bad(b, r, "no-ids", "no list \"%s\"", x->opt->field);
        return 0;
    }
    found->raw = ids->raw;
    if (id && id->type == WEIR_JSON_STRING)
        found->id = id->str;
    else if (id && id->type == WEIR_JSON_NUMBER)
        found->id = id->raw;
    if (source && source->type == WEIR_JSON_STRING && source->str.n)
        found->source = source->str;
    return 1;
}

static int work(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                struct weir_err *err)
{
    const struct import *x = ctx;
    struct found found;
    if (!look(thread, x, b, r, &found))
        return 0;
    weir_rec_source(b, r, found.source);
    r->out_at = b->out.n;
    if (weir_buf_reserve(&b->out, found.raw.n * 2)) // a number and its comma: two bytes of text
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    const int64_t n = read_ids(found.raw, x->max_id, x->width, b->out.p + r->out_at);
    if (n < 0) {
        weir_rec_bad(b, r, "bad-id",
                     "\"%s\" holds something else than whole numbers up to %" PRIu64, x->opt->field,
                     x->max_id);
        return 0;
    }
    r->n_tokens_in = (uint64_t)n;
    if (!n) {
        weir_rec_drop(b, r, "empty", NULL);
        return 0;
    }
    r->out_n = (size_t)n * x->width;
    b->out.n += r->out_n;
    const uint64_t most = x->opt->length ? (uint64_t)x->opt->length : UINT64_MAX;
    r->fate = WEIR_MADE;
    r->n_out = (uint32_t)((uint64_t)n / most + !!((uint64_t)n % most));
    r->n_tokens_out = (uint64_t)n;
    r->aux_at = b->aux.n;
    r->aux_n = found.id.n;
    weir_buf_add(&b->aux, found.id.p, found.id.n);
    return 0;
}

static int commit(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct import *x = ctx;
    struct weir_buf origin = {0};
    if (r->fate != WEIR_MADE)
        return 0;
    import_origin(&origin, r->file, r->offset, r->length);
    x->input = r->file;
    x->number = r->line;
    int rc = weir_buf_check(&origin, err);
    if (!rc)
        rc = import_doc_begin(x, weir_span(b->aux.p + r->aux_at, r->aux_n),
                              weir_span(b->aux.p + r->source_at, r->source_n),
                              weir_buf_span(&origin), err);
    weir_buf_free(&origin);
    if (!rc)
        rc = import_doc_cut(x, r->n_tokens_out, err);
    return rc ? rc : import_doc_close(x, err);
}

/* ---- all of it ---- */

static void *thread_new(void *ctx, struct weir_err *err)
{
    (void)ctx;
    return weir_json_new(err);
}

static void thread_free(void *thread)
{
    weir_json_free(thread);
}

int import_lines(struct import *x, struct weir_err *err)
{
    const struct weir_stage stage = {
        .ctx = x,
        .thread_new = thread_new,
        .thread_free = thread_free,
        .work = work,
        .commit = commit,
        .fixed_memory = FIXED_MEMORY,
    };
    struct weir_job *job = x->job;
    if (!x->width) {
        x->width = 4;
        x->w.m.dtype = 4;
    }
    job->out = x->w.bin;
    x->w.bin = NULL;
    const int rc = weir_stage_run(&stage, job, err);
    x->w.bin = job->out;
    job->out = NULL;
    return rc;
}
