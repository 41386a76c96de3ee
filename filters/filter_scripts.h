/* Letters of a text by script, one pass. */
#ifndef WEIR_FILTER_SCRIPTS_H
#define WEIR_FILTER_SCRIPTS_H

#include "weir/base.h"

enum filter_script {
    SCRIPT_NONE, // no letter
    SCRIPT_HAN,
    SCRIPT_KANA,   // Hiragana and Katakana, half width too
    SCRIPT_HANGUL, // syllables and jamo
    SCRIPT_BOPOMOFO,
    SCRIPT_LATIN, // full width too
    SCRIPT_CYRILLIC,
    SCRIPT_GREEK,
    SCRIPT_ARABIC,
    SCRIPT_HEBREW,
    SCRIPT_THAI,
    SCRIPT_DEVANAGARI,
    SCRIPT_OTHER,
    SCRIPT_N
};

/* Unicode's letters (general category L) by their Script property, and ideographs by block. */
struct filter_scripts {
    uint64_t letters;
    uint64_t of[SCRIPT_N];
    uint64_t han_extended; // extensions A to J: outside U+4E00 to U+9FFF and compatibility
    uint64_t han_compat;   // U+F900 to U+FAFF, U+2F800 to U+2FA1F
};

/* Counts valid UTF-8. */
void filter_scripts_count(struct weir_span text, struct filter_scripts *s);
/* Adds to what is counted: a text looked at in pieces. */
void filter_scripts_add(struct weir_span text, struct filter_scripts *s);
/* The same one character at a time: what the vector code is compared with. */
void filter_scripts_add_scalar(struct weir_span text, struct filter_scripts *s);

#endif
