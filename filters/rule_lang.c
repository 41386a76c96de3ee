/* Languages: which, how sure, and the field that says so. */
#include <stdlib.h>
#include <string.h>
#include "filters/filter.h"
#include "filters/lang.h"

struct lang_tool {
    const struct weir_filters_opt *opt;
    weir_fasttext *model; // NULL: scripts and CLD2
};

struct lang_state {
    const struct lang_tool *tool;
    struct lang_scratch scratch;
    struct lang_guess guess;
    uint64_t text_no; // whose guess it is
};

static const char *given(const struct weir_filters_opt *opt)
{
    return opt->lang_model ? "--lang-model" : NULL;
}

static size_t implied(const struct weir_filters_opt *opt, struct filter_limit *limit)
{
    size_t n = 0;
    if (opt->langs.n)
        limit[n++] = (struct filter_limit){"lang-listed-min", 1};
    if (opt->write_lang)
        limit[n++] = (struct filter_limit){"lang-field", 1};
    return n;
}

static int open_tool(const struct weir_filters_opt *opt, const struct filter_plan *plan,
                     void **shared, struct weir_err *err)
{
    (void)plan;
    struct lang_tool *t = weir_calloc(1, sizeof *t);
    if (!t)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    t->opt = opt;
    if (opt->lang_model && !(t->model = weir_fasttext_open(opt->lang_model, err))) {
        free(t);
        return err->code;
    }
    *shared = t;
    return 0;
}

static void close_tool(void *shared)
{
    struct lang_tool *t = shared;
    if (t)
        weir_fasttext_close(t->model);
    free(t);
}

static uint64_t tool_memory(const void *shared)
{
    const struct lang_tool *t = shared;
    return t->model ? weir_fasttext_memory(t->model) : 0;
}

static int open_state(void *shared, void **scratch, struct weir_err *err)
{
    struct lang_state *s = *scratch = weir_calloc(1, sizeof *s);
    if (!s)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    s->tool = shared;
    return lang_scratch_init(&s->scratch, s->tool->model, err);
}

static void close_state(void *scratch)
{
    struct lang_state *s = scratch;
    lang_scratch_free(&s->scratch);
    free(s);
}

static uint64_t state_memory(const void *shared)
{
    const struct lang_tool *t = shared;
    return t->model ? weir_fasttext_line_memory(t->model) : 0;
}

static const struct filter_tool lang_tool = {.options = given,
                                             .implied = implied,
                                             .open = open_tool,
                                             .close = close_tool,
                                             .memory = tool_memory,
                                             .thread_open = open_state,
                                             .thread_close = close_state,
                                             .thread_memory = state_memory};

static const struct lang_state *identify(struct filter_doc *d)
{
    struct lang_state *s = filter_scratch(d, &lang_tool);
    if (s->text_no != d->text_no &&
        lang_guess(&s->scratch, s->tool->model, d->text, s->tool->opt->lang_sample, &s->guess) < 0)
        d->failed = 1;
    s->text_no = d->text_no;
    return s;
}

static double score(struct filter_doc *d, int arg)
{
    (void)arg;
    return identify(d)->guess.score;
}

/* 1 when the text is in one of the languages of --lang: lists of tags with commas between. */
static double listed(struct filter_doc *d, int arg)
{
    const struct lang_state *s = identify(d);
    const struct weir_strings *langs = &s->tool->opt->langs;
    (void)arg;
    for (size_t i = 0; i < langs->n; i++)
        for (const char *p = langs->at[i]; *p;) {
            const size_t n = strcspn(p, ",");
            if (n && lang_matches(s->guess.tag, weir_span(p, n)))
                return 1;
            p += n + (p[n] == ',');
        }
    return 0;
}

static double chinese(struct filter_doc *d, int arg)
{
    (void)arg;
    return identify(d)->guess.chinese;
}

static double english(struct filter_doc *d, int arg)
{
    const struct lang_guess *g = &identify(d)->guess;
    (void)arg;
    return lang_matches(g->tag, WEIR_LIT("en")) || lang_matches(g->tag, WEIR_LIT("eng")) ? g->score
                                                                                         : 0;
}

static void explain(struct filter_doc *d, int arg, struct weir_buf *b)
{
    const struct lang_guess *g = &identify(d)->guess;
    (void)arg;
    weir_buf_adds(b, ",\"lang\":");
    weir_buf_add_json_lossy(b, weir_span(g->tag, strlen(g->tag)));
    weir_buf_addf(b, ",\"score\":%.4g", g->score);
}

static int64_t field(struct filter_doc *d, int arg, struct weir_buf *out)
{
    const struct lang_guess *g = &identify(d)->guess;
    (void)arg;
    if (d->doc->lang.p && weir_span_is(d->doc->lang, g->tag))
        return 0;
    weir_buf_add_json_lossy(out, weir_span(g->tag, strlen(g->tag)));
    return 1;
}

const struct filter_rule rule_lang[] = {
    {.name = "lang-zh-min",
     .kind = FILTER_MIN,
     .measure = chinese,
     .tool = &lang_tool,
     .explain = explain,
     .help = "share of the letters that is Chinese, an ideograph counting as three; 0 for Japanese "
             "and Korean"},
    {.name = "lang-en-min",
     .kind = FILTER_MIN,
     .measure = english,
     .tool = &lang_tool,
     .explain = explain,
     .help = "share of the letters that is English, 0 for a text mostly in another language"},
    {.name = "lang-score-min",
     .kind = FILTER_MIN,
     .measure = score,
     .tool = &lang_tool,
     .explain = explain,
     .help = "share of the letters that is in the text's language, or the model's probability"},
    {.name = "lang-listed-min",
     .kind = FILTER_MIN,
     .measure = listed,
     .on_request = 1,
     .tool = &lang_tool,
     .explain = explain,
     .help = "1 when the text is in a language of --lang"},
    {.name = "lang-field",
     .kind = FILTER_FIELD,
     .rewrite = field,
     .field = "lang",
     .tool = &lang_tool,
     .help = "the language as the field lang"},
    {0},
};
