/* A dump is a header, pages, and </mediawiki>; several may follow each other in one input.  Angle
 * brackets in text are escaped, so a search for the tags frames the pages; what is inside is looked
 * at later, in parallel.  An input that ends before </mediawiki> is half a file, an error. */
#include "ingest/wiki_frame.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK      (256u << 10)
#define HEAD       256        // bytes kept of a record that is too long
#define HEADER_MAX (1u << 20) // bytes before the first page
#define SITES_MAX  4096       // different headers in one run

struct frame {
    struct ingest *in;
    weir_io *io; // the input at hand, NULL between inputs
    const char *name;
    int eof;
    enum { HEADER, BODY } state;
    int n_dumps;         // in this input
    struct weir_buf buf; // input bytes, from offset base on
    uint64_t base;
    size_t at;              // buf.p[at]: first byte not given out
    uint64_t line;          // its line, from 1
    uint64_t framing;       // bytes since the last record that belong to none
    struct weir_buf header; // of the last site
    struct wiki_site **site;
    size_t n_site, cap_site;
};

int wiki_frame_open(struct ingest *in, void **reader, struct weir_err *err)
{
    struct frame *f = weir_calloc(1, sizeof *f);
    if (!f)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    f->in = in;
    *reader = f;
    return 0;
}

void wiki_frame_close(void *reader)
{
    struct frame *f = reader;
    if (!f)
        return;
    for (size_t i = 0; i < f->n_site; i++) {
        wiki_site_free(f->site[i]);
        free(f->site[i]);
    }
    free(f->site);
    weir_buf_free(&f->header);
    weir_buf_free(&f->buf);
    free(f);
}

uint64_t wiki_frame_tail(void *reader)
{
    return ((struct frame *)reader)->framing;
}

static int bad_input(const struct frame *f, struct weir_err *err, const char *why)
{
    return weir_err_set(err, WEIR_EBAD, "%s:%llu: %s", f->name, (unsigned long long)f->line, why);
}

/* Reads more; everything from at on stays, and moves to the front. */
static int fill(struct frame *f, struct weir_err *err)
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

static uint64_t count_lines(const char *p, size_t n)
{
    uint64_t lines = 0;
    for (size_t i = 0; i < n; i++)
        lines += p[i] == '\n';
    return lines;
}

static void advance(struct frame *f, size_t end)
{
    f->line += count_lines(f->buf.p + f->at, end - f->at);
    f->at = end;
}

/* Bytes up to end belong to no record. */
static void skip_to(struct frame *f, size_t end)
{
    f->framing += end - f->at;
    advance(f, end);
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
        if (fill(f, err) < 0)
            return err->code;
    }
}

/* Finds mark behind at, reading on as needed: 1 with *end behind the mark, 0 when the input ends or
 * holds limit bytes without it. */
static int find(struct frame *f, const char *mark, uint64_t limit, size_t *end,
                struct weir_err *err)
{
    const size_t k = strlen(mark);
    size_t seen = 0;
    *end = 0;
    for (;;) {
        const size_t n = f->buf.n - f->at;
        const char *hit = n > seen ? memmem(f->buf.p + f->at + seen, n - seen, mark, k) : NULL;
        if (hit) {
            *end = (size_t)(hit - f->buf.p) + k;
            return 1;
        }
        if (f->eof || n > limit)
            return 0;
        seen = n > k ? n - k : 0;
        if (fill(f, err) < 0)
            return err->code;
    }
}

static int starts_with(const struct frame *f, const char *s)
{
    const size_t k = strlen(s);
    return f->buf.n - f->at >= k && !memcmp(f->buf.p + f->at, s, k);
}

/* ---- the header ---- */

static int add_site(struct frame *f, struct weir_span header, struct weir_err *err)
{
    if (f->n_site && header.n == f->header.n && !memcmp(header.p, f->header.p, header.n))
        return 0;
    if (f->n_site == SITES_MAX)
        return bad_input(f, err, "too many dumps with different headers");
    if (weir_grow(&f->site, &f->cap_site, f->n_site + 1, sizeof *f->site) < 0)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    struct wiki_site *site = weir_calloc(1, sizeof *site);
    if (!site)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    const int rc = wiki_site_parse(site, header, err);
    if (rc < 0) {
        free(site);
        weir_err_prefix(err, "%s", f->name);
        return rc;
    }
    f->site[f->n_site++] = site;
    f->header.n = 0;
    weir_buf_add(&f->header, header.p, header.n);
    return weir_buf_check(&f->header, err);
}

/* The first of the two tags that end a header in what is read: its place, or SIZE_MAX. */
static size_t header_end(const struct frame *f)
{
    const char *p = f->buf.p + f->at;
    const size_t n = f->buf.n - f->at;
    const char *end = n ? memmem(p, n, "</mediawiki", 11) : NULL;
    const char *page = n ? memmem(p, end ? (size_t)(end - p) : n, "<page", 5) : NULL;
    const char *first = page ? page : end;
    return first ? (size_t)(first - f->buf.p) : SIZE_MAX;
}

