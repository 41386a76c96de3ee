/* Harmful content by the lexicon: lexicon_score.c says how the numbers come about. */
#include <stdlib.h>
#include "filters/filter.h"
#include "filters/lexicon.h"

enum { ANY = LEX_N_CATEGORIES };

struct harm {
    struct lexicon_scan scan;
    uint64_t text_no; // whose results these are
};

static const char *harm_options(const struct weir_filters_opt *opt)
{
    return opt->lexicons.n ? "--lexicon" : opt->allow.n ? "--allow" : NULL;
}

static void warn(const struct filter_plan *plan, const char *path, struct lexicon_notice *n)
{
    weir_buf_addc(&n->shown, 0);
    const char *some = n->shown.failed ? "" : n->shown.p;
    if (n->n_short + n->n_common)
        weir_job_warn(plan->job,
                      "%s: %zu terms of one character and %zu common words meet much that is "
                      "harmless: %s%s",
                      path, n->n_short, n->n_common, some,
                      n->n_short + n->n_common > 10 ? " …" : "");
    if (n->n_long)
        weir_job_warn(plan->job, "%s: %zu terms of more than %d bytes are passed over", path,
                      n->n_long, LEX_MAX_TERM);
}

static int load(lexicon *l, const struct weir_strings *files, enum lexicon_category category,
                const struct filter_plan *plan, struct weir_err *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < files->n; i++) {
        struct lexicon_notice notice = {0};
        rc = lexicon_load(l, files->at[i], category, &notice, err);
        if (!rc)
            warn(plan, files->at[i], &notice);
        weir_buf_free(&notice.shown);
    }
    return rc;
}

enum { PROGRAM = 16 << 20 }; // what is in memory anyway

/* Whether the database comes from the cache must not decide whether the run has memory enough. */
static int check_memory(const lexicon *l, const struct weir_job *job, struct weir_err *err)
{
    const uint64_t need = lexicon_memory(l) + lexicon_compile_memory(l) + PROGRAM;
    if (!job || need <= job->memory)
        return 0;
    return weir_err_set(err, WEIR_EMEM, "compiling %zu terms needs -m %lluM", lexicon_size(l),
                        (unsigned long long)(need >> 20) + 1);
}

static int harm_open(const struct weir_filters_opt *opt, const struct filter_plan *plan,
                     void **shared, struct weir_err *err)
{
    lexicon *l = lexicon_open(err);
    int rc = l ? load(l, &opt->lexicons, LEX_LISTED, plan, err) : err->code;
    if (!rc)
        rc = load(l, &opt->allow, LEX_ALLOW, plan, err);
    if (!rc)
        rc = check_memory(l, plan->job, err);
    if (!rc)
        rc = lexicon_compile(l, err);
    if (rc) {
        lexicon_close(l);
        return rc;
    }
    *shared = l;
    return 0;
}

static void harm_close(void *shared)
{
    lexicon_close(shared);
}

static uint64_t harm_memory(const void *shared)
{
    return lexicon_memory(shared);
}

static int harm_thread_open(void *shared, void **scratch, struct weir_err *err)
{
    struct harm *h = *scratch = weir_calloc(1, sizeof *h);
    if (!h)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    return lexicon_scan_init(&h->scan, shared, err);
}

static void harm_thread_close(void *scratch)
{
    struct harm *h = scratch;
    lexicon_scan_free(&h->scan);
    free(h);
}

static uint64_t harm_thread_memory(const void *shared)
{
    return LEXICON_SCAN + lexicon_size(shared) * sizeof(uint32_t);
}

static uint64_t harm_text_memory(const struct filter_doc *d)
{
    return d->text.n * LEXICON_A_BYTE;
}

static void harm_shrink(void *scratch)
{
    struct harm *h = scratch;
    lexicon_scan_shrink(&h->scan);
}

static const struct filter_tool harm_tool = {.options = harm_options,
                                             .open = harm_open,
                                             .close = harm_close,
                                             .memory = harm_memory,
                                             .thread_open = harm_thread_open,
                                             .thread_close = harm_thread_close,
                                             .thread_memory = harm_thread_memory,
                                             .text_memory = harm_text_memory,
                                             .shrink = harm_shrink};

static const struct lexicon_scan *scan(struct filter_doc *d)
{
    struct harm *h = filter_scratch(d, &harm_tool);
    if (h->text_no != d->text_no &&
        lexicon_scan_text(&h->scan, d->text, filter_classes(d)->chars) < 0)
        d->failed = 1;
    h->text_no = d->text_no;
    return &h->scan;
}

static double score(struct filter_doc *d, int category)
{
    const struct lexicon_scan *s = scan(d);
    return s->score[category == ANY ? (int)s->worst_score : category];
}

static double density(struct filter_doc *d, int category)
{
    (void)category;
    const struct lexicon_scan *s = scan(d);
    return s->density[s->worst_density];
}

static double distinct(struct filter_doc *d, int category)
{
    (void)category;
    const struct lexicon_scan *s = scan(d);
    return s->distinct[s->worst_distinct];
}

static void add_category(const struct lexicon_scan *s, int category, struct weir_buf *b)
{
    weir_buf_addf(b, ",\"category\":\"%s\",\"terms\":", lexicon_category_names[category]);
    lexicon_scan_terms(s, (enum lexicon_category)category, 10, b);
}

static void explain_score(struct filter_doc *d, int category, struct weir_buf *b)
{
    const struct lexicon_scan *s = scan(d);
    add_category(s, category == ANY ? (int)s->worst_score : category, b);
}

static void explain_density(struct filter_doc *d, int category, struct weir_buf *b)
{
    (void)category;
    const struct lexicon_scan *s = scan(d);
    add_category(s, s->worst_density, b);
}

static void explain_distinct(struct filter_doc *d, int category, struct weir_buf *b)
{
    (void)category;
    const struct lexicon_scan *s = scan(d);
    add_category(s, s->worst_distinct, b);
}

#define CATEGORY(name_, which)                                                                     \
    {                                                                                              \
        .name = "harmful-" name_ "-max", .kind = FILTER_MAX, .measure = score, .arg = which,       \
        .help = "score of " name_, .tool = &harm_tool, .explain = explain_score                    \
    }

const struct filter_rule rule_harmful[] = {
    CATEGORY("pornography", LEX_PORNOGRAPHY),
    CATEGORY("gambling", LEX_GAMBLING),
    CATEGORY("drugs", LEX_DRUGS),
    CATEGORY("violence", LEX_VIOLENCE),
    CATEGORY("fraud", LEX_FRAUD),
    CATEGORY("hate", LEX_HATE),
    CATEGORY("self-harm", LEX_SELF_HARM),
    CATEGORY("listed", LEX_LISTED),
    {.name = "harmful-score-max",
     .kind = FILTER_MAX,
     .measure = score,
     .arg = ANY,
     .help = "highest score of a category of harmful terms",
     .tool = &harm_tool,
     .explain = explain_score},
    {.name = "harmful-distinct-max",
     .kind = FILTER_MAX,
     .measure = distinct,
     .help = "most distinct harmful terms of a category",
     .tool = &harm_tool,
     .explain = explain_distinct},
    {.name = "harmful-density-max",
     .kind = FILTER_MAX,
     .measure = density,
     .arg = ANY,
     .help = "highest weight of a category's harmful terms per 1,000 characters",
     .tool = &harm_tool,
     .explain = explain_density},
    {0},
};
