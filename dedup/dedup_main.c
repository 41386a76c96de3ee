#include "weir/dedup.h"
#include "weir/opt.h"

#define AT(field) offsetof(struct weir_dedup_opt, field)

/* What a copy is, and which one stays: the same for the whole job and for sign. */
#define WHAT                                                                                        \
    {0, "exact", WEIR_OPT_FLAG, AT(exact), NULL, "exact duplicates; without --near only these",     \
     0, 0},                                                                                         \
        {0, "near", WEIR_OPT_FLAG, AT(near), NULL, "near duplicates; without --exact only these",   \
         0, 0},                                                                                     \
        {'t',                                                                                       \
         "threshold",                                                                               \
         WEIR_OPT_DOUBLE,                                                                           \
         AT(threshold),                                                                             \
         "J",                                                                                       \
         "Jaccard similarity from which a document is a near duplicate",                            \
         0.01,                                                                                      \
         1},                                                                                        \
        {0,                                                                                         \
         "shingle",                                                                                 \
         WEIR_OPT_STRING,                                                                           \
         AT(shingle),                                                                               \
         "RULE",                                                                                    \
         "what is compared: auto, char:N or word:N; auto is char:5 for Chinese, else word:5",       \
         0,                                                                                         \
         0},                                                                                        \
        {0,                                                                                         \
         "num-perm",                                                                                \
         WEIR_OPT_INT,                                                                              \
         AT(num_perm),                                                                              \
         "N",                                                                                       \
         "values of a signature; 0: 128, or bands x rows when that is more",                        \
         0,                                                                                         \
         1024},                                                                                     \
        {0, "bands", WEIR_OPT_INT, AT(bands), "N", "bands; 0: chosen from the threshold", 0, 1024}, \
        {0, "rows", WEIR_OPT_INT, AT(rows), "N", "rows of a band; 0: chosen from the threshold",    \
         0, 1024},                                                                                  \
        {0, "field", WEIR_OPT_STRING, AT(field), "NAME", "compare this member instead of \"text\"", \
         0, 0},                                                                                     \
        {0,       "raw", WEIR_OPT_FLAG,                                                             \
         AT(raw), NULL,  "exact duplicates have the same bytes, not the same normalised text",      \
         0,       0},                                                                               \
        {0,                                                                                         \
         "verify",                                                                                  \
         WEIR_OPT_FLAG,                                                                             \
         AT(verify),                                                                                \
         NULL,                                                                                      \
         "drop by the true Jaccard similarity of two shingle sets, not by its estimate",            \
         0,                                                                                         \
         0},                                                                                        \
    {                                                                                               \
        0, "keep", WEIR_OPT_STRING, AT(keep), "RULE",                                               \
            "which copy stays: first, longest, FIELD:max, FIELD:min, or source:A,B (A before B)",   \
            0, 0                                                                                    \
    }

static const struct weir_opt options[] = {
    WHAT,
    {0, "plan", WEIR_OPT_FLAG, AT(plan), NULL,
     "print bands, rows and the chance of being dropped by similarity; read nothing", 0, 0},
    {0}};

static const struct weir_opt sign_options[] = {WHAT, {0}};

#undef AT
#define AT(field) offsetof(struct weir_dedup_match_opt, field)
static const struct weir_opt match_options[] = {
    {0, "bands", WEIR_OPT_STRING, AT(bands), "A-B",
     "look at these bands only; 0 is the table of exact duplicates; default: all", 0, 0},
    {0}};

#undef AT
#define AT(field) offsetof(struct weir_dedup_cluster_opt, field)
static const struct weir_opt cluster_options[] = {
    {0, "match", WEIR_OPT_LIST, AT(match), "FILE",
     "what match found; given for each file; without any, all documents are looked at", 0, 0},
    {0, "verdicts", WEIR_OPT_STRING, AT(verdicts), "DIR",
     "write DIR/NAME.verdict for NAME.sig; default: beside each signature file", 0, 0},
    {0}};

#undef AT
#define AT(field) offsetof(struct weir_dedup_apply_opt, field)
static const struct weir_opt apply_options[] = {{0, "verdict", WEIR_OPT_STRING, AT(verdict), "FILE",
                                                 "the shard's verdict file, which cluster wrote", 0,
                                                 0},
                                                {0}};

static void init(void *opt)
{
    weir_dedup_opt_init(opt);
}

static int run(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_dedup_run(opt, job, err);
}

static int sign(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_dedup_sign_run(opt, job, err);
}

static int match(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_dedup_match_run(opt, job, err);
}

static int cluster(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_dedup_cluster_run(opt, job, err);
}

static int apply(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_dedup_apply_run(opt, job, err);
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
                                        .reads_stdin = 1},
                                       {.name = "sign",
                                        .args = "[FILE…]",
                                        .summary = "write what is known of a shard's documents",
                                        .options = sign_options,
                                        .opt_size = sizeof(struct weir_dedup_opt),
                                        .init = init,
                                        .run = sign,
                                        .n_args_max = -1,
                                        .reads_stdin = 1},
                                       {.name = "match",
                                        .args = "SIGNATURES…",
                                        .summary = "find the documents that can have copies",
                                        .options = match_options,
                                        .opt_size = sizeof(struct weir_dedup_match_opt),
                                        .run = match,
                                        .n_args_min = 1,
                                        .n_args_max = -1},
                                       {.name = "cluster",
                                        .args = "SIGNATURES…",
                                        .summary = "decide on the documents of all shards",
                                        .options = cluster_options,
                                        .opt_size = sizeof(struct weir_dedup_cluster_opt),
                                        .run = cluster,
                                        .n_args_min = 1,
                                        .n_args_max = -1},
                                       {.name = "apply",
                                        .args = "[FILE…]",
                                        .summary = "write the documents of a shard that stay",
                                        .options = apply_options,
                                        .opt_size = sizeof(struct weir_dedup_apply_opt),
                                        .run = apply,
                                        .n_args_max = -1,
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
                "  weir dedup --plan --threshold 0.9\n"
                "  weir dedup sign a.jsonl -o a.sig; weir dedup sign b.jsonl -o b.sig\n"
                "  weir dedup match a.sig b.sig -o all.match\n"
                "  weir dedup cluster a.sig b.sig --match all.match -o verdicts.jsonl\n"
                "  weir dedup apply a.jsonl --verdict a.verdict -o a.unique.jsonl\n",
    .cmds = cmds,
    .n_cmds = sizeof cmds / sizeof *cmds};

int main(int argc, char **argv)
{
    return weir_main(&prog, argc, argv);
}
