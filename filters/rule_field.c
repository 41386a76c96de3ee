/* A number that the record has already: what weir infer score, or any other program, wrote. */
#include <stdlib.h>
#include <string.h>
#include "filters/filter_run.h"

int filter_field_number(const struct weir_doc *doc, const char *name, double *v)
{
    const struct weir_field *f = weir_json_find(doc->f, doc->n_f, name);
    char s[64], *end;
    if (!f || f->type != WEIR_JSON_NUMBER || f->raw.n >= sizeof s)
        return 0;
    memcpy(s, f->raw.p, f->raw.n);
    s[f->raw.n] = '\0';
    *v = strtod(s, &end);
    return isfinite(*v);
}

static const char *field_options(const struct weir_filters_opt *opt)
{
    return opt->field ? "--field" : NULL;
}

static int field_open(const struct weir_filters_opt *opt, const struct filter_plan *plan,
                      void **shared, struct weir_err *err)
{
    (void)plan;
    if (!opt->field)
        return weir_err_set(err, WEIR_EUSAGE, "rules of a field need --field NAME");
    if (opt->from_scores || opt->annotate)
        return weir_err_set(
            err, WEIR_EUSAGE,
            "--field reads what is stored: --annotate and --from-scores exclude it");
    *shared = (void *)opt->field;
    return 0;
}

static void field_close(void *text)
{
    (void)text; // the option's: borrowed, as a thread's scratch too
}

static int field_thread_open(void *shared, void **scratch, struct weir_err *err)
{
    (void)err;
    *scratch = shared;
    return 0;
}

static const struct filter_tool field_tool = {.options = field_options,
                                              .open = field_open,
                                              .close = field_close,
                                              .thread_open = field_thread_open,
                                              .thread_close = field_close};

/* filter_decide() has seen that it is there. */
static double number(struct filter_doc *d, int arg)
{
    double v = FILTER_SIGNAL;
    (void)arg;
    return filter_field_number(d->doc, filter_scratch(d, &field_tool), &v) ? v : FILTER_SIGNAL;
}

static void explain(struct filter_doc *d, int arg, struct weir_buf *b)
{
    const char *name = filter_scratch(d, &field_tool);
    (void)arg;
    weir_buf_adds(b, ",\"field\":");
    weir_buf_add_json_lossy(b, weir_span(name, strlen(name)));
}

const struct filter_rule rule_field[] = {
    {.name = "field-min",
     .kind = FILTER_MIN,
     .measure = number,
     .on_request = 1,
     .tool = &field_tool,
     .explain = explain,
     .help = "the record's own number --field"},
    {.name = "field-max",
     .kind = FILTER_MAX,
     .measure = number,
     .on_request = 1,
     .tool = &field_tool,
     .explain = explain,
     .help = "the record's own number --field"},
    {0},
};
