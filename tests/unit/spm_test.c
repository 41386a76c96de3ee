/* The SentencePiece wrapper on the models of tests/data/tokenize. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "weir/spm.h"

static struct weir_piece *pieces;
static size_t cap, n;

static weir_spm *open_model(const char *name)
{
    char path[4096];
    struct weir_err err = {0};
    const char *src = getenv("SRC");
    snprintf(path, sizeof path, "%s/tests/data/tokenize/%s", src ? src : ".", name);
    weir_spm *m = weir_spm_open(path, &err);
    if (!m)
        fprintf(stderr, "%s\n", err.msg);
    assert(m);
    return m;
}

static void encode(const weir_spm *m, struct weir_span s)
{
    assert(!weir_spm_encode(m, s, &pieces, &cap, &n, NULL));
}

static void facts(const weir_spm *m)
{
    uint8_t byte = 0;
    assert(weir_spm_vocab_size(m) == 560);
    assert(weir_spm_unk(m) == 0 && weir_spm_bos(m) == 1 && weir_spm_eos(m) == 2);
    assert(weir_spm_pad(m) == 0xFFFFFFFF);
    /* sha256sum tests/data/tokenize/tiny.model */
    assert(weir_spm_sha256(m)[0] == 0xa9 && weir_spm_sha256(m)[31] == 0xce);
    assert(weir_span_is(weir_spm_piece(m, 1), "<s>") &&
           weir_span_is(weir_spm_piece(m, 13), "<0x0A>"));
    assert(weir_spm_byte(m, 13, &byte) && byte == '\n' && !weir_spm_byte(m, 1, &byte));
    assert(!weir_spm_piece(m, 560).n && !weir_spm_byte(m, 560, &byte));
}

/* Pieces as spm_encode --output_format=piece prints them, offsets counted by hand. */
static void known(const weir_spm *m)
{
    static const struct {
        const char *piece;
        uint32_t begin, end;
    } want[] = {{"▁江", 0, 3},      {"水", 3, 6},       {"。", 6, 9},  {"T", 9, 10},
                {"he", 10, 12},     {"▁water", 12, 18}, {"▁", 18, 19}, {"<0xE9>", 19, 19},
                {"<0xAF>", 19, 19}, {"<0xA8>", 19, 22}, {"。", 22, 25}};
    encode(m, WEIR_LIT("江水。The water 鯨。"));
    assert(n == sizeof want / sizeof *want);
    for (size_t i = 0; i < n; i++) {
        assert(weir_span_is(weir_spm_piece(m, pieces[i].id), want[i].piece));
        assert(pieces[i].begin == want[i].begin && pieces[i].end == want[i].end);
    }
    encode(m, WEIR_LIT(""));
    assert(n == 0);
}

static int comes_back(const weir_spm *m, struct weir_span text)
{
    struct weir_buf b = {0};
    uint32_t *ids = malloc((n + 1) * sizeof *ids);
    assert(ids);
    for (size_t i = 0; i < n; i++)
        ids[i] = pieces[i].id;
    assert(!weir_spm_decode(m, ids, n, &b, NULL));
    const int same = b.n == text.n && (!b.n || !memcmp(b.p, text.p, b.n));
    free(ids);
    weir_buf_free(&b);
    return same;
}

static void folded(const weir_spm *m)
{
    struct weir_span t = WEIR_LIT("水 water  鯨\n\t");
    encode(m, t);
    assert(weir_spm_folded(m, t, pieces, n) == 0 && comes_back(m, t));
    t = WEIR_LIT("水▁水");
    encode(m, t);
    assert(weir_spm_folded(m, t, pieces, n) > 0 && !comes_back(m, t));
    t = WEIR_LIT("<s>water</s><0x0A>"); // control tokens in text are text
    encode(m, t);
    assert(weir_spm_folded(m, t, pieces, n) == 0 && comes_back(m, t));
    for (size_t i = 0; i < n; i++)
        assert(pieces[i].id > 2);
}

/* Random texts, long enough to be cut: nothing folded exactly when decoding gives the text, and the
 * pieces lie side by side. */
static void random_texts(const weir_spm *m)
{
    static const char *const parts[] = {"water", " ",    "the ", "水来了", "。”",   "\n",
                                        "  ",    "鯨",   "▁",    "🎉",      "1",     "stone",
                                        "x",     "\xFF", "流",   "。",     "river", "a"};
    static char t[6000];
    uint32_t seed = 1;
    for (int round = 0; round < 400; round++) {
        size_t len = 0;
        const size_t want = (size_t)(round % 40) * 130;
        /* Every fourth round leaves out what the models fold. */
        const uint32_t kinds = round % 4 ? 18 : 6;
        while (len < want) {
            seed = seed * 1664525 + 1013904223;
            const char *p = parts[(seed >> 16) % kinds];
            memcpy(t + len, p, strlen(p));
            len += strlen(p);
        }
        const struct weir_span text = weir_span(t, len);
        encode(m, text);
        assert((weir_spm_folded(m, text, pieces, n) == 0) == comes_back(m, text));
        for (size_t i = 1; i < n; i++)
            assert(pieces[i].begin >= pieces[i - 1].end && pieces[i].end >= pieces[i].begin);
        assert(!n || pieces[n - 1].end <= len);
    }
}

static void refusals(void)
{
    static const char junk[] = "\x0a\xff\xff\xff\xff\x7f";
    struct weir_err err = {0};
    assert(!weir_spm_open("no-such-file", &err) && err.code == WEIR_EIO);
    for (size_t len = 0; len < sizeof junk; len++) {
        FILE *f = fopen("junk.model", "wb");
        assert(f && fwrite(junk, 1, len, f) == len && !fclose(f));
        err.code = 0;
        assert(!weir_spm_open("junk.model", &err) && err.code == WEIR_EBAD);
    }
    remove("junk.model");
}

int main(void)
{
    static const uint32_t outside = 560;
    struct weir_buf b = {0};
    weir_spm *m = open_model("tiny.model"), *u = open_model("unigram.model");
    facts(m);
    known(m);
    folded(m);
    random_texts(m);
    random_texts(u);
    assert(weir_spm_decode(m, &outside, 1, &b, NULL) == WEIR_EBAD);
    refusals();
    free(pieces);
    weir_spm_free(m);
    weir_spm_free(u);
    return 0;
}
