/* Shares of scripts: of the letters, or of the Chinese characters. */
#include <stdlib.h>
#include "filters/filter.h"
#include "filters/filter_scripts.h"

struct scripts {
    struct filter_scripts count;
    uint64_t text_no;
};

static int open_tool(const struct weir_filters_opt *opt, const struct filter_plan *plan,
                     void **shared, struct weir_err *err)
{
    (void)opt;
    (void)plan;
    (void)err;
    *shared = NULL;
    return 0;
}

static void close_tool(void *shared)
{
    (void)shared;
}

static int open_counts(void *shared, void **scratch, struct weir_err *err)
{
    (void)shared;
    *scratch = weir_calloc(1, sizeof(struct scripts));
    return *scratch ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
}

static const struct filter_tool script_tool = {
    .open = open_tool, .close = close_tool, .thread_open = open_counts, .thread_close = free};

static const struct filter_scripts *scripts(struct filter_doc *d)
{
    struct scripts *s = filter_scratch(d, &script_tool);
    if (s->text_no != d->text_no)
        filter_scripts_count(d->text, &s->count);
    s->text_no = d->text_no;
    return &s->count;
}

static double share(struct filter_doc *d, int script)
{
    const struct filter_scripts *s = scripts(d);
    return filter_ratio((double)s->of[script], (double)s->letters);
}

static double extended(struct filter_doc *d, int arg)
{
    (void)arg;
    const struct filter_scripts *s = scripts(d);
    return filter_ratio((double)s->han_extended, (double)s->of[SCRIPT_HAN]);
}

static double compat(struct filter_doc *d, int arg)
{
    (void)arg;
    const struct filter_scripts *s = scripts(d);
    return filter_ratio((double)s->han_compat, (double)s->of[SCRIPT_HAN]);
}

#define SHARE(name_, kind_, which, what)                                                           \
    {                                                                                              \
        .name = name_, .kind = kind_, .measure = share, .arg = which, .tool = &script_tool,        \
        .help = what " / letters"                                                                  \
    }

const struct filter_rule rule_script[] = {
    SHARE("script-han-min", FILTER_MIN, SCRIPT_HAN, "Chinese characters"),
    SHARE("script-han-max", FILTER_MAX, SCRIPT_HAN, "Chinese characters"),
    SHARE("script-latin-min", FILTER_MIN, SCRIPT_LATIN, "Latin letters"),
    SHARE("script-latin-max", FILTER_MAX, SCRIPT_LATIN, "Latin letters"),
    SHARE("script-kana-max", FILTER_MAX, SCRIPT_KANA, "Hiragana and Katakana"),
    SHARE("script-hangul-max", FILTER_MAX, SCRIPT_HANGUL, "Hangul"),
    SHARE("script-bopomofo-max", FILTER_MAX, SCRIPT_BOPOMOFO, "Bopomofo"),
    SHARE("script-cyrillic-max", FILTER_MAX, SCRIPT_CYRILLIC, "Cyrillic letters"),
    SHARE("script-greek-max", FILTER_MAX, SCRIPT_GREEK, "Greek letters"),
    SHARE("script-arabic-max", FILTER_MAX, SCRIPT_ARABIC, "Arabic letters"),
    SHARE("script-hebrew-max", FILTER_MAX, SCRIPT_HEBREW, "Hebrew letters"),
    SHARE("script-thai-max", FILTER_MAX, SCRIPT_THAI, "Thai letters"),
    SHARE("script-devanagari-max", FILTER_MAX, SCRIPT_DEVANAGARI, "Devanagari letters"),
    SHARE("script-other-max", FILTER_MAX, SCRIPT_OTHER, "letters of all other scripts"),
    {.name = "han-extended-max",
     .kind = FILTER_MAX,
     .measure = extended,
     .tool = &script_tool,
     .help = "Chinese characters of extensions A to J / Chinese characters"},
    {.name = "han-compat-max",
     .kind = FILTER_MAX,
     .measure = compat,
     .tool = &script_tool,
     .help = "compatibility ideographs / Chinese characters"},
    {0},
};
