#include "weir/dedup.h"
#include "weir/opt.h"

#define AT(field) offsetof(struct weir_dedup_opt, field)

static const struct weir_opt options[] = {
    {0, "exact", WEIR_OPT_FLAG, AT(exact), NULL, "exact duplicates; without --near only these", 0,
     0},
    {0, "near", WEIR_OPT_FLAG, AT(near), NULL, "near duplicates; without --exact only these", 0, 0},
    {'t', "threshold", WEIR_OPT_DOUBLE, AT(threshold), "J",
     "Jaccard similarity from which a document is a near duplicate", 0.01, 1},
    {0, "shingle", WEIR_OPT_STRING, AT(shingle), "RULE",
     "what is compared: auto, char:N or word:N; auto is char:5 for Chinese, else word:5", 0, 0},
    {0, "num-perm", WEIR_OPT_INT, AT(num_perm), "N",
     "values of a signature; 0: 128, or bands x rows when that is more", 0, 1024},
    {0, "bands", WEIR_OPT_INT, AT(bands), "N", "bands; 0: chosen from the threshold", 0, 1024},
    {0, "rows", WEIR_OPT_INT, AT(rows), "N", "rows of a band; 0: chosen from the threshold", 0,
     1024},
    {0, "field", WEIR_OPT_STRING, AT(field), "NAME", "compare this member instead of \"text\"", 0,
     0},
    {0, "compat", WEIR_OPT_CHOICE, AT(compat), "none|datatrove|datasketch",
     "signatures, bands and kept set of this tool, bit for bit", 0, 0},
    {0, "words", WEIR_OPT_CHOICE, AT(words), "english|chars",
     "with --compat: spaCy's English words, or each Han character and kana as a word", 0, 0},
    {0, "export-sig", WEIR_OPT_STRING, AT(export_sig), "DIR",
     "with --compat datatrove: write its sorted signature files too", 0, 0},
    {0, "rank", WEIR_OPT_INT, AT(rank), "N", "with --export-sig: the files' number", 0, 99999},
    {0, "plan", WEIR_OPT_FLAG, AT(plan), NULL,
     "print bands, rows and the chance of being dropped by similarity; read nothing", 0, 0},
    {0}};

static void init(void *opt)
{
    weir_dedup_opt_init(opt);
}

static int run(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_dedup_run(opt, job, err);
}

static int asks_only(const void *opt)
{
    return ((const struct weir_dedup_opt *)opt)->plan;
}

static const struct weir_cmd cmds[] = {{.args = "[FILE…]",
                                        .summary = "drop exact and near duplicates",
                                        .options = options,
                                        .opt_size = sizeof(struct weir_dedup_opt),
                                        .init = init,
                                        .run = run,
                                        .n_args_max = -1,
                                        .asks_only = asks_only,
                                        .reads_stdin = 1}};

static const struct weir_prog prog = {
    .name = "weir-dedup",
    .summary = "drop exact and near duplicates",
    .description =
        "Reads documents (JSON Lines) and writes the first copy of each, in order and unchanged.\n"
        "Exact duplicates have the same text but for case, width and white space.  Near "
        "duplicates\n"
        "are found by MinHash over 5-character (Chinese) or 5-word shingles.  Each document "
        "dropped\n"
        "goes to --rejects with the id of its kept twin and the estimated similarity.",
    .examples = "  weir dedup docs.jsonl -o unique.jsonl.zst --rejects copies.jsonl\n"
                "  weir dedup --near --threshold 0.7 docs.jsonl >unique.jsonl\n"
                "  weir dedup --plan --threshold 0.9\n",
    .cmds = cmds,
    .n_cmds = 1};

int main(int argc, char **argv)
{
    return weir_main(&prog, argc, argv);
}
