/* What a program says of its run: progress, the closing line, the ledger. */
#ifndef WEIR_ACCOUNT_H
#define WEIR_ACCOUNT_H

#include <stdio.h>
#include <time.h>

#include "weir/job.h"

struct weir_account {
    const char *program; // "weir-filters"
    int argc;
    char **argv;
    struct timespec start;
    time_t start_time;
    int terminal; // progress redraws one line
    const struct weir_job *job;
};

void weir_account_start(struct weir_account *a, const char *program, int argc, char **argv);
double weir_account_seconds(const struct weir_account *a);
/* For weir_job.on_progress; job->progress_state is the account. */
void weir_account_progress(struct weir_job *job, double share);
/* Prints text that may hold names from outside: one line, no control characters. */
void weir_account_text(const char *s);
/* Wipes the progress line. */
void weir_account_clear(const struct weir_account *a);
/* The closing line, with -v also sources and notes. */
void weir_account_close(const struct weir_account *a, const struct weir_job *job);
/* Can the ledger be written?  Asked before the work is done. */
WEIR_MUST_CHECK int weir_ledger_check(const char *path, struct weir_err *err);
/* Appends one line of JSON to the ledger: docs/formats.md, "Ledger". */
WEIR_MUST_CHECK int weir_ledger_append(const struct weir_account *a, const struct weir_job *job,
                                       const char *path, struct weir_err *err);

#endif
