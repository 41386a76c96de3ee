#include "filters/filter_garbled.h"

#include <pthread.h>
#include <string.h>
#include <unicode/ucnv.h>
#include "weir/utf8.h"
#include "filters/filter_wide.h"

/* A character of kind GBK is only looked at where the next one FOLLOWS: the high byte of its code
 * goes on a sequence of UTF-8. */
enum { PLAIN, GBK, REPLACEMENT, PRIVATE_USE, HALF_KANA, CONTROL, LATIN, KUN, UNWRITTEN };
enum { FOLLOWS = 0x80 };

static uint8_t kind[0x10000];  // what a character may be the start of, and FOLLOWS
static uint16_t gbk[0x10000];  // its code, 0 for none
static uint8_t latin[0x10000]; // its byte in windows-1252 when that is 0x80 or more
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Bytes that begin characters of Chinese text in UTF-8: U+2000 to U+9FFF and U+F900 to U+FFFF. */
static int is_lead(unsigned byte)
{
    return (byte >= 0xE2 && byte <= 0xE9) || byte == 0xEF;
}

static void read_gbk(void)
{
    UErrorCode e = U_ZERO_ERROR;
    UConverter *cnv = ucnv_open("GBK", &e);
    for (unsigned code = 0x8140; U_SUCCESS(e) && code < 0xFEFF; code++) {
        const char bytes[2] = {(char)(code >> 8), (char)code};
        const char *p = bytes;
        UErrorCode bad = U_ZERO_ERROR;
        const UChar32 c = ucnv_getNextUChar(cnv, &p, bytes + 2, &bad);
        if (U_SUCCESS(bad) && p == bytes + 2 && c >= 0x80 && c < 0xE000)
            gbk[c] = (uint16_t)code;
        ucnv_reset(cnv);
    }
    if (cnv)
        ucnv_close(cnv);
}

/* windows-1252 from 0x80; what it leaves out is the C1 control, as browsers read it. */
static void fill_latin(void)
{
    static const uint16_t c1[32] = {0x20AC, 0x81,   0x201A, 0x192,  0x201E, 0x2026, 0x2020, 0x2021,
                                    0x2C6,  0x2030, 0x160,  0x2039, 0x152,  0x8D,   0x17D,  0x8F,
                                    0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                    0x2DC,  0x2122, 0x161,  0x203A, 0x153,  0x9D,   0x17E,  0x178};
    for (unsigned b = 0x80; b < 0x100; b++) {
        latin[b] = (uint8_t)b;
        if (b < 0xA0)
            latin[c1[b - 0x80]] = (uint8_t)b;
    }
}

static void fill(void)
{
    read_gbk();
    fill_latin();
    for (uint32_t c = 0; c < 0x10000; c++) {
        if (is_lead(gbk[c] >> 8) && (gbk[c] & 0xC0) == 0x80)
            kind[c] = GBK;
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F)
            kind[c] = CONTROL;
        else if (c >= 0x80 && c < 0x100)
            kind[c] = LATIN;
        else if (c >= 0xE000 && c < 0xF900)
            kind[c] = PRIVATE_USE;
        else if (c >= 0xFF61 && c <= 0xFF9F)
            kind[c] = HALF_KANA;
    }
    kind[0xFFFD] = REPLACEMENT;
    kind[0x951F] = KUN; // 锟
    kind[0x70EB] = kind[0x5C6F] = UNWRITTEN;
    for (uint32_t c = 0; c < 0x10000; c++)
        if ((gbk[c] >> 8 & 0xC0) == 0x80)
            kind[c] |= FOLLOWS;
}

enum { RUN = 256 };

/* Sequences of bytes are decoded as far as they are UTF-8 of the characters that such text has. */
static size_t sequence(const uint8_t *b, size_t n)
{
    unsigned len;
    const uint32_t c = weir_utf8_decode((const char *)b, n, &len);
    if (c == WEIR_UTF8_BAD || c < 0xA0)
        return 0;
    if (len == 2) // Latin, Greek, Cyrillic; others would make mojibake of ×”
        return c < 0x250 || (c >= 0x380 && c < 0x480) ? 2 : 0;
    return len;
}

/* One more character of t as two bytes of GBK, *i behind it; 0 where it has none or b is full. */
static int add_gbk(struct weir_span t, size_t *i, uint8_t *b, size_t *n)
{
    unsigned len;
    if (*i >= t.n || *n + 2 > RUN)
        return 0;
    const uint32_t c = weir_utf8_decode(t.p + *i, t.n - *i, &len);
    if (c >= 0x10000 || !gbk[c])
        return 0;
    b[(*n)++] = (uint8_t)(gbk[c] >> 8);
    b[(*n)++] = (uint8_t)gbk[c];
    *i += len;
    return 1;
}

/* The run of GBK at text[i]: characters that were UTF-8 before, 0 for fewer than three of those,
 * as happens by chance. */
static size_t gbk_run(struct weir_span t, size_t i)
{
    uint8_t b[RUN];
    size_t n = 0, used = 0, n_chars = 0;
    for (;; used += 3, n_chars++) {
        while (n - used < 3 && add_gbk(t, &i, b, &n))
            ;
        if (n - used < 3 || !is_lead(b[used]) || sequence(b + used, n - used) != 3)
            return n_chars >= 3 ? (used + 1) / 2 : 0;
    }
}

