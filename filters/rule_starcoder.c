/* StarCoder's rules (Li et al. 2023, arXiv 2305.06161, section 3.3;
 * bigcode-project/bigcode-dataset, preprocessing/filtering.py).  The limits by extension are in
 * filter_starcoder_data.c: these rules give shares of them, so that 1 is the limit.  A rule that is
 * not for a document does not apply. */
#include <math.h>
#include <string.h>
#include <strings.h>
#include "weir/utf8.h"
#include "filters/code_comments.h"
#include "filters/filter.h"
#include "filters/filter_starcoder.h"

/* C# is c-sharp and "Common Lisp" common-lisp in the table. */
static int is_lang(const char *name, struct weir_span lang)
{
    const int sharp = lang.n == 2 && lang.p[1] == '#';
    if (sharp)
        return strlen(name) == 7 && strcmp(name + 1, "-sharp") == 0 && (lang.p[0] | 32) == name[0];
    if (strlen(name) != lang.n)
        return 0;
    for (size_t i = 0; i < lang.n; i++) {
        const char c = lang.p[i];
        if (name[i] != (c == ' ' ? '-' : c >= 'A' && c <= 'Z' ? c + 32 : c))
            return 0;
    }
    return 1;
}

static int has_word(const char *list, struct weir_span word)
{
    for (const char *p = list; *p;) {
        const size_t n = strcspn(p, " ");
        if (n == word.n && memcmp(p, word.p, n) == 0)
            return 1;
        p += n + (p[n] == ' ');
    }
    return 0;
}

/* The part of the path behind its last point, the whole path when it has none. */
static struct weir_span extension(const struct filter_doc *d)
{
    const struct weir_field *f = weir_json_find(d->doc->f, d->doc->n_f, "path");
    struct weir_span path = f ? f->str : weir_span(NULL, 0);
    const char *point = path.n ? memrchr(path.p, '.', path.n) : NULL;
    return point ? weir_span(point + 1, path.n - (size_t)(point + 1 - path.p)) : path;
}

static const struct starcoder_row *row_of(const struct filter_doc *d)
{
    const struct weir_span ext = extension(d);
    for (const struct starcoder_row *r = starcoder_rows; r->lang; r++)
        if (is_lang(r->lang, d->doc->code_lang) &&
            has_word(r->extensions, ext.n ? ext : WEIR_LIT(".")))
            return r;
    return NULL;
}

static int is_source(const struct filter_doc *d)
{
    return d->doc->code_lang.n && extension(d).p;
}

static double included(struct filter_doc *d, int arg)
{
    (void)arg;
    return is_source(d) ? row_of(d) != NULL : NAN;
}

enum { LONGEST, MEAN, ALPHANUMERIC, ALPHABETIC };

static double share(struct filter_doc *d, int what)
{
    const struct starcoder_row *r = is_source(d) ? row_of(d) : NULL;
    if (!r || (what <= MEAN && !r->line_max))
        return NAN;
    const struct filter_classes *c = filter_classes(d);
    const struct filter_lines *l = filter_lines(d);
    switch (what) {
    case LONGEST:
        return (double)l->longest / r->line_max;
    case MEAN:
        return filter_ratio((double)l->chars, (double)l->lines) / 100;
    case ALPHANUMERIC:
        return r->alphanumeric > 0
                   ? filter_ratio((double)(c->letters + c->digits), (double)c->chars) /
                         r->alphanumeric
                   : NAN;
    default:
        return r->alphabetic > 0
                   ? filter_ratio((double)c->letters, (double)c->chars) / r->alphabetic
                   : NAN;
    }
}

/* Python: docstrings and comments without their marks; Java and JavaScript: comments with them. */
static double comments(struct filter_doc *d, int arg)
{
    struct code_comments c;
    const struct weir_span lang = d->doc->code_lang;
    (void)arg;
    if (!is_lang("python", lang) && !is_lang("java", lang) && !is_lang("javascript", lang))
        return NAN;
    code_comments_count(code_syntax_find(lang), d->text, &c);
    const uint64_t n = is_lang("python", lang) ? c.natural : c.chars;
    return filter_ratio((double)n, (double)filter_classes(d)->chars);
}

/* SPDX names of licences without copyleft. */
static const char *const permissive =
    "MIT MIT-0 Apache-2.0 BSD-2-Clause BSD-3-Clause BSD-3-Clause-Clear 0BSD ISC Unlicense CC0-1.0 "
    "Zlib BSL-1.0 PostgreSQL NCSA X11 Python-2.0 PSF-2.0 WTFPL Artistic-2.0 BlueOak-1.0.0 UPL-1.0 "
    "CC-BY-4.0 CC-BY-3.0 OFL-1.1 curl libpng-2.0 Unicode-3.0 JSON Vim Ruby PHP-3.01 W3C AFL-3.0";

/* "SPDX-License-Identifier: X" near the start. */
static struct weir_span header_license(struct weir_span t)
{
    static const char mark[] = "SPDX-License-Identifier:";
    const size_t n = t.n < 4096 ? t.n : 4096;
    const char *p = n ? memmem(t.p, n, mark, sizeof mark - 1) : NULL;
    if (!p)
        return weir_span(NULL, 0);
    p += sizeof mark - 1;
    const char *const end = t.p + n;
    while (p < end && *p == ' ')
        p++;
    const char *stop = p;
    while (stop<end && * stop> ' ' && !strchr("*/)(", *stop))
        stop++;
    return weir_span(p, (size_t)(stop - p));
}

/* 1 and 0; NAN when nothing names a licence. */
static double license(struct filter_doc *d, int arg)
{
    (void)arg;
    const struct weir_field *f = weir_json_find(d->doc->f, d->doc->n_f, "license");
    struct weir_span name = f && f->str.n ? f->str : header_license(d->text);
    return name.n ? has_word(permissive, name) : NAN;
}

const struct filter_rule rule_starcoder[] = {
    {.name = "code-license-min",
     .kind = FILTER_MIN,
     .measure = license,
     .help = "1 when the licence, of the field or an SPDX line, is permissive, 0 when not"},
    {.name = "starcoder-included-min",
     .kind = FILTER_MIN,
     .measure = included,
     .help = "1 when StarCoder's table has the language with the path's extension"},
    {.name = "starcoder-line-longest-max",
     .kind = FILTER_MAX,
     .measure = share,
     .arg = LONGEST,
     .help = "longest line / what the table allows the extension"},
    {.name = "starcoder-line-mean-max",
     .kind = FILTER_MAX,
     .measure = share,
     .arg = MEAN,
     .help = "mean line / 100, where the table limits lines"},
    {.name = "starcoder-alphanumeric-min",
     .kind = FILTER_MIN,
     .measure = share,
     .arg = ALPHANUMERIC,
     .help = "share of letters and digits / what the table asks of the extension"},
    {.name = "starcoder-alphabetic-min",
     .kind = FILTER_MIN,
     .measure = share,
     .arg = ALPHABETIC,
     .help = "share of letters / what the table asks of the extension"},
    {.name = "starcoder-comments-min",
     .kind = FILTER_MIN,
     .measure = comments,
     .help = "Python, Java, JavaScript: characters of comments / characters"},
    {.name = "starcoder-comments-max",
     .kind = FILTER_MAX,
     .measure = comments,
     .help = "Python, Java, JavaScript: characters of comments / characters"},
    {0},
};
