/* Words of normalised text.
 *
 * spaCy's English tokenizer (spacy/lang/en, spacy/tokenizer.pyx) works on what stands between
 * spaces: contractions are looked up whole; else single characters are taken off the front, and
 * single characters and units of measure off the back, as long as there are any; symbols inside
 * part what is left.  datatrove has lower-cased the text and made spaces of most punctuation
 * before, so that only the rules below can still apply. */
#include "dedup/dedup_compat.h"

#include <stdlib.h>
#include <string.h>

#include "lib/xxh.h"
#include "weir/utf8.h"

struct range {
    uint32_t first, last;
};

/* spaCy's table of other symbols, which is that of Unicode 11. */
static const struct range symbols[] = {
    {0xA6, 0xA6},       {0xA9, 0xA9},       {0xAE, 0xAE},       {0xB0, 0xB0},
    {0x482, 0x482},     {0x58D, 0x58E},     {0x60E, 0x60F},     {0x6DE, 0x6DE},
    {0x6E9, 0x6E9},     {0x6FD, 0x6FE},     {0x7F6, 0x7F6},     {0x9FA, 0x9FA},
    {0xB70, 0xB70},     {0xBF3, 0xBF8},     {0xBFA, 0xBFA},     {0xC7F, 0xC7F},
    {0xD4F, 0xD4F},     {0xD79, 0xD79},     {0xF01, 0xF03},     {0xF13, 0xF13},
    {0xF15, 0xF1F},     {0xF34, 0xF38},     {0xFBE, 0xFCC},     {0xFCE, 0xFCF},
    {0xFD5, 0xFD8},     {0x109E, 0x109F},   {0x1390, 0x1399},   {0x1940, 0x1940},
    {0x19DE, 0x19FF},   {0x1B61, 0x1B7C},   {0x2100, 0x2101},   {0x2103, 0x2106},
    {0x2108, 0x2109},   {0x2114, 0x2114},   {0x2116, 0x2117},   {0x211E, 0x2123},
    {0x2125, 0x2127},   {0x2129, 0x2129},   {0x212E, 0x212E},   {0x213A, 0x213B},
    {0x214A, 0x214A},   {0x214C, 0x214D},   {0x214F, 0x214F},   {0x218A, 0x218B},
    {0x2195, 0x219F},   {0x21A1, 0x21A2},   {0x21A4, 0x21A5},   {0x21A7, 0x21D1},
    {0x21D3, 0x21D3},   {0x21D5, 0x21F3},   {0x2300, 0x2307},   {0x230C, 0x231F},
    {0x2322, 0x237B},   {0x237D, 0x239A},   {0x23B4, 0x23DB},   {0x23E2, 0x2426},
    {0x2440, 0x244A},   {0x249C, 0x24E9},   {0x2500, 0x25B6},   {0x25B8, 0x25C0},
    {0x25C2, 0x25F7},   {0x2600, 0x266E},   {0x2670, 0x2767},   {0x2794, 0x27BF},
    {0x2800, 0x28FF},   {0x2B00, 0x2B2F},   {0x2B45, 0x2B46},   {0x2B4D, 0x2B73},
    {0x2B76, 0x2B95},   {0x2B98, 0x2BC8},   {0x2BCA, 0x2BFE},   {0x2CE5, 0x2CEA},
    {0x2E80, 0x2E99},   {0x2E9B, 0x2EF3},   {0x2F00, 0x2FD5},   {0x2FF0, 0x2FFB},
    {0x3004, 0x3004},   {0x3012, 0x3013},   {0x3020, 0x3020},   {0x3036, 0x3037},
    {0x303E, 0x303F},   {0x3190, 0x3191},   {0x3196, 0x319F},   {0x31C0, 0x31E3},
    {0x3200, 0x321E},   {0x322A, 0x3247},   {0x3250, 0x3250},   {0x3260, 0x327F},
    {0x328A, 0x32B0},   {0x32C0, 0x32FE},   {0x3300, 0x33FF},   {0x4DC0, 0x4DFF},
    {0xA490, 0xA4C6},   {0xA828, 0xA82B},   {0xA836, 0xA837},   {0xA839, 0xA839},
    {0xAA77, 0xAA79},   {0xFDFD, 0xFDFD},   {0xFFE4, 0xFFE4},   {0xFFE8, 0xFFE8},
    {0xFFED, 0xFFEE},   {0xFFFC, 0xFFFD},   {0x10137, 0x1013F}, {0x10179, 0x10189},
    {0x1018C, 0x1018E}, {0x10190, 0x1019B}, {0x101A0, 0x101A0}, {0x101D0, 0x101FC},
    {0x10877, 0x10878}, {0x10AC8, 0x10AC8}, {0x1173F, 0x1173F}, {0x16B3C, 0x16B3F},
    {0x16B45, 0x16B45}, {0x1BC9C, 0x1BC9C}, {0x1D000, 0x1D0F5}, {0x1D100, 0x1D126},
    {0x1D129, 0x1D15D}, {0x1D16A, 0x1D16C}, {0x1D183, 0x1D1E8}, {0x1D200, 0x1D245},
    {0x1D300, 0x1D356}, {0x1D800, 0x1DA86}, {0x1ECAC, 0x1ECAC}, {0x1F000, 0x1F02B},
    {0x1F030, 0x1F093}, {0x1F0A0, 0x1F0AE}, {0x1F0B1, 0x1F0BF}, {0x1F0C1, 0x1F0CF},
    {0x1F0D1, 0x1F0F5}, {0x1F110, 0x1F16B}, {0x1F170, 0x1F1AC}, {0x1F1E6, 0x1F202},
    {0x1F210, 0x1F23B}, {0x1F240, 0x1F248}, {0x1F250, 0x1F251}, {0x1F260, 0x1F265},
    {0x1F300, 0x1F3FA}, {0x1F400, 0x1F6D4}, {0x1F6E0, 0x1F6EC}, {0x1F6F0, 0x1F6F9},
    {0x1F700, 0x1F773}, {0x1F780, 0x1F7D8}, {0x1F800, 0x1F80B}, {0x1F810, 0x1F847},
    {0x1F850, 0x1F859}, {0x1F860, 0x1F887}, {0x1F890, 0x1F8AD}, {0x1F900, 0x1F90B},
    {0x1F910, 0x1F93E}, {0x1F940, 0x1F970}, {0x1F973, 0x1F976}, {0x1F97A, 0x1F97A},
    {0x1F97C, 0x1F9A2}, {0x1F9B0, 0x1F9B9}, {0x1F9C0, 0x1F9C2}, {0x1F9D0, 0x1F9FF},
    {0x1FA60, 0x1FA6D},
};

