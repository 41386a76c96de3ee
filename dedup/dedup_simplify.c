/* datatrove's and CCNet's normalised text.  Every code point becomes the same thing wherever it
 * stands, but for numbers, for which a run of digits is looked at, and the capital sigma, which is
 * another letter at the end of a word; so a table does it in one pass. */
#include "dedup/dedup_compat.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>
#include "weir/utf8.h"

enum { // what a code point becomes: low bits of code[]
    SELF,
    SPACE,
    DIGIT,
    DROP,
    SIGMA,
    ASK, // many: computed when met
    TEXT // and above: text[code - TEXT]
};
enum { MARK_SHIFT = 13, CODE_MASK = (1 << MARK_SHIFT) - 1, LONGEST = 16 };

struct mapped {
    uint8_t n, marks;
    char p[LONGEST]; // UTF-8
};

struct dedup_simple {
    enum dedup_simple_rule rule;
    const UNormalizer2 *nfd;
    size_t n_text, cap_text;
    struct mapped *text;
    uint16_t code[0x10000]; // marks << MARK_SHIFT | what
    uint8_t ascii[0x100];   // what a byte becomes, where that is one byte; else 0
};

/* datatrove's table of 66 characters are these and the 32 of ASCII; CCNet's 34 are these. */
static const uint16_t punctuation[] = {
    0xAB,   0xB4,   0xBB,   0x2013, 0x2014, 0x2019, 0x201C, 0x201D, 0x201E, 0x2026, 0x2236, 0x2501,
    0x25BA, 0x3001, 0x3002, 0x3008, 0x3009, 0x300A, 0x300B, 0x300C, 0x300D, 0x3010, 0x3011, 0xFF01,
    0xFF05, 0xFF08, 0xFF09, 0xFF0C, 0xFF0E, 0xFF11, 0xFF1A, 0xFF1B, 0xFF1F, 0xFF5E};

/* Characters that spaCy's English rules may split from a word, as far as they survive. */
static const uint16_t affixes[] = {';',    '<',    '=',    '>',    '`',    0xA1,   0xA3,   0xA5,
                                   0xA7,   0xB4,   0xB7,   0xBF,   0x60C,  0x61B,  0x61F,  0x66A,
                                   0x6D4,  0x964,  0xE3F,  0x2018, 0x201A, 0x27E6, 0x27E7, 0x3008,
                                   0x3009, 0x300E, 0x300F, 0x3014, 0x3015, 0xFDFC};

static int is_one_of(const uint16_t *list, size_t n, uint32_t c)
{
    for (size_t i = 0; i < n; i++)
        if (list[i] == c)
            return 1;
    return 0;
}

static int is_punctuation(const dedup_simple *s, uint32_t c)
{
    if (c < 0x80)
        return s->rule == DEDUP_DATATROVE && c > ' ' && c < 0x7F &&
               !((c | 32) >= 'a' && (c | 32) <= 'z') && !(c >= '0' && c <= '9');
    return is_one_of(punctuation, sizeof punctuation / sizeof *punctuation, c);
}

static int is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

static unsigned marks_of(uint32_t c)
{
    unsigned marks = dedup_is_cjk(c) ? DEDUP_MARK_CJK : 0;
    if (is_one_of(affixes, sizeof affixes / sizeof *affixes, c) || (c >= 0x20A0 && c <= 0x20BF) ||
        u_charType((UChar32)c) == U_OTHER_SYMBOL)
        marks |= DEDUP_MARK_AFFIX;
    return marks;
}

static void append(struct mapped *m, uint32_t c)
{
    m->marks |= (uint8_t)marks_of(c);
    m->n = (uint8_t)(m->n + weir_utf8_encode(c, m->p + m->n));
}

/* Lower case is one code point for all but U+0130, whose second one is dropped by datatrove. */
static uint32_t lower(uint32_t c)
{
    return c == 0x130 ? 'i' : (uint32_t)u_tolower((UChar32)c);
}

static void decompose(const dedup_simple *s, uint32_t c, struct mapped *m)
{
    UChar to[LONGEST];
    UErrorCode status = U_ZERO_ERROR;
    const int32_t n = unorm2_getDecomposition(s->nfd, (UChar32)c, to, LONGEST, &status);
    if (n < 0 || U_FAILURE(status)) {
        if (u_charType((UChar32)c) != U_NON_SPACING_MARK)
            append(m, c);
        return;
    }
    for (int32_t i = 0; i < n && m->n + 4 <= LONGEST;) {
        UChar32 part;
        U16_NEXT(to, i, n, part);
        if (u_charType(part) != U_NON_SPACING_MARK)
            append(m, (uint32_t)part);
    }
}

