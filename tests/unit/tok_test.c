/* Weir's encoder against the SentencePiece library: random models of every kind on random texts,
 * and the models of tests/data/tokenize.  TOK_TEST=N makes N times as many. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "weir/tok.h"

static struct weir_piece *ours, *theirs;
static size_t cap_ours, cap_theirs;
static uint64_t state = 20240917;

static uint32_t any(uint32_t n)
{
    state ^= state << 13; // xorshift
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 20) % n;
}

/* ---- models, in protocol buffer wire format ---- */

static void put_number(struct weir_buf *b, unsigned field, uint64_t v)
{
    if (field) {
        put_number(b, 0, field << 3);
    }
    for (; v >= 128; v >>= 7)
        weir_buf_addc(b, (char)(v | 128));
    weir_buf_addc(b, (char)v);
}

static void put_bytes(struct weir_buf *b, unsigned field, const char *p, size_t n)
{
    put_number(b, 0, field << 3 | 2);
    put_number(b, 0, n);
    weir_buf_add(b, p, n);
}

static void put_piece(struct weir_buf *b, const char *text, size_t n, float score, unsigned type)
{
    struct weir_buf piece = {0};
    put_bytes(&piece, 1, text, n);
    weir_buf_addc(&piece, 2 << 3 | 5);
    weir_buf_add(&piece, &score, 4);
    put_number(&piece, 3, type);
    put_bytes(b, 1, piece.p, piece.n);
    weir_buf_free(&piece);
}

static const char *const chars[] = {
    "a", "b", "c", "d", "\xE2\x96\x81", "z", "\xC3\xA9", "\xE6\xB0\xB4", "\xE6\xB1\x9F"};
enum { N_CHARS = sizeof chars / sizeof *chars, MAX_PIECES = 60 };

/* What rules become: a Darts-clone double array of single bytes, and their texts.  Units: bits 0-7
 * label, 8 has a value, 10-30 offset; a leaf is its value with bit 31. */
static void put_charsmap(struct weir_buf *to)
{
    static const struct {
        char from;
        const char *text;
    } rules[] = {{'A', "a"}, {'\t', " "}, {'B', "b  b"}, {'X', ""}, {'C', "\xE6\xB0\xB4 "}};
    uint32_t units[1024] = {0};
    struct weir_buf texts = {0};
    weir_buf_addc(&texts, 0);
    units[0] = 256 << 10; // children at 256 ^ label
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const uint32_t at = 256 ^ (uint8_t)rules[i].from, leaf = 512 + (uint32_t)i;
        units[at] = (uint8_t)rules[i].from | 1u << 8 | (at ^ leaf) << 10;
        units[leaf] = (uint32_t)texts.n | 1u << 31;
        weir_buf_add(&texts, rules[i].text, strlen(rules[i].text) + 1);
    }
    const uint32_t size = sizeof units;
    weir_buf_add(to, &size, 4);
    weir_buf_add(to, units, sizeof units);
    weir_buf_add(to, texts.p, texts.n);
    weir_buf_free(&texts);
}

static char piece_text[MAX_PIECES][64];
static unsigned n_texts;

static void make_text(char *to)
{
    *to = 0;
    for (unsigned k = 2 + any(any(4) ? 2 : 5); k; k--)
        strcat(to, chars[any(N_CHARS)]);
}

static int is_new(const char *s)
{
    for (unsigned i = 0; i < n_texts; i++)
        if (!strcmp(piece_text[i], s))
            return 0;
    return 1;
}

static void put_pieces(struct weir_buf *b, unsigned kind, int fallback)
{
    static const unsigned types[] = {1, 1, 1, 1, 1, 1, 4, 5}; // normal, user-defined, unused
    const unsigned n_types = any(3) ? 6 : 8;                  // some models have normal ones alone
    char name[8];
    put_piece(b, "<unk>", 5, 0, 2);
    put_piece(b, "<s>", 3, 0, 3);
    put_piece(b, "</s>", 4, 0, 3);
    for (unsigned i = 0; fallback && i < 256; i++) {
        snprintf(name, sizeof name, "<0x%02X>", i);
        put_piece(b, name, 6, 0, 6);
    }
    n_texts = 0;
    for (unsigned i = 0; i < N_CHARS; i++)
        if (any(5))
            strcpy(piece_text[n_texts++], chars[i]);
    for (unsigned i = 0, n = 10 + any(40); i < n; i++) {
        make_text(piece_text[n_texts]);
        if (is_new(piece_text[n_texts]))
            n_texts++;
    }
    for (unsigned i = 0; i < n_texts; i++) {
        const float score = kind == 1 ? -(float)any(100000) / 7000 : -(float)any(12);
        const unsigned type = types[any(n_types)];
        put_piece(b, piece_text[i], strlen(piece_text[i]), score, type);
    }
}

