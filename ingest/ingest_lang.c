/* A language tag from the script alone: cheap, and silent ("und") where script does not tell. */
#include "ingest/ingest_out.h"

#include <pthread.h>
#include <string.h>

#include "weir/utf8.h"

/* What is looked at: the beginning says enough. */
#define SAMPLE (8u << 10)

enum { SIMPLIFIED = 1, TRADITIONAL = 2 };

/* Which of the two standards has a character: GB 2312 (simplified) and Big5 (traditional).  One in
 * only one of them is evidence; 20,992 characters from U+4E00. */
static uint8_t standards[0x5200];
static pthread_once_t standards_once = PTHREAD_ONCE_INIT;

/* Decodes every two-byte code of a standard. */
static void mark(const char *icu, unsigned last_lead, uint8_t bit)
{
    UErrorCode e = U_ZERO_ERROR;
    UConverter *cnv = ucnv_open(icu, &e);
    for (unsigned lead = 0xA1; U_SUCCESS(e) && lead <= last_lead; lead++) {
        for (unsigned trail = 0x40; trail < 0xFF; trail++) {
            const char code[2] = {(char)lead, (char)trail};
            const char *p = code;
            UErrorCode bad = U_ZERO_ERROR;
            const UChar32 c = ucnv_getNextUChar(cnv, &p, code + 2, &bad);
            if (U_SUCCESS(bad) && p == code + 2 && c >= 0x4E00 && c < 0xA000)
                standards[c - 0x4E00] |= bit;
            ucnv_reset(cnv);
        }
    }
    if (cnv)
        ucnv_close(cnv);
}

static void fill_standards(void)
{
    mark("GB2312", 0xF7, SIMPLIFIED);
    mark("Big5", 0xF9, TRADITIONAL);
}

struct counts {
    size_t han, kana, hangul, latin, other; // letters
    size_t simplified, traditional;         // characters of one standard only
};

static void count_letter(struct counts *n, uint32_t c)
{
    if (c >= 0x4E00 && c < 0xA000) {
        const uint8_t s = standards[c - 0x4E00];
        n->han++;
        n->simplified += s == SIMPLIFIED;
        n->traditional += s == TRADITIONAL;
    } else if (weir_is_han(c)) {
        n->han++;
    } else if (c >= 0x3041 && c <= 0x30FA) {
        n->kana++;
    } else if (c >= 0xAC00 && c <= 0xD7A3) {
        n->hangul++;
    } else if (c < 0x250) {
        n->latin += weir_is_letter(c) != 0;
    } else if (weir_is_letter(c)) {
        n->other++;
    }
}

static void count_letters(struct counts *n, struct weir_span s)
{
    for (size_t i = 0; i < s.n;) {
        unsigned len = 1;
        if ((unsigned char)s.p[i] < 0x80)
            n->latin += (size_t)weir_is_ascii_alpha((unsigned char)s.p[i]);
        else
            count_letter(n, weir_utf8_decode(s.p + i, s.n - i, &len));
        i += len;
    }
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

/* English has one of these in every two to four words; one in ten is asked for. */
static int is_english(struct weir_span s)
{
    size_t n_words = 0, hits = 0;
    for (size_t i = 0; i < s.n;) {
        size_t end = i;
        while (end < s.n && (weir_is_ascii_alpha((unsigned char)s.p[end]) || s.p[end] & 0x80))
            end++;
        if (end > i) {
            n_words++;
            hits += (size_t)is_english_word(s.p + i, end - i);
        }
        i = end + 1;
    }
    return hits && hits * 10 >= n_words;
}

const char *ingest_guess_lang(struct weir_span text)
{
    struct counts n = {0};
    if (text.n > SAMPLE) {
        text.n = SAMPLE;
        while (text.n && (text.p[text.n] & 0xC0) == 0x80)
            text.n--;
    }
    pthread_once(&standards_once, fill_standards);
    count_letters(&n, text);
    const size_t cjk = n.han + n.kana + n.hangul;
    /* An ideograph says about as much as three letters. */
    if (3 * cjk > n.latin + n.other) {
        if (8 * n.hangul > cjk)
            return "ko";
        if (8 * n.kana > cjk)
            return "ja";
        return n.traditional > n.simplified ? "zh-Hant" : "zh-Hans";
    }
    return n.latin > n.other && is_english(text) ? "en" : "und";
}
