/* MediaWiki's own parser tests: the text that a browser would show of the expected HTML, against
 * ours.  Left out are cases whose outcome depends on what this renderer drops on purpose
 * (templates, tables, files, references, extension tags), on text conversion or settings; see
 * is_sensible().  The share of the rest that agrees must not fall below FLOOR. WIKITEXT_TEST_SHOW=1
 * prints the others. */
#undef NDEBUG
#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ingest/wikitext.h"
#include "weir/io.h"
#include "weir/utf8.h"

#define FLOOR 90 // percent

/* ---- expected HTML to lines ---- */

struct line {
    size_t at, n;
    int level; // of a heading, else 0
};

struct page {
    struct weir_buf text;
    struct line line[4000];
    size_t n_line;
    int level;
    size_t mark; // end of the list marker of the line at hand
};

static void end_line(struct page *p)
{
    const size_t at = p->n_line ? p->line[p->n_line - 1].at + p->line[p->n_line - 1].n : 0;
    int blank = 1;
    for (size_t i = p->mark > at ? p->mark : at; i < p->text.n; i++)
        blank &= isspace((unsigned char)p->text.p[i]) != 0;
    p->mark = 0;
    if (blank) {
        p->text.n = at;
        return;
    }
    assert(p->n_line < sizeof p->line / sizeof *p->line);
    p->line[p->n_line++] = (struct line){at, p->text.n - at, p->level};
}

static int is_tag(const char *s, const char *name)
{
    const size_t n = strlen(name);
    return !strncmp(s, name, n) && !isalnum((unsigned char)s[n]);
}

static int holds(const char *s, const char *end, const char *what)
{
    return memmem(s, (size_t)(end - s), what, strlen(what)) != NULL;
}

static const char *skip_element(const char *s, const char *name)
{
    int depth = 0;
    for (; *s; s++) {
        if (*s == '<' && is_tag(s + 1, name))
            depth++;
        else if (*s == '<' && s[1] == '/' && is_tag(s + 2, name) && !--depth)
            return strchr(s, '>') + 1;
    }
    return s;
}

static const char *character(const char *s, struct weir_buf *to)
{
    static const struct {
        const char *name;
        uint32_t c;
    } named[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&nbsp;", ' '}};
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (!strncmp(s, named[i].name, strlen(named[i].name))) {
            weir_buf_add_utf8(to, named[i].c);
            return s + strlen(named[i].name);
        }
    if (s[0] == '&' && s[1] == '#') {
        char *end;
        const int hex = (s[2] | 32) == 'x';
        const unsigned long c = strtoul(s + 2 + hex, &end, hex ? 16 : 10);
        if (*end == ';') {
            weir_buf_add_utf8(to, c == 0xA0 ? ' ' : (uint32_t)c);
            return end + 1;
        }
    }
    if (!strncmp(s, "\xC2\xA0", 2)) {
        weir_buf_addc(to, ' ');
        return s + 2;
    }
    weir_buf_addc(to, *s);
    return s + 1;
}

struct lists {
    int ordered[32], number[32];
    unsigned depth;
};

static void list_item(struct page *p, struct lists *l)
{
    if (!l->depth || l->depth > 32 || !l->ordered[l->depth - 1])
        weir_buf_adds(&p->text, "- ");
    else
        weir_buf_addf(&p->text, "%d. ", ++l->number[l->depth - 1]);
    p->mark = p->text.n;
}

static const char *tag(const char *s, struct page *p, struct lists *l)
{
    static const char *const blocks[] = {
        "p",  "div", "li", "ul", "ol", "dl", "dt", "dd",  "br",     "hr",         "h1",     "h2",
        "h3", "h4",  "h5", "h6", "td", "tr", "th", "pre", "center", "blockquote", "section"};
    const char *end = strchr(s, '>');
    if (!strncmp(s, "<!--", 4)) {
        const char *e = strstr(s, "-->");
        return e ? e + 3 : s + strlen(s);
    }
    assert(end);
    if (is_tag(s + 1, "span") && holds(s, end, "mw-editsection"))
        return skip_element(s, "span");
    if (is_tag(s + 1, "a") && holds(s, end, "autonumber"))
        return skip_element(s, "a");
    const int closing = s[1] == '/';
    const char *name = s + 1 + closing;
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        if (is_tag(name, blocks[i]))
            end_line(p);
    if (*name == 'h' && isdigit((unsigned char)name[1]))
        p->level = closing ? 0 : name[1] - '0';
    if (is_tag(name, "ul") || is_tag(name, "ol")) {
        if (!closing && l->depth < 32) {
            l->ordered[l->depth] = *name == 'o';
            l->number[l->depth] = 0;
        }
        l->depth = closing ? l->depth - (l->depth > 0) : l->depth + 1;
    }
    if (is_tag(name, "li") && !closing)
        list_item(p, l);
    return end + 1;
}

/* Words of the page, one space between them; headings without text behind them left out. */
static void expected(const char *s, struct weir_buf *to)
{
    static struct page page;
    struct page *p = &page;
    struct lists l = {.depth = 0};
    p->text.n = p->n_line = p->mark = 0;
    p->level = 0;
    while (*s)
        s = *s == '<' && (isalpha((unsigned char)s[1]) || s[1] == '/' || s[1] == '!')
                ? tag(s, p, &l)
                : character(s, &p->text);
    end_line(p);
    for (size_t i = 0; i < p->n_line; i++) {
        const struct line *a = &p->line[i];
        size_t k = i + 1;
        while (a->level && k < p->n_line && p->line[k].level > a->level)
            k++;
        if (a->level && (k == p->n_line || p->line[k].level))
            continue;
        weir_buf_add(to, p->text.p + a->at, a->n);
        weir_buf_addc(to, '\n');
    }
}

static void words(struct weir_buf *b)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++)
        if (!isspace((unsigned char)b->p[i]))
            b->p[n++] = b->p[i];
        else if (n && b->p[n - 1] != ' ')
            b->p[n++] = ' ';
    while (n && b->p[n - 1] == ' ')
        n--;
    b->n = n;
}

