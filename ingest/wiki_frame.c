/* A dump is a header, pages, and </mediawiki>; several may follow each other in one input.  Angle
 * brackets in text are escaped, so a search for the tags frames the pages; what is inside is looked
 * at later, in parallel.  An input that ends before </mediawiki> is half a file, an error. */
#include "ingest/wiki_frame.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/window.h"

#define PASS_BY    (256u << 10) // bytes of it looked at at a time
#define HEADER_MAX (1u << 20)   // bytes before the first page
#define SITES_MAX  4096         // different headers in one run

struct frame {
    struct ingest *in;
    enum { HEADER, BODY } state;
    int n_dumps; // in this input
    struct ingest_window w;
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
    weir_buf_free(&f->w.buf);
    free(f);
}

uint64_t wiki_frame_tail(void *reader)
{
    return ((struct frame *)reader)->w.framing;
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
        const size_t n = f->w.buf.n - f->w.at;
        const char *hit = n > seen ? memmem(f->w.buf.p + f->w.at + seen, n - seen, mark, k) : NULL;
        if (hit) {
            *end = (size_t)(hit - f->w.buf.p) + k;
            return 1;
        }
        if (f->w.eof || n > limit)
            return 0;
        seen = n > k ? n - k : 0;
        if (ingest_window_fill(&f->w, err) < 0)
            return err->code;
    }
}

static int starts_with(const struct frame *f, const char *s)
{
    const size_t k = strlen(s);
    return f->w.buf.n - f->w.at >= k && !memcmp(f->w.buf.p + f->w.at, s, k);
}

/* ---- the header ---- */

