/* From options to the rules in force. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "filters/filter.h"

/* The rule of that name, its word scheme taken off; NULL when there is none. */
static const struct filter_rule *find_rule(struct weir_span name, enum filter_scheme *scheme,
                                           int *has_scheme)
{
    *scheme = FILTER_WORDS_EN;
    *has_scheme = 0;
    for (int s = FILTER_WORDS_EN + 1; s < FILTER_N_SCHEMES; s++) {
        const size_t n = strlen(filter_scheme_suffix[s]);
        if (name.n > n && memcmp(name.p + name.n - n, filter_scheme_suffix[s], n) == 0) {
            *scheme = (enum filter_scheme)s;
            *has_scheme = 1;
            name.n -= n;
            break;
        }
    }
    for (const struct filter_rule *const *t = filter_rule_tables; *t; t++)
        for (const struct filter_rule *r = *t; r->name; r++)
            if (weir_span_is(name, r->name))
                return *has_scheme && !r->words ? NULL : r;
    return NULL;
}

static const struct filter_preset *find_preset(struct weir_span name)
{
    for (const struct filter_preset *const *p = filter_presets; *p; p++)
        if (weir_span_is(name, (*p)->name))
            return *p;
    return NULL;
}

static void name_check(struct filter_check *c)
{
    const char *suffix = c->rule->words ? filter_scheme_suffix[c->scheme] : "";
    snprintf(c->name, sizeof c->name, "%s%s", c->rule->name, suffix);
    size_t n = strlen(c->rule->name);
    if (n > 4 && (!strcmp(c->rule->name + n - 4, "-min") || !strcmp(c->rule->name + n - 4, "-max")))
        n -= 4;
    snprintf(c->key, sizeof c->key, "%.*s%s", (int)n, c->rule->name, suffix);
}

/* While rules are collected there is one list; plan->at has room for every rule and scheme. */
static struct filter_check *find_check(struct filter_plan *plan, const struct filter_rule *rule,
                                       enum filter_scheme scheme)
{
    for (size_t i = 0; i < plan->n; i++)
        if (plan->at[i].rule == rule && plan->at[i].scheme == scheme)
            return plan->at + i;
    return NULL;
}

static void add_check(struct filter_plan *plan, const struct filter_rule *rule,
                      enum filter_scheme scheme, double limit, const char *source)
{
    struct filter_check *c = plan->at + plan->n++;
    *c = (struct filter_check){.rule = rule, .scheme = scheme, .limit = limit, .source = source};
    name_check(c);
}

/* 1 when limit a of a rule drops or changes more than b does. */
static int is_stricter(const struct filter_rule *r, double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(b);
    const int larger = r->kind == FILTER_MIN || r->kind == FILTER_LINE_MIN ||
                       r->kind == FILTER_LINE_EDIT || r->kind == FILTER_TEXT_EDIT;
    return larger ? a > b : a < b;
}

/* Of two presets' limits for one rule the stricter holds. */
static void add_limits(struct filter_plan *plan, const struct filter_limit *limits,
                       const char *source)
{
    for (const struct filter_limit *l = limits; l->rule; l++) {
        enum filter_scheme scheme;
        int has;
        const struct filter_rule *r = find_rule(weir_span(l->rule, strlen(l->rule)), &scheme, &has);
        struct filter_check *c = find_check(plan, r, scheme);
        if (!c) {
            add_check(plan, r, scheme, l->limit, source);
        } else if (is_stricter(r, l->limit, c->limit)) {
            c->limit = l->limit;
            c->source = source;
        }
    }
}

static int add_presets(struct filter_plan *plan, const char *names, struct weir_err *err)
{
    for (const char *p = names;;) {
        const size_t n = strcspn(p, ",");
        const struct filter_preset *preset = find_preset(weir_span(p, n));
        if (!preset)
            return weir_err_set(err, WEIR_EUSAGE,
                                "--preset %s: no preset \"%.*s\" (--list-presets)", names, (int)n,
                                p);
        add_limits(plan, preset->limits, preset->name);
        if (!p[n])
            return 0;
        p += n + 1;
    }
}

