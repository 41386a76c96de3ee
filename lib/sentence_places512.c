/* sentence_places by vectors of AVX-512: 64 places at a time.
 *
 * Every character has a class of one byte, where it begins, that says of it what weir_bound_at()
 * and the search for marks ask; 0 where the tables do not hold it.  A place is decided by the
 * classes of the characters behind it, before it and, behind a closing bracket, before that. */
#include "lib/cpu.h"
#include "sentence_impl.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <pthread.h>

#define WIDE WEIR_AVX512 __attribute__((always_inline)) static inline

enum class {
    KIND = 3, // enum kind
    IS_ASCII = 4,
    CLOSES = 8, // CLOSER or QUOTE
    GOES_ON = 16,
    STOPS = 32, // STOP to ASCII
    IS_NEWLINE = 64,
    KNOWN = 128,
};

/* Of ASCII by the byte, of U+2000, U+3000, U+FF00 and U+FF40 onwards by the third byte's 6 bits. */
enum { BLOCK_2000, BLOCK_3000, BLOCK_FF00, BLOCK_FF40, N_BLOCKS };
static _Alignas(64) uint8_t of_ascii[128], of_block[N_BLOCKS][64];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static uint8_t class_of(uint32_t c)
{
    const enum mark m = mark_of(c);
    unsigned class = KNOWN | kind_of(c) | (c < 0x80 ? IS_ASCII : 0);
    if (m == CLOSER || m == QUOTE)
        class |= CLOSES;
    else if (m == GO_ON)
        class |= GOES_ON;
    else if (m == NEWLINE)
        class |= IS_NEWLINE;
    else if (m != PLAIN && m != SPACE)
        class |= STOPS;
    return (uint8_t) class;
}

static void fill(void)
{
    static const uint32_t begin[N_BLOCKS] = {0x2000, 0x3000, 0xFF00, 0xFF40};
    for (uint32_t c = 0; c < 128; c++)
        of_ascii[c] = class_of(c);
    for (unsigned i = 0; i < N_BLOCKS; i++)
        for (uint32_t k = 0; k < 64; k++)
            of_block[i][k] = class_of(begin[i] + k);
}

struct tables {
    __m512i ascii[2], block[N_BLOCKS];
};

WIDE __m512i set(unsigned c)
{
    return _mm512_set1_epi8((char)c);
}

WIDE __mmask64 is(__m512i v, unsigned c)
{
    return _mm512_cmpeq_epi8_mask(v, set(c));
}

/* The classes of the characters that begin at the 64 places, whose bytes are x, y, z. */
WIDE __m512i classes(const struct tables *t, __m512i x, __m512i y, __m512i z)
{
    const __m512i han = set(KNOWN | HAN);
    const __mmask64 of_80 = is(y, 0x80), e3 = is(x, 0xE3), ef = is(x, 0xEF);
    /* U+4000 to U+9FFF are Han but for U+4DC0 to U+4DFF, E4 B7. */
    const __mmask64 lead = _mm512_cmple_epu8_mask(_mm512_sub_epi8(x, set(0xE4)), set(0xE9 - 0xE4));
    const __mmask64 is_han = lead & ~(is(x, 0xE4) & is(y, 0xB7));
    __m512i c =
        _mm512_maskz_permutex2var_epi8(~_mm512_movepi8_mask(x), t->ascii[0], x, t->ascii[1]);
    c = _mm512_mask_mov_epi8(c, is_han, han);
    c = _mm512_mask_permutexvar_epi8(c, is(x, 0xE2) & of_80, z, t->block[BLOCK_2000]);
    c = _mm512_mask_permutexvar_epi8(c, e3 & of_80, z, t->block[BLOCK_3000]);
    c = _mm512_mask_permutexvar_epi8(c, ef & is(y, 0xBC), z, t->block[BLOCK_FF00]);
    return _mm512_mask_permutexvar_epi8(c, ef & is(y, 0xBD), z, t->block[BLOCK_FF40]);
}

/* Bytes of v, before which stand those of `before`, moved up by n places, 1 to 15. */
#define MOVED(v, before, n) _mm512_alignr_epi8(v, _mm512_alignr_epi64(v, before, 6), 16 - (n))

/* Of each place the class of the character that ends there, given where each character begins. */
WIDE __m512i ending(__m512i begins, __m512i last, __mmask64 behind_ascii)
{
    return _mm512_mask_mov_epi8(MOVED(begins, last, 3), behind_ascii, MOVED(begins, last, 1));
}

