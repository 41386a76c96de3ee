/* Buffers, JSON strings, UTF-8. */
#undef NDEBUG
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json_escape.h"
#include "weir/buf.h"
#include "weir/utf8.h"

static void json_is(struct weir_span in, const char *want)
{
    struct weir_buf b = {0};
    weir_buf_add_json(&b, in);
    assert(weir_span_is(weir_buf_span(&b), want));
    weir_buf_free(&b);
}

static void json_strings(void)
{
    json_is(WEIR_LIT(""), "\"\"");
    json_is(WEIR_LIT("plain text that is longer than a word"),
            "\"plain text that is longer than a word\"");
    json_is(WEIR_LIT("a\"b\\c\nd\te\rf"), "\"a\\\"b\\\\c\\nd\\te\\rf\"");
    json_is(WEIR_LIT("nul\0one\x01 del\x7F"), "\"nul\\u0000one\\u0001 del\x7F\"");
    json_is(WEIR_LIT("浙江大学/🀄"), "\"浙江大学/🀄\"");
    /* Each byte at each place of two vectors and a rest. */
    enum { LENGTH = 70 };
    for (int c = 0; c < 256; c++) {
        for (size_t at = 0; at < LENGTH; at++) {
            char text[LENGTH];
            struct weir_buf b = {0};
            memset(text, 'x', sizeof text);
            text[at] = (char)c;
            weir_buf_add_json(&b, weir_span(text, sizeof text));
            const int special = c < 32 || c == '"' || c == '\\';
            const size_t behind = LENGTH - at - 1;
            assert(b.n > LENGTH + 2 ? special : b.n == LENGTH + 2 && !special);
            assert(!memcmp(b.p + 1, text, at));
            assert(special || b.p[1 + at] == (char)c);
            assert(!memcmp(b.p + b.n - 1 - behind, text + at + 1, behind));
            weir_buf_free(&b);
        }
    }
}

/* Strings by what the standard says of each byte: RFC 8259, 7, and short where there is a name. */
static void add_by_rule(struct weir_buf *b, const char *s, size_t n)
{
    weir_buf_addc(b, '"');
    for (size_t i = 0; i < n; i++) {
        const char *name = s[i] ? strchr("\bb\tt\nn\ff\rr\"\"\\\\", s[i]) : NULL;
        if ((unsigned char)s[i] >= 0x20 && s[i] != '"' && s[i] != '\\')
            weir_buf_addc(b, s[i]);
        else if (name)
            weir_buf_addf(b, "\\%c", name[1]);
        else
            weir_buf_addf(b, "\\u%04x", (unsigned char)s[i]);
    }
    weir_buf_addc(b, '"');
}

static void json_by_rule(void)
{
    uint32_t seed = 1;
    for (size_t round = 0; round < 20000; round++) {
        char text[5000], copy[2][sizeof text + WEIR_PADDING];
        const size_t n = round % 50 ? round % 300 : round % sizeof text;
        struct weir_buf want = {0}, got = {0};
        for (size_t i = 0; i < n; i++) {
            seed = seed * 1664525u + 1013904223u;
            const unsigned kind = seed >> 24, rare = 1u << round % 9;
            text[i] = kind >= rare ? (char)(0x80 | seed >> 16) : "\n\"\\\n\t\1\n/"[seed >> 16 & 7];
            if (round % 3 && text[i] == 1)
                text[i] = '\n';
        }
        add_by_rule(&want, text, n);
        weir_buf_add_json(&got, weir_span(text, n));
        assert(weir_span_eq(weir_buf_span(&want), weir_buf_span(&got)) && got.n <= got.cap);
        const size_t plain = json_copy_plain(copy[0], text, n);
        assert(plain == json_copy_plain_portable(copy[1], text, n));
        assert(!memcmp(copy[0], text, plain) && !memcmp(copy[1], text, plain));
        weir_buf_free(&want);
        weir_buf_free(&got);
    }
}

static void lossy_is(struct weir_span in, const char *want)
{
    struct weir_buf b = {0};
    weir_buf_add_json_lossy(&b, in);
    assert(weir_span_is(weir_buf_span(&b), want));
    weir_buf_free(&b);
}

static void lossy_strings(void)
{
    lossy_is(WEIR_LIT(""), "\"\"");
    lossy_is(WEIR_LIT("a\"b"), "\"a\\\"b\"");
    lossy_is(WEIR_LIT("中文"), "\"中文\"");
    lossy_is(WEIR_LIT("\xFF"
                      "a\xE4\xB8\n"),
             "\"\uFFFDa\uFFFD\uFFFD\\n\"");
    char text[200];
    memset(text, 'x', sizeof text);
    for (size_t n = 1; n < sizeof text; n++) { // short and long are looked at by other means
        struct weir_buf b = {0};
        text[n - 1] = (char)0x80;
        weir_buf_add_json_lossy(&b, weir_span(text, n));
        assert(b.n == n + 4 && !memcmp(b.p + n, "\uFFFD\"", 4));
        text[n - 1] = 'x';
        weir_buf_free(&b);
    }
}

