#include "indexer/mix_part.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "weir/io.h"

enum { READ_BYTES = 1 << 18, MAX_LINE = 64 << 20 };

/* ---- one dataset ---- */

static int read_types(struct mix_one *o, const char *prefix, struct weir_err *err)
{
    uint64_t sum = 0;
    if (!o->parts.knowlm || !index_file_exists(prefix, ".dis"))
        return 0;
    int rc = index_read_dis(prefix, &o->types, &o->n_types, err);
    for (size_t i = 0; !rc && i < o->n_types; i++)
        if (__builtin_add_overflow(sum, o->types[i], &sum))
            sum = UINT64_MAX;
    if (!rc && sum != o->parts.at[0].n_seqs)
        rc = weir_err_set(err, WEIR_EBAD, "%s.dis does not add up to the sequences of the index",
                          prefix);
    o->taken = rc ? NULL : weir_calloc(o->n_types + 1, sizeof *o->taken);
    return rc || o->taken ? rc : weir_err_set(err, WEIR_EMEM, "out of memory");
}

int mix_one_open(struct mix_one *o, struct weir_job *job, const char *prefix, struct weir_err *err)
{
    memset(o, 0, sizeof *o);
    o->job = job;
    o->sink.prov.file.fd = -1;
    o->plan = (struct mix_plan){.spec = &o->spec, .parts = &o->parts};
    o->spec.sources = weir_calloc(1, sizeof *o->spec.sources);
    if (!o->spec.sources)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    o->spec.n_sources = o->spec.sources[0].n_names = 1;
    int rc = index_writer_check_name(job, err);
    if (!rc)
        rc = index_parts_add(&o->parts, prefix, job->output, err);
    if (!rc)
        rc = index_part_check(&o->parts, &o->parts.at[0], err);
    if (!rc)
        rc = index_part_check_bin(&o->parts, &o->parts.at[0], job, err);
    if (rc)
        return rc;
    o->spec.sources[0].n_seqs = o->parts.at[0].n_seqs;
    o->spec.sources[0].n_tokens = o->parts.at[0].n_tokens;
    return read_types(o, prefix, err);
}

void mix_one_close(struct mix_one *o)
{
    if (!o->job) // never opened
        return;
    mix_sink_free(&o->sink);
    index_parts_free(&o->parts);
    mix_spec_free(&o->spec);
    free(o->types);
    free(o->taken);
}

int mix_one_finish(struct mix_one *o, const char *command, struct weir_err *err)
{
    struct index_manifest *m = &o->sink.w.m;
    struct weir_buf *b = &m->commands;
    weir_buf_add(b, o->parts.all.commands.p, o->parts.all.commands.n);
    weir_buf_addf(b, "%s\"%s\"", b->n ? ", " : "", command);
    int rc = weir_buf_check(b, err);
    o->job->tally.out = (struct weir_count){m->n_seqs, m->n_tokens * o->parts.width, m->n_tokens};
    if (!rc && !m->n_seqs)
        rc = weir_err_set(err, WEIR_EUSAGE, "nothing is left of %s: no dataset is written",
                          o->parts.at[0].prefix);
    o->sink.w.types = o->taken;
    o->sink.w.n_types = o->n_types;
    return rc ? rc : mix_sink_finish(&o->sink, err);
}

/* ---- kept in the order of the dataset ---- */

struct keeping {
    struct mix_one *one;
    struct mix_keep *keep;
    struct weir_buf stretches, pieces, item;
};

/* The tokens from … end - 1 of a sequence as one. */
static int cut_out(const struct mix_seq *q, uint32_t from, uint32_t end, uint32_t width,
                   struct mix_seq *part, struct weir_buf *pieces, struct weir_err *err)
{
    pieces->n = 0;
    for (uint32_t i = 0; i < q->n_pieces; i++) {
        struct index_piece p;
        if (!index_piece_cut(&q->p[i], from, end, &p)) {
            if (q->n_pieces > 1)
                continue;
            /* padding or an end-of-document id alone is still of its document */
            p.at += p.n;
            p.n = p.begin = 0;
        }
        weir_buf_add(pieces, &p, sizeof p);
    }
    *part = *q;
    part->at += (uint64_t)from * width;
    part->n = end - from;
    part->n_pieces = (uint32_t)(pieces->n / sizeof(struct index_piece));
    part->p = (struct index_piece *)pieces->p;
    return weir_buf_check(pieces, err);
}

static void count_type(struct mix_one *o, uint64_t seq)
{
    size_t i = 0;
    while (i < o->n_types && seq >= o->types[i])
        seq -= o->types[i++];
    if (i < o->n_types)
        o->taken[i]++;
}

