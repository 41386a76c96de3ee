/* Decoding as ids come: whole characters, as soon as they are certain, for every kind of model; the
 * expected texts are worked out by hand from the rules of the reference's decoders. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "weir/tok.h"
#include "weir/utf8.h"

enum { FIRST_BYTE = 3 }; // tiny.model: <unk> <s> </s>, then the bytes

static weir_tok *open_model(const char *name)
{
    char path[4096];
    struct weir_err err = {0};
    const char *src = getenv("SRC");
    snprintf(path, sizeof path, "%s/tests/data/tokenize/%s", src ? src : ".", name);
    weir_tok *t = weir_tok_open(path, &err);
    if (!t)
        fprintf(stderr, "%s\n", err.msg);
    assert(t);
    return t;
}

/* What each id adds, "|" between; at the end what is left. */
static void streams(const weir_tok *t, const uint32_t *ids, size_t n, const char *want)
{
    struct weir_tok_stream s = {0};
    struct weir_buf b = {0};
    for (size_t i = 0; i < n; i++) {
        assert(!weir_tok_stream_next(t, &s, ids[i], &b, NULL));
        weir_buf_addc(&b, '|');
    }
    assert(!weir_tok_stream_end(&s, &b, NULL));
    if (!weir_span_is(weir_buf_span(&b), want))
        fprintf(stderr, "want %s\n got %.*s\n", want, (int)b.n, b.p);
    assert(weir_span_is(weir_buf_span(&b), want));
    weir_buf_free(&b);
}

static void decodes(const weir_tok *t, const uint32_t *ids, size_t n, const char *want)
{
    struct weir_buf b = {0};
    assert(!weir_tok_decode(t, ids, n, &b, NULL));
    assert(weir_span_is(weir_buf_span(&b), want));
    weir_buf_free(&b);
}

/* 熊 is E7 86 8A.  A piece's space in front of all is dropped once. */
static void by_hand(const char *model, const char *broken)
{
    weir_tok *t = open_model(model);
    const uint32_t bear[] = {FIRST_BYTE + 0xE7, FIRST_BYTE + 0x86, FIRST_BYTE + 0x8A};
    const uint32_t part[] = {FIRST_BYTE + 0xE7, FIRST_BYTE + 0x86, FIRST_BYTE + 'a'};
    const uint32_t mixed[] = {FIRST_BYTE + 0xE7, FIRST_BYTE + 0x86, FIRST_BYTE + 0x8A,
                              FIRST_BYTE + 0xFF};
    streams(t, bear, 3, "||熊|");
    decodes(t, bear, 3, "熊");
    streams(t, part, 3,
            "||\xEF\xBF\xBD\xEF\xBF\xBD"
            "a|");
    streams(t, mixed, 4, "||熊|\xEF\xBF\xBD|");
    decodes(t, mixed, 4, broken);
    streams(t, bear, 2, "||\xEF\xBF\xBD\xEF\xBF\xBD");
    weir_tok_free(t);
}

/* Texts there and back: each step gives whole characters, all together what decoding gives. */
static void there_and_back(const char *model)
{
    static const char *const texts[] = {
        "",       "The water flows.", "  two  spaces ", "江水东流。", "熊\xF0\x9F\x90\xBC 12 <s>",
        "▁ mark", "a\nb\tc",          "e\xCC\x81"};
    weir_tok *t = open_model(model);
    weir_tok_scratch *s = weir_tok_scratch_new(t, NULL);
    struct weir_piece *p = NULL;
    size_t cap = 0, n;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct weir_tok_stream step = {0};
        struct weir_buf stream = {0}, whole = {0};
        uint32_t ids[256];
        assert(!weir_tok_encode(t, s, weir_span(texts[i], strlen(texts[i])), &p, &cap, &n, NULL));
        assert(n < 256);
        for (size_t k = 0; k < n; k++) {
            const size_t at = stream.n;
            ids[k] = p[k].id;
            assert(!weir_tok_stream_next(t, &step, ids[k], &stream, NULL));
            assert(weir_utf8_valid(stream.p + at, stream.n - at) == stream.n - at);
        }
        assert(!weir_tok_stream_end(&step, &stream, NULL));
        assert(!weir_tok_decode(t, ids, n, &whole, NULL));
        assert(weir_span_eq(weir_buf_span(&stream), weir_buf_span(&whole)));
        assert(!n || weir_tok_folded(t, weir_span(texts[i], strlen(texts[i])), p, n) ||
               weir_span_is(weir_buf_span(&whole), texts[i]));
        weir_buf_free(&stream);
        weir_buf_free(&whole);
    }
    free(p);
    weir_tok_scratch_free(s);
    weir_tok_free(t);
}

int main(void)
{
    static const char *const models[] = {
        "tiny.model",          "unigram.model",        "hf-gpt2.json",
        "hf-qwen.json",        "hf-deepseek.json",     "hf-piece-legacy.json",
        "hf-piece-first.json", "hf-piece-always.json", "hf-piece-words.json"};
    by_hand("tiny.model", "熊\xEF\xBF\xBD");
    by_hand("hf-piece-legacy.json", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    for (size_t i = 0; i < sizeof models / sizeof *models; i++)
        there_and_back(models[i]);
    return 0;
}
