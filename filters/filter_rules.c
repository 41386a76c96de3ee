/* The tables of rules and of presets, each a line in its list. */
#include "filters/filter.h"

#define TABLE(name) rule_##name,
const struct filter_rule *const filter_rule_tables[] = {
#include "filters/filter_rules.def"
    NULL};

#define PRESET(name) &preset_##name,
const struct filter_preset *const filter_presets[] = {
#include "filters/filter_presets.def"
    NULL};
