/* Scoring: how records come in, what is made of them, how it is written. */
#ifndef WEIR_INFER_SCORE_INTERNAL_H
#define WEIR_INFER_SCORE_INTERNAL_H

#include "infer/runner.h"
#include "weir/infer.h"
#include "weir/stream.h"

#ifdef __cplusplus
extern "C" {
#endif

struct score_source { // sums of one
    char *name;
    double nll;
    uint64_t tokens, bytes, documents;
};

struct score_result {
    double nll;             // sum over tokens
    uint64_t tokens, bytes; // scored; of the text
    struct weir_span source, id;
};

struct score_worst { // one of the least likely samples
    double nll_token;
    struct weir_buf where, text; // its place; its begin
};

typedef struct score_dataset score_dataset;

struct score {
    const struct weir_score_opt *opt;
    struct weir_job *job;
    struct runner runner;
    uint32_t window, stride;
    float *logits;
    struct score_source *source;
    size_t n_source, cap_source;
    score_dataset *dataset;    // or NULL: documents or texts
    size_t next_input;         // of files that are texts
    struct score_worst *worst; // opt->worst of them, the worst first
    size_t n_worst;
};

/* What next() and work() leave for commit(): ids, then the id of the document, in aux. */
enum { SCORE_IDS, SCORE_BYTES, SCORE_ID_AT, SCORE_ID_N };

/* Keeps the name of the document for commit(). */
void score_keep_id(struct weir_batch *b, struct weir_rec *r, struct weir_span id);

/* ---- datasets ---- */

/* 1 when the job's inputs are names of datasets: NAME.idx and NAME.bin, and no file NAME. */
int score_is_dataset(const struct weir_job *job);
/* Opens them; samples: sequences of all that are drawn by the job's seed, 0: all.  WEIR_EBAD when
 * a manifest names another tokenizer than that of tok. */
score_dataset *score_dataset_open(struct weir_job *job, const weir_tok *tok, uint64_t samples,
                                  struct weir_err *err);
void score_dataset_close(score_dataset *d);
/* The next sample as a record: its tokens as they stand in NAME.bin. */
int score_dataset_next(score_dataset *d, struct weir_batch *b, struct weir_err *err);
/* Behind the last record: counts what was not drawn as dropped. */
int score_dataset_finish(const score_dataset *d, struct weir_err *err);
/* The ids of such a record, n of them; the caller frees them. */
int score_dataset_ids(const score_dataset *d, const struct weir_batch *b, const struct weir_rec *r,
                      uint32_t **ids, size_t *n, struct weir_err *err);

/* ---- what is written ---- */

/* A record's line: JSON, or of the table. */
int score_write(struct score *s, struct weir_batch *b, struct weir_rec *r,
                const struct score_result *x, struct weir_err *err);
/* Remembers a sample if it is among the worst. */
int score_remember(struct score *s, const struct weir_rec *r, const struct score_result *x,
                   const uint32_t *ids, size_t n, struct weir_err *err);
/* The report of a validation, to the job's output. */
int score_report(struct score *s, struct weir_err *err);
void score_report_free(struct score *s);
/* The table's head, when there is a table. */
int score_begin(struct score *s, struct weir_err *err);

#ifdef __cplusplus
}
#endif
#endif
