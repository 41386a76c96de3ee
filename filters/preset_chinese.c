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

/* Laurençon et al. 2022 (arXiv 2303.03915); parameters_filtering.py, "zh".  The original's words
 * are SentencePiece's; flagged words, language score and perplexity need its lists and models. */
static const struct filter_limit roots_zh[] = {
    {"refined-words-min:icu", 1},
    {"refined-words-max:icu", 1000000},
    {"char-rep-3-max", 0.2},
    {"word-rep-5-max:icu", 0.96},
    {"special-max", 0.3},
    {"roots-stop-share-min:icu", 0.1691},
    {0},
};

const struct filter_preset preset_roots_zh = {"roots-zh", "Laurençon et al. 2022, BigScience",
                                              "ROOTS' rules for Chinese", roots_zh};

/* Du et al. 2024 (arXiv 2404.04167); MAP-NEO's filter.py.  Its "> 0.1" of unique characters is the
 * next number above; its repetition rules are meant but, by a mistake there, never asked. */
static const struct filter_limit mapcc_zh[] = {
    {"mapcc-brackets-max", 0.1},
    {"mapcc-sentences-min", 2},
    {"mapcc-chars-min", 50},
    {"mapcc-chars-max", 10000},
    {"word-length-min:icu", 1.3},
    {"word-length-max:icu", 10},
    {"mapcc-hashes-max", 0.1},
    {"mapcc-ellipses-max", 0.1},
    {"mapcc-digits-max", 0.3},
    {"mapcc-read-more-max", 0.3},
    {"mapcc-bullets-max", 0.9},
    {"mapcc-marks-min", 1},
    {"mapcc-unique-min", 0.10000000000000002},
    {"mapcc-entropy-min", 3},
    {"mapcc-top-2-chars-max", 0.2},
    {"mapcc-top-3-chars-max", 0.18},
    {"mapcc-top-4-chars-max", 0.16},
    {"mapcc-dup-5-chars-max", 0.6},
    {"mapcc-dup-6-chars-max", 0.6},
    {"mapcc-dup-7-chars-max", 0.6},
    {"mapcc-dup-8-chars-max", 0.6},
    {"mapcc-dup-9-chars-max", 0.6},
    {"mapcc-dup-10-chars-max", 0.6},
    {0},
};

const struct filter_preset preset_mapcc_zh = {"mapcc-zh", "Du et al. 2024, MAP-CC",
                                              "MAP-CC's rules for Chinese", mapcc_zh};

/* Chen et al. 2023 (arXiv 2309.02033); the demonstration configuration for Chinese.  The original's
 * words are SentencePiece's; flagged words, language score and perplexity need its lists and
 * models.
 */
static const struct filter_limit data_juicer_zh[] = {
    {"alphanumeric-max", 0.9},
    {"text-per-line-min", 10},
    {"text-per-line-max", 10000},
    {"char-rep-10-max", 0.5},
    {"line-longest-min", 10},
    {"line-longest-max", 10000},
    {"special-max", 0.25},
    {"dj-stop-share-min:icu", 0.3},
    {"chars-min", 10},
    {"chars-max", 10000},
    {"refined-words-min:icu", 10},
    {"refined-words-max:icu", 10000},
    {"word-rep-10-max:icu", 0.5},
    {0},
};

const struct filter_preset preset_data_juicer_zh = {
    "data-juicer-zh", "Chen et al. 2023", "data-juicer's rules for Chinese", data_juicer_zh};
