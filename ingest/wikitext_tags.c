/* Tags: extension tags, whose content is not wikitext, and HTML. */
#include "ingest/wikitext_internal.h"

static const struct {
    struct weir_span name;
    enum wt_tag what;
} ext[] = {
#define T(name, what)                                                                              \
    {                                                                                              \
        {name, sizeof(name) - 1}, what                                                             \
    }
    T("ref", WT_TAG_DROP),
    T("references", WT_TAG_DROP),
    T("nowiki", WT_TAG_NOWIKI),
    T("pre", WT_TAG_PRE),
    T("math", WT_TAG_MATH),
    T("chem", WT_TAG_CHEM),
    T("ce", WT_TAG_CHEM),
    T("syntaxhighlight", WT_TAG_CODE),
    T("source", WT_TAG_CODE),
    T("gallery", WT_TAG_DROP),
    T("timeline", WT_TAG_DROP),
    T("imagemap", WT_TAG_DROP),
    T("score", WT_TAG_DROP),
    T("hiero", WT_TAG_DROP),
    T("graph", WT_TAG_DROP),
    T("mapframe", WT_TAG_DROP),
    T("maplink", WT_TAG_DROP),
    T("inputbox", WT_TAG_DROP),
    T("categorytree", WT_TAG_DROP),
    T("charinsert", WT_TAG_DROP),
    T("indicator", WT_TAG_DROP),
    T("templatedata", WT_TAG_DROP),
    T("templatestyles", WT_TAG_DROP),
    T("page-collection", WT_TAG_DROP),
    T("phonos", WT_TAG_DROP),
    T("quiz", WT_TAG_DROP),
    T("section", WT_TAG_DROP),
    T("includeonly", WT_TAG_DROP), // what only pages that include this one show
#undef T
};
_Static_assert(sizeof ext / sizeof *ext <= 64, "wikitext.no_close has 64 bits");

/* HTML that MediaWiki lets through, and the tags of transclusion and translation.  Lists end with
 * a space so that a name is found with its spaces. */
static const char block_tags[] =
    " p div blockquote center li ul ol dl dt dd tr td th caption h1 h2 h3 h4 h5 h6 hr section"
    " figure figcaption table tbody thead tfoot poem ";
static const char inline_tags[] =
    " abbr b bdi bdo big cite code data del dfn em font i ins kbd mark noinclude onlyinclude"
    " includeonly nowiki q rb rbc rp rt rtc ruby s samp small span strike strong sub sup time tt"
    " tvar translate u var wbr langconvert languages ref references pre math chem ce gallery"
    " syntaxhighlight source col colgroup link meta nomobile ";

static int in_list(const char *list, const char *name, size_t n)
{
    char word[24];
    if (n > sizeof word - 3)
        return 0;
    word[0] = ' ';
    for (size_t i = 0; i < n; i++)
        word[i + 1] = wt_lower(name[i]);
    word[n + 1] = ' ';
    word[n + 2] = 0;
    return strstr(list, word) != NULL;
}

static int same_name(const char *s, struct weir_span name)
{
    for (size_t i = 0; i < name.n; i++)
        if (wt_lower(s[i]) != name.p[i])
            return 0;
    return 1;
}

static size_t name_length(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n &&
           (wt_is_alpha(s[i]) || (i && (weir_is_ascii_digit((unsigned char)s[i]) || s[i] == '-'))))
        i++;
    return i;
}

int wt_tag_open(const char *s, size_t n, size_t *name_n)
{
    const size_t k = name_length(s + 1, n - 1);
    if (!k || 1 + k >= n || !(wt_is_space(s[1 + k]) || s[1 + k] == '/' || s[1 + k] == '>'))
        return -1;
    *name_n = k + 1;
    if (k == 5 && same_name(s + 1, WEIR_LIT("table")))
        return WT_TABLE_TAG;
    for (size_t i = 0; i < sizeof ext / sizeof *ext; i++)
        if (ext[i].name.n == k && same_name(s + 1, ext[i].name))
            return (int)i;
    return -1;
}

