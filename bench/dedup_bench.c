/* Shingling and signing alone, one thread, CPU time: dedup_bench DOCS.jsonl, which prints MB of
 * text a second with 112 permutations, by the vectors of each instruction set.  The first argument
 * after the file is how many bytes of text to take. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "dedup/dedup_compat.h"
#include "dedup/dedup_internal.h"
#include "weir/doc.h"
#include "weir/io.h"

enum { PERMS = 112, ROUNDS = 3 };

static struct weir_err err;
static struct weir_buf texts; // each behind its length
static uint64_t sink;

static void die(const char *what)
{
    fprintf(stderr, "dedup_bench: %s %s\n", what, err.msg);
    exit(1);
}

static size_t load(const char *path, size_t limit)
{
    struct weir_buf all = {0};
    weir_io *io = weir_io_open_read(path, &err);
    weir_json *json = weir_json_new(&err);
    ssize_t got = io && json ? 1 : -1;
    size_t bytes = 0;
    while (got > 0 && all.n < 3 * limit) {
        if (weir_buf_reserve(&all, 1 << 20))
            die("out of memory");
        got = weir_io_read(io, all.p + all.n, 1 << 20, &err);
        all.n += got > 0 ? (size_t)got : 0;
    }
    if (got < 0)
        die(path);
    for (size_t at = 0; bytes < limit;) {
        const char *nl = memchr(all.p + at, '\n', all.n - at);
        struct weir_doc d;
        if (!nl)
            break;
        if (weir_doc_parse(json, weir_span(all.p + at, (size_t)(nl - all.p) - at), &d, &err))
            die(path);
        at = (size_t)(nl - all.p) + 1;
        weir_buf_add(&texts, &d.text.n, sizeof d.text.n);
        weir_buf_add(&texts, d.text.p, d.text.n);
        bytes += d.text.n;
    }
    weir_io_abort(io);
    weir_json_free(json);
    weir_buf_free(&all);
    return bytes;
}

static int next_text(size_t *at, struct weir_span *text)
{
    if (*at >= texts.n)
        return 0;
    memcpy(&text->n, texts.p + *at, sizeof text->n);
    text->p = texts.p + *at + sizeof text->n;
    *at += sizeof text->n + text->n;
    return 1;
}

static dedup_fold *fold;

/* The default's own: 5 characters or words, 32-bit hashes. */
static void own(const void *kernel_of)
{
    static struct dedup_shingler s;
    static struct dedup_perms perms;
    static uint32_t code[DEDUP_BLOCK], hash[DEDUP_BLOCK + 1], min[DEDUP_MAX_PERM];
    static uint8_t sig[DEDUP_MAX_PERM];
    dedup_kernel *kernel = dedup_minhash_kernel(kernel_of);
    struct weir_span text;
    dedup_perms_init(&perms, PERMS, 1);
    for (size_t at = 0; next_text(&at, &text);) {
        struct dedup_text t;
        size_t n;
        dedup_text_init(&t, fold, text);
        dedup_shingler_init(&s, fold, dedup_unit_for(text), 5);
        s.hasher = dedup_shingle_hasher(kernel_of);
        if (strcmp(kernel_of, "avx512"))
            t.blocks = NULL;
        dedup_minhash_start(min, perms.n_lanes);
        do {
            n = dedup_text_next(&t, code);
            kernel(perms.key, perms.mul, min, perms.n_lanes, hash,
                   dedup_shingle_next(&s, &t, code, n, hash));
        } while (n);
        dedup_minhash_fold(min, PERMS, sig);
        sink += sig[0];
    }
}

static void datatrove(const void *signer)
{
    struct weir_span text;
    const uint64_t *sig;
    for (size_t at = 0; next_text(&at, &text);)
        if (dedup_signer_sign((dedup_signer *)signer, text, &sig) > 0)
            sink += sig[0];
}

static void time_it(const char *name, void (*run)(const void *), const void *ctx, size_t bytes)
{
    double best = 1e30;
    for (int i = 0; i < ROUNDS; i++) {
        const clock_t from = clock();
        run(ctx);
        const double s = (double)(clock() - from) / CLOCKS_PER_SEC;
        best = s < best ? s : best;
    }
    printf("%s,%.2f\n", name, (double)bytes / 1e6 / best);
}

int main(int argc, char **argv)
{
    const size_t bytes =
        argc > 1 ? load(argv[1], argc > 2 ? strtoull(argv[2], NULL, 10) : 1u << 30) : 0;
    static const char *const kernels[] = {"scalar", "avx2", "avx512"};
    struct dedup_compat_rule rule = {DEDUP_COMPAT_DATATROVE,
                                     DEDUP_WORDS_ENGLISH,
                                     5,
                                     14,
                                     8,
                                     1,
                                     dedup_simple_new(DEDUP_DATATROVE, &err)};
    fold = dedup_fold_new(&err);
    if (!bytes || !fold || !rule.simple)
        die("needs a file of documents");
    for (size_t i = 0; i < 3; i++) {
        char name[64];
        snprintf(name, sizeof name, "weir default %s", kernels[i]);
        if (dedup_minhash_kernel(kernels[i]) && dedup_shingle_hasher(kernels[i]))
            time_it(name, own, kernels[i], bytes);
    }
    for (int words = 0; words < 2; words++) {
        rule.words = words ? DEDUP_WORDS_CHARS : DEDUP_WORDS_ENGLISH;
        dedup_signer *s = dedup_signer_new(&rule, &err);
        if (!s)
            die("signer");
        time_it(words ? "weir compat chars" : "weir compat english", datatrove, s, bytes);
        dedup_signer_free(s);
    }
    fprintf(stderr, "%llu\n", (unsigned long long)sink & 1);
    return 0;
}
