/* Traditional Chinese to simplified. */
#include <stdlib.h>
#include <string.h>
#include "filters/filter.h"
#include "lib/simplify.h"

struct simplifier {
    const simplify *dictionaries;
    struct simplify_scratch scratch;
};

static size_t implied(const struct weir_filters_opt *opt, struct filter_limit *limit)
{
    if (opt->to_simplified)
        limit[0] = (struct filter_limit){"to-simplified", opt->to_simplified};
    return opt->to_simplified != 0;
}

/* The limit of the rule says which configuration of OpenCC. */
static int open_dictionaries(const struct weir_filters_opt *opt, const struct filter_plan *plan,
                             void **shared, struct weir_err *err)
{
    static const char *const configs[] = {"t2s.json", "tw2sp.json", "hk2s.json"};
    (void)opt;
    for (size_t i = 0; i < plan->n; i++)
        if (!strcmp(plan->at[i].rule->name, "to-simplified")) {
            const double limit = plan->at[i].limit;
            *shared = simplify_open(configs[limit == 2 ? 1 : limit == 3 ? 2 : 0], err);
        }
    return *shared ? 0 : err->code;
}

static void close_dictionaries(void *shared)
{
    simplify_close(shared);
}

static uint64_t dictionaries_memory(const void *shared)
{
    return simplify_memory(shared);
}

static int open_scratch(void *shared, void **scratch, struct weir_err *err)
{
    struct simplifier *s = *scratch = weir_calloc(1, sizeof *s);
    if (!s)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    s->dictionaries = shared;
    return 0;
}

static void shrink_scratch(void *scratch)
{
    simplify_scratch_free(&((struct simplifier *)scratch)->scratch);
}

static void close_scratch(void *scratch)
{
    shrink_scratch(scratch);
    free(scratch);
}

static uint64_t scratch_memory(const struct filter_doc *d)
{
    return d->text.n * 4; // a line in two buffers that grow by doubling
}

static const struct filter_tool simplify_tool = {.implied = implied,
                                                 .open = open_dictionaries,
                                                 .close = close_dictionaries,
                                                 .memory = dictionaries_memory,
                                                 .thread_open = open_scratch,
                                                 .thread_close = close_scratch,
                                                 .text_memory = scratch_memory,
                                                 .shrink = shrink_scratch};

static int64_t rewrite(struct filter_doc *d, int arg, struct weir_buf *out)
{
    struct simplifier *s = filter_scratch(d, &simplify_tool);
    (void)arg;
    return simplify_text(s->dictionaries, &s->scratch, d->text, out);
}

const struct filter_rule rule_simplify[] = {
    {.name = "to-simplified",
     .kind = FILTER_TEXT_EDIT,
     .rewrite = rewrite,
     .tool = &simplify_tool,
     .help =
         "traditional Chinese made simplified by OpenCC: 1 t2s, 2 tw2sp, 3 hk2s; bytes replaced"},
    {0},
};