/* spaCy's letters, for the signs < = > between them. */
static const struct range letters[] = {
    {0x61, 0x7A},       {0xDF, 0xF0},       {0xF8, 0x1BF},      {0x1C6, 0x2AF},
    {0x3A2, 0x3C9},     {0x430, 0x44F},     {0x454, 0x45A},     {0x491, 0x491},
    {0x497, 0x497},     {0x4A3, 0x4A3},     {0x4AF, 0x4AF},     {0x4BB, 0x4BB},
    {0x4D9, 0x4D9},     {0x4E9, 0x4E9},     {0x5BE, 0x5F4},     {0x620, 0x64A},
    {0x66E, 0x6D5},     {0x6E5, 0x6FF},     {0x750, 0x77F},     {0x8A0, 0x8BD},
    {0x903, 0x9FF},     {0xB80, 0xCFF},     {0xD80, 0xDFF},     {0x1100, 0x137F},
    {0x1D00, 0x1D25},   {0x1D6B, 0x1D77},   {0x1D79, 0x1D9A},   {0x1E9A, 0x1EFF},
    {0x2C61, 0x2C7B},   {0x2E80, 0x2FDF},   {0x2FF0, 0x30FF},   {0x31C0, 0x31EF},
    {0x3200, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA723, 0xA76F},   {0xA771, 0xA787},
    {0xA78C, 0xA78E},   {0xA791, 0xA7B9},   {0xA7FA, 0xA7FA},   {0xAB30, 0xAB5A},
    {0xAB60, 0xAB64},   {0xD7A4, 0xD7AF},   {0xFA0E, 0xFAFF},   {0xFB20, 0xFBB1},
    {0xFBD3, 0xFD3D},   {0xFD50, 0xFDC7},   {0xFDF0, 0xFDFB},   {0xFE30, 0xFE4F},
    {0xFE70, 0xFEFC},   {0xFF41, 0xFF5A},   {0x1EE00, 0x1EEBB}, {0x1F200, 0x1F2FF},
    {0x20000, 0x2A6DF}, {0x2A700, 0x2EBEF}, {0x2FA1E, 0x2FA1F},
};

