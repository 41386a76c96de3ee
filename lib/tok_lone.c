/* Chinese where no piece holds two Han characters: runs of characters of three bytes that join
 * nothing, each of which is a piece or becomes its three bytes. */
#include "tok_impl.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { NO_PIECE = 0xFFFF, JOINS = 0xFFFE, CHARS = 1 << 16 }; // of ids

/* Whether a character is a piece is no branch, for it would be a bad guess every few of them. */
static const uint8_t *put_scalar(const weir_tok *t, const uint8_t *u, uint32_t *last,
                                 struct tok_sink *o, size_t most)
{
    struct weir_piece *p = o->p + o->n, *const full = o->p + most;
    const uint32_t n_pieces = (uint32_t)t->model.n_pieces;
    for (; p < full && (u[0] & 0xF0) == 0xE0; u += 3) {
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
#define WIDE                                                                                       \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,bmi,bmi2,popcnt"),                 \
                   always_inline)) static inline

/* Numbers 0 to 15 of lane 16 * i + k for each k, as numbers of a function of it. */
#define LANES(f, i)                                                                                \
    _mm512_setr_epi32(f(16 * i), f(16 * i + 1), f(16 * i + 2), f(16 * i + 3), f(16 * i + 4),       \
                      f(16 * i + 5), f(16 * i + 6), f(16 * i + 7), f(16 * i + 8), f(16 * i + 9),   \
                      f(16 * i + 10), f(16 * i + 11), f(16 * i + 12), f(16 * i + 13),              \
                      f(16 * i + 14), f(16 * i + 15))
/* Of 16 pieces' 48 numbers, id, begin, end, the k-th: where it stands among ids (from 0) and begins
 * (from 16); and among those two (from 0) and ends (from 16). */
#define FROM_ID_BEGIN(k) ((k) % 3 == 1 ? 16 + (k) / 3 : (k) / 3)
#define FROM_ENDS(k)     ((k) % 3 == 2 ? 16 + (k) / 3 : (k) % 16)

/* 16 pieces, from numbers of 16 bits id, 8 bits offset of begin, 8 bits length. */
WIDE void put_pieces(struct weir_piece *p, __m512i packed, uint32_t last)
{
    const __m512i id = _mm512_and_si512(packed, _mm512_set1_epi32(0xFFFF));
    const __m512i at = _mm512_and_si512(_mm512_srli_epi32(packed, 16), _mm512_set1_epi32(0xFF));
    const __m512i begin = _mm512_add_epi32(at, _mm512_set1_epi32((int)last));
    const __m512i end = _mm512_add_epi32(begin, _mm512_srli_epi32(packed, 24));
    const __m512i a = _mm512_permutex2var_epi32(id, LANES(FROM_ID_BEGIN, 0), begin);
    const __m512i b = _mm512_permutex2var_epi32(id, LANES(FROM_ID_BEGIN, 1), begin);
    const __m512i c = _mm512_permutex2var_epi32(id, LANES(FROM_ID_BEGIN, 2), begin);
    char *const to = (char *)p;
    _mm512_storeu_si512(to, _mm512_permutex2var_epi32(a, LANES(FROM_ENDS, 0), end));
    _mm512_storeu_si512(to + 64, _mm512_permutex2var_epi32(b, LANES(FROM_ENDS, 1), end));
    _mm512_storeu_si512(to + 128, _mm512_permutex2var_epi32(c, LANES(FROM_ENDS, 2), end));
}

#define CHAR_OF(k)  ((k) / 3)
#define BEGIN_OF(k) ((k) / 3 * 3 << 16)
#define EVERY_THIRD 0x249249249249u

/* The i-th 16 of the 48 pieces that 16 characters at u become at most, of which `keep` are made;
 * returns how many. */
WIDE unsigned put_third(struct weir_piece *p, const uint8_t *u, __m512i ids, uint32_t byte,
                        __m512i char_of, __m512i begin_of, uint64_t known, uint64_t moves,
                        uint64_t keep, uint32_t last, unsigned i)
{
    const __m128i bytes = _mm_loadu_si128((const __m128i *)(u + 16 * i));
    __m512i v = _mm512_add_epi32(_mm512_cvtepu8_epi32(bytes), _mm512_set1_epi32((int)byte));
    v = _mm512_mask_permutexvar_epi32(v, (__mmask16)(known >> 16 * i), char_of, ids);
    v = _mm512_add_epi32(v, begin_of);
    v = _mm512_mask_add_epi32(v, (__mmask16)(moves >> 16 * i), v, _mm512_set1_epi32(3 << 24));
    const __mmask16 kept = (__mmask16)(keep >> 16 * i);
    put_pieces(p, _mm512_maskz_compress_epi32(kept, v), last);
    return (unsigned)__builtin_popcount(kept);
}

__attribute__((
    target("avx512f,avx512bw,avx512vl,avx512vbmi,bmi,bmi2,popcnt"))) static const uint8_t *
put_avx512(const weir_tok *t, const uint8_t *u, uint32_t *last, struct tok_sink *o, size_t most)
{
    struct weir_piece *p = o->p + o->n, *const full = o->p + most;
    const uint16_t *const table = t->bpe->lone_ids;
    const uint32_t byte = t->byte_ids[0];
    /* Bytes of each character, the lead's first, as one number; its fourth byte is not looked at.
     */
    const __m512i four = _mm512_setr_epi32(
        0x000102, 0x030405, 0x060708, 0x090A0B, 0x0C0D0E, 0x0F1011, 0x121314, 0x151617, 0x18191A,
        0x1B1C1D, 0x1E1F20, 0x212223, 0x242526, 0x272829, 0x2A2B2C, 0x2D2E2F);
    for (;;) {
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
        p += put_third(p, u, ids, byte, LANES(CHAR_OF, 0), LANES(BEGIN_OF, 0), known, moves, keep,
                       *last, 0);
        if (n > 5)
            p += put_third(p, u, ids, byte, LANES(CHAR_OF, 1), LANES(BEGIN_OF, 1), known, moves,
                           keep, *last, 1);
        if (n > 10)
            p += put_third(p, u, ids, byte, LANES(CHAR_OF, 2), LANES(BEGIN_OF, 2), known, moves,
                           keep, *last, 2);
        if (n < 16 || p >= full) {
            *last += 3 * n;
            o->n = (size_t)(p - o->p);
            return u + (size_t)3 * n;
        }
        u += 48; // not 3 * n: what comes next need not wait for what was found here
        *last += 48;
    }
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
        return b->lone_ids && __builtin_cpu_supports("avx512bw") &&
                       __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi") &&
                       __builtin_cpu_supports("bmi2")
                   ? put_avx512
                   : NULL;
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
#endif
    b->put_lone = tok_lone(b, "avx512");
    if (!b->put_lone)
        b->put_lone = put_scalar;
    return 0;
}
