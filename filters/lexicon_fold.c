#include "filters/lexicon_fold.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/unorm2.h>
#include <unicode/utrans.h>
#include "weir/utf8.h"

/* ---- the tables ---- */

/* What stands for letters: Greek and Cyrillic as in Unicode's confusables.txt (UTS #39), and Latin
 * letters with a mark of their own; letter by letter below. */
static const char *const looks[][2] = {
    {"а", "a"}, {"в", "b"}, {"с", "c"}, {"ԁ", "d"}, {"е", "e"}, {"ё", "e"}, {"ғ", "f"}, {"һ", "h"},
    {"н", "h"}, {"і", "i"}, {"ї", "i"}, {"ј", "j"}, {"к", "k"}, {"ӏ", "l"}, {"м", "m"}, {"п", "n"},
    {"о", "o"}, {"р", "p"}, {"ԛ", "q"}, {"г", "r"}, {"ѕ", "s"}, {"т", "t"}, {"ս", "u"}, {"ѵ", "v"},
    {"ԝ", "w"}, {"х", "x"}, {"у", "y"}, {"α", "a"}, {"β", "b"}, {"ε", "e"}, {"γ", "y"}, {"η", "n"},
    {"ι", "i"}, {"κ", "k"}, {"ν", "v"}, {"ο", "o"}, {"ρ", "p"}, {"τ", "t"}, {"υ", "u"}, {"χ", "x"},
    {"ω", "w"}, {"ø", "o"}, {"ł", "l"}, {"đ", "d"}, {"ħ", "h"}, {"ı", "i"}, {"ɑ", "a"}, {"ɡ", "g"},
    {"ƒ", "f"}, {"ɩ", "i"}, {"օ", "o"}, {"հ", "h"}, {"ց", "g"},
};

static void set_looks(lexicon_fold *f, const UNormalizer2 *nfd)
{
    unsigned len;
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
        f->look[weir_utf8_decode(looks[i][0], strlen(looks[i][0]), &len)] = (uint8_t)*looks[i][1];
    /* é and ü are an e and a u to whoever reads on. */
    for (uint32_t c = 0xC0; c < 0x250; c++) {
        UErrorCode status = U_ZERO_ERROR;
        UChar parts[8];
        const int32_t n = unorm2_getDecomposition(nfd, (UChar32)c, parts, 8, &status);
        if (n > 1 && U_SUCCESS(status) && parts[0] >= 'a' && parts[0] <= 'z')
            f->look[c] = (uint8_t)parts[0];
    }
}

static int is_kept(uint32_t c)
{
    return weir_is_han(c) || weir_is_letter(c) || weir_is_number(c);
}

/* Bytes of c (below U+10000) in UTF-8. */
static unsigned utf8_size(uint32_t c)
{
    return c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
}

static void set_casefold(lexicon_fold *f, const UNormalizer2 *nfkc_cf)
{
    for (uint32_t c = 0; c < 1 << 16; c++) {
        UErrorCode status = U_ZERO_ERROR;
        UChar from = (UChar)c, to[64];
        f->to[c] = (uint16_t)c;
        if (c >= 0xD800 && c < 0xE000)
            continue;
        const int32_t n = unorm2_normalize(nfkc_cf, &from, 1, to, 64, &status);
        if (U_FAILURE(status) || n > 1)
            continue;
        if (n == 0)
            f->to[c] = 0;
        else if (is_kept(to[0]) && utf8_size(to[0]) <= utf8_size(c))
            f->to[c] = to[0];
    }
    f->to[0] = 1; // NUL is a character like any other, and 0 means "left out"
}

