/* Stop words of ROOTS for Chinese. */
#ifndef WEIR_FILTER_STOP_H
#define WEIR_FILTER_STOP_H

#include "weir/base.h"

extern const char filter_stop_words_zh[]; // separated by spaces

/* 1 when the word is one of them. */
int filter_is_stop_word_zh(struct weir_span word);

#endif