enum wt_tag wt_tag_what(int id)
{
    return ext[id].what;
}

struct weir_span wt_tag_name(int id)
{
    return ext[id].name;
}

int wt_tag_closes(const char *s, size_t n, struct weir_span name, size_t *len)
{
    if (n < name.n + 3 || s[1] != '/' || !same_name(s + 2, name))
        return 0;
    size_t i = name.n + 2;
    while (i < n && wt_is_space(s[i]))
        i++;
    *len = i + 1;
    return i < n && s[i] == '>';
}

static void math(wikitext *w, struct weir_span s, int chem)
{
    s = wt_trim(s);
    if (!s.n)
        return;
    wt_put(w, chem ? "$\\ce{" : "$", chem ? 5 : 1);
    for (size_t i = 0; i < s.n; i++)
        if (!wt_is_space(s.p[i]))
            wt_putc(w, s.p[i]);
        else if (!wt_is_space(s.p[i - 1]))
            wt_putc(w, ' ');
    wt_put(w, "}$" + !chem, chem ? 2 : 1);
}

/* Lines as they stand, on lines of their own. */
static void block(wikitext *w, struct weir_span s, int decode)
{
    while (s.n && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == ' '))
        s.n--;
    if (s.n && *s.p == '\n')
        s.p++, s.n--;
    if (!s.n)
        return;
    if (!memchr(s.p, '\n', s.n)) {
        wt_raw(w, s, decode, 1);
        return;
    }
    wt_break(w, 0);
    wt_raw(w, s, decode, 1);
    wt_break(w, 0);
}

/* <pre> may hold <nowiki>, whose tags do not show. */
static void pre(wikitext *w, struct weir_span s)
{
    const struct weir_span tag = WEIR_LIT("<nowiki>");
    if (s.n >= tag.n && same_name(s.p, tag)) {
        s.p += tag.n, s.n -= tag.n;
        struct weir_span t = wt_trim(s);
        size_t len;
        if (t.n >= 9 && wt_tag_closes(t.p + t.n - 9, 9, WEIR_LIT("nowiki"), &len))
            s.n = (size_t)(t.p - s.p) + t.n - 9;
    }
    block(w, s, 1);
}

void wt_tag_node(wikitext *w, const struct wt_node *nd)
{
    const struct weir_span in = {w->s + nd->in_at, nd->in_end - nd->in_at};
    switch ((enum wt_tag)nd->tag) {
    case WT_TAG_NOWIKI:
        wt_raw(w, in, 1, 0);
        break;
    case WT_TAG_PRE:
        pre(w, in);
        break;
    case WT_TAG_MATH:
    case WT_TAG_CHEM:
        math(w, in, nd->tag == WT_TAG_CHEM);
        break;
    case WT_TAG_CODE:
        block(w, in, 0);
        break;
    case WT_TAG_DROP:
        wt_remove(w, nd->end);
        return;
    }
    w->pos = nd->end;
}

/* Which HTML tag starts at s ("<" included): 0 none, else with the length of its name. */
enum html { HTML_NONE, HTML_INLINE, HTML_BLOCK, HTML_BR };

static enum html html_tag(const char *s, size_t n, size_t *name_at, size_t *name_n)
{
    const size_t at = n > 1 && s[1] == '/' ? 2 : 1;
    const size_t k = n > at ? name_length(s + at, n - at) : 0;
    *name_at = at;
    *name_n = k;
    if (!k || at + k >= n || (!wt_is_space(s[at + k]) && s[at + k] != '/' && s[at + k] != '>'))
        return HTML_NONE;
    if (k == 2 && same_name(s + at, WEIR_LIT("br")))
        return HTML_BR;
    if (in_list(block_tags, s + at, k))
        return HTML_BLOCK;
    return in_list(inline_tags, s + at, k) ? HTML_INLINE : HTML_NONE;
}

