/* Presets for source files. */
#include "filters/filter.h"

/* StarCoder (Li et al. 2023) and NeMo Curator. */
static const struct filter_limit code[] = {
    {"line-longest-max", 1000},
    {"line-mean-max", 100},
    {"alphabetic-min", 0.25},
    {"alphanumeric-min", 0.25},
    {"lines-min", 10},
    {"lines-max", 20000},
    {"code-xml-header-max", 0},
    {"code-html-text-min", 0.2},
    {"code-html-chars-min", 100},
    {"code-data-chars-min", 100},
    {"code-data-chars-max", 5000},
    {"code-comments-min", 0.01},
    {"code-comments-max", 0.8},
    {0},
};

const struct filter_preset preset_code = {"code", "StarCoder, NeMo Curator", "source files", code};