/* ICU's rules see a line each: no neighbours. */
static int set_simplified(lexicon_fold *f, struct weir_err *err)
{
    enum { FIRST = 0x3400, LAST = 0x9FFF, N = 2 * (LAST - FIRST + 1) };
    static const UChar name[] = {'H', 'a', 'n', 't', '-', 'H', 'a', 'n', 's', 0};
    UErrorCode status = U_ZERO_ERROR;
    UTransliterator *t = utrans_openU(name, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
    UChar *all = weir_calloc(2 * N, sizeof *all);
    int32_t n = 0, limit = N;
    for (uint32_t c = FIRST; all && c <= LAST; c++) {
        all[n++] = (UChar)c;
        all[n++] = '\n';
    }
    if (all && U_SUCCESS(status))
        utrans_transUChars(t, all, &n, 2 * N, 0, &limit, &status);
    const int good = all && U_SUCCESS(status);
    uint32_t c = FIRST;
    for (int32_t i = 0; good && i < n && c <= LAST; c++) {
        if (i + 1 < n && all[i + 1] == '\n' && weir_is_han(all[i]))
            f->to[c] = all[i];
        while (i < n && all[i++] != '\n')
            ;
    }
    /* What folds to a traditional character folds to its simplified one. */
    for (c = 0; good && c < 1 << 16; c++)
        if (f->to[c] >= FIRST && f->to[c] <= LAST)
            f->to[c] = f->to[f->to[c]];
    free(all);
    utrans_close(t);
    return good ? 0 : weir_err_set(err, WEIR_EFAIL, "ICU: no Hant-Hans: %s", u_errorName(status));
}

static enum lexicon_kind kind_of(const lexicon_fold *f, uint32_t c)
{
    if (weir_is_ascii_alpha(c))
        return LEX_LETTER;
    if (c < 0x80 && c && strchr("0134578$@", (int)c))
        return LEX_LEET;
    if (c == '!' || c == '|')
        return LEX_BANG;
    if (c == ' ' || c == 0x3000 || c == 0xA0)
        return LEX_SPACE;
    if (weir_is_han(c))
        return LEX_HAN;
    if (c < sizeof f->look && f->look[c])
        return LEX_LOOK;
    /* Marks of Chinese sentences separate what belongs apart. */
    if (weir_is_symbol(c) || (weir_is_punct(c) && (c < 0x2000 || c == 0x2022 || c == 0x30FB)))
        return LEX_SIGN;
    return LEX_OTHER;
}

static int is_between(unsigned kind)
{
    return kind == LEX_SIGN || kind == LEX_BANG;
}

static int shows_evasion(unsigned h)
{
    const unsigned a = h & 7, b = h >> 3 & 7, c = h >> 6 & 7, d = h >> 9 & 7, e = h >> 12;
    if (a == LEX_LETTER && (b == LEX_LEET || b == LEX_LOOK))
        return 1;
    if (b == LEX_LETTER && (a == LEX_LEET || a == LEX_LOOK))
        return 1;
    if (a == LEX_LETTER && b == LEX_BANG && c == LEX_LETTER)
        return 1;
    if (a == LEX_HAN && is_between(b) && c == LEX_HAN)
        return 1;
    if (a == LEX_HAN && b == LEX_SPACE && c == LEX_HAN && d == LEX_SPACE && e == LEX_HAN)
        return 1;
    if (a == LEX_LETTER && b == LEX_SIGN && c == LEX_LETTER && d == LEX_SIGN && e == LEX_LETTER)
        return 1;
    return a == LEX_SPACE && b == LEX_LETTER && c == LEX_SPACE && d == LEX_LETTER &&
           (e == LEX_SPACE || e == LEX_OTHER);
}

lexicon_fold *lexicon_fold_new(struct weir_err *err)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfkc_cf = unorm2_getNFKCCasefoldInstance(&status);
    const UNormalizer2 *nfd = unorm2_getNFDInstance(&status);
    lexicon_fold *f = weir_calloc(1, sizeof *f);
    if (!f) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    if (U_FAILURE(status)) {
        weir_err_set(err, WEIR_EFAIL, "ICU: no NFKC_Casefold: %s", u_errorName(status));
        free(f);
        return NULL;
    }
    set_looks(f, nfd);
    set_casefold(f, nfkc_cf);
    if (set_simplified(f, err) < 0) {
        free(f);
        return NULL;
    }
    for (uint32_t c = 0; c < 1 << 16; c++)
        f->kind[c] = (uint8_t)kind_of(f, f->to[c]);
    for (unsigned h = 0; h < LEX_HISTORY; h++)
        f->trigger[h >> 3] |= (uint8_t)(shows_evasion(h) << (h & 7));
    return f;
}

