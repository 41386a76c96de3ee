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

/* Words that a text can have: what is left of a run of ASCII letters and digits is cut only at
 * other characters (and in "cannot"), others may each be a word. */
static uint64_t words_at_most(const struct filter_classes *c, uint64_t n_bytes)
{
    const uint64_t n = 2 * (c->spaces + 1) + 2 * (c->punct + c->symbols) + (n_bytes - c->chars);
    return n < c->chars ? n : c->chars;
}

/* Bytes for each: lines in the set of seen ones while it grows; windows, at most half of the set
 * filled; words, which grow by doubling; n-grams: three hashes a word, the set, the counts. */
enum { A_BYTE = 4, A_LINE = 48, A_WINDOW = 34, A_WORD = 24, A_GRAM = 24 + 32 + 32 };

uint64_t filter_doc_memory(struct filter_doc *d)
{
    const struct filter_plan *plan = d->plan;
    const struct filter_classes *c = filter_classes(d);
    uint64_t need = d->text.n * A_BYTE + c->newlines * A_LINE;
    if (plan->harmful)
        need += d->text.n * LEXICON_A_BYTE;
    if (plan->windows)
        need += (c->chars - c->spaces) * A_WINDOW;
    if (plan->n_words)
        need += words_at_most(c, d->text.n) *
                ((uint64_t)plan->n_words * A_WORD + (plan->n_grams ? A_GRAM : 0));
    return need;
}
