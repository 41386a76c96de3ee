/* Lines as Python's splitlines() gives them; Gopher's two rules on how lines start and end. */
#include "filters/filter.h"

enum { COUNT, MEAN, LONGEST, BULLETS, ELLIPSES, ZH_ENDS };

static double lines(struct filter_doc *d, int what)
{
    const struct filter_lines *l = filter_lines(d);
    switch (what) {
    case COUNT:
        return (double)l->lines;
    case MEAN:
        return filter_ratio((double)l->chars, (double)l->lines);
    case LONGEST:
        return (double)l->longest;
    case BULLETS:
        return filter_ratio((double)l->bullets, (double)l->lines);
    case ELLIPSES:
        return filter_ratio((double)l->ellipses, (double)l->lines);
    default:
        return filter_ratio((double)l->zh_ends, (double)l->full);
    }
}

const struct filter_rule rule_lines[] = {
    {.name = "lines-min", .kind = FILTER_MIN, .measure = lines, .arg = COUNT, .help = "lines"},
    {.name = "lines-max", .kind = FILTER_MAX, .measure = lines, .arg = COUNT, .help = "lines"},
    {.name = "line-mean-min",
     .kind = FILTER_MIN,
     .measure = lines,
     .arg = MEAN,
     .help = "characters of the mean line"},
    {.name = "line-mean-max",
     .kind = FILTER_MAX,
     .measure = lines,
     .arg = MEAN,
     .help = "characters of the mean line"},
    {.name = "line-longest-max",
     .kind = FILTER_MAX,
     .measure = lines,
     .arg = LONGEST,
     .help = "characters of the longest line"},
    {.name = "bullet-lines-max",
     .kind = FILTER_MAX,
     .measure = lines,
     .arg = BULLETS,
     .help = "lines that start with a bullet or - / lines (Gopher)"},
    {.name = "ellipsis-lines-max",
     .kind = FILTER_MAX,
     .measure = lines,
     .arg = ELLIPSES,
     .help = "lines that end in an ellipsis / lines (Gopher)"},
    {.name = "zh-line-ends-min",
     .kind = FILTER_MIN,
     .measure = lines,
     .arg = ZH_ENDS,
     .help =
         "lines that end a sentence, closing quotes and brackets looked through / lines not blank"},
    {0},
};
