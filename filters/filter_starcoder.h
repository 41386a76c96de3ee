/* What StarCoder asks of source files by language and extension. */
#ifndef WEIR_FILTER_STARCODER_H
#define WEIR_FILTER_STARCODER_H

#include "weir/base.h"

struct starcoder_row {
    const char *lang;                // in lower case, with - for spaces; c-sharp and f-sharp
    const char *extensions;          // separated by spaces
    uint32_t line_max;               // longest line in characters; 0: no limits on lines
    double alphanumeric, alphabetic; // shares of characters at least; 0: no limit
};
extern const struct starcoder_row starcoder_rows[]; // ends with a row without lang

#endif
