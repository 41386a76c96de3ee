/* Presets: rules with their limits.  A published name means what its source published; where we
 * differ, the man page says so. */
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

/* Raffel et al. 2020; datatrove C4QualityFilter, defaults. */
static const struct filter_limit c4[] = {
    {"c4-longest-word-max", 1000}, {"c4-citations", 1},
    {"c4-end-mark-min", 1},        {"c4-words-min", 3},
    {"c4-lorem-ipsum-max", 0},     {"c4-javascript-max", 0},
    {"c4-curly-bracket-max", 0},   {"c4-policy-max", 0},
    {"c4-sentences-min", 5},       {0},
};

/* Penedo et al. 2024 (arXiv 2406.17557); datatrove FineWebQualityFilter, defaults. */
static const struct filter_limit fineweb[] = {
    {"line-ends-min", 0.12},
    {"short-lines-max", 0.67},
    {"dup-full-line-chars-max", 0.01},
    {"newlines-per-word-max", 0.3},
    {0},
};

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

/* C4's idea with Chinese end marks; five characters for three words. */
static const struct filter_limit c4_zh[] = {
    {"c4-longest-word-max", 1000}, {"c4-citations", 1},
    {"c4-zh-end-mark-min", 1},     {"c4-zh-chars-min", 5},
    {"c4-lorem-ipsum-max", 0},     {"c4-javascript-max", 0},
    {"c4-policy-max", 0},          {"c4-zh-policy-max", 0},
    {"c4-zh-sentences-min", 5},    {0},
};

static const struct filter_limit harmful[] = {
    {"harmful-score-max", 4},
    {"harmful-density-max", 25},
    {0},
};

/* The man page gives the reasons. */
static const struct filter_limit zh_web[] = {
    {"chars-min", 50},
    {"chars-max", 1000000},
    {"han-min", 0.2},
    {"digits-max", 0.4},
    {"pauses-min", 0.01},
    {"punctuation-max", 0.4},
    {"symbols-max", 0.15},
    {"garbled-max", 0.01},
    {"line-mean-min", 3},
    {"page-bullet-lines-max", 0.9},
    {"page-ellipsis-lines-max", 0.3},
    {"harmful-score-max", 4},
    {"harmful-density-max", 25},
    {"dup-paragraphs-max", 0.3},
    {"dup-paragraph-chars-max", 0.2},
    {"dup-lines-max", 0.5},
    {"dup-line-chars-max", 0.2},
    {"dup-13-chars-max", 0.4},
    {0},
};

static const struct filter_limit en_web[] = {
    {"chars-min", 200},
    {"letters-min", 0.6},
    {"digits-max", 0.2},
    {"symbols-max", 0.1},
    {"garbled-max", 0.005},
    {"page-bullet-lines-max", 0.9},
    {"page-ellipsis-lines-max", 0.3},
    {"harmful-score-max", 4},
    {"harmful-density-max", 25},
    {"dup-paragraphs-max", 0.3},
    {"dup-paragraph-chars-max", 0.2},
    {"dup-lines-max", 0.3},
    {"dup-line-chars-max", 0.2},
    {"top-2-gram-max", 0.2},
    {"top-3-gram-max", 0.18},
    {"top-4-gram-max", 0.16},
    {"dup-5-gram-max", 0.15},
    {"dup-10-gram-max", 0.1},
    {"words-min", 50},
    {"words-max", 100000},
    {"word-length-min", 3},
    {"word-length-max", 10},
    {"hashes-per-word-max", 0.1},
    {"ellipses-per-word-max", 0.1},
    {"alphabetic-words-min", 0.7},
    {"stop-words-min", 2},
    {0},
};

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

static const struct filter_limit knowlm_zh[] = {
    {"chars-min", 1},
    {"han-min", 0.1},
    {"garbled-max", 0.01},
    {"harmful-score-max", 4},
    {"harmful-density-max", 25},
    {"dup-lines-max", 0.5},
    {"dup-13-chars-max", 0.5},
    {0},
};

const struct filter_preset filter_presets[] = {
    {"zh-web", "ours", "Chinese web pages", zh_web},
    {"en-web", "ours, after Gopher", "English web pages", en_web},
    {"code", "StarCoder, NeMo Curator", "source files", code},
    {"harmful", "ours", "harmful content alone", harmful},
    {"knowlm-zh", "ours; KnowLM published none", "Chinese encyclopedias, news and books",
     knowlm_zh},
    {"gopher", "Rae et al. 2021, datatrove", "Gopher's quality rules", gopher},
    {"gopher-repetition", "Rae et al. 2021, datatrove", "Gopher's repetition rules",
     gopher_repetition},
    {"c4", "Raffel et al. 2020, datatrove", "C4's rules, line by line", c4},
    {"c4-zh", "ours, after C4", "C4's rules with Chinese end marks", c4_zh},
    {"fineweb", "Penedo et al. 2024, datatrove", "FineWeb's own quality rules", fineweb},
    {"fineweb2-zh", "FineWeb-2, cmn_Hani", "FineWeb-2's rules for Chinese", fineweb2_zh},
    {0},
};
