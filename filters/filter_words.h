/* Words of a text by one of four schemes.  Chinese has no spaces, so every rule about words says
 * which words it means. */
#ifndef WEIR_FILTER_WORDS_H
#define WEIR_FILTER_WORDS_H

#include "weir/buf.h"

enum filter_scheme {
    FILTER_WORDS_EN,    // spaCy's English rules: marks and contractions apart
    FILTER_WORDS_HAN,   // the same, and every Han character is a word
    FILTER_WORDS_ICU,   // ICU's word breaks: Chinese by its dictionary
    FILTER_WORDS_SPACE, // runs of non-space characters, as dolma splits
    FILTER_N_SCHEMES
};

/* "", ":han", ":icu", ":space". */
extern const char *const filter_scheme_suffix[FILTER_N_SCHEMES];

struct filter_word {
    uint32_t at, n; // bytes
    uint32_t chars;
};

struct filter_words {
    struct filter_word *at;
    size_t n, cap;
    uint64_t non_symbol, non_symbol_chars; // words with a character outside PUNCTUATION_SET
    uint64_t alphabetic;                   // words with a letter
    unsigned stop_en, stop_zh, stop_yue; // distinct stop words: the, be …; 的, 年 …; 嘅, 係 …
    void *breaks;                        // ICU's iterator, kept for the next text
    uint32_t *tail;                      // scratch of the English splitter
    size_t cap_tail;
};

/* Cuts valid UTF-8 into words and counts them.  Returns 0, WEIR_EMEM, or WEIR_EFAIL when ICU fails.
 * w is scratch of one thread. */
int filter_words_measure(struct weir_span text, enum filter_scheme scheme, struct filter_words *w);
void filter_words_free(struct filter_words *w);

/* Appends one word; for the splitters. */
int filter_words_add(struct filter_words *w, struct weir_span text, size_t at, size_t end);
/* The pieces of a run of non-space characters, text[at, end), by the English rules. */
int filter_words_split_en(struct filter_words *w, struct weir_span text, size_t at, size_t end);
int filter_words_split_icu(struct filter_words *w, struct weir_span text);

/* Sentences in the words by spaCy's sentencizer: a new one starts at a word that is no punctuation
 * behind a word that is one terminal mark. */
uint64_t filter_words_sentences(const struct filter_words *w, struct weir_span text);

#endif
