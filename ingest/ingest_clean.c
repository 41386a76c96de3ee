/* Cleaning: NFC (UAX #15), "\n" line ends, and nothing in the text that nobody meant to write.
 * Stretches that need nothing are copied (ingest_scan.c); the rest goes character by character, and
 * a line that holds anything NFC may change is normalised as a whole. */
#include "ingest/ingest_out.h"

#include <pthread.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "weir/utf8.h"

enum action { KEEP, NEWLINE, CONTROL, INVISIBLE, BIDI, NONCHAR, JOINER, TAG, COMPOSE };

/* Pieces of a line that are normalised at a time; longer only where no boundary is found. */
#define PIECE (64u << 10)
/* Marks in a row before U+034F is put between them: Stream-Safe Text Format, UAX #15, 13.  Without
 * a limit the canonical ordering of a hostile run takes the square of its length. */
#define MAX_MARKS 30
/* Characters looked back at for what a joiner or an emoji tag belongs to. */
#define LOOK_BACK 32

static int needs_nfc(uint32_t c)
{
    return u_getCombiningClass((UChar32)c) != 0 ||
           u_getIntPropertyValue((UChar32)c, UCHAR_NFC_QUICK_CHECK) != UNORM_YES;
}

static enum action classify(uint32_t c)
{
    if (c < 0x20)
        return c == '\n' || c == '\t' ? KEEP : c >= 0x0B && c <= 0x0D ? NEWLINE : CONTROL;
    if (c == 0x85 || c == 0x2028 || c == 0x2029)
        return NEWLINE;
    if (c >= 0x7F && c < 0xA0)
        return CONTROL;
    if ((c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF))
        return NONCHAR;
    if (c == 0x200C || c == 0x200D)
        return JOINER;
    if (c == 0xAD || c == 0x180E || c == 0x200B || (c >= 0x2060 && c <= 0x2064) || c == 0xFEFF ||
        (c >= 0xFFF9 && c <= 0xFFFB))
        return INVISIBLE;
    if (c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
        (c >= 0x2066 && c <= 0x206F))
        return BIDI;
    if (c >= 0xE0000 && c <= 0xE007F)
        return TAG;
    return needs_nfc(c) ? COMPOSE : KEEP;
}

static uint8_t bmp[0x10000];
static pthread_once_t bmp_once = PTHREAD_ONCE_INIT;

static void fill_bmp(void)
{
    for (uint32_t c = 0; c < 0x10000; c++)
        bmp[c] = (uint8_t)classify(c);
}

static enum action action_of(uint32_t c)
{
    return c < 0x10000 ? (enum action)bmp[c] : classify(c);
}

/* Characters that stand between a joiner and the character it joins. */
static int is_attached(uint32_t c)
{
    return c == 0xFE0F || (c >= 0x1F3FB && c <= 0x1F3FF) || u_getCombiningClass((UChar32)c) != 0 ||
           u_getIntPropertyValue((UChar32)c, UCHAR_JOINING_TYPE) == U_JT_TRANSPARENT;
}

static int joins(uint32_t c)
{
    const int t = u_getIntPropertyValue((UChar32)c, UCHAR_JOINING_TYPE);
    return c != 0x200D && t != U_JT_NON_JOINING && t != U_JT_TRANSPARENT;
}

/* ZWJ and ZWNJ stay where they mean something: behind a virama, between two letters of a joining
 * script (both after RFC 5892, appendix A), and ZWJ between two emoji (UTS #51). */
static int joiner_means(const struct weir_buf *to, uint32_t joiner, const char *next, size_t n)
{
    unsigned len;
    const uint32_t after = n ? weir_utf8_decode(next, n, &len) : 0;
    size_t at = to->n;
    for (int k = 0; at > 0 && k < LOOK_BACK; k++) {
        const size_t prev = weir_utf8_prev(to->p, at);
        const uint32_t c = weir_utf8_decode(to->p + prev, at - prev, &len);
        if (u_getCombiningClass((UChar32)c) == 9) // virama
            return 1;
        if (!is_attached(c))
            return (joins(c) && joins(after)) ||
                   (joiner == 0x200D &&
                    u_hasBinaryProperty((UChar32)c, UCHAR_EXTENDED_PICTOGRAPHIC) &&
                    u_hasBinaryProperty((UChar32)after, UCHAR_EXTENDED_PICTOGRAPHIC));
        at = prev;
    }
    return 0;
}

