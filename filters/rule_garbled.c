/* Broken text: shares of the characters that are no white space. */
#include <stdlib.h>
#include "filters/filter.h"
#include "filters/filter_garbled.h"

struct garbled {
    struct filter_garbled count;
    uint64_t text_no;
};

static int open_tool(const struct weir_filters_opt *opt, const struct filter_plan *plan,
                     void **shared, struct weir_err *err)
{
    (void)opt;
    (void)plan;
    (void)err;
    *shared = NULL;
    return 0;
}

static void close_tool(void *shared)
{
    (void)shared;
}

static int open_counts(void *shared, void **scratch, struct weir_err *err)
{
    (void)shared;
    *scratch = weir_calloc(1, sizeof(struct garbled));
    return *scratch ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
}

static const struct filter_tool garbled_tool = {
    .open = open_tool, .close = close_tool, .thread_open = open_counts, .thread_close = free};

enum { MOJIBAKE, REPLACEMENT, PRIVATE_USE, HALF_KANA, CONTROLS };

static double share(struct filter_doc *d, int what)
{
    struct garbled *g = filter_scratch(d, &garbled_tool);
    const struct filter_classes *c = filter_classes(d);
    if (g->text_no != d->text_no)
        filter_garbled_count(d->text, &g->count);
    g->text_no = d->text_no;
    const uint64_t part[] = {g->count.mojibake, g->count.replacement, g->count.private_use,
                             g->count.half_kana, g->count.controls};
    return filter_ratio((double)part[what], (double)(c->chars - c->spaces));
}

#define SHARE(name_, which, what)                                                                  \
    {                                                                                              \
        .name = name_, .kind = FILTER_MAX, .measure = share, .arg = which, .tool = &garbled_tool,  \
        .help = what " / characters without white space"                                           \
    }

const struct filter_rule rule_garbled[] = {
    SHARE("mojibake-max", MOJIBAKE, "text of one encoding read as another"),
    SHARE("replacement-max", REPLACEMENT, "replacement characters, U+FFFD"),
    SHARE("private-use-max", PRIVATE_USE, "private use characters"),
    SHARE("half-kana-max", HALF_KANA, "half-width katakana"),
    SHARE("controls-max", CONTROLS, "control characters but for tab and line ends"),
    {0},
};
