/* Knowledge from dumps into one mapped file, and information extraction data: datasets to the
 * common form, instructions, and scores (docs/formats.md). */
#ifndef WEIR_KG2INSTRUCTION_H
#define WEIR_KG2INSTRUCTION_H

#include "weir/opt.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- dumps to the knowledge file ---- */

struct weir_kg_build_opt {
    const char *lang; // languages whose names are kept, "zh,en"
    int external_ids; // keep statements whose value is an identifier elsewhere
    int unnamed;      // keep entities without a name in these languages too
    int part;         // inputs may be parts of dumps, without their ends
};

WEIR_API void weir_kg_build_opt_init(void *opt);
/* Reads Wikidata JSON dumps and MediaWiki XML dumps (for their redirects), in any order, and writes
 * job->output; the same bytes for any number of threads and any memory. */
WEIR_API WEIR_MUST_CHECK int weir_kg_build_run(const struct weir_kg_build_opt *opt,
                                               struct weir_job *job, struct weir_err *err);

struct weir_kg_show_opt {
    int json; // in Wikidata's shape, a line each, instead of text
};

/* Prints entities of the knowledge file job->inputs[0]: those whose ids follow, or all. */
WEIR_API WEIR_MUST_CHECK int weir_kg_show_run(const struct weir_kg_show_opt *opt,
                                              struct weir_job *job, struct weir_err *err);
/* Prints the entities that have the names behind job->inputs[0], the best known first; a name that
 * none has is an error. */
WEIR_API WEIR_MUST_CHECK int weir_kg_find_run(struct weir_job *job, struct weir_err *err);
/* Verifies the knowledge files job->inputs and prints their totals, a line of JSON each. */
WEIR_API WEIR_MUST_CHECK int weir_kg_check_run(struct weir_job *job, struct weir_err *err);

/* ---- datasets to the common form (docs/formats.md) ---- */

struct weir_convert_opt {
    const char *from;                 // a source's name
    const char *source;               // the records' source; NULL: that name
    const char *names;                // keep|words, or a JSON file of names for labels
    int64_t token_column, tag_column; // from 1; 0: first, last
    int join;                         // words of columns: default|auto|space|none
    int list_sources;                 // print them to the job's output instead
};

WEIR_API void weir_convert_opt_init(void *opt);
/* Every record becomes one in the common form.  Tally notes: what a form cannot hold. */
WEIR_API WEIR_MUST_CHECK int weir_convert_run(const struct weir_convert_opt *opt,
                                              struct weir_job *job, struct weir_err *err);

/* ---- the common form to instructions ---- */

struct weir_instruct_opt {
    int task, lang, form, format; // NER|RE|SPO|EE|EET|EEA|KG, zh|en, alpaca|iepile,
                                  // any|json|triples|sentences|labels
    const char *schema;           // a file; NULL: the labels that the input has
    const char *templates;        // a file; NULL: our own, of iepile IEPile's instruction
    const char *source;           // of all records; NULL: the records' own, or the task
    int open;                     // alpaca: without a list of candidates
    int64_t split_num;            // labels an instruction asks for; 0: by form and task, -1: all
    double neg_ratio, neg_schema; // records that are asked for absent labels; share of those
    const char *hard, *hard_set;  // near labels: a dictionary or "learn"; which of it
    int test;                     // test form: with the label, all labels asked for
    int given;                    // answers in the record's order, not in the text's
    int no_shuffle;               // labels in the schema's order
    int unique;                   // what is said twice is answered once
    int sides;                    // subject|head: names of a relation's sides in iepile's answers
};

WEIR_API void weir_instruct_opt_init(void *opt);
/* Every record becomes one instruction or several. */
WEIR_API WEIR_MUST_CHECK int weir_instruct_run(const struct weir_instruct_opt *opt,
                                               struct weir_job *job, struct weir_err *err);

/* ---- sets of instructions to one ---- */

struct weir_compose_opt {
    struct weir_strings take; // NAME=COUNT or NAME=COUNT:FILE,FILE; COUNT may be "all"
    int form;                 // alpaca|messages
    int fewer, repeat;        // of a set with less than its count: take all; take some again
    int text;                 // with all texts of a record as "text"
    const char *report;       // a file, a line for each set; or NULL
};

/* Reads the files of the sets, and job->inputs for sets without files, twice; writes each set's
 * count of different records, drawn and shuffled by job->seed.  WEIR_EFAIL: a set has less. */
WEIR_API WEIR_MUST_CHECK int weir_compose_run(const struct weir_compose_opt *opt,
                                              struct weir_job *job, struct weir_err *err);

/* ---- answers against what the texts say ---- */

struct weir_eval_opt {
    int task;          // as of weir_instruct_opt
    const char *field; // member with the answer; NULL: "response", else "output"
    int match;         // normal|set: repeated ones count one to one, or once
    int strict;     // an answer is a whole object of JSON or nothing, as IEPile's evaluator has it
    const char *by; // a member by whose values the scores are told too; or NULL
};

WEIR_API void weir_eval_opt_init(void *opt);
/* Writes a report (docs/formats.md).  Records of one text follow each other. */
WEIR_API WEIR_MUST_CHECK int weir_eval_run(const struct weir_eval_opt *opt, struct weir_job *job,
                                           struct weir_err *err);

#ifdef __cplusplus
}
#endif
#endif
