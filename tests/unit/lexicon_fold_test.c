/* Forms that evade a list are met, and what only looks like them is not. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "weir/utf8.h"
#include "filters/lexicon.h"

static lexicon_fold *fold;

static void folds(const char *from, const char *to)
{
    struct weir_buf b = {0};
    assert(lexicon_fold_text(fold, weir_span(from, strlen(from)), &b, NULL) == 0);
    if (!weir_span_is(weir_buf_span(&b), to))
        fprintf(stderr, "%s folds to %.*s, not %s\n", from, (int)b.n, b.p, to);
    assert(weir_span_is(weir_buf_span(&b), to));
    weir_buf_free(&b);
}

static void first_view(void)
{
    folds("AbC Zz09", "abc zz09");
    folds("ＡＢｃ１２", "abc12");          // full width
    folds("Ⓐⓑ①²", "ab12");                 // circled, superscript
    folds("𝐏𝑜𝓇𝗇 𝟘𝟗 🄰🅑", "porn 09 ab");     // mathematical, squared
    folds("發票 賭博 裏", "发票 赌博 里"); // traditional
    folds("⽊⼥", "木女");                 // Kangxi radicals
    folds("a\xE2\x80\x8B"
          "b\xEF\xBB\xBF"
          "c\xC2\xAD"
          "d",
          "abcd");                                 // zero width, soft hyphen
    folds("发\xE2\x81\xA0票\xEF\xB8\x8F", "发票"); // word joiner, variation selector
    folds("，。「」é ü я α", "，。「」é ü я α");   // marks and letters stay
    folds("ﬁ ㎏ ½", "ﬁ ㎏ ½");                     // what is several characters stays
    folds("", "");
}

/* Runs of letters are folded sixteen at once: the same as one by one, at every place. */
static void runs(void)
{
    static const char letters[] = "AbcDEFghijKLMnopqrsTUVWXyzABCDEFGhijklmNOPQRSTuvwxyz";
    static const char edges[] = "@[`{5 ";
    char text[100];
    for (size_t start = 0; start < 20; start++)
        for (size_t n = 0; n < 50; n++) {
            struct weir_buf b = {0};
            memset(text, edges[(start + n) % 6], sizeof text);
            memcpy(text + start, letters, n);
            assert(lexicon_fold_text(fold, weir_span(text, sizeof text), &b, NULL) == 0);
            assert(b.n == sizeof text);
            for (size_t i = 0; i < sizeof text; i++)
                assert(b.p[i] == (text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i]));
            weir_buf_free(&b);
        }
}

static lexicon *terms;
static struct lexicon_scan s;

static double found(const char *text)
{
    assert(lexicon_scan_text(&s, weir_span(text, strlen(text)), 1000) == 0);
    return s.score[LEX_LISTED];
}

static void open_terms(void)
{
    static const char *const list[] = {"色情",    "六合彩", "代开发票", "bitch",
                                       "pornhub", "fuck",   "asshole",  "slut",
                                       "ass",     "viagra", "卖qq号",   "faggot"};
    struct weir_err err = {0};
    terms = weir_calloc(1, sizeof *terms);
    terms->fold = fold;
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        assert(lexicon_add(terms, weir_span(list[i], strlen(list[i])), LEX_LISTED, 1, &err) == 0);
    assert(lexicon_compile(terms, &err) == 0 && lexicon_scan_init(&s, terms, &err) == 0);
}

