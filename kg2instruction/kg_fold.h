/* Names as keys: two names are the same when their keys are.  Chinese becomes simplified (OpenCC's
 * t2s), then every character goes through kg_fold_char(), and spaces are trimmed and run together.
 */
#ifndef WEIR_KG_FOLD_H
#define WEIR_KG_FOLD_H

#include "lib/simplify.h"
#include "weir/buf.h"

typedef struct kg_fold kg_fold; // read-only once open, shared by all threads

kg_fold *kg_fold_open(struct weir_err *err);
void kg_fold_close(kg_fold *f);
uint64_t kg_fold_memory(const kg_fold *f);

/* Scratch of one thread; start with {0}. */
struct kg_fold_scratch {
    struct simplify_scratch simplify;
    struct weir_buf text, converted;
};
void kg_fold_scratch_free(struct kg_fold_scratch *s);

/* One character of simplified text: lower case, full-width forms to ASCII, dots between the parts
 * of foreign names to U+00B7, dashes to "-", curly quotes to straight ones, underscores, controls
 * and spaces of all kinds to " "; 0 for what vanishes (zero width, direction marks, soft hyphen,
 * NUL). One character always becomes one or none. */
uint32_t kg_fold_char(uint32_t c);

/* Text in simplified characters, otherwise as it is: itself where nothing changes, or in the
 * scratch, until its next use.  text must be valid UTF-8.  0 or WEIR_EMEM. */
int kg_fold_simple(const kg_fold *f, struct kg_fold_scratch *s, struct weir_span text,
                   struct weir_span *simplified);
/* Appends text in simplified characters, otherwise as it is.  text must be valid UTF-8.  0 or
 * WEIR_EMEM. */
int kg_fold_simplify(const kg_fold *f, struct kg_fold_scratch *s, struct weir_span text,
                     struct weir_buf *to);
/* Appends the key of simplified text. */
void kg_fold_simplified(struct weir_span text, struct weir_buf *to);
/* Appends the key of any text.  0 or WEIR_EMEM. */
int kg_fold_text(const kg_fold *f, struct kg_fold_scratch *s, struct weir_span text,
                 struct weir_buf *to);

#endif