/* What c becomes: SELF to SIGMA, or TEXT and *m. */
static unsigned convert(const dedup_simple *s, uint32_t c, struct mapped *m)
{
    *m = (struct mapped){0};
    const int datatrove = s->rule == DEDUP_DATATROVE;
    if (c == 0x3A3)
        return SIGMA;
    if (u_charType((UChar32)c) == U_DECIMAL_DIGIT_NUMBER)
        return DIGIT;
    const uint32_t l = lower(c);
    if (is_control(l) || is_punctuation(s, l))
        return datatrove ? SPACE : DROP;
    if (datatrove && u_isUWhiteSpace((UChar32)l))
        return SPACE;
    if (datatrove)
        decompose(s, l, m);
    else
        append(m, l);
    if (!datatrove && c == 0x130)
        append(m, 0x307);
    char self[4];
    const unsigned n = weir_utf8_encode(c, self);
    if (m->n == n && !memcmp(m->p, self, n))
        return SELF;
    return m->n ? TEXT : DROP;
}

static int fill(dedup_simple *s)
{
    for (uint32_t c = 0; c < 0x10000; c++) {
        struct mapped m;
        if ((c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xD800 && c <= 0xDFFF)) {
            s->code[c] = ASK;
            continue;
        }
        if (c >= 0x4E00 && c <= 0x9FFF) { // asking ICU for all of these would take 10 ms
            s->code[c] = SELF | DEDUP_MARK_CJK << MARK_SHIFT;
            continue;
        }
        unsigned code = convert(s, c, &m);
        if (code == TEXT) {
            if (weir_grow(&s->text, &s->cap_text, s->n_text + 1, sizeof *s->text))
                return WEIR_EMEM;
            code += (unsigned)s->n_text;
            s->text[s->n_text++] = m;
        }
        s->code[c] = (uint16_t)(code | (code == SELF ? (unsigned)m.marks << MARK_SHIFT : 0));
        if (c < 0x80 && (code == SELF || code >= TEXT) && m.n == 1 && !m.marks)
            s->ascii[c] = (uint8_t)m.p[0];
    }
    return 0;
}

dedup_simple *dedup_simple_new(enum dedup_simple_rule rule, struct weir_err *err)
{
    dedup_simple *s = calloc(1, sizeof *s);
    UErrorCode status = U_ZERO_ERROR;
    if (s) {
        s->rule = rule;
        s->nfd = unorm2_getNFDInstance(&status);
        if (U_FAILURE(status)) {
            weir_err_set(err, WEIR_EFAIL, "ICU: %s", u_errorName(status));
            dedup_simple_free(s);
            return NULL;
        }
    }
    if (s && !fill(s))
        return s;
    weir_err_set(err, WEIR_EMEM, "out of memory");
    dedup_simple_free(s);
    return NULL;
}

void dedup_simple_free(dedup_simple *s)
{
    if (!s)
        return;
    free(s->text);
    free(s);
}

void dedup_simple_start(struct dedup_simple_text *t, const dedup_simple *s, struct weir_span text)
{
    t->s = s;
    t->start = t->p = text.p;
    t->end = text.p + text.n;
}

static uint32_t peek(const char *p, const char *end, unsigned *len)
{
    const uint32_t c = weir_utf8_decode(p, (size_t)(end - p), len);
    return c == WEIR_UTF8_BAD ? 0xFFFD : c;
}

static int is_digit(const char *p, const char *end, unsigned *len)
{
    if (p == end)
        return 0;
    const uint32_t c = peek(p, end, len);
    return c < 0x80 ? weir_is_ascii_digit(c) : u_charType((UChar32)c) == U_DECIMAL_DIGIT_NUMBER;
}

static const char *skip_digits(const char *p, const char *end)
{
    for (unsigned len; is_digit(p, end, &len);)
        p += len;
    return p;
}

