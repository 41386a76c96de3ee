/* Presets of other tools for Chinese. */
#include "filters/filter.h"

/* C4's idea with Chinese end marks; five characters for three words. */
static const struct filter_limit c4_zh[] = {
    {"c4-strip", 1},
    {"c4-longest-word-max", 1000},
    {"c4-citations", 1},
    {"c4-zh-end-mark-min", 1},
    {"c4-zh-chars-min", 5},
    {"c4-lorem-ipsum-max", 0},
    {"c4-javascript-max", 0},
    {"c4-policy-max", 0},
    {"c4-zh-policy-max", 0},
    {"c4-zh-sentences-min", 5},
    {0},
};

const struct filter_preset preset_c4_zh = {"c4-zh", "ours, after C4",
                                           "C4's rules with Chinese end marks", c4_zh};