/* kind: 1 unigram, 2 BPE. */
static void make_model(struct weir_buf *b, unsigned kind)
{
    struct weir_buf trainer = {0}, normalizer = {0};
    const int fallback = any(2);
    b->n = 0;
    put_pieces(b, kind, fallback);
    put_number(&trainer, 3, kind);
    put_number(&trainer, 24, !any(4));
    put_number(&trainer, 35, (uint64_t)fallback);
    if (!any(3)) {
        struct weir_buf map = {0};
        put_charsmap(&map);
        put_bytes(&normalizer, 2, map.p, map.n);
        weir_buf_free(&map);
    }
    put_number(&normalizer, 3, any(3) > 0);
    put_number(&normalizer, 4, any(3) == 0);
    put_number(&normalizer, 5, any(6) > 0);
    put_bytes(b, 2, trainer.p, trainer.n);
    put_bytes(b, 3, normalizer.p, normalizer.n);
    weir_buf_free(&trainer);
    weir_buf_free(&normalizer);
}

/* ---- texts ---- */

static void make_input(struct weir_buf *b)
{
    static const char *const odd[] = {" ",
                                      "  ",
                                      "\t",
                                      "\n",
                                      "A",
                                      "B",
                                      "X",
                                      "C",
                                      "\xff",
                                      "\xe6",
                                      "\xe6\xb0",
                                      "\xed\xa0\x80",
                                      "\xc0",
                                      "<s>",
                                      "<unk>",
                                      "<0x41>",
                                      "q",
                                      "Q",
                                      "\xEF\xBF\xBD",
                                      "\xF0\x9F\x98\x80",
                                      "\xE2\x80\x8D",
                                      "e",
                                      "\xE2\x96\x81",
                                      ""};
    const unsigned mode = any(4);
    b->n = 0;
    for (unsigned k = any(mode == 3 ? 150 : mode ? 24 : 4); k; k--) {
        const char *s = any(3) ? chars[any(N_CHARS)] : odd[any(sizeof odd / sizeof *odd)];
        if (!any(4) && n_texts)
            s = piece_text[any(n_texts)];
        for (unsigned times = any(12) ? 1 : 1 + any(40); times; times--)
            weir_buf_adds(b, s);
        if (!any(40))
            weir_buf_addc(b, 0);
    }
}

static void show(const char *who, const struct weir_piece *p, size_t n)
{
    fprintf(stderr, "%s:", who);
    for (size_t i = 0; i < n; i++)
        fprintf(stderr, " %u[%u,%u)", p[i].id, p[i].begin, p[i].end);
    fprintf(stderr, "\n");
}

static void decodes(const weir_tok *t, const weir_spm *m, size_t n)
{
    struct weir_buf a = {0}, b = {0}, c = {0};
    struct weir_tok_stream s = {0};
    uint32_t *ids = malloc((n + 1) * sizeof *ids);
    assert(ids);
    for (size_t i = 0; i < n; i++)
        ids[i] = any(10) ? ours[i].id : any(weir_tok_vocab_size(t));
    assert(!weir_tok_decode(t, ids, n, &a, NULL) && !weir_spm_decode(m, ids, n, &b, NULL));
    for (size_t i = 0; i < n; i++)
        assert(!weir_tok_stream_next(t, &s, ids[i], &c, NULL));
    assert(!weir_tok_stream_end(&s, &c, NULL));
    assert(a.n == b.n && a.n == c.n &&
           (!a.n || (!memcmp(a.p, b.p, a.n) && !memcmp(a.p, c.p, a.n))));
    weir_buf_free(&a);
    weir_buf_free(&b);
    weir_buf_free(&c);
    free(ids);
}

static void same(const weir_tok *t, weir_tok_scratch *s, const weir_spm *m, struct weir_span x)
{
    size_t n, k;
    struct weir_err err = {0};
    assert(!weir_tok_encode(t, s, x, &ours, &cap_ours, &n, &err));
    assert(!weir_spm_encode(m, x, &theirs, &cap_theirs, &k, &err));
    if (n != k || (n && memcmp(ours, theirs, n * sizeof *ours))) {
        show("Weir", ours, n);
        show("SentencePiece", theirs, k);
        fprintf(stderr, "text:");
        for (size_t i = 0; i < x.n; i++)
            fprintf(stderr, " %02x", (uint8_t)x.p[i]);
        fprintf(stderr, "\n");
        abort();
    }
    decodes(t, m, n);
}

