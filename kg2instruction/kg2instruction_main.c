#include <stddef.h>

#include "weir/kg2instruction.h"
#include "weir/kg_annotate.h"
#include "weir/opt.h"

#define BUILD_AT(field)   offsetof(struct weir_kg_build_opt, field)
#define SHOW_AT(field)    offsetof(struct weir_kg_show_opt, field)
#define CONVERT_AT(field) offsetof(struct weir_convert_opt, field)
#define ANN_AT(field)     offsetof(struct weir_kg_annotate_opt, field)
#define STOPS_AT(field)   offsetof(struct weir_kg_stops_opt, field)

static const struct weir_opt no_options[] = {{0}};

static const struct weir_opt build_options[] = {
    {0, "lang", WEIR_OPT_STRING, BUILD_AT(lang), "L,L...",
     "languages whose names are kept, with their variants", 0, 0},
    {0, "unnamed", WEIR_OPT_FLAG, BUILD_AT(unnamed), NULL,
     "keep entities without a name in these languages; else they are dropped", 0, 0},
    {0, "external-ids", WEIR_OPT_FLAG, BUILD_AT(external_ids), NULL,
     "keep statements whose value is an identifier in some other database", 0, 0},
    {0, "part", WEIR_OPT_FLAG, BUILD_AT(part), NULL,
     "the inputs may be parts of dumps: an array or XML that does not end is no error", 0, 0},
    {0},
};

static const struct weir_opt show_options[] = {
    {0, "json", WEIR_OPT_FLAG, SHOW_AT(json), NULL, "a line of JSON each, in Wikidata's own shape",
     0, 0},
    {0},
};

static const struct weir_opt annotate_options[] = {
    {0, "kg", WEIR_OPT_STRING, ANN_AT(kg), "FILE", "the knowledge file that build made", 0, 0},
    {0, "precision", WEIR_OPT_CHOICE, ANN_AT(precision), "high|balanced|recall",
     "what must stand in the text for a triple: words that say it, near them, or both names", 0, 0},
    {0, "schema", WEIR_OPT_CHOICE, ANN_AT(schema), "head|topic|all",
     "relations of each head's topic, of heads of the text's topic alone, or all properties", 0, 0},
    {0, "pieces", WEIR_OPT_CHOICE, ANN_AT(pieces), "paragraphs|documents",
     "what becomes a document of the output", 0, 0},
    {0, "longest", WEIR_OPT_INT, ANN_AT(longest), "N",
     "paragraphs are cut at sentence ends beyond so many characters, in English words", 1, 1e9},
    {0, "keep-empty", WEIR_OPT_FLAG, ANN_AT(keep_empty), NULL, "write pieces without triples too",
     0, 0},
    {0, "language", WEIR_OPT_CHOICE, ANN_AT(language), "auto|zh|en",
     "of the text, and of the names of topics and relations", 0, 0},
    {0, "stop", WEIR_OPT_STRING, ANN_AT(stop), "FILE",
     "names that are common words, a line each, besides the built-in ones", 0, 0},
    {0, "index", WEIR_OPT_STRING, ANN_AT(index), "FILE",
     "the alias index; written when it is not there (default: --kg with .aliases)", 0, 0},
    {0, "list-schema", WEIR_OPT_FLAG, ANN_AT(list_schema), NULL,
     "print topics, relations and types, a topic a line", 0, 0},
    {0},
};

static const struct weir_opt stops_options[] = {
    {0, "kg", WEIR_OPT_STRING, STOPS_AT(kg), "FILE", "the knowledge file that build made", 0, 0},
    {0, "pages", WEIR_OPT_INT, STOPS_AT(pages), "N", "names that fewer pages hold are left alone",
     1, 1e15},
    {0, "linked", WEIR_OPT_DOUBLE, STOPS_AT(linked), "SHARE",
     "a name is a word when it is a link in less than this share of the pages that hold it", 0, 1},
    {0, "index", WEIR_OPT_STRING, STOPS_AT(index), "FILE",
     "the alias index; written when it is not there (default: --kg with .aliases)", 0, 0},
    {0},
};

