/* weir NAME …: runs the program weir-NAME; weir alone lists them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "weir_config.h"

static const struct {
    const char *name, *what;
} programs[] = {
    {"ingest", "raw dumps to documents"},
    {"filters", "drop harmful and poor documents"},
    {"dedup", "drop exact and near duplicates"},
    {"tokenize", "documents to tokens, with exactly SentencePiece's ids"},
    {"chunker", "tokens to samples of whole sentences"},
    {"indexer", "samples to a Megatron dataset; merge, check, show, trace"},
    {"kg2instruction", "make instruction data for information extraction"},
    {"infer", "run a language model on prompts, score documents with it"},
    {"audit", "what went in and out of every stage of a build, and why"},
};

static void usage(FILE *f)
{
    fprintf(f, "weir: raw Chinese, English and code text to training-ready corpora\n\n"
               "usage: weir PROGRAM [OPTION…] [FILE…]\n\n");
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        fprintf(f, "  %-16s%s\n", programs[i].name, programs[i].what);
    fprintf(f, "\nweir PROGRAM --help says more; so does man weir-PROGRAM.\n");
}

/* The program beside this one; without it, whatever PATH has. */
static void run(const char *name, char **argv)
{
    char self[4096], path[4200];
    const ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n > 0) {
        self[n] = 0;
        char *slash = strrchr(self, '/');
        if (slash) {
            slash[1] = 0;
            snprintf(path, sizeof path, "%sweir-%s", self, name);
            execv(path, argv);
        }
    }
    snprintf(path, sizeof path, "weir-%s", name);
    execvp(path, argv);
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "--help";
    if (!strcmp(word, "--help") || !strcmp(word, "-h")) {
        usage(stdout);
        return fflush(stdout) ? 1 : 0;
    }
    if (!strcmp(word, "--version") || !strcmp(word, "-V")) {
        printf("weir %s\nfeatures: %s\ncompiler: %s\n", WEIR_VERSION, WEIR_FEATURES, __VERSION__);
        return fflush(stdout) ? 1 : 0;
    }
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        if (strcmp(word, programs[i].name))
            continue;
        run(word, argv + 1);
        fprintf(stderr, "weir: cannot run weir-%s: %s\n", word, strerror(errno));
        return 1;
    }
    fprintf(stderr, "weir: no program \"%s\"\nweir: see weir --help\n", word);
    return 2;
}
