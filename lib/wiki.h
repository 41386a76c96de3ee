/* MediaWiki XML dumps: what the header says of the site, and what a page record holds. */
#ifndef WEIR_WIKI_H
#define WEIR_WIKI_H

#include "weir/buf.h"

/* The namespaces that the reader must know by name. */
enum wiki_ns { WIKI_NS_MEDIA = -2, WIKI_NS_MAIN = 0, WIKI_NS_FILE = 6, WIKI_NS_CATEGORY = 14 };

/* From <siteinfo>; read-only once made, shared by all threads. */
struct wiki_site {
    struct weir_buf text;     // the strings below
    struct weir_span name;    // "enwiki": dbname, or made from the base address
    struct weir_span base;    // "https://en.wikipedia.org/wiki/": a title follows; n 0 when unknown
    struct weir_span lang;    // xml:lang, n 0 when unknown
    struct weir_span license; // n 0 when the family does not imply one
    int case_sensitive;       // titles keep the case of their first letter
    int has_variants;         // -{ }- is markup: Chinese
    struct wiki_ns_name *ns;
    size_t n_ns, cap_ns;
};

struct wiki_ns_name {
    int key;
    int case_sensitive;
    size_t at, n; // folded name in wiki_site.text
};

/* Parses the bytes from the start of a dump to its first page.  Returns 0, or WEIR_EBAD with the
 * reason: not XML, a DTD, an encoding that is not UTF-8, no <mediawiki>. */
int wiki_site_parse(struct wiki_site *site, struct weir_span header, struct weir_err *err);
/* A site without names, as for a header without <siteinfo>: lang may be NULL. */
int wiki_site_init(struct wiki_site *site, const char *lang, struct weir_err *err);
void wiki_site_free(struct wiki_site *site);

/* The namespace that a title's prefix names; *rest is where the title behind the colon starts.
 * Titles without a known prefix are in WIKI_NS_MAIN with *rest 0.  Leading colons are the
 * caller's. */
int wiki_site_ns(const struct wiki_site *site, struct weir_span title, size_t *rest);
/* Appends the address of a page. */
void wiki_site_url(const struct wiki_site *site, struct weir_span title, struct weir_buf *to);
/* Appends title with its first letter in upper case, as the site's titles have it. */
void wiki_site_ucfirst(const struct wiki_site *site, int ns, struct weir_span title,
                       struct weir_buf *to);

/* A page record, parsed. */
struct wiki_page {
    struct weir_buf title, id, ns, redirect, revision, model, text;
    int has_redirect, has_revision, deleted;
    size_t n_revisions;
};

typedef struct wiki_parser wiki_parser; // one a thread

wiki_parser *wiki_parser_new(struct weir_err *err);
void wiki_parser_free(wiki_parser *p);
/* Parses one <page>…</page>; the last revision counts.  *page belongs to the parser and is valid
 * until its next call.  Returns 0, WEIR_EMEM, or WEIR_EBAD with the reason. */
int wiki_parser_page(wiki_parser *p, struct weir_span record, const struct wiki_page **page,
                     struct weir_err *err);

#endif
