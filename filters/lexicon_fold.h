/* The form in which terms and texts meet: what evades a list by form alone is folded away.
 *
 *     first view    every character by itself: NFKC_Casefold where that is one letter, digit or
 *                   Han character (full width, circled, mathematical, compatibility forms, case),
 *                   traditional Han to simplified, characters nobody sees left out
 *     second view   only the pieces of the first where signs of evasion stand, in their readings:
 *                   b1tch $ex f.u.c.k niiice and look-alike letters of other scripts, 色*情 六 合
 * 彩 */
#ifndef WEIR_LEXICON_FOLD_H
#define WEIR_LEXICON_FOLD_H

#include "weir/buf.h"

enum lexicon_kind {
    LEX_OTHER,
    LEX_LETTER, // ASCII
    LEX_LEET,   // 0 1 3 4 5 7 8: digits that stand for letters
    LEX_BANG,   // ! | $ @: signs that do
    LEX_HAN,    // of a bit of its own: that and LEX_OTHER are most of a Chinese text
    LEX_SIGN,   // other marks and symbols that people put between characters
    LEX_SPACE,
    LEX_LOOK // letters that look like ASCII ones
};

/* The kinds of the last five characters, three bits each, as a number. */
enum { LEX_HISTORY = 1 << 15 };

/* What a character becomes, in 16 bits that the first cache holds for the characters of a text: its
 * kind afterwards above LEX_KIND_SHIFT; below, where in to[] its form is. */
enum { LEX_KIND_SHIFT = 13, LEX_TO = 1 << LEX_KIND_SHIFT, LEX_SAME = 0, LEX_NONE = 1 };

typedef struct lexicon_fold lexicon_fold;
struct lexicon_fold {
    uint16_t code[1 << 16];           // by character
    uint16_t to[LEX_TO];              // forms; to[LEX_SAME] and to[LEX_NONE] mean nothing
    uint8_t look[1 << 11];            // the ASCII letter that a LEX_LOOK looks like
    uint8_t trigger[LEX_HISTORY / 8]; // histories that show evasion
};

static inline unsigned lexicon_kind(const lexicon_fold *f, uint32_t c)
{
    return f->code[c] >> LEX_KIND_SHIFT;
}

/* The tables, from ICU.  NULL after filling err; free with free(). */
lexicon_fold *lexicon_fold_new(struct weir_err *err);

/* Appends the first view of text (valid UTF-8), never longer than it.  Of every 64 bytes of it that
 * hold a sign of evasion a bit is set in marks, when that is not NULL.  Returns 0 or WEIR_EMEM. */
int lexicon_fold_text(const lexicon_fold *f, struct weir_span text, struct weir_buf *out,
                      struct weir_buf *marks);
/* The same one such character at a time: what the vector code is compared with. */
int lexicon_fold_text_scalar(const lexicon_fold *f, struct weir_span text, struct weir_buf *out,
                             struct weir_buf *marks);

/* Where bytes of the first view come from: at[] in ascending order becomes offsets in the text, of
 * the characters that begin there. */
void lexicon_fold_sources(const lexicon_fold *f, struct weir_span text, size_t *at, size_t n);

/* A part of the second view: text, and for each of its bytes the place in the first. */
struct lexicon_pieces {
    struct weir_buf text;
    uint32_t *from;
    size_t cap;
    size_t next; // where in the first view to go on
};
enum { LEX_PIECES = 1 << 16 }; // a part is about so long

void lexicon_pieces_free(struct lexicon_pieces *p);
/* Fills the next part; pieces stand apart by line ends.  Start with next 0.  Returns 1 when there
 * is one, 0 at the end, WEIR_EMEM. */
int lexicon_pieces_next(const lexicon_fold *f, struct weir_span view, const struct weir_buf *marks,
                        struct lexicon_pieces *p);

#endif
