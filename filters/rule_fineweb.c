/* FineWeb quality (Penedo et al. 2024) as datatrove computes it, over lines that are not blank. */
#include "filters/filter.h"

enum { ENDS, SHORTS, DUP_CHARS };

static double lines(struct filter_doc *d, int what)
{
    const struct filter_lines *l = filter_lines(d);
    const struct filter_classes *c = filter_classes(d);
    if (what == ENDS)
        return filter_ratio((double)l->ends, (double)l->full);
    if (what == SHORTS)
        return filter_ratio((double)l->shorts, (double)l->full);
    return filter_ratio((double)l->dup_full_chars, (double)(c->chars - c->newlines));
}

static double newlines(struct filter_doc *d, int arg)
{
    (void)arg;
    return filter_ratio((double)filter_classes(d)->newlines, (double)filter_words(d)->n);
}

const struct filter_rule rule_fineweb[] = {
    {.name = "line-ends-min",
     .kind = FILTER_MIN,
     .measure = lines,
     .arg = ENDS,
     .help = "lines whose last character is terminal punctuation / lines not blank"},
    {.name = "short-lines-max",
     .kind = FILTER_MAX,
     .measure = lines,
     .arg = SHORTS,
     .help = "lines of at most 30 characters / lines not blank"},
    {.name = "dup-full-line-chars-max",
     .kind = FILTER_MAX,
     .measure = lines,
     .arg = DUP_CHARS,
     .help = "characters of duplicate lines, blank ones left out / characters without newlines"},
    {.name = "newlines-per-word-max",
     .kind = FILTER_MAX,
     .words = FILTER_WORDS,
     .measure = newlines,
     .help = "newlines / words"},
    {0},
};
