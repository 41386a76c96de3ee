/* weir kg2instruction show and find. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kg2instruction/kg_entity.h"
#include "kg2instruction/kg_json.h"
#include "weir/kg2instruction.h"
#include "weir/stream.h"
#include "weir/utf8.h"

static int damaged(const struct weir_job *job, struct weir_err *err)
{
    return weir_err_set(err, WEIR_EBAD, "%s: damaged: see weir kg2instruction check",
                        job->inputs[0]);
}

/* The first label in the order of the file's languages, n 0 for none. */
static struct weir_span any_label(const kg_file *f, kg_id id)
{
    const uint32_t row = kg_find(f, id);
    struct weir_span s = {NULL, 0};
    for (unsigned i = 0; !s.n && row != KG_NOT_FOUND && kg_lang(f, i); i++)
        s = kg_label(f, row, i);
    return s;
}

static void add_named(struct weir_buf *to, const kg_file *f, kg_id id)
{
    const struct weir_span label = any_label(f, id);
    kg_add_id(to, id);
    if (label.n) {
        weir_buf_addc(to, ' ');
        weir_buf_add(to, label.p, label.n);
    }
}

static void add_quantity(struct weir_buf *to, const kg_file *f, const struct kg_quantity *q)
{
    weir_buf_add(to, q->amount.p, q->amount.n);
    if (q->lower.n || q->upper.n) {
        weir_buf_adds(to, " [");
        weir_buf_add(to, q->lower.p, q->lower.n);
        weir_buf_adds(to, ", ");
        weir_buf_add(to, q->upper.p, q->upper.n);
        weir_buf_addc(to, ']');
    }
    if (q->unit) {
        weir_buf_addc(to, ' ');
        add_named(to, f, q->unit);
    }
}

static void add_time(struct weir_buf *to, const kg_file *f, const struct kg_time *t)
{
    kg_add_clock(to, t);
    weir_buf_addf(to, " precision %u", t->precision);
    if (t->calendar != 1985727) {
        weir_buf_adds(to, " calendar ");
        add_named(to, f, t->calendar);
    }
}

static void add_value(struct weir_buf *to, const kg_file *f, const struct kg_snak *s)
{
    switch (s->kind) {
    case KG_ENTITY:
        add_named(to, f, s->u.entity);
        return;
    case KG_STRING:
        weir_buf_add_json_lossy(to, s->u.text);
        return;
    case KG_TIME:
        add_time(to, f, &s->u.time);
        return;
    case KG_QUANTITY:
        add_quantity(to, f, &s->u.quantity);
        return;
    case KG_GLOBE:
        kg_add_double(to, s->u.globe.latitude);
        weir_buf_addc(to, ' ');
        kg_add_double(to, s->u.globe.longitude);
        return;
    case KG_MONOLINGUAL:
        weir_buf_add_json_lossy(to, s->u.monolingual.text);
        weir_buf_addc(to, '@');
        weir_buf_add(to, s->u.monolingual.lang.p, s->u.monolingual.lang.n);
        return;
    case KG_OTHER:
        weir_buf_add(to, s->u.text.p, s->u.text.n);
        return;
    case KG_NO_KIND:
        weir_buf_addf(to, "(%s)", kg_snak_type_name(s->type));
        return;
    }
}

static void add_kinds(struct weir_buf *to, unsigned kinds)
{
    static const char *const names[] = {"label", "alias", "title", "redirect", "bare"};
    int n = 0;
    for (unsigned i = 0; i < 5; i++)
        if (kinds & 1u << i)
            weir_buf_addf(to, "%s%s", n++ ? "," : "", names[i]);
}

static int add_names(struct weir_buf *to, const kg_file *f, uint32_t row)
{
    struct kg_cursor c;
    struct kg_name name;
    int rc = kg_names(f, row, &c);
    while (!rc && (rc = kg_name_next(&c, &name)) > 0) {
        weir_buf_adds(to, "  ");
        add_kinds(to, name.kinds);
        weir_buf_addf(to, " %s ", kg_lang(f, name.lang) ? kg_lang(f, name.lang) : "?");
        weir_buf_add(to, name.text.p, name.text.n);
        weir_buf_addc(to, '\n');
        rc = 0;
    }
    return rc;
}

static int add_qualifiers(struct weir_buf *to, const kg_file *f, struct kg_cursor c)
{
    struct kg_snak q;
    int rc;
    while ((rc = kg_qualifier_next(&c, &q)) > 0) {
        weir_buf_adds(to, "      ");
        add_named(to, f, q.property);
        weir_buf_adds(to, ": ");
        add_value(to, f, &q);
        weir_buf_addc(to, '\n');
    }
    return rc;
}

static int add_statements(struct weir_buf *to, const kg_file *f, uint32_t row)
{
    struct kg_cursor c;
    struct kg_statement s;
    kg_id last = 0;
    int rc = kg_statements(f, row, 0, &c);
    while (!rc && (rc = kg_statement_next(&c, &s)) > 0) {
        if (s.main.property != last) {
            weir_buf_adds(to, "  ");
            add_named(to, f, s.main.property);
            weir_buf_addc(to, '\n');
        }
        last = s.main.property;
        weir_buf_adds(to, "    ");
        add_value(to, f, &s.main);
        if (s.rank != KG_NORMAL)
            weir_buf_addf(to, " (%s)", kg_rank_name(s.rank));
        weir_buf_addc(to, '\n');
        rc = add_qualifiers(to, f, s.qualifiers);
    }
    return rc;
}

