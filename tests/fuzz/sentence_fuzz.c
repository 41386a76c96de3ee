/* The sentence splitter on any bytes: it always moves on and never reads outside. */
#include <stdlib.h>
#include <string.h>

#include "weir/sentence.h"
#include "weir/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* All places of a valid text at once are what each is, and sentences are the same with them. */
static void check_places(struct weir_span text)
{
    const int valid = weir_utf8_valid(text.p, text.n) == text.n;
    uint8_t *to = malloc(text.n + 1 + WEIR_PLACE_PADDING);
    if (!to)
        return;
    weir_places(text, to);
    for (size_t at = 0; valid && at <= text.n; at++)
        if ((at == text.n || ((uint8_t)text.p[at] & 0xC0) != 0x80) &&
            (to[at] & WEIR_PLACE_BOUND) != weir_bound_at(text, at))
            abort();
    for (int rules = WEIR_SENTENCE_ZH; valid && rules <= WEIR_SENTENCE_CODE; rules++)
        for (size_t at = 0; at < text.n;) {
            const size_t end = weir_sentence_end(text, at, (enum weir_sentence_rules)rules);
            if (end != weir_sentence_end_in(text, to, at, (enum weir_sentence_rules)rules))
                abort();
            at = end;
        }
    free(to);
}

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
    check_places(text);
    (void)weir_sentence_rules_for(text, weir_span(NULL, 0), text);
    free(copy);
    return 0;
}
