/* What must hold: in each run, in = kept + dropped + bad, what has a reason is what was dropped or
 * bad, what has a source is all; between runs, a reader's records are those its writers wrote, and
 * nothing hangs loose beside a link. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit_internal.h"

enum { MAX_PROBLEMS = 1000 }; // named; more of them help nobody

struct check {
    struct audit *a;
    int *has_writer, *has_reader; // of each step: linked to another
    int out_of_memory;
};

static void WEIR_PRINTF(2, 3) problem(struct check *c, const char *fmt, ...)
{
    struct audit *a = c->a;
    struct weir_buf plain = {0};
    char text[1000];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (a->n_problems >= MAX_PROBLEMS)
        return;
    audit_add_plain(&plain, text);
    weir_buf_addc(&plain, 0);
    if (plain.failed ||
        weir_grow(&a->problem, &a->cap_problems, a->n_problems + 1, sizeof *a->problem)) {
        c->out_of_memory = 1;
        weir_buf_free(&plain);
        return;
    }
    a->problem[a->n_problems++] = plain.p;
}

/* "LEDGER:LINE: STAGE" */
static const char *place(const struct audit *a, const struct audit_run *r, char *to, size_t n)
{
    snprintf(to, n, "%.300s:%llu: %.100s", r->ledger, (unsigned long long)r->line,
             a->stage[r->stage]);
    return to;
}

static struct weir_count sum(const struct weir_names *t, int out)
{
    struct weir_count s = {0};
    for (size_t i = 0; i < t->n; i++) {
        const struct weir_count c = out ? t->at[i].out : t->at[i].in;
        s.records += c.records;
        s.bytes += c.bytes;
        s.tokens += c.tokens;
    }
    return s;
}

static struct weir_count plus(struct weir_count a, struct weir_count b)
{
    return (struct weir_count){a.records + b.records, a.bytes + b.bytes, a.tokens + b.tokens};
}

static void equal(struct check *c, const struct audit_run *r, const char *what,
                  struct weir_count left, struct weir_count right)
{
    const uint64_t l[] = {left.records, left.bytes, left.tokens};
    const uint64_t x[] = {right.records, right.bytes, right.tokens};
    static const char *const unit[] = {"records", "bytes", "tokens"};
    char where[500];
    for (int i = 0; i < 3; i++) {
        if (l[i] == x[i])
            continue;
        problem(c, "%s: %s: %llu and %llu %s", place(c->a, r, where, sizeof where), what,
                (unsigned long long)l[i], (unsigned long long)x[i], unit[i]);
        return;
    }
}

static void check_run(struct check *c, const struct audit_run *r)
{
    const struct audit_sums *s = &r->sums;
    const struct weir_count lost = plus(s->dropped, s->bad);
    equal(c, r, "in is not kept + dropped + bad", s->in, plus(s->kept, lost));
    equal(c, r, "the reasons do not add up to dropped + bad", sum(&s->reasons, 0), lost);
    if (!s->sources.n)
        return;
    equal(c, r, "the sources do not add up to in", sum(&s->sources, 0), s->in);
    equal(c, r, "the sources do not add up to out", sum(&s->sources, 1), s->out);
}

/* Records and tokens that a run read against those that its writers wrote.  Of a writer with
 * several outputs it is not known how many went where. */
static void check_reader(struct check *c, const struct audit_run *r)
{
    const struct audit *a = c->a;
    struct weir_count written = {0};
    for (size_t i = 0; i < r->n_in; i++) {
        const struct audit_piece *p = &a->inputs.at[r->in_at + i];
        if (!p->bytes)
            continue;
        if (p->writer == AUDIT_NONE || a->run[p->writer].n_out != 1)
            return;
        written = plus(written, a->run[p->writer].sums.out);
    }
    struct weir_count read = r->sums.in;
    written.bytes = read.bytes = 0; // equal hashes say that
    if (!written.tokens || !read.tokens)
        written.tokens = read.tokens = 0; // text before the tokenizer
    if (r->n_in)
        equal(c, r, "the stages before wrote other than it read", written, read);
}

static void check_loose(struct check *c, const struct audit_run *r)
{
    const struct audit *a = c->a;
    char where[500];
    if (c->has_reader[r->step] && !r->is_read && r->sums.out.records)
        problem(c, "%s: nothing reads the %llu records it wrote to %.300s",
                place(a, r, where, sizeof where), (unsigned long long)r->sums.out.records,
                r->n_out ? a->outputs.at[r->out_at].name : "its output");
    for (size_t i = 0; i < r->n_in && c->has_writer[r->step] && !r->by_totals; i++) {
        const struct audit_piece *p = &a->inputs.at[r->in_at + i];
        if (p->writer == AUDIT_NONE && p->bytes)
            problem(c, "%s: nothing here wrote %.300s, which it read",
                    place(a, r, where, sizeof where), p->name);
    }
}

/* Stages that read raw input, so that nothing needs to stand before them. */
static int reads_raw(const char *stage)
{
    return !strcmp(stage, "ingest") || !strcmp(stage, "kg2instruction");
}

/* Commands of weir infer that read and write weights: no part of the way of the data. */
static int stands_apart(const char *stage)
{
    static const char *const stages[] = {"recover", "diff", "merge", "convert", "check"};
    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++)
        if (!strcmp(stage, stages[i]))
            return 1;
    return 0;
}

/* A build may begin with any one step; a second one that begins with what nobody wrote is cut off.
 */
static void check_beginnings(struct check *c)
{
    const struct audit *a = c->a;
    size_t n = 0;
    for (uint32_t i = 0; i < a->n_steps; i++)
        n += !c->has_writer[i] && a->step[i].sums.in.records &&
             !stands_apart(a->stage[a->step[i].stage]);
    for (uint32_t i = 0; i < a->n_steps && n > 1; i++) {
        const struct audit_step *s = &a->step[i];
        char name[200];
        audit_step_name(a, i, name, sizeof name);
        if (!c->has_writer[i] && s->sums.in.records && !reads_raw(a->stage[s->stage]) &&
            !stands_apart(a->stage[s->stage]))
            problem(c, "%s read %llu records that no stage here wrote", name,
                    (unsigned long long)s->sums.in.records);
    }
}

int audit_check(struct audit *a, struct weir_err *err)
{
    struct check c = {.a = a,
                      .has_writer = weir_calloc(a->n_steps + 1, sizeof *c.has_writer),
                      .has_reader = weir_calloc(a->n_steps + 1, sizeof *c.has_reader)};
    c.out_of_memory = !c.has_writer || !c.has_reader;
    for (size_t i = 0; i < a->n_links && !c.out_of_memory; i++)
        c.has_reader[a->link[i].from] = c.has_writer[a->link[i].to] = 1;
    for (size_t i = 0; i < a->n_runs && !c.out_of_memory; i++) {
        if (a->run[i].replaced)
            continue;
        check_run(&c, &a->run[i]);
        check_reader(&c, &a->run[i]);
        check_loose(&c, &a->run[i]);
    }
    if (!c.out_of_memory)
        check_beginnings(&c);
    free(c.has_writer);
    free(c.has_reader);
    return c.out_of_memory ? weir_err_set(err, WEIR_EMEM, "out of memory") : 0;
}
