/* Classes of characters, and the search for those that may end a sentence. */
#include "sentence_impl.h"

#include <pthread.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

static enum mark ascii_mark(uint32_t c)
{
    switch (c) {
    case '.':
        return POINT;
    case '!':
    case '?':
        return ASCII;
    case '"':
        return QUOTE;
    case '\'':
    case ')':
    case ']':
    case '}':
    case '*':
    case '_':
        return CLOSER;
    case ',':
    case ';':
    case ':':
        return GO_ON;
    case '\n':
        return NEWLINE;
    case ' ':
    case '\t':
    case '\r':
        return SPACE;
    default:
        return PLAIN;
    }
}

static enum mark slow_mark_of(uint32_t c)
{
    if (c < 0x80)
        return ascii_mark(c);
    switch (c) {
    case 0x3002: // 。
    case 0xFF61: // ｡
    case 0xFF01: // ！
    case 0xFF1F: // ？
    case 0xFF1B: // ；
        return STOP;
    case 0x2026: // …
    case 0x22EF: // ⋯
        return ELLIPSIS;
    case 0x2019: // ’
    case 0x201D: // ”
    case 0x300D: // 」
    case 0x300F: // 』
    case 0x3011: // 】
    case 0x3009: // 〉
    case 0x300B: // 》
    case 0x3015: // 〕
    case 0x3017: // 〗
    case 0xFF09: // ）
    case 0xFF3D: // ］
    case 0xFF5D: // ｝
    case 0xFF63: // ｣
    case 0xBB:   // »
        return CLOSER;
    case 0xFF0C: // ，
    case 0x3001: // 、
    case 0xFF1A: // ：
    case 0x2014: // —
        return GO_ON;
    case 0xA0:
    case 0x3000:
        return SPACE;
    default:
        return PLAIN;
    }
}

enum kind sentence_slow_kind(uint32_t c)
{
    if (c < 0x80)
        return slow_mark_of(c) == SPACE || c == '\n'              ? SPACES
               : weir_is_ascii_alpha(c) || weir_is_ascii_digit(c) ? WORDS
                                                                  : OTHERS;
    if (weir_is_han(c))
        return HAN;
    if (weir_is_space(c))
        return SPACES;
    return weir_is_letter(c) || weir_is_number(c) ? WORDS : OTHERS;
}

uint8_t sentence_classes[0x10000];
atomic_int sentence_classes_ready;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void fill(void)
{
    for (uint32_t c = 0; c < 0x10000; c++)
        sentence_classes[c] = (uint8_t)(slow_mark_of(c) | sentence_slow_kind(c) << 4);
    atomic_store_explicit(&sentence_classes_ready, 1, memory_order_release);
}

void sentence_make_classes(void)
{
    pthread_once(&once, fill);
}

/* ---- the next mark ---- */

size_t sentence_next_mark_scalar(struct weir_span t, size_t at)
{
    need_classes();
    for (unsigned len; at < t.n; at += len)
        if (sentence_is_wanted(mark_of(char_at(t, at, &len))))
            return at;
    return t.n;
}

#if defined(__x86_64__)
#define EQ(v, c) _mm256_cmpeq_epi8(v, _mm256_set1_epi8((char)(c)))
#define OR       _mm256_or_si256
#define AND      _mm256_and_si256

/* 32 places at once: ASCII marks by their byte, the others by the first and third of three bytes,
 * which a few other characters have too. */
__attribute__((target("avx2"))) static unsigned candidates(const char *p)
{
    const __m256i a = _mm256_loadu_si256((const __m256i *)p);
    const __m256i c = _mm256_loadu_si256((const __m256i *)(p + 2));
    const __m256i ascii =
        OR(OR(EQ(a, '\n'), EQ(a, '"')), OR(EQ(a, '.'), OR(EQ(a, '!'), EQ(a, '?'))));
    const __m256i e2 = AND(EQ(a, 0xE2), OR(EQ(c, 0xA6), EQ(c, 0xAF)));
    const __m256i e3 = AND(EQ(a, 0xE3), EQ(c, 0x82));
    const __m256i ef =
        AND(EQ(a, 0xEF), OR(OR(EQ(c, 0x81), EQ(c, 0x9F)), OR(EQ(c, 0x9B), EQ(c, 0xA1))));
    return (unsigned)_mm256_movemask_epi8(OR(OR(ascii, e2), OR(e3, ef)));
}

__attribute__((target("avx2"))) static size_t next_mark_avx2(struct weir_span t, size_t at)
{
    enum { STEP = 32 };
    unsigned len;
    need_classes();
    for (; t.n - at >= STEP + 2; at += STEP)
        for (unsigned found = candidates(t.p + at); found; found &= found - 1) {
            const size_t place = at + (unsigned)__builtin_ctz(found);
            if (sentence_is_wanted(mark_of(char_at(t, place, &len))))
                return place;
        }
    /* Behind a whole block may lie the rest of a character. */
    while (at < t.n && ((uint8_t)t.p[at] & 0xC0) == 0x80)
        at++;
    return sentence_next_mark_scalar(t, at);
}

size_t sentence_next_mark(struct weir_span t, size_t at)
{
    return __builtin_cpu_supports("avx2") ? next_mark_avx2(t, at)
                                          : sentence_next_mark_scalar(t, at);
}
#else
size_t sentence_next_mark(struct weir_span t, size_t at)
{
    return sentence_next_mark_scalar(t, at);
}
#endif
