/* Chinese where no piece holds two Han characters: runs of characters of three bytes that join
 * nothing, each of which is a piece or becomes its three bytes. */
#include "lib/cpu.h"
#include "tok_impl.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { NO_PIECE = 0xFFFF, JOINS = 0xFFFE, CHARS = 1 << 16 }; // of ids

/* Whether a character is a piece is no branch, for it would be a bad guess every few of them. */
static const uint8_t *put_scalar(const weir_tok *t, const uint8_t *u, uint32_t *last,
                                 struct tok_sink *o)
{
    enum { AT_ONCE = 3 };
    struct weir_piece *p = o->p + o->n, *const full = o->p + o->cap - AT_ONCE;
    const uint32_t n_pieces = (uint32_t)t->model.n_pieces;
    for (; p <= full && (u[0] & 0xF0) == 0xE0; u += 3) {
        const uint32_t c = (u[0] & 0x0Fu) << 12 | (u[1] & 0x3Fu) << 6 | (u[2] & 0x3F);
        const uint32_t info = tok_char_info(t->bpe, c), symbol = info & TOK_NO_SYMBOL;
        if (info & TOK_JOINS_RIGHT)
            break;
        const uint32_t known = 0 - (uint32_t)(symbol < n_pieces), end = *last + 3;
        const uint32_t byte = t->byte_ids[u[0]];
        tok_piece_put(p, byte ^ ((byte ^ symbol) & known), *last, *last + (3 & known));
        tok_piece_put(p + 1, t->byte_ids[u[1]], *last, *last);
        tok_piece_put(p + 2, t->byte_ids[u[2]], *last, end);
        p += 3 - (2 & known);
        *last = end;
    }
    o->n = (size_t)(p - o->p);
    return u;
}

#if defined(__x86_64__)
#define WIDE WEIR_AVX512 __attribute__((always_inline)) static inline

/* f(k) for the i-th 16 of all k. */
#define LANES(f, i)                                                                                \
    _mm512_setr_epi32(f(16 * i), f(16 * i + 1), f(16 * i + 2), f(16 * i + 3), f(16 * i + 4),       \
                      f(16 * i + 5), f(16 * i + 6), f(16 * i + 7), f(16 * i + 8), f(16 * i + 9),   \
                      f(16 * i + 10), f(16 * i + 11), f(16 * i + 12), f(16 * i + 13),              \
                      f(16 * i + 14), f(16 * i + 15))
/* Of 16 pieces' 48 numbers, id, begin, end, the k-th: where it stands among ids (from 0) and begins
 * (from 16); and among those two (from 0) and ends (from 16). */
#define FROM_ID_BEGIN(k) ((k) % 3 == 1 ? 16 + (k) / 3 : (k) / 3)
#define FROM_ENDS(k)     ((k) % 3 == 2 ? 16 + (k) / 3 : (k) % 16)

/* A piece before it has its place: 16 bits id, 1 bit that it moves on in the text by its
 * character's three bytes, 15 bits the character's number.  They are made where they wait for ids
 * from memory, and spread to pieces where they wait for nothing: done at once, both would wait. */
enum { MOVES = 1 << 16, NUMBER_SHIFT = 17, BLOCK_CHARS = 256, BLOCK_MOST = 3 * BLOCK_CHARS };
_Static_assert(BLOCK_MOST + 15 <= TOK_LONE_ROOM, "a block fits");

