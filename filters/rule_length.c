/* Length in characters (code points, white space and all). */
#include "filters/filter.h"

static double chars(struct filter_doc *d, int arg)
{
    (void)arg;
    return (double)filter_classes(d)->chars;
}

const struct filter_rule rule_length[] = {
    {.name = "chars-min", .kind = FILTER_MIN, .measure = chars, .help = "characters"},
    {.name = "chars-max", .kind = FILTER_MAX, .measure = chars, .help = "characters"},
    {0},
};
