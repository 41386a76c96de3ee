/* The report for machines: one JSON object. */
#include <string.h>

#include "audit/audit_internal.h"

static void add_string(struct weir_buf *b, const char *s)
{
    weir_buf_add_json_lossy(b, weir_span(s, strlen(s)));
}

static void add_count(struct weir_buf *b, const char *name, struct weir_count c)
{
    weir_buf_addf(b, "\"%s\":{\"records\":%llu,\"bytes\":%llu,\"tokens\":%llu}", name,
                  (unsigned long long)c.records, (unsigned long long)c.bytes,
                  (unsigned long long)c.tokens);
}

static void add_names(struct weir_buf *b, const char *name, const struct weir_names *t)
{
    weir_buf_addf(b, ",\"%s\":{", name);
    for (size_t i = 0; i < t->n; i++) {
        weir_buf_adds(b, i ? "," : "");
        add_string(b, t->at[i].name);
        weir_buf_adds(b, ":{");
        add_count(b, "in", t->at[i].in);
        weir_buf_addc(b, ',');
        add_count(b, "out", t->at[i].out);
        weir_buf_addc(b, '}');
    }
    weir_buf_addc(b, '}');
}

static void add_step(const struct audit *a, uint32_t i, struct weir_buf *b)
{
    const struct audit_step *step = &a->step[i];
    const struct audit_sums *s = &step->sums;
    const struct {
        const char *name;
        struct weir_count c;
    } counts[] = {{"in", s->in},
                  {"kept", s->kept},
                  {"dropped", s->dropped},
                  {"bad", s->bad},
                  {"out", s->out}};
    weir_buf_adds(b, i ? ",{\"stage\":" : "{\"stage\":");
    add_string(b, a->stage[step->stage]);
    weir_buf_addf(b, ",\"level\":%u,\"runs\":%u,\"seconds\":%.3f,\"peak_memory\":%llu", step->level,
                  step->n_runs, s->seconds, (unsigned long long)s->peak_memory);
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        weir_buf_addc(b, ',');
        add_count(b, counts[k].name, counts[k].c);
    }
    weir_buf_addf(b, ",\"framing\":%llu", (unsigned long long)s->framing);
    add_names(b, "reasons", &s->reasons);
    add_names(b, "sources", &s->sources);
    weir_buf_adds(b, ",\"notes\":{");
    for (size_t k = 0; k < s->notes.n; k++) {
        weir_buf_adds(b, k ? "," : "");
        add_string(b, s->notes.at[k].name);
        weir_buf_addf(b, ":%llu", (unsigned long long)s->notes.at[k].in.records);
    }
    weir_buf_adds(b, "}}");
}

void audit_report_json(const struct audit *a, struct weir_buf *b)
{
    weir_buf_adds(b, "{\"steps\":[");
    for (uint32_t i = 0; i < a->n_steps; i++)
        add_step(a, i, b);
    weir_buf_adds(b, "],\"links\":[");
    for (size_t i = 0; i < a->n_links; i++)
        weir_buf_addf(b, "%s{\"from\":%u,\"to\":%u,\"by\":\"%s\"}", i ? "," : "", a->link[i].from,
                      a->link[i].to, a->link[i].by_totals ? "totals" : "content");
    weir_buf_addf(b, "],\"runs\":%zu,\"replaced\":%zu,\"balanced\":%s,\"problems\":[",
                  a->n_runs - a->n_replaced, a->n_replaced, a->n_problems ? "false" : "true");
    for (size_t i = 0; i < a->n_problems; i++) {
        weir_buf_adds(b, i ? "," : "");
        add_string(b, a->problem[i]);
    }
    weir_buf_adds(b, "]}\n");
}
