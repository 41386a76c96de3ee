/* Gopher repetition (Rae et al. 2021, table A1), lines and paragraphs, as datatrove counts them: a
 * duplicate is a second or later copy.  Paragraphs are what two or more "\n" separate in the
 * stripped text, lines what one or more separate. */
#include "filters/filter.h"

enum { LINES, LINE_CHARS, PARAGRAPHS, PARAGRAPH_CHARS };

static double duplicates(struct filter_doc *d, int what)
{
    const struct filter_lines *l = filter_lines(d);
    const double chars = (double)filter_classes(d)->chars;
    switch (what) {
    case LINES:
        return filter_ratio((double)l->dup, (double)l->split);
    case LINE_CHARS:
        return filter_ratio((double)l->dup_chars, chars);
    case PARAGRAPHS:
        return filter_ratio((double)l->dup_paragraphs, (double)l->paragraphs);
    default:
        return filter_ratio((double)l->dup_paragraph_chars, chars);
    }
}

const struct filter_rule rule_duplicates[] = {
    {.name = "dup-paragraphs-max",
     .kind = FILTER_MAX,
     .measure = duplicates,
     .arg = PARAGRAPHS,
     .help = "duplicate paragraphs / paragraphs"},
    {.name = "dup-paragraph-chars-max",
     .kind = FILTER_MAX,
     .measure = duplicates,
     .arg = PARAGRAPH_CHARS,
     .help = "characters of duplicate paragraphs / characters"},
    {.name = "dup-lines-max",
     .kind = FILTER_MAX,
     .measure = duplicates,
     .arg = LINES,
     .help = "duplicate lines / lines"},
    {.name = "dup-line-chars-max",
     .kind = FILTER_MAX,
     .measure = duplicates,
     .arg = LINE_CHARS,
     .help = "characters of duplicate lines / characters"},
    {0},
};