/* ---- the cases ---- */

struct test_case {
    char *name, *wikitext, *html, *options;
};

static int has(const char *s, const char *const *what)
{
    for (; s && *what; what++)
        if (strcasestr(s, *what))
            return 1;
    return 0;
}

/* A Chinese wiki, read in simplified Chinese or as it is written. */
static int is_chinese(const struct test_case *c)
{
    static const char *const readers[] = {"variantlanguage=zh-cn", "variantlanguage=zh-hans", NULL};
    const char *zh = c->options ? strcasestr(c->options, "language=zh") : NULL;
    if (!zh || (zh[11] && !isspace((unsigned char)zh[11])))
        return 0;
    return !strcasestr(c->options, "variantlanguage=") || has(c->options, readers);
}

static int is_sensible(const struct test_case *c)
{
    static const char *const other_output[] = {"pst",
                                               "preload",
                                               "cat",
                                               "ill",
                                               "msg",
                                               "comment",
                                               "property",
                                               "disabled",
                                               "showtitle",
                                               "extension",
                                               "styletag",
                                               "showtocdata",
                                               "showindicators",
                                               "showmedia",
                                               "replace",
                                               "section=",
                                               "subpage",
                                               "local",
                                               "maxincludesize",
                                               "nohtml",
                                               "wgRaw",
                                               NULL};
    static const char *const dropped[] = {
        "{{",          "{|",           "<table",
        "<ref",        "[[file:",      "[[image:",
        "[[media:",    "<gallery",     "<math",
        "<poem",       "<tag",         "<statictag",
        "<aside",      "<section",     "<timeline",
        "<hiero",      "<td",          "\n|",
        "<source",     "<syntax",      "<indicator",
        "<img",        "<translate",   "<tvar",
        "<include",    "<onlyinclude", "~~~",
        "toc__",       "<inputbox",    "<div style=\"display:none",
        "<charinsert", "<style",       "<audio",
        "<video",      "<pre",         NULL};
    static const char *const html_only[] = {"<table",        "<img",       "class=\"toc",
                                            "class=\"error", "<video",     "<audio",
                                            "<figure",       "id=\"toc\"", NULL};
    /* conversion of what stands outside the markup, names of variants */
    static const char *const conversion[] = {"<langconvert", "-{h|", "-{a|", "-{-|", "-{n|", NULL};
    if (!c->wikitext || !c->html || has(c->options, other_output))
        return 0;
    if (c->options && strcasestr(c->options, "language=") && !is_chinese(c))
        return 0;
    if (strstr(c->wikitext, "-{") && !is_chinese(c))
        return 0;
    return !has(c->wikitext, conversion) && !has(c->wikitext, dropped) && !has(c->html, html_only);
}

static unsigned n_cases, n_agree, n_chinese;

