#include "filters/lexicon_fold.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/unorm2.h>
#include <unicode/utrans.h>
#include "weir/utf8.h"
#include "filters/filter_wide.h"

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

static void set_casefold(uint16_t *form, const UNormalizer2 *nfkc_cf)
{
    for (uint32_t c = 0; c < 1 << 16; c++) {
        UErrorCode status = U_ZERO_ERROR;
        UChar from = (UChar)c, to[64];
        form[c] = (uint16_t)c;
        if (c >= 0xD800 && c < 0xE000)
            continue;
        const int32_t n = unorm2_normalize(nfkc_cf, &from, 1, to, 64, &status);
        if (U_FAILURE(status) || n > 1)
            continue;
        if (n == 0)
            form[c] = 0;
        else if (is_kept(to[0]) && utf8_size(to[0]) <= utf8_size(c))
            form[c] = to[0];
    }
    form[0] = 1; // NUL is a character like any other, and 0 means "left out"
}

/* ICU's rules see a line each: no neighbours. */
static int set_simplified(uint16_t *form, struct weir_err *err)
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
            form[c] = all[i];
        while (i < n && all[i++] != '\n')
            ;
    }
    /* What folds to a traditional character folds to its simplified one. */
    for (c = 0; good && c < 1 << 16; c++)
        if (form[c] >= FIRST && form[c] <= LAST)
            form[c] = form[form[c]];
    free(all);
    utrans_close(t);
    return good ? 0 : weir_err_set(err, WEIR_EFAIL, "ICU: no Hant-Hans: %s", u_errorName(status));
}

static enum lexicon_kind kind_of(const lexicon_fold *f, uint32_t c)
{
    if (weir_is_ascii_alpha(c))
        return LEX_LETTER;
    if (c < 0x80 && c && strchr("0134578", (int)c))
        return LEX_LEET;
    if (c < 0x80 && c && strchr("!|$@", (int)c))
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

static int is_outside(unsigned kind)
{
    return kind == LEX_SPACE || kind == LEX_OTHER;
}

/* h: the kinds of the last five characters, a the latest. */
static int shows_evasion(unsigned h)
{
    const unsigned a = h & 7, b = h >> 3 & 7, c = h >> 6 & 7, d = h >> 9 & 7, e = h >> 12;
    if (a == LEX_LETTER) {
        const int inside = b == LEX_LEET || b == LEX_BANG;
        if (b == LEX_LOOK || (inside && c == LEX_LETTER) ||
            (inside && (c == LEX_LEET || c == LEX_BANG) && d == LEX_LETTER))
            return 1; // é aside: p0rn, l00k
        if (b == LEX_BANG && is_outside(c))
            return 1; // $lut
        if (b == LEX_SIGN && c == LEX_LETTER && d == LEX_SIGN && e == LEX_LETTER)
            return 1; // f.u.c
    }
    if (a == LEX_HAN && is_between(b) && c == LEX_HAN)
        return 1; // 色*情
    if (a == LEX_HAN && b == LEX_SPACE && c == LEX_HAN && d == LEX_SPACE && e == LEX_HAN)
        return 1; // 六 合 彩
    if (a == LEX_LOOK && b == LEX_LETTER)
        return 1;
    if (is_outside(a) && b == LEX_BANG && (c == LEX_LETTER || c == LEX_BANG))
        return 1; // fag$ a$$
    return a == LEX_SPACE && b == LEX_LETTER && c == LEX_SPACE && d == LEX_LETTER && is_outside(e);
}

/* Codes of characters that stay as they are and are Han or of no kind. */
enum { PLAIN = LEX_HAN << LEX_KIND_SHIFT | LEX_SAME };

/* form[c]: what c becomes.  place[]: where a form stands in to[]. */
static int set_codes(lexicon_fold *f, const uint16_t *form, uint16_t *place)
{
    uint16_t n = LEX_NONE + 1;
    for (uint32_t c = 0; c < 1 << 16; c++) {
        const uint16_t to = form[c];
        uint16_t at = to == c ? LEX_SAME : to ? place[to] : LEX_NONE;
        if (to && to != c && !at) {
            if (n == LEX_TO)
                return -1;
            at = place[to] = n++;
            f->to[at] = to;
        }
        f->code[c] = (uint16_t)(kind_of(f, to) << LEX_KIND_SHIFT | at);
    }
    return 0;
}

static int set_tables(lexicon_fold *f, uint16_t *form, struct weir_err *err)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfkc_cf = unorm2_getNFKCCasefoldInstance(&status);
    const UNormalizer2 *nfd = unorm2_getNFDInstance(&status);
    if (U_FAILURE(status))
        return weir_err_set(err, WEIR_EFAIL, "ICU: no NFKC_Casefold: %s", u_errorName(status));
    set_looks(f, nfd);
    set_casefold(form, nfkc_cf);
    if (set_simplified(form, err) < 0)
        return err->code;
    if (set_codes(f, form, form + (1 << 16)) < 0)
        return weir_err_set(err, WEIR_EFAIL, "ICU: more than %d forms to fold to", LEX_TO);
    for (unsigned h = 0; h < LEX_HISTORY; h++)
        f->trigger[h >> 3] |= (uint8_t)(shows_evasion(h) << (h & 7));
    return 0;
}

