#include "weir/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cpu.h"
#include "lib/json_escape.h"
#include "weir/utf8.h"

int weir_buf_reserve(struct weir_buf *b, size_t extra)
{
    size_t need, alloc;
    if (b->failed)
        return WEIR_EMEM;
    if (__builtin_add_overflow(b->n, extra, &need))
        goto fail;
    if (b->p && need <= b->cap)
        return 0;
    size_t cap = b->cap + b->cap / 2;
    if (cap < need)
        cap = need;
    if (cap < 256)
        cap = 256;
    if (__builtin_add_overflow(cap, WEIR_PADDING, &alloc))
        goto fail;
    char *p = realloc(b->p, alloc);
    if (!p)
        goto fail;
    b->p = p;
    b->cap = cap;
    return 0;
fail:
    b->failed = 1;
    return WEIR_EMEM;
}

void weir_buf_add(struct weir_buf *b, const void *p, size_t n)
{
    if (!n || weir_buf_reserve(b, n))
        return;
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

void weir_buf_addc(struct weir_buf *b, char c)
{
    if (weir_buf_reserve(b, 1))
        return;
    b->p[b->n++] = c;
}

void weir_buf_adds(struct weir_buf *b, const char *s)
{
    weir_buf_add(b, s, strlen(s));
}

void weir_buf_addf(struct weir_buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0) {
        b->failed = 1;
        return;
    }
    if (weir_buf_reserve(b, (size_t)n + 1))
        return;
    va_start(ap, fmt);
    vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->n += (size_t)n;
}

void weir_buf_add_u64(struct weir_buf *b, uint64_t v)
{
    char digits[20];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + v % 10);
    while (v /= 10);
    weir_buf_add(b, digits + at, sizeof digits - at);
}

static const char hex_digits[] = "0123456789abcdef";

void weir_buf_add_hex(struct weir_buf *b, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < n; i++) {
        weir_buf_addc(b, hex_digits[p[i] >> 4]);
        weir_buf_addc(b, hex_digits[p[i] & 15]);
    }
}

void weir_buf_add_utf8(struct weir_buf *b, uint32_t c)
{
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        c = 0xFFFD;
    if (weir_buf_reserve(b, 4))
        return;
    b->n += weir_utf8_encode(c, b->p + b->n);
}

/* Bytes of \u001F; bytes by which a string may grow before there is asked for room again. */
enum { ESCAPE_MAX = 6, GROWTH = 1024 };

/* Writes what stands for c in a JSON string; returns its length. */
static size_t escape(char *to, unsigned char c)
{
    static const char shorts[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
                                  ['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\'};
    to[0] = '\\';
    if (shorts[c])
        return to[1] = shorts[c], 2;
    memcpy(to + 1, "u00", 3);
    to[4] = hex_digits[c >> 4];
    to[5] = hex_digits[c & 15];
    return ESCAPE_MAX;
}

void weir_buf_add_json(struct weir_buf *b, struct weir_span s)
{
    const int by512 = s.n >= 64 && weir_has_avx512();
    const size_t growth = by512 ? GROWTH : ESCAPE_MAX;
    if (weir_buf_reserve(b, s.n + 2))
        return;
    b->p[b->n++] = '"';
    for (size_t i = 0; i < s.n;) {
        const size_t room = s.n - i + growth + 1; // with the quote
        if (b->cap - b->n < room && weir_buf_reserve(b, room))
            return;
        char *to = b->p + b->n;
        size_t n = 0;
        if (by512)
            n = json_escape512(&to, s.p + i, s.n - i < GROWTH ? s.n - i : GROWTH);
        if (!n) {
            n = json_copy_plain(to, s.p + i, s.n - i);
            to += n;
            if (i + n < s.n)
                to += escape(to, (unsigned char)s.p[i + n++]);
        }
        b->n = (size_t)(to - b->p);
        i += n;
    }
    b->p[b->n++] = '"';
}

static int is_ascii(struct weir_span s)
{
    char all = 0;
    for (size_t i = 0; i < s.n; i++)
        all |= s.p[i];
    return all >= 0;
}

void weir_buf_add_json_lossy(struct weir_buf *b, struct weir_span s)
{
    if ((s.n < WEIR_PADDING && is_ascii(s)) || weir_utf8_valid(s.p, s.n) == s.n) {
        weir_buf_add_json(b, s);
        return;
    }
    struct weir_buf fixed = {0};
    for (size_t i = 0; i < s.n;) {
        unsigned len;
        weir_buf_add_utf8(&fixed, weir_utf8_decode(s.p + i, s.n - i, &len));
        i += len;
    }
    b->failed |= fixed.failed;
    weir_buf_add_json(b, weir_buf_span(&fixed));
    weir_buf_free(&fixed);
}

int weir_buf_check(const struct weir_buf *b, struct weir_err *err)
{
    if (!b->failed)
        return 0;
    return weir_err_set(err, WEIR_EMEM, "out of memory");
}

void weir_buf_reset(struct weir_buf *b, size_t keep)
{
    b->n = 0;
    b->failed = 0;
    if (b->cap > keep)
        weir_buf_free(b);
}

void weir_buf_free(struct weir_buf *b)
{
    free(b->p);
    memset(b, 0, sizeof *b);
}

void *weir_calloc(size_t n, size_t size)
{
    return calloc(n ? n : 1, size ? size : 1);
}

void *weir_realloc_array(void *p, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes))
        return NULL;
    return realloc(p, bytes ? bytes : 1);
}

int weir_grow(void *p, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap)
        return 0;
    size_t want = *cap > SIZE_MAX / 2 ? need : *cap * 2;
    if (want < need)
        want = need;
    if (want < 16)
        want = 16;
    void *old;
    memcpy(&old, p, sizeof old);
    void *grown = weir_realloc_array(old, want, size);
    if (!grown)
        return WEIR_EMEM;
    memcpy(p, &grown, sizeof grown);
    *cap = want;
    return 0;
}
