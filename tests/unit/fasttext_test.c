/* fastText models against the fasttext tool, which trains them here; damaged models. */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "weir/fasttext.h"

static const char *const words[2][8] = {
    {"buy", "cheap", "pills", "now", "win", "免", "费", "领"},
    {"the", "weather", "history", "of", "city", "历", "史", "城"},
};

/* 400 lines of a linear congruential generator's choice. */
static void write_lines(void)
{
    FILE *f = fopen("train.txt", "w");
    assert(f);
    uint32_t r = 1;
    for (int i = 0; i < 400; i++) {
        fprintf(f, "__label__%s", i % 2 ? "good" : "bad");
        for (int k = 0; k < 9; k++) {
            r = r * 1664525 + 1013904223;
            /* One word in eight is of the other kind. */
            fprintf(f, " %s", words[(i % 2) ^ (r >> 29 == 0)][r >> 13 & 7]);
            fprintf(f, "%u", r >> 20 & 63);
        }
        fputc('\n', f);
    }
    assert(fclose(f) == 0);
}

static const char *const lines[] = {
    "buy cheap pills now1 win2",
    "",
    "history of the city",
    "免费领",
    "费 领 历史",
    "zzzz",
    "a  b\tc",
    "the __label__bad pills",
};
enum { N_LINES = sizeof lines / sizeof *lines };

/* The tool's own probabilities: "good" and "bad" of each line. */
static void expected(const char *model, float p[N_LINES][2])
{
    char command[200];
    FILE *f = fopen("lines.txt", "w");
    assert(f);
    for (int i = 0; i < N_LINES; i++)
        fprintf(f, "%s\n", lines[i]);
    assert(fclose(f) == 0);
    snprintf(command, sizeof command, "fasttext predict-prob %s lines.txt 2", model);
    assert((f = popen(command, "r")) != NULL);
    for (int i = 0; i < N_LINES; i++)
        for (int k = 0; k < 2; k++) {
            char label[40];
            float v;
            assert(fscanf(f, "%39s %f", label, &v) == 2);
            p[i][strcmp(label, "__label__good") == 0] = v;
        }
    assert(pclose(f) == 0);
}

static void agrees(const char *path)
{
    struct weir_err err = {0};
    float want[N_LINES][2], got[2];
    expected(path, want);
    weir_fasttext *m = weir_fasttext_open(path, &err);
    assert(m && weir_fasttext_n_labels(m) == 2 && weir_fasttext_memory(m) > 1000);
    const int good = weir_fasttext_find(m, "good"), bad = weir_fasttext_find(m, "__label__bad");
    assert(good >= 0 && bad >= 0 && good != bad && weir_fasttext_find(m, "other") == -1);
    assert(!strcmp(weir_fasttext_label(m, (size_t)good), "good"));
    for (int i = 0; i < N_LINES; i++) {
        assert(weir_fasttext_score(m, weir_span(lines[i], strlen(lines[i])), got, &err) == 0);
        assert(fabsf(got[good] - want[i][1]) < 2e-4f && fabsf(got[bad] - want[i][0]) < 2e-4f);
    }
    /* The word that ends a line does not hide what follows it. */
    float all[2];
    const char *hidden = "history </s> buy cheap pills now";
    assert(weir_fasttext_score(m, WEIR_LIT("history </s>"), got, &err) == 0);
    assert(weir_fasttext_score(m, weir_span(hidden, strlen(hidden)), all, &err) == 0);
    assert(all[bad] > got[bad] + 0.1f);
    weir_fasttext_close(m);
}

static void write_bytes(const char *path, const char *p, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert(f && fwrite(p, 1, n, f) == n && fclose(f) == 0);
}

/* Cut anywhere in front, or with any header number changed, a model is refused or read; it never
 * crashes (this runs under the sanitizers too). */
static void damaged(const char *path)
{
    FILE *f = fopen(path, "rb");
    static char file[1 << 22];
    assert(f);
    const size_t n = fread(file, 1, sizeof file, f);
    assert(n > 1000 && n < sizeof file);
    fclose(f);
    float p[64];
    for (size_t i = 0; i < 400; i++) {
        struct weir_err err = {0};
        const size_t cut = i < 200 ? i : n - (i - 199);
        write_bytes("damaged", file, cut);
        assert(!weir_fasttext_open("damaged", &err) && err.code == WEIR_EBAD);
    }
    for (size_t at = 0; at < 300; at++) {
        struct weir_err err = {0};
        const char was = file[at];
        file[at] = (char)(was ^ 0x81);
        write_bytes("damaged", file, n);
        weir_fasttext *m = weir_fasttext_open("damaged", &err);
        if (m && weir_fasttext_n_labels(m) < 64)
            assert(weir_fasttext_score(m, WEIR_LIT("buy 历史 now"), p, &err) == 0);
        weir_fasttext_close(m);
        file[at] = was;
    }
}

static void prepared(const char *text, enum weir_fasttext_text how, int lower, const char *want)
{
    struct weir_buf b = {0};
    weir_fasttext_prepare(&b, weir_span(text, strlen(text)), how, lower);
    weir_buf_addc(&b, 0);
    assert(!b.failed && !strcmp(b.p, want));
    weir_buf_free(&b);
}

int main(void)
{
    struct weir_err err = {0};
    prepared("A\tb\r\nC。好", WEIR_FASTTEXT_RAW, 0, "A b  C。好");
    prepared("Aé好的c、か𠀀", WEIR_FASTTEXT_CHARS, 1, "aé 好  的 c 、  か  𠀀 ");
    assert(!weir_fasttext_open("nowhere", &err) && strstr(err.msg, "nowhere"));
    if (system("command -v fasttext >/dev/null") != 0)
        return 77;
    write_lines();
    static const char train[] = "fasttext supervised -input train.txt -output m -dim 8 -thread 1 "
                                "-wordNgrams 2 -bucket 2000 -minn 1 -maxn 3 -epoch 10 -lr 0.5 "
                                ">log 2>&1";
    assert(system(train) == 0);
    agrees("m.bin");
    assert(system("fasttext quantize -input train.txt -output m -qnorm -cutoff 500 -retrain "
                  "-thread 1 >log 2>&1") == 0);
    agrees("m.ftz");
    damaged("m.bin");
    damaged("m.ftz");
    return 0;
}
