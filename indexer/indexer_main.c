#include "weir/indexer.h"
#include "weir/opt.h"

#define AT(field)        offsetof(struct weir_indexer_opt, field)
#define MERGE_AT(field)  offsetof(struct weir_indexer_merge_opt, field)
#define MIX_AT(field)    offsetof(struct weir_indexer_mix_opt, field)
#define REST_AT(field)   offsetof(struct weir_indexer_rest_opt, field)
#define SUBSET_AT(field) offsetof(struct weir_indexer_subset_opt, field)
#define SAMPLE_AT(field) offsetof(struct weir_indexer_sample_opt, field)
#define SPLIT_AT(field)  offsetof(struct weir_indexer_split_opt, field)
#define EXPORT_AT(field) offsetof(struct weir_indexer_export_opt, field)
#define IMPORT_AT(field) offsetof(struct weir_indexer_import_opt, field)
#define STATS_AT(field)  offsetof(struct weir_indexer_stats_opt, field)
#define CHECK_AT(field)  offsetof(struct weir_indexer_check_opt, field)
#define SHOW_AT(field)   offsetof(struct weir_indexer_show_opt, field)

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
    {0, "order", WEIR_OPT_CHOICE, MIX_AT(order), "shuffle|interleaved|sequential|batches",
     "shuffle: by --seed, over everything; interleaved: sources evenly spread, each in its own "
     "order; batches: as KnowLM's sampler",
     0, 0},
    {0, "pack", WEIR_OPT_FLAG, MIX_AT(pack), NULL,
     "fill sequences of -n tokens with several samples; only a longer sample is cut", 0, 0},
    {'n', "length", WEIR_OPT_INT, MIX_AT(length), "N",
     "tokens of a sequence; 0: the longest sample that the datasets may hold", 0, 1048576},
    {0, "pad", WEIR_OPT_INT, MIX_AT(pad), "ID",
     "fill every sequence with this id up to -n tokens; -1: do not", -1, 2147483647},
    {0, "drop", WEIR_OPT_INT, MIX_AT(drop), "N",
     "batches: KnowLM's drop mode; 1 fills a source's last batch, 2 the batches it lacks, 3 both, "
     "0 "
     "none",
     0, 3},
    {0, "epochs", WEIR_OPT_INT, MIX_AT(epochs), "N", "batches: so many epochs, of seeds --seed on",
     1, 1e6},
    {0, "whole", WEIR_OPT_FLAG, MIX_AT(whole), NULL,
     "take whole samples only; else one a source is cut where its budget ends", 0, 0},
    {0, "plan", WEIR_OPT_FLAG, MIX_AT(plan), NULL,
     "print what each source gives, repeats and leaves over, and write nothing", 0, 0},
    {0},
};

#define RUN_OPTIONS                                                                                 \
    {0,                                                                                             \
     "consumed",                                                                                    \
     WEIR_OPT_INT,                                                                                  \
     REST_AT(consumed),                                                                             \
     "N",                                                                                           \
     "samples that the run has read, of all ranks together; -1: by --steps",                        \
     -1,                                                                                            \
     1e15},                                                                                         \
        {0,                                                                                         \
         "steps",                                                                                   \
         WEIR_OPT_INT,                                                                              \
         REST_AT(steps),                                                                            \
         "N",                                                                                       \
         "steps instead, of --batch samples on each of --world ranks",                              \
         0,                                                                                         \
         1e15},                                                                                     \
        {0, "world", WEIR_OPT_INT, REST_AT(world), "N", "ranks of the run", 1, 1e9},                \
        {0, "batch", WEIR_OPT_INT, REST_AT(batch), "N", "samples of a rank in a step", 1, 1e9},     \
        {0, "epoch", WEIR_OPT_INT, REST_AT(epoch), "N", "the epoch that broke, from 0", 0, 1e9},    \
        {0, "drop-last", WEIR_OPT_FLAG, REST_AT(drop_last), NULL, "as given to the sampler", 0, 0}, \
        {0,                                                                                         \
         "batches",                                                                                 \
         WEIR_OPT_STRING,                                                                           \
         REST_AT(batches),                                                                          \
         "N,N...",                                                                                  \
         "KnowLM: samples of each type in a batch",                                                 \
         0,                                                                                         \
         0},                                                                                        \
        {0, "drop", WEIR_OPT_INT, REST_AT(drop), "N", "KnowLM: its drop mode", 0, 3},               \
        {'n', "length",  WEIR_OPT_INT, REST_AT(length), "N", "Megatron: its sequence length",       \
         0,   2147483647},                                                                          \
    {                                                                                               \
        0, "samples", WEIR_OPT_INT, REST_AT(samples), "N",                                          \
            "Megatron: samples that the run was to read in all", 0, 1e15                            \
    }