/* Contractions without their apostrophe, and where they are parted. */
static const char contractions[][13] = {
    "ai|nt",       "are|nt",      "can|not",      "ca|nt",     "ca|nt|ve",    "could|nt",
    "could|nt|ve", "could|ve",    "dare|nt",      "did|nt",    "did|nt|ve",   "does|nt",
    "does|nt|ve",  "do|nt",       "do|nt|ve",     "gon|na",    "got|ta",      "had|nt",
    "had|nt|ve",   "has|nt",      "have|nt",      "he|d",      "he|d|ve",     "he|ll|ve",
    "he|s",        "how|d",       "how|d|ve",     "how|ll",    "how|ll|ve",   "how|re",
    "how|s",       "how|ve",      "i|d",          "i|d|ve",    "i|ll|ve",     "i|m",
    "i|m|a",       "is|nt",       "it|d",         "it|d|ve",   "it|ll",       "it|ll|ve",
    "i|ve",        "may|nt",      "may|nt|ve",    "might|nt",  "might|nt|ve", "might|ve",
    "must|nt",     "must|nt|ve",  "must|ve",      "need|nt",   "need|nt|ve",  "not|ve",
    "ought|nt",    "ought|nt|ve", "sha|nt",       "sha|nt|ve", "she|d|ve",    "she|ll|ve",
    "she|s",       "should|nt",   "should|nt|ve", "should|ve", "that|d",      "that|d|ve",
    "that|ll",     "that|ll|ve",  "that|s",       "there|d",   "there|d|ve",  "there|ll",
    "there|ll|ve", "there|re",    "there|s",      "there|ve",  "these|d",     "these|d|ve",
    "these|ll",    "these|ll|ve", "these|re",     "these|ve",  "they|d",      "they|d|ve",
    "they|ll",     "they|ll|ve",  "they|re",      "they|ve",   "this|d",      "this|d|ve",
    "this|ll",     "this|ll|ve",  "this|s",       "those|d",   "those|d|ve",  "those|ll",
    "those|ll|ve", "those|re",    "those|ve",     "was|nt",    "we|d",        "we|d|ve",
    "we|ll|ve",    "were|nt",     "we|ve",        "what|d",    "what|d|ve",   "what|ll",
    "what|ll|ve",  "what|re",     "what|s",       "what|ve",   "when|d",      "when|d|ve",
    "when|ll",     "when|ll|ve",  "when|re",      "when|s",    "when|ve",     "where|d",
    "where|d|ve",  "where|ll",    "where|ll|ve",  "where|re",  "where|s",     "where|ve",
    "who|d",       "who|d|ve",    "who|ll",       "who|ll|ve", "who|s",       "who|ve",
    "why|d",       "why|d|ve",    "why|ll",       "why|ll|ve", "why|re",      "why|s",
    "why|ve",      "wo|nt",       "wo|nt|ve",     "would|nt",  "would|nt|ve", "would|ve",
    "y|all",       "you|d",       "you|d|ve",     "you|ll",    "you|ll|ve",   "you|re",
    "you|ve",
};

static const char *const units[] = {
    "km",  "km²", "km³",  "m",   "m²",   "m³", "dm",   "dm²",  "dm³", "cm",  "cm²", "cm³", "mm",
    "mm²", "mm³", "ha",   "µm",  "nm",   "yd", "in",   "ft",   "kg",  "g",   "mg",  "µg",  "t",
    "lb",  "oz",  "kmh",  "mph", "mbar", "mb", "kb",   "gb",   "tb",  "км",  "км²", "км³", "м",
    "м²",  "м³",  "дм",   "дм²", "дм³",  "см", "см²",  "см³",  "мм",  "мм²", "мм³", "нм",  "кг",
    "г",   "мг",  "мбар", "кб",  "мб",   "гб", "тбكم", "كم²",  "كم³", "م",   "م²",  "م³",  "سم",
    "سم²", "سم³", "مم",   "مم²", "مم³",  "كم", "غرام", "جرام", "جم",  "كغ",  "ملغ", "كوب", "اكواب",
};

enum { SLOTS = 512, LONGEST_CONTRACTION = 10, LONGEST_UNIT = 12 };

struct dedup_words {
    enum dedup_words_rule rule;
    struct weir_span *word;
    size_t n, cap;
    struct weir_span *tail; // suffixes, the last one first
    size_t n_tail, cap_tail;
    int failed;
    uint8_t slot[SLOTS]; // contractions by hash, number + 1
};

