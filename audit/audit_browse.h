/* What weir audit --serve shows beside the report: records that were dropped, with the twins that
 * were kept, and sequences of datasets, token by token, with where they come from. */
#ifndef WEIR_AUDIT_BROWSE_H
#define WEIR_AUDIT_BROWSE_H

#include "audit/audit_internal.h"
#include "lib/index_prov.h"
#include "lib/index_reader.h"
#include "weir/tok.h"

enum {
    BROWSE_SAMPLES = 40,     // of a reason
    BROWSE_LINE = 64 << 10,  // bytes of a sample; longer lines are counted and not shown
    BROWSE_TOKENS = 4096,    // of a sequence that are shown
    BROWSE_PIECES = 64,      // of a sequence whose documents are shown
    BROWSE_RAW = 2000,       // bytes of a raw input that are shown
    BROWSE_SKIP = 256 << 20, // as far into a raw input is looked for them
    BROWSE_MAX_GROUPS = 4096
};

struct browse_sample {
    char *line; // JSON
    size_t n;
    char *twin; // id, or NULL
    char *kept; // the twin's document, or NULL
    size_t n_kept;
};

struct browse_group { // of one stage and reason
    char *stage, *reason;
    uint64_t n; // records
    uint64_t random;
    struct browse_sample sample[BROWSE_SAMPLES];
    size_t n_samples;
};

struct browse_set { // a dataset
    const char *name;
    struct index_reader r;
    struct index_prov prov;
    int has_prov;
};

struct browse {
    const struct weir_audit_opt *opt;
    struct weir_job *job;
    struct browse_group **group;
    size_t n_groups, cap_groups;
    uint64_t bytes; // of samples
    struct browse_set *set;
    size_t n_sets;
    weir_tok *tok; // NULL: none
    weir_json *json[2];
};

/* Calls f for each line of files; the line's WEIR_PADDING bytes are readable. */
int audit_each_line(struct weir_job *job, const char *const *files, size_t n,
                    int (*f)(void *ctx, struct weir_span line, const char *file, uint64_t number,
                             struct weir_err *err),
                    void *ctx, struct weir_err *err);

/* Reads opt->drops and opt->documents, and opens opt->datasets.  Call browse_close() whatever it
 * returns. */
int browse_open(struct browse *b, const struct weir_audit_opt *opt, struct weir_job *job,
                struct weir_err *err);
void browse_close(struct browse *b);

/* ---- as JSON ---- */
void browse_put_groups(const struct browse *b, struct weir_buf *to);
void browse_put_samples(const struct browse_group *g, struct weir_buf *to);
/* Sequence seq, or where by_token is set the one that holds token number seq of the dataset.
 * WEIR_EUSAGE when there is none, WEIR_EBAD when the files are damaged. */
int browse_put_sequence(struct browse *b, struct browse_set *s, uint64_t seq, int by_token,
                        struct weir_buf *to, struct weir_err *err);

/* ---- audit_serve.c ---- */
int audit_serve(const struct audit *a, const struct weir_audit_opt *opt, struct weir_job *job,
                struct weir_err *err);

#endif
