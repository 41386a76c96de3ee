/* Speed of the alias automaton: ann_bench N CHINESE-TEXT ENGLISH-TEXT [NAMES] (JSON Lines with
 * "text").  N names are drawn from the first half of each text (Chinese: 2 to 8 characters
 * anywhere; English: 1 to 4 words), so that names begin as texts do; the second half is searched.
 * With NAMES, a file of a name a line, those are taken, and the rest up to N in all is made of
 * characters and words of the texts put together at random, as names are made: half Chinese ones of
 * 2 to 7 characters, half English ones of 1 to 3 words.  Prints a line for each text: MB, MB/s of
 * CPU time with folding, without, names found a KB. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kg2instruction/ann_text.h"
#include "weir/doc.h"
#include "weir/stream.h"
#include "weir/utf8.h"

enum {
    PIECE = 8192, // bytes of a text, to the next line's end
    RUNS = 7,
};

static double cpu(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void die(const struct weir_err *err)
{
    fprintf(stderr, "ann_bench: %s\n", err->msg);
    exit(1);
}

/* The texts of a file behind one another, a line end between. */
static void read_texts(const char *path, struct weir_buf *to)
{
    struct weir_err err = {0};
    struct weir_job job;
    weir_job_init(&job, "bench");
    job.inputs = &path, job.n_inputs = 1;
    weir_inputs *in = weir_inputs_open(&job, &err);
    weir_lines *lines = in ? weir_lines_open(in, 1 << 28, &err) : NULL;
    weir_json *json = weir_json_new(&err);
    struct weir_batch b = {0};
    struct weir_doc d;
    if (!lines || !json)
        die(&err);
    while (weir_lines_next(lines, &b, &err) > 0) {
        if (!weir_doc_parse(json, weir_rec_raw(&b, &b.rec[0]), &d, &err)) {
            weir_buf_add(to, d.text.p, d.text.n);
            weir_buf_addc(to, '\n');
        }
        b.raw.n = b.n_rec = 0;
    }
    weir_json_free(json);
    weir_lines_close(lines);
    weir_inputs_close(in);
}

static uint64_t state = 88172645463325252;
static uint64_t draw(uint64_t n)
{
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return state % n;
}

/* A name of the folded text from a random place, or an empty one. */
static struct weir_span name(const struct ann_text *t, int han)
{
    const size_t n = t->folded.n;
    size_t at = draw(n - 200), end, parts = han ? 2 + draw(7) : 1 + draw(4);
    while (at < n && !(t->end[at] && t->cls[at] == (han ? ANN_HAN : ANN_WORD)))
        at++;
    for (end = at; end < n && parts; parts--) {
        const size_t from = end;
        do
            end++;
        while (end < n && !(t->end[end] && (han || t->cls[end] != ANN_WORD)));
        if (!han && parts > 1 && end < n && t->folded.p[end] == ' ')
            end++;
        if (t->folded.p[from] == '\n' || (han && t->cls[from] != ANN_HAN))
            return weir_span(NULL, 0);
    }
    while (end > at && t->folded.p[end - 1] == ' ')
        end--;
    return end > at && end - at <= 200 ? weir_span(t->folded.p + at, end - at) : weir_span(NULL, 0);
}

/* A character or a word at a random place. */
static struct weir_span piece(const struct ann_text *t, int han)
{
    const size_t n = t->folded.n;
    size_t at = draw(n - 200), end;
    while (!(t->end[at] && t->cls[at] == (han ? ANN_HAN : ANN_WORD)))
        at = at + 1 < n - 200 ? at + 1 : 0;
    for (end = at + 1; end < n && !(t->end[end] && (han || t->cls[end] != ANN_WORD));)
        end++;
    return weir_span(t->folded.p + at, end - at);
}

/* Puts a made name behind the others. */
static void make_name(const struct ann_text *t, int han, struct weir_buf *to)
{
    for (size_t parts = han ? 2 + draw(6) : 1 + draw(3); parts; parts--) {
        const struct weir_span s = piece(t, han);
        weir_buf_add(to, s.p, s.n);
        if (!han && parts > 1)
            weir_buf_addc(to, ' ');
    }
}

static void read_names(const char *path, const kg_fold *fold, struct weir_buf *to)
{
    struct kg_fold_scratch scratch = {0};
    char line[1024];
    FILE *f = fopen(path, "r");
    if (!f) {
        perror(path);
        exit(1);
    }
    while (fgets(line, sizeof line, f)) {
        const size_t at = to->n, n = strcspn(line, "\n");
        if (weir_utf8_valid(line, n) == n &&
            !kg_fold_text(fold, &scratch, weir_span(line, n), to) && to->n - at > 3 &&
            to->n - at < 200)
            weir_buf_addc(to, '\n');
        else
            to->n = at;
    }
    fclose(f);
    kg_fold_scratch_free(&scratch);
}

static int by_bytes(const void *a, const void *b)
{
    const struct weir_span *x = a, *y = b;
    const int c = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);
    return c ? c : (x->n > y->n) - (x->n < y->n);
}