/* Behind a number: digits, and once one of . , ، ٫ ⎖ ⎗ ⎘ with more digits. */
static const char *skip_number(const char *p, const char *end)
{
    unsigned len, next;
    p = skip_digits(p, end);
    if (p == end)
        return p;
    const uint32_t c = peek(p, end, &len);
    const int separates =
        c == '.' || c == ',' || c == 0x60C || c == 0x66B || (c >= 0x2396 && c <= 0x2398);
    return separates && is_digit(p + len, end, &next) ? skip_digits(p + len, end) : p;
}

static int has(const char *p, const char *end, UProperty property)
{
    unsigned len;
    return u_hasBinaryProperty((UChar32)peek(p, end, &len), property);
}

/* Final_Sigma (Unicode Standard, section 3.13) for the sigma of two bytes at p. */
static int is_final(const struct dedup_simple_text *t, const char *p)
{
    const char *q = p;
    do {
        if (q == t->start)
            return 0;
        q = t->start + weir_utf8_prev(t->start, (size_t)(q - t->start));
    } while (has(q, t->end, UCHAR_CASE_IGNORABLE));
    if (!has(q, t->end, UCHAR_CASED))
        return 0;
    for (q = p + 2; q < t->end && has(q, t->end, UCHAR_CASE_IGNORABLE);) {
        unsigned len;
        peek(q, t->end, &len);
        q += len;
    }
    return q == t->end || !has(q, t->end, UCHAR_CASED);
}

/* Appends what code says of the code point at p, len bytes; returns where to go on. */
static const char *put(struct dedup_simple_text *t, unsigned code, const char *p, unsigned len)
{
    struct mapped m;
    if (code == ASK)
        code = convert(t->s, peek(p, t->end, &len), &m);
    else if (code >= TEXT)
        m = t->s->text[code - TEXT];
    if (code == DIGIT) {
        weir_buf_addc(&t->chunk, '0');
        t->marks |= DEDUP_MARK_DIGIT;
        return t->s->rule == DEDUP_DATATROVE ? skip_number(p, t->end) : p + len;
    }
    if (code == SIGMA) {
        weir_buf_add_utf8(&t->chunk, is_final(t, p) ? 0x3C2 : 0x3C3);
    } else if (code == SELF) { // by way of ASK
        weir_buf_add_utf8(&t->chunk, peek(p, t->end, &len));
        t->marks |= m.marks;
    } else if (code >= TEXT) {
        weir_buf_add(&t->chunk, m.p, m.n);
        t->marks |= m.marks;
    }
    return p + len;
}

/* ASCII that becomes ASCII, the bulk of English; returns where something else stands. */
static const char *put_ascii(struct dedup_simple_text *t, const char *p)
{
    enum { STEP = 64 };
    const uint8_t *ascii = t->s->ascii;
    while (!weir_buf_reserve(&t->chunk, STEP)) {
        const char *stop = t->end - p > STEP ? p + STEP : t->end;
        char *to = t->chunk.p + t->chunk.n;
        for (; p < stop && ascii[(unsigned char)*p]; p++)
            *to++ = (char)ascii[(unsigned char)*p];
        t->chunk.n = (size_t)(to - t->chunk.p);
        if (p < stop || p == t->end)
            break;
    }
    return p;
}

int dedup_simple_next(struct dedup_simple_text *t, struct weir_span *chunk)
{
    const uint16_t *table = t->s->code;
    const char *p = t->p;
    t->chunk.n = 0;
    t->marks = 0;
    while (p < t->end) {
        unsigned len = 1;
        if (t->s->ascii[(unsigned char)*p]) {
            p = put_ascii(t, p);
            if (t->chunk.failed)
                break;
            continue;
        }
        const uint32_t c = (unsigned char)*p < 0x80 ? (unsigned char)*p : peek(p, t->end, &len);
        const unsigned code = c < 0x10000 ? table[c] : ASK, what = code & CODE_MASK;
        if (what == SELF && c != 0xFFFD) {
            if (t->chunk.cap - t->chunk.n < 4 && weir_buf_reserve(&t->chunk, 4))
                break;
            memcpy(t->chunk.p + t->chunk.n, p, len);
            t->chunk.n += len;
            t->marks |= code >> MARK_SHIFT;
            p += len;
        } else if (what == SPACE) {
            p += len;
            if (t->chunk.n)
                break;
        } else {
            p = put(t, what == SELF ? ASK : what, p, len);
        }
    }
    t->p = p;
    *chunk = weir_buf_span(&t->chunk);
    return chunk->n > 0;
}
