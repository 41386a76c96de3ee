/* The fast half of cleaning: where in a text the first character stands that has to be looked at by
 * itself.  suspects() is the rule; the vector code of a machine asks a coarser question first,
 * whose answer is nearly always no. */
#include "ingest/ingest_out.h"

#include <string.h>

/* Vectors of the compiler: one AVX2 register, or two of SSE2 or NEON. */
typedef unsigned char block __attribute__((vector_size(32)));

#define BLOCK sizeof(block)
#define WHOLE (BLOCK + 2) // bytes that its characters are judged by

#define ALWAYS_INLINE   inline __attribute__((always_inline))
#define IN(x, from, to) (((x) >= (from)) & ((x) <= (to)))

/* *hit is not 0 where a character begins that may need repair.  Judged by its first three bytes; it
 * may be wrong only in saying so.  What passes: ASCII but controls, Latin, Greek, Cyrillic, general
 * punctuation but invisible ones, kana, ideographs of the basic plane, Hangul syllables, private
 * use, full-width forms. */
static ALWAYS_INLINE void suspects(const char *p, block *hit)
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
    *hit = c0 | c1 | marks | punct | cjk | hangul | forms;
}

/* The first suspect byte of a block, or BLOCK. */
static ALWAYS_INLINE size_t first_suspect(const char *p)
{
    block hit;
    suspects(p, &hit);
    uint64_t word[BLOCK / 8];
    memcpy(word, &hit, sizeof word);
    if (!(word[0] | word[1] | word[2] | word[3]))
        return BLOCK;
    size_t i = 0;
    while (!hit[i])
        i++;
    return i;
}

/* A block for the end of a text, n < WHOLE bytes: with spaces behind it. */
static const char *padded(char *last, const char *s, size_t n)
{
    memset(last, ' ', BLOCK + WHOLE);
    memcpy(last, s, n);
    return last;
}

static ALWAYS_INLINE size_t run(const char *s, size_t n)
{
    char last[BLOCK + WHOLE];
    for (size_t i = 0; i < n; i += BLOCK) {
        const size_t rest = n - i;
        const size_t at = first_suspect(rest < WHOLE ? padded(last, s + i, rest) : s + i);
        if (at < BLOCK)
            return i + at;
    }
    return n;
}

size_t ingest_clean_run_portable(const char *s, size_t n)
{
    return run(s, n);
}

#ifdef __x86_64__
#include <immintrin.h>

/* The coarser question, which looks up the halves of each byte: 16 rules of six sets of halves.  A
 * set is 16 bits; of a table, entry h has bit k when half h is in set k.  The first rules are
 *     C2 CE: 80-9F    C2 CE: AD    E2: 81 83 84 8C        E2: A3 A5 A7 AB B3 B5 B7 BB
 *     EF: A0-AF       EF: B7 B8 BB BF      EA: 80-AF      ED: 9E 9F
 * and the others, of which four hold whatever follows,
 *     10-1F D0-DF F0-FF    00-08 0B-0F     CC CD          E0 E1
 *     E2 80: 80-8F    E2 80: A8-AF         E3 80: AA-AF   E3 82: 99 9A */
#define BIT(k, set, h) ((unsigned)(set) >> (h)&1) << (k)
#define ENTRY(h, a, b, c, d, e, f, g, i)                                                           \
    BIT(0, a, h) | BIT(1, b, h) | BIT(2, c, h) | BIT(3, d, h) | BIT(4, e, h) | BIT(5, f, h) |      \
        BIT(6, g, h) | BIT(7, i, h)
#define TABLE(...)                                                                                 \
    {                                                                                              \
        ENTRY(0, __VA_ARGS__), ENTRY(1, __VA_ARGS__), ENTRY(2, __VA_ARGS__),                       \
            ENTRY(3, __VA_ARGS__), ENTRY(4, __VA_ARGS__), ENTRY(5, __VA_ARGS__),                   \
            ENTRY(6, __VA_ARGS__), ENTRY(7, __VA_ARGS__), ENTRY(8, __VA_ARGS__),                   \
            ENTRY(9, __VA_ARGS__), ENTRY(10, __VA_ARGS__), ENTRY(11, __VA_ARGS__),                 \
            ENTRY(12, __VA_ARGS__), ENTRY(13, __VA_ARGS__), ENTRY(14, __VA_ARGS__),                \
            ENTRY(15, __VA_ARGS__)                                                                 \
    }
