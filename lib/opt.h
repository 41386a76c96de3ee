/* Inside weir_main(): parsing and help; the public part is weir/opt.h. */
#ifndef WEIR_LIB_OPT_H
#define WEIR_LIB_OPT_H

#include <stdio.h>

#include "weir/opt.h"

struct weir_common {
    const char *output;
    int64_t threads;
    uint64_t memory;
    const char *temp_dir;
    uint64_t max_record;
    const char *rejects;
    const char *ledger;
    int64_t seed;
    int progress, quiet, verbose, help, version, help_roff;
};

extern const struct weir_opt weir_common_options[];

struct weir_args {
    struct weir_common common;
    const struct weir_opt *options; // the command's own
    void *opt;                      // what they set, cmd->opt_size bytes
    const char **words;             // positional
    size_t n_words;
};

void weir_common_init(struct weir_common *c);
/* argv without program and command name.  0, or WEIR_EUSAGE. */
int weir_args_parse(const struct weir_cmd *cmd, int argc, char **argv, struct weir_args *args,
                    struct weir_err *err);
void weir_args_free(struct weir_args *args);

void weir_help(FILE *f, const struct weir_prog *prog, const struct weir_cmd *cmd);
/* The OPTIONS sections of the man page. */
void weir_help_roff(FILE *f, const struct weir_prog *prog);

#endif
