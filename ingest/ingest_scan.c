/* The fast half of cleaning: which stretches of text need no look at single characters. */
#include "ingest/ingest_out.h"

#include <string.h>

/* Vectors of the compiler: one AVX2 register, or two of SSE2 or NEON. */
typedef unsigned char block __attribute__((vector_size(32)));
typedef uint64_t words __attribute__((vector_size(32)));

#define BLOCK sizeof(block)
#define AHEAD 2 // bytes behind a block that its last characters are judged by

#define IN(x, from, to) (((x) >= (from)) & ((x) <= (to)))

/* 1 when a character that begins in the block may need repair.  Judged by its first three bytes; it
 * may be wrong only in saying 1.  What passes: ASCII but controls, Latin, Greek, Cyrillic, general
 * punctuation but invisible ones, kana, ideographs of the basic plane, Hangul syllables, private
 * use, full-width forms. */
static inline __attribute__((always_inline)) int suspect(const char *p)
{
    block a, b, c;
    memcpy(&a, p, sizeof a);
    memcpy(&b, p + 1, sizeof b);
    memcpy(&c, p + 2, sizeof c);
    const block c0 = (block)((a < 0x20) & (a != '\n') & (a != '\t')) | (block)(a == 0x7F);
    const block c1 = (block)(a == 0xC2) & (block)((b < 0xA0) | (b == 0xAD));
    /* U+0300 to U+037F, Greek ano teleia, U+0480 to U+1FFF, beyond the basic plane */
    const block marks =
        (block)(IN(a, 0xCC, 0xCD) | ((a == 0xCE) & (b == 0x87)) | IN(a, 0xD2, 0xE1) | (a >= 0xF0));
    /* U+2000-200F, 2028-202F, 2060-206F, and the blocks with marks or singletons */
    const block invisible = (block)(((b == 0x80) & ((c < 0x90) | IN(c, 0xA8, 0xAF))) |
                                    ((b == 0x81) & IN(c, 0xA0, 0xAF)));
    const block symbols = (block)(IN(b, 0x83, 0x84) | (b == 0x8C) | (b == 0xAB) | (b == 0xB3) |
                                  (b == 0xB5) | (b == 0xB7));
    const block punct = (block)(a == 0xE2) & (invisible | symbols);
    /* tone marks U+302A to U+302F; combining sound marks of kana U+3099, U+309A */
    const block cjk = (block)(a == 0xE3) & (block)(((b == 0x80) & IN(c, 0xAA, 0xAF)) |
                                                   ((b == 0x82) & IN(c, 0x99, 0x9A)));
    const block hangul = (block)(((a == 0xEA) & (b < 0xB0)) | ((a == 0xED) & (b >= 0x9E)));
    /* U+F900 to U+FBFF, U+FDC0 to U+FE3F, U+FEC0 to U+FEFF, U+FFF9 to U+FFFF */
    const block forms = (block)(a == 0xEF) & (block)(IN(b, 0xA4, 0xAF) | IN(b, 0xB7, 0xB8) |
                                                     (b == 0xBB) | ((b == 0xBF) & (c >= 0xB9)));
    const words hit = (words)(c0 | c1 | marks | punct | cjk | hangul | forms);
    return (hit[0] | hit[1] | hit[2] | hit[3]) != 0;
}

static inline __attribute__((always_inline)) size_t run(const char *s, size_t n)
{
    size_t i = 0;
    while (i + BLOCK + AHEAD <= n && !suspect(s + i))
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
