/* English words as spaCy's tokenizer cuts them (its documentation, "How spaCy's tokenizer works"):
 * special cases first; marks come off both ends, one of each in turn; then what is left is a
 * special case, an address, or is cut at hyphens and the like. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include "weir/utf8.h"
#include "filters/filter_words_en.h"

/* ---- classes ---- */

static uint8_t bmp[0x10000];
static pthread_once_t bmp_once = PTHREAD_ONCE_INIT;

static void mark_list(const char *chars, unsigned bit)
{
    unsigned len;
    for (size_t i = 0, n = strlen(chars); i < n; i += len)
        bmp[weir_utf8_decode(chars + i, n - i, &len) & 0xFFFF] |= (uint8_t)bit;
}

static void mark_ranges(const struct filter_range *r, unsigned bits)
{
    for (; r->from; r++)
        for (uint32_t c = r->from; c <= r->to && c < 0x10000; c++)
            bmp[c] |= (uint8_t)bits;
}

static void fill_bmp(void)
{
    static const struct filter_range signs[] = {{0x20A0, 0x20BF}, {0}}; // € and others
    for (const struct filter_range *r = filter_en_cased; r->from; r++)
        for (uint32_t c = r->from; c <= r->to; c++) {
            const int8_t k = u_charType((UChar32)c);
            const int lower = k == U_LOWERCASE_LETTER || c == 0x294;
            const int upper = k == U_UPPERCASE_LETTER || c == 0x3A2;
            bmp[c] |= (uint8_t)(EN_ALPHA | (lower ? EN_LOWER : 0) | (upper ? EN_UPPER : 0));
        }
    mark_ranges(filter_en_uncased, EN_ALPHA | EN_LOWER | EN_UPPER);
    mark_ranges(filter_en_icons, EN_ICON);
    mark_list("…,:;!?¿؟¡()[]{}<>_#*&。？！，、；：～·।،۔؛٪", EN_PUNCT);
    mark_list("'\"”“`‘´’‚,„»«「」『』（）〔〕【】《》〈〉\u2329\u232A⟦⟧", EN_QUOTE);
    mark_list("$£¥฿﷼", EN_CURRENCY);
    mark_ranges(signs, EN_CURRENCY);
    mark_list("§%=—–", EN_MARK);
}

static int is_in(const struct filter_range *r, uint32_t c)
{
    for (; r->from; r++)
        if (c >= r->from && c <= r->to)
            return 1;
    return 0;
}

static inline unsigned class_of(uint32_t c)
{
    if (c < 0x10000)
        return bmp[c];
    return is_in(filter_en_uncased, c) ? EN_ALPHA | EN_LOWER | EN_UPPER
           : is_in(filter_en_icons, c) ? EN_ICON
                                       : 0;
}

unsigned filter_en_class(uint32_t c)
{
    pthread_once(&bmp_once, fill_bmp);
    return class_of(c);
}

/* ---- a run ---- */

struct run {
    struct filter_words *w;
    struct weir_span text;
    size_t at, end;
    int specials; // are asked for
};

static inline uint32_t char_at(const struct run *r, size_t i, size_t end, unsigned *len)
{
    if (i < end)
        return weir_utf8_decode(r->text.p + i, end - i, len);
    *len = 0;
    return 0;
}

/* The character before byte i of [at, …); 0 at the start. */
static inline uint32_t char_before(const struct run *r, size_t at, size_t i, unsigned *len)
{
    *len = 0;
    if (i <= at)
        return 0;
    const size_t k = weir_utf8_prev(r->text.p, i);
    return weir_utf8_decode(r->text.p + k, i - k, len);
}

static int is_at(const struct run *r, size_t i, size_t end, const char *s)
{
    const size_t n = strlen(s);
    return end - i >= n && memcmp(r->text.p + i, s, n) == 0;
}

static size_t dots_at(const struct run *r, size_t i, size_t end)
{
    size_t n = 0;
    while (i + n < end && r->text.p[i + n] == '.')
        n++;
    return n;
}

/* ---- ends ---- */

static size_t prefix(const struct run *r)
{
    unsigned len, next;
    const uint32_t c = char_at(r, r->at, r->end, &len);
    if (c == '.') {
        const size_t n = dots_at(r, r->at, r->end);
        return n > 1 ? n : 0;
    }
    if (c == '+')
        return weir_is_ascii_digit(char_at(r, r->at + len, r->end, &next)) ? 0 : len;
    if (c == 'U' && is_at(r, r->at, r->end, "US$"))
        return 3;
    if ((c == 'C' || c == 'A') && r->end - r->at > 1 && r->text.p[r->at + 1] == '$')
        return 2;
    return class_of(c) & (EN_MARK | EN_PUNCT | EN_QUOTE | EN_CURRENCY | EN_ICON) ? len : 0;
}

