/* JSON Lines, a sequence each: what load_dataset("json") of Hugging Face's datasets reads. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/index_export.h"
#include "indexer/mix_scan.h"
#include "lib/xxh.h"
#include "weir/stream.h"

enum { IDS = 1 << 15 }; // looked at at once

struct lines {
    struct export *x;
    struct mix_scan scan;
    int has_prov;
    XXH3_state_t *hash; // of .bin, which is read from front to back
    struct weir_buf doc, line;
    char digits[4 * 10000 + 4];
};

/* Four digits of each number below 10,000, and what a copy of four may read behind the last. */
static void make_digits(char digits[4 * 10000 + 4])
{
    for (int v = 0; v < 10000; v++)
        for (int i = 3, left = v; i >= 0; i--, left /= 10)
            digits[4 * v + i] = (char)('0' + left % 10);
}

/* Decimal digits of v at `to`, where three bytes more may be written; returns their end. */
static char *put_number(const char *digits, char *to, uint64_t v)
{
    if (v < 10000) {
        const int n = 1 + (v > 9) + (v > 99) + (v > 999);
        memcpy(to, digits + 4 * v + 4 - n, 4);
        return to + n;
    }
    to = put_number(digits, to, v / 10000);
    memcpy(to, digits + 4 * (v % 10000), 4);
    return to + 4;
}

/* The document of the first piece; a sequence of padding alone has none. */
static int put_head(struct lines *w, const struct mix_seq *q, struct weir_err *err)
{
    struct index_prov_doc d;
    weir_buf_addc(&w->line, '{');
    if (w->has_prov && q->n_pieces) {
        const int rc = index_prov_doc(&w->scan.prov, q->p[0].doc, &w->doc, &d, err);
        if (rc)
            return rc;
        weir_buf_adds(&w->line, "\"id\":");
        weir_buf_add_json(&w->line, d.id);
        weir_buf_adds(&w->line, ",\"source\":");
        weir_buf_add_json(&w->line, d.source);
        weir_buf_addc(&w->line, ',');
    } else if (w->has_prov) {
        weir_buf_adds(&w->line, "\"id\":null,\"source\":null,");
    }
    weir_buf_adds(&w->line, "\"input_ids\":[");
    return 0;
}

/* k tokens from byte `at` of .bin. */
static int put_ids(struct lines *w, uint64_t at, size_t k, int first, struct weir_err *err)
{
    const struct index_reader *r = &w->x->r;
    int rc = index_file_read(&r->bin, at, w->x->block, k * r->width, err);
    if (rc)
        return rc;
    (void)XXH3_128bits_update(w->hash, w->x->block, k * r->width); // fails on NULL only
    if (index_max_id(w->x->block, k, r->width) > w->x->max_id)
        return weir_err_set(err, WEIR_EBAD,
                            "%s: an id in the %zu tokens from byte %" PRIu64 " is negative",
                            r->bin.path.p, k, at);
    if (weir_buf_reserve(&w->line, k * 21)) // 20 digits and a comma; WEIR_PADDING is behind
        return weir_buf_check(&w->line, err);
    char *to = w->line.p + w->line.n;
    for (size_t i = 0; i < k; i++) {
        uint64_t id = 0;
        memcpy(&id, w->x->block + i * r->width, r->width);
        *to = ',';
        to += i || !first;
        to = put_number(w->digits, to, id);
    }
    w->line.n = (size_t)(to - w->line.p);
    rc = weir_buf_check(&w->line, err);
    if (!rc)
        rc = weir_io_write(w->x->files[0], w->line.p, w->line.n, err);
    w->line.n = 0;
    return rc;
}

static int put_line(struct lines *w, const struct mix_seq *q, struct weir_err *err)
{
    const uint32_t width = w->x->r.width;
    w->line.n = 0;
    int rc = put_head(w, q, err);
    for (uint32_t at = 0; !rc && at < q->n;) {
        const size_t k = q->n - at < IDS ? q->n - at : IDS;
        rc = put_ids(w, q->at + (uint64_t)at * width, k, !at, err);
        at += (uint32_t)k;
    }
    weir_buf_adds(&w->line, "]}\n");
    if (!rc)
        rc = weir_buf_check(&w->line, err);
    if (!rc)
        rc = weir_io_write(w->x->files[0], w->line.p, w->line.n, err);
    weir_job_progress(w->x->job, (double)(q->seq + 1) / (double)w->x->r.n_seqs);
    return rc;
}

static int put_lines(struct lines *w, struct weir_err *err)
{
    struct mix_seq q;
    int got, rc = 0;
    while (!rc && (got = mix_scan_next(&w->scan, &q, err)))
        rc = got < 0 ? got : put_line(w, &q, err);
    return rc ? rc : export_bin_checked(w->x, w->hash, err);
}

int export_jsonl(struct export *x, struct weir_err *err)
{
    struct lines *w = weir_calloc(1, sizeof *w);
    XXH3_state_t *hash = XXH3_createState();
    if (!w || !hash || XXH3_128bits_reset(hash) != XXH_OK) {
        XXH3_freeState(hash);
        free(w);
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    }
    *w = (struct lines){.x = x, .has_prov = x->has_manifest, .hash = hash};
    make_digits(w->digits);
    w->scan.r.idx.fd = w->scan.r.bin.fd = w->scan.prov.file.fd = -1;
    int rc = export_open(x, 0, ".jsonl", err);
    if (!rc)
        rc = mix_scan_open(&w->scan, x->job->inputs[0], w->has_prov, err);
    if (!rc && w->has_prov)
        rc = index_prov_check(&w->scan.prov, &w->scan.r, err);
    if (!rc)
        rc = put_lines(w, err);
    mix_scan_close(&w->scan);
    XXH3_freeState(hash);
    weir_buf_free(&w->doc);
    weir_buf_free(&w->line);
    free(w);
    return rc;
}
