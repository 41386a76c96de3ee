/* Audit: the ledgers of a build in, its funnel out, and whether every record is accounted for. */
#ifndef WEIR_AUDIT_H
#define WEIR_AUDIT_H

#include "weir/opt.h"

#ifdef __cplusplus
extern "C" {
#endif

struct weir_audit_opt {
    int json;     // for machines instead of a table
    int html;     // one page with plots instead
    int serve;    // that page on loopback, with what is behind it, until SIGTERM or SIGINT
    int64_t port; // 0: one that is free
    struct weir_strings drops;     // files that --rejects wrote
    struct weir_strings documents; // where the twins that were kept are looked for
    struct weir_strings datasets;  // names of NAME.idx and NAME.bin
    const char *model;             // their tokenizer; NULL: ids are shown
};

WEIR_API void weir_audit_opt_init(struct weir_audit_opt *opt);

/* Reads ledgers from the job's inputs and writes the report to its output, or serves it; then the
 * output is its address.  WEIR_EFAIL, after the report, when a stage or two neighbouring stages do
 * not balance. */
WEIR_API WEIR_MUST_CHECK int weir_audit_run(const struct weir_audit_opt *opt, struct weir_job *job,
                                            struct weir_err *err);

#ifdef __cplusplus
}
#endif
#endif