/* The rules of a tool stand in one table. */
static void add_implied(struct filter_plan *plan, const struct weir_filters_opt *opt)
{
    const struct filter_tool *last = NULL;
    for (const struct filter_rule *const *t = filter_rule_tables; *t; t++)
        for (const struct filter_rule *r = *t; r->name; r++) {
            struct filter_limit limits[FILTER_MAX_IMPLIED + 1] = {{0}};
            if (r->tool && r->tool != last && r->tool->implied && r->tool->implied(opt, limits))
                add_limits(plan, limits, "option");
            last = r->tool;
        }
}

static void remove_rule(struct filter_plan *plan, const struct filter_rule *rule,
                        enum filter_scheme scheme, int only_scheme)
{
    size_t n = 0;
    for (size_t i = 0; i < plan->n; i++)
        if (plan->at[i].rule != rule || (only_scheme && plan->at[i].scheme != scheme))
            plan->at[n++] = plan->at[i];
    plan->n = n;
}

static int set_limit(struct filter_plan *plan, const struct filter_rule *rule,
                     enum filter_scheme scheme, int only_scheme, double limit)
{
    int n_set = 0;
    for (size_t i = 0; i < plan->n; i++)
        if (plan->at[i].rule == rule && (!only_scheme || plan->at[i].scheme == scheme)) {
            plan->at[i].limit = limit;
            plan->at[i].source = "--rule";
            n_set++;
        }
    return n_set;
}

/* NAME=LIMIT or NAME=off.  A name without a word scheme speaks of all schemes in force. */
static int add_rule(struct filter_plan *plan, const char *word, struct weir_err *err)
{
    const char *eq = strchr(word, '=');
    if (!eq)
        return weir_err_set(err, WEIR_EUSAGE, "--rule %s: needs NAME=LIMIT or NAME=off", word);
    enum filter_scheme scheme;
    int has_scheme;
    const struct filter_rule *rule =
        find_rule(weir_span(word, (size_t)(eq - word)), &scheme, &has_scheme);
    if (!rule)
        return weir_err_set(err, WEIR_EUSAGE, "--rule %s: no rule \"%.*s\" (--list-rules)", word,
                            (int)(eq - word), word);
    if (!strcmp(eq + 1, "off")) {
        remove_rule(plan, rule, scheme, has_scheme);
        return 0;
    }
    char *end;
    const double limit = strtod(eq + 1, &end);
    if (end == eq + 1 || *end || !isfinite(limit))
        return weir_err_set(err, WEIR_EUSAGE, "--rule %s: \"%s\" is no number and not off", word,
                            eq + 1);
    if (!set_limit(plan, rule, scheme, has_scheme, limit))
        add_check(plan, rule, scheme, limit, "--rule");
    return 0;
}

/* Every measure that needs no line rules and no options, for --annotate without a choice. */
static void add_all(struct filter_plan *plan)
{
    const unsigned lines = FILTER_NEEDS_SENTENCES | FILTER_NEEDS_ZH_SENTENCES;
    for (const struct filter_rule *const *t = filter_rule_tables; *t; t++)
        for (const struct filter_rule *r = *t; r->name; r++)
            if (filter_is_document_rule(r) && !r->on_request && !(r->needs & lines))
                add_check(plan, r, FILTER_WORDS_EN, FILTER_SIGNAL, "--annotate");
}

/* Rules in the order of the tables. */
static int sort_plan(struct filter_plan *plan, size_t room)
{
    struct filter_check *from = plan->at;
    const size_t n = plan->n;
    plan->at = weir_calloc(room, sizeof *plan->at);
    plan->n = 0;
    for (const struct filter_rule *const *t = filter_rule_tables; *t && plan->at; t++)
        for (const struct filter_rule *r = *t; r->name; r++)
            for (size_t i = 0; i < n; i++)
                if (from[i].rule == r)
                    plan->at[plan->n++] = from[i];
    free(from);
    return plan->at ? 0 : -1;
}

