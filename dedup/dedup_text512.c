/* Normalising by vectors of AVX-512: 64 bytes of ASCII at a time, or any 16 characters of up to
 * three bytes.  What it leaves is for the loop of dedup_normalize.c: characters above U+FFFF or
 * that become several, and what is not UTF-8. */
#include "dedup/dedup_internal.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define INLINE WEIR_AVX512 __attribute__((always_inline)) static inline

struct run {
    struct dedup_text *t;
    uint32_t *to;
    size_t n;
    uint64_t space; // 1: what comes next follows white space, or nothing at all
};

/* Sets bits of those of the next characters that stay. */
INLINE void append(uint64_t *bits, size_t n, uint64_t more, uint64_t keep)
{
    more = _pext_u64(more, keep);
    bits[n / 64] |= more << n % 64;
    bits[n / 64 + 1] |= more >> 1 >> (63 - n % 64);
}

/* Constants for 32 characters of 16 bits, or 64 bytes (b_).  Behind a pointer, where the compiler
 * does not see their values: it would make each anew in every round. */
#define FOUR(x) x, x, x, x
#define EVERY(x)                                                                                   \
    {                                                                                              \
        FOUR(x), FOUR(x), FOUR(x), FOUR(x), FOUR(x), FOUR(x), FOUR(x), FOUR(x)                     \
    }
static const struct fixed {
    _Alignas(64) uint16_t low5[32], low6[32], n_ascii[32], n_short[32], wide[32], n_wide[32],
        to_ascii[32], upper_a[32], lower_a[32], n_alpha[32], digit[32], n_digit[32], blank[32],
        tab[32], n_tab[32], han[32], n_han[32], stop[32], n_stop[32], bracket[32], n_bracket[32],
        quote[32], n_quote[32], no_one[32], b_bf[32], b_df[32], b_ef[32], b_upper[32], b_lower[32],
        b_alpha[32], b_digit[32], b_ten[32], b_tab[32], b_five[32], b_blank[32];
} fixed_values = {.low5 = EVERY(0x1F),
                  .low6 = EVERY(0x3F),
                  .n_ascii = EVERY(0x80),
                  .n_short = EVERY(0x800), // of two bytes or fewer
                  .wide = EVERY(0xFF01),   // full width
                  .n_wide = EVERY(0x5E),
                  .to_ascii = EVERY(0xFEE0),
                  .upper_a = EVERY('A'),
                  .lower_a = EVERY('a'),
                  .n_alpha = EVERY(26),
                  .digit = EVERY('0'),
                  .n_digit = EVERY(10),
                  .blank = EVERY(' '),
                  .tab = EVERY('\t'),
                  .n_tab = EVERY(5),
                  .han = EVERY(0x4E00),
                  .n_han = EVERY(0x5200),
                  .stop = EVERY(0x3001),
                  .n_stop = EVERY(3),
                  .bracket = EVERY(0x3008),
                  .n_bracket = EVERY(10),
                  .quote = EVERY(0x2018),
                  .n_quote = EVERY(8),
                  .no_one = EVERY(DEDUP_LONG),
                  .b_bf = EVERY(0xBFBF),
                  .b_df = EVERY(0xDFDF),
                  .b_ef = EVERY(0xEFEF),
                  .b_upper = EVERY('A' * 0x101),
                  .b_lower = EVERY('a' * 0x101),
                  .b_alpha = EVERY(26 * 0x101),
                  .b_digit = EVERY('0' * 0x101),
                  .b_ten = EVERY(10 * 0x101),
                  .b_tab = EVERY('\t' * 0x101),
                  .b_five = EVERY(5 * 0x101),
                  .b_blank = EVERY(' ' * 0x101)};
#define FIXED(name) _mm512_load_si512(k->name)

/* Bytes of b from low to low + n - 1. */
INLINE uint64_t bytes_within(__m512i b, __m512i low, __m512i n)
{
    return _mm512_cmplt_epu8_mask(_mm512_sub_epi8(b, low), n);
}