/* Room for 15 pieces more than n. */
WIDE void spread(struct weir_piece *p, const uint32_t *packed, size_t n, uint32_t last)
{
    for (size_t i = 0; i < n; i += 16) {
        const __m512i v = _mm512_loadu_si512(packed + i);
        const __m512i number = _mm512_srli_epi32(v, NUMBER_SHIFT);
        const __m512i at = _mm512_add_epi32(number, _mm512_slli_epi32(number, 1));
        const __m512i begin = _mm512_add_epi32(at, _mm512_set1_epi32((int)last));
        const __mmask16 moves = _mm512_test_epi32_mask(v, _mm512_set1_epi32(MOVES));
        const __m512i end = _mm512_mask_add_epi32(begin, moves, begin, _mm512_set1_epi32(3));
        const __m512i id = _mm512_and_si512(v, _mm512_set1_epi32(0xFFFF));
        const __m512i a = _mm512_permutex2var_epi32(id, LANES(FROM_ID_BEGIN, 0), begin);
        const __m512i b = _mm512_permutex2var_epi32(id, LANES(FROM_ID_BEGIN, 1), begin);
        const __m512i c = _mm512_permutex2var_epi32(id, LANES(FROM_ID_BEGIN, 2), begin);
        char *const to = (char *)(p + i);
        _mm512_storeu_si512(to, _mm512_permutex2var_epi32(a, LANES(FROM_ENDS, 0), end));
        _mm512_storeu_si512(to + 64, _mm512_permutex2var_epi32(b, LANES(FROM_ENDS, 1), end));
        _mm512_storeu_si512(to + 128, _mm512_permutex2var_epi32(c, LANES(FROM_ENDS, 2), end));
    }
}

/* Of the 48 pieces that 16 characters become at most the k-th: its character, as it is and as a
 * number. */
#define CHAR_OF(k)   ((k) / 3)
#define NUMBER_OF(k) ((k) / 3 << NUMBER_SHIFT)
#define EVERY_THIRD  0x249249249249u

struct block {
    size_t n;
    uint32_t packed[BLOCK_MOST + 48];
};

/* Packs the i-th 16 of the 48 pieces of 16 characters at u that `keep` has; `ids`: of those
 * characters that are pieces, `known`; `number`: that of the first, in its place. */
#define PACK(i)                                                                                    \
    do {                                                                                           \
        const __m128i bytes = _mm_loadu_si128((const __m128i *)(u + 16 * (i)));                    \
        __m512i w = _mm512_add_epi32(_mm512_cvtepu8_epi32(bytes), first_byte);                     \
        w = _mm512_mask_permutexvar_epi32(w, (__mmask16)(known >> 16 * (i)), LANES(CHAR_OF, i),    \
                                          ids);                                                    \
        w = _mm512_add_epi32(w, _mm512_add_epi32(number, LANES(NUMBER_OF, i)));                    \
        w = _mm512_mask_or_epi32(w, (__mmask16)(moves >> 16 * (i)), w, _mm512_set1_epi32(MOVES));  \
        const __mmask16 kept = (__mmask16)(keep >> 16 * (i));                                      \
        _mm512_storeu_si512(packed + m, _mm512_maskz_compress_epi32(kept, w));                     \
        m += (size_t)_mm_popcnt_u32(kept);                                                         \
    } while (0)

