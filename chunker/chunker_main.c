#include "weir/chunker.h"
#include "weir/opt.h"

#define AT(field) offsetof(struct weir_chunker_opt, field)

static const struct weir_opt options[] = {
    {'n', "max-tokens", WEIR_OPT_INT, AT(max_tokens), "N", "longest sample", 1, 2147483647},
    {0, "fill", WEIR_OPT_CHOICE, AT(fill), "none|backward",
     "backward: a sample also takes the sentences before it while they fit, so samples overlap", 0,
     0},
    {0, "min-tokens", WEIR_OPT_INT, AT(min_tokens), "N", "drop and count samples shorter than this",
     0, 2147483647},
    {0, "compat", WEIR_OPT_CHOICE, AT(compat), "none|knowlm",
     "knowlm: the samples of KnowLM's preprocess.py, from weir tokenize --compat knowlm", 0, 0},
    {0},
};

static int run(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_chunker_run(opt, job, err);
}

static const struct weir_cmd cmds[] = {
    {.args = "[FILE…]",
     .summary = "tokens to samples",
     .options = options,
     .opt_size = sizeof(struct weir_chunker_opt),
     .init = weir_chunker_opt_init,
     .run = run,
     .n_args_max = -1,
     .reads_stdin = 1},
};

static const struct weir_prog prog = {
    .name = "weir-chunker",
    .summary = "tokens to samples of whole sentences",
    .description = "Cuts the documents of a token stream into samples: fewest first, then each as "
                   "long as it\ncan be, whole sentences only.  A sentence longer than a sample is "
                   "cut at a clause, a\nword or a character.",
    .examples = "  weir tokenize --model m.model docs.jsonl | weir chunker -n 1024 >samples\n",
    .cmds = cmds,
    .n_cmds = sizeof cmds / sizeof *cmds,
};

int main(int argc, char **argv)
{
    return weir_main(&prog, argc, argv);
}