static size_t count_rules(void)
{
    size_t n = 1;
    for (const struct filter_rule *const *t = filter_rule_tables; *t; t++)
        for (const struct filter_rule *r = *t; r->name; r++)
            n += FILTER_N_SCHEMES;
    return n;
}

static void set_needs(struct filter_plan *plan)
{
    unsigned schemes = 0;
    for (size_t i = 0; i < plan->n; i++) {
        const struct filter_rule *r = plan->at[i].rule;
        plan->needs |= r->needs;
        schemes |= r->words ? 1u << plan->at[i].scheme : 0;
    }
    plan->n_words = __builtin_popcount(schemes);
}

int filter_plan_make(const struct weir_filters_opt *opt, struct filter_plan *plan,
                     struct weir_err *err)
{
    memset(plan, 0, sizeof *plan);
    const size_t room = count_rules();
    plan->at = weir_calloc(room, sizeof *plan->at);
    if (!plan->at)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    int rc = 0;
    for (size_t i = 0; !rc && i < opt->presets.n; i++)
        rc = add_presets(plan, opt->presets.at[i], err);
    if (opt->annotate && !opt->presets.n && !opt->rules.n)
        add_all(plan);
    add_implied(plan, opt);
    for (size_t i = 0; !rc && i < opt->rules.n; i++)
        rc = add_rule(plan, opt->rules.at[i], err);
    if (!rc && sort_plan(plan, room) < 0)
        rc = weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!rc)
        set_needs(plan);
    if (rc)
        filter_plan_free(plan);
    return rc;
}

int filter_plan_drops(const struct filter_plan *plan)
{
    for (size_t i = 0; i < plan->n; i++)
        if (!isnan(plan->at[i].limit))
            return 1;
    return 0;
}

/* ---- tools ---- */

static int has_tool(const struct filter_plan *plan, const struct filter_tool *tool)
{
    for (size_t i = 0; i < plan->n_tools; i++)
        if (plan->tool[i] == tool)
            return 1;
    return 0;
}

/* Options that no rule in force reads would do nothing. */
static int refuse_options(const struct weir_filters_opt *opt, const struct filter_plan *plan,
                          struct weir_err *err)
{
    for (const struct filter_rule *const *t = filter_rule_tables; *t; t++)
        for (const struct filter_rule *r = *t; r->name; r++) {
            if (!r->tool || !r->tool->options || has_tool(plan, r->tool))
                continue;
            const char *given = r->tool->options(opt);
            if (given)
                return weir_err_set(err, WEIR_EUSAGE,
                                    "%s: no rule in force uses it (%s does: --rule, --preset)",
                                    given, r->name);
        }
    return 0;
}

int filter_plan_open_tools(const struct weir_filters_opt *opt, struct filter_plan *plan,
                           struct weir_err *err)
{
    for (size_t i = 0; i < plan->n; i++) {
        const struct filter_tool *tool = plan->at[i].rule->tool;
        if (!tool || has_tool(plan, tool))
            continue;
        const int rc = tool->open(opt, plan, &plan->shared[plan->n_tools], err);
        if (rc < 0)
            return rc;
        plan->tool[plan->n_tools++] = tool;
    }
    return refuse_options(opt, plan, err);
}

uint64_t filter_plan_memory(const struct filter_plan *plan)
{
    uint64_t n = 0;
    for (size_t i = 0; i < plan->n_tools; i++)
        n += plan->tool[i]->memory ? plan->tool[i]->memory(plan->shared[i]) : 0;
    return n;
}

uint64_t filter_plan_thread_memory(const struct filter_plan *plan)
{
    uint64_t n = 0;
    for (size_t i = 0; i < plan->n_tools; i++)
        n += plan->tool[i]->thread_memory ? plan->tool[i]->thread_memory(plan->shared[i]) : 0;
    return n;
}

void filter_plan_free(struct filter_plan *plan)
{
    for (size_t i = 0; i < plan->n_tools; i++)
        plan->tool[i]->close(plan->shared[i]);
    free(plan->at);
    memset(plan, 0, sizeof *plan);
}
