/* Gopher quality (Rae et al. 2021, A.1.1) as datatrove computes it; FineWeb-2's stop words. */
#include <string.h>
#include "filters/filter.h"

enum { COUNT, LENGTH, ALPHABETIC, STOP_EN, STOP_ZH, STOP_YUE };

static double words(struct filter_doc *d, int what)
{
    const struct filter_words *w = filter_words(d);
    switch (what) {
    case COUNT:
        return (double)w->non_symbol;
    case LENGTH:
        return filter_ratio((double)w->non_symbol_chars, (double)w->non_symbol);
    case ALPHABETIC:
        return filter_ratio((double)w->alphabetic, (double)w->n);
    case STOP_EN:
        return w->stop_en;
    case STOP_ZH:
        return w->stop_zh;
    default:
        return w->stop_yue;
    }
}

/* Occurrences that do not overlap, as Python's count(). */
static uint64_t count(struct weir_span text, const char *s)
{
    const size_t n = strlen(s);
    const char first = *s, *p = text.p, *const end = text.p + text.n;
    uint64_t k = 0;
    /* The marks counted are rare, and memchr() is far faster than memmem(). */
    while (p < end && (p = memchr(p, first, (size_t)(end - p))) != NULL) {
        const int found = (size_t)(end - p) >= n && memcmp(p, s, n) == 0;
        p += found ? n : 1;
        k += (uint64_t)found;
    }
    return k;
}

static double marks_per_word(struct filter_doc *d, int ellipses)
{
    const uint64_t n = ellipses ? count(d->text, "...") + count(d->text, "…") : count(d->text, "#");
    return filter_ratio((double)n, (double)filter_words(d)->n);
}

const struct filter_rule rule_gopher[] = {
    {.name = "words-min",
     .kind = FILTER_MIN,
     .words = FILTER_WORDS,
     .measure = words,
     .arg = COUNT,
     .help = "words that are not only symbols"},
    {.name = "words-max",
     .kind = FILTER_MAX,
     .words = FILTER_WORDS,
     .measure = words,
     .arg = COUNT,
     .help = "words that are not only symbols"},
    {.name = "word-length-min",
     .kind = FILTER_MIN,
     .words = FILTER_WORDS,
     .measure = words,
     .arg = LENGTH,
     .help = "characters of the mean word that is not only symbols"},
    {.name = "word-length-max",
     .kind = FILTER_MAX,
     .words = FILTER_WORDS,
     .measure = words,
     .arg = LENGTH,
     .help = "characters of the mean word that is not only symbols"},
    {.name = "hashes-per-word-max",
     .kind = FILTER_MAX,
     .words = FILTER_WORDS,
     .measure = marks_per_word,
     .arg = 0,
     .help = "number signs / words"},
    {.name = "ellipses-per-word-max",
     .kind = FILTER_MAX,
     .words = FILTER_WORDS,
     .measure = marks_per_word,
     .arg = 1,
     .help = "ellipses / words"},
    {.name = "alphabetic-words-min",
     .kind = FILTER_MIN,
     .words = FILTER_WORDS,
     .measure = words,
     .arg = ALPHABETIC,
     .help = "words with a letter / words"},
    {.name = "stop-words-min",
     .kind = FILTER_MIN,
     .words = FILTER_WORDS,
     .measure = words,
     .arg = STOP_EN,
     .help = "how many of the, be, to, of, and, that, have, with occur"},
    {.name = "zh-stop-words-min",
     .kind = FILTER_MIN,
     .words = FILTER_WORDS,
     .measure = words,
     .arg = STOP_ZH,
     .help = "how many of FineWeb-2's 22 Chinese stop words occur"},
    {.name = "yue-stop-words-min",
     .kind = FILTER_MIN,
     .words = FILTER_WORDS,
     .measure = words,
     .arg = STOP_YUE,
     .help = "how many of FineWeb-2's 32 Cantonese stop words occur"},
    {0},
};
