/* Filters: documents in, documents that keep the rules out.  What a rule is, and how to add one:
 * docs/adding-a-filter.md. */
#ifndef WEIR_FILTERS_H
#define WEIR_FILTERS_H

#include "weir/opt.h"

#ifdef __cplusplus
extern "C" {
#endif

struct weir_filters_opt {
    struct weir_strings presets;  // names, or names with commas between: rules added together
    struct weir_strings rules;    // "NAME=LIMIT" or "NAME=off": the last word on a rule
    struct weir_strings lexicons; // files of harmful terms besides the built-in lexicon
    struct weir_strings allow;    // files of terms inside which a harmful term means no harm
    struct weir_strings langs;    // languages to keep: tags, or tags with commas between
    uint64_t lang_sample;         // bytes of a text that tell its language; 0: all
    const char *lang_model;       // fastText model to tell it instead; or NULL
    int write_lang;               // write the language into the field lang
    int to_simplified;            // 0, or what is made simplified: 1 any, 2 Taiwan's, 3 Hong Kong's
    struct weir_strings url_lists; // block lists of hosts and URLs
    const char *classifier;        // a fastText model, or NULL
    const char *label;             // the label whose probability counts
    double max, min;               // limits of it; negative: none
    int by_line;                   // they drop lines, not documents
    int by_chars;                  // characters from U+0800 on are words of the model
    int lower;                     // ASCII letters are folded before
    const char *field;             // a number of the record that rules look at; or NULL
    int annotate;                  // write the measured values into the record, drop nothing
    int from_scores;               // take the values from the record instead of measuring
    int64_t sample;                // of each reason at most so many go to the rejects; 0: all
    const char *explain;           // write every rule's value for the record of this id; or NULL
    int list_rules, list_presets;  // print a table to the job's output instead
    int plan;                      // the same for the rules in force
};

WEIR_API void weir_filters_opt_init(struct weir_filters_opt *opt);

/* Filters the job's documents.  A document that fails a rule is dropped with the first rule it
 * failed, in the order of --list-rules; reject detail: rule, value, limit. */
WEIR_API WEIR_MUST_CHECK int weir_filters_run(const struct weir_filters_opt *opt,
                                              struct weir_job *job, struct weir_err *err);

#ifdef __cplusplus
}
#endif
#endif