#define ALL 0xFFFF

/* clang-format off */
static const struct halves {
    _Alignas(16) unsigned char high[16], low[16];
} pair[] = {
    {TABLE(0x1000, 0x1000, 0x4000, 0x4000, 0x4000, 0x4000, 0x4000, 0x4000),
     TABLE(0x4004, 0x4004, 0x0004, 0x0004, 0x8000, 0x8000, 0x0400, 0x2000)},
    {TABLE(0x0300, 0x0400, 0x0100, 0x0C00, 0x0400, 0x0800, 0x0700, 0x0200),
     TABLE(   ALL, 0x2000, 0x101A, 0x08A8,    ALL, 0x8980,    ALL, 0xC000)},
}, triple[] = {
    {TABLE(0xA002, 0x0001, 0x1000, 0x4000, 0x4000, 0x4000, 0x4000, 0x4000),
     TABLE(   ALL, 0xF9FF, 0x3000, 0x0003, 0x0004, 0x0004, 0x0008, 0x0008)},
    {TABLE(   ALL,    ALL,    ALL,    ALL, 0x0100, 0x0100, 0x0100, 0x0100),
     TABLE(   ALL,    ALL,    ALL,    ALL, 0x0001, 0x0001, 0x0001, 0x0004)},
    {TABLE(   ALL,    ALL,    ALL,    ALL, 0x0100, 0x0400, 0x0400, 0x0200),
     TABLE(   ALL,    ALL,    ALL,    ALL,    ALL, 0xFF00, 0xFC00, 0x0600)},
};
/* clang-format on */

#define AVX2 __attribute__((target("avx2")))

struct split {
    __m256i high, low;
};

AVX2 static ALWAYS_INLINE struct split split(__m256i v)
{
    const __m256i half = _mm256_set1_epi8(15);
    return (struct split){_mm256_and_si256(_mm256_srli_epi16(v, 4), half),
                          _mm256_and_si256(v, half)};
}

AVX2 static ALWAYS_INLINE __m256i look_up(const unsigned char *table, __m256i half)
{
    const __m128i t = _mm_load_si128((const __m128i *)(const void *)table);
    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(t), half);
}

/* The rules that a byte lets hold. */
AVX2 static ALWAYS_INLINE __m256i rules(const struct halves *t, struct split s)
{
    return _mm256_and_si256(look_up(t->high, s.high), look_up(t->low, s.low));
}

/* 0 when no character that begins in the block at p is suspect, for certain; p is valid UTF-8. */
AVX2 static ALWAYS_INLINE int may_hold_suspect(const char *p)
{
    const __m256i first = _mm256_loadu_si256((const __m256i *)(const void *)p);
    const struct split a = split(first);
    const struct split b = split(_mm256_loadu_si256((const __m256i *)(const void *)(p + 1)));
    const struct split c = split(_mm256_loadu_si256((const __m256i *)(const void *)(p + 2)));
    const __m256i two = _mm256_and_si256(rules(&pair[0], a), rules(&pair[1], b));
    const __m256i three = _mm256_and_si256(
        rules(&triple[0], a), _mm256_and_si256(rules(&triple[1], b), rules(&triple[2], c)));
    const __m256i rubout = _mm256_cmpeq_epi8(first, _mm256_set1_epi8(0x7F));
    const __m256i any = _mm256_or_si256(_mm256_or_si256(two, three), rubout);
    return !_mm256_testz_si256(any, any);
}

AVX2 static size_t run_avx2(const char *s, size_t n)
{
    char last[BLOCK + WHOLE];
    for (size_t i = 0; i < n; i += BLOCK) {
        const size_t rest = n - i;
        const char *p = rest < WHOLE ? padded(last, s + i, rest) : s + i;
        if (!may_hold_suspect(p))
            continue;
        const size_t at = first_suspect(p);
        if (at < BLOCK)
            return i + at;
    }
    return n;
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
