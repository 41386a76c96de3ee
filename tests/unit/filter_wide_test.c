/* Passes that take characters of three bytes eight at a time, against the same one at a time. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "weir/utf8.h"
#include "filters/filter.h"
#include "filters/filter_garbled.h"
#include "filters/filter_scripts.h"
#include "filters/filter_wide.h"
#include "filters/lexicon_fold.h"

/* Of every way through: Han that stays and that is folded, marks, white space of each length, all
 * kinds of broken text, signs of evasion, one to four bytes. */
static const uint32_t pool[] = {
    'a',    'Q',    '7',     ' ',     '\n',    '*',     '!',    '$',    0x85,   0xA0,
    0xE9,   0xC3,   0x430,   0x2003,  0x2010,  0x2014,  0x201C, 0x2026, 0x2027, 0x2028,
    0x205F, 0x3000, 0x3001,  0x3002,  0x300B,  0xFF0C,  0xFF01, 0xFF21, 0xFF61, 0xFFFD,
    0xE000, 0x951F, 0x65A4,  0x62F7,  0x70EB,  0x5C6F,  0x9428, 0x52EA, 0x8151, 0x9365,
    0x754C, 0x6BB1, 0x767C,  0x8CED,  0x88CF,  0x4E00,  0x4E2D, 0x7684, 0x9FFF, 0x3400,
    0x4DBF, 0xAC00, 0x20000, 0x1D400, 0x1F600, 0xF0000, 0x200B, 0xFEFF, 0x1680, 0x7F};
enum { N_POOL = sizeof pool / sizeof *pool, MOST = 400 };

/* Characters in text[]; Chinese more often than not, and what was there before comes again. */
static size_t make(char *text, size_t chars)
{
    uint32_t c[MOST];
    size_t n = 0;
    const int odd = 1 + rand() % 40;
    for (size_t i = 0, from = 0; i < chars; i++) {
        if (i > 30 && rand() % 30 == 0)
            from = (size_t)rand() % i;
        c[i] = rand() % odd ? 0x4E00 + (uint32_t)rand() % 0x5200 : pool[(size_t)rand() % N_POOL];
        if (from && rand() % 30)
            c[i] = c[from++];
        else
            from = 0;
        n += weir_utf8_encode(c[i], text + n);
    }
    return n;
}

static int is_space(uint32_t c)
{
    return filter_class_of(c) & CLASS_SPACE;
}

/* Windows compared with all before them. */
static uint64_t count_again(const uint32_t *c, size_t n_chars, unsigned n)
{
    uint64_t again = 0;
    for (size_t i = 0; i + n <= n_chars; i++)
        for (size_t k = 0; k < i; k++)
            if (!memcmp(c + i, c + k, n * sizeof *c)) {
                again++;
                break;
            }
    return again;
}

static void windows(struct filter_ngrams *g, struct weir_span t)
{
    uint32_t code[MOST];
    size_t n_chars = 0;
    unsigned len;
    for (size_t i = 0; i < t.n; i += len) {
        code[n_chars] = weir_utf8_decode(t.p + i, t.n - i, &len);
        n_chars += !is_space(code[n_chars]);
    }
    for (unsigned n = 1; n < 20; n += 4) {
        uint64_t again, all, same, same_all;
        assert(!filter_ngrams_chars(g, t, n_chars, n, 3, &again, &all));
        assert(!filter_ngrams_chars_scalar(g, t, n_chars, n, 3, &same, &same_all));
        assert(again == same && all == same_all);
        assert(again == count_again(code, n_chars, n));
        assert(all == (n_chars < n ? 0 : n_chars - n + 1));
    }
}

static void garbled(struct weir_span t)
{
    struct filter_garbled a, b;
    filter_garbled_count(t, &a);
    filter_garbled_count_scalar(t, &b);
    assert(!memcmp(&a, &b, sizeof a));
}

static void scripts(struct weir_span t)
{
    struct filter_scripts a = {0}, b = {0};
    filter_scripts_add(t, &a);
    filter_scripts_add_scalar(t, &b);
    assert(!memcmp(&a, &b, sizeof a));
}

