#include "lib/json_escape.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static size_t copy_rest(char *to, const char *s, size_t n, size_t i)
{
    for (; i < n && (unsigned char)s[i] >= 0x20 && s[i] != '"' && s[i] != '\\'; i++)
        to[i] = s[i];
    return i;
}

size_t json_copy_plain_portable(char *to, const char *s, size_t n)
{
    return copy_rest(to, s, n, 0);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static size_t copy_avx2(char *to, const char *s, size_t n)
{
    size_t i = 0;
    while (n - i >= sizeof(__m256i)) {
        const __m256i v = _mm256_loadu_si256((const void *)(s + i));
        const __m256i below = _mm256_min_epu8(v, _mm256_set1_epi8(0x1F));
        const __m256i odd = _mm256_or_si256(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('"')),
                                            _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\')));
        const __m256i found = _mm256_or_si256(odd, _mm256_cmpeq_epi8(v, below));
        const unsigned mask = (unsigned)_mm256_movemask_epi8(found);
        _mm256_storeu_si256((void *)(to + i), v);
        if (mask)
            return i + (unsigned)__builtin_ctz(mask);
        i += sizeof(__m256i);
        if (i < n && n - i < sizeof(__m256i)) // the last ones together with some from before
            i = n - sizeof(__m256i);
    }
    return n < sizeof(__m256i) ? copy_rest(to, s, n, 0) : n;
}

size_t json_copy_plain(char *to, const char *s, size_t n)
{
    return __builtin_cpu_supports("avx2") ? copy_avx2(to, s, n) : copy_rest(to, s, n, 0);
}
#else
size_t json_copy_plain(char *to, const char *s, size_t n)
{
    return copy_rest(to, s, n, 0);
}
#endif
