#include "ingest/frame.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/ingest_out.h"
#include "ingest/window.h"
#include "weir/utf8.h"

#define SEEN (64u << 10) // bytes that decide an input's form

struct frame {
    struct ingest *in;
    unsigned forms;
    enum ingest_form form;
    struct ingest_window w;
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
    weir_buf_free(&f->w.buf);
    free(f);
}

uint64_t ingest_frame_tail(void *reader)
{
    return ((struct frame *)reader)->w.framing;
}

/* ---- the beginning of an input ---- */

/* Text whose double bytes hide brackets and quotes? */
static int is_two_byte(const struct frame *f)
{
    const struct weir_span head = weir_span(f->w.buf.p + f->w.at, f->w.buf.n - f->w.at);
    int e = f->in->opt->encoding;
    if (e == WEIR_ENC_AUTO && weir_utf8_valid(head.p, head.n) + 4 < head.n)
        e = ingest_guess_encoding(head);
    return e == WEIR_ENC_GB18030 || e == WEIR_ENC_BIG5;
}

static unsigned recognise(const char *p, size_t n, size_t i)
{
    while (i < n && ingest_is_blank(p[i]))
        i++;
    if (i == n)
        return 0;
    if (p[i] == '[')
        return INGEST_ARRAY;
    if (n - i >= 5 && !memcmp(p + i, "<doc ", 5))
        return INGEST_DOCS;
    if (p[i++] != '{')
        return 0;
    while (i < n && ingest_is_blank(p[i]))
        i++;
    return i < n && (p[i] == '"' || p[i] == '}') ? INGEST_LINES : 0;
}

/* Opens the next input and decides its form.  1, 0 behind the last input, negative on error. */
static int begin(struct frame *f, struct weir_err *err)
{
    weir_io *io = weir_inputs_stream(f->in->inputs, err);
    if (!io)
        return err->code;
    ingest_window_start(&f->w, io, weir_inputs_name(f->in->inputs));
    f->array = OUTSIDE;
    while (!f->w.eof && f->w.buf.n < SEEN) {
        const int rc = ingest_window_fill(&f->w, err);
        if (rc)
            return rc;
    }
    const size_t mark = f->w.buf.n >= 3 && !memcmp(f->w.buf.p, "\xEF\xBB\xBF", 3) ? 3 : 0;
    const unsigned form = recognise(f->w.buf.p, f->w.buf.n, mark);
    f->form = (enum ingest_form)(form & f->forms);
    if (!f->form)
        f->form = f->forms & INGEST_WHOLE ? INGEST_WHOLE : INGEST_LINES;
    if (f->form != INGEST_WHOLE)
        ingest_window_skip(&f->w, mark);
    memset(&f->scan, 0, sizeof f->scan);
    f->scan.two_byte = f->form == INGEST_ARRAY && is_two_byte(f);
    return 1;
}

static int end_input(struct frame *f, struct weir_err *err)
{
    f->w.io = NULL;
    return weir_inputs_next(f->in->inputs, err);
}

/* ---- up to the first byte of a record: 1, 0 when the input holds no more, negative ---- */

static int seek_element(struct frame *f, struct weir_err *err)
{
    for (;;) {
        const int rc = ingest_window_skip_blank(&f->w, err);
        if (rc < 0)
            return rc;
        if (!rc)
            return f->array == OUTSIDE ? 0
                                       : ingest_window_bad(&f->w, err, "ends inside a JSON array");
        const char c = f->w.buf.p[f->w.at];
        if (f->array == OUTSIDE && c != '[')
            return ingest_window_bad(&f->w, err, "something stands behind the JSON array");
        if (f->array == SEPARATOR && c != ',' && c != ']')
            return ingest_window_bad(&f->w, err, "no comma between two elements of the JSON array");
        if (c == ']' && f->array != NEXT && f->array != OUTSIDE)
            f->array = OUTSIDE;
        else if (f->array == OUTSIDE)
            f->array = FIRST;
        else if (f->array == SEPARATOR)
            f->array = NEXT;
        else if (c == ',' || c == ']' || c == '}')
            return ingest_window_bad(&f->w, err, "an element of the JSON array is missing");
        else
            return 1;
        ingest_window_skip(&f->w, f->w.at + 1);
    }
}

