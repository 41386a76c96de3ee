/* One <page> record, parsed with expat.  A record is a whole document for the parser, so a
 * declaration or an entity of its own is an error; depth and sizes are bounded by the record. */
#include <expat.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "lib/wiki.h"

#define DEPTH_MAX    32
#define SCRATCH_KEEP ((size_t)8 << 20)

enum in { IN_NONE, IN_TITLE, IN_NS, IN_ID, IN_REVISION_ID, IN_MODEL, IN_TEXT };

struct wiki_parser {
    XML_Parser xml;
    struct wiki_page page;
    struct weir_buf *to; // where character data goes
    int depth;
    int in_revision; // depth of the open <revision>, 0 outside
    const char *refused;
};

static void refuse(wiki_parser *p, const char *why)
{
    p->refused = why;
    XML_StopParser(p->xml, XML_FALSE);
}

static int is(const char *a, const char *b)
{
    return !strcmp(a, b);
}

static const char *attribute(const char **at, const char *name)
{
    for (; *at; at += 2)
        if (is(*at, name))
            return at[1];
    return NULL;
}

static struct weir_buf *take(struct weir_buf *b)
{
    b->n = 0;
    return b;
}

static void start_revision(wiki_parser *p)
{
    p->in_revision = p->depth;
    p->page.has_revision = 1;
    p->page.n_revisions++;
    p->page.deleted = 0;
    p->page.text.n = p->page.model.n = p->page.revision.n = 0;
}

static void in_revision(wiki_parser *p, const char *name, const char **at)
{
    if (is(name, "id"))
        p->to = take(&p->page.revision);
    else if (is(name, "model"))
        p->to = take(&p->page.model);
    else if (is(name, "text")) {
        p->to = take(&p->page.text);
        p->page.deleted = attribute(at, "deleted") != NULL;
    }
}

static void in_page(wiki_parser *p, const char *name, const char **at)
{
    if (is(name, "title"))
        p->to = take(&p->page.title);
    else if (is(name, "ns"))
        p->to = take(&p->page.ns);
    else if (is(name, "id"))
        p->to = take(&p->page.id);
    else if (is(name, "redirect")) {
        const char *title = attribute(at, "title");
        p->page.has_redirect = 1;
        p->page.redirect.n = 0;
        weir_buf_adds(&p->page.redirect, title ? title : "");
    } else if (is(name, "revision"))
        start_revision(p);
}

static void on_start(void *ctx, const char *name, const char **at)
{
    wiki_parser *p = ctx;
    const int inside_value = p->to != NULL;
    p->to = NULL;
    if (++p->depth > DEPTH_MAX)
        refuse(p, "elements nested too deeply");
    else if (inside_value)
        refuse(p, "an element inside of a value: text that is not escaped");
    else if (p->depth == 2)
        in_page(p, name, at);
    else if (p->in_revision && p->depth == p->in_revision + 1)
        in_revision(p, name, at);
}

static void on_end(void *ctx, const char *name)
{
    wiki_parser *p = ctx;
    (void)name;
    p->to = NULL;
    if (p->depth-- == p->in_revision)
        p->in_revision = 0;
}

static void on_text(void *ctx, const char *s, int n)
{
    wiki_parser *p = ctx;
    if (p->to)
        weir_buf_add(p->to, s, (size_t)n);
}

static void on_doctype(void *ctx, const char *name, const char *sysid, const char *pubid, int sub)
{
    (void)name, (void)sysid, (void)pubid, (void)sub;
    refuse(ctx, "a document type declaration");
}

wiki_parser *wiki_parser_new(struct weir_err *err)
{
    wiki_parser *p = weir_calloc(1, sizeof *p);
    if (p)
        p->xml = XML_ParserCreate("UTF-8");
    if (!p || !p->xml) {
        free(p);
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    return p;
}

void wiki_parser_free(wiki_parser *p)
{
    if (!p)
        return;
    struct wiki_page *g = &p->page;
    struct weir_buf *all[] = {&g->title, &g->id,       &g->ns,  &g->redirect,
                              &g->model, &g->revision, &g->text};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        weir_buf_free(all[i]);
    XML_ParserFree(p->xml);
    free(p);
}

static int reset(wiki_parser *p)
{
    struct wiki_page *g = &p->page;
    struct weir_buf *all[] = {&g->title, &g->id,       &g->ns,  &g->redirect,
                              &g->model, &g->revision, &g->text};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        weir_buf_reset(all[i], SCRATCH_KEEP);
    g->has_redirect = g->has_revision = g->deleted = 0;
    g->n_revisions = 0;
    p->to = NULL;
    p->depth = p->in_revision = 0;
    p->refused = NULL;
    if (!XML_ParserReset(p->xml, "UTF-8"))
        return WEIR_EMEM;
    XML_SetUserData(p->xml, p);
    XML_SetElementHandler(p->xml, on_start, on_end);
    XML_SetCharacterDataHandler(p->xml, on_text);
    XML_SetStartDoctypeDeclHandler(p->xml, on_doctype);
    return 0;
}

/* Expat takes int lengths. */
static int feed(XML_Parser xml, struct weir_span s)
{
    while (s.n > INT_MAX / 2) {
        if (XML_Parse(xml, s.p, INT_MAX / 2, 0) != XML_STATUS_OK)
            return 0;
        s.p += INT_MAX / 2, s.n -= INT_MAX / 2;
    }
    return XML_Parse(xml, s.p, (int)s.n, 1) == XML_STATUS_OK;
}

int wiki_parser_page(wiki_parser *p, struct weir_span record, const struct wiki_page **page,
                     struct weir_err *err)
{
    if (reset(p) < 0)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    const int ok = feed(p->xml, record);
    const struct wiki_page *g = &p->page;
    if (p->refused)
        return weir_err_set(err, WEIR_EBAD, "%s", p->refused);
    if (!ok && XML_GetErrorCode(p->xml) == XML_ERROR_NO_MEMORY)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!ok)
        return weir_err_set(err, WEIR_EBAD, "XML at byte %lld of the page: %s",
                            (long long)XML_GetCurrentByteIndex(p->xml),
                            XML_ErrorString(XML_GetErrorCode(p->xml)));
    if (g->title.failed || g->id.failed || g->ns.failed || g->redirect.failed || g->model.failed ||
        g->revision.failed || g->text.failed)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    *page = g;
    return 0;
}