/* Tag characters spell the flags of England, Scotland … behind U+1F3F4 and nothing else. */
static int tag_means(const struct weir_buf *to)
{
    size_t at = to->n;
    for (int k = 0; at > 0 && k < LOOK_BACK; k++) {
        unsigned len;
        const size_t prev = weir_utf8_prev(to->p, at);
        const uint32_t c = weir_utf8_decode(to->p + prev, at - prev, &len);
        if (c < 0xE0000 || c > 0xE007F)
            return c == 0x1F3F4;
        at = prev;
    }
    return 0;
}

static const char *dropped_as(enum action a)
{
    switch (a) {
    case CONTROL:
        return "control";
    case BIDI:
        return "bidi-control";
    case NONCHAR:
        return "noncharacter";
    default:
        return "zero-width";
    }
}

/* What the characters of a line so far ask for. */
struct line {
    int compose;    // one of them may not be NFC where it stands
    unsigned marks; // combining marks in a row
};

/* A mark counts for as many as NFC may make of it; 0 for what is none. */
static unsigned marks_in(uint32_t c)
{
    const int late = c == 0x0F73 || c == 0x0F75 || c == 0x0F81; // no marks, but made of them
    if (!late && !u_getCombiningClass((UChar32)c))
        return 0;
    return u_getIntPropertyValue((UChar32)c, UCHAR_NFC_QUICK_CHECK) == UNORM_NO ? 3 : 1;
}

/* Marks that a character which is none leaves behind itself in NFC, at most: U+FB4B becomes U+05D5
 * and U+05B9 (composition exclusions, UAX #15, 5.1). */
static unsigned marks_behind(uint32_t c)
{
    return u_getIntPropertyValue((UChar32)c, UCHAR_NFC_QUICK_CHECK) == UNORM_NO &&
                   u_getIntPropertyValue((UChar32)c, UCHAR_TRAIL_CANONICAL_COMBINING_CLASS)
               ? 3
               : 0;
}

static void count_marks(struct ingest_out *out, struct line *line, uint32_t c, struct weir_buf *to)
{
    const unsigned n = marks_in(c);
    line->compose = 1;
    line->marks = n ? line->marks + n : marks_behind(c);
    if (line->marks > MAX_MARKS) {
        weir_buf_add_utf8(to, 0x034F);
        ingest_note(out, "combining-run", 1);
        line->marks = n;
    }
}

/* One character at s; returns the bytes of input it takes. */
static size_t clean_char(struct ingest_out *out, const char *s, size_t n, struct weir_buf *to,
                         struct line *line)
{
    unsigned len;
    const uint32_t c = weir_utf8_decode(s, n, &len);
    const enum action a = c == WEIR_UTF8_BAD ? KEEP : action_of(c);
    if (a == KEEP || a == COMPOSE || (a == TAG && tag_means(to)) ||
        (a == JOINER && joiner_means(to, c, s + len, n - len))) {
        if (a == COMPOSE)
            count_marks(out, line, c, to);
        else
            line->marks = 0;
        weir_buf_add(to, s, len);
        return len;
    }
    if (a != NEWLINE) {
        ingest_note(out, dropped_as(a), 1);
        return len;
    }
    weir_buf_addc(to, '\n');
    line->marks = 0;
    ingest_note(out, "line-end", 1);
    return c == '\r' && n > 1 && s[1] == '\n' ? 2 : len;
}

/* End of the piece that begins at s[0]: a place that normalisation cannot reach over. */
static size_t piece_end(const UNormalizer2 *nfc, const char *s, size_t n)
{
    if (n <= PIECE)
        return n;
    size_t i = PIECE;
    while (i < n && (s[i] & 0xC0) == 0x80)
        i++;
    while (i < n) {
        unsigned len;
        const uint32_t c = weir_utf8_decode(s + i, n - i, &len);
        if (unorm2_hasBoundaryBefore(nfc, (UChar32)c))
            break;
        i += len;
    }
    return i;
}

