/* Normalised text: NFKC_Casefold of each code point (Unicode Standard, section 3.13), with runs of
 * white space as one space and none at the ends.  This folds case, full and half width,
 * compatibility forms and default-ignorable characters. */
#include "dedup/dedup_internal.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include "weir/utf8.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { LONGEST = 20 }; // room for what one code point can become (18, and a space)

unsigned dedup_class_beyond(uint32_t c)
{
    if (u_isUWhiteSpace((UChar32)c))
        return DEDUP_SPACE | DEDUP_BREAK;
    if (weir_is_han(c) || (c >= 0x3040 && c <= 0x30FF) || (c >= 0x3105 && c <= 0x312F) ||
        (c >= 0x31A0 && c <= 0x31BF) || (c >= 0x31F0 && c <= 0x31FF))
        return DEDUP_CJK;
    const uint32_t between =
        U_GC_P_MASK | U_GC_S_MASK | U_GC_Z_MASK | U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CS_MASK;
    return U_GET_GC_MASK((UChar32)c) & between ? DEDUP_BREAK : 0;
}

/* UTF-16 of what c becomes; its length, or 0. */
static int32_t casefold(const dedup_fold *f, uint32_t c, UChar *to, int32_t cap)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar s[2];
    int32_t n = 0;
    U16_APPEND_UNSAFE(s, n, c);
    n = unorm2_normalize(f->nfkc_cf, s, n, to, cap, &status);
    return U_SUCCESS(status) ? n : 0;
}

static uint16_t fold_bmp(const dedup_fold *f, uint32_t c)
{
    // Most of the plane maps to itself; asking ICU for all of it would cost 10 ms a start.
    if ((c >= 0x3400 && c <= 0x9FFF) || (c >= 0xAC00 && c <= 0xD7A3) ||
        (c >= 0xE000 && c <= 0xF8FF))
        return (uint16_t)c;
    if (c >= 0xD800 && c <= 0xDFFF)
        return DEDUP_LONG; // no character
    UChar to[LONGEST];
    return casefold(f, c, to, LONGEST) == 1 ? to[0] : DEDUP_LONG;
}

dedup_fold *dedup_fold_new(struct weir_err *err)
{
    dedup_fold *f = calloc(1, sizeof *f);
    if (!f) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    UErrorCode status = U_ZERO_ERROR;
    f->nfkc_cf = unorm2_getNFKCCasefoldInstance(&status);
    if (U_FAILURE(status)) {
        weir_err_set(err, WEIR_EFAIL, "ICU: %s", u_errorName(status));
        free(f);
        return NULL;
    }
    for (uint32_t c = 0; c < 0x10000; c++) {
        f->to[c] = fold_bmp(f, c);
        f->class[c] = (uint8_t)dedup_class_beyond(c);
    }
    // By Newton's iteration, which doubles the bits that are right; the first three are.
    uint64_t inverse = DEDUP_BASE;
    for (int i = 0; i < 5; i++)
        inverse *= 2 - DEDUP_BASE * inverse;
    f->power[0] = f->inverse[0] = 1;
    for (size_t i = 1; i < DEDUP_RUN; i++) {
        f->power[i] = f->power[i - 1] * DEDUP_BASE;
        f->inverse[i] = f->inverse[i - 1] * inverse;
    }
    for (uint32_t c = 0; c < 0x80; c++)
        f->ascii[c] = f->class[c] & DEDUP_SPACE ? ' ' : (uint8_t)f->to[c];
    return f;
}

void dedup_fold_free(dedup_fold *f)
{
    free(f);
}

void dedup_text_init(struct dedup_text *t, const dedup_fold *f, struct weir_span text)
{
    t->fold = f;
    t->p = text.p;
    t->end = text.p + text.n;
    t->gap = DEDUP_GAP_START;
    t->blocks = NULL;
#if defined(__x86_64__)
    if (weir_has_avx512())
        t->blocks = dedup_text_avx512;
#endif
}

static inline size_t put(struct dedup_text *t, uint32_t *to, size_t n, uint32_t c)
{
    if (t->gap) {
        if (t->gap == DEDUP_GAP_OWED)
            to[n++] = ' ';
        t->gap = DEDUP_GAP_NONE;
    }
    to[n++] = c;
    return n;
}

static inline size_t put_folded(struct dedup_text *t, uint32_t *to, size_t n, uint32_t c)
{
    if (!(dedup_class(t->fold, c) & DEDUP_SPACE))
        return put(t, to, n, c);
    if (t->gap == DEDUP_GAP_NONE)
        t->gap = DEDUP_GAP_OWED;
    return n;
}

static size_t put_long(struct dedup_text *t, uint32_t *to, size_t n, uint32_t c)
{
    UChar s[LONGEST];
    int32_t len = casefold(t->fold, c, s, LONGEST);
    for (int32_t i = 0; i < len;) {
        UChar32 folded;
        U16_NEXT(s, i, len, folded);
        n = put_folded(t, to, n, (uint32_t)folded);
    }
    return n;
}

/* A run of ASCII, without a branch a character: a space is written at once, and taken back at the
 * end, where it is owed. */
