#include "tokens_frame.h"

#include <stdlib.h>

struct weir_tok_reader {
    weir_inputs *in;
    uint64_t max_record;
    struct weir_tok_header h;
    char header[TOK_HEADER]; // the first one; all others must equal it
    int have_header;
    int inside;          // between a header and its end marker
    uint64_t n_in_input; // streams begun in the current input
    uint64_t framing;    // bytes since the last record
    struct weir_tok_sum *sum;
};

static int truncated(weir_inputs *in, struct weir_err *err)
{
    return weir_err_set(err, WEIR_EBAD, "%s: token stream ends without its end marker",
                        weir_inputs_name(in));
}

/* 1: inside a stream now; 0: the input ended cleanly before one. */
static int begin_stream(weir_tok_reader *r, weir_io *io, struct weir_err *err)
{
    char p[TOK_HEADER];
    int got = weir_io_read_all(io, p, 8, err);
    if (got < 0)
        return got;
    if (!got && r->n_in_input)
        return 0;
    if (!got)
        return weir_err_set(err, WEIR_EBAD, "%s: empty, not a token stream",
                            weir_inputs_name(r->in));
    if (memcmp(p, tok_magic, 8)) {
        tok_get_header(p, &r->h, err);
        weir_err_prefix(err, "%s", weir_inputs_name(r->in));
        return WEIR_EBAD;
    }
    got = weir_io_read_all(io, p + 8, TOK_HEADER - 8, err);
    if (got < 0)
        return got;
    if (!got)
        return truncated(r->in, err);
    if (r->have_header && memcmp(p, r->header, TOK_HEADER))
        return weir_err_set(
            err, WEIR_EBAD,
            "%s: made with another tokenizer or other options than the input before",
            weir_inputs_name(r->in));
    if (!r->have_header && tok_get_header(p, &r->h, err)) {
        weir_err_prefix(err, "%s", weir_inputs_name(r->in));
        return WEIR_EBAD;
    }
    memcpy(r->header, p, TOK_HEADER);
    r->have_header = r->inside = 1;
    r->n_in_input++;
    r->framing += TOK_HEADER;
    return tok_sum_reset(r->sum) ? weir_err_set(err, WEIR_EFAIL, "no checksum state") : 1;
}

static int end_stream(weir_tok_reader *r, weir_io *io, const char mark[TOK_MARK],
                      struct weir_err *err)
{
    char want[TOK_END], got[TOK_END];
    memcpy(got, mark, TOK_MARK);
    const int rc = weir_io_read_all(io, got + TOK_MARK, TOK_END - TOK_MARK, err);
    if (rc < 0)
        return rc;
    if (!rc)
        return truncated(r->in, err);
    tok_make_end(want, r->sum);
    if (memcmp(got, want, TOK_END - 8))
        return weir_err_set(err, WEIR_EBAD, "%s: damaged token stream: totals differ",
                            weir_inputs_name(r->in));
    if (memcmp(got, want, TOK_END))
        return weir_err_set(err, WEIR_EBAD, "%s: damaged token stream: checksum differs",
                            weir_inputs_name(r->in));
    r->inside = 0;
    r->framing += TOK_END;
    return 0;
}

/* Reads n bytes of a frame to p, or past them when p is NULL. */
static int read_frame(weir_tok_reader *r, weir_io *io, char *p, uint64_t n, struct weir_err *err)
{
    char skipped[16384];
    while (n) {
        const size_t part = p || n < sizeof skipped ? (size_t)n : sizeof skipped;
        // cppcheck-suppress legacyUninitvar; it is where bytes are read to
        char *to = p ? p : skipped;
        const int rc = weir_io_read_all(io, to, part, err);
        if (rc < 0)
            return rc;
        if (!rc)
            return truncated(r->in, err);
        tok_sum_bytes(r->sum, to, part);
        n -= part;
    }
    return 0;
}

static int add_frame(weir_tok_reader *r, weir_io *io, const char mark[TOK_MARK],
                     struct weir_batch *b, struct weir_err *err)
{
    char head[TOK_FRAME_HEAD];
    const uint64_t offset = weir_io_offset(io) - TOK_MARK, n = tok_get64(mark, 8);
    if (memcmp(mark, "DOC", 4) || n < TOK_FRAME_HEAD || n % 8)
        return weir_err_set(err, WEIR_EBAD, "%s: byte %llu: damaged token stream: no frame here",
                            weir_inputs_name(r->in), (unsigned long long)offset);
    memcpy(head, mark, TOK_MARK);
    tok_sum_bytes(r->sum, head, TOK_MARK);
    int rc = read_frame(r, io, head + TOK_MARK, TOK_FRAME_HEAD - TOK_MARK, err);
    if (rc)
        return rc;
    tok_sum_counts(r->sum, head);
    const int fits = n <= r->max_record;
    struct weir_rec *rec = weir_batch_add(b, NULL, fits ? (size_t)n : TOK_FRAME_HEAD);
    if (!rec)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    rec->file = weir_inputs_name(r->in);
    rec->offset = offset;
    rec->length = n;
    rec->framing = r->framing;
    rec->n_tokens_in = tok_get32(head, 16);
    r->framing = 0;
    char *to = b->raw.p + rec->raw_at;
    memcpy(to, head, TOK_FRAME_HEAD);
    rc = read_frame(r, io, fits ? to + TOK_FRAME_HEAD : NULL, n - TOK_FRAME_HEAD, err);
    if (!rc && !fits)
        weir_rec_bad(b, rec, "too-long", "frame of %llu bytes", (unsigned long long)n);
    return rc ? rc : 1;
}

int weir_tok_reader_next(void *reader, struct weir_batch *b, struct weir_err *err)
{
    weir_tok_reader *r = reader;
    for (;;) {
        weir_io *io = weir_inputs_stream(r->in, err);
        if (!io)
            return err->code;
        int rc;
        if (!r->inside) {
            rc = begin_stream(r, io, err);
            if (rc < 0)
                return rc;
            if (!rc) {
                r->n_in_input = 0;
                rc = weir_inputs_next(r->in, err);
                if (rc)
                    return rc;
                continue;
            }
        }
        char mark[TOK_MARK];
        rc = weir_io_read_all(io, mark, TOK_MARK, err);
        if (rc < 0)
            return rc;
        if (!rc)
            return truncated(r->in, err);
        if (memcmp(mark, "END", 4))
            return add_frame(r, io, mark, b, err);
        rc = end_stream(r, io, mark, err);
        if (rc)
            return rc;
    }
}

weir_tok_reader *weir_tok_reader_open(weir_inputs *in, uint64_t max_record,
                                      struct weir_tok_header *h, struct weir_err *err)
{
    weir_tok_reader *r = weir_calloc(1, sizeof *r);
    if (r)
        r->sum = weir_tok_sum_new();
    if (!r || !r->sum) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        goto fail;
    }
    r->in = in;
    r->max_record = max_record;
    weir_io *io = weir_inputs_stream(in, err);
    if (!io) {
        weir_err_set(err, WEIR_EBAD, "no input");
        goto fail;
    }
    if (begin_stream(r, io, err) < 0)
        goto fail;
    *h = r->h;
    return r;
fail:
    weir_tok_reader_close(r);
    return NULL;
}

uint64_t weir_tok_reader_tail(const weir_tok_reader *r)
{
    return r->framing;
}

void weir_tok_reader_close(weir_tok_reader *r)
{
    if (r)
        weir_tok_sum_free(r->sum);
    free(r);
}
