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

void filter_list_presets(struct weir_buf *b)
{
    for (const struct filter_preset *p = filter_presets; p->name; p++) {
        weir_buf_addf(b, "%s\t%s\t%s\n", p->name, p->source, p->help);
        for (const struct filter_limit *l = p->limits; l->rule; l++)
            weir_buf_addf(b, "\t%s=%.10g\n", l->rule, l->limit);
    }
}
