#include "filters/filter_classes.h"

#include <pthread.h>
#include <string.h>
#include <unicode/uchar.h>
#include "weir/utf8.h"
#include "filters/filter_wide.h"

/* datatrove's PUNCTUATION_SET is this list, ASCII punctuation, control characters except tab and
 * newline, and TERMINAL_PUNCTUATION; that in turn is Unicode's Sentence_Terminal and five Khmer
 * signs. */
static const uint16_t symbolic[] = {
    0x00AB, 0x00B4, 0x00BB, 0x2013, 0x2014, 0x2019, 0x201C, 0x201D, 0x201E, 0x2026,
    0x2236, 0x2501, 0x25BA, 0x3001, 0x3008, 0x3009, 0x300A, 0x300B, 0x300C, 0x300D,
    0x3010, 0x3011, 0xFF05, 0xFF08, 0xFF09, 0xFF0C, 0xFF11, 0xFF1A, 0xFF1B, 0xFF5E,
};

static int is_end(uint32_t c)
{
    return u_hasBinaryProperty((UChar32)c, UCHAR_S_TERM) || (c >= 0x17D4 && c <= 0x17D6) ||
           c == 0x17D9 || c == 0x17DA;
}

static int is_symbolic(uint32_t c)
{
    if (c < 0xA0)
        return (c < 0x20 && c != '\t' && c != '\n') || c >= 0x7F ||
               (c > 0x20 && !weir_is_ascii_alpha(c) && !weir_is_ascii_digit(c));
    for (size_t i = 0; i < sizeof symbolic / sizeof *symbolic; i++)
        if (symbolic[i] == c)
            return 1;
    return is_end(c);
}

static unsigned classify(uint32_t c)
{
    const int garbled = c == 0xFFFD || (c >= 0x80 && c < 0xA0 && c != 0x85) ||
                        u_charType((UChar32)c) == U_PRIVATE_USE_CHAR;
    return (weir_is_space(c) ? CLASS_SPACE : 0) | (weir_is_punct(c) ? CLASS_PUNCT : 0) |
           (weir_is_symbol(c) ? CLASS_SYMBOL : 0) | (weir_is_letter(c) ? CLASS_LETTER : 0) |
           (weir_is_number(c) ? CLASS_NUMBER : 0) | (garbled ? CLASS_GARBLED : 0) |
           (is_end(c) ? CLASS_END : 0) | (is_symbolic(c) ? CLASS_SYMBOLIC : 0);
}

static uint8_t bmp[0x10000];
static pthread_once_t bmp_once = PTHREAD_ONCE_INIT;

static int bmp_full; // atomic: asked for single characters, for which the call below costs

static void fill_bmp(void)
{
    for (uint32_t c = 0; c < 0x10000; c++)
        bmp[c] = (uint8_t)classify(c);
    __atomic_store_n(&bmp_full, 1, __ATOMIC_RELEASE);
}

const uint8_t *filter_class_table(void)
{
    if (!__atomic_load_n(&bmp_full, __ATOMIC_ACQUIRE))
        pthread_once(&bmp_once, fill_bmp);
    return bmp;
}

unsigned filter_class_of(uint32_t c)
{
    return c < 0x10000 ? filter_class_table()[c] : c <= 0x10FFFF ? classify(c) : 0;
}

static void count_one(struct filter_classes *r, const uint8_t *table, uint32_t c)
{
    const unsigned k = c < 0x10000 ? table[c] : filter_class_of(c);
    r->newlines += c == '\n';
    r->breaks += c != '\n' && filter_is_break(c);
    r->spaces += k & CLASS_SPACE;
    r->punct += k / CLASS_PUNCT & 1;
    r->symbols += k / CLASS_SYMBOL & 1;
    r->letters += k / CLASS_LETTER & 1;
    r->digits += k / CLASS_NUMBER & 1;
    r->garbled += k / CLASS_GARBLED & 1;
    r->han += weir_is_han(c);
}

static void count_chars(const char *p, size_t i, size_t n, struct filter_classes *r)
{
    const uint8_t *table = filter_class_table();
    unsigned len;
    for (; i < n; i += len) {
        count_one(r, table, weir_utf8_decode(p + i, n - i, &len));
        r->chars++;
    }
}

void filter_classes_count_scalar(struct weir_span text, struct filter_classes *c)
{
    memset(c, 0, sizeof *c);
    count_chars(text.p, 0, text.n, c);
}

