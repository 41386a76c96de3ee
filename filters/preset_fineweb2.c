/* FineWeb-2 (Penedo et al. 2025, arXiv 2506.20920): the limits of its configuration files by
 * language. */
#include "filters/filter.h"

/* FineWeb-2's configuration for cmn_Hani, with ICU's words for jieba's. */
static const struct filter_limit fineweb2_zh[] = {
    {"dup-lines-max", 0.287},
    {"top-2-gram-max:icu", 0.256},
    {"top-3-gram-max:icu", 0.201},
    {"top-4-gram-max:icu", 0.171},
    {"dup-5-gram-max:icu", 0.198},
    {"dup-6-gram-max:icu", 0.182},
    {"dup-7-gram-max:icu", 0.167},
    {"dup-8-gram-max:icu", 0.154},
    {"dup-9-gram-max:icu", 0.14},
    {"dup-10-gram-max:icu", 0.127},
    {"words-min:icu", 50},
    {"words-max:icu", 100000},
    {"word-length-min:icu", 1},
    {"word-length-max:icu", 5},
    {"hashes-per-word-max:icu", 0.1},
    {"ellipses-per-word-max:icu", 0.1},
    {"bullet-lines-max", 0.9},
    {"ellipsis-lines-max", 0.3},
    {"alphabetic-words-min:icu", 0.735},
    {"zh-stop-words-min:icu", 2},
    {"line-ends-min", 0.106},
    {"dup-full-line-chars-max", 0.1},
    {"newlines-per-word-max:icu", 0.178},
    {0},
};

const struct filter_preset preset_fineweb2_zh = {"fineweb2-zh", "FineWeb-2, cmn_Hani",
                                                 "FineWeb-2's rules for Chinese", fineweb2_zh};

/* yue_Hani. */
static const struct filter_limit fineweb2_yue[] = {
    {"dup-lines-max", 0.442},
    {"top-2-gram-max:icu", 1.238},
    {"top-3-gram-max:icu", 0.854},
    {"top-4-gram-max:icu", 0.623},
    {"dup-5-gram-max:icu", 0.241},
    {"dup-6-gram-max:icu", 0.216},
    {"dup-7-gram-max:icu", 0.204},
    {"dup-8-gram-max:icu", 0.193},
    {"dup-9-gram-max:icu", 0.182},
    {"dup-10-gram-max:icu", 0.17},
    {"words-min:icu", 50},
    {"words-max:icu", 100000},
    {"word-length-min:icu", 1},
    {"word-length-max:icu", 5},
    {"hashes-per-word-max:icu", 0.1},
    {"ellipses-per-word-max:icu", 0.1},
    {"bullet-lines-max", 0.9},
    {"ellipsis-lines-max", 0.3},
    {"alphabetic-words-min:icu", 0.765},
    {"yue-stop-words-min:icu", 2},
    {"line-ends-min", 0.111},
    {"dup-full-line-chars-max", 0.1},
    {"newlines-per-word-max:icu", 0.238},
    {0},
};

const struct filter_preset preset_fineweb2_yue = {"fineweb2-yue", "FineWeb-2, yue_Hani",
                                                  "FineWeb-2's rules for Cantonese", fineweb2_yue};
