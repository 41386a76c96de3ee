/* English words, nearly as spaCy's tokenizer cuts them (its documentation, "How spaCy's tokenizer
 * works"): marks come off both ends, then contractions and addresses are known, then the middle is
 * cut at hyphens and the like. */
#include <string.h>
#include "weir/utf8.h"
#include "filters/filter_classes.h"
#include "filters/filter_words.h"

struct run {
    struct filter_words *w;
    struct weir_span text;
    size_t at, end;
};

static uint32_t char_at(const struct run *r, size_t i, size_t end, unsigned *len)
{
    if (i < end)
        return weir_utf8_decode(r->text.p + i, end - i, len);
    *len = 0;
    return 0;
}

/* The character before byte i of [at, …); 0 at the start. */
static uint32_t char_before(const struct run *r, size_t at, size_t i, unsigned *len)
{
    *len = 0;
    if (i <= at)
        return 0;
    const size_t k = weir_utf8_prev(r->text.p, i);
    return weir_utf8_decode(r->text.p + k, i - k, len);
}

/* Quotes, brackets, separators and pictures that come off both ends. */
static int is_mark(uint32_t c)
{
    /* ! " # & ' ( ) * , : ; < > ? [ ] _ ` { } */
    static const uint64_t ascii[2] = {0xDC0017CE00000000u, 0x28000001A8000000u};
    if (c < 0x80)
        return ascii[c / 64] >> c % 64 & 1;
    static const uint16_t marks[] = {0x00A1, 0x00AB, 0x00B4, 0x00B7, 0x00BB, 0x00BF, 0x060C, 0x061B,
                                     0x061F, 0x066A, 0x06D4, 0x0964, 0x2018, 0x2019, 0x201A, 0x201C,
                                     0x201D, 0x201E, 0x2026, 0x27E6, 0x27E7, 0x3001, 0x3002, 0xFF01,
                                     0xFF08, 0xFF09, 0xFF0C, 0xFF1A, 0xFF1B, 0xFF1F, 0xFF5E};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (marks[i] == c)
            return 1;
    return (c >= 0x3008 && c <= 0x3011) || c == 0x3014 || c == 0x3015;
}

static int is_currency(uint32_t c)
{
    return c == '$' || c == 0xA3 || c == 0x20AC || c == 0xA5 || c == 0xE3F ||
           (c >= 0x20A0 && c <= 0x20C0);
}

/* Category So, nearly: other symbols outside ASCII that are neither currency nor mathematics. */
static int is_icon(uint32_t c)
{
    return c >= 0x80 && (filter_class_of(c) & CLASS_SYMBOL) && !is_currency(c) &&
           !(c >= 0x2190 && c <= 0x22FF) && c != 0xB1 && c != 0xD7 && c != 0xF7 && c != 0xB4;
}

static int is_digit(uint32_t c)
{
    return weir_is_ascii_digit(c);
}

static int is_upper(uint32_t c)
{
    return c >= 'A' && c <= 'Z';
}

static int is_alpha(uint32_t c)
{
    return c < 0x80 ? weir_is_ascii_alpha(c) : (filter_class_of(c) & CLASS_LETTER) != 0;
}

static size_t dots_at(const struct run *r, size_t i, size_t end)
{
    size_t n = 0;
    while (i + n < end && r->text.p[i + n] == '.')
        n++;
    return n > 1 ? n : 0;
}

/* ---- whole words ---- */

static int is_one_of(struct weir_span s, const char *words)
{
    char key[16];
    if (s.n + 2 >= sizeof key)
        return 0;
    key[0] = key[s.n + 1] = ' ';
    memcpy(key + 1, s.p, s.n);
    key[s.n + 2] = 0;
    return memchr(s.p, ' ', s.n) == NULL && strstr(words, key) != NULL;
}

/* Abbreviations that keep their full stop. */
static int is_abbreviation(struct weir_span s)
{
    static const char words[] =
        " Adm. Apr. Aug. Ave. Bros. Calif. Co. Conn. Corp. D.C. Dec. Dr. E.G. E.g. Feb. Fla. Ga. "
        "Gen. Gov. I.E. I.e. Ill. Inc. Ind. Jan. Jr. Jul. Jun. Kan. Ltd. Mar. Mass. Md. Messrs. "
        "Mich. Minn. Miss. Mo. Mont. Mr. Mrs. Ms. Mt. N.C. N.H. N.J. N.M. N.Y. Neb. Nev. Nov. "
        "Oct. Okla. Ore. Pa. Ph.D. Prof. Rep. Rev. S.C. Sen. Sep. Sept. St. Tenn. Va. Wash. Wis. "
        "a.m. co. e.g. i.e. p.m. v.s. vs. ";
    const int starts_low = s.p[0] >= 'a'; // such have four bytes at most, others seven
    return s.n > 2 ? s.p[s.n - 1] == '.' && s.n <= (starts_low ? 4 : 7) && is_one_of(s, words)
                   : s.n == 2 && s.p[1] == '.' && weir_is_ascii_alpha((unsigned char)s.p[0]);
}

