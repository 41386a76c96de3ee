/* Lines as Python's splitlines() gives them; Gopher's two rules on how lines start and end. */
#include <math.h>
#include "filters/filter.h"

enum { COUNT, MEAN, LONGEST, BULLETS, ELLIPSES, ZH_ENDS };
enum { FEW_LINES = 5 };

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

/* Of one line the share is all or nothing, and a text may well end in an ellipsis. */
static double many_lines(struct filter_doc *d, int what)
{
    return filter_lines(d)->lines < FEW_LINES ? NAN : lines(d, what);
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
    {.name = "line-longest-min",
     .kind = FILTER_MIN,
     .measure = lines,
     .arg = LONGEST,
     .help = "characters of the longest line"},
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
    {.name = "page-bullet-lines-max",
     .kind = FILTER_MAX,
     .measure = many_lines,
     .arg = BULLETS,
     .help = "bullet-lines of a text of 5 lines or more"},
    {.name = "page-ellipsis-lines-max",
     .kind = FILTER_MAX,
     .measure = many_lines,
     .arg = ELLIPSES,
     .help = "ellipsis-lines of a text of 5 lines or more"},
    {.name = "zh-line-ends-min",
     .kind = FILTER_MIN,
     .measure = lines,
     .arg = ZH_ENDS,
     .help =
         "lines that end a sentence, closing quotes and brackets looked through / lines not blank"},
    {0},
};
