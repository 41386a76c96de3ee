/* English words as spaCy 3.8 cuts them: what filter_words_en.c and its parts share. */
#ifndef WEIR_FILTER_WORDS_EN_H
#define WEIR_FILTER_WORDS_EN_H

#include "filters/filter_words.h"

struct filter_range {
    uint32_t from, to;
};

/* Tables: filter_words_en_data.c. */
extern const char filter_en_specials_both[], filter_en_specials[], filter_en_specials_whole[];
extern const struct filter_range filter_en_cased[], filter_en_uncased[], filter_en_icons[];

/* Classes of characters by spaCy's names. */
enum {
    EN_LOWER = 1, // letters without case too
    EN_UPPER = 2, // the same
    EN_ALPHA = 4,
    EN_ICON = 8,
    EN_PUNCT = 16,
    EN_QUOTE = 32,
    EN_CURRENCY = 64,
    EN_MARK = 128 // § % = — –
};
unsigned filter_en_class(uint32_t c);

/* A word that is cut in a way of its own. */
enum { EN_LONGEST_SPECIAL = 32, EN_MOST_PARTS = 16 };
struct filter_en_special {
    char text[EN_LONGEST_SPECIAL];
    uint8_t n;
    uint8_t n_pieces, piece[EN_MOST_PARTS]; // bytes of each
    uint8_t n_parts, part[EN_MOST_PARTS];   // how the rules alone would cut it, when they do
};

/* Fills the tables that the functions below need, once. */
void filter_en_init(void);
/* NULL when the word is none. */
const struct filter_en_special *filter_en_special_find(const char *p, size_t n);
/* Puts together what the rules cut but is one word: ":" ")" without a space between. */
int filter_en_join_specials(struct filter_words *w, struct weir_span text);

/* An address, as spaCy's URL pattern has it. */
int filter_en_is_url(struct weir_span s);
/* The pieces of text[at, end), a run without white space, by the rules alone. */
int filter_en_split_plain(struct filter_words *w, struct weir_span text, size_t at, size_t end);

#endif