/* What may stand behind a digit and comes off: currencies and units. */
static const char *const tails[] = {
    "+",    "US$", "C$",   "A$",   "km",   "km²",  "km³", "m",  "m²",  "m³",   "dm",   "dm²",
    "dm³",  "cm",  "cm²",  "cm³",  "mm",   "mm²",  "mm³", "ha", "µm",  "nm",   "yd",   "in",
    "ft",   "kg",  "g",    "mg",   "µg",   "t",    "lb",  "oz", "m/s", "km/h", "kmh",  "mph",
    "hPa",  "Pa",  "mbar", "mb",   "MB",   "kb",   "KB",  "gb", "GB",  "tb",   "TB",   "T",
    "G",    "M",   "K",    "%",    "км",   "км²",  "км³", "м",  "м²",  "м³",   "дм",   "дм²",
    "дм³",  "см",  "см²",  "см³",  "мм",   "мм²",  "мм³", "нм", "кг",  "г",    "мг",   "м/с",
    "км/ч", "кПа", "Па",   "мбар", "Кб",   "КБ",   "кб",  "Мб", "МБ",  "мб",   "Гб",   "ГБ",
    "гб",   "Тб",  "ТБ",   "тбكم", "كم²",  "كم³",  "م",   "م²", "م³",  "سم",   "سم²",  "سم³",
    "مم",   "مم²", "مم³",  "كم",   "غرام", "جرام", "جم",  "كغ", "ملغ", "كوب",  "اكواب"};

enum { LONGEST_TAIL = 12 };

static size_t tail(const struct run *r, size_t at)
{
    size_t i = r->end;
    unsigned len;
    while (i > at && r->end - i <= LONGEST_TAIL &&
           !weir_is_ascii_digit((unsigned char)r->text.p[i - 1]))
        i--;
    if (i == at || i == r->end || r->end - i > LONGEST_TAIL)
        return 0;
    const size_t n = r->end - i;
    const uint32_t c = char_at(r, i, r->end, &len);
    if (len == n && class_of(c) & EN_CURRENCY)
        return n;
    for (size_t k = 0; k < sizeof tails / sizeof *tails; k++)
        if (strlen(tails[k]) == n && memcmp(tails[k], r->text.p + i, n) == 0)
            return n;
    return 0;
}

static size_t suffix_dot(const struct run *r, size_t at)
{
    unsigned len, len2;
    size_t n = 1;
    while (r->end - at > n && r->text.p[r->end - n - 1] == '.')
        n++;
    if (n > 1)
        return n;
    const uint32_t b = char_before(r, at, r->end - 1, &len);
    const uint32_t a = char_before(r, at, r->end - 1 - len, &len2);
    const unsigned k = class_of(b);
    const int plain = weir_is_ascii_digit(b) || k & (EN_LOWER | EN_PUNCT | EN_QUOTE) ||
                      (b && b < 0x80 && strchr("%-+|", (int)b)) || b == 0xB2;
    const int degree = a == 0xB0 && b && b < 0x80 && strchr("FfCcKk", (int)b);
    return plain || degree || (k & EN_UPPER && class_of(a) & EN_UPPER) ? 1 : 0;
}

/* Of text[at, end). */
static size_t suffix(const struct run *r, size_t at)
{
    if (at >= r->end)
        return 0;
    unsigned len;
    const uint32_t c = char_before(r, at, r->end, &len);
    if (c == '.')
        return suffix_dot(r, at);
    if (c == 's' || c == 'S') {
        unsigned quote;
        const uint32_t b = char_before(r, at, r->end - 1, &quote);
        if (b == '\'' || b == 0x2019)
            return 1 + quote;
    }
    size_t n =
        class_of(c) & (EN_PUNCT | EN_QUOTE | EN_ICON) || c == 0x2013 || c == 0x2014 ? len : 0;
    if (c == 0x2026 && r->end - at >= 6 && is_at(r, r->end - 6, r->end, "……"))
        n = 6;
    if (n || (c < 0x80 && !weir_is_ascii_alpha(c) && c != '+' && c != '%' && c != '$'))
        return n;
    return tail(r, at);
}

/* ---- the middle ---- */