static int read_header(struct frame *f, struct weir_err *err)
{
    size_t end;
    while ((end = header_end(f)) == SIZE_MAX && !f->eof && f->buf.n - f->at < HEADER_MAX)
        if (fill(f, err) < 0)
            return err->code;
    const size_t stop = end == SIZE_MAX ? f->buf.n : end;
    const int rc = add_site(f, weir_span(f->buf.p + f->at, stop - f->at), err);
    if (rc < 0)
        return rc;
    if (end == SIZE_MAX)
        return bad_input(f, err,
                         f->eof ? "ends before the first page: half a file?"
                                : "no <page> in the first MiB");
    skip_to(f, end);
    f->state = BODY;
    f->n_dumps++;
    return 0;
}

/* ---- pages ---- */

/* Gives out a page that begins at the present line; p[0..n) is all of it, or its beginning. */
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
    r->user[0] = (uint64_t)(uintptr_t)f->site[f->n_site - 1];
    f->framing = 0;
    if (length > max)
        weir_rec_bad(b, r, "too-long", "%llu bytes; at most %llu are accepted",
                     (unsigned long long)length, (unsigned long long)max);
    return 1;
}

static int ends_inside(const struct frame *f, uint64_t line, struct weir_err *err)
{
    return weir_err_set(err, WEIR_EBAD,
                        "%s:%llu: ends inside the page that begins here: half a file?", f->name,
                        (unsigned long long)line);
}

/* A page longer than allowed whose end is not in what is read: it is searched without keeping
 * more. */
static int pass_over(struct frame *f, struct weir_batch *b, struct weir_err *err)
{
    const uint64_t start = f->base + f->at, line = f->line;
    char head[HEAD];
    const size_t n_head = f->buf.n - f->at < HEAD ? f->buf.n - f->at : HEAD;
    memcpy(head, f->buf.p + f->at, n_head);
    size_t end = 0;
    for (int found = 0; !found;) {
        const size_t keep = sizeof "</page>" - 2; // the tag may be cut in two
        if (f->buf.n - f->at > keep)
            advance(f, f->buf.n - keep);
        found = find(f, "</page>", CHUNK, &end, err);
        if (found < 0)
            return found;
        if (!found && f->eof)
            return ends_inside(f, line, err);
    }
    advance(f, end);
    const uint64_t behind = f->line;
    f->line = line;
    const int rc = give(f, b, head, n_head, start, f->base + f->at - start, err);
    f->line = behind;
    return rc;
}

static int take_page(struct frame *f, struct weir_batch *b, struct weir_err *err)
{
    size_t end;
    int rc = find(f, "</page>", f->in->job->max_record, &end, err);
    if (rc < 0)
        return rc;
    if (!rc)
        return f->eof ? ends_inside(f, f->line, err) : pass_over(f, b, err);
    const size_t n = end - f->at;
    rc = give(f, b, f->buf.p + f->at, n, f->base + f->at, n, err);
    advance(f, end);
    return rc;
}

/* Skips to behind mark; the input must hold it. */
static int skip_past(struct frame *f, const char *mark, struct weir_err *err)
{
    size_t end;
    const int rc = find(f, mark, HEADER_MAX, &end, err);
    if (rc > 0)
        skip_to(f, end);
    return rc < 0 ? rc : rc ? 0 : bad_input(f, err, "ends inside a tag or comment");
}

/* What stands between pages: 1 after a page was given, 0 to look again. */
static int body(struct frame *f, struct weir_batch *b, struct weir_err *err)
{
    int rc = skip_blank(f, err);
    if (rc < 0)
        return rc;
    while (f->buf.n - f->at < 16 && !f->eof)
        if (fill(f, err) < 0)
            return err->code;
    if (!rc)
        return bad_input(f, err, "ends without </mediawiki>: half a file?");
    if (starts_with(f, "<page>") || (starts_with(f, "<page") && is_blank(f->buf.p[f->at + 5])))
        return take_page(f, b, err);
    if (starts_with(f, "<!--"))
        return skip_past(f, "-->", err);
    if (!starts_with(f, "</mediawiki"))
        return bad_input(f, err, "neither <page> nor </mediawiki> where one of them must stand");
    rc = skip_past(f, ">", err);
    f->state = HEADER;
    return rc;
}

/* ---- inputs ---- */

static int begin(struct frame *f, struct weir_err *err)
{
    f->io = weir_inputs_stream(f->in->inputs, err);
    if (!f->io)
        return err->code;
    f->name = weir_inputs_name(f->in->inputs);
    f->buf.n = f->at = 0;
    f->base = 0;
    f->line = 1;
    f->eof = f->n_dumps = 0;
    f->state = HEADER;
    return fill(f, err) < 0 ? err->code : 1;
}

static int end_input(struct frame *f, struct weir_err *err)
{
    f->io = NULL;
    return weir_inputs_next(f->in->inputs, err);
}

int wiki_frame_next(void *reader, struct weir_batch *b, struct weir_err *err)
{
    struct frame *f = reader;
    for (;;) {
        int rc = f->io ? 1 : begin(f, err);
        if (rc <= 0)
            return rc;
        if (f->state == BODY) {
            rc = body(f, b, err);
            if (rc)
                return rc;
            continue;
        }
        rc = skip_blank(f, err);
        if (rc < 0)
            return rc;
        if (rc || !f->n_dumps)
            rc = read_header(f, err);
        else
            rc = end_input(f, err);
        if (rc < 0)
            return rc;
    }
}
