#include "filters/filter_scripts.h"

#include <pthread.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include "weir/utf8.h"

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

void filter_scripts_add(struct weir_span t, struct filter_scripts *s)
{
    unsigned len;
    uint64_t of[SCRIPT_N] = {0};
    pthread_once(&once, fill);
    for (size_t i = 0; i < t.n; i += len) {
        const unsigned char b = (unsigned char)t.p[i];
        if (b >= 0xE5 && b <= 0xE9) { // U+5000 to U+9FFF
            of[SCRIPT_HAN]++;
            len = 3;
            continue;
        }
        const uint32_t c = weir_utf8_decode_valid(t.p + i, &len);
        const unsigned script = c < 0x10000 ? bmp[c] : classify(c);
        of[script]++;
        if (script == SCRIPT_HAN)
            count_han(s, c);
    }
    for (int k = SCRIPT_NONE + 1; k < SCRIPT_N; k++) {
        s->of[k] += of[k];
        s->letters += of[k];
    }
}

void filter_scripts_count(struct weir_span t, struct filter_scripts *s)
{
    memset(s, 0, sizeof *s);
    filter_scripts_add(t, s);
}
