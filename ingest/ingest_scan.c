/* The fast half of cleaning: which stretches of text need no look at single characters. */
#include "ingest/ingest_out.h"

#include <string.h>

#define BLOCK 64
#define AHEAD 2 // bytes behind a block that its last characters are judged by

/* 1 when a character of the block may need repair.  Judged by lead byte and the two bytes behind
 * it, without branches, so that the loop becomes vector code.  It may be wrong only in saying 1.
 * What passes: ASCII but controls, Latin, Greek, Cyrillic, general punctuation but invisible ones,
 * kana, all ideographs of the basic plane, Hangul syllables, private use, full-width forms. */
static inline __attribute__((always_inline)) int suspect(const unsigned char *p)
{
    unsigned char hit = 0;
    for (int i = 0; i < BLOCK; i++) {
        const unsigned char a = p[i], b = p[i + 1], c = p[i + 2];
        const unsigned char c0 = ((a < 0x20) & (a != '\n') & (a != '\t')) | (a == 0x7F);
        const unsigned char c1 = (a == 0xC2) & ((b < 0xA0) | (b == 0xAD));
        /* U+0300 to U+037F, Greek ano teleia, U+0480 to U+1FFF, beyond the basic plane */
        const unsigned char marks = (a == 0xCC) | (a == 0xCD) | ((a == 0xCE) & (b == 0x87)) |
                                    ((a >= 0xD2) & (a <= 0xE1)) | (a >= 0xF0);
        /* U+2000-200F, 2028-202F, 2060-206F, and the blocks with marks or singletons */
        const unsigned char punct =
            (a == 0xE2) & (((b == 0x80) & ((c < 0x90) | ((c >= 0xA8) & (c < 0xB0)))) |
                           ((b == 0x81) & ((c >= 0xA0) & (c < 0xB0))) | (b == 0x83) | (b == 0x84) |
                           (b == 0x8C) | (b == 0xAB) | (b == 0xB3) | (b == 0xB5) | (b == 0xB7));
        /* tone marks U+302A to U+302F; combining sound marks of kana U+3099, U+309A */
        const unsigned char cjk = (a == 0xE3) & (((b == 0x80) & (c >= 0xAA) & (c < 0xB0)) |
                                                 ((b == 0x82) & ((c == 0x99) | (c == 0x9A))));
        const unsigned char hangul = ((a == 0xEA) & (b < 0xB0)) | ((a == 0xED) & (b >= 0x9E));
        /* U+F900 to U+FBFF, U+FDC0 to U+FE3F, U+FEC0 to U+FEFF, U+FFF9 to U+FFFF */
        const unsigned char forms =
            (a == 0xEF) & (((b >= 0xA4) & (b <= 0xAF)) | (b == 0xB7) | (b == 0xB8) | (b == 0xBB) |
                           ((b == 0xBF) & (c >= 0xB9)));
        hit |= c0 | c1 | marks | punct | cjk | hangul | forms;
    }
    return hit;
}

static inline __attribute__((always_inline)) size_t run(const char *s, size_t n)
{
    size_t i = 0;
    while (i + BLOCK + AHEAD <= n && !suspect((const unsigned char *)s + i))
        i += BLOCK;
    return i;
}

size_t ingest_clean_run_portable(const char *s, size_t n)
{
    return run(s, n);
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static size_t run_avx2(const char *s, size_t n)
{
    return run(s, n);
}

size_t ingest_clean_run(const char *s, size_t n)
{
    return __builtin_cpu_supports("avx2") ? run_avx2(s, n) : run(s, n);
}
#else
size_t ingest_clean_run(const char *s, size_t n)
{
    return run(s, n);
}
#endif
