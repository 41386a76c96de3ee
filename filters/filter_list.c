/* --list-rules and --list-presets. */
#include <string.h>
#include "filters/filter.h"

static const char *does(enum filter_kind kind)
{
    switch (kind) {
    case FILTER_MIN:
    case FILTER_MAX:
        return "document";
    case FILTER_LINE_STOP:
        return "line drops document";
    case FILTER_LINE_EDIT:
        return "line is changed";
    case FILTER_TEXT_EDIT:
        return "text is changed";
    case FILTER_FIELD:
        return "field is written";
    default:
        return "line";
    }
}

void filter_list_rules(struct weir_buf *b)
{
    weir_buf_adds(b, "# rule\tdrops\twords\tmeasures\n");
    for (const struct filter_rule *const *t = filter_rule_tables; *t; t++)
        for (const struct filter_rule *r = *t; r->name; r++)
            weir_buf_addf(b, "%s\t%s\t%s\t%s\n", r->name, does(r->kind), r->words ? "yes" : "no",
                          r->help);
}

/* "=0.3", or nothing for a signal. */
static void add_limit(struct weir_buf *b, double limit)
{
    if (isfinite(limit))
        weir_buf_addf(b, "=%.10g", limit);
}

void filter_list_presets(struct weir_buf *b)
{
    for (const struct filter_preset *const *p = filter_presets; *p; p++) {
        weir_buf_addf(b, "%s\t%s\t%s\n", (*p)->name, (*p)->source, (*p)->help);
        for (const struct filter_limit *l = (*p)->limits; l->rule; l++) {
            weir_buf_addf(b, "\t%s", l->rule);
            add_limit(b, l->limit);
            weir_buf_addc(b, '\n');
        }
    }
}

void filter_list_plan(const struct filter_plan *plan, struct weir_buf *b)
{
    weir_buf_adds(b, "# rule\tlimit\tset by\tdrops\tmeasures\n");
    for (size_t i = 0; i < plan->n; i++) {
        const struct filter_check *c = plan->at + i;
        weir_buf_addf(b, "%s\t", c->name);
        if (isfinite(c->limit))
            weir_buf_addf(b, "%.10g", c->limit);
        else
            weir_buf_addc(b, '-');
        weir_buf_addf(b, "\t%s\t%s\t%s\n", c->source, does(c->rule->kind), c->rule->help);
    }
}
