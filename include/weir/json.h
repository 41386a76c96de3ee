/* One JSON object at a time, parsed in place by simdjson; we frame the lines ourselves. */
#ifndef WEIR_JSON_H
#define WEIR_JSON_H

#include "weir/buf.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weir_json weir_json; // a parser and its scratch: one a thread

enum weir_json_type {
    WEIR_JSON_NULL,
    WEIR_JSON_BOOL,
    WEIR_JSON_NUMBER,
    WEIR_JSON_STRING,
    WEIR_JSON_ARRAY,
    WEIR_JSON_OBJECT
};

struct weir_field {
    struct weir_span key; // decoded
    struct weir_span raw; // the value's own bytes inside the line
    struct weir_span str; // decoded text when type is WEIR_JSON_STRING
    enum weir_json_type type;
};

WEIR_API weir_json *weir_json_new(struct weir_err *err);
WEIR_API void weir_json_free(weir_json *j);

/* Parses one object and lists its members in order of appearance.  The WEIR_PADDING bytes behind
 * line[n] must be readable.  The whole of it is validated, nested values too (depth at most 128,
 * members of the object at most 65,536), and nothing but white space may follow.  *f and every span
 * stay valid until the next call with this parser (raw as long as the line).  Returns 0, or
 * WEIR_EBAD with the reason.  Whole numbers above 64 bits are refused, as simdjson does. */
WEIR_API WEIR_MUST_CHECK int weir_json_object(weir_json *j, const char *line, size_t n,
                                              struct weir_field **f, size_t *n_f,
                                              struct weir_err *err);

/* The last member of that name, or NULL. */
WEIR_API const struct weir_field *weir_json_find(const struct weir_field *f, size_t n_f,
                                                 const char *key);
/* A member that is a whole number in range; 0 and the value, or WEIR_EBAD. */
WEIR_API int weir_json_u64(const struct weir_field *f, uint64_t *value);

#ifdef __cplusplus
}
#endif
#endif
