/* Harmful terms: built-in and the user's, compiled to Vectorscan databases once and kept on disk
 * under a hash of their content.
 *
 * A lexicon is read-only and shared by all threads; a lexicon_scan belongs to one thread. */
#ifndef WEIR_LEXICON_H
#define WEIR_LEXICON_H

#include "weir/buf.h"
#include "filters/lexicon_fold.h"

enum lexicon_category {
    LEX_PORNOGRAPHY,
    LEX_GAMBLING,
    LEX_DRUGS,
    LEX_VIOLENCE, // weapons too
    LEX_FRAUD,    // advertising too
    LEX_HATE,     // abuse too
    LEX_SELF_HARM,
    LEX_LISTED, // users' terms without a category
    LEX_N_CATEGORIES,
    LEX_CONTEXT = LEX_N_CATEGORIES, // legal, medical, news use: weak terms count less
    LEX_GROUP,                      // people: weak hate terms beside them are aimed
    LEX_ALLOW,                      // a term inside this one means no harm
    LEX_N_ALL
};

/* "pornography" …; "context", "group" and "allow" at the end. */
extern const char *const lexicon_category_names[LEX_N_ALL];

/* A row of the built-in lexicon: terms of one category and weight, separated by spaces ("_" stands
 * for a space inside a term). */
struct lexicon_row {
    enum lexicon_category category;
    int weight; // 1..9; context excuses weak ones, less from LEX_STRONG on, not from LEX_PLAIN on
    const char *terms;
};
enum { LEX_STRONG = 3, LEX_PLAIN = 5, LEX_MAX_TERM = 200 }; // LEX_MAX_TERM: bytes
/* Ends: terms NULL. */
extern const struct lexicon_row lexicon_zh[], lexicon_en[], lexicon_context[], lexicon_evasion[];

typedef struct lexicon lexicon;

/* What a user should know of a list. */
struct lexicon_notice {
    size_t n_short;        // terms of one character, or of two letters
    size_t n_common;       // very common words
    size_t n_long;         // terms of more than LEX_MAX_TERM bytes, passed over
    struct weir_buf shown; // some of the first two kinds, spaces between
};

/* The built-in terms alone; lexicon_load() adds lists, lexicon_compile() makes it ready.  NULL
 * after filling err. */
lexicon *lexicon_open(struct weir_err *err);
/* Reads a list: lexicon_load.c says which formats.  notice (start with {0}; shown is the caller's
 * to free) may hold earlier lists' counts. */
int lexicon_load(lexicon *l, const char *path, enum lexicon_category category,
                 struct lexicon_notice *notice, struct weir_err *err);
/* Drops what was added before under the same folded form, then compiles the terms, or takes the
 * database from the cache.  Nothing is added afterwards. */
int lexicon_compile(lexicon *l, struct weir_err *err);
/* Bytes that compiling takes at most, besides lexicon_memory(). */
uint64_t lexicon_compile_memory(const lexicon *l);
void lexicon_close(lexicon *l);
size_t lexicon_size(const lexicon *l);
/* Bytes that it holds. */
size_t lexicon_memory(const lexicon *l);

struct lexicon_hit {
    size_t at, end; // in the first view
    uint32_t term;
};

/* Scratch, and what was found in one text. */
struct lexicon_scan {
    void *scratch; // hs_scratch
    struct lexicon_hit *hit;
    size_t n_hit, cap_hit;
    uint32_t *seen; // (n_terms) the number of the scan that met the term last
    uint32_t n_scan;
    const lexicon *lexicon;
    struct weir_span text;
    struct weir_buf view, marks; // of the text
    struct lexicon_pieces pieces;
    int in_pieces; // hits come from the second view
    int failed;
    /* Results by category: LEX_N_CATEGORIES. */
    double score[LEX_N_CATEGORIES];      // distinct terms' weights, damped by length and context
    double density[LEX_N_CATEGORIES];    // weights of all occurrences per 1,000 characters
    uint32_t distinct[LEX_N_CATEGORIES]; // distinct terms
    enum lexicon_category worst_score, worst_density, worst_distinct;
};

int lexicon_scan_init(struct lexicon_scan *s, const lexicon *l, struct weir_err *err);
void lexicon_scan_free(struct lexicon_scan *s);
/* Scans text of n_chars characters. */
int lexicon_scan_text(struct lexicon_scan *s, struct weir_span text, uint64_t n_chars);
/* Gives back what one long text took. */
void lexicon_scan_shrink(struct lexicon_scan *s);
/* Bytes a scan takes for a byte of text, at most, and besides. */
enum { LEXICON_A_BYTE = 2, LEXICON_SCAN = 4 << 20 };
/* Appends up to n (at most 16) found terms of a category, each where it stands first, as a JSON
 * array: term, weight, at and end (bytes of the text), and found, when the text has it in another
 * form. */
void lexicon_scan_terms(const struct lexicon_scan *s, enum lexicon_category c, size_t n,
                        struct weir_buf *b);

/* ---- private to lexicon_*.c ---- */

struct lexicon_term {
    size_t at, n;  // as given, in lexicon.bytes
    size_t key_at; // folded, in lexicon.bytes
    uint32_t key_n;
    uint8_t category, weight;
    uint8_t has_letters; // ASCII, folded
    uint8_t n_han;       // Han characters when there is nothing else, at most 255
};

struct lexicon {
    lexicon_fold *fold;
    struct weir_buf bytes, key; // all terms; the one being folded
    struct lexicon_term *term;
    size_t n, cap;
    void *database; // hs_database
};

int lexicon_add(lexicon *l, struct weir_span term, enum lexicon_category category, int weight,
                struct weir_err *err);
/* Counts what is noteworthy among the terms from the one of number `first` on. */
void lexicon_notice_terms(const lexicon *l, size_t first, struct lexicon_notice *notice);
/* Finds the terms in both views of s->text; s->hit is sorted by place and disjoint afterwards but
 * for overlaps.  Returns 0 or WEIR_EMEM. */
int lexicon_find(struct lexicon_scan *s);

/* The cache: files in $XDG_CACHE_HOME/weir or ~/.cache/weir.  Reading gives 1 and the bytes, or 0
 * when there is no good entry; writing may fail in silence. */
int lexicon_cache_read(const char *key, struct weir_buf *b);
void lexicon_cache_write(const char *key, const void *p, size_t n);

#endif