/* ---- the first view ---- */

static uint32_t fold_beyond(uint32_t c)
{
    /* Mathematical alphabets of Latin letters, bold to monospace: 26 capitals, 26 small, in turn.
     */
    if (c >= 0x1D400 && c < 0x1D6A4)
        return 'a' + (c - 0x1D400) % 26;
    if (c >= 0x1D7CE && c < 0x1D800)
        return '0' + (c - 0x1D7CE) % 10;
    if (c >= 0x1F110 && c < 0x1F18A && (c - 0x1F110) % 32 < 26) // squared, circled letters
        return 'a' + (c - 0x1F110) % 32;
    /* Tags and variation selectors show nothing. */
    return c >= 0xE0000 && c < 0xE0200 ? 0 : c;
}

/* One character: what it becomes (0: nothing) and its kind. */
static inline uint32_t fold_one(const lexicon_fold *f, const char *p, size_t n, unsigned *len,
                                unsigned *kind)
{
    const uint32_t c = weir_utf8_decode(p, n, len);
    if (c < 1 << 16) {
        *kind = f->kind[c];
        return f->to[c];
    }
    const uint32_t to = fold_beyond(c);
    *kind = to < 1 << 16 ? f->kind[to] : weir_is_han(to) ? LEX_HAN : LEX_SIGN;
    return to;
}

/* The runs of one sign or of spaces count as one character in the history. */
static inline unsigned push(unsigned h, unsigned kind)
{
    const unsigned same = (h & 7) == kind && (kind == LEX_SIGN || kind == LEX_SPACE);
    return same ? h : (h << 3 | kind) & (LEX_HISTORY - 1);
}

enum { START = LEX_SPACE << 6 | LEX_SPACE << 3 | LEX_SPACE };

/* Room: four bytes may be written where fewer are needed. */
int lexicon_fold_text(const lexicon_fold *f, struct weir_span text, struct weir_buf *out,
                      struct weir_buf *marks)
{
    if (weir_buf_reserve(out, text.n))
        return WEIR_EMEM;
    const size_t n_marks = text.n / 512 + 1;
    if (marks) {
        marks->n = 0;
        if (weir_buf_reserve(marks, n_marks))
            return WEIR_EMEM;
        memset(marks->p, 0, n_marks);
        marks->n = n_marks;
    }
    char *const o = out->p + out->n;
    size_t j = 0;
    unsigned len, kind, h = START;
    for (size_t i = 0; i < text.n; i += len) {
        const uint32_t to = fold_one(f, text.p + i, text.n - i, &len, &kind);
        if (!to)
            continue;
        h = push(h, kind);
        unsigned marked = f->trigger[h >> 3] >> (h & 7) & 1;
        if (to < 0x80) {
            o[j++] = (char)to;
            marked |= kind == LEX_LETTER && j > 2 && o[j - 2] == (char)to && o[j - 3] == (char)to;
        } else {
            j += weir_utf8_encode(to, o + j);
        }
        if (marked && marks)
            marks->p[(j - 1) >> 9] |= (char)(1 << ((j - 1) >> 6 & 7));
    }
    out->n += j;
    return 0;
}

void lexicon_fold_sources(const lexicon_fold *f, struct weir_span text, size_t *at, size_t n)
{
    size_t i = 0, j = 0, k = 0;
    unsigned len = 0, kind;
    char room[4];
    for (; i < text.n && k < n; i += len) {
        const uint32_t to = fold_one(f, text.p + i, text.n - i, &len, &kind);
        if (!to)
            continue;
        j += to < 0x80 ? 1 : weir_utf8_encode(to, room);
        while (k < n && at[k] < j)
            at[k++] = i;
    }
    for (; k < n; k++)
        at[k] = text.n;
}