static void same_facts(const weir_tok *t, const weir_spm *m)
{
    assert(weir_tok_vocab_size(t) == weir_spm_vocab_size(m) && weir_tok_unk(t) == weir_spm_unk(m));
    assert(weir_tok_bos(t) == weir_spm_bos(m) && weir_tok_eos(t) == weir_spm_eos(m));
    assert(weir_tok_pad(t) == weir_spm_pad(m));
    assert(!memcmp(weir_tok_sha256(t), weir_spm_sha256(m), 32));
}

/* Both encoders on n random texts; 0 when neither takes the model. */
static int compare_model(const char *path, unsigned n)
{
    struct weir_err err = {0}, refused = {0};
    struct weir_buf text = {0};
    weir_tok *t = weir_tok_open(path, &refused);
    weir_spm *m = weir_spm_open(path, &err);
    if (!t != !m)
        fprintf(stderr, "%s: Weir: %s SentencePiece: %s\n", path, refused.msg, err.msg);
    assert(!t == !m);
    if (t) {
        if (any(2))
            weir_tok_cache(t, 1); // the least there is: entries come and go
        weir_tok_scratch *s = weir_tok_scratch_new(t, &err);
        assert(s);
        same_facts(t, m);
        for (unsigned i = 0; i < n; i++) {
            make_input(&text);
            same(t, s, m, weir_buf_span(&text));
        }
        weir_tok_scratch_free(s);
    }
    const int took = t != NULL;
    weir_buf_free(&text);
    weir_tok_free(t);
    weir_spm_free(m);
    return took;
}

static void random_models(unsigned times)
{
    struct weir_buf b = {0};
    int taken = 0;
    for (unsigned i = 0; i < 150 * times; i++) {
        make_model(&b, 1 + i % 2);
        FILE *f = fopen("random.model", "wb");
        assert(f && fwrite(b.p, 1, b.n, f) == b.n && !fclose(f));
        taken += compare_model("random.model", 150);
    }
    assert(taken > 100);
    weir_buf_free(&b);
    unlink("random.model");
}

/* What must not take the square of its time: a megabyte of one thing. */
static void long_runs(const char *path)
{
    static const char *const runs[] = {
        "a",  " ",  "\xE2\x96\x81", "\xF0\x9F\x91\xA9\xE2\x80\x8D", "\xff", "the ", "1", "'",
        "\n", "水", "e\xCC\x81"};
    weir_tok *t = weir_tok_open(path, NULL);
    weir_tok_scratch *s = weir_tok_scratch_new(t, NULL);
    struct weir_buf b = {0};
    size_t n;
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        b.n = 0;
        while (b.n < 1 << 20)
            weir_buf_adds(&b, runs[i]);
        assert(!weir_tok_encode(t, s, weir_buf_span(&b), &ours, &cap_ours, &n, NULL));
        assert(n || i == 1 || i == 2); // a model that removes spaces has nothing left of them
        assert(!n || ours[n - 1].end <= b.n);
    }
    weir_buf_free(&b);
    weir_tok_scratch_free(s);
    weir_tok_free(t);
}

/* Pieces as spm_encode --output_format=piece prints them, offsets counted by hand. */
static void known(const char *path)
{
    static const char *const want[] = {"▁江", "水", "。", "T", "he", "▁water"};
    static const uint32_t ends[] = {3, 6, 9, 10, 12, 18};
    weir_tok *t = weir_tok_open(path, NULL);
    weir_tok_scratch *s = weir_tok_scratch_new(t, NULL);
    size_t n;
    assert(!weir_tok_encode(t, s, WEIR_LIT("江水。The water"), &ours, &cap_ours, &n, NULL));
    assert(n == 6);
    for (size_t i = 0; i < n; i++) {
        assert(weir_span_is(weir_tok_piece(t, ours[i].id), want[i]));
        assert(ours[i].end == ends[i] && ours[i].begin == (i ? ends[i - 1] : 0));
    }
    weir_tok_scratch_free(s);
    weir_tok_free(t);
}

int main(void)
{
    char path[4096];
    const char *src = getenv("SRC"), *more = getenv("TOK_TEST");
    const unsigned times = more ? (unsigned)atoi(more) : 1;
    if (more)
        state += times;
    static const char *const names[] = {"tiny.model", "unigram.model"};
    random_models(times);
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/tests/data/tokenize/%s", src ? src : ".", names[i]);
        assert(compare_model(path, 5000 * times));
        long_runs(path);
    }
    static const char *const json[] = {"hf-gpt2.json", "hf-llama3.json", "hf-deepseek.json"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/tests/data/tokenize/%s", src ? src : ".", json[i]);
        long_runs(path);
    }
    snprintf(path, sizeof path, "%s/tests/data/tokenize/tiny.model", src ? src : ".");
    known(path);
    free(ours);
    free(theirs);
    return 0;
}