static int give(struct keeping *k, const struct mix_seq *q, uint32_t from, uint32_t end,
                struct weir_err *err)
{
    struct mix_seq part;
    struct mix_sink *sink = &k->one->sink;
    int rc = cut_out(q, from, end, k->one->parts.width, &part, &k->pieces, err);
    if (!rc)
        rc = mix_sink_take(sink, &part, part.n, 0, &k->item, err);
    const struct mix_item *item = (const struct mix_item *)k->item.p;
    count_type(k->one, q->seq);
    return rc ? rc : mix_sink_add(sink, &item, 1, 0, err);
}

static int take_kept(struct mix_visit *v, const struct mix_seq *q, uint32_t source,
                     uint64_t ordinal, int *used, struct weir_err *err)
{
    struct keeping *k = v->ctx;
    (void)source, (void)ordinal;
    k->stretches.n = 0;
    int rc = k->keep->stretches(k->keep->ctx, q, &k->stretches, err);
    if (!rc)
        rc = weir_buf_check(&k->stretches, err);
    const uint32_t *s = (const uint32_t *)k->stretches.p;
    const size_t n = k->stretches.n / (2 * sizeof *s);
    for (size_t i = 0; !rc && i < n; i++)
        rc = give(k, q, s[2 * i], s[2 * i + 1], err);
    *used = n > 0;
    return rc;
}

int mix_one_keep(struct mix_one *o, struct mix_keep *keep, const char *command,
                 struct weir_err *err)
{
    struct keeping k = {.one = o, .keep = keep};
    struct mix_visit v = {.spec = &o->spec,
                          .parts = &o->parts,
                          .sink = &o->sink,
                          .tally = &o->job->tally,
                          .ctx = &k,
                          .take = take_kept,
                          .left = keep->left};
    int rc = mix_sink_open(&o->sink, o->job, &o->parts, o->parts.prov_version, err);
    if (!rc)
        rc = mix_visit(&v, err);
    weir_buf_free(&k.stretches);
    weir_buf_free(&k.pieces);
    weir_buf_free(&k.item);
    return rc ? rc : mix_one_finish(o, command, err);
}

/* ---- listed ---- */

int mix_one_list(struct mix_one *o, struct mix_list *l, const char *command, struct weir_err *err)
{
    struct weir_buf b = {0};
    uint32_t phase;
    int got = 0, rc = mix_sink_open(&o->sink, o->job, &o->parts, 2, err);
    weir_extsort *sort = rc ? NULL : weir_extsort_new(o->job->memory / 4, o->job->temp_dir, err);
    if (!rc)
        rc = sort ? mix_list_take(l, &o->plan, &o->sink, sort, &o->job->tally, err) : err->code;
    while (!rc && (got = mix_order_next(sort, &b, &phase, err)) > 0) {
        const struct mix_item *item = (const struct mix_item *)b.p;
        rc = mix_sink_add(&o->sink, &item, 1, 0, err);
    }
    weir_extsort_free(sort);
    weir_buf_free(&b);
    rc = rc ? rc : got;
    free(o->types); // in this order they are not side by side
    o->types = NULL;
    o->n_types = 0;
    free(o->taken);
    o->taken = NULL;
    return rc ? rc : mix_one_finish(o, command, err);
}

/* ---- lines ---- */

static int give_lines(struct weir_buf *b, size_t *used, int at_end, uint64_t *number,
                      mix_line_fn *each, void *ctx, struct weir_err *err)
{
    int rc = 0;
    *used = 0;
    while (!rc && *used < b->n) {
        const char *p = b->p + *used, *end = memchr(p, '\n', b->n - *used);
        if (!end && !at_end)
            break;
        size_t n = end ? (size_t)(end - p) : b->n - *used;
        *used += n + (end != NULL);
        n -= n && p[n - 1] == '\r';
        rc = each(ctx, weir_span(p, n), ++*number, err);
    }
    return rc;
}

int mix_each_line(const char *path, mix_line_fn *each, void *ctx, struct weir_err *err)
{
    struct weir_buf b = {0};
    uint64_t number = 0;
    weir_io *in = weir_io_open_read(path, err);
    int rc = in ? 0 : err->code;
    for (ssize_t n = 1; !rc && n;) {
        size_t used;
        if (weir_buf_reserve(&b, READ_BYTES))
            rc = weir_buf_check(&b, err);
        n = rc ? 0 : weir_io_read(in, b.p + b.n, READ_BYTES, err);
        rc = n < 0 ? (int)n : rc;
        b.n += n > 0 ? (size_t)n : 0;
        if (!rc)
            rc = give_lines(&b, &used, !n, &number, each, ctx, err);
        if (rc)
            break;
        memmove(b.p, b.p + used, b.n - used);
        b.n -= used;
        if (b.n > MAX_LINE)
            rc = weir_err_set(err, WEIR_EBAD, "%s:%" PRIu64 ": a line of more than 64 MB", path,
                              number + 1);
    }
    weir_io_abort(in);
    weir_buf_free(&b);
    return rc;
}
