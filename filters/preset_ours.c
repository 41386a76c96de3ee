/* Our own presets.  The man page gives the reasons for their limits. */
#include "filters/filter.h"

static const struct filter_limit harmful[] = {
    {"harmful-score-max", 4},
    {"harmful-density-max", 25},
    {0},
};

const struct filter_preset preset_harmful = {"harmful", "ours", "harmful content alone", harmful};

/* The man page gives the reasons. */
static const struct filter_limit zh_web[] = {
    {"boiler-tail", 1},
    {"boiler-more-max", 0.7},
    {"boiler-navigation-max", 0.7},
    {"boiler-copyright-max", 0},
    {"boiler-cookies-max", 0},
    {"boiler-sharing-max", 0},
    {"chars-min", 50},
    {"chars-max", 1000000},
    {"han-min", 0.2},
    {"digits-max", 0.4},
    {"pauses-min", 0.01},
    {"punctuation-max", 0.4},
    {"symbols-max", 0.15},
    {"garbled-max", 0.01},
    {"mojibake-max", 0.005},
    {"half-kana-max", 0.02},
    {"controls-max", 0.01},
    {"lang-zh-min", 0.2},
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
    {"pii-email-mask", 1},
    {"pii-phone-mask", 1},
    {"pii-id-card-mask", 1},
    {"pii-bank-card-mask", 1},
    {"pii-passport-mask", 1},
    {"pii-plate-mask", 1},
    {"pii-ip-mask", 1},
    {"pii-key-mask", 1},
    {0},
};

const struct filter_preset preset_zh_web = {"zh-web", "ours", "Chinese web pages", zh_web};

static const struct filter_limit zh_books[] = {
    {"chars-min", 200},
    {"han-min", 0.5},
    {"digits-max", 0.2},
    {"pauses-min", 0.02},
    {"punctuation-max", 0.4},
    {"symbols-max", 0.1},
    {"garbled-max", 0.005},
    {"mojibake-max", 0.005},
    {"line-mean-min", 5},
    {"harmful-score-max", 4},
    {"harmful-density-max", 25},
    {"dup-paragraphs-max", 0.3},
    {"dup-paragraph-chars-max", 0.2},
    {"dup-lines-max", 0.5},
    {"dup-line-chars-max", 0.2},
    {"dup-13-chars-max", 0.3},
    {0},
};

const struct filter_preset preset_zh_books = {"zh-books", "ours", "Chinese books", zh_books};

static const struct filter_limit en_web[] = {
    {"boiler-tail", 1},
    {"boiler-more-max", 0.7},
    {"boiler-navigation-max", 0.7},
    {"boiler-copyright-max", 0},
    {"boiler-cookies-max", 0},
    {"boiler-sharing-max", 0},
    {"chars-min", 200},
    {"letters-min", 0.6},
    {"digits-max", 0.2},
    {"symbols-max", 0.1},
    {"garbled-max", 0.005},
    {"mojibake-max", 0.005},
    {"controls-max", 0.01},
    {"lang-en-min", 0.5},
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
    {"pii-email-mask", 1},
    {"pii-phone-mask", 1},
    {"pii-id-card-mask", 1},
    {"pii-bank-card-mask", 1},
    {"pii-passport-mask", 1},
    {"pii-plate-mask", 1},
    {"pii-ip-mask", 1},
    {"pii-key-mask", 1},
    {0},
};

const struct filter_preset preset_en_web = {"en-web", "ours, after Gopher", "English web pages",
                                            en_web};

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

const struct filter_preset preset_knowlm_zh = {"knowlm-zh", "ours; KnowLM published none",
                                               "Chinese encyclopedias, news and books", knowlm_zh};

/* Boilerplate lines alone. */
static const struct filter_limit boilerplate[] = {
    {"boiler-tail", 1},
    {"boiler-more-max", 0.7},
    {"boiler-navigation-max", 0.7},
    {"boiler-copyright-max", 0},
    {"boiler-cookies-max", 0},
    {"boiler-sharing-max", 0},
    {0},
};

const struct filter_preset preset_boilerplate = {"boilerplate", "ours",
                                                 "drops lines of web pages' frames", boilerplate};
