/* Places inside a sentence: where a long one may be cut. */
#include "lib/cpu.h"
#include "sentence_impl.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Is there a clause mark, perhaps with a few closers, right before at? */
static int behind_clause(struct weir_span t, size_t at, uint32_t next)
{
    enum { CLOSERS = 4 };
    unsigned len;
    for (int i = 0; i <= CLOSERS && at; i++) {
        at = weir_utf8_prev(t.p, at);
        const uint32_t c = char_at(t, at, &len);
        const enum mark m = mark_of(c);
        if (m == CLOSER || m == QUOTE)
            continue;
        if (c == '\n')
            return 1;
        if (m == PLAIN || m == SPACE)
            return 0;
        return c >= 0x80 || next >= 0x80 || kind_of(next) == SPACES;
    }
    return 0;
}

static int is_ascii_word(uint8_t c)
{
    return weir_is_ascii_alpha(c) || weir_is_ascii_digit(c);
}

/* Does a character of U+5000 to U+9FFF stand at p?  All of them are Han. */
static int is_common_han(const uint8_t *p)
{
    return p[0] >= 0xE5 && p[0] <= 0xE9 && (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80;
}

enum weir_bound weir_bound_at(struct weir_span text, size_t at)
{
    const uint8_t *u = (const uint8_t *)text.p;
    unsigned len;
    if (!at || at >= text.n)
        return WEIR_BOUND_CLAUSE;
    /* Most places; the rest says the same of them, slowly. */
    if (is_ascii_word(u[at - 1]) && (is_ascii_word(u[at]) || u[at] == ' '))
        return u[at] == ' ' ? WEIR_BOUND_WORD : WEIR_BOUND_CHAR;
    if (at >= 3 && is_common_han(u + at - 3))
        return weir_is_han(char_at(text, at, &len)) ? WEIR_BOUND_CHAR : WEIR_BOUND_WORD;
    need_classes();
    const uint32_t before = char_at(text, weir_utf8_prev(text.p, at), &len);
    const uint32_t next = char_at(text, at, &len);
    const enum mark m = mark_of(next);
    if (before == '\n')
        return WEIR_BOUND_CLAUSE;
    if (m != CLOSER && m != QUOTE && m != GO_ON && mark_of(before) != PLAIN &&
        behind_clause(text, at, next))
        return WEIR_BOUND_CLAUSE;
    return kind_of(before) == kind_of(next) ? WEIR_BOUND_CHAR : WEIR_BOUND_WORD;
}

/* ---- all places of a text ---- */

uint8_t sentence_place(struct weir_span t, size_t at)
{
    unsigned len;
    if (((uint8_t)t.p[at] & 0xC0) == 0x80)
        return WEIR_BOUND_NONE;
    const int marks = sentence_is_wanted(mark_of(char_at(t, at, &len)));
    return (uint8_t)(weir_bound_at(t, at) | (marks ? WEIR_PLACE_MARK : 0));
}

static void places_scalar(struct weir_span text, uint8_t *to)
{
    for (size_t at = 0; at < text.n; at++)
        to[at] = sentence_place(text, at);
}

#if defined(__x86_64__)
typedef __m256i bytes; // 32 places

#define AVX2     __attribute__((target("avx2"))) static inline
#define EQ(v, c) _mm256_cmpeq_epi8(v, _mm256_set1_epi8((char)(c)))
#define AND      _mm256_and_si256
#define OR       _mm256_or_si256
#define BUT      _mm256_andnot_si256 // second without the first

AVX2 bytes load(const char *p)
{
    return _mm256_loadu_si256((const bytes *)p);
}

AVX2 bytes in_range(bytes v, unsigned low, unsigned high)
{
    const bytes from_low = _mm256_sub_epi8(v, _mm256_set1_epi8((char)low));
    return _mm256_cmpeq_epi8(_mm256_min_epu8(from_low, _mm256_set1_epi8((char)(high - low))),
                             from_low);
}

AVX2 bytes is_word_byte(bytes v)
{
    const bytes small = OR(v, _mm256_set1_epi8(0x20));
    return OR(in_range(small, 'a', 'z'), in_range(v, '0', '9'));
}

/* Bits of ASCII characters, in two each that a look at both halves of the byte tells apart. */
enum { MARKS = 1 | 2, CLOSERS = 4 | 8 | 16, SPACE_BYTES = 32 | 64 };

AVX2 bytes ascii_classes(bytes v)
{
    const bytes low = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(32, 1, 4, 0, 0, 0, 0, 4, 0, 4 | 64, 2 | 4 | 64, 2, 1, 8 | 16 | 64, 1, 2 | 8));
    const bytes high = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(64, 0, 1 | 4 | 32, 2, 0, 8, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0));
    const bytes above = AND(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(15));
    return AND(_mm256_shuffle_epi8(low, v), _mm256_shuffle_epi8(high, above));
}

AVX2 bytes is_none_of(bytes classes, int bits)
{
    return EQ(AND(classes, _mm256_set1_epi8((char)bits)), 0);
}

/* U+4000 to U+9FFF are Han but for U+4DC0 to U+4DFF, E4 B7. */
AVX2 bytes is_han_lead(bytes first, bytes second)
{
    return BUT(AND(EQ(first, 0xE4), EQ(second, 0xB7)), in_range(first, 0xE4, 0xE9));
}

