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
    {0, "lang", WEIR_OPT_LIST, AT(langs), "TAG[,TAG]",
     "keep texts in these languages: zh is zh-Hans and zh-Hant too", 0, 0},
    {0, "lang-sample", WEIR_OPT_SIZE, AT(lang_sample), "SIZE",
     "bytes of a text that tell its language, in four pieces; 0: all of it", 0, 0},
    {0, "lang-model", WEIR_OPT_STRING, AT(lang_model), "FILE",
     "tell the language by this fastText model instead of script and CLD2", 0, 0},
    {0, "write-lang", WEIR_OPT_FLAG, AT(write_lang), NULL, "write the language into the field lang",
     0, 0},
    {0, "to-simplified", WEIR_OPT_CHOICE, AT(to_simplified), "no|t2s|tw2sp|hk2s",
     "make traditional Chinese simplified by OpenCC's dictionaries: without regard to region, with "
     "the words of Taiwan, with the forms of Hong Kong",
     0, 0},
    {0, "url-list", WEIR_OPT_LIST, AT(url_lists), "FILE",
     "drop records whose url or source is in a list: hosts with all below them, URL beginnings, "
     "hosts files",
     0, 0},
    {0, "classifier", WEIR_OPT_STRING, AT(classifier), "FILE",
     "a fastText model (.bin, .ftz) that gives texts a probability", 0, 0},
    {0, "label", WEIR_OPT_STRING, AT(label), "L", "the label whose probability is taken", 0, 0},
    {0, "max", WEIR_OPT_DOUBLE, AT(max), "P", "drop above this probability", 0, 1},
    {0, "min", WEIR_OPT_DOUBLE, AT(min), "P", "drop below this probability", 0, 1},
    {0, "classifier-level", WEIR_OPT_CHOICE, AT(by_line), "document|line",
     "what the classifier looks at, and drops", 0, 0},
    {0, "classifier-words", WEIR_OPT_CHOICE, AT(by_chars), "spaces|chars",
     "what the model knows as words: runs between spaces, or also each character from U+0800 on", 0,
     0},
    {0, "classifier-lower", WEIR_OPT_FLAG, AT(lower), NULL,
     "fold ASCII letters to lower case for the classifier", 0, 0},
    {0, "field", WEIR_OPT_STRING, AT(field), "NAME",
     "the record's number that the rules field-max and field-min look at: what a program before "
     "has measured",
     0, 0},
    {0, "annotate", WEIR_OPT_FLAG, AT(annotate), NULL,
     "drop nothing: write what the rules measure into the field weir_filters; without rules, all",
     0, 0},
    {0, "from-scores", WEIR_OPT_FLAG, AT(from_scores), NULL,
     "take the values that --annotate wrote instead of measuring", 0, 0},
    {0, "sample", WEIR_OPT_INT, AT(sample), "N",
     "of what each rule drops put N documents into --rejects, any as likely as another; 0 puts all",
     0, 10000},
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
            "  weir filters --url-list domains.txt docs.jsonl\n"
            "  weir filters --classifier m.ftz --label spam --max 0.5 docs.jsonl\n"
            "  weir filters --preset gopher --rule words-min=100 docs.jsonl\n"
            "  weir filters --annotate docs.jsonl\n",
        .cmds = commands,
        .n_cmds = sizeof commands / sizeof *commands,
    };
    return weir_main(&prog, argc, argv);
}