static int add_site(struct frame *f, struct weir_span header, struct weir_err *err)
{
    if (f->n_site && header.n == f->header.n && !memcmp(header.p, f->header.p, header.n))
        return 0;
    if (f->n_site == SITES_MAX)
        return ingest_window_bad(&f->w, err, "too many dumps with different headers");
    if (weir_grow(&f->site, &f->cap_site, f->n_site + 1, sizeof *f->site) < 0)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    struct wiki_site *site = weir_calloc(1, sizeof *site);
    if (!site)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    const int rc = wiki_site_parse(site, header, err);
    if (rc < 0) {
        free(site);
        weir_err_prefix(err, "%s", f->w.name);
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
    const char *p = f->w.buf.p + f->w.at;
    const size_t n = f->w.buf.n - f->w.at;
    const char *end = n ? memmem(p, n, "</mediawiki", 11) : NULL;
    const char *page = n ? memmem(p, end ? (size_t)(end - p) : n, "<page", 5) : NULL;
    const char *first = page ? page : end;
    return first ? (size_t)(first - f->w.buf.p) : SIZE_MAX;
}

static int read_header(struct frame *f, struct weir_err *err)
{
    size_t end;
    while ((end = header_end(f)) == SIZE_MAX && !f->w.eof && f->w.buf.n - f->w.at < HEADER_MAX)
        if (ingest_window_fill(&f->w, err) < 0)
            return err->code;
    const size_t stop = end == SIZE_MAX ? f->w.buf.n : end;
    const int rc = add_site(f, weir_span(f->w.buf.p + f->w.at, stop - f->w.at), err);
    if (rc < 0)
        return rc;
    if (end == SIZE_MAX)
        return ingest_window_bad(&f->w, err,
                                 f->w.eof ? "ends before the first page: half a file?"
                                          : "no <page> in the first MiB");
    ingest_window_skip(&f->w, end);
    f->state = BODY;
    f->n_dumps++;
    return 0;
}

/* ---- pages ---- */

/* Gives out a page; p[0..n) is all of it, or its beginning. */
static int give(struct frame *f, struct weir_batch *b, const char *p, size_t n, uint64_t offset,
                uint64_t length, struct weir_err *err)
{
    const uint64_t site = (uint64_t)(uintptr_t)f->site[f->n_site - 1];
    return ingest_window_give(&f->w, f->in, b, p, n, offset, length, site, err);
}

static int ends_inside(const struct frame *f, uint64_t line, struct weir_err *err)
{
    return weir_err_set(err, WEIR_EBAD,
                        "%s:%llu: ends inside the page that begins here: half a file?", f->w.name,
                        (unsigned long long)line);
}

/* A page longer than allowed whose end is not in what is read: it is searched without keeping
 * more. */
static int pass_over(struct frame *f, struct weir_batch *b, struct weir_err *err)
{
    const uint64_t start = f->w.base + f->w.at, line = f->w.line;
    char head[INGEST_HEAD];
    const size_t n_head = f->w.buf.n - f->w.at < INGEST_HEAD ? f->w.buf.n - f->w.at : INGEST_HEAD;
    memcpy(head, f->w.buf.p + f->w.at, n_head);
    size_t end = 0;
    for (int found = 0; !found;) {
        const size_t keep = sizeof "</page>" - 2; // the tag may be cut in two
        if (f->w.buf.n - f->w.at > keep)
            ingest_window_advance(&f->w, f->w.buf.n - keep);
        found = find(f, "</page>", PASS_BY, &end, err);
        if (found < 0)
            return found;
        if (!found && f->w.eof)
            return ends_inside(f, line, err);
    }
    ingest_window_advance(&f->w, end);
    const uint64_t behind = f->w.line;
    f->w.line = line;
    const int rc = give(f, b, head, n_head, start, f->w.base + f->w.at - start, err);
    f->w.line = behind;
    return rc;
}

static int take_page(struct frame *f, struct weir_batch *b, struct weir_err *err)
{
    size_t end;
    int rc = find(f, "</page>", f->in->keep, &end, err);
    if (rc < 0)
        return rc;
    if (!rc)
        return f->w.eof ? ends_inside(f, f->w.line, err) : pass_over(f, b, err);
    const size_t n = end - f->w.at;
    rc = give(f, b, f->w.buf.p + f->w.at, n, f->w.base + f->w.at, n, err);
    ingest_window_advance(&f->w, end);
    return rc;
}

/* Skips to behind mark; the input must hold it. */
static int skip_past(struct frame *f, const char *mark, struct weir_err *err)
{
    size_t end;
    const int rc = find(f, mark, HEADER_MAX, &end, err);
    if (rc > 0)
        ingest_window_skip(&f->w, end);
    return rc < 0 ? rc : rc ? 0 : ingest_window_bad(&f->w, err, "ends inside a tag or comment");
}

/* What stands between pages: 1 after a page was given, 0 to look again. */
static int body(struct frame *f, struct weir_batch *b, struct weir_err *err)
{
    int rc = ingest_window_skip_blank(&f->w, err);
    if (rc < 0)
        return rc;
    while (f->w.buf.n - f->w.at < 16 && !f->w.eof)
        if (ingest_window_fill(&f->w, err) < 0)
            return err->code;
    if (!rc)
        return ingest_window_bad(&f->w, err, "ends without </mediawiki>: half a file?");
    if (starts_with(f, "<page>") ||
        (starts_with(f, "<page") && ingest_is_blank(f->w.buf.p[f->w.at + 5])))
        return take_page(f, b, err);
    if (starts_with(f, "<!--"))
        return skip_past(f, "-->", err);
    if (!starts_with(f, "</mediawiki"))
        return ingest_window_bad(&f->w, err,
                                 "neither <page> nor </mediawiki> where one of them must stand");
    rc = skip_past(f, ">", err);
    f->state = HEADER;
    return rc;
}

/* ---- inputs ---- */

static int begin(struct frame *f, struct weir_err *err)
{
    weir_io *io = weir_inputs_stream(f->in->inputs, err);
    if (!io)
        return err->code;
    ingest_window_start(&f->w, io, weir_inputs_name(f->in->inputs));
    f->n_dumps = 0;
    f->state = HEADER;
    return ingest_window_fill(&f->w, err) < 0 ? err->code : 1;
}

static int end_input(struct frame *f, struct weir_err *err)
{
    f->w.io = NULL;
    return weir_inputs_next(f->in->inputs, err);
}

int wiki_frame_next(void *reader, struct weir_batch *b, struct weir_err *err)
{
    struct frame *f = reader;
    for (;;) {
        int rc = f->w.io ? 1 : begin(f, err);
        if (rc <= 0)
            return rc;
        if (f->state == BODY) {
            rc = body(f, b, err);
            if (rc)
                return rc;
            continue;
        }
        rc = ingest_window_skip_blank(&f->w, err);
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
