/* Texts with a byte-level vocabulary of the 256 bytes and a few merges: pieces lie side by side,
 * and where nothing is folded decoding gives the text back.  The first byte says which kind it is.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/hftok.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *const kinds[] = {
    "{\"type\":\"ByteLevel\",\"add_prefix_space\":false}",
    "{\"type\":\"ByteLevel\",\"add_prefix_space\":true}",
    "{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Split\",\"pattern\":{\"Regex\":\"\\\\p{"
    "N}"
    "{1,3}\"},\"behavior\":\"Isolated\"},{\"type\":\"ByteLevel\",\"add_prefix_space\":false}]}",
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* The byte alphabet in the order of GPT-2's: printable bytes stand for themselves. */
static void add_letter(struct weir_buf *b, unsigned byte)
{
    unsigned others = 0;
    for (unsigned c = 0; c <= byte; c++) {
        const int plain = (c >= '!' && c <= '~') || (c >= 0xA1 && c <= 0xAC) || c >= 0xAE;
        if (c == byte && (c == '"' || c == '\\'))
            weir_buf_addc(b, '\\');
        if (c == byte)
            weir_buf_add_utf8(b, plain ? c : 256 + others);
        others += !plain;
    }
}

static hftok *make(unsigned kind)
{
    static const char pairs[] = "aabb  ab\n\n\xCC\x81\xE4\xB8\xB8\xAD\xAD\xE4";
    const size_t n = (sizeof pairs - 1) / 2;
    struct weir_buf b = {0};
    struct weir_err err = {0};
    weir_buf_addf(&b,
                  "{\"normalizer\":%s,\"decoder\":{\"type\":\"ByteLevel\"},\"pre_tokenizer\":%s,"
                  "\"added_tokens\":[{\"id\":%zu,\"content\":\"<s>\",\"lstrip\":true,"
                  "\"special\":true}],\"model\":{\"type\":\"BPE\",\"vocab\":{",
                  kind / KINDS ? "{\"type\":\"NFC\"}" : "null", kinds[kind % KINDS], 256 + n);
    for (unsigned c = 0; c < 256 + n; c++) {
        weir_buf_adds(&b, c ? ",\"" : "\"");
        for (unsigned k = 0; k < (c < 256 ? 1 : 2); k++)
            add_letter(&b, c < 256 ? c : (uint8_t)pairs[(c - 256) * 2 + k]);
        weir_buf_addf(&b, "\":%u", c);
    }
    weir_buf_adds(&b, "},\"merges\":[");
    for (size_t i = 0; i < n; i++) {
        weir_buf_adds(&b, i ? ",[\"" : "[\"");
        add_letter(&b, (uint8_t)pairs[2 * i]);
        weir_buf_adds(&b, "\",\"");
        add_letter(&b, (uint8_t)pairs[2 * i + 1]);
        weir_buf_adds(&b, "\"]");
    }
    weir_buf_adds(&b, "]}}");
    hftok *t = b.failed ? NULL : hftok_open(weir_buf_span(&b), &err);
    weir_buf_free(&b);
    if (!t)
        abort();
    return t;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static hftok *made[2 * KINDS];
    static hftok_scratch *scratch[2 * KINDS];
    struct weir_err err = {0};
    struct weir_piece *p = NULL;
    size_t cap = 0, n_p, at = 0;
    if (!n)
        return 0;
    const unsigned kind = data[0] % (2 * KINDS);
    if (!made[kind]) {
        made[kind] = make(kind);
        scratch[kind] = hftok_scratch_new(made[kind], 1 << 18, &err);
    }
    const struct weir_span text = weir_span((const char *)data + 1, n - 1);
    struct weir_buf back = {0};
    if (hftok_encode(made[kind], scratch[kind], UINT64_MAX, text, &p, &cap, &n_p, &err))
        abort();
    for (size_t i = 0; i < n_p; at = p[i++].end) {
        if (p[i].begin != at || p[i].end < at)
            abort();
        uint32_t id = p[i].id;
        if (hftok_decode(made[kind], &id, 1, &back, &err))
            abort();
    }
    back.n = 0;
    uint32_t *ids = weir_calloc(n_p + 1, sizeof *ids);
    for (size_t i = 0; i < n_p; i++)
        ids[i] = p[i].id;
    if (at != text.n || hftok_decode(made[kind], ids, n_p, &back, &err) ||
        (weir_span_eq(weir_buf_span(&back), text) != !hftok_folded(made[kind], text, p, n_p)))
        abort();
    free(ids);
    free(p);
    weir_buf_free(&back);
    return 0;
}
