#include "kg2instruction/ie_frame.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK ((size_t)256 << 10)
#define HEAD  256 // bytes kept of a record that is too long

struct ie_frame {
    struct weir_job *job;
    weir_inputs *in;
    enum ie_form form;
    uint64_t keep; // longest record that fits
    const struct weir_stage *stage;

    weir_io *io; // the input at hand, NULL between inputs
    const char *name;
    int eof;
    struct weir_buf buf;
    size_t at;        // first byte not given out
    uint64_t base;    // offset of buf.p[0] in the input
    uint64_t line;    // of buf.p[at], from 1
    uint64_t framing; // bytes since the last record that belong to none

    int by_line; // an object a line
    int level;   // 0 outside, 1 in the object of names, 2 in an array of records
    int outer;   // the level outside the array
    int expect;  // in an array: EITHER, VALUE behind a comma, COMMA behind a value
    struct weir_buf label;
};

enum { EITHER, VALUE, COMMA };

struct scan {       // of one record
    size_t i, gone; // gone: bytes that were taken from the buffer already
    int depth, in_string, escaped;
    size_t line_at; // blocks: where the line at hand begins
    int has_text;   // and that it is not blank, though it is gone
    uint64_t n_lines;
    char head[HEAD];
    size_t n_head;
};

ie_frame *ie_frame_open(struct weir_job *job, weir_inputs *in, enum ie_form form,
                        const struct weir_stage *stage, struct weir_err *err)
{
    ie_frame *f = weir_calloc(1, sizeof *f);
    if (!f) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    const uint64_t largest = weir_stage_largest(stage, job);
    *f = (ie_frame){.job = job, .in = in, .form = form, .stage = stage};
    f->keep = largest < job->max_record ? largest : job->max_record;
    return f;
}

void ie_frame_close(ie_frame *f)
{
    if (!f)
        return;
    weir_buf_free(&f->buf);
    weir_buf_free(&f->label);
    free(f);
}

uint64_t ie_frame_tail(const ie_frame *f)
{
    return f->framing;
}

