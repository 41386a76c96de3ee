/* Source files: StarCoder's (Li et al. 2023, appendix) and NeMo Curator's rules by language.  A
 * rule that is not for a document's code_lang does not apply to it. */
#include <math.h>
#include <string.h>
#include <strings.h>
#include "weir/utf8.h"
#include "filters/filter.h"

static int is_lang(const struct filter_doc *d, const char *name)
{
    const struct weir_span lang = d->doc->code_lang;
    return lang.p && lang.n == strlen(name) && strncasecmp(lang.p, name, lang.n) == 0;
}

static int is_at(struct weir_span t, size_t i, const char *s)
{
    const size_t n = strlen(s);
    return t.n - i >= n && memcmp(t.p + i, s, n) == 0;
}

/* ---- XML, JSON and YAML ---- */

static double xml_header(struct filter_doc *d, int arg)
{
    (void)arg;
    if (!d->doc->code_lang.p || is_lang(d, "XSLT"))
        return NAN;
    size_t n = d->text.n < 100 ? d->text.n : 100;
    return memmem(d->text.p, n, "<?xml version=", 14) != NULL;
}

static double data_chars(struct filter_doc *d, int arg)
{
    (void)arg;
    return is_lang(d, "JSON") || is_lang(d, "YAML") ? (double)filter_classes(d)->chars : NAN;
}

/* ---- HTML: what is left without tags, comments, scripts and styles ---- */

static size_t find(struct weir_span t, size_t i, const char *s)
{
    const char *p = memmem(t.p + i, t.n - i, s, strlen(s));
    return p ? (size_t)(p - t.p) : t.n;
}

static size_t find_behind(struct weir_span t, size_t i, const char *s)
{
    i = find(t, i, s);
    return i < t.n ? i + strlen(s) : t.n;
}

static int starts_tag(struct weir_span t, size_t i, const char *tag)
{
    const size_t n = strlen(tag);
    return t.n - i > n && strncasecmp(t.p + i, tag, n) == 0;
}

/* Behind what starts with "<" at i. */
static size_t skip_tag(struct weir_span t, size_t i)
{
    if (is_at(t, i, "<!--"))
        return find_behind(t, i + 4, "-->");
    if (starts_tag(t, i, "<script"))
        i = find(t, i, "</script");
    else if (starts_tag(t, i, "<style"))
        i = find(t, i, "</style");
    return find_behind(t, i, ">");
}

static uint64_t visible_chars(struct weir_span t)
{
    uint64_t n = 0;
    unsigned len;
    for (size_t i = 0; i < t.n;) {
        if (t.p[i] == '<') {
            i = skip_tag(t, i);
            continue;
        }
        n += !(filter_class_of(weir_utf8_decode(t.p + i, t.n - i, &len)) & CLASS_SPACE);
        i += len;
    }
    return n;
}

static double html_text(struct filter_doc *d, int share)
{
    if (!is_lang(d, "HTML"))
        return NAN;
    const double visible = (double)visible_chars(d->text);
    return share ? filter_ratio(visible, (double)filter_classes(d)->chars) : visible;
}

/* ---- comments ---- */

struct syntax {
    const char *name, *line, *open, *close;
};

static const struct syntax syntaxes[] = {
    {"Python", "#", "\"\"\"", "\"\"\""}, {"Java", "//", "/*", "*/"},
    {"JavaScript", "//", "/*", "*/"},    {"C", "//", "/*", "*/"},
    {"C++", "//", "/*", "*/"},
};

/* Where the string that starts with quote at i ends; a line's end ends it too. */
static size_t skip_string(struct weir_span t, size_t i)
{
    const char quote = t.p[i];
    for (i++; i < t.n && t.p[i] != quote && t.p[i] != '\n'; i++)
        if (t.p[i] == '\\')
            i++;
    return i < t.n ? i + 1 : t.n;
}

static size_t skip_comment(const struct syntax *s, struct weir_span t, size_t i, int line_start)
{
    if (is_at(t, i, s->line))
        return find(t, i, "\n");
    /* A Python string is a comment where a statement starts. */
    if (is_at(t, i, s->open) && (line_start || s->open[0] != '"')) {
        const size_t close = find(t, i + strlen(s->open), s->close);
        return close < t.n ? close + strlen(s->close) : t.n;
    }
    return i;
}

/* Characters that are not white space in comments. */
static uint64_t comment_chars(const struct syntax *s, struct weir_span t)
{
    uint64_t n = 0;
    int line_start = 1;
    for (size_t i = 0; i < t.n;) {
        const size_t end = skip_comment(s, t, i, line_start);
        if (end > i) {
            struct filter_classes c;
            filter_classes_count(weir_span(t.p + i, end - i), &c);
            n += c.chars - c.spaces;
            i = end;
            continue;
        }
        const char c = t.p[i];
        line_start = c == '\n' || (line_start && (c == ' ' || c == '\t'));
        i = c == '"' || c == '\'' ? skip_string(t, i) : i + 1;
    }
    return n;
}

static double comments(struct filter_doc *d, int arg)
{
    (void)arg;
    for (size_t i = 0; i < sizeof syntaxes / sizeof *syntaxes; i++)
        if (is_lang(d, syntaxes[i].name)) {
            const struct filter_classes *c = filter_classes(d);
            return filter_ratio((double)comment_chars(&syntaxes[i], d->text),
                                (double)(c->chars - c->spaces));
        }
    return NAN;
}

const struct filter_rule rule_code[] = {
    {.name = "code-xml-header-max",
     .kind = FILTER_MAX,
     .measure = xml_header,
     .help = "source files, XSLT left out: <?xml version= in the first 100 bytes"},
    {.name = "code-data-chars-min",
     .kind = FILTER_MIN,
     .measure = data_chars,
     .help = "JSON and YAML: characters"},
    {.name = "code-data-chars-max",
     .kind = FILTER_MAX,
     .measure = data_chars,
     .help = "JSON and YAML: characters"},
    {.name = "code-html-chars-min",
     .kind = FILTER_MIN,
     .measure = html_text,
     .arg = 0,
     .help = "HTML: visible characters, white space left out"},
    {.name = "code-html-text-min",
     .kind = FILTER_MIN,
     .measure = html_text,
     .arg = 1,
     .help = "HTML: visible characters / characters"},
    {.name = "code-comments-min",
     .kind = FILTER_MIN,
     .measure = comments,
     .help = "Python, Java, JavaScript, C, C++: comments / text, both without white space"},
    {.name = "code-comments-max",
     .kind = FILTER_MAX,
     .measure = comments,
     .help = "Python, Java, JavaScript, C, C++: comments / text, both without white space"},
    {0},
};
