/* Strings written as JSON. */
#ifndef WEIR_JSON_ESCAPE_H
#define WEIR_JSON_ESCAPE_H

#include <stddef.h>

/* Copies the bytes in front of s that stand for themselves in a JSON string; returns how many.
 * There is room for n and WEIR_PADDING more. */
size_t json_copy_plain(char *to, const char *s, size_t n);
size_t json_copy_plain_portable(char *to, const char *s, size_t n);

/* Where weir_has_avx512(): writes s[0..n) as in a JSON string, in whole blocks of 64 bytes up to
 * one that holds a control character without a name.  *to has room for twice as many and
 * WEIR_PADDING more.  Moves *to; returns the bytes taken. */
size_t json_escape512(char **to, const char *s, size_t n);

#endif
