/* C4 (Raffel et al. 2020) as datatrove's C4QualityFilter has it: lines are dropped, some lines drop
 * the document, and what is left must have enough sentences.  The c4-zh rules are ours: the same
 * with the end marks of Chinese. */
#include <string.h>
#include "weir/utf8.h"
#include "filters/filter.h"

static int ends_with(struct weir_span t, const char *s)
{
    const size_t n = strlen(s);
    return t.n >= n && memcmp(t.p + t.n - n, s, n) == 0;
}

/* The first of its characters that is rare in text is sought: memmem() prepares a table for each of
 * many short lines. */
static int contains(struct weir_span t, const char *s)
{
    const size_t n = strlen(s), found = strcspn(s, "jkpm"), rare = found < n ? found : 0;
    if (t.n < n)
        return 0;
    const char *p = t.p + rare, *const end = t.p + t.n - (n - rare) + 1;
    while (p < end && (p = memchr(p, s[rare], (size_t)(end - p))) != NULL) {
        if (memcmp(p - rare, s, n) == 0)
            return 1;
        p++;
    }
    return 0;
}

static int contains_any(struct weir_span t, const char *const *list)
{
    for (; *list; list++)
        if (contains(t, *list))
            return 1;
    return 0;
}

static double longest_word(struct filter_line *l, int arg)
{
    (void)arg;
    return filter_line_longest_word(l);
}

static double words(struct filter_line *l, int arg)
{
    (void)arg;
    return filter_line_words(l);
}

static double chars(struct filter_line *l, int arg)
{
    (void)arg;
    return (double)weir_utf8_count(l->text.p, l->text.n);
}

static double end_mark(struct filter_line *l, int arg)
{
    (void)arg;
    const char c = l->text.n ? l->text.p[l->text.n - 1] : 0;
    return c && strchr(".?!\"'", c) && !ends_with(l->text, "...");
}

static double zh_end_mark(struct filter_line *l, int arg)
{
    (void)arg;
    return filter_line_ends_zh(l->text);
}

static double lorem_ipsum(struct filter_line *l, int arg)
{
    (void)arg;
    return contains(filter_line_lower(l), "lorem ipsum");
}

static double javascript(struct filter_line *l, int arg)
{
    (void)arg;
    return contains(filter_line_lower(l), "javascript");
}

static double curly_bracket(struct filter_line *l, int arg)
{
    (void)arg;
    return memchr(l->text.p, '{', l->text.n) != NULL;
}

static double policy(struct filter_line *l, int arg)
{
    (void)arg;
    static const char *const phrases[] = {"terms of use",
                                          "privacy policy",
                                          "cookie policy",
                                          "uses cookies",
                                          "use of cookies",
                                          "use cookies",
                                          NULL};
    return contains_any(filter_line_lower(l), phrases);
}

static double zh_policy(struct filter_line *l, int arg)
{
    (void)arg;
    static const char *const phrases[] = {"隐私政策", "隐私权政策", "使用条款", "服务条款",
                                          "用户协议", "版权所有",   "cookie",   NULL};
    return contains_any(filter_line_lower(l), phrases);
}

static double sentences(struct filter_doc *d, int zh)
{
    if (filter_edit_count(d) < 0)
        d->failed = 1;
    return (double)(zh ? d->edit.n_zh_sentences : d->edit.n_sentences);
}

/* Bytes of a citation mark at p, or 0: "[" digits "]", "[edit]", "[citation needed]". */
static size_t citation(const char *p, const char *end)
{
    static const char edit[] = "[edit]", needed[] = "[citation needed]";
    const size_t n = (size_t)(end - p);
    if (n >= sizeof edit - 1 && memcmp(p, edit, sizeof edit - 1) == 0)
        return sizeof edit - 1;
    if (n >= sizeof needed - 1 && memcmp(p, needed, sizeof needed - 1) == 0)
        return sizeof needed - 1;
    size_t i = 1;
    while (i < n && weir_is_ascii_digit((unsigned char)p[i]))
        i++;
    return i < n && p[i] == ']' ? i + 1 : 0;
}

