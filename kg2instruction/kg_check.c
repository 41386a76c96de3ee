/* weir kg2instruction check: everything that readers of a knowledge file rely on. */
#include <stdlib.h>

#include "kg2instruction/kg_check.h"
#include "kg2instruction/kg_layout.h"
#include "lib/xxh.h"
#include "weir/kg2instruction.h"
#include "weir/stream.h"
#include "weir/utf8.h"

struct check {
    const kg_file *f;
    struct kg_totals found;
    struct weir_err *err;
};

static int wrong(struct check *c, const char *what, uint64_t at)
{
    return weir_err_set(c->err, WEIR_EBAD, "%s %llu does not decode, or is out of order", what,
                        (unsigned long long)at);
}

static int check_sums(struct check *c)
{
    static const char *const names[KG_N_SECTIONS] = {"data",   "rows",      "keys",
                                                     "blocks", "ancestors", "classes"};
    static const char zeros[8];
    const kg_file *f = c->f;
    for (int i = 0; i < KG_N_SECTIONS; i++) {
        const struct kg_section *s = &f->trailer.section[i];
        if (XXH3_64bits(f->section[i], s->n) != s->hash)
            return weir_err_set(c->err, WEIR_EBAD, "the checksum of section %s is wrong", names[i]);
        if (memcmp(f->section[i] + s->n, zeros, (size_t)(-s->n & 7)))
            return weir_err_set(c->err, WEIR_EBAD, "the padding of section %s is not zero",
                                names[i]);
    }
    return 0;
}

/* ---- rows ---- */

static int valid_text(struct weir_span s)
{
    return !s.n || weir_utf8_valid(s.p, s.n) == s.n;
}

static int valid_snak(const struct kg_snak *s)
{
    switch (s->kind) {
    case KG_STRING:
    case KG_OTHER:
        return valid_text(s->u.text);
    case KG_MONOLINGUAL:
        return valid_text(s->u.monolingual.text) && valid_text(s->u.monolingual.lang);
    case KG_QUANTITY:
        return valid_text(s->u.quantity.amount) && valid_text(s->u.quantity.lower) &&
               valid_text(s->u.quantity.upper);
    default:
        return 1;
    }
}

static int check_names(struct check *c, uint32_t row)
{
    struct kg_cursor at;
    struct kg_name name;
    int rc = kg_names(c->f, row, &at);
    while (!rc && (rc = kg_name_next(&at, &name)) > 0) {
        rc = name.kinds && name.lang < c->f->trailer.n_langs && valid_text(name.text) ? 0 : -1;
        c->found.n_names++;
    }
    return rc;
}

static int check_statements(struct check *c, uint32_t row)
{
    struct kg_cursor at;
    struct kg_statement s;
    struct kg_snak q;
    kg_id last = 0;
    int rc = kg_statements(c->f, row, 0, &at);
    while (!rc && (rc = kg_statement_next(&at, &s)) > 0) {
        rc = s.main.property >= last && valid_snak(&s.main) ? 0 : -1;
        last = s.main.property;
        c->found.n_statements++;
        while (!rc && (rc = kg_qualifier_next(&s.qualifiers, &q)) > 0) {
            c->found.n_qualifiers++;
            rc = valid_snak(&q) ? 0 : -1;
        }
    }
    return rc;
}

static int check_rows(struct check *c)
{
    const kg_file *f = c->f;
    if (f->rows[0].at || f->rows[f->n_rows].at != f->trailer.section[KG_DATA].n)
        return weir_err_set(c->err, WEIR_EBAD, "the rows do not cover the data");
    for (uint32_t row = 0; row < f->n_rows; row++) {
        const kg_id id = f->rows[row].id;
        if (!(id & ~KG_PROPERTY) || (row && id <= f->rows[row - 1].id) || check_names(c, row) ||
            check_statements(c, row))
            return wrong(c, "row", row);
        if (id & KG_PROPERTY)
            c->found.n_properties++;
        else
            c->found.n_entities++;
    }
    return 0;
}

/* ---- keys ---- */

static int check_candidates(struct check *c, struct kg_cursor at)
{
    struct kg_candidate one, last = {0};
    int rc, n = 0;
    while ((rc = kg_candidate_next(&at, &one)) > 0) {
        const uint32_t row = kg_find(c->f, one.id);
        const int ordered = !n || one.popularity < last.popularity ||
                            (one.popularity == last.popularity && one.id > last.id);
        if (row == KG_NOT_FOUND || kg_popularity(c->f, row) != one.popularity || !ordered ||
            !one.kinds || !one.langs || one.langs >> c->f->trailer.n_langs)
            return -1;
        c->found.n_redirects += (one.kinds & KG_REDIRECT) != 0;
        c->found.n_postings++;
        last = one;
        n++;
    }
    return rc ? rc : n ? 0 : -1;
}

