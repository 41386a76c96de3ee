/* Google's Compact Language Detector 2 behind C. */
#ifndef WEIR_CLD2_H
#define WEIR_CLD2_H

#include "weir/base.h"

#ifdef __cplusplus
extern "C" {
#endif

struct cld2_guess {
    const char *tag; // BCP 47: "en", "zh-Hant"; "und" when nothing is clear.  The library's
    double share;    // of the text's letters, 0..1
};

/* The language of most of a valid UTF-8 text of less than 2 GiB.  Returns 0 or WEIR_EFAIL. */
WEIR_API WEIR_MUST_CHECK int cld2_detect(struct weir_span text, struct cld2_guess *g);

#ifdef __cplusplus
}
#endif
#endif
