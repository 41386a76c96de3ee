#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/account.h"
#include "lib/io_atomic.h"
#include "lib/io_codec.h"
#include "lib/opt.h"
#include "weir/stream.h"
#include "weir_config.h"

/* A file that is opened while 0, 1 or 2 is closed would get that number, and messages or data with
 * it. What stands there instead fails when it is used. */
static void fill_standard_streams(void)
{
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd ? O_RDONLY : O_WRONLY) < 0)
            return;
}

static int all_processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set))
        return 1;
    const int n = CPU_COUNT(&set);
    return n > 0 ? n : 1;
}

static const struct weir_cmd *find_cmd(const struct weir_prog *prog, const char *word)
{
    for (size_t i = 0; word && i < prog->n_cmds; i++)
        if (prog->cmds[i].name && !strcmp(prog->cmds[i].name, word))
            return &prog->cmds[i];
    return NULL;
}

static int asks_only(const struct weir_cmd *cmd, const struct weir_args *args)
{
    return cmd->asks_only && cmd->asks_only(args->opt);
}

static int check_words(const struct weir_cmd *cmd, const struct weir_args *args,
                       struct weir_err *err)
{
    const int n = (int)args->n_words;
    if (n < cmd->n_args_min)
        return weir_err_set(err, WEIR_EUSAGE, "needs %s", cmd->args);
    if (cmd->n_args_max >= 0 && n > cmd->n_args_max)
        return weir_err_set(err, WEIR_EUSAGE, "one word too many: %s",
                            args->words[cmd->n_args_max]);
    if (!cmd->reads_stdin || asks_only(cmd, args))
        return 0;
    int from_stdin = !n, stdins = 0;
    for (int i = 0; i < n; i++)
        if (!strcmp(args->words[i], "-"))
            from_stdin = 1, stdins++;
    if (stdins > 1)
        return weir_err_set(err, WEIR_EUSAGE, "standard input (-) is given %d times", stdins);
    if (from_stdin && isatty(0))
        return weir_err_set(err, WEIR_EUSAGE, "no input file, and standard input is a terminal");
    return 0;
}

/* Reading and replacing one file at once is never meant. */
static int check_files(const struct weir_args *args, struct weir_err *err)
{
    const struct weir_common *c = &args->common;
    const char *const outs[] = {c->output, c->rejects, c->ledger};
    if (c->rejects && !strcmp(c->rejects, "-"))
        return weir_err_set(err, WEIR_EUSAGE,
                            "--rejects needs a file: standard output is for data");
    return weir_io_apart(args->words, args->n_words, outs, 3, err);
}

static void print_line(const struct weir_job *job, const char *kind, const char *text)
{
    fprintf(stderr, "weir-%s: %s", job->stage, kind);
    weir_account_text(text);
    fputc('\n', stderr);
}

static void print_warning(struct weir_job *job, const char *text)
{
    print_line(job, "warning: ", text);
}

static void print_note(struct weir_job *job, const char *text)
{
    print_line(job, "", text);
}

static int set_up(const struct weir_cmd *cmd, const struct weir_args *args,
                  struct weir_account *account, struct weir_job *job, struct weir_err *err)
{
    const struct weir_common *c = &args->common;
    int rc = check_words(cmd, args, err);
    if (!rc)
        rc = check_files(args, err);
    if (rc)
        return rc;
    job->inputs = args->words;
    job->n_inputs = args->n_words;
    job->output = c->output;
    job->ledger = c->ledger;
    job->threads = c->threads ? (int)c->threads : all_processors();
    job->memory = c->memory;
    weir_codec_memory(c->memory / 4);
    job->max_record = c->max_record;
    job->temp_dir = c->temp_dir;
    job->seed = (uint64_t)c->seed;
    job->quiet = c->quiet;
    job->on_warning = c->quiet ? NULL : print_warning;
    job->on_note = c->verbose ? print_note : NULL;
    job->verbose = c->verbose;
    job->progress = c->progress;
    job->defer_commit = 1;
    if (!c->quiet && (c->progress || account->terminal))
        job->on_progress = weir_account_progress;
    job->progress_state = account;
    if (c->ledger && (rc = weir_ledger_check(c->ledger, err)))
        return rc;
    if (c->rejects) {
        job->rejects = weir_io_open_write(c->rejects, err);
        if (!job->rejects)
            return err->code;
    }
    return 0;
}

