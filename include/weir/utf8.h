/* UTF-8 and the few character classes that every stage needs. */
#ifndef WEIR_UTF8_H
#define WEIR_UTF8_H

#include "weir/base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define WEIR_UTF8_BAD 0xFFFFFFFFu

/* The code point at s (n > 0 bytes left) and its length in *len.  An invalid byte gives
 * WEIR_UTF8_BAD and length 1 (overlong forms, surrogates and values above 0x10FFFF are invalid). */
static inline uint32_t weir_utf8_decode(const char *s, size_t n, unsigned *len)
{
    const unsigned char *u = (const unsigned char *)s;
    uint32_t c = u[0];
    *len = 1;
    if (c < 0x80)
        return c;
    if (c >= 0xC2 && c < 0xE0 && n > 1 && (u[1] & 0xC0) == 0x80)
        return *len = 2, (c & 0x1F) << 6 | (u[1] & 0x3F);
    if ((c & 0xF0) == 0xE0 && n > 2 && (u[1] & 0xC0) == 0x80 && (u[2] & 0xC0) == 0x80) {
        c = (c & 0x0F) << 12 | (uint32_t)(u[1] & 0x3F) << 6 | (u[2] & 0x3F);
        if (c >= 0x800 && (c < 0xD800 || c > 0xDFFF))
            return *len = 3, c;
    } else if (c >= 0xF0 && c < 0xF5 && n > 3 && (u[1] & 0xC0) == 0x80 && (u[2] & 0xC0) == 0x80 &&
               (u[3] & 0xC0) == 0x80) {
        c = (c & 0x07) << 18 | (uint32_t)(u[1] & 0x3F) << 12 | (uint32_t)(u[2] & 0x3F) << 6 |
            (u[3] & 0x3F);
        if (c >= 0x10000 && c <= 0x10FFFF)
            return *len = 4, c;
    }
    return WEIR_UTF8_BAD;
}

/* The same for text that is known to be valid: what it reads is not checked. */
static inline uint32_t weir_utf8_decode_valid(const char *s, unsigned *len)
{
    const unsigned char *u = (const unsigned char *)s;
    if (u[0] < 0x80)
        return *len = 1, u[0];
    if (u[0] >= 0xF0)
        return *len = 4, (uint32_t)(u[0] & 7) << 18 | (uint32_t)(u[1] & 63) << 12 |
                             (uint32_t)(u[2] & 63) << 6 | (u[3] & 63);
    if (u[0] >= 0xE0)
        return *len = 3, (uint32_t)(u[0] & 15) << 12 | (uint32_t)(u[1] & 63) << 6 | (u[2] & 63);
    return *len = 2, (uint32_t)(u[0] & 31) << 6 | (u[1] & 63);
}

/* Writes c (a valid code point) to p (4 bytes of room); returns its length. */
WEIR_API unsigned weir_utf8_encode(uint32_t c, char *p);
/* Bytes of the longest valid prefix: n when all of it is valid.  Vectorised for long text. */
WEIR_API size_t weir_utf8_valid(const char *s, size_t n);
/* Code points in valid text. */
WEIR_API size_t weir_utf8_count(const char *s, size_t n);
/* Steps back from at to the first byte of the character that holds byte at - 1; at > 0. */
WEIR_API size_t weir_utf8_prev(const char *s, size_t at);

/* Han ideographs: the unified blocks with extensions A to J, compatibility ideographs, 〇. */
static inline int weir_is_han(uint32_t c)
{
    return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) ||
           (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3347F) || c == 0x3007;
}

static inline int weir_is_ascii_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

static inline int weir_is_ascii_alpha(uint32_t c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z' && c < 128;
}

/* Unicode White_Space. */
WEIR_API int weir_is_space(uint32_t c);
/* General categories P*, S*, L*, N* (from ICU); table lookups below U+10000. */
WEIR_API int weir_is_punct(uint32_t c);
WEIR_API int weir_is_symbol(uint32_t c);
WEIR_API int weir_is_letter(uint32_t c);
WEIR_API int weir_is_number(uint32_t c);

/* The standards that have a character, WEIR_GB2312 (simplified) and WEIR_BIG5 (traditional): one in
 * only one of them tells the script.  (WEIR_HAN_STANDARDS) from U+4E00; the library's. */
enum { WEIR_GB2312 = 1, WEIR_BIG5 = 2, WEIR_HAN_STANDARDS = 0x5200 };
WEIR_API const uint8_t *weir_han_standards(void);

#ifdef __cplusplus
}
#endif
#endif
