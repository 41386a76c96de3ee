/* Characters that tell of a broken text, one pass. */
#ifndef WEIR_FILTER_GARBLED_H
#define WEIR_FILTER_GARBLED_H

#include "weir/base.h"

/* Characters.  A mojibake character is one of a run that, written back in Latin-1 (windows-1252) or
 * in GBK, is UTF-8 again; one of six or more letters of Latin-1 in a row, which is another encoding
 * read as Latin-1; of 锟斤拷, replacement characters read as GBK; or one of four or more 烫 or 屯
 * in a row, memory that was never written. */
struct filter_garbled {
    uint64_t replacement, private_use, half_kana, controls, mojibake;
};

/* Counts valid UTF-8. */
void filter_garbled_count(struct weir_span text, struct filter_garbled *g);
/* The same one character at a time: what the vector code is compared with. */
void filter_garbled_count_scalar(struct weir_span text, struct filter_garbled *g);

#endif
