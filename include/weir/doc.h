/* A document: one line of JSON with the fields of docs/formats.md.  What a stage does not change
 * leaves with the bytes it came in with; what it changes is spliced into the line. */
#ifndef WEIR_DOC_H
#define WEIR_DOC_H

#include "weir/json.h"

#ifdef __cplusplus
extern "C" {
#endif

struct weir_doc {
    struct weir_span line; // as read, without its newline
    struct weir_field *f;  // all members, the parser's
    size_t n_f;
    struct weir_span id, text, source, lang, code_lang, title, url; // decoded; p NULL when absent
    struct weir_span origin; // raw JSON of the origin object; p NULL when absent
};

/* Parses a line into *d.  Errors: not one JSON object, no "text" string, or a known field that is
 * no string (WEIR_EBAD).  Padding and lifetime as weir_json_object(). */
WEIR_API WEIR_MUST_CHECK int weir_doc_parse(weir_json *j, struct weir_span line, struct weir_doc *d,
                                            struct weir_err *err);

/* Appends the line with the value of one member replaced (or the member added at the end) by
 * raw_value, JSON as it shall stand there.  No newline is added.  A key given several times is
 * replaced at its last place. */
WEIR_API void weir_doc_with(struct weir_buf *b, const struct weir_doc *d, const char *key,
                            struct weir_span raw_value);

/* A member and its value, JSON as it shall stand in the line. */
struct weir_member {
    const char *key;
    struct weir_span raw;
};
/* The same for n members of different names; the line must have been parsed into *d by the last
 * call of its parser. */
WEIR_API void weir_doc_with_all(struct weir_buf *b, const struct weir_doc *d,
                                const struct weir_member *m, size_t n);

#ifdef __cplusplus
}
#endif
#endif
