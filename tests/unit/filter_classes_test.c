/* Character classes: by hand, and the vector code against the plain one. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "filters/filter_classes.h"
#include "weir/utf8.h"

static struct filter_classes count(const char *s)
{
    struct filter_classes c;
    filter_classes_count(weir_span(s, strlen(s)), &c);
    return c;
}

static void by_hand(void)
{
    struct filter_classes c = count("");
    assert(c.chars == 0 && c.han == 0);
    c = count("汉字，A1 $。\n");
    assert(c.chars == 9 && c.han == 2 && c.letters == 3 && c.digits == 1);
    assert(c.punct == 2 && c.symbols == 1 && c.spaces == 2 && c.newlines == 1 && c.garbled == 0);
    /* Extension A and B, compatibility, 〇 (a letter number, N); U+4DC0 is a symbol, not Han. */
    c = count("㐀𠀀豈〇䷀");
    assert(c.chars == 5 && c.han == 4 && c.letters == 3 && c.digits == 1 && c.symbols == 1);
    c = count("①½Ⅳ１");
    assert(c.digits == 4);
    c = count("\xEF\xBF\xBD\xEE\x80\x80\xC2\x80"); // U+FFFD U+E000 U+0080
    assert(c.chars == 3 && c.garbled == 3 && c.symbols == 1);
    /* ASCII: 23 characters of P, 9 of S. */
    c = count("!\"#%&'()*,-./:;?@[\\]_{}");
    assert(c.punct == 23 && c.symbols == 0 && c.chars == 23);
    c = count("$+<=>^`|~");
    assert(c.symbols == 9 && c.punct == 0);
    c = count("\t\n\v\f\r ");
    assert(c.spaces == 6 && c.newlines == 1);
    c = count("\xE3\x80\x80\xC2\xA0\xC2\x85"); // ideographic space, no-break space, NEL
    assert(c.spaces == 3 && c.garbled == 0);
}

static void classes(void)
{
    /* datatrove's sets: a sample of each way into them. */
    const char *const symbolic[] = {"!", "~", "\x7F", "。", "「", "…", "％", "１", "►", "។"};
    for (size_t i = 0; i < sizeof symbolic / sizeof *symbolic; i++) {
        unsigned n;
        assert(filter_class_of(weir_utf8_decode(symbolic[i], 4, &n)) & CLASS_SYMBOLIC);
    }
    assert(!(filter_class_of('a') & CLASS_SYMBOLIC));
    assert(!(filter_class_of('\t') & CLASS_SYMBOLIC));
    assert(!(filter_class_of(0x4E00) & CLASS_SYMBOLIC));
    assert(!(filter_class_of(0x300E) & CLASS_SYMBOLIC)); // 『 is not in the published set
    assert(filter_class_of(0x3002) & CLASS_END && filter_class_of('?') & CLASS_END);
    assert(!(filter_class_of(0x2026) & CLASS_END) && !(filter_class_of(';') & CLASS_END));
    assert(filter_class_of(0x11041) == filter_class_of(0x11041));
    assert(filter_class_of(0x11047) & CLASS_END); // beyond the table
    assert(filter_class_of(0x110000) == 0);
}

static void same_as_scalar(void)
{
    static const uint32_t pool[] = {'a',    'Z',    '0',    ' ',     '\n',    '$',    '.',
                                    '~',    0xE9,   0x3BB,  0x4E00,  0x4DFF,  0x4E2D, 0x9FFF,
                                    0xA000, 0x3002, 0xFF0C, 0x20000, 0x1F600, 0xE000, 0xFFFD,
                                    0xAC00, 0x3042, 0x2026, 0x80,    0x7F,    0x7FF,  0x800};
    char text[1200];
    srand(7);
    for (int round = 0; round < 20000; round++) {
        size_t n = 0, chars = (size_t)(rand() % 200);
        const int one_block = rand() % 3 == 0; // runs of one kind take the short ways
        const uint32_t same = pool[(size_t)rand() % (sizeof pool / sizeof *pool)];
        for (size_t i = 0; i < chars; i++)
            n += weir_utf8_encode(one_block && rand() % 20
                                      ? same
                                      : pool[(size_t)rand() % (sizeof pool / sizeof *pool)],
                                  text + n);
        struct filter_classes a, b;
        filter_classes_count(weir_span(text, n), &a);
        filter_classes_count_scalar(weir_span(text, n), &b);
        assert(memcmp(&a, &b, sizeof a) == 0);
        assert(a.chars == chars);
    }
}

/* Each character by itself where the vector code takes it. */
static void each_as_scalar(void)
{
    char text[100];
    for (uint32_t c = 1; c < 0x10000; c++) {
        if (c >= 0xD800 && c < 0xE000)
            continue;
        struct filter_classes a, b;
        memset(text, 'a', sizeof text);
        weir_utf8_encode(c, text + c % 32);
        filter_classes_count(weir_span(text, sizeof text), &a);
        filter_classes_count_scalar(weir_span(text, sizeof text), &b);
        assert(memcmp(&a, &b, sizeof a) == 0);
    }
}

int main(void)
{
    by_hand();
    each_as_scalar();
    classes();
    same_as_scalar();
    return 0;
}