struct window {
    __m512i begins, ends; // classes of characters at the 64 places before these
};

/* Bounds and marks of 64 places; returns those that it cannot tell. */
WIDE __mmask64 decide(const struct tables *t, struct window *w, __m512i x, __m512i y, __m512i z,
                      __m512i *to)
{
    const __m512i next = classes(t, x, y, z);
    const __mmask64 behind_ascii = _mm512_test_epi8_mask(MOVED(next, w->begins, 1), set(IS_ASCII));
    __m512i last = ending(next, w->begins, behind_ascii);
    /* Else ASCII three bytes back stands before a character of two bytes. */
    last = _mm512_maskz_mov_epi8(behind_ascii | _mm512_testn_epi8_mask(last, set(IS_ASCII)), last);
    const __m512i prior = ending(last, w->ends, behind_ascii);
    w->begins = next;
    w->ends = last;

    const __mmask64 inside = _mm512_cmplt_epi8_mask(x, set(0xC0));
    const __mmask64 goes_on = _mm512_test_epi8_mask(next, set(CLOSES | GOES_ON));
    const __mmask64 closed = _mm512_test_epi8_mask(last, set(CLOSES)) & ~goes_on;
    /* Behind what closes, that before it may end a clause. */
    const __m512i behind = _mm512_mask_mov_epi8(last, closed, prior);
    const __mmask64 unspaced =
        _mm512_test_epi8_mask(_mm512_and_si512(behind, next), set(IS_ASCII)) &
        _mm512_test_epi8_mask(next, set(KIND));
    const __mmask64 clause =
        _mm512_test_epi8_mask(last, set(IS_NEWLINE)) |
        (closed & _mm512_test_epi8_mask(behind, set(IS_NEWLINE))) |
        (_mm512_test_epi8_mask(behind, set(STOPS | GOES_ON)) & ~goes_on & ~unspaced);
    const __mmask64 same =
        _mm512_testn_epi8_mask(_mm512_xor_si512(next, last), set(KIND)) & ~clause;
    const __mmask64 mark = _mm512_test_epi8_mask(next, set(STOPS | IS_NEWLINE)) | is(x, '"');
    __m512i v = _mm512_maskz_mov_epi8((same | clause) & ~inside, set(WEIR_BOUND_CHAR));
    v = _mm512_mask_add_epi8(v, ~same & ~inside, v, set(WEIR_BOUND_WORD));
    *to = _mm512_mask_add_epi8(v, mark, v, set(WEIR_PLACE_MARK));
    const __mmask64 known = _mm512_movepi8_mask(_mm512_and_si512(next, last));
    const __mmask64 unsure =
        closed & (_mm512_test_epi8_mask(behind, set(CLOSES)) | ~_mm512_movepi8_mask(behind));
    return ~inside & (~known | unsure);
}

WIDE uint64_t first_bits(size_t n)
{
    return n < 64 ? ((uint64_t)1 << n) - 1 : UINT64_MAX;
}

WIDE __m512i load(const char *p, size_t left, size_t at)
{
    return _mm512_maskz_loadu_epi8(first_bits(left > at ? left - at : 0), p + at);
}

WEIR_AVX512 void sentence_places_avx512(struct weir_span text, uint8_t *to)
{
    pthread_once(&once, fill);
    struct tables t;
    struct window w = {_mm512_setzero_si512(), _mm512_setzero_si512()};
    for (unsigned i = 0; i < 2; i++)
        t.ascii[i] = _mm512_load_si512(of_ascii + 64 * i);
    for (unsigned i = 0; i < N_BLOCKS; i++)
        t.block[i] = _mm512_load_si512(of_block[i]);
    for (size_t at = 0; at < text.n; at += 64) {
        const char *p = text.p + at;
        const size_t left = text.n - at;
        const int whole = left >= 64 + 2;
        const __m512i x = whole ? _mm512_loadu_si512(p) : load(p, left, 0);
        const __m512i y = whole ? _mm512_loadu_si512(p + 1) : load(p, left, 1);
        const __m512i z = whole ? _mm512_loadu_si512(p + 2) : load(p, left, 2);
        __m512i places;
        uint64_t rest = decide(&t, &w, x, y, z, &places) & first_bits(left);
        _mm512_mask_storeu_epi8(to + at, first_bits(left), places);
        for (; rest; rest &= rest - 1) {
            const size_t place = at + (size_t)__builtin_ctzll(rest);
            to[place] = sentence_place(text, place);
        }
    }
}
#endif
