#include "weir/indexer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/index_writer.h"
#include "weir/utf8.h"

/* Buffers of the files being written, beside the batches. */
#define FIXED_MEMORY ((uint64_t)8 << 20)

struct indexer {
    const struct weir_indexer_opt *opt;
    struct weir_job *job;
    weir_tok_reader *reader;
    struct weir_tok_header h;
    uint32_t width;  // of a token in .bin
    uint64_t length; // of a padded sequence; 0: not padded
    struct index_writer w;
    struct weir_buf lengths;
    uint64_t n_pads, n_eods;
};

void weir_indexer_opt_init(void *opt)
{
    struct weir_indexer_opt *o = opt;
    *o = (struct weir_indexer_opt){.pad = -1, .eod = -1};
}

static int next(void *ctx, struct weir_batch *b, struct weir_err *err)
{
    return weir_tok_reader_next(((struct indexer *)ctx)->reader, b, err);
}

/* ---- a document's bytes in .bin ---- */

/* Written from the frame itself, in order: however much padding makes of a document, it takes no
 * memory. */
static int write_tokens(const struct indexer *x, const struct weir_tok_doc *d,
                        const struct weir_sample *s, struct weir_err *err)
{
    if (x->width == x->h.width)
        return weir_io_write(x->job->out, (const char *)d->tokens + (size_t)s->at * x->width,
                             (size_t)s->n * x->width, err);
    /* 16 bits in the stream, 32 in the dataset: an id given by an option needs them */
    const uint16_t *ids = (const uint16_t *)d->tokens + s->at;
    uint32_t block[1024];
    int rc = 0;
    for (size_t at = 0; !rc && at < s->n;) {
        size_t n = 0;
        while (n < 1024 && at < s->n)
            block[n++] = ids[at++];
        rc = weir_io_write(x->job->out, block, n * sizeof *block, err);
    }
    return rc;
}

static int write_id(const struct indexer *x, int64_t id, uint64_t n, struct weir_err *err)
{
    char block[4096];
    const uint32_t v = (uint32_t)id; // little-endian: the low bytes are the id
    const uint64_t fit = sizeof block / x->width;
    for (uint64_t i = 0; i < n && i < fit; i++)
        memcpy(block + i * x->width, &v, x->width);
    int rc = 0;
    for (; !rc && n; n -= n < fit ? n : fit)
        rc = weir_io_write(x->job->out, block, (n < fit ? n : fit) * x->width, err);
    return rc;
}

/* Tokens of a sequence in .bin: those of the sample, the end-of-document id, the padding. */
static uint64_t full_length(const struct indexer *x, const struct weir_sample *s, int last)
{
    const uint64_t n = s->n + (uint64_t)(last && x->opt->eod >= 0);
    return x->length > n ? x->length : n;
}

/* The sequences of a document: its samples, or all of it as one. */
static size_t sequences(const struct indexer *x, const struct weir_tok_doc *d,
                        struct weir_sample *whole, const struct weir_sample **s)
{
    *whole = (struct weir_sample){0, d->n_tokens};
    *s = x->opt->unit == WEIR_UNIT_DOCUMENT ? whole : d->samples;
    return x->opt->unit == WEIR_UNIT_DOCUMENT ? d->n_tokens > 0 : d->n_samples;
}

static int check_strings(const struct weir_tok_doc *d)
{
    const struct weir_span s[] = {d->id, d->source, d->origin};
    for (size_t i = 0; i < 3; i++)
        if (weir_utf8_valid(s[i].p, s[i].n) != s[i].n)
            return 0;
    return 1;
}

