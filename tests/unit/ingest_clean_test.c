/* Cleaning: worked examples, all code points by the fast and the slow way, NFC, joiners. */
#undef NDEBUG
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/ingest_out.h"
#include "weir/utf8.h"

static struct ingest in;
static struct ingest_out *out;

static uint64_t notes(const char *name)
{
    for (size_t i = 0; i < out->n_note; i++)
        if (!strcmp(out->note[i].name, name))
            return out->note[i].n;
    return 0;
}

static void clean(struct weir_span text, struct weir_buf *to)
{
    struct weir_err err = {0};
    to->n = 0;
    const int rc = ingest_clean(out, text, to, &err);
    if (rc)
        puts(err.msg);
    assert(rc == 0);
}

static void gives(const char *text, const char *expected, const char *note, uint64_t count)
{
    struct weir_buf b = {0};
    const uint64_t before = note ? notes(note) : 0;
    clean(weir_span(text, strlen(text)), &b);
    if (b.n != strlen(expected) || memcmp(b.p, expected, b.n)) {
        printf("\"%s\" gives \"%.*s\", expected \"%s\"\n", text, (int)b.n, b.p, expected);
        assert(0);
    }
    assert(!note || notes(note) == before + count);
    assert(ingest_is_clean(weir_span(text, strlen(text))) == !strcmp(text, expected) ||
           !strcmp(text, expected)); // marks in NFC already need a look
    weir_buf_free(&b);
}

static void test_repairs(void)
{
    gives("", "", NULL, 0);
    gives("\xEF\xBB\xBF中文", "中文", "bom", 1);
    gives("a\r\nb\rc\n\rd\r", "a\nb\nc\n\nd\n", "line-end", 4);
    gives("a\x0B"
          "b\x0C"
          "c\xC2\x85"
          "d\u2028e\u2029f",
          "a\nb\nc\nd\ne\nf", "line-end", 5);
    gives("a\x01\x1F\x7F\tb\xC2\x80\xC2\x9F", "a\tb", "control", 5);
    gives("软\u00ADhy\u200Bphen\u2060\uFEFF", "软hyphen", "zero-width", 4);
    gives("\u202Eabc\u202C\u200F\u2066", "abc", "bidi-control", 4);
    gives("a\uFDD0\uFFFF\U0001FFFE\U0010FFFFb", "ab", "noncharacter", 4);
    gives("\u00A0\u3000\uFFFD\uE000 \u2019\u2026\u2014",
          "\u00A0\u3000\uFFFD\uE000 \u2019\u2026\u2014", "control", 0);
}

/* From UAX #15 and the Hangul composition of the standard. */
static void test_nfc(void)
{
    gives("e\u0301", "\u00E9", "nfc", 1);
    gives("\u212B and \u2126", "\u00C5 and \u03A9", "nfc", 1);
    gives("\uF900\uFA30", "\u8C48\u4FAE", "nfc", 1);
    gives("\u1112\u1161\u11AB", "한", "nfc", 1);
    gives("a\u0315\u0300", "\u00E0\u0315", "nfc", 1);
    gives("\u304B\u3099", "\u304C", "nfc", 1);
    gives("\u0958", "\u0915\u093C", "nfc", 1);  // a composition exclusion
    gives("e\u200B\u0301", "\u00E9", "nfc", 1); // junk goes first
    gives("x\n\u0301y\ne\u0301\nz", "x\n\u0301y\n\u00E9\nz", "nfc", 1);
    gives("\u05D0\u05B8\u05BC", "\u05D0\u05B8\u05BC", "nfc", 0); // canonical order already
}

static void test_joiners(void)
{
    gives("\U0001F468\u200D\U0001F469\u200D\U0001F467",
          "\U0001F468\u200D\U0001F469\u200D\U0001F467", "zero-width", 0);
    gives("\U0001F3F3\uFE0F\u200D\U0001F308", "\U0001F3F3\uFE0F\u200D\U0001F308", "zero-width", 0);
    gives("\u0915\u094D\u200D\u0937", "\u0915\u094D\u200D\u0937", "zero-width", 0);
    gives("\u0645\u06CC\u200C\u062E", "\u0645\u06CC\u200C\u062E", "zero-width", 0);
    gives("中\u200D文\u200Ca\u200Cb\u200D", "中文ab", "zero-width", 4);
    gives("\u200D\U0001F468\u200D", "\U0001F468", "zero-width", 2);
    gives("\U0001F3F4\U000E0067\U000E0062\U000E007F", "\U0001F3F4\U000E0067\U000E0062\U000E007F",
          "zero-width", 0);
    gives("x\U000E0067", "x", "zero-width", 1);
}

