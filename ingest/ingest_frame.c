#include "ingest/frame.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/ingest_out.h"
#include "weir/utf8.h"

#define CHUNK (256u << 10)
#define HEAD  256 // bytes kept of a record that is too long

struct frame {
    struct ingest *in;
    unsigned forms;
    weir_io *io;      // the input at hand, NULL between inputs
    const char *name; // its name
    enum ingest_form form;
    int eof;
    struct weir_buf buf; // input bytes, from offset base on
    uint64_t base;
    size_t at;        // buf.p[at]: first byte not given out
    uint64_t line;    // its line, from 1
    uint64_t framing; // bytes since the last record that belong to none
    struct ingest_json_scan scan;
    enum { OUTSIDE, FIRST, NEXT, SEPARATOR } array; // OUTSIDE: before "[", NEXT: behind a comma
};

int ingest_frame_open(struct ingest *in, unsigned forms, void **reader, struct weir_err *err)
{
    struct frame *f = weir_calloc(1, sizeof *f);
    if (!f)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    f->in = in;
    f->forms = forms;
    *reader = f;
    return 0;
}

void ingest_frame_close(void *reader)
{
    struct frame *f = reader;
    if (!f)
        return;
    weir_buf_free(&f->buf);
    free(f);
}

uint64_t ingest_frame_tail(void *reader)
{
    return ((struct frame *)reader)->framing;
}

static int bad_input(const struct frame *f, struct weir_err *err, const char *why)
{
    return weir_err_set(err, WEIR_EBAD, "%s:%llu: %s", f->name, (unsigned long long)f->line, why);
}

/* Drops the first n bytes of the buffer. */
static void forget(struct frame *f, size_t n)
{
    f->buf.n -= n;
    memmove(f->buf.p, f->buf.p + n, f->buf.n);
    f->base += n;
    f->at -= n;
}

/* Reads more; everything from at on stays.  Negative on error. */
static int fill(struct frame *f, struct weir_err *err)
{
    if (f->at)
        forget(f, f->at);
    if (weir_buf_reserve(&f->buf, CHUNK))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    const ssize_t n = weir_io_read(f->io, f->buf.p + f->buf.n, CHUNK, err);
    if (n < 0)
        return (int)n;
    f->buf.n += (size_t)n;
    f->eof = n == 0;
    return 0;
}

static size_t count_lines(const char *p, size_t n)
{
    size_t lines = 0;
    for (size_t i = 0; i < n; i++)
        lines += p[i] == '\n';
    return lines;
}

/* Goes on to end; returns the bytes gone over. */
static size_t advance(struct frame *f, size_t end)
{
    const size_t n = end - f->at;
    f->line += count_lines(f->buf.p + f->at, n);
    f->at = end;
    return n;
}