/* 。、，：！？； */
AVX2 bytes is_chinese_mark(bytes a, bytes b, bytes c)
{
    const bytes e380 = AND(AND(EQ(a, 0xE3), EQ(b, 0x80)), OR(EQ(c, 0x81), EQ(c, 0x82)));
    const bytes of_efbc =
        OR(OR(EQ(c, 0x8C), EQ(c, 0x9A)), OR(EQ(c, 0x81), OR(EQ(c, 0x9F), EQ(c, 0x9B))));
    return OR(e380, AND(AND(EQ(a, 0xEF), EQ(b, 0xBC)), of_efbc));
}

/* Signs that are no Han: of ASCII, U+2000 to U+2FFF, U+3000 to U+303F but for U+3007, full width.
 */
AVX2 bytes is_no_han(bytes a, bytes b, bytes c)
{
    const bytes e380 = BUT(EQ(c, 0x87), AND(EQ(a, 0xE3), EQ(b, 0x80)));
    const bytes wide = AND(EQ(a, 0xEF), OR(EQ(b, 0xBC), EQ(b, 0xBD)));
    return OR(OR(in_range(a, 0, 0x7F), EQ(a, 0xE2)), OR(e380, wide));
}

/* What weir_bound_at() says of the places that are most of a text, by the bytes around them;
 * returns the others. */
AVX2 unsigned common_bounds(const char *p, uint8_t *to)
{
    const bytes a = load(p - 3), b = load(p - 2), c = load(p - 1);
    const bytes x = load(p), y = load(p + 1), z = load(p + 2);
    const bytes behind_class = ascii_classes(c), class = ascii_classes(x);
    const bytes han = is_han_lead(x, y), behind_han = is_han_lead(a, b);
    const bytes ascii = in_range(x, 0, 0x7F);
    const bytes no_space = is_none_of(class, SPACE_BYTES);
    const bytes no_mark = is_none_of(behind_class, MARKS);
    const bytes behind_chinese_mark = is_chinese_mark(a, b, c);
    /* Behind a closer what stands before it counts. */
    const bytes behind_ascii = AND(in_range(c, 0, 0x7F), is_none_of(behind_class, CLOSERS));
    const bytes other_kind = OR(_mm256_xor_si256(is_word_byte(c), is_word_byte(x)),
                                _mm256_xor_si256(is_none_of(behind_class, SPACE_BYTES), no_space));
    const bytes both_ascii = AND(behind_ascii, ascii);
    const bytes chars = OR(AND(behind_han, han), BUT(other_kind, both_ascii));
    const bytes words = OR(OR(AND(behind_han, is_no_han(x, y, z)), AND(both_ascii, other_kind)),
                           AND(AND(behind_ascii, no_mark), han));
    const bytes clauses =
        OR(EQ(c, '\n'),
           OR(BUT(no_mark, OR(han, BUT(no_space, ascii))),
              AND(behind_chinese_mark, OR(han, AND(ascii, is_none_of(class, MARKS | CLOSERS))))));
    const bytes inside = in_range(x, 0x80, 0xBF);
    bytes bounds = AND(chars, _mm256_set1_epi8(WEIR_BOUND_CHAR));
    bounds = OR(bounds, AND(words, _mm256_set1_epi8(WEIR_BOUND_WORD)));
    bounds = BUT(inside, OR(bounds, AND(clauses, _mm256_set1_epi8(WEIR_BOUND_CLAUSE))));
    _mm256_storeu_si256((bytes *)to, bounds);
    return ~(unsigned)_mm256_movemask_epi8(OR(inside, OR(chars, OR(words, clauses))));
}

__attribute__((target("avx2"))) static void places_avx2(struct weir_span text, uint8_t *to)
{
    enum { STEP = 32, BEFORE = 3, BEHIND = 2 };
    size_t at = 0;
    for (; at < text.n && at < BEFORE; at++)
        to[at] = sentence_place(text, at);
    for (; at + STEP + BEHIND <= text.n; at += STEP)
        for (unsigned rest = common_bounds(text.p + at, to + at); rest; rest &= rest - 1) {
            const size_t place = at + (unsigned)__builtin_ctz(rest);
            to[place] = (uint8_t)weir_bound_at(text, place);
        }
    for (; at < text.n; at++)
        to[at] = sentence_place(text, at);
    for (at = 0; (at = sentence_next_mark(text, at)) < text.n; at++)
        to[at] |= WEIR_PLACE_MARK;
}
#endif

sentence_places_kernel *sentence_places(const char *name)
{
#if defined(__x86_64__)
    if (!strcmp(name, "avx512"))
        return weir_has_avx512() ? sentence_places_avx512 : NULL;
    if (!strcmp(name, "avx2"))
        return __builtin_cpu_supports("avx2") ? places_avx2 : NULL;
#endif
    return !strcmp(name, "scalar") ? places_scalar : NULL;
}

void weir_places(struct weir_span text, uint8_t *to)
{
    static const char *const names[] = {"avx512", "avx2", "scalar"};
    sentence_places_kernel *run = NULL;
    need_classes();
    for (size_t i = 0; !run; i++)
        run = sentence_places(names[i]);
    run(text, to);
    to[text.n] = WEIR_BOUND_CLAUSE;
    memset(to + text.n + 1, 0, WEIR_PLACE_PADDING);
}
