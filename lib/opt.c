#include "lib/opt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define AT(field) offsetof(struct weir_common, field)

const struct weir_opt weir_common_options[] = {
    {'o', "output", WEIR_OPT_STRING, AT(output), "FILE",
     "write here; .zst .gz .bz2 .xz compress; - is standard output", 0, 0},
    {'j', "threads", WEIR_OPT_INT, AT(threads), "N",
     "threads in all; 0: all processors this process may use", 0, 1024},
    {'m', "memory", WEIR_OPT_SIZE, AT(memory), "SIZE", "memory of the whole process", 0, 0},
    {'T', "temp-dir", WEIR_OPT_STRING, AT(temp_dir), "DIR",
     "folder for what does not fit memory; else $TMPDIR or /tmp", 0, 0},
    {0, "max-record", WEIR_OPT_SIZE, AT(max_record), "SIZE", "a longer record is a bad record",
     1024, (double)((uint64_t)2 << 30)},
    {0, "rejects", WEIR_OPT_STRING, AT(rejects), "FILE",
     "write dropped and bad records here with their reason; without it a bad record ends the run",
     0, 0},
    {0, "ledger", WEIR_OPT_STRING, AT(ledger), "FILE",
     "append the account as one line of JSON, for weir audit", 0, 0},
    {0, "seed", WEIR_OPT_INT, AT(seed), "N", "seed of whatever is random", 0, 0},
    {0, "progress", WEIR_OPT_FLAG, AT(progress), NULL,
     "show progress even when standard error is no terminal", 0, 0},
    {'q', "quiet", WEIR_OPT_FLAG, AT(quiet), NULL, "no progress and no closing account", 0, 0},
    {'v', "verbose", WEIR_OPT_FLAG, AT(verbose), NULL, "say more", 0, 0},
    {'h', "help", WEIR_OPT_FLAG, AT(help), NULL, "this text", 0, 0},
    {'V', "version", WEIR_OPT_FLAG, AT(version), NULL, "version, features, compiler", 0, 0},
    {0, "help-roff", WEIR_OPT_FLAG, AT(help_roff), NULL, "the options as a section of a man page",
     0, 0},
    {0},
};

void weir_common_init(struct weir_common *c)
{
    struct weir_job job;
    weir_job_init(&job, "");
    memset(c, 0, sizeof *c);
    c->output = job.output;
    c->memory = job.memory;
    c->temp_dir = job.temp_dir;
    c->max_record = job.max_record;
    c->seed = (int64_t)job.seed;
    weir_job_free(&job);
}

static const struct weir_opt *find_name(const struct weir_opt *table, const char *name, size_t n)
{
    for (const struct weir_opt *o = table; o && o->name; o++)
        if (strlen(o->name) == n && !memcmp(o->name, name, n))
            return o;
    return NULL;
}

static const struct weir_opt *find_letter(const struct weir_opt *table, char letter)
{
    for (const struct weir_opt *o = table; o && o->name; o++)
        if (o->letter && o->letter == letter)
            return o;
    return NULL;
}

static int unit(char c, uint64_t base, uint64_t *factor)
{
    static const char units[] = "kmgt";
    const char *u = c ? strchr(units, c | 32) : NULL;
    if (!u)
        return 0;
    *factor = base;
    while (u-- > units)
        *factor *= base;
    return 1;
}

/* A whole number with an optional unit of base 1000 or 1024 and nothing behind. */
static int parse_int(const char *s, uint64_t base, int64_t *v)
{
    char *end;
    uint64_t factor = 1;
    errno = 0;
    const long long n = strtoll(s, &end, 10);
    if (errno || end == s || *s == ' ')
        return -1;
    if (*end && unit(*end, base, &factor))
        end++;
    if (*end || factor > INT64_MAX || __builtin_mul_overflow((int64_t)n, (int64_t)factor, v))
        return -1;
    return 0;
}

static int in_range(const struct weir_opt *o, double v)
{
    if (o->min == 0 && o->max == 0)
        return v >= 0;
    return v >= o->min && v <= o->max;
}

static int parse_choice(const struct weir_opt *o, const char *s, int *v)
{
    const char *word = o->arg;
    for (int i = 0; *word; i++) {
        const size_t n = strcspn(word, "|");
        if (strlen(s) == n && !memcmp(word, s, n)) {
            *v = i;
            return 0;
        }
        word += n + (word[n] == '|');
    }
    return -1;
}

static int add_to_list(struct weir_strings *l, const char *s)
{
    const char **at = weir_realloc_array(l->at, l->n + 1, sizeof *at);
    if (!at)
        return -1;
    l->at = at;
    l->at[l->n++] = s;
    return 0;
}