static int check_lengths(const struct indexer *x, const struct weir_sample *s, size_t n,
                         struct weir_batch *b, struct weir_rec *r)
{
    for (size_t i = 0; i < n; i++) {
        const uint64_t length = full_length(x, &s[i], i + 1 == n);
        if (length > INT32_MAX || (x->w.m.knowlm && length > UINT16_MAX))
            weir_rec_bad(b, r, "long-sequence", "a sequence of %" PRIu64 " tokens", length);
        else if (x->length && length > x->length)
            weir_rec_bad(b, r, "long-sequence",
                         "a sequence of %" PRIu64 " tokens does not fit the %" PRIu64
                         " that it is padded to: -n %" PRIu64 " here, or a smaller one in weir "
                         "chunker",
                         length, x->length, length);
        if (r->fate == WEIR_BAD)
            return WEIR_EBAD;
    }
    return 0;
}

/* What the chunker said it wrote: the samples' tokens, each as often as samples hold it. */
static void count_in(const struct indexer *x, const struct weir_tok_doc *d, struct weir_rec *r)
{
    if (!(x->h.flags & WEIR_TOK_SAMPLES))
        return; // the reader counted all of the document
    r->n_tokens_in = 0;
    for (size_t i = 0; i < d->n_samples; i++)
        r->n_tokens_in += d->samples[i].n;
}

static int work(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                struct weir_err *err)
{
    (void)thread, (void)err;
    const struct indexer *x = ctx;
    struct weir_err bad = {0};
    struct weir_tok_doc d;
    struct weir_sample whole;
    const struct weir_sample *s;
    const struct weir_span raw = weir_rec_raw(b, r);
    if (weir_tok_get_doc(raw.p, raw.n, &x->h, &d, &bad)) {
        weir_rec_bad(b, r, "bad-frame", "%s", bad.msg);
        return 0;
    }
    weir_rec_source(b, r, d.source);
    const size_t n = sequences(x, &d, &whole, &s);
    count_in(x, &d, r);
    if (!check_strings(&d)) {
        weir_rec_bad(b, r, "bad-utf8", "id, source or origin is not UTF-8");
        return 0;
    }
    if (!n) {
        weir_rec_drop(b, r, "empty", NULL);
        return 0;
    }
    if (check_lengths(x, s, n, b, r))
        return 0;
    r->fate = WEIR_MADE;
    r->n_out = (uint32_t)n;
    for (size_t i = 0; i < n; i++)
        r->n_tokens_out += full_length(x, &s[i], i + 1 == n);
    r->aux_at = b->aux.n;
    r->aux_n = sizeof d;
    weir_buf_add(&b->aux, &d, sizeof d); // its pointers are into b->raw, which stays
    return 0;
}

/* ---- in order: lengths, provenance, totals ---- */

static void count_kinds(struct indexer *x, const struct weir_tok_doc *d,
                        const struct weir_sample *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const int bos = weir_tok_at(&x->h, d, s[i].at) == x->h.bos;
        const int eos = weir_tok_at(&x->h, d, s[i].at + s[i].n - 1) == x->h.eos;
        x->w.n_kinds[bos && eos ? INDEX_BOTH : bos ? INDEX_BOS : eos ? INDEX_EOS : INDEX_NEITHER]++;
    }
}

static int put_lengths(struct indexer *x, const struct weir_sample *s, size_t n,
                       struct weir_err *err)
{
    x->lengths.n = 0;
    for (size_t i = 0; i < n; i++) {
        const uint32_t length = (uint32_t)full_length(x, &s[i], i + 1 == n);
        weir_buf_add(&x->lengths, &length, sizeof length);
    }
    const int rc = weir_buf_check(&x->lengths, err);
    return rc ? rc : index_writer_add_lengths(&x->w, (const uint32_t *)x->lengths.p, n, err);
}

static int write_sequences(const struct indexer *x, const struct weir_tok_doc *d,
                           const struct weir_sample *s, size_t n, struct weir_err *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < n; i++) {
        const int last = i + 1 == n, eod = last && x->opt->eod >= 0;
        rc = write_tokens(x, d, &s[i], err);
        if (!rc && eod)
            rc = write_id(x, x->opt->eod, 1, err);
        if (!rc)
            rc =
                write_id(x, x->opt->pad, full_length(x, &s[i], last) - s[i].n - (uint64_t)eod, err);
    }
    return rc;
}

