/* A language tag from the script alone: cheap, and silent ("und") where script does not tell. */
#include "ingest/ingest_out.h"

#include <string.h>

#include "weir/utf8.h"

/* What is looked at: a short text whole, of a longer one this many slices of so many bytes, evenly
 * spread, since a beginning may be a table of contents or a licence in another language. */
#define SLICES 4
#define SLICE  1024

struct counts {
    size_t han, kana, hangul, latin, other; // letters
    size_t simplified, traditional;         // in GB 2312 but not Big5, and the reverse
};

static void count_letter(struct counts *n, uint32_t c)
{
    if (weir_is_han(c))
        n->han++;
    else if (c >= 0x3041 && c <= 0x30FA)
        n->kana++;
    else if (c >= 0xAC00 && c <= 0xD7A3)
        n->hangul++;
    else if (c < 0x250)
        n->latin += weir_is_letter(c) != 0;
    else if (weir_is_letter(c))
        n->other++;
}

/* Most of a Chinese text, U+4E00 to U+9FFF: the three counts of a run in one register, 21 bits
 * each, which the slices cannot fill. */
static size_t count_ideographs(struct counts *n, struct weir_span s, size_t i)
{
    enum { BITS = 21, MASK = (1 << BITS) - 1 };
    static const uint64_t ones[] = {1, 1 | (uint64_t)1 << BITS, 1 | (uint64_t)1 << 2 * BITS, 1};
    const uint8_t *standards = weir_han_standards();
    uint64_t sum = 0;
    unsigned len;
    for (; s.n - i > 2 && (unsigned char)s.p[i] >= 0xE4 && (unsigned char)s.p[i] <= 0xE9; i += 3) {
        const uint32_t c = weir_utf8_decode(s.p + i, 3, &len);
        if (c - 0x4E00 >= WEIR_HAN_STANDARDS)
            break;
        sum += ones[standards[c - 0x4E00]];
    }
    n->han += sum & MASK;
    n->simplified += sum >> BITS & MASK;
    n->traditional += sum >> 2 * BITS;
    return i;
}

static void count_letters(struct counts *n, struct weir_span s)
{
    for (size_t i = 0; i < s.n;) {
        unsigned len = 1;
        if ((unsigned char)s.p[i] < 0x80) {
            n->latin += (size_t)weir_is_ascii_alpha((unsigned char)s.p[i]);
        } else {
            const size_t end = count_ideographs(n, s, i);
            if (end > i) {
                i = end;
                continue;
            }
            count_letter(n, weir_utf8_decode(s.p + i, s.n - i, &len));
        }
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
    struct counts n = {0};
    struct words words = {0};
    for (size_t i = 0; i < n_slices; i++)
        count_letters(&n, n_slices == 1 ? text : slice(text, i));
    const size_t cjk = n.han + n.kana + n.hangul;
    /* An ideograph says about as much as three letters. */
    if (3 * cjk > n.latin + n.other) {
        if (8 * n.hangul > cjk)
            return "ko";
        if (8 * n.kana > cjk)
            return "ja";
        return n.traditional > n.simplified ? "zh-Hant" : "zh-Hans";
    }
    for (size_t i = 0; i < n_slices && n.latin > n.other; i++)
        count_words(&words, n_slices == 1 ? text : slice(text, i));
    /* English has one of these words in every two to four; one in ten is asked for. */
    return words.hits && words.hits * 10 >= words.n ? "en" : "und";
}
