/* Strings of JSON by vectors of AVX-512, 64 bytes at a time whatever they hold: where a text has a
 * line end in every other block, a branch for each costs more than all the rest. */
#include "lib/json_escape.h"

#include <stdint.h>

#if defined(__x86_64__)
#include <immintrin.h>

#include "lib/cpu.h"

#define ODD  0x5555555555555555u // the first byte of each pair
#define EVEN 0xAAAAAAAAAAAAAAAAu

/* The names of control characters. */
static const char shorts[64] __attribute__((aligned(64))) = {
    ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};

/* Half a block: every character behind a backslash, of which those of escape stay. */
WEIR_AVX512 static inline size_t put_half(char *to, __m256i half, uint32_t escape)
{
    const __m512i pairs =
        _mm512_or_si512(_mm512_slli_epi16(_mm512_cvtepu8_epi16(half), 8), _mm512_set1_epi16('\\'));
    const uint64_t keep = EVEN | _pdep_u64(escape, ODD);
    _mm512_storeu_si512(to, _mm512_maskz_compress_epi8(keep, pairs));
    return 32 + (size_t)_mm_popcnt_u32(escape);
}

WEIR_AVX512 size_t json_escape512(char **to, const char *s, size_t n)
{
    const __m512i table = _mm512_load_si512(shorts);
    size_t i = 0;
    for (; n - i >= 64; i += 64) {
        const __m512i v = _mm512_loadu_si512(s + i);
        const uint64_t control = _mm512_cmplt_epu8_mask(v, _mm512_set1_epi8(0x20));
        const uint64_t escape = control | _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\\')) |
                                _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('"'));
        const __m512i named = _mm512_mask_permutexvar_epi8(v, control, v, table);
        if (_mm512_testn_epi8_mask(named, named))
            break;
        *to += put_half(*to, _mm512_castsi512_si256(named), (uint32_t)escape);
        *to += put_half(*to, _mm512_extracti64x4_epi64(named, 1), (uint32_t)(escape >> 32));
    }
    return i;
}
#else
size_t json_escape512(char **to, const char *s, size_t n)
{
    (void)to, (void)s, (void)n;
    return 0;
}
#endif
