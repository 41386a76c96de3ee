#include "weir/utf8.h"

#include <pthread.h>
#include <string.h>
#include <unicode/uchar.h>

unsigned weir_utf8_encode(uint32_t c, char *p)
{
    if (c < 0x80) {
        p[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        p[0] = (char)(0xC0 | c >> 6);
        p[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        p[0] = (char)(0xE0 | c >> 12);
        p[1] = (char)(0x80 | (c >> 6 & 0x3F));
        p[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    p[0] = (char)(0xF0 | c >> 18);
    p[1] = (char)(0x80 | (c >> 12 & 0x3F));
    p[2] = (char)(0x80 | (c >> 6 & 0x3F));
    p[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

size_t weir_utf8_count(const char *s, size_t n)
{
    const uint64_t ones = 0x0101010101010101u;
    size_t count = 0, i = 0;
    for (; n - i >= 8; i += 8) { // of each byte: its top bit is 0, or the next is 1
        uint64_t w;
        memcpy(&w, s + i, sizeof w);
        count += ((~w >> 7 | w >> 6) & ones) * ones >> 56;
    }
    for (; i < n; i++)
        count += (s[i] & 0xC0) != 0x80;
    return count;
}

size_t weir_utf8_prev(const char *s, size_t at)
{
    size_t i = at - 1;
    while (i > 0 && at - i < 4 && (s[i] & 0xC0) == 0x80)
        i--;
    return i;
}

enum { SPACE = 1, PUNCT = 2, SYMBOL = 4, LETTER = 8, NUMBER = 16 };

static unsigned classify(uint32_t c)
{
    const uint32_t m = U_MASK(u_charType((UChar32)c));
    return (u_isUWhiteSpace((UChar32)c) ? SPACE : 0) | (m & U_GC_P_MASK ? PUNCT : 0) |
           (m & U_GC_S_MASK ? SYMBOL : 0) | (m & U_GC_L_MASK ? LETTER : 0) |
           (m & U_GC_N_MASK ? NUMBER : 0);
}

static uint8_t bmp[0x10000];
static pthread_once_t bmp_once = PTHREAD_ONCE_INIT;

static void fill_bmp(void)
{
    for (uint32_t c = 0; c < 0x10000; c++)
        bmp[c] = (uint8_t)classify(c);
}

static unsigned class_of(uint32_t c)
{
    pthread_once(&bmp_once, fill_bmp);
    return c < 0x10000 ? bmp[c] : c <= 0x10FFFF ? classify(c) : 0;
}

int weir_is_space(uint32_t c)
{
    return (class_of(c) & SPACE) != 0;
}

int weir_is_punct(uint32_t c)
{
    return (class_of(c) & PUNCT) != 0;
}

int weir_is_symbol(uint32_t c)
{
    return (class_of(c) & SYMBOL) != 0;
}

int weir_is_letter(uint32_t c)
{
    return (class_of(c) & LETTER) != 0;
}

int weir_is_number(uint32_t c)
{
    return (class_of(c) & NUMBER) != 0;
}
