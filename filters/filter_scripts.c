#include "filters/filter_scripts.h"

#include <pthread.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include "weir/utf8.h"
#include "filters/filter_wide.h"

static enum filter_script classify(uint32_t c)
{
    static const struct {
        UScriptCode icu;
        enum filter_script ours;
    } scripts[] = {
        {USCRIPT_HAN, SCRIPT_HAN},           {USCRIPT_HIRAGANA, SCRIPT_KANA},
        {USCRIPT_KATAKANA, SCRIPT_KANA},     {USCRIPT_HANGUL, SCRIPT_HANGUL},
        {USCRIPT_BOPOMOFO, SCRIPT_BOPOMOFO}, {USCRIPT_LATIN, SCRIPT_LATIN},
        {USCRIPT_CYRILLIC, SCRIPT_CYRILLIC}, {USCRIPT_GREEK, SCRIPT_GREEK},
        {USCRIPT_ARABIC, SCRIPT_ARABIC},     {USCRIPT_HEBREW, SCRIPT_HEBREW},
        {USCRIPT_THAI, SCRIPT_THAI},         {USCRIPT_DEVANAGARI, SCRIPT_DEVANAGARI},
    };
    UErrorCode e = U_ZERO_ERROR;
    if (weir_is_han(c))
        return SCRIPT_HAN;
    if (!u_isalpha((UChar32)c))
        return SCRIPT_NONE;
    const UScriptCode icu = uscript_getScript((UChar32)c, &e);
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
        if (scripts[i].icu == icu)
            return scripts[i].ours;
    /* ー, letters of two scripts and mathematical alphabets are no evidence. */
    return icu == USCRIPT_COMMON || icu == USCRIPT_INHERITED ? SCRIPT_NONE : SCRIPT_OTHER;
}

static uint8_t bmp[0x10000];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void fill(void)
{
    for (uint32_t c = 0; c < 0x10000; c++)
        bmp[c] = (uint8_t)classify(c);
}

static void count_han(struct filter_scripts *s, uint32_t c)
{
    if ((c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F))
        s->han_compat++;
    else if ((c < 0x4E00 || c > 0x9FFF) && c != 0x3007)
        s->han_extended++;
}

static inline void add_one(struct filter_scripts *s, uint32_t c)
{
    const unsigned script = c < 0x10000 ? bmp[c] : classify(c);
    s->of[script]++;
    if (script == SCRIPT_HAN)
        count_han(s, c);
}

static void add_scalar(struct weir_span t, size_t i, struct filter_scripts *s)
{
    unsigned len;
    for (; i < t.n; i += len)
        add_one(s, weir_utf8_decode_valid(t.p + i, &len));
}

#if defined(__x86_64__)
/* What is neither ASCII, most of Han nor a mark is looked up one by one. */
WIDE_AVX2 static void add_avx2(struct weir_span t, struct filter_scripts *s)
{
    unsigned len;
    size_t i = 0;
    for (; i + 34 <= t.n; i += 32) {
        const __m256i v = _mm256_loadu_si256((const void *)(t.p + i));
        const __m256i second = _mm256_loadu_si256((const void *)(t.p + i + 1));
        const __m256i third = _mm256_loadu_si256((const void *)(t.p + i + 2));
        const __m256i low = _mm256_or_si256(v, _mm256_set1_epi8(32));
        const unsigned letter = filter_wide_bits(filter_wide_between(low, 'a', 25));
        const unsigned han = filter_wide_han(v, second);
        unsigned rest = filter_wide_bits(filter_wide_between(v, 0xC0, 0x3F));
        s->of[SCRIPT_LATIN] += (unsigned)__builtin_popcount(letter);
        s->of[SCRIPT_HAN] += (unsigned)__builtin_popcount(han);
        for (rest &= ~(han | filter_wide_marks(v, second, third)); rest; rest &= rest - 1) {
            const char *p = t.p + i + (unsigned)__builtin_ctz(rest);
            add_one(s, weir_utf8_decode_valid(p, &len));
        }
    }
    while (i < t.n && (t.p[i] & 0xC0) == 0x80)
        i++; // the character's first byte was looked at above
    add_scalar(t, i, s);
}
#else
static void add_avx2(struct weir_span t, struct filter_scripts *s)
{
    add_scalar(t, 0, s);
}
#endif

static void add(struct weir_span t, struct filter_scripts *s, int wide)
{
    struct filter_scripts n = {0};
    pthread_once(&once, fill);
    if (wide)
        add_avx2(t, &n);
    else
        add_scalar(t, 0, &n);
    for (int k = SCRIPT_NONE + 1; k < SCRIPT_N; k++) {
        s->of[k] += n.of[k];
        s->letters += n.of[k];
    }
    s->han_extended += n.han_extended;
    s->han_compat += n.han_compat;
}

void filter_scripts_add(struct weir_span t, struct filter_scripts *s)
{
    add(t, s, weir_wide_here());
}

void filter_scripts_add_scalar(struct weir_span t, struct filter_scripts *s)
{
    add(t, s, 0);
}

void filter_scripts_count(struct weir_span t, struct filter_scripts *s)
{
    memset(s, 0, sizeof *s);
    filter_scripts_add(t, s);
}