static int is_host_char(unsigned char c)
{
    return c >= 0x80 || weir_is_ascii_alpha(c) || weir_is_ascii_digit(c) || c == '-' || c == '_';
}

/* An address: [scheme://][user@]label.label.tld[:port][/…], the last label two or more lower-case
 * letters. */
static int is_address(struct weir_span s)
{
    const char *p = s.p, *const end = s.p + s.n;
    if (!memchr(p, '.', s.n))
        return 0;
    const char *mark = memmem(p, s.n, "://", 3);
    if (mark)
        p = mark + 3;
    if ((mark = memrchr(p, '@', (size_t)(end - p))) != NULL)
        p = mark + 1;
    const char *label = p, *stop = p;
    int dots = 0;
    for (; stop < end && (is_host_char((unsigned char)*stop) || *stop == '.'); stop++)
        if (*stop == '.') {
            if (stop == label)
                return 0;
            label = stop + 1;
            dots++;
        }
    for (const char *t = label; t < stop; t++)
        if (*t < 'a' || *t > 'z')
            return 0;
    return dots > 0 && stop - label >= 2 && (stop == end || strchr(":/?#", *stop) != NULL);
}

static int is_cannot(struct weir_span s)
{
    return s.n == 6 && (s.p[0] | 32) == 'c' && memcmp(s.p + 1, "annot", 5) == 0;
}

/* Bytes of a contraction at the end, 0 when there is none: n't 'll 've 're 'm 'd. */
static size_t contraction(struct weir_span s)
{
    static const char *const ends[] = {"n't", "N'T", "n’t", "'ll", "'ve", "'re", "'m",  "'d",
                                       "’ll", "’ve", "’re", "’m",  "’d",  "'LL", "'VE", "'RE"};
    if (is_cannot(s))
        return 3;
    if (!memchr(s.p, '\'', s.n) && !memchr(s.p, 0xE2, s.n))
        return 0;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        const size_t n = strlen(ends[i]);
        if (s.n > n && memcmp(s.p + s.n - n, ends[i], n) == 0)
            return n;
    }
    return 0;
}

/* ---- ends ---- */

static size_t prefix(const struct run *r)
{
    unsigned len, next;
    const size_t dots = dots_at(r, r->at, r->end);
    const uint32_t c = char_at(r, r->at, r->end, &len);
    if (dots)
        return dots;
    if (c == '+')
        return is_digit(char_at(r, r->at + len, r->end, &next)) ? 0 : len;
    return is_mark(c) || is_currency(c) || is_icon(c) || c == '%' || c == '=' || c == 0xA7 ||
                   c == 0x2013 || c == 0x2014
               ? len
               : 0;
}

static size_t suffix_dot(const struct run *r)
{
    unsigned len, len2;
    size_t n = 1;
    while (r->end - r->at > n && r->text.p[r->end - n - 1] == '.')
        n++;
    if (n > 1)
        return n;
    const uint32_t b = char_before(r, r->at, r->end - 1, &len);
    const uint32_t a = char_before(r, r->at, r->end - 1 - len, &len2);
    const int plain = (b >= 'a' && b <= 'z') || is_digit(b) || (b >= 0x80 && is_alpha(b)) ||
                      (b && b < 0x80 && strchr("%)'\"]+", (int)b));
    return plain || (b >= 0x80 && is_mark(b)) || (is_upper(b) && is_upper(a)) ? 1 : 0;
}

static size_t suffix(const struct run *r)
{
    const struct weir_span s = weir_span(r->text.p + r->at, r->end - r->at);
    unsigned len, before;
    const uint32_t c = char_before(r, r->at, r->end, &len);
    if (c == '.')
        return suffix_dot(r);
    if (s.n > 2 && (memcmp(s.p + s.n - 2, "'s", 2) == 0 || memcmp(s.p + s.n - 2, "'S", 2) == 0))
        return 2;
    if (s.n > 4 && memcmp(s.p + s.n - 4, "’s", 4) == 0)
        return 4;
    if (is_mark(c) || is_icon(c) || c == 0x2013 || c == 0x2014)
        return len;
    const int digit = is_digit(char_before(r, r->at, r->end - len, &before));
    return digit && (c == '+' || c == '%' || is_currency(c)) ? len : 0;
}