static int bad(const ie_frame *f, struct weir_err *err, const char *why)
{
    return weir_err_set(err, WEIR_EBAD, "%s:%llu: %s", f->name, (unsigned long long)f->line, why);
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static int fill(ie_frame *f, struct weir_err *err)
{
    if (f->at) {
        f->buf.n -= f->at;
        memmove(f->buf.p, f->buf.p + f->at, f->buf.n);
        f->base += f->at;
        f->at = 0;
    }
    if (weir_buf_reserve(&f->buf, CHUNK))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    const ssize_t n = weir_io_read(f->io, f->buf.p + f->buf.n, CHUNK, err);
    if (n < 0)
        return (int)n;
    f->buf.n += (size_t)n;
    f->eof = n == 0;
    return 0;
}

static void count_lines(ie_frame *f, size_t to)
{
    for (const char *p = f->buf.p + f->at, *end = f->buf.p + to;
         p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++)
        f->line++;
}

/* Goes on to buf.p[to] over what belongs to no record. */
static void skip(ie_frame *f, size_t to)
{
    count_lines(f, to);
    f->framing += to - f->at;
    f->at = to;
}

/* 1: something stands at buf.p[at]; 0 at the end of the input. */
static int skip_blank(ie_frame *f, struct weir_err *err)
{
    for (;;) {
        size_t i = f->at;
        while (i < f->buf.n && is_blank(f->buf.p[i]))
            i++;
        skip(f, i);
        if (i < f->buf.n || f->eof)
            return i < f->buf.n;
        const int rc = fill(f, err);
        if (rc)
            return rc;
    }
}

/* ---- one record's end ---- */

/* 1 with s->i behind the JSON value that began before it, 0 when more input is needed. */
static int scan_value(struct scan *s, const char *p, size_t n)
{
    for (; s->i < n; s->i++) {
        const char c = p[s->i];
        if (s->in_string) {
            if (s->escaped)
                s->escaped = 0;
            else if (c == '\\')
                s->escaped = 1;
            else if (c == '"')
                s->in_string = 0;
        } else if (c == '"') {
            s->in_string = 1;
        } else if (c == '{' || c == '[') {
            s->depth++;
        } else if ((c == '}' || c == ']') && --s->depth <= 0) {
            s->i++;
            return 1;
        }
    }
    return 0;
}

static int scan_line(struct scan *s, const char *p, size_t n)
{
    const char *nl = s->i < n ? memchr(p + s->i, '\n', n - s->i) : NULL;
    s->i = nl ? (size_t)(nl - p) : n;
    return nl != NULL;
}

static int is_lines(const ie_frame *f)
{
    return f->form == IE_BLOCKS || f->form == IE_MARKED;
}

/* The block ends behind its last line's text: a blank line follows, a mark, or the end. */
static int scan_block(const ie_frame *f, struct scan *s, const char *p, size_t n)
{
    while (s->i < n) {
        const char *nl = memchr(p + s->i, '\n', n - s->i);
        if (!nl) {
            s->i = n;
            return 0;
        }
        const size_t end = (size_t)(nl - p);
        size_t k = s->has_text ? end : s->line_at;
        while (k < end && is_blank(p[k]))
            k++;
        const int marked = f->form == IE_MARKED && !s->has_text && s->n_lines &&
                           end - s->line_at >= 4 && !memcmp(p + s->line_at, "#doc", 4);
        if ((k == end && !s->has_text) || marked) { // never the first: a block begins with text
            s->i = s->line_at - 1;
            return 1;
        }
        s->has_text = 0;
        s->n_lines++;
        s->i = s->line_at = end + 1;
    }
    return 0;
}

static int scan_on(const ie_frame *f, struct scan *s)
{
    if (is_lines(f))
        return scan_block(f, s, f->buf.p, f->buf.n);
    return f->by_line && !f->level ? scan_line(s, f->buf.p, f->buf.n)
                                   : scan_value(s, f->buf.p, f->buf.n);
}

/* What a record holds beyond all limits goes; its beginning is kept for the rejects. */
static void let_go(ie_frame *f, struct scan *s)
{
    const size_t from = s->i - (is_lines(f) && s->i == s->line_at);
    if (!s->gone) {
        s->n_head = f->buf.n - f->at < HEAD ? f->buf.n - f->at : HEAD;
        memcpy(s->head, f->buf.p + f->at, s->n_head);
    }
    s->has_text |= from == s->i;
    s->gone += from - f->at;
    count_lines(f, from);
    f->at = from;
}

static int ended(const ie_frame *f, struct scan *s, struct weir_err *err)
{
    if (!is_lines(f))
        return f->by_line && !f->level ? 0 : bad(f, err, "ends inside the JSON value begun here");
    /* A last line without text, or without its end. */
    s->i = f->buf.n;
    while (s->i > f->at && is_blank(f->buf.p[s->i - 1]))
        s->i--;
    return 0;
}

static int give(ie_frame *f, struct weir_batch *b, const struct scan *s, uint64_t line,
                struct weir_err *err)
{
    const uint64_t length = s->gone + (s->i - f->at);
    const int too_long = length > f->job->max_record;
    const char *p = s->gone ? s->head : f->buf.p + f->at;
    size_t n = s->gone ? s->n_head : (size_t)length;
    if (length > f->keep && !too_long)
        return weir_stage_too_large(f->stage, f->name, length, err);
    if (too_long && n > HEAD)
        n = HEAD;
    struct weir_rec *r = weir_batch_add(b, p, n);
    if (!r)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    r->file = f->name;
    r->offset = f->base + f->at - s->gone;
    r->length = length;
    r->line = line;
    r->framing = f->framing;
    f->framing = 0;
    if (too_long)
        weir_rec_bad(b, r, "too-long", "longer than --max-record (%llu bytes)",
                     (unsigned long long)f->job->max_record);
    r->aux_at = b->aux.n;
    r->aux_n = f->level ? f->label.n : 0;
    weir_buf_add(&b->aux, f->label.p, r->aux_n);
    count_lines(f, s->i);
    f->at = s->i;
    return 1;
}

static int take_record(ie_frame *f, struct weir_batch *b, struct weir_err *err)
{
    struct scan s = {.i = f->at, .line_at = f->at};
    const uint64_t line = f->line;
    while (!scan_on(f, &s)) {
        if (f->eof) {
            if (ended(f, &s, err))
                return err->code;
            break;
        }
        if (s.gone + (s.i - f->at) > f->keep)
            let_go(f, &s);
        const size_t moved = f->at;
        if (fill(f, err))
            return err->code;
        s.i -= moved;
        s.line_at -= moved;
    }
    f->expect = COMMA;
    return give(f, b, &s, line, err);
}

/* ---- the next record's beginning ---- */

/* The name at buf.p[at], a quote, into label; then its colon. */
static int read_label(ie_frame *f, struct weir_err *err)
{
    size_t i = 1;
    for (;;) {
        while (f->at + i < f->buf.n && f->buf.p[f->at + i] != '"')
            i++;
        if (f->at + i < f->buf.n)
            break;
        if (f->eof || i > 4096)
            return bad(f, err, "a name of a relation has no end");
        if (fill(f, err))
            return err->code;
    }
    f->label.n = 0;
    weir_buf_add(&f->label, f->buf.p + f->at + 1, i - 1);
    skip(f, f->at + i + 1);
    const int rc = skip_blank(f, err);
    if (rc < 0)
        return rc;
    if (!rc || f->buf.p[f->at] != ':')
        return bad(f, err, "a name of a relation without its colon");
    skip(f, f->at + 1);
    return weir_buf_check(&f->label, err);
}

/* One step over what stands around records; 1 at a record, 0 to go on, negative on error. */
static int step(ie_frame *f, struct weir_err *err)
{
    const char c = f->buf.p[f->at];
    if (f->level < 2 && c == '[') {
        f->outer = f->level;
        f->level = 2;
        f->expect = EITHER;
    } else if (!f->level && c == '{' && f->form == IE_NAMED && !f->by_line) {
        f->level = 1;
        f->expect = EITHER;
    } else if (!f->level) {
        return 1;
    } else if (c == ',' && f->expect == COMMA) {
        f->expect = VALUE;
    } else if (c == (f->level == 1 ? '}' : ']') && f->expect != VALUE) {
        f->level = f->level == 1 ? 0 : f->outer;
        f->expect = COMMA;
    } else if (f->level == 1 && c == '"' && f->expect != COMMA) {
        return read_label(f, err);
    } else if (f->level == 2 && f->expect != COMMA && c != ',' && c != ']' && c != '}') {
        return 1;
    } else {
        return bad(f, err, "a comma too many or missing, or something else than an object");
    }
    skip(f, f->at + 1);
    return 0;
}

static int seek(ie_frame *f, struct weir_err *err)
{
    for (;;) {
        int rc = skip_blank(f, err);
        if (rc < 0)
            return rc;
        if (!rc)
            return f->level ? bad(f, err, "ends inside a JSON array") : 0;
        if (is_lines(f))
            return 1;
        rc = step(f, err);
        if (rc)
            return rc;
    }
}

/* {"name": [{ … ? */
static int starts_named(const char *p, size_t n)
{
    static const char marks[] = "{\"\":[{";
    size_t k = 0;
    for (size_t i = 0; i < n && k < sizeof marks - 1; i++) {
        const int in_name = k == 2 && p[i] != '"';
        if (in_name || (k != 2 && is_blank(p[i])))
            continue;
        if (p[i] != marks[k])
            return 0;
        k++;
    }
    return k == sizeof marks - 1;
}

/* An object a line?  Then a bad one harms no other. */
static int starts_by_line(ie_frame *f)
{
    struct scan s = {.i = f->at};
    while (s.i < f->buf.n && is_blank(f->buf.p[s.i]))
        s.i++;
    if (s.i == f->buf.n || f->buf.p[s.i] == '[')
        return 0;
    const size_t from = s.i;
    const char *nl = memchr(f->buf.p + from, '\n', f->buf.n - from);
    const size_t end = nl ? (size_t)(nl - f->buf.p) : f->buf.n;
    if (f->form == IE_NAMED && starts_named(f->buf.p + from, f->buf.n - from))
        return 0;
    s.i = from;
    return f->buf.p[from] != '{' || scan_value(&s, f->buf.p, end) || !nl;
}

static int start(ie_frame *f, struct weir_err *err)
{
    f->io = weir_inputs_stream(f->in, err);
    if (!f->io)
        return err->code;
    f->name = weir_inputs_name(f->in);
    f->eof = f->level = 0;
    f->at = f->buf.n = 0;
    f->base = 0;
    f->line = 1;
    while (!f->eof && f->buf.n < CHUNK)
        if (fill(f, err))
            return err->code;
    if (f->buf.n >= 3 && !memcmp(f->buf.p, "\xEF\xBB\xBF", 3))
        skip(f, 3);
    f->by_line = !is_lines(f) && starts_by_line(f);
    return 1;
}

int ie_frame_next(void *frame, struct weir_batch *b, struct weir_err *err)
{
    ie_frame *f = frame;
    for (;;) {
        int rc = f->io ? 1 : start(f, err);
        if (rc <= 0)
            return rc;
        rc = seek(f, err);
        if (rc)
            return rc < 0 ? rc : take_record(f, b, err);
        f->io = NULL;
        if (weir_inputs_next(f->in, err))
            return err->code;
    }
}
