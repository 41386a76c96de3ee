#include "weir/audit.h"
#include "weir/opt.h"

static const struct weir_opt options[] = {
    {0, "json", WEIR_OPT_FLAG, offsetof(struct weir_audit_opt, json), NULL,
     "one JSON object instead of a table", 0, 0},
    {0, "html", WEIR_OPT_FLAG, offsetof(struct weir_audit_opt, html), NULL,
     "one HTML page with plots instead of a table", 0, 0},
    {0, "serve", WEIR_OPT_FLAG, offsetof(struct weir_audit_opt, serve), NULL,
     "that page on 127.0.0.1, with what is behind it", 0, 0},
    {0, "port", WEIR_OPT_INT, offsetof(struct weir_audit_opt, port), "N",
     "of --serve; 0: one that is free", 0, 65535},
    {0, "drops", WEIR_OPT_LIST, offsetof(struct weir_audit_opt, drops), "FILE",
     "with --serve: show samples of what --rejects FILE wrote", 0, 0},
    {0, "documents", WEIR_OPT_LIST, offsetof(struct weir_audit_opt, documents), "FILE",
     "with --drops: find the kept twins of duplicates there", 0, 0},
    {0, "dataset", WEIR_OPT_LIST, offsetof(struct weir_audit_opt, datasets), "NAME",
     "with --serve: show sequences of NAME.idx and NAME.bin", 0, 0},
    {0, "model", WEIR_OPT_STRING, offsetof(struct weir_audit_opt, model), "FILE",
     "their tokenizer, a .model or tokenizer.json: show text, not ids", 0, 0},
    {0}};

static void init(void *opt)
{
    weir_audit_opt_init(opt);
}

static int run(void *opt, struct weir_job *job, struct weir_err *err)
{
    return weir_audit_run(opt, job, err);
}

static const struct weir_cmd cmds[] = {{.args = "[LEDGER…]",
                                        .summary = "add up the ledgers of a build and check them",
                                        .options = options,
                                        .opt_size = sizeof(struct weir_audit_opt),
                                        .init = init,
                                        .run = run,
                                        .n_args_max = -1,
                                        .reads_stdin = 1,
                                        .no_account = "prints a report"}};

static const struct weir_prog prog = {
    .name = "weir-audit",
    .summary = "add up the ledgers of a build and check that nothing is lost",
    .description =
        "Reads what the stages of a build appended with --ledger and prints its funnel: records,\n"
        "bytes and tokens in and out of every stage and source, and what was dropped, by reason.\n"
        "Exits with 1 when a stage does not balance or when neighbouring stages do not.",
    .examples = "  weir audit build.ledger\n"
                "  weir audit --serve --drops dropped.jsonl --dataset corpus build.ledger\n"
                "  weir audit --json shard-*.ledger | jq .problems\n",
    .cmds = cmds,
    .n_cmds = 1};

int main(int argc, char **argv)
{
    return weir_main(&prog, argc, argv);
}