static size_t put_ascii(struct dedup_text *t, uint32_t *to, size_t n)
{
    const uint8_t *ascii = t->fold->ascii;
    const char *p = t->p, *end = t->end;
    if ((size_t)(end - p) > DEDUP_BLOCK - LONGEST - n)
        end = p + (DEDUP_BLOCK - LONGEST - n);
    if (t->gap == DEDUP_GAP_OWED)
        to[n++] = ' ';
    const size_t first = n;
    int space = t->gap != DEDUP_GAP_NONE;
    for (; p < end && (unsigned char)*p < 0x80; p++) {
        const uint8_t c = ascii[(unsigned char)*p];
        to[n] = c;
        n += !(space & (c == ' '));
        space = c == ' ';
    }
    t->p = p;
    if (n > first || t->gap != DEDUP_GAP_START)
        t->gap = space ? DEDUP_GAP_OWED : DEDUP_GAP_NONE;
    return n - (t->gap == DEDUP_GAP_OWED);
}

#if defined(__x86_64__)
/* Han characters of three bytes, the bulk of Chinese text, which map to themselves: eight at a
 * time, as many as there are before another one.  Stores eight at to + n whatever it finds. */
__attribute__((target("avx2"))) static size_t put_han(struct dedup_text *t, uint32_t *to, size_t n)
{
    // Four characters of each half, the first byte on top.
    const __m256i spread = _mm256_setr_epi8(2, 1, 0, -1, 5, 4, 3, -1, 8, 7, 6, -1, 11, 10, 9, -1, //
                                            2, 1, 0, -1, 5, 4, 3, -1, 8, 7, 6, -1, 11, 10, 9, -1);
    const __m256i form = _mm256_set1_epi32(0xF0C0C0), is = _mm256_set1_epi32(0xE08080);
    const char *p = t->p;
    unsigned found = 8;
    while (found == 8 && t->end - p >= 28 && n + LONGEST < DEDUP_BLOCK) {
        const __m128i low = _mm_loadu_si128((const void *)p);
        const __m128i high = _mm_loadu_si128((const void *)(p + 12));
        const __m256i b = _mm256_shuffle_epi8(_mm256_set_m128i(high, low), spread);
        const __m256i c1 = _mm256_and_si256(b, _mm256_set1_epi32(0x3F));
        const __m256i c2 = _mm256_and_si256(_mm256_srli_epi32(b, 2), _mm256_set1_epi32(0xFC0));
        const __m256i c3 = _mm256_and_si256(_mm256_srli_epi32(b, 4), _mm256_set1_epi32(0xF000));
        const __m256i c = _mm256_or_si256(_mm256_or_si256(c1, c2), c3);
        const __m256i han = _mm256_and_si256(_mm256_cmpgt_epi32(c, _mm256_set1_epi32(0x4DFF)),
                                             _mm256_cmpgt_epi32(_mm256_set1_epi32(0xA000), c));
        const __m256i good =
            _mm256_and_si256(han, _mm256_cmpeq_epi32(_mm256_and_si256(b, form), is));
        found = (unsigned)__builtin_ctz(~(unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(good)));
        _mm256_storeu_si256((void *)(to + n), c);
        n += found;
        p += (size_t)3 * found;
    }
    t->p = p;
    return n;
}

static int has_avx2(void)
{
    return __builtin_cpu_supports("avx2");
}
#else
static size_t put_han(struct dedup_text *t, uint32_t *to, size_t n)
{
    (void)t, (void)to;
    return n;
}

static int has_avx2(void)
{
    return 0;
}
#endif

static size_t put_one(struct dedup_text *t, uint32_t *to, size_t n)
{
    unsigned len;
    uint32_t c = weir_utf8_decode(t->p, (size_t)(t->end - t->p), &len);
    t->p += len;
    if (c == WEIR_UTF8_BAD)
        c = 0xFFFD;
    const uint32_t folded = c < 0x10000 ? t->fold->to[c] : DEDUP_LONG;
    return folded != DEDUP_LONG ? put_folded(t, to, n, folded) : put_long(t, to, n, c);
}

/* By vectors, and one by one what these leave. */
static size_t next_by_blocks(struct dedup_text *t, uint32_t *to)
{
    size_t n = 0;
    memset(&t->class, 0, sizeof t->class);
    for (;;) {
        n = t->blocks(t, to, n);
        do {
            if (t->p == t->end || n + DEDUP_ROOM > DEDUP_BLOCK)
                return n;
            for (const size_t end = put_one(t, to, n); n < end; n++) {
                const unsigned class = dedup_class(t->fold, to[n]);
                t->class.letter[n / 64] |= (uint64_t) !class << n % 64;
                t->class.cjk[n / 64] |= (uint64_t) !!(class & DEDUP_CJK) << n % 64;
            }
        } while (t->p < t->end && (unsigned char)*t->p >= 0xF0); // above U+FFFF: not for them
    }
}

size_t dedup_text_next(struct dedup_text *t, uint32_t *to)
{
    if (t->blocks)
        return next_by_blocks(t, to);
    const int vectors = has_avx2();
    size_t n = 0;
    while (t->p < t->end && n + LONGEST < DEDUP_BLOCK) {
        if ((unsigned char)*t->p < 0x80) {
            n = put_ascii(t, to, n);
            continue;
        }
        unsigned len;
        const uint32_t c = weir_utf8_decode(t->p, (size_t)(t->end - t->p), &len);
        if (c - 0x4E00 < 0x5200) { // Han, the bulk of Chinese text, maps to itself
            t->p += len;
            n = put(t, to, n, c);
            if (vectors)
                n = put_han(t, to, n);
        } else {
            n = put_one(t, to, n);
        }
    }
    return n;
}
