/* A language tag from the script alone: cheap, and silent ("und") where script does not tell. */
#include "ingest/ingest_out.h"

#include <pthread.h>
#include <string.h>

#include "lib/cpu.h"
#include "lib/wide.h"
#include "weir/utf8.h"

/* What is looked at: a short text whole, of a longer one this many slices of so many bytes, evenly
 * spread, since a beginning may be a table of contents or a licence in another language. */
#define SLICES 4
#define SLICE  (INGEST_LETTERS_MAX / SLICES)

enum kind { NONE, HAN, SIMPLIFIED, TRADITIONAL, KANA, HANGUL, OTHER, LATIN, KINDS };

static enum kind kind_of(uint32_t c)
{
    if (weir_is_han(c)) {
        const uint32_t i = c - 0x4E00;
        const int in = i < WEIR_HAN_STANDARDS ? weir_han_standards()[i] : 0;
        return in == WEIR_GB2312 ? SIMPLIFIED : in == WEIR_BIG5 ? TRADITIONAL : HAN;
    }
    if (c >= 0x3041 && c <= 0x30FA)
        return KANA;
    if (c >= 0xAC00 && c <= 0xD7A3)
        return HANGUL;
    return !weir_is_letter(c) ? NONE : c < 0x250 ? LATIN : OTHER;
}

static uint8_t kinds[0x10000];
static pthread_once_t kinds_once = PTHREAD_ONCE_INIT;

static void fill_kinds(void)
{
    for (uint32_t c = 0; c < 0x10000; c++)
        kinds[c] = (uint8_t)kind_of(c);
}

/* Counts of characters of three bytes in one register, the script's in its upper end, signed. */
enum { BITS = 12, AT_KANA = BITS, AT_HANGUL = 2 * BITS, AT_OTHER = 3 * BITS, AT_SCRIPT = 4 * BITS };
_Static_assert(INGEST_LETTERS_MAX / 3 < 1 << BITS && INGEST_LETTERS_MAX / 3 < 1 << (63 - AT_SCRIPT),
               "counts must fit");

static const uint64_t ones[KINDS] = {[HAN] = 1,
                                     [SIMPLIFIED] = 1 - ((uint64_t)1 << AT_SCRIPT),
                                     [TRADITIONAL] = 1 + ((uint64_t)1 << AT_SCRIPT),
                                     [KANA] = (uint64_t)1 << AT_KANA,
                                     [HANGUL] = (uint64_t)1 << AT_HANGUL,
                                     [OTHER] = (uint64_t)1 << AT_OTHER};

static void add_sum(struct ingest_letters *n, uint64_t sum)
{
    enum { MASK = (1 << BITS) - 1 };
    n->han += sum & MASK;
    n->kana += sum >> AT_KANA & MASK;
    n->hangul += sum >> AT_HANGUL & MASK;
    n->other += sum >> AT_OTHER & MASK;
    n->traditional += (int64_t)sum >> AT_SCRIPT;
}

/* The character at s[i]; returns its length. */
static unsigned count_char(struct ingest_letters *n, struct weir_span s, size_t i)
{
    unsigned len;
    const uint32_t c = weir_utf8_decode(s.p + i, s.n - i, &len);
    const enum kind kind = c < 0x10000 ? (enum kind)kinds[c] : kind_of(c);
    n->latin += kind == LATIN;
    add_sum(n, ones[kind]);
    return len;
}

static void count_scalar(struct ingest_letters *n, struct weir_span s, size_t i)
{
    while (i < s.n) {
        if ((unsigned char)s.p[i] < 0x80)
            n->latin += (size_t)weir_is_ascii_alpha((unsigned char)s.p[i++]);
        else
            i += count_char(n, s, i);
    }
}