/* 64 bytes of ASCII, of which the first m count. */
INLINE void put_ascii64(struct run *r, const struct fixed *k, __m512i b, unsigned m)
{
    const __m512i blank = FIXED(b_blank);
    const uint64_t all = _bzhi_u64(~0ull, m);
    const uint64_t upper = bytes_within(b, FIXED(b_upper), FIXED(b_alpha));
    const uint64_t digit = bytes_within(b, FIXED(b_digit), FIXED(b_ten));
    const uint64_t space =
        all & (_mm512_cmpeq_epi8_mask(b, blank) | bytes_within(b, FIXED(b_tab), FIXED(b_five)));
    const uint64_t keep = all & ~(space & (space << 1 | r->space));
    b = _mm512_mask_add_epi8(b, upper, b, blank);
    b = _mm512_mask_mov_epi8(b, space, blank);
    const uint64_t lower = bytes_within(b, FIXED(b_lower), FIXED(b_alpha));
    if (keep != all)
        b = _mm512_maskz_compress_epi8(keep, b);
    uint32_t *to = r->to + r->n;
    _mm512_storeu_si512(to, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(b)));
    _mm512_storeu_si512(to + 16, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(b, 1)));
    _mm512_storeu_si512(to + 32, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(b, 2)));
    _mm512_storeu_si512(to + 48, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(b, 3)));
    append(r->t->class.letter, r->n, lower | digit, keep);
    r->n += (size_t)_mm_popcnt_u64(keep);
    r->space = space >> (m - 1) & 1;
}

/* Lanes of a from low to low + n - 1. */
INLINE uint32_t within(__m512i a, __m512i low, __m512i n)
{
    return _mm512_cmplt_epu16_mask(_mm512_sub_epi16(a, low), n);
}
#define WITHIN(a, name) within(a, FIXED(name), FIXED(n_##name))

/* ---- UTF-8 to 16 bits a character ---- */

enum {
    STRIDE = 62, // of 64 bytes: a character that begins here ends in the 64
    CODES = 256  // characters decoded before they are folded
};

struct codes { // characters, DEDUP_LONG for what is none
    uint16_t c[CODES + 64];
    size_t n;
};

struct bytes { // 64 of them: which begin a character, which of those one of two or of three
    __m512i b;
    uint64_t first, two, three, going_on;
};

INLINE struct bytes look(const struct fixed *k, __m512i b)
{
    const uint64_t high = _mm512_movepi8_mask(b);
    const uint64_t from_c0 = high & _mm512_cmpgt_epi8_mask(b, FIXED(b_bf));
    const uint64_t from_e0 = high & _mm512_cmpgt_epi8_mask(b, FIXED(b_df));
    return (struct bytes){b, ~(high & ~from_c0), from_c0 & ~from_e0, from_e0, high & ~from_c0};
}

INLINE uint64_t must_go_on(const struct bytes *x)
{
    return (x->two | x->three) << 1 | x->three << 2;
}

/* Half of 64 bytes, each as 16 bits. */
INLINE __m512i half(__m512i b, int high)
{
    return _mm512_cvtepu8_epi16(high ? _mm512_extracti64x4_epi64(b, 1) : _mm512_castsi512_si256(b));
}

INLINE void join32(const struct fixed *k, struct codes *to, const __m512i part[3], int high,
                   uint64_t two_of_them, uint64_t three_of_them)
{
    const uint32_t two = (uint32_t)(two_of_them >> 32 * high);
    const uint32_t three = (uint32_t)(three_of_them >> 32 * high);
    const __m512i b0 = half(part[0], high);
    const __m512i b1 = _mm512_and_si512(half(part[1], high), FIXED(low6));
    const __m512i b2 = _mm512_and_si512(half(part[2], high), FIXED(low6));
    const __m512i c2 = _mm512_or_si512(_mm512_slli_epi16(_mm512_and_si512(b0, FIXED(low5)), 6), b1);
    const __m512i c3 =
        _mm512_or_si512(_mm512_slli_epi16(b0, 12), _mm512_or_si512(_mm512_slli_epi16(b1, 6), b2));
    __m512i c = _mm512_mask_mov_epi16(_mm512_mask_mov_epi16(b0, two, c2), three, c3);
    const uint32_t overlong = (three & _mm512_cmplt_epu16_mask(c, FIXED(n_short))) |
                              (two & _mm512_cmplt_epu16_mask(c, FIXED(n_ascii)));
    c = _mm512_mask_mov_epi16(c, overlong, FIXED(no_one));
    _mm512_storeu_si512(to->c + to->n + 32 * high, c);
}

/* Appends the characters whose first bytes are told. */
INLINE void decode(const struct fixed *k, struct codes *to, const struct bytes *x)
{
    const uint64_t two = _pext_u64(x->two, x->first), three = _pext_u64(x->three, x->first);
    const __m512i part[3] = {_mm512_maskz_compress_epi8(x->first, x->b),
                             _mm512_maskz_compress_epi8(x->first << 1, x->b),
                             _mm512_maskz_compress_epi8(x->first << 2, x->b)};
    const size_t n = (size_t)_mm_popcnt_u64(x->first);
    join32(k, to, part, 0, two, three);
    if (n > 32)
        join32(k, to, part, 1, two, three);
    to->n += n;
}