/* Terms, what is left of them, and what they stand in. */
static void boilerplate(void)
{
    static const char *const parts[] = {"首页",
                                        "登录",
                                        "展开全文",
                                        "展开",
                                        "全文",
                                        "更多",
                                        "更多>>",
                                        "分享到：",
                                        "分享到",
                                        "©20",
                                        "icp备",
                                        "版权所有：",
                                        "我们使用cookie",
                                        "home",
                                        "about us",
                                        "read more",
                                        "the",
                                        "a1",
                                        " ",
                                        "|",
                                        "，",
                                        "“",
                                        "　",
                                        "的",
                                        "中国",
                                        "新闻",
                                        "新",
                                        "闻",
                                        "é",
                                        "𠀀",
                                        "责任编辑",
                                        "1",
                                        "\n"};
    for (int round = 0; round < 100000; round++) {
        char text[300] = "";
        size_t n = 0;
        for (int k = rand() % 20; k > 0; k--)
            n += (size_t)sprintf(text + n, "%s",
                                 parts[(size_t)rand() % (sizeof parts / sizeof *parts)]);
        char *exact = calloc(1, n + FILTER_LOWER_END);
        struct filter_boiler a = {0}, b = {0};
        assert(exact);
        memcpy(exact, text, n);
        filter_boiler_find(weir_span(exact, n), weir_wide_here(), &a);
        filter_boiler_find(weir_span(exact, n), 0, &b);
        assert(!memcmp(&a, &b, sizeof a));
        free(exact);
    }
}

static void folded(const lexicon_fold *fold, struct weir_span t)
{
    struct weir_buf a = {0}, b = {0}, marks_a = {0}, marks_b = {0};
    assert(!lexicon_fold_text(fold, t, &a, &marks_a));
    assert(!lexicon_fold_text_scalar(fold, t, &b, &marks_b));
    assert(weir_span_eq(weir_buf_span(&a), weir_buf_span(&b)));
    assert(weir_span_eq(weir_buf_span(&marks_a), weir_buf_span(&marks_b)));
    weir_buf_free(&a);
    weir_buf_free(&b);
    weir_buf_free(&marks_a);
    weir_buf_free(&marks_b);
}

static void passes(void)
{
    struct weir_err err = {0};
    struct filter_ngrams g = {0};
    lexicon_fold *fold = lexicon_fold_new(&err);
    assert(fold);
    srand(11);
    for (int round = 0; round < 3000; round++) {
        char room[4 * MOST];
        const size_t n = make(room, (size_t)(rand() % MOST));
        char *exact = malloc(n + !n); // reading on behind it is an error
        assert(exact && weir_utf8_valid(room, n) == n);
        memcpy(exact, room, n);
        const struct weir_span t = weir_span(exact, n);
        windows(&g, t);
        garbled(t);
        scripts(t);
        folded(fold, t);
        free(exact);
    }
    filter_ngrams_free(&g);
    free(fold);
}

#if defined(__x86_64__)
/* Every character of three bytes at every place of eight, and what ends the run. */
static void decoded(void)
{
    if (!weir_wide_here())
        return;
    for (uint32_t c = 0x20; c < 0x10FFFF; c += c < 0x10000 ? 1 : 997) {
        if (c >= 0xD800 && c < 0xE000)
            continue;
        char text[64] = "";
        uint32_t to[WIDE_CHARS];
        const unsigned at = c % WIDE_CHARS, three = c >= 0x800 && c < 0x10000;
        for (unsigned i = 0; i < 10; i++)
            memcpy(text + 3 * i, "\u7684", 3);
        const unsigned len = weir_utf8_encode(c, text + 3 * at);
        for (unsigned i = 0; i < 9; i++)
            memcpy(text + 3 * at + len + 3 * i, "\u7684", 3);
        const unsigned n = weir_wide_decode(text, to, 0);
        assert(n == (three ? WIDE_CHARS : at));
        for (unsigned i = 0; i < n; i++)
            assert(to[i] == (i == at ? c : 0x7684));
        const unsigned certain = weir_wide_decode(text, to, 1);
        assert(certain == at || certain == n);
        assert(!three || !is_space(c) || certain == at);
        assert(c <= 0x3000 || certain == n);
    }
}
#else
static void decoded(void)
{
}
#endif

int main(void)
{
    decoded();
    passes();
    boilerplate();
    return 0;
}