/* Hostile: every byte grows sixfold, from any state of the buffer. */
static void json_grows(void)
{
    for (size_t used = 0; used < 300; used++) {
        struct weir_buf b = {0};
        char text[300] = {0};
        for (size_t i = 0; i < used; i++)
            weir_buf_addc(&b, 'x');
        weir_buf_add_json(&b, weir_span(text, sizeof text));
        assert(!b.failed && b.n == used + 2 + 6 * sizeof text && b.n <= b.cap);
        for (size_t i = 0; i < sizeof text; i++)
            assert(!memcmp(b.p + used + 1 + 6 * i, "\\u0000", 6));
        assert(b.p[b.n - 1] == '"');
        weir_buf_free(&b);
    }
}

static void numbers(void)
{
    static const uint64_t values[] = {0, 9, 10, 99, 100, 12345678901u, UINT64_MAX};
    struct weir_buf b = {0};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        weir_buf_add_u64(&b, values[i]);
        weir_buf_addc(&b, ',');
    }
    assert(weir_span_is(weir_buf_span(&b), "0,9,10,99,100,12345678901,18446744073709551615,"));
    weir_buf_free(&b);
}

static void growth(void)
{
    struct weir_buf b = {0};
    for (int i = 0; i < 10000; i++)
        weir_buf_addf(&b, "%d,", i);
    assert(b.n == 10 * 2 + 90 * 3 + 900 * 4 + 9000 * 5);
    weir_buf_reset(&b, 1 << 20);
    assert(!b.n && b.p);
    weir_buf_reset(&b, 16);
    assert(!b.p);
    assert(weir_buf_reserve(&b, SIZE_MAX) == WEIR_EMEM && b.failed);
    struct weir_err err = {0};
    assert(weir_buf_check(&b, &err) == WEIR_EMEM);
    weir_buf_free(&b);
    int *a = NULL;
    size_t cap = 0;
    assert(!weir_grow(&a, &cap, 3, sizeof *a) && cap >= 3);
    assert(weir_grow(&a, &cap, SIZE_MAX / 2, sizeof *a) == WEIR_EMEM);
    assert(!weir_grow(&a, &cap, 1000, sizeof *a));
    free(a);
}

/* The table of Unicode 15, section 3.9 (well-formed byte sequences), at its edges. */
static void utf8(void)
{
    static const struct {
        const char *bytes;
        size_t n;
        uint32_t c;
        unsigned len;
    } cases[] = {
        {"A", 1, 'A', 1},
        {"\xC2\x80", 2, 0x80, 2},
        {"\xC1\xBF", 2, WEIR_UTF8_BAD, 1},
        {"\xE0\xA0\x80", 3, 0x800, 3},
        {"\xE0\x9F\xBF", 3, WEIR_UTF8_BAD, 1},
        {"\xED\x9F\xBF", 3, 0xD7FF, 3},
        {"\xED\xA0\x80", 3, WEIR_UTF8_BAD, 1},
        {"\xEF\xBF\xBF", 3, 0xFFFF, 3},
        {"\xF0\x90\x80\x80", 4, 0x10000, 4},
        {"\xF0\x8F\xBF\xBF", 4, WEIR_UTF8_BAD, 1},
        {"\xF4\x8F\xBF\xBF", 4, 0x10FFFF, 4},
        {"\xF4\x90\x80\x80", 4, WEIR_UTF8_BAD, 1},
        {"\xF5\x80\x80\x80", 4, WEIR_UTF8_BAD, 1},
        {"\xE4\xB8", 2, WEIR_UTF8_BAD, 1},
        {"\x80", 1, WEIR_UTF8_BAD, 1},
        {"\xFF", 1, WEIR_UTF8_BAD, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned len;
        assert(weir_utf8_decode(cases[i].bytes, cases[i].n, &len) == cases[i].c);
        assert(len == cases[i].len);
        assert((weir_utf8_valid(cases[i].bytes, cases[i].n) == cases[i].n) ==
               (cases[i].c != WEIR_UTF8_BAD));
    }
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        char p[4];
        unsigned len;
        if (c == 0xD800)
            c = 0xE000;
        const unsigned n = weir_utf8_encode(c, p);
        assert(weir_utf8_decode(p, n, &len) == c && len == n);
    }
    assert(weir_utf8_valid("ok 中\xFF", 7) == 6);
    assert(weir_utf8_count("a中🀄", 8) == 3);
    assert(weir_utf8_prev("a中🀄", 8) == 4 && weir_utf8_prev("a中🀄", 4) == 1);
    assert(weir_is_han(0x4E2D) && weir_is_han(0x3007) && weir_is_han(0x20000) && !weir_is_han('a'));
    assert(weir_is_punct(0x3002) && weir_is_space(0x3000) && weir_is_letter(0x4E2D));
    assert(weir_is_symbol('+') && weir_is_number('7') && !weir_is_punct('a'));
}

static void hex(void)
{
    struct weir_buf b = {0};
    weir_buf_addc(&b, '=');
    weir_buf_add_hex(&b, "\x00\x9a\xff\n", 4);
    assert(weir_span_is(weir_buf_span(&b), "=009aff0a"));
    weir_buf_free(&b);
}

int main(void)
{
    hex();
    json_strings();
    json_by_rule();
    lossy_strings();
    json_grows();
    numbers();
    utf8();
    growth();
    return 0;
}