/* Bytes up to end belong to no record. */
static void skip_to(struct frame *f, size_t end)
{
    f->framing += advance(f, end);
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Skips white space; 1 when something stands behind it, 0 at the end of the input. */
static int skip_blank(struct frame *f, struct weir_err *err)
{
    for (;;) {
        size_t i = f->at;
        while (i < f->buf.n && is_blank(f->buf.p[i]))
            i++;
        skip_to(f, i);
        if (i < f->buf.n || f->eof)
            return i < f->buf.n;
        const int rc = fill(f, err);
        if (rc)
            return rc;
    }
}

/* ---- the beginning of an input ---- */

/* Text whose double bytes hide brackets and quotes? */
static int is_two_byte(const struct frame *f)
{
    const struct weir_span head = weir_span(f->buf.p + f->at, f->buf.n - f->at);
    int e = f->in->opt->encoding;
    if (e == WEIR_ENC_AUTO && weir_utf8_valid(head.p, head.n) + 4 < head.n)
        e = ingest_guess_encoding(head);
    return e == WEIR_ENC_GB18030 || e == WEIR_ENC_BIG5;
}

static unsigned recognise(const char *p, size_t n, size_t i)
{
    while (i < n && is_blank(p[i]))
        i++;
    if (i == n)
        return 0;
    if (p[i] == '[')
        return INGEST_ARRAY;
    if (n - i >= 5 && !memcmp(p + i, "<doc ", 5))
        return INGEST_DOCS;
    if (p[i++] != '{')
        return 0;
    while (i < n && is_blank(p[i]))
        i++;
    return i < n && (p[i] == '"' || p[i] == '}') ? INGEST_LINES : 0;
}

/* Opens the next input and decides its form.  1, 0 behind the last input, negative on error. */
static int begin(struct frame *f, struct weir_err *err)
{
    f->io = weir_inputs_stream(f->in->inputs, err);
    if (!f->io)
        return err->code;
    f->name = weir_inputs_name(f->in->inputs);
    f->buf.n = f->at = 0;
    f->base = 0;
    f->line = 1;
    f->eof = 0;
    f->array = OUTSIDE;
    while (!f->eof && f->buf.n < CHUNK / 4) {
        const int rc = fill(f, err);
        if (rc)
            return rc;
    }
    const size_t mark = f->buf.n >= 3 && !memcmp(f->buf.p, "\xEF\xBB\xBF", 3) ? 3 : 0;
    const unsigned form = recognise(f->buf.p, f->buf.n, mark);
    f->form = (enum ingest_form)(form & f->forms);
    if (!f->form)
        f->form = f->forms & INGEST_WHOLE ? INGEST_WHOLE : INGEST_LINES;
    if (f->form != INGEST_WHOLE)
        skip_to(f, mark);
    memset(&f->scan, 0, sizeof f->scan);
    f->scan.two_byte = f->form == INGEST_ARRAY && is_two_byte(f);
    return 1;
}

static int end_input(struct frame *f, struct weir_err *err)
{
    f->io = NULL;
    return weir_inputs_next(f->in->inputs, err);
}

/* ---- up to the first byte of a record: 1, 0 when the input holds no more, negative ---- */

static int seek_element(struct frame *f, struct weir_err *err)
{
    for (;;) {
        const int rc = skip_blank(f, err);
        if (rc < 0)
            return rc;
        if (!rc)
            return f->array == OUTSIDE ? 0 : bad_input(f, err, "ends inside a JSON array");
        const char c = f->buf.p[f->at];
        if (f->array == OUTSIDE && c != '[')
            return bad_input(f, err, "something stands behind the JSON array");
        if (f->array == SEPARATOR && c != ',' && c != ']')
            return bad_input(f, err, "no comma between two elements of the JSON array");
        if (c == ']' && f->array != NEXT && f->array != OUTSIDE)
            f->array = OUTSIDE;
        else if (f->array == OUTSIDE)
            f->array = FIRST;
        else if (f->array == SEPARATOR)
            f->array = NEXT;
        else if (c == ',' || c == ']' || c == '}')
            return bad_input(f, err, "an element of the JSON array is missing");
        else
            return 1;
        skip_to(f, f->at + 1);
    }
}

static int seek_doc(struct frame *f, struct weir_err *err)
{
    const int rc = skip_blank(f, err);
    if (rc <= 0)
        return rc;
    while (f->buf.n - f->at < 5 && !f->eof)
        if (fill(f, err))
            return err->code;
    if (f->buf.n - f->at < 5 || memcmp(f->buf.p + f->at, "<doc ", 5))
        return bad_input(f, err, "\"<doc \" expected");
    return 1;
}

static int seek(struct frame *f, struct weir_err *err)
{
    if (f->form == INGEST_ARRAY)
        return seek_element(f, err);
    if (f->form == INGEST_DOCS)
        return seek_doc(f, err);
    if (f->form == INGEST_LINES)
        return skip_blank(f, err);
    return f->buf.n > f->at;
}

/* ---- up to its end: 1 with *i behind it, 0 when more input is needed ---- */

static int find_doc_end(const char *p, size_t *i, size_t n)
{
    static const char mark[] = "\n</doc>";
    const char *hit = memmem(p + *i, n - *i, mark, sizeof mark - 1);
    if (hit) {
        *i = (size_t)(hit - p) + sizeof mark - 1;
        return 1;
    }
    if (n - *i >= sizeof mark)
        *i = n - sizeof mark + 1;
    return 0;
}

static int find_end(struct frame *f, size_t *i)
{
    const char *p = f->buf.p;
    const size_t n = f->buf.n;
    if (f->form == INGEST_ARRAY)
        return ingest_json_scan(&f->scan, p, i, n);
    if (f->form == INGEST_DOCS)
        return find_doc_end(p, i, n);
    const char *nl = f->form == INGEST_LINES ? memchr(p + *i, '\n', n - *i) : NULL;
    *i = nl ? (size_t)(nl - p) : n;
    return nl != NULL;
}

/* What the end of the input means inside a record. */
static int ends_inside(const struct frame *f, struct weir_err *err)
{
    if (f->form == INGEST_ARRAY)
        return bad_input(f, err, "ends inside a JSON array, in the element that begins here");
    if (f->form == INGEST_DOCS)
        return bad_input(f, err, "\"</doc>\" is missing for the block that begins here");
    return 0;
}

/* Gives out a record that begins at the present line. */
static int give(struct frame *f, struct weir_batch *b, const char *p, size_t n, uint64_t offset,
                uint64_t length, struct weir_err *err)
{
    const uint64_t max = f->in->job->max_record;
    if (length > max && n > HEAD)
        n = HEAD;
    struct weir_rec *r = weir_batch_add(b, p, n);
    if (!r)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    r->file = f->name;
    r->offset = offset;
    r->length = length;
    r->line = f->line;
    r->framing = f->framing;
    r->user[0] = f->form;
    f->framing = 0;
    if (length > max)
        ingest_too_long(f->in, b, r);
    return 1;
}

/* A record longer than allowed, looked at up to i: its end is searched without keeping it. */
static int pass_over(struct frame *f, struct weir_batch *b, size_t i, struct weir_err *err)
{
    const uint64_t start = f->base + f->at, line = f->line;
    const size_t n_head = i - f->at < HEAD ? i - f->at : HEAD;
    char head[HEAD];
    memcpy(head, f->buf.p + f->at, n_head);
    for (int found = 0; !found;) {
        advance(f, i);
        int rc = fill(f, err);
        if (rc)
            return rc;
        i = f->at;
        found = find_end(f, &i);
        if (f->eof && !found) {
            if ((rc = ends_inside(f, err)))
                return rc;
            i = f->buf.n;
            found = 1;
        }
    }
    const uint64_t end = f->base + i,
                   line_behind = f->line + count_lines(f->buf.p + f->at, i - f->at);
    f->at = i;
    f->line = line;
    const int rc = give(f, b, head, n_head, start, end - start, err);
    f->line = line_behind;
    return rc;
}

/* Length of the record in p[0..n): white space at its end is framing. */
static size_t record_length(const struct frame *f, const char *p, size_t n)
{
    if (f->form == INGEST_LINES || f->form == INGEST_ARRAY)
        while (n && is_blank(p[n - 1]))
            n--;
    return n;
}

static int take(struct frame *f, struct weir_batch *b, struct weir_err *err)
{
    size_t i = f->at;
    f->scan.depth = 0;
    f->scan.in_string = 0;
    f->array = SEPARATOR;
    while (!find_end(f, &i)) {
        if (f->eof) {
            const int rc = ends_inside(f, err);
            if (rc)
                return rc;
            i = f->buf.n;
            break;
        }
        if (i - f->at > f->in->job->max_record)
            return pass_over(f, b, i, err);
        const size_t done = i - f->at;
        const int rc = fill(f, err);
        if (rc)
            return rc;
        i = f->at + done;
    }
    const size_t n = record_length(f, f->buf.p + f->at, i - f->at);
    const int rc = give(f, b, f->buf.p + f->at, n, f->base + f->at, n, err);
    advance(f, f->at + n);
    return rc;
}

int ingest_frame_next(void *reader, struct weir_batch *b, struct weir_err *err)
{
    struct frame *f = reader;
    for (;;) {
        int rc = f->io ? 1 : begin(f, err);
        if (rc <= 0)
            return rc;
        rc = seek(f, err);
        if (rc < 0)
            return rc;
        if (rc)
            return take(f, b, err);
        if ((rc = end_input(f, err)))
            return rc;
    }
}