/* Whole characters at the start of the first m bytes, up to the first that is of four bytes or
 * wrong.  Returns their bytes. */
INLINE unsigned decode_some(const struct fixed *k, struct codes *to, __m512i b, unsigned m)
{
    struct bytes x = look(k, b);
    const uint64_t must = must_go_on(&x), missing = must & ~x.going_on;
    const uint64_t four = x.three & _mm512_cmpgt_epi8_mask(b, FIXED(b_ef));
    const uint64_t bad = four | (x.going_on & ~must) | (missing >> 1 & (x.two | x.three)) |
                         (missing >> 2 & x.three) | (x.two & 1ull << 63) | (x.three & 3ull << 62);
    unsigned bytes = bad ? (unsigned)__builtin_ctzll(bad) : 64;
    bytes = bytes < m ? bytes : m;
    x.first = _bzhi_u64(x.first, bytes);
    decode(k, to, &x);
    return bytes;
}

/* Decodes from p on, stopping at 64 bytes of ASCII; returns where it stopped. */
INLINE const char *decode_all(const struct fixed *k, struct codes *to, const char *p,
                              const char *end)
{
    uint64_t owed = 0; // bytes of the last character that are beyond p
    to->n = 0;
    while (to->n < CODES && end - p >= 64) {
        struct bytes x = look(k, _mm512_loadu_si512(p));
        const uint64_t must = must_go_on(&x) | owed;
        const uint64_t four = _mm512_cmpgt_epi8_mask(x.b, FIXED(b_ef)) & x.three;
        if (((must ^ x.going_on) << (64 - STRIDE)) | four || !(x.two | x.three))
            break;
        x.first = _bzhi_u64(x.first, STRIDE);
        decode(k, to, &x);
        owed = must >> STRIDE;
        p += STRIDE;
    }
    for (const char *q = p; owed; owed >>= 1, p = q) {
        if (q == end || ((unsigned char)*q++ & 0xC0) != 0x80) { // it is none
            do
                p--;
            while (((unsigned char)*p & 0xC0) == 0x80);
            to->n--;
            return p;
        }
    }
    if (to->n >= CODES)
        return p;
    const unsigned m = end - p < 64 ? (unsigned)(end - p) : 64;
    const __m512i b = _mm512_maskz_loadu_epi8(_bzhi_u64(~0ull, m), p);
    return m && _mm512_movepi8_mask(b) ? p + decode_some(k, to, b, m) : p;
}

/* Behind n characters from p on. */
INLINE const char *skip(const char *p, const char *end, size_t n)
{
    for (;;) {
        const uint64_t all = end - p < 64 ? _bzhi_u64(~0ull, (unsigned)(end - p)) : ~0ull;
        const __m512i b = _mm512_maskz_loadu_epi8(all, p);
        const uint64_t first = all & _mm512_cmpgt_epi8_mask(b, _mm512_set1_epi8((char)0xBF));
        const size_t here = (size_t)_mm_popcnt_u64(first);
        if (n < here)
            return p + __builtin_ctzll(_pdep_u64(1ull << n, first));
        if (all != ~0ull)
            return end;
        n -= here;
        p += 64;
    }
}

/* ---- folding ---- */

struct class
{ // a bit a character
    uint32_t space, between, cjk;
};

/* Those of 16 characters for which the table is asked. */
INLINE __m256i look_up(const dedup_fold *f, __m256i c, __mmask16 lanes, unsigned shift,
                       struct class *class)
{
    const __m512i old = _mm512_cvtepu16_epi32(c), low = _mm512_set1_epi32(0xFFFF);
    const __m512i to = _mm512_mask_and_epi32(
        old, lanes, _mm512_mask_i32gather_epi32(old, lanes, old, f->to, sizeof *f->to), low);
    const __m512i of = _mm512_mask_i32gather_epi32(to, lanes, to, f->class, 1);
    class->space |= (uint32_t)_mm512_mask_test_epi32_mask(lanes, of, _mm512_set1_epi32(DEDUP_SPACE))
                    << shift;
    class->between |=
        (uint32_t)_mm512_mask_test_epi32_mask(lanes, of, _mm512_set1_epi32(DEDUP_BREAK)) << shift;
    class->cjk |= (uint32_t)_mm512_mask_test_epi32_mask(lanes, of, _mm512_set1_epi32(DEDUP_CJK))
                  << shift;
    return _mm512_cvtepi32_epi16(to);
}