/* The vector code of this machine and that of every machine stop at the same character. */
static void runs_agree(const char *s, size_t n)
{
    const size_t run = ingest_clean_run(s, n);
    assert(run == ingest_clean_run_portable(s, n) && run <= n);
    assert(run == n || (s[run] & 0xC0) != 0x80);
}

/* A character alone is judged by itself; in the middle of long text whole blocks may be skipped.
 * Both ways must agree for every code point (of the empty planes every 61st). */
static void test_all_code_points(void)
{
    char text[256], c8[4];
    struct weir_buf shortly = {0}, amid = {0};
    for (uint32_t c = 1; c <= 0x10FFFF;
         c += c < 0x32000 || (c >= 0xE0000 && c < 0xE0200) ? 1 : 61) {
        if (c == '\r' || c == 0xD800)
            c = c == '\r' ? c + 1 : 0xE000;
        const unsigned n = weir_utf8_encode(c, c8);
        const size_t at = 32 + c % 64;
        memset(text, 'x', sizeof text);
        memcpy(text + at, c8, n);
        runs_agree(text, sizeof text);
        runs_agree(text + at - 1, n + 2);
        runs_agree(text + at, n);
        clean(weir_span(text, sizeof text), &amid);
        clean(weir_span(text + at - 1, n + 2), &shortly);
        const size_t left = at - 1, right = sizeof text - at - n - 1;
        assert(amid.n == left + shortly.n + right);
        assert(!memcmp(amid.p + left, shortly.p, shortly.n));
        assert(ingest_is_clean(weir_buf_span(&shortly)) || shortly.n > 2);
    }
    weir_buf_free(&shortly);
    weir_buf_free(&amid);
}

/* From anywhere in a text; cleaning what is clean changes nothing. */
static void test_random(void)
{
    static const char *const parts[] = {"中文",       "，",     "。\n",   "abc ", "\u2019",
                                        "e\u0301",    "\r\n",   "\u200B", "한",   "\u0E01\u0E48",
                                        "\U0001F600", "\u00B7", "か"};
    struct weir_buf text = {0}, once = {0}, twice = {0};
    uint32_t seed = 1;
    for (int round = 0; round < 3000; round++) {
        text.n = 0;
        for (int i = 0; i < 60; i++) {
            seed = seed * 1664525u + 1013904223u;
            const unsigned k = seed >> 16;
            const char *part = parts[k % 16 < 13 && k % 7 == 0 ? k % 13 : k % 4];
            weir_buf_adds(&text, part);
        }
        for (size_t i = 0; i < text.n; i += 7)
            runs_agree(text.p + i, text.n - i);
        clean(weir_buf_span(&text), &once);
        clean(weir_buf_span(&once), &twice);
        assert(weir_span_eq(weir_buf_span(&once), weir_buf_span(&twice)));
    }
    weir_buf_free(&text);
    weir_buf_free(&once);
    weir_buf_free(&twice);
}

/* Pieces of a long line, with marks across every border. */
static void test_long_line(void)
{
    struct weir_buf text = {0}, to = {0};
    for (int i = 0; i < 100000; i++)
        weir_buf_adds(&text, "e\u0301");
    clean(weir_buf_span(&text), &to);
    assert(to.n == 200000);
    for (size_t i = 0; i < to.n; i += 2)
        assert(!memcmp(to.p + i, "\u00E9", 2));
    text.n = 0;
    weir_buf_adds(&text, "a");
    for (int i = 0; i < 60000; i++)
        weir_buf_adds(&text, "\u0315\u0300");
    clean(weir_buf_span(&text), &to);
    /* 30 marks, U+0300 first and one of them in the letter, then 3,999 times U+034F and 30 marks */
    assert(to.n == 2 + 2 * 29 + 3999 * (2 + 2 * 30) && notes("combining-run") == 3999);
    assert(!memcmp(to.p, "\u00E0\u0300", 4) && !memcmp(to.p + 58, "\u0315\u034F\u0300", 6));
    weir_buf_free(&text);
    weir_buf_free(&to);
}

static void lang(const char *text, const char *expected)
{
    const char *got = ingest_guess_lang(weir_span(text, strlen(text)));
    if (strcmp(got, expected))
        printf("%s: %s, expected %s\n", text, got, expected);
    assert(!strcmp(got, expected));
}