static int run_stops(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_kg_stops_run(opt, job, err);
}

static int run_annotate(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_kg_annotate_run(opt, job, err);
}

static int annotate_asks_only(const void *opt)
{
    return ((const struct weir_kg_annotate_opt *)opt)->list_schema;
}

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

#define INSTRUCT_AT(field) offsetof(struct weir_instruct_opt, field)

static const struct weir_opt instruct_options[] = {
    {0, "task", WEIR_OPT_CHOICE, INSTRUCT_AT(task), "NER|RE|SPO|EE|EET|EEA|KG",
     "entities, relations, relations with types, events, their triggers, their arguments, entities "
     "with attributes",
     0, 0},
    {0, "lang", WEIR_OPT_CHOICE, INSTRUCT_AT(lang), "zh|en", "language of the instructions", 0, 0},
    {0, "form", WEIR_OPT_CHOICE, INSTRUCT_AT(form), "alpaca|iepile",
     "instruction, input and output; or IEPile's: a JSON object as instruction", 0, 0},
    {0, "format", WEIR_OPT_CHOICE, INSTRUCT_AT(format), "any|json|triples|sentences|labels",
     "of alpaca's answers; any: drawn for each", 0, 0},
    {0, "schema", WEIR_OPT_STRING, INSTRUCT_AT(schema), "FILE",
     "the labels to ask for: IEPile's three lines, DuEE's or DuIE's schema; else those of the "
     "input",
     0, 0},
    {0, "templates", WEIR_OPT_STRING, INSTRUCT_AT(templates), "FILE",
     "JSON with instructions in place of Weir's, or with iepile of IEPile's", 0, 0},
    {0, "source", WEIR_OPT_STRING, INSTRUCT_AT(source), "NAME",
     "source of the records; else the record's own, or the task", 0, 0},
    {0, "open", WEIR_OPT_FLAG, INSTRUCT_AT(open), NULL, "alpaca: do not list the labels", 0, 0},
    {0, "split-num", WEIR_OPT_INT, INSTRUCT_AT(split_num), "N",
     "labels of one instruction; -1: all; 0: all, with iepile 6 for NER, 1 for KG, else 4", -1,
     65536},
    {0, "neg-ratio", WEIR_OPT_DOUBLE, INSTRUCT_AT(neg_ratio), "R",
     "share of the records that are asked for labels they lack", 0, 1},
    {0, "neg-schema", WEIR_OPT_DOUBLE, INSTRUCT_AT(neg_schema), "S",
     "share of the labels they lack that these are asked for", 0, 1},
    {0, "hard", WEIR_OPT_STRING, INSTRUCT_AT(hard), "FILE",
     "absent labels are those near to the present ones: {\"label\": [near labels]}; learn: those "
     "that stand with them elsewhere",
     0, 0},
    {0, "hard-set", WEIR_OPT_STRING, INSTRUCT_AT(hard_set), "NAME",
     "of IEPile's hard_dict.json: the dataset whose labels they are", 0, 0},
    {0, "test", WEIR_OPT_FLAG, INSTRUCT_AT(test), NULL,
     "test form: all labels asked for, and what the text says as label", 0, 0},
    {0, "given", WEIR_OPT_FLAG, INSTRUCT_AT(given), NULL,
     "answers in the record's order, not in the text's", 0, 0},
    {0, "no-shuffle", WEIR_OPT_FLAG, INSTRUCT_AT(no_shuffle), NULL, "labels in the schema's order",
     0, 0},
    {0, "unique", WEIR_OPT_FLAG, INSTRUCT_AT(unique), NULL,
     "answer what the record has several times once", 0, 0},
    {0, "sides", WEIR_OPT_CHOICE, INSTRUCT_AT(sides), "subject|head",
     "iepile: names of a relation's sides, subject and object, or head and tail", 0, 0},
    {0}};

