/* Words of the four schemes.  The English ones are what spaCy 3.8 (blank "en") gives. */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include "filters/filter_words.h"

static struct filter_words w;

static void expect(enum filter_scheme scheme, const char *text, const char *words)
{
    char got[4000] = "";
    assert(filter_words_measure(weir_span(text, strlen(text)), scheme, &w) == 0);
    for (size_t i = 0; i < w.n; i++) {
        if (i)
            strcat(got, "|");
        strncat(got, text + w.at[i].at, w.at[i].n);
    }
    if (strcmp(got, words))
        fprintf(stderr, "%s\nexpected %s\ngot      %s\n", text, words, got);
    assert(!strcmp(got, words));
}

static void english(void)
{
    const enum filter_scheme en = FILTER_WORDS_EN;
    expect(en, "", "");
    expect(en, " \n\t ", "");
    expect(en, "Hello world", "Hello|world");
    expect(en, "Don't stop: the U.S. cost $3.50 (e.g. that's it).",
           "Do|n't|stop|:|the|U.S.|cost|$|3.50|(|e.g.|that|'s|it|)|.");
    expect(en, "mail me@x.com or see http://a.bc/d?e=1!",
           "mail|me@x.com|or|see|http://a.bc/d?e=1|!");
    expect(en, "well-known a-b, 10-20", "well|-|known|a|-|b|,|10|-|20");
    expect(en, "\"done\"... we're", "\"|done|\"|...|we|'re");
    expect(en, "#tag end…", "#|tag|end|…");
    expect(en, "cannot lower.Upper a,b x/y", "can|not|lower|.|Upper|a|,|b|x|/|y");
    expect(en, "Mr. Smith said no.", "Mr.|Smith|said|no|.");
    expect(en, "中文测试。很好！ 100%", "中文测试。很好|！|100|%");
    expect(en, "a!!!", "a|!|!|!");
}

static void other_schemes(void)
{
    expect(FILTER_WORDS_HAN, "我爱GPU，很well-known。", "我|爱|GPU|，|很|well|-|known|。");
    expect(FILTER_WORDS_SPACE, " a-b  c,\n好 的", "a-b|c,|好|的");
    expect(FILTER_WORDS_ICU, "中国人民 银行", "中国|人民|银行"); // ICU 72
}

static void counts(void)
{
    const char *text = "The the of 3.50 ... x1 的 年 的 。";
    assert(filter_words_measure(weir_span(text, strlen(text)), FILTER_WORDS_EN, &w) == 0);
    assert(w.n == 10);
    assert(w.non_symbol == 8); // all but ... and 。
    assert(w.non_symbol_chars == 3 + 3 + 2 + 4 + 2 + 1 + 1 + 1);
    assert(w.alphabetic == 7); // The the of x1 的 年 的
    assert(w.stop_en == 2);    // the, of: case counts
    assert(w.stop_zh == 2);    // 的, 年
}

static uint64_t sentences(const char *text)
{
    assert(filter_words_measure(weir_span(text, strlen(text)), FILTER_WORDS_EN, &w) == 0);
    return filter_words_sentences(&w, weir_span(text, strlen(text)));
}

int main(void)
{
    english();
    other_schemes();
    counts();
    assert(sentences("") == 0);
    assert(sentences("One. Two! Three?") == 3);
    assert(sentences("Mr. Smith left (he said.) early.") == 2);
    assert(sentences("Dots... are no end") == 1);
    assert(sentences("No end mark") == 1);
    filter_words_free(&w);
    return 0;
}
