/* The inside of the rule engine.  A rule is one number measured on a document and a limit for it;
 * rules share measurements, which are taken when the first rule asks for them:
 *
 *     filter_classes()   one pass, characters by class           filter_classes.c
 *     filter_lines()     one pass, lines and paragraphs          filter_lines.c
 *     filter_words()     one pass, words by one of four schemes  filter_words.c
 *     filter_chars()     repeated runs of characters             filter_chars.c
 *
 * A rule is a row in a table rule_*.c, which is a line in filter_rules.def; a preset is a table in
 * preset_*.c, which is a line in filter_presets.def.  What a group of rules needs besides the text
 * (a lexicon, a model) is a filter_tool. */
#ifndef WEIR_FILTER_H
#define WEIR_FILTER_H

#include <math.h>
#include "weir/doc.h"
#include "weir/filters.h"
#include "filters/filter_chars.h"
#include "filters/filter_classes.h"
#include "filters/filter_lines.h"
#include "filters/filter_ngrams.h"
#include "filters/filter_words.h"

struct filter_doc;
struct filter_limit;
struct filter_line;
struct filter_plan;

enum filter_kind {
    FILTER_MIN,       // drops the document whose value is below the limit
    FILTER_MAX,       // drops the document whose value is above the limit
    FILTER_LINE_MIN,  // drops the line whose value is below the limit
    FILTER_LINE_MAX,  // drops the line whose value is above the limit
    FILTER_LINE_STOP, // drops the document with a line whose value is above the limit
    FILTER_LINE_EDIT, // changes lines when the limit is not 0
    FILTER_TEXT_EDIT, // changes the text when the limit is not 0
    FILTER_FIELD,     // writes a field of the record when the limit is not 0
};

/* Rules that depend on words name the words they mean with a suffix, "words-min:icu". */
enum { FILTER_NO_WORDS = 0, FILTER_WORDS = 1 };

/* What the engine must know before it looks at a text. */
enum filter_needs {
    FILTER_NEEDS_SENTENCES = 1,    // counted in the lines that line rules keep
    FILTER_NEEDS_ZH_SENTENCES = 2, // the same by Chinese end marks
    FILTER_NEEDS_BREAKS = 64,      // lines end as in Python's splitlines() for this rule
    FILTER_NEEDS_WINDOWS = 4,      // memory for windows of characters
    FILTER_NEEDS_GRAMS = 8,        // memory for n-grams of words
    FILTER_NEEDS_CHARS = 16,       // memory for n-grams of characters
    FILTER_NEEDS_NORMAL = 32,      // memory for a copy of the text and n-grams of its words
};

/* What a group of rules needs besides the text.  It is opened once when a rule in force names it,
 * is shared by all threads and read only; each thread has its own scratch.  Functions may be NULL,
 * but for open and close. */
struct filter_tool {
    /* Options that only this tool reads and that were given, for the error when no rule in force
     * reads them: "--lexicon and --allow"; NULL when none was given. */
    const char *(*options)(const struct weir_filters_opt *opt);
    /* Rules that the options bring with them, as a preset would: --url-list brings one that drops
     * what is listed.  Fills limit[], which is zero and has room for FILTER_MAX_IMPLIED and an
     * end, and returns how many. */
    size_t (*implied)(const struct weir_filters_opt *opt, struct filter_limit *limit);
    int (*open)(const struct weir_filters_opt *opt, const struct filter_plan *plan, void **shared,
                struct weir_err *err);
    void (*close)(void *shared);
    uint64_t (*memory)(const void *shared); // bytes that it holds
    int (*thread_open)(void *shared, void **scratch, struct weir_err *err);
    void (*shrink)(void *scratch); // gives back what grew with the text
    void (*thread_close)(void *scratch);
    uint64_t (*thread_memory)(const void *shared);       // bytes of a thread's scratch that stay
    uint64_t (*text_memory)(const struct filter_doc *d); // and for this text, at most
};

