/* Is a file a fastText model that the library can read without harm? */
#ifndef WEIR_FASTTEXT_CHECK_H
#define WEIR_FASTTEXT_CHECK_H

#include "weir/base.h"

#ifdef __cplusplus
extern "C" {
#endif

struct fasttext_shape {
    uint64_t n_words, n_labels;
    uint64_t rows; // of the input matrix
    uint32_t dim, word_ngrams, minn, maxn;
};

/* Walks through the whole file; WEIR_EBAD says what is wrong, and nothing that passes makes the
 * library (0.9.2) index outside its tables or divide by zero. */
int fasttext_check(const void *file, size_t n, struct fasttext_shape *shape, struct weir_err *err);

#ifdef __cplusplus
}
#endif
#endif
