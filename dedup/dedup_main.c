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
    {0, "index", WEIR_OPT_STRING, AT(index), "DIR",
     "drop what earlier releases in this index have too, and add what is kept to it", 0, 0},
    {0, "work", WEIR_OPT_STRING, AT(work), "DIR",
     "keep finished steps in this folder; a killed run, given again, goes on from them", 0, 0},
    {0, "compat", WEIR_OPT_CHOICE, AT(compat), "none|datatrove|datasketch",
     "signatures, bands and kept set of this tool, bit for bit", 0, 0},
    {0, "words", WEIR_OPT_CHOICE, AT(words), "english|chars",
     "with --compat: spaCy's English words; or these, and each Han character and kana as a word", 0,
     0},
    {0, "export-sig", WEIR_OPT_STRING, AT(export_sig), "DIR",
     "with --compat datatrove: write its sorted signature files too", 0, 0},
    {0, "rank", WEIR_OPT_INT, AT(rank), "N", "with --export-sig: the files' number", 0, 99999},
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

#undef AT
#define AT(field) offsetof(struct weir_dedup_pieces_opt, field)

#define MIN_CHARS                                                                                  \
    {                                                                                              \
        0, "min-chars", WEIR_OPT_INT, AT(min_chars), "N",                                          \
            "drop a document that is cut to fewer characters", 0, 0                                \
    }
#define MIN_WORDS                                                                                  \
    {                                                                                              \
        0, "min-words", WEIR_OPT_INT, AT(min_words), "N",                                          \
            "drop a document that is cut to fewer words; a Han character is one", 0, 0             \
    }
#define MIN_SENTENCES                                                                              \
    {                                                                                              \
        0, "min-sentences", WEIR_OPT_INT, AT(min_sentences), "N",                                  \
            "drop a document that is cut to fewer sentences", 0, 0                                 \
    }
#define MEMBER                                                                                     \
    {                                                                                              \
        0, "member", WEIR_OPT_STRING, AT(member), "NAME",                                          \
            "member for the byte ranges removed; else removed_ and the command", 0, 0              \
    }
#define RAW                                                                                        \
    {                                                                                              \
        0, "raw", WEIR_OPT_FLAG, AT(raw), NULL, "compare lines as they are, not normalised", 0, 0  \
    }
#define ALLOW                                                                                      \
    {                                                                                              \
        0, "allow", WEIR_OPT_STRING, AT(allow), "FILE", "lines that are never removed", 0, 0       \
    }

static const struct weir_opt line_options[] = {
    {0, "max-docs", WEIR_OPT_INT, AT(max_docs), "N",
     "remove a line that stands in more documents than this", 0, 0},
    {0, "min-count", WEIR_OPT_INT, AT(min_count), "N",
     "and no fewer times in all, within documents too", 0, 0},
    ALLOW,
    RAW,
    MIN_CHARS,
    MIN_WORDS,
    MIN_SENTENCES,
    MEMBER,
    {0}};

static const struct weir_opt paragraph_options[] = {ALLOW,         RAW,    MIN_CHARS, MIN_WORDS,
                                                    MIN_SENTENCES, MEMBER, {0}};

static const struct weir_opt span_options[] = {
    {'n', "sentences", WEIR_OPT_INT, AT(sentences), "N", "sentences of a span", 1, 100},
    MIN_CHARS,
    MIN_WORDS,
    MIN_SENTENCES,
    MEMBER,
    {0}};

#undef AT
#define AT(field) offsetof(struct weir_dedup_decontaminate_opt, field)

static const struct weir_opt decontaminate_options[] = {
    {0, "against", WEIR_OPT_LIST, AT(against), "FILE",
     "a benchmark: JSON Lines or lines of text; may be given several times", 0, 0},
    {0, "member", WEIR_OPT_LIST, AT(member), "NAME",
     "compare this member of a benchmark's items; may be given several times; else query and "
     "label, or text",
     0, 0},
    {0, "task", WEIR_OPT_STRING, AT(task), "NAME",
     "member that names the task; else the file's name does", 0, 0},
    {0, "words", WEIR_OPT_INT, AT(words), "N", "words of an n-gram", 1, 100},
    {0, "chars", WEIR_OPT_INT, AT(chars), "N", "Han characters and kana of an n-gram", 1, 100},
    {0, "query", WEIR_OPT_FLAG, AT(query), NULL,
     "n-grams of the query alone count too, not only those that touch the label", 0, 0},
    {0, "min-hits", WEIR_OPT_INT, AT(min_hits), "N", "n-grams found that make a document go", 1,
     1e9},
    {0, "min-ratio", WEIR_OPT_DOUBLE, AT(min_ratio), "R",
     "and their share of the document's n-grams", 0, 1},
    {0}};

static void init_decontaminate(void *opt)
{
    weir_dedup_decontaminate_opt_init(opt);
}

static int run_decontaminate(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_dedup_decontaminate_run(opt, job, err);
}

static void init_lines(void *opt)
{
    weir_dedup_pieces_opt_init(opt, WEIR_DEDUP_LINES);
}

static void init_paragraphs(void *opt)
{
    weir_dedup_pieces_opt_init(opt, WEIR_DEDUP_PARAGRAPHS);
}

static void init_spans(void *opt)
{
    weir_dedup_pieces_opt_init(opt, WEIR_DEDUP_SPANS);
}

static int run_pieces(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_dedup_pieces_run(opt, job, err);
}

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

static int show_index(void *opt, struct weir_job *job, struct weir_err *err)
{
    (void)opt;
    return weir_dedup_index_run(job, err);
}

static int asks_only(const void *opt)
{
    return ((const struct weir_dedup_opt *)opt)->plan;
}

static const struct weir_cmd cmds[] = {
    {.args = "[FILE…]",
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
     .reads_stdin = 1},
    {.name = "paragraphs",
     .args = "[FILE…]",
     .summary = "cut out paragraphs that occurred before",
     .options = paragraph_options,
     .opt_size = sizeof(struct weir_dedup_pieces_opt),
     .init = init_paragraphs,
     .run = run_pieces,
     .n_args_max = -1,
     .reads_stdin = 1},
    {.name = "spans",
     .args = "[FILE…]",
     .summary = "cut out runs of three sentences that occurred before",
     .options = span_options,
     .opt_size = sizeof(struct weir_dedup_pieces_opt),
     .init = init_spans,
     .run = run_pieces,
     .n_args_max = -1,
     .reads_stdin = 1},
    {.name = "lines",
     .args = "[FILE…]",
     .summary = "cut out lines that stand in many documents",
     .options = line_options,
     .opt_size = sizeof(struct weir_dedup_pieces_opt),
     .init = init_lines,
     .run = run_pieces,
     .n_args_max = -1,
     .reads_stdin = 1},
    {.name = "decontaminate",
     .args = "--against FILE [FILE…]",
     .summary = "drop documents that share n-grams with benchmarks",
     .options = decontaminate_options,
     .opt_size = sizeof(struct weir_dedup_decontaminate_opt),
     .init = init_decontaminate,
     .run = run_decontaminate,
     .n_args_max = -1,
     .reads_stdin = 1},
    {.name = "index",
     .args = "show|check DIR",
     .summary = "look at an index of earlier releases",
     .run = show_index,
     .n_args_min = 2,
     .n_args_max = 2,
     .no_account = "index"}};

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
