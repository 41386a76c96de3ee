#include "weir/ingest.h"
#include "weir/opt.h"

#define AT(field) offsetof(struct weir_ingest_opt, field)

static const struct weir_opt options[] = {
    {0, "from", WEIR_OPT_STRING, AT(from), "SOURCE", "what the input is: see --list-sources", 0, 0},
    {0, "text", WEIR_OPT_STRING, AT(text), "FIELD", "JSON: the member that is the text", 0, 0},
    {0, "title", WEIR_OPT_STRING, AT(title), "FIELD", "JSON: the member that is the title", 0, 0},
    {0, "id", WEIR_OPT_STRING, AT(id), "FIELD", "JSON: the member that is the identifier", 0, 0},
    {0, "encoding", WEIR_OPT_CHOICE, AT(encoding), WEIR_ENC_WORDS,
     "of the input; auto recognises UTF-8, UTF-16 with\nbyte order mark, GB18030 and Big5", 0, 0},
    {0, "source", WEIR_OPT_STRING, AT(source), "NAME",
     "source of all documents, instead of its own", 0, 0},
    {0, "lang", WEIR_OPT_STRING, AT(lang), "TAG", "language of all documents, instead of a guess",
     0, 0},
    {0, "with-title", WEIR_OPT_FLAG, AT(with_title), NULL,
     "put the title in front of the text, as its first line", 0, 0},
    {0, "links", WEIR_OPT_FLAG, AT(links), NULL,
     "wiki: keep each link's target and its place in the text", 0, 0},
    {0, "min-score", WEIR_OPT_INT, AT(min_score), "N",
     "stackexchange: leave out posts with a lower score", WEIR_INGEST_ANY_SCORE, 1e9},
    {0, "list-sources", WEIR_OPT_FLAG, AT(list_sources), NULL, "print the sources and exit", 0, 0},
    {0},
};

static void init(void *opt)
{
    weir_ingest_opt_init(opt);
}

static int run(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_ingest_run(opt, job, err);
}

static int asks_only(const void *opt)
{
    return ((const struct weir_ingest_opt *)opt)->list_sources;
}

int main(int argc, char **argv)
{
    static const struct weir_cmd cmd = {.args = "[FILE…]",
                                        .summary = "turn raw dumps into documents",
                                        .options = options,
                                        .opt_size = sizeof(struct weir_ingest_opt),
                                        .init = init,
                                        .run = run,
                                        .n_args_max = -1,
                                        .asks_only = asks_only,
                                        .reads_stdin = 1};
    static const struct weir_prog prog = {
        .name = "weir-ingest",
        .summary = "turn raw dumps into documents",
        .description =
            "Reads dumps of one source, compressed or not, and writes documents as JSON Lines:\n"
            "clean text in NFC, with the exact place in the input that each came from.\n"
            "A directory stands for the files below it.",
        .examples = "  weir ingest --from wudao part-2021278643.json -o wudao.jsonl.zst\n"
                    "  weir ingest --from text --encoding gb18030 books/ -o books.jsonl\n"
                    "  weir ingest --from jsonl --text body --title name posts.jsonl.gz",
        .cmds = &cmd,
        .n_cmds = 1};
    return weir_main(&prog, argc, argv);
}
