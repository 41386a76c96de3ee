/* JSON as a tree in an arena, for records that are changed into others.  Strict text was validated
 * before (weir_json_object()); the loose way reads what a language model wrote: cut off, in single
 * quotes, with commas too many or too few. */
#ifndef WEIR_KG2INSTRUCTION_IE_JSON_H
#define WEIR_KG2INSTRUCTION_IE_JSON_H

#include "weir/json.h"

struct ie_val {
    enum weir_json_type type;
    struct weir_span key; // in an object: decoded
    struct weir_span str; // a string decoded; of other scalars their own bytes
    struct ie_val *kid;   // (n) of an array or object
    size_t n;
};

struct ie_block;
struct ie_doc { // start with {0}
    struct ie_block *block;
    struct ie_val *stack;
    size_t n_stack, cap_stack;
    int loose;
    int cut;    // loose: the text ended inside a value
    int failed; // out of memory
};

void ie_doc_free(struct ie_doc *d);
/* Forgets all values; keeps a block of memory. */
void ie_doc_reset(struct ie_doc *d);
/* n bytes of the arena, alive until reset; NULL when out of memory (and d->failed). */
void *ie_alloc(struct ie_doc *d, size_t n);

/* Reads the value that begins at text[*at] (white space before it is skipped); *at is behind it
 * then.  Strings without escapes stay in text.  NULL: no value begins there, or memory is out.
 * Depth is at most 128 in strict text; deeper loose values are NULL. */
const struct ie_val *ie_parse(struct ie_doc *d, struct weir_span text, size_t *at);

const struct ie_val *ie_get(const struct ie_val *v, const char *key);
/* The string member, or an empty span with p NULL. */
struct weir_span ie_text(const struct ie_val *v, const char *key);
/* A member that is a whole number; 0 and *n, or -1. */
int ie_number(const struct ie_val *v, const char *key, uint64_t *n);
int ie_whole(const struct ie_val *v, uint64_t *n);
/* Appends the value; spaced: ", " and ": " as Python's json.dumps() has them. */
void ie_put(struct weir_buf *b, const struct ie_val *v, int spaced);
/* The same of a record's id, a number as text: a document's id is text. */
void ie_put_id(struct weir_buf *b, const struct ie_val *id);
/* The members of v other than the named ones (NULL-ended), each with a comma before. */
void ie_put_rest(struct weir_buf *b, const struct ie_val *v, const char *const *named);

#endif
