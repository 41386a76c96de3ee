/* The sentence splitter on any bytes: it always moves on and never reads outside. */
#include <stdlib.h>
#include <string.h>

#include "weir/sentence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char *copy = malloc(n ? n : 1); // exactly n bytes, so that a sanitizer sees every step beyond
    if (!copy)
        return 0;
    if (n)
        memcpy(copy, data, n);
    const struct weir_span text = weir_span(copy, n);
    for (int rules = WEIR_SENTENCE_ZH; rules <= WEIR_SENTENCE_CODE; rules++)
        for (size_t at = 0, end; at < n; at = end) {
            end = weir_sentence_end(text, at, (enum weir_sentence_rules)rules);
            if (end <= at || end > n)
                abort();
            (void)weir_bound_at(text, end);
        }
    (void)weir_sentence_rules_for(text, weir_span(NULL, 0), text);
    free(copy);
    return 0;
}
