/* Where a JSON value ends. */
#include "ingest/frame.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

/* First quote or backslash (or, with high, byte from 0x80) in p[i..n), or n. */
static size_t skip_plain(const char *p, size_t i, size_t n, int high)
{
#ifdef __x86_64__
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');
    const __m128i none = _mm_setzero_si128(), also = high ? _mm_set1_epi8(-1) : none;
    for (; i + 16 <= n; i += 16) {
        const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        const __m128i hit =
            _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash)),
                         _mm_and_si128(_mm_cmplt_epi8(v, none), also));
        const int mask = _mm_movemask_epi8(hit);
        if (mask)
            return i + (size_t)__builtin_ctz((unsigned)mask);
    }
#endif
    while (i < n && p[i] != '"' && p[i] != '\\' && !(high && p[i] & 0x80))
        i++;
    return i;
}

/* Inside a string: *i behind its closing quote and 1, or 0 at the end of what is there. */
static int scan_string(struct ingest_json_scan *s, const char *p, size_t *i, size_t n)
{
    for (;;) {
        *i = skip_plain(p, *i, n, s->two_byte);
        if (*i == n)
            return 0;
        if (p[*i] == '"') {
            *i += 1;
            return 1;
        }
        if (n - *i < 2)
            return 0;
        *i += 2; // an escape, or a character of two bytes
    }
}

#ifdef __x86_64__
#define AVX2  __attribute__((target("avx2,popcnt")))
#define BLOCK 64

/* What stands at which of 64 bytes. */
struct places {
    uint64_t quote, slash, open, close;
};

AVX2 static inline uint64_t equal(__m256i a, __m256i b, char c)
{
    const __m256i x = _mm256_set1_epi8(c);
    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(a, x)) |
           (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(b, x)) << 32;
}

AVX2 static inline struct places places(const char *p)
{
    const __m256i a = _mm256_loadu_si256((const void *)p);
    const __m256i b = _mm256_loadu_si256((const void *)(p + 32));
    const __m256i curly = _mm256_set1_epi8('{' - '['); // makes curly brackets of square ones
    const __m256i a_curly = _mm256_or_si256(a, curly), b_curly = _mm256_or_si256(b, curly);
    return (struct places){equal(a, b, '"'), equal(a, b, '\\'), equal(a_curly, b_curly, '{'),
                           equal(a_curly, b_curly, '}')};
}

/* What a backslash stands in front of, when nothing stands in front of the first one.  Of a run of
 * them that begins at an odd place the carry of an addition reaches its end.  (Langdale and Lemire,
 * "Parsing Gigabytes of JSON per Second", 2019.) */
static inline uint64_t escaped(uint64_t slash)
{
    const uint64_t even = 0x5555555555555555u, behind = slash << 1;
    const uint64_t starts = slash & ~even & ~behind;
    return (even ^ (starts + slash) << 1) & behind;
}

/* Bits from each set one to before the next. */
static inline uint64_t spans(uint64_t x)
{
    for (unsigned n = 1; n < 64; n *= 2)
        x ^= x << n;
    return x;
}

/* Goes on by blocks, inside of an object or array, while they hold no end of it; 0 before one that
 * does, or that has a backslash outside of strings. */
AVX2 static void scan_blocks(struct ingest_json_scan *s, const char *p, size_t *from, size_t n)
{
    size_t i = *from;
    uint64_t in_string = 0 - (uint64_t)(s->in_string != 0); // all bits
    uint32_t depth = s->depth;
    while (n - i >= BLOCK) {
        const struct places at = places(p + i);
        const uint64_t after = escaped(at.slash);
        const uint64_t inside = spans(at.quote & ~after) ^ in_string;
        const uint32_t n_close = (uint32_t)_mm_popcnt_u64(at.close & ~inside);
        if (n_close >= depth || at.slash & ~inside)
            break;
        depth += (uint32_t)_mm_popcnt_u64(at.open & ~inside) - n_close;
        in_string = 0 - (inside >> 63);
        i += BLOCK;
        /* What the last one escapes is not here.  A branch: the next block need not wait. */
        if (__builtin_expect((at.slash & ~after) >> 63, 0))
            i--;
    }
    *from = i;
    s->depth = depth;
    s->in_string = (int)(in_string & 1);
}
#endif

int ingest_json_scan_portable(struct ingest_json_scan *s, const char *p, size_t *i, size_t n)
{
    for (;;) {
        if (s->in_string) {
            if (!scan_string(s, p, i, n))
                return 0;
            s->in_string = 0;
            if (!s->depth)
                return 1;
        }
        if (*i == n)
            return 0;
        const char c = p[*i];
        if (!s->depth && (c == ',' || c == ']' || c == '}'))
            return 1; // behind a number or word
        *i += 1;
        if (c == '"') {
            s->in_string = 1;
        } else if (c == '{' || c == '[') {
            s->depth++;
        } else if ((c == '}' || c == ']') && !--s->depth) {
            return 1;
        }
    }
}

int ingest_json_scan(struct ingest_json_scan *s, const char *p, size_t *i, size_t n)
{
#ifdef __x86_64__
    if (!s->two_byte && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt")) {
        for (size_t to = 0; to < n;) {
            scan_blocks(s, p, i, n);
            to = n - *i > BLOCK ? *i + BLOCK : n;
            if (ingest_json_scan_portable(s, p, i, to))
                return 1;
        }
        return 0;
    }
#endif
    return ingest_json_scan_portable(s, p, i, n);
}
