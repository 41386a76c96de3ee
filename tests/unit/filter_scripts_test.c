/* Letters by script, broken text and languages, on small texts worked out by hand. */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include "filters/filter_garbled.h"
#include "filters/filter_scripts.h"
#include "filters/lang.h"

static void scripts(const char *text, enum filter_script script, uint64_t n, uint64_t letters)
{
    struct filter_scripts s;
    filter_scripts_count(weir_span(text, strlen(text)), &s);
    assert(s.of[script] == n && s.letters == letters);
}

static void blocks(void)
{
    static const struct {
        const char *utf8;
        int extended, compat;
    } rows[] = {
        {"一", 0, 0},         // U+4E00
        {"\u9FFF", 0, 0},     // last of the first block
        {"\u4DFF", -1, -1},   // a hexagram, no ideograph
        {"\u3400", 1, 0},     // A
        {"\u4DBF", 1, 0},     // A
        {"\U00020000", 1, 0}, // B
        {"\U0002EBF0", 1, 0}, // I
        {"\U0002F800", 0, 1}, // compatibility supplement
        {"\U00030000", 1, 0}, // G
        {"\U000323AF", 1, 0}, // H
        {"\U00033479", 1, 0}, // J
        {"\U00033480", -1, -1}, {"\uF900", 0, 1}, {"〇", 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct filter_scripts s;
        filter_scripts_count(weir_span(rows[i].utf8, strlen(rows[i].utf8)), &s);
        assert(s.of[SCRIPT_HAN] == (rows[i].extended >= 0));
        assert(s.han_extended == (rows[i].extended > 0) && s.han_compat == (rows[i].compat > 0));
    }
}

static void all_scripts(void)
{
    scripts("", SCRIPT_LATIN, 0, 0);
    scripts("12 .，\n", SCRIPT_LATIN, 0, 0);
    scripts("ab ＡéĀ", SCRIPT_LATIN, 5, 5);
    scripts("汉字ab", SCRIPT_HAN, 2, 4);
    scripts("ひらカタｶﾅー", SCRIPT_KANA, 6, 6); // ー is of both
    scripts("한국어ᄀ", SCRIPT_HANGUL, 4, 4);
    scripts("ㄅㄆ字", SCRIPT_BOPOMOFO, 2, 3);
    scripts("Привет мир", SCRIPT_CYRILLIC, 9, 9);
    scripts("αβγ", SCRIPT_GREEK, 3, 3);
    scripts("مرحبا", SCRIPT_ARABIC, 5, 5);
    scripts("שלום", SCRIPT_HEBREW, 4, 4);
    scripts("สวสด", SCRIPT_THAI, 4, 4);
    scripts("कखग", SCRIPT_DEVANAGARI, 3, 3);
    scripts("აბ", SCRIPT_OTHER, 2, 2);
}

static void garbled(const char *text, uint64_t mojibake, uint64_t others)
{
    struct filter_garbled g;
    filter_garbled_count(weir_span(text, strlen(text)), &g);
    const uint64_t sum = g.replacement + g.private_use + g.half_kana + g.controls;
    if (g.mojibake != mojibake || sum != others)
        fprintf(stderr, "%s: %llu %llu\n", text, (unsigned long long)g.mojibake,
                (unsigned long long)sum);
    assert(g.mojibake == mojibake && sum == others);
}

static void mojibake(void)
{
    garbled("", 0, 0);
    garbled("好的 fine\t\r\n", 0, 0);
    garbled("\uFFFD\uE000\U000F0000ｱ\x01\x7F\xC2\x81", 0, 7);
    garbled("\xC2\x85", 0, 0);    // a line end
    garbled("Ã©tÃ©", 4, 0);       // été, UTF-8 as Latin-1
    garbled("ä¸\u00ADæ–‡", 6, 0); // 中文, UTF-8 as windows-1252
    garbled("été, naïve, Straße»“", 0, 0);
    garbled("数据要素×”三年", 0, 0);
    garbled("ÖÐÎÄ×Ö", 6, 0); // 中文字, GBK as Latin-1
    garbled("ÖÐÎÄ×", 0, 0);  // five are too few
    garbled("\u00A0\u00A0\u00A0\u00A0\u00A0\u00A0 ······", 0, 0);
}

/* 的中国 in UTF-8 is E7 9A 84 E4 B8 AD E5 9B BD: read as GBK 鐨 勪 腑 鍥 and a lone BD. */
static void mojibake_gbk(void)
{
    garbled("鐨勪腑", 0, 0);       // two characters: may be by chance
    garbled("鐨勪腑鍥界殑", 6, 0); // 的中国的: E7 9A 84 E4 B8 AD E5 9B BD E7 9A 84
    garbled("锟斤拷锟斤拷", 6, 0);
    garbled("曹锟斤斤计较", 0, 0);
    garbled("烫烫烫好", 0, 0);
    garbled("烫烫烫烫好屯屯屯屯屯", 9, 0);
}

static const char *lang(const char *text, double *score)
{
    static struct lang_guess g;
    struct lang_scratch s;
    struct weir_err err = {0};
    assert(lang_scratch_init(&s, NULL, &err) == 0);
    assert(lang_guess(&s, NULL, weir_span(text, strlen(text)), 0, &g) == 0);
    lang_scratch_free(&s);
    *score = g.score;
    return g.tag;
}

static void is_lang(const char *text, const char *tag)
{
    double score;
    if (strcmp(lang(text, &score), tag) != 0)
        fprintf(stderr, "%s: %s\n", text, lang(text, &score));
    assert(strcmp(lang(text, &score), tag) == 0);
    assert(score >= 0 && score <= 1);
}

static void languages(void)
{
    double score;
    is_lang("", "und");
    is_lang("12345 !!!", "und");
    is_lang("我们的祖国是花园", "zh-Hans");
    is_lang("我們的祖國是花園", "zh-Hant");
    is_lang("山水人口", "zh"); // both standards have all of them
    is_lang("佢哋唔知道喺邊度", "yue");
    is_lang("我们唔唔唔", "zh-Hans"); // one and the same is not enough
    is_lang("これは日本語の文章です", "ja");
    is_lang("한국어 문장입니다", "ko");
    is_lang("The quick brown fox jumps over the lazy dog and runs away from it.", "en");
    is_lang("Le renard brun saute par-dessus le chien paresseux et il s'en va.", "fr");
    is_lang("Быстрая коричневая лиса прыгает через ленивую собаку и убегает.", "ru");
    /* Six letters against two ideographs are as many as they say. */
    is_lang("汉字abcde", "zh-Hans");
    lang("汉字abcde", &score);
    assert(score > 6 / 11. - 1e-9 && score < 6 / 11. + 1e-9);
    assert(lang_matches("zh-Hans", WEIR_LIT("zh")) && lang_matches("zh", WEIR_LIT("zh")));
    assert(!lang_matches("zh", WEIR_LIT("zh-Hans")) && !lang_matches("zha", WEIR_LIT("zh")));
}

/* One language in front and behind, another in the middle of a long text. */
static void samples(void)
{
    struct weir_buf b = {0};
    struct lang_scratch s;
    struct lang_guess g;
    struct weir_err err = {0};
    assert(lang_scratch_init(&s, NULL, &err) == 0);
    for (int i = 0; i < 3000; i++)
        weir_buf_adds(&b, i < 100 || i > 2900 ? "the end of it all " : "我们的祖国是花园");
    assert(lang_guess(&s, NULL, weir_buf_span(&b), 1024, &g) == 0 && !strcmp(g.tag, "zh-Hans"));
    assert(lang_guess(&s, NULL, weir_buf_span(&b), 0, &g) == 0 && !strcmp(g.tag, "zh-Hans"));
    lang_scratch_free(&s);
    weir_buf_free(&b);
}

int main(void)
{
    blocks();
    all_scripts();
    mojibake();
    mojibake_gbk();
    languages();
    samples();
    return 0;
}