#if defined(__x86_64__)
/* Symbols (category S) of ASCII by their two half bytes: a bit of `by_high` names the row, and
 * `by_low` says in which rows a column is a symbol: $ + < = > ^ ` | ~. */
#define BY_HIGH 0, 0, 1, 2, 0, 4, 8, 16, 0, 0, 0, 0, 0, 0, 0, 0
#define BY_LOW  8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 2 | 16, 2, 2 | 4 | 16, 0

WIDE_AVX2 static void count_ascii(__m256i v, unsigned ascii, struct filter_classes *r)
{
    const __m256i low = _mm256_setr_epi8(BY_LOW, BY_LOW), high = _mm256_setr_epi8(BY_HIGH, BY_HIGH);
    const __m256i nibble = _mm256_set1_epi8(15);
    const __m256i sym = _mm256_and_si256(
        _mm256_shuffle_epi8(low, _mm256_and_si256(v, nibble)),
        _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble)));
    const unsigned symbol =
        ~filter_wide_bits(_mm256_cmpeq_epi8(sym, _mm256_setzero_si256())) & ascii;
    const unsigned graph = filter_wide_bits(filter_wide_between(v, 0x21, 0x7E - 0x21));
    const unsigned digit = filter_wide_bits(filter_wide_between(v, '0', 9));
    const unsigned letter =
        filter_wide_bits(filter_wide_between(_mm256_or_si256(v, _mm256_set1_epi8(32)), 'a', 25)) &
        ascii;
    const __m256i blank = _mm256_cmpeq_epi8(v, _mm256_set1_epi8(' '));
    const unsigned space = filter_wide_bits(_mm256_or_si256(blank, filter_wide_between(v, 9, 4)));
    r->newlines += (unsigned)__builtin_popcount(
        filter_wide_bits(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('\n'))));
    r->breaks += (unsigned)__builtin_popcount(filter_wide_bits(
        _mm256_or_si256(filter_wide_between(v, '\v', 2), filter_wide_between(v, 0x1C, 2))));
    r->spaces += (unsigned)__builtin_popcount(space);
    r->digits += (unsigned)__builtin_popcount(digit);
    r->letters += (unsigned)__builtin_popcount(letter);
    r->symbols += (unsigned)__builtin_popcount(symbol);
    r->punct += (unsigned)__builtin_popcount(graph & ~(digit | letter | symbol));
}

/* What is neither ASCII, most of Han nor a mark is looked up one by one. */
WIDE_AVX2 static void count_avx2(const char *p, size_t n, struct filter_classes *r)
{
    const uint8_t *table = filter_class_table();
    size_t i = 0;
    for (; i + 34 <= n; i += 32) {
        const __m256i v = _mm256_loadu_si256((const __m256i *)(p + i));
        const unsigned other = filter_wide_bits(v);
        if (other != 0xFFFFFFFFu)
            count_ascii(v, ~other, r);
        if (other == 0) {
            r->chars += 32;
            continue;
        }
        const __m256i second = _mm256_loadu_si256((const __m256i *)(p + i + 1));
        const __m256i third = _mm256_loadu_si256((const __m256i *)(p + i + 2));
        const unsigned han = filter_wide_han(v, second);
        const unsigned mark = filter_wide_marks(v, second, third);
        unsigned rest = filter_wide_bits(filter_wide_between(v, 0xC0, 0x3F));
        r->chars += (unsigned)__builtin_popcount(~other | rest);
        r->han += (unsigned)__builtin_popcount(han);
        r->letters += (unsigned)__builtin_popcount(han);
        r->punct += (unsigned)__builtin_popcount(mark);
        for (rest &= ~(han | mark); rest; rest &= rest - 1) {
            const size_t at = i + (unsigned)__builtin_ctz(rest);
            unsigned len;
            count_one(r, table, weir_utf8_decode(p + at, n - at, &len));
        }
    }
    while (i < n && (p[i] & 0xC0) == 0x80)
        i++; // the character's first byte was counted above
    count_chars(p, i, n, r);
}
#endif

void filter_classes_count(struct weir_span text, struct filter_classes *c)
{
    memset(c, 0, sizeof *c);
#if defined(__x86_64__)
    if (weir_wide_here()) {
        count_avx2(text.p, text.n, c);
        return;
    }
#endif
    count_chars(text.p, 0, text.n, c);
}
