/* Presets for source files. */
#include "filters/filter.h"

/* StarCoder (Li et al. 2023), NeMo Curator (lines, comments) and StarCoder2 (Lozhkov et al. 2024,
 * arXiv 2402.19173: generated and encoded files); masks as StarCoder's, section 4. */
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
    {"code-comments-max", 0.85},
    {"code-generated-max", 0},
    {"code-encoded-max", 0.5},
    {"code-encoded-longest-max", 1024},
    {"pii-email-mask", 1},
    {"pii-ip-mask", 1},
    {"pii-key-mask", 1},
    {0},
};

const struct filter_preset preset_code = {"code", "StarCoder, NeMo Curator", "source files", code};

/* Li et al. 2023 (arXiv 2305.06161) section 3.3; bigcode-dataset, filtering.py with the defaults of
 * arguments.py.  "> 0.2", "> 100", "> 0.01" and "< 0.8" are the next numbers. */
static const struct filter_limit starcoder[] = {
    {"code-license-min", 1},
    {"starcoder-included-min", 1},
    {"starcoder-line-longest-max", 1},
    {"starcoder-line-mean-max", 1},
    {"starcoder-alphanumeric-min", 1},
    {"starcoder-alphabetic-min", 1},
    {"starcoder-comments-min", 0.010000000000000002},
    {"starcoder-comments-max", 0.7999999999999999},
    {"code-xml-header-max", 0},
    {"starcoder-html-text-min", 0.20000000000000004},
    {"starcoder-html-chars-min", 101},
    {"code-data-chars-min", 100},
    {"code-data-chars-max", 5000},
    {0},
};

const struct filter_preset preset_starcoder = {"starcoder", "Li et al. 2023, bigcode-dataset",
                                               "StarCoder's rules by language", starcoder};
