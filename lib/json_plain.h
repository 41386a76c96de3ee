/* JSON as nearly all of it is written: what is read here is read as the parser behind weir/json.h
 * reads it, in one pass and at several times its speed; anything else is left to that. */
#ifndef WEIR_JSON_PLAIN_H
#define WEIR_JSON_PLAIN_H

#include "weir/json.h"

#ifdef __cplusplus
extern "C" {
#endif

struct json_plain {
    struct weir_field *f;
    size_t n_f, cap_f;
    struct weir_buf strings; // keys and strings, decoded
    int narrow;              // without AVX-512, where there is
};

/* Lists the members of the object in line[0..n) in j->f and returns 1, or returns 0: it may be
 * broken, or hold what this does not read (numbers with an exponent or more than 18 digits, objects
 * in more than JSON_PLAIN_DEPTH others, more than JSON_PLAIN_MEMBERS members).  The WEIR_PADDING
 * bytes behind line[n] must be readable.  Spans as those of weir_json_object(). */
enum { JSON_PLAIN_DEPTH = 64, JSON_PLAIN_MEMBERS = 65536 };
int json_plain_object(struct json_plain *j, const char *line, size_t n);
void json_plain_free(struct json_plain *j);

/* weir_json_object() by the parser alone: the reference. */
int json_object_parsed(weir_json *j, const char *line, size_t n, struct weir_field **f, size_t *n_f,
                       struct weir_err *err);

/* Copies the bytes in front of s that stand for themselves in a JSON string; returns how many.
 * There is room for n and WEIR_PADDING more. */
size_t json_copy_plain(char *to, const char *s, size_t n);
size_t json_copy_plain_portable(char *to, const char *s, size_t n);

/* 1 when the next two do anything here. */
int json_512_here(void);
/* Decodes the bytes in front of s[0..n), inside a string: up to its end, to what is no JSON, or to
 * a character given by its number.  *to has room for as many and WEIR_PADDING more, as many are
 * readable behind s[n].  Moves *to; returns the bytes taken. */
size_t json_unescape512(char **to, const char *s, size_t n);
/* The reverse, in whole blocks up to one that holds a control character without a name.  *to has
 * room for twice as many and WEIR_PADDING more. */
size_t json_escape512(char **to, const char *s, size_t n);

#ifdef __cplusplus
}
#endif
#endif