#if defined(__x86_64__)
/* The ASCII in front of the 32 bytes at p; returns how many. */
WIDE_AVX2 static inline unsigned count_ascii(struct ingest_letters *n, const char *p)
{
    const __m256i v = _mm256_loadu_si256((const void *)p);
    const unsigned high = (unsigned)_mm256_movemask_epi8(v);
    const __m256i from_a =
        _mm256_sub_epi8(_mm256_or_si256(v, _mm256_set1_epi8(32)), _mm256_set1_epi8('a'));
    const __m256i alpha =
        _mm256_cmpeq_epi8(_mm256_min_epu8(from_a, _mm256_set1_epi8('z' - 'a')), from_a);
    const unsigned in_front = ~high & (high - 1);
    n->latin += (unsigned)_mm_popcnt_u32((unsigned)_mm256_movemask_epi8(alpha) & in_front);
    return (unsigned)_mm_popcnt_u32(in_front);
}

WIDE_AVX2 static void count_avx2(struct ingest_letters *n, struct weir_span s)
{
    uint64_t sum = 0;
    size_t i = 0;
    while (s.n - i >= 32) {
        const unsigned char lead = (unsigned char)s.p[i];
        if (lead < 0xE0) {
            i += lead < 0x80 ? count_ascii(n, s.p + i) : count_char(n, s, i);
            continue;
        }
        uint32_t c[WIDE_CHARS];
        const unsigned k = weir_wide_decode(s.p + i, c, 0);
        if (k == WIDE_CHARS) { // a branch that is guessed: the next eight need not wait
            for (unsigned m = 0; m < WIDE_CHARS; m++)
                sum += ones[kinds[c[m]]];
            i += 3 * WIDE_CHARS;
            continue;
        }
        for (unsigned m = 0; m < k; m++)
            sum += ones[kinds[c[m]]];
        i += k ? 3 * k : count_char(n, s, i);
    }
    add_sum(n, sum);
    count_scalar(n, s, i);
}

/* The n bytes at p, 64 at most, and zeros behind them. */
WEIR_AVX512 static inline __m512i load(const char *p, unsigned n)
{
    return _mm512_maskz_loadu_epi8(_bzhi_u64(UINT64_MAX, n), p);
}

/* Characters of three bytes that begin in a block, by the bytes of all that do. */
WEIR_AVX512 static inline __m512i codes(__m512i first, __m512i second, __m512i third)
{
    const __m512i six = _mm512_set1_epi16(0x3F);
    const __m512i a = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(first));
    const __m512i b = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(second));
    const __m512i c = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(third));
    return _mm512_or_si512(
        _mm512_or_si512(_mm512_slli_epi16(a, 12), _mm512_slli_epi16(_mm512_and_si512(b, six), 6)),
        _mm512_and_si512(c, six));
}

/* Block by block, wherever characters begin: no branch waits for where one ends. */
WEIR_AVX512 static void count_avx512(struct ingest_letters *n, struct weir_span s)
{
    enum { BLOCK = 64, MOST = 22 }; // of three bytes, that begin in a block
    uint64_t sum = 0;
    for (size_t i = 0; i < s.n; i += BLOCK) {
        const unsigned rest = s.n - i < BLOCK + 2 ? (unsigned)(s.n - i) : BLOCK + 2;
        const __m512i v = load(s.p + i, rest);
        const __m512i from_a =
            _mm512_sub_epi8(_mm512_or_si512(v, _mm512_set1_epi8(32)), _mm512_set1_epi8('a'));
        n->latin +=
            (size_t)_mm_popcnt_u64(_mm512_cmple_epu8_mask(from_a, _mm512_set1_epi8('z' - 'a')));
        const uint64_t leads = _mm512_cmpge_epu8_mask(v, _mm512_set1_epi8((char)0xC0));
        const uint64_t three = _mm512_cmpeq_epi8_mask(
            _mm512_and_si512(v, _mm512_set1_epi8((char)0xF0)), _mm512_set1_epi8((char)0xE0));
        for (uint64_t other = leads & ~three; other; other &= other - 1)
            count_char(n, s, i + (size_t)__builtin_ctzll(other));
        if (!three)
            continue;
        const __m512i second = load(s.p + i + 1, rest - 1);
        const __m512i third = load(s.p + i + 2, rest < 2 ? 0 : rest - 2);
        uint16_t c[32];
        _mm512_storeu_si512(c, codes(_mm512_maskz_compress_epi8(three, v),
                                     _mm512_maskz_compress_epi8(three, second),
                                     _mm512_maskz_compress_epi8(three, third)));
        const unsigned k = (unsigned)_mm_popcnt_u64(three);
        for (unsigned m = 0; m < k && m < MOST; m += WIDE_CHARS) // behind k they are 0
            for (unsigned q = 0; q < WIDE_CHARS; q++)
                sum += ones[kinds[c[m + q]]];
    }
    add_sum(n, sum);
}
#endif

