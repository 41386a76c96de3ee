/* Wikitext to plain text.  Two passes, both linear: wikitext_scan.c finds the markup that nests
 * (comments, templates, links, tables, tags with raw content) with a bounded stack; the renderer
 * walks the text once with the nodes found and writes what a reader of the page would read.
 *
 *      text ──► scan: nodes in order of their start ──► render: out, links, subject
 */
#ifndef WEIR_INGEST_WIKITEXT_H
#define WEIR_INGEST_WIKITEXT_H

#include "lib/wiki.h"
#include "weir/buf.h"

/* Markup nested deeper than this is left as it stands. */
#define WIKITEXT_DEPTH 1000

struct wikitext_link {
    size_t at, n;               // its text: bytes in out
    size_t target_at, target_n; // normalised title in targets
};

struct wikitext_range {
    size_t at, n;
};

typedef struct wikitext wikitext; // scratch of one thread

wikitext *wikitext_new(struct weir_err *err);
void wikitext_free(wikitext *w);

/* Renders text (valid UTF-8) as a page of site; links are kept only with_links.  The results below
 * stay valid until the next call with w.  Returns 0 or WEIR_EMEM, or WEIR_EBAD for text of 4 GiB or
 * more. */
int wikitext_render(wikitext *w, const struct wiki_site *site, struct weir_span text,
                    int with_links, struct weir_err *err);
struct weir_span wikitext_text(const wikitext *w);
const struct wikitext_link *wikitext_links(const wikitext *w, size_t *n);
struct weir_span wikitext_target(const wikitext *w, const struct wikitext_link *l);
/* The first bold words of the page's first section: what it is about.  n is 0 when none. */
struct wikitext_range wikitext_subject(const wikitext *w);

#endif