static int store(const struct weir_opt *o, void *base, const char *s, struct weir_err *err)
{
    void *to = (char *)base + o->offset;
    int64_t n;
    char *end;
    int bad = 0;
    switch (o->kind) {
    case WEIR_OPT_FLAG:
        *(int *)to = 1;
        break;
    case WEIR_OPT_INT:
        bad = parse_int(s, 1000, &n) || !in_range(o, (double)n);
        if (!bad)
            *(int64_t *)to = n;
        break;
    case WEIR_OPT_SIZE:
        bad = parse_int(s, 1024, &n) || n < 0 || !in_range(o, (double)n);
        if (!bad)
            *(uint64_t *)to = (uint64_t)n;
        break;
    case WEIR_OPT_DOUBLE: {
        const double d = strtod(s, &end);
        bad = end == s || *end || !in_range(o, d);
        if (!bad)
            *(double *)to = d;
        break;
    }
    case WEIR_OPT_STRING:
        *(const char **)to = s;
        break;
    case WEIR_OPT_LIST:
        bad = add_to_list(to, s);
        break;
    case WEIR_OPT_CHOICE:
        bad = parse_choice(o, s, to);
        break;
    }
    if (!bad)
        return 0;
    if (o->kind == WEIR_OPT_CHOICE)
        return weir_err_set(err, WEIR_EUSAGE, "--%s %s: must be one of %s", o->name, s, o->arg);
    if (o->max > 0)
        return weir_err_set(err, WEIR_EUSAGE, "--%s %s: must be a number from %g to %g", o->name, s,
                            o->min, o->max);
    return weir_err_set(err, WEIR_EUSAGE, "--%s %s: not a number that fits here", o->name, s);
}

struct parser {
    const struct weir_cmd *cmd;
    struct weir_args *args;
    int argc, i;
    char **argv;
};

static int take(struct parser *p, const struct weir_opt *own, const struct weir_opt *common,
                const char *value, struct weir_err *err)
{
    const struct weir_opt *o = own ? own : common;
    if (o->kind != WEIR_OPT_FLAG && !value) {
        if (p->i + 1 >= p->argc)
            return weir_err_set(err, WEIR_EUSAGE, "--%s needs %s", o->name, o->arg);
        value = p->argv[++p->i];
    }
    return store(o, own ? p->args->opt : (void *)&p->args->common, value, err);
}

static int take_long(struct parser *p, const char *word, struct weir_err *err)
{
    const char *eq = strchr(word, '=');
    const size_t n = eq ? (size_t)(eq - word) : strlen(word);
    const struct weir_opt *common = find_name(weir_common_options, word, n);
    const struct weir_opt *own = common ? NULL : find_name(p->cmd->options, word, n);
    if (!own && !common)
        return weir_err_set(err, WEIR_EUSAGE, "unknown option --%.*s", (int)n, word);
    if (eq && (own ? own : common)->kind == WEIR_OPT_FLAG)
        return weir_err_set(err, WEIR_EUSAGE, "--%.*s takes no value", (int)n, word);
    return take(p, own, common, eq ? eq + 1 : NULL, err);
}

static int take_letters(struct parser *p, const char *letters, struct weir_err *err)
{
    for (const char *c = letters; *c; c++) {
        const struct weir_opt *common = find_letter(weir_common_options, *c);
        const struct weir_opt *own = common ? NULL : find_letter(p->cmd->options, *c);
        const struct weir_opt *o = own ? own : common;
        if (!o)
            return weir_err_set(err, WEIR_EUSAGE, "unknown option -%c", *c);
        const char *rest = o->kind != WEIR_OPT_FLAG && c[1] ? c + 1 : NULL;
        const int rc = take(p, own, common, rest, err);
        if (rc || rest || o->kind != WEIR_OPT_FLAG)
            return rc;
    }
    return 0;
}

int weir_args_parse(const struct weir_cmd *cmd, int argc, char **argv, struct weir_args *args,
                    struct weir_err *err)
{
    struct parser p = {cmd, args, argc, 0, argv};
    int only_words = 0;
    memset(args, 0, sizeof *args);
    weir_common_init(&args->common);
    args->options = cmd->options;
    args->opt = weir_calloc(1, cmd->opt_size);
    args->words = weir_calloc((size_t)argc + 1, sizeof *args->words);
    if (!args->opt || !args->words)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    if (cmd->init)
        cmd->init(args->opt);
    for (; p.i < argc; p.i++) {
        const char *w = argv[p.i];
        int rc = 0;
        if (only_words || w[0] != '-' || !w[1])
            args->words[args->n_words++] = w;
        else if (!strcmp(w, "--"))
            only_words = 1;
        else if (w[1] == '-')
            rc = take_long(&p, w + 2, err);
        else
            rc = take_letters(&p, w + 1, err);
        if (rc)
            return rc;
    }
    return 0;
}

void weir_args_free(struct weir_args *args)
{
    for (const struct weir_opt *o = args->opt ? args->options : NULL; o && o->name; o++)
        if (o->kind == WEIR_OPT_LIST)
            free(((struct weir_strings *)((char *)args->opt + o->offset))->at);
    free(args->words);
    free(args->opt);
}