int ingest_count_letters_by(enum ingest_way way, struct ingest_letters *n, struct weir_span s)
{
    pthread_once(&kinds_once, fill_kinds);
    if (way == INGEST_PORTABLE)
        return count_scalar(n, s, 0), 1;
#if defined(__x86_64__)
    if (way == INGEST_AVX512 && weir_has_avx512())
        return count_avx512(n, s), 1;
    if (way == INGEST_AVX2 && weir_wide_here())
        return count_avx2(n, s), 1;
#endif
    return 0;
}

void ingest_count_letters(struct ingest_letters *n, struct weir_span s)
{
    for (int way = INGEST_AVX512; !ingest_count_letters_by((enum ingest_way)way, n, s); way--)
        continue;
}

/* The commonest words of English that are not common in its neighbours. */
static int is_english_word(const char *w, size_t n)
{
    static const char words[] = " the of and to that with for was this are from not you it which "
                                "have is be by his her they or as but had were there would ";
    char padded[9] = " ";
    if (n > 6)
        return 0;
    for (size_t i = 0; i < n; i++)
        padded[i + 1] = (char)(w[i] | 32);
    padded[n + 1] = ' ';
    return strstr(words, padded) != NULL;
}

struct words {
    size_t n, hits;
};

static void count_words(struct words *w, struct weir_span s)
{
    for (size_t i = 0; i < s.n;) {
        size_t end = i;
        while (end < s.n && (weir_is_ascii_alpha((unsigned char)s.p[end]) || s.p[end] & 0x80))
            end++;
        if (end > i) {
            w->n++;
            w->hits += (size_t)is_english_word(s.p + i, end - i);
        }
        i = end + 1;
    }
}

static struct weir_span slice(struct weir_span text, size_t i)
{
    size_t from = text.n / SLICES * i, to = from + SLICE;
    while (from && (text.p[from] & 0xC0) == 0x80)
        from--;
    while (to < text.n && (text.p[to] & 0xC0) == 0x80)
        to++;
    return weir_span(text.p + from, to - from);
}

const char *ingest_guess_lang(struct weir_span text)
{
    const size_t n_slices = text.n > SLICES * SLICE ? SLICES : 1;
    struct ingest_letters n = {0};
    struct words words = {0};
    for (size_t i = 0; i < n_slices; i++)
        ingest_count_letters(&n, n_slices == 1 ? text : slice(text, i));
    const size_t cjk = n.han + n.kana + n.hangul;
    /* An ideograph says about as much as three letters. */
    if (3 * cjk > n.latin + n.other) {
        if (8 * n.hangul > cjk)
            return "ko";
        if (8 * n.kana > cjk)
            return "ja";
        return n.traditional > 0 ? "zh-Hant" : "zh-Hans";
    }
    for (size_t i = 0; i < n_slices && n.latin > n.other; i++)
        count_words(&words, n_slices == 1 ? text : slice(text, i));
    /* English has one of these words in every two to four; one in ten is asked for. */
    return words.hits && words.hits * 10 >= words.n ? "en" : "und";
}