/* The engine counts what it writes itself; these bytes it did not write. */
static int count_bytes(struct indexer *x, struct weir_span source, uint64_t bytes)
{
    struct weir_tally *t = &x->job->tally;
    const struct weir_count none = {0}, out = {.bytes = bytes};
    t->out.bytes += bytes;
    return weir_names_add(&t->sources, source, none, out);
}

static int commit(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct indexer *x = ctx;
    struct weir_tok_doc d;
    struct weir_sample whole;
    const struct weir_sample *s;
    if (r->fate != WEIR_MADE)
        return 0;
    memcpy(&d, b->aux.p + r->aux_at, sizeof d);
    const size_t n = sequences(x, &d, &whole, &s);
    int rc = write_sequences(x, &d, s, n, err);
    if (!rc)
        rc = put_lengths(x, s, n, err);
    const uint64_t end = x->w.m.n_seqs;
    if (!rc)
        rc = index_writer_add_docs(&x->w, &end, 1, err);
    if (!rc)
        rc = index_prov_add_doc(&x->w.prov, d.id, d.source, d.origin, err);
    if (!rc)
        rc = index_prov_add_seqs(&x->w.prov, s, n, err);
    if (x->w.with_kinds)
        count_kinds(x, &d, s, n);
    x->n_eods += x->opt->eod >= 0;
    x->n_pads += r->n_tokens_out - (x->opt->eod >= 0);
    for (size_t i = 0; i < n; i++)
        x->n_pads -= s[i].n;
    const struct weir_count in = {.records = 1, .bytes = d.text_bytes},
                            out = {.records = n, .tokens = r->n_tokens_out};
    const struct weir_span source = d.source.n ? d.source : WEIR_LIT("(none)");
    if (!rc && (weir_names_add(&x->w.m.sources, source, in, out) ||
                count_bytes(x, source, r->n_tokens_out * x->width)))
        rc = weir_err_set(err, WEIR_EMEM, "out of memory");
    return rc;
}

/* ---- what the dataset is ---- */

static int check_options(const struct indexer *x, struct weir_err *err)
{
    const struct weir_indexer_opt *o = x->opt;
    const int is_knowlm = !!(x->h.flags & WEIR_TOK_KNOWLM);
    if (o->unit == WEIR_UNIT_CHUNK && !(x->h.flags & WEIR_TOK_SAMPLES))
        return weir_err_set(err, WEIR_EUSAGE,
                            "the stream has no samples: weir chunker makes them, or give --unit "
                            "document");
    if (o->compat != is_knowlm)
        return weir_err_set(
            err, WEIR_EUSAGE,
            is_knowlm ? "the stream is of weir tokenize --compat knowlm: give it here too"
                      : "--compat knowlm needs a stream of weir tokenize --compat knowlm");
    if (o->compat && (o->pad >= 0 || o->eod >= 0 || o->unit))
        return weir_err_set(err, WEIR_EUSAGE, "--compat knowlm has no --pad, --eod and --unit");
    if (o->length && o->pad < 0)
        return weir_err_set(err, WEIR_EUSAGE,
                            "-n is the length that --pad fills to: give --pad ID");
    if (o->pad >= 0 && !o->length && o->unit == WEIR_UNIT_DOCUMENT)
        return weir_err_set(err, WEIR_EUSAGE, "--pad with --unit document needs -n N");
    return 0;
}

/* 16 bits when every id that may occur fits: the reader is told by the index.  Megatron's own
 * writer takes 32 from a vocabulary of 65,500 on. */
static int choose_dtype(struct indexer *x, struct weir_err *err)
{
    struct index_manifest *m = &x->w.m;
    m->max_id = x->h.vocab_size - 1;
    if (x->opt->pad > (int64_t)m->max_id)
        m->max_id = (uint64_t)x->opt->pad;
    if (x->opt->eod > (int64_t)m->max_id)
        m->max_id = (uint64_t)x->opt->eod;
    m->dtype = m->max_id <= UINT16_MAX ? 8 : 4;
    x->width = index_dtype_width(m->dtype);
    if (m->knowlm && m->dtype != 8)
        return weir_err_set(err, WEIR_EUSAGE,
                            "KnowLM's format holds ids up to 65535, not up to %" PRIu64, m->max_id);
    return 0;
}