static const struct weir_opt resume_options[] = {
    {0, "order", WEIR_OPT_CHOICE, REST_AT(order), "given|distributed|knowlm|megatron",
     "who ordered the samples: nobody, PyTorch's DistributedSampler, KnowLM's or Megatron's; its "
     "seed is --seed",
     0, 0},
    RUN_OPTIONS,
    {0},
};

static const struct weir_opt subtract_options[] = {
    {0, "order", WEIR_OPT_CHOICE, REST_AT(order), "given|distributed|knowlm|megatron",
     "who ordered the samples; its seed is --seed", 0, 0},
    {0, "seen", WEIR_OPT_STRING, REST_AT(seen), "FILE",
     "numbers of the sequences that were read: a line each, or a list saved by torch", 0, 0},
    RUN_OPTIONS,
    {0},
};

static const struct weir_opt subset_options[] = {
    {0, "source", WEIR_OPT_LIST, SUBSET_AT(sources), "NAME", "documents of this source", 0, 0},
    {0, "file", WEIR_OPT_LIST, SUBSET_AT(files), "FILE", "documents whose origin is this file", 0,
     0},
    {0, "ids", WEIR_OPT_STRING, SUBSET_AT(ids), "FILE",
     "documents whose ids FILE lists, a line each", 0, 0},
    {0, "not", WEIR_OPT_FLAG, SUBSET_AT(inverted), NULL, "all others instead", 0, 0},
    {0},
};

static const struct weir_opt sample_options[] = {
    {0, "samples", WEIR_OPT_INT, SAMPLE_AT(samples), "N", "so many sequences", 0, 1e15},
    {0, "tokens", WEIR_OPT_INT, SAMPLE_AT(tokens), "N", "so many tokens; the last sequence is cut",
     0, 1e15},
    {0, "share", WEIR_OPT_DOUBLE, SAMPLE_AT(share), "F", "this share of the sequences", 0, 1},
    {0},
};

static const struct weir_opt split_options[] = {
    {0, "train", WEIR_OPT_DOUBLE, SPLIT_AT(train), "F",
     "share of the documents; 0: what the others leave", 0, 1},
    {0, "valid", WEIR_OPT_DOUBLE, SPLIT_AT(valid), "F", "share of NAME-valid", 0, 1},
    {0, "test", WEIR_OPT_DOUBLE, SPLIT_AT(test), "F", "share of NAME-test", 0, 1},
    {0, "twins", WEIR_OPT_STRING, SPLIT_AT(twins), "FILE",
     "rejects of weir dedup over the same documents: twins stay on one side", 0, 0},
    {0},
};

static const struct weir_opt export_options[] = {
    {0, "to", WEIR_OPT_CHOICE, EXPORT_AT(to), "npy|raw|llm.c|datatrove|dolma|jsonl", "whose files",
     0, 0},
    {0, "dtype", WEIR_OPT_CHOICE, EXPORT_AT(dtype), "auto|uint16|uint32",
     "type of the tokens; auto: npy and raw the dataset's own, else uint16 for a dataset of 16 "
     "bits, uint32 for one of more",
     0, 0},
    {0, "shard", WEIR_OPT_INT, EXPORT_AT(shard), "N", "llm.c: tokens of a file", 1, 2147483647},
    {0},
};

