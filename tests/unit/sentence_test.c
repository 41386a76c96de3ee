/* Sentence ends: "|" in a case stands where a sentence ends (not at the end of the text). */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/sentence_impl.h"
#include "weir/sentence.h"
#include "weir/utf8.h"

#define ZH   WEIR_SENTENCE_ZH
#define EN   WEIR_SENTENCE_EN
#define CODE WEIR_SENTENCE_CODE

static const struct {
    enum weir_sentence_rules rules;
    const char *marked;
} cases[] = {
    /* Chinese marks, closing quotes and brackets */
    {ZH, "今天下雨。|明天晴。"},
    {ZH, "他说：“你好。”|然后走了。"},
    {ZH, "他说：「走。」|她没走。"},
    {ZH, "『好！』|她答道。"},
    {ZH, "（完。）|下一章。"},
    {ZH, "(完。)|下一章。"},
    {ZH, "（全书完！）|后记"},
    {ZH, "【注意！】|请看。"},
    {ZH, "“他说：‘好！’”|她走了。"},
    {ZH, "“来！”，他说。|走吧。"},
    {ZH, "“来？”——他问。"},
    {ZH, "“好”！|走。"},
    {ZH, "“走吗？”|“走。”"},
    {ZH, "他说:\"好。\"|然后走了。"},
    {ZH, "好。|\"好。\"|他说。"},
    {ZH, "一；|二；|三。"},
    {ZH, "一，二、三：四。"},
    /* runs */
    {ZH, "真的？！|是的！！！|好。"},
    {ZH, "真的?!|是的。"},
    {ZH, "他走了……|没有回来。"},
    {ZH, "他说：“我……”|然后停了。"},
    {ZH, "嗯…好吧。|走。"},
    {ZH, "我……，不知道。"},
    {ZH, "好吧...|走。"},
    {ZH, "π=3.14159...是无理数。|对。"},
    {ZH, "《怎么办？》是一部小说。|他读过《怎么办？》。|好。"},
    {ZH, "微软(Microsoft Corp.)成立于1975年。|好。"},
    /* decimals, addresses, numbers, abbreviations */
    {ZH, "圆周率是3.14。|约数。"},
    {ZH, "价格3.5万元。|贵。"},
    {ZH, "见http://a.com/x?y=1.2&z。|好。"},
    {ZH, "1. 标题\n|2. 标题"},
    {ZH, "第一节 1. 标题"},
    {ZH, "1.标题。|2.标题。"},
    {ZH, "（一）总则。|（二）分则。"},
    {ZH, "一、总则\n|二、分则"},
    {ZH, "版本v1.2.3发布。|下载。"},
    {ZH, "文件是a.txt和b.txt。"},
    /* mixed */
    {ZH, "我们用Python。|It works. |好。"},
    {ZH, "你好.|我们走。"},
    {ZH, "你好!|我们走。"},
    {ZH, "Hello! |你好。"},
    {ZH, "Dr. Wang 来了。|他说ok."},
    {ZH, "他说“OK.”|然后走了。"},
    /* newlines and spaces */
    {ZH, "第一行\n|第二行"},
    {ZH, "第一段。\n\n|　　第二段。"},
    {ZH, "第一段。 \n \n|第二段。\n"},
    {ZH, "\n\n\n"},
    {ZH, "\n\n|正文"},
    {ZH, "没有句号"},
    {ZH, "。"},
    {ZH, "；;?!？！"},
    {ZH, "emoji😀🎉测试。\t|制表符\n\n|空行\n"},
    /* English */
    {EN, "One. |Two! |Three? |Four"},
    {EN, "Dr. Smith met Mr. J. K. Rowling. |They left."},
    {EN, "The U.S. Senate met at 5 p.m. on Jan. 5. |It was late."},
    {EN, "See e.g. Fig. 3, i.e. the plot. |Next."},
    {EN, "See No. 5. |No. |That is all."},
    {EN, "Pi is 3.14. |That is it."},
    {EN, "In 1999. |Then."},
    {EN, "Smith et al. (2010) took approx. 5 kg. |Then."},
    {EN, "Visit www.example.com. |Or http://a.b/c?d=e!f now."},
    {EN, "\"Hello.\" |He left."},
    {EN, "\"Really?\" she asked. |\"No.\""},
    {EN, "He said “Yes.” |She said ‘No.’ |End."},
    {EN, "Wait... what? |Well... |So it is."},
    {EN, "Really?! |Yes!!! |Good."},
    {EN, "(See above.) |Next."},
    {EN, "**Bold.** |Next."},
    {EN, "He and I. |Then we left."},
    {EN, "x = a ? b : c"},
    {EN, "1. First item\n|2. Second item. |More text."},
    {EN, "- one\n|- two\n|* three"},
    {EN, "A line that is\nwrapped here. |It goes\non."},
    {EN, "Title\n\n|Text begins.\n\n"},
    {EN, "# Title\n|# Other"},
    {EN, "End.\n\n\n|Next"},
    {EN, "no mark at all"},
    {EN, "A. Introduction"},
    {EN, "iv. Conclusion"},
    {EN, "etc. and so on. |Done."},
    {EN, "foo.bar() is called. |See a.c and b.h."},
    {EN, "中文。|Then English."},
    /* code */
    {CODE, "import os\n|import sys\n"},
    {CODE, "def f(x):\n    return x\n\n|def g():\n\treturn 1\n"},
    {CODE, "int main()\n{\n    return 0;\n}\n|int x;\n"},
    {CODE, "a\n\n\n\n|b"},
    {CODE, "s = 'One. Two! Three'\n|t"},
    {CODE, "class A:\n    x = 1\n\n|    y = 2\n"},
    {CODE, "\n\n|x"},
    {CODE, "x"},
};

