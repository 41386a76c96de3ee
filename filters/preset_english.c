/* Published presets for English: each means what its source published; where we differ, the man
 * page says so. */
#include "filters/filter.h"

/* Rae et al. 2021 (arXiv 2112.11446) A.1.1; datatrove GopherQualityFilter, defaults. */
static const struct filter_limit gopher[] = {
    {"words-min", 50},
    {"words-max", 100000},
    {"word-length-min", 3},
    {"word-length-max", 10},
    {"hashes-per-word-max", 0.1},
    {"ellipses-per-word-max", 0.1},
    {"bullet-lines-max", 0.9},
    {"ellipsis-lines-max", 0.3},
    {"alphabetic-words-min", 0.8},
    {"stop-words-min", 2},
    {0},
};

const struct filter_preset preset_gopher = {"gopher", "Rae et al. 2021, datatrove",
                                            "Gopher's quality rules", gopher};

/* Rae et al. 2021 table A1; datatrove GopherRepetitionFilter, defaults. */
static const struct filter_limit gopher_repetition[] = {
    {"dup-paragraphs-max", 0.3}, {"dup-paragraph-chars-max", 0.2},
    {"dup-lines-max", 0.3},      {"dup-line-chars-max", 0.2},
    {"top-2-gram-max", 0.2},     {"top-3-gram-max", 0.18},
    {"top-4-gram-max", 0.16},    {"dup-5-gram-max", 0.15},
    {"dup-6-gram-max", 0.14},    {"dup-7-gram-max", 0.13},
    {"dup-8-gram-max", 0.12},    {"dup-9-gram-max", 0.11},
    {"dup-10-gram-max", 0.1},    {0},
};

const struct filter_preset preset_gopher_repetition = {
    "gopher-repetition", "Rae et al. 2021, datatrove", "Gopher's repetition rules",
    gopher_repetition};

/* Raffel et al. 2020; datatrove C4QualityFilter, defaults. */
static const struct filter_limit c4[] = {
    {"c4-strip", 1},
    {"c4-longest-word-max", 1000},
    {"c4-citations", 1},
    {"c4-end-mark-min", 1},
    {"c4-words-min", 3},
    {"c4-lorem-ipsum-max", 0},
    {"c4-javascript-max", 0},
    {"c4-curly-bracket-max", 0},
    {"c4-policy-max", 0},
    {"c4-sentences-min", 5},
    {0},
};

const struct filter_preset preset_c4 = {"c4", "Raffel et al. 2020, datatrove",
                                        "C4's rules, line by line", c4};

/* Penedo et al. 2024 (arXiv 2406.17557); datatrove FineWebQualityFilter, defaults. */
static const struct filter_limit fineweb[] = {
    {"line-ends-min", 0.12},
    {"short-lines-max", 0.67},
    {"dup-full-line-chars-max", 0.01},
    {"newlines-per-word-max", 0.3},
    {0},
};

const struct filter_preset preset_fineweb = {"fineweb", "Penedo et al. 2024, datatrove",
                                             "FineWeb's own quality rules", fineweb};
