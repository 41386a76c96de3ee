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
     "with --compat: spaCy's English words; or these, and each Han character and kana as a word", 0,
     0},
    {0, "export-sig", WEIR_OPT_STRING, AT(export_sig), "DIR",
     "with --compat datatrove: write its sorted signature files too", 0, 0},
    {0, "rank", WEIR_OPT_INT, AT(rank), "N", "with --export-sig: the files' number", 0, 99999},
    {0, "plan", WEIR_OPT_FLAG, AT(plan), NULL,
     "print bands, rows and the chance of being dropped by similarity; read nothing", 0, 0},
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
    {0, "min-hits", WEIR_OPT_INT, AT(min_hits), "N", "n-grams found that make a document go", 1, 1e9},
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
    {"paragraphs", "[FILE…]", "cut out paragraphs that an earlier document or line has",
     paragraph_options, sizeof(struct weir_dedup_pieces_opt), init_paragraphs, run_pieces, 0, -1, 1,
     NULL, NULL},
    {"spans", "[FILE…]", "cut out runs of three sentences that occurred before", span_options,
     sizeof(struct weir_dedup_pieces_opt), init_spans, run_pieces, 0, -1, 1, NULL, NULL},
    {"lines", "[FILE…]", "cut out lines that stand in many documents", line_options,
     sizeof(struct weir_dedup_pieces_opt), init_lines, run_pieces, 0, -1, 1, NULL, NULL},
    {"decontaminate", "--against FILE [FILE…]", "drop documents that share n-grams with benchmarks",
     decontaminate_options, sizeof(struct weir_dedup_decontaminate_opt), init_decontaminate,
     run_decontaminate, 0, -1, 1, NULL, NULL},
};

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
    .n_cmds = sizeof cmds / sizeof *cmds};

int main(int argc, char **argv)
{
    return weir_main(&prog, argc, argv);
}