/* Each key greater than the one before, each block where the table says. */
static int check_keys(struct check *c)
{
    const kg_file *f = c->f;
    struct kg_keys k;
    struct weir_span key;
    struct kg_cursor at;
    char last[KG_KEY_MAX + 1];
    size_t n_last = 0;
    uint64_t n = 0;
    kg_keys(f, &k);
    for (int rc;; n++) {
        uint64_t block = (uint64_t)(k.p - f->section[KG_KEYS]), told = block;
        const int first = n % KG_BLOCK_KEYS == 0 && n < f->trailer.totals.n_keys;
        if (first) {
            memcpy(&told, f->blocks + n / KG_BLOCK_KEYS * 8, 8);
            k.n = 0; // what it shares with the key before is not there
        }
        if (!(rc = kg_key_next(&k, &key, &at)))
            break;
        const size_t both = key.n < n_last ? key.n : n_last;
        const int order = rc > 0 && both ? memcmp(last, key.p, both) : 0;
        if (rc < 0 || told != block || !key.n || !valid_text(key) || order > 0 ||
            (!order && n_last >= key.n) || check_candidates(c, at))
            return wrong(c, "key", n);
        memcpy(last, key.p, key.n);
        n_last = key.n;
    }
    c->found.n_keys = n;
    return k.p == f->section[KG_KEYS] + f->trailer.section[KG_KEYS].n ? 0 : wrong(c, "key", n);
}

/* ---- classes ---- */

static int check_classes(struct check *c)
{
    const kg_file *f = c->f;
    const uint64_t n = f->trailer.totals.n_classes;
    if (f->classes[0].at || f->classes[n].at != f->trailer.totals.n_ancestors)
        return weir_err_set(c->err, WEIR_EBAD, "the classes do not cover their ancestors");
    for (uint64_t i = 0; i < n; i++) {
        const struct kg_class *at = &f->classes[i];
        if (at[1].at < at->at || at[1].at > f->trailer.totals.n_ancestors || !at->id ||
            (i && at->id <= at[-1].id))
            return wrong(c, "class", i);
        for (uint64_t k = at->at; k < at[1].at; k++)
            if (!f->ancestors[k] || (k > at->at && f->ancestors[k] <= f->ancestors[k - 1]))
                return wrong(c, "class", i);
    }
    c->found.n_classes = n;
    c->found.n_ancestors = f->trailer.totals.n_ancestors;
    return 0;
}

int kg_check(const kg_file *f, struct weir_err *err)
{
    struct check c = {.f = f, .err = err};
    int rc = check_sums(&c);
    if (!rc)
        rc = check_rows(&c);
    if (!rc)
        rc = check_keys(&c);
    if (!rc)
        rc = check_classes(&c);
    if (!rc && memcmp(&c.found, &f->trailer.totals, sizeof c.found))
        rc = weir_err_set(err, WEIR_EBAD, "the totals are not what the file holds");
    return rc;
}

static void add_totals(struct weir_buf *to, const char *path, const kg_file *f)
{
    const struct kg_totals *t = kg_totals(f);
    weir_buf_add_json_lossy(to, weir_span(path, strlen(path)));
    weir_buf_addf(to, ",\"bytes\":%llu,\"langs\":[", (unsigned long long)kg_size(f));
    for (unsigned i = 0; kg_lang(f, i); i++)
        weir_buf_addf(to, "%s\"%s\"", i ? "," : "", kg_lang(f, i));
    const struct {
        const char *name;
        uint64_t n;
    } members[] = {{"entities", t->n_entities},     {"properties", t->n_properties},
                   {"names", t->n_names},           {"keys", t->n_keys},
                   {"candidates", t->n_postings},   {"redirects", t->n_redirects},
                   {"statements", t->n_statements}, {"qualifiers", t->n_qualifiers},
                   {"classes", t->n_classes},       {"ancestors", t->n_ancestors}};
    weir_buf_adds(to, "]");
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        weir_buf_addf(to, ",\"%s\":%llu", members[i].name, (unsigned long long)members[i].n);
    weir_buf_adds(to, "}\n");
}

int weir_kg_check_run(struct weir_job *job, struct weir_err *err)
{
    struct weir_buf line = {0};
    int rc = weir_job_open_output(job, err);
    for (size_t i = 0; !rc && i < job->n_inputs; i++) {
        kg_file *f = kg_open(job->inputs[i], err);
        rc = f ? kg_check(f, err) : err->code;
        if (f && rc)
            weir_err_prefix(err, "%s", job->inputs[i]);
        line.n = 0;
        weir_buf_adds(&line, "{\"file\":");
        if (!rc)
            add_totals(&line, job->inputs[i], f);
        kg_close(f);
        if (!rc)
            rc = weir_buf_check(&line, err);
        if (!rc)
            rc = weir_io_write(job->out, line.p, line.n, err);
    }
    weir_buf_free(&line);
    return weir_job_close_output(job, rc, err);
}
