/* The report as one HTML page that needs nothing else: a funnel of the steps, plots of datasets. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "audit/audit_internal.h"
#include "audit_head.h"
#include "audit_live.h"

static void add_text(struct weir_buf *b, struct weir_span s)
{
    for (size_t i = 0; i < s.n; i++) {
        const char c = s.p[i];
        if (c == '<' || c == '>' || c == '&' || c == '"')
            weir_buf_addf(b, "&#%d;", c);
        else if ((unsigned char)c >= ' ')
            weir_buf_addc(b, c);
    }
}

static double share(uint64_t n, uint64_t of)
{
    return of ? 100.0 * (double)n / (double)of : 0.0;
}

static void add_row(struct weir_buf *b, struct weir_span name, uint64_t n, uint64_t of,
                    uint64_t most, const char *more)
{
    weir_buf_adds(b, "<tr><td>");
    add_text(b, name);
    weir_buf_addf(b,
                  "<td class=n>%" PRIu64 "<td class=n>%.2f %%<td>%s<td><div style=\"width:%.1f%%\">"
                  "</div>\n",
                  n, share(n, of), more, share(n, most));
}

static void add_sources(struct weir_buf *b, const struct audit_dataset *d)
{
    uint64_t most = 0;
    char more[64];
    for (size_t i = 0; i < d->n_sources; i++)
        most = d->sources[i].tokens > most ? d->sources[i].tokens : most;
    weir_buf_adds(b, "<table><caption>Tokens by source<tr><th>source<th>tokens<th>share"
                     "<th>bytes a token<th>\n");
    for (size_t i = 0; i < d->n_sources; i++) {
        const struct audit_bar *s = &d->sources[i];
        more[0] = '\0';
        if (s->has_text && s->tokens)
            snprintf(more, sizeof more, "%.3f", (double)s->text_bytes / (double)s->tokens);
        add_row(b, s->name, s->tokens, d->tokens, most, more);
    }
    weir_buf_adds(b, "</table>\n");
}

static void add_lengths(struct weir_buf *b, const struct audit_dataset *d)
{
    uint64_t most = 0;
    char name[64], more[64];
    for (size_t i = 0; i < d->n_lengths; i++)
        most = d->lengths[i].sequences > most ? d->lengths[i].sequences : most;
    weir_buf_adds(b, "<table><caption>Lengths of sequences<tr><th>tokens<th>sequences<th>share"
                     "<th>tokens in them<th>\n");
    for (size_t i = 0; i < d->n_lengths; i++) {
        const struct audit_bar *l = &d->lengths[i];
        snprintf(name, sizeof name, "%" PRIu64 " to %" PRIu64, l->from,
                 l->from ? 2 * l->from - 1 : 1);
        snprintf(more, sizeof more, "%" PRIu64, l->tokens);
        add_row(b, weir_span(name, strlen(name)), l->sequences, d->sequences, most, more);
    }
    weir_buf_adds(b, "</table>\n");
}

static int add_dataset(struct weir_buf *b, const struct audit_dataset *d)
{
    weir_buf_adds(b, "<h2>Dataset ");
    add_text(b, d->name);
    weir_buf_addf(b,
                  "</h2>\n<p>%" PRIu64 " sequences, %" PRIu64 " tokens; padding %.2f %%; %" PRIu64
                  " of %" PRIu64 " samples stand there again",
                  d->sequences, d->tokens, share(d->padding, d->tokens), d->repeated, d->samples);
    if (d->vocabulary)
        weir_buf_addf(b, "; %" PRIu64 " of %" PRIu64 " ids used", d->ids_used, d->vocabulary);
    weir_buf_adds(b, ".\n");
    add_sources(b, d);
    add_lengths(b, d);
    return 0;
}

static void add_score(struct weir_buf *b, const struct audit_score *x, double most)
{
    const double token = x->tokens ? x->nll / (double)x->tokens : 0;
    const double byte = x->bytes ? x->nll / (double)x->bytes : 0;
    weir_buf_adds(b, "<tr><td>");
    add_text(b, weir_span(x->name, strlen(x->name)));
    weir_buf_addf(b,
                  "<td class=n>%" PRIu64 "<td class=n>%" PRIu64
                  "<td class=n>%.6g<td class=n>%.5f<td class=n>%.5f<td><div style=\"width:%.1f%%\">"
                  "</div>\n",
                  x->documents, x->tokens, exp(token), token, byte,
                  most > 0 ? 100 * byte / most : 0);
}

static int add_scores(const struct audit *a, struct weir_buf *b, struct weir_err *err)
{
    struct audit_scores *list;
    size_t n;
    const int rc = audit_scores_read(a, &list, &n, err);
    for (size_t i = 0; !rc && i < n; i++) {
        const struct audit_scores *s = &list[i];
        double most = 0;
        for (size_t k = 0; k < s->n; k++)
            if (s->at[k].bytes)
                most = fmax(most, s->at[k].nll / (double)s->at[k].bytes);
        weir_buf_addf(b,
                      "<table><caption>Scores by source: windows of %" PRIu64 " tokens, %" PRIu64
                      " new, %s BOS<tr><th>source<th>samples<th>tokens<th>perplexity<th>nll a token"
                      "<th>nll a byte<th>\n",
                      s->window, s->stride, s->bos ? "behind" : "no");
        for (size_t k = 0; k < s->n; k++)
            add_score(b, &s->at[k], most);
        weir_buf_adds(b, "</table>\n");
    }
    audit_scores_free(list, n);
    return rc;
}

/* What went into each step, and how much of it stayed, against what went into the first. */
static void add_steps(const struct audit *a, struct weir_buf *b)
{
    uint64_t most = 0;
    for (uint32_t i = 0; i < a->n_steps; i++)
        most = a->step[i].sums.in.records > most ? a->step[i].sums.in.records : most;
    weir_buf_adds(b, "<table><caption>Records<tr><th>step<th>in<th>kept<th>kept<th>\n");
    for (uint32_t i = 0; i < a->n_steps; i++) {
        const struct audit_sums *s = &a->step[i].sums;
        char name[200];
        audit_step_name(a, i, name, sizeof name);
        weir_buf_adds(b, "<tr><td>");
        add_text(b, weir_span(name, strlen(name)));
        weir_buf_addf(b,
                      "<td class=n>%" PRIu64 "<td class=n>%" PRIu64 "<td class=n>%.2f %%<td>"
                      "<div class=all style=\"width:%.1f%%\"><div style=\"width:%.1f%%\"></div>"
                      "</div>\n",
                      s->in.records, s->kept.records, share(s->kept.records, s->in.records),
                      share(s->in.records, most), share(s->kept.records, s->in.records));
    }
    weir_buf_adds(b, "</table>\n");
}