struct filter_rule {
    const char *name; // "chars-min"; the measure's name is the same without -min or -max
    enum filter_kind kind;
    int words; // FILTER_WORDS: the value depends on the word scheme
    double (*measure)(struct filter_doc *d, int arg);       // NAN: the rule does not apply here
    double (*measure_line)(struct filter_line *l, int arg); // FILTER_LINE_MIN, MAX, STOP
    int (*edit)(
        struct filter_line *l); // FILTER_LINE_EDIT: 1 when text is to stand in the line's place
    /* FILTER_TEXT_EDIT: writes the new text and returns the number of changes; with 0 the text
     * stays and out is not looked at.  Negative: WEIR_E….  FILTER_FIELD: appends the value of the
     * field as JSON; with 0 the record has no such field, or keeps the one it has. */
    int64_t (*rewrite)(struct filter_doc *d, int arg, struct weir_buf *out);
    const char *field; // FILTER_FIELD: its name
    int arg;
    unsigned needs;                 // FILTER_NEEDS_…
    int on_request;                 // needs options: no part of --annotate without rules
    const struct filter_tool *tool; // NULL: none
    const char *help;
    /* Adds JSON members (`,"category":"…"`) to the reject; may be NULL. */
    void (*explain)(struct filter_doc *d, int arg, struct weir_buf *b);
};

/* Tables of rules in the order in which rules are asked; each ends with a row without a name. */
extern const struct filter_rule *const filter_rule_tables[]; // NULL at the end
#define TABLE(name) extern const struct filter_rule rule_##name[];
#include "filters/filter_rules.def"
#undef TABLE

struct filter_limit {
    const char *rule; // with its word scheme where it has one
    double limit;     // FILTER_SIGNAL: measured by --annotate, drops nothing
};
#define FILTER_SIGNAL ((double)NAN)

struct filter_preset {
    const char *name;
    const char *source; // who published it, or "ours"
    const char *help;
    const struct filter_limit *limits; // ends with a row without a name
};
extern const struct filter_preset *const filter_presets[]; // NULL at the end
#define PRESET(name) extern const struct filter_preset preset_##name;
#include "filters/filter_presets.def"
#undef PRESET

/* A rule in force. */
struct filter_check {
    const struct filter_rule *rule;
    enum filter_scheme scheme;
    double limit;
    const char *source; // the preset that set the limit, or "--rule"
    char name[64];      // the rule's, with its word scheme
    char key[64];       // the measure's name in --annotate
};

enum { FILTER_MAX_TOOLS = 16, FILTER_MAX_IMPLIED = 4 };

/* Rules in the order in which they are asked.  Line rules that stand side by side look at each line
 * together; rules behind a rule that changes the text see the changed text. */
struct filter_plan {
    struct filter_check *at;
    size_t n;
    unsigned needs; // of all rules
    int n_words;    // word schemes in use
    const struct filter_tool *tool[FILTER_MAX_TOOLS];
    void *shared[FILTER_MAX_TOOLS]; // what the tool opened
    size_t n_tools;
    struct weir_job *job; // memory and warnings for who opens a tool; NULL in tests
};

/* Puts presets and single rules together: WEIR_EUSAGE with the bad word when one is unknown. */
int filter_plan_make(const struct weir_filters_opt *opt, struct filter_plan *plan,
                     struct weir_err *err);
/* Opens the tools of the rules in force; filter_plan_free() closes them. */
int filter_plan_open_tools(const struct weir_filters_opt *opt, struct filter_plan *plan,
                           struct weir_err *err);
uint64_t filter_plan_memory(const struct filter_plan *plan);        // bytes that the tools hold
uint64_t filter_plan_thread_memory(const struct filter_plan *plan); // the same of a thread
void filter_plan_free(struct filter_plan *plan);
/* 1 when a rule has a limit. */
int filter_plan_drops(const struct filter_plan *plan);
/* --list-rules and --list-presets. */
void filter_list_rules(struct weir_buf *b);
void filter_list_presets(struct weir_buf *b);
/* --plan: the rules in force with their limits and sources. */
void filter_list_plan(const struct filter_plan *plan, struct weir_buf *b);

static inline int filter_is_line_rule(const struct filter_rule *r)
{
    return r->kind >= FILTER_LINE_MIN && r->kind <= FILTER_LINE_EDIT;
}

static inline int filter_is_document_rule(const struct filter_rule *r)
{
    return r->kind <= FILTER_MAX;
}

/* What of a line is boilerplate, as rule_boilerplate.c tells: its kinds of terms found, a bit each,
 * and how many characters they cover. */
enum { FILTER_N_BOILER = 5 };
struct filter_boiler {
    int ready;
    unsigned found;
    uint32_t chars; // of the line, without white space and marks
    uint32_t items; // of navigation
    uint32_t covered[FILTER_N_BOILER];
};

/* One line while line rules look at it. */
struct filter_line {
    struct filter_doc *doc;
    struct weir_span whole; // as it stands in the text
    struct weir_span text;  // stripped of white space at both ends, after edits
    int is_edited;          // text is written in place of whole
    struct weir_buf copy;   // what text stands in once edited
    struct weir_buf low;    // filter_line_lower()
    int has_lower, has_words;
    uint32_t n_words, longest_word;
    struct filter_boiler boiler;
};