lexicon_fold *lexicon_fold_new(struct weir_err *err)
{
    lexicon_fold *f = weir_calloc(1, sizeof *f);
    uint16_t *form = weir_calloc(2 << 16, sizeof *form);
    const int rc =
        f && form ? set_tables(f, form, err) : weir_err_set(err, WEIR_EMEM, "out of memory");
    free(form);
    if (!rc)
        return f;
    free(f);
    return NULL;
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
    if (c >= 1 << 16) {
        const uint32_t to = fold_beyond(c);
        *kind = to < 1 << 16 ? lexicon_kind(f, to) : weir_is_han(to) ? LEX_HAN : LEX_SIGN;
        return to;
    }
    const unsigned code = f->code[c], at = code & (LEX_TO - 1);
    *kind = code >> LEX_KIND_SHIFT;
    return at == LEX_SAME ? c : f->to[at];
}

/* Runs of one kind of sign or of spaces count as one character in the history. */
static inline unsigned push(unsigned h, unsigned kind)
{
    const unsigned same = (h & 7) == kind && (kind == LEX_SIGN || kind == LEX_SPACE);
    return same ? h : (h << 3 | kind) & (LEX_HISTORY - 1);
}

enum { START = LEX_SPACE << 6 | LEX_SPACE << 3 | LEX_SPACE };

struct folding {
    const lexicon_fold *f;
    const unsigned char *p, *end; // of the text, from the next character on
    char *o, *out;                // of the view: where to go on, its start
    unsigned h;                   // history
    char *marks;                  // NULL: not asked for
};

/* The character that ends before `at` shows evasion. */
static inline void mark(struct folding *d, const char *at, unsigned evasion)
{
    const size_t last = (size_t)(at - d->out) - 1;
    if (evasion && d->marks)
        d->marks[last >> 9] |= (char)(1 << (last >> 6 & 7));
}

/* n more characters of a kind: of letters and Han only the first of a run can show evasion. */
static inline void push_run(struct folding *d, unsigned kind, size_t n)
{
    const unsigned all = kind * 011111, shift = 3 * (n < 5 ? (unsigned)n : 5);
    d->h = (d->h << shift | (all & ((1U << shift) - 1))) & (LEX_HISTORY - 1);
}

#if defined(__x86_64__)
/* Sixteen bytes, and two of the view before: all are lowered, the run of letters among them is
 * kept.  Returns its length. */
static size_t fold_letters_16(struct folding *d)
{
    const __m128i x = _mm_loadu_si128((const void *)d->p), z = _mm_set1_epi8('z' - 'a');
    const __m128i low = _mm_or_si128(x, _mm_set1_epi8(0x20));
    const __m128i rank = _mm_sub_epi8(low, _mm_set1_epi8('a'));
    const int is_letter = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(rank, z), rank));
    const size_t n = (size_t)__builtin_ctz(~(unsigned)is_letter);
    const int b = (unsigned char)d->o[-1], a = (unsigned char)d->o[-2];
    const __m128i one = _mm_or_si128(_mm_slli_si128(low, 1), _mm_cvtsi32_si128(b));
    const __m128i two = _mm_or_si128(_mm_slli_si128(low, 2), _mm_cvtsi32_si128(b << 8 | a));
    const __m128i same = _mm_and_si128(_mm_cmpeq_epi8(low, one), _mm_cmpeq_epi8(low, two));
    _mm_storeu_si128((void *)d->o, low);
    for (unsigned m = (unsigned)_mm_movemask_epi8(same) & ((1U << n) - 1); m; m &= m - 1)
        mark(d, d->o + __builtin_ctz(m) + 1, 1);
    d->p += n;
    d->o += n;
    return n;
}

