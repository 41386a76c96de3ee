/* fastText models that classify a line of text (Joulin et al. 2016, arXiv:1607.01759), quantised
 * ones (.ftz) too, by the library.  A model is read-only and shared by all threads. */
#ifndef WEIR_FASTTEXT_H
#define WEIR_FASTTEXT_H

#include "weir/buf.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weir_fasttext weir_fasttext;

/* Bytes of a line that are looked at; what is behind them is not.  fastText keeps every word's and
 * n-gram's number of a line in memory. */
#define WEIR_FASTTEXT_LINE (1 << 20)

/* Reads a model file as `fasttext supervised` and `fasttext quantize` write it (version 11 and 12).
 * The whole file is validated before the library sees it.  NULL after filling err: WEIR_EIO,
 * WEIR_EBAD (no model, damaged, or one without labels), WEIR_EMEM. */
WEIR_API weir_fasttext *weir_fasttext_open(const char *path, struct weir_err *err);
WEIR_API void weir_fasttext_close(weir_fasttext *m);
/* Bytes that it holds, about, and those that a call of weir_fasttext_score() takes at most. */
WEIR_API uint64_t weir_fasttext_memory(const weir_fasttext *m);
WEIR_API uint64_t weir_fasttext_line_memory(const weir_fasttext *m);

WEIR_API size_t weir_fasttext_n_labels(const weir_fasttext *m);
/* The label's name without "__label__"; the model owns it. */
WEIR_API const char *weir_fasttext_label(const weir_fasttext *m, size_t i);
/* The number of the label of that name ("__label__" in front or not), or -1. */
WEIR_API int weir_fasttext_find(const weir_fasttext *m, const char *name);

enum weir_fasttext_text {
    WEIR_FASTTEXT_RAW,   // control characters (line ends, tabs, NUL) become spaces
    WEIR_FASTTEXT_CHARS, // and spaces around every character of three or four bytes in UTF-8, as
                         // Han characters, kana and their marks are
};
/* Appends text as one line, as the model was trained: lower != 0 folds ASCII letters.  At least
 * WEIR_FASTTEXT_LINE bytes of it when there are as many, not all of a longer text. */
WEIR_API void weir_fasttext_prepare(struct weir_buf *b, struct weir_span text,
                                    enum weir_fasttext_text how, int lower);

/* The probability of every label into p (weir_fasttext_n_labels()) for a line without "\n", as
 * `fasttext predict-prob` prints them.  Returns 0, WEIR_EMEM or WEIR_EFAIL. */
WEIR_API WEIR_MUST_CHECK int weir_fasttext_score(const weir_fasttext *m, struct weir_span line,
                                                 float *p, struct weir_err *err);

#ifdef __cplusplus
}
#endif
#endif