/* The options that decide the bytes; -j, -m, -T and names do not. */
static void put_command(const struct indexer *x, struct weir_buf *b)
{
    const struct weir_indexer_opt *o = x->opt;
    weir_buf_addf(b, "\"weir indexer --unit %s",
                  o->unit == WEIR_UNIT_DOCUMENT ? "document" : "chunk");
    if (o->compat)
        weir_buf_adds(b, " --compat knowlm");
    else if (x->w.m.knowlm)
        weir_buf_adds(b, " --format knowlm");
    if (o->pad >= 0)
        weir_buf_addf(b, " --pad %" PRId64 " -n %" PRIu64, o->pad, x->length);
    if (o->eod >= 0)
        weir_buf_addf(b, " --eod %" PRId64, o->eod);
    weir_buf_addc(b, '"');
}

static int set_up(struct indexer *x, struct weir_err *err)
{
    const struct weir_indexer_opt *o = x->opt;
    struct index_manifest *m = &x->w.m;
    int rc = check_options(x, err);
    if (rc)
        return rc;
    m->knowlm = o->compat || o->format == WEIR_FORMAT_KNOWLM;
    x->w.with_kinds = m->knowlm;
    rc = choose_dtype(x, err);
    if (rc)
        return rc;
    x->length = o->pad < 0 ? 0 : o->length ? (uint64_t)o->length : x->h.max_tokens;
    m->unit = o->unit;
    m->max_tokens = o->unit == WEIR_UNIT_CHUNK ? (int64_t)x->h.max_tokens : -1;
    m->pad = o->pad;
    m->eod = o->eod;
    m->vocab_size = x->h.vocab_size;
    for (size_t i = 0; i < 32; i++)
        snprintf(m->tokenizer + 2 * i, 3, "%02x", x->h.sha256[i]);
    put_command(x, &m->commands);
    rc = weir_buf_check(&m->commands, err);
    return rc ? rc : index_writer_open(&x->w, x->job, 1, err);
}

static int run_stream(struct indexer *x, struct weir_err *err)
{
    const struct weir_stage stage = {
        .ctx = x,
        .next = next,
        .work = work,
        .commit = commit,
        .fixed_memory = FIXED_MEMORY,
        .no_newline = 1,
        .raw_rejects = 1,
    };
    struct weir_job *job = x->job;
    job->out = x->w.bin;
    x->w.bin = NULL;
    int rc = weir_stage_run(&stage, job, err);
    x->w.bin = job->out;
    job->out = NULL;
    if (!rc)
        rc = index_writer_finish(&x->w, err);
    weir_buf_addf(&job->extra,
                  ",\"sequences\":%" PRIu64 ",\"documents\":%" PRIu64 ",\"pad_tokens\":%" PRIu64
                  ",\"eod_tokens\":%" PRIu64,
                  x->w.m.n_seqs, x->w.m.n_docs, x->n_pads, x->n_eods);
    return rc;
}

int weir_indexer_run(const struct weir_indexer_opt *opt, struct weir_job *job, struct weir_err *err)
{
    struct indexer x = {.opt = opt, .job = job};
    weir_inputs *inputs = weir_inputs_open(job, err);
    x.reader = inputs ? weir_tok_reader_open(inputs, job->max_record, &x.h, err) : NULL;
    int rc = x.reader ? set_up(&x, err) : err->code;
    if (!rc) {
        weir_job_use_inputs(job, inputs);
        rc = run_stream(&x, err);
        job->tally.framing += weir_tok_reader_tail(x.reader);
    }
    weir_tok_reader_close(x.reader);
    weir_inputs_close(inputs);
    index_writer_free(&x.w);
    weir_buf_free(&x.lengths);
    return weir_job_close_output(job, rc, err);
}
