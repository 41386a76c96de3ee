/* Command lines: one table drives parsing, --help and the man page's OPTIONS.
 *
 * A program is a list of commands (the first has no name).  Every command has the common options:
 * -o -j -m -T --rejects --ledger --seed --progress -q -v -h -V; no program drops or renames one. */
#ifndef WEIR_OPT_H
#define WEIR_OPT_H

#include "weir/job.h"

#ifdef __cplusplus
extern "C" {
#endif

enum weir_opt_kind {
    WEIR_OPT_FLAG,   // int: set to 1
    WEIR_OPT_INT,    // int64_t: strict decimal, optional k/m/g = 1000ⁿ
    WEIR_OPT_SIZE,   // uint64_t: K/M/G/T = 1024ⁿ
    WEIR_OPT_DOUBLE, // double
    WEIR_OPT_STRING, // const char *
    WEIR_OPT_LIST,   // struct weir_strings: may be given several times
    WEIR_OPT_CHOICE, // int: index into choices, "a|b|c"
};

struct weir_strings {
    const char **at;
    size_t n;
};

struct weir_opt {
    char letter;      // 'n', or 0
    const char *name; // "threshold": --threshold
    enum weir_opt_kind kind;
    size_t offset;    // offsetof(struct my_opt, field)
    const char *arg;  // "N", "FILE"; for a choice the words: "none|backward"
    const char *help; // one or two lines; the default is printed from the struct
    double min, max;  // numbers: allowed range; both 0: any that is not negative
};
/* A table ends with {0}. */

struct weir_cmd {
    const char *name;    // NULL for the program's own job, "merge" …
    const char *args;    // "[FILE…]", "NAME", "NAME [N…]"
    const char *summary; // one line
    const struct weir_opt *options;
    size_t opt_size;         // sizeof(struct my_opt)
    void (*init)(void *opt); // defaults
    /* Positional words are in job->inputs.  Returns 0, or negative with err. */
    int (*run)(void *opt, struct weir_job *job, struct weir_err *err);
    int n_args_min, n_args_max; // positional words; max < 0: any
    int reads_stdin;            // no file or "-" is standard input
    const char *no_account;     // non-NULL: prints no closing account (show, --plan …)
    /* May be NULL.  1 when these options ask for something else than the job (--list-…, --plan):
     * no input is needed then, and no account printed. */
    int (*asks_only)(const void *opt);
};

struct weir_prog {
    const char *name;        // "weir-dedup"
    const char *summary;     // "drop exact and near duplicates"
    const char *description; // for --help: a short paragraph or two
    const char *examples;    // for --help: lines "  weir dedup …"
    const struct weir_cmd *cmds;
    size_t n_cmds;
};

/* The whole of main(): parse, run, account, ledger, exit status (0 done, 1 failed, 2 wrong use). */
WEIR_API int weir_main(const struct weir_prog *prog, int argc, char **argv);

#ifdef __cplusplus
}
#endif
#endif