static int add_text(struct weir_buf *to, const kg_file *f, uint32_t row)
{
    add_named(to, f, kg_row_id(f, row));
    weir_buf_addf(to, "  sitelinks %u\n", kg_popularity(f, row));
    const int rc = add_names(to, f, row);
    return rc ? rc : add_statements(to, f, row);
}

static int show_row(const struct weir_kg_show_opt *opt, const kg_file *f, uint32_t row,
                    struct weir_job *job, struct weir_buf *line, struct weir_err *err)
{
    line->n = 0;
    const int rc = opt->json ? kg_add_entity(line, f, row) : add_text(line, f, row);
    if (rc)
        return damaged(job, err);
    if (weir_buf_check(line, err))
        return WEIR_EMEM;
    return weir_io_write(job->out, line->p, line->n, err);
}

static int show(const struct weir_kg_show_opt *opt, const kg_file *f, struct weir_job *job,
                struct weir_err *err)
{
    struct weir_buf line = {0};
    int rc = 0;
    if (job->n_inputs < 2)
        for (uint32_t row = 0; !rc && row < kg_n_rows(f); row++)
            rc = show_row(opt, f, row, job, &line, err);
    for (size_t i = 1; !rc && i < job->n_inputs; i++) {
        const char *word = job->inputs[i];
        kg_id id;
        if (!kg_parse_id(weir_span(word, strlen(word)), &id)) {
            rc = weir_err_set(err, WEIR_EUSAGE, "%s: neither a Q-id nor a P-id", word);
            continue;
        }
        const uint32_t row = kg_find(f, id);
        rc = row == KG_NOT_FOUND
                 ? weir_err_set(err, WEIR_EFAIL, "%s: not in %s", word, job->inputs[0])
                 : show_row(opt, f, row, job, &line, err);
    }
    weir_buf_free(&line);
    return rc;
}

int weir_kg_show_run(const struct weir_kg_show_opt *opt, struct weir_job *job, struct weir_err *err)
{
    kg_file *f = kg_open(job->inputs[0], err);
    int rc = f ? weir_job_open_output(job, err) : err->code;
    if (!rc)
        rc = show(opt, f, job, err);
    kg_close(f);
    return weir_job_close_output(job, rc, err);
}

/* ---- find ---- */

static int add_candidates(struct weir_buf *to, const kg_file *f, struct kg_cursor c)
{
    struct kg_candidate one;
    int rc;
    while ((rc = kg_candidate_next(&c, &one)) > 0) {
        kg_add_id(to, one.id);
        weir_buf_addf(to, "\t%u\t", one.popularity);
        add_kinds(to, one.kinds);
        weir_buf_addc(to, '\t');
        int n = 0;
        for (unsigned i = 0; kg_lang(f, i); i++)
            if (one.langs & 1u << i)
                weir_buf_addf(to, "%s%s", n++ ? "," : "", kg_lang(f, i));
        weir_buf_addc(to, '\t');
        const struct weir_span label = any_label(f, one.id);
        weir_buf_add(to, label.p, label.n);
        weir_buf_addc(to, '\n');
    }
    return rc;
}

static int find(const kg_fold *fold, const kg_file *f, struct weir_job *job, struct weir_err *err)
{
    struct kg_fold_scratch scratch = {0};
    struct weir_buf key = {0}, lines = {0};
    int rc = 0;
    for (size_t i = 1; !rc && i < job->n_inputs; i++) {
        const struct weir_span name = weir_span(job->inputs[i], strlen(job->inputs[i]));
        struct kg_cursor c;
        key.n = 0;
        if (!name.n || weir_utf8_valid(name.p, name.n) != name.n)
            rc = weir_err_set(err, WEIR_EUSAGE, "a name that is empty or not UTF-8");
        else if (kg_fold_text(fold, &scratch, name, &key))
            rc = weir_err_set(err, WEIR_EMEM, "out of memory");
        if (rc)
            break;
        const int found = kg_lookup(f, weir_buf_span(&key), &c);
        if (!found)
            rc = weir_err_set(err, WEIR_EFAIL, "%s: no entity of that name in %s", job->inputs[i],
                              job->inputs[0]);
        else if (found < 0 || add_candidates(&lines, f, c))
            rc = damaged(job, err);
    }
    if (!rc)
        rc = weir_buf_check(&lines, err);
    if (!rc)
        rc = weir_io_write(job->out, lines.p, lines.n, err);
    kg_fold_scratch_free(&scratch);
    weir_buf_free(&key);
    weir_buf_free(&lines);
    return rc;
}

int weir_kg_find_run(struct weir_job *job, struct weir_err *err)
{
    kg_file *f = kg_open(job->inputs[0], err);
    kg_fold *fold = f ? kg_fold_open(err) : NULL;
    int rc = fold ? weir_job_open_output(job, err) : err->code;
    if (!rc)
        rc = find(fold, f, job, err);
    kg_fold_close(fold);
    kg_close(f);
    return weir_job_close_output(job, rc, err);
}