static char *without_bars(const char *s, size_t *n)
{
    char *t = malloc(strlen(s) + 1);
    assert(t);
    *n = 0;
    for (; *s; s++)
        if (*s != '|')
            t[(*n)++] = *s;
    return t;
}

static int check_case(int rules, const char *marked)
{
    size_t n, end = 0;
    char *t = without_bars(marked, &n), *got = malloc(2 * n + 2);
    size_t k = 0;
    assert(got);
    for (size_t at = 0; at < n; at = end) {
        end = weir_sentence_end(weir_span(t, n), at, (enum weir_sentence_rules)rules);
        assert(end > at && end <= n);
        memcpy(got + k, t + at, end - at);
        k += end - at;
        if (end < n)
            got[k++] = '|';
    }
    got[k] = 0;
    const int differs = strcmp(got, marked) != 0;
    if (differs)
        fprintf(stderr, "expected %s\n     got %s\n", marked, got);
    free(got);
    free(t);
    return differs;
}

/* Any bytes: progress, and every end begins a character of valid text. */
static void any_text(void)
{
    static const char *const parts[] = {"。", "”",  "\"", "...", "…",        "\n", " ",
                                        "a",  "Dr", "1",  ".",   "好",       "　", "!",
                                        ")",  "，", "\t", "- ",  "\xE3\x80", "x "};
    char t[400];
    uint32_t seed = 7;
    for (int round = 0; round < 20000; round++) {
        size_t n = 0;
        while (n < 300) {
            seed = seed * 1664525 + 1013904223;
            const char *p = parts[(seed >> 16) % 20];
            memcpy(t + n, p, strlen(p));
            n += strlen(p);
            if (seed >> 28 == 3)
                t[n++] = 0;
        }
        for (int rules = ZH; rules <= CODE; rules++)
            for (size_t at = 0, end; at < n; at = end) {
                end = weir_sentence_end(weir_span(t, n), at, (enum weir_sentence_rules)rules);
                assert(end > at && end <= n);
                assert(end == n || ((uint8_t)t[end] & 0xC0) != 0x80 || (uint8_t)t[end - 1] < 0xC0);
            }
    }
}

/* A megabyte of each of these takes seconds when anything looks far ahead or back each time. */
static void linear(void)
{
    static const char *const parts[] = {
        "a", "。",  "\n", " ", ". ", "\" ", "1. ",  ".\n",
        "…", "\n ", "　", "”", "'",  "!a",  "Dr. ", "          1. x"};
    enum { SIZE = 1 << 20 };
    char *t = malloc(SIZE);
    assert(t);
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
        const size_t len = strlen(parts[k]);
        size_t n = 0;
        for (; n + len <= SIZE; n += len)
            memcpy(t + n, parts[k], len);
        for (int rules = ZH; rules <= CODE; rules++)
            for (size_t at = 0; at < n;)
                at = weir_sentence_end(weir_span(t, n), at, (enum weir_sentence_rules)rules);
    }
    free(t);
}

static void bounds(void)
{
    static const struct {
        const char *before, *behind;
        enum weir_bound want;
    } c[] = {{"今天", "下雨", WEIR_BOUND_CHAR},   {"今天，", "下雨", WEIR_BOUND_CLAUSE},
             {"“今天，", "”", WEIR_BOUND_CHAR},   {"“今天，”", "下雨", WEIR_BOUND_CLAUSE},
             {"今天", "rain", WEIR_BOUND_WORD},   {"ra", "in", WEIR_BOUND_CHAR},
             {"the", " rain", WEIR_BOUND_WORD},   {"rain,", " but", WEIR_BOUND_CLAUSE},
             {"1,", "000", WEIR_BOUND_WORD},      {"line\n", "next", WEIR_BOUND_CLAUSE},
             {"a", ", b", WEIR_BOUND_WORD},       {"done", "", WEIR_BOUND_CLAUSE},
             {"好。", "再来", WEIR_BOUND_CLAUSE}, {"好", "。", WEIR_BOUND_WORD},
             {"é", "té", WEIR_BOUND_CHAR},        {"  ", " x", WEIR_BOUND_CHAR}};
    for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
        char t[64];
        const size_t at = strlen(c[i].before);
        const int n = snprintf(t, sizeof t, "%s%s", c[i].before, c[i].behind);
        const enum weir_bound got = weir_bound_at(weir_span(t, (size_t)n), at);
        if (got != c[i].want)
            fprintf(stderr, "%s|%s: %d, not %d\n", c[i].before, c[i].behind, got, c[i].want);
        assert(got == c[i].want);
    }
}

