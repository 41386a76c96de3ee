/* Framing of MediaWiki XML dumps: a header, pages, </mediawiki>; several may follow each other.
 * Angle brackets in text are escaped, so that a search for the tags frames the pages. */
#include <stdlib.h>
#include <string.h>

#include "kg2instruction/kg_window.h"

static int half(struct kg_frame *f, struct weir_err *err)
{
    return f->part ? 0
                   : kg_window_bad(f, err,
                                   "ends without </mediawiki>: half a dump? (--part takes a part)");
}

static const char *find_mark(const struct kg_frame *f, size_t from, const char *mark)
{
    return f->buf.n > from ? memmem(f->buf.p + from, f->buf.n - from, mark, strlen(mark)) : NULL;
}

static int starts_with(const struct kg_frame *f, const char *s)
{
    const size_t n = strlen(s);
    return f->buf.n - f->at >= n && !memcmp(f->buf.p + f->at, s, n);
}

/* Everything up to the first page tells whose pages they are. */
static int read_header(struct kg_frame *f, struct weir_err *err)
{
    const char *end = NULL;
    while (!(end = find_mark(f, f->at, "<page")) && !(end = find_mark(f, f->at, "</mediawiki")) &&
           !f->eof && f->buf.n - f->at < KG_SITE_BYTES)
        if (kg_window_fill(f, err) < 0)
            return err->code;
    if (!end && !f->part)
        return kg_window_bad(f, err, "no <page> in the header of this XML dump");
    if (f->n_sites == KG_SITES_MAX)
        return kg_window_bad(f, err, "too many dumps behind one another");
    if (weir_grow(&f->sites, &f->cap_sites, f->n_sites + 1, sizeof *f->sites))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    struct wiki_site *site = weir_calloc(1, sizeof *site);
    if (!site)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    const size_t to = end ? (size_t)(end - f->buf.p) : f->buf.n;
    const int rc = wiki_site_parse(site, weir_span(f->buf.p + f->at, to - f->at), err);
    if (rc) {
        free(site);
        weir_err_prefix(err, "%s", f->name);
        return rc;
    }
    f->sites[f->n_sites++] = f->site = site;
    kg_window_skip(f, to);
    return 0;
}

/* The end of a page; the tag may be cut in two. */
static int scan_page(struct kg_frame *f, size_t *i)
{
    static const char tag[] = "</page>";
    const char *hit = find_mark(f, *i, tag);
    if (hit)
        *i = (size_t)(hit - f->buf.p) + sizeof tag - 1;
    else if (f->buf.n - *i >= sizeof tag)
        *i = f->buf.n - (sizeof tag - 2);
    return hit != NULL;
}

static int take_page(struct kg_frame *f, struct weir_batch *b, struct weir_err *err)
{
    size_t i = f->at;
    int rc;
    while (!scan_page(f, &i)) {
        if (f->eof && f->part)
            return kg_window_skip(f, f->buf.n), 0;
        if (f->eof)
            return kg_window_bad(f, err, "ends inside the page that begins here: half a dump?");
        if (i - f->at > f->keep)
            return kg_window_pass(f, b, scan_page, KG_RECORD_PAGE, err);
        const size_t done = i - f->at;
        if ((rc = kg_window_fill(f, err)))
            return rc;
        i = f->at + done;
    }
    return kg_window_give(f, b, i - f->at, KG_RECORD_PAGE, (uint64_t)(uintptr_t)f->site, err);
}

/* Past a mark that must come. */
static int skip_past(struct kg_frame *f, const char *mark, struct weir_err *err)
{
    const char *hit;
    while (!(hit = find_mark(f, f->at, mark))) {
        if (f->eof || f->buf.n - f->at > KG_SITE_BYTES)
            return kg_window_bad(f, err, "ends inside a tag or comment");
        if (kg_window_fill(f, err) < 0)
            return err->code;
    }
    kg_window_skip(f, (size_t)(hit - f->buf.p) + strlen(mark));
    return 0;
}

int kg_frame_page(struct kg_frame *f, struct weir_batch *b, struct weir_err *err)
{
    for (;;) {
        int rc = kg_window_seek(f, err);
        if (rc > 0)
            rc = kg_window_need(f, 16, err);
        else if (!rc)
            return f->site ? half(f, err) : 0;
        if (!rc && !f->site)
            rc = read_header(f, err);
        if (rc < 0)
            return rc;
        if (starts_with(f, "<page"))
            return take_page(f, b, err);
        if (starts_with(f, "<!--")) {
            rc = skip_past(f, "-->", err);
        } else if (starts_with(f, "</mediawiki")) {
            rc = skip_past(f, ">", err);
            f->site = NULL;
        } else if (f->at < f->buf.n) {
            rc = kg_window_bad(f, err,
                               "neither <page> nor </mediawiki> where one of them must stand");
        }
        if (rc < 0)
            return rc;
    }
}