/* The order of a run's end: what belongs to the output (rejects, ledger) is on disk before the
 * output has its name, so that whoever sees the output has all of it. */
static int finish(const struct weir_args *args, const struct weir_account *account,
                  struct weir_job *job, int rc, struct weir_err *err)
{
    weir_io *rejects = job->rejects, *out = job->out, *follow = job->follow;
    job->rejects = job->out = job->follow = NULL;
    if (!rc)
        rc = weir_io_close(rejects, err);
    else
        weir_io_abort(rejects);
    if (!rc && args->common.ledger)
        rc = weir_ledger_append(account, job, args->common.ledger, err);
    rc = weir_job_name_outputs(out, follow, rc, err);
    if (!rc && job->on_done)
        job->on_done(job);
    return rc;
}

static int run(const struct weir_prog *prog, const struct weir_cmd *cmd, struct weir_args *args,
               int argc, char **argv, struct weir_err *err)
{
    struct weir_account account;
    struct weir_job job;
    const char *dash = strchr(prog->name, '-');
    weir_account_start(&account, prog->name, argc, argv);
    weir_job_init(&job, cmd->name ? cmd->name : dash ? dash + 1 : prog->name);
    int rc = set_up(cmd, args, &account, &job, err);
    if (!rc) {
        rc = cmd->run(args->opt, &job, err);
        if (job.on_progress)
            weir_account_clear(&account);
        rc = finish(args, &account, &job, rc, err);
    }
    if (!rc && !job.quiet && !cmd->no_account && !asks_only(cmd, args))
        weir_account_close(&account, &job);
    weir_job_free(&job);
    return rc;
}

static void print_version(const struct weir_prog *prog)
{
    printf("%s %s\nfeatures: %s\ncompiler: %s\n", prog->name, WEIR_VERSION, WEIR_FEATURES,
           __VERSION__);
}

static int report(const struct weir_prog *prog, const struct weir_err *err)
{
    fprintf(stderr, "%s: ", prog->name);
    weir_account_text(err->msg[0] ? err->msg : "failed");
    fputc('\n', stderr);
    if (err->code != WEIR_EUSAGE)
        return 1;
    fprintf(stderr, "%s: see %s --help\n", prog->name, prog->name);
    return 2;
}

int weir_main(const struct weir_prog *prog, int argc, char **argv)
{
    struct weir_err err = {0};
    struct weir_args args = {0};
    fill_standard_streams();
    /* Batches are large and reused: taken from the system one by one they are given back one by
     * one, and -m stays what it says. */
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    mallopt(M_ARENA_MAX, 4);
    weir_atomic_on_signals();
    const struct weir_cmd *named = find_cmd(prog, argc > 1 ? argv[1] : NULL);
    const struct weir_cmd *cmd = named ? named : &prog->cmds[0];
    const int skip = named ? 2 : argc > 0 ? 1 : 0;
    int rc = weir_args_parse(cmd, argc - skip, argv + skip, &args, &err);
    if (!rc && args.common.help)
        weir_help(stdout, prog, cmd);
    else if (!rc && args.common.help_roff)
        weir_help_roff(stdout, prog);
    else if (!rc && args.common.version)
        print_version(prog);
    else if (!rc)
        rc = run(prog, cmd, &args, argc, argv, &err);
    weir_args_free(&args);
    if (fflush(stdout) || ferror(stdout)) {
        weir_err_errno(&err, "standard output: cannot write");
        rc = rc ? rc : WEIR_EIO;
    }
    return rc ? report(prog, &err) : 0;
}