#define COMPOSE_AT(field) offsetof(struct weir_compose_opt, field)

static const struct weir_opt compose_options[] = {
    {0, "take", WEIR_OPT_LIST, COMPOSE_AT(take), "NAME=COUNT[:FILE,FILE...]",
     "a set of the mix, how many of its records, or all, and its files; sets without files share "
     "the others, by the records' source when they are several",
     0, 0},
    {0, "form", WEIR_OPT_CHOICE, COMPOSE_AT(form), "alpaca|messages",
     "what is written: instruction, input and output; or messages as OpenAI has them", 0, 0},
    {0, "fewer", WEIR_OPT_FLAG, COMPOSE_AT(fewer), NULL,
     "a set with less than its count gives what it has", 0, 0},
    {0, "repeat", WEIR_OPT_FLAG, COMPOSE_AT(repeat), NULL,
     "a set with less than its count gives records several times", 0, 0},
    {0, "text", WEIR_OPT_FLAG, COMPOSE_AT(text), NULL,
     "all texts of a record as text too, for weir dedup", 0, 0},
    {0, "report", WEIR_OPT_STRING, COMPOSE_AT(report), "FILE", "a line of JSON for each set", 0, 0},
    {0}};

static int run_compose(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_compose_run(opt, job, err);
}

#define EVAL_AT(field) offsetof(struct weir_eval_opt, field)

static const struct weir_opt eval_options[] = {
    {0, "task", WEIR_OPT_CHOICE, EVAL_AT(task), "NER|RE|SPO|EE|EET|EEA|KG", "what was asked for", 0,
     0},
    {0, "field", WEIR_OPT_STRING, EVAL_AT(field), "NAME",
     "member with the answer; else response, or output", 0, 0},
    {0, "match", WEIR_OPT_CHOICE, EVAL_AT(match), "normal|set",
     "what is said several times counts one to one, or once", 0, 0},
    {0, "strict", WEIR_OPT_FLAG, EVAL_AT(strict), NULL,
     "an answer is one whole object of JSON, or says nothing: as IEPile's evaluator", 0, 0},
    {0, "by", WEIR_OPT_STRING, EVAL_AT(by), "NAME", "scores by the values of a member too", 0, 0},
    {0}};

static int run_eval(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_eval_run(opt, job, err);
}

static int run_instruct(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_instruct_run(opt, job, err);
}

static int convert_asks_only(const void *opt)
{
    return ((const struct weir_convert_opt *)opt)->list_sources;
}

static int run_build(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_kg_build_run(opt, job, err);
}

static int run_show(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_kg_show_run(opt, job, err);
}

static int run_find(void *opt, struct weir_job *job, struct weir_err *err)
{
    (void)opt;
    return weir_kg_find_run(job, err);
}

