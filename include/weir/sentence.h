/* Where sentences end, in Chinese, English and code.  Concatenating the sentences gives the text.
 */
#ifndef WEIR_SENTENCE_H
#define WEIR_SENTENCE_H

#include "weir/tokens.h"

#ifdef __cplusplus
extern "C" {
#endif

enum weir_sentence_rules {
    WEIR_SENTENCE_ZH, // 。！？；…… and newlines; closing quotes and brackets stay with them
    WEIR_SENTENCE_EN, // . ! ? before a space and a start; abbreviations, decimals, URLs hold
    WEIR_SENTENCE_CODE, // newlines; blank lines and indented lines directly below belong before
};

/* Rules for a document: code_lang present → code; lang "zh…"; "en…"; else by the share of Han
 * characters in the first 4 KB of the text. */
WEIR_API enum weir_sentence_rules
weir_sentence_rules_for(struct weir_span lang, struct weir_span code_lang, struct weir_span text);

/* The end (byte offset) of the sentence that starts at `at` < text.n.  Always greater than at.  The
 * spaces, newline and blank lines behind a sentence belong to it, the indentation of the next line
 * does not.  Linear over a document. */
WEIR_API size_t weir_sentence_end(struct weir_span text, size_t at, enum weir_sentence_rules rules);

/* How good a place for a cut lies before byte `at`, which begins a character. */
WEIR_API enum weir_bound weir_bound_at(struct weir_span text, size_t at);
/* The same of all places of valid UTF-8: to[0 … text.n], WEIR_BOUND_NONE inside characters. */
WEIR_API void weir_bounds(struct weir_span text, uint8_t *to);

#ifdef __cplusplus
}
#endif
#endif