/* ---- the middle ---- */

/* Bytes at i where a word is cut, or 0; b and the character behind stand around it. */
static size_t infix(const struct run *r, size_t i, uint32_t b)
{
    unsigned len, next_len;
    const uint32_t c = char_at(r, i, r->end, &len);
    if (c == '.') {
        const size_t dots = dots_at(r, i, r->end);
        if (dots)
            return dots;
    }
    if (c == 0x2026 || (c >= 0x80 && is_icon(c)))
        return len;
    size_t n = len;
    if (c == '-' || c == 0x2014)
        while (n < 3 * len && i + n + len <= r->end &&
               memcmp(r->text.p + i, r->text.p + i + n, len) == 0)
            n += len;
    const uint32_t a = char_at(r, i + n, r->end, &next_len);
    if (is_digit(b) && (c == '+' || c == '*' || c == '^' || c == '-'))
        return is_digit(a) || a == '-' ? len : 0;
    if (c == '-' || c == '~' || c == 0x2013 || c == 0x2014)
        return is_alpha(b) && is_alpha(a) ? n : 0;
    if (c == '.')
        return (is_alpha(b) && !is_upper(b) && is_upper(a)) ? len : 0;
    if (c == ',')
        return is_alpha(b) && is_alpha(a) ? len : 0;
    if (c == ':' || c == '<' || c == '>' || c == '=' || c == '/')
        return (is_alpha(b) || is_digit(b)) && is_alpha(a) ? len : 0;
    return 0;
}

static int split_middle(const struct run *r)
{
    size_t start = r->at;
    unsigned len;
    uint32_t before = 0;
    for (size_t i = r->at; i < r->end;) {
        const uint32_t c = char_at(r, i, r->end, &len);
        const size_t cut = i > r->at && !(is_alpha(c) || is_digit(c)) ? infix(r, i, before) : 0;
        if (cut) {
            if (filter_words_add(r->w, r->text, start, i) < 0 ||
                filter_words_add(r->w, r->text, i, i + cut) < 0)
                return WEIR_EMEM;
            start = i + cut;
        }
        before = cut ? 0 : c;
        i += cut ? cut : len;
    }
    return filter_words_add(r->w, r->text, start, r->end);
}

static int is_plain(struct weir_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!weir_is_ascii_alpha((unsigned char)s.p[i]))
            return 0;
    return 1;
}

/* Marks at the end stand behind the middle: they are taken off again from the end, as they were
 * before, and then turned round. */
static int add_suffixes(const struct run *r, size_t end)
{
    struct run s = {r->w, r->text, r->at, end};
    const size_t first = r->w->n;
    while (s.end > r->end) {
        const size_t n = suffix(&s);
        if (filter_words_add(r->w, r->text, s.end - n, s.end) < 0)
            return WEIR_EMEM;
        s.end -= n;
    }
    for (size_t i = first, k = r->w->n; i + 1 < k; i++) {
        const struct filter_word w = r->w->at[i];
        r->w->at[i] = r->w->at[--k];
        r->w->at[k] = w;
    }
    return 0;
}

int filter_words_split_en(struct filter_words *w, struct weir_span text, size_t at, size_t end)
{
    struct run r = {w, text, at, end};
    const struct weir_span all = weir_span(text.p + at, end - at);
    if (is_plain(all) && !is_cannot(all))
        return filter_words_add(w, text, at, end);
    size_t n;
    while (r.at < r.end && (n = prefix(&r)) > 0) {
        if (filter_words_add(w, text, r.at, r.at + n) < 0)
            return WEIR_EMEM;
        r.at += n;
    }
    while (r.at < r.end && !is_abbreviation(weir_span(text.p + r.at, r.end - r.at)) &&
           (n = suffix(&r)) > 0)
        r.end -= n;
    const struct weir_span middle = weir_span(text.p + r.at, r.end - r.at);
    if (is_plain(middle) && !is_cannot(middle))
        return filter_words_add(w, text, r.at, r.end) < 0 ? WEIR_EMEM : add_suffixes(&r, end);
    const size_t tail = contraction(middle);
    int rc;
    if (tail)
        rc = filter_words_add(w, text, r.at, r.end - tail) < 0
                 ? WEIR_EMEM
                 : filter_words_add(w, text, r.end - tail, r.end);
    else if (is_address(middle))
        rc = filter_words_add(w, text, r.at, r.end);
    else
        rc = split_middle(&r);
    return rc < 0 ? rc : add_suffixes(&r, end);
}