static const char *const evading[] = {
    "色情",
    "看色情片",
    "色*情",
    "色**情",
    "【色-情】",
    "色★情",
    "六合*彩",
    "六*合*彩票",
    "买六 合 彩",
    "六　合　彩",
    "代.开.发.票",
    "代 开 發 票",
    "代|开|发|票",
    "代!开!发!票",
    "b1tch",
    "B!TCH",
    "b!tch.",
    "bi7ch",
    "p0rnhub",
    "pоrnhub",
    "p\xCF\x81rnhub is pоrnhub",
    "𝖕𝖔𝖗𝖓𝖍𝖚𝖇",
    "f.u.c.k",
    "f u c k",
    "what a f u c k you",
    "f-u-c-k!",
    "f_u_c_k",
    "fuuuuck",
    "FUUUCK",
    "a55hole",
    "@sshole",
    "$lut",
    "s1ut",
    "s!ut",
    "v1agra",
    "v.i.a.g.r.a",
    "bïtch",
    "fagg0t",
    "fággot",
    "卖ＱＱ号",
    "biiiiitch",
    "asssshole",
};
static const char *const innocent[] = {
    "情色",    "黄色|情况",  "彩色*情节",  "蓝色 情况",  "两色 情人",
    "六 合彩", "合六彩",     "六、合、彩", "六。合。彩", "代码 开发 票据",
    "b1tches", "witch",      "p0rnhubs",   "f.u.c",      "f u c k y o u",
    "abuse",   "U.S.A.",     "$assembly",  "a55",        "a.s.s",
    "4ss",     "s1uts",      "рорнхаб",    "слут",       "http://x.com/b1tc",
    "vi agra", "Scunthorpe", "ass1st",     "fuck1ng5",
};

static void evasions(void)
{
    int bad = 0;
    for (size_t i = 0; i < sizeof evading / sizeof *evading; i++)
        if (found(evading[i]) != 1)
            bad += fprintf(stderr, "not met: %s %g\n", evading[i], found(evading[i]));
    for (size_t i = 0; i < sizeof innocent / sizeof *innocent; i++)
        if (found(innocent[i]) != 0)
            bad += fprintf(stderr, "met: %s\n", innocent[i]);
    assert(!bad);
}

/* Signs are found wherever they stand against the blocks of the second view. */
static void places(void)
{
    static const char *const pieces[] = {"b1tch",    "f.u.c.k", "色*情",
                                         "六 合 彩", "fuuuck",  "fággot"};
    static const char *const around[] = {"word ", "好的，"};
    char text[800];
    for (size_t k = 0; k < sizeof pieces / sizeof *pieces; k++)
        for (size_t a = 0; a < 2; a++)
            for (size_t n = 0; n < 140; n++) {
                size_t at = 0;
                while (at + strlen(around[a]) <= n)
                    at += (size_t)sprintf(text + at, "%s", around[a]);
                while (at < n)
                    text[at++] = '\n';
                const size_t end = at + (size_t)sprintf(text + at, "%s", pieces[k]);
                sprintf(text + end, "，%s%s", around[a], around[1 - a]);
                assert(found(text) == 1);
                assert(s.n_hit == 1);
                struct weir_buf b = {0};
                char want[60];
                lexicon_scan_terms(&s, LEX_LISTED, 1, &b);
                weir_buf_addc(&b, 0);
                snprintf(want, sizeof want, "\"at\":%zu,\"end\":%zu,\"found\":\"", at, end);
                assert(strstr(b.p, want));
                weir_buf_free(&b);
            }
}

/* A long text of nothing but evasion, and one of signs alone: all is met, in linear time. */
static void long_texts(void)
{
    struct weir_buf b = {0};
    for (int i = 0; i < 20000; i++)
        weir_buf_adds(&b, i % 2 ? "b1tch " : "六*合*彩 ");
    assert(lexicon_scan_text(&s, weir_buf_span(&b), 1000) == 0);
    assert(s.n_hit == 20000 && s.distinct[LEX_LISTED] == 2);
    b.n = 0;
    for (int i = 0; i < 300000; i++)
        weir_buf_adds(&b, "a1*六 ");
    assert(lexicon_scan_text(&s, weir_buf_span(&b), 1000) == 0 && s.n_hit == 0);
    weir_buf_free(&b);
}

int main(void)
{
    struct weir_err err = {0};
    fold = lexicon_fold_new(&err);
    assert(fold);
    first_view();
    runs();
    open_terms();
    evasions();
    places();
    long_texts();
    lexicon_scan_free(&s);
    lexicon_close(terms); // the fold too
    return 0;
}