static int cut_citations(struct filter_line *l)
{
    const char *p = l->text.p, *const end = p + l->text.n;
    if (!l->text.n || !memchr(p, '[', l->text.n))
        return 0;
    (void)filter_line_words(l); // they are counted before
    l->copy.n = 0;
    while (p < end) {
        const size_t n = *p == '[' ? citation(p, end) : 0;
        if (n) {
            p += n;
            continue;
        }
        const char *next = memchr(p + 1, '[', (size_t)(end - p - 1));
        weir_buf_add(&l->copy, p, (size_t)((next ? next : end) - p));
        p = next ? next : end;
    }
    if (!l->copy.failed)
        l->text = weir_buf_span(&l->copy);
    return 1;
}

/* Stripping is what the engine does to a line before it is edited. */
static int strip(struct filter_line *l)
{
    (void)l;
    return 1;
}

const struct filter_rule rule_c4[] = {
    {.name = "c4-strip",
     .kind = FILTER_LINE_EDIT,
     .edit = strip,
     .needs = FILTER_NEEDS_BREAKS,
     .help = "lines: 1 takes white space off both ends"},
    {.name = "c4-longest-word-max",
     .kind = FILTER_LINE_MAX,
     .measure_line = longest_word,
     .help = "lines: characters of the longest run without white space"},
    {.name = "c4-citations",
     .kind = FILTER_LINE_EDIT,
     .edit = cut_citations,
     .help = "lines: 1 cuts [12], [edit] and [citation needed]"},
    {.name = "c4-end-mark-min",
     .kind = FILTER_LINE_MIN,
     .measure_line = end_mark,
     .help = "lines: 1 when the line ends in . ? ! \" or ' but not in ..."},
    {.name = "c4-zh-end-mark-min",
     .kind = FILTER_LINE_MIN,
     .measure_line = zh_end_mark,
     .help = "lines: 1 when the line ends as zh-line-ends-min says"},
    {.name = "c4-words-min",
     .kind = FILTER_LINE_MIN,
     .measure_line = words,
     .help = "lines: runs without white space"},
    {.name = "c4-zh-chars-min",
     .kind = FILTER_LINE_MIN,
     .measure_line = chars,
     .help = "lines: characters"},
    {.name = "c4-lorem-ipsum-max",
     .kind = FILTER_LINE_STOP,
     .measure_line = lorem_ipsum,
     .help = "a line with lorem ipsum drops the document"},
    {.name = "c4-javascript-max",
     .kind = FILTER_LINE_MAX,
     .measure_line = javascript,
     .help = "lines: 1 when the line speaks of javascript"},
    {.name = "c4-curly-bracket-max",
     .kind = FILTER_LINE_STOP,
     .measure_line = curly_bracket,
     .help = "a line with { drops the document"},
    {.name = "c4-policy-max",
     .kind = FILTER_LINE_MAX,
     .measure_line = policy,
     .help = "lines: 1 when the line speaks of terms of use, privacy policy or cookies"},
    {.name = "c4-zh-policy-max",
     .kind = FILTER_LINE_MAX,
     .measure_line = zh_policy,
     .help = "lines: 1 when the line speaks of 隐私政策, 使用条款, 版权所有 and the like"},
    {.name = "c4-sentences-min",
     .kind = FILTER_MIN,
     .measure = sentences,
     .arg = 0,
     .needs = FILTER_NEEDS_SENTENCES,
     .help = "sentences in the lines left, by spaCy's rule"},
    {.name = "c4-zh-sentences-min",
     .kind = FILTER_MIN,
     .measure = sentences,
     .arg = 1,
     .needs = FILTER_NEEDS_ZH_SENTENCES,
     .help = "sentences in the lines left, by runs of end marks"},
    {0},
};
