/* Texts in parts: cut anywhere that weir_tok_cut() allows, and by several threads, they have the
 * ids and offsets of the whole.  Models of tests/data/tokenize, and those given as arguments. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/tok_impl.h"

static struct weir_piece *whole, *parts;
static size_t cap_whole, cap_parts;
static uint64_t state = 1442695040888963407u;

static uint32_t any(uint32_t n)
{
    state ^= state << 13; // xorshift
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 20) % n;
}

static const char *const strings[] = {"the ",
                                      "water",
                                      " flows",
                                      "水",
                                      "江水",
                                      "，",
                                      "。",
                                      "都江堰",
                                      "\n",
                                      "\r\n",
                                      "  ",
                                      "\t",
                                      "x = 1",
                                      "((",
                                      "it's",
                                      "é",
                                      "e\xCC\x81",
                                      "ｶﾞ",
                                      "가",
                                      "😀",
                                      "2026",
                                      "\xE2\x96\x81",
                                      "\xFF",
                                      "\xE4\xB8",
                                      "<s>",
                                      "</s>",
                                      "<|endoftext|>",
                                      "<|im_start|>",
                                      "_",
                                      "\xE3\x80\x80",
                                      "ω",
                                      "--"};
enum { N_STRINGS = sizeof strings / sizeof *strings };

static void make(struct weir_buf *b, size_t n, const weir_tok *t)
{
    b->n = 0;
    while (b->n < n)
        if (any(4)) {
            weir_buf_adds(b, strings[any(N_STRINGS)]);
        } else {
            const uint32_t id = any(weir_tok_vocab_size(t));
            assert(!weir_tok_decode(t, &id, 1, b, NULL));
        }
    assert(!b->failed);
}

/* Returns how many parts there were. */
static size_t compare_cuts(const weir_tok *t, weir_tok_scratch *s, struct weir_span text,
                           size_t want)
{
    size_t n_whole, n = 0, n_part, count = 0;
    struct weir_piece *p = NULL;
    size_t cap = 0;
    assert(!weir_tok_encode(t, s, text, &whole, &cap_whole, &n_whole, NULL));
    for (size_t at = 0, end; at < text.n; at = end, count++) {
        end = weir_tok_cut(t, text, at, want);
        assert(end > at && end <= text.n);
        const struct weir_span part = weir_span(text.p + at, end - at);
        assert(!tok_encode_part(t, s, part, at > 0, &p, &cap, &n_part, NULL));
        for (size_t i = 0; i < n_part; i++, n++)
            assert(n < n_whole && p[i].id == whole[n].id && at + p[i].begin == whole[n].begin &&
                   at + p[i].end == whole[n].end);
    }
    assert(n == n_whole);
    free(p);
    return count;
}

static void compare_threads(const weir_tok *t, weir_tok_scratch *s, struct weir_span text)
{
    size_t n, m;
    assert(!weir_tok_encode(t, s, text, &whole, &cap_whole, &n, NULL));
    const int exact = weir_tok_is_exact(s);
    assert(!weir_tok_encode_parallel(t, s, 3, text, &parts, &cap_parts, &m, NULL));
    assert(n == m && !memcmp(whole, parts, n * sizeof *whole));
    assert(!weir_tok_is_exact(s) || exact || !weir_tok_folded(t, text, parts, m));
}

static void check_limit(weir_tok *t, weir_tok_scratch *s, struct weir_span text)
{
    struct weir_err err = {0};
    size_t m;
    weir_tok_limit(t, text.n * 3);
    struct weir_piece *p = NULL;
    size_t cap = 0;
    assert(weir_tok_encode_parallel(t, s, 3, text, &p, &cap, &m, &err) == WEIR_EMEM && !m);
    assert(strstr(err.msg, "-m"));
    free(p);
}

static void check_model(const char *path, int cuts)
{
    struct weir_err err = {0};
    struct weir_buf b = {0};
    weir_tok *t = weir_tok_open(path, &err);
    if (!t)
        fprintf(stderr, "%s\n", err.msg);
    assert(t);
    weir_tok_scratch *s = weir_tok_scratch_new(t, &err);
    size_t count = 0;
    for (int i = 0; i < 300; i++) {
        make(&b, 200 + any(2000), t);
        count += compare_cuts(t, s, weir_buf_span(&b), 1 + any(100));
    }

    if (cuts != (count > 1000))
        fprintf(stderr, "%s: %zu parts\n", path, count);
    assert(cuts ? count > 1000 : count == 300);
    make(&b, 1000000, t);
    compare_threads(t, s, weir_buf_span(&b));
    compare_threads(t, s, weir_span(b.p, 1000));
    compare_threads(t, s, weir_span(b.p, 0));
    check_limit(t, s, weir_buf_span(&b));
    weir_tok_scratch_free(s);
    weir_tok_free(t);
    weir_buf_free(&b);
}

/* A tokenizer.json without the properties of added tokens that no text may be cut with; name is
 * that of a new file. */
static void write_plain(const char *path, char *name)
{
    static const char *const properties[] = {"strip\":true", "single_word\":true"};
    struct weir_buf b = {0}, to = {0};
    char part[4096];
    FILE *f = fopen(path, "rb");
    assert(f);
    for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;)
        weir_buf_add(&b, part, n);
    fclose(f);
    weir_buf_addc(&b, 0);
    for (const char *p = b.p; *p; p++) {
        weir_buf_addc(&to, *p);
        for (size_t i = 0; i < 2; i++) {
            const size_t n = strlen(properties[i]);
            if (to.n > n && !memcmp(to.p + to.n - n, properties[i], n)) {
                to.n -= 4;
                weir_buf_adds(&to, "false");
            }
        }
    }
    const int fd = mkstemp(name);
    assert(fd >= 0 && write(fd, to.p, to.n) == (ssize_t)to.n && !close(fd));
    weir_buf_free(&b);
    weir_buf_free(&to);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int cuts, plain_cuts;
    } models[] = {{"tiny.model", 1, 0},     {"unigram.model", 0, 0}, {"hf-gpt2.json", 0, 1},
                  {"hf-llama3.json", 0, 1}, {"hf-qwen.json", 0, 1},  {"hf-deepseek.json", 0, 1},
                  {"hf-prefix.json", 0, 0}};
    char path[4096];
    const char *src = getenv("SRC");
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        char name[] = "/tmp/tok_parallel_XXXXXX";
        snprintf(path, sizeof path, "%s/tests/data/tokenize/%s", src ? src : ".", models[i].name);
        check_model(path, models[i].cuts);
        if (!models[i].plain_cuts)
            continue;
        write_plain(path, name);
        check_model(name, 1);
        unlink(name);
    }
    for (int i = 1; i < argc; i++)
        check_model(argv[i], 1);
    free(whole);
    free(parts);
    return 0;
}