/* Appends the NFC form of one piece to out->nfc. */
static int normalise(struct ingest_out *out, const UNormalizer2 *nfc, const char *s, size_t n,
                     struct weir_err *err)
{
    if (n > INT32_MAX / 16)
        return weir_err_set(err, WEIR_EBAD, "%zu bytes of combining characters in a row", n);
    /* A UTF-8 byte makes at most one unit; NFC makes at most three times as many (UAX #15, 9.2) */
    const size_t cap = n * 4 + 16;
    out->utf16.n = 0;
    if (weir_buf_reserve(&out->utf16, 2 * cap * sizeof(UChar)) ||
        weir_buf_reserve(&out->nfc, 9 * n + 16))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    UChar *u = (UChar *)(void *)out->utf16.p, *v = u + cap;
    int32_t n_u = 0, n_v, n_8 = 0;
    UErrorCode e = U_ZERO_ERROR;
    u_strFromUTF8(u, (int32_t)cap, &n_u, s, (int32_t)n, &e);
    n_v = unorm2_normalize(nfc, u, n_u, v, (int32_t)cap, &e);
    u_strToUTF8(out->nfc.p + out->nfc.n, (int32_t)(9 * n + 16), &n_8, v, n_v, &e);
    if (U_FAILURE(e))
        return weir_err_set(err, WEIR_EFAIL, "normalising: %s", u_errorName(e));
    out->nfc.n += (size_t)n_8;
    return 0;
}

/* Brings the end of *to, from start on, to NFC. */
static int compose_tail(struct ingest_out *out, struct weir_buf *to, size_t start,
                        struct weir_err *err)
{
    UErrorCode e = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&e);
    if (U_FAILURE(e))
        return weir_err_set(err, WEIR_EFAIL, "ICU: %s", u_errorName(e));
    out->nfc.n = 0;
    for (size_t at = start; at < to->n;) {
        const size_t n = piece_end(nfc, to->p + at, to->n - at);
        int rc = normalise(out, nfc, to->p + at, n, err);
        if (rc)
            return rc;
        at += n;
    }
    if (!weir_span_eq(weir_span(to->p + start, to->n - start), weir_buf_span(&out->nfc))) {
        to->n = start;
        weir_buf_add(to, out->nfc.p, out->nfc.n);
        ingest_note(out, "nfc", 1);
    }
    return 0;
}

static size_t line_start(const struct weir_buf *to, size_t from)
{
    const char *nl = to->n > from ? memrchr(to->p + from, '\n', to->n - from) : NULL;
    return nl ? (size_t)(nl + 1 - to->p) : from;
}

/* Characters from s up to a place where the fast scan may go on: behind the block, or behind the
 * line when it has to be normalised.  Returns the bytes taken, or 0 on error. */
static size_t clean_slowly(struct ingest_out *out, const char *s, size_t n, size_t from,
                           struct weir_buf *to, struct weir_err *err)
{
    size_t i = 0;
    struct line line = {0};
    while (i < n && !line.compose && i < 64)
        i += clean_char(out, s + i, n - i, to, &line);
    if (!line.compose)
        return i;
    const size_t start = line_start(to, from);
    while (i < n && !to->failed && to->p[to->n - 1] != '\n')
        i += clean_char(out, s + i, n - i, to, &line);
    if (to->failed || compose_tail(out, to, start, err))
        return 0;
    return i;
}

int ingest_clean(struct ingest_out *out, struct weir_span text, struct weir_buf *to,
                 struct weir_err *err)
{
    const size_t from = to->n;
    pthread_once(&bmp_once, fill_bmp);
    weir_buf_reserve(to, text.n);
    size_t i = 0;
    if (text.n >= 3 && !memcmp(text.p, "\xEF\xBB\xBF", 3)) {
        ingest_note(out, "bom", 1);
        i = 3;
    }
    while (i < text.n && !to->failed) {
        const size_t run = ingest_clean_run(text.p + i, text.n - i);
        weir_buf_add(to, text.p + i, run);
        i += run;
        if (i == text.n)
            break;
        const size_t took = clean_slowly(out, text.p + i, text.n - i, from, to, err);
        if (!took)
            return err->code ? err->code : weir_err_set(err, WEIR_EMEM, "out of memory");
        i += took;
    }
    weir_buf_reset(&out->nfc, INGEST_KEEP);
    weir_buf_reset(&out->utf16, INGEST_KEEP);
    return weir_buf_check(to, err);
}

int ingest_is_clean(struct weir_span text)
{
    pthread_once(&bmp_once, fill_bmp);
    size_t i = 0;
    while (i < text.n) {
        i += ingest_clean_run(text.p + i, text.n - i);
        for (size_t k = 0; i < text.n && k < 64;) {
            unsigned len;
            const uint32_t c = weir_utf8_decode(text.p + i, text.n - i, &len);
            if (action_of(c) != KEEP)
                return 0;
            i += len;
            k += len;
        }
    }
    return 1;
}
