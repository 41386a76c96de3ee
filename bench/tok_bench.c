/* Encoding alone: Weir's encoder, and for a SentencePiece model the library, on the same documents.
 *   tok_bench MODEL FILE…     each file's first 6 MB, as documents of about 4 KB and as one
 * Prints rows for bench/run.sh: model, text, documents, what, number.  MB/s of thread time: cold is
 * the first pass over the text (the best of two, each with a new scratch), warm the best of three
 * more; threads: the text ten times over as one, in MB/s of wall time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "weir/tok.h"

enum { MOST = 6000000, DOCUMENT = 4096, TIMES = 10 };

static struct weir_piece *pieces;
static size_t cap;
static const char *model, *text_name;

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void row(const char *documents, const char *what, double number)
{
    printf("%s,%s,%s,%s,%.1f\n", model, text_name, documents, what, number);
    fflush(stdout);
}

/* The ends of documents: behind a newline or, in a long line, before a character. */
static size_t cut(struct weir_span text, size_t *ends)
{
    size_t n = 0;
    for (size_t at = 0; at < text.n; at = ends[n++]) {
        size_t i = text.n - at > DOCUMENT ? at + DOCUMENT : text.n;
        while (i < text.n && text.p[i - 1] != '\n' &&
               (i <= at + 2 * DOCUMENT || ((unsigned char)text.p[i] & 0xC0) == 0x80))
            i++;
        ends[n] = i;
    }
    return n;
}

/* Seconds; s is NULL for the library. */
static double encode(const weir_tok *t, weir_tok_scratch *s, const weir_spm *library,
                     struct weir_span text, const size_t *ends, size_t n_ends, uint64_t *n_ids)
{
    const double begin = now(CLOCK_THREAD_CPUTIME_ID);
    size_t n, at = 0;
    *n_ids = 0;
    for (size_t i = 0; i < n_ends; at = ends[i++], *n_ids += n) {
        const struct weir_span part = weir_span(text.p + at, ends[i] - at);
        if (s ? weir_tok_encode(t, s, part, &pieces, &cap, &n, NULL)
              : weir_spm_encode(library, part, &pieces, &cap, &n, NULL))
            exit(1);
    }
    return now(CLOCK_THREAD_CPUTIME_ID) - begin;
}

static void measure(const weir_tok *t, const weir_spm *library, const char *documents,
                    struct weir_span text, const size_t *ends, size_t n_ends)
{
    const double mb = (double)text.n * 1e-6;
    uint64_t ids, expected = 0;
    double slow = 0, cold = 1e9, warm = 1e9;
    if (library)
        slow = encode(t, NULL, library, text, ends, n_ends, &expected);
    for (int round = 0; round < 2; round++) {
        weir_tok_scratch *s = weir_tok_scratch_new(t, NULL);
        if (!s)
            exit(1);
        for (int i = 0; i < 4; i++) {
            const double seconds = encode(t, s, NULL, text, ends, n_ends, &ids);
            double *best = i ? &warm : &cold;
            *best = seconds < *best ? seconds : *best;
        }
        weir_tok_scratch_free(s);
    }
    if (library) {
        row(documents, "SentencePiece", mb / slow);
        row(documents, "times", slow / cold);
    }
    row(documents, "cold", mb / cold);
    row(documents, "warm", mb / warm);
    if (library && ids != expected) {
        fprintf(stderr, "tok_bench: %s: %s: ids differ\n", model, text_name);
        exit(1);
    }
}

static void measure_threads(const weir_tok *t, struct weir_span text)
{
    struct weir_buf b = {0};
    size_t n;
    weir_tok_scratch *s = weir_tok_scratch_new(t, NULL);
    for (int i = 0; i < TIMES; i++)
        weir_buf_add(&b, text.p, text.n);
    if (!s || b.failed)
        exit(1);
    for (size_t threads = 1; threads <= 2; threads++) {
        const double begin = now(CLOCK_MONOTONIC);
        if (weir_tok_encode_parallel(t, s, threads, weir_buf_span(&b), &pieces, &cap, &n, NULL))
            exit(1);
        const double seconds = now(CLOCK_MONOTONIC) - begin;
        row("one", threads == 1 ? "1 thread" : "2 threads", (double)b.n * 1e-6 / seconds);
    }
    weir_tok_scratch_free(s);
    weir_buf_free(&b);
}

/* What must not take the square of its time: 1 MB of one thing, in times of what 256 KB take. */
static void measure_worst(const weir_tok *t)
{
    static const char *const runs[][2] = {
        {"a", "a"},
        {" ", "space"},
        {"\n", "newline"},
        {"1", "digit"},
        {"\xFF", "bad byte"},
        {"👩\xE2\x80\x8D", "emoji joiner"},
        {"水", "Han"},
        {"e\xCC\x81", "combining mark"},
        {"1水", "Han and digit"},
        {"qzxjvkwbpfmgyhcnidoltesraueaitonshrdlcumwfgypbvk", "word"}};
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        double seconds[2];
        char what[64];
        uint64_t ids;
        for (size_t k = 0; k < 2; k++) {
            struct weir_buf b = {0};
            weir_tok_scratch *s = weir_tok_scratch_new(t, NULL);
            while (b.n < (size_t)(k ? 1 << 20 : 1 << 18))
                weir_buf_adds(&b, runs[i][0]);
            if (!s || b.failed)
                exit(1);
            seconds[k] = encode(t, s, NULL, weir_buf_span(&b), &b.n, 1, &ids);
            weir_tok_scratch_free(s);
            weir_buf_free(&b);
        }
        snprintf(what, sizeof what, "%s: 1 MB in times of 256 KB", runs[i][1]);
        row("worst", what, seconds[1] / seconds[0]);
    }
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

int main(int argc, char **argv)
{
    struct weir_err err = {0};
    if (argc < 3)
        return fprintf(stderr, "tok_bench MODEL FILE…\n"), 2;
    model = base_name(argv[1]);
    text_name = "";
    const double begin = now(CLOCK_THREAD_CPUTIME_ID);
    weir_tok *t = weir_tok_open(argv[1], &err);
    const double opened = now(CLOCK_THREAD_CPUTIME_ID) - begin;
    weir_spm *library = t && !weir_tok_is_json(t) ? weir_spm_open(argv[1], &err) : NULL;
    char *text = malloc(MOST);
    size_t *ends = malloc((MOST / DOCUMENT + 1) * sizeof *ends);
    if (!t || (!library && !weir_tok_is_json(t)) || !text || !ends)
        return fprintf(stderr, "%s\n", err.msg), 1;
    row("", "ms to open", opened * 1e3);
    for (int i = 2; i < argc; i++) {
        FILE *f = fopen(argv[i], "rb");
        size_t n = f ? fread(text, 1, MOST, f) : 0;
        if (f)
            fclose(f);
        text_name = base_name(argv[i]);
        measure(t, library, "4 KB", weir_span(text, n), ends, cut(weir_span(text, n), ends));
        measure(t, library, "one", weir_span(text, n), &n, 1);
        measure_threads(t, weir_span(text, n));
    }
    text_name = "";
    measure_worst(t);
    free(text);
    free(ends);
    free(pieces);
    weir_tok_free(t);
    weir_spm_free(library);
    return 0;
}
