/* Where a JSON value ends. */
#include "ingest/frame.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* First quote or backslash (or, with high, byte from 0x80) in p[i..n), or n. */
static size_t skip_plain(const char *p, size_t i, size_t n, int high)
{
#ifdef __SSE2__
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

int ingest_json_scan(struct ingest_json_scan *s, const char *p, size_t *i, size_t n)
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