size_t wt_html_length(const char *s, size_t n)
{
    size_t at, k;
    if (!html_tag(s, n, &at, &k))
        return 0;
    for (size_t i = at + k; i < n && !strchr("<{}", s[i]); i++)
        if (s[i] == '>')
            return i + 1;
    return 0;
}

/* The end of the tag at pos behind its ">", over comments and the like inside it; 0 when another
 * "<" or the end comes first. */
static uint32_t tag_end(wikitext *w)
{
    size_t ni = wt_node_from(w, w->pos);
    for (uint32_t i = w->pos + 1; i < w->stop; i++) {
        if (w->s[i] == '>')
            return i + 1;
        if (w->s[i] != '<')
            continue;
        while (ni < w->n_node && (w->node[ni].at < i || w->node[ni].kind == WT_NONE))
            ni++;
        if (ni == w->n_node || w->node[ni].at != i || w->node[ni].end > w->stop)
            return 0;
        i = w->node[ni].end - 1;
        ni = w->node[ni].skip;
    }
    return 0;
}

/* <ol>, <ul>, <li>: as the lists of wikitext. */
static void html_list(wikitext *w, const char *name, size_t n, int closing)
{
    if (n != 2)
        return;
    const int ordered = same_name(name, WEIR_LIT("ol"));
    if (ordered || same_name(name, WEIR_LIT("ul"))) {
        if (closing)
            w->n_html -= w->n_html > 0;
        else if (w->n_html < WT_LEVELS)
            w->html[w->n_html++] = ordered ? 1 : 0;
    } else if (!closing && same_name(name, WEIR_LIT("li"))) {
        if (w->line == WT_L_ITEM && w->out.n == w->line_mark)
            return; // "*<li>" has its marker
        for (unsigned i = 1; i < w->n_html; i++)
            wt_put(w, "  ", 2);
        if (w->n_html && w->html[w->n_html - 1])
            weir_buf_addf(&w->out, "%u. ", w->html[w->n_html - 1]++);
        else
            wt_put(w, "- ", 2);
    }
}

/* The character for a superscript that begins at s, *n bytes long, or NULL. */
static const char *superscript(const char *s, size_t left, size_t *n)
{
    static const char *const raised[10] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    *n = 1;
    if (weir_is_ascii_digit((unsigned char)*s))
        return raised[*s - '0'];
    if (left >= 3 && !memcmp(s, "−", 3)) {
        *n = 3;
        return "⁻";
    }
    return *s == '+' ? "⁺" : *s == '-' ? "⁻" : *s == 'n' ? "ⁿ" : NULL;
}

/* "10<sup>18</sup>" is 10¹⁸, not 1018.  1 when w->pos went behind it. */
static int short_superscript(wikitext *w)
{
    static const char open[] = "<sup>", close[] = "</sup>";
    enum { OPEN = sizeof open - 1, CLOSE = sizeof close - 1, MOST = 8 };
    const char *s = w->s + w->pos, *end = w->s + w->stop, *p = s + OPEN;
    const char *out[MOST];
    size_t n_out = 0, n;
    if (end - s < OPEN + CLOSE || memcmp(s, open, OPEN))
        return 0;
    while (end - p > CLOSE && n_out < MOST && (out[n_out] = superscript(p, (size_t)(end - p), &n)))
        p += n, n_out++;
    if (!n_out || end - p < CLOSE || memcmp(p, close, CLOSE))
        return 0;
    for (size_t i = 0; i < n_out; i++)
        wt_put(w, out[i], strlen(out[i]));
    w->pos = (uint32_t)(p + CLOSE - w->s);
    return 1;
}

void wt_html(wikitext *w)
{
    if (short_superscript(w))
        return;
    const char *s = w->s + w->pos;
    size_t at, k;
    const enum html html = html_tag(s, w->stop - w->pos, &at, &k);
    const uint32_t end = html ? tag_end(w) : 0;
    if (!end) {
        wt_putc(w, '<');
        w->pos++;
        return;
    }
    w->pos = end;
    if (html != HTML_INLINE)
        wt_break(w, html == HTML_BR);
    html_list(w, s + at, k, at == 2);
}
