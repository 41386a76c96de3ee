/* A fastText model's probability of one label, for documents or for lines. */
#include <stdlib.h>
#include <string.h>
#include "weir/fasttext.h"
#include "filters/filter.h"

struct classifier {
    weir_fasttext *model;
    int label;
    enum weir_fasttext_text how;
    int lower;
};

struct scratch {
    const struct classifier *c;
    struct weir_buf line;
    float *p;         // (labels)
    uint64_t text_no; // whose result this is
    double value;
};

static const char *classifier_options(const struct weir_filters_opt *opt)
{
    if (opt->classifier)
        return "--classifier";
    return opt->label ? "--label" : NULL;
}

static size_t classifier_implied(const struct weir_filters_opt *opt, struct filter_limit *limit)
{
    static const char *const rules[2][2] = {{"classifier-max", "classifier-min"},
                                            {"line-classifier-max", "line-classifier-min"}};
    size_t n = 0;
    if (!opt->classifier)
        return 0;
    if (opt->max >= 0)
        limit[n++] = (struct filter_limit){rules[opt->by_line][0], opt->max};
    if (opt->min >= 0)
        limit[n++] = (struct filter_limit){rules[opt->by_line][1], opt->min};
    if (!n && opt->annotate && !opt->by_line)
        limit[n++] = (struct filter_limit){"classifier-max", FILTER_SIGNAL};
    return n;
}

static void classifier_close(void *shared)
{
    struct classifier *c = shared;
    if (!c)
        return;
    weir_fasttext_close(c->model);
    free(c);
}

static int no_label(const struct classifier *c, const char *path, const char *label,
                    struct weir_err *err)
{
    struct weir_buf names = {0};
    const size_t n = weir_fasttext_n_labels(c->model);
    for (size_t i = 0; i < n && i < 8; i++)
        weir_buf_addf(&names, "%s%s", i ? ", " : "", weir_fasttext_label(c->model, i));
    weir_buf_addf(&names, "%s%c", n > 8 ? " …" : "", 0);
    weir_err_set(err, WEIR_EUSAGE, "%s: no label \"%s\"; it has %s", path, label,
                 names.failed ? "others" : names.p);
    weir_buf_free(&names);
    return WEIR_EUSAGE;
}

static int classifier_open(const struct weir_filters_opt *opt, const struct filter_plan *plan,
                           void **shared, struct weir_err *err)
{
    (void)plan;
    if (!opt->classifier || !opt->label)
        return weir_err_set(err, WEIR_EUSAGE,
                            "rules of a classifier need --classifier and --label");
    struct classifier *c = weir_calloc(1, sizeof *c);
    if (!c)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    c->how = opt->by_chars ? WEIR_FASTTEXT_CHARS : WEIR_FASTTEXT_RAW;
    c->lower = opt->lower;
    c->model = weir_fasttext_open(opt->classifier, err);
    int rc = c->model ? 0 : err->code;
    if (!rc && (c->label = weir_fasttext_find(c->model, opt->label)) < 0)
        rc = no_label(c, opt->classifier, opt->label, err);
    if (rc) {
        classifier_close(c);
        return rc;
    }
    *shared = c;
    return 0;
}

static uint64_t classifier_memory(const void *shared)
{
    return weir_fasttext_memory(((const struct classifier *)shared)->model);
}

static void classifier_thread_close(void *scratch)
{
    struct scratch *s = scratch;
    weir_buf_free(&s->line);
    free(s->p);
    free(s);
}

static int classifier_thread_open(void *shared, void **scratch, struct weir_err *err)
{
    const struct classifier *c = shared;
    struct scratch *s = *scratch = weir_calloc(1, sizeof *s);
    if (s) {
        s->c = c;
        s->p = weir_calloc(weir_fasttext_n_labels(c->model), sizeof *s->p);
    }
    return s && s->p ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
}

static uint64_t classifier_thread_memory(const void *shared)
{
    const struct classifier *c = shared;
    return weir_fasttext_line_memory(c->model) + weir_fasttext_n_labels(c->model) * sizeof(float);
}

static const struct filter_tool classifier_tool = {.options = classifier_options,
                                                   .implied = classifier_implied,
                                                   .open = classifier_open,
                                                   .close = classifier_close,
                                                   .memory = classifier_memory,
                                                   .thread_open = classifier_thread_open,
                                                   .thread_close = classifier_thread_close,
                                                   .thread_memory = classifier_thread_memory};

static double probability(struct scratch *s, struct weir_span text, int *failed)
{
    struct weir_err err = {0};
    s->line.n = 0;
    weir_fasttext_prepare(&s->line, text, s->c->how, s->c->lower);
    if (s->line.failed ||
        weir_fasttext_score(s->c->model, weir_buf_span(&s->line), s->p, &err) < 0) {
        *failed = 1;
        return 0;
    }
    return (double)s->p[s->c->label];
}

static double document(struct filter_doc *d, int arg)
{
    struct scratch *s = filter_scratch(d, &classifier_tool);
    (void)arg;
    if (s->text_no != d->text_no)
        s->value = probability(s, d->text, &d->failed);
    s->text_no = d->text_no;
    return s->value;
}

static double line(struct filter_line *l, int arg)
{
    (void)arg;
    return probability(filter_scratch(l->doc, &classifier_tool), l->text, &l->doc->failed);
}

const struct filter_rule rule_classifier[] = {
    {.name = "line-classifier-max",
     .kind = FILTER_LINE_MAX,
     .measure_line = line,
     .on_request = 1,
     .tool = &classifier_tool,
     .help = "lines: probability of --label by --classifier"},
    {.name = "line-classifier-min",
     .kind = FILTER_LINE_MIN,
     .measure_line = line,
     .on_request = 1,
     .tool = &classifier_tool,
     .help = "lines: probability of --label by --classifier"},
    {.name = "classifier-max",
     .kind = FILTER_MAX,
     .measure = document,
     .on_request = 1,
     .tool = &classifier_tool,
     .help = "probability of --label by --classifier"},
    {.name = "classifier-min",
     .kind = FILTER_MIN,
     .measure = document,
     .on_request = 1,
     .tool = &classifier_tool,
     .help = "probability of --label by --classifier"},
    {0},
};