/* The run of Latin-1 at text[i], its bytes in *end: characters of it that are mojibake.  No-break
 * spaces and middle dots stand in rows in good text: without letters a run says nothing. */
static size_t latin_run(struct weir_span t, size_t i, size_t *end)
{
    uint8_t b[RUN];
    size_t n = 0, n_garbled = 0, n_letters = 0;
    unsigned len;
    for (; i < t.n && n < RUN; i += len) {
        const uint32_t c = weir_utf8_decode(t.p + i, t.n - i, &len);
        if (c >= 0x10000 || !latin[c])
            break;
        b[n++] = latin[c];
        n_letters += latin[c] >= 0xC0;
    }
    *end = i;
    for (size_t k = 0; k < n;) {
        const size_t used = sequence(b + k, n - k);
        n_garbled += used;
        k += used ? used : 1;
    }
    return n_garbled || n < 6 || 2 * n_letters < n ? n_garbled : n;
}

static size_t same_run(struct weir_span t, size_t i)
{
    size_t n = 1;
    while (i + 3 * n + 3 <= t.n && memcmp(t.p + i, t.p + i + 3 * n, 3) == 0)
        n++;
    return n;
}

/* A character of a kind at text[i]; the byte behind what was looked at. */
static size_t look_at(struct weir_span t, size_t i, uint32_t c, unsigned len,
                      struct filter_garbled *g)
{
    size_t n = 0, end = i + len;
    switch (kind[c] & ~FOLLOWS) {
    case REPLACEMENT:
        g->replacement++;
        break;
    case PRIVATE_USE:
        g->private_use++;
        break;
    case HALF_KANA:
        g->half_kana++;
        break;
    case CONTROL:
        g->controls++;
        break;
    case LATIN:
        g->controls += c < 0xA0 && c != 0x85;
        n = latin_run(t, i, &end);
        for (size_t k = i + len; k < end; k += len) {
            c = weir_utf8_decode(t.p + k, t.n - k, &len);
            g->controls += c < 0xA0 && c != 0x85;
        }
        break;
    case KUN: // 锟 alone is found in names
        n = t.n - i >= 9 && memcmp(t.p + i, "锟斤拷", 9) == 0 ? 3 : 0;
        end += n ? 6 : 0;
        break;
    case UNWRITTEN:
        n = same_run(t, i);
        end = i + 3 * n;
        n = n >= 4 ? n : 0;
        break;
    case GBK:
        n = gbk_run(t, i);
        for (size_t k = 1; k < n; k++) { // what it read need not be read again
            weir_utf8_decode(t.p + end, t.n - end, &len);
            end += len;
        }
        break;
    }
    g->mojibake += n;
    return end;
}

/* Eight bytes of printable ASCII. */
static int is_plain(const char *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
    const uint64_t ones = 0x0101010101010101u, high = ones << 7;
    return !((w | (w - ones * 0x20) | (w + ones)) & high);
}

#if defined(__x86_64__)
/* Bytes of the characters of no kind that the text begins with, as far as they have three each. */
WIDE_AVX2 static size_t pass_plain(struct weir_span t)
{
    uint32_t c[WIDE_CHARS];
    size_t i = 0;
    while (t.n - i >= WIDE_BYTES) {
        const unsigned n = weir_wide_decode(t.p + i, c, 0);
        unsigned any = 0, k = 0;
        for (unsigned m = 0; m < WIDE_CHARS; m++)
            any |= kind[c[m]];
        if (n == WIDE_CHARS && !(any & ~FOLLOWS)) {
            i += 3 * WIDE_CHARS;
            continue;
        }
        while (k < n && !(kind[c[k]] & ~FOLLOWS))
            k++;
        return i + 3 * k;
    }
    return i;
}
#else
static size_t pass_plain(struct weir_span t)
{
    (void)t;
    return 0;
}
#endif

static void count(struct weir_span t, struct filter_garbled *g, int wide)
{
    unsigned len = 0, len_before = 0, before = PLAIN;
    uint32_t c = 0, c_before;
    pthread_once(&once, fill);
    memset(g, 0, sizeof *g);
    for (size_t i = 0; i < t.n;) {
        if (t.n - i >= 8 && is_plain(t.p + i)) {
            i += 8;
            before = PLAIN;
            continue;
        }
        if (wide && before != GBK && (unsigned char)t.p[i] >= WIDE_LEAD)
            i += pass_plain(weir_span(t.p + i, t.n - i)); // never to the end
        c_before = c;
        c = weir_utf8_decode_valid(t.p + i, &len);
        const unsigned k = c < 0x10000 ? kind[c] : PLAIN, own = k & ~FOLLOWS;
        if (before == GBK && k & FOLLOWS) {
            i = look_at(t, i - len_before, c_before, len_before, g);
            before = PLAIN;
            continue;
        }
        before = own;
        len_before = len;
        if (own > GBK) {
            i = look_at(t, i, c, len, g);
            continue;
        }
        g->private_use += c >= 0xF0000;
        i += len;
    }
}

void filter_garbled_count(struct weir_span text, struct filter_garbled *g)
{
    count(text, g, weir_wide_here());
}

void filter_garbled_count_scalar(struct weir_span text, struct filter_garbled *g)
{
    count(text, g, 0);
}
