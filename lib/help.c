#include <stdlib.h>
#include <string.h>

#include "lib/opt.h"

/* The default as the struct holds it, "" when there is nothing to say. */
static void default_text(const struct weir_opt *o, const void *base, char *to, size_t n)
{
    static const char units[] = "BKMGT";
    const void *at = (const char *)base + o->offset;
    to[0] = 0;
    switch (o->kind) {
    case WEIR_OPT_INT:
        snprintf(to, n, "%lld", (long long)*(const int64_t *)at);
        break;
    case WEIR_OPT_SIZE: {
        uint64_t v = *(const uint64_t *)at;
        int u = 0;
        while (v && v % 1024 == 0 && u < 4)
            v /= 1024, u++;
        snprintf(to, n, "%llu%c", (unsigned long long)v, units[u]);
        if (!u)
            to[strlen(to) - 1] = 0;
        break;
    }
    case WEIR_OPT_DOUBLE:
        /* A default out of range means that there is none. */
        if (!(o->max > o->min && *(const double *)at < o->min))
            snprintf(to, n, "%g", *(const double *)at);
        break;
    case WEIR_OPT_STRING:
        /* The folder for temporaries is the user's own setting: naming it here would make the text
         * differ from machine to machine. */
        if (*(const char *const *)at && strcmp(o->name, "temp-dir"))
            snprintf(to, n, "%s", *(const char *const *)at);
        break;
    case WEIR_OPT_CHOICE: {
        const char *word = o->arg;
        for (int i = *(const int *)at; i > 0; i--)
            word += strcspn(word, "|") + 1;
        snprintf(to, n, "%.*s", (int)strcspn(word, "|"), word);
        break;
    }
    default:
        break;
    }
}

static void option_head(const struct weir_opt *o, char *to, size_t n)
{
    const char *arg = o->arg ? o->arg : "";
    snprintf(to, n, "%s%c%s--%s%s%s", o->letter ? "-" : "", o->letter ? o->letter : ' ',
             o->letter ? ", " : "   ", o->name, *arg ? " " : "", arg);
}

/* help text broken at 78 columns with an indent of 22. */
static void print_wrapped(FILE *f, const char *text, const char *def)
{
    char all[1024];
    snprintf(all, sizeof all, "%s%s%s%s", text, *def ? " [" : "", def, *def ? "]" : "");
    size_t column = 22;
    for (const char *w = all; *w;) {
        const size_t n = strcspn(w, " ");
        if (w != all && column + 1 + n > 78) {
            fprintf(f, "\n%22s", "");
            column = 22;
        } else if (w != all) {
            fputc(' ', f);
            column++;
        }
        fprintf(f, "%.*s", (int)n, w);
        column += n;
        w += n + strspn(w + n, " ");
    }
    fputc('\n', f);
}

static void print_options(FILE *f, const struct weir_opt *table, const void *base)
{
    for (const struct weir_opt *o = table; o && o->name; o++) {
        char head[256], def[256];
        option_head(o, head, sizeof head);
        default_text(o, base, def, sizeof def);
        if (strlen(head) > 19)
            fprintf(f, "  %s\n%22s", head, "");
        else
            fprintf(f, "  %-20s", head);
        print_wrapped(f, o->help, def);
    }
}

static void *defaults_of(const struct weir_cmd *cmd)
{
    void *opt = weir_calloc(1, cmd->opt_size);
    if (opt && cmd->init)
        cmd->init(opt);
    return opt;
}

static void usage_line(FILE *f, const char *lead, const struct weir_prog *prog,
                       const struct weir_cmd *c)
{
    fprintf(f, "%s%s%s%s [OPTION…]%s%s\n", lead, prog->name, c->name ? " " : "",
            c->name ? c->name : "", c->args && *c->args ? " " : "", c->args ? c->args : "");
}

void weir_help(FILE *f, const struct weir_prog *prog, const struct weir_cmd *cmd)
{
    if (cmd->name) {
        fprintf(f, "%s %s: %s\n\n", prog->name, cmd->name, cmd->summary);
        usage_line(f, "usage: ", prog, cmd);
    } else {
        fprintf(f, "%s: %s\n\n", prog->name, prog->summary);
        for (size_t i = 0; i < prog->n_cmds; i++)
            usage_line(f, i ? "       " : "usage: ", prog, &prog->cmds[i]);
        if (prog->description)
            fprintf(f, "\n%s\n", prog->description);
        if (prog->n_cmds > 1)
            fprintf(f, "\nCommands (%s COMMAND --help says more):\n", prog->name);
        for (size_t i = 0; i < prog->n_cmds; i++)
            if (prog->cmds[i].name)
                fprintf(f, "  %-20s%s\n", prog->cmds[i].name, prog->cmds[i].summary);
    }
    void *own = defaults_of(cmd);
    if (own && cmd->options && cmd->options->name) {
        fprintf(f, "\nOptions:\n");
        print_options(f, cmd->options, own);
    }
    struct weir_common common;
    weir_common_init(&common);
    fprintf(f, "\nCommon options (sizes take K M G T = 1024ⁿ, counts k m g t = 1000ⁿ):\n");
    print_options(f, weir_common_options, &common);
    if (prog->examples && !cmd->name)
        fprintf(f, "\nExamples:\n%s\n", prog->examples);
    free(own);
}

/* roff takes a leading dot or quote for a request and a backslash for an escape. */
static void print_roff(FILE *f, const char *s)
{
    if (*s == '.' || *s == '\'')
        fputs("\\&", f);
    for (; *s; s++) {
        if (*s == '\\')
            fputs("\\e", f);
        else if (*s == '-')
            fputs("\\-", f);
        else
            fputc(*s, f);
    }
}

static void roff_options(FILE *f, const struct weir_opt *table, const void *base)
{
    for (const struct weir_opt *o = table; o && o->name; o++) {
        char def[256];
        default_text(o, base, def, sizeof def);
        fprintf(f, ".TP\n");
        if (o->letter)
            fprintf(f, "\\fB\\-%c\\fR, ", o->letter);
        fprintf(f, "\\fB\\-\\-");
        print_roff(f, o->name);
        fprintf(f, "\\fR");
        if (o->arg) {
            fprintf(f, " \\fI");
            print_roff(f, o->arg);
            fprintf(f, "\\fR");
        }
        fputc('\n', f);
        print_roff(f, o->help);
        if (*def) {
            fprintf(f, " [");
            print_roff(f, def);
            fprintf(f, "]");
        }
        fputc('\n', f);
    }
}

void weir_help_roff(FILE *f, const struct weir_prog *prog)
{
    struct weir_common common;
    fprintf(f, ".SH OPTIONS\n");
    for (size_t i = 0; i < prog->n_cmds; i++) {
        const struct weir_cmd *c = &prog->cmds[i];
        void *own = defaults_of(c);
        if (c->name)
            fprintf(f, ".SS %s %s\n%s.\n", prog->name, c->name, c->summary);
        if (own && c->options)
            roff_options(f, c->options, own);
        free(own);
    }
    weir_common_init(&common);
    fprintf(f, ".SS Common options\nSizes take K M G T = 1024^n, counts k m g t = 1000^n.\n");
    roff_options(f, weir_common_options, &common);
}