static int seek_doc(struct frame *f, struct weir_err *err)
{
    const int rc = ingest_window_skip_blank(&f->w, err);
    if (rc <= 0)
        return rc;
    while (f->w.buf.n - f->w.at < 5 && !f->w.eof)
        if (ingest_window_fill(&f->w, err))
            return err->code;
    if (f->w.buf.n - f->w.at < 5 || memcmp(f->w.buf.p + f->w.at, "<doc ", 5))
        return ingest_window_bad(&f->w, err, "\"<doc \" expected");
    return 1;
}

static int seek(struct frame *f, struct weir_err *err)
{
    if (f->form == INGEST_ARRAY)
        return seek_element(f, err);
    if (f->form == INGEST_DOCS)
        return seek_doc(f, err);
    if (f->form == INGEST_LINES)
        return ingest_window_skip_blank(&f->w, err);
    return f->w.buf.n > f->w.at;
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
    const char *p = f->w.buf.p;
    const size_t n = f->w.buf.n;
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
        return ingest_window_bad(&f->w, err,
                                 "ends inside a JSON array, in the element that begins here");
    if (f->form == INGEST_DOCS)
        return ingest_window_bad(&f->w, err,
                                 "\"</doc>\" is missing for the block that begins here");
    return 0;
}

static int give(struct frame *f, struct weir_batch *b, const char *p, size_t n, uint64_t offset,
                uint64_t length, struct weir_err *err)
{
    return ingest_window_give(&f->w, f->in, b, p, n, offset, length, f->form, err);
}

/* A record longer than allowed, looked at up to i: its end is searched without keeping it. */
static int pass_over(struct frame *f, struct weir_batch *b, size_t i, struct weir_err *err)
{
    const uint64_t start = f->w.base + f->w.at, line = f->w.line;
    const size_t n_head = i - f->w.at < INGEST_HEAD ? i - f->w.at : INGEST_HEAD;
    char head[INGEST_HEAD];
    memcpy(head, f->w.buf.p + f->w.at, n_head);
    for (int found = 0; !found;) {
        ingest_window_advance(&f->w, i);
        int rc = ingest_window_fill(&f->w, err);
        if (rc)
            return rc;
        i = f->w.at;
        found = find_end(f, &i);
        if (f->w.eof && !found) {
            if ((rc = ends_inside(f, err)))
                return rc;
            i = f->w.buf.n;
            found = 1;
        }
    }
    const uint64_t end = f->w.base + i,
                   line_behind = f->w.line + ingest_count_lines(f->w.buf.p + f->w.at, i - f->w.at);
    f->w.at = i;
    f->w.line = line;
    const int rc = give(f, b, head, n_head, start, end - start, err);
    f->w.line = line_behind;
    return rc;
}

/* Length of the record in p[0..n): white space at its end is framing. */
static size_t record_length(const struct frame *f, const char *p, size_t n)
{
    if (f->form == INGEST_LINES || f->form == INGEST_ARRAY)
        while (n && ingest_is_blank(p[n - 1]))
            n--;
    return n;
}

static int take(struct frame *f, struct weir_batch *b, struct weir_err *err)
{
    size_t i = f->w.at;
    f->scan.depth = 0;
    f->scan.in_string = 0;
    f->array = SEPARATOR;
    while (!find_end(f, &i)) {
        if (f->w.eof) {
            const int rc = ends_inside(f, err);
            if (rc)
                return rc;
            i = f->w.buf.n;
            break;
        }
        if (i - f->w.at > f->in->keep)
            return pass_over(f, b, i, err);
        const size_t done = i - f->w.at;
        const int rc = ingest_window_fill(&f->w, err);
        if (rc)
            return rc;
        i = f->w.at + done;
    }
    const size_t n = record_length(f, f->w.buf.p + f->w.at, i - f->w.at);
    const int rc = give(f, b, f->w.buf.p + f->w.at, n, f->w.base + f->w.at, n, err);
    ingest_window_advance(&f->w, f->w.at + n);
    return rc;
}

int ingest_frame_next(void *reader, struct weir_batch *b, struct weir_err *err)
{
    struct frame *f = reader;
    for (;;) {
        int rc = f->w.io ? 1 : begin(f, err);
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
