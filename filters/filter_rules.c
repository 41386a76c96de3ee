/* The table of rules.  A document is dropped by the first rule it fails, in this order: what costs
 * little comes first.  Rules behind rule_c4 see the text that line rules left. */
#include "filters/filter.h"

const struct filter_rule *const filter_rule_tables[] = {
    rule_length, rule_share,  rule_lines, rule_code,    rule_harmful, rule_duplicates,
    rule_ngrams, rule_gopher, rule_c4,    rule_fineweb, NULL,
};