/* What those of 32 characters become, DEDUP_LONG where it is not one.  Most need no table. */
INLINE __m512i fold32(const struct fixed *k, const dedup_fold *f, __m512i c, uint32_t lanes,
                      struct class *class)
{
    c = _mm512_mask_sub_epi16(c, WITHIN(c, wide), c, FIXED(to_ascii));
    c = _mm512_mask_add_epi16(c, within(c, FIXED(upper_a), FIXED(n_alpha)), c, FIXED(blank));
    const uint32_t ascii = _mm512_cmplt_epu16_mask(c, FIXED(n_ascii)), cjk = WITHIN(c, han);
    const uint32_t alnum = within(c, FIXED(lower_a), FIXED(n_alpha)) | WITHIN(c, digit);
    const uint32_t punct = WITHIN(c, stop) | WITHIN(c, bracket) | WITHIN(c, quote);
    const uint32_t space = _mm512_cmpeq_epi16_mask(c, FIXED(blank)) | WITHIN(c, tab);
    *class = (struct class){space, punct | (ascii & ~alnum), cjk};
    const uint32_t other = lanes & ~(ascii | cjk | punct);
    if (other) {
        const __m256i low = look_up(f, _mm512_castsi512_si256(c), (__mmask16)other, 0, class);
        const __m256i high =
            look_up(f, _mm512_extracti64x4_epi64(c, 1), (__mmask16)(other >> 16), 16, class);
        c = _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
    }
    return _mm512_mask_mov_epi16(c, class->space, FIXED(blank));
}

/* Folds up to 32 characters; returns how many before one that does not become one. */
INLINE unsigned put32(struct run *r, const struct fixed *k, const uint16_t *code, size_t left)
{
    unsigned n = left < 32 ? (unsigned)left : 32;
    const uint32_t all = (uint32_t)_bzhi_u64(~0ull, n);
    struct class class;
    __m512i c = fold32(k, r->t->fold, _mm512_loadu_si512(code), all, &class);
    const uint32_t wrong = all & _mm512_cmpeq_epi16_mask(c, FIXED(no_one));
    if (wrong) {
        n = (unsigned)__builtin_ctz(wrong);
        if (!n)
            return 0;
    }
    const uint32_t again = class.space & (class.space << 1 | (uint32_t)r->space);
    const uint32_t keep = (uint32_t)_bzhi_u64(~again, n);
    c = _mm512_maskz_compress_epi16(keep, c);
    uint32_t *to = r->to + r->n;
    _mm512_storeu_si512(to, _mm512_cvtepu16_epi32(_mm512_castsi512_si256(c)));
    _mm512_storeu_si512(to + 16, _mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64(c, 1)));
    append(r->t->class.letter, r->n, ~(class.between | class.cjk), keep);
    append(r->t->class.cjk, r->n, class.cjk, keep);
    r->n += (size_t)__builtin_popcount(keep);
    r->space = class.space >> (n - 1) & 1;
    return n;
}

/* Characters from p on, to the first that is not for this; returns where it stands. */
INLINE const char *put_codes(struct run *r, const struct fixed *k, const char *p, const char *end)
{
    struct codes codes;
    const char *to = decode_all(k, &codes, p, end);
    for (size_t i = 0; i < codes.n;) {
        const unsigned m = codes.n - i < 32 ? (unsigned)(codes.n - i) : 32;
        const unsigned n = put32(r, k, codes.c + i, m);
        i += n;
        if (n < m)
            return skip(p, end, i);
    }
    return to;
}

WEIR_AVX512 size_t dedup_text_avx512(struct dedup_text *t, uint32_t *to, size_t n)
{
    struct run r = {t, to, n, t->gap != DEDUP_GAP_NONE};
    const char *p = t->p, *end = t->end;
    const struct fixed *k = &fixed_values;
    __asm__("" : "+r"(k));
    if (t->gap == DEDUP_GAP_OWED)
        to[r.n++] = ' '; // taken back at the end, where it is owed
    const size_t begin = r.n;
    while (p < end && r.n + DEDUP_ROOM <= DEDUP_BLOCK) {
        const unsigned m = end - p < 64 ? (unsigned)(end - p) : 64;
        const __m512i b = _mm512_maskz_loadu_epi8(_bzhi_u64(~0ull, m), p);
        const uint64_t high = _mm512_movepi8_mask(b);
        const unsigned ascii = high ? (unsigned)__builtin_ctzll(high) : m;
        const char *was = p;
        if (ascii == m || ascii >= 16) {
            put_ascii64(&r, k, b, ascii);
            p += ascii;
        } else {
            p = put_codes(&r, k, p, end);
        }
        if (p == was)
            break;
    }
    t->p = p;
    if (r.n > begin || t->gap != DEDUP_GAP_START)
        t->gap = r.space ? DEDUP_GAP_OWED : DEDUP_GAP_NONE;
    return r.n - (t->gap == DEDUP_GAP_OWED);
}
#endif