static void fold_letters_wide(struct folding *d)
{
    size_t n = 16;
    while (n == 16 && d->end - d->p >= 16 && d->o - d->out >= 2)
        n = fold_letters_16(d);
}
#else
static void fold_letters_wide(struct folding *d)
{
    (void)d;
}
#endif

/* The letters behind a first one. */
static void fold_letters(struct folding *d)
{
    const unsigned char *const start = d->p;
    fold_letters_wide(d);
    while (d->p < d->end && weir_is_ascii_alpha(*d->p)) {
        const char c = (char)(*d->p++ | 32);
        *d->o++ = c;
        mark(d, d->o, d->o - d->out > 2 && c == d->o[-2] && c == d->o[-3]);
    }
    push_run(d, LEX_LETTER, (size_t)(d->p - start));
}

#if defined(__x86_64__)
/* Takes in n bytes of such characters, which were copied. */
static void push_plain(struct folding *d, size_t n)
{
    unsigned len;
    d->o += n;
    d->p += n;
    for (size_t back = n < 15 ? n : 15; back; back -= 3) {
        const uint32_t c = weir_utf8_decode_valid((const char *)d->p - back, &len);
        d->h = (d->h << 3 | d->f->code[c] >> LEX_KIND_SHIFT) & (LEX_HISTORY - 1);
    }
}

/* Characters of three bytes that stay as they are, Han and marks of Chinese sentences: behind one
 * of them none shows evasion.  Each block is copied whole: the view is no longer than what of the
 * text was read. */
WIDE_AVX2 static void fold_plain(struct folding *d)
{
    const uint16_t *code = d->f->code;
    const size_t left = (size_t)(d->end - d->p);
    uint32_t c[WIDE_CHARS];
    size_t at = 0;
    for (; left - at >= WIDE_BYTES; at += 3 * WIDE_CHARS) {
        const unsigned n = weir_wide_decode((const char *)d->p + at, c, 0);
        unsigned any = 0, k = 0;
        memcpy(d->o + at, d->p + at, 3 * WIDE_CHARS);
        for (unsigned i = 0; i < WIDE_CHARS; i++)
            any |= code[c[i]];
        if (n == WIDE_CHARS && !(any & ~PLAIN))
            continue;
        while (k < n && !(code[c[k]] & ~PLAIN))
            k++;
        at += 3 * k;
        break;
    }
    push_plain(d, at);
}
#else
static void fold_plain(struct folding *d)
{
    (void)d;
}
#endif

static void fold_any(struct folding *d)
{
    unsigned len, kind;
    const uint32_t to = fold_one(d->f, (const char *)d->p, (size_t)(d->end - d->p), &len, &kind);
    d->p += len;
    if (!to)
        return;
    if (to < 0x80)
        *d->o++ = (char)to;
    else
        d->o += weir_utf8_encode(to, d->o);
    d->h = push(d->h, kind);
    mark(d, d->o, d->f->trigger[d->h >> 3] >> (d->h & 7) & 1);
}

static int fold_text(const lexicon_fold *f, struct weir_span text, struct weir_buf *out,
                     struct weir_buf *marks, int wide)
{
    const size_t n_marks = text.n / 512 + 1;
    if (weir_buf_reserve(out, text.n) || (marks && weir_buf_reserve(marks, n_marks)))
        return WEIR_EMEM;
    if (marks) {
        memset(marks->p, 0, n_marks);
        marks->n = n_marks;
    }
    const unsigned char *const p = (const unsigned char *)text.p;
    struct folding d = {
        f, p, p + text.n, out->p + out->n, out->p + out->n, START, marks ? marks->p : NULL};
    while (d.p < d.end) {
        if (wide && *d.p >= WIDE_LEAD && !((d.h & 7) << LEX_KIND_SHIFT & ~PLAIN))
            fold_plain(&d);
        fold_any(&d);
        if (d.p < d.end && (d.h & 7) == LEX_LETTER && weir_is_ascii_alpha(*d.p))
            fold_letters(&d);
    }
    out->n += (size_t)(d.o - d.out);
    return 0;
}

int lexicon_fold_text(const lexicon_fold *f, struct weir_span text, struct weir_buf *out,
                      struct weir_buf *marks)
{
    return fold_text(f, text, out, marks, weir_wide_here());
}

int lexicon_fold_text_scalar(const lexicon_fold *f, struct weir_span text, struct weir_buf *out,
                             struct weir_buf *marks)
{
    return fold_text(f, text, out, marks, 0);
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