static void add_reasons(const struct audit *a, struct weir_buf *b)
{
    for (uint32_t i = 0; i < a->n_steps; i++) {
        const struct audit_sums *s = &a->step[i].sums;
        const struct weir_names *r = &s->reasons;
        uint64_t most = 0;
        char name[200], more[64];
        for (size_t k = 0; k < r->n; k++)
            most = r->at[k].in.records > most ? r->at[k].in.records : most;
        if (!r->n)
            continue;
        audit_step_name(a, i, name, sizeof name);
        weir_buf_adds(b, "<table><caption>Dropped by ");
        add_text(b, weir_span(name, strlen(name)));
        weir_buf_adds(b, "<tr><th>reason<th>records<th>of those in<th>bytes<th>\n");
        for (size_t k = 0; k < r->n; k++) {
            snprintf(more, sizeof more, "%" PRIu64, r->at[k].in.bytes);
            add_row(b, weir_span(r->at[k].name, strlen(r->at[k].name)), r->at[k].in.records,
                    s->in.records, most, more);
        }
        weir_buf_adds(b, "</table>\n");
    }
}

int audit_report_html(const struct audit *a, int live, struct weir_buf *b, struct weir_err *err)
{
    weir_buf_add(b, audit_head, sizeof audit_head - 1);
    for (size_t i = 0; i < a->n_problems; i++) {
        weir_buf_adds(b, "<p class=bad>Problem: ");
        add_text(b, weir_span(a->problem[i], strlen(a->problem[i])));
        weir_buf_adds(b, "\n");
    }
    if (!a->n_problems)
        weir_buf_adds(b, "<p>All balance.\n");
    add_steps(a, b);
    add_reasons(a, b);
    int rc = audit_each_dataset(a, add_dataset, b, err);
    if (!rc)
        rc = add_scores(a, b, err);
    if (live)
        weir_buf_add(b, audit_live, sizeof audit_live - 1);
    weir_buf_adds(b, "</main>\n</html>\n");
    return rc;
}
