#include "weir/kg2instruction.h"

#include <stddef.h>

#define CONVERT_AT(field) offsetof(struct weir_convert_opt, field)

static const struct weir_opt convert_options[] = {
    {0, "from", WEIR_OPT_STRING, CONVERT_AT(from), "SOURCE", "what the input is", 0, 0},
    {0, "list-sources", WEIR_OPT_FLAG, CONVERT_AT(list_sources), NULL, "print the sources and exit",
     0, 0},
    {0, "source", WEIR_OPT_STRING, CONVERT_AT(source), "NAME",
     "source of the records; else the record's own, or SOURCE", 0, 0},
    {0, "names", WEIR_OPT_STRING, CONVERT_AT(names), "HOW",
     "labels: keep; words in place of abbreviations; or a JSON file {\"label\": \"name\"}", 0, 0},
    {0, "token-column", WEIR_OPT_INT, CONVERT_AT(token_column), "N",
     "of columns, that of the word, from 1; 0: the first", 0, 16},
    {0, "tag-column", WEIR_OPT_INT, CONVERT_AT(tag_column), "N",
     "of columns, that of the tag, from 1; 0: the last", 0, 16},
    {0, "join", WEIR_OPT_CHOICE, CONVERT_AT(join), "default|auto|space|none",
     "what stands between words of columns; auto: a space, but not beside Chinese; default: as the "
     "source has it",
     0, 0},
    {0}};

static int convert_asks_only(const void *opt)
{
    return ((const struct weir_convert_opt *)opt)->list_sources;
}

static int run_convert(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_convert_run(opt, job, err);
}

static int run_nothing(void *opt, struct weir_job *job, struct weir_err *err)
{
    (void)opt;
    return weir_err_set(err, WEIR_EUSAGE, "%s: no such command",
                        job->n_inputs ? job->inputs[0] : "no command given");
}

static const struct weir_cmd cmds[] = {
    {.args = "COMMAND", .run = run_nothing, .n_args_max = -1},
    {.name = "convert",
     .args = "[FILE…]",
     .summary = "information extraction datasets to the common form",
     .options = convert_options,
     .opt_size = sizeof(struct weir_convert_opt),
     .init = weir_convert_opt_init,
     .run = run_convert,
     .n_args_max = -1,
     .asks_only = convert_asks_only,
     .reads_stdin = 1},
};

static const struct weir_prog prog = {
    .name = "weir-kg2instruction",
    .summary = "make instruction data for information extraction",
    .description = "Turns datasets for information extraction into one form.",
    .examples =
        "  weir kg2instruction convert --from cluener train.json >cluener.jsonl\n"
        "  weir kg2instruction convert --from conll --names words eng.train -o conll.jsonl\n"
        "  weir kg2instruction convert --list-sources\n",
    .cmds = cmds,
    .n_cmds = sizeof cmds / sizeof *cmds,
};

int main(int argc, char **argv)
{
    return weir_main(&prog, argc, argv);
}
