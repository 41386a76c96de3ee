/* The inside of the rule engine.  A rule is one number measured on a document and a limit for it;
 * rules share measurements, which are taken when the first rule asks for them:
 *
 *     filter_classes()   one pass, characters by class           filter_classes.c
 *     filter_lines()     one pass, lines and paragraphs          filter_lines.c
 *     filter_words()     one pass, words by one of four schemes  filter_words.c
 *     filter_harm()      one scan, harmful terms                 lexicon_score.c
 *
 * A rule is a row in a table rule_*.c, which is a line in filter_rules.c. */
#ifndef WEIR_FILTER_H
#define WEIR_FILTER_H

#include "weir/doc.h"
#include "weir/filters.h"
#include "filters/filter_classes.h"
#include "filters/filter_lines.h"
#include "filters/filter_ngrams.h"
#include "filters/filter_words.h"
#include "filters/lexicon.h"

struct filter_doc;
struct filter_line;

enum filter_kind {
    FILTER_MIN,       // drops the document whose value is below the limit
    FILTER_MAX,       // drops the document whose value is above the limit
    FILTER_LINE_MIN,  // drops the line whose value is below the limit
    FILTER_LINE_MAX,  // drops the line whose value is above the limit
    FILTER_LINE_STOP, // drops the document with a line whose value is above the limit
    FILTER_LINE_EDIT, // changes lines when the limit is not 0
};

/* Rules that depend on words name the words they mean with a suffix, "words-min:icu". */
enum { FILTER_NO_WORDS = 0, FILTER_WORDS = 1 };

struct filter_rule {
    const char *name; // "chars-min"; the measure's name is the same without -min or -max
    enum filter_kind kind;
    int words; // FILTER_WORDS: the value depends on the word scheme
    double (*measure)(struct filter_doc *d, int arg); // NAN: the rule does not apply here
    double (*measure_line)(struct filter_line *l);    // FILTER_LINE_MIN, MAX, STOP
    void (*edit)(struct filter_line *l);              // FILTER_LINE_EDIT
    int arg;
    const char *help;
    /* Adds JSON members (`,"category":"…"`) to the reject; may be NULL. */
    void (*explain)(struct filter_doc *d, int arg, struct weir_buf *b);
};

/* Tables of rules in the order in which rules are asked; each ends with a row without a name. */
extern const struct filter_rule *const filter_rule_tables[]; // NULL at the end
extern const struct filter_rule rule_length[], rule_share[], rule_lines[], rule_code[],
    rule_harmful[], rule_duplicates[], rule_ngrams[], rule_gopher[], rule_c4[], rule_fineweb[];

struct filter_limit {
    const char *rule; // with its word scheme where it has one
    double limit;
};

struct filter_preset {
    const char *name;
    const char *source; // who published it, or "ours"
    const char *help;
    const struct filter_limit *limits; // ends with a row without a name
};
extern const struct filter_preset filter_presets[]; // ends with a row without a name

/* A rule in force. */
struct filter_check {
    const struct filter_rule *rule;
    enum filter_scheme scheme;
    double limit;
    char name[64]; // the rule's, with its word scheme
    char key[64];  // the measure's name in --annotate
};

struct filter_plan {
    struct filter_check *at;   // document rules, in order; those before at[n_first] see the text as
    size_t n, n_first;         // it came in, the others what the line rules left of it
    struct filter_check *line; // line rules, in order
    size_t n_line;
    int count_sentences, count_zh_sentences; // a rule asks for them
    int harmful, windows, n_words, n_grams;  // rules that need lexicon, windows, words, n-grams
};

/* Puts presets and single rules together: WEIR_EUSAGE with the bad word when one is unknown. */
int filter_plan_make(const struct weir_filters_opt *opt, struct filter_plan *plan,
                     struct weir_err *err);
void filter_plan_free(struct filter_plan *plan);
/* --list-rules and --list-presets. */
void filter_list_rules(struct weir_buf *b);
void filter_list_presets(struct weir_buf *b);

/* One line while line rules look at it. */
struct filter_line {
    struct weir_span text; // stripped of white space at both ends, after edits
    uint32_t n_words;      // runs of non-space characters, before edits
    uint32_t longest_word; // in characters
    struct weir_buf copy;  // what text stands in once edited
    struct weir_buf low;   // filter_line_lower()
    int has_lower;
};

/* The text with ASCII letters in lower case. */
struct weir_span filter_line_lower(struct filter_line *l);

/* Takes [12], [edit] and [citation needed] out. */
void filter_line_cut_citations(struct filter_line *l);

/* What line rules did to a document. */
struct filter_edit {
    struct weir_buf text;            // the lines kept, joined with "\n"
    struct weir_span result;         // of text, stripped
    uint64_t *dropped;               // (n_line) lines that each line rule dropped
    uint64_t n_sentences;            // in the lines kept, by spaCy's sentencizer as in C4
    uint64_t n_zh_sentences;         // the same by runs of end marks
    const struct filter_check *stop; // the rule by which a line dropped the document
    double stop_value;
    struct filter_line line;
    struct filter_words words; // of a line
};

/* A thread's scratch and the document it holds.  Measurements belong to `text`. */
struct filter_doc {
    const struct weir_doc *doc;
    struct weir_span text;
    enum filter_scheme scheme; // the words that the rule being measured means
    unsigned have;             // FILTER_HAVE_… of this text
    int failed;                // out of memory: the values are not to be used
    struct filter_classes classes;
    struct filter_lines lines;
    struct filter_words words[FILTER_N_SCHEMES];
    struct filter_ngrams ngrams;
    struct filter_edit edit;
    struct lexicon_scan harm;
    const struct filter_plan *plan;
    uint64_t hash_seed;
};

/* Starts a document, or the text that line rules left of it. */
void filter_doc_set(struct filter_doc *d, struct weir_span text);
/* Bytes that measuring this text takes by the plan, at most. */
uint64_t filter_doc_memory(struct filter_doc *d);
const struct filter_classes *filter_classes(struct filter_doc *d);
const struct filter_lines *filter_lines(struct filter_doc *d);
const struct filter_words *filter_words(struct filter_doc *d);
const struct lexicon_scan *filter_harm(struct filter_doc *d);
/* Runs the line rules over d->text; d->edit holds the result.  Returns 0 or WEIR_EMEM. */
int filter_edit_run(struct filter_doc *d);
void filter_edit_free(struct filter_edit *e);

/* a / b, and 0 for nothing of nothing. */
static inline double filter_ratio(double a, double b)
{
    return b > 0 ? a / b : 0;
}

#endif