static int run_check(void *opt, struct weir_job *job, struct weir_err *err)
{
    (void)opt;
    return weir_kg_check_run(job, err);
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
    {.args = "COMMAND", .options = no_options, .run = run_nothing, .n_args_max = -1},
    {.name = "build",
     .args = "[DUMP…]",
     .summary = "Wikidata dumps, and redirects of Wikipedia dumps, to one file (-o FILE)",
     .options = build_options,
     .opt_size = sizeof(struct weir_kg_build_opt),
     .init = weir_kg_build_opt_init,
     .run = run_build,
     .n_args_max = -1,
     .reads_stdin = 1},
    {.name = "show",
     .args = "FILE [ID…]",
     .summary = "print entities, all or those named by Q-id or P-id",
     .options = show_options,
     .opt_size = sizeof(struct weir_kg_show_opt),
     .run = run_show,
     .n_args_min = 1,
     .n_args_max = -1,
     .no_account = "show"},
    {.name = "find",
     .args = "FILE NAME…",
     .summary = "print the entities that have a name, the best known first",
     .options = no_options,
     .run = run_find,
     .n_args_min = 2,
     .n_args_max = -1,
     .no_account = "find"},
    {.name = "check",
     .args = "FILE…",
     .summary = "verify all that readers of a knowledge file rely on",
     .options = no_options,
     .run = run_check,
     .n_args_min = 1,
     .n_args_max = -1,
     .no_account = "check"},
    {.name = "annotate",
     .args = "[FILE…]",
     .summary = "documents to texts with linked entities and triples (--kg FILE)",
     .options = annotate_options,
     .opt_size = sizeof(struct weir_kg_annotate_opt),
     .init = weir_kg_annotate_opt_init,
     .run = run_annotate,
     .n_args_max = -1,
     .reads_stdin = 1,
     .asks_only = annotate_asks_only},
    {.name = "stops",
     .args = "[FILE…]",
     .summary = "names that pages with links use as words, for annotate --stop (--kg FILE)",
     .options = stops_options,
     .opt_size = sizeof(struct weir_kg_stops_opt),
     .init = weir_kg_stops_opt_init,
     .run = run_stops,
     .n_args_max = -1,
     .reads_stdin = 1},
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
    {.name = "instruct",
     .args = "[FILE…]",
     .summary = "the common form to instructions with answers",
     .options = instruct_options,
     .opt_size = sizeof(struct weir_instruct_opt),
     .init = weir_instruct_opt_init,
     .run = run_instruct,
     .n_args_max = -1,
     .reads_stdin = 1},
    {.name = "compose",
     .args = "--take NAME=COUNT[:FILE,FILE...] [FILE…]",
     .summary = "mix sets of instructions to a table of counts",
     .options = compose_options,
     .opt_size = sizeof(struct weir_compose_opt),
     .run = run_compose,
     .n_args_max = -1},
    {.name = "eval",
     .args = "[FILE…]",
     .summary = "scores of answers to such instructions",
     .options = eval_options,
     .opt_size = sizeof(struct weir_eval_opt),
     .init = weir_eval_opt_init,
     .run = run_eval,
     .n_args_max = -1,
     .reads_stdin = 1},
};

static const struct weir_prog prog = {
    .name = "weir-kg2instruction",
    .summary = "make instruction data for information extraction",
    .description =
        "Builds a knowledge file from Wikidata and Wikipedia dumps, finds its entities and "
        "statements\nin texts, turns datasets for information extraction into one form, "
        "and that form into\ninstructions with their answers, and mixes sets of instructions.",
    .examples =
        "  lbzip2 -dc latest-all.json.bz2 | weir kg2instruction build - zhwiki.xml.bz2 -o kg\n"
        "  weir kg2instruction show kg Q42\n"
        "  weir kg2instruction find kg 浙江大学\n"
        "  weir kg2instruction check kg\n"
        "  weir ingest --from wiki --links zhwiki.xml.bz2 | weir kg2instruction annotate --kg kg\n"
        "  weir kg2instruction stops --kg kg pages.jsonl -o stops.tsv\n"
        "  weir kg2instruction convert --from cluener train.json >cluener.jsonl\n"
        "  weir kg2instruction convert --from conll --names words eng.train -o conll.jsonl\n"
        "  weir kg2instruction convert --list-sources\n"
        "  weir kg2instruction instruct --task NER --form iepile cluener.jsonl >train.json\n"
        "  weir kg2instruction instruct --task RE --hard learn --split-num 4 duie.jsonl\n"
        "  weir kg2instruction compose --take cot=200:cot.jsonl --take ie=all train.json -o "
        "mix.jsonl\n"
        "  weir kg2instruction eval --task NER answers.jsonl\n",
    .cmds = cmds,
    .n_cmds = sizeof cmds / sizeof *cmds,
};

int main(int argc, char **argv)
{
    return weir_main(&prog, argc, argv);
}
