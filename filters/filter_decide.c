/* What becomes of a record. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "filters/filter_run.h"

void filter_add_number(struct weir_buf *b, double v)
{
    char s[32];
    int digits = 10;
    if (!isfinite(v)) {
        weir_buf_adds(b, "null");
        return;
    }
    do
        snprintf(s, sizeof s, "%.*g", digits, v);
    while (strtod(s, NULL) != v && ++digits <= 17);
    weir_buf_adds(b, s);
}

static double measure(struct filter_doc *d, const struct filter_check *c)
{
    d->scheme = c->scheme;
    return c->rule->measure(d, c->rule->arg);
}

static void drop(struct filter_thread *t, struct weir_batch *b, struct weir_rec *r,
                 const struct filter_check *c, double v)
{
    t->value.n = 0;
    weir_buf_adds(&t->value, "\"rule\":\"");
    weir_buf_adds(&t->value, c->name);
    weir_buf_adds(&t->value, "\",\"value\":");
    filter_add_number(&t->value, v);
    weir_buf_adds(&t->value, ",\"limit\":");
    filter_add_number(&t->value, c->limit);
    if (c->rule->explain && !t->run->opt->from_scores)
        c->rule->explain(&t->doc, c->rule->arg, &t->value);
    weir_buf_addc(&t->value, 0);
    weir_rec_drop(b, r, c->name, "%s", t->value.failed ? "" : t->value.p);
}

static void no_score(struct weir_batch *b, struct weir_rec *r, const struct filter_check *c)
{
    weir_rec_bad(b, r, "no-score",
                 "no value of \"%s\" in weir_filters that fits this text: annotate with the same "
                 "presets and rules",
                 c->key);
}

/* 1 when the record's fate is decided. */
static int ask(struct filter_thread *t, struct weir_batch *b, struct weir_rec *r,
               const struct filter_check *c)
{
    double v;
    if (!t->run->opt->from_scores) {
        v = measure(&t->doc, c);
    } else if (!filter_score(t, c->key, &v)) {
        no_score(b, r, c);
        return 1;
    }
    if (!filter_fails(c, v))
        return 0;
    drop(t, b, r, c, v);
    return 1;
}

/* Values behind a change of the text are values of the text that the same change left. */
static int scores_fit(struct filter_thread *t, struct weir_batch *b, struct weir_rec *r, size_t i,
                      size_t end)
{
    for (; i < end; i++) {
        double v;
        const struct filter_check *c = t->run->plan.at + i;
        if (filter_score(t, c->key, &v) && v == (double)t->doc.changes[i])
            continue;
        no_score(b, r, c);
        return 0;
    }
    return 1;
}

static int change(struct filter_thread *t, struct weir_batch *b, struct weir_rec *r, size_t *i)
{
    const size_t from = *i;
    const ptrdiff_t end = filter_edit_run(&t->doc, from);
    if (end < 0)
        return (int)end;
    *i = (size_t)end;
    if (t->run->opt->from_scores && !scores_fit(t, b, r, from, *i))
        return 1;
    if (t->doc.edit.stop)
        drop(t, b, r, t->doc.edit.stop, t->doc.edit.stop_value);
    return t->doc.edit.stop != NULL;
}

static void write_members(struct weir_batch *b, struct weir_rec *r, const struct weir_doc *doc,
                          const struct weir_member *m, size_t n)
{
    r->out_at = b->out.n;
    weir_doc_with_all(&b->out, doc, m, n);
    weir_buf_addc(&b->out, '\n');
    r->out_n = b->out.n - r->out_at;
    r->n_out = 1;
    r->fate = WEIR_MADE;
}

/* The text when rules changed it, and the fields that they write. */
static void write_changed(struct filter_thread *t, struct weir_batch *b, struct weir_rec *r,
                          const struct weir_doc *doc, int has_text)
{
    const struct filter_doc *d = &t->doc;
    struct weir_member m[FILTER_MAX_FIELDS + 1];
    size_t n = 0;
    t->value.n = 0;
    if (has_text) {
        weir_buf_add_json(&t->value, d->text);
        m[n++] = (struct weir_member){"text", weir_buf_span(&t->value)};
    }
    for (size_t i = 0; i < d->n_field; i++)
        m[n++] = (struct weir_member){d->field[i].key,
                                      weir_span(d->fields.p + d->field[i].at, d->field[i].n)};
    write_members(b, r, doc, m, n);
}

/* Leaves for the commit how much each rule changed: pairs of its number and the count. */
static void keep_changes(struct filter_thread *t, struct weir_batch *b, struct weir_rec *r)
{
    r->aux_at = b->aux.n;
    for (size_t i = 0; i < t->run->plan.n; i++)
        if (t->doc.changes[i]) {
            const uint64_t pair[2] = {i, t->doc.changes[i]};
            weir_buf_add(&b->aux, pair, sizeof pair);
        }
    r->aux_n = b->aux.n - r->aux_at;
}