/* Packs what up to BLOCK_CHARS characters at u become; returns how many of them. */
WIDE unsigned pack(const weir_tok *t, const uint8_t *u, struct block *b)
{
    /* Bytes of each character, the lead's first, as one number; its top byte is not looked at. */
    const __m512i four = _mm512_setr_epi32(
        0x000102, 0x030405, 0x060708, 0x090A0B, 0x0C0D0E, 0x0F1011, 0x121314, 0x151617, 0x18191A,
        0x1B1C1D, 0x1E1F20, 0x212223, 0x242526, 0x272829, 0x2A2B2C, 0x2D2E2F);
    const __m512i first_byte = _mm512_set1_epi32((int)t->byte_ids[0]);
    const uint16_t *const table = t->bpe->lone_ids;
    uint32_t *const packed = b->packed;
    size_t m = 0;
    for (unsigned done = 0;; done += 16, u += 48) {
        const __m512i v = _mm512_permutexvar_epi8(four, _mm512_loadu_si512(u));
        const __m512i lead = _mm512_and_si512(v, _mm512_set1_epi32(0xF00000));
        const __mmask16 is_three = _mm512_cmpeq_epi32_mask(lead, _mm512_set1_epi32(0xE00000));
        const __m512i low = _mm512_and_si512(v, _mm512_set1_epi32(0x3F));
        const __m512i middle =
            _mm512_and_si512(_mm512_srli_epi32(v, 2), _mm512_set1_epi32(0x3F << 6));
        const __m512i high =
            _mm512_and_si512(_mm512_srli_epi32(v, 4), _mm512_set1_epi32(0x0F << 12));
        const __m512i c = _mm512_or_si512(low, _mm512_or_si512(middle, high));
        const __m512i ids = _mm512_and_si512(_mm512_i32gather_epi32(c, table, sizeof *table),
                                             _mm512_set1_epi32(0xFFFF));
        unsigned n = (unsigned)__builtin_ctz((uint32_t)(__mmask16)~is_three | 1u << 16);
        const uint32_t joins =
            _mm512_cmpeq_epi32_mask(ids, _mm512_set1_epi32(JOINS)) & ((1u << n) - 1);
        if (__builtin_expect(joins != 0, 0)) // else it is known early where the run ends
            n = (unsigned)__builtin_ctz(joins);
        const uint32_t whole = _mm512_cmpneq_epi32_mask(ids, _mm512_set1_epi32(NO_PIECE));
        const uint64_t all = ((uint64_t)1 << 3 * n) - 1;
        const uint64_t known = _pdep_u64(whole, EVERY_THIRD) & all;
        const uint64_t parts = _pdep_u64(~whole, EVERY_THIRD) & all;
        const uint64_t moves = known | parts << 2, keep = known | parts * 7;
        const __m512i number = _mm512_set1_epi32((int)(done << NUMBER_SHIFT));
        PACK(0);
        if (n > 5)
            PACK(1);
        if (n > 10)
            PACK(2);
        if (n < 16 || done + 16 == BLOCK_CHARS) {
            b->n = m;
            return done + n;
        }
    }
}

WEIR_AVX512 static const uint8_t *put_avx512(const weir_tok *t, const uint8_t *u, uint32_t *last,
                                             struct tok_sink *o)
{
    struct block b;
    unsigned n = BLOCK_CHARS;
    while (n == BLOCK_CHARS && o->cap - o->n >= TOK_LONE_ROOM) {
        n = pack(t, u, &b);
        spread(o->p + o->n, b.packed, b.n, *last);
        o->n += b.n;
        u += (size_t)3 * n;
        *last += 3 * n;
    }
    return u;
}

/* What the kernel gathers from.  It counts on ids of 16 bits and on bytes' ids in a row. */
static int build_ids(const weir_tok *t, struct tok_bpe *b)
{
    for (unsigned i = 0; i < 256; i++)
        if (t->byte_ids[i] != t->byte_ids[0] + i || t->byte_ids[i] >= JOINS)
            return 0;
    if (t->model.n_pieces >= JOINS)
        return 0;
    b->lone_ids = weir_calloc(CHARS + 1, sizeof *b->lone_ids); // a gather reads one too many
    if (!b->lone_ids)
        return WEIR_EMEM;
    for (uint32_t c = 0; c < CHARS; c++) {
        const uint32_t info = tok_char_info(b, c), symbol = info & TOK_NO_SYMBOL;
        b->lone_ids[c] = (uint16_t)(info & TOK_JOINS_RIGHT       ? JOINS
                                    : symbol < t->model.n_pieces ? symbol
                                                                 : NO_PIECE);
    }
    return 0;
}
#endif

tok_lone_kernel *tok_lone(const struct tok_bpe *b, const char *name)
{
#if defined(__x86_64__)
    if (!strcmp(name, "avx512"))
        return b->lone_ids && weir_has_avx512() ? put_avx512 : NULL;
#endif
    (void)b;
    return !strcmp(name, "scalar") ? put_scalar : NULL;
}

int tok_lone_build(const weir_tok *t, struct tok_bpe *b)
{
    if (!b->lone)
        return 0;
#if defined(__x86_64__)
    if (build_ids(t, b))
        return WEIR_EMEM;
#else
    (void)t;
#endif
    b->put_lone = tok_lone(b, "avx512");
    if (!b->put_lone)
        b->put_lone = put_scalar;
    return 0;
}