/* The text with ASCII letters in lower case; FILTER_LOWER_END zeros stand behind it. */
enum { FILTER_LOWER_END = 32 };
struct weir_span filter_line_lower(struct filter_line *l);
/* Adds the terms in such a text of a line; wide: eight characters at a time where there is AVX2. */
void filter_boiler_find(struct weir_span lower, int wide, struct filter_boiler *b);
/* Runs of non-space characters in the line before edits, and characters of the longest. */
uint32_t filter_line_words(struct filter_line *l);
uint32_t filter_line_longest_word(struct filter_line *l);

/* What line rules did to a document. */
struct filter_edit {
    int counted;                     // the next two hold for the document
    uint64_t n_sentences;            // in the lines kept, by spaCy's sentencizer as in C4
    uint64_t n_zh_sentences;         // the same by runs of end marks
    const struct filter_check *stop; // the rule by which a line dropped the document
    double stop_value;
    struct filter_line line;
    struct filter_words words; // of a line
};

/* A field that the record gets: bytes [at, at + n) of filter_doc.fields. */
struct filter_field {
    const char *key;
    size_t at, n;
};

enum { FILTER_MAX_FIELDS = 8 };

/* A thread's scratch and the document it holds.  Measurements belong to `text`. */
struct filter_doc {
    const struct weir_doc *doc;
    struct weir_span text;
    uint64_t text_no;          // another number for every text: a tool knows whose its results are
    enum filter_scheme scheme; // the words that the rule being measured means
    unsigned have;             // FILTER_HAVE_… of this text
    int failed;                // out of memory: the values are not to be used
    struct filter_classes classes;
    struct filter_lines lines;
    struct filter_words words[FILTER_N_SCHEMES];
    struct filter_ngrams ngrams;
    struct filter_chars chars;
    struct filter_edit edit;
    struct weir_buf made[2]; // texts that rules made, in turns
    int turn;                // the text stands in made[turn], or in neither
    int measures_all;        // a line that drops the document does not end the line rules' work
    struct weir_buf fields;
    struct filter_field field[FILTER_MAX_FIELDS];
    size_t n_field;
    uint64_t *changes; // (plan->n) lines dropped or changed, changes to the text, by rule
    void *scratch[FILTER_MAX_TOOLS];
    const struct filter_plan *plan;
    uint64_t hash_seed;
};

/* A thread's scratch; freed with filter_doc_free() even when this fails. */
int filter_doc_init(struct filter_doc *d, const struct filter_plan *plan, uint64_t seed,
                    struct weir_err *err);
void filter_doc_free(struct filter_doc *d);
/* Gives back what grows with texts. */
void filter_doc_shrink(struct filter_doc *d);
/* Starts a record. */
void filter_doc_start(struct filter_doc *d, const struct weir_doc *doc);
/* Starts a text: the record's, or what rules made of it. */
void filter_doc_set(struct filter_doc *d, struct weir_span text);
/* Bytes that measuring this text takes by the plan, at most. */
uint64_t filter_doc_memory(struct filter_doc *d);
const struct filter_classes *filter_classes(struct filter_doc *d);
const struct filter_lines *filter_lines(struct filter_doc *d);
const struct filter_words *filter_words(struct filter_doc *d);
/* Characters; rules raise them to the n-grams they measure. */
struct filter_chars *filter_chars(struct filter_doc *d);
/* What a tool whose rule is in force opened, and this thread's scratch of it. */
const void *filter_shared(const struct filter_doc *d, const struct filter_tool *tool);
void *filter_scratch(struct filter_doc *d, const struct filter_tool *tool);

/* Runs the rule that changes the text at plan->at[i], or the line rules that stand there side by
 * side; the new text, if any, becomes d's.  Returns the number behind the last of them, or
 * WEIR_EMEM.  d->edit.stop is set when a line drops the document. */
ptrdiff_t filter_edit_run(struct filter_doc *d, size_t i);
/* Counts the sentences of the text, for rules that need them, where no rule that drops lines did.
 * 0 or WEIR_EMEM. */
int filter_edit_count(struct filter_doc *d);
void filter_edit_free(struct filter_edit *e);

/* a / b, and 0 for nothing of nothing. */
static inline double filter_ratio(double a, double b)
{
    return b > 0 ? a / b : 0;
}

#endif