/* Fills keys with n names: those of the file, then made ones. */
static size_t name_all(const char *path, const kg_fold *fold, const struct ann_text half[2],
                       struct weir_buf *text, struct weir_span *keys, size_t n)
{
    read_names(path, fold, text);
    size_t lines = 0;
    for (size_t i = 0; i < text->n; i++)
        lines += text->p[i] == '\n';
    fprintf(stderr, "%zu names of the file\n", lines);
    for (; lines < n; lines++) {
        make_name(&half[lines & 1], !(lines & 1), text);
        weir_buf_addc(text, '\n');
    }
    size_t n_keys = 0;
    for (char *p = text->p, *const end = p + text->n; p < end && n_keys < n;) {
        char *const stop = memchr(p, '\n', (size_t)(end - p));
        if (stop > p)
            keys[n_keys++] = weir_span(p, (size_t)(stop - p));
        p = stop + 1;
    }
    return n_keys;
}

static ann_index *build(struct weir_span *keys, size_t n, struct weir_buf *bytes)
{
    struct weir_err err = {0};
    size_t added = 0;
    qsort(keys, n, sizeof *keys, by_bytes);
    weir_io *io = weir_io_open_buf(bytes, &err);
    ann_index_writer *w = ann_index_create(io, 1, 256 << 20, "/tmp", &err);
    for (size_t i = 0; i < n; i++)
        if ((!i || by_bytes(&keys[i], &keys[i - 1])) && ++added && ann_index_add(w, keys[i], &err))
            die(&err);
    if (ann_index_finish(w, &err) || weir_io_close(io, &err))
        die(&err);
    ann_index_free(w);
    return ann_index_open_mem(bytes->p, bytes->n, 0, &err);
}

static void keep_least(double *best, double now)
{
    if (!*best || now < *best)
        *best = now;
}

/* Folds and searches a text in pieces, as documents come, RUNS times, and prints what comes of the
 * best time of every piece: others on the machine disturb one run here, another there. */
static void measure(const char *name, struct weir_span rest, const kg_fold *fold,
                    const ann_index *ix)
{
    struct weir_err err = {0};
    struct ann_text t = {0};
    struct ann_matches m = {0};
    struct times {
        double fold, match;
    } *best = weir_calloc(rest.n / PIECE + 1, sizeof *best);
    double folding = 0, matching = 0;
    size_t found = 0, n = 0;
    uint64_t sum = 0;
    if (!best)
        die(&err);
    for (int run = 0; run < RUNS; run++) {
        n = found = 0;
        for (struct weir_span left = rest; left.n; n++) {
            struct weir_span part = left;
            const char *const stop =
                left.n > PIECE ? memchr(left.p + PIECE, '\n', left.n - PIECE) : NULL;
            part.n = stop ? (size_t)(stop + 1 - left.p) : left.n;
            left.p += part.n, left.n -= part.n;
            const double begin = cpu();
            if (ann_text_set(&t, fold, part))
                die(&err);
            const double folded = cpu();
            if (ann_text_match(&t, ix, &m))
                die(&err);
            keep_least(&best[n].fold, folded - begin);
            keep_least(&best[n].match, cpu() - folded);
            found += m.n;
            for (size_t i = 0; !run && i < m.n; i++)
                sum = (sum ^ m.at[i].src ^ m.at[i].src_n << 32 ^ (uint64_t)m.at[i].weak << 63) *
                      0x9E3779B97F4A7C15;
        }
    }
    for (size_t i = 0; i < n; i++)
        folding += best[i].fold, matching += best[i].match;
    printf("%s,%.1f,%.1f,%.1f,%.1f\n", name, (double)rest.n / 1e6,
           (double)rest.n / 1e6 / (folding + matching), (double)rest.n / 1e6 / matching,
           (double)found / ((double)rest.n / 1e3));
    fprintf(stderr, "%s: matches %016llx\n", name, (unsigned long long)sum);
    ann_text_free(&t);
    free(m.at);
    free(best);
}

int main(int argc, char **argv)
{
    if (argc != 4 && argc != 5)
        return fprintf(stderr, "ann_bench N CHINESE ENGLISH [NAMES]\n"), 2;
    const size_t n = strtoul(argv[1], NULL, 10);
    struct weir_err err = {0};
    kg_fold *fold = kg_fold_open(&err);
    if (!fold)
        die(&err);
    struct weir_buf text[2] = {0};
    struct ann_text half[2] = {0};
    struct weir_span *keys = weir_calloc(2 * n, sizeof *keys);
    size_t n_keys = 0;
    for (int i = 0; i < 2; i++) {
        read_texts(argv[2 + i], &text[i]);
        const char *cut = memchr(text[i].p + text[i].n / 2, '\n', text[i].n / 2);
        if (!keys || ann_text_set(&half[i], fold, weir_span(text[i].p, (size_t)(cut - text[i].p))))
            die(&err);
        for (size_t k = 0, tries = 0; argc == 4 && k < n && tries < 20 * n; tries++) {
            const struct weir_span s = name(&half[i], i == 0);
            if (s.n)
                keys[n_keys++] = s, k++;
        }
    }
    struct weir_buf bytes = {0}, names = {0};
    if (argc == 5)
        n_keys = name_all(argv[4], fold, half, &names, keys, n);
    double s = cpu();
    ann_index *ix = build(keys, n_keys, &bytes);
    fprintf(stderr, "index: %zu names, %.1f MB, built in %.2f s\n", (size_t)ann_index_keys(ix),
            (double)bytes.n / 1e6, cpu() - s);
    for (int i = 0; i < 2; i++) {
        const char *cut = memchr(text[i].p + text[i].n / 2, '\n', text[i].n / 2);
        measure(i ? "English" : "Chinese", weir_span(cut, text[i].n - (size_t)(cut - text[i].p)),
                fold, ix);
    }
    return 0;
}
