#include "weir/filters.h"

#define AT(field) offsetof(struct weir_filters_opt, field)

static const struct weir_opt options[] = {
    {'p', "preset", WEIR_OPT_LIST, AT(presets), "NAME[,NAME]",
     "add the rules of a preset; of two limits for a rule the stricter holds", 0, 0},
    {'r', "rule", WEIR_OPT_LIST, AT(rules), "NAME=LIMIT",
     "set the limit of one rule, whatever presets say; NAME=off takes the rule out", 0, 0},
    {0, "lexicon", WEIR_OPT_LIST, AT(lexicons), "FILE",
     "add harmful terms: one a line, or term, category and weight with tabs between", 0, 0},
    {0, "allow", WEIR_OPT_LIST, AT(allow), "FILE",
     "add terms, one a line, inside which a harmful term means no harm", 0, 0},
    {0, "annotate", WEIR_OPT_FLAG, AT(annotate), NULL,
     "drop nothing: write what the rules measure into the field weir_filters; without rules, all",
     0, 0},
    {0, "from-scores", WEIR_OPT_FLAG, AT(from_scores), NULL,
     "take the values that --annotate wrote instead of measuring", 0, 0},
    {0, "explain", WEIR_OPT_STRING, AT(explain), "ID",
     "print every rule's value, limit and verdict for the record of this id", 0, 0},
    {0, "plan", WEIR_OPT_FLAG, AT(plan), NULL,
     "print the rules in force, in order, with limits and who set them", 0, 0},
    {0, "list-rules", WEIR_OPT_FLAG, AT(list_rules), NULL, "print the table of rules, in order", 0,
     0},
    {0, "list-presets", WEIR_OPT_FLAG, AT(list_presets), NULL,
     "print the presets with their limits", 0, 0},
    {0},
};

static void init(void *opt)
{
    weir_filters_opt_init(opt);
}

static int asks_only(const void *opt)
{
    const struct weir_filters_opt *o = opt;
    return o->list_rules || o->list_presets || o->plan;
}

static int run(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_filters_run(opt, job, err);
}

static const struct weir_cmd commands[] = {
    {.args = "[FILE…]",
     .summary = "keep the documents that no rule drops",
     .options = options,
     .opt_size = sizeof(struct weir_filters_opt),
     .init = init,
     .run = run,
     .n_args_max = -1,
     .reads_stdin = 1,
     .asks_only = asks_only},
};

int main(int argc, char **argv)
{
    static const struct weir_prog prog = {
        .name = "weir-filters",
        .summary = "drop harmful and poor documents",
        .description =
            "Measures every document and drops it with the first rule it fails.  A dropped\n"
            "document goes to --rejects with the rule, its value and the limit.  A document\n"
            "that is kept leaves with the bytes it came with.",
        .examples =
            "  weir filters --preset zh-web --rejects dropped.jsonl docs.jsonl\n"
            "  weir filters --preset harmful --lexicon ours.tsv --allow fine.txt docs.jsonl\n"
            "  weir filters --preset gopher --rule words-min=100 docs.jsonl\n"
            "  weir filters --annotate docs.jsonl\n",
        .cmds = commands,
        .n_cmds = sizeof commands / sizeof *commands,
    };
    return weir_main(&prog, argc, argv);
}
