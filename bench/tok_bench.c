/* Encoding alone, one thread: Weir's encoder and the SentencePiece library on the same documents.
 *   tok_bench MODEL FILE…     each file's first 6 MB, as documents of about 4 KB and as one
 * Prints MB/s of thread time: cold is the first pass over the text, warm the best of three more. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "weir/tok.h"

enum { MOST = 6000000, DOCUMENT = 4096 };

static struct weir_piece *pieces;
static size_t cap;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* The end of the document that begins at `at`: behind a newline or, in a long line, a space. */
static size_t document_end(struct weir_span text, size_t at, size_t want)
{
    if (text.n - at <= want)
        return text.n;
    for (size_t i = at + want; i < text.n; i++)
        if (text.p[i] == '\n' || (i > at + 2 * want && ((unsigned char)text.p[i] & 0xC0) != 0x80))
            return i + 1;
    return text.n;
}

static double encode(const weir_tok *t, weir_tok_scratch *s, const weir_spm *library,
                     struct weir_span text, size_t want, uint64_t *n_ids)
{
    const double begin = now();
    size_t n;
    *n_ids = 0;
    for (size_t at = 0, end; at < text.n; at = end, *n_ids += n) {
        end = document_end(text, at, want);
        const struct weir_span part = weir_span(text.p + at, end - at);
        const int rc = library ? weir_spm_encode(library, part, &pieces, &cap, &n, NULL)
                               : weir_tok_encode(t, s, part, &pieces, &cap, &n, NULL);
        if (rc)
            exit(1);
    }
    return now() - begin;
}

static void measure(const weir_tok *t, const weir_spm *library, const char *name,
                    struct weir_span text, size_t want)
{
    uint64_t ids, expected;
    weir_tok_scratch *s = weir_tok_scratch_new(t, NULL);
    if (!s)
        exit(1);
    const double slow = encode(t, s, library, text, want, &expected);
    const double cold = encode(t, s, NULL, text, want, &ids);
    double warm = cold;
    for (int i = 0; i < 3; i++) {
        const double seconds = encode(t, s, NULL, text, want, &ids);
        warm = seconds < warm ? seconds : warm;
    }
    const double mb = (double)text.n * 1e-6;
    printf("%-24s %-5s library %6.1f  cold %6.1f (%4.0f times)  warm %6.1f (%4.0f times)%s\n", name,
           want < text.n ? "4 KB" : "whole", mb / slow, mb / cold, slow / cold, mb / warm,
           slow / warm, ids == expected ? "" : "  IDS DIFFER");
    weir_tok_scratch_free(s);
}

int main(int argc, char **argv)
{
    struct weir_err err = {0};
    if (argc < 3)
        return fprintf(stderr, "tok_bench MODEL FILE…\n"), 2;
    const double begin = now();
    weir_tok *t = weir_tok_open(argv[1], &err);
    const double opened = now() - begin;
    weir_spm *library = weir_spm_open(argv[1], &err);
    char *text = malloc(MOST);
    if (!t || !library || !text)
        return fprintf(stderr, "%s\n", err.msg), 1;
    printf("%s: opened in %.0f ms, %.1f MB\n", argv[1], opened * 1e3,
           (double)weir_tok_memory(t) * 1e-6);
    for (int i = 2; i < argc; i++) {
        FILE *f = fopen(argv[i], "rb");
        const size_t n = f ? fread(text, 1, MOST, f) : 0;
        if (f)
            fclose(f);
        const char *slash = strrchr(argv[i], '/');
        measure(t, library, slash ? slash + 1 : argv[i], weir_span(text, n), DOCUMENT);
        measure(t, library, slash ? slash + 1 : argv[i], weir_span(text, n), n);
    }
    free(text);
    free(pieces);
    weir_tok_free(t);
    weir_spm_free(library);
    return 0;
}
