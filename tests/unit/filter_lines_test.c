/* Lines and paragraphs, counted by hand after the definitions in filter_lines.h. */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include "filters/filter_lines.h"

static struct filter_lines measure(const char *s)
{
    static struct filter_set seen;
    struct filter_lines l;
    assert(filter_lines_measure(weir_span(s, strlen(s)), &seen, 5, &l) == 0);
    return l;
}

static void lines(void)
{
    struct filter_lines l = measure("");
    assert(l.lines == 0 && l.split == 0 && l.paragraphs == 0);
    l = measure("ab\n\n汉字abc\n");
    assert(l.lines == 3 && l.chars == 7 && l.longest == 5 && l.full == 2);
    l = measure("  - a\n• b\n-\nc -\n");
    assert(l.lines == 4 && l.bullets == 3);
    l = measure("a...\nb…  \nc..\n...d\n");
    assert(l.lines == 4 && l.ellipses == 2);
}

static void ends(void)
{
    struct filter_lines l = measure("好。\n好！\n好？”\n好……\nok.\nok. \n好：\n好\n\n   \n");
    assert(l.full == 8);
    assert(l.ends == 3);    // 好。 好！ ok.
    assert(l.zh_ends == 7); // all but 好
    assert(filter_line_ends_zh(WEIR_LIT("他说：“好。”）")));
    assert(!filter_line_ends_zh(WEIR_LIT("“”")));
    assert(!filter_line_ends_zh(WEIR_LIT("")));
    /* 30 characters are short, 31 are not. */
    l = measure("一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十\n"
                "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一\n");
    assert(l.shorts == 1 && l.longest == 31);
}

static void duplicates(void)
{
    /* Lines of re.split("\n+"): ab, cd, ab, cd, ab: three are duplicates, six characters. */
    struct filter_lines l = measure("ab\ncd\n\nab\ncd\n\n\nab");
    assert(l.split == 5 && l.dup == 3 && l.dup_chars == 6 && l.dup_full_chars == 6);
    /* Paragraphs ab\ncd, ab\ncd, ab: one duplicate of five characters. */
    assert(l.paragraphs == 3 && l.dup_paragraphs == 1 && l.dup_paragraph_chars == 5);
    /* "\nab\n" splits into "", "ab", "": one duplicate without characters; stripped, "ab" is the
     * one paragraph. */
    l = measure("\nab\n");
    assert(l.split == 3 && l.dup == 1 && l.dup_chars == 0 && l.paragraphs == 1);
    l = measure("ab\n");
    assert(l.split == 2 && l.dup == 0);
    /* Blank lines of spaces are lines for Gopher, and not for FineWeb. */
    l = measure("a\n  \nb\n  \nc");
    assert(l.split == 5 && l.dup == 1 && l.dup_chars == 2 && l.dup_full_chars == 0 && l.full == 3);
}

static void set(void)
{
    struct filter_set s = {0};
    assert(filter_set_clear(&s, 1) == 0);
    for (uint64_t i = 0; i < 100000; i++)
        assert(filter_set_add(&s, i * 0x9E3779B97F4A7C15u) == 1);
    for (uint64_t i = 0; i < 100000; i++)
        assert(filter_set_add(&s, i * 0x9E3779B97F4A7C15u) == 0);
    assert(s.n == 100000);
    assert(filter_set_clear(&s, 10) == 0 && filter_set_add(&s, 5) == 1);
    filter_set_free(&s);
}

int main(void)
{
    lines();
    ends();
    duplicates();
    set();
    return 0;
}
