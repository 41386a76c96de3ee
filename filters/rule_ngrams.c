/* Repeated n-grams: Gopher's (Rae et al. 2021, table A1) as datatrove and as dolma count them, and
 * ChineseWebText's over characters. */
#include "filters/filter.h"

/* The n-grams of the words that the rule means, hashed; NULL when memory is out. */
static const struct filter_words *prepare(struct filter_doc *d)
{
    const struct filter_words *w = filter_words(d);
    struct filter_ngrams *g = &d->ngrams;
    if (!d->failed && g->ready != (int)d->scheme + 1) {
        if (filter_ngrams_prepare(g, d->text, w) < 0)
            d->failed = 1;
        g->ready = (int)d->scheme + 1;
    }
    return d->failed ? NULL : w;
}

static double top(struct filter_doc *d, int n)
{
    const struct filter_words *w = prepare(d);
    uint64_t chars = 0;
    if (!w || filter_ngrams_top(&d->ngrams, w, (unsigned)n, &chars) < 0)
        d->failed = 1;
    return filter_ratio((double)chars, (double)filter_classes(d)->chars);
}

static double greedy(struct filter_doc *d, int n)
{
    const struct filter_words *w = prepare(d);
    uint64_t chars = 0;
    if (!w || filter_ngrams_greedy(&d->ngrams, w, (unsigned)n, d->hash_seed, &chars) < 0)
        d->failed = 1;
    return filter_ratio((double)chars, (double)filter_classes(d)->chars);
}

static double repeated(struct filter_doc *d, int n)
{
    const struct filter_words *w = prepare(d);
    uint64_t again = 0, all = 0;
    if (!w || filter_ngrams_repeated(&d->ngrams, w, (unsigned)n, &again, &all) < 0)
        d->failed = 1;
    return filter_ratio((double)again, (double)all);
}

static double windows(struct filter_doc *d, int n)
{
    uint64_t again = 0, all = 0;
    const struct filter_classes *c = filter_classes(d);
    if (filter_ngrams_chars(&d->ngrams, d->text, c->chars - c->spaces, (unsigned)n, d->hash_seed,
                            &again, &all) < 0)
        d->failed = 1;
    return filter_ratio((double)again, (double)all);
}

#define TOP(n)                                                                                     \
    {                                                                                              \
        .name = "top-" #n "-gram-max", .kind = FILTER_MAX, .words = FILTER_WORDS,                  \
        .needs = FILTER_NEEDS_GRAMS, .measure = top, .arg = n,                                     \
        .help = "characters of the most frequent " #n "-gram / characters"                         \
    }
#define GREEDY(n)                                                                                  \
    {                                                                                              \
        .name = "dup-" #n "-gram-max", .kind = FILTER_MAX, .words = FILTER_WORDS,                  \
        .needs = FILTER_NEEDS_GRAMS, .measure = greedy, .arg = n,                                  \
        .help = "characters of duplicate " #n "-grams / characters (datatrove's scan)"             \
    }
#define REPEATED(n)                                                                                \
    {                                                                                              \
        .name = "dolma-" #n "-gram-max", .kind = FILTER_MAX, .words = FILTER_WORDS,                \
        .measure = repeated, .arg = n,                                                             \
        .help = "characters of repeated " #n "-grams / those of all (dolma's count)"               \
    }

const struct filter_rule rule_ngrams[] = {
    {.name = "dup-13-chars-max",
     .kind = FILTER_MAX,
     .measure = windows,
     .arg = 13,
     .needs = FILTER_NEEDS_WINDOWS,
     .help = "windows of 13 characters, white space left out, seen before / windows"},
    TOP(2),
    TOP(3),
    TOP(4),
    GREEDY(5),
    GREEDY(6),
    GREEDY(7),
    GREEDY(8),
    GREEDY(9),
    GREEDY(10),
    REPEATED(5),
    REPEATED(6),
    REPEATED(7),
    REPEATED(8),
    REPEATED(9),
    REPEATED(10),
    {0},
};
