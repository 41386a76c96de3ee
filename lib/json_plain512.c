/* Strings of JSON by vectors of AVX-512, 64 bytes at a time whatever they hold: where a text has a
 * line end in every other block, a branch for each costs more than all the rest. */
#include "lib/json_plain.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX512                                                                                     \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi,bmi2,popcnt")))
#define ODD  0x5555555555555555u // the first byte of each pair
#define EVEN 0xAAAAAAAAAAAAAAAAu

int json_512_here(void)
{
    return __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("avx512vbmi") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
           __builtin_cpu_supports("popcnt");
}

/* What the character behind a backslash means, by its code; and the reverse, of those below 32. */
static const char meant[128]
    __attribute__((aligned(64))) = {['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
                                    ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t'};
static const char shorts[64] __attribute__((aligned(64))) = {
    ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};

/* The characters behind a backslash that is not behind one itself: of a run of backslashes that
 * begins at an odd place the carry of an addition reaches to where it ends (simdjson's idea). */
static inline uint64_t escaped_by(uint64_t backslash)
{
    const uint64_t follows = backslash << 1;
    const uint64_t starts = backslash & EVEN & ~follows;
    return (ODD ^ (starts + backslash) << 1) & follows;
}

AVX512 size_t json_unescape512(char **to, const char *s, size_t n)
{
    const __m512i low = _mm512_load_si512(meant), high = _mm512_load_si512(meant + 64);
    size_t i = 0;
    while (i < n) {
        const __m512i v = _mm512_loadu_si512(s + i);
        const uint64_t backslash = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\\'));
        const uint64_t quote = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('"'));
        const uint64_t control = _mm512_cmplt_epu8_mask(v, _mm512_set1_epi8(0x20));
        const uint64_t escaped = escaped_by(backslash), start = backslash & ~escaped;
        const __m512i means = _mm512_permutex2var_epi8(low, v, high);
        const uint64_t bad =
            escaped & (_mm512_movepi8_mask(v) | _mm512_testn_epi8_mask(means, means));
        const uint64_t end = (quote & ~escaped) | control | bad >> 1;
        const __m512i out = _mm512_mask_mov_epi8(v, escaped, means);
        size_t len = 64;
        if (end || n - i < 64 || start >> 63) {
            len = end ? (size_t)__builtin_ctzll(end) : 64;
            if (len > n - i)
                len = n - i;
            if (len && start >> (len - 1) & 1) // what it escapes is not here
                len--;
        }
        const uint64_t keep = _bzhi_u64(~start, (unsigned)len);
        _mm512_storeu_si512(*to, _mm512_maskz_compress_epi8(keep, out));
        *to += _mm_popcnt_u64(keep);
        i += len;
        if (len < 63)
            break;
    }
    return i;
}

/* Half a block: every character behind a backslash, of which those of escape stay. */
AVX512 static inline size_t put_half(char *to, __m256i half, uint32_t escape)
{
    const __m512i pairs =
        _mm512_or_si512(_mm512_slli_epi16(_mm512_cvtepu8_epi16(half), 8), _mm512_set1_epi16('\\'));
    const uint64_t keep = EVEN | _pdep_u64(escape, ODD);
    _mm512_storeu_si512(to, _mm512_maskz_compress_epi8(keep, pairs));
    return 32 + (size_t)_mm_popcnt_u32(escape);
}

AVX512 size_t json_escape512(char **to, const char *s, size_t n)
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
int json_512_here(void)
{
    return 0;
}

size_t json_unescape512(char **to, const char *s, size_t n)
{
    (void)to, (void)s, (void)n;
    return 0;
}

size_t json_escape512(char **to, const char *s, size_t n)
{
    (void)to, (void)s, (void)n;
    return 0;
}
#endif
