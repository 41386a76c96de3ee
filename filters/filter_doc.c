#include "filters/filter.h"

enum { HAVE_CLASSES = 1, HAVE_LINES = 2, HAVE_HARM = 4, HAVE_WORDS = 8 }; // HAVE_WORDS << scheme

void filter_doc_set(struct filter_doc *d, struct weir_span text)
{
    d->text = text;
    d->have = 0;
    d->failed = 0;
    d->ngrams.ready = 0;
}

const struct filter_classes *filter_classes(struct filter_doc *d)
{
    if (!(d->have & HAVE_CLASSES))
        filter_classes_count(d->text, &d->classes);
    d->have |= HAVE_CLASSES;
    return &d->classes;
}

const struct filter_lines *filter_lines(struct filter_doc *d)
{
    if (!(d->have & HAVE_LINES) &&
        filter_lines_measure(d->text, &d->ngrams.seen, d->hash_seed, &d->lines) < 0)
        d->failed = 1;
    d->have |= HAVE_LINES;
    return &d->lines;
}

const struct filter_words *filter_words(struct filter_doc *d)
{
    struct filter_words *w = &d->words[d->scheme];
    if (!(d->have & HAVE_WORDS << d->scheme) && filter_words_measure(d->text, d->scheme, w) < 0)
        d->failed = 1;
    d->have |= (unsigned)HAVE_WORDS << d->scheme;
    return w;
}

const struct lexicon_scan *filter_harm(struct filter_doc *d)
{
    if (!(d->have & HAVE_HARM) &&
        lexicon_scan_text(&d->harm, d->text, filter_classes(d)->chars) < 0)
        d->failed = 1;
    d->have |= HAVE_HARM;
    return &d->harm;
}
