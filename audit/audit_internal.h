/* A ledger line is a run: one stage over one shard.  Runs are linked by the content of what they
 * wrote and read, grouped into steps of the build, added up and checked.
 *
 *      runs      ingest a ──► filters a ─┐
 *                ingest b ──► filters b ─┴─► dedup
 *      steps     ingest   ──► filters   ───► dedup                                            */
#ifndef WEIR_AUDIT_INTERNAL_H
#define WEIR_AUDIT_INTERNAL_H

#include "weir/audit.h"
#include "weir/job.h"
#include "weir/json.h"

#define AUDIT_MAX_STAGES 64
/* Together they keep every sum below 2^64. */
#define AUDIT_MAX_COUNT ((uint64_t)1 << 46)
#define AUDIT_MAX_RUNS  (1u << 18)
#define AUDIT_NONE      UINT32_MAX

struct audit_piece { // a file or stream that a run read or wrote
    uint64_t hash[2];
    uint64_t bytes;
    char *name;
    int is_stream; // not a file of that name
    uint32_t run;
    uint32_t writer; // of an input: the run that wrote it, or AUDIT_NONE
};

struct audit_pieces {
    struct audit_piece *at;
    size_t n, cap;
};

struct audit_sums { // of a run, or of all runs of a step
    struct weir_count in, kept, dropped, bad, out;
    uint64_t framing, peak_memory;
    double seconds;
    struct weir_names reasons, sources, notes;
};

struct audit_run {
    struct audit_sums sums;
    char *ledger;
    uint64_t line;
    uint64_t command[2];  // hash of the command and of what makes a run the same one again
    size_t in_at, n_in;   // in audit.inputs
    size_t out_at, n_out; // in audit.outputs
    uint32_t stage;       // in audit.stage
    uint32_t step;        // in audit.step
    uint32_t depth;       // longest way to it through the links
    int replaced;         // done again later: not counted
    int is_read;          // some run reads what it wrote
    int by_totals;        // its inputs are linked by totals only
    char *datasets;       // JSON array of weir indexer stats, WEIR_PADDING behind it; or NULL
    size_t n_datasets;    // bytes
    char *score;          // JSON object of weir infer score, the same; or NULL
    size_t n_score;
};

struct audit_step { // runs of one stage at one place of the build
    struct audit_sums sums;
    uint32_t stage, level; // the level-th time that the stage stands in a chain
    uint32_t depth, n_runs;
};

struct audit_link {
    uint32_t from, to; // steps
    int by_totals;
};

struct audit {
    struct audit_run *run;
    size_t n_runs, cap_runs;
    struct audit_pieces inputs, outputs;
    char *stage[AUDIT_MAX_STAGES];
    uint32_t n_stages;
    struct audit_step *step; // in the order of the build
    size_t n_steps, cap_steps;
    struct audit_link *link;
    size_t n_links, cap_links;
    char **problem;
    size_t n_problems, cap_problems;
    size_t n_replaced;
    weir_json *json[4]; // one a depth of nesting
};

/* ---- audit_read.c ---- */
int audit_init(struct audit *a, struct weir_err *err);
void audit_free(struct audit *a);
/* Adds a ledger line; WEIR_PADDING bytes behind it must be readable. */
int audit_read(struct audit *a, struct weir_span line, const char *ledger, uint64_t line_number,
               struct weir_err *err);

/* ---- audit_replace.c ---- */
/* Marks the runs that a later one did again. */
int audit_replace(struct audit *a, struct weir_err *err);

/* ---- audit_link.c ---- */
/* Leaves out what was done again, links runs by content, forms the steps and adds them up. */
int audit_link(struct audit *a, struct weir_err *err);

/* ---- audit_check.c ---- */
/* Every run in itself, every link, and pieces that hang loose: fills problem. */
int audit_check(struct audit *a, struct weir_err *err);

/* ---- audit_report.c, audit_json.c ---- */
void audit_report(const struct audit *a, struct weir_buf *b);
void audit_report_json(const struct audit *a, struct weir_buf *b);

/* ---- audit_stats.c, audit_scores.c, audit_html.c ---- */
struct audit_bar { // a source, or lengths from `from` on
    struct weir_span name;
    uint64_t from, sequences, tokens, text_bytes;
    int has_text;
};
struct audit_dataset { // what weir indexer stats said of a dataset
    char *json;        // spans are into it
    struct weir_span name;
    uint64_t sequences, tokens, padding, samples, repeated, vocabulary, ids_used;
    struct audit_bar *sources, *lengths;
    size_t n_sources, n_lengths;
};
struct audit_score { // what weir infer score said of a source, added up over runs
    char *name;
    double nll; // sum of the tokens' negative log likelihoods
    uint64_t documents, tokens, bytes;
};
struct audit_scores { // of all runs of one protocol
    uint64_t window, stride;
    int bos;
    struct audit_score *at;
    size_t n, cap;
};
/* Reads the scores of every run that was not done again later into a list, a protocol after the
 * other; free it with audit_scores_free() whatever is returned. */
int audit_scores_read(const struct audit *a, struct audit_scores **list, size_t *n,
                      struct weir_err *err);
void audit_scores_free(struct audit_scores *list, size_t n);
int audit_put_scores(const struct audit *a, struct weir_buf *b, struct weir_err *err);
/* The end of the object that begins at p; the JSON is known to be valid. */
const char *audit_object_end(const char *p, const char *end);
/* Calls each() for the datasets of every run that was not done again later. */
int audit_each_dataset(const struct audit *a,
                       int (*each)(struct weir_buf *b, const struct audit_dataset *d),
                       struct weir_buf *b, struct weir_err *err);
int audit_put_dataset(struct weir_buf *b, const struct audit_dataset *d);
/* live: with the parts that ask the server for data. */
int audit_report_html(const struct audit *a, int live, struct weir_buf *b, struct weir_err *err);
/* Appends text; what could steer a terminal or break the line becomes '?'. */
void audit_add_plain(struct weir_buf *b, const char *text);
/* "filters", or "filters 2" where the stage stands twice in a chain. */
void audit_step_name(const struct audit *a, uint32_t step, char *name, size_t n);

#endif
