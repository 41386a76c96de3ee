/* Harmful content by the lexicon: lexicon_score.c says how the numbers come about. */
#include "filters/filter.h"

enum { ANY = LEX_N_CATEGORIES };

static double score(struct filter_doc *d, int category)
{
    const struct lexicon_scan *s = filter_harm(d);
    return s->score[category == ANY ? (int)s->worst_score : category];
}

static double density(struct filter_doc *d, int category)
{
    (void)category;
    const struct lexicon_scan *s = filter_harm(d);
    return s->density[s->worst_density];
}

static void add_category(const struct lexicon_scan *s, int category, struct weir_buf *b)
{
    weir_buf_addf(b, ",\"category\":\"%s\",\"terms\":", lexicon_category_names[category]);
    lexicon_scan_terms(s, (enum lexicon_category)category, 10, b);
}

static void explain_score(struct filter_doc *d, int category, struct weir_buf *b)
{
    const struct lexicon_scan *s = filter_harm(d);
    add_category(s, category == ANY ? (int)s->worst_score : category, b);
}

static void explain_density(struct filter_doc *d, int category, struct weir_buf *b)
{
    (void)category;
    const struct lexicon_scan *s = filter_harm(d);
    add_category(s, s->worst_density, b);
}

#define CATEGORY(name_, which)                                                                     \
    {                                                                                              \
        .name = "harmful-" name_ "-max", .kind = FILTER_MAX, .measure = score, .arg = which,       \
        .help = "score of " name_, .explain = explain_score                                        \
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
     .explain = explain_score},
    {.name = "harmful-density-max",
     .kind = FILTER_MAX,
     .measure = density,
     .arg = ANY,
     .help = "highest weight of a category's harmful terms per 1,000 characters",
     .explain = explain_density},
    {0},
};