static const struct weir_opt import_options[] = {
    {0, "from", WEIR_OPT_STRING, IMPORT_AT(from), "FORMAT",
     "whose files: megatron, knowlm, npy, raw, llm.c, datatrove, dolma, jsonl", 0, 0},
    {0, "model", WEIR_OPT_STRING, IMPORT_AT(model), "FILE",
     "tokenizer that the ids are of; without it there is no manifest and no provenance, and the "
     "result mixes with no dataset of Weir's",
     0, 0},
    {0, "dtype", WEIR_OPT_CHOICE, IMPORT_AT(dtype), "auto|uint8|uint16|uint32|int32|int64",
     "type of the tokens in raw and dolma files, and datatrove's without .metadata; auto: uint16",
     0, 0},
    {0, "eod", WEIR_OPT_INT, IMPORT_AT(eod), "ID",
     "raw, npy, llm.c: a document ends behind this id; -1: not", -1, 2147483647},
    {0, "bod", WEIR_OPT_INT, IMPORT_AT(bod), "ID",
     "raw, npy, llm.c: a document begins at this id; -1: not", -1, 2147483647},
    {'n', "length", WEIR_OPT_INT, IMPORT_AT(length), "N",
     "cut documents into sequences of N tokens, the last one shorter; without --eod and --bod "
     "every N tokens are a document; 0: sequences are as they are, a document is one",
     0, 2147483647},
    {0, "source", WEIR_OPT_STRING, IMPORT_AT(source), "NAME",
     "source of the documents; without it FORMAT, or the member \"source\" of a line", 0, 0},
    {0, "field", WEIR_OPT_STRING, IMPORT_AT(field), "NAME", "jsonl: member with the list of ids", 0,
     0},
    {0},
};

static const struct weir_opt check_options[] = {
    {0, "vocab-size", WEIR_OPT_INT, CHECK_AT(vocab_size), "N",
     "ids must be below this; 0: what the manifest says", 0, 2147483647},
    {0},
};

static const struct weir_opt stats_options[] = {
    {0, "json", WEIR_OPT_FLAG, STATS_AT(json), NULL, "a line of JSON for each dataset", 0, 0},
    {0},
};

static const struct weir_opt show_options[] = {
    {0, "model", WEIR_OPT_STRING, SHOW_AT(model), "FILE",
     "tokenizer, a .model or tokenizer.json: show text, not ids", 0, 0},
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

static void subtract_init(void *opt)
{
    weir_indexer_rest_opt_init(opt);
    ((struct weir_indexer_rest_opt *)opt)->order = WEIR_REST_DISTRIBUTED;
}

static int run_resume(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_indexer_resume_run(opt, job, err);
}

static int run_subtract(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_indexer_subtract_run(opt, job, err);
}

static int run_subset(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_indexer_subset_run(opt, job, err);
}

static int run_sample(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_indexer_sample_run(opt, job, err);
}

static int run_split(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_indexer_split_run(opt, job, err);
}

static int run_stats(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_indexer_stats_run(opt, job, err);
}

static int run_export(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_indexer_export_run(opt, job, err);
}

static int run_import(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_indexer_import_run(opt, job, err);
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
    {"split", "NAME", "documents into OUT-train, OUT-valid, OUT-test (-o OUT)", split_options,
     sizeof(struct weir_indexer_split_opt), NULL, run_split, 1, 1, 0, NULL, NULL},
    {"sample", "NAME", "sequences drawn at random, in their order (-o NAME)", sample_options,
     sizeof(struct weir_indexer_sample_opt), NULL, run_sample, 1, 1, 0, NULL, NULL},
    {"subset", "NAME", "the sequences of some documents (-o NAME)", subset_options,
     sizeof(struct weir_indexer_subset_opt), NULL, run_subset, 1, 1, 0, NULL, NULL},
    {"resume", "NAME",
     "what a broken run has left, in the order in which it would read on (-o NAME)", resume_options,
     sizeof(struct weir_indexer_rest_opt), weir_indexer_rest_opt_init, run_resume, 1, 1, 0, NULL,
     NULL},
    {"subtract", "NAME", "a dataset without what a broken run has read (-o NAME)", subtract_options,
     sizeof(struct weir_indexer_rest_opt), subtract_init, run_subtract, 1, 1, 0, NULL, NULL},
    {"export", "NAME", "a dataset as the files of other programs (-o OUT)", export_options,
     sizeof(struct weir_indexer_export_opt), weir_indexer_export_opt_init, run_export, 1, 1, 0,
     NULL, NULL},
    {"import", "FILE…", "files of other programs as a dataset (-o NAME)", import_options,
     sizeof(struct weir_indexer_import_opt), weir_indexer_import_opt_init, run_import, 1, -1, 0,
     NULL, NULL},
    {"check", "NAME…", "verify all that readers of a dataset trust", check_options,
     sizeof(struct weir_indexer_check_opt), NULL, run_check, 1, -1, 0, "check", NULL},
    {"stats", "NAME…", "tokens by source, lengths, padding, repeats, vocabulary used",
     stats_options, sizeof(struct weir_indexer_stats_opt), NULL, run_stats, 1, -1, 0, "stats",
     NULL},
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
