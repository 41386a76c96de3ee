/* Texts with a small converted SentencePiece model: pieces lie side by side, where nothing is
 * folded decoding gives the text back, and any ids decode.  The first byte says which form it is.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/hftok.h"
#include "weir/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define MARK "\xE2\x96\x81"

static const char *const forms[] = {
    "\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Prepend\",\"prepend\":"
    "\"" MARK "\"},{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},\"content\":\"" MARK
    "\"}]}",
    "\"pre_tokenizer\":{\"type\":\"Metaspace\",\"replacement\":\"" MARK
    "\",\"prepend_scheme\":\"first\",\"split\":false}",
    "\"pre_tokenizer\":{\"type\":\"Metaspace\",\"replacement\":\"" MARK
    "\",\"prepend_scheme\":\"always\"}",
};
enum { FORMS = sizeof forms / sizeof *forms };

static hftok *make(unsigned form)
{
    static const char *const pieces[] = {MARK,
                                         "a",
                                         "b",
                                         "ab",
                                         "aa",
                                         "aaa",
                                         MARK MARK,
                                         "\xE6\xB0\xB4",
                                         MARK "a",
                                         "\xE6\xB0\xB4"
                                         "a"};
    struct weir_buf b = {0};
    struct weir_err err = {0};
    weir_buf_addf(&b,
                  "{%s,\"decoder\":{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"Replace\","
                  "\"pattern\":{\"String\":\"" MARK "\"},\"content\":\" \"},{\"type\":"
                  "\"ByteFallback\"},{\"type\":\"Fuse\"},{\"type\":\"Strip\",\"content\":\" \","
                  "\"start\":1,\"stop\":0}]},\"added_tokens\":[{\"id\":266,\"content\":\"<s>\","
                  "\"normalized\":false},{\"id\":267,\"content\":\"b b\",\"normalized\":true}],"
                  "\"model\":{\"type\":\"BPE\",\"byte_fallback\":true,\"vocab\":{",
                  forms[form]);
    for (unsigned c = 0; c < 256; c++)
        weir_buf_addf(&b, "\"<0x%02X>\":%u,", c, c);
    for (unsigned i = 0; i < sizeof pieces / sizeof *pieces; i++)
        weir_buf_addf(&b, "%s\"%s\":%u", i ? "," : "", pieces[i], 256 + i);
    weir_buf_adds(&b, "},\"merges\":[\"aa a\",\"a aa\",\"a a\",\"a b\",\"" MARK " a\",\"" MARK
                      " " MARK "\",\"\xE6\xB0\xB4 a\"]}}");
    hftok *t = b.failed ? NULL : hftok_open(weir_buf_span(&b), &err);
    weir_buf_free(&b);
    if (!t)
        abort();
    return t;
}

/* Any ids have a text, which is UTF-8. */
static void decode_any(const hftok *t, struct weir_span text)
{
    struct weir_buf b = {0};
    struct weir_err err = {0};
    uint32_t *ids = weir_calloc(text.n + 1, sizeof *ids);
    if (!ids)
        return;
    for (size_t i = 0; i < text.n; i++)
        ids[i] = (uint8_t)text.p[i] + (i % 3 ? 0 : 12u);
    if (hftok_decode(t, ids, text.n, &b, &err) || weir_utf8_valid(b.p, b.n) != b.n)
        abort();
    weir_buf_free(&b);
    free(ids);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static hftok *made[FORMS];
    static hftok_scratch *scratch[FORMS];
    struct weir_err err = {0};
    struct weir_piece *p = NULL;
    size_t cap = 0, n_p, at = 0;
    if (!n)
        return 0;
    const unsigned form = data[0] % FORMS;
    if (!made[form]) {
        made[form] = make(form);
        scratch[form] = hftok_scratch_new(made[form], 1 << 18, &err);
    }
    const struct weir_span text = weir_span((const char *)data + 1, n - 1);
    struct weir_buf back = {0};
    if (hftok_encode(made[form], scratch[form], UINT64_MAX, text, &p, &cap, &n_p, &err))
        abort();
    uint32_t *ids = weir_calloc(n_p + 1, sizeof *ids);
    for (size_t i = 0; i < n_p; at = p[i++].end) {
        if (p[i].begin != at || p[i].end < at)
            abort();
        ids[i] = p[i].id;
    }
    if (at != text.n || hftok_decode(made[form], ids, n_p, &back, &err) ||
        (weir_span_eq(weir_buf_span(&back), text) != !hftok_folded(made[form], text, p, n_p)))
        abort();
    decode_any(made[form], text);
    free(ids);
    free(p);
    weir_buf_free(&back);
    return 0;
}
