/* Words by ICU's break iterator, which cuts Chinese with its dictionary (UAX #29 and CJ
 * dictionary). */
#include <unicode/ubrk.h>
#include <unicode/utext.h>
#include "weir/utf8.h"
#include "filters/filter_classes.h"
#include "filters/filter_words.h"

static int is_blank(struct weir_span text, size_t at, size_t end)
{
    unsigned len;
    for (; at < end; at += len)
        if (!(filter_class_of(weir_utf8_decode(text.p + at, end - at, &len)) & CLASS_SPACE))
            return 0;
    return 1;
}

static int add_all(struct filter_words *w, struct weir_span text, UBreakIterator *breaks)
{
    size_t at = 0;
    for (int32_t end = ubrk_first(breaks); (end = ubrk_next(breaks)) != UBRK_DONE; at = (size_t)end)
        if (!is_blank(text, at, (size_t)end) && filter_words_add(w, text, at, (size_t)end) < 0)
            return WEIR_EMEM;
    return 0;
}

int filter_words_split_icu(struct filter_words *w, struct weir_span text)
{
    UErrorCode status = U_ZERO_ERROR;
    if (text.n > INT32_MAX)
        return WEIR_EMEM;
    if (!w->breaks)
        w->breaks = ubrk_open(UBRK_WORD, "zh", NULL, 0, &status);
    UText t = UTEXT_INITIALIZER;
    utext_openUTF8(&t, text.n ? text.p : "", (int64_t)text.n, &status);
    ubrk_setUText(w->breaks, &t, &status);
    const int rc = U_FAILURE(status) ? WEIR_EFAIL : add_all(w, text, w->breaks);
    utext_close(&t);
    return rc;
}