/* Each kernel that this machine has writes what the scalar one does, and nothing behind. */
static void kernels(struct weir_span text)
{
    static const char *const names[] = {"avx2", "avx512"};
    uint8_t *want = malloc(text.n + 1), *got = malloc(text.n + 1);
    assert(want && got);
    sentence_places("scalar")(text, want);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        sentence_places_kernel *run = sentence_places(names[i]);
        if (!run)
            continue;
        memset(got, 77, text.n + 1);
        run(text, got);
        for (size_t at = 0; at < text.n; at++) {
            if (got[at] != want[at])
                fprintf(stderr, "%s, byte %zu of %zu: %d, not %d\n", names[i], at, text.n, got[at],
                        want[at]);
            assert(got[at] == want[at]);
        }
        assert(got[text.n] == 77);
    }
    free(want);
    free(got);
}

/* The vector code says what the plain functions say, at every place. */
static void fast_as_plain(void)
{
    static const char *const parts[] = {
        "。", "！", "；", "…",  "⋯",  "｡",  "\"", "\n", ".",  "!",  "?",   "，", "、", "：",
        "—",  "”",  "）", "」", "'",  ")",  "_",  "*",  ",",  ";",  ":",   " ",  "\t", "　",
        "字", "水", "〇", "㐀", "𠀀", "一", "䷀", "䷿", "䶵", "々", "é",   "ж",  "a",  "Z",
        "7",  "😀",  "あ", "ん", "\r", "／", "／", "“",  "•",  "\0", "ＡＢ"};
    enum { N_PARTS = sizeof parts / sizeof *parts, LENGTH = 200 };
    uint8_t to[LENGTH + 20 + WEIR_PLACE_PADDING];
    uint32_t seed = 11;
    for (int round = 0; round < 5000; round++) {
        char t[LENGTH + 16];
        size_t n = 0;
        const uint32_t few = 1 + (seed >> 8) % N_PARTS; // some texts of many marks, some of few
        while (n < LENGTH - (uint32_t)round % 100) {
            seed = seed * 1664525 + 1013904223;
            const char ascii[2] = {(char)(seed >> 24 & 127), 0};
            const uint32_t k = (seed >> 8) % 4;
            const char *p = k == 0   ? parts[few - 1]
                            : k == 1 ? ascii
                                     : parts[(seed >> 20) % N_PARTS];
            memcpy(t + n, p, *p ? strlen(p) : 1);
            n += *p ? strlen(p) : 1;
        }
        char *copy = malloc(n); // exactly n bytes, for the sanitizers
        assert(copy);
        memcpy(copy, t, n);
        const struct weir_span text = weir_span(copy, n);
        weir_places(text, to);
        for (size_t at = 0; at <= n; at++) {
            const int inside = at < n && ((uint8_t)t[at] & 0xC0) == 0x80;
            assert((to[at] & WEIR_PLACE_BOUND) ==
                   (inside ? WEIR_BOUND_NONE : weir_bound_at(text, at)));
            if (inside)
                continue;
            assert(sentence_next_mark(text, at) == sentence_next_mark_scalar(text, at));
            assert((to[at] & WEIR_PLACE_MARK) ==
                   (at < n && sentence_next_mark_scalar(text, at) == at ? WEIR_PLACE_MARK : 0));
        }
        kernels(text);
        for (int rules = ZH; rules <= CODE; rules++)
            for (size_t at = 0, end; at < n; at = end) {
                end = weir_sentence_end(text, at, (enum weir_sentence_rules)rules);
                assert(end == weir_sentence_end_in(text, to, at, (enum weir_sentence_rules)rules));
            }
        free(copy);
    }
}

static void rules_for(void)
{
    const struct weir_span none = {NULL, 0};
    assert(weir_sentence_rules_for(WEIR_LIT("en"), WEIR_LIT("python"), none) == CODE);
    assert(weir_sentence_rules_for(WEIR_LIT("zh-Hans"), none, WEIR_LIT("all English")) == ZH);
    assert(weir_sentence_rules_for(WEIR_LIT("en"), none, WEIR_LIT("全是中文")) == EN);
    assert(weir_sentence_rules_for(WEIR_LIT("und"), none, WEIR_LIT("全是中文 with some")) == ZH);
    assert(weir_sentence_rules_for(none, none, WEIR_LIT("English about 中 and nothing")) == EN);
    assert(weir_sentence_rules_for(none, none, none) == EN);
}

int main(void)
{
    int wrong = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        wrong += check_case(cases[i].rules, cases[i].marked);
    assert(!wrong);
    any_text();
    linear();
    bounds();
    fast_as_plain();
    rules_for();
    return 0;
}
