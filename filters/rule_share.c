/* Shares of kinds of characters.  Of the text without white space, but for spaces and for the two
 * shares that StarCoder takes of all characters. */
#include "filters/filter.h"

enum { HAN, DIGITS, LETTERS, PUNCT, SYMBOLS, GARBLED };

static double share(struct filter_doc *d, int kind)
{
    const struct filter_classes *c = filter_classes(d);
    const uint64_t part[] = {c->han, c->digits, c->letters, c->punct, c->symbols, c->garbled};
    return filter_ratio((double)part[kind], (double)(c->chars - c->spaces));
}

/* A line's end is a pause: verse often has no other mark. */
static double pauses(struct filter_doc *d, int arg)
{
    (void)arg;
    const struct filter_classes *c = filter_classes(d);
    return filter_ratio((double)(c->punct + c->newlines), (double)(c->chars - c->spaces));
}

static double spaces(struct filter_doc *d, int arg)
{
    (void)arg;
    const struct filter_classes *c = filter_classes(d);
    return filter_ratio((double)c->spaces, (double)c->chars);
}

static double alphanumeric(struct filter_doc *d, int digits)
{
    const struct filter_classes *c = filter_classes(d);
    return filter_ratio((double)(c->letters + (digits ? c->digits : 0)), (double)c->chars);
}

#define OF " / characters without white space"

const struct filter_rule rule_share[] = {
    {.name = "han-min",
     .kind = FILTER_MIN,
     .measure = share,
     .arg = HAN,
     .help = "Chinese characters, extension blocks too" OF},
    {.name = "han-max",
     .kind = FILTER_MAX,
     .measure = share,
     .arg = HAN,
     .help = "Chinese characters, extension blocks too" OF},
    {.name = "letters-min",
     .kind = FILTER_MIN,
     .measure = share,
     .arg = LETTERS,
     .help = "letters of all scripts" OF},
    {.name = "digits-max",
     .kind = FILTER_MAX,
     .measure = share,
     .arg = DIGITS,
     .help = "digits and other numbers" OF},
    {.name = "punctuation-min",
     .kind = FILTER_MIN,
     .measure = share,
     .arg = PUNCT,
     .help = "punctuation" OF},
    {.name = "punctuation-max",
     .kind = FILTER_MAX,
     .measure = share,
     .arg = PUNCT,
     .help = "punctuation" OF},
    {.name = "pauses-min",
     .kind = FILTER_MIN,
     .measure = pauses,
     .help = "punctuation and newlines" OF},
    {.name = "symbols-max",
     .kind = FILTER_MAX,
     .measure = share,
     .arg = SYMBOLS,
     .help = "symbols" OF},
    {.name = "garbled-max",
     .kind = FILTER_MAX,
     .measure = share,
     .arg = GARBLED,
     .help = "replacement, private use and C1 control characters" OF},
    {.name = "spaces-max",
     .kind = FILTER_MAX,
     .measure = spaces,
     .help = "white space / all characters"},
    {.name = "alphabetic-min",
     .kind = FILTER_MIN,
     .measure = alphanumeric,
     .arg = 0,
     .help = "letters / all characters"},
    {.name = "alphanumeric-min",
     .kind = FILTER_MIN,
     .measure = alphanumeric,
     .arg = 1,
     .help = "letters and numbers / all characters"},
    {.name = "alphanumeric-max",
     .kind = FILTER_MAX,
     .measure = alphanumeric,
     .arg = 1,
     .help = "letters and numbers / all characters"},
    {0},
};