/* Bytes at i where a word is cut, or 0; b stands before. */
static size_t infix(const struct run *r, size_t i, uint32_t b)
{
    unsigned len, next;
    const uint32_t c = char_at(r, i, r->end, &len);
    const unsigned kb = class_of(b);
    const int word = (kb & EN_ALPHA) || weir_is_ascii_digit(b);
    const uint32_t a = char_at(r, i + len, r->end, &next);
    const unsigned ka = class_of(a);
    if (c == '.') {
        const size_t n = dots_at(r, i, r->end);
        return n > 1 ? n : (kb & (EN_LOWER | EN_QUOTE)) && (ka & (EN_UPPER | EN_QUOTE)) ? 1 : 0;
    }
    if (c == 0x2026 || class_of(c) & EN_ICON)
        return len;
    if ((c == '+' || c == '-' || c == '*' || c == '^') && weir_is_ascii_digit(b) &&
        (weir_is_ascii_digit(a) || a == '-'))
        return 1;
    if (c == ',')
        return kb & EN_ALPHA && ka & EN_ALPHA ? 1 : 0;
    if (!word)
        return 0;
    if (c == ':' || c == '<' || c == '>' || c == '=' || c == '/')
        return ka & EN_ALPHA ? 1 : 0;
    if (c != '-' && c != '~' && c != 0x2013 && c != 0x2014)
        return 0;
    /* -, --, ---, ——, and ~ and – alone */
    const size_t most = c == '-' ? 3 : c == 0x2014 ? 2 : 1;
    size_t n = len;
    while (n < most * len && is_at(r, i + n, r->end, c == '-' ? "-" : "—"))
        n += len;
    return class_of(char_at(r, i + n, r->end, &next)) & EN_ALPHA ? n : 0;
}

static int split_middle(const struct run *r)
{
    size_t start = r->at;
    unsigned len;
    uint32_t before = 0;
    for (size_t i = r->at; i < r->end;) {
        const uint32_t c = char_at(r, i, r->end, &len);
        const size_t cut = (c < 0x80 && (weir_is_ascii_alpha(c) || weir_is_ascii_digit(c)))
                               ? 0
                               : infix(r, i, before);
        if (cut && i > r->at) {
            if (filter_words_add(r->w, r->text, start, i) < 0 ||
                filter_words_add(r->w, r->text, i, i + cut) < 0)
                return WEIR_EMEM;
            start = i + cut;
        }
        i += cut ? cut : len;
        before = char_before(r, r->at, i, &len);
    }
    return filter_words_add(r->w, r->text, start, r->end);
}

static const struct filter_en_special *special(const struct run *r, size_t at, size_t end)
{
    return r->specials ? filter_en_special_find(r->text.p + at, end - at) : NULL;
}

static int add_special(const struct run *r, size_t at, const struct filter_en_special *s)
{
    for (unsigned i = 0; i < s->n_pieces; at += s->piece[i++])
        if (filter_words_add(r->w, r->text, at, at + s->piece[i]) < 0)
            return WEIR_EMEM;
    return 0;
}

static int add_middle(const struct run *r)
{
    const struct filter_en_special *s = special(r, r->at, r->end);
    if (s)
        return add_special(r, r->at, s);
    if (filter_en_is_url(weir_span(r->text.p + r->at, r->end - r->at)))
        return filter_words_add(r->w, r->text, r->at, r->end);
    return split_middle(r);
}

/* ---- all ---- */

static int push_tail(struct filter_words *w, size_t *n, size_t end)
{
    if (weir_grow(&w->tail, &w->cap_tail, *n + 1, sizeof *w->tail) < 0)
        return WEIR_EMEM;
    w->tail[(*n)++] = (uint32_t)end;
    return 0;
}

/* Takes marks off both ends; w->tail has where each that came off the end ended.  spaCy stops where
 * a special case shows. */
static int strip(struct run *r, size_t *n_tail)
{
    while (r->at < r->end && !special(r, r->at, r->end)) {
        const size_t pre = prefix(r);
        if (pre && special(r, r->at + pre, r->end)) {
            r->at += pre;
            return filter_words_add(r->w, r->text, r->at - pre, r->at);
        }
        const size_t suf = suffix(r, r->at + pre);
        if (!pre && !suf)
            return 0;
        const int stop = suf && special(r, r->at, r->end - suf);
        if (suf) {
            if (push_tail(r->w, n_tail, r->end) < 0)
                return WEIR_EMEM;
            r->end -= suf;
        }
        if (stop)
            return 0;
        if (pre && filter_words_add(r->w, r->text, r->at, r->at + pre) < 0)
            return WEIR_EMEM;
        r->at += pre;
    }
    return 0;
}

static int split(struct run *r)
{
    const struct filter_en_special *s = special(r, r->at, r->end);
    size_t n_tail = 0;
    if (s)
        return add_special(r, r->at, s);
    if (strip(r, &n_tail) < 0 || (r->at < r->end && add_middle(r) < 0))
        return WEIR_EMEM;
    size_t at = r->end;
    while (n_tail) {
        const size_t end = r->w->tail[--n_tail];
        if (filter_words_add(r->w, r->text, at, end) < 0)
            return WEIR_EMEM;
        at = end;
    }
    return 0;
}

int filter_words_split_en(struct filter_words *w, struct weir_span text, size_t at, size_t end)
{
    struct run r = {w, text, at, end, 1};
    pthread_once(&bmp_once, fill_bmp);
    return split(&r);
}

int filter_en_split_plain(struct filter_words *w, struct weir_span text, size_t at, size_t end)
{
    struct run r = {w, text, at, end, 0};
    pthread_once(&bmp_once, fill_bmp);
    return split(&r);
}
