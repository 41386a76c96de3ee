#include "weir/indexer.h"
#include "weir/opt.h"

#define AT(field)       offsetof(struct weir_indexer_opt, field)
#define MERGE_AT(field) offsetof(struct weir_indexer_merge_opt, field)
#define MIX_AT(field)   offsetof(struct weir_indexer_mix_opt, field)
#define CHECK_AT(field) offsetof(struct weir_indexer_check_opt, field)
#define SHOW_AT(field)  offsetof(struct weir_indexer_show_opt, field)

static const struct weir_opt options[] = {
    {0, "unit", WEIR_OPT_CHOICE, AT(unit), "chunk|document",
     "what becomes a sequence: each sample, or each document as a whole", 0, 0},
    {0, "pad", WEIR_OPT_INT, AT(pad), "ID",
     "fill every sequence with this id up to -n tokens; -1: do not", -1, 2147483647},
    {'n', "length", WEIR_OPT_INT, AT(length), "N",
     "tokens of a padded sequence; 0: the -n of weir chunker", 0, 2147483647},
    {0, "eod", WEIR_OPT_INT, AT(eod), "ID",
     "put this id behind the last sequence of each document; -1: do not", -1, 2147483647},
    {0, "format", WEIR_OPT_CHOICE, AT(format), "megatron|knowlm", "layout of .bin and .idx", 0, 0},
    {0, "compat", WEIR_OPT_CHOICE, AT(compat), "none|knowlm",
     "knowlm: the files of KnowLM's preprocess.py, from weir chunker --compat knowlm", 0, 0},
    {0},
};

static const struct weir_opt merge_options[] = {
    {0, "types", WEIR_OPT_STRING, MERGE_AT(types), "T,T...",
     "KnowLM's format: a number for each dataset; those of one type are put together", 0, 0},
    {0},
};

static const struct weir_opt mix_options[] = {
    {0, "take", WEIR_OPT_LIST, MIX_AT(takes), "LINE",
     "as a line \"take LINE\" of SPEC: --take \"corpus/zh weight 3\"", 0, 0},
    {0, "tokens", WEIR_OPT_INT, MIX_AT(tokens), "N",
     "size of the mix; 0: what SPEC says, or all that weights allow", 0, 1e15},
    {0, "order", WEIR_OPT_CHOICE, MIX_AT(order), "shuffle|interleaved|sequential",
     "shuffle: by --seed, over everything; interleaved: sources evenly spread, each in its own "
     "order",
     0, 0},
    {0, "whole", WEIR_OPT_FLAG, MIX_AT(whole), NULL,
     "take whole samples only; else one a source is cut where its budget ends", 0, 0},
    {0, "plan", WEIR_OPT_FLAG, MIX_AT(plan), NULL,
     "print what each source gives, repeats and leaves over, and write nothing", 0, 0},
    {0},
};

static const struct weir_opt check_options[] = {
    {0, "vocab-size", WEIR_OPT_INT, CHECK_AT(vocab_size), "N",
     "ids must be below this; 0: what the manifest says", 0, 2147483647},
    {0},
};

static const struct weir_opt show_options[] = {
    {0, "model", WEIR_OPT_STRING, SHOW_AT(model), "FILE", "SentencePiece model: show text, not ids",
     0, 0},
    {0},
};

static int run(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_indexer_run(opt, job, err);
}

static int run_merge(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_indexer_merge_run(opt, job, err);
}

static int run_mix(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_indexer_mix_run(opt, job, err);
}

static int mix_asks_only(const void *opt)
{
    return ((const struct weir_indexer_mix_opt *)opt)->plan;
}

static int run_check(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_indexer_check_run(opt, job, err);
}

static int run_show(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_indexer_show_run(opt, job, err);
}

static int run_trace(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_indexer_trace_run(opt, job, err);
}

static const struct weir_cmd cmds[] = {
    {NULL, "[FILE…]", "samples to the dataset NAME (-o NAME)", options,
     sizeof(struct weir_indexer_opt), weir_indexer_opt_init, run, 0, -1, 1, NULL, NULL},
    {"merge", "NAME…", "datasets behind one another into one (-o NAME)", merge_options,
     sizeof(struct weir_indexer_merge_opt), NULL, run_merge, 1, -1, 0, NULL, NULL},
    {"mix", "[SPEC]", "many datasets into the order in which training reads them (-o NAME)",
     mix_options, sizeof(struct weir_indexer_mix_opt), weir_indexer_mix_opt_init, run_mix, 0, 1, 0,
     NULL, mix_asks_only},
    {"check", "NAME…", "verify all that readers of a dataset trust", check_options,
     sizeof(struct weir_indexer_check_opt), NULL, run_check, 1, -1, 0, "check", NULL},
    {"show", "NAME [N…]", "print sequences, all or those numbered N, from 0", show_options,
     sizeof(struct weir_indexer_show_opt), NULL, run_show, 1, -1, 0, "show", NULL},
    {"trace", "NAME TOKEN", "print where a token of the dataset comes from", show_options,
     sizeof(struct weir_indexer_show_opt), NULL, run_trace, 2, 2, 0, "trace", NULL},
};

static const struct weir_prog prog = {
    .name = "weir-indexer",
    .summary = "samples to a dataset that training reads",
    .description =
        "Writes NAME.bin and NAME.idx (Megatron's indexed dataset, or KnowLM's), NAME.json "
        "(what\nit is) and NAME.prov (where each sequence comes from).",
    .examples = "  weir chunker tokens | weir indexer -o corpus/baike\n"
                "  weir indexer check corpus/baike\n"
                "  weir indexer merge part-1 part-2 -o whole\n"
                "  weir indexer trace corpus/baike 123456 --model tokenizer.model\n",
    .cmds = cmds,
    .n_cmds = sizeof cmds / sizeof *cmds,
};

int main(int argc, char **argv)
{
    return weir_main(&prog, argc, argv);
}
