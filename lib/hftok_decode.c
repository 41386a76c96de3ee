/* Ids to text: the bytes of each, then UTF-8 where what is broken becomes U+FFFD, one for each
 * longest part that could begin a character (Unicode 16, section 3.9, as Rust does it). */
#include "hftok_impl.h"

#include <string.h>

static int bytes_of(const hftok *t, uint32_t id, struct weir_span *s, struct weir_err *err)
{
    if (id >= t->n_ids || !t->tokens[id].there)
        return weir_err_set(err, WEIR_EBAD, "no token has the id %u", id);
    *s = weir_span(t->texts.p + t->tokens[id].bytes_at, t->tokens[id].n_bytes);
    return 0;
}

/* Bytes of the character that b[0] begins, 0 when it begins none. */
static unsigned length_of(uint8_t b)
{
    return b < 0x80 ? 1 : b < 0xC2 ? 0 : b < 0xE0 ? 2 : b < 0xF0 ? 3 : b < 0xF5 ? 4 : 0;
}

/* Whether c may stand as byte number i behind first. */
static int goes_on(uint8_t first, unsigned i, uint8_t c)
{
    const uint8_t low = i > 1 ? 0x80 : first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    const uint8_t high = i > 1 ? 0xBF : first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    return c >= low && c <= high;
}

static void put_bad(struct weir_buf *text)
{
    weir_buf_adds(text, "\xEF\xBF\xBD");
}

static void put_byte(uint8_t bytes[4], uint8_t *n, uint8_t c, struct weir_buf *text)
{
    if (*n && !goes_on(bytes[0], *n, c)) {
        put_bad(text);
        *n = 0;
    }
    if (!*n && length_of(c) == 0) {
        put_bad(text);
        return;
    }
    bytes[(*n)++] = c;
    if (*n == length_of(bytes[0])) {
        weir_buf_add(text, bytes, *n);
        *n = 0;
    }
}

int hftok_decode_next(const hftok *t, uint8_t bytes[4], uint8_t *n, uint32_t id,
                      struct weir_buf *text, struct weir_err *err)
{
    struct weir_span s = {"", 0};
    if (bytes_of(t, id, &s, err))
        return WEIR_EBAD;
    size_t at = 0;
    while (*n && at < s.n)
        put_byte(bytes, n, (uint8_t)s.p[at++], text);
    const size_t good = weir_utf8_valid(s.p + at, s.n - at);
    weir_buf_add(text, s.p + at, good);
    for (at += good; at < s.n; at++)
        put_byte(bytes, n, (uint8_t)s.p[at], text);
    return weir_buf_check(text, err);
}

void hftok_decode_end(uint8_t *n, struct weir_buf *text)
{
    if (*n)
        put_bad(text);
    *n = 0;
}

int hftok_decode(const hftok *t, const uint32_t *ids, size_t n, struct weir_buf *text,
                 struct weir_err *err)
{
    uint8_t bytes[4], n_bytes = 0;
    if (t->pieces)
        return hf_piece_decode(t, ids, n, text, err);
    for (size_t i = 0; i < n; i++) {
        const int rc = hftok_decode_next(t, bytes, &n_bytes, ids[i], text, err);
        if (rc)
            return rc;
    }
    hftok_decode_end(&n_bytes, text);
    return weir_buf_check(text, err);
}

/* What tokens lost another may give back: a space that <mask> took, and the prefix. */
static int comes_back(const hftok *t, struct weir_span text, const struct weir_piece *p, size_t n)
{
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        const struct hf_token *k = &t->tokens[p[i].id];
        if (k->n_bytes > text.n - at || memcmp(t->texts.p + k->bytes_at, text.p + at, k->n_bytes))
            return 0;
        at += k->n_bytes;
    }
    return at == text.n && weir_utf8_valid(text.p, text.n) == text.n;
}

uint64_t hftok_folded(const hftok *t, struct weir_span text, const struct weir_piece *p, size_t n)
{
    uint64_t folded = 0;
    if (t->pieces)
        return hf_piece_folded(t, text, p, n);
    if (comes_back(t, text, p, n))
        return 0;
    for (size_t i = 0; i < n; i++) {
        const struct hf_token *k = &t->tokens[p[i].id];
        const size_t span = p[i].end - p[i].begin;
        if (span != k->n_bytes || memcmp(t->texts.p + k->bytes_at, text.p + p[i].begin, span))
            folded += span ? span : 1;
    }
    return folded;
}