static void check(wikitext *w, const struct wiki_site *en, const struct wiki_site *zh,
                  const struct test_case *c)
{
    struct weir_buf want = {0}, got = {0};
    struct weir_err err = {0};
    if (!is_sensible(c))
        return;
    const size_t n = strlen(c->wikitext);
    if (weir_utf8_valid(c->wikitext, n) != n)
        return;
    assert(!wikitext_render(w, is_chinese(c) ? zh : en, weir_span(c->wikitext, n), 1, &err));
    expected(c->html, &want);
    weir_buf_add(&got, wikitext_text(w).p, wikitext_text(w).n);
    words(&want);
    words(&got);
    n_cases++;
    n_chinese += is_chinese(c);
    if (got.n == want.n && (!got.n || !memcmp(got.p, want.p, got.n)))
        n_agree++;
    else if (getenv("WIKITEXT_TEST_SHOW"))
        printf("=== %s\n--- wikitext\n%s\n--- want\n%.*s\n--- got\n%.*s\n", c->name, c->wikitext,
               (int)want.n, want.p, (int)got.n, got.p);
    weir_buf_free(&want);
    weir_buf_free(&got);
}

/* Takes the text up to the next line that starts with "!!"; ends it with NUL. */
static char *section(char **s)
{
    char *text = *s, *p = text;
    while (*p && strncmp(p, "!!", 2)) {
        char *nl = strchr(p, '\n');
        p = nl ? nl + 1 : p + strlen(p);
    }
    *s = p;
    if (p > text)
        p[-1] = 0;
    return text;
}

static void run_file(char *s, wikitext *w, const struct wiki_site *en, const struct wiki_site *zh)
{
    struct test_case c = {0};
    section(&s);
    while (*s) {
        char *head = s + 2 + strspn(s + 2, " ");
        char *nl = strchr(head, '\n');
        const size_t n = nl ? (size_t)(nl - head) : strlen(head);
        char name[32];
        snprintf(name, sizeof name, "%.*s", (int)n, head);
        s = head + n + (nl != NULL);
        char *body = n && *s && strncmp(s, "!!", 2) ? section(&s) : (char *)"";
        if (!strcmp(name, "test"))
            c = (struct test_case){.name = body};
        else if (!strcmp(name, "wikitext"))
            c.wikitext = body;
        else if (!strcmp(name, "options"))
            c.options = body;
        else if (!strcmp(name, "html/php") ||
                 ((!strcmp(name, "html") || !strcmp(name, "html/*")) && !c.html))
            c.html = body;
        else if (!strcmp(name, "end") && c.name) {
            check(w, en, zh, &c);
            c = (struct test_case){0};
        }
    }
}

static void read_all(const char *path, struct weir_buf *to)
{
    struct weir_err err = {0};
    weir_io *io = weir_io_open_read(path, &err);
    if (!io)
        exit(77);
    for (;;) {
        assert(!weir_buf_reserve(to, 1 << 20));
        const ssize_t n = weir_io_read(io, to->p + to->n, 1 << 20, &err);
        assert(n >= 0);
        if (!n)
            break;
        to->n += (size_t)n;
    }
    assert(!weir_io_close(io, &err));
}

int main(void)
{
    struct weir_buf tar = {0};
    struct weir_err err = {0};
    struct wiki_site en, zh;
    char path[4096];
    const char *shared = getenv("SHARED");
    if (!shared || !*shared) {
        puts("no shared data");
        return 77;
    }
    snprintf(path, sizeof path, "%s/data/wiki/parser-tests.tar.zst", shared);
    read_all(path, &tar);
    wikitext *w = wikitext_new(&err);
    assert(w && !wiki_site_init(&en, "en", &err) && !wiki_site_init(&zh, "zh", &err));
    for (size_t at = 0; at + 512 <= tar.n && tar.p[at];) { // POSIX ustar
        const size_t n = strtoul(tar.p + at + 124, NULL, 8);
        const size_t name_n = strlen(tar.p + at);
        assert(at + 512 + n <= tar.n);
        if (name_n > 4 && !strcmp(tar.p + at + name_n - 4, ".txt")) {
            char *s = strndup(tar.p + at + 512, n);
            assert(s);
            run_file(s, w, &en, &zh);
            free(s);
        }
        at += 512 + (n + 511) / 512 * 512;
    }
    printf("%u of %u parser tests agree (%u %%), %u of them Chinese\n", n_agree, n_cases,
           n_cases ? n_agree * 100 / n_cases : 0, n_chinese);
    assert(n_cases > 500 && n_chinese > 10);
    assert(n_agree * 100 >= n_cases * FLOOR);
    wikitext_free(w);
    wiki_site_free(&en);
    wiki_site_free(&zh);
    weir_buf_free(&tar);
    return 0;
}
