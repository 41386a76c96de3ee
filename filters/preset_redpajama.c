/* RedPajama-V2 publishes signals and no limits: all are measured, none drops. */
#include "filters/filter.h"

static const struct filter_limit redpajama[] = {
    {"ellipsis-lines-max", FILTER_SIGNAL},
    {"rps-words-min", FILTER_SIGNAL},
    {"rps-word-length-min", FILTER_SIGNAL},
    {"rps-symbols-per-word-max", FILTER_SIGNAL},
    {"rps-no-alphabetic-words-max", FILTER_SIGNAL},
    {"rps-unique-words-min", FILTER_SIGNAL},
    {"rps-entropy-min", FILTER_SIGNAL},
    {"rps-all-caps-words-max", FILTER_SIGNAL},
    {"rps-sentences-min", FILTER_SIGNAL},
    {"rps-curly-brackets-max", FILTER_SIGNAL},
    {"rps-line-ends-min", FILTER_SIGNAL},
    {"rps-line-bullets-max", FILTER_SIGNAL},
    {"rps-line-words-min", FILTER_SIGNAL},
    {"rps-line-upper-max", FILTER_SIGNAL},
    {"rps-line-digits-max", FILTER_SIGNAL},
    {"rps-top-2-gram-max", FILTER_SIGNAL},
    {"rps-top-3-gram-max", FILTER_SIGNAL},
    {"rps-top-4-gram-max", FILTER_SIGNAL},
    {"rps-dup-5-gram-max", FILTER_SIGNAL},
    {"rps-dup-6-gram-max", FILTER_SIGNAL},
    {"rps-dup-7-gram-max", FILTER_SIGNAL},
    {"rps-dup-8-gram-max", FILTER_SIGNAL},
    {"rps-dup-9-gram-max", FILTER_SIGNAL},
    {"rps-dup-10-gram-max", FILTER_SIGNAL},
    {0},
};

const struct filter_preset preset_redpajama = {"redpajama", "Weber et al. 2024, RedPajama-V2",
                                               "quality signals, for --annotate", redpajama};
