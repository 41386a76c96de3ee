/* A thread's scratch for decoding, cleaning and writing documents; the parts of ingest that share
 * it, not the sources. */
#ifndef WEIR_INGEST_OUT_H
#define WEIR_INGEST_OUT_H

#include <unicode/ucnv.h>
#include "ingest/source.h"

#define INGEST_NOTES_MAX 64
struct ingest_note {
    const char *name; // static storage
    uint64_t n;
};

struct ingest_out {
    struct ingest_notes *shared; // where notes go at the end; may be NULL
    struct ingest_note note[INGEST_NOTES_MAX];
    size_t n_note;
    struct weir_buf text, title; // cleaned
    struct weir_buf utf8;        // ingest_utf8()'s copy
    struct weir_buf nfc, utf16;  // normalising one line
    UConverter *cnv[8];          // by enum weir_ingest_encoding, opened when first needed
};

/* Scratch above this many bytes is given back after a document. */
#define INGEST_KEEP (1u << 20)

/* Bytes from s, valid UTF-8, that need no repair for sure: up to the first character that has to be
 * looked at by itself, or n. */
size_t ingest_clean_run(const char *s, size_t n);
/* The same without vector instructions of the machine at hand: the reference. */
size_t ingest_clean_run_portable(const char *s, size_t n);
/* 1 when the whole of the text needs no repair. */
int ingest_is_clean(struct weir_span text);

struct ingest_letters {
    size_t han, kana, hangul, latin, other;
    ptrdiff_t traditional; // ideographs in Big5 but not in GB 2312, less those of the reverse
};

/* Adds the letters of s, valid UTF-8 of at most so many bytes. */
#define INGEST_LETTERS_MAX 4096
void ingest_count_letters(struct ingest_letters *n, struct weir_span s);
/* The same by the instructions asked for; 0 when the machine has none of them. */
enum ingest_way { INGEST_PORTABLE, INGEST_AVX2, INGEST_AVX512 };
int ingest_count_letters_by(enum ingest_way way, struct ingest_letters *n, struct weir_span s);

/* A BCP 47 tag guessed from the script of clean text: zh-Hans, zh-Hant, en, ja, ko or und. */
const char *ingest_guess_lang(struct weir_span text);

/* Notes of all threads. */
struct ingest_notes *ingest_notes_new(void);
void ingest_notes_add(struct ingest_notes *notes, const struct ingest_note *note, size_t n);
/* Moves them into the account, sorted by name.  Frees notes. */
int ingest_notes_finish(struct ingest_notes *notes, struct weir_names *names);

/* The encoding that bytes which are no UTF-8 most likely have: WEIR_ENC_GB18030 or WEIR_ENC_BIG5,
 * or WEIR_ENC_UTF8 when they look like neither. */
int ingest_guess_encoding(struct weir_span raw);

#endif
