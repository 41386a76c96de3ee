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
/* Of all places of valid UTF-8 at once, to[0 … text.n]: WEIR_BOUND_NONE inside characters, else the
 * bound (WEIR_PLACE_BOUND are its bits), with WEIR_PLACE_MARK where a character begins that may end
 * a sentence.  Behind to[text.n] is room for WEIR_PLACE_PADDING bytes, which are zeroed. */
enum { WEIR_PLACE_BOUND = 3, WEIR_PLACE_MARK = 4, WEIR_PLACE_PADDING = 64 };
WEIR_API void weir_places(struct weir_span text, uint8_t *to);
/* weir_sentence_end(), sooner found with the text's places. */
WEIR_API size_t weir_sentence_end_in(struct weir_span text, const uint8_t *places, size_t at,
                                     enum weir_sentence_rules rules);

#ifdef __cplusplus
}
#endif
#endif