int filter_decide(struct filter_thread *t, struct weir_batch *b, struct weir_rec *r,
                  const struct weir_doc *doc)
{
    struct filter_doc *d = &t->doc;
    const struct filter_plan *plan = d->plan;
    const char *field = t->run->opt->field;
    double number;
    if (field && !filter_field_number(doc, field, &number)) {
        weir_rec_bad(b, r, "no-field", "no number \"%s\"", field);
        return 0;
    }
    if (t->run->opt->from_scores && filter_scores_read(t, b, r, doc))
        return 0;
    d->measures_all = t->run->opt->from_scores;
    for (size_t i = 0; i < plan->n && !d->failed;) {
        const int document = filter_is_document_rule(plan->at[i].rule);
        const int rc = document ? ask(t, b, r, plan->at + i) : change(t, b, r, &i);
        if (rc)
            return rc < 0 ? rc : 0;
        i += (size_t)document;
    }
    const int has_text = d->text.p != doc->text.p || d->text.n != doc->text.n;
    if (!has_text && !d->n_field)
        return 0;
    keep_changes(t, b, r);
    if (has_text && !d->text.n) {
        weir_rec_drop(b, r, "no-lines-left", "\"rule\":\"no-lines-left\",\"value\":0,\"limit\":1");
        return 0;
    }
    write_changed(t, b, r, doc, has_text);
    return 0;
}

/* ---- all values ---- */

typedef void (*show_fn)(struct filter_thread *t, size_t i, double v);

/* Hands over what each rule in force measures, in order. */
static int measure_all(struct filter_thread *t, show_fn show)
{
    struct filter_doc *d = &t->doc;
    const struct filter_plan *plan = d->plan;
    d->measures_all = 1;
    for (size_t i = 0; i < plan->n;) {
        if (filter_is_document_rule(plan->at[i].rule)) {
            show(t, i, measure(d, plan->at + i));
            i++;
            continue;
        }
        const ptrdiff_t end = filter_edit_run(d, i);
        if (end < 0)
            return (int)end;
        for (; i < (size_t)end; i++)
            show(t, i, (double)d->changes[i]);
    }
    return 0;
}

static void show_json(struct filter_thread *t, size_t i, double v)
{
    const struct filter_check *c = t->run->plan.at + i;
    if (i && !strcmp(c->key, c[-1].key))
        return; // chars-min and chars-max are one measure
    weir_buf_addf(&t->value, "%s\"%s\":", t->value.n > 1 ? "," : "", c->key);
    filter_add_number(&t->value, v);
}

int filter_annotate(struct filter_thread *t, struct weir_batch *b, struct weir_rec *r,
                    const struct weir_doc *doc)
{
    t->value.n = 0;
    weir_buf_addc(&t->value, '{');
    if (measure_all(t, show_json) < 0)
        return WEIR_EMEM;
    weir_buf_addc(&t->value, '}');
    if (!t->doc.failed)
        write_members(b, r, doc, &(struct weir_member){"weir_filters", weir_buf_span(&t->value)},
                      1);
    return 0;
}

static const char *verdict(const struct filter_thread *t, const struct filter_check *c, double v)
{
    if (c->rule->kind == FILTER_LINE_STOP)
        return t->doc.edit.stop == c ? "drops the document" : "passes";
    if (filter_is_line_rule(c->rule))
        return v <= 0                              ? "passes"
               : c->rule->kind == FILTER_LINE_EDIT ? "edits lines"
                                                   : "drops lines";
    if (c->rule->kind == FILTER_FIELD)
        return v > 0 ? "writes a field" : "passes";
    if (c->rule->kind == FILTER_TEXT_EDIT)
        return v > 0 ? "changes the text" : "passes";
    if (isnan(v))
        return "does not apply";
    return isnan(c->limit) ? "measured" : filter_fails(c, v) ? "drops the document" : "passes";
}

static void show_row(struct filter_thread *t, size_t i, double v)
{
    const struct filter_check *c = t->run->plan.at + i;
    const char *what = verdict(t, c, v);
    weir_buf_addf(&t->value, "%s\t", c->name);
    filter_add_number(&t->value, v);
    weir_buf_addc(&t->value, '\t');
    filter_add_number(&t->value, c->limit);
    weir_buf_addf(&t->value, "\t%s", what);
    if (c->rule->explain && filter_is_document_rule(c->rule) && filter_fails(c, v)) {
        weir_buf_addc(&t->value, '\t');
        const size_t at = t->value.n;
        c->rule->explain(&t->doc, c->rule->arg, &t->value);
        if (t->value.n > at)
            t->value.p[at] = '{'; // `,"category":…` becomes an object
        weir_buf_addc(&t->value, '}');
    }
    weir_buf_addc(&t->value, '\n');
}

int filter_explain(struct filter_thread *t, struct weir_batch *b, struct weir_rec *r,
                   const struct weir_doc *doc)
{
    r->fate = WEIR_MADE;
    if (!doc->id.p || !weir_span_is(doc->id, t->run->opt->explain))
        return 0;
    __atomic_add_fetch(&t->run->n_explained, 1, __ATOMIC_RELAXED);
    t->value.n = 0;
    weir_buf_adds(&t->value, "# rule\tvalue\tlimit\tverdict\n");
    if (measure_all(t, show_row) < 0)
        return WEIR_EMEM;
    r->out_at = b->out.n;
    weir_buf_add(&b->out, t->value.p, t->value.n);
    r->out_n = b->out.n - r->out_at;
    r->n_out = 1;
    return 0;
}