static void test_lang(void)
{
    lang("我们在这里学习语言处理技术。", "zh-Hans");
    lang("我們在這裡學習語言處理技術。", "zh-Hant");
    lang("天地玄黄", "zh-Hans");
    lang("これは日本語の文章です。漢字も使います。", "ja");
    lang("이것은 한국어 문장입니다.", "ko");
    lang("The quick brown fox jumps over the lazy dog and runs to the river.", "en");
    lang("Der schnelle braune Fuchs springt über den faulen Hund.", "und");
    lang("Le renard brun saute par-dessus le chien paresseux.", "und");
    lang("12345", "und");
    lang("使用 Python 和 NumPy 处理数据。", "zh-Hans");
}

/* By the definition of each kind. */
static void add_letter(struct ingest_letters *n, uint32_t c)
{
    const int standards =
        c >= 0x4E00 && c < 0x4E00 + WEIR_HAN_STANDARDS ? weir_han_standards()[c - 0x4E00] : 0;
    if (weir_is_han(c)) {
        n->han++;
        n->traditional += (standards == WEIR_BIG5) - (standards == WEIR_GB2312);
    } else if (c >= 0x3041 && c <= 0x30FA) {
        n->kana++;
    } else if (c >= 0xAC00 && c <= 0xD7A3) {
        n->hangul++;
    } else if (weir_is_letter(c)) {
        *(c < 0x250 ? &n->latin : &n->other) += 1;
    }
}

static void letters_are(const struct ingest_letters *want, struct weir_span s)
{
    for (int way = INGEST_PORTABLE; way <= INGEST_AVX512; way++) {
        struct ingest_letters got = {0};
        if (ingest_count_letters_by((enum ingest_way)way, &got, s))
            assert(!memcmp(&got, want, sizeof got));
        else
            assert(way != INGEST_PORTABLE);
    }
}

/* Texts of every length, with few characters out of one of these ranges among many of another. */
static void test_letters(void)
{
    static const uint32_t ranges[][2] = {{0, 0x7F},         {0x80, 0x7FF},    {0x800, 0x2FFF},
                                         {0x3000, 0x30FF},  {0x3400, 0x4DFF}, {0x4E00, 0x9FFF},
                                         {0xA000, 0xD7FF},  {0xE000, 0xFFFF}, {0x10000, 0x10FFFF},
                                         {0x20000, 0x334FF}};
    enum { RANGES = sizeof ranges / sizeof ranges[0] };
    uint32_t seed = 1;
    for (size_t round = 0; round < 40000; round++) {
        char text[INGEST_LETTERS_MAX];
        size_t n = 0, max = round % 100 ? round % 300 : sizeof text;
        struct ingest_letters want = {0};
        for (;;) {
            seed = seed * 1664525u + 1013904223u;
            const uint32_t *r = ranges[seed >> 28 < 2 ? round / RANGES % RANGES : round % RANGES];
            seed = seed * 1664525u + 1013904223u;
            const uint32_t c = r[0] + (seed >> 8) % (r[1] - r[0] + 1);
            if (n + 4 > max)
                break;
            n += weir_utf8_encode(c, text + n);
            add_letter(&want, c);
        }
        letters_are(&want, weir_span(text, n));
    }
}

static void encoding(const char *bytes, int expected)
{
    assert(ingest_guess_encoding(weir_span(bytes, strlen(bytes))) == expected);
}

/* 我们的语言是中文，在这里。 and 我們的語言是中文，在這裡。 by iconv. */
static void test_encoding(void)
{
    encoding("\xCE\xD2\xC3\xC7\xB5\xC4\xD3\xEF\xD1\xD4\xCA\xC7\xD6\xD0\xCE\xC4\xA3\xAC\xD4\xDA"
             "\xD5\xE2\xC0\xEF\xA1\xA3",
             WEIR_ENC_GB18030);
    encoding("\xA7\xDA\xAD\xCC\xAA\xBA\xBB\x79\xA8\xA5\xAC\x4F\xA4\xA4\xA4\xE5\xA1\x41\xA6\x62"
             "\xB3\x6F\xB8\xCC\xA1\x43",
             WEIR_ENC_BIG5);
    encoding("\xE9t\xE9 fran\xE7"
             "ais, o\xF9 est la for\xEAt",
             WEIR_ENC_UTF8);
    encoding("\xE6\x88\x91\xE4\xBB\xAC\xE7\x9A\x84\xFF\xE6\x98\xAF\xE4\xB8\xAD\xE6\x96\x87",
             WEIR_ENC_UTF8);
}

int main(void)
{
    struct weir_ingest_opt opt;
    struct weir_err err = {0};
    weir_ingest_opt_init(&opt);
    in.opt = &opt;
    out = ingest_out_new(&in, &err);
    assert(out);
    test_repairs();
    test_nfc();
    test_joiners();
    test_all_code_points();
    test_random();
    test_long_line();
    test_lang();
    test_letters();
    test_encoding();
    ingest_out_free(out);
    return 0;
}