static int in_ranges(const struct range *r, size_t n, uint32_t c)
{
    size_t low = 0, high = n;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (c > r[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && c >= r[low].first;
}

static int is_symbol(uint32_t c)
{
    return in_ranges(symbols, sizeof symbols / sizeof *symbols, c);
}

static int is_letter(uint32_t c)
{
    return in_ranges(letters, sizeof letters / sizeof *letters, c);
}

static int is_currency(uint32_t c)
{
    return c == 0xA3 || c == 0xA5 || c == 0xE3F || (c >= 0x20A0 && c <= 0x20BF) || c == 0xFDFC;
}

/* Punctuation and quotes, taken off both ends. */
static int is_mark(uint32_t c)
{
    switch (c) {
    case ';':
    case '<':
    case '>':
    case '`':
    case 0xA1:
    case 0xB4:
    case 0xB7:
    case 0xBF:
    case 0x60C:
    case 0x61B:
    case 0x61F:
    case 0x66A:
    case 0x6D4:
    case 0x964:
    case 0x2018:
    case 0x201A:
    case 0x27E6:
    case 0x27E7:
    case 0x3008:
    case 0x3009:
    case 0x300E:
    case 0x300F:
    case 0x3014:
    case 0x3015:
        return 1;
    default:
        return is_symbol(c);
    }
}

int dedup_is_cjk(uint32_t c)
{
    return weir_is_han(c) || (c >= 0x3040 && c <= 0x30FF) || (c >= 0x3105 && c <= 0x312F) ||
           (c >= 0x31A0 && c <= 0x31BF) || (c >= 0x31F0 && c <= 0x31FF);
}

/* A contraction's letters without the bars; their number. */
static size_t letters_of(const char *contraction, char *to)
{
    size_t n = 0;
    for (; *contraction; contraction++)
        if (*contraction != '|')
            to[n++] = *contraction;
    return n;
}

static size_t home(const char *p, size_t n)
{
    return XXH3_64bits(p, n) % SLOTS;
}

dedup_words *dedup_words_new(enum dedup_words_rule rule, struct weir_err *err)
{
    dedup_words *w = calloc(1, sizeof *w);
    if (!w) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    w->rule = rule;
    for (size_t i = 0; i < sizeof contractions / sizeof *contractions; i++) {
        char whole[sizeof *contractions];
        size_t at = home(whole, letters_of(contractions[i], whole));
        while (w->slot[at])
            at = (at + 1) % SLOTS;
        w->slot[at] = (uint8_t)(i + 1);
    }
    return w;
}

void dedup_words_free(dedup_words *w)
{
    if (!w)
        return;
    free(w->word);
    free(w->tail);
    free(w);
}

/* The contraction that p is, with bars, or NULL. */
static const char *contraction(const dedup_words *w, const char *p, size_t n)
{
    if (n < 2 || n > LONGEST_CONTRACTION || !memchr("adelmst", p[n - 1], 7))
        return NULL;
    for (size_t at = home(p, n); w->slot[at]; at = (at + 1) % SLOTS) {
        char whole[sizeof *contractions];
        const char *found = contractions[w->slot[at] - 1];
        if (letters_of(found, whole) == n && !memcmp(whole, p, n))
            return found;
    }
    return NULL;
}

static void push(dedup_words *w, const char *p, const char *end)
{
    if (weir_grow(&w->word, &w->cap, w->n + 1, sizeof *w->word))
        w->failed = 1;
    else
        w->word[w->n++] = weir_span(p, (size_t)(end - p));
}

static void push_tail(dedup_words *w, const char *p, const char *end)
{
    if (weir_grow(&w->tail, &w->cap_tail, w->n_tail + 1, sizeof *w->tail))
        w->failed = 1;
    else
        w->tail[w->n_tail++] = weir_span(p, (size_t)(end - p));
}

static void push_contraction(dedup_words *w, const char *p, const char *parts)
{
    for (const char *bar; (bar = strchr(parts, '|')); parts = bar + 1) {
        push(w, p, p + (bar - parts));
        p += bar - parts;
    }
    push(w, p, p + strlen(parts));
}

/* A word of its own, whatever the affixes in it. */
static int is_special(const dedup_words *w, const char *p, const char *end)
{
    static const char quoted_s[] = "\u2018s";
    const size_t n = (size_t)(end - p);
    return contraction(w, p, n) || (n == sizeof quoted_s - 1 && !memcmp(p, quoted_s, n));
}

static uint32_t last_char(const char *p, const char *end, unsigned *len)
{
    const char *at = p + weir_utf8_prev(p, (size_t)(end - p));
    return weir_utf8_decode(at, (size_t)(end - at), len);
}

static size_t prefix(const char *p, const char *end)
{
    unsigned len;
    const uint32_t c = weir_utf8_decode(p, (size_t)(end - p), &len);
    return c == '=' || c == 0xA7 || is_currency(c) || is_mark(c) ? len : 0;
}

/* A unit behind the last digit. */
static size_t unit_suffix(const char *p, const char *end)
{
    const char *at = end;
    while (at > p && end - at <= LONGEST_UNIT && at[-1] != '0')
        at--;
    const size_t n = (size_t)(end - at);
    if (at == p || !n || at[-1] != '0')
        return 0;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strlen(units[i]) == n && !memcmp(units[i], at, n))
            return n;
    return 0;
}

static size_t suffix(const char *p, const char *end)
{
    unsigned len;
    if (p == end)
        return 0;
    const uint32_t c = last_char(p, end, &len);
    if (is_mark(c))
        return len;
    if (is_currency(c))
        return end - p > len && end[-(ptrdiff_t)len - 1] == '0' ? len : 0;
    return unit_suffix(p, end);
}

/* < = > between letters, or a digit and a letter. */
static int is_relation(const char *p, const char *at, const char *end)
{
    unsigned len;
    if ((*at != '<' && *at != '=' && *at != '>') || at == p || at + 1 == end)
        return 0;
    const uint32_t before = last_char(p, at, &len);
    return (weir_is_ascii_digit(before) || is_letter(before)) &&
           is_letter(weir_utf8_decode(at + 1, (size_t)(end - at - 1), &len));
}

/* What is left when the affixes are off: symbols part it. */
static void push_middle(dedup_words *w, const char *p, const char *end)
{
    const char *start = p;
    unsigned len;
    for (const char *at = p; at < end; at += len) {
        const uint32_t c = weir_utf8_decode(at, (size_t)(end - at), &len);
        if (at == p || !(is_symbol(c) || is_relation(p, at, end)))
            continue;
        if (at > start)
            push(w, start, at);
        push(w, at, at + len);
        start = at + len;
    }
    if (start < end)
        push(w, start, end);
}

static void push_parted(dedup_words *w, const char *p, const char *end)
{
    w->n_tail = 0;
    while (p < end && !is_special(w, p, end)) {
        const size_t front = prefix(p, end);
        if (front && p + front < end && is_special(w, p + front, end)) {
            push(w, p, p + front);
            p += front;
            break;
        }
        const size_t back = suffix(p + front, end);
        if (back)
            push_tail(w, end - back, end);
        if (front && !(back && is_special(w, p, end - back)))
            push(w, p, p + front), p += front;
        end -= back;
        if (!front && !back)
            break;
    }
    const char *parts = contraction(w, p, (size_t)(end - p));
    if (parts)
        push_contraction(w, p, parts);
    else if (p < end && is_special(w, p, end))
        push(w, p, end);
    else
        push_middle(w, p, end);
    while (w->n_tail)
        push(w, w->tail[w->n_tail - 1].p, w->tail[w->n_tail - 1].p + w->tail[w->n_tail - 1].n),
            w->n_tail--;
}

static void push_english(dedup_words *w, struct weir_span chunk, unsigned marks)
{
    const char *end = chunk.p + chunk.n, *parts;
    if (marks & DEDUP_MARK_AFFIX) {
        push_parted(w, chunk.p, end);
    } else if (marks & DEDUP_MARK_DIGIT) {
        const size_t back = unit_suffix(chunk.p, end);
        push(w, chunk.p, end - back);
        if (back)
            push(w, end - back, end);
    } else if ((parts = contraction(w, chunk.p, chunk.n))) {
        push_contraction(w, chunk.p, parts);
    } else {
        push(w, chunk.p, end);
    }
}

static void push_chars(dedup_words *w, struct weir_span chunk)
{
    const char *start = chunk.p, *end = chunk.p + chunk.n;
    unsigned len;
    for (const char *at = start; at < end; at += len) {
        if (!dedup_is_cjk(weir_utf8_decode(at, (size_t)(end - at), &len)))
            continue;
        if (at > start)
            push(w, start, at);
        push(w, at, at + len);
        start = at + len;
    }
    if (start < end)
        push(w, start, end);
}

int64_t dedup_words_of(dedup_words *w, struct weir_span chunk, unsigned marks,
                       const struct weir_span **words)
{
    w->n = 0;
    if (w->rule == DEDUP_WORDS_CHARS && marks & DEDUP_MARK_CJK)
        push_chars(w, chunk);
    else
        push_english(w, chunk, marks);
    *words = w->word;
    return w->failed ? WEIR_EMEM : (int64_t)w->n;
}
